"""A vocabulary as documentation: its classes as a tree, each with its properties, uses and an example from the data.

Which properties a class has, its shapes say (SHACL 2.3), and the vocabulary itself by ``rdfs:domain`` and
``schema:domainIncludes``. Worked out once for a dataset version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph import exchange
from lepgraph.content import Content
from lepgraph.counting import Counts
from lepgraph.describing import Describer, Value
from lepgraph.querying import Library
from lepgraph.store import Query, Store
from lepgraph.terms import DCTERMS, OWL, RDF, RDFS, SCHEMA, SH, SKOS, XSD
from lepgraph.words import local_name

LONGEST_EXAMPLE = 160
"""Characters of a literal that an example shows."""
MOST_TRIPLES = 7
"""Statements of a thing that an example shows."""

_KINDS = (str(OWL.Class), str(RDFS.Class))
_PROPERTIES = tuple(
    str(kind) for kind in (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property)
)
_LIKE = (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.seeAlso, SKOS.exactMatch, SKOS.closeMatch, OWL.equivalentClass)
_DATED = (DCTERMS.issued, DCTERMS.modified, DCTERMS.creator, DCTERMS.license, DCTERMS.source)
_ABOUT = (*_DATED, OWL.versionIRI, OWL.priorVersion)

Said = dict[str, dict[str, list[Node]]]
"""What is said of each term: its values by property."""


@dataclass(frozen=True)
class Property:
    """A property as a class has it: what its values are, how many there must be, and how many statements use it.

    ``anchor`` is its place on the page, if it is defined there and this is the first class that has it.
    """

    iri: str
    name: Value
    definition: str
    notes: tuple[str, ...]
    values: tuple[Value, ...]
    many: str
    uses: int
    anchor: str = ""


@dataclass(frozen=True)
class Class:
    """A class with its properties; ``depth`` is its level in the tree."""

    iri: str
    anchor: str
    label: str
    depth: int
    definition: str
    notes: tuple[str, ...]
    above: tuple[Value, ...]
    sources: tuple[Value, ...]
    things: int
    properties: tuple[Property, ...]
    examples: tuple[Value, ...]
    turtle: str


@dataclass(frozen=True)
class Vocabulary:
    """A vocabulary: what is said of it, its classes in the order of the tree, other properties, and its alignments."""

    iri: str
    title: str
    description: str
    version: str
    about: tuple[tuple[str, tuple[Value, ...]], ...]
    classes: tuple[Class, ...]
    others: tuple[Property, ...]
    alignments: tuple[tuple[Value, str, Value], ...]
    changes: tuple[str, ...]
    prefixes: tuple[tuple[str, str], ...]
    """The prefixes that its examples use."""
    links: tuple[tuple[Value, Value, Value], ...]
    """Links from class to class: the one, the property, the other."""


@dataclass
class Shaped:
    """What the shapes say of a class's property."""

    order: float = 1e9
    least: int = 0
    most: int = 0
    values: set[str] = field(default_factory=set)


class Documenter:
    """Documents the vocabularies of one site."""

    def __init__(self, content: Content, library: Library, store: Store, describer: Describer, counts: Counts) -> None:
        self._content = content
        self._library = library
        self._store = store
        self._describer = describer
        self._counts = counts
        self._kept: dict[str, Vocabulary] = {}

    def vocabulary(self, iri: str) -> Vocabulary:
        """The documentation of a vocabulary."""
        if iri not in self._kept:
            self._kept[iri] = self._documented(iri)
        return self._kept[iri]

    def said(self, iri: str) -> Said:
        """All that is said of the terms of a vocabulary and of itself."""
        found: Said = {}
        for row in self._ask("vocabulary-facts", vocabulary=URIRef(iri)):
            found.setdefault(str(row["term"]), {}).setdefault(str(row["property"]), []).append(row["value"])
        return found

    def _ask(self, name: str, **values: Node) -> list[dict[str, Node]]:
        return self._store.solutions(Query(self._library.pages[name].bound(values)))

    def _documented(self, iri: str) -> Vocabulary:
        said = self.said(iri)
        own = said.pop(iri, {})
        classes = [term for term in said if _is(said[term], _KINDS)]
        properties = [term for term in said if _is(said[term], _PROPERTIES)]
        named = {value for facts in said.values() for values in facts.values() for value in values}
        shaped = {value for cls in classes for use in self._shaped.get(cls, {}).values() for value in use.values}
        paths = {path for cls in classes for path in self._shaped.get(cls, {})}
        about = {value for predicate in _ABOUT for value in own.get(str(predicate), ())}
        iris = {str(value) for value in named | about if isinstance(value, URIRef)} | shaped | paths | set(said)
        labels = self._describer.labels(iris)
        placed: set[str] = set()
        told = [
            self._class(iri, cls, depth, said, labels, self._of(cls, properties, said), placed)
            for cls, depth in _tree(classes, said)
        ]
        left = sorted((path for path in properties if path not in placed), key=lambda path: labels.get(path, path))
        others = tuple(self._property(iri, path, Shaped(), said, labels, placed) for path in left)
        return Vocabulary(
            iri=iri,
            title=_text(own, DCTERMS.title) or _text(own, RDFS.label) or iri,
            description=_text(own, DCTERMS.description),
            version=_text(own, OWL.versionInfo),
            about=self._about(own, labels),
            classes=tuple(told),
            others=others,
            alignments=self._alignments(iri, said, labels),
            changes=tuple(str(note) for note in own.get(str(SKOS.changeNote), ())),
            prefixes=self._prefixes(told),
            links=_links(told),
        )

    def _class(
        self,
        iri: str,
        cls: str,
        depth: int,
        said: Said,
        labels: dict[str, str],
        uses: dict[str, Shaped],
        placed: set[str],
    ) -> Class:
        facts = said[cls]
        ordered = sorted(uses, key=lambda path: (uses[path].order, labels.get(path, path)))
        examples = self._describer.links([str(row["thing"]) for row in self._ask("example", **{"class": URIRef(cls)})])
        first = next((str(row["thing"]) for row in self._ask("example", **{"class": URIRef(cls)})), "")
        return Class(
            iri=cls,
            anchor=_anchor(iri, cls),
            label=labels.get(cls, cls),
            depth=depth,
            definition=_text(facts, SKOS.definition),
            notes=tuple(str(note) for note in facts.get(str(SKOS.scopeNote), ())),
            above=self._linked(iri, facts.get(str(RDFS.subClassOf), ()), labels),
            sources=self._linked(iri, facts.get(str(DCTERMS.source), ()), labels),
            things=self._counts.classes.get(cls, 0),
            properties=tuple(self._property(iri, path, uses[path], said, labels, placed) for path in ordered),
            examples=tuple(examples),
            turtle=self._turtle(first) if first else "",
        )

    def _of(self, cls: str, properties: list[str], said: Said) -> dict[str, Shaped]:
        """The properties of a class: of its shapes, or with it as domain; but none that a wider class has."""
        found = dict(self._shaped.get(cls, {}))
        for path in properties:
            domains = (*said[path].get(str(RDFS.domain), ()), *said[path].get(str(SCHEMA.domainIncludes), ()))
            if any(str(domain) == cls for domain in domains):
                found.setdefault(path, Shaped())
        wider = {str(value) for value in said[cls].get(str(RDFS.subClassOf), ()) if str(value) in said}
        inherited = {path for other in wider - {cls} for path in self._shaped.get(other, {})}
        return {path: use for path, use in found.items() if path not in inherited}

    def _property(
        self, iri: str, path: str, use: Shaped, said: Said, labels: dict[str, str], placed: set[str]
    ) -> Property:
        facts = said.get(path, {})
        first = path not in placed
        placed.add(path)
        ranges = use.values or {str(value) for value in facts.get(str(RDFS.range), ())}
        return Property(
            iri=path,
            name=self._link(iri, path, labels),
            definition=_text(facts, SKOS.definition) if first else "",
            notes=tuple(str(note) for note in facts.get(str(SKOS.scopeNote), ())) if first else (),
            values=tuple(self._link(iri, value, labels) for value in sorted(ranges)),
            many=_many(use),
            uses=self._counts.uses.get(path, 0),
            anchor=_anchor(iri, path) if first and path in said else "",
        )

    def _link(self, iri: str, term: str, labels: dict[str, str]) -> Value:
        """A term as a link: within the page if it is defined there."""
        if term.startswith(str(XSD)):
            return Value(local_name(term))
        found = self._describer.link(term, labels)
        anchor = _anchor(iri, term)
        return Value(found.text, f"#{anchor}") if anchor else found

    def _linked(self, iri: str, values: list[Node] | tuple[()], labels: dict[str, str]) -> tuple[Value, ...]:
        shown = [
            self._link(iri, str(value), labels) if isinstance(value, URIRef) else Value(str(value)) for value in values
        ]
        return tuple(sorted(shown, key=lambda value: value.text))

    def _about(self, own: dict[str, list[Node]], labels: dict[str, str]) -> tuple[tuple[str, tuple[Value, ...]], ...]:
        named = self._describer.labels(str(predicate) for predicate in _ABOUT)
        found = []
        for predicate in _ABOUT:
            values = self._linked("", own.get(str(predicate), []), labels)
            if values:
                found.append((named.get(str(predicate), str(predicate).rpartition("/")[2]), values))
        return tuple(found)

    def _alignments(self, iri: str, said: Said, labels: dict[str, str]) -> tuple[tuple[Value, str, Value], ...]:
        """Links of terms to terms of other vocabularies."""
        named = self._describer.labels(str(predicate) for predicate in _LIKE)
        found = []
        for term in sorted(said, key=lambda term: labels.get(term, term)):
            for predicate in _LIKE:
                for value in said[term].get(str(predicate), ()):
                    if str(value) not in said:
                        words = named.get(str(predicate), str(predicate).rpartition("#")[2])
                        found.append((self._link(iri, term, labels), words, self._describer.link(str(value), labels)))
        return tuple(found)

    def _turtle(self, thing: str) -> str:
        """What the graph says of a thing, shortened, in Turtle; the prefixes stand elsewhere on the page."""
        triples: list[exchange.Triple] = []
        cut = False
        for row in sorted(self._ask("describe", subject=URIRef(thing)), key=lambda row: row["predicate"] != RDF.type):
            value = row["object"]
            if isinstance(value, BNode):
                continue
            cut |= isinstance(value, Literal) and len(value) > LONGEST_EXAMPLE
            triple = (row["subject"], row["predicate"], value)
            if triple not in triples and not (isinstance(value, Literal) and len(value) > LONGEST_EXAMPLE):
                triples.append(triple)
        prefixes = dict(self._content.prefixes)
        text = exchange.written(triples[:MOST_TRIPLES], "ttl", prefixes).decode()
        kept = [line for line in text.splitlines() if not line.startswith("@prefix")]
        return "\n".join([*kept, "# and more"] if cut or len(triples) > MOST_TRIPLES else kept).strip()

    def _prefixes(self, classes: list[Class]) -> tuple[tuple[str, str], ...]:
        words = set(re.findall(r"(?<![\w<])([\w-]+):", " ".join(cls.turtle for cls in classes)))
        return tuple((name, iri) for name, iri in self._content.prefixes.items() if name in words)

    @cached_property
    def _shaped(self) -> dict[str, dict[str, Shaped]]:
        """For each class what its shapes say of each property."""
        return shaped(self._content.shapes)


def shaped(shapes: Graph) -> dict[str, dict[str, Shaped]]:
    """For each target class the properties of its shapes, several shapes of one property taken together."""
    found: dict[str, dict[str, Shaped]] = {}
    for shape, target in shapes.subject_objects(SH.targetClass):
        for item in shapes.objects(shape, SH.property):
            path = shapes.value(item, SH.path)
            if not isinstance(path, URIRef):
                continue
            use = found.setdefault(str(target), {}).setdefault(str(path), Shaped())
            use.order = min(use.order, _number(shapes.value(item, SH.order), 1e9))
            use.least = max(use.least, int(_number(shapes.value(item, SH.minCount), 0)))
            use.most = max(use.most, int(_number(shapes.value(item, SH.maxCount), 0)))
            for predicate in (SH["class"], SH.datatype):
                use.values |= {str(value) for value in shapes.objects(item, predicate)}
    return found


def _tree(classes: list[str], said: Said) -> list[tuple[str, int]]:
    """The classes with their depth, each below the first of those that it is narrower than."""
    below: dict[str, list[str]] = {}
    for cls in classes:
        above = sorted(str(value) for value in said[cls].get(str(RDFS.subClassOf), ()) if str(value) in said)
        below.setdefault(above[0] if above and above[0] != cls else "", []).append(cls)
    found: list[tuple[str, int]] = []
    waiting = [(cls, 0) for cls in sorted(below.get("", []), reverse=True)]
    while waiting:
        cls, depth = waiting.pop()
        found.append((cls, depth))
        waiting += [(other, depth + 1) for other in sorted(below.get(cls, []), reverse=True)]
    met = {cls for cls, _ in found}
    return found + [(cls, 0) for cls in classes if cls not in met]  # those of a circle


def _links(classes: list[Class]) -> tuple[tuple[Value, Value, Value], ...]:
    """Links from class to class, each at the widest class that has it."""
    held = {
        f"#{cls.anchor}": {(item.iri, value.href) for item in cls.properties for value in item.values}
        for cls in classes
    }
    return tuple(
        (Value(cls.label, f"#{cls.anchor}"), item.name, value)
        for cls in classes
        for item in cls.properties
        for value in item.values
        if value.href in held and not any((item.iri, value.href) in held.get(above.href, ()) for above in cls.above)
    )


def _many(use: Shaped) -> str:
    """How many values there must be, in words."""
    if use.least and use.least == use.most:
        return "exactly one" if use.least == 1 else f"exactly {use.least}"
    if use.least:
        return "at least one" if use.least == 1 else f"at least {use.least}"
    return "at most one" if use.most == 1 else ""


def _is(facts: dict[str, list[Node]], kinds: tuple[str, ...]) -> bool:
    return any(str(kind) in kinds for kind in facts.get(str(RDF.type), ()))


def _anchor(iri: str, term: str) -> str:
    return term.removeprefix(f"{iri}#") if iri and term.startswith(f"{iri}#") else ""


def _text(facts: dict[str, list[Node]], predicate: URIRef) -> str:
    return next((str(value) for value in facts.get(str(predicate), ())), "")


def _number(value: Node | None, otherwise: float) -> float:
    try:
        return float(str(value))
    except ValueError:
        return otherwise
