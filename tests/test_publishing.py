"""A version written into stores elsewhere, and a service that starts over them."""

from __future__ import annotations

import json
import os
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
from lepgraph.store import Query
from lepgraph.store.remote import Remote
from lepgraph.web import create_app

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
    held = site.version
    assert (held.triples, held.quads, held.graphs) == (version.triples, version.quads, version.graphs)
    client = create_app(site).test_client()
    for path in ("/catalog", "/catalog.ttl", "/.well-known/void", "/data/lights", "/data/keepers.ttl", "/sitemap.xml"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "/dump/" not in answer.text, path
        assert lights.short not in answer.text, path
    for path in (f"/dump/{version.short}/keepers.ttl", f"/dump/{lights.short}/lights.nq", "/dump/latest/lights.nq",
                 "/version", "/feed", "/ldes"):  # fmt: skip
        assert client.get(path).status_code == 404, path
    dated = client.get("/doc/lighthouse/far-point", headers={"Accept-Datetime": "Tue, 24 Nov 2026 12:00:00 GMT"})
    assert dated.status_code == 200
    assert "Memento-Datetime" not in dated.headers
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
