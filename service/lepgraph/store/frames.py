"""Frames between a web process and a worker: one letter, four bytes of length, then the bytes."""

from __future__ import annotations

import json
import socket
import struct
from typing import IO, Any

REQUEST, STARTED, HEADER, DATA, ERROR, END = b"Q", b"S", b"H", b"D", b"E", b"Z"

_HEAD = struct.Struct(">cI")
_AT_ONCE = 64 * 1024


class Sender:
    """Sends frames over a socket, small ones together: what is gathered goes out with ``flush`` or from 64 KiB."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._gathered = bytearray()

    def put(self, kind: bytes, body: bytes | memoryview = b"") -> None:
        """Adds one frame; raises OSError if the other side is gone."""
        self._gathered += _HEAD.pack(kind, len(body))
        self._gathered += body
        if len(self._gathered) >= _AT_ONCE:
            self.flush()

    def put_json(self, kind: bytes, value: Any) -> None:
        """Adds one frame whose body is JSON."""
        self.put(kind, json.dumps(value).encode())

    def flush(self) -> None:
        """Sends what was gathered."""
        gathered, self._gathered = self._gathered, bytearray()
        if gathered:
            self._channel.sendall(gathered)


def receive(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """The next frame, or None if the other side is gone; raises TimeoutError where the socket has a time limit."""
    try:
        head = stream.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return None
        kind, length = _HEAD.unpack(head)
        body = stream.read(length)
    except ConnectionError:
        return None
    return (kind, body) if len(body) == length else None
