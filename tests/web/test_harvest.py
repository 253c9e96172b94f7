"""What harvesters fetch is true: counts as SPARQL counts them, a dump that is what the catalogue says."""

from __future__ import annotations

import hashlib

import pyoxigraph
from flask.testing import FlaskClient
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, VOID

from lepgraph.loading.building import Version

DATASET = URIRef("https://lights.example/data/lights")
CHECKSUM = URIRef("http://spdx.org/rdf/terms#checksumValue")


def fetched(client: FlaskClient, path: str) -> Graph:
    return Graph().parse(data=client.get(path, headers={"Accept": "text/turtle"}).data, format="turtle")


def test_the_dump_is_what_the_catalogue_says(lights_client: FlaskClient, lights: Version) -> None:
    graph = fetched(lights_client, "/catalog")
    distribution = graph.value(DATASET, DCAT.distribution)
    address = str(graph.value(distribution, DCAT.downloadURL))
    dump = lights_client.get(address.removeprefix("http://localhost"), buffered=True)
    assert dump.mimetype == "application/n-quads"
    assert len(dump.data) == int(str(graph.value(distribution, DCAT.byteSize)))
    assert hashlib.sha256(dump.data).hexdigest() == str(
        graph.value(None, CHECKSUM) or next(graph.objects(None, CHECKSUM))
    )
    assert len(list(pyoxigraph.parse(dump.data, pyoxigraph.RdfFormat.N_QUADS))) == lights.quads


def test_latest_leads_to_the_dump_of_this_version(lights_client: FlaskClient, lights: Version) -> None:
    response = lights_client.get("/dump/latest/lights.nq")
    assert response.status_code == 302
    assert lights.short in response.headers["Location"]


def test_a_dump_can_be_fetched_in_parts(lights_client: FlaskClient, lights: Version) -> None:
    response = lights_client.get(f"/dump/{lights.short}/lights.nq", headers={"Range": "bytes=0-9"}, buffered=True)
    assert (response.status_code, len(response.data)) == (206, 10)


def test_void_counts_as_sparql_counts(lights_client: FlaskClient) -> None:
    graph = fetched(lights_client, "/.well-known/void")

    def count(pattern: str, what: str = "*") -> int:
        text = f"SELECT (COUNT({what}) AS ?n) {{ {pattern} }}"
        return int(lights_client.get("/sparql", query_string={"query": text, "format": "csv"}).text.split()[1])

    assert graph.value(DATASET, VOID.triples) == Literal(count("?s ?p ?o"))
    assert graph.value(DATASET, VOID.distinctSubjects) == Literal(count("?s ?p ?o", "DISTINCT ?s"))
    assert graph.value(DATASET, VOID.properties) == Literal(count("?s ?p ?o", "DISTINCT ?p"))
    parts = list(graph.objects(DATASET, VOID.classPartition))
    assert len(parts) == count("?s a ?c", "DISTINCT ?c")
    for part in parts:
        kind = graph.value(part, VOID["class"])
        assert graph.value(part, VOID.entities) == Literal(count(f"?s a <{kind}>", "DISTINCT ?s"))


def test_the_catalogue_has_no_blank_nodes_and_is_the_same_twice(lights_client: FlaskClient) -> None:
    first = lights_client.get("/catalog.ttl").data
    assert first == lights_client.get("/catalog.ttl").data
    assert all(isinstance(term, URIRef | Literal) for triple in Graph().parse(data=first) for term in triple)
    graph = Graph().parse(data=first)
    assert {"Catalog", "Dataset", "Distribution", "DataService"} <= {str(o).rpartition("#")[2] for o in graph.objects()}
    assert graph.value(DATASET, DCTERMS.license) is not None


def test_a_host_that_is_none_gets_no_catalogue(lights_client: FlaskClient) -> None:
    assert lights_client.get("/catalog.ttl", headers={"Host": 'evil"><x>'}).status_code == 400


def test_operations_answer(lights_client: FlaskClient, lights: Version) -> None:
    assert lights_client.get("/health").text == "ok\n"
    ready = lights_client.get("/ready").json
    assert ready == {"ready": True, "version": lights.digest}
    assert "Disallow: /sparql?" in lights_client.get("/robots.txt").text
