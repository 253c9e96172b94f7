"""Requests of the SPARQL 1.1 Protocol to the lighthouses in each of its ways, as tests send them."""

from __future__ import annotations

from urllib.parse import urlencode

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

QUERY = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
JSON = "application/sparql-results+json"
ALMANAC = "https://lights.example/graph/lighthouse/almanac"
PILOT = "https://lights.example/graph/account/pilot"
NOWHERE = "http://nowhere.example/graph"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"  # 9 triples in one graph, 3 in the other, 2 of them the same
GRAPHS = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
SELECT = "SELECT ?s { ?s a <https://lights.example/def/light#Lighthouse> } ORDER BY ?s"
CONSTRUCT = "CONSTRUCT WHERE { ?s a <https://lights.example/def/light#Lighthouse> }"
WAYS = ["GET", "POST form", "POST direct", "QUERY form", "QUERY direct"]

Pairs = list[tuple[str, str]]


def ask(client: FlaskClient, way: str, query: str, more: Pairs | None = None, **headers: str) -> TestResponse:
    """A query in one of the ways of the protocol, with more parameters where that way puts them."""
    method, _, form = way.partition(" ")
    pairs = more or []
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if way == "GET":
        return client.get("/sparql", query_string=urlencode([("query", query), *pairs]), headers=named)
    if form == "form":
        data = urlencode([("query", query), *pairs])
        return client.open("/sparql", method=method, data=data, content_type=FORM, headers=named)
    return client.open(
        "/sparql", method=method, query_string=urlencode(pairs), data=query.encode(), content_type=QUERY, headers=named
    )


def number(response: TestResponse) -> int:
    assert response.status_code == 200, response.text
    return int(response.get_json(force=True)["results"]["bindings"][0]["n"]["value"])
