"""Frames between a web process and a worker: one letter, four bytes of length, then the bytes."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

REQUEST, HEADER, DATA, ERROR, END = b"Q", b"H", b"D", b"E", b"Z"

_HEAD = struct.Struct(">cI")
_AT_ONCE = 64 * 1024
_MOST = 256 * 1024


class Channel:
    """Frames over a connected socket.

    What is put goes out with ``flush``, or from 64 KiB; what comes is read in large pieces, so that a short exchange
    costs one call of the system each way.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._going = bytearray()
        self._come = b""

    def put(self, kind: bytes, body: bytes | memoryview = b"") -> None:
        """Adds one frame; raises OSError if the other side is gone."""
        self._going += _HEAD.pack(kind, len(body))
        self._going += body
        if len(self._going) >= _AT_ONCE:
            self.flush()

    def put_json(self, kind: bytes, value: Any) -> None:
        """Adds one frame whose body is JSON."""
        self.put(kind, json.dumps(value).encode())

    def flush(self) -> None:
        """Sends what was put."""
        going, self._going = self._going, bytearray()
        if going:
            self._connection.sendall(going)

    def wait(self) -> None:
        """Waits for the first bytes or the end; raises BlockingIOError when the socket's time is up."""
        self._read()

    def receive(self) -> tuple[bytes, bytes] | None:
        """The next frame, or None if the other side is gone; raises BlockingIOError when the socket's time is up."""
        while len(self._come) < _HEAD.size:
            if not self._read():
                return None
        kind, length = _HEAD.unpack_from(self._come)
        ends = _HEAD.size + length
        if len(self._come) < ends:
            pieces = [self._come]
            missing = ends - len(self._come)
            while missing > 0:
                self._come = b""
                if not self._read():
                    return None
                pieces.append(self._come)
                missing -= len(self._come)
            self._come = b"".join(pieces)
        body, self._come = self._come[_HEAD.size : ends], self._come[ends:]
        return kind, body

    def _read(self) -> bool:
        try:
            piece = self._connection.recv(_MOST)
        except ConnectionError:
            return False
        self._come += piece
        return bool(piece)
