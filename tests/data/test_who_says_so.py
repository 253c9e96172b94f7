"""Facts are ascribed to what was read, and are as sure as it makes them."""

from __future__ import annotations

import pytest

from registers import by_key, register

# Authorities whose instrument is known by its number only, and one whose day was read elsewhere.
NOT_READ = {"cheshire-and-warrington", "cumbria", "liverpool-city-region", "north-east-2014", "sussex-and-brighton"}
DAY_READ_ELSEWHERE = NOT_READ | {"york-and-north-yorkshire"}


@pytest.mark.parametrize(
    ("name", "authorities"),
    [("combined-authority", DAY_READ_ELSEWHERE), ("membership", NOT_READ), ("membership-period", DAY_READ_ELSEWHERE)],
)
def test_an_instrument_that_was_not_read_says_nothing(name: str, authorities: set[str]) -> None:
    sources = {row["source"] for row in register(name) if row["authority"] in authorities}
    assert sources <= {"lepgraph", "lepgraph-pages"}


def test_an_instrument_that_was_read_says_when_its_authority_began_to_exist() -> None:
    for key, row in by_key("combined-authority", "authority").items():
        instrument = f"uksi-{row['instrument_year']}-{row['instrument_number']}"
        assert row["source"] == ("lepgraph" if key in DAY_READ_ELSEWHERE else instrument)


def test_the_legal_day_of_york_and_north_yorkshire_was_read_once() -> None:
    assert by_key("combined-authority", "authority")["york-and-north-yorkshire"]["confidence"] == "single-source"


def test_an_amount_from_two_purses_is_not_added_up() -> None:
    texts = [row["text"] for row in register("practice-outcome") if "city-deal-skills" in row["practice"]]
    assert any("£44.4 million" in text and "£23.8 million and £4 million" in text for text in texts)


def test_a_form_in_law_that_no_page_names_is_left_out() -> None:
    assert "cornwall-and-isles-of-scilly" not in by_key("partnership-legal-form", "partnership")
    assert "was not read" in by_key("partnership-note", "partnership")["cornwall-and-isles-of-scilly"]["note"]


def test_what_became_of_a_partnership_without_a_status_is_said_to_be_unknown() -> None:
    unknown = by_key("partnership", "partnership").keys() - by_key("partnership-status", "partnership").keys()
    notes = by_key("partnership-note", "partnership")
    assert len(unknown) == 3
    assert all("was not" in notes[key]["note"] for key in unknown)
