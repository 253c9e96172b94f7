"""How far shapes look from a thing: the properties that lead from it to all that its shapes read, as a tree.

SHACL paths (2.3.1) are taken apart into steps along or against one property. Where a path may repeat, its branch leads
back to itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from lepgraph.errors import ContentFault, Place
from lepgraph.terms import CHECK, RDF, SH

_DEEPEST = 12
"""Shapes within shapes that are followed; a shape that holds itself is refused rather than checked by halves."""

Step = tuple[URIRef, bool]
"""A property, and whether it is followed against its direction."""


@dataclass(eq=False)
class Branch:
    """Where one stands: the steps on from here, and whether everything said of the thing is read (a closed shape)."""

    steps: dict[Step, Branch] = field(default_factory=dict)
    whole: bool = False

    def along(self, step: Step) -> Branch:
        """The branch after a step, made if there is none."""
        return self.steps.setdefault(step, Branch())


def branch(shapes: Graph, roots: Iterable[Node]) -> Branch:
    """All that these shapes read, from their focus node on; raises ContentFault if a shape holds itself."""
    start = Branch()
    for root in roots:
        _grow(shapes, root, [start], 0)
    return start


def _grow(shapes: Graph, shape: Node, here: list[Branch], depth: int) -> None:
    """Adds what a shape reads of the nodes at these branches."""
    if depth > _DEEPEST:
        raise ContentFault([(Place("shapes"), f"<{shape}> holds shapes more than {_DEEPEST} deep, or itself")])
    path = shapes.value(shape, SH.path)
    values = _ends(shapes, path, here, inverse=False) if path is not None else here
    if (shape, SH.closed, None) in shapes:
        for place in here:
            place.whole = True
    for constraint in shapes.objects(shape, SH.sparql):
        for reached in shapes.objects(constraint, CHECK.reaches):
            _ends(shapes, reached, here, inverse=False)
    for pair in (SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals):
        for other in shapes.objects(shape, pair):
            _ends(shapes, other, here, inverse=False)
    for inner in _within(shapes, shape):
        _grow(shapes, inner, values, depth + 1)


def _within(shapes: Graph, shape: Node) -> Iterator[Node]:
    """The shapes that the values of a shape are held to."""
    for relation in (SH.property, SH.node, SH["not"], SH.qualifiedValueShape):
        yield from shapes.objects(shape, relation)
    for relation in (SH["and"], SH["or"], SH.xone):
        for members in shapes.objects(shape, relation):
            yield from Collection(shapes, members)


def _ends(shapes: Graph, path: Node, here: list[Branch], *, inverse: bool) -> list[Branch]:
    """The branches at the end of a path that begins at some."""
    if isinstance(path, URIRef):
        return [place.along((path, inverse)) for place in here]
    if (path, RDF.first, None) in shapes:
        parts = list(Collection(shapes, path))
        for part in reversed(parts) if inverse else parts:
            here = _ends(shapes, part, here, inverse=inverse)
        return here
    if (inner := shapes.value(path, SH.inversePath)) is not None:
        return _ends(shapes, inner, here, inverse=not inverse)
    if (choice := shapes.value(path, SH.alternativePath)) is not None:
        return [end for part in Collection(shapes, choice) for end in _ends(shapes, part, here, inverse=inverse)]
    if (inner := shapes.value(path, SH.zeroOrOnePath)) is not None:
        return [*here, *_ends(shapes, inner, here, inverse=inverse)]
    for relation in (SH.zeroOrMorePath, SH.oneOrMorePath):
        if (inner := shapes.value(path, relation)) is not None:
            return _repeated(shapes, inner, here, inverse=inverse)
    raise ContentFault([(Place("shapes"), f"{path} is not a path of SHACL")])


def _repeated(shapes: Graph, path: Node, here: list[Branch], *, inverse: bool) -> list[Branch]:
    """A path of one step that repeats: its branch leads back to itself."""
    if not isinstance(path, URIRef):
        raise ContentFault([(Place("shapes"), "only a path of one property may repeat")])
    ends = []
    for place in here:
        end = place.along((path, inverse))
        end.steps[path, inverse] = end
        ends.append(end)
    return [*here, *ends]
