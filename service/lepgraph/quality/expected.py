"""What a complete record has: the properties that the shapes of its class ask for, of whatever severity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import Graph, URIRef
from rdflib.term import Node

from lepgraph.terms import RDF, RDFS, SH

LEVELS = {"Violation": "needed", "Warning": "expected", "Info": "nice to have"}
"""How much the lack of a property weighs, by the severity of the shape that asks for it, the heaviest first."""


@dataclass(frozen=True, order=True)
class Path:
    """Where the values of a property are found: along properties of the record, and along others back to it.

    It stands for the SHACL paths that say so: a property, its inverse, and alternatives of these (SHACL 2.3.1).
    """

    forward: tuple[str, ...] = ()
    backward: tuple[str, ...] = ()

    @property
    def iris(self) -> tuple[str, ...]:
        """All its properties."""
        return (*self.forward, *self.backward)

    @classmethod
    def read(cls, shapes: Graph, node: Node | None) -> Path | None:
        """The path at a node, or None for a kind of path that is not measured, such as a sequence."""
        if isinstance(node, URIRef):
            return cls(forward=(str(node),))
        inverse = shapes.value(node, SH.inversePath)
        if isinstance(inverse, URIRef):
            return cls(backward=(str(inverse),))
        alternatives = shapes.value(node, SH.alternativePath)
        if alternatives is None:
            return None
        parts = [cls.read(shapes, part) for part in shapes.items(alternatives)]
        found = [part for part in parts if part is not None]
        if len(found) < len(parts):
            return None
        return cls(
            tuple(iri for part in found for iri in part.forward),
            tuple(iri for part in found for iri in part.backward),
        )


@dataclass(frozen=True)
class Expectation:
    """A property that a complete record has: its path, the least number of values, and how the shape calls it."""

    path: Path
    least: int
    name: str
    position: tuple[float, float]
    level: str = "needed"
    """One of LEVELS: whether a record cannot be accepted without it, is incomplete, or would be better with it."""

    @property
    def weight(self) -> int:
        """What expectations are sorted by so that the heaviest come first."""
        return list(LEVELS.values()).index(self.level)

    @property
    def field(self) -> str:
        """The property as forms for a record have it; empty for a path, of which they have no field."""
        return self.path.forward[0] if len(self.path.forward) == len(self.path.iris) == 1 else ""

    @property
    def plain(self) -> str:
        """The property, if one value of one property of the record is all that is expected; else nothing."""
        return self.field if self.least == 1 else ""


def expectations(shapes: Graph, hierarchy: Graph) -> dict[str, tuple[Expectation, ...]]:
    """For each target class of node shapes what its complete records have, in the order of the shapes.

    A shape holds for the narrower classes of its target too. If several ask for one property, the most demanding wins,
    at the weight of the heaviest of those that ask for as much.
    """
    targets = {node for node in shapes.objects(None, SH.targetClass) if isinstance(node, URIRef)}
    found = {}
    for target in sorted(targets):
        above = set(hierarchy.transitive_objects(target, RDFS.subClassOf)) | {target}
        nodes = {shape for kind in above for shape in shapes.subjects(SH.targetClass, kind)}
        items = sorted({item for node in nodes for item in shapes.objects(node, SH.property)}, key=str)
        found[str(target)] = _merged(filter(None, (_expectation(shapes, item) for item in items)))
    return found


def _merged(items: Iterable[Expectation]) -> tuple[Expectation, ...]:
    merged: dict[Path, Expectation] = {}
    for item in items:
        held = merged.get(item.path)
        if held is None or (held.least, -held.weight) < (item.least, -item.weight):
            merged[item.path] = item
    return tuple(sorted(merged.values(), key=lambda item: (item.position, item.path)))


def _expectation(shapes: Graph, item: Node) -> Expectation | None:
    least = _number(shapes.value(item, SH.minCount), 0)
    path = Path.read(shapes, shapes.value(item, SH.path))
    if least < 1 or path is None or str(RDF.type) in path.forward:
        return None
    group = shapes.value(item, SH.group)
    position = (_number(shapes.value(group, SH.order), 1e9), _number(shapes.value(item, SH.order), 1e9))
    severity = str(shapes.value(item, SH.severity) or SH.Violation)
    level = LEVELS.get(severity.rpartition("#")[2], "needed")
    return Expectation(path, int(least), str(shapes.value(item, SH.name) or ""), position, level)


def _number(value: Node | None, otherwise: float) -> float:
    try:
        return float(str(value))
    except ValueError:
        return otherwise


def slugs(names: Mapping[str, str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Short names for addresses, all different: the words of each name, and a number where two would be the same."""
    used, given = set(taken), {}
    for thing in sorted(names):
        plain = "-".join("".join(c if c.isalnum() else " " for c in names[thing]).lower().split()) or "unnamed"
        slug, number = plain, 2
        while slug in used:
            slug, number = f"{plain}-{number}", number + 1
        used.add(slug)
        given[thing] = slug
    return given
