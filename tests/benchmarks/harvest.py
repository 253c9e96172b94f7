"""A harvest of the service as portals make it, and what came of it; prints, and ends with 1 if anything is untrue.

``make dcat-ap SHAPES=FOLDER`` runs it with the official SHACL shapes of DCAT-AP, which are no part of this project;
``make ckan CKAN=PYTHON`` with the Python of an environment in which ckanext-dcat is installed, whose parser then reads
the catalogue page by page as its harvester does.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pyshacl
import requests
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.term import Node

import mqa
from benchmarks.peers import say
from lepgraph.content import Content
from lepgraph.media import GRAPHS
from lepgraph.terms import DCAT, DCTERMS, SH, SPDX
from serving import start

LEFT_OUT = ("imports.ttl", "mdr_imports.ttl")
"""Files of the official shapes that only name what is to be fetched over the network."""
AMISS = {
    (str(SPDX.algorithm), "NodeConstraintComponent"): "the pattern asks for https where SPDX has http",
    ("", "PatternConstraintComponent"): "the pattern asks for https where SPDX has http",
    (str(DCTERMS.publisher), "NodeConstraintComponent"): "the publisher is no body of the European Union",
    ("http://www.w3.org/2004/02/skos/core#inScheme", "HasValueConstraintComponent"): "the same",
    ("http://www.w3.org/2004/02/skos/core#inScheme", "MinCountConstraintComponent"): "the same",
}
"""Results that cannot be met with the truth, by path and constraint."""

CKAN = """
import sys, urllib.request
from ckanext.dcat.processors import RDFParser
address, datasets, pages, resources = sys.argv[1], 0, 0, 0
while address:
    with urllib.request.urlopen(address) as response:
        body, kind = response.read().decode(), response.headers.get_content_type()
    parser = RDFParser(profiles=["euro_dcat_ap_3"])
    parser.parse(body, _format=kind)
    pages += 1
    for dataset in parser.datasets():
        datasets += 1
        resources += len(dataset["resources"])
        first = dataset["resources"][0] if dataset["resources"] else {}
        print(f"  {dataset['title']}: {len(dataset['resources'])} resources, {len(dataset['tags'])} tags,", end=" ")
        print(f"first {first.get('name')} ({first.get('format')}, {first.get('size')} bytes)")
    address = parser.next_page()
print(f"  {datasets} datasets with {resources} resources on {pages} pages")
"""


def main() -> None:
    """Harvests, and says what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shapes", type=Path, help="Folder with the official SHACL shapes of DCAT-AP.")
    parser.add_argument("--ckan", type=Path, help="Python of an environment with ckanext-dcat.")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lepgraph-") as folder, ExitStack() as stack:
        build = [sys.executable, "-m", "lepgraph.cli", "build"]
        subprocess.run(build, env={**os.environ, "LEPGRAPH_CACHE": folder}, check=True, stderr=subprocess.DEVNULL)
        address = stack.enter_context(served(Path(folder), "1"))
        graph, faults = harvested(address)
        faults += same_twice(address, stack.enter_context(served(Path(folder), "2")))
        conforms = True
        if chosen.shapes:
            unmet = shape_results(graph, chosen.shapes)
            faults += unmet
            conforms = not unmet
        faults += scored(graph, conforms)
        if chosen.ckan:
            say("CKAN's parser, page by page:")
            found = subprocess.run([chosen.ckan, "-c", CKAN, f"{address}/catalog?page=1"], check=False)
            faults += ["CKAN's parser failed"] if found.returncode else []
    for fault in faults:
        say(f"UNTRUE: {fault}")
    sys.exit(1 if faults else 0)


@contextmanager
def served(cache: Path, seed: str) -> Iterator[str]:
    """A service of the real graph, in a process whose hashes have a seed; its address."""
    process, address = start(["serve"], cache, {"PYTHONHASHSEED": seed})
    try:
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def harvested(address: str) -> tuple[Graph, list[str]]:
    """The catalogue, and what is untrue of it: each address of ours is asked, each file fetched and compared."""
    session, started = requests.Session(), time.monotonic()
    graph = Graph().parse(data=session.get(f"{address}/catalog").content, format="turtle")
    faults, files, size = [], 0, 0
    for file in sorted(graph.subjects(RDF.type, DCAT.Distribution), key=str):
        body = session.get(str(graph.value(file, DCAT.downloadURL))).content
        files, size = files + 1, size + len(body)
        checksum = graph.value(graph.value(file, SPDX.checksum), SPDX.checksumValue)
        if graph.value(file, DCAT.byteSize) != Literal(str(len(body)), datatype=byte_size(graph, file)):
            faults.append(f"{file} has {len(body)} bytes")
        if hashlib.sha256(body).hexdigest() != str(checksum):
            faults.append(f"{file} has another checksum")
    taken = f"catalogue and files took {time.monotonic() - started:.1f} s"
    say(f"{files} files, {size / 1e6:.0f} MB, each with the size and the SHA-256 that the catalogue says; {taken}")
    asked, started = 0, time.monotonic()
    for own in sorted(ours(graph, address)):
        status = session.get(own, headers={"Accept": "text/html, */*;q=0.5"}, stream=True).status_code
        asked += 1
        if status != 200:
            faults.append(f"{own} answers {status}")
    say(f"{asked} addresses of ours in it, asked in {time.monotonic() - started:.1f} s")
    return graph, faults


def byte_size(graph: Graph, file: Node) -> URIRef | None:
    """The datatype of the size of a file."""
    value = graph.value(file, DCAT.byteSize)
    return value.datatype if isinstance(value, Literal) else None


def ours(graph: Graph, address: str) -> set[str]:
    """The addresses in a catalogue that lead to us, identifiers under our base included, without fragments."""
    base = Content.found().catalogue.base
    found = set()
    for term in {term for triple in graph for term in triple if isinstance(term, URIRef)}:
        whole = str(term).partition("#")[0]
        if whole.startswith(base):
            found.add(f"{address}/{whole.removeprefix(base)}")
        elif whole.startswith(address):
            found.add(whole)
    return found


def same_twice(address: str, other: str) -> list[str]:
    """What is not the same bytes twice, and in two processes whose hashes differ."""
    faults = []
    paths = [f"/catalog.{form.name}" for form in GRAPHS] + ["/catalog.ttl?page=2"]
    paths += [f"/.well-known/void?format={form.name}" for form in GRAPHS]
    host = {"Host": "data.example"}  # so that both have the same public address
    for path in paths:
        first, again, second = (requests.get(f"{one}{path}", headers=host).content for one in (address, address, other))
        if first != again:
            faults.append(f"{path} is other bytes the second time")
        if first != second:
            faults.append(f"{path} is other bytes in another process")
    say(f"{len(paths)} documents, the same bytes twice and in two processes")
    return faults


def shape_results(graph: Graph, folder: Path) -> list[str]:
    """Prints the results of the official shapes, and gives those that could be met with the truth."""
    faults = []
    for path in sorted(folder.glob("*.ttl")):
        if path.name in LEFT_OUT:
            continue
        _, report, _ = pyshacl.validate(graph, shacl_graph=Graph().parse(path))
        assert isinstance(report, Graph)
        value = partial(report.value)
        found = Counter(
            (
                str(value(result, SH.resultPath) or ""),
                str(value(result, SH.sourceConstraintComponent)).rpartition("#")[2],
            )
            for result in report.subjects(RDF.type, SH.ValidationResult)
        )
        unmet = {key: number for key, number in found.items() if key not in AMISS}
        say(f"{path.name}: {sum(unmet.values())} results, and {sum(found.values()) - sum(unmet.values())} amiss")
        for key, number in found.items():
            say(f"  {number} times {' '.join(key)}: {AMISS.get(key, 'TO BE MENDED')}")
        faults += [f"{path.name}: {' '.join(key)}" for key in unmet]
    return faults


def scored(graph: Graph, conforms: bool) -> list[str]:
    """Prints the points of the metadata quality assessment, and gives the metrics that lost some."""
    known: dict[str, int] = {}

    def answers(address: str) -> int:
        if address not in known:
            known[address] = requests.head(address, allow_redirects=True).status_code
        return known[address]

    found = mqa.points(graph, mqa.metrics(answers, conforms))
    say(f"metadata quality assessment: {sum(found.values()):g} of {mqa.MOST} points")
    return [f"{metric.name}: {got:g} of {metric.points}" for metric, got in found.items() if got != metric.points]


if __name__ == "__main__":
    main()
