"""Rows of a table as triples, with the place of each: what delimited files and workbooks have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from rdflib import Literal, URIRef
from rdflib.term import Node

from lepgraph.addresses import Addresses, acceptable_segment
from lepgraph.errors import RecordFault
from lepgraph.terms import RDF
from lepgraph.validation.records import Note, Place, Record, Reference
from lepgraph.validation.tables import matching
from lepgraph.validation.tables.templates import (
    EXAMPLE,
    IDENTIFIER,
    KIND,
    SEPARATOR,
    Column,
    Span,
    Template,
    Templates,
    plain,
)
from lepgraph.validation.tables.values import Value, parts, value

MOST_TRIPLES = 100_000
_MOST_NOTES = 1_000
"""Notes of each level that are kept, so that many small ones do not hide a great one."""
_PROSE = 6
"""Words from which a part of a cell reads like a sentence and not like a name."""


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, without space around it; ``fault`` says why nothing can be made of it."""

    text: str
    place: Place
    fault: str = ""
    mend: str = ""


@dataclass(frozen=True)
class Table:
    """A table as it was found: its place (a file, and a sheet), its headings, and its rows that are not empty."""

    place: Place
    headings: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]

    @property
    def name(self) -> str:
        """What messages call it."""
        return ", ".join(filter(None, (self.place.file, self.place.sheet))) or "The table"


@dataclass
class Reading:
    """Makes one record of the tables of a file."""

    templates: Templates
    base: str
    record: Record = field(default_factory=Record)
    noted: Counter[str] = field(default_factory=Counter)

    def read(self, table: Table, template: Template | None) -> None:
        """Takes a table in; each row is of the template, else of the one that its cell ``type`` names."""
        kinds = [n for n, cell in enumerate(table.headings) if plain(cell.text) in matching.KINDS]
        if template is None and not kinds:
            fits = matching.fitting(self.templates, [cell.text for cell in table.headings])
            if len(fits) != 1:
                raise matching.unknown(self.templates, table.name, fits)
            template = fits[0]
        self._note_nameless(table)
        groups: dict[str, list[Sequence[Cell]]] = {}
        for row in table.rows:
            found = template or self._kind(row, kinds[0], table)
            if found is not None:
                groups.setdefault(found.name, []).append(row)
        if template is not None:
            groups.setdefault(template.name, [])
        for name, rows in groups.items():
            _Filling(self, self.templates.all[name], table.headings).read(rows)

    def note(self, level: str, place: Place, message: str, mend: str = "", **about: str) -> None:
        """Notes what a shape cannot see; after a thousand notes of a level no more of it."""
        self.noted[level] += 1
        if self.noted[level] <= _MOST_NOTES:
            self.record.notes.append(Note(level, place, message, mend, **about))

    def _note_nameless(self, table: Table) -> None:
        width = len(table.headings)
        noted: set[int] = set()
        for row in table.rows:
            for number, cell in enumerate(row):
                if cell.text and number not in noted and (number >= width or not table.headings[number].text):
                    noted.add(number)
                    text = "Nothing is made of this cell: its column has no heading."
                    mend = "Give the column a heading of the template, or clear it."
                    self.note("warning", cell.place, text, mend, value=cell.text[:300])

    def _kind(self, row: Sequence[Cell], column: int, table: Table) -> Template | None:
        cell = row[column] if column < len(row) else Cell("", row[0].place)
        found = matching.of_kind(self.templates, cell.text) if cell.text else None
        if found is None:
            offered = ", ".join(list(self.templates.all)[:12])
            said = (
                f"“{cell.text[:80]}” is the name of no template" if cell.text else "The row does not say of what it is"
            )
            self.note("violation", cell.place, f"{said}; nothing is made of the row.", f"Write one of: {offered}, …")
        return found


class _Filling:
    """Reads the rows of one table that are of one template."""

    def __init__(self, reading: Reading, template: Template, headings: Sequence[Cell]) -> None:
        self.reading = reading
        self.template = template
        self.columns = matching.columns(template, [cell.text for cell in headings])
        self.headings = headings
        self.seen: dict[URIRef, Place] = {}
        self._note_headings()

    def _note_headings(self) -> None:
        first: dict[str, Cell] = {}
        for number, meant in self.columns.items():
            cell = self.headings[number]
            name = meant.heading if isinstance(meant, Column) else meant
            if name is None:
                near = matching.nearest(self.template, cell.text)
                mend = (
                    f"If it is meant, call the column “{near}”."
                    if near
                    else "Leave the column out, or see the template."
                )
                text = f"Nothing is made of the column “{cell.text[:80]}”: the template has none that is called so."
                self.reading.note("warning", cell.place, text, mend, value=cell.text[:300])
            elif name in first:
                text = (
                    f"The columns “{first[name].text}” and “{cell.text}” mean the same; the values of both are taken."
                )
                self.reading.note("warning", cell.place, text, "Keep one of them.")
            else:
                first[name] = cell

    def read(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Makes triples of rows."""
        for row in rows:
            subject = self._subject(row)
            if subject is not None:
                self._row(subject, row)
            if len(self.reading.record.places) > MOST_TRIPLES:
                raise RecordFault(
                    f"{row[0].place.file or 'The table'} has more than {MOST_TRIPLES} facts.",
                    hint="Hand in smaller files.",
                )

    def _cells(self, row: Sequence[Cell], name: str) -> list[Cell]:
        return [
            row[n]
            for n, meant in self.columns.items()
            if meant == name and n < len(row) and (row[n].text or row[n].fault)
        ]

    def _subject(self, row: Sequence[Cell]) -> URIRef | None:
        """What a row is about; None for an example, or if it does not say."""
        cell = next(iter(self._cells(row, IDENTIFIER)), None)
        if cell is None:
            return self._named(row)
        if cell.text.casefold().startswith(EXAMPLE):
            text = "This is the example row of the template; nothing is made of it."
            self.reading.note("warning", cell.place, text, "Delete the row, or give it the address of your record.")
            return None
        if cell.fault:
            self.reading.note("violation", cell.place, cell.fault, cell.mend, value=cell.text[:300])
            return None
        found = self.reading.templates.address(cell.text, self.reading.base)
        key = cell.text
        if found is None and self.template.segment and not acceptable_segment(key):
            key = _slug(cell.text)
            if key:
                text = f"“{cell.text[:80]}” cannot be part of an address; it was read as {key}."
                self.reading.note("info", cell.place, text, f"Write {key}.")
        if found is None and self.template.segment and key:
            found = Addresses(self.reading.base).thing(self.template.segment, key)
        if found is None:
            text = f"“{cell.text[:80]}” is no address; nothing is made of the row."
            self.reading.note("violation", cell.place, text, f"Write a whole address, such as {self.reading.base}…")
            return None
        self._note_elsewhere(found, cell)
        return self._begun(found, cell.place)

    def _note_elsewhere(self, thing: URIRef, cell: Cell) -> None:
        concept, _ = Addresses(self.reading.base).split(str(thing)) or ("", "")
        if self.template.segment and concept != self.template.segment:
            level, where = ("violation", concept) if concept else ("warning", "elsewhere")
            text = (
                f"The address is one of {where}, where the things of this table have those of {self.template.segment}."
            )
            mend = f"Write an address below {self.reading.base}id/{self.template.segment}/, or its last part alone."
            self.reading.note(level, cell.place, text, mend, value=cell.text[:300], record=str(thing))

    def _named(self, row: Sequence[Cell]) -> URIRef | None:
        """The thing of a row without an address, after its name."""
        naming = self.template.naming
        cells = self._cells_of(row, naming) if naming else []
        place = replace(row[0].place, heading=self._heading(IDENTIFIER)) if not cells else cells[0].place
        if not cells or not self.template.segment or not _slug(cells[0].text):
            text = "The row has no address, so that it is not clear what it is about; nothing is made of it."
            mend = "Write the address of the record, or a new one in small letters with hyphens."
            self.reading.note("violation", place, text, mend)
            return None
        key = _slug(cells[0].text)
        text = f"The row has no address; it was taken to be {key}, after its name."
        self.reading.note("info", place, text, f"Write {key}, or the address that is published, as “{IDENTIFIER}”.")
        return self._begun(Addresses(self.reading.base).thing(self.template.segment, key), place)

    def _begun(self, subject: URIRef, place: Place) -> URIRef:
        if subject in self.seen:
            text = f"Row {self.seen[subject].line} is about the same thing; the two are taken together."
            self.reading.note("warning", place, text, "Give each thing one row.", record=str(subject))
        self.seen.setdefault(subject, place)
        self.reading.record.subjects.setdefault(subject, place)
        return subject

    def _row(self, subject: URIRef, row: Sequence[Cell]) -> None:
        record, template = self.reading.record, self.template
        place = self.seen[subject]
        for kind in self._types(row):
            record.add((subject, RDF.type, kind), place)
        for predicate, node in template.fixed:
            record.add((subject, predicate, node), place)
        spans: dict[URIRef, list[tuple[Column, Cell]]] = {}
        for number, column in self.columns.items():
            cell = row[number] if number < len(row) else None
            if not isinstance(column, Column) or cell is None or not (cell.text or cell.fault):
                continue
            if cell.fault:
                self._note(subject, column, cell, "violation", cell.fault, cell.mend)
            elif column.span:
                spans.setdefault(column.predicate, []).append((column, cell))
            else:
                self._cell(subject, column, cell)
        for pairs in spans.values():
            self._span(subject, pairs)

    def _types(self, row: Sequence[Cell]) -> list[Node]:
        """The classes of the thing of a row: its template's, or those that its cell ``type`` names."""
        known: dict[str, Node] = dict.fromkeys(self.template.names, self.template.kind)
        known |= {plain(text): c.term for c in self.template.narrower for text in (c.label, c.code)}
        named: list[Node] = []
        for cell in self._cells(row, KIND):
            for part in filter(None, map(str.strip, cell.text.split(SEPARATOR))):
                if matching.tail(part) in known:
                    named.append(known[matching.tail(part)])
                else:
                    text = f"The table is of things of the class “{self.template.label}”, and the row of “{part[:80]}”."
                    mend = f"Write {self.template.label}, or put the row into another table."
                    self.reading.note("violation", cell.place, text, mend, value=part[:300])
        return [*(named or [self.template.kind]), *self.template.types]

    def _cell(self, subject: URIRef, column: Column, cell: Cell) -> None:
        texts = parts(column, cell.text)
        if len(texts) > 1 and column.languages and max(len(text.split()) for text in texts) > _PROSE:
            text = f"The cell was read as {len(texts)} values, since a semicolon stands between several."
            self._note(subject, column, cell, "info", text, "Write ;; for a semicolon within a text.")
        for text in texts:
            found = self._value(subject, column, cell, text)
            self.reading.record.add((subject, column.predicate, found.term), cell.place)
            if found.named:
                named = Reference(subject, column.predicate, str(found.term), column.classes)
                self.reading.record.references.append(named)

    def _value(self, subject: URIRef, column: Column, cell: Cell, text: str) -> Value:
        found = value(column, text, self.reading.templates, self.reading.base)
        if found.remark:
            self._note(subject, column, cell, "info", found.remark, found.mend)
        return found

    def _note(self, subject: URIRef, column: Column, cell: Cell, level: str, message: str, mend: str) -> None:
        about = {"record": str(subject), "property": str(column.predicate), "value": cell.text[:300]}
        self.reading.note(level, cell.place, message, mend, **about)

    def _span(self, subject: URIRef, pairs: Sequence[tuple[Column, Cell]]) -> None:
        """Makes the stretches of time of a row: the first beginning goes with the first end, and so on."""
        span, predicate = pairs[0][0].span, pairs[0][0].predicate
        assert span is not None
        ends: dict[bool, list[tuple[Value, Cell] | None]] = {True: [], False: []}
        for column, cell in pairs:
            found = [(self._value(subject, column, cell, t), cell) if t else None for t in parts(column, cell.text)]
            ends[column.end == span.begin] += found
        for begin, end in zip_longest(ends[True], ends[False]):
            if begin or end:
                self._stretch(subject, predicate, span, begin, end)

    def _stretch(
        self,
        subject: URIRef,
        predicate: URIRef,
        span: Span,
        begin: tuple[Value, Cell] | None,
        end: tuple[Value, Cell] | None,
    ) -> None:
        record = self.reading.record
        place = (begin or end or (Value(Literal("")), Cell("", Place())))[1].place
        first, last = (_key(bound[0].term) if bound else "" for bound in (begin, end))
        thing = span.address(self.reading.base, first, last)
        record.add((subject, predicate, thing), place)
        record.subjects.setdefault(thing, place)
        for kind in (span.kind, *span.types):
            record.add((thing, RDF.type, kind), place)
        for bound, date in ((begin, span.begin), (end, span.end)):
            if bound:
                record.add((thing, date, bound[0].term), bound[1].place)

    def _cells_of(self, row: Sequence[Cell], column: Column) -> list[Cell]:
        found = [n for n, meant in self.columns.items() if meant == column]
        return [row[n] for n in found if n < len(row) and row[n].text]

    def _heading(self, name: str) -> str:
        return next((self.headings[n].text for n, meant in self.columns.items() if meant == name), "")


def _slug(text: str) -> str:
    words = "".join(c if c.isalnum() else " " for c in text.replace("’", "").replace("'", "")).lower().split()
    return "-".join(words)[:100].strip("-")


def _key(term: Node) -> str:
    """A date as part of an address; of what is no date only what an address may hold."""
    return "".join(c if c.isalnum() or c == "-" else "-" for c in str(term)[:40])
