"""The order in which properties are shown, and which of them a complete record has, as the shapes say it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from typing import Any

from rdflib import Graph, URIRef
from rdflib.term import Node

from lepgraph.terms import RDFS, SH


@dataclass(frozen=True)
class Place:
    """Where shapes put a property: order of the group, its heading, order within it."""

    group_order: float = 1e9
    group: str = ""
    order: float = 1e9

    @property
    def position(self) -> tuple[float, str, float]:
        """What places are sorted by."""
        return self.group_order, self.group, self.order


@dataclass
class Order:
    """For each class the places of its properties, read from the shapes."""

    places: dict[str, dict[str, Place]] = field(default_factory=dict)
    expected: dict[str, set[str]] = field(default_factory=dict)
    """For each class the properties that a complete record has."""

    @classmethod
    def from_shapes(cls, shapes: Graph) -> Order:
        """Places from ``sh:order`` and ``sh:group`` (SHACL 2.3.2) of the property shapes of each target class."""
        order = cls()
        for shape, target in shapes.subject_objects(SH.targetClass):
            places = order.places.setdefault(str(target), {})
            for item in shapes.objects(shape, SH.property):
                path = shapes.value(item, SH.path)
                group = shapes.value(item, SH.group)
                heading = shapes.value(group, RDFS.label) if group else None
                number, position = _number(shapes.value(item, SH.order)), _number(shapes.value(group, SH.order))
                if isinstance(path, URIRef) and 1 <= _number(shapes.value(item, SH.minCount)) < 1000:
                    order.expected.setdefault(str(target), set()).add(str(path))
                if isinstance(path, URIRef):
                    place = Place(position if group else 1e8, str(heading or ""), number)
                    places[str(path)] = min(place, places.get(str(path), Place()), key=lambda place: place.position)
        return order

    @classmethod
    def read(cls, written: dict[str, Any]) -> Order:
        """The order that ``written`` gave."""
        places = {kind: {path: Place(*place) for path, place in own.items()} for kind, own in written["places"].items()}
        return cls(places, {kind: set(paths) for kind, paths in written["expected"].items()})

    def written(self) -> dict[str, Any]:
        """The order as JSON has it."""
        return {
            "places": {
                kind: {path: astuple(place) for path, place in own.items()} for kind, own in self.places.items()
            },
            "expected": {kind: sorted(paths) for kind, paths in self.expected.items()},
        }

    def of(self, classes: Iterable[str]) -> dict[str, Place]:
        """The places that hold for a thing of these classes."""
        return {path: place for kind in sorted(classes) for path, place in self.places.get(kind, {}).items()}

    def missing(self, classes: Iterable[str], present: Iterable[str]) -> set[str]:
        """The properties that a complete record of these classes has and this one has not."""
        return {path for kind in classes for path in self.expected.get(kind, ())} - set(present)


def _number(value: Node | None) -> float:
    try:
        return float(str(value))
    except ValueError:
        return 1e9
