"""Which WSGI server carries lepgraph best: granian, as it serves, beside gunicorn and waitress. Prints, asserts nothing.

``make wsgi`` runs it; it needs ``wrk``.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import servers
from benchmarks.load import throughput
from benchmarks.peers import OURS, WITHOUT_CACHE, read_queries, say
from benchmarks.servers import Peer
from lepgraph.content import Content
from lepgraph.loading import building
from lepgraph.settings import Settings
from serving import free_port

CLIENTS = (1, 16, 64)
COMMANDS = {
    "gunicorn, 2 processes of 16 threads": ["gunicorn", "--preload", "-w2", "--threads=16", "-b"],
    "waitress, 16 threads": ["waitress-serve", "--threads=16", "--listen"],
}
APPLICATION = "benchmarks.application:application"


@contextmanager
def other(name: str, cache: Path, **settings: str) -> Iterator[Peer]:
    """Another server with the same application."""
    program, *options = COMMANDS[name]
    address = f"127.0.0.1:{free_port()}"
    command = [str(Path(sys.executable).parent / program), *options, address, APPLICATION]
    environment = servers.environment(cache, settings)
    with servers.running(name, command, f"http://{address}/ready", f"http://{address}/sparql", environment) as peer:
        yield peer


def main(seconds: float = 4) -> None:
    """A point query, worked out each time and then from the cache, at each server."""
    cache = Settings.from_environment().cache
    snapshot = building.current(Content.found(), cache).snapshot
    query = read_queries().queries["point"]
    for title, settings in (("worked out each time", WITHOUT_CACHE), ("from the cache", {})):
        for clients in CLIENTS:
            say(f"\n{title}, {clients} clients", "a second", "median ms", "99 % ms", "failed", "ratio")
            with servers.lepgraph(OURS, snapshot, cache, **settings) as ours:
                first = throughput(ours.address, [query], clients, seconds)
            say("granian, 2 processes of 16 threads", first.rate, first.median, first.worst, first.failed, 1.0)
            for name in COMMANDS:
                with other(name, cache, **settings) as peer:
                    figures = throughput(peer.address, [query], clients, seconds)
                say(name, figures.rate, figures.median, figures.worst, figures.failed, first.rate / figures.rate)


if __name__ == "__main__":
    if not shutil.which("wrk"):
        sys.exit("Not installed here: wrk.")
    main()
