"""The questions of checking to the published graph over a channel: asked in a process that has no store, answered here.

Terms travel as in the SPARQL 1.1 Query Results JSON Format (3.2.2).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from lepgraph.exchange import as_result, from_result
from lepgraph.store import frames
from lepgraph.validation.published import Published

ASK = b"A"
"""A frame with a question; the answer is a data frame."""


class Asking:
    """The published graph as a process without a store sees it; implements Published."""

    def __init__(self, channel: frames.Channel) -> None:
        self._channel = channel

    def facts(self, subjects: Sequence[URIRef], properties: Sequence[URIRef]) -> Graph:
        """See Published."""
        return _graph(self._ask("facts", subjects, properties))

    def inverse(self, prop: URIRef, objects: Sequence[Node]) -> Graph:
        """See Published."""
        return _graph(self._ask("inverse", prop, [_written(term) for term in objects]))

    def called(self, texts: Sequence[str], kind: URIRef) -> dict[str, list[URIRef]]:
        """See Published."""
        found = self._ask("called", texts, kind)
        return {text: [URIRef(iri) for iri in things] for text, things in found.items()}

    def names(self, kind: URIRef) -> list[tuple[URIRef, str]]:
        """See Published."""
        return [(URIRef(iri), label) for iri, label in self._ask("names", kind)]

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """See Published."""
        found: dict[str, str] = self._ask("labels", sorted(set(iris)))
        return found

    def _ask(self, question: str, *values: object) -> Any:
        self._channel.put_json(ASK, [question, *values])
        self._channel.flush()
        frame = self._channel.receive()
        if frame is None:
            raise ConnectionError
        return json.loads(frame[1])


def answer(published: Published, body: bytes) -> object:
    """The answer to a question, as JSON can hold it."""
    question, *values = json.loads(body)
    if question == "facts":
        subjects, properties = ([URIRef(iri) for iri in iris] for iris in values)
        return _triples(published.facts(subjects, properties))
    if question == "inverse":
        return _triples(published.inverse(URIRef(values[0]), [from_result(value) for value in values[1]]))
    if question == "called":
        return published.called(values[0], URIRef(values[1]))
    if question == "names":
        return published.names(URIRef(values[0]))
    return published.labels(values[0])


def _written(term: Node) -> dict[str, str]:
    return {"type": "bnode", "value": str(term)} if isinstance(term, BNode) else as_result(term)


def _triples(graph: Graph) -> list[list[dict[str, str]]]:
    return [[_written(term) for term in triple] for triple in graph]


def _graph(rows: Iterable[Sequence[dict[str, str]]]) -> Graph:
    graph = Graph()
    for subject, predicate, value in rows:
        graph.add((from_result(subject), from_result(predicate), from_result(value)))
    return graph
