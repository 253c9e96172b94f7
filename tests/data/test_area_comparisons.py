"""What the editors worked out from the lists of districts is worked out again here, in another way."""

from __future__ import annotations

import calendar
from collections import Counter

import pytest

from registers import pair, register

AUTHORITY_EDITIONS = {
    "2017": ("2017-03", 53, 9),
    "2018": ("2018-12", 53, 10),
    "2019": ("2019-12", 53, 10),
    "2021": ("2021-12", 53, 10),
    "2023": ("2023-04", 53, 10),
    "2024": ("2024-05", 72, 11),
    "2025": ("2025-05", 106, 15),
}

Districts = dict[str, set[str]]


def districts(name: str) -> Districts:
    """The districts of each area in one edition."""
    found: Districts = {}
    for row in register(name):
        found.setdefault(row["container"], set()).add(row["member"])
    return found


def carried_forward(found: set[str], until: str = "9999") -> set[str]:
    """Districts, with what had replaced them by the day given; a code without a first day came at the end."""
    begins = {row["code"]: row["begin"] for row in register("district-area")}
    after: Districts = {}
    for row in register("area-succession"):
        if (begins.get(row["successor"]) or "9999") <= until:
            after.setdefault(row["code"], set()).add(row["successor"])
    while any(code in after for code in found):
        found = {later for code in found for later in after.get(code, {code})}
    return found


### Combined authorities in seven editions


@pytest.mark.parametrize("year", AUTHORITY_EDITIONS)
def test_an_edition_of_combined_authorities_has_its_districts_once(year: str) -> None:
    month, rows, areas = AUTHORITY_EDITIONS[year]
    table = register(f"combined-authority-area-membership-{year}")
    assert {row["vintage"] for row in table} == {month}
    assert len(table) == len({row["member"] for row in table}) == rows
    assert len({row["container"] for row in table}) == areas


def dated_codes() -> set[str]:
    """Codes of districts and of combined authorities that have a known first day and, if replaced, a last one."""
    replaced = {row["code"] for row in register("area-succession")}
    areas = register("district-area") + register("combined-authority-area")
    return {row["code"] for row in areas if row["begin"] and (row["end"] or row["code"] not in replaced)}


@pytest.mark.parametrize("year", AUTHORITY_EDITIONS)
def test_an_edition_of_combined_authorities_shows_the_memberships_that_held_at_the_end_of_its_month(year: str) -> None:
    month = AUTHORITY_EDITIONS[year][0]
    last = f"{month}-{calendar.monthrange(int(month[:4]), int(month[5:]))[1]}"
    lasting = {
        pair(row)
        for row in register("combined-authority-area-membership-period")
        if row["begin"] <= last and (not row["end"] or row["end"] >= last)
    }
    known = dated_codes()
    shown = {pair(row) for row in register(f"combined-authority-area-membership-{year}")}
    assert {both for both in shown if known.issuperset(both)} == lasting


### Districts gained and lost


def test_the_districts_gained_and_lost_are_those_of_the_editions() -> None:
    partnership = {row["code"]: row["partnership"] for row in register("partnership-area-link")}
    partnership["E37000018"] = "hull-and-east-yorkshire"  # the area of the Humber passed to Hull and East Yorkshire
    found = set()
    for before, after, until in (("2014", "2017", ""), ("2017", "2021", "2021-05-31")):
        earlier, later = districts(f"area-membership-{before}"), districts(f"area-membership-{after}")
        codes = {partnership[code]: code for code in later}
        for code, held in earlier.items():
            successor = codes.get(partnership[code])
            if successor:
                old = carried_forward(held, until)
                found |= {(code, successor, district, "") for district in later[successor] - old}
                found |= {(code, successor, "", district) for district in old - later[successor]}
    rows = register("area-change-district")
    assert len(rows) == 33
    assert {(row["before"], row["after"], row["gained"], row["lost"]) for row in rows} == found


def test_a_row_tells_of_a_gain_or_of_a_loss() -> None:
    assert [row for row in register("area-change-district") if bool(row["gained"]) == bool(row["lost"])] == []


def test_every_change_has_a_district_and_belongs_to_the_partnership_of_the_later_area() -> None:
    changes = register("area-change")
    assert len(changes) == 12
    both = {(row["before"], row["after"]) for row in register("area-change-district")}
    assert {(row["before"], row["after"]) for row in changes} == both
    partnership = {row["code"]: row["partnership"] for row in register("partnership-area-link")}
    assert [row for row in changes if partnership[row["after"]] != row["partnership"]] == []


### Partnership areas and combined authority areas


def relation(ours: set[str], theirs: set[str]) -> str:
    if ours == theirs:
        return "same-districts"
    if theirs < ours:
        return "authority-inside-partnership"
    return "partnership-inside-authority" if ours < theirs else "partial-overlap"


@pytest.mark.parametrize(
    ("partnerships", "authorities", "number"), [("2017", "2017", 12), ("2021", "2021", 12), ("2021", "2025", 17)]
)
def test_relations_follow_from_the_districts(partnerships: str, authorities: str, number: int) -> None:
    first, second = (
        districts(f"area-membership-{partnerships}"),
        districts(f"combined-authority-area-membership-{authorities}"),
    )
    wanted = {}
    for code, held in first.items():
        ours = carried_forward(held) if authorities == "2025" else held
        for other, theirs in second.items():
            if ours & theirs:
                counts = str(len(ours)), str(len(theirs)), str(len(ours & theirs))
                wanted[code, other] = (relation(ours, theirs), *counts)
    month = {"2017": "2017-04", "2021": "2021-05"}[partnerships], AUTHORITY_EDITIONS[authorities][0]
    columns = ("relation", "partnership_districts", "authority_districts", "shared")
    stated = {
        (row["partnership_area"], row["authority_area"]): tuple(row[column] for column in columns)
        for row in register("area-relation")
        if (row["partnership_vintage"], row["authority_vintage"]) == month
    }
    assert len(stated) == number
    assert stated == wanted


def test_there_are_forty_one_relations_of_four_kinds() -> None:
    kinds = Counter(row["relation"] for row in register("area-relation"))
    assert sum(kinds.values()) == 41
    assert len(kinds) == 4


def test_what_the_editors_worked_out_is_theirs() -> None:
    for name in ("area-change", "area-change-district", "area-relation"):
        assert {row["source"] for row in register(name)} == {"lepgraph"}
