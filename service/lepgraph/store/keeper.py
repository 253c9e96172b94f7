"""The keeper of the workers: a process of its own that loads the dataset once and forks a worker on request.

Run as ``python -m lepgraph.store.keeper CHANNEL SNAPSHOT MEGABYTES PREFIXES``. Each request on the channel is one
byte; the answer is the worker's process number with one end of its socket attached. A worker answers one query at a
time and is killed by its own alarm at the deadline: signal handlers of Python do not run inside the engine, the default
action of SIGALRM does. A worker cannot use more memory than its limit, leave a core file, or open a file or a socket.
"""

from __future__ import annotations

import gc
import io
import json
import os
import resource
import signal
import socket
import sys
from pathlib import Path

from lepgraph.errors import Fault, NotAcceptable, QueryFault
from lepgraph.media import OFFERS, Format, Kind
from lepgraph.store import Query, frames
from lepgraph.store.embedded import Embedded


class FrameWriter(io.RawIOBase):
    """A binary stream that sends what is written to it as data frames."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: object) -> int:
        """Sends the bytes as one frame."""
        body = bytes(data)  # type: ignore[call-overload]  # any buffer, as RawIOBase.write takes
        frames.send(self.channel, frames.DATA, body)
        return len(body)


def main(arguments: list[str]) -> None:
    """Loads the snapshot, says so, and forks a worker for each byte that arrives."""
    channel = socket.socket(fileno=int(arguments[0]))
    store = Embedded.load(Path(arguments[1]), json.loads(arguments[3]))
    megabytes = int(arguments[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which then closes the channel
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries dead workers
    gc.collect()
    gc.freeze()
    channel.sendall(b"+")
    while channel.recv(1):
        ours, theirs = socket.socketpair()
        worker = os.fork()
        if worker == 0:
            ours.close()
            channel.close()
            work(store, theirs, megabytes)
            os._exit(0)
        theirs.close()
        socket.send_fds(channel, [worker.to_bytes(8, "big")], [ours.fileno()])
        ours.close()


def work(store: Embedded, channel: socket.socket, megabytes: int) -> None:
    """Answers queries from the channel until it closes, within the limits."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    confine(megabytes)
    while (frame := frames.receive(channel)) is not None:
        request = json.loads(frame[1])
        signal.setitimer(signal.ITIMER_REAL, request["seconds"])
        try:
            answer(store, channel, request)
        except BrokenPipeError:
            return
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def confine(megabytes: int) -> None:
    """Limits this process: memory on top of what it has, no core files, no new file descriptors."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def answer(store: Embedded, channel: socket.socket, request: dict[str, object]) -> None:
    """One query: header, data, end; or an error frame, which may come after data."""
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
        frames.send_json(channel, frames.HEADER, [kind.value, chosen.name])

    try:
        with io.BufferedWriter(FrameWriter(channel), 64 * 1024) as output:
            store.write(query, formats, output, started)
        frames.send(channel, frames.END)
    except Fault as fault:
        described: dict[str, object] = {
            "class": type(fault).__name__,
            "detail": fault.detail,
            "hint": fault.hint,
        }
        if isinstance(fault, QueryFault):
            described |= {"line": fault.line, "column": fault.column}
        if isinstance(fault, NotAcceptable):
            described |= {"offers": list(fault.offers)}
        frames.send_json(channel, frames.ERROR, described)
    except MemoryError:
        frames.send_json(
            channel,
            frames.ERROR,
            {"class": "EngineLost", "detail": "The query ran out of memory.", "hint": ""},
        )


def _format(kind: Kind, name: object) -> Format | None:
    return next((offer for offer in OFFERS[kind] if offer.name == name), None)


if __name__ == "__main__":
    main(sys.argv[1:])
