"""Graphs whose literals and identifiers are hostile, on every kind of page, read by a parser and by a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Dialog, Route

import hostile_graph
import serving
from hostile import MARK, TEXTS, Seen, faults_of
from lepgraph import site as sites
from lepgraph.content import Content
from lepgraph.settings import Settings
from lepgraph.web import create_app

HTML = {"Accept": "text/html"}
MOST = 250
"""Pages that are walked to by links."""
SPARQL = {
    "a table": "SELECT ?s ?p ?o { ?s ?p ?o FILTER (STRLEN(STR(?o)) < 3000) } ORDER BY ?s ?p ?o LIMIT 800",
    "a map": "PREFIX geo: <http://www.opengis.net/ont/geosparql#> SELECT ?place ?label ?outline { VALUES (?place ?label ?outline) { (<javascript:hostile()> \"\"\"'\\\"><hostile><img src=x onerror=hostile()>\"\"\" 'POLYGON((0 0, 0 1, 1 1, 0 0))'^^geo:wktLiteral) (<http://e.example/'onx=1> '</title></svg><script>hostile()</script>' 'POINT(1 1)'^^geo:wktLiteral) (<http://e.example/2> 'x' 'POLYGON((1e400 nan'^^geo:wktLiteral) } } ORDER BY ?place",
    "a chart": "SELECT ?label (COUNT(*) AS ?number) { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label } GROUP BY ?label ORDER BY ?label",
    "a chart by year": "SELECT ?year ?series ?value { VALUES (?year ?series ?value) { (2014 '<hostile>' 1e308) (2015 '\"><hostile>' -1e308) (2016 '<hostile>' 'NaN'^^<http://www.w3.org/2001/XMLSchema#double>) (2017 'x' 'INF'^^<http://www.w3.org/2001/XMLSchema#double>) } } ORDER BY ?year",
    "a graph": "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o FILTER (STRLEN(STR(?o)) < 3000) }",
    "a fault": 'SELECT ?s { ?s <hostile> "</textarea><hostile>',
    "names of columns": 'SELECT (1 AS ?onhostile) ("<hostile>" AS ?ſ) {}',
}
HIDDEN = ["application/json", "text/turtle", "application/ld+json", "application/rdf+xml", "application/geo+json"]


@pytest.fixture(scope="module")
def content(lighthouses: Content, tmp_path_factory: pytest.TempPathFactory) -> Content:
    """The lighthouses with hostile ones among them."""
    root = tmp_path_factory.mktemp("hostile") / "content"
    shutil.copytree(lighthouses.root, root)
    (root / "data" / "accounts" / "almanac.ttl").write_text(hostile_graph.things().serialize(format="turtle"))
    (root / "ontology" / "hostile.ttl").write_text(hostile_graph.vocabulary().serialize(format="turtle"))
    return Content(root)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file whose very name is hostile."""
    path = tmp_path_factory.mktemp("files") / f"'on{MARK}=x <{MARK}>.nq"
    path.write_bytes(hostile_graph.quads())
    return path


@pytest.fixture(scope="module", params=["content", "files"])
def walked(request: pytest.FixtureRequest, content: Content, files: Path, settings: Settings) -> Iterator[FlaskClient]:
    """A client of a site with the hostile content, and of one that serves the hostile file."""
    version = sites.prepare(content, settings, [files] if request.param == "files" else [])
    site = sites.opened(content, settings, version)
    yield create_app(site).test_client()
    site.close()


def seeds() -> list[str]:
    """Addresses of every kind of page that are about something hostile."""
    things = [f"lighthouse/hostile-{number}" for number in range(len(TEXTS))]
    found = ["/", "/id", "/id/lighthouse", "/id/lighthouse?view=map", "/def/light", "/catalog", "/quality", "/queries", "/api", "/sparql", "/opensearch.xml", "/sparql/terms.json", "/openapi.json", "/robots.txt", "/sitemap.xml", "/sitemap/id-lighthouse-1.xml", "/.well-known/api-catalog"]  # fmt: skip
    found += [f"/doc/{thing}" for thing in things]
    found += [f"/compare?{urlencode([('thing', thing) for thing in things[first : first + 3]])}" for first in (0, 3, 9)]
    for text in (*TEXTS.values(), "hostile", "script", "evil"):
        asked = urlencode({"q": text[:200]})
        found += [f"/search?{asked}", f"/search.json?{asked}", f"/search/suggest?{asked}"]
    for iri in hostile_graph.ODD:
        found += [f"/resource?iri={quote(iri, safe='')}", f"/class?iri={quote(iri, safe='')}"]
        found += [f"/links?{urlencode({'to': iri, 'by': str(hostile_graph.LIGHT.keptBy)})}"]
    found += [f"/sparql?{urlencode({'query': query})}" for query in SPARQL.values()]
    found += [f"/queries/lights-of-a-keeper?{urlencode({'keeper': iri})}" for iri in hostile_graph.ODD]
    return found


def test_hostile_data_is_text_and_nothing_else(walked: FlaskClient) -> None:
    waiting, known, faults = seeds(), set(seeds()), []
    visited = 0
    while waiting and visited < MOST:
        address = waiting.pop(0)
        visited += 1
        seen = Seen()
        with closing(walked.get(address, headers=HTML)) as response:
            if response.status_code >= 500:
                faults.append(f"{address}: {response.status_code}")
                continue
            found = faults_of(response.mimetype, response.data, seen)
        faults += [f"{address[:200]}: {fault}" for fault in found]
        for link in seen.links:
            path = link.partition("#")[0]
            if path.startswith("/") and path not in known:
                known.add(path)
                waiting.append(path)
    assert faults[:30] == []
    assert visited > 150


def test_hostile_data_can_be_read_in_every_format(walked: FlaskClient) -> None:
    faults = []
    for address in (one for one in seeds() if "/search" not in one):
        for accept in HIDDEN:
            with closing(walked.get(address, headers={"Accept": accept})) as response:
                if response.status_code >= 500:
                    faults.append(f"{address} as {accept}: {response.status_code}")
                elif response.mimetype == accept:
                    faults += [f"{address[:200]}: {fault}" for fault in faults_of(response.mimetype, response.data)]
    assert faults[:30] == []


UNSAFE = """() => [...document.querySelectorAll('a, area, form, link')].map(one => {
  const address = one.href?.baseVal ?? one.action ?? one.href
  return address ? new URL(address, document.baseURI) : null
}).filter(one => one && (!['http:', 'https:'].includes(one.protocol))).map(String)"""


@pytest.mark.parametrize("source", ["content", "files"])
def test_a_browser_runs_nothing_of_hostile_data(
    chromium: Browser, content: Content, files: Path, tmp_path: Path, source: str
) -> None:
    arguments = ["--content", str(content.root), "serve", *([str(files)] if source == "files" else [])]
    process, served = serving.start(arguments, tmp_path)
    try:
        complaints = visit(chromium, served, seeds())
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert complaints[:30] == []


def visit(chromium: Browser, served: str, paths: Sequence[str]) -> list[str]:
    """What pages do that they should not: dialogs, scripts, messages, requests elsewhere, links of other schemes."""
    complaints: list[str] = []
    now = [""]

    def route(route: Route) -> None:
        if route.request.url.startswith((f"{served}/", "data:image")):
            route.continue_()
        else:
            complaints.append(f"{now[0]}: asked for {route.request.url}")
            route.abort()

    def dismissed(dialog: Dialog) -> None:
        complaints.append(f"{now[0]}: a dialog")
        dialog.dismiss()

    with chromium.new_context(base_url=served) as context:
        context.route("**/*", route)
        page = context.new_page()
        page.add_init_script(f"window.{MARK} = () => {{ window.ran = true }}")
        page.on("dialog", dismissed)
        page.on("pageerror", lambda error: complaints.append(f"{now[0]}: {error}"))
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{now[0]}: {said.text}")
                if said.type in ("error", "warning") and "the server responded with a status of 4" not in said.text
                else None
            ),
        )
        for path in paths:
            if urlsplit(path).path.endswith((".json", ".xml", ".txt", "/suggest")):
                continue
            now[0] = path[:200]
            page.goto(path, wait_until="load")
            if page.locator("figure[data-geojson]").count():
                page.wait_for_function("document.querySelector('figure .canvas path, figure .drawing svg')")
            if page.evaluate(f"window.ran === true || document.querySelector('{MARK}, [on{MARK}]') !== null"):
                complaints.append(f"{path[:200]}: it took effect")
            complaints += [f"{path[:200]}: leads to {address[:80]}" for address in page.evaluate(UNSAFE)]
    return complaints


def test_suggestions_with_markup_are_shown_as_they_are(chromium: Browser, content: Content, tmp_path: Path) -> None:
    process, served = serving.start(["--content", str(content.root), "serve"], tmp_path)
    try:
        with chromium.new_context(base_url=served) as context:
            page = context.new_page()
            page.add_init_script(f"window.{MARK} = () => {{ window.ran = true }}")
            page.goto("/")
            page.get_by_role("combobox").press_sequentially(MARK)
            page.get_by_role("option").first.wait_for()
            assert page.locator(MARK).count() == 0
            assert page.evaluate("window.ran === undefined")
            assert any("<" in text for text in page.get_by_role("option").all_inner_texts())
    finally:
        process.terminate()
        process.wait(timeout=20)
