"""Districts in counties and regions, edition by edition."""

from __future__ import annotations

from collections import Counter

import pytest

from registers import Row, by_key, register, states


def edition(row: Row) -> str:
    return row["month"] or row["year"]


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        (
            "region",
            {"2015-12": 326, "2016-12": 326, "2017-12": 326, "2018-12": 326, "2019-12": 317, "2020": 314, "2025": 296},
        ),
        (
            "county",
            {"2015-12": 270, "2016-12": 270, "2017-12": 270, "2018-12": 270, "2019-04": 261, "2020-04": 257, "2025": 233},
        ),
    ],
)  # fmt: skip
def test_seven_editions_show_each_district_once(kind: str, numbers: dict[str, int]) -> None:
    rows = register(f"{kind}-area-membership-edition")
    assert Counter(edition(row) for row in rows) == numbers
    assert len({(edition(row), row["member"]) for row in rows}) == len(rows)


@pytest.mark.parametrize("kind", ["region", "county"])
def test_an_edition_has_a_month_or_a_year_and_every_pair_an_edition(kind: str) -> None:
    rows = register(f"{kind}-area-membership-edition")
    assert [row for row in rows if bool(row["month"]) == bool(row["year"])] == []
    shown = {(row["container"], row["member"]) for row in rows}
    assert {(row["container"], row["member"]) for row in register(f"{kind}-area-membership")} == shown


@pytest.mark.parametrize("kind", ["region", "county"])
def test_no_district_changed_sides_and_the_last_published_is_among_the_editions(kind: str) -> None:
    column = kind
    last = {(row[column], row["code"]) for row in register(f"district-{kind}")}
    pairs = {(row["container"], row["member"]) for row in register(f"{kind}-area-membership")}
    assert len({member for _, member in pairs}) == len(pairs)
    assert pairs <= last


@pytest.mark.parametrize("kind", ["region", "county"])
def test_what_was_carried_over_is_our_derivation(kind: str) -> None:
    ours = {edition(row) for row in register(f"{kind}-area-membership-edition") if row["source"] == "lepgraph"}
    assert ours == {"region": {"2020"}, "county": {"2025"}}[kind]


def test_a_county_ended_the_day_before_its_successors_began() -> None:
    begins = {row["code"]: row["begin"] for row in register("district-area")}
    ends = {row["code"]: row["end"] for row in register("county-area-end")}
    after = {row["code"] for row in register("area-succession") if row["code"].startswith("E10")}
    assert ends.keys() == after
    for row in register("area-succession"):
        if row["code"] in ends:
            assert (ends[row["code"]][5:], begins[row["successor"]][5:]) == ("03-31", "04-01")
            assert ends[row["code"]][:4] == begins[row["successor"]][:4]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("county-area-membership-edition", {"container": "E10000009", "member": "E07000052", "month": "2018-12"}),
        ("county-area-membership", {"container": "E13000001", "member": "E09000001"}),
        ("region-area-membership-edition", {"container": "E12000005", "member": "E07000194", "month": "2015-12"}),
        ("county-area-end", {"code": "E10000009", "end": "2019-03-31"}),
    ],
)
def test_a_fact_is_stated(name: str, wanted: Row) -> None:
    assert states(name, wanted)


def test_a_county_is_in_the_region_of_all_its_districts() -> None:
    county_of, region_of = by_key("district-county", "code"), by_key("district-region", "code")
    regions: dict[str, set[str]] = {}
    for code, row in county_of.items():
        regions.setdefault(row["county"], set()).add(region_of[code]["region"])
    said = {row["code"]: {row["region"]} for row in register("county-region")}
    assert said.keys() == {row["code"] for row in register("county-area")}
    assert said == regions
