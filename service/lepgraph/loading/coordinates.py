"""Geometries as Well-Known Text: what is wrong with one, in words.

GeoSPARQL 1.1 (8.5.1) lets an IRI in angle brackets name the reference system and takes longitude and latitude of CRS84
if there is none. The library is imported late: only a build or a check that meets a geometry pays for it.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from itertools import accumulate
from typing import Any

from rdflib import Graph, Literal, URIRef

WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"

_CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_LITERAL = re.compile(r"\s*(?:<(?P<system>[^<>\s]*)>\s)?(?P<text>.*)", re.DOTALL)
_RANGE = (-180.0, -90.0, 180.0, 90.0)
_DEPTH = 16
"""Levels of parentheses that a geometry may have: the engine reads collections in collections until it dies."""


def fault_of(literal: str) -> str:
    """Why the text is no geometry that can be published, or nothing if it is one."""
    import shapely  # noqa: PLC0415 - most starts meet no geometry

    match = _LITERAL.fullmatch(literal)
    system, text = (match["system"], match["text"]) if match else (None, literal)
    if _depth(text) > _DEPTH:
        return f"the geometry is nested deeper than {_DEPTH} levels"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a number too large becomes infinite, which is not valid
            geometry = shapely.from_wkt(text)
    except shapely.errors.GEOSException as error:
        return f"not a geometry in Well-Known Text: {_reason(error)}"
    if geometry is None or geometry.is_empty:
        return "the geometry is empty"
    if not geometry.is_valid:
        return f"the geometry is not valid: {shapely.is_valid_reason(geometry)}"
    return "" if system not in (None, _CRS84) else _outside(geometry)


@lru_cache(maxsize=1024)
def geometry_of(literal: str) -> Any | None:
    """The shapely geometry that a text gives in longitude and latitude, or None if it is none that can be shown."""
    import shapely  # noqa: PLC0415 - as above

    match = _LITERAL.fullmatch(literal)
    if match is None or fault_of(literal):
        return None
    return shapely.from_wkt(match["text"])


def faults(graph: Graph) -> list[tuple[str, str]]:
    """Subject and reason for every geometry of a graph that cannot be published, in the order of the subjects."""
    datatype = URIRef(WKT)
    literals = ((str(s), str(o)) for s, _, o in graph if isinstance(o, Literal) and o.datatype == datatype)
    return sorted({(subject, reason) for subject, text in literals if (reason := fault_of(text))})


def _depth(text: str) -> int:
    """How deep the parentheses of a text are nested."""
    return max(accumulate((1 if found == "(" else -1 for found in re.findall("[()]", text)), initial=0))


def _outside(geometry: Any) -> str:
    west, south, east, north = geometry.bounds
    if west >= _RANGE[0] and south >= _RANGE[1] and east <= _RANGE[2] and north <= _RANGE[3]:
        return ""
    return f"longitude and latitude are outside their range: {west:g} {south:g} to {east:g} {north:g}"


def _reason(error: Exception) -> str:
    """The sentence of the engine without the name of its own exception class."""
    return re.sub(r"^\w+Exception: ", "", str(error)).strip().rstrip(".")
