"""Questions, the API and vocabularies in a real browser: forms by keyboard, faults that lead to their fields, axe."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

QUESTION = "/queries/partnerships-covering-a-council-on-a-date"


def test_a_question_is_answered_by_keyboard(page: Page) -> None:
    page.goto("/queries")
    page.get_by_label("Words in the question").fill("council date covered")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Which partnerships covered a council on a date?").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("The council").fill("Lichfield")
    page.get_by_label("The day").fill("2015-05-01")
    page.get_by_label("The day").press("Enter")
    expect(page.get_by_role("heading", name="Answer")).to_be_visible()
    expect(
        page.get_by_role("region", name="Answer").get_by_role("link", name="Greater Birmingham and Solihull")
    ).to_be_visible()


def test_a_fault_leads_to_its_field_without_javascript(plain_page: Page, refusals: Callable[[], None]) -> None:
    plain_page.goto(f"{QUESTION}?council=litchfield&date=2015-05-01")
    alert = plain_page.get_by_role("alert")
    expect(alert).to_contain_text("The graph knows no “litchfield”. Near to it: Lichfield District Council.")
    alert.get_by_role("link").click()
    field = plain_page.get_by_label("The council")
    expect(field).to_be_focused()
    field.fill("Lichfield District Council")
    field.press("Enter")
    expect(plain_page.get_by_role("heading", name="Answer")).to_be_visible()
    refusals()


def test_the_diagram_leads_to_the_classes(page: Page) -> None:
    page.goto("/def/lep")
    page.get_by_role("group", name="classes that are linked most").get_by_text("practice", exact=True).click()
    expect(page).to_have_url(re.compile("#Practice$"))
    expect(page.get_by_role("heading", name="Practice", exact=False).first).to_be_in_viewport()
