"""The pool of workers: what only the isolated engine promises, of deadlines, memory, its queue and calls of others."""

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
from typing import Any

import pytest
from prometheus_client import REGISTRY
from rdflib import Literal, URIRef

from lepgraph import site as sites
from lepgraph.content import Content
from lepgraph.errors import (
    EngineBusy,
    EngineFault,
    EngineLost,
    OutOfMemory,
    QueryTimeout,
    Refused,
)
from lepgraph.loading.building import Version
from lepgraph.settings import Settings
from lepgraph.store import FIRST_OF_EACH, Query, Store, isolated
from lepgraph.store.isolated import Isolated, Limits

FAR_POINT = "https://lights.example/id/lighthouse/far-point"
WHERE = f"<{FAR_POINT}> <http://www.w3.org/2000/01/rdf-schema#label> ?label"
COUNT = f"SELECT (COUNT(*) AS ?n) {{ <{FAR_POINT}> ?p ?o }}"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER (?a != ?l) }"
GLUTTON = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"


def number(store: Store, query: Query) -> int:
    return int(str(store.solutions(query)[0]["n"]))


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


@pytest.fixture(scope="module")
def patient(chain: Path) -> Iterator[Isolated]:
    """The same, with patience for a machine that has much to do."""
    pool = Isolated(chain, Limits(workers=2, wait=10, seconds=1.0, megabytes=128))
    yield pool
    pool.close()


def test_a_runaway_ends_at_its_deadline_while_others_are_answered(patient: Isolated) -> None:
    with ThreadPoolExecutor(1) as threads:
        runaway = threads.submit(patient.answer, Query(RUNAWAY), FIRST_OF_EACH)
        answered = 0
        while not runaway.done():
            patient.solutions(Query("SELECT ?o { <http://e.example/1> ?p ?o }"))
            answered += 1
        with pytest.raises(QueryTimeout):
            runaway.result()
    assert answered > 3


def test_a_client_may_ask_for_less_time_and_not_for_more(patient: Isolated) -> None:
    for seconds, most in ((0.1, 0.95), (60.0, 5.0)):
        started = time.monotonic()
        with pytest.raises(QueryTimeout):
            patient.answer(Query(RUNAWAY, seconds=seconds), FIRST_OF_EACH)
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
    pool = Isolated(chain, Limits(workers=1, wait=0.6, seconds=3.0))
    try:
        with ThreadPoolExecutor(2) as threads:
            runs = threads.submit(pool.answer, Query(RUNAWAY), FIRST_OF_EACH)
            time.sleep(0.8)
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
