"""The SPARQL endpoint as a resource of HTTP: methods, other sites, validators, headers and errors (RFC 9110, RFC 9457)."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient

from sparql_requests import CONSTRUCT, COUNT, PILOT, SELECT, WAYS, Pairs, ask


@pytest.mark.parametrize("query", [SELECT, CONSTRUCT, "ASK {}"])
@pytest.mark.parametrize("form", ["", "csv", "nt", "html", "json", "xml"])
def test_head_has_the_headers_of_get(lights_client: FlaskClient, query: str, form: str) -> None:
    address = "/sparql?" + urlencode({"query": query} | ({"format": form} if form else {}))
    got, head = lights_client.get(address), lights_client.head(address)
    assert head.data == b""
    assert head.status_code == got.status_code
    for name in ("Content-Type", "Content-Length", "ETag", "Vary", "Cache-Control", "Accept-Query"):
        assert head.headers.get(name) == got.headers.get(name), name


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://other.example", "Access-Control-Request-Method": "QUERY"}])
def test_options_says_what_is_answered_with_or_without_an_origin(
    lights_client: FlaskClient, headers: dict[str, str]
) -> None:
    response = lights_client.options("/sparql", headers=headers)
    assert (response.status_code, response.data) == (204, b"")
    methods = {"GET", "HEAD", "POST", "QUERY", "OPTIONS"}
    assert set(response.headers["Allow"].split(", ")) == methods
    assert set(response.headers["Access-Control-Allow-Methods"].split(", ")) == methods
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in response.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("query", ["ASK {}", "nonsense", "ASK { SERVICE <http://e.example/> {} }"])
def test_answers_and_errors_can_be_read_by_pages_of_other_sites(
    lights_client: FlaskClient, way: str, query: str
) -> None:
    response = ask(lights_client, way, query, Origin="https://other.example")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in response.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_with_those_that_are_answered(lights_client: FlaskClient, method: str) -> None:
    response = lights_client.open("/sparql", method=method)
    assert response.status_code == 405
    assert {"GET", "HEAD", "POST", "QUERY", "OPTIONS"} <= set(response.headers["Allow"].split(", "))


def test_the_method_query_has_a_validator_that_depends_on_its_body(lights_client: FlaskClient) -> None:
    tags = {
        ask(lights_client, "QUERY direct", query, dataset).headers["ETag"]
        for query in (COUNT, SELECT)
        for dataset in ([], [("default-graph-uri", PILOT)])
    }
    assert len(tags) == 4
    again = ask(lights_client, "QUERY form", COUNT)
    assert again.headers["ETag"] == ask(lights_client, "QUERY form", COUNT).headers["ETag"]
    assert ask(lights_client, "QUERY form", COUNT, If_None_Match=again.headers["ETag"]).status_code == 200
    assert "ETag" not in ask(lights_client, "POST form", COUNT).headers


def test_relative_iris_are_read_against_the_base_that_the_description_names(lights_client: FlaskClient) -> None:
    base = "https://lights.example/"
    assert f"<{base}>" in lights_client.get("/sparql", headers={"Accept": "application/n-triples"}).text.replace(
        "\\", ""
    )
    for text in ("<def/light#Lighthouse>", "</def/light#Lighthouse>", "<./x/../def/light#Lighthouse>"):
        assert ask(lights_client, "GET", f"ASK {{ ?s a {text} }}").get_json(force=True)["boolean"] is True
    other = "BASE <http://e.example/> SELECT ?x { BIND(<a> AS ?x) }"
    assert "http://e.example/a" in ask(lights_client, "GET", other).text


@pytest.mark.parametrize("name", ["query", "format", "timeout", "default-graph-uri", "x"])
@pytest.mark.parametrize("poison", ["\r\nSet-Cookie: a=b", "\n", "%0d%0aX: y", "\u2028", "é"])
def test_nothing_of_a_request_reaches_the_header(lights_client: FlaskClient, name: str, poison: str) -> None:
    pairs = [("query", "ASK {}")] if name != "query" else []
    response = lights_client.get(
        f"/sparql?{urlencode([*pairs, (name, poison)])}", headers={"X-Request-Id": quote(poison)}
    )
    assert response.status_code < 500
    assert "Set-Cookie" not in response.headers
    assert all("\n" not in value and "\r" not in value for value in response.headers.values())


@pytest.mark.parametrize("accept", ["application/json", "text/html", "text/plain"])
@pytest.mark.parametrize(
    ("status", "way", "query", "more"),
    [
        (400, "GET", "SELECT ?s { ?s ?p", []),
        (400, "GET", "ASK {}", [("timeout", "soon")]),
        (400, "POST form", "ASK {}", [("timeout", "0")]),
        (403, "POST form", "CLEAR ALL", []),
        (403, "GET", "ASK { SERVICE <http://127.0.0.1/> {} }", []),
        (403, "GET", "ASK FROM <http://127.0.0.1/> {}", []),
        (406, "GET", "ASK {}", [("format", "pdf")]),
        (413, "POST direct", "#" * 300_000, []),
    ],
)
def test_every_kind_of_error_comes_in_three_forms(
    lights_client: FlaskClient, accept: str, status: int, way: str, query: str, more: Pairs
) -> None:
    response = ask(lights_client, way, query, more, Accept=accept)
    assert response.status_code == status
    assert response.headers["Cache-Control"] == "no-store"
    if accept == "application/json":
        document = json.loads(response.data)
        assert {"type", "title", "status", "detail", "hint"} <= set(document)
    elif accept == "text/html":
        assert f'<p class="kind">Problem {status}</p>' in response.text
        if len(query) < 100:
            assert '<textarea id="query"' in response.text
    else:
        assert response.text.startswith(f"{status} ")
