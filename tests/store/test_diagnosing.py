"""What is said of a query that is not SPARQL: the place, what was expected, and what to do."""

from __future__ import annotations

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lepgraph.errors import EngineFault, ParameterFault, QueryFault, Refused
from lepgraph.loading.building import Version
from lepgraph.store import FIRST_OF_EACH, Query
from lepgraph.store.embedded import Embedded
from lepgraph.store.isolated import Isolated, Limits

ENGINE = Embedded(pyoxigraph.Store(), {"light": "https://lights.example/def/light#"})


def fault(text: str) -> QueryFault:
    with pytest.raises(QueryFault) as caught:
        ENGINE.answer(Query(text), FIRST_OF_EACH)
    return caught.value


MISTAKES = [
        ("SELECT * { ?s ?p ?o . ?x ?y ^}", 1, '"}" stands where a term (a variable, an IRI or a literal) should be'),
        ("SELECT ?s\nWHERE\n  ^?s ?p ?o", 3, '"?s" stands where "{" should be'),
        ("ASK { ?s ?p ?o ^?s2 ?p2 ?o2 }", 1, "A dot is missing"),
        ("ASK {\n ?s ?p 'x'\n ^?s ?p 'y' }", 3, "A dot is missing"),
        ("ASK { ?s ?p ?o ; ?x ^}", 1, "a term"),
        ("ASK { ?s ?p ?o , ^}", 1, "a term"),
        ("ASK { ?s ?p ?o ^", 1, "one bracket is not closed"),
        ("SELECT * { ?s ?p ?o { ?a ?b (1 2^", 1, "3 brackets are not closed"),
        ("ASK { ?s ?p ?o } ^}", 1, "closes nothing"),
        ("ASK { ?s ?p ^“x” }", 1, "plain quotation marks"),
        ("ASK { ?s ?p^\u00a0?o }", 1, "no-break space"),
        ("ASK { ?s ?p ^'a }\n", 1, "does not end"),
        ("ASK { ?s ^<http://x y> ?o }", 1, "what no IRI can"),
        ("PREFIX ^foaf <http://x/> ASK {}", 1, "PREFIX foaf:"),
        ("SELECT ^{ ?s ?p ?o }", 1, "write * for all"),
        ("SELECT ?s^, ?p { ?s ?p ?o }", 1, "no commas"),
        ("SELECT ^COUNT(*) { ?s ?p ?o }", 1, "(COUNT(…) AS ?name)"),
        ("SELECT (COUNT(*)^) { ?s ?p ?o }", 1, "has no name"),
        ("SELECT ?x ^?y { ?x ?p ?y } GROUP BY ?x", 1, "neither grouped nor inside an aggregate"),
        ("SELECT (COUNT(?x) AS ?n) ^?y { ?x ?p ?y }", 1, "neither grouped nor inside an aggregate"),
        ("SELECT ^* { ?s ?p ?o } GROUP BY ?s", 1, "cannot be used with GROUP BY"),
        ("SELECT (1 AS ^?x) { ?x ?p ?o }", 1, "in use already"),
        ("ASK { BIND(1 AS ?x) BIND(2 AS ^?x) }", 1, "in use already"),
        ("ASK { _:a ?p ?o { ^_:a ?p ?o } }", 1, "two groups"),
        ("ASK { VALUES (?x ?y) { (1 2) ^(1) } }", 1, "1 for 2"),
        ("ASK { VALUES ?x { ^?y } }", 1, "UNDEF"),
        ("ASK { FILTER(^foo(1)) }", 1, "not a function"),
        ("ASK { FILTER(^STRLENN('x')) }", 1, "Did you mean STRLEN?"),
        ("^SELEC ?s { ?s ?p ?o }", 1, "Did you mean SELECT?"),
        ("ASK { ?s ?p ?o . ^OPTONAL { ?s ?p ?o } }", 1, "Did you mean OPTIONAL?"),
        ("ASK { ?s ?p ?o FILTER ^?s = 1 }", 1, "FILTER (…)"),
        ("ASK { FILTER(?x =^= 1) }", 1, "= for equal"),
        ("ASK { FILTER(?x ^AND ?y) }", 1, "&& for and"),
        ("ASK { ?s ?p ?o ^& ?x }", 1, "&& for and"),
        ("ASK { FILTER(1 + ^) }", 1, "an expression"),
        ("SELECT * { ?s ?p ?o } LIMIT 10 ^ORDER BY ?s", 1, "The order is GROUP BY"),
        ("SELECT * { ?s ?p ?o } GROUP ^?s", 1, "BY should be"),
        ("SELECT * {} LIMIT ^", 1, "a whole number"),
        ("# only a comment^", 1, "SELECT"),
        ("ASK { ?s ^1 ?o }", 1, "a property"),
        ("\\u0041SK { ?\\u0061 ^1 ?o }", 1, "a property"),
        ("ASK { << ?s ?p ?o >> ?p ^}", 1, "cannot be understood"),
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "said"), MISTAKES)
def test_a_mistake_is_found_where_it_is_and_named(text: str, at: int, said: str) -> None:
    place = text.rindex("^")
    found = fault(text[:place] + text[place + 1 :])
    column = place - (text.rfind("\n", 0, place) + 1) + 1
    assert said in f"{found.detail} {found.hint}"
    assert found.line == at
    assert found.column - column in (0, -1 if text.endswith(" ^") else 0)
    assert found.detail.startswith(f"At line {at}, column {found.column}: ")
    assert found.excerpt.splitlines()[-1].strip() == "^"
    assert "['" not in found.detail
    assert "\\u{" not in found.detail


@pytest.mark.parametrize(
    ("prefix", "iri"),
    [
        ("light", "https://lights.example/def/light#"),
        ("foaf", "http://xmlns.com/foaf/0.1/"),
        ("skos", "http://www.w3.org/2004/02/skos/core#"),
        ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ],
)
def test_a_prefix_that_is_not_declared_is_named_with_the_line_to_paste(prefix: str, iri: str) -> None:
    text = f"SELECT * {{ ?s {prefix}:name ?o }}"
    found = fault(text)
    assert f'The prefix "{prefix}:" is not declared' in found.detail
    line = found.hint.partition(": ")[2]
    assert line == f"PREFIX {prefix}: <{iri}>"
    assert ENGINE.answer(Query(f"{line}\n{text}"), FIRST_OF_EACH).body()


def test_a_prefix_that_nobody_knows_is_named_all_the_same() -> None:
    assert 'The prefix "zzqx:" is not declared' in fault("ASK { ?s zzqx:name ?o }").detail
    assert "Did you mean foaf: <http" in fault("ASK { ?s foaff:name ?o }").hint


def test_a_long_query_is_explained_in_good_time() -> None:
    found = fault("SELECT * { VALUES (?x ?y) { " + "(1 2)\n" * 20000 + "(3) } }")
    assert found.line == 20001


QUERIES = [
    "SELECT DISTINCT ?s (COUNT(DISTINCT ?o) AS ?n) (GROUP_CONCAT(?x; SEPARATOR=',') AS ?g) FROM <g:g> FROM NAMED <h:h> WHERE { ?s a/^<p:p>*|!(<a:a>|^a) ?o, [ <p:q> (1 -2.5 3e4) ] ; ?v 'x'@en, true . FILTER(?o NOT IN (1, 2) && !BOUND(?x) || REGEX(STR(?s), 'a', 'i')) OPTIONAL { GRAPH ?g { ?a ?b ?c } } MINUS { ?s ?p 1 } { } UNION { SELECT * {} } BIND(1+2*3-4 AS ?y) VALUES (?q ?r) { (UNDEF 1) } } GROUP BY ?s HAVING(COUNT(*) > 1) ORDER BY DESC(?n) ?s LIMIT 3 OFFSET 4 VALUES ?z { <a:b> }",
    "PREFIX p: <p:> BASE <http://e.example/> CONSTRUCT { ?s p:a.b ?o ; p:c _:x . [] p:d () } WHERE { ?s ?p ?o FILTER EXISTS { ?s ?p ?o } }",
    "CONSTRUCT WHERE { ?s ?p ?o . }",
    "DESCRIBE <x:y> ?s { ?s ?p ?o-1 }",
    "ASK { FILTER(1-1 = 0 && 2 -1*3 > -1 && IF(true, <f:f>(1), 'x'^^<d:d>) = COALESCE(?a, 1)) }",
]  # fmt: skip


@pytest.mark.parametrize("text", QUERIES)
def test_the_grammar_of_the_standard_finds_no_fault_where_there_is_none(text: str) -> None:
    text = text.replace("?o-1", "?o")
    diagnoser = ENGINE._diagnoser
    found = fault(f"{text} nonsense")
    assert '"nonsense"' in found.detail
    assert diagnoser is ENGINE._diagnoser


def test_a_worker_that_can_open_no_file_says_the_same(lights: Version) -> None:
    pool = Isolated(lights.snapshot, Limits(workers=1, seconds=20), {"light": "https://lights.example/def/light#"})
    texts = [text.replace("^", "") for text, _, _ in MISTAKES]
    texts += ["ASK { ?s foaf:name ?o }", "ASK { ?s zzqx:name ?o }", "ASK { FILTER(<http://e.example/f>(1)) }"]
    try:
        for text in texts:
            with pytest.raises(QueryFault) as caught:
                pool.answer(Query(text), FIRST_OF_EACH)
            assert caught.value.members() == fault(text).members()
    finally:
        pool.close()


@pytest.mark.parametrize("call", ["<http://e.example/f>(1)", "e:f(1)", "<f>(1)"])
def test_a_function_that_is_not_known_is_named_with_its_place(call: str) -> None:
    text = "PREFIX e: <http://e.example/> SELECT ?x { ?x ?p STR FILTER(CALL = 1) }".replace("STR", "?o")
    with pytest.raises(QueryFault, match="function <http://e.example/f> is not known") as caught:
        ENGINE.answer(Query(text.replace("CALL", call), base="http://e.example/"), FIRST_OF_EACH)
    assert caught.value.column == text.index("CALL") + 1


SOUP = [
    "SELECT", "ASK", "CONSTRUCT", "WHERE", "{", "}", "(", ")", "[", "]", "?x", "$y", "*", ".", ";", ",", "a", "p:q", ":",
    "_:b", "<x:y>", "1", "-1", "2.5", "'s'", '"s"', "@en", "^^", "AS", "VALUES", "UNDEF", "FILTER", "GROUP", "BY", "HAVING",
    "ORDER", "LIMIT", "COUNT", "SUM", "STR", "BIND", "OPTIONAL", "UNION", "PREFIX", "BASE", "FROM", "NAMED", "<<", ">>",
    "true", "nonsense", "=", "<", "|", "||", "!", "/", "^", "\n", "é", "“", "'open", "# c\n", "\\u0041", "SERVICE", "IN",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(SOUP), max_size=25),
    st.sampled_from(["", "SELECT (COUNT(?x) AS ?n) ?y { ?x ?p ?y ", "ASK { VALUES (?x ?y) { ("]),
)
@hypothesis_settings(max_examples=1000, deadline=None)
def test_whatever_is_refused_is_explained(words: list[str], beginning: str) -> None:
    text = beginning + " ".join(words)
    try:
        ENGINE.answer(Query(text, base="http://e.example/"), FIRST_OF_EACH)
    except QueryFault as told:
        assert told.detail
        assert 1 <= told.line <= text.count("\n") + 1
        assert told.excerpt.count("\n") == 1
    except (Refused, ParameterFault, EngineFault):
        pass
