"""Content codings (RFC 9110, 8.4 and 12.5.3): which one a client gets, and bodies in it. Pure.

The bytes depend on nothing but the body, so that a strong validator may name them: gzip states no time.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import brotli
import zstandard
from werkzeug.http import parse_accept_header

CODINGS = ("zstd", "br", "gzip")
"""What is on offer; of several that a client likes equally the first wins."""
SMALLEST = 1024
"""Bytes of a body that is worth coding."""
LONGEST_HEADER = 512
"""Characters of an Accept-Encoding header that are read; a longer one counts as absent."""

_ALIASES = {"x-gzip": "gzip"}
_WORTHWHILE = re.compile(
    r"text/.*|image/svg\+xml|application/(.*\+)?(json|xml)|application/(javascript|n-triples|n-quads|trig|openmetrics-text)"
)


@dataclass(frozen=True)
class Choice:
    """A coding, or none, and whether a body without one would do as well."""

    coding: str
    plain: bool


class _Stage(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


class _Brotli:
    """A brotli compressor with the methods of the others."""

    def __init__(self) -> None:
        self._inner = brotli.Compressor(quality=4)

    def compress(self, data: bytes, /) -> bytes:
        return bytes(self._inner.process(data))

    def flush(self) -> bytes:
        return bytes(self._inner.finish())


_STAGES: dict[str, Callable[[], _Stage]] = {
    "zstd": lambda: zstandard.ZstdCompressor(level=3).compressobj(),
    "br": _Brotli,
    "gzip": lambda: zlib.compressobj(6, wbits=31),
}


@lru_cache(maxsize=256)
def negotiated(header: str | None) -> Choice:
    """What a client gets for its Accept-Encoding header. Without one: no coding, though any would do.

    ``*`` alone asks for nothing in particular, so it gets no coding unless the client refuses that.
    """
    if header is None or len(header) > LONGEST_HEADER:
        return Choice("", plain=True)
    qualities = _qualities(header)
    rest = qualities.get("*", 0.0)
    plain = qualities.get("identity", 1.0 if "*" not in qualities else rest) > 0
    named = {name: qualities.get(name, 0.0 if plain else rest) for name in CODINGS}
    best = max(CODINGS, key=lambda name: (named[name], -CODINGS.index(name)))
    if named[best] <= 0 or (plain and qualities.get("identity", 0.0) > named[best]):
        return Choice("", plain)
    return Choice(best, plain)


def admits(header: str | None, coding: str) -> bool:
    """Whether a client names a coding and likes no coding at all no better."""
    if header is None or len(header) > LONGEST_HEADER:
        return False
    qualities = _qualities(header)
    return 0 < qualities.get(coding, 0.0) >= qualities.get("identity", 0.0)


def _qualities(header: str) -> dict[str, float]:
    qualities: dict[str, float] = {}
    for name, quality in parse_accept_header(header):
        lowered = name.strip().lower()
        qualities.setdefault(_ALIASES.get(lowered, lowered), quality)
    return qualities


def worthwhile(content_type: str) -> bool:
    """Whether bodies of a media type get smaller by a coding."""
    return _WORTHWHILE.fullmatch(content_type.partition(";")[0].strip().lower()) is not None


def coded(body: bytes, coding: str) -> bytes:
    """A body in a coding."""
    stage = _STAGES[coding]()
    return stage.compress(body) + stage.flush()


def coding(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """The chunks of a body in a coding, in bounded memory."""
    stage = _STAGES[coding]()
    for chunk in chunks:
        if piece := stage.compress(chunk):
            yield piece
    yield stage.flush()
