"""What the published graph says to a record: exactly what the shapes of its things read, fetched step by step.

A record is the new description of its subjects: what the graph said of them until now is left out. What comes
besides, such as other values of a property that some shape asks for elsewhere, is true as well and does no harm.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.errors import RecordFault
from lepgraph.terms import RDF
from lepgraph.validation.published import Published
from lepgraph.validation.reaching import Branch

_MOST = 100_000
"""Triples of context: a record that touches more is handed in by parts."""

_Standing = tuple[Node, Branch]


class Gatherer:
    """Gathers the context of one record into ``data``, which holds the record's triples already."""

    def __init__(self, data: Graph, subjects: Iterable[Node], published: Published) -> None:
        self.data = data
        self.replaced = frozenset(subjects)
        self.published = published
        self._taken = 0

    def gather(self, starts: Iterable[_Standing]) -> None:
        """Follows each branch from its node; raises RecordFault if that fetches more than can be held."""
        standing = list(starts)
        roots = {node for node, _ in standing}
        seen: set[tuple[Node, int]] = {(node, id(branch)) for node, branch in standing}
        while standing:
            self._fetch(standing, roots)
            reached: list[_Standing] = []
            for node, branch in standing:
                for (prop, against), onward in branch.steps.items():
                    for value in self._values(node, prop, against=against):
                        if (value, id(onward)) not in seen:
                            seen.add((value, id(onward)))
                            reached.append((value, onward))
            standing = reached

    def _fetch(self, standing: list[_Standing], roots: set[Node]) -> None:
        """Asks for the next step of all: one question for what is said of the nodes, one for each inverse property."""
        subjects: set[URIRef] = set()
        whole: set[URIRef] = set()
        properties: set[URIRef] = {RDF.type}
        objects: dict[URIRef, set[Node]] = defaultdict(set)
        for node, branch in standing:
            if isinstance(node, URIRef) and node not in self.replaced:
                subjects.add(node)
                if branch.whole and node not in roots:
                    whole.add(node)
            for prop, against in branch.steps:
                if against and isinstance(node, URIRef | Literal):
                    objects[prop].add(node)
                elif not against:
                    properties.add(prop)
        if subjects:
            self._take(self.published.facts(sorted(subjects), sorted(properties)))
        if whole:
            self._take(self.published.facts(sorted(whole), []))
        for prop in sorted(objects):
            self._take(self.published.inverse(prop, sorted(objects[prop], key=lambda node: node.n3())))

    def _take(self, found: Graph) -> None:
        self._taken += len(found)
        if self._taken > _MOST:
            raise RecordFault(
                f"What the record refers to is more than {_MOST} statements of the graph.", hint="Hand in fewer things."
            )
        for triple in found:
            if triple[0] not in self.replaced:
                self.data.add(triple)

    def _values(self, node: Node, prop: URIRef, *, against: bool) -> list[Node]:
        if against:
            return list(self.data.subjects(prop, node))
        return [] if isinstance(node, Literal) else list(self.data.objects(node, prop))
