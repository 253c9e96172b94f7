"""What arrives over the wire, good and bad, at the service as a user starts it: a status for each, and it lives on."""

from __future__ import annotations

import http.client
import socket
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import serving
from lepgraph.content import Content

FOUND = "?light a <https://lights.example/def/light#Lighthouse>"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wire") / "log"


@pytest.fixture(scope="module")
def address(lighthouses: Content, log: Path) -> Iterator[str]:
    arguments = ["--content", str(lighthouses.root), "serve"]
    process, address = serving.start(arguments, log.parent, {"LEPGRAPH_PROCESSES": "1"}, log)
    yield address
    process.terminate()
    process.wait(timeout=20)


def sent(address: str, method: str, path: str, body: Any = None, **headers: str) -> tuple[Any, bytes]:
    parts = urllib.parse.urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body, named, encode_chunked="Transfer-Encoding" in named)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


ASK = f"/sparql?query={urllib.parse.quote(f'SELECT * {{ {FOUND} }} ORDER BY ?light')}"


def test_head_and_options_and_query_pass_the_server(address: str) -> None:
    got, body = sent(address, "GET", ASK)
    head, nothing = sent(address, "HEAD", ASK)
    assert (head.status, nothing) == (200, b"")
    for name in ("Content-Length", "Content-Type", "ETag", "Vary", "Cache-Control"):
        assert head.getheader(name) == got.getheader(name) is not None
    options, _ = sent(address, "OPTIONS", "/sparql", Origin="https://other.example")
    assert options.status == 204
    assert "QUERY" in options.getheader("Access-Control-Allow-Methods")
    query = f"SELECT * {{ {FOUND} }} ORDER BY ?light"
    answer, same = sent(address, "QUERY", "/sparql", query, Content_Type="application/sparql-query")
    assert (answer.status, same) == (200, body)
    assert "application/sparql-query" in answer.getheader("Accept-Query")
    assert answer.getheader("ETag")


def test_chunked_queries_are_read_and_counted(address: str) -> None:
    for kind, first in (
        ("application/sparql-query", b"ASK {} #"),
        ("application/x-www-form-urlencoded", b"query=ASK {} #"),
    ):
        for pieces, status in (([first, b"x" * 10], 200), ([first, *[b"x" * 100_000] * 9], 413)):
            answer, body = sent(
                address, "POST", "/sparql", iter(pieces), Content_Type=kind, Transfer_Encoding="chunked"
            )
            assert answer.status == status, body


def test_an_address_that_is_too_long_is_refused(address: str) -> None:
    answer, _ = sent(address, "GET", f"/sparql?query={'x' * 400_000}")
    assert answer.status == 414


END = b"\r\nHost: x\r\nConnection: close\r\n\r\n"
POST = b"POST /sparql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/sparql-query"
BYTES: dict[str, tuple[bytes, int]] = {
    "bytes beyond ASCII in the address": (b"GET /sparql?query=\xff\xfe HTTP/1.1" + END, 400),
    "a zero byte in the address": (b"GET /sparql?query=ASK\x00{} HTTP/1.1" + END, 400),
    "a zero byte, encoded": (b"GET /sparql?query=ASK%00{} HTTP/1.1" + END, 400),
    "what no encoding can mean": (b"GET /sparql?query=%FF%FE HTTP/1.1" + END, 400),
    "too many parameters": (b"GET /sparql?" + b"&".join([b"a=b"] * 3000) + b" HTTP/1.1" + END, 400),
    "a long address": (b"GET /sparql?query=" + b"x" * 10_000 + b" HTTP/1.1" + END, 400),
    "an address that is too long": (b"GET /sparql?query=" + b"x" * 70_000 + b" HTTP/1.1" + END, 414),
    "a carriage return in a header": (b"GET /sparql HTTP/1.1\r\nAccept: a\rX: y" + END, 400),
    "a header that is not ASCII": (b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nAccept: \xff\xfe\xe9" + END, 200),
    "headers that mean nothing": (
        b'GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nAccept-Encoding: gzip;q=abc, br;;;\r\nIf-None-Match: "' + END,
        200,
    ),
    "a host that is none": (
        b'GET /sparql HTTP/1.1\r\nHost: "><x>\r\nAccept: text/turtle\r\nConnection: close\r\n\r\n',
        400,
    ),
    "a method that is none": (b"FOO /sparql HTTP/1.1" + END, 405),
    "random bytes": (b"\x00\xff\x16\x03\x01" * 50 + b"\r\n\r\n", 400),
    "a length that is none": (POST + b"\r\nContent-Length: -5\r\n\r\nASK {}", 400),
    "a length beyond the limit": (POST + b"\r\nContent-Length: 99999999999\r\n\r\nASK {}", 413),
    "chunks that are none": (POST + b"\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nASK {}\r\n0\r\n\r\n", 400),
    "a type that is none": (POST + b"\xff\r\nContent-Length: 6\r\n\r\nASK {}", 415),
    "a type with a parameter that is none": (POST + b'; charset="utf-8\r\nContent-Length: 6\r\n\r\nASK {}', 200),
}


@pytest.mark.parametrize(("request_", "status"), BYTES.values(), ids=BYTES)
def test_bad_bytes_get_a_status_and_harm_nobody(address: str, log: Path, request_: bytes, status: int) -> None:
    parts = urllib.parse.urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
        connection.sendall(request_)
        first = connection.makefile("rb").readline()
    assert first.split()[1] == str(status).encode(), first
    assert sent(address, "GET", "/sparql?query=ASK%7B%7D")[0].status == 200
    assert "Traceback" not in log.read_text(encoding="utf-8")
