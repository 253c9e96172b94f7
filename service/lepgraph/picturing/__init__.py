"""Pictures of answers: maps, charts, timelines, lineages and heat-maps, each with the table of the same answer.

Pure: from a table, and what the header of a stored query says it shows, to places and words, which the templates set.
Text is never drawn, so that it wraps, grows and is read aloud as all text of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rdflib import Literal
from rdflib.term import Node

from lepgraph.picturing import charts, maps, timelines
from lepgraph.picturing.charts import Chart
from lepgraph.picturing.maps import Lookup, Map
from lepgraph.picturing.outlines import Outlines
from lepgraph.picturing.tables import Table, geometric, in_title, tabled
from lepgraph.picturing.timelines import HeatMap, Lineage, Timeline
from lepgraph.querying import Shows
from lepgraph.terms import XSD
from lepgraph.words import NUMBERS

__all__ = [
    "Chart",
    "HeatMap",
    "Lineage",
    "Lookup",
    "Map",
    "Outlines",
    "Picture",
    "Table",
    "Timeline",
    "drawn",
    "fitting",
    "in_title",
    "tabled",
]

Picture = Map | Chart | Timeline | Lineage | HeatMap

_DRAWN: Mapping[str, Callable[[Table, Shows], Picture | None]] = {
    "chart": charts.drawn,
    "timeline": timelines.timeline,
    "lineage": timelines.lineage,
    "heat-map": timelines.heat_map,
}
_TIMES = (XSD.gYear, XSD.gYearMonth, XSD.date, XSD.dateTime)


def drawn(table: Table, shows: tuple[Shows, ...], outlines: Lookup) -> tuple[Picture, ...]:
    """The pictures of an answer, where it has something to show; ``outlines`` finds geometries by their identifiers."""
    found: list[Picture | None] = []
    for item in shows:
        if item.kind == "map":
            found.append(maps.drawn(table, item, outlines))
        elif item.kind in _DRAWN:
            found.append(_DRAWN[item.kind](table, item))
    return tuple(picture for picture in found if picture is not None)


def fitting(table: Table) -> tuple[Shows, ...]:
    """What an answer of which no header speaks can be shown as: a map of its geometries, a chart of its numbers."""
    shows = []
    geometries = [name for name in table.columns if _all(table, name, geometric)]
    numbers = [name for name in table.columns if _all(table, name, _number) and "year" not in name.lower()]
    times = [
        name
        for name in table.columns
        if _all(table, name, _time) or (_all(table, name, _number) and "year" in name.lower())
    ]
    texts = [name for name in table.columns if name not in {*geometries, *numbers, *times}]
    if geometries:
        names = [name for name in texts if _all(table, name, _spoken)]
        shows.append(Shows("map", {"geometry": geometries[0], **({"label": names[0]} if names else {})}))
    if numbers and times:
        series = {"series": texts[-1]} if texts else {}
        shows.append(Shows("chart", {"number": numbers[0], "year": times[0], **series}))
    elif numbers and texts:
        category = next((name for name in texts if _all(table, name, _named)), texts[0])
        shows.append(Shows("chart", {"number": numbers[0], "category": category}))
    return tuple(shows)


def _all(table: Table, name: str, test: Callable[[Node | None], bool]) -> bool:
    """Whether a column has something, and nothing but what the test admits."""
    at = table.column(name)
    terms = [row[at] for row in table.terms if at is not None and row[at] is not None]
    return bool(terms) and all(map(test, terms))


def _number(term: Node | None) -> bool:
    return isinstance(term, Literal) and term.datatype in NUMBERS


def _time(term: Node | None) -> bool:
    return isinstance(term, Literal) and term.datatype in _TIMES


def _spoken(term: Node | None) -> bool:
    return isinstance(term, Literal) and term.language is not None


def _named(term: Node | None) -> bool:
    return isinstance(term, Literal)
