"""What is counted of a dataset once per version: triples, things, classes, properties, named graphs.

Counted in the store that is served and kept beside its snapshot, so that no request counts and the next start reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from rdflib import Literal

from lepgraph.content import Content
from lepgraph.datasets import Dataset
from lepgraph.querying import Library
from lepgraph.shelf import Shelf
from lepgraph.store import Query, Store
from lepgraph.terms import OWL, SKOS

LINKING = (
    OWL.sameAs, SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch,
)  # fmt: skip
"""Properties that link a thing to the same or a like thing of others."""

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


@dataclass(frozen=True)
class Extent:
    """Of the things whose identifiers begin in one way: their triples, their number, and the first of them."""

    triples: int
    entities: int
    example: str


@dataclass(frozen=True)
class Links:
    """How many links by a property lead to one host elsewhere; ``space`` is how the addresses there begin."""

    property: str
    space: str
    triples: int


@dataclass(frozen=True)
class Extents:
    """How much there is in each part of a dataset, and where its links lead."""

    spaces: dict[str, Extent]
    links: list[Links]


def extents(
    store: Store, library: Library, content: Content, datasets: Iterable[Dataset], shelf: Shelf | None
) -> Extents:
    """The extents of the whole, of its documents, of the parts of datasets and of what is listed; kept on the shelf."""
    addresses, concepts = content.addresses, content.catalogue.concepts
    spaces = {addresses.base, f"{addresses.base}id/", *(str(addresses.thing(segment, "")) for segment in concepts)}
    spaces |= {part.space for dataset in datasets for part in dataset.parts}

    def work() -> dict[str, Any]:
        return asdict(_measured(store, library, addresses.base, sorted(spaces)))

    held = shelf.value("extents", work) if shelf else work()
    found = {space: Extent(**extent) for space, extent in held["spaces"].items()}
    return Extents(found, [Links(**links) for links in held["links"]])


def _measured(store: Store, library: Library, base: str, spaces: list[str]) -> Extents:
    text = library.pages["spaces"].bound({"space": [Literal(space) for space in spaces]})
    found = {
        str(row["space"]): Extent(int(str(row["triples"])), int(str(row["entities"])), str(row["example"]))
        for row in store.solutions(Query(text))
    }
    text = library.pages["linksets"].bound({"property": LINKING, "base": Literal(base)})
    links = [
        Links(str(row["property"]), str(row["space"]), int(str(row["triples"]))) for row in store.solutions(Query(text))
    ]
    return Extents(found, links)


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
