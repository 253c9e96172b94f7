"""Facts as rows of registers: what loading makes triples of, the other way round.

A register is a CSV file with CSV on the Web metadata. Its templates of IRIs are read backwards: a row is found for a
thing if all that the row would say stands in the record. ``source`` is left for the sender to fill in, who alone knows
where the facts come from.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

import uritemplate
from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.content import Content
from lepgraph.loading.tables import METADATA
from lepgraph.terms import FORMS, XSD
from lepgraph.validation.changes import Register

Triple = tuple[Node, Node, Node]
_NAME = re.compile(r"\{(\w+)\}")
_STRINGS = ("string", "")


@dataclass(frozen=True)
class Column:
    """A column of a register: the triples its cells make, as the metadata says."""

    name: str
    virtual: bool
    about: str
    property: str
    value: str
    datatype: str
    language: str
    required: bool
    format: str = ""


@dataclass(frozen=True)
class Table:
    """A register: its file below the content's folder, and its columns."""

    file: str
    about: str
    columns: tuple[Column, ...]

    @property
    def cells(self) -> list[str]:
        """The names of the columns that the file has."""
        return [column.name for column in self.columns if not column.virtual]


@dataclass(frozen=True)
class _Row:
    """A row that says nothing but what stands in the record: its cells, and the triples that it makes."""

    cells: Mapping[str, str]
    triples: frozenset[Triple]


def read(content: Content) -> tuple[Table, ...]:
    """The registers of a content."""
    return tuple(_table(content, path.name) for path in content.files("data", f"registers/*{METADATA}"))


def rows(tables: Iterable[Table], record: Graph, wanted: frozenset[Triple]) -> tuple[tuple[Register, ...], set[Triple]]:
    """Rows that say the wanted facts, in as few registers as will do, and the facts that no register says."""
    left = set(wanted)
    fitting = {table: _rows(table, record, wanted) for table in tables}
    found: list[Register] = []
    while True:
        scored = [(len(left & _said(made)), -len(table.columns), table.file) for table, made in fitting.items()]
        best = max(scored, default=(0, 0, ""))
        if not best[0]:
            return tuple(sorted(found, key=lambda register: register.file)), left
        table = next(table for table in fitting if table.file == best[2])
        made = [row for row in fitting.pop(table) if row.triples & left]
        left -= _said(made)
        found.append(Register(table.file, _written(table, made)))


def _said(made: Iterable[_Row]) -> set[Triple]:
    return {triple for row in made for triple in row.triples}


def _rows(table: Table, record: Graph, wanted: frozenset[Triple]) -> list[_Row]:
    """All rows of a register that the record fills, those left out that say nothing wanted."""
    found = []
    for subject in sorted({triple[0] for triple in wanted if isinstance(triple[0], URIRef)}):
        if _pattern(table.about).fullmatch(subject):
            found += [row for row in _of_subject(table, record, subject) if row.triples & wanted]
    return found


def _of_subject(table: Table, record: Graph, subject: URIRef) -> Iterator[_Row]:
    """The rows about a thing: one, or one for each value of the one column that has several."""
    own = [column for column in table.columns if not column.virtual and column.property and not column.about]
    texts = {column.name: sorted(_texts(column, record, subject)) for column in own}
    several = [name for name, found in texts.items() if len(found) > 1]
    if len(several) > 1:
        return
    single = {name: found[0] for name, found in texts.items() if len(found) == 1}
    for choice in texts[several[0]] if several else [""]:
        cells = {**single, **({several[0]: choice} if several else {})}
        row = _complete(table, record, subject, cells)
        if row is not None:
            yield row


def _complete(table: Table, record: Graph, subject: URIRef, cells: dict[str, str]) -> _Row | None:
    """The row with what its address says filled in, if all of it stands in the record."""
    known = _bound(table.about, subject, cells)
    if known is None:
        return None
    cells = {**cells, **{name: text for name, text in known.items() if name in table.cells}}
    for column in table.columns:
        if column.virtual and not column.about:
            cells = _derived(column, record, subject, cells)
    triples = set()
    for column in table.columns:
        if not column.property or not _filled(column, cells):
            continue
        about: Node = URIRef(_expanded(column.about, cells)) if column.about else subject
        triple = (about, URIRef(column.property), _value(column, cells))
        if triple in record:
            triples.add(triple)
        elif about == subject or (about, None, None) in record:
            return None
    wanting = [c for c in table.columns if c.required and c.property and not c.virtual and not cells.get(c.name)]
    sound = all(_sound(column, cells[column.name]) for column in table.columns if cells.get(column.name))
    return _Row(cells, frozenset(triples)) if triples and sound and not wanting else None


def _sound(column: Column, text: str) -> bool:
    """Whether a cell is written as the metadata asks."""
    if column.format:
        return re.fullmatch(column.format, text) is not None
    kind = str(_datatype(column.datatype))
    if kind == str(XSD.date):
        return re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is not None
    return kind not in FORMS or FORMS[kind][0].fullmatch(text) is not None


def _filled(column: Column, cells: Mapping[str, str]) -> bool:
    """Whether a column makes a triple of these cells: a virtual one does unless all that it needs are empty."""
    if not column.virtual:
        return bool(cells.get(column.name))
    names = _NAME.findall(column.value)
    return not names or any(cells.get(name) for name in names)


def _derived(column: Column, record: Graph, subject: URIRef, cells: dict[str, str]) -> dict[str, str]:
    """The cells, with those that the one value of a virtual column tells."""
    names = _NAME.findall(column.value)
    if not names or all(name in cells for name in names):
        return cells
    values = [value for value in record.objects(subject, URIRef(column.property)) if isinstance(value, URIRef)]
    told = [found for value in values if (found := _bound(column.value, value, cells)) is not None]
    return {**cells, **told[0]} if len(told) == 1 else cells


def _texts(column: Column, record: Graph, subject: URIRef) -> Iterator[str]:
    """The cells that would make the values which a thing has of the property of a column."""
    for value in record.objects(subject, URIRef(column.property)):
        if column.value:
            match = _pattern(column.value).fullmatch(value) if isinstance(value, URIRef) else None
            if match and set(match.groupdict()) == {column.name}:
                yield unquote(match[column.name])
        elif isinstance(value, Literal | URIRef) and value == _made(column, str(value)):
            yield str(value)


def _bound(template: str, subject: URIRef, cells: Mapping[str, str]) -> dict[str, str] | None:
    """What the address of a thing says of the names in a template, given what is known of some; None if it differs."""
    names = _NAME.findall(template)
    filled = {name: text for name, text in cells.items() if name in names and text}
    pattern = _regular(template, {name: re.escape(_quoted(text)) for name, text in filled.items()})
    match = re.fullmatch(pattern, subject)
    return {**filled, **{name: unquote(text) for name, text in match.groupdict().items()}} if match else None


def _value(column: Column, cells: Mapping[str, str]) -> Node:
    if column.value:
        return URIRef(_expanded(column.value, cells))
    return _made(column, cells[column.name])


def _made(column: Column, text: str) -> Literal:
    """What a cell says that no template makes an IRI of."""
    if column.language and column.datatype in _STRINGS:
        return Literal(text, lang=column.language)
    datatype = None if column.datatype in _STRINGS else _datatype(column.datatype)
    return Literal(text, datatype=datatype, normalize=False)


def _datatype(name: str) -> URIRef:
    return URIRef(name) if "://" in name else XSD[name]


def _written(table: Table, made: Iterable[_Row]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.cells)
    writer.writerows(sorted([row.cells.get(name, "") for name in table.cells] for row in made))
    return stream.getvalue()


def _expanded(template: str, cells: Mapping[str, str]) -> str:
    return str(uritemplate.expand(template, {name: cells.get(name, "") for name in _NAME.findall(template)}))


def _quoted(text: str) -> str:
    return _expanded("{text}", {"text": text})


@lru_cache(maxsize=1024)
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(_regular(template, {}))


def _regular(template: str, known: Mapping[str, str]) -> str:
    """A template as a regular expression with a group for each name that is not known."""
    parts = re.split(r"\{(\w+)\}", template)
    seen: set[str] = set()
    found = []
    for place, part in enumerate(parts):
        if place % 2 == 0:
            found.append(re.escape(part))
        elif part in known:
            found.append(known[part])
        elif part in seen:
            found.append(f"(?P={part})")
        else:
            seen.add(part)
            found.append(f"(?P<{part}>[^/#?]*)")
    return "".join(found)


def _table(content: Content, name: str) -> Table:
    metadata = json.loads((content.root / "data" / "registers" / name).read_text(encoding="utf-8"))
    schema = metadata["tableSchema"]
    contexts = metadata["@context"] if isinstance(metadata["@context"], list) else []
    language = next((str(part["@language"]) for part in contexts if isinstance(part, dict) and "@language" in part), "")
    about = str(schema.get("aboutUrl", ""))
    columns = tuple(_column(column, about, language) for column in schema["columns"])
    return Table(f"data/registers/{metadata['url']}", about, columns)


def _column(told: Mapping[str, object], about: str, language: str) -> Column:
    kind = told.get("datatype", "string")
    base = kind.get("@id") or kind.get("base", "string") if isinstance(kind, dict) else kind
    own = str(told.get("aboutUrl", ""))
    return Column(
        name=str(told["name"]),
        virtual=bool(told.get("virtual")),
        about="" if own == about else own,
        property="" if told.get("suppressOutput") else str(told.get("propertyUrl", "")),
        value=str(told.get("valueUrl", "")),
        datatype=str(base),
        language=str(told.get("lang", "")),
        required=bool(told.get("required")),
        format=str(kind.get("format", "")) if isinstance(kind, dict) and base == "string" else "",
    )
