"""What the published graph says of things, and what of it a table can say."""

from __future__ import annotations

import pyoxigraph
from rdflib import Graph, URIRef

from lepgraph.exchange import from_engine
from lepgraph.site import Site
from lepgraph.terms import RDF
from lepgraph.validation.tables.templates import Template


class Published:
    """The published graph, of which small parts are looked at."""

    def __init__(self, site: Site) -> None:
        self.store = pyoxigraph.Store()
        self.store.bulk_load(path=str(site.version.snapshot), format=pyoxigraph.RdfFormat.N_QUADS)

    def things(self, kind: URIRef) -> list[URIRef]:
        pattern = (None, pyoxigraph.NamedNode(RDF.type), pyoxigraph.NamedNode(kind), pyoxigraph.DefaultGraph())
        found = (from_engine(quad.subject) for quad in self.store.quads_for_pattern(*pattern))
        return sorted(thing for thing in found if isinstance(thing, URIRef))

    def about(self, thing: URIRef) -> Graph:
        """What is said of a thing and of the stretches of time that it names."""
        graph = Graph()
        for step in range(2):
            for subject in [thing] if step == 0 else set(graph.objects(thing)):
                if isinstance(subject, URIRef) and (step == 0 or "/period/" in subject):
                    pattern = (pyoxigraph.NamedNode(subject), None, None, pyoxigraph.DefaultGraph())
                    for quad in self.store.quads_for_pattern(*pattern):
                        graph.add((from_engine(quad.subject), from_engine(quad.predicate), from_engine(quad.object)))
        return graph


def described(graph: Graph, template: Template, thing: URIRef) -> set[tuple[object, ...]]:
    """What a table of the template can say of a thing."""
    predicates = {column.predicate for column in template.columns} | {predicate for predicate, _ in template.fixed}
    kinds = {template.kind, *template.types, *(choice.term for choice in template.narrower)}
    found: set[tuple[object, ...]] = {t for t in graph.triples((thing, None, None)) if t[1] in predicates}
    found |= {t for t in graph.triples((thing, RDF.type, None)) if t[2] in kinds}
    for column in template.columns:
        if column.span:
            for value in graph.objects(thing, column.predicate):
                found |= {
                    t
                    for t in graph.triples((value, None, None))
                    if t[1] in {RDF.type, column.span.begin, column.span.end}
                }
    return found
