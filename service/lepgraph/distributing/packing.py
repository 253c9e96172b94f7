"""Files that are the same bytes in every build: their digests, and compressed forms without names or times."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from collections.abc import Iterable
from pathlib import Path

GZIP = "application/gzip"
ZIP = "application/zip"

_PIECE = 1 << 20
_LEVEL = 4
"""A higher one takes twice the time for a tenth less."""
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of each file in a package: the first that ZIP can state."""


def digest(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def compress(path: Path, packed: Path) -> None:
    """Writes the gzip form of a file (RFC 1952) to another."""
    with (
        path.open("rb") as stream,
        packed.open("wb") as target,
        gzip.GzipFile("", "wb", _LEVEL, target, mtime=0) as form,
    ):
        while piece := stream.read(_PIECE):
            form.write(piece)


def package(path: Path, members: Iterable[Path]) -> None:
    """Writes a ZIP file of other files, in their order."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for member in members:
            entry = zipfile.ZipInfo(member.name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            with member.open("rb") as stream, archive.open(entry, "w") as target:
                while piece := stream.read(_PIECE):
                    target.write(piece)
