"""A real browser at the service as a user starts it, with the network cut off but for the service itself.

A page that logs an error, throws one or asks for something elsewhere fails its test, unless the test expects it and
empties ``complaints``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, Route

from lepgraph.content import Content
from lepgraph.loading.building import Version
from lepgraph.settings import Settings
from lepgraph.web import scripts
from serving import start

Axe = Callable[[Page], None]
SCHEMES: dict[Literal["light", "dark"], dict[str, object]] = {
    "light": {"rules": {"target-size": {"enabled": True}}},
    "dark": {"runOnly": ["color-contrast"]},
}
"""What axe looks for in light and in dark, where only the colours are others."""


@pytest.fixture(scope="session", autouse=True)
def browser_code() -> None:
    """Nothing here means anything without the browser code."""
    assert scripts.built(), "the browser code is not built: make ui"


@pytest.fixture(scope="module")
def lit(lights: Version, lighthouses: Content, settings: Settings) -> Iterator[str]:
    """Another graph, served: the lighthouses, some of which were withdrawn; its address."""
    process, address = start(["--content", str(lighthouses.root), "serve"], settings.cache)
    yield address
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture
def complaints() -> list[str]:
    """What a page complained of during a test; it must be empty at the end."""
    return []


def opened(context: BrowserContext, served: str, complaints: list[str]) -> Page:
    """A page whose complaints are gathered and which reaches the service only."""

    def route(route: Route) -> None:
        if route.request.url.startswith((f"{served}/", "data:")):
            route.continue_()
        else:
            complaints.append(f"asked for {route.request.url}")
            route.abort()

    context.route("**/*", route)
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(10_000)
    return page


@pytest.fixture
def page(chromium: Browser, served: str, complaints: list[str]) -> Iterator[Page]:
    """A page of a desktop browser; relative addresses are the service's."""
    with chromium.new_context(base_url=served, viewport={"width": 1280, "height": 900}) as context:
        yield opened(context, served, complaints)
        assert complaints == []


@pytest.fixture
def plain_page(chromium: Browser, served: str, complaints: list[str]) -> Iterator[Page]:
    """A page of a browser without JavaScript."""
    with chromium.new_context(base_url=served, java_script_enabled=False) as context:
        yield opened(context, served, complaints)
        assert complaints == []


@pytest.fixture
def phone(chromium: Browser, served: str, complaints: list[str]) -> Iterator[Page]:
    """A page that is 320 pixels wide, as small as WCAG 2.2 (1.4.10) asks for."""
    with chromium.new_context(base_url=served, viewport={"width": 320, "height": 640}) as context:
        yield opened(context, served, complaints)
        assert complaints == []


@pytest.fixture
def axe() -> Axe:
    """Asserts that axe finds nothing serious or critical on a page, in light and in dark."""

    def run(page: Page) -> None:
        page.evaluate(AXE_SCRIPT)
        for scheme, rules in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)
            found = page.evaluate("rules => axe.run({resultTypes: ['violations'], ...rules})", rules)
            grave = [violation for violation in found["violations"] if violation["impact"] in ("serious", "critical")]
            assert [
                (scheme, violation["id"], node["target"], node["failureSummary"])
                for violation in grave
                for node in violation["nodes"]
            ] == []

    return run


@pytest.fixture
def refusals(complaints: list[str]) -> Callable[[], None]:
    """Takes out what a browser writes of an answer that is no success, which a page means to give."""

    def forgive() -> None:
        complaints[:] = [text for text in complaints if not re.search(r"status of (400|404|406|410)", text)]

    return forgive


@pytest.fixture
def fits() -> Callable[[Page], None]:
    """Asserts that a page is no wider than its window."""

    def look(page: Page) -> None:
        width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert width[0] <= width[1], f"the page is {width[0]} pixels wide in a window of {width[1]}"

    return look
