"""Breaks valid records one thing at a time, and counts which of the faults are found.

    python -m validation.mutating

A mutant matters if it contradicts what all published things of its class are like: a property is taken away that each
of them has, a second value is given where none of them has two, a link leads to a thing of a class to which that
property never leads. Whatever breaks the form of a value always matters.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from rdflib import OWL, RDF, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.content import Content
from lepgraph.errors import RecordFault
from lepgraph.settings import Settings
from lepgraph.site import Site, inside
from lepgraph.store import Query
from lepgraph.validation.checking import Validator
from lepgraph.validation.records import Record

KINDS = ("remove", "retype", "misdate", "misspell", "mispoint", "duplicate", "swap", "blank")
DATES = {XSD.date, XSD.gYear, XSD.gYearMonth}
Triple = tuple[Node, Node, Node]
Found = Counter[tuple[str, str, str]]


@dataclass(frozen=True)
class Mutant:
    """A record with one fault: of which kind, in which thing of which class, at which property."""

    kind: str
    record: Graph
    thing: URIRef
    of: Node
    property: Node
    told: str = ""


class Published:
    """What published things are like, by class and property."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.graph = site.store.graph(Query(site.library.pages["everything"].text))
        self.base = f"{site.addresses.base}id/"
        self.types: dict[Node, set[Node]] = defaultdict(set)
        self.things: dict[Node, list[URIRef]] = defaultdict(list)
        known = site.ready.kit.shapes.classes
        for thing, kind in self.graph.subject_objects(RDF.type):
            self.types[thing].add(kind)
            if isinstance(thing, URIRef) and thing.startswith(self.base) and kind in known:
                self.things[kind].append(thing)
        self.always: dict[Node, set[Node]] = {}
        self.several: dict[Node, set[Node]] = defaultdict(set)
        self.leads: dict[Node, set[Node]] = defaultdict(set)
        for kind, things in self.things.items():
            numbers: Counter[Node] = Counter()
            for thing in things:
                own = Counter(self.graph.predicates(thing))
                numbers.update(set(own))
                self.several[kind] |= {prop for prop, number in own.items() if number > 1}
            self.always[kind] = {prop for prop, number in numbers.items() if number == len(things)}
        for _, prop, value in self.graph:
            self.leads[prop] |= self.types.get(value, set())

    def fullest(self, kind: Node, number: int) -> list[URIRef]:
        """The things of a class of which most is said, those with very long values left out."""
        short = [t for t in self.things[kind] if all(len(str(o)) < 2000 for o in self.graph.objects(t))]
        return sorted(short, key=lambda t: (-len(set(self.graph.predicates(t))), t))[:number]

    def described(self, thing: URIRef) -> Graph:
        """What is said of a thing."""
        record = Graph()
        for triple in self.graph.triples((thing, None, None)):
            record.add(triple)
        return record


def changed(record: Graph, old: Triple, *new: Triple) -> Graph:
    """A record with other triples in the place of one."""
    copy = Graph()
    for triple in record:
        if triple != old:
            copy.add(triple)
    for triple in new:
        copy.add(triple)
    return copy


def mutants(world: Published, kind: Node, thing: URIRef) -> Iterator[Mutant]:
    """All mutants of a thing that matter."""
    record = world.described(thing)
    for triple in sorted(record, key=str):
        for how, made in _of_triple(world, kind, record, triple):
            yield Mutant(how, made, thing, kind, triple[1], str(triple[2])[:60])
    singles = [t for t in sorted(record) if len(set(record.objects(thing, t[1]))) == 1 and t[1] != RDF.type]
    for one, other in zip(singles, singles[1:], strict=False):
        if _unlike(world, one, other):
            made = changed(changed(record, one, (thing, one[1], other[2])), other, (thing, other[1], one[2]))
            yield Mutant("swap", made, thing, kind, one[1], str(other[1]))


def _of_triple(world: Published, kind: Node, record: Graph, triple: Triple) -> Iterator[tuple[str, Graph]]:
    thing, prop, value = triple
    if prop in world.always[kind] and len(set(record.objects(thing, prop))) == 1:
        yield "remove", changed(record, triple)
    yield "misspell", changed(record, triple, (thing, URIRef(f"{prop}x"), value))
    if prop == RDF.type:
        yield "misspell", changed(record, triple, (thing, prop, URIRef(f"{value}x")))
    yield "blank", changed(record, triple, (thing, prop, Literal("") if isinstance(value, Literal) else BNode()))
    yield from _of_value(world, record, triple)
    if prop not in world.several[kind] and prop != RDF.type and (other := _another(world, kind, prop, value)):
        yield "duplicate", changed(record, triple, triple, (thing, prop, other))


def _of_value(world: Published, record: Graph, triple: Triple) -> Iterator[tuple[str, Graph]]:
    thing, prop, value = triple
    if isinstance(value, Literal):
        retyped = Literal(str(value), datatype=XSD.boolean) if value.language is None else Literal(str(value))
        yield "retype", changed(record, triple, (thing, prop, retyped))
        if value.datatype in DATES:
            wrong = {XSD.date: "2014-02-30", XSD.gYearMonth: "2014-13", XSD.gYear: "14"}[value.datatype]
            yield (
                "misdate",
                changed(record, triple, (thing, prop, Literal(wrong, datatype=value.datatype, normalize=False))),
            )
            yield "misdate", changed(record, triple, (thing, prop, Literal("31/03/2014")))
        return
    yield "retype", changed(record, triple, (thing, prop, Literal(str(value))))
    if str(value).startswith(world.site.addresses.base) and prop != RDF.type:
        yield "mispoint", changed(record, triple, (thing, prop, URIRef(f"{value}-x")))
        wrong_class = next(
            (k for k in sorted(world.things, key=str) if not world.types[world.things[k][0]] & world.leads[prop]), None
        )
        if wrong_class is not None:
            yield "mispoint", changed(record, triple, (thing, prop, world.things[wrong_class][0]))


def _another(world: Published, kind: Node, prop: Node, value: Node) -> Node | None:
    """Another value that some thing of the class has of a property."""
    for thing in world.things[kind][:200]:
        for other in sorted(world.graph.objects(thing, prop), key=Node.n3):
            if other != value:
                return other
    return None


def _unlike(world: Published, one: Triple, other: Triple) -> bool:
    """Whether the values of two facts are of different kinds, so that neither fits in the place of the other."""
    return _form(world, one[2]) != _form(world, other[2])


def _form(world: Published, value: Node) -> object:
    if isinstance(value, Literal):
        return value.language or value.datatype or "plain"
    return frozenset(world.types.get(value, {OWL.Thing}))


def findings(validator: Validator, record: Graph) -> Found:
    """What is found in a record; a record that is refused has one finding."""
    copy = Graph()
    for triple in record:
        copy.add(triple)
    try:
        report = validator.check(Record(copy))
    except RecordFault as fault:
        return Counter({("violation", "refused", fault.detail): 1})
    return Counter((f.level, f.property, f.rule) for f in report.findings)


@dataclass
class Score:
    """How many of the mutants that matter were found, by kind, and those that were not."""

    caught: Counter[str]
    made: Counter[str]
    missed: list[Mutant]

    @property
    def share(self) -> float:
        """The share that was found."""
        return self.caught.total() / self.made.total()


def score(world: Published, number: int, every: int = 1) -> Score:
    """The score over some things of every class, or of every second one and so on."""
    validator = world.site.validator
    found = Score(Counter(), Counter(), [])
    for kind in sorted(world.things, key=str)[::every]:
        for thing in world.fullest(kind, number):
            before = findings(validator, world.described(thing))
            for mutant in mutants(world, kind, thing):
                found.made[mutant.kind] += 1
                if findings(validator, mutant.record) - before:
                    found.caught[mutant.kind] += 1
                else:
                    found.missed.append(mutant)
    return found


def main() -> None:
    """Prints the score and what was missed."""
    root = Content.found()
    world = Published(inside(root, Settings.from_environment()))
    got = score(world, int(sys.argv[1]) if len(sys.argv) > 1 else 2)
    for kind in KINDS:
        sys.stdout.write(f"{kind:10} {got.caught[kind]:5} of {got.made[kind]:5}\n")
    sys.stdout.write(f"all        {got.caught.total():5} of {got.made.total():5}  {got.share:.1%}\n")
    for mutant in got.missed:
        parts = (mutant.kind, mutant.of, mutant.property, mutant.told, mutant.thing)
        sys.stdout.write("  " + "  ".join(str(part).rpartition("/")[2] for part in parts) + "\n")


if __name__ == "__main__":
    main()
