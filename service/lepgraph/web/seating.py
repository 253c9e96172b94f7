"""Seats for requests that may take long, so that the threads of a web process are never all taken by them.

A thread is held by a query that waits or runs, and by a long answer as long as its reader takes. A request that finds
no seat is answered if the cache has its answer, else refused at once. Pages, health and all else that is quick always
find a thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lepgraph.web.observing import Application, Environ, seen

COSTLY = ("/sparql", "/q/", "/queries/", "/validate", "/search", "/dump/", "/version/", "/ldes/")
"""Beginnings of the paths whose requests need a seat."""

Kept = Callable[[Environ, Any], Iterable[bytes] | None]


class Seating:
    """A WSGI application that lets only so many costly requests to another one at the same time."""

    def __init__(self, application: Application, seats: int, kept: Kept | None = None) -> None:
        self._application = application
        self._kept = kept  # the answers that take no time, and so no seat
        self._seats = threading.Semaphore(seats)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answers as the application does, which is told where no seat was left."""
        if not environ.get("PATH_INFO", "").startswith(COSTLY):
            return self._application(environ, start_response)
        if self._kept is not None:
            answer = self._kept(environ, start_response)
            if answer is not None:
                return answer
        if not self._seats.acquire(blocking=False):
            seen(environ).seated = False
            return self._application(environ, start_response)
        try:
            body = self._application(environ, start_response)
        except BaseException:
            self._seats.release()
            raise
        if isinstance(body, list):
            self._seats.release()
            return body
        return _Seated(body, self._seats.release)


class _Seated:
    """A body that gives its seat back once, when it is closed."""

    def __init__(self, body: Iterable[bytes], leave: Callable[[], None]) -> None:
        self._body = body
        self._chunks = iter(body)
        self._leave: Callable[[], None] | None = leave

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        """Closes the body and leaves."""
        leave, self._leave = self._leave, None
        if leave is None:
            return
        try:
            if hasattr(self._body, "close"):
                self._body.close()
        finally:
            leave()
