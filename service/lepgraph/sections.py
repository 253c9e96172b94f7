"""The sections of a thing's page that stored queries give: those whose header says ``page`` and a class of the thing.

Such a query takes the thing as a parameter, and may take a ``date``: the day for which the page is shown. A query that
shows ``dates`` offers the days worth choosing, the last of which is chosen if the reader chooses none; one that shows a
``sentence`` gives the line below the title. So a page has maps and timelines without a word about its subject in code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.describing import Describer
from lepgraph.picturing import Outlines, Picture, Table, drawn, tabled
from lepgraph.querying import HOME, Library, Section, Shows, StoredQuery
from lepgraph.store import Query, Store
from lepgraph.terms import RDFS, XSD
from lepgraph.words import in_words

DATE = "date"
"""The parameter that takes the day for which a page is shown."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Shown:
    """One section: its title, the answer with its pictures, and the question with the parameters that it was asked."""

    title: str
    query: StoredQuery
    asked: str
    table: Table
    pictures: tuple[Picture, ...]
    dated: bool


@dataclass(frozen=True)
class Day:
    """A day that a page offers: as a parameter, and in words."""

    date: str
    words: str
    note: str


@dataclass(frozen=True)
class Sections:
    """All sections of a page, the line that sums the thing up, its status, and the days that can be chosen."""

    summary: str
    status: str
    shown: tuple[Shown, ...]
    days: tuple[Day, ...]
    date: str
    """The day for which the page is shown; empty if nothing on it depends on one."""

    @property
    def day(self) -> str:
        """The day in words."""
        return in_words(Literal(self.date, datatype=XSD.date)) if self.date else ""


NONE = Sections("", "", (), (), "")
"""No section at all."""


class Sectioner:
    """Finds the sections for things of one store."""

    def __init__(
        self, store: Store, library: Library, describer: Describer, hierarchy: Graph, outlines: Outlines
    ) -> None:
        self.store = store
        self.library = library
        self.describer = describer
        self.hierarchy = hierarchy
        self.outlines = outlines

    @cached_property
    def _placed(self) -> Sequence[tuple[Section, StoredQuery]]:
        """Every section of every query, in the order in which pages show them."""
        found = [(section, query) for query in self.library.questions.values() for section in query.sections]
        found += [(section, query) for query in self.library.parts.values() for section in query.sections]
        return sorted(found, key=lambda pair: (pair[0].order, pair[0].title, pair[1].name))

    def of(self, iri: str, kinds: Iterable[str], date: str = "") -> Sections:
        """The sections for a thing of these classes as they were on a day, given as 2015-05-01 or not at all."""
        return self._made(iri, self._wider(kinds), date)

    def home(self, date: str = "") -> Sections:
        """The sections of the home page as they were on a day."""
        return self._made("", {HOME}, date)

    def _made(self, iri: str, wanted: set[str], date: str) -> Sections:
        placed = [(section, query) for section, query in self._placed if wanted & set(section.classes)]
        days = self._days(iri, [pair for pair in placed if _first(pair[1], "dates")])
        chosen = date or (days[-1].date if days else _example(query for _, query in placed))
        summary, status = "", ""
        shown: list[Shown] = []
        for section, query in placed:
            if _first(query, "dates"):
                continue
            rows, asked = self._asked(iri, section, query, chosen)
            if sentence := _first(query, "sentence"):
                summary, status = self._sentence(sentence, rows)
            elif rows:
                shown.append(self._shown(section, query, rows, asked))
        dated = any(DATE in _names(query) for _, query in placed) and bool(date or days or any(s.dated for s in shown))
        return Sections(summary, status, tuple(shown), tuple(days) if dated else (), chosen if dated else "")

    def _shown(self, section: Section, query: StoredQuery, rows: list[dict[str, Node]], asked: dict[str, str]) -> Shown:
        columns = query.variables or tuple(dict.fromkeys(name for row in rows for name in row))
        table = tabled(columns, rows, self.describer, heads=query.columns, hidden=query.hides).filled()
        pictures = drawn(table, query.shows, self.outlines.of)
        return Shown(
            section.title or query.summary,
            query,
            f"?{urlencode(asked)}" if asked else "",
            table,
            pictures,
            DATE in asked,
        )

    def _asked(
        self, iri: str, section: Section, query: StoredQuery, date: str
    ) -> tuple[list[dict[str, Node]], dict[str, str]]:
        """The rows of a query for a thing on a day, and the parameters as an address has them."""
        values: dict[str, Node] = {}
        asked: dict[str, str] = {}
        if iri:
            parameter = next(item for item in query.parameters if item.name == section.parameter)
            found = self.describer.addresses.split(iri)
            values[section.parameter] = URIRef(iri)
            asked[section.parameter] = found[1] if found and found[0] == parameter.concept else iri
        if date and DATE in _names(query):
            values[DATE] = Literal(date, datatype=XSD.date)
            asked[DATE] = date
        return self.store.solutions(Query(query.bound(values))), asked

    def _days(self, iri: str, placed: Sequence[tuple[Section, StoredQuery]]) -> list[Day]:
        found: dict[str, Day] = {}
        for section, query in placed:
            columns = next(item for item in query.shows if item.kind == "dates").columns
            for row in self._asked(iri, section, query, "")[0]:
                term = row.get(columns["date"])
                if isinstance(term, Literal) and term.datatype == XSD.date and term.value and _DAY.fullmatch(term):
                    note = str(row.get(columns.get("label", ""), ""))
                    found.setdefault(str(term), Day(str(term), in_words(term), note))
        return [found[date] for date in sorted(found)]

    def _sentence(self, shows: Shows, rows: list[dict[str, Node]]) -> tuple[str, str]:
        if not rows:
            return "", ""
        row = rows[0]
        labels = self.describer.labels(str(term) for term in row.values() if isinstance(term, URIRef))
        words = {name: self.describer.value(term, labels).text for name, term in row.items()}
        return filled(shows.title, words), words.get(shows.columns.get("status", ""), "")

    def _wider(self, kinds: Iterable[str]) -> set[str]:
        """The classes and all that are wider."""
        found: set[str] = set()
        for kind in kinds:
            found |= {str(wider) for wider in self.hierarchy.transitive_objects(URIRef(kind), RDFS.subClassOf)}
        return found


def filled(sentence: str, words: Mapping[str, str]) -> str:
    """A sentence with words in place of ``{names}``; a part in square brackets goes where one of its names has none.

    ``Founded[ on {day}].`` is “Founded.” if there is no day.
    """
    text = re.sub(
        r"\[([^\[\]]*)\]",
        lambda part: part[1] if all(words.get(name) for name in re.findall(r"\{(\w+)\}", part[1])) else "",
        sentence,
    )
    return re.sub(r"\{(\w+)\}", lambda name: words.get(name[1], ""), text).strip()


def _names(query: StoredQuery) -> set[str]:
    return {parameter.name for parameter in query.parameters}


def _example(queries: Iterable[StoredQuery]) -> str:
    """The day that the first query which takes one gives as its example; empty if none takes one."""
    given = (item.example for query in queries for item in query.parameters if item.name == DATE)
    return next(given, "")


def _first(query: StoredQuery, kind: str) -> Shows | None:
    return next((item for item in query.shows if item.kind == kind), None)
