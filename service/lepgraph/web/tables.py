"""An answer as a page shows it: a table with links in place of identifiers and everything in words, or Turtle."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from lepgraph.describing import Value, shortened, worded
from lepgraph.errors import TooLarge
from lepgraph.media import Kind
from lepgraph.store import Answer
from lepgraph.web.replies import site

SHOWN_ROWS = 1000
SHOWN_BYTES = 8 * 1024 * 1024
"""Bytes of an answer up to which a page is made of it."""

_NUMBERS = ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger", "positiveInteger")
_PLAIN = re.compile(r"([+-]?)(\d+)(\.\d+)?")


@dataclass(frozen=True)
class Column:
    """A column: the variable's name, the same in words, and whether all that stands in it are numbers."""

    name: str
    title: str
    number: bool = False


@dataclass(frozen=True)
class Shown:
    """An answer as the page shows it: a table, yes or no, or Turtle; ``total`` is the number of rows in all."""

    kind: str
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Value | None, ...], ...] = ()
    total: int = 0
    text: str = ""
    boolean: bool = False


def show(answer: Answer) -> Shown:
    """An answer in JSON or Turtle as a page shows it; raises TooLarge if it is too long for a page."""
    pieces: list[bytes] = []
    size = 0
    for piece in answer.chunks:
        pieces.append(piece)
        size += len(piece)
        if size > SHOWN_BYTES:
            raise TooLarge("The answer is too long for a page.", hint="Download it as CSV or JSON, or add a LIMIT.")
    text = b"".join(pieces).decode()
    if answer.kind == Kind.GRAPH:
        return Shown("graph", text=text)
    found = json.loads(text)
    if answer.kind == Kind.BOOLEAN:
        return Shown("boolean", boolean=found["boolean"])
    return table(found["head"]["vars"], found["results"]["bindings"])


def table(names: list[str], bindings: list[dict[str, dict[str, str]]]) -> Shown:
    """Solutions in the terms of SPARQL 1.1 Query Results JSON, 3.2, as a table of at most SHOWN_ROWS rows."""
    bound = bindings[:SHOWN_ROWS]
    labels = site().describer.labels({term["value"] for row in bound for term in row.values() if term["type"] == "uri"})
    rows = tuple(tuple(_cell(row.get(name), labels) for name in names) for row in bound)
    columns = tuple(
        Column(name, in_title(name), any(cells) and all(cell is None or cell.number for cell in cells))
        for name, cells in zip(names, zip(*rows, strict=True) if rows else ((),) * len(names), strict=True)
    )
    return Shown("solutions", columns, rows, total=len(bindings))


def in_title(name: str) -> str:
    """The name of a variable as words: ``districtName`` is “district name”."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_+", " ", name).split()
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words) or name


def grouped(text: str) -> str:
    """A plain number with separators between its thousands; anything else as it stands."""
    found = _PLAIN.fullmatch(text)
    return f"{found[1]}{int(found[2]):,}{found[3] or ''}" if found else text


def _cell(term: dict[str, str] | None, labels: dict[str, str]) -> Value | None:
    if term is None:
        return None
    if term["type"] == "uri":
        return site().describer.link(term["value"], labels)
    text, language, datatype = term["value"], term.get("xml:lang", ""), term.get("datatype", "")
    if datatype.rpartition("#")[2] in _NUMBERS:
        return Value(grouped(text), number=True)
    if language or not datatype:
        return Value(text if language else shortened(text), language=language)
    return Value(worded(text, datatype))
