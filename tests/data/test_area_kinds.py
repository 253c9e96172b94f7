"""Overlap areas and skills areas: their codes, their districts, and how they agree with the areas of partnerships."""

from __future__ import annotations

from collections import Counter

import pytest

from registers import Row, register, states

### Overlap areas


def test_sixteen_overlaps_have_one_dated_name_each_for_the_life_of_the_code() -> None:
    lives = [(row["code"], row["begin"], row["end"]) for row in register("overlap-area")]
    assert len(lives) == 16
    assert [(row["code"], row["begin"], row["end"]) for row in register("overlap-area-name")] == lives


@pytest.mark.parametrize(("edition", "codes", "districts"), [("2014", 15, 34), ("2017", 15, 31)])
def test_overlaps_hold_the_districts_that_two_partnerships_share(edition: str, codes: int, districts: int) -> None:
    shown = register(f"overlap-area-membership-{edition}")
    assert len({row["container"] for row in shown}) == codes
    assert len(shown) == districts
    between: dict[str, set[str]] = {}
    for row in register("overlap-area-of"):
        between.setdefault(row["code"], set()).add(row["partnership_area"])
    shared = [row for row in register(f"area-membership-{edition}") if row["overlap"]]
    pairs = {row["member"]: {row["container"], row["overlap"]} for row in shared}
    assert pairs.keys() == {row["member"] for row in shown}
    assert [row for row in shown if not pairs[row["member"]] <= between[row["container"]]] == []


def test_an_overlap_lies_in_the_areas_that_the_editions_show_and_no_others() -> None:
    found = set()
    for edition in ("2014", "2017"):
        shared = {row["member"]: row for row in register(f"area-membership-{edition}") if row["overlap"]}
        for row in register(f"overlap-area-membership-{edition}"):
            both = shared[row["member"]]
            found |= {(row["container"], both["container"]), (row["container"], both["overlap"])}
    assert {(row["code"], row["partnership_area"]) for row in register("overlap-area-of")} == found


def test_the_second_areas_of_2020_follow_from_the_overlaps_in_force() -> None:
    in_force = {
        row["code"] for row in register("overlap-area") if row["begin"] <= "2020-04-01" and row["end"] >= "2020-04-30"
    }
    districts = {row["member"] for row in register("overlap-area-membership-2017") if row["container"] in in_force}
    assert {row["member"] for row in register("area-membership-2020-overlap")} == districts


def test_the_whole_of_each_district_lies_in_its_overlap() -> None:
    shown = {
        (row["container"], row["member"])
        for edition in ("2014", "2017")
        for row in register(f"overlap-area-membership-{edition}")
    }
    extents = {(row["container"], row["member"]): row["extent"] for row in register("overlap-area-membership-extent")}
    assert extents.keys() == shown
    assert set(extents.values()) == {"whole"}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("overlap-area", {"code": "E52000014", "end": "2017-03-31"}),
        ("overlap-area", {"code": "E52000016", "begin": "2017-04-01"}),
        ("overlap-area-membership-2017", {"container": "E52000001", "member": "E07000004", "output_areas": "564"}),
        ("overlap-area-membership-2014", {"container": "E52000002", "member": "E09000008", "output_areas": "1132"}),
        ("skills-area-membership-2023", {"container": "E69000001", "member": "E07000063"}),
    ],
)
def test_a_fact_is_stated(name: str, wanted: Row) -> None:
    assert states(name, wanted)


### Skills areas


def test_in_2023_each_district_lay_in_one_of_38_skills_areas() -> None:
    rows = register("skills-area-membership-2023")
    assert len(register("skills-area")) == len({row["container"] for row in rows}) == 38
    assert len(rows) == 296
    assert set(Counter(row["member"] for row in rows).values()) == {1}


def test_the_districts_of_2023_are_those_whose_codes_were_in_force() -> None:
    in_force = {
        row["code"]
        for row in register("district-area")
        if row["begin"] and row["begin"] <= "2023-08-31" and (not row["end"] or row["end"] >= "2023-08-01")
    }
    assert {row["member"] for row in register("skills-area-membership-2023")} == in_force
