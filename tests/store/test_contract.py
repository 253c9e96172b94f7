"""One contract for all engines behind the seam."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from prometheus_client import REGISTRY
from rdflib import Literal, URIRef
from werkzeug.serving import make_server

from engines import Engine, oxigraph_server
from lepgraph import site as sites
from lepgraph.content import Content
from lepgraph.errors import (
    EngineBusy,
    EngineFault,
    EngineLost,
    Fault,
    NotAcceptable,
    OutOfMemory,
    QueryFault,
    QueryTimeout,
    Refused,
    Unsupported,
)
from lepgraph.loading.building import Version
from lepgraph.media import OFFERS, Kind
from lepgraph.publishing import graph_names, publish
from lepgraph.settings import Settings
from lepgraph.store import FIRST_OF_EACH, Query, Store, isolated
from lepgraph.store.embedded import Embedded
from lepgraph.store.isolated import Isolated, Limits
from lepgraph.store.remote import Remote

FAR_POINT = "https://lights.example/id/lighthouse/far-point"
ALMANAC = "https://lights.example/graph/lighthouse/almanac"
PILOT = "https://lights.example/graph/account/pilot"
LABELS = f"SELECT ?label {{ <{FAR_POINT}> <http://www.w3.org/2000/01/rdf-schema#label> ?label }}"
WHERE = f"<{FAR_POINT}> <http://www.w3.org/2000/01/rdf-schema#label> ?label"
ALL = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"  # the two graphs hold 9 and 3 triples, 2 of them the same
COUNT = f"SELECT (COUNT(*) AS ?n) {{ <{FAR_POINT}> ?p ?o }}"
BOTH = COUNT.replace(" {", f" FROM <{ALMANAC}> FROM <{PILOT}> WHERE {{", 1)
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER (?a != ?l) }"
GLUTTON = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"


@pytest.fixture(scope="module")
def served(lights_app: Flask) -> Iterator[str]:
    """The lighthouses behind a real socket."""
    server = make_server("127.0.0.1", 0, lights_app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/sparql"
    server.shutdown()
    thread.join()
    server.server_close()


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


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of 1,000 chained triples."""
    path = tmp_path_factory.mktemp("chain") / "chain.nq"
    lines = [f"<http://e.example/{n}> <http://e.example/p> <http://e.example/{n + 1}> .\n" for n in range(1000)]
    path.write_text("".join(lines))
    return path


@pytest.fixture(scope="module")
def pool(chain: Path) -> Iterator[Isolated]:
    """Workers over the chain, with small limits."""
    pool = Isolated(chain, Limits(workers=2, wait=0.2, seconds=0.5, megabytes=128))
    yield pool
    pool.close()


def test_a_runaway_ends_at_its_deadline_while_others_are_answered(pool: Isolated) -> None:
    with ThreadPoolExecutor(1) as threads:
        runaway = threads.submit(pool.answer, Query(RUNAWAY), FIRST_OF_EACH)
        answered = 0
        while not runaway.done():
            pool.solutions(Query("SELECT ?o { <http://e.example/1> ?p ?o }"))
            answered += 1
        with pytest.raises(QueryTimeout):
            runaway.result()
    assert answered > 20


def test_a_client_may_ask_for_less_time_and_not_for_more(pool: Isolated) -> None:
    for seconds, most in ((0.1, 0.4), (60.0, 1.5)):
        started = time.monotonic()
        with pytest.raises(QueryTimeout):
            pool.answer(Query(RUNAWAY, seconds=seconds), FIRST_OF_EACH)
        assert time.monotonic() - started < most


def test_a_query_that_finds_the_queue_full_is_refused_at_once(chain: Path) -> None:
    pool = Isolated(chain, Limits(workers=1, wait=5, seconds=2, queue=1))
    try:
        with ThreadPoolExecutor(6) as threads:
            asked = [threads.submit(pool.answer, Query(RUNAWAY), FIRST_OF_EACH) for _ in range(6)]
            kinds = sorted(type(query.exception()).__name__ for query in asked)
        assert kinds[:3] == ["EngineBusy"] * 3  # one runs, and the kernel lets one more wait than the queue is long
        assert set(kinds[3:]) <= {"QueryTimeout", "EngineBusy"}
        assert pool.solutions(Query("SELECT ?o { <http://e.example/1> ?p ?o }"))
    finally:
        pool.close()


def test_a_query_that_waits_too_long_is_refused(pool: Isolated) -> None:
    with ThreadPoolExecutor(3) as threads:
        asked = [threads.submit(pool.answer, Query(RUNAWAY), FIRST_OF_EACH) for _ in range(3)]
        kinds = sorted(type(query.exception()).__name__ for query in asked)
    assert kinds == ["EngineBusy", "QueryTimeout", "QueryTimeout"]


def test_a_pool_may_be_asked_by_another_process_and_only_its_owner_closes_it(chain: Path) -> None:
    pool = Isolated(chain, Limits(workers=1, seconds=5))
    try:
        pool.wait()
        guest = Isolated.joined(pool.folder, pool.limits)
        assert guest.solutions(Query("SELECT ?o { <http://e.example/1> ?p ?o }"))
        guest.close()
        assert pool.solutions(Query("SELECT ?o { <http://e.example/1> ?p ?o }"))
    finally:
        pool.close()
    with pytest.raises(EngineLost, match="gone"):
        guest.solutions(Query("ASK {}"))
    assert not pool.folder.exists()


@pytest.fixture(scope="module")
def calling(chain: Path, served: str) -> Iterator[Isolated]:
    """Workers that may call the served lighthouses and nobody else."""
    pool = Isolated(chain, Limits(workers=1, seconds=5, services=frozenset({served})))
    yield pool
    pool.close()


def test_a_query_may_call_an_endpoint_that_the_operator_allowed(calling: Isolated, served: str) -> None:
    rows = calling.solutions(
        Query(f"SELECT ?o ?label {{ <http://e.example/1> ?p ?o SERVICE <{served}> {{ {WHERE} }} }}")
    )
    assert rows == [{"o": URIRef("http://e.example/2"), "label": Literal("Far Point", lang="en")}]


def test_a_query_may_call_nobody_beside_the_endpoints_allowed(calling: Isolated, served: str) -> None:
    for target in (served.replace("sparql", "other"), "http://127.0.0.1:9/", "http://localhost/"):
        with pytest.raises(Refused, match="call"):
            calling.answer(Query(f"SELECT * {{ SERVICE <{target}> {{ {WHERE} }} }}"), FIRST_OF_EACH)
        with pytest.raises(Refused):
            calling.answer(
                Query(f"SELECT * {{ SERVICE <{served}> {{ SERVICE <{target}> {{ {WHERE} }} }} }}"), FIRST_OF_EACH
            )


def test_a_query_that_calls_others_has_its_own_workers_and_limits(calling: Isolated, served: str) -> None:
    runaway = RUNAWAY.replace("{", f"{{ SERVICE <{served}> {{ {WHERE} }}", 1)
    with ThreadPoolExecutor(1) as threads:
        called = threads.submit(calling.answer, Query(runaway, seconds=1), FIRST_OF_EACH)
        while not called.done():
            assert calling.solutions(Query("SELECT ?o { <http://e.example/1> ?p ?o }"))
        with pytest.raises(QueryTimeout):
            called.result()
    assert calling.solutions(Query(f"SELECT ?label {{ SERVICE <{served}> {{ {WHERE} }} }}"))


CARELESS = """
import sys
from lepgraph.store import clauses, embedded, keeper
embedded.read = lambda text, *others: clauses.Clauses(source=clauses.Source(text))
keeper.main(sys.argv[1:])
"""


def test_a_call_that_the_reader_overlooked_cannot_be_made(
    chain: Path, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last line of defence: the worker has no descriptor left for a socket."""

    def careless(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen([command[0], "-c", CARELESS, *command[3:]], **options)

    calling = f"SELECT * {{ SERVICE <{served}> {{ {WHERE} }} }}"
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(1)
        monkeypatch.setattr(isolated, "Popen", careless)
        pool = Isolated(chain, Limits(workers=1, seconds=5))
        try:
            for target in (served, f"http://127.0.0.1:{listening.getsockname()[1]}/"):
                with pytest.raises(EngineFault):
                    pool.answer(Query(calling.replace(served, target)), FIRST_OF_EACH).body()
            with contextlib.suppress(TimeoutError):
                calls.append(listening.accept())
            assert pool.solutions(Query("SELECT ?o { <http://e.example/1> ?p ?o }"))
        finally:
            pool.close()
    assert not calls


def test_a_query_that_eats_memory_loses_its_worker_alone(chain: Path) -> None:
    pool = Isolated(chain, Limits(workers=1, seconds=5, megabytes=64))
    try:
        for _ in range(3):
            with pytest.raises(OutOfMemory, match="more than 64 MiB"):
                pool.answer(Query(GLUTTON), FIRST_OF_EACH)
        assert pool.solutions(Query("SELECT ?o { <http://e.example/1> ?p ?o }"))
    finally:
        pool.close()


@pytest.mark.parametrize(("number", "fault", "reason"), [(11, EngineLost, "lost"), (6, OutOfMemory, "memory")])
def test_a_worker_that_dies_is_counted_by_its_reason(
    chain: Path, number: int, fault: type[EngineLost], reason: str
) -> None:
    def kills() -> float:
        return REGISTRY.get_sample_value("lepgraph_kills_total", {"reason": reason}) or 0.0

    before = kills()
    pool = Isolated(chain, Limits(workers=2, seconds=20))
    try:
        with ThreadPoolExecutor(1) as threads:
            asked = threads.submit(pool.answer, Query(RUNAWAY), FIRST_OF_EACH)
            pool.wait()
            busiest = (0, 0)
            while busiest[0] < 10 and not asked.done():
                time.sleep(0.05)
                busiest = max((ticks(worker), worker) for worker in workers(pool))
            os.kill(busiest[1], number)
            assert type(asked.exception()) is fault
        assert kills() == before + 1
    finally:
        pool.close()


def test_a_query_that_waits_is_told_from_one_that_runs(chain: Path) -> None:
    """Both have no answer yet when the time for waiting is over, and only the one that waits is refused."""
    pool = Isolated(chain, Limits(workers=1, wait=0.3, seconds=1.5))
    try:
        with ThreadPoolExecutor(2) as threads:
            runs = threads.submit(pool.answer, Query(RUNAWAY), FIRST_OF_EACH)
            time.sleep(0.1)
            waits = threads.submit(pool.answer, Query("ASK {}"), FIRST_OF_EACH)
            assert type(waits.exception()) is EngineBusy
            assert not runs.done()
            assert type(runs.exception()) is QueryTimeout
    finally:
        pool.close()


def workers(pool: Isolated) -> list[int]:
    assert pool.keeper
    keeper = pool.keeper.process.pid
    return [int(worker) for worker in Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()]


def ticks(process: int) -> int:
    """Processor time that a process has used, in ticks of the clock."""
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11])


def test_a_long_answer_that_dies_midway_breaks_visibly(pool: Isolated) -> None:
    answer = pool.answer(Query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"), FIRST_OF_EACH)
    with pytest.raises(QueryTimeout):
        for _ in answer.chunks:
            pass
    assert pool.solutions(Query("SELECT ?o { <http://e.example/1> ?p ?o }"))


def test_a_reader_that_leaves_early_gives_the_worker_back(pool: Isolated) -> None:
    for _ in range(4):
        chunks = pool.answer(Query("SELECT * { ?a ?b ?c . ?d ?e ?f }"), FIRST_OF_EACH).chunks
        next(chunks)
        del chunks
    assert pool.solutions(Query("SELECT ?o { <http://e.example/1> ?p ?o }"))


def test_a_store_on_disk_is_written_once_and_whole(lights: Version, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    Embedded.on_disk(lights.snapshot, folder)
    before = sorted(path.name for path in folder.iterdir())
    again = Embedded.on_disk(tmp_path / "not-read-again.nq", folder)
    assert number(again, Query(COUNT)) == 6
    assert sorted(path.name for path in folder.iterdir()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_a_site_that_cannot_open_leaves_no_process_behind(
    lighthouses: Content, settings: Settings, lights: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pools: list[Isolated] = []

    class Noted(Isolated):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            pools.append(self)

    monkeypatch.setattr(sites, "Isolated", Noted)
    with pytest.raises(OSError, match="No such file"):
        sites.opened(lighthouses, settings, replace(lights, snapshot=tmp_path / "gone.nq"))
    [pool] = pools
    assert pool.keeper
    assert pool.keeper.process.poll() is not None


def test_a_site_is_open_only_when_its_workers_are_ready(
    lighthouses: Content, settings: Settings, lights: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(pool: Isolated) -> None:
        raise EngineLost("The keeper of the workers did not start.")

    monkeypatch.setattr(Isolated, "wait", lost)
    with pytest.raises(EngineLost):
        sites.opened(lighthouses, settings, lights)


def test_a_pool_that_nobody_waited_for_answers_once_it_has_loaded(lights: Version) -> None:
    pool = Isolated(lights.snapshot, Limits(workers=1, seconds=5))
    try:
        assert number(pool, Query(COUNT)) == 6
    finally:
        pool.close()


def test_a_pool_whose_snapshot_cannot_be_read_says_that_it_did_not_start(tmp_path: Path) -> None:
    pool = Isolated(tmp_path / "gone.nq", Limits(workers=1, seconds=5))
    try:
        for _ in range(2):
            with pytest.raises(EngineLost, match="did not start"):
                pool.answer(Query(COUNT), FIRST_OF_EACH)
    finally:
        pool.close()
