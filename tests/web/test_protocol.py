"""SPARQL 1.1 Protocol, clause by clause, as far as queries go: what each clause asks is said by the test of that name."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sparql_requests import (
    ALMANAC,
    CONSTRUCT,
    COUNT,
    FORM,
    GRAPHS,
    JSON,
    NOWHERE,
    PILOT,
    QUERY,
    SELECT,
    WAYS,
    Pairs,
    ask,
    number,
)

# 2.1 query operation


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("query", "kind"), [(SELECT, JSON), ("ASK {}", JSON), (CONSTRUCT, "text/turtle"), ("DESCRIBE <x:y>", "text/turtle")]
)
def test_2_1_1_to_2_1_3_each_way_of_asking_is_answered(
    lights_client: FlaskClient, way: str, query: str, kind: str
) -> None:
    response = ask(lights_client, way, query)
    assert (response.status_code, response.mimetype) == (200, kind)
    assert response.content_length == len(response.data)
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", ["a%20b", "a+b", "é 日本 😀", "100%", "%2520", "a&b=c;d", "\\t\\n", "%zz", "\u202e"])
def test_2_1_1_percent_encoding_is_decoded_once_and_text_is_unicode(
    lights_client: FlaskClient, way: str, text: str
) -> None:
    response = ask(lights_client, way, f'SELECT ("{text}" AS ?x) {{}}')
    said = response.get_json(force=True)["results"]["bindings"][0]["x"]["value"]
    assert said == text.replace("\\t", "\t").replace("\\n", "\n")


@pytest.mark.parametrize(
    ("encoded", "status"),
    [
        ("query=ASK%20%7B%7D", 200),
        ("query=ASK+{}", 200),
        ("&&query=ASK+{}&&", 200),
        ("%71uery=ASK+{}", 200),
        ("query=ASK%2B{}", 400),
        ("query=ASK%2520{}", 400),
        ("query=%FF", 400),
        ("query=ASK+{}%00", 400),
        ("query=ASK+{}&default-graph-uri=%C3%28", 400),
        ("query=ASK+{}&default-graph-uri=%00", 400),
        ("&".join(["a=b"] * 1001), 400),
    ],
)
def test_2_1_1_what_is_not_encoded_text_is_refused(lights_client: FlaskClient, encoded: str, status: int) -> None:
    assert lights_client.get("/sparql", query_string=encoded).status_code == (status)
    assert lights_client.post("/sparql", data=encoded, content_type=FORM).status_code == status


@pytest.mark.parametrize("way", ["POST form", "QUERY form"])
@pytest.mark.parametrize("content_type", [FORM, f"{FORM}; charset=UTF-8", FORM.upper()])
def test_2_1_2_the_type_of_a_form_may_name_utf_8(lights_client: FlaskClient, way: str, content_type: str) -> None:
    response = lights_client.open("/sparql", method=way.split()[0], data="query=ASK+{}", content_type=content_type)
    assert response.status_code == 200


@pytest.mark.parametrize("method", ["POST", "QUERY"])
@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (QUERY, 200),
        (f"{QUERY}; charset=utf-8", 200),
        (f'{QUERY};charset="UTF-8"', 200),
        (f"{QUERY}; charset=utf-16", 415),
        (f"{QUERY}; charset=iso-8859-1", 415),
        (f"{FORM}; charset=iso-8859-1", 415),
        ("text/plain", 415),
        ("application/json", 415),
        ("application/graphql", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/sparql-results+json", 415),
        ("nonsense", 415),
        ("", 415),
        ("application/sparql-update", 403),
    ],
)
def test_2_1_3_other_types_of_body_are_refused_with_those_that_are_read(
    lights_client: FlaskClient, method: str, content_type: str, status: int
) -> None:
    response = lights_client.open("/sparql", method=method, data="ASK {}", content_type=content_type)
    assert response.status_code == status
    if status == 415:
        assert response.headers["Accept-Post"] == response.headers["Accept-Query"] == f"{QUERY}, {FORM}"
        assert response.mimetype == "application/problem+json"


def test_2_1_3_a_body_that_is_compressed_is_refused(lights_client: FlaskClient) -> None:
    response = lights_client.post("/sparql", data=b"x", content_type=QUERY, headers={"Content-Encoding": "gzip"})
    assert response.status_code == 415


@pytest.mark.parametrize("body", [b"\xff\xfeA\x00", "ASK { ?s ?p 'é' }".encode("latin-1"), b"ASK {}\x00"])
def test_2_1_3_a_body_that_is_not_utf_8_is_refused(lights_client: FlaskClient, body: bytes) -> None:
    assert lights_client.post("/sparql", data=body, content_type=QUERY).status_code == 400
    form = b"query=" + body
    assert lights_client.post("/sparql", data=form, content_type=FORM).status_code == 400


# 2.1.4 specifying an RDF dataset


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("query", "dataset", "expected"),
    [
        (COUNT, [("default-graph-uri", PILOT)], 3),
        (COUNT, [("default-graph-uri", ALMANAC), ("default-graph-uri", PILOT)], 10),
        (COUNT, [("default-graph-uri", PILOT), ("default-graph-uri", PILOT)], 3),
        (COUNT, [("default-graph-uri", NOWHERE)], 0),
        (COUNT, [("default-graph-uri", NOWHERE), ("default-graph-uri", PILOT)], 3),
        (COUNT, [("named-graph-uri", PILOT)], 0),
        (GRAPHS, [("named-graph-uri", PILOT)], 1),
        (GRAPHS, [("named-graph-uri", PILOT), ("named-graph-uri", ALMANAC)], 2),
        (GRAPHS, [("named-graph-uri", NOWHERE)], 0),
        (GRAPHS, [("default-graph-uri", PILOT)], 0),
        (COUNT, [("default-graph-uri", PILOT), ("named-graph-uri", ALMANAC)], 3),
        (COUNT.replace(" {", f" FROM <{ALMANAC}> {{", 1), [("default-graph-uri", PILOT)], 3),
        (COUNT.replace(" {", f" FROM <{NOWHERE}> {{", 1), [("default-graph-uri", PILOT)], 3),
        (COUNT.replace(" {", f" FROM <{PILOT}> FROM NAMED <{ALMANAC}> {{", 1), [], 3),
        (GRAPHS.replace(" {", f" FROM NAMED <{ALMANAC}> {{", 1), [], 1),
        (GRAPHS.replace(" {", f" FROM NAMED <{ALMANAC}> {{", 1), [("named-graph-uri", NOWHERE)], 0),
    ],
)
def test_2_1_4_the_dataset_is_the_one_that_the_request_names(
    lights_client: FlaskClient, way: str, query: str, dataset: Pairs, expected: int
) -> None:
    assert number(ask(lights_client, way, query, dataset)) == expected


@pytest.mark.parametrize("method", ["POST", "QUERY"])
def test_2_1_4_parameters_in_the_address_of_a_form_count_too(lights_client: FlaskClient, method: str) -> None:
    data = urlencode({"query": COUNT})
    address = urlencode({"default-graph-uri": PILOT})
    response = lights_client.open("/sparql", method=method, query_string=address, data=data, content_type=FORM)
    assert number(response) == 3


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize("value", ["", "relative", "http://e.example/a b", "<http://e.example/>", "http://[/"])
def test_2_1_4_what_names_no_graph_is_refused(lights_client: FlaskClient, name: str, value: str) -> None:
    assert ask(lights_client, "GET", COUNT, [(name, value)]).status_code == 400


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["update", "using-graph-uri", "using-named-graph-uri"])
def test_2_2_parameters_of_updates_are_refused(lights_client: FlaskClient, way: str, name: str) -> None:
    assert ask(lights_client, way, "ASK {}", [(name, "CLEAR ALL")]).status_code == 403


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "text", ["LOAD <http://127.0.0.1/>", "DELETE WHERE { ?s ?p ?o }", "PREFIX x: <x:> INSERT DATA {}"]
)
def test_2_2_an_update_in_place_of_a_query_is_refused_as_one(lights_client: FlaskClient, way: str, text: str) -> None:
    response = ask(lights_client, way, text)
    assert response.status_code == 403
    assert "is an update" in response.get_json(force=True)["detail"]


def test_2_1_exactly_one_query(lights_client: FlaskClient) -> None:
    pair = urlencode([("query", "ASK {}")])
    assert lights_client.get(f"/sparql?{pair}&{pair}").status_code == 400
    for method in ("POST", "QUERY"):
        for address, data, kind in (
            ("", f"{pair}&{pair}", FORM),
            (pair, pair, FORM),
            (pair, "ASK {}", QUERY),
            ("", "", FORM),
            ("", "", QUERY),
            ("", "x=y", FORM),
            ("", "query=+%0A", FORM),
        ):
            response = lights_client.open("/sparql", method=method, query_string=address, data=data, content_type=kind)
            assert response.status_code == 400, (method, address, data)
    assert lights_client.get("/sparql?query=").status_code == 400


# 2.1.5 content negotiation


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("accept", "select", "construct"),
    [
        ("", JSON, "text/turtle"),
        ("*/*", JSON, "text/turtle"),
        ("application/*", JSON, "application/n-triples"),
        ("text/*", "text/csv", "text/turtle"),
        ("text/csv", "text/csv", None),
        ("TEXT/CSV ; Q=0.9", "text/csv", None),
        ("text/csv;header=present", "text/csv", None),
        ("text/csv;header=absent", None, None),
        ("text/csv; charset=utf-8", "text/csv", None),
        ("text/csv; charset=utf-16", None, None),
        ("text/csv;q=0.5, text/tab-separated-values;q=0.6", "text/tab-separated-values", None),
        ("text/csv;q=0", None, None),
        ("*/*;q=0", None, None),
        ("application/sparql-results+json;q=0, */*;q=0.1", "application/sparql-results+xml", "text/turtle"),
        ("application/xml", "application/sparql-results+xml", "application/rdf+xml"),
        ("application/json", JSON, "application/ld+json"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"', None, "application/ld+json"),
        ("application/trig", None, "application/trig"),
        ("application/n-quads", None, "application/n-quads"),
        ("application/n-triples, text/turtle;q=0.3", None, "application/n-triples"),
        ("text/turtle, text/html;q=0.5", "text/html", "text/turtle"),
        ("text/html", "text/html", "text/html"),
        ("image/png", None, None),
        ("text/html;q=0.1, image/png", "text/html", "text/html"),
    ],
)
def test_2_1_5_the_client_gets_the_best_it_accepts(
    lights_client: FlaskClient, way: str, accept: str, select: str | None, construct: str | None
) -> None:
    for query, expected in ((SELECT, select), (CONSTRUCT, construct)):
        response = ask(lights_client, way, query, Accept=accept)
        assert (response.status_code, response.mimetype) == (
            (200, expected) if expected else (406, "application/problem+json")
        )


@pytest.mark.parametrize(
    ("query", "offered", "not_offered"),
    [
        (SELECT, {JSON, "text/csv", "text/html"}, "text/turtle"),
        (CONSTRUCT, {"text/turtle", "application/trig"}, "text/csv"),
    ],
)
def test_2_1_5_a_refusal_names_what_is_on_offer_for_that_kind_of_query(
    lights_client: FlaskClient, query: str, offered: set[str], not_offered: str
) -> None:
    for accept in ("image/png", not_offered):
        response = ask(lights_client, "GET", query, Accept=accept)
        offers = response.get_json(force=True)["offers"]
        assert offered <= set(offers)
        assert not_offered not in offers
    assert ask(lights_client, "GET", query, [("format", not_offered)]).status_code == 406
    assert ask(lights_client, "GET", query, [("format", "pdf")]).status_code == 406


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("query", "name", "kind"),
    [
        (SELECT, "json", JSON),
        (SELECT, "xml", "application/sparql-results+xml"),
        (SELECT, "csv", "text/csv"),
        (SELECT, "CSV", "text/csv"),
        (SELECT, "tsv", "text/tab-separated-values"),
        (SELECT, "html", "text/html"),
        (SELECT, "text/csv", "text/csv"),
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (CONSTRUCT, "ttl", "text/turtle"),
        (CONSTRUCT, "turtle", "text/turtle"),
        (CONSTRUCT, "nt", "application/n-triples"),
        (CONSTRUCT, "jsonld", "application/ld+json"),
        (CONSTRUCT, "json", "application/ld+json"),
        (CONSTRUCT, "rdf", "application/rdf+xml"),
        (CONSTRUCT, "xml", "application/rdf+xml"),
        (CONSTRUCT, "trig", "application/trig"),
        (CONSTRUCT, "nq", "application/n-quads"),
        (CONSTRUCT, "text/turtle", "text/turtle"),
        (CONSTRUCT, "html", "text/html"),
    ],
)
def test_2_1_5_a_client_that_cannot_set_headers_names_the_format(
    lights_client: FlaskClient, way: str, query: str, name: str, kind: str
) -> None:
    response = ask(lights_client, way, query, [("format", name)], Accept="image/png")
    assert (response.status_code, response.mimetype) == (200, kind)


@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60))
@hypothesis_settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_2_1_5_no_accept_header_makes_the_endpoint_fail(lights_client: FlaskClient, accept: str) -> None:
    for value in (accept, f"text/csv;q={accept}", f"text/csv;{accept}, */*;q=0.1", f'{accept}/{accept};a="{accept}'):
        assert ask(lights_client, "GET", "ASK {}", Accept=value).status_code in (200, 406)


# 2.1.6 and 2.1.7 success and failure


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", ["ASK", "SELECT ?s { ?s", "nonsense", "ASK { ?s nope:x ?o }", "ASK { ?s ?p 'x }"])
def test_2_1_7_a_query_that_is_none_is_a_problem_with_its_place(
    lights_client: FlaskClient, way: str, text: str
) -> None:
    response = ask(lights_client, way, text)
    document = response.get_json(force=True)
    assert (response.status_code, document["status"], document["line"]) == (400, 400, 1)
    assert document["type"] == "/problem/query-fault"
    assert document["excerpt"].endswith("^")
