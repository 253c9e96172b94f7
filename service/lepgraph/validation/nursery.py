"""The nursery: a process that reads the shapes once and forks a child for each examination.

Run as ``python -m lepgraph.validation.nursery CHANNEL``, where the first line on the channel tells as JSON where the
content and the folder of the socket are, and the limits. It ends when the channel does.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import sys
from pathlib import Path

from lepgraph.content import Content
from lepgraph.validation import readiness
from lepgraph.validation.isolation import Limits, work

_WAITING = 64


class Nursery:
    """Forks children, so many at the same time; further connections wait in the socket's queue."""

    def __init__(self, listening: socket.socket, limits: Limits, ready: readiness.Ready) -> None:
        self._listening = listening
        self._limits = limits
        self._ready = ready
        self._children: set[int] = set()

    def run(self, channel: socket.socket) -> None:
        """Says that it is ready, then forks until the other side of the channel closes it."""
        woken, waking = socket.socketpair()
        woken.setblocking(False)
        waking.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waking.fileno())
        gc.collect()
        gc.freeze()
        channel.sendall(b"+")
        with selectors.DefaultSelector() as selector:
            selector.register(channel, selectors.EVENT_READ)
            selector.register(woken, selectors.EVENT_READ)
            selector.register(self._listening, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select()]
                if channel in ready:
                    break
                if woken in ready:
                    self._reap(woken, selector)
                if self._listening in ready:
                    self._fork(selector)
        for child in self._children:
            os.kill(child, signal.SIGKILL)

    def _reap(self, woken: socket.socket, selector: selectors.BaseSelector) -> None:
        with contextlib.suppress(BlockingIOError):
            woken.recv(4096)
        while self._children:
            child, _ = os.waitpid(-1, os.WNOHANG)
            if not child:
                break
            self._children.discard(child)
        if len(self._children) < self._limits.children and self._listening not in selector.get_map():
            selector.register(self._listening, selectors.EVENT_READ)

    def _fork(self, selector: selectors.BaseSelector) -> None:
        connection, _ = self._listening.accept()
        child = os.fork()
        if not child:
            work(connection, self._ready.examiner, self._limits.megabytes)
        connection.close()
        self._children.add(child)
        if len(self._children) >= self._limits.children:
            selector.unregister(self._listening)


def main(arguments: list[str]) -> None:
    """Makes ready, then forks until the channel closes."""
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, signal.SIG_IGN)  # for the service, which closes the channel in the end
    channel = socket.socket(fileno=int(arguments[0]))
    with channel.makefile("rb") as stream:
        told = json.loads(stream.readline())
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(f"{told['folder']}/checks")
    listening.listen(_WAITING)
    ready = readiness.Ready(Content(Path(told["root"])))
    ready.warm()
    Nursery(listening, Limits(**told["limits"]), ready).run(channel)


if __name__ == "__main__":
    main(sys.argv[1:])
