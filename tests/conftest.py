"""Fixtures: the lighthouses (a small content about another subject) and the graph itself, each built once."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright

import programs
from engines import Engine, oxigraph_server, virtuoso_server
from lepgraph import site as sites
from lepgraph.content import Content
from lepgraph.loading.building import Version
from lepgraph.settings import Settings
from lepgraph.site import Site
from lepgraph.web import create_app
from serving import start


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in programs.summary():
        terminalreporter.write_line(line, red=True, bold=True)


ROOT = Path(__file__).parent.parent

gc.set_threshold(10_000, 20, 20)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    cache, state = tmp_path_factory.mktemp("cache"), tmp_path_factory.mktemp("state")
    return Settings(cache=cache, state=state, query_seconds=5, query_memory=512)


@pytest.fixture(scope="session")
def lighthouses() -> Content:
    return Content(ROOT / "tests" / "lighthouses")


@pytest.fixture(scope="session")
def lights(lighthouses: Content, settings: Settings) -> Version:
    return sites.prepare(lighthouses, settings)


@pytest.fixture(scope="session")
def lights_site(lighthouses: Content, settings: Settings, lights: Version) -> Iterator[Site]:
    site = sites.opened(lighthouses, settings, lights)
    yield site
    site.close()


@pytest.fixture(scope="session")
def lights_app(lights_site: Site) -> Flask:
    return create_app(lights_site)


@pytest.fixture
def lights_client(lights_app: Flask) -> FlaskClient:
    return lights_app.test_client()


@pytest.fixture(scope="session")
def demanding(lighthouses: Content, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The lighthouses with shapes that ask for more than their records have."""
    root = tmp_path_factory.mktemp("demanding") / "content"
    shutil.copytree(lighthouses.root, root)
    shutil.copy(ROOT / "tests" / "quality" / "demanding.ttl", root / "shapes" / "demanding.ttl")
    site = sites.inside(Content(root), settings)
    yield site
    site.close()


@pytest.fixture
def demanding_client(demanding: Site) -> FlaskClient:
    return create_app(demanding).test_client()


@pytest.fixture(scope="session")
def oxigraph() -> Iterator[Engine]:
    with oxigraph_server() as engine:
        yield engine


@pytest.fixture(scope="session")
def virtuoso() -> Iterator[Engine]:
    with virtuoso_server() as engine:
        yield engine


@pytest.fixture(scope="session")
def content() -> Content:
    return Content.found()


@pytest.fixture(scope="session")
def version(content: Content, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Version:
    """The graph itself in our cache: built by the first process of a run that needs it, and linked by the others."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "built"
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            site = sites.inside(content, replace(settings, cache=shared))
            site.prepare()
            site.close()
    shutil.copytree(shared, settings.cache, copy_function=os.link, dirs_exist_ok=True)
    return sites.prepare(content, settings)


@pytest.fixture(scope="session")
def site(content: Content, settings: Settings, version: Version) -> Iterator[Site]:
    site = sites.opened(content, settings, version)
    gc.freeze()  # it stays to the end, and looking through it for garbage takes a tenth of the time of all tests
    yield site
    site.close()


@pytest.fixture(scope="session")
def app(site: Site) -> Flask:
    return create_app(site)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def served(site: Site, settings: Settings) -> Iterator[str]:
    """The real graph, served as a user starts it; its address."""
    assert site.version.snapshot.exists()
    process, address = start(["serve"], settings.cache)
    yield address
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; one for all tests, since Playwright runs once in a thread."""
    executable = programs.needed("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()
