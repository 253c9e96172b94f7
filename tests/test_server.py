"""The service as a user starts it: a real process, a real port, real clients."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from rdflib import RDF, Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, POSTDIRECTLY, RDFXML, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from lepgraph.content import Content
from serving import start


@pytest.fixture(scope="module")
def address(lighthouses: Content, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    cache = tmp_path_factory.mktemp("serve")
    process, address = start(["--content", str(lighthouses.root), "serve"], cache)
    yield address
    process.terminate()
    assert process.wait(timeout=10) is not None


SELECT = "SELECT ?s { ?s a <https://lights.example/def/light#Lighthouse> } ORDER BY ?s"


@pytest.mark.parametrize("method", ["GET", POST, POSTDIRECTLY])
def test_sparqlwrapper_gets_its_rows(address: str, method: str) -> None:
    client = SPARQLWrapper(f"{address}/sparql")
    client.setQuery(SELECT)
    client.setReturnFormat(JSON)
    if method != "GET":
        client.setMethod("POST")
        client.setRequestMethod("postdirectly" if method == POSTDIRECTLY else "urlencoded")
    rows = cast("Any", client.queryAndConvert())["results"]["bindings"]
    assert len(rows) == 3


def test_sparqlwrapper_reads_every_format(address: str) -> None:
    client = SPARQLWrapper(f"{address}/sparql")
    client.setQuery(SELECT)
    client.setReturnFormat(XML)
    assert len(cast("Any", client.queryAndConvert()).getElementsByTagName("result")) == 3
    client.setReturnFormat(CSV)
    assert cast("bytes", client.queryAndConvert()).decode().splitlines()[0] == "s"
    client.setQuery("CONSTRUCT WHERE { ?s a <https://lights.example/def/light#Lighthouse> }")
    client.setReturnFormat(TURTLE)
    assert len(Graph().parse(data=cast("bytes", client.queryAndConvert()))) == 3
    client.setReturnFormat(RDFXML)
    assert len(cast("Graph", client.queryAndConvert())) == 3


def test_sparqlwrapper_is_told_of_a_bad_query(address: str) -> None:
    client = SPARQLWrapper(f"{address}/sparql")
    client.setQuery("SELECT")
    with pytest.raises(QueryBadFormed, match="line 1, column 7"):
        client.query()


def test_rdflib_can_use_the_service_as_its_store(address: str) -> None:
    graph = Graph(store=SPARQLStore(f"{address}/sparql"))
    assert len(set(graph.subjects(RDF.type, URIRef("https://lights.example/def/light#Lighthouse")))) == 3
    graph.close()


def test_a_chunked_body_is_read_and_counted(address: str) -> None:
    def posted(chunks: list[bytes]) -> int:
        request = urllib.request.Request(f"{address}/validate", iter(chunks), {"Content-Type": "text/turtle"})
        try:
            with urllib.request.urlopen(request) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code

    light = b"<https://e.example/x> a <https://lights.example/def/light#Lighthouse> ."
    assert posted([light[:30], light[30:]]) == 200
    assert posted([b"#" * 0x100000] * 5) == 413


@pytest.fixture(scope="module")
def chain(lighthouses: Content, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service over a file of 3,000 chained triples."""
    folder = tmp_path_factory.mktemp("chain")
    lines = [f"<http://e.example/{n}> <http://e.example/p> <http://e.example/{n + 1}> .\n" for n in range(3000)]
    (folder / "chain.nt").write_text("".join(lines))
    process, address = start(["--content", str(lighthouses.root), "serve", str(folder / "chain.nt")], folder)
    yield address
    process.terminate()
    process.wait(timeout=10)


def test_files_are_served_with_the_same_pages(chain: str) -> None:
    with urllib.request.urlopen(f"{chain}/resource?iri=http://e.example/1") as response:
        page = response.read().decode()
    assert "/resource?iri=http%3A%2F%2Fe.example%2F2" in page
    with urllib.request.urlopen(f"{chain}/") as response:
        assert "chain.nt" in response.read().decode()


def test_an_answer_that_dies_midway_has_the_status_of_a_failure(chain: str) -> None:
    query = urllib.parse.urlencode({"query": "SELECT * {?a ?b ?c . ?d ?e ?f}", "timeout": "0.5"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{chain}/sparql?{query}")
    caught.value.close()
    assert caught.value.code == 504


def test_a_long_answer_arrives_whole(chain: str) -> None:
    query = urllib.parse.urlencode({"query": "SELECT * {?a ?b ?c . ?d ?e ?f} LIMIT 100000", "format": "csv"})
    with urllib.request.urlopen(f"{chain}/sparql?{query}") as response:
        body = response.read()
    assert body.count(b"\n") == 100_001
    assert int(response.headers["Content-Length"]) == len(body)


def test_a_taken_port_is_said_in_words(address: str, lighthouses: Content, tmp_path: Path) -> None:
    port = address.rpartition(":")[2]
    command = [sys.executable, "-m", "lepgraph.cli", "--content", str(lighthouses.root), "serve", "--port", port]
    result = subprocess.run(command, env={"LEPGRAPH_CACHE": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert f"port {port}" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_stored_query_can_be_asked_of_an_endpoint_elsewhere(
    address: str, lighthouses: Content, tmp_path: Path
) -> None:
    def ask(endpoint: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "lepgraph.cli",
            "--content",
            str(lighthouses.root),
            "query",
            "lights-of-a-keeper",
        ]
        command += ["-p", "keeper=ben", "--format", "csv", "--endpoint", endpoint]
        return subprocess.run(
            command, env={"LEPGRAPH_CACHE": str(tmp_path)}, capture_output=True, text=True, check=False
        )

    answered = ask(f"{address}/sparql")
    assert answered.stdout.splitlines()[1:] == ["https://lights.example/id/lighthouse/near-point,Near Point"]
    for endpoint, said in (
        (f"{address}/health", "cannot be asked"),
        (f"{address}/nothing", "There is nothing at /nothing"),
        ("http://127.0.0.1:1/sparql", "cannot be asked"),
    ):
        refused = ask(endpoint)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert said in refused.stderr
        assert "Traceback" not in refused.stderr
