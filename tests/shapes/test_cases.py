"""Every case gives exactly the report that it expects, and no constraint is without a case."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyshacl
import pytest
from rdflib import RDF, SH, BNode, Graph, URIRef
from rdflib.term import Node

CASES = sorted((Path(__file__).resolve().parents[2] / "shapes" / "cases").glob("*/*.ttl"))
REPORT = URIRef("urn:lepgraph:report")
COMPONENTS = {
    SH.minCount: SH.MinCountConstraintComponent,
    SH.maxCount: SH.MaxCountConstraintComponent,
    SH.datatype: SH.DatatypeConstraintComponent,
    SH.nodeKind: SH.NodeKindConstraintComponent,
    SH["class"]: SH.ClassConstraintComponent,
    SH.pattern: SH.PatternConstraintComponent,
    SH.languageIn: SH.LanguageInConstraintComponent,
    SH.uniqueLang: SH.UniqueLangConstraintComponent,
    SH.minInclusive: SH.MinInclusiveConstraintComponent,
    SH.disjoint: SH.DisjointConstraintComponent,
    SH.hasValue: SH.HasValueConstraintComponent,
    SH["in"]: SH.InConstraintComponent,
    SH["or"]: SH.OrConstraintComponent,
    SH.node: SH.NodeConstraintComponent,
    SH.sparql: SH.SPARQLConstraintComponent,
}
NO_CONSTRAINTS = {
    RDF.type, SH.path, SH.name, SH.description, SH.group, SH.order, SH.severity, SH.message,
}  # fmt: skip


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


def case(path: Path) -> Case:
    """Data and expectation of one file, taken apart."""
    graph = Graph().parse(path, format="turtle")
    assert (REPORT, RDF.type, SH.ValidationReport) in graph, f"{name(path)} has no report"
    expected = results(graph, REPORT)
    conforms = str(graph.value(REPORT, SH.conforms)) == "true"
    for node in [REPORT, *graph.objects(REPORT, SH.result)]:
        graph.remove((node, None, None))
    return Case(graph, conforms, expected)


@pytest.fixture(scope="module")
def read_cases() -> list[Case]:
    return [case(path) for path in CASES]


def constraints(shapes: Graph) -> Iterator[tuple[Node, Node]]:
    """Property shape and kind of constraint, one pair for each constraint."""
    for shape in shapes.subjects(RDF.type, SH.PropertyShape):
        for predicate in shapes.predicates(shape):
            if predicate not in NO_CONSTRAINTS:
                yield shape, COMPONENTS[URIRef(str(predicate))]


@pytest.mark.parametrize("path", CASES, ids=name)
def test_a_case_gives_exactly_the_report_it_expects(path: Path, shapes: Graph, ontology: Graph) -> None:
    expected = case(path)
    data = expected.data
    for triple in ontology:
        data.add(triple)
    conforms, graph, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True, inference="none")
    assert isinstance(graph, Graph)
    report = graph.value(None, RDF.type, SH.ValidationReport)
    assert report is not None
    assert results(graph, report) == expected.results
    assert conforms == expected.conforms


def test_every_constraint_is_broken_by_a_case(shapes: Graph, read_cases: list[Case]) -> None:
    broken = {(result.shape, result.component) for one in read_cases for result in one.results}
    assert set(constraints(shapes)) - broken == set()


def test_no_property_shape_is_left_unprovoked(shapes: Graph, read_cases: list[Case]) -> None:
    provoked = {result.shape for one in read_cases for result in one.results}
    assert set(shapes.subjects(RDF.type, SH.PropertyShape)) - provoked == set()


def test_no_case_was_lost() -> None:
    assert len(CASES) >= 305


def test_every_folder_of_cases_belongs_to_a_file_of_shapes(shape_files: list[Path]) -> None:
    folders = {path.parent for path in CASES}
    files = {path.stem for path in shape_files}
    assert {folder.name for folder in folders} == files - {"dates", "groups"}


def test_every_folder_of_cases_has_a_complete_record() -> None:
    for folder in {path.parent for path in CASES}:
        assert case(folder / "complete.ttl").results == {}


def test_a_case_says_in_its_first_line_what_it_shows() -> None:
    sentences = [path.read_text(encoding="utf-8").partition("\n")[0] for path in CASES]
    assert [line for line in sentences if not (line.startswith("# A") and line.endswith("."))] == []


def test_a_case_conforms_only_without_results(read_cases: list[Case]) -> None:
    assert [one.results for one in read_cases if one.conforms == bool(one.results)] == []
