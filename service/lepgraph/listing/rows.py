"""The rows of a list: one for each thing of a concept, with the columns that a query of the content gives or its kinds.

A query of ``queries/lists`` may give several rows for a thing, each with some of the columns: they are put together, so
that a cell holds each of its values once. Lists are kept, the least used ones given up when there are many cells.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rdflib import Literal, URIRef
from rdflib.term import Node

from lepgraph.content import Concept
from lepgraph.describing import Describer, Value, in_order
from lepgraph.querying import Library, Listed, StoredQuery
from lepgraph.store import Query, Store
from lepgraph.terms import XSD
from lepgraph.words import NUMBERS, folded

UNKNOWN = "unknown"
"""The value of a filter that stands for nothing known."""
MOST_CELLS = 400_000
"""Cells of lists that are kept, all lists of a process together."""
DATES = frozenset({XSD.date, XSD.gYearMonth, XSD.gYear})


@dataclass(frozen=True)
class Cell:
    """What one column says of a thing: values as shown, the keys by which addresses name them, and their terms."""

    values: tuple[Value, ...] = ()
    keys: tuple[str, ...] = ()
    terms: tuple[Node, ...] = ()
    sort: tuple[object, ...] = ()
    """By what it is sorted; empty for nothing known."""
    first: str = ""
    last: str = ""
    """The first and last day that its dates touch, as ISO 8601."""


EMPTY = Cell()


@dataclass(frozen=True)
class Row:
    """A thing with its cells, in the order of the columns."""

    iri: str
    key: str
    name: Value
    cells: tuple[Cell, ...]
    sort: tuple[str, ...]
    words: tuple[str, ...]
    """The words of the name, in the form in which they are compared."""


@dataclass(frozen=True)
class Column:
    """A column: its name in addresses, its head in words, and whether it holds nothing but numbers, or dates."""

    name: str
    head: str
    number: bool
    date: bool


@dataclass(frozen=True, eq=False)
class Listing:
    """A list: its columns and rows, in the order of the names, and what its columns narrow it by."""

    concept: Concept
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    listed: Listed = field(default_factory=Listed)
    note: str = ""
    rendered: dict[str, str] = field(default_factory=dict)
    """What pages made of its rows, by thing, for as long as the list is kept."""

    def place(self, name: str) -> int | None:
        """The place of a column among the cells of a row; None if there is none of that name."""
        return next((place for place, column in enumerate(self.columns) if column.name == name), None)

    @cached_property
    def choices(self) -> dict[str, dict[str, tuple[str, int]]]:
        """For each filter its values in order: by key, how they read and how many rows have them."""
        names = [name for name in self.listed.filters if self.place(name) is not None]
        return {name: self._choices(self.place(name) or 0) for name in names}

    def _choices(self, place: int) -> dict[str, tuple[str, int]]:
        counts: Counter[str] = Counter()
        texts: dict[str, tuple[tuple[object, ...], str]] = {}
        for row in self.rows:
            cell = row.cells[place]
            counts.update(cell.keys or (UNKNOWN,))
            for key, value, term in zip(cell.keys, cell.values, cell.terms, strict=True):
                texts.setdefault(key, (_order(value, term), value.text))
        ordered = sorted(texts, key=lambda key: texts[key][0])
        found = {key: (texts[key][1], counts[key]) for key in ordered}
        return {**found, UNKNOWN: ("Not known", counts[UNKNOWN])} if counts[UNKNOWN] else found


class Lists:
    """The lists of one dataset."""

    def __init__(self, library: Library, store: Store, describer: Describer) -> None:
        self.library = library
        self.store = store
        self.describer = describer
        self._kept: dict[str, Listing] = {}
        self._lock = threading.Lock()

    def of(self, concept: Concept) -> Listing:
        """The list of a concept, as it was kept or asked for now."""
        with self._lock:
            found = self._kept.pop(concept.segment, None)
            if found is not None:
                self._kept[concept.segment] = found
                return found
        found = self._asked(concept)
        with self._lock:
            self._kept[concept.segment] = found
            while len(self._kept) > 1 and sum(_size(listing) for listing in self._kept.values()) > MOST_CELLS:
                self._kept.pop(next(iter(self._kept)))
        return found

    def _asked(self, concept: Concept) -> Listing:
        space = Literal(self.describer.addresses.thing(concept.segment, ""))
        query = self.library.of("lists").get(concept.segment) or self.library.pages["list"]
        found = self.store.solutions(Query(query.bound({"class": concept.iri, "space": space})))
        things: dict[str, dict[str, dict[Node, None]]] = {}
        for row in found:
            if str(row["thing"]).startswith(str(space)):
                cells = things.setdefault(str(row["thing"]), {})
                for name, term in row.items():
                    cells.setdefault(name, {})[term] = None
        own = concept.segment in self.library.of("lists")
        names = [name for name in query.columns if own or _differs(name, things)]
        return self._listing(concept, things, names, query)

    def _listing(
        self,
        concept: Concept,
        things: Mapping[str, Mapping[str, Mapping[Node, None]]],
        names: Sequence[str],
        query: StoredQuery,
    ) -> Listing:
        iris = {
            str(term)
            for cells in things.values()
            for terms in cells.values()
            for term in terms
            if isinstance(term, URIRef)
        }
        labels = self.describer.labels(iris | set(things))
        rows = []
        for iri, found in things.items():
            name = self.describer.link(iri, labels)
            cells = tuple(self._cell(list(found.get(column, ())), labels) for column in names)
            split = self.describer.addresses.split(iri)
            rows.append(
                Row(iri, split[1] if split else iri, name, cells, (*in_order(name), iri), tuple(folded(name.text)))
            )
        rows.sort(key=lambda row: row.sort)
        columns = tuple(
            Column(name, query.columns.get(name, name), *_nature(row.cells[place] for row in rows))
            for place, name in enumerate(names)
        )
        return Listing(concept, columns, tuple(rows), query.listed, query.description)

    def _cell(self, terms: list[Node], labels: dict[str, str]) -> Cell:
        if not terms:
            return EMPTY
        shown = sorted(((self.describer.value(term, labels), term) for term in terms), key=lambda pair: _order(*pair))
        values, ordered = tuple(value for value, _ in shown), tuple(term for _, term in shown)
        spans = [days(str(term)) for term in ordered if isinstance(term, Literal) and term.datatype in DATES]
        return Cell(
            values,
            tuple(_key(term, self.describer) for term in ordered),
            ordered,
            _order(values[0], ordered[0]),
            min((first for first, _ in spans), default=""),
            max((last for _, last in spans), default=""),
        )


def days(text: str) -> tuple[str, str]:
    """The first and the last day of a year, a month or a day, as texts that sort; a month may seem to have 31."""
    return text + {4: "-01-01", 7: "-01"}.get(len(text), ""), text + {4: "-12-31", 7: "-31"}.get(len(text), "")


def _order(value: Value, term: Node) -> tuple[object, ...]:
    if isinstance(term, Literal) and term.datatype in NUMBERS:
        return (0, float(str(term)))
    if isinstance(term, Literal) and term.datatype in DATES:
        return (1, str(term))
    return (2, *in_order(value))


def _differs(name: str, things: Mapping[str, Mapping[str, Mapping[Node, None]]]) -> bool:
    """Whether a column says more than the same of each thing."""
    return len({tuple(cells.get(name, ())) for cells in things.values()}) > 1


def _key(term: Node, describer: Describer) -> str:
    """How addresses name a value: a thing or concept of ours by its last part, any other IRI and text as it stands."""
    text = str(term)
    if isinstance(term, URIRef) and describer.addresses.path(text):
        return text.rstrip("/#").replace("#", "/").rpartition("/")[2]
    return text


def _nature(cells: Iterable[Cell]) -> tuple[bool, bool]:
    """Whether cells hold nothing but numbers, and whether nothing but dates."""
    numbers = dates = filled = 0
    for cell in cells:
        for term in cell.terms:
            filled += 1
            numbers += isinstance(term, Literal) and term.datatype in NUMBERS
            dates += isinstance(term, Literal) and term.datatype in DATES
    return bool(filled) and numbers == filled, bool(filled) and dates == filled


def _size(listing: Listing) -> int:
    return len(listing.rows) * (len(listing.columns) + 1)
