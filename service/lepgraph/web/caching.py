"""The response cache in front of the application: a WSGI layer that answers what was answered before.

It holds what one application said, so it goes when the application does: nothing stale can be served, and no entry
needs an end. A key holds all that an answer may depend on; see docs/decisions/0017. Errors, answers that say no-store
or set a cookie, parts and long answers are never kept. Requests for what another request is just working out wait
for it, once. A hit costs a few microseconds, so nothing of Flask or werkzeug is touched on its way.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from werkzeug.http import parse_etags
from werkzeug.wsgi import ClosingIterator

from lepgraph import measures
from lepgraph.errors import TooSlow
from lepgraph.web.coding import negotiated
from lepgraph.web.observing import Application, Environ, Seen, seen

Headers = list[tuple[str, str]]
Key = tuple[str, ...]

SHARE = 16
"""An entry takes at most this part of the cache."""
OVERHEAD = 1024
"""Bytes that an entry takes besides body, headers and key, about."""
LONGEST_BODY = 64 * 1024
"""Bytes of a query in a body that is looked up."""
PATIENCE = 60.0
"""Seconds to wait for another request that works out the same."""
MOST_UNKEPT = 4096
"""Keys that are remembered because their answers cannot be kept."""
KEPT_STATUSES = ("200", "301", "302", "303", "308")

_WITH_BODY = ("POST", "QUERY")
_ELSEWHERE = (
    "HTTP_RANGE",
    "HTTP_IF_MATCH",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_CONTENT_ENCODING",
    "HTTP_ACCEPT_DATETIME",
)
"""Headers of requests that the application settles itself."""
_OF_CLIENT = frozenset({"ratelimit", "ratelimit-policy"})
_NOT_KEPT = _OF_CLIENT | {"date", "x-request-id", "cache-status", "connection"}
_OF_BODY = frozenset({"content-length", "content-type", "content-encoding", "content-language", "last-modified"})


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer that is kept."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    etag: str
    route: str
    rows: int | None
    size: int


class Caching:
    """A WSGI application that keeps answers of another one, up to a number of bytes; none: keeps nothing."""

    def __init__(self, application: Application, limit: int, *, at: str = "", asked: str = "/sparql") -> None:
        self._application = application
        self._limit = limit
        self._at = at  # the public address, where it is known; else answers depend on the one that was asked
        self._asked = asked  # the path whose bodies are queries
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._bytes = 0
        self._changing = threading.Lock()
        self._pending: dict[Key, threading.Event] = {}
        self._unkept: set[int] = set()  # hashes of keys whose last answer could not be kept: nobody waits for those
        measures.cache_bytes.set(0)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answers from what is kept, or as the application does."""
        key = self._key(environ)
        if key is None:
            return self._passed(environ, start_response, "bypass")
        entry = self._entries.get(key)
        if entry is None:
            if not seen(environ).seated:
                return self._passed(environ, start_response, "bypass")  # to be refused, so it waits for nobody
            return self._missed(key, environ, start_response)
        self._used(key)
        return _answered(entry, environ, start_response, "hit")

    def kept(self, environ: Environ, start_response: Any) -> list[bytes] | None:
        """The answer to a request without a body, if it is kept."""
        key = self._key(environ) if environ["REQUEST_METHOD"] in ("GET", "HEAD") else None
        entry = self._entries.get(key) if key is not None else None
        if key is None or entry is None:
            return None
        self._used(key)
        return _answered(entry, environ, start_response, "hit")

    def _used(self, key: Key) -> None:
        try:  # noqa: SIM105 - a context manager would cost as much as the rest of a hit
            self._entries.move_to_end(key)
        except KeyError:
            pass  # dropped meanwhile; the answer is still right

    def _key(self, environ: Environ) -> Key | None:
        """All that an answer may depend on; None if the request is not for the cache."""
        method = environ["REQUEST_METHOD"]
        body = ""
        if method in ("GET", "HEAD"):
            method = "GET"
        elif method in _WITH_BODY and environ.get("PATH_INFO") == self._asked:
            found = _body(environ) if seen(environ).seated else None  # who is to be refused is not waited for
            if found is None:
                return None
            body = found
        else:
            return None
        if not self._limit or any(map(environ.__contains__, _ELSEWHERE)):
            return None
        if "HTTP_IF_MODIFIED_SINCE" in environ and "HTTP_IF_NONE_MATCH" not in environ:
            return None
        coding = negotiated(environ.get("HTTP_ACCEPT_ENCODING"))
        if not (coding.coding or coding.plain):
            return None
        return (
            method,
            self._at or f"{environ.get('wsgi.url_scheme')}://{environ.get('HTTP_HOST')}",
            environ.get("SCRIPT_NAME", ""),
            environ.get("PATH_INFO", ""),
            environ.get("QUERY_STRING", ""),
            environ.get("HTTP_ACCEPT", "\n"),
            coding.coding,
            "" if coding.plain else "coded",
            body,
        )

    def _passed(self, environ: Environ, start_response: Any, why: str) -> Iterable[bytes]:
        seen(environ).cache = why

        def begin(status: str, headers: Headers, exc_info: Any = None) -> Any:
            headers.append(("Cache-Status", f"lepgraph; fwd={why}"))
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        return self._application(environ, begin)

    def _missed(self, key: Key, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Works the answer out, or waits for the request that is doing so."""
        if hash(key) in self._unkept:
            return self._worked_out(key, environ, start_response)
        with self._changing:
            entry = self._entries.get(key)
            pending = self._pending.get(key)
            if entry is None and pending is None:
                self._pending[key] = threading.Event()
        if entry is not None:
            return _answered(entry, environ, start_response, "hit")
        if pending is not None:
            pending.wait(PATIENCE)
            entry = self._entries.get(key)
            if entry is not None:
                return _answered(entry, environ, start_response, "collapsed")
            return self._worked_out(key, environ, start_response)
        try:
            return self._worked_out(key, environ, start_response)
        finally:
            with self._changing:
                done = self._pending.pop(key)
            done.set()

    def _worked_out(self, key: Key, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """The application's whole answer, kept if it may be; then cut to what was asked."""
        asked = dict(environ)
        asked["REQUEST_METHOD"] = key[0]
        asked.pop("HTTP_IF_NONE_MATCH", None)
        asked.pop("HTTP_IF_MODIFIED_SINCE", None)
        begun: list[Any] = []

        def begin(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            begun[:] = [status, headers]
            return _no_write

        body = self._application(asked, begin)
        status, headers = begun
        notes = seen(environ)
        room = self._limit // SHARE
        gathered, rest = _gathered(body, room) if _may_be_kept(status, headers, notes, room) else (None, body)
        if gathered is None:
            self._pass_over(key)
            notes.cache = "miss"
            headers.append(("Cache-Status", "lepgraph; fwd=uri-miss"))
            return _cut(status, headers, rest, environ, start_response)
        entry = _entry(key, status, headers, gathered, notes)
        if entry.size <= room:
            self._keep(key, entry)
        own = [pair for pair in headers if pair[0].lower() in _OF_CLIENT]
        return _answered(entry, environ, start_response, "miss", own)

    def _pass_over(self, key: Key) -> None:
        with self._changing:
            if len(self._unkept) >= MOST_UNKEPT:
                self._unkept.clear()
            self._unkept.add(hash(key))

    def _keep(self, key: Key, entry: Entry) -> None:
        dropped = 0
        with self._changing:
            self._unkept.discard(hash(key))
            old = self._entries.pop(key, None)
            self._entries[key] = entry
            self._bytes += entry.size - (old.size if old else 0)
            while self._bytes > self._limit:
                self._bytes -= self._entries.popitem(last=False)[1].size
                dropped += 1
            measures.cache_bytes.set(self._bytes)
        if dropped:
            measures.evictions.inc(dropped)


def _body(environ: Environ) -> str | None:
    """What a query in a body is known by; None if it is too long, or its length is not said. It can be read again."""
    length = environ.get("CONTENT_LENGTH", "")
    if not length.isascii() or not length.isdigit() or len(length) > 9 or int(length) > LONGEST_BODY:
        return None
    try:
        content = environ["wsgi.input"].read(int(length))
    except TooSlow:
        return None  # the application finds the same
    environ["wsgi.input"] = io.BytesIO(content)
    if len(content) != int(length):
        return None
    return f"{environ.get('CONTENT_TYPE', '')}\n{hashlib.sha256(content).hexdigest()}"


def _may_be_kept(status: str, headers: Headers, notes: Seen, room: int) -> bool:
    """Whether an answer may be kept at all, as far as its head says."""
    if status[:3] not in KEPT_STATUSES or notes.file:  # what lies ready as a file need not lie in memory too
        return False
    found = {name.lower(): value for name, value in headers}
    control = found.get("cache-control", "").lower()
    if "set-cookie" in found or "no-store" in control or "private" in control:
        return False
    length = found.get("content-length", "")
    return ("public" in control or notes.lasting) and not (length.isdigit() and int(length) > room)


def _gathered(body: Iterable[bytes], room: int) -> tuple[bytes | None, Iterable[bytes]]:
    """The whole body if it has room, else None and all of it as an iterable again."""
    if isinstance(body, list):
        return b"".join(body), ()
    pieces: list[bytes] = []
    size = 0
    chunks = iter(body)
    try:
        for piece in chunks:
            pieces.append(piece)
            size += len(piece)
            if size > room:
                return None, ClosingIterator(chain(pieces, chunks), [lambda: _close(body)])
    except BaseException:
        _close(body)
        raise
    _close(body)
    return b"".join(pieces), ()


def _entry(key: Key, status: str, headers: Headers, body: bytes, notes: Seen) -> Entry:
    kept = [(name, value) for name, value in headers if name.lower() not in _NOT_KEPT]
    found = {name.lower(): value for name, value in kept}
    if "content-length" not in found:
        kept.append(("Content-Length", str(len(body))))
    size = len(body) + OVERHEAD + sum(map(len, key)) + sum(len(name) + len(value) for name, value in kept)
    return Entry(status, tuple(kept), body, found.get("etag", ""), notes.route, notes.rows, size)


def _answered(
    entry: Entry, environ: Environ, start_response: Any, outcome: str, own: Sequence[tuple[str, str]] = ()
) -> list[bytes]:
    """The answer that an entry gives to a request, with headers of the request's own."""
    notes = seen(environ)
    notes.route, notes.rows, notes.cache = entry.route, entry.rows, outcome
    headers = [*entry.headers, *own]
    headers.append(("Cache-Status", _STATUSES[outcome]))
    given = environ.get("HTTP_IF_NONE_MATCH")
    if given is not None and _matches(given, entry.etag, environ["REQUEST_METHOD"]):
        start_response("304 Not Modified", [pair for pair in headers if pair[0].lower() not in _OF_BODY])
        return []
    start_response(entry.status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [entry.body]


_STATUSES = {
    "hit": "lepgraph; hit",
    "miss": "lepgraph; fwd=uri-miss; stored",
    "collapsed": "lepgraph; fwd=uri-miss; collapsed",
}


def _cut(
    status: str, headers: Headers, body: Iterable[bytes], environ: Environ, start_response: Any
) -> Iterable[bytes]:
    """An answer that is not kept, as the request wants it: without its body, or not at all if the client has it."""
    given = environ.get("HTTP_IF_NONE_MATCH")
    method = environ["REQUEST_METHOD"]
    etag = next((value for name, value in headers if name.lower() == "etag"), "")
    if given is not None and status[:3] == "200" and _matches(given, etag, method):
        _close(body)
        start_response("304 Not Modified", [pair for pair in headers if pair[0].lower() not in _OF_BODY])
        return []
    start_response(status, headers)
    if method == "HEAD":
        _close(body)
        return []
    return body


def _matches(given: str, etag: str, method: str) -> bool:
    """Whether an If-None-Match header names a validator, by the weak comparison (RFC 9110, 13.1.2)."""
    return (
        method in ("GET", "HEAD")
        and bool(etag)
        and parse_etags(given).contains_weak(etag.removeprefix("W/").strip('"'))
    )


def _close(body: object) -> None:
    close = getattr(body, "close", None)
    if close is not None:
        close()


def _no_write(_: bytes) -> object:
    """The second way to send a body that PEP 3333 keeps for old frameworks; Flask never takes it, and would be told."""
    raise NotImplementedError("the write callable of WSGI is not offered")
