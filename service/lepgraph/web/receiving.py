"""Bodies must arrive in time: a client that stops sending halfway must not hold a thread of the server for ever.

The server has no deadline for bodies and a read from it cannot be interrupted. So another thread reads, and the one
that waits for it gives up at the deadline and answers; the reader ends when the client goes. So a late body costs a
sleeping thread and a connection, of which the server lets in a bounded number, but none of the threads that answer.
Readers are kept for the next body, since a thread for each would cost more than the reading.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from lepgraph.errors import TooSlow
from lepgraph.web.observing import Application, Environ

MOST_KEPT = 16
"""Readers that wait for the next body."""


class Receiving:
    """A WSGI application that gives bodies some seconds to arrive, before another one."""

    def __init__(self, application: Application, seconds: float) -> None:
        self._application = application
        self._seconds = seconds
        self._readers = Readers()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answers as the application does, which gets TooSlow from reading a body that is late."""
        if environ.get("CONTENT_LENGTH", "0") not in ("", "0") or "HTTP_TRANSFER_ENCODING" in environ:
            environ["wsgi.input"] = Timely(environ["wsgi.input"], self._seconds, self._readers)
        return self._application(environ, start_response)


class Timely:
    """A body to be read until a deadline, which begins now; once late it stays late."""

    def __init__(self, source: Any, seconds: float, readers: Readers) -> None:
        self._source = source
        self._seconds = seconds
        self._ends = time.monotonic() + seconds
        self._readers = readers
        self._late = False

    def read(self, size: int = -1) -> bytes:
        """Up to so many bytes, or all; raises TooSlow at the deadline."""
        return self._read(lambda: self._source.read() if size < 0 else self._source.read(size))

    def readline(self, size: int = -1) -> bytes:
        """A line, or up to so many bytes of it; raises TooSlow at the deadline."""
        return self._read(lambda: self._source.readline() if size < 0 else self._source.readline(size))

    def _read(self, action: Callable[[], bytes]) -> bytes:
        if not self._late:
            try:
                return self._readers.result(action, self._ends - time.monotonic())
            except TimeoutError:
                self._late = True
        raise TooSlow(f"The body did not arrive within {self._seconds:g} seconds.", hint="Send it faster, or less.")


class Readers:
    """Threads that do one thing at a time for others, who may stop waiting for it."""

    def __init__(self) -> None:
        self._idle: list[_Reader] = []
        self._process = 0

    def result(self, action: Callable[[], bytes], seconds: float) -> bytes:
        """What the action gives or raises; raises TimeoutError if that takes longer."""
        if self._process != os.getpid():
            self._idle, self._process = [], os.getpid()  # threads do not come through a fork
        try:
            reader = self._idle.pop()
        except IndexError:
            reader = _Reader()
        outcome = reader.told(action, seconds)
        if len(self._idle) < MOST_KEPT:
            self._idle.append(reader)
        else:
            reader.dismissed()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


class _Reader:
    def __init__(self) -> None:
        self._tasks: queue.SimpleQueue[Callable[[], bytes] | None] = queue.SimpleQueue()
        self._outcomes: queue.SimpleQueue[bytes | BaseException] = queue.SimpleQueue()
        threading.Thread(target=self._run, daemon=True, name="lepgraph-reader").start()

    def told(self, action: Callable[[], bytes], seconds: float) -> bytes | BaseException:
        self._tasks.put(action)
        try:
            return self._outcomes.get(timeout=max(0.0, seconds))
        except queue.Empty:
            self.dismissed()  # it ends when what it does ends
            raise TimeoutError from None

    def dismissed(self) -> None:
        self._tasks.put(None)

    def _run(self) -> None:
        while (action := self._tasks.get()) is not None:
            try:
                self._outcomes.put(action())
            except (OSError, ValueError, RuntimeError) as error:
                self._outcomes.put(error)
