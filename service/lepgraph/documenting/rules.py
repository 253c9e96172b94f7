"""The shapes as documentation: for each class what is checked, rule by rule, in words.

A property shape is a rule: it has a name, a severity, a sentence that says what to do, and constraints of SHACL.
"""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from lepgraph.describing import Describer, Value
from lepgraph.terms import CHECK, RDF, RDFS, SH
from lepgraph.words import local_name, shortened

_SEVERITIES = {SH.Violation: "violation", SH.Warning: "warning", SH.Info: "info"}
_TARGETS = {SH.targetClass: "each", SH.targetSubjectsOf: "whatever has", SH.targetObjectsOf: "each value of"}
_LISTED = 12


@dataclass(frozen=True)
class Constraint:
    """One constraint in words: what it asks for, and the terms that it names, as links or texts."""

    words: str
    values: tuple[Value, ...] = ()
    code: str = ""


@dataclass(frozen=True)
class Rule:
    """A property shape: ``slug`` is the end of its address, ``path`` the property in words."""

    slug: str
    name: str
    level: str
    description: str
    message: str
    path: Value
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True)
class Shape:
    """A node shape: what it is of, and its rules in their order."""

    slug: str
    iri: str
    title: str
    description: str
    targets: tuple[Value, ...]
    rules: tuple[Rule, ...]
    closed: bool = False
    """Whether it only says which properties a thing can have."""

    def count(self, level: str) -> int:
        """How many rules have this severity."""
        return sum(rule.level == level for rule in self.rules)


class Rules:
    """Documents the shapes of a content; ``base`` is what the addresses of shapes begin with."""

    def __init__(self, graph: Graph, describer: Describer, base: str) -> None:
        self.graph = graph
        self.describer = describer
        self.base = base
        nodes = [n for n in graph.subjects(RDF.type, SH.NodeShape) if isinstance(n, URIRef) and n.startswith(base)]
        iris = {str(term) for triple in graph for term in triple if isinstance(term, URIRef)}
        self.labels = describer.labels(iris)
        shapes = [self._shape(node) for node in sorted(nodes)]
        self.shapes = {shape.slug: shape for shape in sorted(shapes, key=lambda s: s.title.casefold())}
        self.owners = {rule.slug: shape.slug for shape in self.shapes.values() for rule in shape.rules}

    def part(self, slug: str) -> Graph:
        """All that is said of a shape and of what it holds."""
        part = Graph()
        for prefix, space in (("sh", SH), ("shape", self.base)):
            part.bind(prefix, space)
        waiting: list[Node] = [URIRef(self.base + slug)]
        while waiting:
            node = waiting.pop()
            for prop, value in self.graph.predicate_objects(node):
                known = (node, prop, value) in part
                part.add((node, prop, value))
                if not known and (isinstance(value, BNode) or prop in (SH.property, SH.sparql, SH.node)):
                    waiting.append(value)
        return part

    def _shape(self, node: URIRef) -> Shape:
        rules = [self._rule(part) for part in self.graph.objects(node, SH.property)]
        own = self._constraints(node)
        if own:
            rules.append(self._whole(node, own))
        targets = [
            Value(f"{words} {link.text}", link.href, link.outside)
            for prop, words in _TARGETS.items()
            for target in sorted(self.graph.objects(node, prop), key=str)
            for link in [self._link(target)]
        ]
        label = self._text(node, RDFS.label).removesuffix(" shape")
        title = label[:1].upper() + label[1:] if label else local_name(node)
        ordered = tuple(sorted(rules, key=lambda rule: self._order(rule.slug)))
        slug = node.removeprefix(self.base)
        closed = (node, SH.closed, None) in self.graph and len(ordered) == 1
        return Shape(slug, str(node), title, self._text(node, RDFS.comment), tuple(targets), ordered, closed)

    def _rule(self, part: Node) -> Rule:
        return Rule(
            str(part).removeprefix(self.base) if isinstance(part, URIRef) else "",
            self._text(part, SH.name) or local_name(str(self.graph.value(part, SH.path))),
            self._level(part),
            self._text(part, SH.description),
            " ".join(self._text(part, SH.message).split()),
            self._path(self.graph.value(part, SH.path)),
            tuple(self._constraints(part)),
        )

    def _whole(self, node: URIRef, constraints: list[Constraint]) -> Rule:
        """The constraints of a node shape on the thing itself."""
        level = self._level(node)
        message = " ".join(self._text(node, SH.message).split())
        return Rule(
            f"{node.removeprefix(self.base)}-itself", "as a whole", level, "", message, Value(""), tuple(constraints)
        )

    def _constraints(self, part: Node) -> list[Constraint]:
        found = []
        for prop, words in _WORDS.items():
            for value in sorted(self.graph.objects(part, prop), key=str):
                found.append(self._constraint(words, value))
        for inner in self.graph.objects(part, SH.sparql):
            text = self._text(inner, SH.select)
            found.append(Constraint("nothing may be found by", code=_unindented(text)))
        return found

    def _constraint(self, words: str, value: Node) -> Constraint:
        if (value, RDF.first, None) in self.graph:
            members = list(Collection(self.graph, value))
            links = [self._within(member) for member in members[:_LISTED]]
            if len(members) > _LISTED:
                links.append(Value(f"and {len(members) - _LISTED} more"))
            return Constraint(words, tuple(links))
        return Constraint(words, (self._within(value),))

    def _within(self, value: Node) -> Value:
        """A value of a constraint: a shape without a name as its own constraints in words."""
        if isinstance(value, BNode):
            inner = [
                f"{constraint.words} {', '.join(link.text for link in constraint.values)}".strip()
                for constraint in self._constraints(value)
            ]
            path = self.graph.value(value, SH.path)
            about = f"{self._path(path).text}: " if path is not None else ""
            return Value(about + ("; ".join(inner) or "a rule of its own"))
        return self._link(value)

    def _path(self, path: Node | None) -> Value:
        if path is None or isinstance(path, URIRef | Literal):
            return self._link(path) if path is not None else Value("")
        if (path, RDF.first, None) in self.graph:
            return Value(" / ".join(self._path(step).text for step in Collection(self.graph, path)))
        if (inner := self.graph.value(path, SH.inversePath)) is not None:
            return Value(f"inverse of {self._path(inner).text}")
        if (choice := self.graph.value(path, SH.alternativePath)) is not None:
            return Value(" or ".join(self._path(step).text for step in Collection(self.graph, choice)))
        for prop, words in _REPEATED.items():
            if (inner := self.graph.value(path, prop)) is not None:
                return Value(f"{self._path(inner).text}, {words}")
        return Value("a path")

    def _link(self, term: Node) -> Value:
        if isinstance(term, URIRef):
            if term.startswith(self.base):
                slug = term.removeprefix(self.base)
                label = self._text(term, RDFS.label).removesuffix(" shape") or slug
                return Value(label, f"/{self.base.rstrip('/').rpartition('/')[2]}/{slug}")
            return self.describer.link(str(term), self.labels)
        return Value(shortened(str(term)))

    def _text(self, node: Node, prop: URIRef) -> str:
        texts = [value for value in self.graph.objects(node, prop) if isinstance(value, Literal)]
        return str(min(texts, key=lambda value: (value.language != "en", str(value)), default=""))

    def _level(self, part: Node) -> str:
        """The severity of a shape, which is violation where it says none (2.1.4)."""
        found = self.graph.value(part, SH.severity)
        return _SEVERITIES.get(URIRef(str(found)), "violation")

    def _order(self, slug: str) -> tuple[float, str]:
        value = self.graph.value(URIRef(self.base + slug), SH.order)
        return (float(str(value)) if value is not None else 1e6), slug


_WORDS = {
    SH.minCount: "at least",
    SH.maxCount: "at most",
    SH.datatype: "written as",
    SH["class"]: "a",
    SH.nodeKind: "of the kind",
    SH.pattern: "text that fits",
    SH.minLength: "at least so many characters:",
    SH.maxLength: "at most so many characters:",
    SH.languageIn: "in the language",
    SH.uniqueLang: "one value in each language:",
    SH.minInclusive: "at least",
    SH.minExclusive: "more than",
    SH.maxInclusive: "at most",
    SH.maxExclusive: "less than",
    SH.equals: "the same as",
    SH.disjoint: "other than",
    SH.lessThan: "less than",
    SH.lessThanOrEquals: "not more than",
    SH.hasValue: "with the value",
    SH["in"]: "one of",
    SH["or"]: "one of these:",
    SH["and"]: "all of these:",
    SH.xone: "exactly one of these:",
    SH["not"]: "not",
    SH.node: "a",
    SH.closed: "no other properties:",
    SH.ignoredProperties: "besides its own, these properties:",
    CHECK.bounds: "within the degrees west, south, east, north:",
}
_REPEATED = {
    SH.zeroOrMorePath: "as often as there is",
    SH.oneOrMorePath: "once or more often",
    SH.zeroOrOnePath: "if there is",
}


def _unindented(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    indent = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    return "\n".join(line[indent:] for line in lines)
