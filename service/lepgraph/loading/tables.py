"""Registers: CSV files with CSV on the Web metadata, read, checked and turned into triples.

The csvw library reads the metadata and checks the cells (W3C "Metadata Vocabulary for Tabular Data"); the step to
triples follows the W3C note "Generating RDF from Tabular Data on the Web", minimal mode, in a stated subset. Metadata
that uses anything else is an error, so that nothing is ignored in silence. Two rules are narrower than the note:
a virtual column whose template has variables that are all empty in a row makes no triple, and templates give absolute
IRIs. The column named ``source`` says whose statement the row is.
"""

from __future__ import annotations

import csv
import io
import json
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph
import uritemplate

from lepgraph.addresses import absolute
from lepgraph.errors import ContentFault, Place
from lepgraph.loading import coordinates
from lepgraph.terms import FORMS

METADATA = ".csv-metadata.json"
SOURCE = "source"

_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPES = ("string", "date", "gYear", "gYearMonth", "dateTime", "integer", "decimal", "double", "boolean", "anyURI")
_DATATYPE = {"base", "format", "@id"}
_CELL_LENGTH = 1 << 20
"""Characters that a cell may have: room for the outline of a country in detail, and an end to a quote left open."""
_QUOTED = 80
_REMEMBERED = 10_000
"""IRIs that a template keeps before it forgets them all."""
_TABLE = {"@context", "url", "tableSchema", "lang"}
_SCHEMA = {"aboutUrl", "primaryKey", "foreignKeys", "columns", "lang"}
_COLUMN = {
    *("name", "titles", "datatype", "lang", "required", "separator", "aboutUrl", "propertyUrl", "valueUrl"),
    *("suppressOutput", "virtual"),
}

Fault = tuple[Place, str]


@dataclass(frozen=True)
class Template:
    """A template of IRIs (RFC 6570). It knows what it has made of late: many cells of a table make the same IRI."""

    text: uritemplate.URITemplate
    names: tuple[str, ...]
    made: dict[tuple[str, ...], pyoxigraph.NamedNode] = field(default_factory=dict)

    def node(self, values: Mapping[str, str]) -> pyoxigraph.NamedNode:
        """The node that the values make; raises ValueError if it is not an absolute IRI."""
        key = tuple(values[name] for name in self.names)
        known = self.made.get(key)
        if known is not None:
            return known
        iri = self.text.expand(dict(zip(self.names, key, strict=True)))
        if not absolute(iri):
            raise ValueError(f"{iri} is not an absolute IRI")
        if len(self.made) >= _REMEMBERED:
            self.made.clear()
        node = self.made[key] = pyoxigraph.NamedNode(iri)
        return node


@dataclass(frozen=True)
class Column:
    """One column: how its cells are checked (``cell``) and which triple they make (the rest).

    ``sound`` holds the texts that were checked and found good, since checking is slow and texts repeat.
    """

    name: str
    cell: Any
    virtual: bool
    about: Template | None
    property: str | None
    value: Template | None
    datatype: str
    lang: str | None
    separator: str | None
    sound: set[str] = field(default_factory=set)


@dataclass
class Table:
    """A register with its metadata; ``name`` is the register's name, the stem of its file."""

    name: str
    file: str
    path: Path
    description: dict[str, Any]
    columns: list[Column]
    faults: list[Fault] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    """Cells of the rows that are not right, as far as they are there: what refers to such a row has no fault itself."""
    unread: bool = False
    """Whether the rows could not be told at all, so that nobody knows which keys the file has."""

    @property
    def title(self) -> str:
        """What the register is called."""
        return str(self.description.get("dc:title", self.name))

    @cached_property
    def rows(self) -> list[tuple[int, dict[str, str]]]:
        """Number (as a text editor counts lines) and cells of every row; faults are collected, not raised."""
        try:
            text = self.path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            self.unread = True
            self.faults.append((Place(self.file), f"the file is not UTF-8: {error.reason} at byte {error.start}"))
            return []
        csv.field_size_limit(_CELL_LENGTH)
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        actual = [column for column in self.columns if not column.virtual]
        rows: list[tuple[int, dict[str, str]]] = []
        try:
            header = next(reader, [])
            if header != [column.name for column in actual]:
                expected = ", ".join(column.name for column in actual)
                self.unread = True
                self.faults.append((Place(self.file, 1), f"the header must be {expected}; it is {', '.join(header)}"))
                return []
            for cells in reader:
                number = reader.line_num
                if len(cells) != len(actual):
                    reason = f"the row has {len(cells)} cells where the header has {len(actual)}"
                    self.faults.append((Place(self.file, number), reason))
                    self.refused.append(dict(zip(header, cells, strict=False)))
                elif self._sound(number, actual, cells):
                    rows.append((number, dict(zip(header, cells, strict=True))))
                else:
                    self.refused.append(dict(zip(header, cells, strict=True)))
        except csv.Error as error:
            self.unread = True
            self.faults.append((Place(self.file, reader.line_num), str(error)))
        return rows

    def keys(self, columns: list[str]) -> set[tuple[str, ...]]:
        """The values that the given columns take together, in rows that are right and in those that are not."""
        sound = {tuple(row[column] for column in columns) for _, row in self.rows}
        return sound | {tuple(row.get(column, "") for column in columns) for row in self.refused}

    def triples(self) -> Iterator[tuple[int, str, str, pyoxigraph.Triple]]:
        """Row number, source key (empty where the table has no such column), column and triple."""
        for number, row in self.rows:
            for column in self.columns:
                try:
                    for triple in _triples(column, row):
                        yield number, row.get(SOURCE, ""), column.name, triple
                except ValueError as error:
                    self.faults.append((Place(self.file, number, column.name), str(error)))

    def check_keys(self, tables: Mapping[str, Table | None]) -> None:
        """Collects a fault for every primary key that stands twice and every foreign key that leads nowhere.

        A register that is there and cannot be read is None, or has no rows that can be told: no key is held against it.
        """
        schema = self.description["tableSchema"]
        primary = _names(schema.get("primaryKey"))
        if primary:
            seen: dict[tuple[str, ...], int] = {}
            for number, row in self.rows:
                key = tuple(row[column] for column in primary)
                if key in seen:
                    reason = f"the key {'/'.join(key)} stands in row {seen[key]} already"
                    self.faults.append((Place(self.file, number, primary[0]), reason))
                seen.setdefault(key, number)
        for foreign in schema.get("foreignKeys", []):
            self._check_foreign(_names(foreign["columnReference"]), foreign["reference"], tables)

    def _check_foreign(self, ours: list[str], reference: dict[str, Any], tables: Mapping[str, Table | None]) -> None:
        name = Path(str(reference["resource"])).stem
        target = tables.get(name)
        if target is None and name in tables:
            return
        if target is None:
            self.faults.append(
                (Place(self.file), f"the foreign key names {reference['resource']}, which does not exist")
            )
            return
        known = target.keys(_names(reference["columnReference"]))
        if target.unread:
            return
        separators = {column.name: column.separator for column in self.columns}
        for number, row in self.rows:
            separator = separators.get(ours[0]) if len(ours) == 1 else None
            values = row[ours[0]].split(separator) if separator else [None]
            for value in values:
                key = tuple(row[column] for column in ours) if value is None else (value,)
                if any(key) and key not in known:
                    reason = f"{_brief('/'.join(key))} is not in {target.file}"
                    self.faults.append((Place(self.file, number, ours[0]), reason))

    def _sound(self, number: int, columns: list[Column], cells: list[str]) -> bool:
        sound = True
        for column, text in zip(columns, cells, strict=True):
            if text in column.sound:
                continue
            try:
                column.cell.read(text)
            except (ValueError, TypeError, KeyError) as error:
                reason = str(error) if text == "" else f"{_brief(text)!r} is not a {_local(column.datatype)}"
                reason = reason.replace("required column value is missing", "the cell must not be empty")
                self.faults.append((Place(self.file, number, column.name), reason))
                sound = False
                continue
            reasons = [reason for part in _texts(column, text) if (reason := _ill_formed(part, column.datatype))]
            self.faults.extend((Place(self.file, number, column.name), reason) for reason in reasons)
            if reasons:
                sound = False
            else:
                column.sound.add(text)
        return sound


def read(path: Path, file: str) -> Table:
    """The table of a CSV file with its metadata beside it; raises ContentFault if the metadata is not of the subset."""
    import csvw  # noqa: PLC0415 - a tenth of a second that a start from the cache does not need

    beside = path.with_name(path.stem + METADATA)
    place = Place(file.removesuffix(".csv") + METADATA)
    try:
        description = json.loads(beside.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ContentFault([(Place(file), f"{beside.name} is missing beside it")]) from None
    except (ValueError, RecursionError) as error:
        raise ContentFault([(place, f"not JSON: {error}")]) from error
    faults = [(place, reason) for reason in _outside_subset(description)]
    if faults:
        raise ContentFault(faults, hint="docs/registers.md lists the metadata that the build understands.")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            parsed = csvw.Table.from_file(beside)
        except Exception as error:  # noqa: BLE001 - the library documents no class; each means bad metadata
            raise ContentFault([(place, f"not CSV on the Web metadata: {error}")]) from error
    if str(parsed.url) != path.name:
        raise ContentFault([(place, f"url must be {path.name}, it is {parsed.url}")])
    templates: dict[str, Template] = {}
    columns = [
        _column(raw, cell, description, templates)
        for raw, cell in zip(description["tableSchema"]["columns"], parsed.tableSchema.columns, strict=True)
    ]
    faults = [
        (Place(place.file, 0, column.name), reason) for column in columns if (reason := _incomplete(column, columns))
    ]
    if faults:
        raise ContentFault(faults)
    return Table(path.stem, file, path, description, columns)


def _column(raw: dict[str, Any], cell: Any, description: dict[str, Any], templates: dict[str, Template]) -> Column:
    schema = description["tableSchema"]
    about = raw.get("aboutUrl", schema.get("aboutUrl"))
    datatype = _datatype(raw)
    base = datatype.get("base", "string")
    named = "@id" in datatype
    return Column(
        name=raw["name"],
        cell=cell,
        virtual=raw.get("virtual", False),
        about=_template(about, templates) if about else None,
        property=None if raw.get("suppressOutput") else raw.get("propertyUrl"),
        value=_template(raw["valueUrl"], templates) if "valueUrl" in raw else None,
        datatype=datatype.get("@id", _XSD + base),
        lang=raw.get("lang", schema.get("lang", description.get("lang"))) if base == "string" and not named else None,
        separator=raw.get("separator"),
    )


def _template(text: str, templates: dict[str, Template]) -> Template:
    """The template of a text, one for all columns of a table that use it."""
    if text not in templates:
        parsed = uritemplate.URITemplate(text)
        templates[text] = Template(parsed, tuple(dict.fromkeys(parsed.variable_names)))
    return templates[text]


def _outside_subset(description: Any) -> Iterator[str]:
    """What a metadata document uses beyond the subset, in words."""
    if not isinstance(description, dict) or not isinstance(description.get("tableSchema"), dict):
        yield "the document must be an object with url and tableSchema"
        return
    schema = description["tableSchema"]
    yield from (f"{key} is not understood here" for key in description if key not in _TABLE and ":" not in key)
    yield from (f"tableSchema.{key} is not understood here" for key in schema if key not in _SCHEMA and ":" not in key)
    columns = schema.get("columns")
    if not isinstance(columns, list) or not all(isinstance(raw, dict) and raw.get("name") for raw in columns):
        yield "tableSchema.columns must be a list of objects with names"
        return
    for raw in columns:
        yield from (
            f"column {raw['name']}: {key} is not understood here"
            for key in raw
            if key not in _COLUMN and ":" not in key
        )
        datatype = _datatype(raw)
        yield from (
            f"column {raw['name']}: datatype.{key} is not understood here"
            for key in sorted(datatype.keys() - _DATATYPE)
        )
        if datatype.get("base", "string") not in _TYPES:
            yield f"column {raw['name']}: the datatype {datatype['base']} is not understood here"
        if not absolute(datatype.get("@id", _XSD)):
            yield f"column {raw['name']}: the @id of the datatype must be an absolute IRI, not {datatype['@id']}"
        if "propertyUrl" not in raw and not raw.get("suppressOutput"):
            yield f"column {raw['name']}: needs propertyUrl, or suppressOutput true"


def _datatype(raw: dict[str, Any]) -> dict[str, Any]:
    """The datatype of a column as an object; ``@id`` names the datatype of its literals (CSVW metadata 5.11.1)."""
    datatype = raw.get("datatype", "string")
    return datatype if isinstance(datatype, dict) else {"base": datatype}


def _incomplete(column: Column, columns: list[Column]) -> str:
    """What is missing from a column, in words, or nothing."""
    names = {other.name for other in columns if not other.virtual}
    templates = [template for template in (column.about, column.value) if template is not None]
    unknown = {name for template in templates for name in template.names} - names
    if unknown:
        return f"the template uses {', '.join(sorted(unknown))}, which is no column"
    if column.property is None:
        return ""
    if column.about is None:
        return "aboutUrl is missing, here and in tableSchema"
    if not absolute(column.property):
        return f"propertyUrl must be an absolute IRI, not {column.property}"
    return "valueUrl is missing: a virtual column has no cell" if column.virtual and column.value is None else ""


def _triples(column: Column, row: dict[str, str]) -> Iterator[pyoxigraph.Triple]:
    if column.property is None or column.about is None:
        return
    texts = [""] if column.virtual else _texts(column, row[column.name])
    if column.virtual and any(_all_empty(template, row) for template in (column.about, column.value)):
        return
    predicate = pyoxigraph.NamedNode(column.property)
    for text in texts:
        values = row if column.virtual else {**row, column.name: text}
        subject = column.about.node(values)
        if column.value is not None:
            yield pyoxigraph.Triple(subject, predicate, column.value.node(values))
        elif column.lang:
            yield pyoxigraph.Triple(subject, predicate, pyoxigraph.Literal(text, language=column.lang))
        else:
            datatype = pyoxigraph.NamedNode(column.datatype)
            yield pyoxigraph.Triple(subject, predicate, pyoxigraph.Literal(text, datatype=datatype))


def _texts(column: Column, cell: str) -> list[str]:
    texts = cell.split(column.separator) if column.separator else [cell]
    return [text for text in texts if text]


def _all_empty(template: Template | None, row: dict[str, str]) -> bool:
    names = template.names if template is not None else ()
    return bool(names) and not any(row[name] for name in names)


def _names(reference: Any) -> list[str]:
    if reference is None:
        return []
    return [reference] if isinstance(reference, str) else list(reference)


def _ill_formed(text: str, datatype: str) -> str:
    """Why a text is not of its datatype, for the datatypes that the csvw library does not look into; else nothing."""
    if datatype == coordinates.WKT:
        return coordinates.fault_of(text)
    form = FORMS.get(datatype)
    return "" if form is None or form[0].fullmatch(text) else f"{_brief(text)!r} is not {form[1]}"


def _brief(text: str) -> str:
    """A cell as a message quotes it: of a very long one, such as an outline in the wrong column, the beginning."""
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def _local(iri: str) -> str:
    return re.split("[#/]", iri)[-1]
