"""What the registers promise of themselves: their form, their sources, their numbers, and facts that anyone can check.

These tests read the tables without the package, so that they hold whatever reads the tables later.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import csvw
import pytest

from registers import DATA, Row, by_key, register, rows_of

TABLES = [
    DATA / "sources.csv",
    *sorted((DATA / "registers").glob("*.csv")),
    *sorted((DATA / "boundaries").glob("*.csv")),
]
REGISTERS = TABLES[1:]


def metadata_of(path: Path) -> dict[str, Any]:
    text = path.with_name(f"{path.stem}.csv-metadata.json").read_text(encoding="utf-8")
    metadata: dict[str, Any] = json.loads(text)
    return metadata


def cells(row: Row, columns: str | list[str]) -> tuple[str, ...]:
    names = [columns] if isinstance(columns, str) else columns
    return tuple(row[name] for name in names)


def columns_of_sources(path: Path) -> list[str]:
    """Columns that hold keys of sources: the source of the row, and sources from which the row is derived."""
    foreign = metadata_of(path)["tableSchema"]["foreignKeys"]
    return [key["columnReference"] for key in foreign if key["reference"]["resource"] == "../sources.csv"]


def stem(path: Path) -> str:
    return path.stem


every_table = pytest.mark.parametrize("path", TABLES, ids=stem)
every_register = pytest.mark.parametrize("path", REGISTERS, ids=stem)


def test_there_are_registers() -> None:
    assert len(REGISTERS) >= 29


@every_table
def test_a_table_is_what_its_metadata_says(path: Path) -> None:
    table = csvw.Table.from_file(path.with_name(f"{path.stem}.csv-metadata.json"))
    assert len(list(table.iterdicts(strict=True))) == len(rows_of(path)) > 0


@every_table
def test_a_table_and_each_of_its_columns_is_described(path: Path) -> None:
    metadata = metadata_of(path)
    assert metadata["dc:title"]
    assert metadata["dc:description"].endswith(".")
    assert all(column["dc:description"].endswith(".") for column in metadata["tableSchema"]["columns"])


@every_table
def test_a_table_is_utf_8_with_plain_line_ends(path: Path) -> None:
    content = path.read_bytes()
    assert content.decode("utf-8").endswith("\n")
    assert b"\r" not in content
    assert not content.startswith(b"\xef\xbb\xbf")


@every_table
def test_a_table_is_sorted_and_no_key_stands_twice(path: Path) -> None:
    columns = metadata_of(path)["tableSchema"]["primaryKey"]
    keys = [cells(row, columns) for row in rows_of(path)]
    assert keys == sorted(set(keys))


@every_table
def test_no_cell_has_space_around_it(path: Path) -> None:
    assert [row for row in rows_of(path) if any(cell != cell.strip() for cell in row.values())] == []


@every_register
def test_every_row_has_a_source_that_exists(path: Path) -> None:
    known = {row["key"] for row in rows_of(TABLES[0])}
    assert {row["source"] for row in rows_of(path)} <= known


@every_register
def test_a_foreign_key_leads_to_a_row(path: Path) -> None:
    for foreign in metadata_of(path)["tableSchema"]["foreignKeys"]:
        reference = foreign["reference"]
        target = (path.parent / reference["resource"]).resolve()
        known = {cells(row, reference["columnReference"]) for row in rows_of(target)}
        named = [row for row in rows_of(path) if all(cells(row, foreign["columnReference"]))]
        missing = [row for row in named if cells(row, foreign["columnReference"]) not in known]
        assert missing == [], reference["resource"]


@every_register
def test_no_period_ends_before_it_begins(path: Path) -> None:
    rows = [row for row in rows_of(path) if row.get("begin") and row.get("end")]
    assert [row for row in rows if row["end"] < row["begin"]] == []


def test_no_source_is_unused() -> None:
    used = {row[column] for path in REGISTERS for column in columns_of_sources(path) for row in rows_of(path)}
    used |= {path.stem for path in (DATA / "accounts").glob("*.ttl")}
    assert {row["key"] for row in rows_of(TABLES[0])} - used == set()


def test_a_source_of_open_data_says_how_to_name_it() -> None:
    assert [row["key"] for row in rows_of(TABLES[0]) if row["license"] and not row["rights"]] == []
    assert [row["key"] for row in rows_of(TABLES[0]) if not row["address"]] == []


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("partnership", 40),
        ("partnership-area", 62),
        ("partnership-area-name", 70),
        ("partnership-area-link", 62),
        ("district-area", 384),
        ("county-area", 35),
        ("region", 9),
        ("area-membership-2021", 316),
        ("area-membership-period", 607),
        ("combined-authority-area", 18),
        ("combined-authority-area-name", 20),
        ("combined-authority-area-membership-2025", 106),
        ("combined-authority-area-membership-period", 84),
        ("combined-authority", 21),
        ("combined-authority-dissolution", 2),
    ],
)
def test_a_register_is_complete(name: str, number: int) -> None:
    assert len(register(name)) == number


def test_the_areas_of_councils_have_411_codes() -> None:
    counties = [row for row in register("county-area") if row["code"].startswith("E10")]
    assert len(counties) + len(register("district-area")) == 411


def test_each_of_the_411_codes_belongs_to_one_council() -> None:
    codes = {row["code"] for name in ("county-area", "district-area") for row in register(name)}
    linked = [row["code"] for row in register("local-authority-area")]
    assert sorted(linked) == sorted(code for code in codes if not code.startswith(("E11", "E13")))


def test_every_council_has_an_area() -> None:
    assert {row["council"] for row in register("local-authority-area")} == by_key("local-authority", "council").keys()


def test_every_district_is_in_one_region() -> None:
    assert by_key("district-region", "code").keys() == by_key("district-area", "code").keys()


def test_in_2021_the_areas_of_38_partnerships_held_309_districts_seven_of_them_twice() -> None:
    members = Counter(row["member"] for row in register("area-membership-2021"))
    assert len({row["container"] for row in register("area-membership-2021")}) == 38
    assert len(members) == 309
    assert Counter(members.values()) == {1: 302, 2: 7}


def test_in_2025_fifteen_combined_authorities_held_each_district_once() -> None:
    rows = register("combined-authority-area-membership-2025")
    assert len({row["container"] for row in rows}) == 15
    assert len({row["member"] for row in rows}) == len(rows)


def test_every_area_of_a_partnership_or_authority_belongs_to_one_organisation() -> None:
    for link, area in (
        ("partnership-area-link", "partnership-area"),
        ("combined-authority-area-link", "combined-authority-area"),
    ):
        assert sorted(row["code"] for row in register(link)) == sorted(row["code"] for row in register(area))


def test_the_names_of_an_area_follow_each_other_and_fill_the_life_of_its_code() -> None:
    for kind in ("partnership-area", "combined-authority-area"):
        for area in register(kind):
            names = [row for row in register(f"{kind}-name") if row["code"] == area["code"]]
            if names:
                assert (names[0]["begin"], names[-1]["end"]) == (area["begin"], area["end"])
                assert names[-1]["name"] == area["name"]
                assert all(first["end"] < second["begin"] for first, second in zip(names, names[1:], strict=False))


@pytest.mark.parametrize("prefix", ["", "combined-authority-"])
def test_a_membership_of_districts_begins_and_ends_with_one_of_its_codes(prefix: str) -> None:
    containers = by_key(f"{prefix or 'partnership-'}area", "code")
    districts = by_key("district-area", "code")
    for row in register(f"{prefix}area-membership-period"):
        both = (containers[row["container"]], districts[row["member"]])
        ends = [area["end"] for area in both if area["end"]]
        assert all(area["begin"] for area in both)
        assert (row["begin"], row["end"]) == (max(area["begin"] for area in both), min(ends, default=""))


def test_only_a_membership_with_a_code_of_unknown_begin_or_end_has_no_period() -> None:
    replaced = {row["code"] for row in register("area-succession")}
    areas = register("combined-authority-area") + register("district-area")
    unknown = {row["code"] for row in areas if not row["begin"] or (row["code"] in replaced and not row["end"])}
    names = [path.stem for path in REGISTERS if re.fullmatch(r"combined-authority-area-membership-\d+", path.stem)]
    assert len(names) == 7
    pairs = {(row["container"], row["member"]) for name in names for row in register(name)}
    dated = {(row["container"], row["member"]) for row in register("combined-authority-area-membership-period")}
    assert pairs - dated == {pair for pair in pairs if unknown & set(pair)}


def test_what_was_read_in_one_place_only_is_not_ascribed_to_the_instrument() -> None:
    doubtful = [row for row in register("combined-authority") if row["confidence"] == "single-source"]
    assert len(doubtful) == 4
    assert {row["source"] for row in doubtful} == {"lepgraph"}


def test_leeds_city_region_had_three_codes() -> None:
    codes = [row["code"] for row in register("partnership-area-link") if row["partnership"] == "leeds-city-region"]
    assert codes == ["E37000020", "E37000050", "E37000062"]


def test_lichfield_was_in_two_partnership_areas_in_2021() -> None:
    containers = [row["container"] for row in register("area-membership-2021") if row["member"] == "E07000194"]
    assert containers == ["E37000012", "E37000032"]


def test_both_ends_of_a_succession_are_areas() -> None:
    kinds = ("partnership-area", "combined-authority-area", "district-area", "county-area")
    known = {row["code"] for kind in kinds for row in register(kind)}
    rows = register("area-succession")
    assert {row["code"] for row in rows} | {row["successor"] for row in rows} <= known
    assert [row for row in rows if row["code"][:2] != row["successor"][:2] and row["code"][:2] != "E1"] == []


def test_every_combined_authority_has_one_usual_name() -> None:
    named = [row["authority"] for row in register("combined-authority-name") if row["label"]]
    assert sorted(named) == sorted(by_key("combined-authority", "authority"))


def test_a_name_is_either_the_usual_one_or_another() -> None:
    assert [row for row in register("combined-authority-name") if bool(row["label"]) == bool(row["other"])] == []


def test_a_company_number_stands_at_one_partnership_only() -> None:
    numbers = [row["company"] for row in register("partnership-identifier") if row["company"]]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("partnership", {"partnership": "hull-and-east-yorkshire", "name": "Hull and East Yorkshire"}),
        ("partnership-area", {"code": "E37000028", "begin": "2010-10-28", "end": "2013-01-30"}),
        ("partnership-area", {"code": "E37000001", "end": "2023-03-31"}),
        ("partnership-area-name", {"code": "E37000054", "name": "South Yorkshire", "begin": "2022-12-01"}),
        ("partnership-area-link", {"partnership": "south-east-midlands", "code": "E37000041"}),
        ("area-succession", {"code": "E37000026", "successor": "E37000041"}),
        ("area-succession", {"code": "E10000006", "successor": "E06000064"}),
        ("district-area", {"code": "E06000057", "name": "Northumberland", "begin": "2013-04-01"}),
        ("district-county", {"code": "E07000099", "county": "E10000015"}),
        ("district-region", {"code": "E09000033", "region": "E12000007"}),
        ("area-membership-2021", {"container": "E37000060", "member": "E06000017"}),
        ("area-membership-period", {"container": "E37000058", "member": "E07000163", "end": "2023-03-31"}),
        ("combined-authority", {"authority": "greater-manchester", "founded": "2011-04-01", "source": "uksi-2011-908"}),
        ("combined-authority", {"authority": "york-and-north-yorkshire", "founded": "2023-12-20"}),
        ("combined-authority-dissolution", {"authority": "north-of-tyne", "dissolved": "2024-05-07"}),
        ("combined-authority-area-link", {"authority": "north-east-2014", "code": "E47000010"}),
        ("membership", {"authority": "lancashire", "council": "blackpool"}),
        ("membership-period", {"authority": "north-east-2014", "council": "northumberland", "end": "2018-11-01"}),
        ("local-authority", {"council": "isles-of-scilly", "kind": "sui-generis-unitary"}),
        ("local-authority-area", {"council": "barnsley", "code": "E08000038"}),
        ("local-authority-area", {"council": "salisbury", "code": "E07000232", "source": "lepgraph"}),
        ("partnership-name", {"partnership": "london", "name": "London Enterprise Panel"}),
        ("partnership-identifier", {"partnership": "dorset", "company": "10246567"}),
    ],
)
def test_a_fact_is_stated(name: str, wanted: Row) -> None:
    assert any(wanted.items() <= row.items() for row in register(name)), wanted
