"""The map that takes the place of a drawing, by mouse and by keyboard, and beside its table.

A page is made here for it: what a figure with outlines looks like is agreed with the pictures, not theirs alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from lepgraph.web import scripts

FILES = scripts.built()
OUTLINES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": name, "href": f"/id/area/{name[0]}", "layer": layer, "note": "In <b>2014</b>"},
            "geometry": {"type": "Polygon", "coordinates": [[[x, 52], [x + 1, 52], [x + 1, 53], [x, 53], [x, 52]]]},
        }
        for x, (name, layer) in enumerate([("North & South", 1), ("East", 2), ("West", 1), ("Far", 0)], start=-4)
    ],
}
PAGE = f"""<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Areas</title>
<link rel="stylesheet" href="/static/lepgraph.css">
<link rel="stylesheet" href="/static/built/{FILES.get("map.css")}">
<script type="module" src="/static/built/{FILES.get("map.js")}"></script></head>
<body><main class="wide"><h1>Areas</h1>
<figure class="map" data-map data-geojson="/outlines.geojson">
<div class="drawing"><svg viewBox="0 0 10 10" role="img" aria-label="Drawing"></svg></div>
<figcaption>Three areas</figcaption></figure>
<table><caption>Areas</caption><thead><tr><th scope="col">Name</th></tr></thead><tbody>
<tr data-feature="/id/area/E"><td><a href="/id/area/E">East</a></td></tr>
<tr data-feature="/id/area/W"><td>West</td></tr></tbody></table></main></body></html>"""


@pytest.fixture
def areas(page: Page, served: str) -> Page:
    """The page, under the policy that pages of the service have."""
    policy = page.request.get("/").headers["content-security-policy"]

    def answer(route: Route) -> None:
        route.fulfill(body=PAGE, content_type="text/html", headers={"Content-Security-Policy": policy})

    page.route("**/areas", answer)
    page.route("**/outlines.geojson", lambda route: route.fulfill(json=OUTLINES))
    page.goto("/areas")
    return page


def test_a_map_takes_the_place_of_the_drawing(areas: Page) -> None:
    expect(areas.locator("figure .canvas path")).to_have_count(4)
    expect(areas.locator(".drawing")).to_be_hidden()
    classes = areas.locator("figure .canvas path").evaluate_all("all => all.map(one => one.getAttribute('class'))")
    assert [one.split()[1] for one in classes] == ["layer-0", "layer-1", "layer-2", "layer-1"]


def test_a_map_is_walked_through_by_keyboard(areas: Page) -> None:
    expect(areas.locator("figure .canvas path")).to_have_count(4)
    areas.locator(".canvas").focus()
    areas.keyboard.press("Tab")
    focused = areas.locator(":focus")
    expect(focused).to_have_attribute("aria-label", "East")
    expect(areas.locator("tr[data-feature='/id/area/E']")).to_have_class("lit")
    areas.keyboard.press("ArrowRight")
    expect(focused).to_have_attribute("aria-label", "North & South")
    expect(areas.locator("tr.lit")).to_have_count(0)
    areas.keyboard.press("End")
    expect(focused).to_have_attribute("aria-label", "West")
    areas.keyboard.press("Enter")
    expect(focused).to_have_attribute("href", "/id/area/W")
    expect(areas.locator(".leaflet-popup-content")).to_have_text("WestIn <b>2014</b>")
    areas.keyboard.press("Escape")
    expect(areas.locator(".leaflet-popup")).to_have_count(0)
    expect(focused).to_have_attribute("aria-label", "West")
    areas.keyboard.press("Tab")
    expect(areas.locator(".canvas path:focus")).to_have_count(0)


def test_an_area_and_its_row_light_up_together(areas: Page) -> None:
    west = areas.locator("path[aria-label=West]")
    row = areas.locator("tr[data-feature='/id/area/W']")
    row.hover()
    expect(west).to_have_class("area layer-1 leaflet-interactive lit")
    areas.locator("h1").hover()
    expect(west).to_have_class("area layer-1 leaflet-interactive")
    west.hover()
    expect(row).to_have_class("lit")
    areas.get_by_role("link", name="East").focus()
    expect(areas.locator("path[aria-label=East]")).to_have_class("area layer-2 leaflet-interactive lit")


def test_axe_finds_nothing_on_a_map(areas: Page, axe: Callable[[Page], None]) -> None:
    expect(areas.locator("figure .canvas path")).to_have_count(4)
    axe(areas)
    areas.locator("path[aria-label=West]").press("Enter")
    expect(areas.locator(".leaflet-popup")).to_be_visible()
    axe(areas)


MAP = "/queries/map-of-partnership-areas?vintage=2014-12"


def test_the_map_of_a_stored_query_has_the_outlines_of_its_drawing(page: Page, axe: Callable[[Page], None]) -> None:
    page.goto(MAP)
    expect(page.locator("figure .canvas path")).to_have_count(39)
    boxes = page.locator("figure .canvas path").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert sum(boxes) > 1000
    assert page.locator("figure .drawing path").count() == 39
    axe(page)


def test_the_map_of_a_stored_query_is_a_drawing_without_javascript(plain_page: Page) -> None:
    plain_page.goto(MAP)
    expect(plain_page.locator("figure .drawing path")).to_have_count(39)
    expect(plain_page.locator("figure .drawing")).to_be_visible()


def test_the_drawing_stays_where_the_outlines_are_not_to_be_had(page: Page, complaints: list[str]) -> None:
    page.route("**/areas", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.route("**/outlines.geojson", lambda route: route.fulfill(status=503, body=json.dumps({})))
    with page.expect_response("**/outlines.geojson"):
        page.goto("/areas")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".drawing")).to_be_visible()
    expect(page.locator(".canvas")).to_have_count(0)
    assert len(complaints) == 1
    assert "503" in complaints.pop()
