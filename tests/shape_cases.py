"""The cases of the shapes: data and the report to expect, in one file each."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rdflib import RDF, SH, SKOS, BNode, Graph, URIRef
from rdflib.term import Node

CASES = sorted((Path(__file__).resolve().parents[1] / "shapes" / "cases").glob("*/*.ttl"))
REPORT = URIRef("urn:lepgraph:report")
_LISTS = (SKOS.Concept, SKOS.ConceptScheme)


class Result(NamedTuple):
    """One result of a report; the path is None where it is more than one property."""

    focus: Node | None
    path: Node | None
    value: Node | None
    severity: Node | None
    component: Node | None
    shape: Node | None


@dataclass(frozen=True)
class Case:
    """The data under test, whether it conforms, and the results to expect, each with its number of times."""

    data: Graph
    conforms: bool
    results: Counter[Result]


def name(path: Path) -> str:
    """A case as it is called in test reports: folder and file."""
    return f"{path.parent.name}/{path.stem}"


def results(graph: Graph, report: Node) -> Counter[Result]:
    """The results of a report, without their order, their messages and their details."""
    found: Counter[Result] = Counter()
    for result in graph.objects(report, SH.result):
        path = graph.value(result, SH.resultPath)
        found[
            Result(
                graph.value(result, SH.focusNode),
                None if isinstance(path, BNode) else path,
                graph.value(result, SH.value),
                graph.value(result, SH.resultSeverity),
                graph.value(result, SH.sourceConstraintComponent),
                graph.value(result, SH.sourceShape),
            )
        ] += 1
    return found


@cache
def case(path: Path) -> Case:
    """Data and expectation of one file, taken apart; read once for all tests, none of which may change it."""
    graph = Graph().parse(path, format="turtle")
    assert (REPORT, RDF.type, SH.ValidationReport) in graph, f"{name(path)} has no report"
    expected = results(graph, REPORT)
    conforms = str(graph.value(REPORT, SH.conforms)) == "true"
    for node in [REPORT, *graph.objects(REPORT, SH.result)]:
        graph.remove((node, None, None))
    return Case(graph, conforms, expected)


def of_lists(data: Graph) -> bool:
    """Whether a case is about concepts or schemes."""
    return any((None, RDF.type, kind) in data for kind in _LISTS)


def without_lists(shapes: Graph) -> Graph:
    """The shapes without concepts and schemes as targets: those of the ontology need not be checked in each case."""
    fewer = Graph()
    for triple in shapes:
        if triple[1] != SH.targetClass or triple[2] not in _LISTS:
            fewer.add(triple)
    return fewer
