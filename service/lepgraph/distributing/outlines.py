"""Things with outlines as GeoJSON (RFC 7946): one feature for each geometry, with its row and that of whose it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lepgraph.distributing.tables import Column, Table
from lepgraph.loading.coordinates import WKT, geometry_of
from lepgraph.terms import RDF, XSD

_GEO = "http://www.opengis.net/ont/geosparql#"
_OUTLINE = f"{_GEO}asWKT"
_OWNING = (f"{_GEO}hasGeometry", f"{_GEO}hasDefaultGeometry")
_OWNER = "feature"
"""The property that says whose outline it is, as GeoSPARQL calls that; those of its row begin with it."""
_WHOLE = {f"{XSD}{name}" for name in ("integer", "int", "long", "short", "nonNegativeInteger", "positiveInteger")}
_NUMBERS = {f"{XSD}{name}" for name in ("decimal", "double", "float")}


@dataclass(frozen=True)
class _Feature:
    """A feature: its geometry as GeoJSON already, the rest to be written."""

    thing: str
    box: tuple[float, ...]
    said: Mapping[str, Any]
    geometry: str

    def written(self) -> str:
        """The feature as GeoJSON."""
        members = (("id", self.thing), ("bbox", self.box), ("properties", self.said))
        rest = ",".join(f'"{name}":{_json(value)}' for name, value in members)
        return f'{{"type":"Feature",{rest},"geometry":{self.geometry}}}'


def write(path: Path, name: str, tables: Iterable[Table]) -> bool:
    """Writes the outlines that the tables of a dataset hold; false if there are none, and then writes nothing.

    Rings are as RFC 7946, 3.1.6, has them: exterior ones anticlockwise.
    """
    held = list(tables)
    owners = _owners(held)
    features = [feature for table in held for feature in _features(table, owners)]
    if not features:
        return False
    west, south, east, north = zip(*(feature.box for feature in features), strict=True)
    box = (min(west), min(south), max(east), max(north))
    with path.open("w", encoding="utf-8") as stream:
        stream.write(f'{{"type":"FeatureCollection","name":{_json(name)},"bbox":{_json(box)},"features":[\n')
        stream.write(",\n".join(feature.written() for feature in features))
        stream.write("\n]}\n")
    return True


def _owners(tables: Iterable[Table]) -> dict[str, dict[str, Any]]:
    """For each geometry what is said of the thing that has it; of several things the first."""
    found: dict[str, dict[str, Any]] = {}
    for table in tables:
        owning = [column for column in table.columns if column.predicate in _OWNING and not column.of]
        for thing in sorted({thing for column in owning for thing in column.cells}):
            said = {_OWNER: thing}
            said |= {f"{_OWNER}_{name}": value for name, value in _row(table, thing, skipped=_OWNING).items()}
            for column in owning:
                for geometry in column.cells.get(thing, ()):
                    found.setdefault(geometry, said)
    return found


def _features(table: Table, owners: Mapping[str, Mapping[str, Any]]) -> Iterable[_Feature]:
    import shapely  # noqa: PLC0415 - a fifth of a second, which starts that build nothing need not wait for

    outlines = [column for column in table.columns if column.predicate == _OUTLINE and column.kind == WKT]
    for thing in table.things:
        for column in outlines:
            geometry = geometry_of(column.cells[thing][0]) if thing in column.cells else None
            if geometry is None or geometry.is_empty:
                continue
            said = {**owners.get(thing, {}), **_row(table, thing)}
            yield _Feature(thing, geometry.bounds, said, shapely.to_geojson(shapely.orient_polygons(geometry)))


def _row(table: Table, thing: str, skipped: Iterable[str] = ()) -> dict[str, Any]:
    """What the row of a thing says, without outlines and types."""
    left_out = {*skipped, str(RDF.type)}
    return {
        column.name: _value(column, column.cells[thing])
        for column in table.columns
        if thing in column.cells and column.predicate not in left_out and column.kind != WKT
    }


def _value(column: Column, values: list[str]) -> Any:
    read: list[Any] = [_number(column.kind, value) for value in values]
    return read if column.separator else read[0]


def _number(kind: str, value: str) -> str | int | float:
    """A value as JSON has it: numbers as such, all else as text."""
    try:
        return int(value) if kind in _WHOLE else float(value) if kind in _NUMBERS else value
    except ValueError:
        return value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
