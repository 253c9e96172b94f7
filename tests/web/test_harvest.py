"""What harvesters fetch is true: counts as SPARQL counts them, a dump that is what the catalogue says."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from rdflib import Graph, Literal, URIRef
from rdflib.compare import to_isomorphic
from rdflib.namespace import DCAT, DCTERMS, RDF, VOID

from lepgraph.counting import Counts, counted, kept
from lepgraph.loading.building import Version
from lepgraph.shelf import Shelf
from lepgraph.site import Site
from lepgraph.terms import SD

DATASET = URIRef("https://lights.example/data/lights")
CHECKSUM = URIRef("http://spdx.org/rdf/terms#checksumValue")


def fetched(client: FlaskClient, path: str) -> Graph:
    return Graph().parse(data=client.get(path, headers={"Accept": "text/turtle"}).data, format="turtle")


def test_the_dump_is_what_the_catalogue_says(lights_client: FlaskClient, lights: Version) -> None:
    graph = fetched(lights_client, "/catalog")
    distribution = URIRef(f"{DATASET}#lights.nq")
    assert (DATASET, DCAT.distribution, distribution) in graph
    address = str(graph.value(distribution, DCAT.downloadURL))
    dump = lights_client.get(address.removeprefix("http://localhost"), buffered=True)
    assert dump.mimetype == "application/n-quads"
    assert len(dump.data) == int(str(graph.value(distribution, DCAT.byteSize)))
    assert hashlib.sha256(dump.data).hexdigest() == str(graph.value(URIRef(f"{distribution}-checksum"), CHECKSUM))
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


def test_the_service_description_is_true(lights_client: FlaskClient) -> None:
    graph = fetched(lights_client, "/sparql")
    endpoint = graph.value(predicate=RDF.type, object=SD.Service)
    assert str(graph.value(endpoint, SD.endpoint)) == str(endpoint) == "http://localhost/sparql"
    assert set(graph.objects(endpoint, SD.supportedLanguage)) == {SD.SPARQL11Query}
    assert set(graph.objects(endpoint, SD.feature)) == {SD.UnionDefaultGraph}
    formats = {str(form).rpartition("/")[2] for form in graph.objects(endpoint, SD.resultFormat)}
    assert formats >= {"SPARQL_Results_JSON", "SPARQL_Results_CSV", "Turtle", "RDF_XML", "TriG", "N-Quads"}
    assert "against <https://lights.example/>" in str(graph.value(endpoint, DCTERMS.description))

    def count(pattern: str) -> int:
        query = {"query": f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}", "format": "csv"}
        return int(lights_client.get("/sparql", query_string=query).text.split()[1])

    dataset = graph.value(endpoint, SD.defaultDataset)
    assert graph.value(graph.value(dataset, SD.defaultGraph), VOID.triples) == Literal(count("?s ?p ?o"))
    named = list(graph.objects(dataset, SD.namedGraph))
    assert len(named) == 8
    for node in named:
        name = graph.value(node, SD.name)
        assert graph.value(graph.value(node, SD.graph), VOID.triples) == Literal(
            count(f"GRAPH <{name}> {{ ?s ?p ?o }}")
        )


@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void"])
@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "json-ld"),
        ("application/rdf+xml", "xml"),
    ],
)
def test_descriptions_come_in_every_form_by_header_and_name_and_for_head(
    lights_client: FlaskClient, path: str, accept: str, form: str
) -> None:
    got = lights_client.get(path, headers={"Accept": accept})
    plain = Graph().parse(data=lights_client.get(path, headers={"Accept": "text/turtle"}).data, format="turtle")
    assert to_isomorphic(Graph().parse(data=got.data, format=form)) == to_isomorphic(plain)
    assert lights_client.get(f"{path}?format={accept}", headers={"Accept": "image/png"}).data == got.data
    head = lights_client.head(path, headers={"Accept": accept})
    assert (head.data, head.content_length, head.headers["ETag"]) == (b"", len(got.data), got.headers["ETag"])


def test_no_request_for_a_description_counts_anything(
    lights_site: Site, lights_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lights_site.store, "solutions", lambda _: pytest.fail("the store was asked"))
    for path in ("/sparql", "/.well-known/void", "/catalog"):
        other = {"Host": "other.example", "Accept": "text/turtle"}
        assert b"http://other.example/" in lights_client.get(path, headers=other).data


def test_what_was_worked_out_is_kept_beside_the_snapshot_and_belongs_to_its_dataset(
    lights_site: Site, tmp_path: Path
) -> None:
    counts = counted(lights_site.store, lights_site.library)
    assert (counts.triples, len(counts.graphs)) == (lights_site.version.triples, lights_site.version.graphs)

    def found(about: str, folder: Path = tmp_path) -> Counts:
        return kept(lights_site.store, lights_site.library, Shelf(folder, about))

    assert found("a") == counts
    path = tmp_path / "counts.json"
    path.write_text(path.read_text().replace(f'"triples": {counts.triples}', '"triples": 1'))
    assert found("a").triples == 1
    assert found("b") == counts
    path.write_text("broken")
    assert found("b") == counts
    assert found("b", tmp_path / "gone") == counts


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
