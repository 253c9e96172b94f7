"""lepgraph beside its peers, on the same data and machine in one run; prints figures and ratios, asserts nothing.

``make peers`` runs it over the real graph, ``make peers TRIPLES=1000000`` over copies of it. It needs ``wrk``, ``nginx``
and ``virtuoso-t`` (Debian's wrk, nginx-light and virtuoso-opensource) and says which are missing. Seconds of two
machines cannot be compared; ratios can.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import graphs, servers
from benchmarks.load import Client, Figures, meanwhile, paced, throughput
from benchmarks.servers import Peer
from lepgraph.content import Content
from lepgraph.loading import building
from lepgraph.settings import Settings
from lepgraph.store import FIRST_OF_EACH, Query
from lepgraph.store.embedded import Embedded
from lepgraph.store.isolated import Isolated, Limits

OURS = "lepgraph"
IN_PROCESS = "pyoxigraph in process"
DISK, MEMORY = "oxigraph serve, disk", "oxigraph serve, memory"
CLIENTS = (1, 16, 64)
TOO_SLOW = 20_000
"""Milliseconds above which a peer is not asked a query again, nor by several clients."""
WARMING = 4
"""Rounds that are not counted."""
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER (?a != ?l) }"
WITHOUT_CACHE = {"cache_megabytes": "0"}


@dataclass
class Asked:
    """The queries by class, and what each peer took for each query: milliseconds at the median."""

    queries: dict[str, str]
    classes: dict[str, list[str]]
    medians: dict[str, dict[str, float]] = field(default_factory=dict)


def say(*cells: object, widths: Sequence[int] = (34, 12, 12, 12, 12, 12)) -> None:
    """One line of a table."""
    written = [f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in cells]
    padded = [
        text.ljust(width) if n == 0 else text.rjust(width)
        for n, (text, width) in enumerate(zip(written, widths, strict=False))
    ]
    sys.stdout.write("  ".join(padded).rstrip() + "\n")
    sys.stdout.flush()


def read_queries() -> Asked:
    """The query files by name, and the names by class, which the first line says."""
    queries = {path.stem: path.read_text() for path in sorted((Path(__file__).parent / "queries").glob("*.rq"))}
    classes: dict[str, list[str]] = {}
    for name, text in queries.items():
        classes.setdefault(text.splitlines()[0].removeprefix("#+ class: "), []).append(name)
    return Asked(queries, classes)


def size(body: bytes) -> int:
    """Rows of an answer, or triples."""
    return len(json.loads(body)["results"]["bindings"]) if body.lstrip().startswith(b"{") else body.count(b" .\n")


def one_client(asked: Asked, peers: Sequence[Peer], engine: Embedded, rounds: int) -> None:
    """Each query in turn to each peer, several rounds; medians and sizes are kept and printed.

    Some rounds before that are not counted: a worker of ours copies each page of memory that it is the first to touch.
    """
    say("\nOne client, milliseconds at the median; rows in brackets")
    for name, text in asked.queries.items():
        taken: dict[str, list[float]] = {}
        sizes: dict[str, int] = {}
        slow: set[str] = set()
        for number in range(-WARMING, rounds):
            if number == 0:
                taken = {peer: times for peer, times in taken.items() if peer in slow}
            started = time.perf_counter()
            engine.answer(Query(text), FIRST_OF_EACH).body()
            taken.setdefault(IN_PROCESS, []).append((time.perf_counter() - started) * 1000)
            for peer in peers:
                if peer.name in slow:
                    continue
                milliseconds, status, body = Client(peer.address).ask(text)
                taken.setdefault(peer.name, []).append(milliseconds if status == 200 else math.inf)
                sizes[peer.name] = size(body) if status == 200 else -status
                if milliseconds > TOO_SLOW:
                    slow.add(peer.name)
        asked.medians[name] = {peer: statistics.median(times) for peer, times in taken.items()}
        say(name)
        for peer_name, median in asked.medians[name].items():
            rows = f"({sizes[peer_name]})" if peer_name in sizes else ""
            say(f"  {peer_name}", median, rows)


def ratios(asked: Asked) -> None:
    """How many times longer each peer takes than lepgraph, as geometric means over the queries of a class."""
    say("\nTimes as long as lepgraph, one client, geometric mean")
    peers = dict.fromkeys(peer for medians in asked.medians.values() for peer in medians if peer != OURS)
    say("", *asked.classes)
    for peer in peers:
        means = []
        for names in asked.classes.values():
            both = [asked.medians[name] for name in names if math.isfinite(asked.medians[name].get(peer, math.inf))]
            means.append(statistics.geometric_mean([m[peer] / m[OURS] for m in both]) if both else "none")
        say(peer, *means)


def many_clients(asked: Asked, peers: Sequence[Peer], seconds: float) -> None:
    """Each class of queries by 1, 16 and 64 clients that ask without a pause."""
    for kind, names in asked.classes.items():
        for clients in CLIENTS:
            say(f"\n{kind} queries, {clients} clients", "a second", "median ms", "99 % ms", "failed", "ratio")
            first: Figures | None = None
            for peer in peers:
                if max(asked.medians[name].get(peer.name, 0) for name in names) * clients > TOO_SLOW * 2:
                    say(peer.name, "too slow")
                    continue
                long = seconds if kind == "point" else seconds * 2.5
                figures = throughput(peer.address, [asked.queries[name] for name in names], clients, long)
                servers.settled(peer.process)
                first = first or figures
                ratio = first.rate / figures.rate if figures.rate else math.inf
                say(peer.name, figures.rate, figures.median, figures.worst, figures.failed, ratio)


def repeated(asked: Asked, snapshot: Path, cache: Path, seconds: float, disk: Path) -> None:
    """The same query again and again: the cache in front of Flask, nginx with the same bytes, oxigraph on disk."""
    query = asked.queries["point"]
    with ExitStack() as stack:
        ours = stack.enter_context(servers.lepgraph("lepgraph, with its cache", snapshot, cache))
        body = Client(ours.address).ask(query)[2]
        peers = [ours, stack.enter_context(servers.nginx(body)), stack.enter_context(servers.oxigraph(snapshot, disk))]
        for clients in CLIENTS:
            say(f"\none query repeated, {clients} clients", "a second", "median ms", "99 % ms", "failed", "ratio")
            first: Figures | None = None
            for peer in peers:
                figures = throughput(peer.address, [query], clients, seconds)
                first = first or figures
                say(peer.name, figures.rate, figures.median, figures.worst, figures.failed, first.rate / figures.rate)


def neighbours(asked: Asked, snapshot: Path, cache: Path, seconds: float) -> None:
    """What a runaway costs: when it ends, and what a neighbour at a steady pace notices."""
    with servers.lepgraph(OURS, snapshot, cache, query_seconds="1", **WITHOUT_CACHE) as ours:
        query = asked.queries["point"]
        say("\nA neighbour that asks 100 times a second", "a second", "median ms", "99 % ms", "failed")
        alone = paced(ours.address, query, 4, 100, seconds)
        say("alone", alone.rate, alone.median, alone.worst, alone.failed)
        with meanwhile(ours.address, RUNAWAY) as runaways:
            beside = paced(ours.address, query, 4, 100, seconds)
        say(
            "beside runaways with 1 s",
            beside.rate,
            beside.median,
            beside.worst,
            beside.failed,
            beside.worst / alone.worst,
        )
        say("a runaway ended after, ms", statistics.median(runaways), max(runaways))


def pool(engine: Embedded, snapshot: Path, text: str) -> None:
    """What the pool adds to a point query, and what a worker holds."""
    query = Query(text)
    isolated = Isolated(snapshot, Limits(workers=1))
    try:
        isolated.wait()
        floor = median(lambda: engine.answer(query, FIRST_OF_EACH).body())
        through = median(lambda: isolated.answer(query, FIRST_OF_EACH).body())
        assert isolated.keeper
        [worker] = servers.family(isolated.keeper.process.pid)[1:]
        say("\nA point query in process, ms", floor)
        say("the same through the pool, ms", through, f"+{through - floor:.2f}")
        say("memory of one worker, MiB", servers.resident(worker))
    finally:
        isolated.close()


def median(work: Callable[[], object], rounds: int = 1000) -> float:
    """Milliseconds that the work takes at the median."""
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def begun(snapshot: Path, cache: Path, text: str) -> None:
    """Seconds from the command to the first answer to a query, the data being built already."""
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        with servers.lepgraph(OURS, snapshot, cache) as ours:
            Client(ours.address).ask(text)
            taken.append(time.perf_counter() - started)
    say("\nStart to first answer, seconds", statistics.median(taken), max(taken))


def missing(peers: Sequence[str]) -> list[str]:
    """The programs that the chosen peers need and that are not here."""
    needed = {"wrk", "nginx"} | ({"virtuoso-t"} if "virtuoso" in peers else set())
    return sorted(
        program for program in needed if not shutil.which(program, path="/usr/local/bin:/usr/bin:/usr/sbin:/sbin")
    )


def main(arguments: argparse.Namespace) -> None:
    """Runs everything over one graph."""
    cache, asked = Settings.from_environment().cache, read_queries()
    version = building.current(Content.found(), cache)
    with tempfile.TemporaryDirectory(prefix="peers-") as scratch:
        folder = Path(scratch)
        snapshot = graphs.snapshot(version, arguments.triples, folder)
        triples = graphs.merged(snapshot, folder / "merged.nt")
        engine = Embedded.load(snapshot)
        say(f"{len(engine.store)} quads, {arguments.rounds} rounds, {arguments.seconds:g} seconds for each load")
        starts: dict[str, Callable[[], AbstractContextManager[Peer]]] = {
            "lepgraph": lambda: servers.lepgraph(OURS, snapshot, cache, **WITHOUT_CACHE),
            "disk": lambda: servers.oxigraph(snapshot, folder / "disk"),
            "memory": lambda: servers.oxigraph(snapshot, None),
            "rdflib": lambda: servers.rdflib_endpoint(triples),
            "virtuoso": lambda: servers.virtuoso(triples),
        }
        with ExitStack() as together:
            peers = []
            for key in arguments.peers:
                started = time.perf_counter()
                peers.append(together.enter_context(starts[key]()))
                say(f"{peers[-1].name}: started in {time.perf_counter() - started:.1f} s")
            one_client(asked, peers, engine, arguments.rounds)
            ratios(asked)
            many_clients(asked, peers, arguments.seconds)
            say("\nMemory, MiB, shared pages counted once")
            for peer in peers:
                say(peer.name, peer.megabytes())
        repeated(asked, snapshot, cache, arguments.seconds, folder / "disk")
        pool(engine, snapshot, asked.queries["point"])
        neighbours(asked, snapshot, cache, arguments.seconds * 2)
        begun(snapshot, cache, asked.queries["point"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--triples", type=int, default=0, help="copies of the real graph that make so many triples")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--peers", nargs="+", default=["lepgraph", "disk", "memory", "rdflib", "virtuoso"])
    given = parser.parse_args()
    if absent := missing(given.peers):
        sys.exit(f"Not installed here: {', '.join(absent)}.")
    main(given)
