"""Around everything: a request gets its id, is counted and leaves one line in the log.

This stands before the response cache, so it must cost next to nothing: a request leaves a tuple in a queue, and one
thread per process counts and writes what is there every hundredth of a second. A killed process loses that much.
"""

from __future__ import annotations

import atexit
import itertools
import os
import queue
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.util import Finalize
from typing import Any

from lepgraph import logs, measures

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]

KEY = "lepgraph.seen"
"""Where a request's ``Seen`` stands in its WSGI environment."""
UNCOUNTED = frozenset({"/metrics"})
"""Routes that are no traffic: neither counted nor logged."""
ONE_PIECE = 256 * 1024
"""Bytes of a body that is sent in one piece."""

_ACCEPTABLE = re.compile(r"[!-~]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "QUERY", "PUT", "DELETE", "PATCH"})
_PAUSE = 0.01


class Seen:
    """What the layers below find out about one request."""

    __slots__ = ("cache", "file", "lasting", "problem", "query", "request_id", "route", "rows", "seated")

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        self.route = ""
        self.rows: int | None = None
        self.cache = ""
        self.lasting = False
        self.file = False
        self.seated = True
        self.query = False
        self.problem = ""


class Names:
    """Names requests: as the client does, if that is short and visible ASCII, or unlike any other process does."""

    def __init__(self) -> None:
        self._process = 0
        self._start = ""
        self._numbers = itertools.count(1)

    def name(self, given: str | None) -> str:
        """The id of a request."""
        if given and _ACCEPTABLE.fullmatch(given):
            return given
        if self._process != os.getpid():
            self._process, self._start = os.getpid(), secrets.token_hex(6)
        return f"{self._start}-{next(self._numbers):x}"


class Observing:
    """A WSGI application that names, counts and logs the requests to another one."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._names = Names()
        self._record = RECORDER.record

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answers as the application does, with the request's id among the headers."""
        started = time.perf_counter()
        seen = environ[KEY] = Seen(self._names.name(environ.get("HTTP_X_REQUEST_ID")))
        begun: list[Any] = ["", ()]

        def begin(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            begun[0], begun[1] = status, headers
            headers.append(("X-Request-Id", seen.request_id))
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        body = self._application(environ, begin)
        seconds = time.perf_counter() - started
        what = (time.time(), environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""), begun[0], begun[1], seconds, seen)
        if not isinstance(body, list) and _short(begun[1]):
            body = _whole(body)
        if isinstance(body, list):
            self._record(what, sum(map(len, body)))
            return body
        return _Watched(body, lambda size: self._record(what, size))


class _Watched:
    """A body that says how many bytes of it were taken, once it is closed."""

    def __init__(self, body: Iterable[bytes], ended: Callable[[int], None]) -> None:
        self._body = body
        self._chunks = iter(body)
        self._ended: Callable[[int], None] | None = ended
        self._size = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = next(self._chunks)
        self._size += len(chunk)
        return chunk

    def close(self) -> None:
        """Closes the body, once."""
        ended, self._ended = self._ended, None
        if ended is None:
            return
        try:
            if hasattr(self._body, "close"):
                self._body.close()
        finally:
            ended(self._size)


class Recorder:
    """Counts and logs what it is told, in a thread of its own in each process that tells it something."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[tuple[tuple[Any, ...], int]] = queue.SimpleQueue()
        self._process = 0
        self._starting = threading.Lock()
        self._writing = threading.Lock()

    def record(self, what: tuple[Any, ...], size: int) -> None:
        """Takes note of a request and the bytes of its body."""
        if self._process != os.getpid():
            self._start()
        self._queue.put((what, size))

    def flush(self) -> None:
        """Counts and logs all that is waiting."""
        with self._writing:
            waiting = []
            while not self._queue.empty():
                waiting.append(self._queue.get())
            if waiting:
                self._write(waiting)

    def _start(self) -> None:
        with self._starting:
            if self._process == os.getpid():
                return
            self._queue = queue.SimpleQueue()  # what a parent had waiting is the parent's
            self._writing = threading.Lock()
            self._process = os.getpid()
            threading.Thread(target=self._run, daemon=True, name="lepgraph-recorder").start()
            Finalize(None, self.flush, exitpriority=0)
            atexit.register(self.flush)

    def _run(self) -> None:
        while True:
            first = self._queue.get()
            with self._writing:
                self._write([first])
            time.sleep(_PAUSE)
            self.flush()

    def _write(self, waiting: list[tuple[tuple[Any, ...], int]]) -> None:
        groups: dict[tuple[str, str, str, str, str], list[int]] = {}
        lines: list[logs.Request] | None = [] if logs.wanted() else None
        for (moment, method, path, status, headers, seconds, notes), size in waiting:
            route, code, media = notes.route or "none", status[:3], _media(headers)
            if route in UNCOUNTED:
                continue
            group = groups.setdefault((route, method, code, media, notes.cache or "none"), [0, 0, 0])
            group[0] += 1
            group[1] += size
            group[2] += notes.rows or 0
            if notes.query:
                measures.queries.labels(notes.problem or "answered").inc()
            if notes.cache != "hit":
                measures.durations.labels(route).observe(seconds)
            if lines is not None:
                milliseconds = seconds * 1000
                entry = (moment, method, path, route, code, milliseconds, notes.rows, media, size)
                lines.append(logs.Request(*entry, notes.cache, notes.request_id))
        for key, numbers in groups.items():
            _count(*key, *numbers)
        if lines:
            logs.requests(lines)


def _count(route: str, method: str, code: str, media: str, cache: str, number: int, size: int, rows: int) -> None:
    """Counts a number of requests that are alike, with the bytes and rows that they were answered with."""
    measures.requests.labels(route, method if method in _METHODS else "other", code).inc(number)
    measures.sent.labels(route).inc(size)
    measures.cached.labels(cache).inc(number)
    if rows and code == "200":
        measures.rows.labels(media).inc(rows)


def _short(headers: Iterable[tuple[str, str]]) -> bool:
    """Whether a body is said to be short enough to be sent in one piece, which servers do faster."""
    length = next((value for name, value in headers if name.lower() == "content-length"), "")
    return length.isdigit() and int(length) <= ONE_PIECE


def _whole(body: Iterable[bytes]) -> list[bytes]:
    try:
        return [b"".join(body)]
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()


def _media(headers: Iterable[tuple[str, str]]) -> str:
    for name, value in headers:
        if name == "Content-Type":
            return value.partition(";")[0]
    return ""


RECORDER = Recorder()
"""The one of this process: measures are the process's own too."""


def seen(environ: Environ) -> Seen:
    """The notes on a request; those of a request that nobody observes go nowhere."""
    found = environ.get(KEY)
    if not isinstance(found, Seen):
        found = environ[KEY] = Seen(Names().name(environ.get("HTTP_X_REQUEST_ID")))
    return found
