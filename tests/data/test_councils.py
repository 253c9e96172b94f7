"""Reorganisations of councils: each Order with what it abolished and what it formed."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from rdflib import Graph, Namespace, URIRef

from registers import register

ROOT = Path(__file__).parents[2]
BASE = "https://w3id.org/lepgraph/"
LEP = Namespace(f"{BASE}def/lep#")


def councils() -> dict[str, str]:
    """The council of each code."""
    return {row["code"]: row["council"] for row in register("local-authority-area")}


def replacements() -> set[tuple[str, str]]:
    """Councils whose area passed to another council, each with the other."""
    council = councils()
    codes = [(row["code"], row["successor"]) for row in register("area-succession") if row["code"][:2] in {"E0", "E1"}]
    both = {(council[code], council[successor]) for code, successor in codes}
    return {(first, second) for first, second in both if first != second}


def of_event(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in register(name):
        found.setdefault(row["event"], set()).add(row["council"])
    return found


def test_there_are_thirteen_reorganisations_and_three_mergers() -> None:
    kinds = Counter(row["kind"] for row in register("council-change"))
    assert kinds == {"reorganisation": 13, "merger-of-councils": 3}


def test_every_council_that_gave_way_to_another_is_in_one_event_with_it() -> None:
    originals, results = of_event("council-change-original"), of_event("council-change-result")
    assert originals.keys() == results.keys() == {row["event"] for row in register("council-change")}
    for first, second in replacements():
        events = [event for event, ended in originals.items() if first in ended]
        assert len(events) == 1, first
        assert second in results[events[0]]
    assert {first for first, _ in replacements()} == set().union(*originals.values())
    assert {second for _, second in replacements()} == set().union(*results.values())


def test_an_event_is_on_the_day_after_the_codes_of_the_abolished_councils_ended() -> None:
    days = {row["event"]: date.fromisoformat(row["date"]) for row in register("council-change")}
    ends = {row["code"]: row["end"] for row in register("district-area") + register("county-area-end")}
    event = {row["council"]: row["event"] for row in register("council-change-original")}
    for code, council in councils().items():
        if council in event:
            assert date.fromisoformat(ends[code]) + timedelta(days=1) == days[event[council]], code


def test_no_council_comes_out_of_the_change_that_ends_it() -> None:
    originals, results = of_event("council-change-original"), of_event("council-change-result")
    assert [event for event in originals if originals[event] & results[event]] == []


@pytest.mark.parametrize(
    ("event", "originals", "results"),
    [
        ("reorganisation-of-dorset", 9, {"bournemouth-christchurch-and-poole", "dorset"}),
        ("reorganisation-of-buckinghamshire", 5, {"buckinghamshire"}),
        ("reorganisation-of-northamptonshire", 8, {"north-northamptonshire", "west-northamptonshire"}),
        ("reorganisation-of-cumbria", 7, {"cumberland", "westmorland-and-furness"}),
        ("reorganisation-of-north-yorkshire", 8, {"north-yorkshire"}),
        ("reorganisation-of-somerset", 5, {"somerset"}),
        ("reorganisation-of-cheshire", 6, {"cheshire-east", "cheshire-west-and-chester"}),
        ("merger-into-west-suffolk", 2, {"west-suffolk"}),
    ],
)
def test_an_event_has_these_councils(event: str, originals: int, results: set[str]) -> None:
    assert len(of_event("council-change-original")[event]) == originals
    assert of_event("council-change-result")[event] == results


def test_every_type_of_council_has_one_tier() -> None:
    ontology = Graph().parse(ROOT / "ontology" / "geography.ttl", format="turtle")
    for kind in {row["kind"] for row in register("local-authority")}:
        assert len(list(ontology.objects(URIRef(f"{BASE}def/authority-type/{kind}"), LEP.tier))) == 1, kind


def test_a_merger_is_of_councils_of_one_tier_and_a_reorganisation_leads_to_a_single_tier() -> None:
    ontology = Graph().parse(ROOT / "ontology" / "geography.ttl", format="turtle")
    kind = {row["council"]: URIRef(f"{BASE}def/authority-type/{row['kind']}") for row in register("local-authority")}
    tier = {council: str(ontology.value(of, LEP.tier)).rpartition("/")[2] for council, of in kind.items()}
    results = of_event("council-change-result")
    for row in register("council-change"):
        found = {tier[council] for council in results[row["event"]]}
        assert found == ({"lower"} if row["kind"] == "merger-of-councils" else {"single"}), row["event"]
