"""Which district lay in which area, edition by edition: numbers of the editions, overlaps, splits and periods."""

from __future__ import annotations

from collections import Counter

import pytest

from registers import REGISTERS, Row, pair, register, states

EDITIONS = {"2014": "2014-12", "2017": "2017-04", "2020": "2020-04", "2021": "2021-05"}


def edition_rows(edition: str) -> list[Row]:
    """The memberships of one edition with the overlaps, which in 2020 stand in a register of their own."""
    rows = register(f"area-membership-{edition}")
    if edition == "2020":
        overlaps = {pair(row): row["overlap"] for row in register("area-membership-2020-overlap")}
        rows = [{**row, "extent": "", "overlap": overlaps.get(pair(row), "")} for row in rows]
    return rows


def every_membership() -> list[Row]:
    """The rows of every register that names the areas of memberships."""
    names = [path.stem for path in sorted(REGISTERS.glob("*area-membership*.csv"))]
    return [row for name in names for row in register(name) if "label" in row]


@pytest.mark.parametrize(
    ("edition", "rows", "areas", "districts", "doubled"),
    [
        ("2014", 364, 39, 326, 34),
        ("2017", 361, 38, 326, 31),
        ("2020", 329, 38, 314, 15),
        ("2021", 316, 38, 309, 7),
    ],
)
def test_an_edition_has_its_areas_districts_and_overlaps(
    edition: str, rows: int, areas: int, districts: int, doubled: int
) -> None:
    table = edition_rows(edition)
    assert {row["vintage"] for row in table} == {EDITIONS[edition]}
    assert len(table) == rows
    assert len({row["container"] for row in table}) == areas
    assert len({row["member"] for row in table}) == districts
    assert len({row["member"] for row in table if row["overlap"]}) == doubled


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_overlap_is_the_other_area_of_the_same_district(edition: str) -> None:
    table = edition_rows(edition)
    held = {pair(row) for row in table}
    times = Counter(row["member"] for row in table)
    for row in table:
        if row["overlap"]:
            assert (row["overlap"], row["member"]) in held
            assert row["overlap"] != row["container"]
        else:
            assert times[row["member"]] == 1 or row["extent"] == "part", row


@pytest.mark.parametrize("edition", ["2014", "2017"])
def test_four_districts_are_split_and_their_parts_are_the_whole(edition: str) -> None:
    parts = [row for row in register(f"area-membership-{edition}") if row["extent"] == "part"]
    assert {row["label"].partition(" in ")[0] for row in parts} == {
        "East Hampshire",
        "New Forest",
        "Test Valley",
        "Winchester",
    }
    assert {row["container"] for row in parts} == {"E37000010", "E37000029"}
    for district in {row["member"] for row in parts}:
        mine = [row for row in parts if row["member"] == district]
        assert {sum(int(row["small_areas"]) for row in mine)} == {int(row["member_small_areas"]) for row in mine}


@pytest.mark.parametrize("edition", ["2014", "2017"])
def test_small_areas_are_counted_for_split_districts_only(edition: str) -> None:
    for row in register(f"area-membership-{edition}"):
        assert {bool(row["small_areas"]), bool(row["member_small_areas"])} == {row["extent"] == "part"}


def test_in_2020_the_list_names_each_district_once_and_the_second_areas_are_our_derivation() -> None:
    sources = Counter(row["source"] for row in register("area-membership-2020"))
    assert sources == {"dfe-lep-list-2020": 314, "lepgraph": 15}
    assert Counter(row["source"] for row in register("area-membership-2020-overlap")) == {"lepgraph": 30}


def test_a_membership_has_one_label_and_shares_it_with_no_other() -> None:
    labels: dict[tuple[str, str], set[str]] = {}
    for row in every_membership():
        labels.setdefault(pair(row), set()).add(row["label"])
    assert [key for key, found in labels.items() if len(found) > 1] == []
    assert [label for label, times in Counter(min(found) for found in labels.values()).items() if times > 1] == []


def test_every_district_in_a_partnership_area_has_a_period() -> None:
    shown = {pair(row) for edition in EDITIONS for row in register(f"area-membership-{edition}")}
    assert {pair(row) for row in register("area-membership-period")} == shown


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_edition_shows_exactly_the_memberships_whose_period_holds_its_month(edition: str) -> None:
    month = EDITIONS[edition]
    lasting = {
        pair(row)
        for row in register("area-membership-period")
        if row["begin"][:7] <= month and (not row["end"] or row["end"][:7] >= month)
    }
    assert {pair(row) for row in register(f"area-membership-{edition}")} == lasting


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("area-membership-2014", {"container": "E37000012", "member": "E07000194", "overlap": "E37000032"}),
        ("area-membership-2014", {"container": "E37000002", "member": "E07000004", "overlap": "E37000031"}),
        ("area-membership-2017", {"container": "E37000002", "member": "E07000004", "overlap": "E37000041"}),
        ("area-membership-2014", {"container": "E37000010", "member": "E07000091", "small_areas": "68"}),
        ("area-membership-2017", {"container": "E37000041", "member": "E07000152", "extent": "whole"}),
        ("area-membership-2020", {"container": "E37000050", "member": "E08000035", "source": "dfe-lep-list-2020"}),
        ("area-membership-period", {"container": "E37000050", "member": "E08000035", "end": "2021-03-31"}),
        ("area-membership-2020", {"container": "E37000050", "member": "E08000035", "label": "Leeds in Leeds City Region (E37000050)"}),
        ("area-membership-2021", {"container": "E37000032", "member": "E07000194", "label": "Lichfield in Stoke-on-Trent and Staffordshire"}),
    ],
)  # fmt: skip
def test_a_membership_is_stated(name: str, wanted: Row) -> None:
    assert states(name, wanted)
