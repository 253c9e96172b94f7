"""A subject as schema.org describes it, as JSON-LD for the page about it.

Generic: a class is read as what it, or the nearest class above it, is like (``rdfs:seeAlso`` to schema.org, in the
content's ontology or in ``markup.ttl``); a property as what ``markup.ttl`` says. A subject of no such class has none.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.content import Content
from lepgraph.querying import Library
from lepgraph.store import Query, Store
from lepgraph.terms import LABELS, RDF, RDFS, SCHEMA

LONGEST = 1000
"""Characters of a text that the markup of a page repeats."""
MOST = 20
"""Values of a property that it repeats."""

_ADDRESSES = frozenset({"url", "sameAs", "license", "inDefinedTermSet"})
"""Properties whose values are addresses, which readers of markup expect as texts."""
_INERT = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


class Markup:
    """Describes the subjects of one store to search engines."""

    def __init__(self, content: Content, library: Library, store: Store) -> None:
        self._content = content
        self._library = library
        self._store = store

    def of(self, iri: str) -> dict[str, Any]:
        """The subject as a JSON-LD object; empty if schema.org has no word for it."""
        rows = self._store.solutions(Query(self._library.pages["describe"].bound({"subject": URIRef(iri)})))
        return self.described(iri, ((row["predicate"], row["object"]) for row in rows))

    def agent(self, said: Any) -> Any:
        """Who made the dataset, with the kind and the name that the catalogue gives; as it stands if it gives none."""
        if isinstance(said, list):
            return [self.agent(one) for one in said]
        iri = URIRef(said["@id"]) if isinstance(said, dict) and "@id" in said else None
        graph = self._content.catalogue.graph
        names = [str(name) for label in LABELS for name in graph.objects(iri, label)] if iri else []
        if not names:
            return said
        kinds = sorted(filter(None, (self.kind(value) for value in graph.objects(iri, RDF.type))))
        return {"@type": kinds[0] if kinds else "Organization", **said, "name": min(names)}

    def described(self, iri: str, facts: Iterable[tuple[Node, Node]]) -> dict[str, Any]:
        """Facts of a subject as a JSON-LD object."""
        held = sorted(set(facts), key=lambda fact: (str(fact[0]), str(fact[1])))
        kinds = {kind for predicate, value in held if predicate == RDF.type and (kind := self.kind(value))}
        if not kinds:
            return {}
        found: dict[str, list[Any]] = {}
        for predicate, value in held:
            name = self._properties.get(str(predicate), "")
            said = str(value) if name in _ADDRESSES else _said(value)
            if name and len(found.get(name, ())) < MOST and said not in found.get(name, ()):
                found.setdefault(name, []).append(said)
        types = sorted(kinds)
        head = {"@context": "https://schema.org", "@id": iri, "@type": types[0] if len(types) == 1 else types}
        return {**head, **{name: values[0] if len(values) == 1 else values for name, values in sorted(found.items())}}

    def kind(self, cls: Node) -> str:
        """What schema.org calls things of a class, going up from it as far as need be; empty if it has no word."""
        waiting, met = deque([str(cls)]), set()
        while waiting:
            at = waiting.popleft()
            if at in self._classes:
                return self._classes[at]
            met.add(at)
            above = sorted(str(other) for other in self._content.hierarchy.objects(URIRef(at), RDFS.subClassOf))
            waiting.extend(other for other in above if other not in met)
        return ""

    @cached_property
    def _general(self) -> dict[str, str]:
        graph = Graph().parse(Path(__file__).with_name("markup.ttl"), format="turtle")
        return _likenesses(graph)

    @cached_property
    def _classes(self) -> dict[str, str]:
        own = _likenesses(self._content.graph(*self._content.files("ontology", "*.ttl"), only=RDFS.seeAlso))
        return {iri: name for iri, name in {**self._general, **own}.items() if name[:1].isupper()}

    @cached_property
    def _properties(self) -> dict[str, str]:
        return {iri: name for iri, name in self._general.items() if name[:1].islower()}


def script(document: dict[str, Any]) -> str:
    """JSON that can stand within a script element: nothing in it ends the element or begins a comment."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).translate(_INERT)


def _likenesses(graph: Graph) -> dict[str, str]:
    found = sorted((str(term), str(like)) for term, like in graph.subject_objects(RDFS.seeAlso))
    return {term: like.removeprefix(str(SCHEMA)) for term, like in found if like.startswith(str(SCHEMA))}


def _said(value: Node) -> Any:
    if not isinstance(value, Literal):
        return {"@id": str(value)}
    text = str(value)
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return {"@value": text, "@language": value.language} if value.language and value.language != "en" else text
