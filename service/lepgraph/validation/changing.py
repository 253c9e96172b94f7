"""What a record would change: its facts against those that are published of the same things.

A record says all that shapes speak of; what no shape speaks of, such as links to other registers, stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.terms import LABELS, RDF, SH
from lepgraph.validation import registers
from lepgraph.validation.changes import Changes, Fact
from lepgraph.validation.published import Published
from lepgraph.validation.shapes import Shapes
from lepgraph.words import in_words, local_name, shortened

Triple = tuple[Node, Node, Node]
_SHOWN = 2_000
"""Facts that are told at most; a record with more is told by its numbers and its rows."""


def changes(
    record: Graph,
    published: Published,
    shapes: Shapes,
    tables: Sequence[registers.Table],
    prefixes: Mapping[str, str],
) -> Changes:
    """The changes that a record without violations would make."""
    subjects = sorted({subject for subject in record.subjects() if isinstance(subject, URIRef)})
    before = published.facts(subjects, [])
    pairs = {(s, p) for s in subjects for graph in (record, before) for p in graph.predicates(s)}
    spoken = {subject: _spoken(subject, record, shapes) for subject in subjects}
    told = []
    for subject, prop in sorted(pairs):
        old, new = set(before.objects(subject, prop)), set(record.objects(subject, prop))
        if old != new and (new or prop in spoken[subject]):
            told.append((subject, prop, old - new, new - old, bool(old)))
    labels = published.labels(_named(told))
    facts = tuple(_fact(*each, labels, record) for each in told[:_SHOWN])
    added = frozenset((s, p, o) for s, p, _, new, _ in told for o in new)
    rows, left = registers.rows(tables, record, added)
    out = tuple(sorted({_words(triple, labels, record) for triple in left}))
    return Changes(facts, turtle(record, prefixes), rows, out)


def turtle(record: Graph, prefixes: Mapping[str, str]) -> str:
    """The record as Turtle with the prefixes of the content, in a settled order."""
    graph = Graph(bind_namespaces="none")
    for prefix, space in prefixes.items():
        graph.bind(prefix, space)
    for triple in record:
        graph.add(triple)
    return graph.serialize(format="turtle")


def _spoken(subject: URIRef, record: Graph, shapes: Shapes) -> frozenset[Node]:
    """The properties of which the shapes of a thing say something."""
    parts = {part for shape in shapes.of(subject, record) for part in shapes.graph.objects(shape, SH.property)}
    return frozenset({RDF.type, *(path for part in parts for path in shapes.graph.objects(part, SH.path))})


def _named(told: Iterable[tuple[URIRef, Node, set[Node], set[Node], bool]]) -> set[str]:
    terms = {term for s, p, old, new, _ in told for term in (s, p, *old, *new)}
    return {str(term) for term in terms if isinstance(term, URIRef)}


def _fact(
    subject: URIRef,
    prop: Node,
    old: set[Node],
    new: set[Node],
    known: bool,
    labels: Mapping[str, str],
    record: Graph,
) -> Fact:
    """A property of a thing whose values differ; those that stay are not told."""
    kept = bool(set(record.objects(subject, prop)) - new)
    kind = "added" if not known else "removed" if not new and not kept else "changed"
    return Fact(
        kind,
        str(subject),
        labels.get(str(subject)) or _own(subject, record) or local_name(str(subject)),
        str(prop),
        labels.get(str(prop)) or local_name(str(prop)),
        tuple(sorted(_text(value, labels, record) for value in old)),
        tuple(sorted(_text(value, labels, record) for value in new)),
    )


def _words(triple: Triple, labels: Mapping[str, str], record: Graph) -> str:
    subject, prop, value = triple
    thing = labels.get(str(subject)) or _own(subject, record) or local_name(str(subject))
    return f"{thing}: {labels.get(str(prop)) or local_name(str(prop))} {_text(value, labels, record)}"


def _own(thing: Node, record: Graph) -> str:
    return next((str(name) for prop in LABELS for name in sorted(record.objects(thing, prop), key=str)), "")


def _text(value: Node, labels: Mapping[str, str], record: Graph) -> str:
    if isinstance(value, Literal):
        text = shortened(in_words(value))
        return f"{text} ({value.language})" if value.language and value.language != "en" else text
    if isinstance(value, BNode):
        return _own(value, record) or "a thing without an address"
    return labels.get(str(value)) or _own(value, record) or f"<{value}>"
