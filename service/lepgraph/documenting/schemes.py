"""A concept scheme as documentation: its concepts with definitions, codes and the number of things that use each."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import URIRef
from rdflib.term import Node

from lepgraph.describing import Describer, Value
from lepgraph.documenting.vocabularies import Documenter, Said
from lepgraph.querying import Library
from lepgraph.store import Query, Store
from lepgraph.terms import DCTERMS, RDFS, SKOS


@dataclass(frozen=True)
class Concept:
    """A concept; ``uses`` says by which property how many things point to it."""

    iri: str
    anchor: str
    name: Value
    depth: int
    notation: str
    definition: str
    notes: tuple[str, ...]
    others: tuple[str, ...]
    sources: tuple[Value, ...]
    uses: tuple[tuple[Value, int], ...]


@dataclass(frozen=True)
class Scheme:
    """A concept scheme with its concepts in the order of the tree."""

    iri: str
    title: str
    description: str
    concepts: tuple[Concept, ...]


def scheme(iri: str, documenter: Documenter, describer: Describer, library: Library, store: Store) -> Scheme:
    """The documentation of a concept scheme."""
    said = documenter.said(iri)
    own = said.pop(iri, {})
    rows = store.solutions(Query(library.pages["concept-uses"].bound({"scheme": URIRef(iri)})))
    sources = {str(value) for facts in said.values() for value in facts.get(str(DCTERMS.source), ())}
    labels = describer.labels({*said, *sources, *(str(row["property"]) for row in rows)})
    uses: dict[str, list[tuple[Value, int]]] = {}
    for row in rows:
        link = describer.link(str(row["property"]), labels)
        uses.setdefault(str(row["concept"]), []).append((link, int(str(row["number"]))))
    return Scheme(
        iri=iri,
        title=_first(own, SKOS.prefLabel, DCTERMS.title, RDFS.label) or iri,
        description=_first(own, SKOS.definition, DCTERMS.description),
        concepts=tuple(
            Concept(
                iri=term,
                anchor=term.rpartition("/")[2].rpartition("#")[2],
                name=describer.link(term, labels),
                depth=depth,
                notation=_first(said[term], SKOS.notation),
                definition=_first(said[term], SKOS.definition),
                notes=_all(said[term], SKOS.scopeNote),
                others=_all(said[term], SKOS.altLabel),
                sources=tuple(describer.link(source, labels) for source in _all(said[term], DCTERMS.source)),
                uses=tuple(sorted(uses.get(term, ()), key=lambda use: (-use[1], use[0].text))),
            )
            for term, depth in _tree(said, labels)
        ),
    )


def _tree(said: Said, labels: dict[str, str]) -> list[tuple[str, int]]:
    """The concepts with their depth: those of a notation in its order, others by name, below the broader one."""

    def order(term: str) -> tuple[str, str, str]:
        return _first(said[term], SKOS.notation), labels.get(term, term).casefold(), term

    below: dict[str, list[str]] = {}
    for term, facts in said.items():
        broader = sorted(value for value in _all(facts, SKOS.broader) if value in said and value != term)
        below.setdefault(broader[0] if broader else "", []).append(term)
    found: list[tuple[str, int]] = []
    waiting = [(term, 0) for term in sorted(below.get("", []), key=order, reverse=True)]
    while waiting:
        term, depth = waiting.pop()
        found.append((term, depth))
        waiting += [(other, depth + 1) for other in sorted(below.get(term, []), key=order, reverse=True)]
    met = {term for term, _ in found}
    return found + [(term, 0) for term in sorted(said, key=order) if term not in met]


def _all(facts: dict[str, list[Node]], predicate: URIRef) -> tuple[str, ...]:
    return tuple(str(value) for value in facts.get(str(predicate), ()))


def _first(facts: dict[str, list[Node]], *predicates: URIRef) -> str:
    return next((value for predicate in predicates for value in _all(facts, predicate)), "")
