"""What the boundaries promise: they are valid and light, neighbours meet, and members make up the whole."""

from __future__ import annotations

import gzip
import json
import math
import re
from collections import Counter, defaultdict
from itertools import combinations

import pytest
import shapely

from registers import DATA, Row, rows_of

ENGLAND = shapely.box(-6.5, 49.8, 1.8, 55.9)
KILOMETRES_PER_DEGREE = 111.2

Outlines = dict[str, shapely.Geometry]


KINDS = ("combined-authority-area", "district-area", "partnership-area", "region")
ROWS = {kind: rows_of(DATA / "boundaries" / f"{kind}-boundary.csv") for kind in KINDS}
EVERY = [row for kind in KINDS for row in ROWS[kind]]


def outlines(kind: str, edition: str) -> Outlines:
    return {row["code"]: shapely.from_wkt(row["coordinates"]) for row in ROWS[kind] if row["edition"] == edition}


def latest(kind: str) -> Outlines:
    return {row["code"]: shapely.from_wkt(row["coordinates"]) for row in ROWS[kind] if row["latest"]}


def members(register: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows_of(DATA / "registers" / f"{register}.csv"):
        found[row["container"]].append(row["member"])
    return found


def square_kilometres(outline: shapely.Geometry) -> float:
    """Roughly, on a sphere: degrees of longitude shrink with the cosine of the latitude."""
    scale = KILOMETRES_PER_DEGREE**2 * math.cos(math.radians(outline.centroid.y))
    return float(outline.area * scale)


def likeness(one: shapely.Geometry, other: shapely.Geometry) -> float:
    """Common surface as a share of the surface of both together."""
    return float(one.intersection(other).area / one.union(other).area)


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        ("partnership-area", {"2014-12": 39, "2017-04": 38, "2021-05": 38}),
        ("district-area", {"2017-04": 25, "2021-04": 17, "2024-12": 296}),
        ("combined-authority-area", {"2021-12": 2, "2025-05": 15}),
        ("region", {"2024-12": 9}),
    ],
)
def test_every_edition_has_its_areas(kind: str, numbers: dict[str, int]) -> None:
    assert Counter(row["edition"] for row in ROWS[kind]) == numbers


@pytest.mark.parametrize("kind", KINDS)
def test_every_area_in_use_at_an_edition_has_an_outline(kind: str) -> None:
    known = {row["code"] for row in ROWS[kind]}
    editions = {row["edition"] for row in ROWS[kind]}
    for area in rows_of(DATA / "registers" / f"{kind}.csv"):
        begin, end = area.get("begin", ""), area.get("end", "") or "9999"
        in_use = begin and any(begin <= f"{edition}-31" and end >= edition for edition in editions)
        assert area["code"] in known or not in_use, area


@pytest.mark.parametrize("kind", KINDS)
def test_a_code_has_one_latest_outline(kind: str) -> None:
    last = {row["code"]: row["edition"] for row in ROWS[kind]}
    assert {row["code"]: row["edition"] for row in ROWS[kind] if row["latest"]} == last
    assert all(row["latest"] in ("", row["code"]) for row in ROWS[kind])


@pytest.mark.parametrize("row", EVERY, ids=lambda row: f"{row['code']}-{row['edition']}")
def test_an_outline_is_valid_and_lies_in_england(row: Row) -> None:
    outline, centroid, box = (shapely.from_wkt(row[column]) for column in ("coordinates", "centroid", "box"))
    assert outline.is_valid
    assert ENGLAND.contains(outline)
    assert outline.bounds == box.bounds
    assert box.equals(shapely.box(*box.bounds))
    assert box.contains(centroid)
    assert centroid.distance(outline.centroid) < 0.02  # degrees: in metres the centre lies a little elsewhere
    assert all(polygon.exterior.is_ccw for polygon in shapely.get_parts(outline))
    assert not re.search(r"\.\d{5}", row["coordinates"])


@pytest.mark.parametrize("row", EVERY, ids=lambda row: f"{row['code']}-{row['edition']}")
def test_the_size_is_that_of_the_outline(row: Row) -> None:
    stated = float(row["square_kilometres"])
    tolerance = 0.02 if stated > 100 else 0.15  # a small area loses more of itself when it is simplified
    assert square_kilometres(shapely.from_wkt(row["coordinates"])) == pytest.approx(stated, rel=tolerance)


def test_districts_of_one_edition_meet_without_gap_or_overlap() -> None:
    found = list(outlines("district-area", "2024-12").values())
    assert shapely.coverage_is_valid(found)
    whole = shapely.union_all(found)
    assert sum(outline.area for outline in found) == pytest.approx(whole.area, rel=1e-9)
    assert sum(len(polygon.interiors) for polygon in shapely.get_parts(whole)) == 0


@pytest.mark.parametrize(("edition", "overlaps"), [("2014-12", 15), ("2017-04", 15), ("2021-05", 2)])
def test_partnership_areas_of_one_edition_share_their_lines(edition: str, overlaps: int) -> None:
    found = list(outlines("partnership-area", edition).values())
    common = [one.intersection(other) for one, other in combinations(found, 2)]
    surfaces = [part.area for part in common if part.area > 1e-12]
    whole = shapely.union_all(found)
    assert len(surfaces) == overlaps
    assert min(map(square_kilometres, (part for part in common if part.area > 1e-12))) > 20, "slivers"
    assert sum(outline.area for outline in found) - sum(surfaces) == pytest.approx(whole.area, rel=1e-9)
    assert sum(len(polygon.interiors) for polygon in shapely.get_parts(whole)) == 0, "gaps between neighbours"


@pytest.mark.parametrize("edition", ["2014-12", "2017-04", "2021-05"])
def test_a_map_of_all_partnerships_is_light(edition: str) -> None:
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": json.loads(shapely.to_geojson(outline))}
        for code, outline in outlines("partnership-area", edition).items()
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    assert len(gzip.compress(text.encode())) < 150_000


@pytest.mark.parametrize(("edition", "least"), [("2014-12", 0.98), ("2017-04", 0.98), ("2021-05", 0.95)])
def test_the_districts_of_a_partnership_make_up_its_area(edition: str, least: float) -> None:
    """Those that lie in it as a whole; the outline of 2021 is coarser than those of the districts."""
    districts = latest("district-area")
    areas = outlines("partnership-area", edition)
    rows = rows_of(DATA / "registers" / f"area-membership-{edition[:4]}.csv")
    partly = {row["container"] for row in rows if row["extent"] == "part"}
    assert {row["container"] for row in rows} == areas.keys()
    for code, parts in members(f"area-membership-{edition[:4]}").items():
        if code not in partly:
            assert likeness(areas[code], shapely.union_all([districts[part] for part in parts])) > least, code


def test_the_districts_of_a_combined_authority_are_its_area() -> None:
    renumbered = {"E08000038": "E08000016", "E08000039": "E08000019"}  # the outlines of the new codes are not known
    districts = latest("district-area")
    areas = outlines("combined-authority-area", "2025-05")
    for code, parts in members("combined-authority-area-membership-2025").items():
        whole = shapely.coverage_union_all([districts[renumbered.get(part, part)] for part in parts])
        assert whole.equals(areas[code]), code


def test_the_districts_of_a_region_are_its_area() -> None:
    districts = outlines("district-area", "2024-12")
    found = defaultdict(list)
    for row in rows_of(DATA / "registers" / "district-region.csv"):
        if row["code"] in districts:
            found[row["region"]].append(districts[row["code"]])
    regions = latest("region")
    assert found.keys() == regions.keys()
    assert all(shapely.coverage_union_all(parts).equals(regions[code]) for code, parts in found.items())
