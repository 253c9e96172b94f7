"""What each dataset holds, as sorted lines of N-Triples, read from the snapshot of a version and from the shapes.

A dataset holds all that is said of its own things; all that is said of things below the base which these name and no
dataset has as its own; and the types and names of all else that both name. Twice the snapshot is read from end to end;
in memory stands one dataset, and what others are named by.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph

from lepgraph.content import Content
from lepgraph.datasets import Dataset
from lepgraph.loading.building import Version
from lepgraph.terms import LABELS, RDF

_TOLD = frozenset(f"<{term}>".encode() for term in (RDF.type, *LABELS))
"""What is said of a thing that a dataset only names."""


class Statements:
    """The merged graph of a version, cut into its datasets."""

    def __init__(self, version: Version, datasets: Iterable[Dataset], base: str) -> None:
        self._snapshot = version.snapshot
        self._start = version.dump.stat().st_size  # the snapshot is the dump and then the merge
        self._base = f"<{base}".encode()
        self._spaces = sorted((f"<{space}".encode(), dataset.key) for dataset in datasets for space in dataset.spaces)
        self._spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._named: dict[str, set[bytes]] = defaultdict(set)
        self._loose: dict[bytes, set[bytes]] = {}
        self._told: dict[bytes, list[bytes]] = {}
        self._properties: set[bytes] = set()
        self._scan()
        self._gather()

    def whole(self) -> Iterator[bytes]:
        """The lines of the merged graph."""
        with self._snapshot.open("rb") as stream:
            stream.seek(self._start)
            yield from stream

    def of(self, dataset: Dataset) -> list[bytes]:
        """The lines of a dataset that is neither the whole nor the shapes."""
        lines: set[bytes] = set()
        with self._snapshot.open("rb") as stream:
            for start, end in self._spans[dataset.key]:
                stream.seek(start)
                lines.update(stream.read(end - start).splitlines(keepends=True))
        named = set(self._named[dataset.key])
        for thing in self._named[dataset.key]:
            named.update(other for other in self._loose.get(thing, ()) if self._home(other) != dataset.key)
        for thing in named:
            in_full = thing in self._loose and thing in self._named[dataset.key]
            told = self._told.get(thing, ())
            lines.update(told if in_full else filter(_names, told))
        return sorted(lines)

    def properties(self) -> list[bytes]:
        """What is said of the properties that are used anywhere."""
        return [line for one in sorted(self._properties) for line in self._told.get(one, ())]

    def _home(self, thing: bytes) -> str:
        """The key of the dataset whose own the thing is; empty if it is of none."""
        place = bisect_right(self._spaces, thing, key=lambda pair: pair[0]) - 1
        if place < 0 or not thing.startswith(self._spaces[place][0]):
            return ""
        return self._spaces[place][1]

    def _scan(self) -> None:
        """Finds where the own things of each dataset stand, and what they and the things of no dataset name."""
        position, before, home, named = self._start, b"", "", set[bytes]()
        for line in self.whole():
            subject, property_, rest = line.split(b" ", 2)
            self._properties.add(property_)
            if subject != before:
                before, home = subject, self._home(subject)
                loose = not home and subject.startswith(self._base)
                named = self._loose.setdefault(subject, set()) if loose else self._named[home] if home else set()
            if rest.startswith(b"<") and (thing := rest[:-3]) not in named and self._home(thing) != (home or None):
                named.add(thing)
            end = position + len(line)
            if home:
                spans = self._spans[home]
                if spans and spans[-1][1] == position:
                    spans[-1] = (spans[-1][0], end)
                else:
                    spans.append((position, end))
            position = end

    def _gather(self) -> None:
        """Keeps what is said of each thing that some dataset names: all of it if it is of none, or else its names.

        Of properties all is kept too.
        """
        wanted = self._properties.union(*self._named.values())
        wanted.update(*(self._loose[thing] for thing in wanted & self._loose.keys()))
        for line in self.whole():
            subject = line[: line.index(b" ")]
            if subject in wanted and (subject in self._loose or subject in self._properties or _names(line)):
                self._told.setdefault(subject, []).append(line)


def of_shapes(content: Content) -> list[bytes]:
    """The lines of the shapes; their blank nodes have the labels of RDFC-1.0, the same in every format and build."""
    triples: set[pyoxigraph.Quad] = set()
    for path in content.files("shapes", "*.ttl"):
        triples.update(pyoxigraph.Quad(*triple) for triple in content.turtle(path))
    dataset = pyoxigraph.Dataset(triples)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    written = pyoxigraph.serialize((quad.triple for quad in dataset), format=pyoxigraph.RdfFormat.N_TRIPLES)
    return sorted(set((written or b"").splitlines(keepends=True)))


def by_graph(dump: Path) -> list[bytes]:
    """The lines of the named graphs, those of each graph together."""
    with dump.open("rb") as stream:
        return sorted(stream, key=lambda line: line.rsplit(b" <", 1)[1])


def _names(line: bytes) -> bool:
    return line.split(b" ", 2)[1] in _TOLD
