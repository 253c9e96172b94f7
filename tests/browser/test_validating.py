"""A record is checked in a real browser: pasted, uploaded, filled in and mended, by keyboard, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import FilePayload, Page, expect

LEP = "https://w3id.org/lepgraph/def/lep#"
THING = "https://w3id.org/lepgraph/id/partnership/humber"
RECORD = f"""<https://w3id.org/lepgraph/id/partnership/middle-earth> a <{LEP}LocalEnterprisePartnership> ;
  <http://www.w3.org/2000/01/rdf-schema#label> "Middle-earth"@en ;
  <{LEP}legalForm> <{THING}> ;
  <{LEP}approved> "the spring of 2011" .
"""
TABLE = "address,label,founding date\nfirst-shire,First Shire,2011-02-30\nlast-shire,,2012\n"


def check(page: Page) -> None:
    """The first check waits for the processes in which records are checked."""
    page.get_by_role("button", name="Check", exact=True).click(timeout=40_000)


def upload(page: Page, *files: tuple[str, str]) -> None:
    page.goto("/validate?way=upload")
    payloads = [FilePayload(name=name, mimeType="", buffer=text.encode()) for name, text in files]
    page.get_by_label("Files with records").set_input_files(payloads)
    check(page)


def test_a_pasted_record_is_told_its_faults_under_an_address_that_can_be_dropped(
    plain_page: Page, refusals: Callable[[], None]
) -> None:
    plain_page.goto("/validate")
    plain_page.get_by_label("The record", exact=True).fill(RECORD)
    check(plain_page)
    expect(plain_page.locator(".verdict")).to_contain_text("Does not conform")
    expect(plain_page.locator("mark", has_text="the spring of 2011")).to_be_visible()
    expect(plain_page.get_by_label("The record", exact=True)).to_have_value(RECORD)
    expect(plain_page.locator(".findings").get_by_role("link", name=THING).first).to_have_attribute(
        "href", "/doc/partnership/humber"
    )
    plain_page.get_by_role("link", name="an address of its own").click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("Result of a check")
    expect(plain_page.locator(".verdict")).to_contain_text("Does not conform")
    address = plain_page.url
    plain_page.get_by_role("link", name="The rule").first.click()
    expect(plain_page.get_by_role("heading", level=1)).to_contain_text("what is checked")
    plain_page.goto(address)
    plain_page.get_by_role("button", name="Drop this result now").click()
    expect(plain_page).to_have_url(re.compile("/validate$"))
    response = plain_page.goto(address)
    assert response is not None
    assert response.status == 404
    expect(plain_page.get_by_role("main")).to_contain_text("its time is over")
    refusals()


def test_two_files_are_checked_together_and_the_rows_of_the_table_shown(
    page: Page, axe: Callable[[Page], None], fits: Callable[[Page], None]
) -> None:
    upload(page, ("record.ttl", RECORD), ("partnership.csv", TABLE))
    expect(page.locator(".verdict")).to_contain_text("in 3 things checked")
    expect(page.locator(".findings").first).to_contain_text("record.ttl, line 4")
    expect(page.locator(".findings").first).to_contain_text("partnership.csv, row 2, column founding date")
    page.get_by_role("link", name="Your rows with the cells marked").click()
    rows = page.get_by_role("region", name="Rows of partnership.csv")
    expect(rows.locator("td.violation")).to_have_text(["2011-02-30", "empty"])
    axe(page)
    for width in (640, 320):
        page.set_viewport_size({"width": width, "height": 800})
        fits(page)
    page.get_by_role("link", name="an address of its own").click()
    axe(page)
    fits(page)


def test_a_gap_is_filled_in_by_keyboard_alone_and_its_fault_mended(page: Page, axe: Callable[[Page], None]) -> None:
    page.goto("/doc/partnership/humber")
    page.locator("#gaps").get_by_role("link", name="approved").focus()
    page.keyboard.press("Enter")
    approval = page.get_by_label("Approval")
    expect(approval).to_be_in_viewport()
    expect(approval).to_be_focused()
    page.keyboard.insert_text("2010-02-30")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("Does not conform")
    axe(page)
    page.keyboard.press("Tab")
    link = page.locator(".summary").get_by_role("link").first
    for _ in range(20):
        if link.evaluate("it => it === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(link).to_contain_text("Approval: “2010-02-30”")
    page.keyboard.press("Enter")
    expect(approval).to_be_in_viewport()
    expect(approval).to_be_focused()
    expect(approval).to_have_attribute("aria-invalid", "true")
    expect(approval).to_have_value("2010-02-30")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("2010-10-28")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("Conforms")
    expect(page.locator(".changes").get_by_role("row").filter(has_text="28 October 2010")).to_be_visible()


def test_the_form_fits_a_phone_with_and_without_faults(
    phone: Page, axe: Callable[[Page], None], fits: Callable[[Page], None]
) -> None:
    phone.goto(f"/validate?thing={THING}")
    fits(phone)
    phone.get_by_label("Label").fill("")
    phone.get_by_label("Founding date").fill("2011-02-30")
    check(phone)
    expect(phone.locator(".faulty")).to_have_count(2)
    fits(phone)
