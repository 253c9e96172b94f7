"""The isolated engine: queries from outside run in worker processes that can be killed.

A runaway, a memory hog or a query that crashes the engine ends its worker and nobody else's; the keeper forks another
from the loaded dataset. The first 64 KiB of an answer are held back, so that an early death is still an error with its
own status; a later death raises while the chunks are read.
"""

from __future__ import annotations

import json
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph
from rdflib.term import Node

from lepgraph import errors
from lepgraph.errors import EngineBusy, EngineLost, Fault, NotAcceptable, QueryFault, QueryTimeout
from lepgraph.exchange import from_results
from lepgraph.media import OFFERS, Kind
from lepgraph.store import FIRST_OF_EACH, Answer, Formats, Query, frames

HELD_BACK = 64 * 1024
"""Bytes of an answer that are kept until it ends or grows past them."""


@dataclass(frozen=True)
class Limits:
    """Workers at once, seconds a query may wait and run, and mebibytes it may use."""

    workers: int = 2
    wait: float = 10.0
    seconds: float = 30.0
    megabytes: int = 1024


class Isolated:
    """A pool of workers over one snapshot, which loads in the background; safe to use from many threads."""

    def __init__(self, snapshot: Path, limits: Limits, prefixes: dict[str, str] | None = None) -> None:
        self.limits = limits
        self._idle: queue.LifoQueue[socket.socket] = queue.LifoQueue()
        self._asking = threading.Lock()
        self._channel, theirs = socket.socketpair()
        command = [sys.executable, "-m", "lepgraph.store.keeper", str(theirs.fileno()), str(snapshot)]
        command += [str(limits.megabytes), json.dumps(prefixes or {})]
        self._keeper = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()
        self._ready = False

    def wait(self) -> None:
        """Waits until the keeper, which loads in a process of its own, has loaded; raises EngineLost if it ended."""
        with self._asking:
            if self._ready:
                return
            if self._channel.recv(1) != b"+":
                raise EngineLost("The keeper of the workers did not start.", hint="Start the service again.")
            for _ in range(self.limits.workers):
                self._idle.put(self._forked())
            self._ready = True

    def answer(self, query: Query, formats: Formats) -> Answer:
        """See Store. Raises EngineBusy, QueryTimeout or EngineLost besides what a query deserves."""
        seconds = min(query.seconds or self.limits.seconds, self.limits.seconds)
        worker = self._take()
        ends = time.monotonic() + seconds
        try:
            request = {
                "text": query.text,
                "base": query.base,
                "default_graphs": query.default_graphs,
                "named_graphs": query.named_graphs,
                "seconds": seconds,
                "formats": {kind.value: chosen.name if chosen else None for kind, chosen in formats.items()},
            }
            frames.send_json(worker, frames.REQUEST, request)
            return self._begin(worker, ends, seconds)
        except (EngineLost, QueryTimeout, OSError) as error:
            self._replace(worker)
            if isinstance(error, OSError):
                raise EngineLost("The worker was gone before the query began.", hint="Try again.") from error
            raise

    def solutions(self, query: Query) -> list[dict[str, Node]]:
        """See Store."""
        answer = self.answer(query, FIRST_OF_EACH)
        return from_results(json.loads(answer.body()))

    def graph(self, query: Query) -> Graph:
        """See Store."""
        formats: Formats = {**FIRST_OF_EACH, Kind.GRAPH: OFFERS[Kind.GRAPH][1]}
        return Graph().parse(data=self.answer(query, formats).body(), format="nt")

    def close(self) -> None:
        """Ends the workers and their keeper."""
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                break
        self._channel.close()
        try:
            self._keeper.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()

    def _begin(self, worker: socket.socket, ends: float, seconds: float) -> Answer:
        """Reads up to the first 64 KiB, so that most failures are known before anything is sent."""
        kind, chosen = Kind.SOLUTIONS, OFFERS[Kind.SOLUTIONS][0]
        held: list[bytes] = []
        size = 0
        while True:
            letter, body = self._next(worker, ends, seconds)
            if letter == frames.HEADER:
                kind_name, name = json.loads(body)
                kind = Kind(kind_name)
                chosen = next(offer for offer in OFFERS[kind] if offer.name == name)
            elif letter == frames.DATA:
                held.append(body)
                size += len(body)
                if size > HELD_BACK:
                    return Answer(kind, chosen, self._rest(worker, held, ends, seconds), complete=False)
            else:
                self._idle.put(worker)
                if letter == frames.ERROR:
                    raise _fault(json.loads(body))
                return Answer(kind, chosen, iter(held))

    def _rest(self, worker: socket.socket, held: list[bytes], ends: float, seconds: float) -> Iterator[bytes]:
        """The held bytes, then the others as they come; the worker goes back to the pool only after a clean end."""
        clean = False
        try:
            yield from held
            while True:
                letter, body = self._next(worker, ends, seconds)
                if letter == frames.DATA:
                    yield body
                elif letter == frames.END:
                    clean = True
                    return
                else:
                    clean = True
                    raise _fault(json.loads(body))
        finally:
            if clean:
                self._idle.put(worker)
            else:
                self._replace(worker)

    def _next(self, worker: socket.socket, ends: float, seconds: float) -> tuple[bytes, bytes]:
        frame = frames.receive(worker)
        if frame is not None:
            return frame
        if time.monotonic() >= ends - 0.01:
            raise QueryTimeout(
                f"The query did not end within {seconds:g} seconds.",
                hint="Ask for less: add a LIMIT or more detail.",
            )
        raise EngineLost(
            f"The query used more than {self.limits.megabytes} MiB of memory, or broke the engine.",
            hint="Ask for less at once, or write the query in a simpler way.",
        )

    def _take(self) -> socket.socket:
        self.wait()
        try:
            return self._idle.get(timeout=self.limits.wait)
        except queue.Empty:
            raise EngineBusy(
                f"No worker was free within {self.limits.wait:g} seconds.", hint="Try again in a few seconds."
            ) from None

    def _replace(self, worker: socket.socket) -> None:
        worker.close()
        self._idle.put(self._fork())

    def _fork(self) -> socket.socket:
        with self._asking:
            return self._forked()

    def _forked(self) -> socket.socket:
        self._channel.sendall(b"f")
        _, descriptors, _, _ = socket.recv_fds(self._channel, 8, 1)
        if not descriptors:
            raise EngineLost("The keeper of the workers is gone.", hint="Start the service again.")
        return socket.socket(fileno=descriptors[0])


def _fault(described: dict[str, object]) -> Fault:
    """The fault that a worker reported, as an exception of the same class."""
    name, detail, hint = str(described["class"]), str(described["detail"]), str(described["hint"])
    if name == NotAcceptable.__name__:
        return NotAcceptable(described["offers"])  # type: ignore[arg-type]  # JSON of our own making
    if name == QueryFault.__name__:
        return QueryFault(detail, line=int(str(described["line"])), column=int(str(described["column"])), hint=hint)
    found = getattr(errors, name, Fault)
    fault: Fault = found(detail, hint=hint)
    return fault
