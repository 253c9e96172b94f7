"""Pages, questions and records answered from real engines elsewhere are those of the engine inside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from rdflib import Graph

from engines import Engine
from lepgraph import site as sites
from lepgraph.content import Content
from lepgraph.loading.building import Version
from lepgraph.publishing import publish
from lepgraph.searching.entries import Gatherer
from lepgraph.settings import Settings
from lepgraph.site import Site
from lepgraph.web import create_app
from queries.test_questions import CASES

MERGE = "urn:example:merge"


@pytest.fixture(scope="module")
def lights_elsewhere(oxigraph: Engine, lights: Version, lighthouses: Content, settings: Settings) -> Iterator[Site]:
    elsewhere = replace(settings, default_graph=MERGE, stores=oxigraph.query)
    publish(lighthouses, elsewhere, lights, oxigraph.graph_store, oxigraph.query)
    site = sites.opened(lighthouses, elsewhere, lights)
    yield site
    site.close()


@pytest.fixture(scope="module")
def lights_in_virtuoso(virtuoso: Engine, lights: Version, lighthouses: Content, settings: Settings) -> Iterator[Site]:
    elsewhere = replace(settings, default_graph=MERGE, stores=virtuoso.query, store_user="dba", store_password="dba")
    publish(lighthouses, elsewhere, lights, virtuoso.graph_store, virtuoso.query)
    site = sites.opened(lighthouses, elsewhere, lights)
    yield site
    site.close()


LIGHTS_PAGES = [
    "/", "/id/lighthouse", "/doc/lighthouse/far-point", "/doc/keeper/ben", "/def/light", "/queries", "/quality",
    "/queries/lights-of-a-keeper?keeper=ben", "/queries/lights-that-are-high?height=10", "/catalog", "/graph/account/pilot", "/doc/source/almanac", "/sparql", "/sparql/terms.json",
    "/data/lights", "/version",
    "/search?q=far+pont", "/compare?thing=lighthouse/far-point&thing=lighthouse/near-point",
]  # fmt: skip
LIGHTS_GRAPHS = [
    "/data/keepers.ttl", "/ldes",
    "/doc/lighthouse/far-point.nt", "/catalog.ttl", "/.well-known/void", "/def/light.ttl", "/graph/account/pilot.nt",
]  # fmt: skip


def shown(client: FlaskClient, path: str) -> tuple[int, object]:
    """The status and the visible text of a page, or the triples of a graph."""
    with closing(client.get(path)) as response:
        text = response.get_data(as_text=True)
        if (response.mimetype or "").endswith("json"):
            return response.status_code, json.loads(text)
        if response.mimetype != "text/html":
            return response.status_code, set(Graph().parse(data=text, format=response.mimetype))
        return response.status_code, " ".join(re.sub(r"<[^>]+>", " ", text).split())


@pytest.mark.parametrize("path", [*LIGHTS_PAGES, *LIGHTS_GRAPHS])
@pytest.mark.parametrize("elsewhere", ["lights_elsewhere", "lights_in_virtuoso"])
def test_pages_from_an_engine_elsewhere_show_the_same(
    request: pytest.FixtureRequest, elsewhere: str, lights_client: FlaskClient, path: str
) -> None:
    client = create_app(request.getfixturevalue(elsewhere)).test_client()
    status, text = shown(lights_client, path)
    assert shown(client, path) == (status, text)
    assert status == 200


def test_files_feed_sitemap_and_mementos_are_the_same_over_stores_elsewhere(
    lights_elsewhere: Site, lights_client: FlaskClient
) -> None:
    client = create_app(lights_elsewhere).test_client()
    short = lights_elsewhere.version.short
    for path in ("/feed", "/sitemap.xml", "/robots.txt", f"/dump/{short}/lights.nq", f"/dump/{short}/keeper.csv"):
        with closing(client.get(path)) as there, closing(lights_client.get(path)) as here:
            assert there.status_code == 200, path
            assert (there.data, there.headers.get("ETag")) == (here.data, here.headers.get("ETag")), path
    assert client.get("/dump/latest/lights.nq").location == f"/dump/{short}/lights.nq"
    dated = {"Accept-Datetime": "Thu, 26 Nov 2026 12:00:00 GMT"}
    there, here = (asked.get("/doc/lighthouse/far-point", headers=dated) for asked in (client, lights_client))
    assert (there.status_code, there.location) == (here.status_code, here.location)
    assert there.headers.get("Link") == here.headers.get("Link")


def test_queries_and_records_from_outside_are_answered_from_elsewhere(lights_elsewhere: Site) -> None:
    client = create_app(lights_elsewhere).test_client()
    asked = client.get("/sparql", query_string={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"})
    assert asked.get_data(as_text=True).split() == ["n", str(lights_elsewhere.version.triples)]
    assert client.get("/sparql", query_string={"query": "SELECT * { SERVICE <http://a/> {} }"}).status_code == 403
    broken = client.get("/sparql", query_string={"query": "SELECT *\n{ ?s ?p"}, headers={"Accept": "application/json"})
    assert (broken.status_code, broken.get_json(force=True)["line"]) == (400, 2)
    record = "<https://lights.example/id/lighthouse/new> a <https://lights.example/def/light#Lighthouse> ."
    checked = client.post("/validate", data=record, content_type="text/turtle", headers={"Accept": "text/plain"})
    assert "Does not conform" in checked.get_data(as_text=True)


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def elsewhere(request: pytest.FixtureRequest, site: Site, settings: Settings) -> Iterator[Site]:
    """The graph itself, in a real engine."""
    engine = request.getfixturevalue(request.param)
    there = replace(
        settings, default_graph="urn:lepgraph:merge", stores=engine.query, query_seconds=60,
        store_user=engine.user, store_password=engine.password,
    )  # fmt: skip
    publish(site.content, there, site.version, engine.graph_store, engine.query)
    opened = sites.opened(site.content, there, site.version)
    yield opened
    opened.close()


def test_what_can_be_found_is_the_same_from_elsewhere(site: Site, elsewhere: Site) -> None:
    here, there = (Gatherer(one.content, one.library, one.store, one.describer) for one in (site, elsewhere))
    assert there.entries() == here.entries()


def test_every_list_has_the_same_rows_in_the_same_order_from_elsewhere(client: FlaskClient, elsewhere: Site) -> None:
    other = create_app(elsewhere).test_client()
    for concept in elsewhere.content.catalogue.concepts:
        assert other.get(f"/id/{concept}.csv").text == client.get(f"/id/{concept}.csv").text, concept
    for path in ("/id", "/id/area.nt?kind=Region", "/id/practice?theme=responsible-business&sort=-begin",
                 "/compare?thing=partnership/solent&thing=partnership/dorset"):  # fmt: skip
        assert shown(other, path) == shown(client, path), path


CANNOT = {
    ("virtuoso", "/queries/map-of-partnership-areas"): "a long outline is too long for its columns: 500",
    ("virtuoso", "/doc/geometry/"): "the same; and numbers of an outline come back with single precision",
    ("virtuoso", "/.well-known/void"): "it counts some equal objects twice",
}
"""What an engine shows otherwise; docs/engines.md says it too."""


@pytest.fixture
def cannot(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """How the paths begin that the engine under test does not show as it should."""
    return tuple(path for engine, path in CANNOT if engine == request.node.callspec.params["elsewhere"])


def test_every_question_has_the_same_rows_in_the_same_order_from_elsewhere(
    client: FlaskClient, elsewhere: Site, cannot: tuple[str, ...]
) -> None:
    other = create_app(elsewhere).test_client()
    asked = [(f"/queries/{name}", given) for name, given, *_ in CASES if not f"/queries/{name}".startswith(cannot)]
    assert len(asked) > 110
    for path, given in asked:
        here, there = (asking.get(f"{path}.json", query_string=given) for asking in (client, other))
        with closing(here), closing(there):
            assert here.status_code == there.status_code == 200, (path, given, there.text)
            assert there.get_json(force=True)["results"] == here.get_json(force=True)["results"], (path, given)


def test_every_kind_of_page_shows_the_same_from_elsewhere(
    client: FlaskClient, elsewhere: Site, cannot: tuple[str, ...]
) -> None:
    other = create_app(elsewhere).test_client()
    first: dict[str, str] = {}
    with elsewhere.version.dump.open(encoding="utf-8") as dump:
        for line in dump:
            subject = line.partition(">")[0].removeprefix(f"<{elsewhere.addresses.base}")
            kind, _, _ = subject.removeprefix("id/").partition("/")
            if subject.startswith("id/"):
                first.setdefault(kind, f"/doc/{subject.removeprefix('id/')}")
    lists = [f"/id/{concept}" for concept in elsewhere.content.catalogue.concepts]
    paths = [
        "/",
        "/queries",
        "/quality",
        "/def/lep",
        "/def/theme",
        "/def/tier",
        "/catalog",
        "/openapi.json",
        "/.well-known/void",
        *lists,
        *first.values(),
    ]
    paths = [path for path in paths if not path.startswith(cannot)]
    assert len(paths) > 40
    for path in paths:
        assert shown(other, path) == shown(client, path), path
    assert "A map of 38 places." in str(shown(other, "/")[1])
