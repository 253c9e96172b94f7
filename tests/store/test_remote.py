"""The remote store when its endpoints fail: refuse, hang, lie, break off, cut."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from engines import Engine, free_port, oxigraph_server, virtuoso_server
from lepgraph.errors import (
    EngineAway,
    EngineBusy,
    EngineFault,
    Fault,
    ParameterFault,
    QueryFault,
    QueryTimeout,
    TooLarge,
)
from lepgraph.media import CSV, OFFERS, Kind
from lepgraph.store import FIRST_OF_EACH, Query
from lepgraph.store.endpoints import Endpoints
from lepgraph.store.remote import Remote

ROWS = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"1"}}]}}'
RESULTS = "application/sparql-results+json"
ASKED = Query("SELECT ?x { VALUES ?x { 1 } }")
Answering = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def endpoint(answering: Answering) -> Iterator[tuple[str, list[str]]]:
    """An endpoint that does as it is told, with the queries that it got."""
    got: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # noqa: N802 - the name is the library's
            got.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            answering(self)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sparql", got
    server.shutdown()
    thread.join()
    server.server_close()


def reply(status: int = 200, body: bytes = ROWS, length: int | None = None, **headers: str) -> Answering:
    def answering(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": RESULTS, **{k.replace("_", "-"): v for k, v in headers.items()}}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = length is not None

    return answering


def chunked(*pieces: bytes, end: bool = True) -> Answering:
    def answering(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", RESULTS)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for piece in pieces:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if end:
            handler.wfile.write(b"0\r\n\r\n")
        handler.close_connection = True

    return answering


def hang(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1.5)


def only_alive(failing: Answering) -> Answering:
    """Answers the sign of life and nothing else."""
    calls: list[int] = []

    def answering(handler: BaseHTTPRequestHandler) -> None:
        calls.append(1)
        (reply(body=b'{"head":{},"boolean":true}') if len(calls) % 2 == 0 else failing)(handler)

    return answering


@pytest.mark.parametrize(
    ("answering", "fault"),
    [
        (reply(body=ROWS[:-1]), EngineFault),
        (reply(body=ROWS, length=len(ROWS) + 10), EngineFault),
        (chunked(ROWS[:40], ROWS[40:], end=False), EngineFault),
        (chunked(ROWS[:40]), EngineFault),
        (reply(body=b"<html>maintenance</html>", Content_Type="text/html"), EngineFault),
        (reply(body=b""), EngineFault),
        (reply(X_SPARQL_MaxRows="10000"), EngineFault),
        (reply(X_SQL_State="S1TAT"), QueryTimeout),
        (reply(body=ROWS + b" " * 200_000), TooLarge),
        (reply(status=302, Location="http://127.0.0.1:9/"), EngineAway),
        (reply(status=404), EngineAway),
        (reply(status=401), EngineAway),
        (reply(status=429), EngineBusy),
        (reply(status=503), EngineBusy),
        (reply(status=500, body=b"Virtuoso S1T00 Error SR171: Transaction timed out"), QueryTimeout),
        (reply(status=504), QueryTimeout),
        (reply(status=413), TooLarge),
        (reply(status=400, body=b"error at 3:7: expected one of ..."), QueryFault),
    ],
)
def test_nothing_but_a_whole_answer_is_an_answer(answering: Answering, fault: type[Fault]) -> None:
    with endpoint(answering) as (address, _):
        remote = Remote(address, seconds=2, most=100_000)
        for ask in (
            lambda: remote.solutions(ASKED),
            lambda: remote.answer(ASKED, {**FIRST_OF_EACH, Kind.SOLUTIONS: CSV}),
        ):
            with pytest.raises(fault):
                ask()
        remote.close()


def test_a_whole_answer_comes_in_pieces_too() -> None:
    with endpoint(chunked(ROWS[:30], ROWS[30:31], ROWS[31:])) as (address, _):
        remote = Remote(address)
        assert [str(row["x"]) for row in remote.solutions(ASKED)] == ["1"]
        remote.close()


def test_the_endpoint_that_fails_is_left_out_and_asked_again_later() -> None:
    gone = f"http://127.0.0.1:{free_port()}/sparql"
    with endpoint(reply()) as (first, got), endpoint(reply()) as (second, also):
        remote = Remote([first, gone, second])
        for _ in range(8):
            assert remote.solutions(ASKED)
        assert len(got) + len(also) == 8
        assert min(len(got), len(also)) >= 2, "requests go round"
        health = {state.address: state for state in remote.status()}
        assert [health[address].well for address in (first, gone, second)] == [True, False, True]
        assert "cannot be asked" in health[gone].error
        assert health[gone].since
        remote.close()


def test_an_endpoint_rests_longer_with_each_failure_and_returns_at_its_first_answer() -> None:
    endpoints = Endpoints(["http://a.example/", "http://b.example/"])
    assert endpoints.failed("http://a.example/", "gone")
    assert not endpoints.failed("http://a.example/", "still gone")
    assert [endpoints.next()[0] for _ in range(3)] == ["http://b.example/"] * 3
    assert sorted(endpoints.next()) == ["http://a.example/", "http://b.example/"], "in the end each is tried"
    assert endpoints.answered("http://a.example/")
    assert {endpoints.next()[0] for _ in range(2)} == {"http://a.example/", "http://b.example/"}
    assert [state.well for state in endpoints.health()] == [True, True]


@pytest.mark.parametrize("broken", [reply(status=502), reply(status=503), chunked(ROWS[:40], end=False)])
def test_another_endpoint_answers_when_one_breaks(broken: Answering) -> None:
    with endpoint(broken) as (first, _), endpoint(reply()) as (second, _):
        remote = Remote([first, second])
        for _ in range(4):
            assert remote.solutions(ASKED)
        assert [state.well for state in remote.status()] == [False, True]
        remote.close()


@pytest.mark.parametrize("failing", [hang, reply(status=504), reply(status=400), only_alive(reply(status=500))])
def test_a_query_that_fails_is_not_sent_to_each_endpoint_in_turn(failing: Answering) -> None:
    with endpoint(failing) as (first, got), endpoint(failing) as (second, also):
        remote = Remote([first, second], seconds=0.5)
        with pytest.raises(Fault):
            remote.solutions(ASKED)
        assert sum("VALUES" in query for query in got + also) == 1
        assert all(state.well for state in remote.status()), "the query is at fault, not the endpoint"
        remote.close()


def test_a_slow_answer_ends_at_its_deadline() -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", RESULTS)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        try:
            for _ in range(100):
                handler.wfile.write(b" ")
                time.sleep(0.05)
        except OSError:
            handler.close_connection = True

    with endpoint(drip) as (address, _):
        remote = Remote(address, seconds=0.4)
        started = time.monotonic()
        with pytest.raises(QueryTimeout):
            remote.solutions(ASKED)
        assert time.monotonic() - started < 4
        remote.close()


def test_when_none_answers_the_fault_says_so() -> None:
    remote = Remote([f"http://127.0.0.1:{free_port()}/", f"http://127.0.0.1:{free_port()}/"])
    with pytest.raises(EngineAway, match="cannot be asked"):
        remote.solutions(ASKED)
    assert not any(state.well for state in remote.status())


@pytest.mark.parametrize("addresses", ["file:///etc/passwd", "ftp://a.example/", ["http://a.example/", "b"], []])
def test_only_web_addresses_are_endpoints(addresses: str | list[str]) -> None:
    with pytest.raises(ParameterFault):
        Remote(addresses)


def test_connections_are_kept_open_and_not_shared_with_a_forked_process(oxigraph: Engine) -> None:
    remote = Remote(oxigraph.query)
    assert remote.solutions(ASKED)
    before = remote._connections.pool
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, b"other" if remote._connections.pool is not before and remote.solutions(ASKED) else b"same")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 10) == b"other"
    assert remote.solutions(ASKED)
    assert remote._connections.pool is before
    [pool] = [before.pools[key] for key in before.pools.keys()]  # noqa: SIM118 - it is no dictionary
    assert pool.num_connections == 1
    for end in (read, write):
        os.close(end)
    remote.close()


def test_a_long_answer_waits_in_a_file_and_arrives_whole(oxigraph: Engine) -> None:
    remote = Remote(oxigraph.query)
    digits = " ".join(str(number) for number in range(10))
    values = " ".join(f"VALUES ?{name} {{ {digits} }}" for name in "abcde")
    answer = remote.answer(Query(f"SELECT * {{ {values} }}"), {**FIRST_OF_EACH, Kind.SOLUTIONS: CSV})
    assert not answer.complete
    assert answer.body().count(b"\n") == 100_001
    assert remote.answer(Query(f"SELECT * {{ {values} }}"), FIRST_OF_EACH).chunks, (
        "an answer that nobody reads is closed"
    )
    remote.close()


def test_the_real_server_that_stops_is_left_out_and_found_again() -> None:
    port = free_port()
    with oxigraph_server() as stays:
        remote = Remote([f"http://127.0.0.1:{port}/query", stays.query])
        with oxigraph_server(None, port):
            for _ in range(4):
                assert remote.solutions(ASKED)
            assert all(state.well for state in remote.status())
        for _ in range(4):
            assert remote.solutions(ASKED)
        assert [state.well for state in remote.status()] == [False, True]
        with oxigraph_server(None, port):
            until = time.monotonic() + 10
            while not all(state.well for state in remote.status()):
                assert remote.solutions(ASKED)
                assert time.monotonic() < until
                time.sleep(0.05)
        remote.close()


def test_virtuoso_is_not_believed_when_it_cuts_an_answer() -> None:
    with virtuoso_server(rows=50) as engine:
        remote = Remote(engine.query)
        everything = Query("SELECT ?s { GRAPH ?g { ?s ?p ?o } }")
        with pytest.raises(EngineFault, match="cuts every answer at 50 rows"):
            remote.solutions(everything)
        assert len(remote.solutions(Query(f"{everything.text} LIMIT 49"))) == 49
        remote.close()


@pytest.mark.parametrize("offer", OFFERS[Kind.SOLUTIONS], ids=lambda offer: offer.name)
def test_formats_are_written_here_whatever_the_endpoint_sends(
    offer: object, virtuoso: Engine, oxigraph: Engine
) -> None:
    query = Query('SELECT * { VALUES (?a ?b ?c ?d) { ("é\\n\\"" UNDEF <http://a.example/> "x"@en) } }')
    formats = {**FIRST_OF_EACH, Kind.SOLUTIONS: offer}
    bodies = []
    for engine in (virtuoso, oxigraph):
        remote = Remote(engine.query)
        bodies.append(remote.answer(query, formats).body())  # type: ignore[arg-type]  # the parameter is a format
        remote.close()
    assert bodies[0] == bodies[1]
    assert json.dumps("é")[1:-1].encode() in bodies[0] or "é".encode() in bodies[0]
