"""What content says of its datasets, as DCAT wants it said: completed from the whole, with the classes of its values.

Nothing is made up: what content does not say, the catalogue does not say either.
"""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph import exchange
from lepgraph.exchange import Triple
from lepgraph.media import Format
from lepgraph.terms import (
    ADMS,
    DCAT,
    DCATAP,
    DCTERMS,
    FOAF,
    FORMATS,
    HYDRA,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SD,
    SKOS,
    SPDX,
    VCARD,
    VOID,
)

AUTHORITY = "http://publications.europa.eu/resource/authority/"
"""Where the European Union publishes the tables of terms that DCAT-AP asks for."""

WHOLLY = (
    DCTERMS.publisher, DCTERMS.creator, DCTERMS.license, DCTERMS.rights, DCTERMS.accessRights, DCTERMS.language,
    DCTERMS.spatial, DCTERMS.accrualPeriodicity, DCTERMS.provenance, DCTERMS.conformsTo, DCTERMS.issued,
    DCTERMS.modified, DCAT.contactPoint, DCATAP.availability,
)  # fmt: skip
"""Properties that the whole has for all datasets that do not have them themselves."""

OF_SERIES = (
    DCTERMS.publisher, DCAT.contactPoint, DCTERMS.accrualPeriodicity, DCTERMS.spatial, DCTERMS.issued, DCTERMS.modified,
)  # fmt: skip
"""Those of them that series have too."""

CLASSES = {
    DCTERMS.language: DCTERMS.LinguisticSystem,
    DCTERMS.license: DCTERMS.LicenseDocument,
    DCTERMS.rights: DCTERMS.RightsStatement,
    DCTERMS.accessRights: DCTERMS.RightsStatement,
    DCTERMS.spatial: DCTERMS.Location,
    DCTERMS.temporal: DCTERMS.PeriodOfTime,
    DCTERMS.conformsTo: DCTERMS.Standard,
    DCTERMS.accrualPeriodicity: DCTERMS.Frequency,
    DCTERMS.provenance: DCTERMS.ProvenanceStatement,
    DCTERMS["format"]: DCTERMS.MediaTypeOrExtent,
    DCAT.mediaType: DCTERMS.MediaType,
    DCAT.compressFormat: DCTERMS.MediaType,
    DCAT.packageFormat: DCTERMS.MediaType,
    DCAT.landingPage: FOAF.Document,
    FOAF.homepage: FOAF.Document,
    FOAF.page: FOAF.Document,
    SPDX.algorithm: SPDX.ChecksumAlgorithm,
}
"""What values of a property are, as the property itself says or DCAT-AP does."""

PREFIXES = {
    "adms": ADMS, "dcat": DCAT, "dcatap": DCATAP, "dcterms": DCTERMS, "foaf": FOAF, "formats": FORMATS,
    "hydra": HYDRA, "prov": PROV, "rdfs": RDFS, "sd": SD, "skos": SKOS, "spdx": SPDX, "vcard": VCARD, "void": VOID,
}  # fmt: skip
"""Prefixes of what is written."""
_LEFT_TO_OTHERS = (str(VOID), str(SCHEMA))
"""Namespaces of what the catalogue does not repeat: VoID is a description of its own, the other is for our pages."""


def written(said: Iterable[Triple], form: Format) -> bytes:
    """What is said in a format: of a graph the same bytes in every process, of anything else in the order given."""
    triples = sorted(said) if isinstance(said, Graph) else said
    return exchange.written(triples, form.name, {name: str(namespace) for name, namespace in PREFIXES.items()})


def empty() -> Graph:
    """A graph that knows the prefixes of catalogues."""
    graph = Graph()
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph


def values(said: Graph, whole: URIRef, node: URIRef, predicate: URIRef) -> list[Node]:
    """What a dataset has for a property, or else the whole has for it, in a fixed order."""
    own = list(said.objects(node, predicate))
    if not own and predicate in WHOLLY:
        own = list(said.objects(whole, predicate))
    return sorted(own, key=str)


def repeat(graph: Graph, said: Graph, node: Node) -> None:
    """Adds what content says of a node and of all that it names, as far as a catalogue repeats it."""
    waiting, met = [node], set()
    while waiting:
        at = waiting.pop()
        if at in met:
            continue
        met.add(at)
        for predicate, value in said.predicate_objects(at):
            if str(predicate).startswith(_LEFT_TO_OTHERS) or str(value).startswith(_LEFT_TO_OTHERS):
                continue
            graph.add((at, predicate, value))
            if isinstance(value, URIRef) and predicate not in (RDF.type, DCTERMS.isPartOf):
                waiting.append(value)


def complete(graph: Graph, said: Graph, whole: URIRef, node: URIRef, predicates: Iterable[URIRef]) -> None:
    """Adds what the whole has for a node that does not have it itself."""
    for predicate in predicates:
        for value in values(said, whole, node, predicate):
            graph.add((node, predicate, value))
            if isinstance(value, URIRef):
                repeat(graph, said, value)


def classify(graph: Graph) -> None:
    """Adds the classes of values, so that the graph stands by itself, and the tables that terms are of.

    A table is only called one where its title is known, and a term a concept where its name is: DCAT-AP asks for both.
    """
    for _, predicate, value in list(graph):
        if isinstance(value, Literal):
            continue
        kind = CLASSES.get(URIRef(str(predicate)))
        if kind is not None:
            graph.add((value, RDF.type, kind))
        table, _, code = str(value).removeprefix(AUTHORITY).partition("/")
        if code and str(value).startswith(AUTHORITY):
            graph.add((value, SKOS.inScheme, URIRef(f"{AUTHORITY}{table}")))
    tables = {*graph.objects(None, SKOS.inScheme), *graph.objects(None, DCAT.themeTaxonomy)}
    for term in set(graph.subjects(SKOS.inScheme)):
        if (term, SKOS.prefLabel, None) in graph:
            graph.add((term, RDF.type, SKOS.Concept))
    for scheme in tables:
        if (scheme, DCTERMS.title, None) in graph:
            graph.add((scheme, RDF.type, SKOS.ConceptScheme))
