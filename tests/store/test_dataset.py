"""Datasets written into the text of queries."""

from __future__ import annotations

import pytest

from lepgraph.errors import ParameterFault, QueryFault
from lepgraph.media import Kind
from lepgraph.store.dataset import graphs_asked, kind, written
from lepgraph.store.tokens import Source

D, N = "http://g.example/d", "http://g.example/n"
PUT = f" FROM <{D}> FROM NAMED <{N}> "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { ?s ?p ?o }", f"SELECT * {PUT}{{ ?s ?p ?o }}"),
        ("SELECT * WHERE { ?s ?p ?o }", f"SELECT * {PUT}WHERE {{ ?s ?p ?o }}"),
        ("SELECT (COUNT(*) AS ?n){?s ?p ?o}", f"SELECT (COUNT(*) AS ?n){PUT}{{?s ?p ?o}}"),
        ("SELECT (EXISTS { ?a ?b ?c } AS ?x) { }", f"SELECT (EXISTS {{ ?a ?b ?c }} AS ?x) {PUT}{{ }}"),
        ("ASK{}", f"ASK{PUT}{{}}"),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", f"CONSTRUCT {{ ?s ?p ?o }} {PUT}WHERE {{ ?s ?p ?o }}"),
        ("CONSTRUCT # why {\n{ ?s ?p ?o } { ?s ?p ?o }", f"CONSTRUCT # why {{\n{{ ?s ?p ?o }} {PUT}{{ ?s ?p ?o }}"),
        ("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1", f"CONSTRUCT {PUT}WHERE {{ ?s ?p ?o }} LIMIT 1"),
        ("DESCRIBE <http://a.example/>", f"DESCRIBE <http://a.example/>\n{PUT}"),
        ("DESCRIBE <http://a.example/> # all", f"DESCRIBE <http://a.example/> # all\n{PUT}"),
        ("DESCRIBE ?x LIMIT 2", f"DESCRIBE ?x {PUT}LIMIT 2"),
        ("SELECT * FROM <http://x/> { }", f"SELECT *     {PUT}{{ }}"),
        ("SELECT * FROM\nNAMED x:y { }", f"SELECT *  \n    {PUT}{{ }}"),
        ("CONSTRUCT FROM <http://x/> WHERE { }", f"CONSTRUCT     {PUT}WHERE {{ }}"),
        ('ASK { ?s ?p "FROM <http://x/> {" }', f'ASK {PUT}{{ ?s ?p "FROM <http://x/> {{" }}'),
        (
            "ASK { { SELECT ?from WHERE { ?from ?p ?o } } }",
            f"ASK {PUT}{{ {{ SELECT ?from WHERE {{ ?from ?p ?o }} }} }}",
        ),
        (
            "PREFIX from: <http://x/> BASE <http://x/> select * where { from:from ?p ?o }",
            f"PREFIX from: <http://x/> BASE <http://x/> select * {PUT}where {{ from:from ?p ?o }}",
        ),
    ],
)
def test_the_dataset_goes_before_the_pattern_and_replaces_the_querys_own(text: str, expected: str) -> None:
    assert written(Source(text), [D], [N]).source.text == expected


def test_a_part_that_is_not_named_is_empty() -> None:
    assert written(Source("ASK {}"), [D], []).source.text == f"ASK  FROM <{D}> FROM NAMED <urn:lepgraph:nowhere> {{}}"
    assert written(Source("ASK {}"), [], [N]).source.text == f"ASK  FROM <urn:lepgraph:nowhere> FROM NAMED <{N}> {{}}"


@pytest.mark.parametrize("graph", ["", "relative", "http://a.example/> { } #", "http://a.example/\n", "http://a b/"])
def test_what_is_no_iri_does_not_reach_the_query(graph: str) -> None:
    with pytest.raises(ParameterFault):
        written(Source("ASK {}"), [graph], [])


def test_places_are_those_of_the_query_as_it_was_handed_in() -> None:
    sent = written(Source("SELECT *\nWHERE { ?s ?p }"), [D], [N]).based("http://b.example/").source
    assert sent.line_and_column(sent.text.rindex("}")) == (2, 15)
    assert sent.line_and_column(sent.text.index("*")) == (1, 8)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select", Kind.SOLUTIONS),
        ("PREFIX select: <http://x/> # ASK\nBASE <http://y/> ASK", Kind.BOOLEAN),
        ("PREFIX : <http://x/>\nConstruct", Kind.GRAPH),
        ("DESCRIBE <x>", Kind.GRAPH),
    ],
)
def test_the_form_of_a_query_is_its_first_word_after_the_prologue(text: str, expected: Kind) -> None:
    assert kind(Source(text)) == expected


@pytest.mark.parametrize(
    "text", ["", "# SELECT", "DEFINE x:y 1 SELECT *", "INSERT DATA {}", "{ SELECT", "?x SELECT", "PREFIX 5 SELECT"]
)
def test_anything_else_is_not_a_query(text: str) -> None:
    with pytest.raises(QueryFault):
        kind(Source(text))


@pytest.mark.parametrize(
    ("text", "named", "others"),
    [
        ("ASK { ?s ?p ?o }", set(), False),
        ("ASK { graph <http://a/> { } GRAPH <http://b/> { } }", {"http://a/", "http://b/"}, False),
        ("ASK { GRAPH ?g { } GRAPH <http://b/> { } }", {"http://b/"}, True),
        ("ASK { GRAPH x:g { } }", set(), True),
        ("BASE <http://a/> ASK { GRAPH <b> { } }", set(), True),
        ('ASK { ?s ?p "GRAPH ?g" } # GRAPH ?g', set(), False),
    ],
)
def test_the_graphs_that_a_query_names_are_read_off_it(text: str, named: set[str], others: bool) -> None:
    found, more = graphs_asked(Source(text))
    assert (set(found), more) == (named, others)
