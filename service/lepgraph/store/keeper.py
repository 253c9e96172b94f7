"""The keeper of the workers: a process of its own that loads the dataset once, forks workers and replaces dead ones.

Run as ``python -m lepgraph.store.keeper CHANNEL``, where the first line on the channel is ``Keeping`` as JSON, or
forked from a process that has loaded the dataset already.

Workers accept asked on a Unix socket that they share: the kernel hands each waiting query to a worker that is
idle, and holds the queue. A connection carries one query. A worker is killed by its own alarm at the deadline: signal
handlers of Python do not run inside the engine, the default action of SIGALRM does. It cannot use more memory than its
limit or leave a core file, and while it runs a query the connection takes the last file descriptor it may have, so that
it can open no file and no socket.
"""

from __future__ import annotations

import gc
import io
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path

from lepgraph.errors import Fault, OutOfMemory
from lepgraph.media import OFFERS, Format, Kind
from lepgraph.store import Query, confining, frames
from lepgraph.store.embedded import Embedded
from lepgraph.store.slots import Slots

QUERIES = "queries"
"""The socket of the workers that cannot call anybody."""
FEDERATED = "federated"
"""The socket of the workers that may open sockets, for queries whose services the operator allowed."""

_REMEMBERED = 100
"""Queries whose worker died, and of which can still be read how."""
_LISTENING = 3
_CONNECTION = 4
_FEDERATED_DESCRIPTORS = 64


@dataclass(frozen=True)
class Keeping:
    """What the keeper is told: the snapshot, the folder of its sockets, and how many workers with which limits."""

    snapshot: str
    folder: str
    workers: int
    megabytes: int
    queue: int
    prefixes: dict[str, str]
    services: tuple[str, ...] = ()

    def written(self) -> bytes:
        """As one line."""
        return json.dumps(asdict(self)).encode() + b"\n"


class FrameWriter(io.RawIOBase):
    """A binary stream that sends what is written to it as data frames."""

    def __init__(self, channel: frames.Channel) -> None:
        self._channel = channel

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: object) -> int:
        """Sends the bytes as one frame."""
        body = bytes(data)  # type: ignore[call-overload]  # any buffer, as RawIOBase.write takes
        self._channel.put(frames.DATA, body)
        return len(body)


class Keeper:
    """Forks the workers of each socket and another for each that dies."""

    def __init__(self, keeping: Keeping, store: Embedded) -> None:
        self._keeping = keeping
        self._store = store
        self._sockets = {QUERIES: self._listening(QUERIES)}
        if keeping.services:
            self._sockets[FEDERATED] = self._listening(FEDERATED)
        self._places = [(name, number) for name in self._sockets for number in range(keeping.workers)]
        self._slots = Slots(Path(keeping.folder), len(self._places))
        self._workers: dict[int, int] = {}
        self._ended: deque[Path] = deque()

    def run(self, channel: socket.socket) -> None:
        """Says that it is ready, then keeps the workers until the other side of the channel closes it."""
        woken, waking = socket.socketpair()
        waking.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waking.fileno())
        gc.collect()
        gc.freeze()
        for slot in range(len(self._places)):
            self._fork(slot)
        channel.sendall(b"+")
        self._store.warm()  # for the workers that come after the first
        gc.freeze()
        with selectors.DefaultSelector() as selector:
            selector.register(channel, selectors.EVENT_READ)
            selector.register(woken, selectors.EVENT_READ)
            while all(key.fileobj is woken for key, _ in selector.select()):
                woken.recv(4096)
                self._replace_dead()
        signal.set_wakeup_fd(-1)
        for worker in self._workers:
            os.kill(worker, signal.SIGKILL)
        shutil.rmtree(self._keeping.folder, ignore_errors=True)

    def _listening(self, name: str) -> socket.socket:
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(f"{self._keeping.folder}/{name}")
        listening.listen(self._keeping.queue)
        return listening

    def _replace_dead(self) -> None:
        while self._workers:
            worker, status = os.waitpid(-1, os.WNOHANG)
            if not worker:
                return
            slot = self._workers.pop(worker)
            if os.WIFEXITED(status):  # by an error of ours, said on standard error; no query does that
                time.sleep(0.5)
            elif query := self._slots.name(slot):
                self._note(query, os.WTERMSIG(status))
            self._fork(slot)

    def _note(self, query: str, signal_number: int) -> None:
        """Leaves in a file which signal ended the worker of a query, for whoever waits for its answer."""
        path = ended(Path(self._keeping.folder), query)
        path.with_suffix(".part").write_text(str(signal_number))
        path.with_suffix(".part").rename(path)
        self._ended.append(path)
        if len(self._ended) > _REMEMBERED:
            self._ended.popleft().unlink(missing_ok=True)

    def _fork(self, slot: int) -> None:
        worker = os.fork()
        if worker:
            self._workers[worker] = slot
            return
        try:
            confining.end_with_parent()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            self._work(slot)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(1)

    def _work(self, slot: int) -> None:
        """Answers one query after the other, for ever."""
        name, _ = self._places[slot]
        os.dup2(self._sockets[name].fileno(), _LISTENING)
        os.closerange(_CONNECTION, os.sysconf("SC_OPEN_MAX"))
        listening = socket.socket(fileno=_LISTENING)
        confining.limit_memory(self._keeping.megabytes)
        confining.limit_descriptors(_CONNECTION + 1 if name == QUERIES else _FEDERATED_DESCRIPTORS)
        if name == FEDERATED:
            self._store.allowed = frozenset(self._keeping.services)
        while True:
            connection, _ = listening.accept()
            with connection:
                asked = frames.Channel(connection)
                request = asked.receive()
                if request is not None:
                    self._attend(slot, asked, json.loads(request[1]))

    def _attend(self, slot: int, channel: frames.Channel, request: dict[str, object]) -> None:
        """One query under its alarm; an asker that has gone is nobody's fault."""
        self._slots.take(slot, str(request["name"]), time.monotonic())
        signal.setitimer(signal.ITIMER_REAL, float(str(request["seconds"])))
        try:
            answer(self._store, channel, request)
            channel.flush()
        except ConnectionError:
            pass
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def ended(folder: Path, query: str) -> Path:
    """The file that tells by which signal the worker of a query ended."""
    return folder / f"{query}.ended"


def answer(store: Embedded, channel: frames.Channel, request: dict[str, object]) -> None:
    """The frames of one query: header, data, end; or an error frame, which may come after data."""
    names = request["formats"]
    assert isinstance(names, dict)
    formats = {kind: _format(kind, names.get(kind.value)) for kind in Kind}
    query = Query(
        str(request["text"]),
        base=request["base"],  # type: ignore[arg-type]  # JSON of our own making
        default_graphs=tuple(request["default_graphs"]),  # type: ignore[arg-type]
        named_graphs=tuple(request["named_graphs"]),  # type: ignore[arg-type]
    )

    def started(kind: Kind, chosen: Format) -> None:
        channel.put_json(frames.HEADER, [kind.value, chosen.name])

    try:
        with io.BufferedWriter(FrameWriter(channel), 64 * 1024) as output:
            store.write(query, formats, output, started)
        channel.put(frames.END)
    except Fault as fault:
        channel.put_json(frames.ERROR, fault.members())
    except MemoryError:
        channel.put_json(
            frames.ERROR, OutOfMemory("The query ran out of memory.", hint="Ask for less at once.").members()
        )


def _format(kind: Kind, name: object) -> Format | None:
    return next((offer for offer in OFFERS[kind] if offer.name == name), None)


def keep(channel: socket.socket, keeping: Keeping, store: Embedded) -> None:
    """Keeps workers over a loaded store until the channel closes."""
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, signal.SIG_IGN)  # for the service, which closes the channel in the end
    Keeper(keeping, store).run(channel)


def keep_forked(channel: socket.socket, keeping: Keeping, store: Embedded) -> None:
    """The same in a process just forked from one that has loaded; whatever else that one has open is closed here."""
    kept = os.dup(channel.fileno())
    os.dup2(kept, _LISTENING)
    os.closerange(_CONNECTION, os.sysconf("SC_OPEN_MAX"))
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a descriptor is wanted
        os.dup2(nothing.fileno(), 0)
    keep(socket.socket(fileno=_LISTENING), keeping, store)


def main(arguments: list[str]) -> None:
    """Loads, then keeps workers until the channel closes."""
    while (filler := os.open(os.devnull, os.O_RDWR)) <= _LISTENING:
        pass  # a worker has every descriptor below its connection in use
    os.close(filler)
    channel = socket.socket(fileno=int(arguments[0]))
    with channel.makefile("rb") as stream:
        keeping = Keeping(**json.loads(stream.readline()))
    keep(channel, keeping, Embedded.load(Path(keeping.snapshot), keeping.prefixes))


if __name__ == "__main__":
    main(sys.argv[1:])
