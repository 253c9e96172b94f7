"""The shapes, made ready once: which of them speak of a thing, what they read, and what they say to people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.terms import CHECK, RDF, RDFS, SH
from lepgraph.validation.engine import Data
from lepgraph.validation.lean import TARGETS, Lean
from lepgraph.validation.reaching import Branch, branch
from lepgraph.validation.records import Triple


@dataclass(frozen=True)
class Bounds:
    """A property shape that holds geometries to a box: west, south, east, north in degrees."""

    shape: URIRef
    path: URIRef
    box: tuple[float, float, float, float]


class Shapes:
    """Shapes and the hierarchy of classes that they are read with."""

    def __init__(self, graph: Graph, hierarchy: Graph) -> None:
        self.graph = graph
        self.hierarchy = hierarchy
        self._branches: dict[Node, Branch] = {}
        self._closures: dict[Node, list[Triple]] = {}

    @cached_property
    def targets(self) -> Mapping[URIRef, Mapping[Node, tuple[Node, ...]]]:
        """For each kind of target the shapes by what they target; a class that is a shape targets itself (2.1.3.3)."""
        found: dict[URIRef, dict[Node, list[Node]]] = {kind: {} for kind in TARGETS}
        for kind in TARGETS:
            for shape, target in self.graph.subject_objects(kind):
                found[kind].setdefault(target, []).append(shape)
        for shape in self.graph.subjects(RDF.type, RDFS.Class):
            if (shape, RDF.type, SH.NodeShape) in self.graph:
                found[SH.targetClass].setdefault(shape, []).append(shape)
        return {kind: {target: tuple(shapes) for target, shapes in by.items()} for kind, by in found.items()}

    @cached_property
    def classes(self) -> frozenset[Node]:
        """The classes that shapes speak of, with those below them."""
        targets = set(self.targets[SH.targetClass])
        return frozenset(targets | {sub for sub in self.hierarchy.subjects() if self.above(sub) & targets})

    @cached_property
    def named(self) -> frozenset[Node]:
        """All classes that shapes or the hierarchy name."""
        found = {*self.classes, *self.graph.objects(None, SH["class"]), *self.hierarchy.subjects()}
        return frozenset(found | set(self.hierarchy.objects()))

    @cached_property
    def spaces(self) -> frozenset[str]:
        """The namespaces of the classes that shapes speak of: what is not named there is most often misspelt."""
        return frozenset(_space(kind) for kind in self.classes)

    def strange(self, kind: Node) -> bool:
        """Whether a type cannot be right: no IRI, or one of a vocabulary of ours that no class there has."""
        return not isinstance(kind, URIRef) or (kind not in self.named and _space(kind) in self.spaces)

    def above(self, kind: Node) -> set[Node]:
        """A class and all classes above it."""
        return {found for found in self.hierarchy.transitive_objects(kind, RDFS.subClassOf) if found is not None}

    def of(self, thing: Node, record: Graph) -> frozenset[Node]:
        """The shapes that target a thing, going by what the record says of it."""
        found: set[Node] = set(self.targets[SH.targetNode].get(thing, ()))
        for kind in record.objects(thing, RDF.type):
            for above in self.above(kind):
                found.update(self.targets[SH.targetClass].get(above, ()))
        for prop, shapes in self.targets[SH.targetSubjectsOf].items():
            if (thing, prop, None) in record:
                found.update(shapes)
        for prop, shapes in self.targets[SH.targetObjectsOf].items():
            if (None, prop, thing) in record:
                found.update(shapes)
        return frozenset(found)

    def branch(self, shape: Node) -> Branch:
        """All that a shape reads from its focus node on."""
        if shape not in self._branches:
            self._branches[shape] = branch(self.graph, [shape])
        return self._branches[shape]

    def branches(self, focus: Mapping[Node, Iterable[Node]]) -> list[tuple[Node, Branch]]:
        """The same for some things and the shapes of each."""
        return [(thing, self.branch(shape)) for thing, shapes in focus.items() for shape in shapes]

    def targeting(self, focus: Mapping[Node, frozenset[Node]]) -> Graph:
        """The part of the shapes that is needed for some things, each targeted by name and nothing else.

        pySHACL's own choice of focus nodes leaves out values that are held to shapes within shapes.
        """
        part = Graph()
        for triple in self._part(frozenset(shape for shapes in focus.values() for shape in shapes)):
            part.add(triple)
        for thing, shapes in focus.items():
            for shape in shapes:
                for aimed in self._lean.aimed(shape):
                    part.add((aimed, SH.targetNode, thing))
        return part

    @cached_property
    def whole(self) -> Graph:
        """All shapes with their own targets, ready for pySHACL."""
        return self._lean.targeted(self.targets)

    @cached_property
    def _lean(self) -> Lean:
        return Lean(self.graph)

    def _part(self, roots: frozenset[Node]) -> Iterable[Triple]:
        """All that is said of some shapes and what they hold, without their targets; and of kinds of constraints."""
        found: dict[Triple, None] = {}
        for root in [*roots, *self._components]:
            found.update(dict.fromkeys(self._closure(root)))
        return found

    def _closure(self, shape: Node) -> list[Triple]:
        """All that is said of a shape and what it holds, found once."""
        if shape not in self._closures:
            graph = self._lean.graph
            found: list[Triple] = []
            waiting: list[Node] = list(self._lean.aimed(shape))
            seen = set(waiting)
            while waiting:
                node = waiting.pop()
                for prop, value in graph.predicate_objects(node):
                    found.append((node, prop, value))
                    if value not in seen and (isinstance(value, BNode) or (value, None, None) in graph):
                        seen.add(value)
                        waiting.append(value)
            self._closures[shape] = found
        return self._closures[shape]

    @cached_property
    def _components(self) -> list[Node]:
        """Kinds of constraints that the shapes define themselves (6.2), and what declares prefixes for all."""
        kinds = {SH.ConstraintComponent, *self.graph.subjects(RDFS.subClassOf, SH.ConstraintComponent)}
        defined = {component for kind in kinds for component in self.graph.subjects(RDF.type, kind)}
        return sorted(defined | kinds | set(self.graph.subjects(SH.declare)), key=str)

    @cached_property
    def bounds(self) -> Mapping[Node, tuple[Bounds, ...]]:
        """The property shapes with bounds, by the node shape that holds them."""
        found: dict[Node, list[Bounds]] = {}
        for shape, text in self.graph.subject_objects(CHECK.bounds):
            west, south, east, north = (float(part) for part in str(text).split())
            path = self.graph.value(shape, SH.path)
            if isinstance(path, URIRef) and isinstance(shape, URIRef):
                for owner in self.graph.subjects(SH.property, shape):
                    found.setdefault(owner, []).append(Bounds(shape, path, (west, south, east, north)))
        return {owner: tuple(held) for owner, held in found.items()}

    def text(self, shape: Node | None, prop: URIRef) -> str:
        """What a shape says with a property, in English before other languages; empty if nothing."""
        texts = [value for value in self.graph.objects(shape, prop) if isinstance(value, Literal)] if shape else []
        return str(min(texts, key=lambda value: (value.language != "en", str(value)), default=""))

    def order(self, shape: Node | None) -> float:
        """The place of a property shape among those of its node shape, the last if it has none."""
        value = self.graph.value(shape, SH.order) if shape is not None else None
        try:
            return float(str(value)) if value is not None else float("inf")
        except ValueError:
            return float("inf")

    def speaking(self, shapes: Iterable[Node], prop: Node) -> Node | None:
        """The first property shape with this path that some node shapes hold."""
        found = [
            part
            for shape in shapes
            for part in self.graph.objects(shape, SH.property)
            if (part, SH.path, prop) in self.graph
        ]
        return min(found, key=lambda part: (self.order(part), str(part)), default=None)

    def allowed(self, shapes: Iterable[Node]) -> list[URIRef]:
        """The properties that node shapes speak of or leave alone, in the order of their names."""
        found: set[Node] = set()
        for shape in shapes:
            found.update(
                p for part in self.graph.objects(shape, SH.property) for p in self.graph.objects(part, SH.path)
            )
            for listed in self.graph.objects(shape, SH.ignoredProperties):
                found.update(self.graph.items(listed))
        return sorted(prop for prop in found if isinstance(prop, URIRef))

    def data(self, record: Graph) -> Data:
        """A record and the hierarchy of classes, ready for context."""
        data = Data()
        for graph in (record, self.hierarchy):
            for triple in graph:
                data.add(triple)
        return data


def _space(kind: Node) -> str:
    """The namespace of a class."""
    return re.sub(r"[^/#]*$", "", str(kind))
