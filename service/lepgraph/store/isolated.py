"""The isolated engine: queries from outside run in worker processes that can be killed.

A runaway, a memory hog or a query that crashes the engine ends its worker and nobody else's; the keeper forks another
from the loaded dataset. The first 64 KiB of an answer are held back, so that an early death is still an error with its
own status; a later death raises while the chunks are read.

A query is a connection to a Unix socket on which the idle workers wait: several processes may share one pool, and the
kernel keeps the queue between them.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from subprocess import DEVNULL, Popen, TimeoutExpired

from rdflib import Graph
from rdflib.term import Node

from lepgraph import measures
from lepgraph.errors import EngineBusy, EngineFault, EngineLost, OutOfMemory, QueryTimeout, from_members
from lepgraph.exchange import from_results
from lepgraph.media import OFFERS, Kind
from lepgraph.store import FIRST_OF_EACH, Answer, Formats, Query, frames
from lepgraph.store.clauses import read
from lepgraph.store.embedded import Embedded
from lepgraph.store.keeper import FEDERATED, QUERIES, Keeping, ended, keep_forked
from lepgraph.store.slots import Slots

HELD_BACK = 64 * 1024
"""Bytes of an answer that are kept until it ends or grows past them."""
_GRACE = 5.0
"""Seconds after its deadline in which a worker must be dead."""
_NOTED = 1.0
"""Seconds within which a keeper notes how a worker ended."""
_NUMBERS = itertools.count(1)
_FULL = 0.001
"""Seconds to wait for a place in the queue: only so long that its being full can be told."""
_LONGEST_ADDRESS = 90
"""Bytes that the folder of the sockets may have: the address of a Unix socket has at most 107."""


@dataclass(frozen=True)
class Limits:
    """Workers, seconds a query may wait for one and run, mebibytes it may use, and queries that may wait.

    ``services`` are the endpoints that a query may call. Where there are any, queries that call them have as many
    workers of their own.
    """

    workers: int = 2
    wait: float = 10.0
    seconds: float = 30.0
    megabytes: int = 1024
    queue: int = 64
    services: frozenset[str] = frozenset()


class Isolated:
    """A pool of workers over one snapshot, which loads in the background; safe to use from many threads.

    Whoever makes the pool keeps it, and alone can close it; a child that was forked may ask it, and so may any process
    of the same user that knows its folder (``joined``).
    """

    def __init__(
        self,
        snapshot: Path,
        limits: Limits,
        prefixes: dict[str, str] | None = None,
        loaded: Embedded | None = None,
    ) -> None:
        """With a store that is ``loaded``, the keeper is forked from this process, which must have no other threads."""
        self.limits = limits
        self.folder = _folder()
        keeping = Keeping(
            snapshot=str(snapshot),
            folder=str(self.folder),
            workers=limits.workers,
            megabytes=limits.megabytes,
            queue=limits.queue,
            prefixes=prefixes or {},
            services=tuple(sorted(limits.services)),
        )
        self.keeper: Kept | None = Kept(keeping, loaded)

    @classmethod
    def joined(cls, folder: Path, limits: Limits) -> Isolated:
        """The pool that another process keeps."""
        pool = cls.__new__(cls)
        pool.limits, pool.folder, pool.keeper = limits, folder, None
        return pool

    def wait(self) -> None:
        """Waits until the keeper, which loads in a process of its own, has loaded; raises EngineLost if it ended."""
        if self.keeper:
            self.keeper.wait()

    def close(self) -> None:
        """Ends the workers and their keeper, if they are ours."""
        if self.keeper and self.keeper.close():
            shutil.rmtree(self.folder, ignore_errors=True)

    def answer(self, query: Query, formats: Formats) -> Answer:
        """See Store. Raises EngineBusy, QueryTimeout or EngineLost besides what a query deserves."""
        self.wait()
        seconds = min(query.seconds or self.limits.seconds, self.limits.seconds)
        name = f"{os.getpid()}-{next(_NUMBERS)}"
        request: dict[str, object] = {
            "name": name,
            "text": query.text,
            "base": query.base,
            "default_graphs": query.default_graphs,
            "named_graphs": query.named_graphs,
            "seconds": seconds,
            "formats": {kind.value: chosen.name if chosen else None for kind, chosen in formats.items()},
        }
        connection = self._connection(FEDERATED if self._federated(query) else QUERIES)
        asked = Asked(connection, self.folder, self.limits, name, seconds)
        with measures.waiting.track_inprogress():
            asked.begin(request)
        return asked.answer()

    def solutions(self, query: Query) -> list[dict[str, Node]]:
        """See Store."""
        answer = self.answer(query, FIRST_OF_EACH)
        return from_results(json.loads(answer.body()))

    def graph(self, query: Query) -> Graph:
        """See Store."""
        formats: Formats = {**FIRST_OF_EACH, Kind.GRAPH: OFFERS[Kind.GRAPH][1]}
        return Graph().parse(data=self.answer(query, formats).body(), format="nt")

    def _federated(self, query: Query) -> bool:
        """Whether the query calls other endpoints, all of them allowed; raises Refused if one is not."""
        return bool(self.limits.services) and bool(read(query.text, query.base, self.limits.services).services)

    def _connection(self, name: str) -> socket.socket:
        """A place in the queue; raises EngineBusy at once if there is none."""
        connection = socket.socket(socket.AF_UNIX)
        try:
            _limit(connection, socket.SO_SNDTIMEO, _FULL)
            connection.connect(f"{self.folder}/{name}")
        except BlockingIOError:
            connection.close()
            measures.refusals.inc()
            waiting = f"{self.limits.queue} queries are waiting already."
            raise EngineBusy(waiting, hint="Try again in a few seconds.") from None
        except OSError as error:
            connection.close()
            raise EngineLost("The workers are gone.", hint="Try again in a few seconds.") from error
        return connection


class Kept:
    """The keeper's process, and the channel whose end tells it to end."""

    def __init__(self, keeping: Keeping, loaded: Embedded | None) -> None:
        self._channel, theirs = socket.socketpair()
        self.process: Popen[bytes] | Forked
        if loaded:
            self.process = Forked(partial(keep_forked, theirs, keeping, loaded))
        else:
            command = [sys.executable, "-m", "lepgraph.store.keeper", str(theirs.fileno())]
            self.process = Popen(command, pass_fds=[theirs.fileno()], stdin=DEVNULL)
            self._channel.sendall(keeping.written())
        theirs.close()
        self._asking = threading.Lock()
        self._ready = False
        self._owner = os.getpid()

    def wait(self) -> None:
        """See Isolated."""
        if self._ready:
            return
        with self._asking:
            if self._ready:
                return
            if self._channel.recv(1) != b"+":
                raise EngineLost("The keeper of the workers did not start.", hint="Start the service again.")
            self._ready = True

    def close(self) -> bool:
        """Ends it and the workers; does nothing, and says so, in a process that was forked from its owner."""
        if os.getpid() != self._owner:
            return False
        with contextlib.suppress(OSError):  # the keeper may have ended by itself
            self._channel.shutdown(socket.SHUT_RDWR)  # also where a child has the channel open
        self._channel.close()
        try:
            self.process.wait(timeout=2)
        except TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return True


class Forked:
    """A process forked to do some work, with as much of ``Popen`` as a keeper needs."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._asking = threading.Lock()
        self._code: int | None = None
        self.pid = os.fork()
        if not self.pid:
            try:
                work()
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                os._exit(0)

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        with self._asking:
            if self._code is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                self._code = os.waitstatus_to_exitcode(status) if pid else None
            return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Waits until it has ended; raises TimeoutExpired after so many seconds."""
        ends = math.inf if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > ends:
                raise TimeoutExpired([], timeout or 0)
            time.sleep(0.02)
        return code

    def kill(self) -> None:
        """Ends it."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


class Asked:
    """One query on its connection to a worker."""

    def __init__(self, connection: socket.socket, folder: Path, limits: Limits, name: str, seconds: float) -> None:
        self._connection = connection
        self._channel = frames.Channel(connection)
        self._folder = folder
        self._limits = limits
        self._name = name
        self._seconds = seconds

    def begin(self, request: dict[str, object]) -> None:
        """Sends the query and waits for its answer to begin; raises EngineBusy if no worker takes it in time."""
        _limit(self._connection, socket.SO_SNDTIMEO, self._limits.wait)
        _limit(self._connection, socket.SO_RCVTIMEO, self._limits.wait)
        self._channel.put_json(frames.REQUEST, request)
        try:
            self._channel.flush()
            self._channel.wait()
        except BlockingIOError:
            if not Slots(self._folder).begun(self._name):
                self.close()
                measures.refusals.inc()
                waited = f"No worker was free within {self._limits.wait:g} seconds."
                raise EngineBusy(waited, hint="Try again in a few seconds.") from None
        except ConnectionError:
            pass  # told apart when the answer is read
        _limit(self._connection, socket.SO_RCVTIMEO, self._seconds + _GRACE)

    def answer(self) -> Answer:
        """Reads up to the first 64 KiB, so that most failures are known before anything is sent."""
        kind, chosen = Kind.SOLUTIONS, OFFERS[Kind.SOLUTIONS][0]
        held: list[bytes] = []
        size = 0
        while True:
            letter, body = self._next()
            if letter == frames.HEADER:
                kind_name, name = json.loads(body)
                kind = Kind(kind_name)
                chosen = next(offer for offer in OFFERS[kind] if offer.name == name)
            elif letter == frames.DATA:
                held.append(body)
                size += len(body)
                if size > HELD_BACK:
                    return Answer(kind, chosen, self._rest(held), complete=False)
            else:
                self.close()
                return Answer(kind, chosen, iter(held))

    def close(self) -> None:
        """Leaves; a worker that is still writing notices and takes the next query."""
        self._connection.close()

    def _rest(self, held: list[bytes]) -> Iterator[bytes]:
        """The held bytes, then the others as they come."""
        try:
            yield from held
            while True:
                letter, body = self._next()
                if letter == frames.END:
                    return
                yield body
        finally:
            self.close()

    def _next(self) -> tuple[bytes, bytes]:
        """The next frame, unless it is an error, which is raised."""
        frame = None
        with contextlib.suppress(BlockingIOError):
            frame = self._channel.receive()
        if frame is None:
            self.close()
            raise self._end()
        if frame[0] == frames.ERROR:
            self.close()
            raise from_members(json.loads(frame[1]))
        return frame

    def _end(self) -> EngineFault:
        """Why the worker is gone."""
        number = self._signal()
        if number == signal.SIGALRM:
            measures.kills.labels("timeout").inc()
            return QueryTimeout(
                f"The query did not end within {self._seconds:g} seconds.",
                hint="Ask for less: add a LIMIT or more detail.",
            )
        if number in (signal.SIGABRT, signal.SIGKILL):  # an allocation that failed aborts the engine
            measures.kills.labels("memory").inc()
            return OutOfMemory(
                f"The query used more than {self._limits.megabytes} MiB of memory.", hint="Ask for less at once."
            )
        measures.kills.labels("lost").inc()
        if number:
            return EngineLost("The query broke the engine.", hint="Write the query in a simpler way.")
        return EngineLost("The worker was gone before the query began.", hint="Try again.")

    def _signal(self) -> int:
        """The signal that ended the worker, which its keeper notes a moment later; 0 if it does not."""
        path = ended(self._folder, self._name)
        ends = time.monotonic() + _NOTED
        while time.monotonic() < ends:
            with contextlib.suppress(FileNotFoundError):
                return int(path.read_text())
            time.sleep(0.005)
        return 0


@lru_cache(maxsize=256)
def _time(seconds: float) -> bytes:
    """Seconds as the system's ``timeval``."""
    return struct.pack("@ll", int(seconds), int(seconds % 1 * 1_000_000))


def _limit(connection: socket.socket, which: int, seconds: float) -> None:
    """Ends a call on a blocking socket after some seconds with BlockingIOError, at no cost until then."""
    connection.setsockopt(socket.SOL_SOCKET, which, _time(seconds))


def _folder() -> Path:
    """A new folder for the sockets that only this user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="lepgraph-"))
    if len(os.fsencode(folder)) <= _LONGEST_ADDRESS:
        return folder
    folder.rmdir()
    return Path(tempfile.mkdtemp(prefix="lepgraph-", dir="/tmp"))  # noqa: S108 - the usual place is too deep
