"""The workbench in a browser: by keyboard from end to end, in every state, and without JavaScript."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect

Axe = Callable[[Page], None]

COUNT = "PREFIX lep: <https://w3id.org/lepgraph/def/lep#>\nSELECT (COUNT(*) AS ?number) WHERE {\n  ?s a lep:Practice\n}"


@pytest.fixture
def bench(page: Page) -> Page:
    page.goto("/sparql")
    expect(page.get_by_role("textbox", name="Query, in SPARQL")).to_be_visible()
    return page


def write(page: Page, query: str) -> None:
    editor = page.get_by_role("textbox", name="Query, in SPARQL")
    editor.focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(query)


def text(page: Page) -> str:
    return page.locator("textarea[name=query]").first.input_value()


def run(page: Page, query: str) -> None:
    write(page, query)
    page.keyboard.press("Control+Enter")


def test_a_query_is_written_run_and_read_by_keyboard_alone(bench: Page, axe: Axe) -> None:
    query = "SELECT ?class (COUNT(*) AS ?number) { ?s a ?class } GROUP BY ?class ORDER BY DESC(?number) ?class LIMIT 5"
    run(bench, query)
    expect(bench.locator("#answer [data-told]")).to_have_text("5 rows, complete")
    expect(bench.locator("form.query").get_by_role("status")).to_have_text("5 rows, complete")
    expect(bench.locator("[data-elapsed]")).to_have_text(re.compile(r"· \d[\d.]* m?s"))
    expect(bench).to_have_url("/sparql")
    focused = bench.locator(":focus")
    bench.keyboard.press("Tab")
    expect(focused).to_have_text("Run")
    bench.keyboard.press("Tab")
    expect(focused).to_have_text("Get a short link")
    bench.keyboard.press("Tab")
    expect(focused).to_have_role("tab")
    bench.keyboard.press("ArrowRight")
    expect(focused).to_have_text("Chart")
    expect(bench.get_by_role("tabpanel", name="Chart")).to_be_visible()
    expect(bench.get_by_role("tabpanel", name="Table")).to_be_hidden()
    bench.keyboard.press("End")
    expect(bench.get_by_role("tabpanel", name="Raw")).to_contain_text('"bindings"')
    bench.keyboard.press("ArrowRight")
    expect(bench.get_by_role("tabpanel", name="Table").get_by_role("row")).to_have_count(6)
    axe(bench)


def test_the_tab_that_was_chosen_stays_chosen(bench: Page) -> None:
    run(bench, "SELECT ?class (COUNT(*) AS ?n) { ?s a ?class } GROUP BY ?class ORDER BY ?class LIMIT 5")
    bench.get_by_role("tab", name="Raw").click()
    run(bench, "SELECT ?class { ?s a ?class } ORDER BY ?class LIMIT 3")
    expect(bench.locator("#answer [data-told]")).to_have_text("3 rows, complete")
    expect(bench.get_by_role("tabpanel", name="Raw")).to_be_visible()


def test_geometries_have_a_map(bench: Page, axe: Axe) -> None:
    bench.goto("/sparql?question=map-of-partnership-areas")
    bench.get_by_role("button", name="Run").click()
    bench.get_by_role("tab", name="Map").click()
    expect(bench.locator("#answer figure.map .canvas path")).to_have_count(38)
    boxes = bench.locator("#answer .canvas path").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert sum(boxes) > 800
    expect(bench.locator("#answer .canvas path[aria-label='Leeds City Region']")).to_have_count(1)
    axe(bench)


def test_terms_are_offered_with_their_meaning_and_bring_their_prefix(bench: Page, axe: Axe) -> None:
    write(bench, "SELECT * { ?s a ")
    bench.keyboard.type("LocalEnt", delay=20)
    option = bench.get_by_role("option", name="lep:LocalEnterprisePartnership")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(bench.locator(".cm-completionInfo")).to_contain_text("class: local enterprise partnership")
    axe(bench)
    bench.wait_for_timeout(100)  # CodeMirror takes no key for 75 ms after a list appears
    bench.keyboard.press("Enter")
    expect(option).to_have_count(0)
    assert not text(bench).endswith("partnership")
    assert text(bench).startswith(
        "PREFIX lep: <https://w3id.org/lepgraph/def/lep#>\nSELECT * { ?s a lep:LocalEnterprisePartnership"
    )


def test_a_concept_is_found_by_what_it_is_called_over_a_map(bench: Page) -> None:
    bench.goto("/sparql?question=map-of-partnership-areas")
    bench.get_by_role("button", name="Run").click()
    bench.get_by_role("tab", name="Map").click()
    expect(bench.locator("#answer .canvas path")).to_have_count(38)
    bench.get_by_role("textbox", name="Query, in SPARQL").focus()
    bench.keyboard.press("Control+End")
    bench.keyboard.type("responsib", delay=20)
    option = bench.get_by_role("option", name="Responsible business theme/responsible-business")
    expect(option).to_be_visible()
    top = "e => { const box = e.getBoundingClientRect(); return e.getRootNode().elementFromPoint(box.right - 2, box.top + 5)?.closest('[role=option]') === e }"
    assert option.evaluate(top)


def test_a_fault_is_marked_at_its_place_with_one_sentence(bench: Page, axe: Axe, complaints: list[str]) -> None:
    run(bench, "SELECT ?s\nWHERE { ?s a }")
    fault = bench.locator("#answer .fault")
    expect(fault).to_contain_text("line 2, column 14")
    expect(fault.locator("pre")).to_have_text("WHERE { ?s a }\n             ^")
    expect(bench.locator("form.query").get_by_role("status")).to_contain_text("The query has a fault. At line 2")
    expect(bench.locator(".cm-lintRange-error")).to_have_text("}")
    axe(bench)
    bench.get_by_role("button", name="Go to line 2").press("Enter")
    expect(bench.get_by_role("textbox", name="Query, in SPARQL")).to_be_focused()
    bench.keyboard.type("?c ")
    bench.keyboard.press("Control+Enter")
    expect(bench.locator("#answer [data-told]")).to_contain_text("The first 1,000 of")
    expect(bench.locator(".cm-lintRange-error")).to_have_count(0)
    assert ["400" in said for said in complaints] == [True]
    complaints.clear()


def test_a_prefix_that_is_missing_is_declared_at_a_press(bench: Page, complaints: list[str]) -> None:
    run(bench, "SELECT ?s { ?s a lep:Practice } LIMIT 2")
    bench.get_by_role("button", name="Declare the prefix and run").click()
    expect(bench.locator("#answer [data-told]")).to_have_text("2 rows, complete")
    assert text(bench).startswith("PREFIX lep: <https://w3id.org/lepgraph/def/lep#>\nSELECT")
    assert len(complaints) == 1
    complaints.clear()


STATES = {
    "too slow": (504, {}, {"title": "The query took too long", "detail": "It ran for 30 s.", "hint": "Add a LIMIT."}),
    "busy": (503, {"Retry-After": "5"}, {"title": "Too many queries at once", "detail": "All are taken.", "hint": ""}),
    "too often": (429, {"Retry-After": "1"}, {"title": "Too many requests", "detail": "More than 60.", "hint": ""}),
    "not ours": (502, {}, None),
}


@pytest.mark.parametrize("state", STATES)
def test_what_may_pass_says_what_to_do_and_is_tried_again(
    bench: Page, axe: Axe, complaints: list[str], state: str
) -> None:
    status, headers, problem = STATES[state]
    body = json.dumps({**problem, "status": status}) if problem else "<html>Bad gateway</html>"
    answers: Iterator[bool] = iter([True])

    def answer(route: Route) -> None:
        if next(answers, False):
            route.fulfill(status=status, body=body, headers=headers)
        else:
            route.continue_()

    bench.route("**/sparql", answer)
    run(bench, COUNT)
    fault = bench.locator("#answer .fault")
    expect(fault.get_by_role("heading")).to_have_text(problem["title"] if problem else "The service failed")
    if headers:
        seconds = headers["Retry-After"]
        expect(fault).to_contain_text(f"Try again in {seconds} second{'' if seconds == '1' else 's'}.")
    axe(bench)
    bench.get_by_role("button", name="Try again").press("Enter")
    expect(bench.locator("#answer [data-told]")).to_have_text("1 row, complete")
    expect(bench.locator("#answer td")).to_have_text("153")
    assert len(complaints) == 1
    complaints.clear()


def test_without_a_connection_the_query_stays_and_is_tried_again(bench: Page, complaints: list[str]) -> None:
    bench.context.set_offline(True)
    run(bench, COUNT)
    expect(bench.locator("#answer .fault")).to_contain_text("The service cannot be reached")
    expect(bench.locator("form.query").get_by_role("status")).to_contain_text("cannot be reached")
    assert text(bench) == COUNT
    bench.context.set_offline(False)
    bench.get_by_role("button", name="Try again").click()
    expect(bench.locator("#answer td")).to_have_text("153")
    assert all("ERR_INTERNET_DISCONNECTED" in said for said in complaints)
    complaints.clear()


def test_an_answer_too_long_for_a_page_is_downloaded(bench: Page, complaints: list[str]) -> None:
    run(bench, "SELECT * { ?s ?p ?o }")
    expect(bench.locator("#answer .fault")).to_contain_text("too long for a page")
    expect(bench.locator("#answer .fault")).to_contain_text("add a LIMIT")
    expect(bench.get_by_role("button", name="Try again")).to_have_count(0)
    with bench.expect_download() as downloading:
        bench.get_by_role("button", name="Download as CSV").click()
    with downloading.value.path().open("rb") as file:
        assert sum(1 for _ in file) > 150_000
    assert len(complaints) == 1
    complaints.clear()


def test_a_query_that_runs_is_stopped(bench: Page, complaints: list[str]) -> None:
    held: list[Route] = []
    bench.route("**/sparql", lambda route: held.append(route))
    run(bench, COUNT)
    expect(bench.locator("#answer")).to_have_attribute("aria-busy", "true")
    bench.get_by_role("button", name="Stop").click()
    expect(bench.locator("form.query").get_by_role("status")).to_have_text("Stopped.")
    expect(bench.get_by_role("button", name="Run")).to_be_visible()
    assert len(held) == 1
    assert complaints == []


def test_a_short_link_is_made_shown_and_permanent(bench: Page, axe: Axe) -> None:
    run(bench, COUNT)
    expect(bench.locator("#answer td")).to_have_text("153")
    bench.get_by_role("button", name="Get a short link").click()
    link = bench.get_by_role("textbox", name="Short link to this query")
    expect(link).to_be_focused()
    address = link.input_value()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/q/[a-z2-7]{12}", address)
    expect(bench).to_have_url(address)
    axe(bench)
    bench.goto(address)
    expect(bench.locator("#answer td")).to_have_text("153")
    assert text(bench) == COUNT
    bench.get_by_role("button", name="Run").click()
    expect(bench.locator("[data-elapsed]")).to_contain_text("s")
    expect(bench).to_have_url(address)
    run(bench, f"{COUNT} # changed")
    expect(bench).to_have_url("/sparql")


def test_back_brings_the_query_and_its_answer(bench: Page) -> None:
    run(bench, "SELECT ?class { ?s a ?class } GROUP BY ?class ORDER BY ?class LIMIT 4")
    expect(bench.locator("#answer [data-told]")).to_have_text("4 rows, complete")
    bench.goto("/queries")
    bench.go_back()
    expect(bench.locator("#answer [data-told]")).to_have_text("4 rows, complete")
    assert "LIMIT 4" in text(bench)


def test_a_long_query_runs_and_is_downloaded(bench: Page) -> None:
    run(bench, f"{COUNT} # {'x' * 20_000}")
    expect(bench.locator("#answer td")).to_have_text("153")
    with bench.expect_download() as downloading:
        bench.get_by_role("button", name="CSV").click()
    assert downloading.value.path().read_bytes() == b"number\r\n153\r\n"


def test_the_page_fits_into_320_pixels(phone: Page, axe: Axe, fits: Callable[[Page], None]) -> None:
    phone.goto("/sparql?question=districts-of-a-partnership-on-a-date")
    expect(phone.get_by_role("textbox", name="Query, in SPARQL")).to_be_visible()
    fits(phone)
    phone.get_by_role("button", name="Run").click()
    expect(phone.locator("#answer [data-told]")).to_contain_text("complete")
    expect(phone.locator("#answer-title")).to_be_in_viewport()
    fits(phone)
    phone.locator("summary", has_text="Use it in a program").click()
    fits(phone)
    axe(phone)


def test_without_javascript_the_form_answers_with_sections(plain_page: Page) -> None:
    plain_page.goto("/sparql")
    plain_page.locator("textarea").fill(
        "SELECT ?class (COUNT(*) AS ?number) { ?s a ?class } GROUP BY ?class ORDER BY ?class LIMIT 5"
    )
    plain_page.get_by_role("button", name="Run").click()
    expect(plain_page.locator("[data-told]")).to_have_text("5 rows, complete")
    expect(plain_page.locator(".views h3")).to_have_text(["Table", "Chart", "Raw"])
    for view in plain_page.locator(".view").all():
        expect(view).to_be_visible()
    plain_page.get_by_role("button", name="Get a short link").click()
    expect(plain_page).to_have_url(re.compile(r"/q/[a-z2-7]{12}$"))
    expect(plain_page.locator("[data-told]")).to_have_text("5 rows, complete")


def test_without_javascript_a_fault_is_a_page_with_the_query(plain_page: Page, complaints: list[str]) -> None:
    plain_page.goto("/sparql")
    plain_page.locator("textarea").fill("SELECT ?s { ?s ?p }")
    plain_page.get_by_role("button", name="Run").click()
    expect(plain_page.locator("h1")).to_have_text("The query has a fault")
    expect(plain_page.locator("textarea")).to_have_value("SELECT ?s { ?s ?p }")
    complaints[:] = [said for said in complaints if "400" not in said]
