"""SERVICE both ways: others call us, we call whom the operator allowed, and nobody is led elsewhere."""

from __future__ import annotations

import http.server
import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pyoxigraph
import pytest
from rdflib import Graph

import serving
from lepgraph.content import Content

LIGHT = "https://lights.example/def/light#Lighthouse"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
FOUND = f"?light a <{LIGHT}>"


class Other(http.server.BaseHTTPRequestHandler):
    """An endpoint that leads elsewhere, says nonsense, or may not be called at all; it notes each request."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.called()

    def do_GET(self) -> None:
        self.called()

    def called(self) -> None:
        server: Any = self.server
        server.seen.append(self.path)
        status = int(self.path.strip("/") or 200)
        self.send_response(status)
        if status in (301, 302, 303, 307, 308):
            self.send_header("Location", server.leads)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def others() -> Iterator[tuple[Any, Any]]:
    """One that leads to the other."""
    servers: list[Any] = []
    for _ in range(2):
        server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Other)
        server.seen, server.leads = [], ""
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
    servers[0].leads = f"http://127.0.0.1:{servers[1].server_port}/200"
    yield servers[0], servers[1]
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def address(lighthouses: Content, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service that calls nobody."""
    cache = tmp_path_factory.mktemp("first")
    process, address = serving.start(["--content", str(lighthouses.root), "serve"], cache, {"LEPGRAPH_PROCESSES": "1"})
    yield address
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture(scope="module")
def calling(
    address: str, others: tuple[Any, Any], lighthouses: Content, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A service that may call the first one, and one that leads elsewhere."""
    cache = tmp_path_factory.mktemp("second")
    (cache / "own.nt").write_text(f'<https://lights.example/id/lighthouse/far-point> <{LABEL}> "our own name" .\n')
    leading = [f"http://127.0.0.1:{others[0].server_port}/{status}" for status in (200, 301, 302, 303, 307, 308, 500)]
    settings = {"LEPGRAPH_SERVICES": " ".join([f"{address}/sparql", *leading]), "LEPGRAPH_PROCESSES": "1"}
    arguments = ["--content", str(lighthouses.root), "serve", str(cache / "own.nt")]
    process, second = serving.start(arguments, cache, settings)
    yield second
    process.terminate()
    process.wait(timeout=20)


def asked(address: str, query: str) -> tuple[int, Any]:
    data = urllib.parse.urlencode({"query": query}).encode()
    try:
        with urllib.request.urlopen(f"{address}/sparql", data) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_an_allowed_service_is_joined_with_what_is_held_here(calling: str, address: str, silent: str) -> None:
    query = f"SELECT ?light ?name {{ SERVICE {silent}<{address}/sparql> {{ {FOUND} }} ?light <{LABEL}> ?name }}"
    status, found = asked(calling, query)
    assert status == 200
    [row] = found["results"]["bindings"]
    assert row["name"]["value"] == "our own name"


def test_an_allowed_service_may_be_spelled_with_a_prefix(calling: str, address: str) -> None:
    query = f"PREFIX a: <{address.upper().replace('HTTP', 'http')}/> SELECT * {{ SERVICE a:sparql {{ {FOUND} }} }}"
    status, found = asked(calling, query)
    assert (status, len(found["results"]["bindings"])) == (200, 3)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.1:{port}/sparql",
        "http://2130706433:{port}/sparql",
        "http://localhost:{port}/sparql",
        "http://127.0.0.1:{port}/",
        "?x",
    ],
)
def test_other_spellings_and_variables_are_refused_all_the_same(calling: str, address: str, target: str) -> None:
    iri = target.format(port=address.rpartition(":")[2])
    named = iri if iri.startswith("?") else f"<{iri}>"
    status, problem = asked(calling, f"SELECT * {{ VALUES ?x {{ <{address}/sparql> }} SERVICE {named} {{ {FOUND} }} }}")
    assert status == 403
    assert "call another host" in problem["detail"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_allowed_service_that_leads_elsewhere_is_not_followed(
    calling: str, others: tuple[Any, Any], status: int
) -> None:
    target = f"http://127.0.0.1:{others[0].server_port}/{status}"
    said, problem = asked(calling, f"SELECT * {{ SERVICE <{target}> {{ {FOUND} }} }}")
    assert said == 502
    assert "An endpoint that the query calls failed" in problem["title"]
    assert others[0].seen[-1] == f"/{status}"
    assert others[1].seen == []


@pytest.mark.parametrize("status", [200, 500])
def test_a_service_that_fails_is_said_to_have_failed_unless_the_query_is_silent(
    calling: str, others: tuple[Any, Any], status: int
) -> None:
    target = f"http://127.0.0.1:{others[0].server_port}/{status}"
    assert asked(calling, f"SELECT * {{ SERVICE <{target}> {{ {FOUND} }} }}")[0] == 502
    assert asked(calling, f"SELECT * {{ SERVICE SILENT <{target}> {{ {FOUND} }} }}")[0] == 200


def test_a_service_that_may_call_nobody_calls_nobody(address: str, others: tuple[Any, Any]) -> None:
    before = list(others[1].seen)
    target = f"http://127.0.0.1:{others[1].server_port}/200"
    for query in (
        f"SELECT * {{ SERVICE <{target}> {{ {FOUND} }} }}",
        f"SELECT * {{ SERVICE SILENT <{target}> {{ {FOUND} }} }}",
        f"SELECT * FROM <{target}> {{ {FOUND} }}",
        f"LOAD <{target}>",
    ):
        assert asked(address, query)[0] == 403
    assert others[1].seen == before


def test_the_client_of_oxigraph_can_call_us(address: str) -> None:
    store = pyoxigraph.Store()
    query = f"SELECT * {{ SERVICE <{address}/sparql> {{ {FOUND} OPTIONAL {{ ?light <{LABEL}> ?name }} }} }}"
    found: Any = store.query(query)
    assert len(list(found)) == 3


def test_rdflib_can_call_us(address: str) -> None:
    rows = list(Graph().query(f"SELECT ?light {{ SERVICE <{address}/sparql> {{ {FOUND} }} }}"))
    assert len(rows) == 3
