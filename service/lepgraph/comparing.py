"""Things side by side: the facts of each property, in the order of the shapes, and whether they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rdflib import URIRef

from lepgraph.describing import UNKNOWN, Describer, Description, Fact, Value
from lepgraph.errors import NotFound, ParameterFault
from lepgraph.querying import Library
from lepgraph.store import Query, Store

MOST = 6
"""Things that are compared at once."""
SAME, DIFFERS, SOME = "the same", "differs", "not of all"


@dataclass(frozen=True)
class Line:
    """One property of all things: what each has, in their order, and in a word how they compare."""

    label: str
    href: str
    cells: tuple[tuple[Value, ...], ...]
    verdict: str


@dataclass(frozen=True)
class Part:
    """Lines under one heading."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Comparison:
    """Things side by side; ``alike`` says whether they are of one kind."""

    things: tuple[Description, ...]
    parts: tuple[Part, ...]
    figures: tuple[Line, ...]

    @property
    def alike(self) -> bool:
        """Whether some class is that of all things."""
        return bool(set.intersection(*(set(thing.types) for thing in self.things)))


def compared(iris: Sequence[str], store: Store, library: Library, describer: Describer) -> Comparison:
    """The things side by side; raises ParameterFault for too many, and NotFound for one that nothing is said of."""
    if len(iris) > MOST:
        reason = f"{len(iris)} things are too many: at most {MOST} can be compared."
        raise ParameterFault(reason, hint="Leave some out.")
    things = []
    for iri in iris:
        described = describer.describe(iri)
        if described is None:
            raise NotFound(f"The graph says nothing of {iri[:200]}.", hint="Find it by its name in the search.")
        things.append(described)
    return Comparison(tuple(things), _parts(things), _figures(iris, store, library, describer))


def _parts(things: Sequence[Description]) -> tuple[Part, ...]:
    """The facts of all things, group by group, each property once, in the order in which they come."""
    facts = [{fact.href: fact for group in thing.groups for fact in group.facts} for thing in things]
    groups: dict[str, dict[str, Fact]] = {}
    for thing in things:
        for group in thing.groups:
            for fact in group.facts:
                if not any(fact.href in found for found in groups.values()):
                    groups.setdefault(group.title, {})[fact.href] = fact
    return tuple(
        Part(title, tuple(_line(fact, [found.get(href) for found in facts]) for href, fact in own.items()))
        for title, own in groups.items()
    )


def _line(fact: Fact, found: Sequence[Fact | None]) -> Line:
    cells = tuple(one.values if one else () for one in found)
    return Line(fact.label, fact.href, cells, _verdict(cells))


def _verdict(cells: Sequence[tuple[Value, ...]]) -> str:
    texts = [frozenset((value.text, value.href) for value in cell if value != UNKNOWN) for cell in cells]
    if not all(texts):
        return SOME
    return SAME if len(set(texts)) == 1 else DIFFERS


def _figures(iris: Sequence[str], store: Store, library: Library, describer: Describer) -> tuple[Line, ...]:
    """Of each measure the latest year of which most things have a figure."""
    query = library.of("compare").get("figures")
    if query is None or not iris:
        return ()
    rows = store.solutions(Query(query.bound({"thing": [URIRef(iri) for iri in iris]})))
    labels = describer.labels({str(row["measure"]) for row in rows})
    years: dict[str, dict[str, dict[str, list[Value]]]] = {}
    for row in rows:
        value = describer.value(row["value"], {})
        shown = Value(f"{value.text} {row['unit']}", number=True)
        of_year = years.setdefault(str(row["measure"]), {}).setdefault(str(row["year"]), {})
        of_year.setdefault(str(row["thing"]), []).append(shown)
    lines = []
    for measure, found in years.items():
        year = max(found, key=lambda year: (len(found[year]), year))
        cells = tuple(tuple(found[year].get(iri, ())) for iri in iris)
        link = describer.link(measure, labels)
        lines.append(Line(f"{link.text} ({year})", link.href, cells, _verdict(cells)))
    return tuple(sorted(lines, key=lambda line: line.label))
