"""What the registers of practices promise: their numbers, their words, and that they are nobody's but ours to classify."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from registers import Row, counted, register

DATA = Path(__file__).parents[2] / "data"
THEMES = (
    "responsible-business",
    "investment-and-local-resource-flows",
    "integration-and-responsive-public-sector",
    "engagement-and-accountability",
    "environmental-sustainability",
)
BY_AUTHORITIES = {
    "greater-manchester-good-employment-charter": "greater-manchester",
    "greater-manchester-living-wage-city-region": "greater-manchester",
    "liverpool-city-region-fair-employment-charter": "liverpool-city-region",
    "liverpool-city-region-kindred": "liverpool-city-region",
    "north-of-tyne-good-work-pledge": "north-of-tyne",
    "west-yorkshire-fair-work-charter": "west-yorkshire",
    "west-of-england-good-employment-charter": "west-of-england",
    "greater-manchester-working-well": "greater-manchester",
    "west-midlands-inclusive-growth-toolkit": "west-midlands",
    "eastern-agri-tech-growth-initiative": "cambridgeshire-and-peterborough",
    "cambridgeshire-peterborough-market-towns-programme": "cambridgeshire-and-peterborough",
    "leeds-city-region-anchor-institutions": "west-yorkshire",
    "local-energy-north-west-hub": "liverpool-city-region",
    "greater-south-east-energy-hub": "cambridgeshire-and-peterborough",
    "d2n2-integration-into-combined-county-authority": "east-midlands",
}


def practices(name: str) -> set[str]:
    return {row["practice"] for row in register(name)}


def with_date(name: str, end: str) -> int:
    return sum(bool(row[end] or row[f"{end}_month"] or row[f"{end}_year"]) for row in register(name))


def test_there_are_153_practices_each_with_a_theme_a_partnership_and_a_runner() -> None:
    every = practices("practice")
    assert len(every) == 153
    for name in ("practice-theme", "practice-partnership", "practice-runner"):
        assert practices(name) == every


@pytest.mark.parametrize(
    ("column", "numbers"),
    [
        ("theme", (28, 32, 32, 28, 33)),
        ("secondary", (28, 17, 30, 20, 9)),
    ],
)
def test_the_themes_have_their_numbers(column: str, numbers: tuple[int, ...]) -> None:
    assert counted("practice-theme", column) == dict(zip(THEMES, numbers, strict=True))


def test_the_themes_are_our_own_classification() -> None:
    assert counted("practice-theme", "source") == {"lepgraph": 153}


def test_the_kinds_have_their_numbers() -> None:
    assert counted("practice", "kind") == {
        "programme": 27, "governance-arrangement": 26, "plan": 26, "fund": 24, "service": 16,
        "partnership": 12, "network": 12, "charter": 9, "site": 1,
    }  # fmt: skip


def test_most_practices_are_verified_and_some_are_thin() -> None:
    assert counted("practice", "confidence") == {"verified": 116, "single-source": 37}
    assert counted("practice", "evidence") == {"described": 132, "thin": 17, "evaluated": 4}


@pytest.mark.parametrize(
    ("theme", "verified"), list(zip(THEMES, (21, 26, 19, 20, 30), strict=True)), ids=lambda value: str(value)
)
def test_each_theme_has_its_number_of_verified_practices(theme: str, verified: int) -> None:
    sure = {row["practice"] for row in register("practice") if row["confidence"] == "verified"}
    assert len(sure & {row["practice"] for row in register("practice-theme") if row["theme"] == theme}) == verified


@pytest.mark.parametrize(
    ("partnership", "numbers"),
    [
        ("black-country", (1, 1, 2, 0, 1)),
        ("cheshire-and-warrington", (1, 1, 1, 1, 2)),
        ("d2n2", (0, 2, 1, 2, 3)),
        ("heart-of-the-south-west", (0, 2, 1, 2, 3)),
        ("leeds-city-region", (6, 3, 1, 1, 2)),
        ("north-east", (1, 2, 4, 1, 0)),
        ("northamptonshire", (0, 1, 0, 1, 0)),
        ("stoke-on-trent-and-staffordshire", (0, 2, 2, 0, 4)),
        ("west-of-england", (2, 2, 0, 0, 1)),
        ("york-and-north-yorkshire", (1, 0, 1, 0, 2)),
    ],
)
def test_a_partnership_has_its_number_of_practices_of_each_theme(partnership: str, numbers: tuple[int, ...]) -> None:
    themes = {row["practice"]: row["theme"] for row in register("practice-theme")}
    found = Counter(
        themes[row["practice"]] for row in register("practice-partnership") if row["partnership"] == partnership
    )
    assert tuple(found[theme] for theme in THEMES) == numbers


@pytest.mark.parametrize(("theme", "missing"), list(zip(THEMES, (21, 10, 15, 18, 6), strict=True)))
def test_the_gaps_of_each_theme_have_their_number(theme: str, missing: int) -> None:
    of_theme = {row["practice"] for row in register("practice-theme") if row["theme"] == theme}
    reached = {row["partnership"] for row in register("practice-partnership") if row["practice"] in of_theme}
    assert len({row["partnership"] for row in register("partnership")} - reached) == missing


@pytest.mark.parametrize(
    ("name", "column", "total"),
    [
        ("practice-period", "begin", 489_460_737),
        ("practice-period", "end", 82_804_018),
        ("document-date", "date", 466_372_497),
    ],
)
def test_dates_read_as_numbers_add_up_to_the_total_of_their_pages(name: str, column: str, total: int) -> None:
    # The total means nothing by itself: it is there to notice a slip of the pen.
    dates = [row[column] or row[f"{column}_month"] or row[f"{column}_year"] for row in register(name)]
    assert sum(int(date.replace("-", "")) for date in dates if date) == total


def test_outcomes_are_known_of_81_practices() -> None:
    assert len(practices("practice-outcome")) == 81
    assert counted("practice-outcome", "kind") == {"result": 52, "money": 52, "target": 16, "context": 2}


def test_an_outcome_that_is_a_sum_names_it_and_any_other_that_does_was_looked_at() -> None:
    found = {
        (row["practice"], row["kind"])
        for row in register("practice-outcome")
        if ("£" in row["text"] or "€" in row["text"]) != (row["kind"] == "money")
    }
    assert found == {
        ("cornwall-isles-of-scilly-investment-fund", "target"),
        ("gloucestershire-growth-hub", "result"),
        ("greater-south-east-energy-hub", "money"),
        ("humber-founding-pledges-of-local-business", "result"),
        ("lancashire-levy-transfer-network", "target"),
        ("leeds-city-region-anchor-institutions", "target"),
        ("leeds-city-region-energy-accelerator", "target"),
        ("liverpool-city-region-social-enterprise-place", "context"),
        ("oxlep-continuation-as-council-company", "result"),
    }


def test_what_was_only_aimed_at_is_a_target() -> None:
    targets = """
        cornwall-isles-of-scilly-investment-fund/2 coventry-warwickshire-city-deal-clearing-house/3
        humber-industrial-cluster-plan/1 lancashire-levy-transfer-network/1
        leeds-city-region-anchor-institutions/1 leeds-city-region-energy-accelerator/2
        leeds-city-region-enterprise-adviser-programme/2 new-anglia-community-challenge-fund/2
        oxfordshire-energy-strategy/1 oxfordshire-energy-strategy/2 semlep-careers-hub/1
        sheffield-city-region-city-deal-skills/2 solent-apprenticeship-hub/2
        solent-growth-partnership-connect-to-work/2 tees-valley-circular-economy-demonstration-region/1
        yny-routemap-to-carbon-negative/1
    """
    rows = [row for row in register("practice-outcome") if row["kind"] == "target"]
    assert {f"{row['practice']}/{row['number']}" for row in rows} == set(targets.split())


def test_the_outcomes_of_a_practice_are_counted_from_one() -> None:
    numbers: dict[str, list[str]] = defaultdict(list)
    for row in register("practice-outcome"):
        numbers[row["practice"]].append(row["number"])
    assert [key for key, found in numbers.items() if found != [str(n + 1) for n in range(len(found))]] == []


def test_84_practices_have_a_beginning_and_20_an_end() -> None:
    assert with_date("practice-period", "begin") == 84
    assert with_date("practice-period", "end") == 20


def test_a_practice_run_by_a_combined_authority_says_so() -> None:
    found = {row["practice"]: row["authority"] for row in register("practice-runner") if row["authority"]}
    assert found == BY_AUTHORITIES
    assert {row["kind"] for row in register("practice-runner") if row["practice"] in found} == {"combined-authority"}


def test_who_runs_a_practice_agrees_with_the_kind_of_body() -> None:
    kinds = {
        "partnership": "local-enterprise-partnership",
        "authority": "combined-authority",
        "council": "local-authority",
        "organisation": "other-body",
    }
    for row in register("practice-runner"):
        named = [column for column in kinds if row[column]]
        assert len(named) <= 1
        assert [kinds[column] for column in named] in ([], [row["kind"]])
        assert named or row["kind"] != "local-enterprise-partnership"


def test_a_partnership_runs_119_practices() -> None:
    per_practice = {row["practice"]: row["kind"] for row in register("practice-runner")}
    assert Counter(per_practice.values()) == {
        "local-enterprise-partnership": 119,
        "combined-authority": 15,
        "local-authority": 8,
        "other-body": 11,
    }


def test_where_the_editors_inferred_the_partnerships_they_are_the_source() -> None:
    inferred = {row["practice"] for row in register("practice-partnership") if row["source"] == "lepgraph"}
    assert inferred == {
        "midlands-engine-investment-fund", "midlands-energy-hub", "local-energy-north-west-hub",
        "south-west-energy-hub", "greater-south-east-energy-hub", "rural-growth-network-pilots",
    }  # fmt: skip


def test_a_practice_has_another_source_than_the_reports_on_resilience() -> None:
    for name in ("practice", "practice-outcome", "practice-runner", "practice-partner", "practice-period"):
        assert [row for row in register(name) if row["source"].startswith("ippr-")] == []


def test_no_description_is_written_by_the_editors_alone() -> None:
    assert [row for row in register("practice") if row["source"] == "lepgraph"] == []


@pytest.mark.parametrize("column", ["name", "description"])
def test_no_two_practices_have_the_same_words(column: str) -> None:
    assert max(counted("practice", column).values()) == 1


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("practice", {"practice": "new-anglia-capital", "kind": "fund", "source": "new-anglia-lasting-legacy-2024"}),
        ("practice-outcome", {"practice": "gloucestershire-growth-hub", "kind": "result", "date_year": "2018"}),
        ("practice-outcome", {"practice": "marches-energy-fund", "kind": "money", "date_month": "2022-09"}),
        ("practice-outcome", {"practice": "lancashire-levy-transfer-network", "kind": "target"}),
        (
            "practice-outcome",
            {"practice": "sheffield-city-region-skills-bank", "source": "sheffield-telegraph-skills-bank"},
        ),
        ("practice-period", {"practice": "rural-growth-network-pilots", "begin_year": "2012", "end_month": "2016-03"}),
        (
            "practice-period",
            {"practice": "d2n2-local-supply-chain-portal", "begin": "2016-02-26", "source": "lepgraph"},
        ),
        ("practice-period", {"practice": "low-carbon-business-evolution-programme", "begin": "", "end": "2023-06-30"}),
        ("practice-runner", {"practice": "solent-jobs-programme", "council": "portsmouth"}),
        ("practice-runner", {"practice": "london-good-growth-fund", "organisation": "greater-london-authority"}),
        ("practice-partner", {"name": "Luton Council", "council": "luton"}),
        ("practice-partner", {"name": "employers", "council": "", "authority": "", "organisation": ""}),
    ],
)
def test_a_fact_is_stated(name: str, wanted: Row) -> None:
    assert any(wanted.items() <= row.items() for row in register(name)), wanted
