"""The edge of HTTP, byte by byte over a real socket: what is odd gets its status, and who is slow holds nobody up."""

from __future__ import annotations

import json
import socket
import time
import urllib.parse
from collections.abc import Iterator

import pytest

import serving
from lepgraph.content import Content

CLOSE = b"Connection: close\r\n"
HOST = b"Host: a.example\r\n"
QUERY = b"Content-Type: application/sparql-query\r\n"


@pytest.fixture(scope="module")
def port(lighthouses: Content, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    cache = tmp_path_factory.mktemp("edge")
    settings = {"LEPGRAPH_PROCESSES": "1", "LEPGRAPH_THREADS": "4", "LEPGRAPH_BODY_SECONDS": "1.5"}
    process, address = serving.start(["--content", str(lighthouses.root), "serve"], cache, settings, cache / "log")
    yield urllib.parse.urlsplit(address).port or 0
    assert process.poll() is None
    process.terminate()
    process.wait(timeout=20)
    assert "lepgraph.web.problems" not in (cache / "log").read_text(encoding="utf-8"), "something unforeseen was raised"


def opened(port: int, data: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=15)
    connection.sendall(data)
    return connection


def answer(port: int, data: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of what comes back."""
    with opened(port, data) as connection, connection.makefile("rb") as stream:
        status = int(stream.readline().split()[1])
        headers = {}
        while (line := stream.readline().strip()) != b"":
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return status, headers, stream.read(int(headers.get("content-length", "-1")))


REQUESTS: dict[str, tuple[bytes, int]] = {
    "HTTP/1.0 without a host": (b"GET /health HTTP/1.0\r\n\r\n", 200),
    "HTTP/1.1 without a host": (b"GET /health HTTP/1.1\r\n" + CLOSE + b"\r\n", 400),
    "two hosts": (b"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n" + CLOSE + b"\r\n", 400),
    "an empty host": (b"GET /health HTTP/1.1\r\nHost: \r\n" + CLOSE + b"\r\n", 400),
    "a host with a path": (b"GET / HTTP/1.1\r\nHost: a.example/b\r\n" + CLOSE + b"\r\n", 400),
    "a host with a user": (b"GET / HTTP/1.1\r\nHost: a@b\r\n" + CLOSE + b"\r\n", 400),
    "a version that is none": (b"GET / HTTP/3.0\r\n" + HOST + CLOSE + b"\r\n", 400),
    "a method in small letters": (b"get /health HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 405),
    "a method with a brace": (b"G{T / HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 400),
    "a tunnel": (b"CONNECT a.example:80 HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 404),
    "an absolute address": (b"GET http://b.example/health HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 200),
    "a zero byte, encoded": (b"GET /id/lighthouse/a%00b HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 404),
    "percent signs that encode nothing": (b"GET /doc/lighthouse/%zz%f HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 404),
    "percent signs that encode no text": (b"GET /doc/lighthouse/%ff%fe HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 404),
    "a way out of the folder": (b"GET /static/%2e%2e/%2e%2e/x HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n", 404),
    "a header that is too long": (
        b"GET /health HTTP/1.1\r\nX-A: " + b"a" * 300_000 + b"\r\n" + HOST + CLOSE + b"\r\n",
        431,
    ),
    "too many headers": (
        b"GET /health HTTP/1.1\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(200)) + HOST + CLOSE + b"\r\n",
        431,
    ),
    "two lengths that differ": (
        b"POST /sparql HTTP/1.1\r\n" + HOST + CLOSE + QUERY + b"Content-Length: 6\r\nContent-Length: 7\r\n\r\nASK {}",
        400,
    ),
    "a length and chunks": (
        b"POST /sparql HTTP/1.1\r\n"
        + HOST
        + QUERY
        + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
        200,
    ),
    "a body where none is read": (
        b"GET /health HTTP/1.1\r\n" + HOST + CLOSE + b"Content-Length: 99999999999\r\n\r\nabc",
        200,
    ),
    "a body that is too long for a record": (
        b"POST /validate HTTP/1.1\r\n" + HOST + CLOSE + b"Content-Type: text/turtle\r\nContent-Length: 9999999\r\n\r\n",
        413,
    ),
    "a form that is too long": (
        b"POST /validate HTTP/1.1\r\n"
        + HOST
        + CLOSE
        + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 99999999\r\n\r\n",
        413,
    ),
}


@pytest.mark.parametrize(("data", "status"), REQUESTS.values(), ids=REQUESTS)
def test_an_odd_request_gets_its_status(port: int, data: bytes, status: int) -> None:
    found, headers, body = answer(port, data)
    assert found == status, body
    if status >= 400 and body:
        assert json.loads(body)["status"] == status
        assert headers["cache-control"] == "no-store"
    assert answer(port, b"GET /health HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n")[0] == 200


@pytest.mark.parametrize("path", [b"/id/lighthouse/near%0d%0aSet-Cookie:%20a=b", b"/dump/latest/a%0d%0aX-A:%20b"])
def test_no_address_can_write_a_header(port: int, path: bytes) -> None:
    _, headers, _ = answer(port, b"GET " + path + b" HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n")
    assert not {"set-cookie", "x-a"} & set(headers)


def test_no_host_finds_its_way_into_the_answers_of_others(port: int) -> None:
    def links(host: bytes) -> bytes:
        ask = (
            b"GET /catalog.ttl HTTP/1.1\r\nHost: " + host + b"\r\nX-Forwarded-Host: evil.example\r\n" + CLOSE + b"\r\n"
        )
        return answer(port, ask)[2]

    assert b"evil.example" in links(b"evil.example")
    assert b"evil.example" not in links(b"a.example")


def test_a_client_that_asks_first_is_told_to_go_on(port: int) -> None:
    ask = b"POST /sparql HTTP/1.1\r\n" + HOST + CLOSE + QUERY + b"Content-Length: 6\r\nExpect: 100-continue\r\n\r\n"
    with opened(port, ask) as connection, connection.makefile("rb") as stream:
        assert stream.readline().split()[1] == b"100"
        assert stream.readline().strip() == b""
        connection.sendall(b"ASK {}")
        assert stream.readline().split()[1] == b"200"


@pytest.mark.parametrize(
    "head",
    [
        b"POST /sparql HTTP/1.1\r\n" + HOST + QUERY + b"Content-Length: 60\r\n\r\nASK {}",
        b"POST /sparql HTTP/1.1\r\n" + HOST + QUERY + b"Transfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n",
        b"POST /validate HTTP/1.1\r\n" + HOST + b"Content-Type: text/turtle\r\nContent-Length: 60\r\n\r\n<a:a>",
    ],
    ids=["length", "chunks", "record"],
)
def test_a_body_that_does_not_come_is_not_waited_for(port: int, head: bytes) -> None:
    began = time.monotonic()
    status, headers, body = answer(port, head)
    assert (status, json.loads(body)["type"]) == (408, "/problem/too-slow")
    assert headers["cache-control"] == "no-store"
    assert 1 < time.monotonic() - began < 10


def test_many_slow_clients_hold_nobody_up(port: int) -> None:
    slow = [
        opened(port, b"POST /sparql HTTP/1.1\r\n" + HOST + QUERY + b"Content-Length: 60\r\n\r\nASK") for _ in range(12)
    ]
    slow += [opened(port, b"GET / HTTP/1.1\r\nHos") for _ in range(12)]
    try:
        for _ in range(20):
            began = time.monotonic()
            assert answer(port, b"GET /health HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n")[0] == 200
            assert time.monotonic() - began < 1
    finally:
        for connection in slow:
            connection.close()
    deadline = time.monotonic() + 15
    ask = b"POST /sparql HTTP/1.1\r\n" + HOST + CLOSE + QUERY + b"Content-Length: 6\r\n\r\nASK {}"
    while answer(port, ask)[0] != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
