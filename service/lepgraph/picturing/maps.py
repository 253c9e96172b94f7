"""Maps: the geometries of an answer as outlines in one drawing, and as GeoJSON (RFC 7946).

A drawing is plate carrée with the width of a degree at the middle of the map; its unit is a thousandth of the width.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rdflib import Literal, URIRef

from lepgraph.describing import Value
from lepgraph.loading.coordinates import geometry_of
from lepgraph.picturing.tables import Table, geometric
from lepgraph.querying import Shows

WIDTH = 1000
_MARGIN = 0.02


@dataclass(frozen=True)
class Feature:
    """One geometry with what is said of it; ``layer`` counts from 1, and 0 is the background."""

    geometry: Any
    name: str
    href: str
    layer: int
    note: str


@dataclass(frozen=True)
class Outline:
    """A feature as the path of a drawing; of several with the same thing each is drawn."""

    path: str
    name: str
    href: str
    layer: int
    note: str
    filled: bool


@dataclass(frozen=True)
class Map:
    """A map, ready to be drawn: outlines in the order of painting, and what the colours mean."""

    title: str
    outlines: tuple[Outline, ...]
    width: int
    height: int
    layers: tuple[tuple[int, str], ...]
    unplaced: int
    """Rows that have no geometry."""
    table: Table
    kind: str = "map"

    @property
    def summary(self) -> str:
        """What is to be seen, in words."""
        own = [outline.name for outline in self.outlines if outline.layer]
        names = list(dict.fromkeys(own))
        shown = f"{', '.join(names[:-1])} and {names[-1]}" if 1 < len(names) <= 4 else names[0] if names else "no area"
        text = f"A map of {shown}" if len(names) <= 4 else f"A map of {len(names)} places"
        background = len(self.outlines) - len(own)
        text += f", with {background} in the background." if background else "."
        return f"{text} {self.unplaced} more without an outline that can be had." if self.unplaced else text


Lookup = Callable[[Iterable[str]], Mapping[str, Any]]
"""Gives the outlines of geometries that an answer names by their identifiers."""


def features(table: Table, shows: Shows, outlines: Lookup) -> list[Feature]:
    """What an answer has to show on a map: one feature for each row with a geometry that can be shown."""
    rows = table.parts(shows.columns)
    named = outlines(str(row.term("geometry")) for row in rows if isinstance(row.term("geometry"), URIRef))
    layers = _layers(table, shows)
    found = []
    for row, terms, cells in zip(rows, table.terms, table.cells, strict=True):
        term, thing, layer = row.term("geometry"), row.cell("thing"), row.text("layer")
        geometry = geometry_of(str(term)) if geometric(term) else named.get(str(term))
        if geometry is None:
            continue
        found.append(
            Feature(
                geometry,
                row.text("label") or row.text("thing") or _first(terms, cells),
                thing.href if thing else next((value.href for value in cells if value and value.href), ""),
                layers[layer],
                row.text("note"),
            )
        )
    return found


def drawn(table: Table, shows: Shows, outlines: Lookup) -> Map | None:
    """The map of an answer, or None if it has no geometry."""
    found = features(table, shows, outlines)
    if not found:
        return None
    frame = [feature for feature in found if feature.layer] or found
    west, south, east, north = _bounds([feature.geometry for feature in frame])
    scale = math.cos(math.radians((south + north) / 2))
    span = max((east - west) * scale, (north - south) * 0.4, 0.02)
    pad = span * _MARGIN
    unit = WIDTH / (span + 2 * pad)
    height = max(200, min(1600, round((north - south + 2 * pad) * unit)))
    left = west - ((span - (east - west) * scale) / 2 + pad) / scale
    top = north + (height / unit - (north - south)) / 2
    view = _View(left, top, unit * scale, unit, height)
    shapes = tuple(
        Outline(path, feature.name, feature.href, feature.layer, feature.note, "Polygon" in feature.geometry.geom_type)
        for feature in sorted(found, key=lambda feature: (feature.layer, -_size(feature.geometry)))
        if (path := view.path(feature.geometry))
    )
    layers = tuple((number, name) for name, number in _layers(table, shows).items() if "layer" in shows.columns)
    unplaced = table.total - len(found)
    return Map(shows.title, shapes, WIDTH, height, layers, unplaced, table.without({shows.columns["geometry"]}))


def geojson(table: Table, shows: Shows, outlines: Lookup) -> dict[str, Any]:
    """A FeatureCollection of what the map shows; ``layer`` is 0 for the background."""
    import shapely  # noqa: PLC0415 - most starts draw no map

    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {
                    "name": feature.name,
                    "href": feature.href,
                    "layer": feature.layer,
                    "note": feature.note,
                },
                "geometry": shapely.geometry.mapping(feature.geometry),
            }
            for feature in features(table, shows, outlines)
        ],
    }


@dataclass(frozen=True)
class _View:
    left: float
    top: float
    x: float
    y: float
    height: int

    def path(self, geometry: Any) -> str:
        """The commands of an SVG path; empty for what lies outside the view."""
        import shapely  # noqa: PLC0415 - as above

        right, bottom = self.left + WIDTH / self.x, self.top - self.height / self.y
        west, south, east, north = geometry.bounds
        if east < self.left or west > right or north < bottom or south > self.top:
            return ""
        light = shapely.simplify(geometry, 1.2 / self.x, preserve_topology=False)
        return "".join(self._commands(light if not light.is_empty else geometry))

    def _commands(self, geometry: Any) -> Iterator[str]:
        kind = geometry.geom_type
        if hasattr(geometry, "geoms"):
            for part in geometry.geoms:
                yield from self._commands(part)
        elif kind == "Polygon":
            for ring in (geometry.exterior, *geometry.interiors):
                if len(points := self._points(ring)) > 2:
                    yield self._line(points) + "z"
        elif kind == "Point":
            yield self._line([*self._points(geometry), [0, 0]])
        else:
            yield self._line(self._points(geometry))

    def _points(self, line: Any) -> list[list[int]]:
        """Steps between the points of a line in whole units; the first is a place."""
        import shapely  # noqa: PLC0415 - as above

        steps = ((shapely.get_coordinates(line) - (self.left, self.top)) * (self.x, -self.y)).round().astype(int)
        steps[1:] -= steps[:-1].copy()
        moves = steps.any(axis=1)
        moves[:1] = True
        found: list[list[int]] = steps[moves].tolist()
        return found

    def _line(self, steps: Sequence[Sequence[int]]) -> str:
        first, *rest = steps
        line = "".join(f"{' ' if x >= 0 and n else ''}{x}{' ' if y >= 0 else ''}{y}" for n, (x, y) in enumerate(rest))
        return f"M{first[0]} {first[1]}" + (f"l{line}" if line else "")


def _bounds(geometries: Sequence[Any]) -> tuple[float, float, float, float]:
    edges = list(zip(*(geometry.bounds for geometry in geometries), strict=True))
    return min(edges[0]), min(edges[1]), max(edges[2]), max(edges[3])


def _size(geometry: Any) -> float:
    west, south, east, north = geometry.bounds
    return float((east - west) * (north - south))


def _layers(table: Table, shows: Shows) -> dict[str, int]:
    """The number of each layer: from 1 in the order in which the answer names them, 0 for the background."""
    names = dict.fromkeys(row.text("layer") for row in table.parts(shows.columns))
    own = [name for name in names if not (name and name in shows.faint)]
    return {name: own.index(name) + 1 if name in own else 0 for name in names}


def _first(terms: Sequence[object], cells: Sequence[Value | None]) -> str:
    """The first text of a row that names something."""
    for term, cell in zip(terms, cells, strict=True):
        if cell and not geometric(term if isinstance(term, Literal | URIRef) else None) and not cell.number:
            return cell.text
    return ""
