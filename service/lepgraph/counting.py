"""What is counted of a dataset once per version: triples, things, classes, properties, named graphs.

Counted in the store that is served and kept beside its snapshot, so that no request counts and the next start reads.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from lepgraph.querying import Library
from lepgraph.shelf import Shelf
from lepgraph.store import Query, Store

Numbers = dict[str, int]


@dataclass(frozen=True)
class Counts:
    """Of the default graph: its size and parts. ``graphs`` says how many triples each named graph holds."""

    triples: int
    subjects: int
    properties: int
    objects: int
    classes: Numbers
    """Things of each class."""
    uses: Numbers
    """Triples of each property."""
    graphs: Numbers


def counted(store: Store, library: Library) -> Counts:
    """The counts, by asking the store."""
    totals = store.solutions(Query(library.pages["totals"].text))[0]
    return Counts(
        **{name: int(str(totals[name])) for name in ("triples", "subjects", "properties", "objects")},
        classes=_numbers(store, library, "classes", "class", "number"),
        uses=_numbers(store, library, "properties", "property", "triples"),
        graphs=_numbers(store, library, "graph-sizes", "graph", "number"),
    )


def kept(store: Store, library: Library, shelf: Shelf) -> Counts:
    """The counts that were kept, or else counted now."""
    return Counts(**shelf.value("counts", lambda: asdict(counted(store, library))))


def _numbers(store: Store, library: Library, query: str, key: str, number: str) -> Numbers:
    rows = store.solutions(Query(library.pages[query].text))
    return {str(row[key]): int(str(row[number])) for row in rows}
