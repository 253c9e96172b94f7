"""What the figures promise: they are complete, agree with published totals, and what was derived says so."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from registers import register

REGISTERS = Path(__file__).parents[2] / "data" / "registers"


DATASETS = {row["key"]: row for row in register("statistical-dataset")}
FIGURES = {name: register(name) for name in ("partnership-figure", "partnership-figure-derived", "district-figure")}
EVERY = [row for rows in FIGURES.values() for row in rows]


def values(dataset: str) -> dict[tuple[str, str], Decimal]:
    """Value by area and year."""
    return {(row["area"], row["year"]): Decimal(row["value"]) for row in EVERY if row["dataset"] == dataset}


def total(dataset: str, year: str) -> Decimal:
    return sum((value for (_, when), value in values(dataset).items() if when == year), Decimal(0))


@pytest.mark.parametrize(
    ("name", "number", "datasets"),
    [
        ("partnership-figure", 3610 + 1900, 24),
        ("partnership-figure-derived", 1748 + 2622, 9),
        ("district-figure", 9579, 9),
    ],
)
def test_the_figures_are_complete(name: str, number: int, datasets: int) -> None:
    assert len(FIGURES[name]) == number
    assert len({row["dataset"] for row in FIGURES[name]}) == datasets


def test_every_data_set_has_figures_for_each_of_its_areas_and_years() -> None:
    assert {row["dataset"] for row in EVERY} == DATASETS.keys()
    for key in DATASETS:
        found = values(key)
        areas, years = {area for area, _ in found}, {year for _, year in found}
        assert len(areas) == (309 if key.startswith("district") else 38), key
        assert len(found) == len(areas) * len(years), key


@pytest.mark.parametrize(
    ("dataset", "year", "published"),
    [
        ("district-census-population", "2011", 53_012_456),
        ("district-census-population", "2021", 56_489_800),
        ("district-mid-year-population", "2020", 56_550_138),
        ("district-business-births", "2021", 324_485),
        ("district-business-births", "2023", 281_860),
        ("district-business-deaths", "2021", 291_455),
        ("district-business-deaths", "2023", 275_900),
        ("district-active-enterprises", "2021", 2_592_840),
        ("district-active-enterprises", "2023", 2_531_480),
    ],
)
def test_districts_add_up_to_the_published_total_of_england(dataset: str, year: str, published: int) -> None:
    assert total(dataset, year) == published


@pytest.mark.parametrize(
    "indicator",
    [
        "census-population", "mid-year-population", "business-births", "business-deaths", "active-enterprises",
        "gross-domestic-product", "gross-value-added",
    ],
)  # fmt: skip
def test_a_derived_figure_is_the_sum_over_the_districts(indicator: str) -> None:
    districts = values(f"district-{indicator}")
    years = {year for _, year in districts}
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for member in register("area-membership-2021"):
        for year in years:
            sums[member["container"], year] += districts[member["member"], year]
    derived = values(f"partnership-{indicator}-derived")
    assert {key: derived[key] for key in sums} == sums


def test_every_data_set_has_its_unit_and_adds_up_to_the_total_of_its_source() -> None:
    # Totals over all areas and years, worked out from the files of the publishers; they mean nothing by themselves.
    totals = """
        district-active-enterprises                             enterprises       5124320
        district-business-births                                enterprises       606345
        district-business-deaths                                enterprises       567355
        district-census-population                              people            109502256
        district-gross-domestic-product                         million-pounds    4890915
        district-gross-domestic-product-per-head                pounds            49876815
        district-gross-value-added                              million-pounds    4405527
        district-gross-value-added-per-hour                     pounds-per-hour   29650.86
        district-mid-year-population                            people            601913886
        partnership-active-enterprises-derived                  enterprises       15525205
        partnership-annual-population-survey-546                percent           14710.4
        partnership-business-births-derived                     enterprises       1840900
        partnership-business-deaths-derived                     enterprises       1694865
        partnership-census-population-derived                   people            110863894
        partnership-economically-active-16-64                   people            139280900
        partnership-economically-inactive-16-64                 people            37026400
        partnership-employees-16-64                             people            114855200
        partnership-enterprises                                 enterprises       12034585
        partnership-gross-domestic-product-derived              million-pounds    31819161
        partnership-gross-domestic-product-per-head-derived     pounds            20806272
        partnership-gross-value-added-derived                   million-pounds    28588033
        partnership-high-growth-enterprises-derived             enterprises       67005
        partnership-in-employment-16-64                         people            133322800
        partnership-large-enterprises                           enterprises       46980
        partnership-medium-enterprises                          enterprises       184410
        partnership-micro-enterprises                           enterprises       10786400
        partnership-mid-year-population-derived                 people            1071348691
        partnership-no-qualifications-16-64                     people            12346300
        partnership-nvq-level-1-16-64                           people            17929100
        partnership-nvq-level-2-16-64                           people            27713000
        partnership-nvq-level-3-16-64                           people            30062700
        partnership-nvq-level-4-or-above-16-64                  people            71267400
        partnership-other-qualifications-16-64                  people            11327000
        partnership-population-16-64                            people            176306300
        partnership-professional-occupations                    percent           7302.5
        partnership-science-associate-professionals             people            4847200
        partnership-science-professionals                       people            14551500
        partnership-science-professionals-share                 percent           2049.7
        partnership-self-employed-16-64                         people            18028800
        partnership-small-enterprises                           enterprises       1016825
        partnership-trade-apprenticeships-16-64                 people            4887200
        partnership-unemployed-16-64                            people            5957000
    """
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in EVERY:
        sums[row["dataset"]] += Decimal(row["value"])
    found = {(key, DATASETS[key]["unit"], value) for key, value in sums.items()}
    expected = {(key, unit, Decimal(value)) for key, unit, value in map(str.split, totals.strip().splitlines())}
    assert found == expected
    assert sum(Decimal(row["interval"] or 0) for row in FIGURES["partnership-figure"]) == 42_238_800


def test_what_was_derived_is_never_shown_as_published() -> None:
    for key, row in DATASETS.items():
        derived = row["basis"] == "derived-by-summing"
        assert derived == (row["source"] == "lepgraph") == bool(row["origin"]) == key.endswith("-derived"), key
        assert derived == row["title"].endswith("(derived)"), key
        assert not derived or ("no official statistics" in row["description"] and "count in both" in row["description"])
    assert {row["source"] for row in FIGURES["partnership-figure-derived"]} == {"lepgraph"}


def test_every_figure_has_the_source_of_its_data_set() -> None:
    assert [row for row in EVERY if row["source"] != DATASETS[row["dataset"]]["source"]] == []


def test_estimates_of_the_survey_have_intervals_but_for_two_uncertain_ones() -> None:
    survey = [row for row in FIGURES["partnership-figure"] if row["source"].startswith(("nomis-employ", "nomis-qual"))]
    without = [row for row in survey if not row["interval"]]
    assert len(survey) == 2660
    assert len(without) == 2
    assert Counter(row["status"] for row in FIGURES["partnership-figure"]) == {"": 5508, "low-reliability": 2}
    assert {row["status"] for row in without} == {"low-reliability"}


def test_a_name_that_was_not_confirmed_is_not_given() -> None:
    assert DATASETS["partnership-annual-population-survey-546"]["title"].startswith(
        "Annual Population Survey variable 546"
    )
    assert "could not be checked" in DATASETS["partnership-annual-population-survey-546"]["description"]


@pytest.mark.parametrize(
    ("dataset", "area", "year", "value"),
    [
        ("partnership-economically-active-16-64", "E37000001", "2018", "533400"),
        ("partnership-annual-population-survey-546", "E37000001", "2010", "23.8"),
        ("partnership-active-enterprises-derived", "E37000003", "2019", "45145"),
        ("partnership-gross-domestic-product-derived", "E37000001", "1998", "14470"),
        ("district-census-population", "E06000001", "2011", "92028"),
    ],
)
def test_a_figure_is_stated(dataset: str, area: str, year: str, value: str) -> None:
    assert values(dataset)[area, year] == Decimal(value)
