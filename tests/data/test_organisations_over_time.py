"""Partnerships and authorities through time: approval, formation, form in law, changes, leadership, further members."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from registers import by_key, counted, register

PATHS = ("partnership", "council", "authority", "body")


def bodies(name: str, event: str) -> set[str]:
    """The organisations of an event, each as kind and key."""
    rows = [row for row in register(name) if row["event"] == event]
    return {f"{kind}/{row[kind]}" for row in rows for kind in PATHS if row[kind]}


def test_twenty_four_partnerships_were_approved_on_the_first_day_and_london_later() -> None:
    rows = by_key("partnership-approval", "partnership")
    assert Counter(row["day"] for row in rows.values()) == {"2010-10-28": 24, "": 1}
    assert rows["london"]["month"] == "2011-02"
    assert {"black-country", "humber", "new-anglia"} & rows.keys() == set()


def test_a_date_has_one_precision() -> None:
    for name in (
        "partnership-approval",
        "partnership-founding",
        "change-event",
        "milestone",
        "combined-authority-mayor",
    ):
        for row in register(name):
            given = [row[column] for column in ("day", "month", "year") if row.get(column)]
            assert len(given) <= 1, row


@pytest.mark.parametrize(
    ("partnership", "precision", "value"),
    [
        ("hull-and-east-yorkshire", "day", "2021-04-01"),
        ("cornwall-and-isles-of-scilly", "month", "2011-05"),
        ("north-east", "month", "2011-01"),
        ("oxfordshire", "month", "2011-03"),
        ("d2n2", "year", "2010"),
        ("buckinghamshire", "year", "2012"),
    ],
)
def test_a_partnership_was_formed(partnership: str, precision: str, value: str) -> None:
    assert by_key("partnership-founding", "partnership")[partnership][precision] == value


def test_no_founding_date_is_the_first_day_of_an_area_code() -> None:
    starts = {row["begin"] for row in register("partnership-area")}
    days = {row["day"] for row in register("partnership-founding") if row["day"]}
    assert days & starts <= {"2021-04-01"}  # Hull and East Yorkshire, read on a page about the body itself


def test_what_was_not_read_is_left_out() -> None:
    founded = by_key("partnership-founding", "partnership")
    assert {"solent", "coast-to-capital", "the-marches", "york-and-north-yorkshire"} & founded.keys() == set()
    fates = by_key("partnership-status", "partnership")
    everybody = by_key("partnership", "partnership").keys()
    assert everybody - fates.keys() == {
        "greater-birmingham-and-solihull",
        "hull-and-east-yorkshire",
        "york-and-north-yorkshire",
    }
    assert "west-of-england" not in by_key("partnership-legal-form", "partnership")


def test_every_partnership_with_a_known_fate_that_ended_has_an_event_that_says_so() -> None:
    ended = {row["partnership"] for row in register("partnership-status")} - {"west-of-england"}
    changed = {row["partnership"] for row in register("change-event-original")}
    assert ended - changed == set()


@pytest.mark.parametrize(
    ("event", "kind", "date", "before", "after"),
    [
        (
            "northamptonshire-into-south-east-midlands", "merger", "2017-03",
            {"partnership/northamptonshire", "partnership/south-east-midlands"}, {"partnership/south-east-midlands"},
        ),
        (
            "business-board-replaces-greater-cambridge-greater-peterborough", "replacement-same-area", "2018-04-01",
            {"partnership/greater-cambridge-greater-peterborough"},
            {"body/cambridgeshire-and-peterborough-business-board"},
        ),
        (
            "hull-and-east-yorkshire-replaces-humber", "replacement-smaller-area", "2021-04-01",
            {"partnership/humber"}, {"partnership/hull-and-east-yorkshire"},
        ),
        (
            "york-and-north-yorkshire-loses-east-riding", "rename-with-loss-of-area", "2020-04-01",
            {"partnership/york-and-north-yorkshire"}, {"partnership/york-and-north-yorkshire"},
        ),
        ("d2n2-into-east-midlands", "integration", "2024", {"partnership/d2n2"}, {"authority/east-midlands"}),
        (
            "south-east-split", "split", "2024-03-31", {"partnership/south-east"},
            {
                "council/east-sussex", "council/essex", "council/kent", "council/medway", "council/southend-on-sea",
                "council/thurrock", "body/team-east-sussex", "body/kent-and-medway-economic-partnership",
            },
        ),
        ("new-anglia-split", "split", "2024-04-01", {"partnership/new-anglia"}, {"council/norfolk", "council/suffolk"}),
        (
            "worcestershire-continues", "continuation", "2024", {"partnership/worcestershire"},
            {"partnership/worcestershire", "council/worcestershire"},
        ),
        (
            "north-east-loses-three-councils", "boundary-cut", "2018-11-02", {"authority/north-east-2014"},
            {"authority/north-east-2014", "authority/north-of-tyne"},
        ),
        (
            "north-east-mayoral-authority-created", "abolition-and-creation", "2024-05-07",
            {"authority/north-east-2014", "authority/north-of-tyne"}, {"authority/north-east-2024"},
        ),
        (
            "sheffield-city-region-becomes-south-yorkshire-authority", "rename", "2021-09",
            {"authority/south-yorkshire"}, {"authority/south-yorkshire"},
        ),
        (
            "hertfordshire-becomes-hertfordshire-futures", "rename", "2024-07-11",
            {"partnership/hertfordshire"}, {"partnership/hertfordshire"},
        ),
    ],
)  # fmt: skip
def test_a_change_is_told_with_kind_date_and_organisations(
    event: str, kind: str, date: str, before: set[str], after: set[str]
) -> None:
    row = by_key("change-event", "event")[event]
    assert (row["kind"], row["day"] or row["month"] or row["year"]) == (kind, date)
    assert bodies("change-event-original", event) == before
    assert bodies("change-event-result", event) == after


def test_every_change_has_an_organisation_before_and_one_after() -> None:
    for event in by_key("change-event", "event"):
        assert bodies("change-event-original", event), event
        assert bodies("change-event-result", event), event


def test_a_change_without_a_date_says_why() -> None:
    rows = [row for row in register("change-event") if not (row["day"] or row["month"] or row["year"])]
    assert len(rows) == 7
    for row in rows:
        assert re.search(r"not found|planned|inferred|[Pp]lanned|not read", row["description"]), row


def test_each_change_has_the_date_that_its_pages_give() -> None:
    expected = {
        "2011": """
            cheshire-and-warrington-grows-out-of-commission
        """,
        "2011-04-01": """
            greater-manchester-transport-functions
        """,
        "2014-04-01": """
            liverpool-city-region-transport-functions south-yorkshire-transport-functions
            west-yorkshire-transport-functions
        """,
        "2014-04-15": """
            north-east-transport-functions
        """,
        "2016-04": """
            tees-valley-into-combined-authority
        """,
        "2016-06": """
            dorset-incorporated
        """,
        "2016-06-17": """
            west-midlands-transport-functions
        """,
        "2017": """
            london-becomes-economic-action-partnership
        """,
        "2017-03": """
            northamptonshire-into-south-east-midlands
        """,
        "2018-04-01": """
            business-board-replaces-greater-cambridge-greater-peterborough
        """,
        "2018-11-02": """
            north-east-loses-three-councils
        """,
        "2018-12": """
            cumbria-incorporated
        """,
        "2019-04-01": """
            worcestershire-incorporated
        """,
        "2020": """
            south-east-incorporated
        """,
        "2020-04-01": """
            york-and-north-yorkshire-loses-east-riding
        """,
        "2021-04-01": """
            hull-and-east-yorkshire-replaces-humber
        """,
        "2021-09": """
            sheffield-city-region-becomes-south-yorkshire-authority
        """,
        "2023": """
            black-country-into-west-midlands london-into-greater-london-authority
        """,
        "2023-03": """
            coventry-and-warwickshire-split
        """,
        "2023-04-28": """
            liverpool-city-region-into-combined-authority
        """,
        "2023-07-13": """
            sheffield-city-region-replaced-by-boards
        """,
        "2024": """
            cornwall-economic-forum-replaces-partnership d2n2-into-east-midlands
            leeds-city-region-becomes-west-yorkshire-business-board swindon-and-wiltshire-replaced
            worcestershire-continues
        """,
        "2024-02-29": """
            buckinghamshire-into-council
        """,
        "2024-03": """
            hertfordshire-into-county-council stoke-on-trent-and-staffordshire-split
        """,
        "2024-03-31": """
            lancashire-into-county-council south-east-split
        """,
        "2024-04": """
            enterprise-m3-split gloucestershire-into-county-council solent-split
            thames-valley-berkshire-continues
        """,
        "2024-04-01": """
            cheshire-and-warrington-continues coast-to-capital-split cumbria-into-councils
            leicester-and-leicestershire-into-councils new-anglia-split oxfordshire-continues
            south-east-midlands-into-councils
        """,
        "2024-05": """
            north-east-into-combined-authority
        """,
        "2024-05-07": """
            north-east-mayoral-authority-created
        """,
        "2024-07-11": """
            hertfordshire-becomes-hertfordshire-futures
        """,
        "2025-02-01": """
            greater-lincolnshire-split
        """,
        "2025-04-01": """
            oxfordshire-becomes-enterprise-oxfordshire
        """,
        "2026-05-18": """
            north-east-becomes-strategic-authority
        """,
    }
    found: dict[str, set[str]] = {}
    for row in register("change-event"):
        found.setdefault(row["day"] or row["month"] or row["year"], set()).add(row["event"])
    assert {date: events for date, events in found.items() if date} == {
        date: set(events.split()) for date, events in expected.items()
    }


def test_changes_of_each_kind_have_their_number() -> None:
    assert counted("change-event", "kind") == {
        "integration": 15, "split": 11, "rename": 7, "succession-to-functions": 6, "replacement-same-area": 5,
        "incorporation": 5, "continuation": 4, "replacement-smaller-area": 1, "boundary-cut": 1,
        "abolition-and-creation": 1, "merger": 1, "rename-with-loss-of-area": 1,
    }  # fmt: skip


def test_an_instrument_is_made_no_later_than_the_authority_exists() -> None:
    authorities = by_key("combined-authority", "authority")
    rows = register("combined-authority-instrument")
    assert len(rows) == 10
    for row in rows:
        assert row["made"] <= authorities[row["authority"]]["founded"]
        assert row["source"] == authorities[row["authority"]]["source"]


def test_the_instrument_of_an_authority_is_its_source_or_was_read_of_elsewhere() -> None:
    elsewhere = {}
    for row in register("combined-authority"):
        instrument = f"uksi-{row['instrument_year']}-{row['instrument_number']}"
        if row["source"] != instrument:
            assert row["source"] == "lepgraph", row
            elsewhere[row["authority"]] = instrument
    assert elsewhere == {
        "cheshire-and-warrington": "uksi-2026-159",
        "cumbria": "uksi-2026-158",
        "liverpool-city-region": "uksi-2014-865",
        "north-east-2014": "uksi-2014-1012",
        "sussex-and-brighton": "uksi-2026-362",
        "york-and-north-yorkshire": "uksi-2023-1432",
    }


def test_two_days_of_york_and_north_yorkshire_are_told_apart() -> None:
    assert by_key("combined-authority", "authority")["york-and-north-yorkshire"]["founded"] == "2023-12-20"
    assert by_key("combined-authority-start-of-work", "authority")["york-and-north-yorkshire"]["began"] == "2024-02-01"


def test_only_elections_that_were_held_are_told() -> None:
    rows = by_key("combined-authority-mayor", "authority")
    assert Counter(row["leadership"] for row in rows.values()) == {"mayoral": 14, "non-mayoral": 3, "mayoral-later": 4}
    for row in rows.values():
        assert bool(row["day"] or row["month"]) == (row["leadership"] == "mayoral"), row
    assert rows["south-yorkshire"]["day"] == "2018-05-03"
    assert rows["north-of-tyne"]["month"] == "2019-05"


def test_partnerships_and_councils_take_part_beside_the_constituent_councils() -> None:
    rows = register("further-membership")
    assert {row["partnership"] for row in rows if row["authority"] == "west-midlands"} == {
        "black-country",
        "coventry-and-warwickshire",
        "greater-birmingham-and-solihull",
    }
    assert [row["role"] for row in rows if row["partnership"] == "leeds-city-region"] == ["partnership-member"]
    founded = by_key("combined-authority", "authority")
    assert [row for row in rows if row["begin"] != founded[row["authority"]]["founded"]] == []


@pytest.mark.parametrize(
    ("milestone", "date"),
    [
        ("first-24-partnerships-approved", "2010-10-28"),
        ("regional-agencies-abolished", "2012-03"),
        ("strengthened-partnerships", "2018-07"),
        ("end-of-support-confirmed", "2023-08-04"),
        ("end-of-government-support", "2024-04-01"),
    ],
)
def test_a_milestone_is_dated(milestone: str, date: str) -> None:
    row = by_key("milestone", "milestone")[milestone]
    assert date in (row["day"], row["month"])


@pytest.mark.parametrize(
    ("partnership", "name"),
    [
        ("greater-cambridge-greater-peterborough", "The Business Board"),
        ("sheffield-city-region", "South Yorkshire"),
        ("york-and-north-yorkshire", "York, North Yorkshire and East Riding"),
        ("oxfordshire", "Enterprise Oxfordshire"),
        ("tees-valley", "Tees Valley Unlimited"),
        ("d2n2", "Derby, Derbyshire, Nottingham and Nottinghamshire"),
        ("south-east-midlands", "SEMLEP"),
        ("cornwall-and-isles-of-scilly", "Cornwall and the Isles of Scilly LEP"),
    ],
)
def test_a_partnership_is_found_by_another_name(partnership: str, name: str) -> None:
    assert {"partnership": partnership, "name": name}.items() <= next(
        row for row in register("partnership-name") if row["name"] == name
    ).items()
