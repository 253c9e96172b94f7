"""One contract for all engines behind the seam."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import Literal, URIRef

from engines import Engine, oxigraph_server
from lepgraph.content import Content
from lepgraph.errors import (
    EngineFault,
    Fault,
    NotAcceptable,
    QueryFault,
    Refused,
    Unsupported,
)
from lepgraph.loading.building import Version
from lepgraph.media import OFFERS, Kind
from lepgraph.publishing import graph_names, publish
from lepgraph.settings import Settings
from lepgraph.store import FIRST_OF_EACH, Query, Store
from lepgraph.store.embedded import Embedded
from lepgraph.store.isolated import Isolated, Limits
from lepgraph.store.remote import Remote

FAR_POINT = "https://lights.example/id/lighthouse/far-point"
ALMANAC = "https://lights.example/graph/lighthouse/almanac"
PILOT = "https://lights.example/graph/account/pilot"
LABELS = f"SELECT ?label {{ <{FAR_POINT}> <http://www.w3.org/2000/01/rdf-schema#label> ?label }}"
ALL = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"  # the two graphs hold 9 and 3 triples, 2 of them the same
COUNT = f"SELECT (COUNT(*) AS ?n) {{ <{FAR_POINT}> ?p ?o }}"
BOTH = COUNT.replace(" {", f" FROM <{ALMANAC}> FROM <{PILOT}> WHERE {{", 1)


ENGINES = ["memory", "disk", "isolated", "remote", "oxigraph", "oxigraph-default", "virtuoso"]

MERGE = "urn:lights:merge"

CANNOT = {
    (
        "oxigraph",
        "merge several graphs",
    ): "counts a triple twice that two of them hold; such a query is refused with 501",
    ("oxigraph-default", "merge several graphs"): "the same",
    ("oxigraph-default", "hide the publication"): "without a graph for the merge it sees one named graph more",
    (
        "virtuoso",
        "merge several graphs",
    ): "counts a triple twice that two of them hold; such a query is refused with 501",
}
"""What an engine elsewhere cannot keep of the contract, and what is seen instead; docs/engines.md says it too."""


@pytest.fixture
def cannot(request: pytest.FixtureRequest) -> set[str]:
    """What the engine under test cannot keep of the contract."""
    return {clause for engine, clause in CANNOT if engine == request.node.callspec.params["store"]}


def published(engine: Engine, version: Version, content: Content, merge: str) -> Remote:
    """The lighthouses in a real engine elsewhere, and the remote store that asks it."""
    settings = Settings(default_graph=merge, store_user=engine.user, store_password=engine.password)
    publish(content, settings, version, engine.graph_store, engine.query)
    return Remote(engine.query, 20, merge, graph_names(version))


@pytest.fixture(scope="module")
def own_oxigraph() -> Iterator[Engine]:
    """A server that holds nothing else, for what is seen without a dataset."""
    with oxigraph_server() as engine:
        yield engine


@pytest.fixture(scope="module", params=ENGINES)
def store(
    request: pytest.FixtureRequest, lights: Version, lighthouses: Content, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    engine: Store
    if request.param == "memory":
        engine = Embedded.load(lights.snapshot)
    elif request.param == "disk":
        engine = Embedded.on_disk(lights.snapshot, tmp_path_factory.mktemp("disk") / "store")
    elif request.param == "isolated":
        engine = Isolated(lights.snapshot, Limits(workers=2, seconds=1))
    elif request.param == "remote":
        engine = Remote(request.getfixturevalue("served"))
    else:
        server = request.getfixturevalue(request.param.replace("oxigraph-default", "own_oxigraph"))
        engine = published(server, lights, lighthouses, "" if request.param == "oxigraph-default" else MERGE)
    yield engine
    engine.close()


def number(store: Store, query: Query) -> int:
    return int(str(store.solutions(query)[0]["n"]))


def test_solutions_come_as_terms(store: Store) -> None:
    assert store.solutions(Query(LABELS)) == [{"label": Literal("Far Point", lang="en")}]


def test_unbound_variables_are_left_out(store: Store) -> None:
    rows = store.solutions(Query("SELECT ?x ?y { VALUES (?x ?y) { (1 UNDEF) } }"))
    assert [set(row) for row in rows] == [{"x"}]


def test_the_default_graph_counts_a_triple_of_two_graphs_once(store: Store) -> None:
    in_both = f"ASK {{ GRAPH <{ALMANAC}> {{ <{FAR_POINT}> a ?t }} GRAPH <{PILOT}> {{ <{FAR_POINT}> a ?t }} }}"
    assert b"true" in store.answer(Query(in_both), FIRST_OF_EACH).body()
    assert number(store, Query(COUNT)) == 6


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(COUNT, default_graphs=(ALMANAC, PILOT)), 6),
        (Query(ALL, default_graphs=(ALMANAC, PILOT)), 10),
        (Query(BOTH), 6),
        (Query(ALL.replace(" {", f" FROM <{ALMANAC}> FROM <{PILOT}> WHERE {{", 1)), 10),
        (Query("PREFIX g: <https://lights.example/graph/> " + BOTH.replace(f"<{PILOT}>", "g:account\\/pilot")), 6),
    ],
)
def test_several_default_graphs_are_merged(store: Store, cannot: set[str], query: Query, expected: int) -> None:
    if "merge several graphs" in cannot:
        with pytest.raises(Unsupported, match="would count twice"):
            store.solutions(query)
    else:
        assert number(store, query) == expected


def test_several_default_graphs_that_share_nothing_need_no_merging(store: Store) -> None:
    keeper = ALMANAC.replace("lighthouse", "keeper")
    assert number(store, Query(ALL, default_graphs=(keeper, PILOT))) == 7
    assert number(store, Query(ALL, default_graphs=(PILOT, PILOT))) == 3


def test_one_default_graph_is_seen_alone(store: Store) -> None:
    assert number(store, Query(COUNT, default_graphs=(PILOT,))) == 3


def test_an_unknown_graph_is_empty_and_not_ignored(store: Store) -> None:
    assert number(store, Query(COUNT, default_graphs=("http://nowhere.example/",))) == 0


def test_the_dataset_of_the_protocol_replaces_that_of_the_query(store: Store) -> None:
    text = COUNT.replace(" {", f" FROM <{ALMANAC}> WHERE {{", 1)
    assert number(store, Query(text, default_graphs=(PILOT,))) == 3


def test_named_graphs_of_the_protocol_limit_graph_patterns(store: Store, cannot: set[str]) -> None:
    text = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert number(store, Query(text)) == (9 if "hide the publication" in cannot else 8)
    assert number(store, Query(text, named_graphs=(PILOT,))) == 1
    assert number(store, Query(text, default_graphs=(PILOT,))) == 0, "default graphs alone leave no named ones"
    assert number(store, Query(ALL, named_graphs=(PILOT,))) == 0, "named graphs alone leave an empty default graph"


def test_a_named_graph_is_seen_beside_the_default_graph(store: Store) -> None:
    text = f"SELECT (COUNT(*) AS ?n) {{ <{FAR_POINT}> ?p ?o GRAPH <{PILOT}> {{ <{FAR_POINT}> ?p ?o }} }}"
    assert number(store, Query(text)) == 3
    assert number(store, Query(text.replace(f"<{PILOT}>", "?g"))) > 6
    assert number(store, Query(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{MERGE}> {{ ?s ?p ?o }} }}")) == 0


def test_a_graph_comes_as_triples(store: Store) -> None:
    graph = store.graph(Query(f"CONSTRUCT WHERE {{ <{FAR_POINT}> a ?type }}"))
    assert {str(o) for o in graph.objects()} == {"https://lights.example/def/light#Lighthouse"}
    assert set(graph.subjects()) == {URIRef(FAR_POINT)}


@pytest.mark.parametrize(
    ("kind", "text"),
    [(Kind.SOLUTIONS, LABELS), (Kind.BOOLEAN, "ASK {}"), (Kind.GRAPH, "CONSTRUCT WHERE { ?s a ?o }")],
)
def test_every_format_on_offer_is_written(store: Store, kind: Kind, text: str) -> None:
    for offer in OFFERS[kind]:
        answer = store.answer(Query(text), {**FIRST_OF_EACH, kind: offer})
        assert (answer.kind, answer.format) == (kind, offer)
        assert answer.body()


def test_a_kind_without_an_acceptable_format_is_refused_with_the_offers(store: Store) -> None:
    with pytest.raises(NotAcceptable) as caught:
        store.answer(Query("ASK {}"), {**FIRST_OF_EACH, Kind.BOOLEAN: None})
    assert "text/csv" in caught.value.offers


@pytest.mark.parametrize("base", [None, "https://lights.example/"])
def test_a_syntax_error_says_line_and_column(store: Store, base: str | None) -> None:
    with pytest.raises(QueryFault) as caught:
        store.answer(Query("SELECT ?s\nWHERE { ?s ?p }", base=base), FIRST_OF_EACH)
    assert (caught.value.line, caught.value.column) == (2, 15)


@pytest.mark.parametrize("text", ["ASK " + "{" * 3000, "ASK " + "{" * 3000 + "}" * 3000, "ASK { FILTER(" + "(" * 5000])
def test_a_deeply_nested_query_is_a_fault_and_harms_nobody(store: Store, text: str) -> None:
    with pytest.raises(QueryFault):
        store.answer(Query(text), FIRST_OF_EACH)
    assert number(store, Query(COUNT)) == 6


@pytest.mark.parametrize("target", ["<http://127.0.0.1:9/>", "?x", "SILENT <http://[::1]/>"])
def test_no_other_host_is_called(store: Store, target: str) -> None:
    with pytest.raises(Refused):
        store.answer(Query(f"SELECT * {{ seRVice {target} {{ ?s ?p ?o }} }}"), FIRST_OF_EACH)


@pytest.mark.parametrize(
    "text",
    [
        'ASK { FILTER("SERVICE <http://127.0.0.1/>" != "") }',
        "ASK { ?service <http://example.org/SERVICE> ?o } # SERVICE <x> {",
        "PREFIX service: <http://example.org/> ASK { ?s service:SERVICE ?o }",
        "ASK { FILTER('''a 'quoted' SERVICE''' != \"\") }",
    ],
)
def test_the_word_service_is_harmless_inside_strings_names_and_comments(store: Store, text: str) -> None:
    assert store.answer(Query(text), FIRST_OF_EACH).body()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("DELETE WHERE { ?s ?p ?o }", Refused),
        ("PREFIX a: <http://a.example/> INSERT DATA { a:s a:p a:o }", Refused),
        ("LOAD <http://127.0.0.1:9/>", Refused),
        ("DEFINE get:soft 'soft' SELECT * { ?s ?p ?o }", QueryFault),
        ("SELECT * { ?s ?p ?o FILTER(bif:contains(?o, 'x')) }", QueryFault),
        ("SELECT * { ?s ?p ?o OPTION(transitive) }", QueryFault),
        ("", QueryFault),
    ],
)
def test_an_update_or_an_extension_is_not_a_query(store: Store, text: str, fault: type[Fault]) -> None:
    with pytest.raises(fault):
        store.answer(Query(text), FIRST_OF_EACH)


@pytest.mark.parametrize("clause", ["FROM", "FROM NAMED"])
def test_a_graph_of_the_web_is_not_fetched_and_one_of_ours_that_is_not_there_is_empty(
    store: Store, clause: str
) -> None:
    base = "https://lights.example/"
    text = "SELECT (COUNT(*) AS ?n) {} WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }".replace(
        "{}", f"{clause} <X>", 1
    )
    assert number(store, Query(text.replace("X", PILOT), base=base)) == 3
    assert number(store, Query(text.replace("X", f"{base}graph/nothing"), base=base)) == 0
    assert number(store, Query(text.replace("X", "graph/nothing"), base=base)) == 0
    for address in ("http://127.0.0.1:9/x", "HTTPS://elsewhere.example/", "file:///etc/passwd", "ftp://e.example/"):
        with pytest.raises((Refused, EngineFault)):
            store.answer(Query(text.replace("X", address), base=base), FIRST_OF_EACH)


def test_codepoint_escapes_work_everywhere_in_a_query(store: Store) -> None:
    assert number(store, Query(COUNT.replace("SELECT", "S\\u0045LECT").replace("?p", "?\\u0070"))) == 6


def test_a_store_on_disk_is_written_once_and_whole(lights: Version, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    Embedded.on_disk(lights.snapshot, folder)
    before = sorted(path.name for path in folder.iterdir())
    again = Embedded.on_disk(tmp_path / "not-read-again.nq", folder)
    assert number(again, Query(COUNT)) == 6
    assert sorted(path.name for path in folder.iterdir()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["store"]
