"""Every format is read back by a parser that is not the writer's, with the values that are hard to write."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rdflib import BNode, Dataset, Graph, Literal, URIRef
from rdflib.compare import to_isomorphic
from rdflib.query import Result
from rdflib.term import Node
from werkzeug.test import TestResponse

from lepgraph.errors import NotAcceptable
from lepgraph.media import RDF_XML, Kind
from lepgraph.store import FIRST_OF_EACH, Query
from lepgraph.store.embedded import Embedded

XSD = "http://www.w3.org/2001/XMLSchema#"
VALUES: dict[str, tuple[str, Node]] = {
    "IRI": ("<http://e.example/é?a=1&b='2'#c>", URIRef("http://e.example/é?a=1&b='2'#c")),
    "plain": ('"x"', Literal("x")),
    "empty": ('""', Literal("")),
    "quotes, commas and tabs": (r'"\"a\", \'b\'\t\\"', Literal("\"a\", 'b'\t\\")),
    "new lines": (r'"a\nb\r\nc\rd"', Literal("a\nb\r\nc\rd")),
    "markup": ('"<b>&amp;]]></b>"', Literal("<b>&amp;]]></b>")),
    "spaces around": ('"  x  "', Literal("  x  ")),
    "unicode": ('"é 日本 😀 \u202eabc"', Literal("é 日本 😀 \u202eabc")),
    "language": ('"colour"@en-gb', Literal("colour", lang="en-gb")),
    "integer": ("-5", Literal("-5", datatype=URIRef(f"{XSD}integer"))),
    "decimal": ("1.50", Literal("1.50", datatype=URIRef(f"{XSD}decimal"), normalize=False)),
    "infinity": (f'"INF"^^<{XSD}double>', Literal("INF", datatype=URIRef(f"{XSD}double"), normalize=False)),
    "no number": (f'"NaN"^^<{XSD}double>', Literal("NaN", datatype=URIRef(f"{XSD}double"), normalize=False)),
    "boolean": ("true", Literal("true", datatype=URIRef(f"{XSD}boolean"))),
    "own datatype": ('"x y"^^<http://e.example/t>', Literal("x y", datatype=URIRef("http://e.example/t"))),
    "not of its type": (f'"2014-02-30"^^<{XSD}date>', Literal("2014-02-30", datatype=URIRef(f"{XSD}date"), normalize=False)),
}  # fmt: skip
SAMPLES = [pytest.param(written, term, id=name) for name, (written, term) in VALUES.items()]
GRAPHS = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml", "trig": "trig", "nq": "nquads"}


def body(client: FlaskClient, query: str, form: str) -> bytes:
    response: TestResponse = client.post("/sparql", data={"query": query, "format": form}, buffered=True)
    assert response.status_code == 200, response.text
    return bytes(response.data)


def same(one: Node | None, other: Node) -> bool:
    """Equal as RDF terms; numbers may have another lexical form, since the engine keeps values."""
    if isinstance(one, Literal) and isinstance(other, Literal) and one.datatype == other.datatype:
        return one.language == other.language and (str(one).lower() == str(other).lower() or one.value == other.value)
    return one == other


@pytest.mark.parametrize(("written", "term"), SAMPLES)
@pytest.mark.parametrize("form", ["json", "xml", "tsv"])
def test_a_value_comes_back_as_it_was(lights_client: FlaskClient, form: str, written: str, term: Node) -> None:
    sent = body(lights_client, f"SELECT ?x ?unbound {{ VALUES ?x {{ {written} }} }}", form)
    if form == "tsv":
        head, row = sent.decode().rstrip("\n").split("\n")
        assert head == "?x\t?unbound"
        value, unbound = row.split("\t")
        assert unbound == ""
        found = next(iter(Graph().parse(data=f"<x:x> <x:p> {value} .", format="turtle")))[2]
    else:
        result = Result.parse(io.BytesIO(sent), format=form)
        assert [str(variable) for variable in result.vars or ()] == ["x", "unbound"]
        [row_found] = list(result)
        found, unbound_found = row_found[0], row_found[1]  # type: ignore[index]  # a row of a SELECT
        assert unbound_found is None
    if form == "xml" and isinstance(term, Literal) and "\r" in term:
        assert str(found) == str(term)
    assert same(found, term)


@pytest.mark.parametrize(("written", "term"), SAMPLES)
def test_csv_holds_the_text_of_a_value(lights_client: FlaskClient, written: str, term: Node) -> None:
    sent = body(lights_client, f"SELECT ?x ?unbound {{ VALUES ?x {{ {written} }} }}", "csv")
    head, row = list(csv.reader(io.StringIO(sent.decode(), newline="")))
    assert (head, row[1]) == (["x", "unbound"], "")
    assert row[0] in (str(term), str(term).rstrip("0"))
    assert sent.endswith(b"\r\n")


@pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning")  # rdflib's own parser
@pytest.mark.parametrize(("written", "term"), SAMPLES)
@pytest.mark.parametrize("form", GRAPHS)
def test_a_graph_comes_back_as_it_was(lights_client: FlaskClient, form: str, written: str, term: Node) -> None:
    query = f"CONSTRUCT {{ <http://e.example/s> <http://e.example/p> ?x . ?x <http://e.example/q> _:b }} {{ VALUES ?x {{ {written} }} }}"
    sent = body(lights_client, query, form)
    graph = Graph()
    if form in ("trig", "nq"):
        dataset = Dataset()
        dataset.parse(data=sent, format=GRAPHS[form])
        for subject, predicate, value, _ in dataset.quads():
            graph.add((subject, predicate, value))
    else:
        graph.parse(data=sent, format=GRAPHS[form])
    found = list(graph.objects(URIRef("http://e.example/s"), URIRef("http://e.example/p")))
    assert len(found) == 1
    assert same(found[0], term)
    blank = list(graph.objects(None, URIRef("http://e.example/q")))
    assert len(blank) == (1 if isinstance(term, URIRef) else 0)
    assert all(isinstance(node, BNode) for node in blank)
    again = pyoxigraph.parse(sent, pyoxigraph.RdfFormat.from_extension(form))
    assert len(list(again)) == len(graph)


def test_blank_nodes_keep_their_identity_within_an_answer(lights_client: FlaskClient) -> None:
    query = "SELECT ?a ?b ?c { BIND(BNODE() AS ?a) BIND(?a AS ?b) BIND(BNODE() AS ?c) }"
    for form in ("json", "xml"):
        [row] = list(Result.parse(io.BytesIO(body(lights_client, query, form)), format=form))
        assert row[0] == row[1] != row[2]  # type: ignore[index]  # a row of a SELECT
    for form in ("csv", "tsv"):
        cells = body(lights_client, query, form).decode().splitlines()[1].split("," if form == "csv" else "\t")
        assert cells[0] == cells[1] != cells[2]
        assert cells[0].startswith("_:")


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_an_answer_without_rows_has_its_variables(lights_client: FlaskClient, form: str) -> None:
    sent = body(lights_client, "SELECT ?one ?two { FILTER(false) }", form)
    if form == "json":
        assert json.loads(sent) == {"head": {"vars": ["one", "two"]}, "results": {"bindings": []}}
    elif form == "xml":
        names = [element.get("name") for element in ET.fromstring(sent).iter() if element.tag.endswith("}variable")]
        assert names == ["one", "two"]
    else:
        assert sent.decode().strip().replace("?", "").split("," if form == "csv" else "\t") == ["one", "two"]


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_a_row_without_variables_is_a_row(lights_client: FlaskClient, form: str) -> None:
    sent = body(lights_client, "SELECT * {}", form)
    if form == "json":
        assert json.loads(sent)["results"]["bindings"] == [{}]
    elif form == "xml":
        assert len([element for element in ET.fromstring(sent).iter() if element.tag.endswith("}result")]) == 1
    else:
        assert sent.decode().replace("\r", "") == "\n\n"


@pytest.mark.parametrize(("query", "said"), [("ASK {}", "true"), ("ASK { FILTER(false) }", "false")])
def test_yes_and_no_in_every_format(lights_client: FlaskClient, query: str, said: str) -> None:
    assert json.loads(body(lights_client, query, "json")) == {"head": {}, "boolean": said == "true"}
    assert ET.fromstring(body(lights_client, query, "xml"))[1].text == said
    assert body(lights_client, query, "csv").decode().strip() == said
    assert body(lights_client, query, "tsv").decode().strip() == said
    assert ("Yes" if said == "true" else "No") in body(lights_client, query, "html").decode()


@pytest.mark.parametrize("form", GRAPHS)
def test_a_graph_without_triples_is_one(lights_client: FlaskClient, form: str) -> None:
    sent = body(lights_client, "CONSTRUCT WHERE { <x:x> <x:y> <x:z> }", form)
    assert list(pyoxigraph.parse(sent, pyoxigraph.RdfFormat.from_extension(form))) == []


@pytest.mark.parametrize(
    "query", ["CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE <https://lights.example/id/lighthouse/far-point>"]
)
def test_every_format_holds_the_same_graph(lights_client: FlaskClient, query: str) -> None:
    graphs = [
        to_isomorphic(Graph().parse(data=body(lights_client, query, name), format=form))
        for name, form in GRAPHS.items()
        if name not in ("trig", "nq")
    ]
    assert len(graphs[0]) >= 6
    assert all(graph == graphs[0] for graph in graphs)


def test_a_page_shows_text_as_text(lights_client: FlaskClient) -> None:
    page = body(lights_client, 'SELECT ("<script>alert(1)</script>" AS ?x) ("é"@fr AS ?y) {}', "html").decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'lang="fr"' in page


@pytest.mark.parametrize(
    ("query", "form", "why"),
    [
        ('SELECT ("a\\u0001" AS ?x) {}', "xml", "U+0001"),
        ('SELECT ("a\\u000Bb" AS ?x) {}', "xml", "U+000B"),
        ('SELECT ("\\uFFFF" AS ?x) {}', "xml", "U+FFFF"),
        ('CONSTRUCT { <a:b> <http://e.example/p> "\\u0008" } {}', "rdf", "U+0008"),
        ("CONSTRUCT { <a:b> <http://e.example/1> 1 } {}", "rdf", "<http://e.example/1>"),
        ("CONSTRUCT { <a:b> <http://e.example/p/> 1 } {}", "rdf", "<http://e.example/p/>"),
        ("CONSTRUCT { <a:b> <a:c> <<( <a:b> <a:c> 1 )>> } {}", "jsonld", "RDF 1.2"),
    ],
)
def test_what_a_format_cannot_hold_is_refused_with_the_others(
    lights_client: FlaskClient, query: str, form: str, why: str
) -> None:
    response = lights_client.post("/sparql", data={"query": query, "format": form})
    assert response.status_code == 406
    document = response.get_json(force=True)
    assert "cannot hold" in document["detail"]
    assert why in document["detail"]
    asked = lights_client.post("/sparql", data={"query": query, "format": document["offers"][0]})
    assert asked.status_code == 200
    assert len(document["offers"]) >= 4


def test_a_long_answer_that_a_format_cannot_hold_at_its_end_is_refused_too(lights_client: FlaskClient) -> None:
    query = "SELECT ?x { { ?a ?b ?c . ?d ?e ?f BIND(CONCAT(STR(?a), STR(?d)) AS ?x) } UNION { BIND('\\u0001' AS ?x) } }"
    assert len(body(lights_client, query, "csv")) > 100_000
    assert lights_client.post("/sparql", data={"query": query, "format": "xml"}).status_code == 406


@given(st.text(max_size=40), st.integers(1, 4000))
@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_xml_is_well_formed_or_refused_and_loses_nothing(text: str, times: int) -> None:
    literal = pyoxigraph.Literal(text.encode("utf-8", "replace").decode())
    store = pyoxigraph.Store()
    for number in range(3):
        store.add(
            pyoxigraph.Quad(
                pyoxigraph.NamedNode(f"x:{'y' * times}{number}"), pyoxigraph.NamedNode("http://e.example/p"), literal
            )
        )
    engine = Embedded(store)
    for query, form, kind in (
        ("SELECT ?o { ?s ?p ?o }", "xml", Kind.SOLUTIONS),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "rdf", Kind.GRAPH),
    ):
        chosen = RDF_XML if form == "rdf" else FIRST_OF_EACH[kind]
        try:
            answer = engine.answer(Query(query), {**FIRST_OF_EACH, kind: chosen}).body()
        except NotAcceptable as fault:
            assert any(ord(character) < 32 or character in "\ufffe\uffff" for character in literal.value), fault.detail
            continue
        if form == "rdf":
            found = [element.text or "" for element in ET.fromstring(answer).iter() if element.tag.endswith("}p")]
            assert found == [literal.value] * 3
