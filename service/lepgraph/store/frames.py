"""Frames between the web process and its workers: one letter, four bytes of length, then the bytes."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

HEADER, DATA, ERROR, END, REQUEST = b"H", b"D", b"E", b"Z", b"Q"

_HEAD = struct.Struct(">cI")


def send(channel: socket.socket, kind: bytes, body: bytes = b"") -> None:
    """Sends one frame."""
    channel.sendall(_HEAD.pack(kind, len(body)) + body)


def send_json(channel: socket.socket, kind: bytes, value: Any) -> None:
    """Sends one frame whose body is JSON."""
    send(channel, kind, json.dumps(value).encode())


def receive(channel: socket.socket) -> tuple[bytes, bytes] | None:
    """The next frame, or None if the other side is gone."""
    head = _exactly(channel, _HEAD.size)
    if head is None:
        return None
    kind, length = _HEAD.unpack(head)
    body = _exactly(channel, length)
    return None if body is None else (kind, body)


def _exactly(channel: socket.socket, length: int) -> bytes | None:
    pieces: list[bytes] = []
    while length:
        try:
            piece = channel.recv(min(length, 1 << 20))
        except ConnectionResetError:
            return None
        if not piece:
            return None
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)
