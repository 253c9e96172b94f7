"""Searching in a real browser: by the box of any page, with and without JavaScript, on a small screen."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_a_name_is_suggested_and_leads_to_its_page(page: Page) -> None:
    page.goto("/queries")
    page.get_by_role("combobox", name="Search").press_sequentially("leeds city r")
    expect(page.get_by_role("option").first).to_contain_text("Leeds City Region")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Leeds City Region")


def test_a_search_works_without_javascript(plain_page: Page) -> None:
    plain_page.goto("/")
    plain_page.get_by_label("Search", exact=True).fill("Litchfield")
    plain_page.get_by_role("search").get_by_role("button", name="Search").click()
    expect(plain_page.get_by_text("showing results for “lichfield”")).to_be_visible()
    plain_page.get_by_role("link", name="Local enterprise partnerships").click()
    expect(plain_page.locator(".hits > li")).to_have_count(2)


def test_results_are_accessible_and_fit_a_small_screen(
    page: Page, phone: Page, axe: Callable[[Page], None], fits: Callable[[Page], None]
) -> None:
    for path in ("/search?q=Litchfield", "/search?q=zzzzqqqq", "/search", "/search?q=skills+bootcamps"):
        page.goto(path)
        axe(page)
        phone.goto(path)
        fits(phone)
