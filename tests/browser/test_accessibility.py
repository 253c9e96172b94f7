"""Each kind of page is held to WCAG 2.2 AA as far as a program can see: axe, order, keyboard, narrow and zoomed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from browser.kinds import KINDS, PROBLEMS

ADDRESSES = KINDS | {name: path for name, (path, _) in PROBLEMS.items()}
STATUSES = {name: status for name, (_, status) in PROBLEMS.items()}

HEADINGS = """
() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(it => it.checkVisibility()).map(it => +it.tagName[1])
"""
LANDMARKS = """
() => ['header', 'nav[aria-label=Main]', 'main', 'footer'].map(it => document.querySelectorAll(`body > ${it}, body > header ${it}`).length)
"""
SEEN = """
() => { // an area on a map is marked by its line, all else by an outline
  let it = document.activeElement
  if (it === document.body) return null
  while (it.shadowRoot?.activeElement) it = it.shadowRoot.activeElement
  const shown = it.matches('path.lit') || [it, it.closest('.editor'), it.getRootNode().host?.closest('.editor')].filter(Boolean)
    .some(one => { const style = getComputedStyle(one); return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1 })
  window.met ??= new Set()
  const again = window.met.has(it) && window.last !== it // a field for a date has a stop for each of its parts
  window.met.add(it)
  window.last = it
  return {again, shown, what: it.outerHTML.slice(0, 120)}
}
"""
REACHABLE = """
() => {
  const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
  return all.filter(it => it.tabIndex >= 0 && !it.disabled && it.checkVisibility({visibilityProperty: true}) && !window.met.has(it))
    .map(it => it.outerHTML.slice(0, 120))
}
"""


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_page_of_this_kind_is_accessible(
    page: Page,
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
    refusals: Callable[[], None],
    name: str,
) -> None:
    response = page.goto(ADDRESSES[name])
    assert response is not None
    assert response.status == STATUSES.get(name, 200)
    assert page.evaluate("document.documentElement.lang") == "en-GB"
    assert page.evaluate(LANDMARKS) == [1, 1, 1, 1]
    headings = page.evaluate(HEADINGS)
    assert headings.count(1) == 1
    assert [(one, next_) for one, next_ in zip([0, *headings], headings, strict=False) if next_ > one + 1] == []
    axe(page)
    for width in (1280, 640, 320):  # 640 pixels are 1280 at a zoom of 200 %
        page.set_viewport_size({"width": width, "height": 800})
        fits(page)
    refusals()


WALKED = [
    "home", "partnership", "theme", "list narrowed", "comparison", "search", "question with faults", "question with a heat-map",
    "workbench with a map", "what is known of a kind", "check a record", "catalogue", "concept scheme", "query with a fault",
]  # fmt: skip


@pytest.mark.parametrize("name", WALKED)
def test_each_control_is_reached_with_tab_and_seen(page: Page, refusals: Callable[[], None], name: str) -> None:
    page.goto(ADDRESSES[name])
    page.wait_for_load_state("networkidle")
    hidden = []
    for _ in range(900):
        page.keyboard.press("Tab")
        found = page.evaluate(SEEN)
        if found is None or found["again"]:
            break
        if not found["shown"]:
            hidden.append(found["what"])
    else:
        pytest.fail("Tab does not come to an end")
    assert hidden == []
    assert page.evaluate(REACHABLE) == []
    refusals()


def test_titles_tell_the_kinds_of_page_apart(page: Page) -> None:
    pages = [page.request.get(path, headers={"Accept": "text/html"}).text() for path in KINDS.values()]
    titles = Counter(title for text in pages for title in re.findall("<title>(.*)</title>", text)[:1])
    assert titles.total() == len(KINDS)
    assert [title for title, number in titles.items() if number > 1] == []
