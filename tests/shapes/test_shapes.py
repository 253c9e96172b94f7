"""The rules that the shapes keep: each speaks to a person and has its place."""

import re
from collections.abc import Iterable
from pathlib import Path

import pyshacl
import pytest
from rdflib import RDF, RDFS, SH, BNode, Graph, Literal, URIRef
from rdflib.term import Node

BASE = "https://w3id.org/lepgraph/shape/"
REACHES = URIRef("https://w3id.org/lepgraph/def/check#reaches")
SEVERITIES = {SH.Violation, SH.Warning, SH.Info}
HELD_TO = (
    "partnership", "area", "area-membership", "membership", "combined-authority", "local-authority", "theme",
    "practice", "case-study", "report", "recommendation", "claim", "source", "area-name", "period",
    "change-event", "milestone", "organization", "observation", "concept",
)  # fmt: skip


def property_shapes(graph: Graph) -> list[Node]:
    found = set(graph.subjects(RDF.type, SH.PropertyShape)) | set(graph.objects(None, SH.property))
    return sorted(found, key=str)


def node_shapes(graph: Graph) -> list[Node]:
    return sorted(graph.subjects(RDF.type, SH.NodeShape), key=str)


def is_english(values: Iterable[Node], ending: str = "") -> bool:
    """Whether there is one value, in English, with this ending."""
    found = list(values)
    text = found[0] if len(found) == 1 else None
    if not isinstance(text, Literal) or text.language != "en":
        return False
    return bool(text.strip()) and text.endswith(ending)


def test_there_are_shapes_for_all_that_is_held_to_them(shapes: Graph, shape_files: list[Path]) -> None:
    files = " ".join(path.stem for path in shape_files)
    assert [word for word in HELD_TO if word not in files] == []
    assert len(property_shapes(shapes)) > 120


def test_shapes_are_shapes_in_the_sense_of_the_recommendation(shapes: Graph) -> None:
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, text


@pytest.mark.parametrize(("predicate", "ending"), [(SH.name, ""), (SH.description, "."), (SH.message, ".")])
def test_every_property_shape_speaks_english(shapes: Graph, predicate: URIRef, ending: str) -> None:
    texts = {shape: list(shapes.objects(shape, predicate)) for shape in property_shapes(shapes)}
    assert [shape for shape, found in texts.items() if not is_english(found, ending)] == []


def test_every_property_shape_has_one_of_three_severities(shapes: Graph) -> None:
    found = {shape: list(shapes.objects(shape, SH.severity)) for shape in property_shapes(shapes)}
    assert [shape for shape, grave in found.items() if len(grave) != 1 or grave[0] not in SEVERITIES] == []
    assert {grave[0] for grave in found.values()} == SEVERITIES


def test_every_property_shape_has_a_path_and_a_group_with_label_and_order(shapes: Graph) -> None:
    for shape in property_shapes(shapes):
        assert len(list(shapes.objects(shape, SH.path))) == 1, shape
        group = shapes.value(shape, SH.group)
        assert group is not None, shape
        assert (group, RDF.type, SH.PropertyGroup) in shapes, shape
        assert is_english(shapes.objects(group, RDFS.label)), group
        assert isinstance(shapes.value(group, SH.order), Literal), group


def test_property_shapes_of_one_node_shape_are_counted_from_one(shapes: Graph) -> None:
    for shape in node_shapes(shapes):
        orders = [shapes.value(part, SH.order) for part in shapes.objects(shape, SH.property)]
        numbers = [int(order) for order in orders if isinstance(order, Literal)]
        assert sorted(numbers) == list(range(1, len(orders) + 1)), shape


def test_every_property_shape_is_named_after_the_one_node_shape_that_has_it(shapes: Graph) -> None:
    for shape in property_shapes(shapes):
        owners = list(shapes.subjects(SH.property, shape))
        assert len(owners) == 1, shape
        assert re.fullmatch(rf"{owners[0]}-[a-z][A-Za-z]*", str(shape)), shape


def test_what_a_sparql_constraint_reaches_is_a_path_of_properties(shapes: Graph) -> None:
    for constraint, path in shapes.subject_objects(REACHES):
        steps = list(shapes.items(path)) if (path, RDF.first, None) in shapes else [path]
        assert (constraint, RDF.type, SH.SPARQLConstraint) in shapes
        assert [
            step for step in steps if not isinstance(shapes.value(step, SH.inversePath, default=step), URIRef)
        ] == []


def test_every_shape_has_an_identifier_of_ours(shapes: Graph) -> None:
    named = [*property_shapes(shapes), *node_shapes(shapes)]
    assert [shape for shape in named if isinstance(shape, BNode) or not str(shape).startswith(BASE)] == []


def test_every_node_shape_has_a_target_or_serves_another(shapes: Graph) -> None:
    for shape in node_shapes(shapes):
        uses = [(shape, SH.targetClass, None), (shape, SH.targetSubjectsOf, None), (None, SH.node, shape)]
        assert any(use in shapes for use in uses), shape


def test_no_shape_is_switched_off(shapes: Graph) -> None:
    assert list(shapes.subject_objects(SH.deactivated)) == []


@pytest.mark.parametrize(("predicate", "ending"), [(SH.name, ""), (SH.description, "."), (SH.message, ".")])
def test_every_node_shape_with_a_constraint_and_a_target_speaks_english(
    shapes: Graph, predicate: URIRef, ending: str
) -> None:
    found = {shape for kind in (SH.closed, SH.sparql) for shape in shapes.subjects(kind)} & set(node_shapes(shapes))
    assert len(found) > 20
    assert [shape for shape in found if not is_english(shapes.objects(shape, predicate), ending)] == []
    assert {shapes.value(shape, SH.severity) for shape in found} == {SH.Violation}


def test_a_shape_is_written_in_one_file_only(shape_files: list[Path]) -> None:
    graphs = [Graph().parse(path, format="turtle") for path in shape_files]
    written = [shape for graph in graphs for shape in set(graph.subjects()) if isinstance(shape, URIRef)]
    assert len(written) == len(set(written))
