"""The W3C test suites of SHACL core and SHACL-SPARQL through the service's own code.

    python -m benchmarks.conformance FOLDER

where FOLDER is ``data-shapes-test-suite/tests`` of https://github.com/w3c/data-shapes. Each test runs twice: by the
shapes' own targets, as a whole graph is checked, and by the targets that the service finds for each thing of a record.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rdflib import RDF, SH, BNode, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from lepgraph.errors import Fault
from lepgraph.validation import engine
from lepgraph.validation.shapes import Shapes

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")
Results = Counter[tuple[object, ...]]


@dataclass(frozen=True)
class Outcome:
    """How a test ended: empty if as it should, else in a few words."""

    name: str
    whole: str
    by_thing: str


def tests(manifest: Path) -> list[tuple[Path, Graph, Node]]:
    """The tests of a manifest and of those it includes."""
    graph = Graph().parse(manifest, format="turtle", publicID=manifest.as_uri())
    found = []
    for included in sorted(graph.objects(None, MF.include), key=str):
        found += tests(Path(unquote(urlsplit(str(included)).path)))
    for head in graph.objects(None, MF.entries):
        found += [(manifest, graph, entry) for entry in Collection(graph, head)]
    return found


def path(graph: Graph, node: Node | None) -> object:
    """A path in a form that can be compared, whatever its blank nodes are called."""
    if not isinstance(node, BNode):
        return node
    if (node, RDF.first, None) in graph:
        return tuple(path(graph, part) for part in Collection(graph, node))
    return tuple(sorted((str(p), str(path(graph, o))) for p, o in graph.predicate_objects(node)))


def results(graph: Graph, report: Node) -> Results:
    """The results of a report; blank nodes that are not paths count as one."""
    found: Results = Counter()
    for node in graph.objects(report, SH.result):
        parts = (SH.focusNode, SH.value, SH.resultSeverity, SH.sourceConstraintComponent, SH.sourceShape)
        terms = [graph.value(node, part) for part in parts]
        plain = ["_" if isinstance(term, BNode) else term for term in terms]
        found[(*plain, path(graph, graph.value(node, SH.resultPath)))] += 1
    return found


def run(manifest: Path, graph: Graph, entry: Node) -> Outcome:
    """One test, both ways."""
    action, expected = graph.value(entry, MF.action), graph.value(entry, MF.result)
    data, shapes = (_read(graph, manifest, graph.value(action, part)) for part in (SHT.dataGraph, SHT.shapesGraph))

    def whole() -> Graph:
        return engine.validate(_data(data), Shapes(shapes, data).whole)

    def by_thing() -> Graph:
        held = Shapes(shapes, data)
        nodes = {node for triple in data for node in (triple[0], triple[2])} | set(shapes.objects(None, SH.targetNode))
        focus = {node: found for node in nodes if (found := held.of(node, data))}
        return engine.validate(_data(data), held.targeting(focus))

    name = f"{manifest.parent.name}/{manifest.stem}"
    return Outcome(name, _compared(whole, graph, expected), _compared(by_thing, graph, expected))


def _compared(report: object, graph: Graph, expected: Node | None) -> str:
    try:
        found = report()  # type: ignore[operator]  # a function without arguments
    except Fault as fault:
        return "" if expected == SHT.Failure else f"refused: {fault.detail}"
    if expected == SHT.Failure:
        return "should have been refused"
    assert expected is not None
    mine, theirs = results(found, engine.report_node(found)), results(graph, expected)
    missing, more = theirs - mine, mine - theirs
    return f"{missing.total()} results missing, {more.total()} too many" if missing or more else ""


def _data(graph: Graph) -> engine.Data:
    data = engine.Data()
    for triple in graph:
        data.add(triple)
    return data


def _read(graph: Graph, manifest: Path, source: Node | None) -> Graph:
    if source == URIRef(manifest.as_uri()):
        copy = Graph()
        for triple in graph:
            copy.add(triple)
        return copy
    return Graph().parse(unquote(urlsplit(str(source)).path), format="turtle", publicID=str(source))


def main(arguments: list[str]) -> None:
    """Prints the tests that fail, and how many pass."""
    outcomes = [run(*test) for test in tests(Path(arguments[0]).resolve() / "manifest.ttl")]
    for outcome in outcomes:
        if outcome.whole or outcome.by_thing:
            sys.stdout.write(f"{outcome.name}: {outcome.whole or 'passed'}; by thing: {outcome.by_thing or 'passed'}\n")
    for title, failed in (("whole", [o.whole for o in outcomes]), ("by thing", [o.by_thing for o in outcomes])):
        sys.stdout.write(f"{title}: {failed.count('')} of {len(outcomes)} passed\n")


if __name__ == "__main__":
    main(sys.argv[1:])
