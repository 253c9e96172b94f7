"""Lists in a real browser: narrowed by the form, on a map, on a small screen."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_a_list_is_narrowed_and_sorted_by_its_form(plain_page: Page) -> None:
    plain_page.goto("/id/practice")
    plain_page.get_by_label("Main theme").select_option(label="Responsible business (28)")
    plain_page.get_by_role("button", name="Show").click()
    expect(plain_page.get_by_text("28 of 153")).to_be_visible()
    plain_page.get_by_role("columnheader", name="From").get_by_role("link").click()
    expect(plain_page.get_by_role("columnheader", name="From")).to_have_attribute("aria-sort", "ascending")
    expect(plain_page.get_by_text("28 of 153")).to_be_visible()


def test_a_view_is_shown_on_a_map(page: Page, axe: Callable[[Page], None]) -> None:
    page.goto("/id/area?kind=PartnershipArea&date=2015-05-01")
    page.get_by_role("link", name="Map", exact=True).click()
    expect(page.locator("figure.map")).to_be_visible()
    axe(page)


def test_on_a_small_screen_the_filters_are_one_step_away(phone: Page, fits: Callable[[Page], None]) -> None:
    phone.goto("/id/practice")
    fits(phone)
    expect(phone.get_by_label("Main theme")).to_be_hidden()
    phone.get_by_role("link", name="Narrow the list").click()
    expect(phone.get_by_label("Main theme")).to_be_visible()
    fits(phone)


def test_lists_are_accessible(page: Page, axe: Callable[[Page], None]) -> None:
    for path in ("/id", "/id/partnership", "/id/area?region=E12000003&sort=-begin", "/id/funding?amount-from=9999"):
        page.goto(path)
        axe(page)


def test_things_chosen_in_a_list_are_compared(plain_page: Page) -> None:
    plain_page.goto("/id/partnership")
    plain_page.get_by_label("Compare Humber", exact=True).check()
    plain_page.get_by_label("Compare Dorset", exact=True).check()
    plain_page.get_by_role("button", name="Compare those chosen").click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("Dorset and Humber")


def test_a_comparison_is_accessible_and_fits_a_small_screen(
    page: Page, phone: Page, axe: Callable[[Page], None], fits: Callable[[Page], None]
) -> None:
    address = "/compare?thing=partnership/humber&thing=partnership/dorset"
    page.goto(address)
    axe(page)
    phone.goto(address)
    fits(phone)
