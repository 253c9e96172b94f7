"""Speed of the slice, printed and never asserted: build, cold start, point query and pages through HTTP.

Run with ``make bench``. Figures of two machines cannot be compared; the last line therefore also gives the ratio of a
point query through HTTP to the same query in this process without HTTP.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

from lepgraph.content import Content
from lepgraph.loading import building
from lepgraph.store import FIRST_OF_EACH, Query
from lepgraph.store.embedded import Embedded

POINT = "SELECT ?p ?o { <https://w3id.org/lepgraph/id/partnership/leeds-city-region> ?p ?o }"
PAGES = ("/", "/doc/partnership/leeds-city-region", "/doc/area/E37000062.ttl", "/id/local-authority", "/def/lep")
ROUNDS = 200


def milliseconds(work: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """Median and 99th percentile of the time that the work takes."""
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=100)[98]


def start(cache: str) -> tuple[subprocess.Popen[bytes], int, float]:
    """A running service, its port, and the seconds from start to its first answer to a query."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "lepgraph.cli", "serve", "--port", str(port)]
    started = time.perf_counter()
    environment = {**os.environ, "LEPGRAPH_CACHE": cache}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/sparql?" + urllib.parse.urlencode({"query": POINT})
    while True:
        try:
            with urllib.request.urlopen(address) as response:
                response.read()
            return process, port, time.perf_counter() - started
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.01)


def main() -> None:
    """Prints one line a figure."""
    say = sys.stdout.write
    with tempfile.TemporaryDirectory() as cache:
        started = time.perf_counter()
        version = building.current(Content.found(), Path(cache))
        say(f"build of {version.triples} triples: {time.perf_counter() - started:.2f} s\n")
        process, port, seconds = start(cache)
        say(f"start to first answer, already built: {seconds:.2f} s\n")
        try:
            connection = HTTPConnection("127.0.0.1", port)

            def get(path: str) -> bytes:
                connection.request("GET", path)
                return connection.getresponse().read()

            point = "/sparql?" + urllib.parse.urlencode({"query": POINT})
            median, worst = milliseconds(lambda: get(point))
            say(f"point query through HTTP: {median:.2f} ms median, {worst:.2f} ms 99th percentile\n")
            store = Embedded.load(version.snapshot)
            floor, _ = milliseconds(lambda: store.answer(Query(POINT), FIRST_OF_EACH).body())
            say(f"the same in this process: {floor:.3f} ms median; ratio {median / floor:.0f}\n")
            for page in PAGES:
                size = len(get(page))
                median, worst = milliseconds(lambda path=page: get(path), 50)  # type: ignore[misc]
                say(f"{page}: {median:.1f} ms median, {worst:.1f} ms 99th percentile, {size} bytes\n")
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
