"""Suggestions while typing, by keyboard and mouse, in a form that works without them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from lepgraph.web import scripts

PAGE = f"""<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Search</title>
<link rel="stylesheet" href="/static/lepgraph.css">
<script type="module" src="/static/built/{scripts.built().get("page.js")}"></script></head>
<body><main class="wide"><h1>Search</h1><form action="/found"><label for="q">Name</label>
<input id="q" name="q" data-suggest="/search/suggest"><button>Search</button></form></main></body></html>"""
FOUND = [
    {"label": "Lichfield", "href": "/doc/district/lichfield", "kind": "council"},
    {"label": "Lich <b>Gate", "href": "https://elsewhere.example/"},
    {"nothing": "of use"},
]


@pytest.fixture
def search(page: Page) -> Page:
    def answer(route: Route) -> None:
        route.fulfill(json={"suggestions": FOUND if "q=lich" in route.request.url else []})

    page.route("**/try", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.route("**/search/suggest?*", answer)
    for path in ("**/found?*", "**/doc/district/lichfield"):
        page.route(path, lambda route: route.fulfill(body="<!doctype html><title>Found</title>"))
    page.goto("/try")
    return page


def test_suggestions_are_walked_through_and_taken_by_keyboard(search: Page) -> None:
    field = search.get_by_role("combobox", name="Name")
    field.press_sequentially("lich")
    options = search.get_by_role("option")
    expect(options).to_have_count(2)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(search.get_by_role("status")).to_have_text("2 suggestions, use the arrow keys.")
    expect(options.nth(1)).to_have_text("Lich <b>Gate")
    field.press("ArrowUp")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", options.nth(0).get_attribute("id") or "none")
    field.press("Enter")
    expect(search).to_have_url("/doc/district/lichfield")


def test_escape_closes_the_suggestions_and_enter_submits_what_was_typed(search: Page) -> None:
    field = search.get_by_role("combobox")
    field.press_sequentially("lich")
    expect(search.get_by_role("option")).to_have_count(2)
    field.press("Escape")
    expect(search.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("lich")
    field.press("Enter")
    expect(search).to_have_url("/found?q=lich")


def test_a_suggestion_is_taken_by_mouse_and_leads_nowhere_else(search: Page) -> None:
    search.get_by_role("combobox").press_sequentially("lich")
    search.get_by_role("option").nth(1).click()
    expect(search).to_have_url("/found?q=Lich+%3Cb%3EGate")


def test_that_there_are_none_is_said(search: Page) -> None:
    search.get_by_role("combobox").press_sequentially("xyz")
    expect(search.get_by_role("status")).to_have_text("No suggestions.")
    expect(search.get_by_role("listbox")).to_be_hidden()


def test_axe_finds_nothing_on_suggestions(search: Page, axe: Callable[[Page], None]) -> None:
    search.get_by_role("combobox").press_sequentially("lich")
    expect(search.get_by_role("option")).to_have_count(2)
    axe(search)
