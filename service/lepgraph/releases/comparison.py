"""What is different between two versions, thing by thing and counted by kind of thing."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass

from lepgraph.addresses import Addresses
from lepgraph.releases.history import Change, History

ELSEWHERE = "elsewhere"
"""The kind of things whose identifiers are not ours."""
MOST = 4
"""Comparisons that are kept."""


@dataclass(frozen=True, slots=True)
class Row:
    """A thing that is different: its kind, how, and how many statements came and went."""

    iri: str
    kind: str
    change: Change
    added: int
    removed: int


@dataclass(frozen=True)
class Comparison:
    """All things that are different, in the order of their names."""

    old: int
    new: int
    rows: tuple[Row, ...]

    @property
    def kinds(self) -> dict[str, Counter[Change]]:
        """How many things of each kind are different and how, the kind with most first."""
        found: dict[str, Counter[Change]] = {}
        for row in self.rows:
            found.setdefault(row.kind, Counter())[row.change] += 1
        return dict(sorted(found.items(), key=lambda pair: (-pair[1].total(), pair[0])))

    @property
    def totals(self) -> Counter[Change]:
        """How many things are different, by how."""
        return Counter(row.change for row in self.rows)


class Comparisons:
    """Compares versions; the last few comparisons are kept, since a page shows a piece of one."""

    def __init__(self, history: History, addresses: Addresses) -> None:
        self.history = history
        self.addresses = addresses
        self._kept: OrderedDict[tuple[int, int], Comparison] = OrderedDict()
        self._lock = threading.Lock()

    def between(self, old: int, new: int) -> Comparison:
        """What is different in a version from another one, by their places."""
        with self._lock:
            found = self._kept.pop((old, new), None) or self._compared(old, new)
            self._kept[old, new] = found
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
            return found

    def _compared(self, old: int, new: int) -> Comparison:
        if new == old + 1:
            found = self.history.sizes(new)
        else:
            found = [
                (one.iri, one.change, len(one.delta.added), len(one.delta.removed))
                for one in self.history.differences(old, new)
            ]
        return Comparison(old, new, tuple(Row(row[0], kind(self.addresses, row[0]), *row[1:]) for row in found))


def kind(addresses: Addresses, iri: str) -> str:
    """The kind of a thing: the segment of its list, or the first part of the path of anything else that is ours."""
    split = addresses.split(iri)
    if split is not None:
        return split[0]
    rest = iri.removeprefix(addresses.base)
    return ELSEWHERE if rest == iri else rest.partition("/")[0].partition("#")[0]
