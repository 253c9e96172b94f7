"""An answer as a page shows it: a table with links in place of identifiers, the pictures that it makes, or Turtle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lepgraph import picturing
from lepgraph.errors import AnswerTooLarge, NotAcceptable
from lepgraph.exchange import from_results
from lepgraph.media import RESULTS, Kind
from lepgraph.picturing import Picture, Table, fitting, tabled
from lepgraph.picturing.maps import geojson
from lepgraph.querying import StoredQuery
from lepgraph.store import Answer
from lepgraph.web.replies import site

SHOWN_BYTES = 8 * 1024 * 1024
"""Bytes of an answer up to which a page is made of it."""
RAW_ROWS = 10
"""Rows that a page shows as programs get them."""
RAW_CHARACTERS = 10_000


@dataclass(frozen=True)
class Shown:
    """An answer as the page shows it: a table with its pictures, yes or no, or Turtle."""

    kind: str
    table: Table = Table()  # noqa: RUF009 - it is frozen
    pictures: tuple[Picture, ...] = ()
    text: str = ""
    boolean: bool = False
    raw: str = ""
    """The beginning of the answer in JSON, as programs get it."""


def show(answer: Answer, query: StoredQuery | None = None) -> Shown:
    """An answer in JSON or Turtle as a page shows it; raises AnswerTooLarge if it is too long for a page.

    Which pictures it has, the header of a stored query says; of any other they are what its columns make.
    """
    text = _whole(answer)
    if answer.kind == Kind.GRAPH:
        return Shown("graph", text=text)
    found = json.loads(text)
    if answer.kind == Kind.BOOLEAN:
        return Shown("boolean", boolean=found["boolean"], raw=_beginning(found))
    table = _table(found, query)
    if query is None:
        pictures = picturing.drawn(table, fitting(table), site().outlines.of)
        return Shown("solutions", table, pictures, raw=_beginning(found))
    return Shown("solutions", table, picturing.drawn(table, query.shows, site().outlines.of))


def mapping(answer: Answer, query: StoredQuery | None = None) -> str:
    """An answer in JSON as the GeoJSON (RFC 7946) of its map.

    Raises AnswerTooLarge if it has more rows than a map shows, and NotAcceptable if it has no geometry.
    """
    table = _table(json.loads(_whole(answer)), query)
    if table.total > len(table.cells):
        raise AnswerTooLarge(f"A map shows {len(table.cells)} rows at most, and there are {table.total}.")
    shows = next((item for item in (query.shows if query else fitting(table)) if item.kind == "map"), None)
    if shows is None:
        raise NotAcceptable([form.media_type for form in RESULTS], reason="The answer has no geometry for a map.")
    return json.dumps(geojson(table, shows, site().outlines.of), ensure_ascii=False, separators=(",", ":")) + "\n"


def _table(found: Any, query: StoredQuery | None) -> Table:
    heads, hidden = (query.columns, query.hides) if query else ({}, frozenset())
    return tabled(found["head"]["vars"], from_results(found), site().describer, heads=heads, hidden=hidden)


def _beginning(found: Any) -> str:
    """The first rows of an answer in JSON, laid out for people."""
    if "results" in found:
        found = {"head": found["head"], "results": {"bindings": found["results"]["bindings"][:RAW_ROWS]}}
    text = json.dumps(found, ensure_ascii=False, indent=1)
    return text if len(text) <= RAW_CHARACTERS else f"{text[:RAW_CHARACTERS]}…"


def _whole(answer: Answer) -> str:
    """The answer as one text; raises AnswerTooLarge if it is too long for a page."""
    pieces: list[bytes] = []
    size = 0
    for piece in answer.chunks:
        pieces.append(piece)
        size += len(piece)
        if size > SHOWN_BYTES:
            raise AnswerTooLarge(
                "The answer is too long for a page.", hint="Download it as CSV or JSON, or add a LIMIT."
            )
    return b"".join(pieces).decode()
