"""What the registers of documents and of funding promise: their numbers, and sums that agree with what was published."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from registers import Row, counted, register

DATA = Path(__file__).parents[2] / "data"

NORTH = {
    "cheshire-and-warrington", "cumbria", "greater-manchester", "humber", "lancashire", "leeds-city-region",
    "liverpool-city-region", "north-east", "sheffield-city-region", "tees-valley", "york-and-north-yorkshire",
}  # fmt: skip


def amounts(programme: str) -> dict[str, Decimal]:
    rows = [row for row in register("funding") if row["programme"] == programme]
    return {row["partnership"]: Decimal(row["amount"]) for row in rows}


### Documents


def test_there_are_73_documents_and_71_belong_to_partnerships() -> None:
    assert len(register("document")) == 73
    assert len({row["document"] for row in register("document-partnership")}) == 71
    assert len(register("document-partnership")) == 74


def test_documents_of_a_kind_have_their_number() -> None:
    kinds = counted("document", "kind")
    assert (kinds["strategic-economic-plan"], kinds["local-industrial-strategy"], kinds["delivery-plan"]) == (15, 9, 5)
    assert (kinds["annual-report"], kinds["european-funds-strategy"], kinds["assurance-framework"]) == (6, 4, 3)


def test_most_documents_were_read_in_a_copy_elsewhere() -> None:
    assert counted("document", "reading")["mirror"] == 50
    assert counted("document", "confidence") == {"verified": 72, "single-source": 1}


def test_53_documents_have_a_date_and_one_of_them_is_inferred() -> None:
    rows = register("document-date")
    assert len(rows) == 53
    assert [row["document"] for row in rows if row["source"] == "lepgraph"] == ["sep-black-country-2017-draft"]


def test_the_page_of_a_document_is_the_address_of_its_source() -> None:
    with (DATA / "sources.csv").open(encoding="utf-8", newline="") as file:
        addresses = {row["key"]: row["address"] for row in csv.DictReader(file)}
    assert [row for row in register("document") if addresses[row["source"]] != row["page"]] == []


### Funding


def test_there_are_181_amounts_and_21_totals() -> None:
    assert len(register("funding")) == 181
    assert len(register("programme-total")) == 21


def test_each_programme_has_its_number_of_amounts() -> None:
    assert counted("funding", "programme") == {
        "growth-deal-1": 35,
        "growth-deal-2": 26,
        "growth-deals-1-and-2": 17,
        "growth-deal-3": 27,
        "growth-deals-all": 16,
        "growing-places-fund": 33,
        "getting-building-fund": 10,
        "european-structural-and-investment-funds": 17,
    }


def test_the_amounts_of_each_programme_add_up_to_the_total_of_their_pages() -> None:
    # A total of what was found, to notice a slip of the pen; it is not what the programme paid.
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in register("funding"):
        sums[row["programme"], row["currency"]] += Decimal(row["amount"])
    assert {key: str(value) for key, value in sums.items()} == {
        ("european-structural-and-investment-funds", "EUR"): "2450.2",
        ("european-structural-and-investment-funds", "GBP"): "574.942228",
        ("getting-building-fund", "GBP"): "301.0",
        ("growing-places-fund", "GBP"): "525.648933",
        ("growth-deal-1", "GBP"): "5844.2",
        ("growth-deal-2", "GBP"): "649.2",
        ("growth-deal-3", "GBP"): "1231.65",
        ("growth-deals-1-and-2", "GBP"): "2501.46",
        ("growth-deals-all", "GBP"): "3159.08",
    }


def test_the_amounts_have_their_kinds_and_currencies() -> None:
    assert counted("funding", "currency") == {"GBP": 167, "EUR": 14}
    assert counted("funding", "kind") == {
        "allocation": 126, "total": 20, "provisional": 16, "notional": 14, "additional": 4, "indicative": 1,
    }  # fmt: skip


def test_the_kinds_of_sources_of_the_amounts_have_their_numbers() -> None:
    with (DATA / "sources.csv").open(encoding="utf-8", newline="") as file:
        kinds = {row["key"]: row["kind"] for row in csv.DictReader(file)}
    assert Counter(kinds[row["source"]] for row in register("funding")) == {
        "press-report": 91,
        "partnership-document": 58,
        "copy-of-government-document": 20,
        "authority-document": 10,
        "government-statement": 2,
    }


def test_the_third_deal_gave_the_north_what_government_says() -> None:
    third = amounts("growth-deal-3")
    assert sum(third[partnership] for partnership in NORTH) == Decimal("556.3")
    (total,) = (row for row in register("programme-total") if row["statement"] == "north-growth-deal-3")
    assert Decimal(total["amount"]) == 556


def test_the_first_two_deals_add_up_to_what_is_stated_for_both() -> None:
    first, second, both = (amounts(key) for key in ("growth-deal-1", "growth-deal-2", "growth-deals-1-and-2"))
    found = {key: first[key] + second[key] - both[key] for key in first.keys() & second.keys() & both.keys()}
    assert len(found) == 11
    assert [key for key, difference in found.items() if abs(difference) > Decimal("0.06")] == []


@pytest.mark.parametrize("name", ["funding", "funding-elsewhere", "programme-total"])
def test_the_number_of_a_round_is_that_of_its_growth_deal(name: str) -> None:
    for row in register(name):
        deal = re.fullmatch(r"growth-deal-(\d)", row["programme"])
        assert row["round"] == (deal[1] if deal else ""), row["statement"]


def test_another_figure_contradicts_one_of_the_same_partnership_programme_and_kind() -> None:
    columns = ("partnership", "area", "programme", "kind", "currency")
    known = {tuple(row[column] for column in columns): row["amount"] for row in register("funding")}
    rows = register("funding-elsewhere")
    assert len(rows) == 11
    for row in rows:
        assert Decimal(known[tuple(row[column] for column in columns)]) != Decimal(row["amount"]), row["statement"]


def test_another_figure_has_no_page_and_so_no_other_source_than_us() -> None:
    assert counted("funding-elsewhere", "source") == {"lepgraph": 11}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("document", {"document": "lis-west-midlands-2019", "kind": "local-industrial-strategy", "class": "Plan"}),
        ("document", {"document": "update-llep-2021-q1", "kind": "quarterly-report", "class": "Document"}),
        ("document", {"document": "growth-deal-buckinghamshire-2014", "confidence": "single-source"}),
        ("document-date", {"document": "sep-black-country-2014", "date": "2014-03-31"}),
        ("document-date", {"document": "assurance-framework-coast-to-capital-2019", "date_month": "2019-03"}),
        ("document-partnership", {"document": "esf-directory-south-east-midlands", "partnership": "northamptonshire"}),
        ("funding", {"statement": "humber-growth-deal-1", "area": "E37000018", "amount": "103.7", "date": "2014-07-07"}),
        ("funding", {"partnership": "leeds-city-region", "area": "E37000050", "amount": "52.6", "date_month": "2020-09"}),
        ("funding", {"statement": "dorset-growth-deals-all", "kind": "total", "amount": "98.4", "date": "", "date_year": ""}),
        ("funding", {"statement": "cumbria-growing-places-fund-provisional", "amount": "4.440917"}),
        ("funding", {"partnership": "coventry-and-warwickshire", "currency": "EUR", "kind": "notional", "amount": "136.0"}),
        ("funding-elsewhere", {"partnership": "sheffield-city-region", "amount": "325"}),
        ("programme-total", {"statement": "england-local-growth-fund-2019", "amount": "733.678508"}),
    ],
)  # fmt: skip
def test_a_fact_is_stated(name: str, wanted: Row) -> None:
    assert any(wanted.items() <= row.items() for row in register(name)), wanted
