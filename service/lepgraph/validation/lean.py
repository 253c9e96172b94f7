"""Shapes as pySHACL gets them: the same constraints, set up so that it has least to do.

It looks through all that is said of a property shape for each thing that it checks, and checks the property shapes of a
node shape one thing at a time. So names and descriptions are left out, and where a node shape is no part of another,
its property shapes are targeted in its place, each with all its things at once. The results are the same: they name
property shapes and not who holds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rdflib import Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from lepgraph.terms import CHECK, RDF, RDFS, SH

TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
_TOLD = frozenset({SH.name, SH.description, SH.order, SH.group, SH.defaultValue, RDFS.label, RDFS.comment})
_SAYS_NOTHING = frozenset({RDF.type, SH.severity, SH.message, SH.property, *_TOLD, *TARGETS})


class Lean:
    """Shapes without targets and words, and what is targeted in the place of each node shape."""

    def __init__(self, shapes: Graph) -> None:
        self._held = dict(_apart(shapes))
        self.graph = Graph()
        for triple in shapes:
            subject, prop, _ = triple
            said = prop in _TOLD or prop in TARGETS or prop in (CHECK.reaches, CHECK.bounds)
            implicit = prop == RDF.type and triple[2] == RDFS.Class
            if not said and not implicit and not (prop == SH.property and subject in self._held):
                self.graph.add(triple)

    def aimed(self, shape: Node) -> tuple[Node, ...]:
        """What is targeted in the place of a shape: its property shapes, and itself if it has more constraints."""
        return self._held.get(shape, (shape,))

    def targeted(self, targets: Mapping[URIRef, Mapping[Node, tuple[Node, ...]]]) -> Graph:
        """The whole with targets."""
        graph = Graph()
        for triple in self.graph:
            graph.add(triple)
        for kind, by in targets.items():
            for target, shapes in by.items():
                for shape in shapes:
                    for aimed in self.aimed(shape):
                        graph.add((aimed, kind, target))
        return graph


def _apart(shapes: Graph) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """The node shapes whose property shapes can stand alone, with what stands in the place of each."""
    within = _within(shapes)
    for node in set(shapes.subjects(SH.property)):
        closed = any(isinstance(value, Literal) and value.value for value in shapes.objects(node, SH.closed))
        fixed = closed or (node, SH.deactivated, None) in shapes or (node, SH.path, None) in shapes
        parts = sorted(shapes.objects(node, SH.property), key=str)
        siblings = any((part, SH.qualifiedValueShapesDisjoint, None) in shapes for part in parts)
        if node not in within and not fixed and not siblings:
            more = set(shapes.predicates(node)) - _SAYS_NOTHING
            yield node, (*parts, node) if more else tuple(parts)


def _within(shapes: Graph) -> set[Node]:
    """The shapes that are parts of others."""
    found: set[Node] = set()
    for relation in (SH.node, SH["not"], SH.qualifiedValueShape):
        found.update(shapes.objects(None, relation))
    for relation in (SH["and"], SH["or"], SH.xone):
        for head in shapes.objects(None, relation):
            found.update(Collection(shapes, head))
    return found
