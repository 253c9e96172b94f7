"""A version written into stores elsewhere, and served from there."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from flask.testing import FlaskClient
from rdflib import Graph

import serving
from engines import Engine, free_port, oxigraph_server
from lepgraph import publishing
from lepgraph import site as sites
from lepgraph.content import Content
from lepgraph.errors import EngineAway, EngineFault, ParameterFault, Refused
from lepgraph.graphstore import GraphStore, query_address
from lepgraph.loading.building import Version
from lepgraph.publishing import graph_names, publish
from lepgraph.settings import Settings
from lepgraph.site import Site
from lepgraph.store import Query
from lepgraph.store.remote import Remote
from lepgraph.web import create_app
from queries.test_questions import CASES

MERGE = "urn:example:merge"
PUBLICATION = "https://lights.example/publication"
PILOT = "https://lights.example/graph/account/pilot"


@pytest.fixture
def engine() -> Iterator[Engine]:
    with oxigraph_server() as engine:
        yield engine


@pytest.fixture
def merged(settings: Settings) -> Settings:
    return replace(settings, default_graph=MERGE)


def rows(engine: Engine, text: str) -> list[dict[str, str]]:
    with closing(Remote(engine.query)) as store:
        return [{name: str(term) for name, term in row.items()} for row in store.solutions(Query(text))]


def sizes(engine: Engine) -> dict[str, int]:
    found = rows(engine, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    return {row["g"]: int(row["n"]) for row in found}


def claimed(engine: Engine) -> set[str]:
    text = f"SELECT ?x {{ GRAPH <{PUBLICATION}> {{ <{PUBLICATION}> ?p ?x }} }}"
    return {row["x"] for row in rows(engine, text)}


def test_every_graph_and_their_merge_arrive_and_the_store_says_so(
    engine: Engine, lights: Version, lighthouses: Content, merged: Settings
) -> None:
    outcome = publish(lighthouses, merged, lights, engine.graph_store, engine.query)
    assert (outcome.written, outcome.kept, outcome.removed) == (9, 0, 0)
    found = sizes(engine)
    assert set(found) == {*graph_names(lights), MERGE, PUBLICATION}
    assert found[MERGE] == lights.triples
    assert sum(found.values()) == lights.quads + lights.triples + found[PUBLICATION]
    assert claimed(engine) == {lights.digest}


def test_the_merge_may_go_into_the_default_graph(
    engine: Engine, lights: Version, lighthouses: Content, settings: Settings
) -> None:
    publish(lighthouses, settings, lights, engine.graph_store, engine.query)
    assert rows(engine, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == [{"n": str(lights.triples)}]


def test_what_is_there_already_is_not_written_again(
    engine: Engine, lights: Version, lighthouses: Content, merged: Settings
) -> None:
    publish(lighthouses, merged, lights, engine.graph_store, engine.query)
    requests.delete(engine.graph_store, params={"graph": PILOT}, timeout=5).raise_for_status()
    outcome = publish(lighthouses, merged, lights, engine.graph_store, engine.query)
    assert (outcome.written, outcome.kept, outcome.removed) == (1, 8, 0)
    assert sizes(engine)[PILOT] == 3


@pytest.fixture
def changed(lighthouses: Content, settings: Settings, tmp_path: Path) -> tuple[Content, Version]:
    """The lighthouses without the account of the pilot."""
    root = tmp_path / "changed"
    shutil.copytree(lighthouses.root, root)
    (root / "data" / "accounts" / "pilot.ttl").unlink()
    content = Content(root)
    return content, sites.prepare(content, settings)


def test_another_version_replaces_the_one_before_and_leaves_nothing_of_it(
    engine: Engine, lights: Version, lighthouses: Content, merged: Settings, changed: tuple[Content, Version]
) -> None:
    publish(lighthouses, merged, lights, engine.graph_store, engine.query)
    requests.put(
        engine.graph_store, params={"graph": "urn:other"}, data="<urn:a> <urn:b> 1 .",
        headers={"Content-Type": "text/turtle"}, timeout=5,
    ).raise_for_status()  # fmt: skip
    content, version = changed
    outcome = publish(content, merged, version, engine.graph_store, engine.query)
    assert outcome.removed == 1
    assert outcome.kept >= 4
    found = sizes(engine)
    assert set(found) == {*graph_names(version), MERGE, PUBLICATION, "urn:other"}, "what others keep there stays"
    assert found[MERGE] == version.triples
    assert claimed(engine) == {version.digest}


def test_a_publication_that_breaks_off_is_not_taken_for_a_whole_one_and_is_taken_up(
    engine: Engine, lights: Version, lighthouses: Content, merged: Settings,
    changed: tuple[Content, Version], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    publish(lighthouses, merged, lights, engine.graph_store, engine.query)
    content, version = changed
    put = GraphStore.put

    def breaking(store: GraphStore, graph: str, pieces: list[bytes]) -> None:
        if graph == MERGE:
            raise EngineAway("the network is gone")
        put(store, graph, pieces)

    monkeypatch.setattr(publishing, "_NOTED", 1)
    monkeypatch.setattr(GraphStore, "put", breaking)
    with pytest.raises(EngineAway):
        publish(content, merged, version, engine.graph_store, engine.query)
    assert claimed(engine) == set()
    with pytest.raises(ParameterFault, match="no version that was published whole"):
        sites.opened(content, replace(merged, stores=engine.query), version)
    monkeypatch.undo()
    outcome = publish(content, merged, version, engine.graph_store, engine.query)
    assert outcome.written == 1
    assert claimed(engine) == {version.digest}


def test_a_store_that_holds_other_than_it_was_sent_is_told_by_graph(
    engine: Engine, lights: Version, lighthouses: Content, merged: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = GraphStore.put

    def losing(store: GraphStore, graph: str, pieces: list[bytes]) -> None:
        put(store, graph, [b"" if graph == PILOT else piece for piece in pieces])

    monkeypatch.setattr(GraphStore, "put", losing)
    with pytest.raises(EngineFault, match=f"{PILOT} has 0 triples and should have 3"):
        publish(lighthouses, merged, lights, engine.graph_store, engine.query)
    assert claimed(engine) == set()


def test_large_graphs_go_in_pieces_of_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "lines.nt"
    lines = [b"<urn:a> <urn:b> <urn:%d> .\n" % number for number in range(1000)]
    path.write_bytes(b"".join(lines))
    pieces = list(publishing.pieces(path, 1000))
    assert len(pieces) > 10
    assert b"".join(pieces) == b"".join(lines)
    assert all(piece.endswith(b".\n") for piece in pieces)
    path.write_bytes(b"")
    assert list(publishing.pieces(path)) == [b""]


def test_memory_is_bounded_while_the_dump_is_cut(
    lights: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "_BUFFERED", 100)
    parts = list(publishing.split(lights, tmp_path, MERGE))
    assert sum(part.triples for part in parts) == lights.quads + lights.triples
    for part in parts:
        assert part.path.read_bytes().count(b"\n") == part.triples


def test_virtuoso_is_written_with_its_password_alone(
    virtuoso: Engine, lights: Version, lighthouses: Content, merged: Settings
) -> None:
    for user, password in (("", ""), ("dba", "wrong")):
        with pytest.raises(Refused, match="does not let"):
            publish(
                lighthouses, replace(merged, store_user=user, store_password=password), lights,
                virtuoso.graph_store, virtuoso.query,
            )  # fmt: skip
    allowed = replace(merged, store_user=virtuoso.user, store_password=virtuoso.password)
    publish(lighthouses, allowed, lights, virtuoso.graph_store, virtuoso.query)
    assert claimed(virtuoso) == {lights.digest}
    assert "dba" not in repr(replace(merged, store_password="dba")).replace("store_user", "")


@pytest.mark.parametrize(
    ("store", "query"),
    [
        ("http://a.example:7878/store", "http://a.example:7878/query"),
        ("http://a.example:8890/sparql-graph-crud-auth", "http://a.example:8890/sparql"),
        ("http://a.example:3030/lights/data", "http://a.example:3030/lights/query"),
        ("http://a.example:7200/repositories/x/rdf-graphs/service", "http://a.example:7200/repositories/x"),
        ("https://a.example:8182/sparql/gsp/", "https://a.example:8182/sparql"),
    ],
)
def test_the_address_for_queries_follows_from_that_of_known_graph_stores(store: str, query: str) -> None:
    assert query_address(store) == query


def test_the_address_for_queries_of_other_stores_must_be_named() -> None:
    with pytest.raises(ParameterFault) as caught:
        query_address("http://a.example/rdf")
    assert "--query" in caught.value.hint


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
    "/queries/lights-of-a-keeper?keeper=ben", "/catalog", "/graph/account/pilot", "/doc/source/almanac", "/sparql",
]  # fmt: skip
LIGHTS_GRAPHS = [
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


def test_an_endpoint_that_is_gone_is_seen_in_ready_and_when_all_are_gone_it_is_503(
    engine: Engine, lights: Version, lighthouses: Content, merged: Settings
) -> None:
    gone = f"http://127.0.0.1:{free_port()}/query"
    publish(lighthouses, merged, lights, engine.graph_store, engine.query)
    both = sites.opened(lighthouses, replace(merged, stores=f"{gone} {engine.query}"), lights)
    response = create_app(both).test_client().get("/ready")
    assert response.status_code == 200
    endpoints = {entry["address"]: entry for entry in json.loads(response.get_data())["endpoints"]}
    assert [endpoints[address]["well"] for address in (gone, engine.query)] == [False, True]
    assert "cannot be asked" in endpoints[gone]["error"]
    alone = replace(both, settings=replace(merged, stores=gone), store=Remote(gone), outside=Remote(gone))
    asked = create_app(alone).test_client().get("/sparql?query=ASK%7B%7D")
    assert asked.status_code >= 500
    assert gone not in asked.get_data(as_text=True), "the address of a store is for those who run the service"
    assert "The store behind this service cannot be asked" in asked.get_data(as_text=True)
    response = create_app(alone).test_client().get("/ready")
    assert response.status_code == 503
    assert gone in response.get_data(as_text=True)
    with pytest.raises(EngineAway):
        sites.opened(lighthouses, replace(merged, stores=gone), lights)
    both.close()


def test_a_store_with_another_version_is_served_only_if_that_is_wanted(
    engine: Engine, lights: Version, lighthouses: Content, merged: Settings, changed: tuple[Content, Version]
) -> None:
    content, version = changed
    publish(content, merged, version, engine.graph_store, engine.query)
    elsewhere = replace(merged, stores=engine.query)
    with pytest.raises(
        ParameterFault, match=f"holds version {version.short}, and the content here makes {lights.short}"
    ):
        sites.opened(lighthouses, elsewhere, lights)
    site = sites.opened(lighthouses, replace(elsewhere, any_version=True), lights)
    assert site.version.digest == version.digest, "validators follow what is served"
    text = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert str(site.outside.solutions(Query(text))[0]["n"]) == str(version.graphs)
    site.close()


def command(content: Content, cache: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "lepgraph.cli", "--content", str(content.root), *arguments]
    environment = {"LEPGRAPH_CACHE": str(cache), "PATH": os.defpath, **settings}
    return subprocess.run(line, env=environment, capture_output=True, text=True, check=False)


def test_the_command_line_publishes_and_serves_from_there_and_changes_over_to_the_next_version(
    engine: Engine, lighthouses: Content, lights: Version, settings: Settings, tmp_path: Path
) -> None:
    shutil.copytree(lighthouses.root, tmp_path / "content")
    content = Content(tmp_path / "content")
    written = command(content, settings.cache, "publish", "--to", engine.graph_store, "--default-graph", MERGE)
    assert written.returncode == 0, written.stderr
    assert f"holds {lights.short}: 9 graphs written, 0 were right, 0 removed" in written.stdout
    over = ["serve", "--store", engine.query, "--default-graph", MERGE]
    process, address = serving.start(["--content", str(content.root), *over], settings.cache)
    try:
        ready = f"{address}/ready"
        assert requests.get(ready, timeout=5).json()["version"] == lights.digest
        page = requests.get(f"{address}/doc/lighthouse/far-point", headers={"Accept": "text/html"}, timeout=5)
        assert "Far Point" in page.text
        assert f'lepgraph_endpoint_up{{endpoint="{engine.query}"' in requests.get(f"{address}/metrics", timeout=5).text
        (content.root / "data" / "accounts" / "pilot.ttl").unlink()
        again = command(content, settings.cache, "publish", "--to", engine.graph_store,
                        LEPGRAPH_DEFAULT_GRAPH=MERGE)  # fmt: skip
        assert "1 removed" in again.stdout, again.stderr
        process.send_signal(signal.SIGHUP)
        until = time.monotonic() + 20
        while requests.get(ready, timeout=5).json()["version"] == lights.digest:
            assert time.monotonic() < until, "the new version is not served"
            time.sleep(0.1)
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serve", "--store", "http://127.0.0.1:1/sparql"], "cannot be asked"),
        (["serve", "--store", "ftp://a.example/"], "is not the web address of a SPARQL endpoint"),
        (["serve", "--store", "http://a.example/", "x.ttl"], "Leave out the files"),
        (["publish", "--to", "http://127.0.0.1:1/store"], "cannot be asked"),
        (["publish", "--to", "http://127.0.0.1:1/rdf"], "Name it with --query"),
        (["publish", "--to", "http://a/store", "--query", "http://a/", "--query", "http://b/"], "once for each --to"),
    ],
)
def test_what_cannot_be_served_or_published_is_said_in_words(
    lighthouses: Content, settings: Settings, arguments: list[str], said: str
) -> None:
    refused = command(lighthouses, settings.cache, *arguments)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


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
    paths = ["/", "/queries", "/quality", "/def/lep", "/catalog", "/.well-known/void", *lists, *first.values()]
    paths = [path for path in paths if not path.startswith(cannot)]
    assert len(paths) > 40
    for path in paths:
        assert shown(other, path) == shown(client, path), path
