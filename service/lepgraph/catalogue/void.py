"""The dataset as VoID: sizes, class and property partitions, all counted in the store that is served."""

from __future__ import annotations

from urllib.parse import urljoin

from rdflib import Graph, Literal, URIRef

from lepgraph.addresses import partition
from lepgraph.catalogue import offers
from lepgraph.site import Site
from lepgraph.terms import DCAT, DCTERMS, PROV, SPDX, VOID


def void(site: Site, root: str) -> Graph:
    """The dataset as VoID: sizes, class and property partitions, all counted in the store that is served."""
    graph = _described(site)
    dataset = site.content.catalogue.dataset
    graph.add((dataset, VOID.sparqlEndpoint, URIRef(urljoin(root, "/sparql"))))
    graph.add((dataset, VOID.dataDump, URIRef(urljoin(root, offers.dump_path(site)))))
    counts = site.counts
    for predicate, number in (
        (VOID.triples, counts.triples),
        (VOID.distinctSubjects, counts.subjects),
        (VOID.properties, counts.properties),
        (VOID.distinctObjects, counts.objects),
        (VOID.classes, len(counts.classes)),
    ):
        graph.add((dataset, predicate, Literal(number)))
    for iri, number in counts.classes.items():
        part = partition(dataset, "class", iri)
        graph.add((dataset, VOID.classPartition, part))
        graph.add((part, VOID["class"], URIRef(iri)))
        graph.add((part, VOID.entities, Literal(number)))
    for iri, number in counts.uses.items():
        part = partition(dataset, "property", iri)
        graph.add((dataset, VOID.propertyPartition, part))
        graph.add((part, VOID.property, URIRef(iri)))
        graph.add((part, VOID.triples, Literal(number)))
    return graph


def _described(site: Site) -> Graph:
    """What the content's catalogue says of itself."""
    graph = Graph()
    for prefix, namespace in (("dcat", DCAT), ("dcterms", DCTERMS), ("void", VOID), ("spdx", SPDX), ("prov", PROV)):
        graph.bind(prefix, namespace)
    for triple in site.content.catalogue.graph:
        graph.add(triple)
    return graph
