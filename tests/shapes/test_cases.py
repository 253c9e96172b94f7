"""Every case gives exactly the report that it expects, and no constraint is without a case."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyshacl
import pytest
from rdflib import RDF, RDFS, SH, Graph, URIRef
from rdflib.term import Node

from lepgraph.validation import engine
from lepgraph.validation.context import Gatherer
from lepgraph.validation.readiness import Nothing
from lepgraph.validation.shapes import Shapes
from shape_cases import CASES, Case, case, name, results, without_lists

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
    SH.qualifiedMaxCount: SH.QualifiedMaxCountConstraintComponent,
    SH["in"]: SH.InConstraintComponent,
    SH["or"]: SH.OrConstraintComponent,
    SH.node: SH.NodeConstraintComponent,
    SH.sparql: SH.SPARQLConstraintComponent,
    SH.closed: SH.ClosedConstraintComponent,
}
NO_CONSTRAINTS = {
    RDF.type, RDFS.label, RDFS.comment, SH.path, SH.name, SH.description, SH.group, SH.order, SH.severity, SH.message,
    URIRef("https://w3id.org/lepgraph/def/check#names"), SH.targetClass, SH.targetSubjectsOf, SH.ignoredProperties, SH.property, SH.qualifiedValueShape,
}  # fmt: skip
ENFORCED_BY_THE_SERVICE = {URIRef("https://w3id.org/lepgraph/def/check#bounds")}
"""What only the service checks, since the recommendation has no such constraint: its own tests provoke it."""
LOOKS_FURTHER = {
    SH.ClassConstraintComponent, SH.NodeConstraintComponent, SH.SPARQLConstraintComponent, SH.QualifiedMaxCountConstraintComponent,
    SH.MaxCountConstraintComponent, SH.DisjointConstraintComponent,
}  # fmt: skip
HELPERS = {"closed", "dates", "groups", "rules", "schemes"}
"""Files of shapes without a folder of cases: what they hold is broken by the cases of the classes that use it."""


@pytest.fixture(scope="module")
def read_cases() -> list[Case]:
    return [case(path) for path in CASES]


def reporting(shapes: Graph) -> set[Node]:
    """The shapes that reports name: those with a target, and the property shapes of these.

    What another shape refers to with sh:node is reported by that other one.
    """
    with_target = {
        shape
        for target in (SH.targetClass, SH.targetSubjectsOf)
        for shape in shapes.subjects(target)
        if (shape, RDF.type, SH.NodeShape) in shapes
    }
    return with_target | {part for shape in with_target for part in shapes.objects(shape, SH.property)}


def constraints(shapes: Graph) -> Iterator[tuple[Node, Node]]:
    """Shape and kind of constraint, one pair for each constraint."""
    for shape in reporting(shapes):
        for predicate in shapes.predicates(shape):
            if predicate not in NO_CONSTRAINTS | ENFORCED_BY_THE_SERVICE:
                yield shape, COMPONENTS[URIRef(str(predicate))]


@pytest.fixture(scope="module")
def ready(shapes: Graph, ontology: Graph) -> Shapes:
    """The shapes as the service makes them ready."""
    return Shapes(shapes, Graph().parse(data=hierarchy(ontology), format="nt"))


def hierarchy(ontology: Graph) -> str:
    """Which class is narrower than which, as N-Triples."""
    narrower = Graph()
    for triple in ontology.triples((None, RDFS.subClassOf, None)):
        narrower.add(triple)
    return narrower.serialize(format="nt")


class Held(Nothing):
    """Graphs as what is published; it gives what it is asked for and no more."""

    def __init__(self, *graphs: Graph) -> None:
        self.graphs = graphs

    def facts(self, subjects: Sequence[URIRef], properties: Sequence[URIRef]) -> Graph:
        if not properties:
            return self._found([(subject, None, None) for subject in subjects])
        return self._found([(subject, prop, None) for subject in subjects for prop in properties])

    def inverse(self, prop: URIRef, objects: Sequence[Node]) -> Graph:
        return self._found([(None, prop, value) for value in objects])

    def _found(self, asked: Iterable[tuple[Node | None, Node | None, Node | None]]) -> Graph:
        found = Graph()
        for pattern in asked:
            for graph in self.graphs:
                for triple in graph.triples(pattern):
                    found.add(triple)
        return found


@pytest.mark.parametrize("path", CASES, ids=name)
def test_a_case_gives_exactly_the_report_it_expects(path: Path, ready: Shapes, ontology: Graph) -> None:
    """By the service's own engine; the code lists of the ontology are checked once, not with each case."""
    expected = case(path)
    focus = {s: held for s in set(expected.data.subjects()) if (held := ready.of(s, expected.data))}
    data = ready.data(expected.data)
    starts = ready.branches(focus)
    Gatherer(data, set(expected.data.subjects()), Held(ontology)).gather(starts)
    graph = engine.validate(data, ready.targeting(focus))
    engine.settle(graph)
    report = engine.report_node(graph)
    assert results(graph, report) == expected.results
    assert not any(result.severity == SH.Violation for result in expected.results) or not expected.conforms


def reads_on(path: Path) -> bool:
    """Whether a case breaks a constraint that looks at more than the thing itself says, without reading it as Turtle."""
    text = path.read_text(encoding="utf-8")
    return any(component.rpartition("#")[2] in text for component in LOOKS_FURTHER)


@pytest.mark.parametrize("path", [path for path in CASES if reads_on(path)], ids=name)
def test_a_fault_is_found_when_only_its_thing_is_handed_in(path: Path, ready: Shapes, ontology: Graph) -> None:
    """The rest of the case is what is published: each constraint reads no further than its shapes declare."""
    expected = case(path)
    record, published = Graph(), Graph()
    focus_nodes = {result.focus for result in expected.results}
    for triple in expected.data:
        (record if triple[0] in focus_nodes else published).add(triple)
    focus = {thing: held for thing in set(record.subjects()) if (held := ready.of(thing, record))}
    data = ready.data(record)
    starts = ready.branches(focus)
    Gatherer(data, set(record.subjects()), Held(published, ontology)).gather(starts)
    graph = engine.validate(data, ready.targeting(focus))
    assert results(graph, engine.report_node(graph)) == expected.results


@pytest.mark.parametrize("path", [path for path in CASES if path.stem == "complete"], ids=name)
def test_the_reference_engine_alone_finds_complete_records_complete(path: Path, shapes: Graph, ontology: Graph) -> None:
    data = case(path).data + ontology
    conforms, _, text = pyshacl.validate(data, shacl_graph=without_lists(shapes), inplace=True, inference="none")
    assert conforms, text


def test_the_code_lists_of_the_ontology_conform(shapes: Graph, ontology: Graph) -> None:
    conforms, _, text = pyshacl.validate(ontology, shacl_graph=shapes, inference="none")
    assert conforms, text


def test_every_constraint_is_broken_by_a_case(shapes: Graph, read_cases: list[Case]) -> None:
    broken = {(result.shape, result.component) for one in read_cases for result in one.results}
    assert set(constraints(shapes)) - broken == set()


def test_no_property_shape_is_left_unprovoked(shapes: Graph, read_cases: list[Case]) -> None:
    provoked = {result.shape for one in read_cases for result in one.results}
    assert set(shapes.subjects(RDF.type, SH.PropertyShape)) & reporting(shapes) - provoked == set()


def test_no_case_was_lost() -> None:
    assert len(CASES) >= 783


def test_every_folder_of_cases_belongs_to_a_file_of_shapes(shape_files: list[Path]) -> None:
    folders = {path.parent for path in CASES}
    files = {path.stem for path in shape_files}
    assert {folder.name for folder in folders} == files - HELPERS


def test_every_folder_of_cases_has_a_complete_record() -> None:
    for folder in {path.parent for path in CASES}:
        assert case(folder / "complete.ttl").results == {}


def test_a_case_says_in_its_first_line_what_it_shows() -> None:
    sentences = [path.read_text(encoding="utf-8").partition("\n")[0] for path in CASES]
    assert [line for line in sentences if not (line.startswith("# A") and line.endswith("."))] == []


def test_a_case_conforms_only_without_results(read_cases: list[Case]) -> None:
    assert [one.results for one in read_cases if one.conforms == bool(one.results)] == []
