"""What one version changed of another, as lines of canonical N-Quads, and its form as RDF Patch.

RDF Patch (afs.github.io/rdf-delta/rdf-patch): a header with the names of both versions, then one transaction, the lines
that go before the lines that come, each group in order.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lepgraph.errors import ContentFault, Place

LONGEST = 4 * 1024 * 1024 * 1024
"""Bytes that a patch may have when unpacked."""


@dataclass(frozen=True)
class Delta:
    """The lines that were added and those that were removed, both in order."""

    added: tuple[bytes, ...]
    removed: tuple[bytes, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


def between(old: Iterable[bytes], new: Iterable[bytes]) -> Delta:
    """What was changed of old lines to get new ones."""
    before, after = set(old), set(new)
    return Delta(tuple(sorted(after - before)), tuple(sorted(before - after)))


def identifier(digest: str) -> bytes:
    """The name of a version in a patch."""
    return f"<urn:sha256:{digest}>".encode()


def patch(delta: Delta, digest: str, before: str) -> Iterator[bytes]:
    """A delta as the lines of an RDF Patch; ``before`` is the digest of what it is applied to, empty for nothing."""
    yield b"H id " + identifier(digest) + b" .\n"
    if before:
        yield b"H prev " + identifier(before) + b" .\n"
    yield b"TX .\n"
    for line in delta.removed:
        yield b"D " + line
    for line in delta.added:
        yield b"A " + line
    yield b"TC .\n"


def packed(delta: Delta, digest: str, before: str) -> bytes:
    """A patch, compressed; the same bytes for the same delta."""
    return gzip.compress(b"".join(patch(delta, digest, before)), 9, mtime=0)


def read(path: Path, name: str, digest: str, before: str) -> Delta:
    """The delta of a compressed patch; raises ContentFault if the file is missing, broken or of other versions."""
    try:
        with gzip.open(path) as file:
            lines = file.read(LONGEST + 1).splitlines(keepends=True)
    except FileNotFoundError as error:
        raise ContentFault([(Place(name), "the file is missing")]) from error
    except (OSError, EOFError, zlib.error) as error:
        raise ContentFault([(Place(name), f"it cannot be unpacked: {error}")]) from error
    head = list(patch(Delta((), ()), digest, before))
    start = len(head) - 1
    if lines[:start] != head[:start] or lines[-1:] != head[-1:]:
        raise ContentFault([(Place(name), "it is not whole, or not a patch from the version before to this one")])
    kinds: dict[bytes, list[bytes]] = {b"D ": [], b"A ": []}
    for number, line in enumerate(lines[start:-1], start + 1):
        if line[:2] not in kinds:
            raise ContentFault([(Place(name, number), "the line neither adds nor removes a statement")])
        kinds[line[:2]].append(line[2:])
    return Delta(tuple(kinds[b"A "]), tuple(kinds[b"D "]))
