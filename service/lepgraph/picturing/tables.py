"""An answer as rows: the terms that pictures are drawn from, and the cells that people read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rdflib import XSD, Literal, URIRef
from rdflib.term import Node

from lepgraph.describing import Describer, Value
from lepgraph.loading.coordinates import WKT

SHOWN_ROWS = 1000
"""Rows that a page shows; the data formats have them all."""

DATES = frozenset({XSD.date, XSD.gYearMonth, XSD.gYear})


@dataclass(frozen=True)
class Parts:
    """What one row of an answer gives for the parts of a picture: for each the term and the cell, if the row has it."""

    found: Mapping[str, tuple[Node | None, Value | None]]

    def term(self, part: str) -> Node | None:
        """The term from which something is worked out."""
        return self.found.get(part, (None, None))[0]

    def cell(self, part: str) -> Value | None:
        """The value that people read."""
        return self.found.get(part, (None, None))[1]

    def text(self, part: str) -> str:
        """The text that people read; empty if there is none."""
        cell = self.cell(part)
        return cell.text if cell else ""


@dataclass(frozen=True)
class Table:
    """Columns by their variables, with heads in words; ``total`` counts the rows that there are besides those shown."""

    columns: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    terms: tuple[tuple[Node | None, ...], ...] = ()
    cells: tuple[tuple[Value | None, ...], ...] = ()
    total: int = 0
    hidden: frozenset[str] = frozenset()
    """Columns that the page leaves out of the table; pictures are made of them all the same."""

    def column(self, name: str) -> int | None:
        """The place of a column, or None if the answer has none of that name."""
        return self.columns.index(name) if name in self.columns else None

    def parts(self, columns: Mapping[str, str]) -> list[Parts]:
        """For each row the parts of a picture, given the column of each; a part without its column is left out."""
        places = {part: place for part, name in columns.items() if (place := self.column(name)) is not None}
        return [
            Parts({part: (terms[place], cells[place]) for part, place in places.items()})
            for terms, cells in zip(self.terms, self.cells, strict=True)
        ]

    @property
    def shown(self) -> tuple[int, ...]:
        """The places of the columns that the page shows."""
        return tuple(place for place, name in enumerate(self.columns) if name not in self.hidden)

    @property
    def numeric(self) -> frozenset[int]:
        """The places of the columns that hold numbers and nothing else."""
        found = set()
        for place in range(len(self.columns)):
            cells = [row[place] for row in self.cells if row[place] is not None]
            if cells and all(cell and cell.number for cell in cells):
                found.add(place)
        return frozenset(found)

    @property
    def dated(self) -> frozenset[int]:
        """The places of the columns that hold dates and nothing else."""
        columns = [
            {term.datatype if isinstance(term, Literal) else None for term in column if term}
            for column in self._columns
        ]
        return frozenset(place for place, kinds in enumerate(columns) if kinds and kinds <= DATES)

    def filled(self) -> Table:
        """The same without the columns in which nothing stands."""
        return self.without(self.columns[place] for place, column in enumerate(self._columns) if not any(column))

    @property
    def _columns(self) -> list[tuple[Node | None, ...]]:
        return list(zip(*self.terms, strict=True)) if self.terms else []

    def without(self, names: Iterable[str]) -> Table:
        """The same with some more columns left out of the page."""
        return replace(self, hidden=self.hidden | frozenset(names))


def tabled(
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Node]],
    describer: Describer,
    *,
    heads: Mapping[str, str] | None = None,
    hidden: frozenset[str] = frozenset(),
) -> Table:
    """The rows of an answer, at most SHOWN_ROWS of them, with the names of the things in them."""
    kept = rows[:SHOWN_ROWS]
    labels = describer.labels({str(term) for row in kept for term in row.values() if isinstance(term, URIRef)})
    return Table(
        tuple(columns),
        tuple((heads or {}).get(name) or in_title(name) for name in columns),
        tuple(tuple(row.get(name) for name in columns) for row in kept),
        tuple(tuple(_cell(name, row.get(name), describer, labels) for name in columns) for row in kept),
        len(rows),
        hidden,
    )


def in_title(variable: str) -> str:
    """The name of a variable as words: ``districtName`` is “district name”."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_+", " ", variable).split()
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words) or variable


def geometric(term: Node | None) -> bool:
    """Whether a term is a geometry in Well-Known Text."""
    return isinstance(term, Literal) and str(term.datatype) == WKT


def _cell(name: str, term: Node | None, describer: Describer, labels: dict[str, str]) -> Value | None:
    if term is None:
        return None
    value = describer.value(term, labels)
    # a year that a query computes is an integer, and is not written 2,015
    return replace(value, text=str(term)) if value.number and "year" in name.lower() else value
