"""The completeness table: for each class that shapes target, which records lack which of the expected properties.

Only gaps are asked for: a record that no query names has the property. One query finds the records of a class that have
no value of plain properties; several values, inverses and alternatives take a query each. What they find is kept, so
that the page of a thing can say what it lacks without asking.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from rdflib import Literal, URIRef
from rdflib.term import Node

from lepgraph.content import Content
from lepgraph.describing import Describer, Value
from lepgraph.errors import NotFound
from lepgraph.quality.expected import Expectation, Path, expectations, slugs
from lepgraph.querying import Library
from lepgraph.shelf import Shelf
from lepgraph.store import Query, Store
from lepgraph.terms import RDFS
from lepgraph.words import local_name

WHOLE, RECORD = "complete-records", "known-properties"
"""Measures that no property names: the share of complete records, and the share of properties that a record has."""


@dataclass(frozen=True)
class Column:
    """An expected property of a class: what it is called, and the records that lack it with what they have."""

    slug: str
    label: str
    href: str
    expectation: Expectation
    records: int
    gaps: Mapping[str, int]

    @property
    def known(self) -> int:
        """Records that have all that is expected."""
        return self.records - len(self.gaps)

    @property
    def partly(self) -> int:
        """Records that have some values, yet fewer than are expected."""
        return sum(number > 0 for number in self.gaps.values())

    @property
    def missing(self) -> int:
        """Records that have nothing."""
        return len(self.gaps) - self.partly

    @property
    def share(self) -> Decimal:
        """The share of records that have all that is expected."""
        return share(self.known, self.records)

    @property
    def level(self) -> str:
        """The share in a word: full, most, some or none."""
        if self.known == self.records:
            return "full"
        return "none" if self.known == 0 else "most" if 2 * self.known >= self.records else "some"

    def state(self, record: str) -> str:
        """Known, partly known or not known for a record."""
        number = self.gaps.get(record)
        return "known" if number is None else "partly known" if number else "not known"


@dataclass(frozen=True)
class Table:
    """Records of one class by expected properties. A class that the catalogue does not list has no ``segment``."""

    key: str
    iri: str
    title: str
    segment: str
    records: int
    columns: tuple[Column, ...]

    @cached_property
    def gaps(self) -> dict[str, int]:
        """How many of the expected properties each record that is not complete lacks, in part or whole."""
        found: dict[str, int] = {}
        for column in self.columns:
            for record in column.gaps:
                found[record] = found.get(record, 0) + 1
        return found

    @property
    def complete(self) -> int:
        """Records that lack nothing."""
        return self.records - len(self.gaps)

    @property
    def by_gaps(self) -> list[Column]:
        """The properties, those that most records lack first."""
        return sorted(self.columns, key=lambda column: -len(column.gaps))

    def known(self, record: str) -> int:
        """How many of the expected properties a record has."""
        return len(self.columns) - self.gaps.get(record, 0)

    def column(self, slug: str) -> Column | None:
        """The property of that short name."""
        return next((column for column in self.columns if column.slug == slug), None)


@dataclass(frozen=True)
class Fullness:
    """How full one record is: the tables that it is in, and what it lacks, the heaviest first."""

    record: str
    tables: tuple[Table, ...]
    expected: int
    gaps: tuple[Column, ...]

    @property
    def known(self) -> int:
        """How many of the expected properties it has."""
        return self.expected - len(self.gaps)

    @property
    def by_level(self) -> dict[str, list[Column]]:
        """What it lacks by how much that weighs."""
        levels = dict.fromkeys(column.expectation.level for column in self.gaps)
        return {level: [column for column in self.gaps if column.expectation.level == level] for level in levels}


class Completeness:
    """The tables of one store, each worked out once; the gaps are kept on a shelf, if there is one."""

    def __init__(
        self, content: Content, library: Library, store: Store, describer: Describer, shelf: Shelf | None = None
    ) -> None:
        self.content = content
        self.library = library
        self.store = store
        self.describer = describer
        self.shelf = shelf

    @cached_property
    def expected(self) -> dict[str, tuple[Expectation, ...]]:
        """What complete records of each class have."""
        return {
            kind: found for kind, found in expectations(self.content.shapes, self.content.hierarchy).items() if found
        }

    @cached_property
    def digest(self) -> str:
        """What the tables depend on besides the dataset: the expectations."""
        return hashlib.sha256(repr(self.expected).encode()).hexdigest()[:16]

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The tables of all classes that have records, those of the catalogue first and in its order."""
        concepts = {str(concept.iri): concept for concept in self.content.catalogue.concepts.values()}
        others = {kind: local_name(kind) for kind in self.expected if kind not in concepts}
        segments = {iri: concept.segment for iri, concept in concepts.items()}
        keys = {**segments, **slugs(others, segments.values())}
        properties = {iri for items in self.expected.values() for item in items for iri in item.path.iris}
        labels = self.describer.labels({*self.expected, *properties})
        order = [kind for kind in concepts if kind in self.expected]
        order += sorted(others, key=lambda kind: (labels.get(kind, others[kind]).casefold(), kind))
        tables = {}
        for kind in order:
            records, gaps = self._counted.get(kind, (0, []))
            concept = concepts.get(kind)
            label = labels.get(kind) or others.get(kind, "")
            if records:
                title = concept.title if concept else label[:1].upper() + label[1:]
                columns = self._columns(kind, records, gaps, labels)
                segment = concept.segment if concept else ""
                tables[keys[kind]] = Table(keys[kind], kind, title, segment, records, columns)
        return tables

    def table(self, key: str) -> Table:
        """The table of that key; raises NotFound."""
        found = self.tables.get(key)
        if found is None:
            known = ", ".join(self.tables) or "none"
            raise NotFound(f"There is no table of completeness called {key!r}.", hint=f"Tables: {known}.")
        return found

    def records(self, table: Table, lacking: str = "", thing: str = "") -> list[str]:
        """The records of a table, those that lack most first, then by name.

        Or only those that lack one property, or only one thing, if it is there.
        """
        rows = self._ask("members", {"class": URIRef(table.iri), "space": Literal("")})
        records = [str(row["thing"]) for row in rows if thing in ("", str(row["thing"]))]
        column = table.column(lacking)
        if column is not None:
            records = [record for record in records if record in column.gaps]
        return sorted(records, key=table.known)

    def of(self, record: str, types: Iterable[str]) -> Fullness | None:
        """How full a record of these classes is; None if no shape says what a complete one has."""
        kinds = self._above(types)
        held = [table for table in self.tables.values() if table.iri in kinds]
        own = [table for table in held if not any(table.iri in self._above([t.iri]) - {t.iri} for t in held)]
        columns: dict[Path, Column] = {}
        for column in (column for table in own for column in table.columns):
            columns.setdefault(column.expectation.path, column)
        gaps = [column for column in columns.values() if record in column.gaps]
        gaps.sort(key=lambda column: column.expectation.weight)
        return Fullness(record, tuple(own), len(columns), tuple(gaps)) if own else None

    def _above(self, kinds: Iterable[str]) -> set[str]:
        """These classes and those that they are narrower than."""
        hierarchy = self.content.hierarchy
        found = {above for kind in kinds for above in hierarchy.transitive_objects(URIRef(kind), RDFS.subClassOf)}
        return set(map(str, found)) | set(kinds)

    @cached_property
    def _counted(self) -> dict[str, tuple[int, list[dict[str, int]]]]:
        """For each class that has records how many, and the gaps in each of the expected properties."""
        found = self.shelf.value("completeness", self._count) if self.shelf else self._count()
        return {kind: (records, gaps) for kind, records, gaps in found}

    def _count(self) -> list[Any]:
        """What is counted, as JSON can hold it."""
        counted: list[Any] = []
        for kind, items in self.expected.items():
            if records := self._number(kind):
                missing = self._missing(kind, [item.plain for item in items if item.plain])
                gaps = [missing[item.plain] if item.plain else self._gaps(kind, item) for item in items]
                counted.append((kind, records, gaps))
        return counted

    def _columns(
        self, kind: str, records: int, gaps: list[dict[str, int]], labels: dict[str, str]
    ) -> tuple[Column, ...]:
        items = self.expected[kind]
        named = {f"{place:04}": " or ".join(map(local_name, item.path.iris)) for place, item in enumerate(items)}
        short = slugs(named, (WHOLE, RECORD))
        columns = []
        for place, item in enumerate(items):
            link = self._link(item, labels)
            columns.append(Column(short[f"{place:04}"], link.text, link.href, item, records, gaps[place]))
        return tuple(columns)

    def _link(self, item: Expectation, labels: dict[str, str]) -> Value:
        """A property as pages call it, or as its shape does where pages have no name for the path."""
        names = [labels.get(iri) or local_name(iri) for iri in item.path.forward]
        text = " or ".join(dict.fromkeys(names)) if names and not item.path.backward else item.name
        link = self.describer.link(item.path.iris[0], labels)
        return Value(text or " or ".join(map(local_name, item.path.iris)), link.href, link.outside)

    def _missing(self, kind: str, properties: list[str]) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {iri: {} for iri in properties}
        values: dict[str, Node | list[Node]] = {"class": URIRef(kind), "property": [URIRef(iri) for iri in properties]}
        for row in self._ask("missing", values) if properties else []:
            found[str(row["property"])][str(row["thing"])] = 0
        return found

    def _gaps(self, kind: str, item: Expectation) -> dict[str, int]:
        values: dict[str, Node | list[Node]] = {
            "class": URIRef(kind),
            "least": Literal(item.least),
            "forward": [URIRef(iri) for iri in item.path.forward],
            "backward": [URIRef(iri) for iri in item.path.backward],
        }
        rows = self._ask("gaps", values)
        return {str(row["thing"]): int(str(row["number"])) for row in rows}

    def _number(self, kind: str) -> int:
        return int(str(self._ask("numbers", {"class": URIRef(kind), "space": Literal("")})[0]["number"]))

    def _ask(self, name: str, values: Mapping[str, Node | list[Node]]) -> list[dict[str, Node]]:
        return self.store.solutions(Query(self.library.pages[name].bound(values)))


def share(part: int, whole: int) -> Decimal:
    """A share with four places after the point, rounded towards nothing: all but one of many is never all."""
    return (Decimal(10_000 * part // whole) / 10_000).quantize(Decimal("0.0001")) if whole else Decimal("0.0000")
