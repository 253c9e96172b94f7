"""SPARQL 1.1 Protocol over HTTP: formats, refusals, and errors as problem documents."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph

ASK = "ASK {}"
SELECT = "SELECT ?s { ?s a <https://lights.example/def/light#Lighthouse> } ORDER BY ?s"
GRAPH = "CONSTRUCT WHERE { ?s a <https://lights.example/def/light#Lighthouse> }"
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("accept", "text", "kind"),
    [
        (None, SELECT, "application/sparql-results+json"),
        ("application/sparql-results+xml", SELECT, "application/sparql-results+xml"),
        ("text/csv", SELECT, "text/csv"),
        ("text/tab-separated-values", SELECT, "text/tab-separated-values"),
        ("application/sparql-results+xml", ASK, "application/sparql-results+xml"),
        (None, GRAPH, "text/turtle"),
        ("application/n-triples", GRAPH, "application/n-triples"),
        ("application/ld+json", GRAPH, "application/ld+json"),
        ("application/rdf+xml", GRAPH, "application/rdf+xml"),
    ],
)
@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_each_way_of_asking_gives_each_format(
    lights_client: FlaskClient, way: str, accept: str | None, text: str, kind: str
) -> None:
    headers = {"Accept": accept} if accept else {}
    if way == "get":
        response = lights_client.get("/sparql", query_string={"query": text}, headers=headers)
    elif way == "form":
        response = lights_client.post("/sparql", data={"query": text}, headers=headers)
    else:
        response = lights_client.post("/sparql", data=text, content_type="application/sparql-query", headers=headers)
    assert response.status_code == 200
    assert response.mimetype == kind
    assert response.data


@pytest.mark.parametrize(("name", "form"), [("ttl", "turtle"), ("nt", "nt"), ("jsonld", "json-ld"), ("rdf", "xml")])
def test_every_graph_format_holds_the_same_triples(lights_client: FlaskClient, name: str, form: str) -> None:
    body = lights_client.get("/sparql", query_string={"query": GRAPH, "format": name}).data
    assert len(Graph().parse(data=body, format=form)) == 3


def test_a_select_gives_its_rows_in_order(lights_client: FlaskClient) -> None:
    found = lights_client.get("/sparql", query_string={"query": SELECT}).json
    assert found is not None
    names = [row["s"]["value"].rpartition("/")[2] for row in found["results"]["bindings"]]
    assert names == ["far-point", "near-point", "north-rock"]


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (400, {"query_string": {"query": "SELECT"}}),
        (400, {"query_string": {"query": ""}}),
        (400, {"query_string": [("query", ASK), ("query", ASK)]}),
        (400, {"query_string": {"query": ASK, "timeout": "soon"}}),
        (403, {"query_string": {"query": "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"}}),
        (403, {"method": "POST", "data": {"update": "CLEAR ALL"}}),
        (403, {"method": "POST", "data": "CLEAR ALL", "content_type": "application/sparql-update"}),
        (405, {"method": "DELETE"}),
        (405, {"method": "PUT", "data": "x"}),
        (406, {"query_string": {"query": ASK}, "headers": {"Accept": "image/png"}}),
        (406, {"query_string": {"query": ASK, "format": "pdf"}}),
        (413, {"method": "POST", "data": "#" * 300_000, "content_type": "application/sparql-query"}),
        (413, {"method": "POST", "data": "query=" + "a" * 900_000, "content_type": FORM}),
        (415, {"method": "POST", "data": ASK, "content_type": "text/plain"}),
        (
            504,
            {
                "query_string": {
                    "query": "SELECT (COUNT(*) AS ?n) {?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o}",
                    "timeout": "0.2",
                }
            },
        ),
    ],
)
def test_a_bad_request_is_answered_with_its_status_as_a_problem_document(
    lights_client: FlaskClient, status: int, request_: dict[str, object]
) -> None:
    response = lights_client.open("/sparql", **{"method": "GET", **request_})  # type: ignore[arg-type]
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    document = json.loads(response.data)
    assert {"type", "title", "status", "detail", "hint"} <= set(document)
    assert document["status"] == status


def test_a_fault_in_the_query_says_where(lights_client: FlaskClient) -> None:
    document = lights_client.get("/sparql", query_string={"query": "SELECT ?s\nWHERE { ?s ?p }"}).json
    assert document is not None
    assert (document["line"], document["column"]) == (2, 15)
    assert "line 2, column 15" in document["detail"]


def test_a_browser_reads_the_problem_as_a_page_with_its_query(lights_client: FlaskClient) -> None:
    response = lights_client.get("/sparql", query_string={"query": "SELECT <b>"}, headers={"Accept": "text/html"})
    assert response.status_code == 400
    assert "text/html" in response.content_type
    assert "SELECT &lt;b&gt;" in response.text


def test_an_unacceptable_format_is_answered_with_what_is_on_offer(lights_client: FlaskClient) -> None:
    document = lights_client.get("/sparql", query_string={"query": ASK}, headers={"Accept": "image/png"}).json
    assert document is not None
    assert "application/sparql-results+json" in document["offers"]


def test_relative_iris_are_read_against_the_base_of_the_graph(lights_client: FlaskClient) -> None:
    text = "ASK { <id/lighthouse/far-point> a <def/light#Lighthouse> }"
    assert lights_client.get("/sparql", query_string={"query": text}).json == {"head": {}, "boolean": True}


def test_percent_escapes_are_decoded_once(lights_client: FlaskClient) -> None:
    text = 'SELECT ("a%20b é" AS ?x) {}'
    response = lights_client.get("/sparql", query_string={"query": text, "format": "csv"})
    assert response.text.split() == ["x", "a%20b", "é"]


def test_the_dataset_of_the_protocol_is_honoured(lights_client: FlaskClient) -> None:
    query = {"query": "SELECT ?s ?p ?o { ?s ?p ?o }", "default-graph-uri": "http://nowhere.example/", "format": "csv"}
    assert lights_client.get("/sparql", query_string=query).text.splitlines() == ["s,p,o"]


def test_head_has_the_headers_of_get_and_an_etag_gives_304(lights_client: FlaskClient) -> None:
    got = lights_client.get("/sparql", query_string={"query": SELECT})
    head = lights_client.head("/sparql", query_string={"query": SELECT})
    assert (head.status_code, head.data) == (200, b"")
    for name in ("Content-Type", "ETag", "Vary", "Cache-Control"):
        assert head.headers[name] == got.headers[name]
    again = lights_client.get("/sparql", query_string={"query": SELECT}, headers={"If-None-Match": got.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_other_sites_may_ask_from_a_browser(lights_client: FlaskClient) -> None:
    response = lights_client.options("/sparql", headers={"Origin": "https://other.example"})
    assert response.status_code == 204
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_without_a_query_programs_get_the_service_description(lights_client: FlaskClient) -> None:
    response = lights_client.get("/sparql", headers={"Accept": "text/turtle"})
    graph = Graph().parse(data=response.data, format="turtle")
    named = set(graph.objects(None, None)) & {o for o in graph.objects() if "graph/account/pilot" in str(o)}
    assert named


def test_without_a_query_people_get_the_editor(lights_client: FlaskClient) -> None:
    page = lights_client.get("/sparql", headers={"Accept": "text/html"}).text
    assert "<textarea" in page
    assert "Which lights does a keeper tend?" in page


def test_an_answer_as_a_page_shows_labels_and_links(lights_client: FlaskClient) -> None:
    page = lights_client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": "text/html"}).text
    assert '<a href="/doc/lighthouse/far-point">Far Point</a>' in page
    assert "3 rows, complete" in page


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda b: b.decode("latin-1")))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_whatever_makes_the_endpoint_fail(lights_client: FlaskClient, text: str) -> None:
    response = lights_client.post(
        "/sparql", data=text.encode("utf-8", "surrogatepass"), content_type="application/sparql-query"
    )
    assert response.status_code in (200, 400, 403)


@pytest.mark.parametrize(
    ("accept", "form", "shown"),
    [
        ("application/json", "application/problem+json", '"excerpt": "WHERE { ?s ?p }\\n              ^"'),
        ("text/html", "text/html", '<pre tabindex="0">WHERE { ?s ?p }\n              ^</pre>'),
        ("text/plain", "text/plain", "\nWHERE { ?s ?p }\n              ^\n"),
    ],
)
def test_a_fault_in_the_query_is_shown_with_a_caret_in_every_form(
    lights_client: FlaskClient, accept: str, form: str, shown: str
) -> None:
    query = {"query": "SELECT ?s\nWHERE { ?s ?p }"}
    response = lights_client.get("/sparql", query_string=query, headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (400, form)
    assert shown in response.text
