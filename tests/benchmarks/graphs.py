"""The graphs that the benchmarks ask: the real one, and as many copies of it as make a number of triples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lepgraph.loading.building import Version

_NAMED = re.compile(rb"(<https://w3id\.org/lepgraph/(?:id|graph|data)/)")


def snapshot(version: Version, triples: int, folder: Path) -> Path:
    """N-Quads of so many triples in the default graph at least, each copy with names of its own; 0 for the real graph."""
    copies = -(-triples // version.triples) or 1
    if copies == 1:
        return version.snapshot
    path = folder / f"{copies}-copies.nq"
    if not path.exists():
        body = version.snapshot.read_bytes()
        partial = path.with_suffix(".part")
        with partial.open("wb") as output:
            output.write(body)
            for number in range(2, copies + 1):
                output.write(_NAMED.sub(rb"\g<1>copy-%d/" % number, body))
        partial.rename(path)
    return path


def merged(snapshot: Path, path: Path) -> Path:
    """The default graph of a snapshot as N-Triples, for peers that know no graphs."""
    if not path.exists():
        partial = path.with_suffix(".part")
        with partial.open("wb") as output:
            output.writelines(_default(snapshot))
        partial.rename(path)
    return path


def _default(snapshot: Path) -> Iterator[bytes]:
    graph = re.compile(rb"<https://w3id\.org/lepgraph/graph/[^<>\"]*> \.\n\Z")
    with snapshot.open("rb") as lines:
        for line in lines:
            if not graph.search(line):
                yield line
