"""The things of a part as a table: one row each, one column for each property and kind of value that occurs.

A table is CSV with metadata as CSV on the Web has it (W3C "Metadata Vocabulary for Tabular Data"), so that it can be
read, checked and turned into RDF again by others' tools. Reading it by its metadata gives the values of the graph as
they are: several in a cell stand apart by a character that no value of the column has. Beside links stand the names of
what is linked, which are no values of their own. An empty text in a cell of several values cannot be told from none.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import pyoxigraph

from lepgraph.datasets import Dataset, Part
from lepgraph.distributing.vocabulary import Vocabulary
from lepgraph.ordering import Order, Place
from lepgraph.terms import LABELS, RDF, XSD

Said = tuple[str, str, pyoxigraph.NamedNode | pyoxigraph.Literal]
"""A thing, a property and a value."""
THING = "iri"
"""The column with the identifiers of the things."""
METADATA = "-metadata.json"

_LINK = "iri"
_SEPARATORS = ("|", ";", "\u00a6", "\u2016", "\u241e")
_NULLS = ("", "-", "NULL", "\u2205")
_UNFIT = re.compile(r"[^A-Za-z0-9_]+")
_BUILT_IN = {
    *("anyURI", "base64Binary", "boolean", "date", "dateTime", "dateTimeStamp", "decimal", "integer", "long", "int"),
    *("short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger", "double"),
    *("float", "duration", "dayTimeDuration", "yearMonthDuration", "gDay", "gMonth", "gMonthDay", "gYear"),
    *("gYearMonth", "hexBinary", "string", "time"),
}
"""The datatypes of XML Schema that CSV on the Web has too (5.11.1)."""


@dataclass
class Column:
    """A property with one kind of value: ``iri``, a language after ``@``, or the IRI of a datatype."""

    predicate: str
    kind: str
    name: str = ""
    cells: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The values of each thing that has any, sorted."""
    of: Column | None = None
    """The column of links whose names these are."""

    @cached_property
    def link(self) -> bool:
        """Whether its values are IRIs."""
        return self.kind == _LINK

    @cached_property
    def separator(self) -> str:
        """What stands between values of a cell: a character that no value has. Empty if no cell has two values."""
        if all(len(values) < 2 for values in self.cells.values()):
            return ""
        used = set("".join(chain.from_iterable(self.cells.values())))
        return next(sign for sign in chain(_SEPARATORS, map(chr, range(0xE000, 0xF8FF))) if sign not in used)

    @cached_property
    def null(self) -> str:
        """What stands where a thing has no value: nothing, unless that is a value here."""
        used = set() if self.of else set(chain.from_iterable(self.cells.values()))
        return next(sign for sign in chain(_NULLS, map("-{}".format, range(len(used) + 1))) if sign not in used)

    def cell(self, thing: str) -> str:
        """The text of a cell."""
        values = self.cells.get(thing)
        return self.separator.join(values) if values else self.null


@dataclass(frozen=True)
class Table:
    """The table of a part: its things, sorted, and its columns in the order of the shapes."""

    part: Part
    things: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.part.key}.csv"

    def rows(self) -> Iterator[list[str]]:
        """The rows, the header first."""
        yield [THING, *(column.name for column in self.columns)]
        for thing in self.things:
            yield [thing, *(column.cell(thing) for column in self.columns)]

    def write(self, folder: Path) -> Path:
        """Writes the table into a folder."""
        path = folder / self.file
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(self.rows())
        return path

    def write_metadata(self, folder: Path, dataset: Dataset, licence: str, vocabulary: Vocabulary) -> Path:
        """Writes what describes the table beside it."""
        path = folder / f"{self.file}{METADATA}"
        path.write_text(_json(self.metadata(dataset, licence, vocabulary)), encoding="utf-8")
        return path

    def metadata(self, dataset: Dataset, licence: str, vocabulary: Vocabulary) -> dict[str, Any]:
        """The table as CSV on the Web describes it."""
        own = {"name": THING, "titles": [THING, "identifier"], "datatype": "anyURI", "required": True}
        own["dc:description"] = "The identifier of the thing that the row is about."
        columns = [_described(column, len(self.things), vocabulary) for column in self.columns]
        return {
            "@context": "http://www.w3.org/ns/csvw",
            "url": self.file,
            "dc:title": self.part.title,
            "dc:license": {"@id": licence},
            "dc:source": {"@id": str(dataset.iri)},
            "dialect": {"encoding": "utf-8", "delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True},
            "tableSchema": {
                "aboutUrl": f"{{+{THING}}}",
                "primaryKey": THING,
                "columns": [{**own, "suppressOutput": True}, *columns],
            },
        }


def parted(parts: Sequence[Part], triples: Iterable[pyoxigraph.Triple]) -> list[tuple[Part, list[Said]]]:
    """For each part that has things what is said of them; triples about a thing stand together."""
    found: dict[str, list[Said]] = {part.key: [] for part in parts}
    before, into = "", list[Said]()
    for triple in triples:
        subject, value = triple.subject, triple.object
        assert isinstance(subject, pyoxigraph.NamedNode)  # what is published has no blank nodes
        assert isinstance(value, pyoxigraph.NamedNode | pyoxigraph.Literal)
        if subject.value != before:
            before = subject.value
            into = next((found[part.key] for part in parts if before.startswith(part.space)), [])
        into.append((before, triple.predicate.value, value))
    return [(part, found[part.key]) for part in parts if found[part.key]]


def table(part: Part, said: Iterable[Said], vocabulary: Vocabulary, order: Order) -> Table:
    """The table of a part, made of what is said of its things."""
    found: dict[tuple[str, str], Column] = {}
    things: dict[str, None] = {}
    for thing, predicate, value in said:
        things[thing] = None
        key = (predicate, _kind(value))
        column = found.get(key) or found.setdefault(key, Column(*key))
        column.cells[thing].append(value.value)
    for column in found.values():
        for values in column.cells.values():
            values.sort()
    types = {kind for values in found[str(RDF.type), _LINK].cells.values() for kind in values} if _typed(found) else ()
    columns = sorted(found.values(), key=lambda column: _position(column, order.of(types)))
    _name(columns, vocabulary)
    return Table(part, tuple(sorted(things)), tuple(_with_names(columns, vocabulary)))


def _typed(found: Mapping[tuple[str, str], Column]) -> bool:
    return (str(RDF.type), _LINK) in found


def _kind(value: object) -> str:
    if isinstance(value, pyoxigraph.Literal):
        return f"@{value.language}" if value.language else value.datatype.value
    return _LINK


def _position(column: Column, places: Mapping[str, Place]) -> tuple[Any, ...]:
    """Names first, then the type, then as the shapes have it."""
    names = [str(term) for term in LABELS]
    first = names.index(column.predicate) if column.predicate in names else len(names)
    place = places.get(column.predicate, Place()).position
    return first, column.predicate != str(RDF.type), place, column.predicate, column.kind


def _name(columns: Sequence[Column], vocabulary: Vocabulary) -> None:
    """Gives each column a name of its own that templates can hold (RFC 6570, 2.3), as short as it can be."""
    local = {column.predicate: _word(re.split(r"[#/]", column.predicate)[-1]) for column in columns}
    shared = Counter(local.values())
    kinds = Counter(column.predicate for column in columns)
    taken = {THING}
    for column in columns:
        name = local[column.predicate]
        if shared[name] > 1 or name in taken:
            name = f"{_word(vocabulary.prefix(column.predicate))}_{name}"
        if kinds[column.predicate] > 1:
            name = f"{name}_{_word(re.split(r'[#/@]', column.kind)[-1])}"
        column.name = next(one for one in chain([name], (f"{name}_{n}" for n in range(2, 999))) if one not in taken)
        taken.update((column.name, f"{column.name}_name"))


def _word(text: str) -> str:
    return _UNFIT.sub("_", text).strip("_") or "value"


def _with_names(columns: Iterable[Column], vocabulary: Vocabulary) -> Iterator[Column]:
    """The columns, and behind each of links that of the names of what is linked, but for types."""
    for column in columns:
        yield column
        if not column.link or column.predicate == str(RDF.type):
            continue
        names = Column(column.predicate, "@en", f"{column.name}_name", of=column)
        for thing, values in column.cells.items():
            told = [vocabulary.names.get(value, "") for value in values]
            if any(told):
                names.cells[thing] = told
        if names.cells:
            yield names


def _described(column: Column, rows: int, vocabulary: Vocabulary) -> dict[str, Any]:
    """A column as CSV on the Web describes it (5.6 and 5.7)."""
    title = vocabulary.names.get(column.predicate, "")
    if column.of:
        title = f"{title or column.of.name}: name"
    titles = [column.name, *([title] if title and title != column.name else [])]
    said: dict[str, Any] = {"name": column.name, "titles": titles}
    if column.of:
        said["dc:description"] = f"The names of what {column.of.name} links to, for reading; no values of their own."
        said["suppressOutput"] = True
    else:
        if definition := vocabulary.definitions.get(column.predicate):
            said["dc:description"] = definition
        said["propertyUrl"] = column.predicate
        said["required"] = len(column.cells) == rows
    said["datatype"] = _datatype(column)
    if column.kind.startswith("@"):
        said["lang"] = column.kind[1:]
    if column.separator:
        said["separator"] = column.separator
    elif column.link and not column.of and all(value.isascii() for values in column.cells.values() for value in values):
        said["valueUrl"] = f"{{+{column.name}}}"
    said["null"] = column.null
    return said


def _datatype(column: Column) -> str | dict[str, str]:
    if column.link:
        return "anyURI"
    if column.kind.startswith("@"):
        return "string"
    local = column.kind.removeprefix(str(XSD))
    return local if local in _BUILT_IN else {"@id": column.kind, "base": "string"}


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
