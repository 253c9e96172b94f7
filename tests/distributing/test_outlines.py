"""Outlines as GeoJSON: what RFC 7946 asks for, read with GDAL, which is not ours."""

from __future__ import annotations

import json
from typing import Any

import pyogrio
import pytest
import shapely

from lepgraph.loading.coordinates import geometry_of
from lepgraph.media import GEOJSON
from lepgraph.site import Site


@pytest.fixture(scope="module")
def areas(site: Site) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(site.distributions.path("areas.geojson").read_text())
    return document


def test_datasets_with_geometry_are_offered_as_geojson(site: Site, lights_site: Site) -> None:
    for here in (site, lights_site):
        offered = {file.dataset for file in here.distributions.all if file.format is GEOJSON}
        with_geometry = {
            key
            for key, dataset in here.datasets.items()
            if not (dataset.whole or dataset.shapes)
            and b"geosparql#asWKT" in here.distributions.path(f"{key}.nt").read_bytes()
        }
        assert offered == with_geometry
    assert [file.name for file in site.distributions.all if file.format is GEOJSON] == [
        "areas.geojson",
        "areas.geojson.gz",
    ]


def test_each_geometry_is_a_feature_with_its_outline_and_what_it_is_of(site: Site, areas: dict[str, Any]) -> None:
    table = {}
    for line in site.distributions.path("areas.nt").read_text().splitlines():
        subject, predicate, rest = line.split(" ", 2)
        if predicate.endswith("geosparql#asWKT>"):
            table[subject[1:-1]] = json.loads(rest.rpartition("^^")[0])
    assert [feature["id"] for feature in areas["features"]] == sorted(table)
    for feature in areas["features"]:
        published = geometry_of(table[feature["id"]])
        assert shapely.equals(shapely.from_geojson(json.dumps(feature["geometry"])), published), feature["id"]
        said = feature["properties"]
        assert said["feature"].startswith(f"{site.addresses.base}id/area/")
        assert said["feature_label"]
        assert said["feature_notation"]
        assert said["vintage"]
        assert isinstance(said["squareKilometres"], float)
        assert not any("POLYGON" in str(value) for value in said.values())


def test_rings_and_boxes_are_as_the_standard_has_them(areas: dict[str, Any]) -> None:
    assert "crs" not in areas
    for feature in [areas, *areas["features"]]:
        west, south, east, north = feature["bbox"]
        assert -7 < west < east < 2
        assert 49 < south < north < 56
    for feature in areas["features"]:
        outline = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert list(outline.bounds) == feature["bbox"]
        for polygon in shapely.get_parts(outline):
            assert shapely.is_ccw(polygon.exterior)
            assert not any(shapely.is_ccw(ring) for ring in polygon.interiors)


def test_gdal_reads_what_we_write(site: Site, areas: dict[str, Any]) -> None:
    found = pyogrio.read_info(site.distributions.path("areas.geojson"), force_total_bounds=True)
    assert (found["driver"], found["features"], found["crs"]) == ("GeoJSON", len(areas["features"]), "EPSG:4326")
    assert found["total_bounds"] == pytest.approx(areas["bbox"])
    assert {"feature", "feature_label", "feature_notation", "label", "vintage"} <= set(found["fields"])
    assert pyogrio.list_layers(site.distributions.path("areas.geojson"))[0][0] == "areas"
