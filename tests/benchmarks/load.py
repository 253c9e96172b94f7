"""Load on a server: ``wrk`` for many clients, and one client that times each answer."""

from __future__ import annotations

import re
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9"

_SCRIPT = """
local paths = {{}}
for line in io.lines("{paths}") do paths[#paths + 1] = line end
local turn = 0
request = function()
  turn = turn % #paths + 1
  return wrk.format("GET", paths[turn], {{ ["Accept"] = "{accept}", ["Host"] = "{host}" }})
end
done = function(summary, latency, requests)
  io.write(string.format("figures %d %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status + summary.errors.timeout,
    summary.errors.connect + summary.errors.read + summary.errors.write))
end
"""


@dataclass(frozen=True)
class Figures:
    """Requests a second, milliseconds at the median and the 99th percentile, and how many requests failed."""

    rate: float
    median: float
    worst: float
    failed: int = 0


def path(address: str, query: str) -> str:
    """The path and query string that ask a query."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}{'&' if parts.query else ''}{urlencode({'query': query})}"


def throughput(address: str, queries: Sequence[str], clients: int, seconds: float) -> Figures:
    """What ``clients`` connections get that ask without a pause, each query in turn."""
    return hammered(address, [path(address, query) for query in queries], ACCEPT, clients, seconds)


def hammered(address: str, asked: Sequence[str], accept: str, clients: int, seconds: float) -> Figures:
    """What ``clients`` connections get that ask for each of the paths in turn, without a pause."""
    host = urlsplit(address).netloc
    with tempfile.TemporaryDirectory() as folder:
        paths, script = Path(folder) / "paths", Path(folder) / "script.lua"
        paths.write_text("".join(f"{one}\n" for one in asked))
        script.write_text(_SCRIPT.format(paths=paths, accept=accept, host=host))
        command = ["wrk", "-t1", f"-c{clients}", f"-d{round(seconds)}s", "--timeout", "120s", "-s", str(script)]
        result = subprocess.run([*command, f"http://{host}"], check=False, capture_output=True, text=True)
    found = re.search(r"figures (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", result.stdout)
    if not found:
        raise RuntimeError(result.stdout + result.stderr)
    requests, duration, median, worst, refused, broken = map(int, found.groups())
    return Figures(requests / (duration / 1e6), median / 1000, worst / 1000, refused + broken)


class Client:
    """One kept connection that times its answers."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=600)

    def ask(self, query: str) -> tuple[float, int, bytes]:
        """Milliseconds, status and body."""
        started = time.perf_counter()
        self._connection.request("GET", path(self._address, query), headers={"Accept": ACCEPT})
        response = self._connection.getresponse()
        body = response.read()
        return (time.perf_counter() - started) * 1000, response.status, body


def paced(address: str, query: str, clients: int, a_second: float, seconds: float) -> Figures:
    """What clients get that ask at a steady pace, as people do; a late answer delays only its own client."""
    taken: list[float] = []

    def ask() -> None:
        client = Client(address)
        due = time.perf_counter()
        ends = due + seconds
        while due < ends:
            time.sleep(max(0.0, due - time.perf_counter()))
            milliseconds, status, _ = client.ask(query)
            taken.append(milliseconds if status == 200 else float("inf"))
            due += clients / a_second

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cut = statistics.quantiles(taken, n=100)
    return Figures(len(taken) / seconds, statistics.median(taken), cut[98], sum(t == float("inf") for t in taken))


@contextmanager
def meanwhile(address: str, query: str) -> Iterator[list[float]]:
    """Asks a query again and again in the background; yields the list of the milliseconds that its answers took."""
    taken: list[float] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            taken.append(Client(address).ask(query)[0])

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield taken
    finally:
        stop.set()
        thread.join()
