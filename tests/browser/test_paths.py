"""The main paths of the three who come here: the researcher, the portal and the person who checks a record."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import opened

Refusals = Callable[[], None]
EDITOR = "Query, in SPARQL"
RECORD = """@prefix lep: <https://w3id.org/lepgraph/def/lep#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://w3id.org/lepgraph/id/partnership/middle-earth> a lep:LocalEnterprisePartnership ;
  rdfs:label "Middle-earth"@en ; lep:approved "the spring of 2011" .
"""


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def either(request: pytest.FixtureRequest, chromium: Browser, served: str, complaints: list[str]) -> Iterator[Page]:
    """A page of a browser with JavaScript, and of one without."""
    scripted = request.param == "with JavaScript"
    with chromium.new_context(base_url=served, java_script_enabled=scripted) as context:
        yield opened(context, served, complaints)
        assert complaints == []


def test_a_researcher_goes_from_the_map_of_a_day_to_a_table_to_take_away(either: Page) -> None:
    either.goto("/")
    either.get_by_label("Another day").fill("2015-05-01")
    either.get_by_role("button", name="Show").click()
    expect(either.get_by_role("heading", name="Partnership areas on 1 May 2015")).to_be_visible()
    either.locator("summary", has_text="As a table").first.click()
    either.get_by_role("region", name="Partnership areas").get_by_role("link", name="Leeds City Region").click()
    expect(either.get_by_role("heading", level=1)).to_contain_text("Leeds City Region")
    either.get_by_role("list", name="As it was on").get_by_role("link", name="1 April 2020").click()
    expect(either).to_have_url(re.compile(r"\?date=2020-04-01$"))
    expect(either.locator(".days [aria-current]")).to_have_text("1 April 2020")
    districts = either.locator(
        "section", has=either.get_by_role("heading", name="Districts on 1 April 2020", exact=True)
    )
    districts.locator(".made a").click()
    expect(either.get_by_label("The day")).to_have_value("2020-04-01")
    either.get_by_label("The day").fill("2022-01-01")
    either.get_by_role("button", name="Answer").click()
    expect(either).to_have_url(re.compile("date=2022-01-01"))
    expect(either.get_by_role("heading", name="Answer")).to_be_visible()
    table = either.request.get(either.get_by_role("link", name="CSV").get_attribute("href") or "")
    assert table.headers["content-type"].startswith("text/csv")
    assert "id/area/E08000036,E08000036,2010-10-28,2024-03-31" in table.text()
    either.locator("summary", has_text="The query in SPARQL").click()
    either.get_by_role("link", name="Change it and run it").click()
    expect(either.get_by_role("heading", level=1)).to_have_text("Query workbench")
    expect(either.locator("#answer [data-told]")).to_contain_text("complete")


def test_a_researcher_mends_a_query_by_keyboard_alone(page: Page, complaints: list[str]) -> None:
    page.goto("/sparql")
    expect(page.get_by_role("textbox", name=EDITOR)).to_be_visible()
    focused = page.locator(":focus:not(.editor)")
    for _ in range(40):
        page.keyboard.press("Tab")
        if focused.get_attribute("role") == "textbox":
            break
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("SELECT ?class (COUNT(*) AS ?number)\n{ ?s a } GROUP BY ?class ORDER BY ?class LIMIT 4")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer .fault")).to_contain_text("line 2, column 8")
    page.get_by_role("textbox", name=EDITOR).focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowDown")
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    page.keyboard.insert_text("?class ")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer [data-told]")).to_have_text("4 rows, complete")
    for name in ("Run", "Get a short link", "Table"):
        page.keyboard.press("Tab")
        expect(focused).to_have_text(name)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tabpanel", name="Chart")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Short link to this query")).to_be_focused()
    assert all("400" in text for text in complaints)
    complaints.clear()


def test_a_council_is_found_by_keyboard(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox", name="Search").focus()
    page.keyboard.type("lichfield d")
    expect(page.get_by_role("option").first).to_contain_text("Lichfield District Council")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lichfield District Council")


def test_a_list_is_narrowed_sorted_and_two_of_it_compared(either: Page) -> None:
    either.goto("/id/partnership")
    either.get_by_label("Region", exact=True).select_option(label="North West (5)")
    either.get_by_role("button", name="Show").click()
    expect(either.locator(".tally")).to_contain_text("of 40")
    either.get_by_role("columnheader", name="Practices").get_by_role("link").click()
    expect(either.get_by_role("columnheader", name="Practices")).to_have_attribute("aria-sort", "ascending")
    either.get_by_label("Compare Lancashire", exact=True).check()
    either.get_by_label("Compare Cumbria", exact=True).check()
    either.get_by_role("button", name="Compare those chosen").click()
    expect(either.get_by_role("heading", level=1)).to_contain_text("Lancashire")
    expect(either.get_by_role("columnheader", name="Cumbria").first).to_be_attached()


def test_a_portal_finds_the_catalogue_and_the_forms_of_a_page(either: Page) -> None:
    either.goto("/")
    either.get_by_role("navigation", name="Main").get_by_role("link", name="Data").click()
    expect(either.get_by_role("link", name=re.compile("^N-Quads of "))).to_be_visible()
    linked = {
        link.get_attribute("title"): link.get_attribute("href") for link in either.locator("link[rel=alternate]").all()
    }
    shown = {link.inner_text(): link.get_attribute("href") for link in either.locator("footer a").all()}
    for title, media_type in (
        ("Turtle", "text/turtle"),
        ("N-Triples", "application/n-triples"),
        ("JSON-LD", "application/ld+json"),
        ("RDF/XML", "application/rdf+xml"),
    ):
        assert linked[title] == shown[title]
        assert either.request.get(shown[title] or "").headers["content-type"].startswith(media_type)
    assert {"BibTeX", "CSL-JSON"} <= set(shown)
    either.get_by_role("link", name="API", exact=True).click()
    asked = either.locator("#suggest")
    asked.locator("summary").click()
    example = asked.get_by_role("link").last
    assert json.loads(either.request.get(example.get_attribute("href") or "").text())


def test_a_validator_reads_what_to_mend(either: Page) -> None:
    either.goto("/")
    either.get_by_role("link", name="Hand in a record").click()
    either.get_by_label("The record", exact=True).fill(RECORD)
    either.get_by_role("button", name="Check", exact=True).click(
        timeout=30_000
    )  # the first check waits for the nursery
    expect(either.locator(".verdict")).to_be_visible()
    expect(either.get_by_role("heading", name="Must be mended")).to_be_visible()
    expect(either.get_by_role("main")).to_contain_text("approved")


def test_a_validator_finds_the_gaps_of_a_kind(either: Page) -> None:
    either.goto("/")
    either.get_by_role("navigation", name="Main").get_by_role("link", name="What is known").click()
    either.get_by_role("link", name="legal form").first.click()
    expect(either.get_by_role("main")).to_contain_text("records lack “legal form”")
    either.get_by_role("rowheader").get_by_role("link").first.click()
    expect(either.get_by_role("main")).to_contain_text("Not known")


def test_a_retired_code_leads_to_what_replaced_it(either: Page) -> None:
    either.goto("/doc/area/E37000050")
    either.get_by_text("This has been replaced by").get_by_role("link").click()
    expect(either.get_by_role("heading", level=1)).to_contain_text("E37000062")


@pytest.mark.parametrize(
    ("path", "way", "arrived"),
    [
        ("/doc/partnership/litchfield", "Lichfield District Council", "Lichfield District Council"),
        ("/doc/partnership/humber?format=pdf", "text/turtle", ""),
        ("/doc/partnership/humber?date=2015-02-30", "/doc/partnership/humber", "Humber"),
        ("/q/abcdefghijkl", "/sparql", "Query workbench"),
        ("/queries/none", "/queries", "Questions"),
    ],
)
def test_a_page_that_cannot_be_given_offers_a_way_out(
    plain_page: Page, refusals: Refusals, path: str, way: str, arrived: str
) -> None:
    plain_page.goto(path)
    link = plain_page.get_by_role("main").get_by_role("link", name=way, exact=True)
    if arrived:
        link.click()
        expect(plain_page.get_by_role("heading", level=1)).to_contain_text(arrived)
    else:
        assert plain_page.request.get(link.get_attribute("href") or "").ok
    refusals()


def test_what_was_withdrawn_leads_to_what_takes_its_place(
    lit: str, chromium: Browser, complaints: list[str], refusals: Refusals
) -> None:
    with chromium.new_context(base_url=lit, java_script_enabled=False) as context:
        page = opened(context, lit, complaints)
        response = page.goto("/doc/lighthouse/phantom")
        assert response is not None
        assert response.status == 410
        expect(page.get_by_role("main")).to_contain_text("It was never built.")
        expect(page.get_by_role("main").get_by_role("link", name="Home")).to_be_visible()
        page.goto("/doc/lighthouse/old-point")
        page.get_by_role("main").get_by_role("link").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Near Point")
    refusals()
    assert complaints == []
