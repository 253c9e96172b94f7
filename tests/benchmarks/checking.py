"""Checking a record and checking a whole graph, beside the pyshacl command line and pyrudof, in one run.

    python -m benchmarks.checking

The record is a published partnership; for the peers it stands alone, for the service in the context of all that is
published. Then the same with a store of a million triples. Seconds are of this machine; the ratios are the result.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from benchmarks import graphs
from lepgraph.content import Content
from lepgraph.describing import Describer
from lepgraph.ordering import Order
from lepgraph.querying import Library
from lepgraph.settings import Settings
from lepgraph.site import Site, inside
from lepgraph.store import Query
from lepgraph.store.embedded import Embedded
from lepgraph.validation.handing import Wishes
from lepgraph.validation.published import Stored
from lepgraph.validation.records import File
from serving import start

TURTLE = "text/turtle"
WHOLE = """
import sys
from rdflib import Graph
from lepgraph.content import Content
from lepgraph.validation.checking import Validator
from lepgraph.validation.readiness import Nothing
from lepgraph.validation.shapes import Shapes
content = Content.found()
graph = Graph().parse(sys.argv[1], format="nt")
report = Validator(Shapes(content.shapes, content.hierarchy), Nothing()).check_all(graph)
print(len(report.findings))
"""
RUDOF = """
import sys, pyrudof
rudof = pyrudof.Rudof(pyrudof.RudofConfig())
rudof.read_shacl(sys.argv[2])
rudof.read_data(sys.argv[1])
print(rudof.validate_shacl())
"""


def median(times: list[float]) -> str:
    """The median in milliseconds, and the slowest."""
    return f"{statistics.median(times) * 1000:.1f} ms (slowest {max(times) * 1000:.1f})"


def timed(action: Callable[[], object], number: int) -> list[float]:
    """Seconds of each of some calls, after one that does not count."""
    action()
    times = []
    for _ in range(number):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return times


def run(command: list[str], patience: int = 300) -> tuple[float, float, str]:
    """Seconds and mebibytes of a process, and how it ended; one that takes longer than the patience is stopped."""
    began = time.perf_counter()
    done = subprocess.run(
        ["/usr/bin/env", sys.executable, "-c", _MEASURE, str(patience), *command], capture_output=True, text=True
    )
    took = time.perf_counter() - began
    line = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "{}"
    told = json.loads(line) if line.startswith("{") else {}
    return took, float(told.get("megabytes", 0)), str(told.get("code", done.stderr[-200:]))


_MEASURE = """
import json, resource, subprocess, sys
try:
    code = subprocess.run(sys.argv[2:], stdout=-3, stderr=-3, timeout=int(sys.argv[1])).returncode
except subprocess.TimeoutExpired:
    code = "being stopped"
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps({"megabytes": round(used), "code": code}))
"""


def say(*words: object) -> None:
    """A line of the result."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def large(site: Site, most: int, folder: Path) -> Stored:
    """What a store of so many triples says to those who check."""
    embedded = Embedded.load(graphs.snapshot(site.version, most, folder), site.content.prefixes)
    say(f"a store of {len(embedded.store):,} quads")
    library = Library(site.content)
    order = Order.from_shapes(site.content.shapes)
    return Stored(embedded, library, Describer(embedded, library, site.addresses, order, everywhere=True))


def one_record(site: Site, folder: Path, number: int) -> None:
    """One record: the service over HTTP, in process, over a large store, and the peers."""
    thing = site.addresses.thing("partnership", "leeds-city-region")
    record = site.published.facts([thing], [])
    body = record.serialize(format="turtle").encode()
    data, shapes = folder / "record.ttl", folder / "shapes.ttl"
    data.write_bytes(body)
    (site.content.shapes + site.content.hierarchy).serialize(shapes, format="turtle")
    process, address = start(["serve"], site.settings.cache)
    try:
        request = urllib.request.Request(f"{address}/validate", body, {"Content-Type": TURTLE})
        service = timed(lambda: urllib.request.urlopen(request).read(), number)
    finally:
        process.terminate()
        process.wait()
    files = [File("", body, TURTLE)]
    here = timed(lambda: site.ready.examiner(site.published).examine(files, Wishes()), number)
    vast = large(site, 1_000_000, folder)
    there = timed(lambda: site.ready.examiner(vast).examine(files, Wishes()), number)
    peer = timed(lambda: run([f"{Path(sys.executable).parent}/pyshacl", "-s", str(shapes), str(data)]), 3)
    rudof = timed(lambda: run([sys.executable, "-c", RUDOF, str(data), str(shapes)]), 3)
    say(f"one record of {len(record)} triples, {number} times")
    say("  service over HTTP, in a process apart  ", median(service))
    say("  in this process                        ", median(here))
    say("  in this process, a million triples     ", median(there))
    say("  pyshacl command line, record alone     ", median(peer))
    say("  pyrudof in a new process, record alone ", median(rudof))
    say(f"  pyshacl command line / service         {statistics.median(peer) / statistics.median(service):.0f}")


def whole_graph(site: Site, folder: Path) -> None:
    """The whole graph: our code and the peers, each in a process of its own."""
    graph = site.store.graph(Query(site.library.pages["everything"].text))
    data, shapes = folder / "whole.nt", folder / "whole-shapes.ttl"
    graph.serialize(data, format="nt", encoding="utf-8")
    (site.content.shapes + site.content.hierarchy).serialize(shapes, format="turtle")
    say(f"the whole graph, {len(graph):,} triples")
    ours = run([sys.executable, "-c", WHOLE, str(data)])
    say(f"  lepgraph              {ours[0]:.1f} s, {ours[1]:.0f} MiB, ended with {ours[2]}")
    peer = run([f"{Path(sys.executable).parent}/pyshacl", "-s", str(shapes), "-f", "nt", "-df", "nt", str(data)])
    say(f"  pyshacl command line  {peer[0]:.1f} s, {peer[1]:.0f} MiB, ended with {peer[2]}")
    rudof = run([sys.executable, "-c", RUDOF, str(data), str(shapes)])
    say(f"  pyrudof               {rudof[0]:.1f} s, {rudof[1]:.0f} MiB, ended with {rudof[2]}")
    more = "more than " if peer[2] == "being stopped" else ""
    say(f"  pyshacl / lepgraph    {more}{peer[0] / ours[0]:.1f} in time, {peer[1] / max(ours[1], 1):.2f} in memory")


def main() -> None:
    """Runs both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    given = parser.parse_args()
    site = inside(Content.found(), Settings.from_environment())
    with tempfile.TemporaryDirectory() as name:
        one_record(site, Path(name), given.times)
        whole_graph(site, Path(name))


if __name__ == "__main__":
    main()
