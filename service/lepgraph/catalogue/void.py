"""The dataset as VoID: sizes, parts, partitions and links, all counted in the store that is served."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from rdflib import Graph, Literal, URIRef

from lepgraph.addresses import partition
from lepgraph.catalogue import offers, saying
from lepgraph.datasets import Dataset
from lepgraph.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE
from lepgraph.site import Site
from lepgraph.terms import DCTERMS, FORMATS, RDF, VOID

_FEATURES = {
    TURTLE: "Turtle", N_TRIPLES: "N-Triples", JSON_LD: "JSON-LD", RDF_XML: "RDF_XML", TRIG: "TriG", N_QUADS: "N-Quads",
}  # fmt: skip


def void(site: Site, root: str) -> Graph:
    """The whole and its parts as they are in the store that is served."""
    graph = saying.empty()
    for triple in site.content.catalogue.graph:
        graph.add(triple)
    whole = site.content.catalogue.dataset
    graph.add((whole, VOID.sparqlEndpoint, URIRef(urljoin(root, "/sparql"))))
    _sizes(graph, site, whole)
    _partitions(graph, site, whole)
    for dataset in offers.datasets(site):
        _subset(graph, site, dataset, root)
    for concept in site.content.catalogue.concepts.values():
        _extent(graph, site, concept.part, str(site.addresses.thing(concept.segment, "")))
    _linksets(graph, site, whole)
    return graph


def _sizes(graph: Graph, site: Site, whole: URIRef) -> None:
    counts, base = site.counts, site.addresses.base
    numbers = {
        VOID.triples: counts.triples,
        VOID.distinctSubjects: counts.subjects,
        VOID.properties: counts.properties,
        VOID.distinctObjects: counts.objects,
        VOID.classes: len(counts.classes),
    }
    for predicate, space in ((VOID.entities, base), (VOID.documents, f"{base}id/")):
        if space in site.extents.spaces:
            numbers[predicate] = site.extents.spaces[space].entities
    for predicate, number in numbers.items():
        graph.add((whole, predicate, Literal(number)))


def _partitions(graph: Graph, site: Site, whole: URIRef) -> None:
    for iri, number in site.counts.classes.items():
        part = partition(whole, "class", iri)
        graph.add((whole, VOID.classPartition, part))
        graph.add((part, VOID["class"], URIRef(iri)))
        graph.add((part, VOID.entities, Literal(number)))
    for iri, number in site.counts.uses.items():
        part = partition(whole, "property", iri)
        graph.add((whole, VOID.propertyPartition, part))
        graph.add((part, VOID.property, URIRef(iri)))
        graph.add((part, VOID.triples, Literal(number)))


def _subset(graph: Graph, site: Site, dataset: Dataset, root: str) -> None:
    """A dataset with its dumps, and its parts with their sizes."""
    whole = site.content.catalogue.dataset
    if not dataset.whole:
        graph.add((whole, VOID.subset, dataset.iri))
        if (triples := site.distributions.triples(dataset.key)) is not None:
            graph.add((dataset.iri, VOID.triples, Literal(triples)))
    for file in site.distributions.of(dataset.key):
        if file.format in _FEATURES:
            graph.add((dataset.iri, VOID.dataDump, URIRef(urljoin(root, offers.file_path(site, file.name)))))
            graph.add((dataset.iri, VOID.feature, FORMATS[_FEATURES[file.format]]))
    for part in dataset.parts:
        _extent(graph, site, part.iri, part.space)


def _extent(graph: Graph, site: Site, part: URIRef, space: str) -> None:
    extent = site.extents.spaces.get(space)
    if extent is None:
        return
    for predicate, value in (
        (VOID.triples, Literal(extent.triples)),
        (VOID.entities, Literal(extent.entities)),
        (VOID.exampleResource, URIRef(extent.example)),
    ):
        graph.add((part, predicate, value))


def _linksets(graph: Graph, site: Site, whole: URIRef) -> None:
    """The links to each host elsewhere, by property."""
    for links in site.extents.links:
        host = urlsplit(links.space).netloc
        node = URIRef(f"{whole}/linkset/{_last(links.property)}-{_safe(links.space)}")
        target = URIRef(f"{whole}/target/{_safe(links.space)}")
        graph.add((whole, VOID.subset, node))
        graph.add((node, RDF.type, VOID.Linkset))
        graph.add((node, VOID.linkPredicate, URIRef(links.property)))
        graph.add((node, VOID.subjectsTarget, whole))
        graph.add((node, VOID.objectsTarget, target))
        graph.add((node, VOID.triples, Literal(links.triples)))
        graph.add((target, RDF.type, VOID.Dataset))
        graph.add((target, DCTERMS.title, Literal(host)))
        graph.add((target, VOID.uriSpace, Literal(links.space)))


def _safe(address: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in address.strip("/"))


def _last(iri: str) -> str:
    return _safe(iri.replace("#", "/").rpartition("/")[2])
