"""The services over the graph: as data services of the catalogue, and the SPARQL endpoint's description of itself."""

from __future__ import annotations

from urllib.parse import quote, urljoin

from rdflib import Graph, Literal, URIRef

from lepgraph.catalogue import saying
from lepgraph.exchange import Triple
from lepgraph.site import Site
from lepgraph.terms import DCAT, DCTERMS, FORMATS, RDF, RDFS, SD, VOID

_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_GRAPHS = ("Turtle", "N-Triples", "JSON-LD", "RDF_XML", "TriG", "N-Quads")
_IN_FRAGMENTS = "/?:@!$&'()*+,;=-._~"
"""Characters that a fragment may hold as they are (RFC 3986, 3.5)."""

_SHARED = (
    DCTERMS.publisher, DCTERMS.license, DCTERMS.accessRights, DCAT.contactPoint, DCAT.theme, DCAT.keyword,
)  # fmt: skip
"""What services have from the whole that they serve."""

_CHANGES = "changes"
_SERVICES = (
    (
        "sparql",
        "SPARQL endpoint",
        "Answers queries in SPARQL 1.1 over the whole graph, each with its format by negotiation.",
        "/sparql",
        "/sparql",
        ("https://www.w3.org/TR/sparql11-protocol/", "SPARQL 1.1 Protocol"),
    ),
    (
        "questions",
        "Stored questions",
        "Answers stored questions with typed parameters as JSON, XML, CSV or TSV, over plain HTTP.",
        "/queries",
        "/openapi.json",
        ("https://spec.openapis.org/oas/v3.1.0", "OpenAPI Specification 3.1"),
    ),
    (
        _CHANGES,
        "Stream of changes",
        "Says what became of each thing in each version that was released, for clients that keep a copy in step.",
        "/ldes",
        "/ldes",
        ("https://w3id.org/ldes/specification", "Linked Data Event Streams"),
    ),
)
"""Name, title, description, path of the endpoint, path of its description, and the standard it keeps."""


def services(graph: Graph, site: Site, root: str) -> list[URIRef]:
    """Adds the data services, which serve the whole, and gives their identifiers."""
    said, whole = site.content.catalogue.graph, site.content.catalogue.dataset
    found = []
    for name, title, description, endpoint, documented, (standard, called) in _SERVICES:
        if name == _CHANGES and not site.versioned:
            continue
        node = URIRef(f"{whole}#{name}")
        found.append(node)
        graph.add((node, RDF.type, DCAT.DataService))
        graph.add((node, DCTERMS.title, Literal(title, lang="en")))
        graph.add((node, DCTERMS.description, Literal(description, lang="en")))
        graph.add((node, DCAT.endpointURL, URIRef(urljoin(root, endpoint))))
        graph.add((node, DCAT.endpointDescription, URIRef(urljoin(root, documented))))
        graph.add((node, DCTERMS.conformsTo, URIRef(standard)))
        graph.add((URIRef(standard), RDFS.label, Literal(called, lang="en")))
        graph.add((node, DCAT.servesDataset, whole))
        for predicate in _SHARED:
            for value in saying.values(said, whole, whole, predicate):
                graph.add((node, predicate, value))
    return found


def service_description(site: Site, root: str) -> list[Triple]:
    """The endpoint as SPARQL 1.1 Service Description says it, in a fixed order."""
    endpoint = URIRef(urljoin(root, "/sparql"))
    dataset, default = URIRef(f"{endpoint}#dataset"), URIRef(f"{endpoint}#default")
    base = site.addresses.base
    said: list[Triple] = [
        (endpoint, RDF.type, SD.Service),
        (endpoint, DCTERMS.title, Literal(f"SPARQL endpoint of {site.content.catalogue.title}", lang="en")),
        (endpoint, DCTERMS.description, Literal(f"Relative IRIs in queries are read against <{base}>.", lang="en")),
        (endpoint, SD.endpoint, endpoint),
        (endpoint, SD.supportedLanguage, SD.SPARQL11Query),
        (endpoint, SD.feature, SD.UnionDefaultGraph),
        *((endpoint, SD.resultFormat, FORMATS[name]) for name in (*_RESULTS, *_GRAPHS)),
        (endpoint, SD.defaultDataset, dataset),
        (dataset, RDF.type, SD.Dataset),
        (dataset, DCTERMS.source, site.content.catalogue.dataset),
        (dataset, SD.defaultGraph, default),
        (default, RDF.type, SD.Graph),
        (default, VOID.triples, Literal(site.counts.triples)),
    ]
    if site.settings.services:
        said.append((endpoint, SD.feature, SD.BasicFederatedQuery))
    member, kind, name, holds, held = SD.namedGraph, SD.NamedGraph, SD.name, SD.graph, SD.Graph
    triples = VOID.triples
    sizes = {number: Literal(number) for number in set(site.counts.graphs.values())}
    for iri, number in site.counts.graphs.items():
        graph = URIRef(iri)
        named = URIRef(f"{endpoint}#{quote(iri.removeprefix(base), safe=_IN_FRAGMENTS)}")
        said += [
            (dataset, member, named),
            (named, RDF.type, kind),
            (named, name, graph),
            (named, holds, graph),
            (graph, RDF.type, held),
            (graph, triples, sizes[number]),
        ]
    return said
