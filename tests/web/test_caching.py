"""The response cache: what it keeps, what it must not, and that a kept answer is the one the application would give."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import Client, TestResponse

from lepgraph.site import Site
from lepgraph.web import served
from lepgraph.web.caching import Caching
from lepgraph.web.seating import Seating

SELECT = "SELECT ?s { ?s a <https://lights.example/def/light#Lighthouse> } ORDER BY ?s"
VOLATILE = ("Date", "X-Request-Id", "Cache-Status")


@pytest.fixture(scope="module")
def client(lights_site: Site) -> Client:
    return Client(served(lights_site))


def status_of_cache(response: TestResponse) -> str:
    return response.headers["Cache-Status"].removeprefix("lepgraph; ")


class Counted:
    """A WSGI application that counts its calls and answers with what it is given."""

    def __init__(
        self,
        headers: list[tuple[str, str]] | None = None,
        status: str = "200 OK",
        body: Callable[[], Iterable[bytes]] = lambda: [b"body"],
    ) -> None:
        self.calls: list[str] = []
        self.headers = headers if headers is not None else [("Cache-Control", "public"), ("ETag", '"one"')]
        self.status = status
        self.body = body

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.calls.append(environ["REQUEST_METHOD"])
        start_response(self.status, list(self.headers))
        return self.body()


PATHS = [
    "/",
    "/id/lighthouse/near-point",
    "/doc/lighthouse/near-point.ttl",
    "/queries",
    "/catalog.ttl",
    "/static/lepgraph.css",
    "/dump/latest/lights.nq",
    f"/sparql?query={quote(SELECT)}",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("coding", ["", "gzip", "br", "zstd", "identity;q=0, gzip"])
def test_a_kept_answer_is_the_first_one(client: Client, path: str, coding: str) -> None:
    headers = {"Accept-Encoding": coding, "Accept": "text/html"}
    first = client.get(path, headers=headers)
    again = client.get(path, headers=headers)
    head = client.head(path, headers=headers)
    assert status_of_cache(again) == "hit"
    for other in (again, head):
        assert other.status == first.status
        kept = [[pair for pair in response.headers if pair[0] not in VOLATILE] for response in (first, other)]
        assert kept[0] == kept[1]
    assert again.data == first.data
    assert head.data == b""
    assert head.headers["Content-Length"] == str(len(first.data))


@pytest.mark.parametrize(
    "path", [path for path in PATHS if path not in ("/id/lighthouse/near-point", "/dump/latest/lights.nq")]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_client_that_has_the_answer_is_told_so_with_the_same_headers(client: Client, path: str, method: str) -> None:
    full = client.get(path, headers={"Accept-Encoding": "gzip"})
    tag = full.headers["ETag"]
    for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        not_modified = client.open(path, method=method, headers={"Accept-Encoding": "gzip", "If-None-Match": given})
        assert (not_modified.status_code, not_modified.data) == (304, b"")
        for name in ("ETag", "Cache-Control", "Vary", "Access-Control-Allow-Origin"):
            assert not_modified.headers[name] == full.headers[name]
        assert "Content-Encoding" not in not_modified.headers
    assert (
        client.open(path, method=method, headers={"Accept-Encoding": "gzip", "If-None-Match": '"no"'}).status_code
        == 200
    )


def test_a_condition_on_the_first_request_fills_the_cache(lights_site: Site) -> None:
    fresh = Client(served(lights_site))
    first = fresh.get("/queries", headers={"If-None-Match": "*"})
    assert (first.status_code, status_of_cache(first)) == (304, "fwd=uri-miss; stored")
    assert status_of_cache(fresh.get("/queries")) == "hit"


def test_codings_never_share_a_validator(client: Client) -> None:
    codings = ("identity", "gzip", "br", "zstd")
    found = {coding: client.get("/", headers={"Accept-Encoding": coding}).headers["ETag"] for coding in codings}
    assert len(set(found.values())) == 4
    for coding in codings[1:]:
        plain = client.get("/", headers={"Accept-Encoding": coding, "If-None-Match": found["identity"]})
        assert plain.status_code == 200


@pytest.mark.parametrize(
    ("path", "control"),
    [
        ("/", "public, max-age=300"),
        ("/id/lighthouse/near-point", "public, max-age=300"),
        (f"/sparql?query={quote(SELECT)}", "public, max-age=300"),
        ("/dump/latest/lights.nq", "public, max-age=300"),
        ("/robots.txt", "public, max-age=86400"),
        ("/health", "no-store"),
        ("/ready", "no-store"),
        ("/nothing", "no-store"),
        ("/sparql?query=SELECT", "no-store"),
        ("/sparql?query=SELECT (NOW() AS ?now) {}", "no-store"),
        ("/sparql?query=SELECT (UUID() AS ?x) {}&format=html", "no-store"),
    ],
)
def test_each_kind_says_how_long_it_keeps(lights_site: Site, path: str, control: str) -> None:
    client = Client(served(lights_site))
    for number in range(2):
        response = client.get(path)
        assert response.headers["Cache-Control"] == control
        assert (status_of_cache(response) == "hit") == (control != "no-store" and number == 1)
        assert "Accept-Encoding" in response.headers["Vary"].split(", ")
        assert ("ETag" in response.headers) == (control != "no-store" and response.status_code == 200)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_condition_that_does_not_hold_is_a_problem(client: Client, method: str) -> None:
    tag = client.get("/queries").headers["ETag"]
    assert client.open("/queries", method=method, headers={"If-Match": tag}).status_code == 200
    failed = client.open("/queries", method=method, headers={"If-Match": '"other"'})
    assert (failed.status_code, failed.headers["Cache-Control"]) == (412, "no-store")
    assert "ETag" not in failed.headers


def test_the_dump_is_immutable_and_comes_in_parts(client: Client) -> None:
    path = client.get("/dump/latest/lights.nq").headers["Location"]
    whole = client.get(path, buffered=True)
    assert whole.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = client.get(path, buffered=True, headers={"Range": "bytes=10-19", "Accept-Encoding": "gzip"})
    assert (part.status_code, part.data) == (206, whole.data[10:20])
    assert "Content-Encoding" not in part.headers
    for tag, status in ((whole.headers["ETag"], 206), ('"other"', 200)):
        assert client.get(path, buffered=True, headers={"Range": "bytes=0-4", "If-Range": tag}).status_code == status
    beyond = client.get(path, buffered=True, headers={"Range": "bytes=999999999-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(whole.data)}")
    packed = client.get(path, buffered=True, headers={"Accept-Encoding": "gzip"})
    assert "Accept-Ranges" not in packed.headers
    assert packed.headers["ETag"] != whole.headers["ETag"]


def test_queries_in_bodies_are_kept_by_their_bytes(lights_site: Site) -> None:
    fresh = Client(served(lights_site))

    def asked(body: str, **options: Any) -> TestResponse:
        return fresh.post("/sparql", data=body, content_type="application/sparql-query", **options)

    first, again, other = asked(SELECT), asked(SELECT), asked(SELECT + " LIMIT 1")
    assert [status_of_cache(r) for r in (first, again, other)] == [
        "fwd=uri-miss; stored",
        "hit",
        "fwd=uri-miss; stored",
    ]
    assert first.data == again.data != other.data
    form = fresh.post("/sparql", data={"query": SELECT})
    assert (form.data, status_of_cache(form)) == (first.data, "fwd=uri-miss; stored")
    assert status_of_cache(asked(SELECT, headers={"Accept": "text/csv"})) == "fwd=uri-miss; stored"
    record = fresh.post("/validate", data="", content_type="text/turtle")
    assert status_of_cache(record) == "fwd=bypass"


@pytest.mark.parametrize(
    "headers",
    [{"Host": "b.example"}, {"Accept": "text/turtle"}, {"Accept": ""}, {"Accept-Encoding": "gzip"}],
)
def test_requests_that_may_be_answered_differently_share_nothing(headers: dict[str, str]) -> None:
    inner = Counted()
    client = Client(Caching(inner, 10**6))
    client.get("/x", headers={"Host": "a.example"})
    client.get("/x", headers={"Host": "a.example", **headers})
    client.get("/x?", headers={"Host": "a.example", **headers})
    client.get("/y", headers={"Host": "a.example", **headers})
    assert len(inner.calls) == 3


def test_where_the_public_address_is_known_the_host_that_was_asked_does_not_matter() -> None:
    inner = Counted()
    client = Client(Caching(inner, 10**6, at="https://public.example/"))
    for host in ("a.example", "b.example", "]["):
        client.get("/x", headers={"Host": host})
    assert len(inner.calls) == 1


@pytest.mark.parametrize(
    ("inner", "request_headers"),
    [
        (Counted(status="404 NOT FOUND"), {}),
        (Counted(status="503 SERVICE UNAVAILABLE"), {}),
        (Counted(status="206 PARTIAL CONTENT"), {}),
        (Counted([("Cache-Control", "no-store")]), {}),
        (Counted([("Cache-Control", "private, max-age=60")]), {}),
        (Counted([]), {}),
        (Counted([("Cache-Control", "public"), ("Set-Cookie", "a=b")]), {}),
        (Counted(body=lambda: [b"x" * 100_000]), {}),
        (Counted(body=lambda: iter([b"x" * 50_000, b"x" * 50_000])), {}),
        (Counted([("Cache-Control", "public"), ("Content-Length", "100000")], body=lambda: [b"x" * 100_000]), {}),
        (Counted(), {"Range": "bytes=0-1"}),
        (Counted(), {"If-Match": '"one"'}),
        (Counted(), {"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}),
        (Counted(), {"Accept-Encoding": "identity;q=0"}),
        (Counted(), {"Content-Encoding": "gzip"}),
    ],
)
def test_what_must_not_be_kept_is_not(inner: Counted, request_headers: dict[str, str]) -> None:
    inner.calls.clear()
    client = Client(Caching(inner, 10**6))
    bodies = [client.get("/", headers=request_headers).data for _ in range(2)]
    assert len(inner.calls) == 2
    assert bodies[0] == bodies[1] == b"".join(inner.body())


def test_a_cache_of_no_size_keeps_nothing() -> None:
    inner = Counted()
    client = Client(Caching(inner, 0))
    assert [client.get("/").data for _ in range(2)] == [b"body", b"body"]
    assert len(inner.calls) == 2


def test_what_was_not_asked_for_the_longest_goes_first_and_the_size_is_bounded() -> None:
    inner = Counted(body=lambda: [b"x" * 5000])
    cache = Caching(inner, 100_000)
    client = Client(cache)
    for number in range(40):
        client.get(f"/{number}")
        client.get("/0")
    assert cache._bytes <= 100_000
    assert cache._bytes == sum(entry.size for entry in cache._entries.values())
    before = len(inner.calls)
    client.get("/0")
    client.get("/39")
    assert len(inner.calls) == before
    client.get("/1")
    assert len(inner.calls) == before + 1


def test_the_body_of_an_answer_that_is_not_kept_is_closed() -> None:
    closed = []

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"x" * 50_000] * 3)

        def close(self) -> None:
            closed.append(True)

    client = Client(Caching(Counted(body=Body), 10**6))
    assert len(client.get("/", buffered=True).data) == 150_000
    assert closed == [True]
    assert client.head("/").data == b""
    assert client.get("/", headers={"If-None-Match": '"one"'}).status_code == 304
    assert closed == [True] * 3


def test_requests_at_once_for_the_same_are_worked_out_once() -> None:
    gate = threading.Event()

    def slow() -> list[bytes]:
        gate.wait(10)
        return [b"body"]

    inner = Counted(body=slow)
    cache = Caching(inner, 10**6)
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(Client(cache).get("/").data)) for _ in range(8)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 10
    while not inner.calls and time.monotonic() < deadline:
        time.sleep(0.01)
    gate.set()
    for thread in threads:
        thread.join()
    assert found == [b"body"] * 8
    assert len(inner.calls) == 1


def test_a_failure_is_not_shared_with_those_who_wait() -> None:
    gate = threading.Event()

    def slow() -> list[bytes]:
        gate.wait(10)
        return [b"body"]

    inner = Counted(status="503 SERVICE UNAVAILABLE", body=slow)
    cache = Caching(inner, 10**6)
    threads = [threading.Thread(target=lambda: Client(cache).get("/")) for _ in range(3)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    assert len(inner.calls) == 3


def test_what_is_kept_is_answered_without_a_seat() -> None:
    inner = Counted()
    cache = Caching(inner, 10**6)
    client = Client(Seating(cache, 0, cache.kept))
    assert status_of_cache(client.get("/sparql?query=x")) == "fwd=bypass"
    Client(cache).get("/sparql?query=x")
    for method in ("GET", "HEAD"):
        assert status_of_cache(client.open("/sparql?query=x", method=method)) == "hit"
    assert client.get("/sparql?query=x", headers={"If-None-Match": '"one"'}).status_code == 304
    assert len(inner.calls) == 2
