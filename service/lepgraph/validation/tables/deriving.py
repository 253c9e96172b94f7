"""Templates from shapes: what node shapes say of a class, merged by property, as columns in the order of the shapes.

A shape holds for the narrower classes of its target too. Paths other than plain properties make no column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.content import Concept, Content
from lepgraph.terms import CHECK, LABELS, RDF, RDFS, SH, SKOS
from lepgraph.validation.tables.explaining import explained
from lepgraph.validation.tables.templates import (
    DATES,
    IDENTIFIER,
    KIND,
    LEVELS,
    Choice,
    Column,
    Span,
    Template,
    Templates,
    plain,
)
from lepgraph.words import local_name

_WEIGHTS = ("required", "expected", "nice", "")
_SAYS_VALUES = (SH.datatype, SH["class"], SH.node, SH["in"], SH["or"], SH.nodeKind, SH.languageIn)


def templates(content: Content) -> Templates:
    """The templates of a content: one for each class that a shape targets, by the name of its table."""
    graph = content.graph(*content.files("ontology", "*.ttl"))
    deriving = _Deriving(content.shapes, graph, content.hierarchy, content.catalogue.concepts)
    return Templates(deriving.templates(), content.prefixes, frozenset(content.catalogue.concepts))


@dataclass(frozen=True)
class _Deriving:
    shapes: Graph
    ontology: Graph
    hierarchy: Graph
    concepts: Mapping[str, Concept]

    def templates(self) -> dict[str, Template]:
        """Templates by name, in the order of the catalogue."""
        targets = {node for node in self.shapes.objects(None, SH.targetClass) if isinstance(node, URIRef)}
        made = [self._template(kind, targets) for kind in sorted(targets)]
        segments = list(self.concepts)
        made.sort(key=lambda t: (segments.index(t.segment) if t.segment else len(segments), t.name))
        return {template.name: template for template in made if len(template.columns) > 0}

    def _template(self, kind: URIRef, targets: set[URIRef]) -> Template:
        nodes = [shape for above in self._above(kind) for shape in self.shapes.subjects(SH.targetClass, above)]
        items = sorted({item for node in nodes for item in self.shapes.objects(node, SH.property)}, key=str)
        own = next((concept for concept in self.concepts.values() if concept.iri == kind), None)
        concept = own or self._concept(kind)
        label = self._label(kind)
        name = own.segment if own else "-".join(label.lower().split())
        types, fixed = self._fixed(items)
        names = {
            name,
            f"{name}s",
            label,
            f"{label}s",
            f"{label[:-1]}ies",
            local_name(kind),
            *([own.title] if own else []),
        }
        return Template(
            name=name,
            kind=kind,
            label=label,
            segment=concept.segment if concept else "",
            description=own.description if own else self._text(kind, SKOS.definition),
            columns=self._columns(items, {path for path, _ in fixed}),
            types=tuple(sorted(types - {kind})),
            fixed=fixed,
            narrower=self._narrower(kind, targets),
            names=frozenset(plain(text) for text in names),
        )

    def _above(self, kind: URIRef) -> list[Node]:
        """A class and those above it, the nearest first."""
        found: list[Node] = []
        frontier: list[Node] = [kind]
        while frontier:
            found += frontier
            above = {up for node in frontier for up in self.hierarchy.objects(node, RDFS.subClassOf)}
            frontier = sorted(above - set(found), key=str)
        return found

    def _concept(self, kind: URIRef) -> Concept | None:
        return next((c for above in self._above(kind) for c in self.concepts.values() if c.iri == above), None)

    def _narrower(self, kind: URIRef, targets: set[URIRef]) -> tuple[Choice, ...]:
        below = {
            node
            for node in self.hierarchy.transitive_subjects(RDFS.subClassOf, kind)
            if node is not None and node not in targets
        }
        if not below:
            return ()
        return tuple(Choice(node, self._label(node), local_name(str(node))) for node in (kind, *sorted(below, key=str)))

    def _label(self, thing: Node) -> str:
        return next((text for name in LABELS if (text := self._text(thing, name))), local_name(str(thing)))

    def _text(self, thing: Node, predicate: URIRef) -> str:
        values = [v for v in self.ontology.objects(thing, predicate) if isinstance(v, Literal)]
        return str(min(values, key=lambda v: (v.language != "en", v), default=""))

    def _fixed(self, items: Iterable[Node]) -> tuple[set[URIRef], tuple[tuple[URIRef, Node], ...]]:
        """The classes and the other values that shapes demand of all things."""
        types: set[URIRef] = set()
        fixed = []
        for item in items:
            path, value = self.shapes.value(item, SH.path), self.shapes.value(item, SH.hasValue)
            if value is None or not isinstance(path, URIRef):
                continue
            if path == RDF.type and isinstance(value, URIRef):
                types.add(value)
            elif path != RDF.type:
                fixed.append((path, value))
        return types, tuple(sorted(fixed, key=str))

    def _columns(self, items: Iterable[Node], fixed: set[URIRef]) -> tuple[Column, ...]:
        by_path: dict[URIRef, list[Node]] = {}
        for item in items:
            path = self.shapes.value(item, SH.path)
            if isinstance(path, URIRef) and path != RDF.type and path not in fixed:
                by_path.setdefault(path, []).append(item)
        for group in by_path.values():
            group.sort(key=self._rank)
        ordered = sorted(by_path.items(), key=lambda pair: (*min(map(self._position, pair[1])), pair[0]))
        taken = {plain(IDENTIFIER), plain(KIND)}
        columns: list[Column] = []
        for path, group in ordered:
            for column in self._offered(self._column(path, group, taken)):
                taken.add(plain(column.heading))
                columns.append(replace(column, note=explained(column)))
        return tuple(columns)

    def _rank(self, item: Node) -> tuple[bool, tuple[float, float], str]:
        """The main shape of a property says of which kind its values are."""
        main = any((item, predicate, None) in self.shapes for predicate in _SAYS_VALUES)
        return not main, self._position(item), str(item)

    def _position(self, item: Node) -> tuple[float, float]:
        group = self.shapes.value(item, SH.group)
        return _number(self.shapes.value(group, SH.order), 1e9), _number(self.shapes.value(item, SH.order), 1e9)

    def _column(self, path: URIRef, items: list[Node], taken: set[str]) -> Column:
        said = [pair for item in items for pair in self._said(item)]
        languages = tuple(str(tag) for p, node in said if p == SH.languageIn for tag in self.shapes.items(node))
        datatypes = tuple(dict.fromkeys(node for p, node in said if p == SH.datatype and isinstance(node, URIRef)))
        classes = tuple(dict.fromkeys(node for p, node in said if p == SH["class"] and isinstance(node, URIRef)))
        most = [int(_number(node, 0)) for p, node in said if p == SH.maxCount]
        most += [1 for item in items if len(languages) == 1 and self.shapes.value(item, SH.uniqueLang) is not None]
        names = (str(self.shapes.value(items[0], SH.name) or ""), self._label(path), local_name(path))
        heading = next((name for name in names if name and plain(name) not in taken), str(path))
        return Column(
            heading=heading,
            predicate=path,
            level=min((self._level(item) for item in items), key=_WEIGHTS.index),
            most=min(most, default=0),
            datatypes=tuple(sorted(datatypes, key=lambda d: DATES.index(d) if d in DATES else 9)),
            languages=languages,
            iri=any(p == SH.nodeKind and node == SH.IRI for p, node in said) and not classes,
            classes=classes,
            choices=self._choices(said),
            pattern=next((str(node) for p, node in said if p == SH.pattern), ""),
            advice=next((self._message(item) for item in items if (item, SH.pattern, None) in self.shapes), ""),
            description=str(self.shapes.value(items[0], SH.description) or ""),
        )

    def _level(self, item: Node) -> str:
        if _number(self.shapes.value(item, SH.minCount), 0) < 1:
            return ""
        return LEVELS.get(local_name(str(self.shapes.value(item, SH.severity) or SH.Violation)), "required")

    def _message(self, item: Node) -> str:
        messages = [v for v in self.shapes.objects(item, SH.message) if isinstance(v, Literal)]
        return str(min(messages, key=lambda v: (v.language != "en", v), default=""))

    def _said(self, node: Node, depth: int = 0) -> Iterator[tuple[Node, Node]]:
        """What a shape says of values: its own constraints, and those of shapes that it names or chooses from."""
        if depth > 5:
            return
        for predicate, value in sorted(self.shapes.predicate_objects(node), key=str):
            if predicate == SH.node:
                yield from self._said(value, depth + 1)
            elif predicate in (SH["or"], SH["and"], SH.xone):
                for option in self.shapes.items(value):
                    yield from self._said(option, depth + 1)
            elif predicate == SH.property:
                if self.shapes.value(value, SH.path) == SKOS.inScheme:
                    yield from ((SKOS.inScheme, scheme) for scheme in self.shapes.objects(value, SH.hasValue))
            else:
                yield predicate, value

    def _choices(self, said: Iterable[tuple[Node, Node]]) -> tuple[Choice, ...]:
        terms: dict[Node, None] = {}
        for predicate, node in said:
            if predicate == SH["in"]:
                terms.update(dict.fromkeys(self.shapes.items(node)))
            elif predicate == SKOS.inScheme:
                terms.update(dict.fromkeys(sorted(self.ontology.subjects(SKOS.inScheme, node), key=str)))
        return tuple(Choice(term, self._called(term), self._code(term)) for term in terms)

    def _called(self, term: Node) -> str:
        return str(term) if isinstance(term, Literal) else self._label(term)

    def _code(self, term: Node) -> str:
        return self._text(term, SKOS.notation) or str(term).replace("#", "/").rpartition("/")[2]

    def _offered(self, column: Column) -> Iterator[Column]:
        """A column, or the two of a stretch of time."""
        span = next(filter(None, map(self._span, column.classes)), None)
        if span is None:
            yield column
            return
        for word, end in (("from", span.begin), ("to", span.end)):
            yield replace(
                column,
                heading=f"{column.heading} {word}",
                level=column.level if word == "from" else "",
                datatypes=DATES,
                classes=(),
                span=span,
                end=end,
            )

    def _span(self, kind: URIRef) -> Span | None:
        """How things of a class are made of two dates, if its shape says how they are named (check:names)."""
        for node in sorted(self.shapes.subjects(SH.targetClass, kind), key=str):
            names = self.shapes.value(node, CHECK.names)
            if names is None:
                continue
            items = sorted(self.shapes.objects(node, SH.property), key=self._rank)
            dates = [
                path
                for item in items
                if isinstance(path := self.shapes.value(item, SH.path), URIRef)
                and any(p == SH.datatype and d in DATES for p, d in self._said(item))
            ]
            if len(dates) == 2:
                types, _ = self._fixed(items)
                return Span(kind, tuple(sorted(types - {kind})), dates[0], dates[1], str(names))
        return None


def _number(value: Node | None, otherwise: float) -> float:
    try:
        return float(str(value))
    except ValueError:
        return otherwise
