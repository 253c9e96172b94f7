"""What is closed stays in step with the shapes: every property that they speak of, and no other, is allowed."""

from pathlib import Path

import pytest
from rdflib import RDF, RDFS, SH, Graph, URIRef
from rdflib.term import Node

ROLE = URIRef("http://www.w3.org/ns/org#Role")


def properties(shapes: Graph, path: Node | None) -> set[Node]:
    """The properties with which a path can set out from the thing that is checked."""
    if isinstance(path, URIRef):
        return {path}
    if (path, RDF.first, None) in shapes:
        return properties(shapes, shapes.value(path, RDF.first))
    alternatives = shapes.value(path, SH.alternativePath)
    return (
        {found for part in shapes.items(alternatives) for found in properties(shapes, part)} if alternatives else set()
    )


def spoken_of(shapes: Graph, classes: set[Node]) -> set[Node]:
    """The properties of which the shapes of some class speak."""
    return {
        found
        for shape, target in shapes.subject_objects(SH.targetClass)
        if target in classes
        for part in shapes.objects(shape, SH.property)
        for found in properties(shapes, shapes.value(part, SH.path))
    } | {RDF.type}


def targets(shapes: Graph) -> set[Node]:
    """The classes that shapes speak of."""
    return set(shapes.objects(None, SH.targetClass))


def above(ontology: Graph, kind: Node) -> set[Node]:
    """A class and all that are wider."""
    return {kind} | {wider for wider in ontology.transitive_objects(kind, RDFS.subClassOf) if wider is not None}


def closed(shapes: Graph) -> dict[Node, Node]:
    """The shapes with a target that list all properties of a class, each with the node that has the list.

    Organisations of no narrower class are closed inside an alternative: the others are closed by themselves.
    """
    found = {}
    for holder in shapes.subjects(SH.closed):
        shape = holder
        while (shape, SH.targetClass, None) not in shapes:
            shape = next(shapes.subjects(None, shape))
        found[shape] = holder
    return found


def test_every_class_of_the_shapes_is_closed_once(shapes: Graph, ontology: Graph) -> None:
    lists = {shape: set(shapes.objects(shape, SH.targetClass)) for shape in closed(shapes)}
    for kind in targets(shapes) - {ROLE}:
        holders = [shape for shape, kinds in lists.items() if kinds & above(ontology, kind)]
        if len(holders) > 1:
            holders.remove(URIRef("https://w3id.org/lepgraph/shape/Organization-closed"))
        assert len(holders) == 1, kind


def test_a_closed_shape_allows_what_the_shapes_of_its_classes_speak_of(shapes: Graph, ontology: Graph) -> None:
    for shape, holder in closed(shapes).items():
        kinds = {kind for target in shapes.objects(shape, SH.targetClass) for kind in above(ontology, target)}
        listed = shapes.value(holder, SH.ignoredProperties)
        assert listed is not None
        allowed = set(shapes.items(listed))
        assert allowed == spoken_of(shapes, kinds), shape


@pytest.mark.parametrize("form", ["sh:closed", "sh:ignoredProperties"])
def test_nothing_is_closed_outside_its_file(shape_files: list[Path], form: str) -> None:
    assert [path.name for path in shape_files if form in path.read_text(encoding="utf-8")] == ["closed.ttl"]
