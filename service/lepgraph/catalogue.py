"""What harvesters read: the catalogue (DCAT 3), the VoID description with true counts, and the service description."""

from __future__ import annotations

from urllib.parse import quote, urljoin

from rdflib import Graph, Literal, URIRef

from lepgraph.addresses import partition
from lepgraph.exchange import Triple
from lepgraph.site import Site
from lepgraph.terms import DCAT, DCTERMS, FORMATS, PROV, RDF, SD, SPDX, VOID, XSD

_IANA = "https://www.iana.org/assignments/media-types/"
_EU_FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"
_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_GRAPHS = ("Turtle", "N-Triples", "JSON-LD", "RDF_XML", "TriG", "N-Quads")
_IN_FRAGMENTS = "/?:@!$&'()*+,;=-._~"
"""Characters that a fragment may hold as they are (RFC 3986, 3.5)."""


def dump_path(site: Site) -> str:
    """The path of the dump of this version; another version has another path."""
    return f"/dump/{site.version.short}/{site.content.catalogue.key}.nq"


def catalogue(site: Site, root: str) -> Graph:
    """The catalogue with its dataset, distribution and data service; ``root`` is the public address of the service."""
    base, key = site.addresses.base, site.content.catalogue.key
    graph = _described(site)
    dataset = site.content.catalogue.dataset
    own = URIRef(f"{base}catalog")
    distribution, service = URIRef(f"{base}data/{key}-dump"), URIRef(f"{base}data/{key}-sparql")
    graph.add((own, RDF.type, DCAT.Catalog))
    for predicate in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.license, DCTERMS.language):
        for value in graph.objects(dataset, predicate):
            graph.add((own, predicate, value))
    for predicate in (DCTERMS.issued, DCTERMS.modified):
        for value in graph.objects(dataset, predicate):
            graph.add((own, predicate, value))
    graph.add((own, DCAT.dataset, dataset))
    graph.add((own, DCAT.service, service))
    graph.add((own, URIRef("http://xmlns.com/foaf/0.1/homepage"), URIRef(root)))
    graph.set((dataset, DCAT.landingPage, URIRef(root)))
    graph.add((dataset, URIRef(f"{DCAT}version"), Literal(site.version.short)))
    graph.add((dataset, DCAT.distribution, distribution))
    _distribution(graph, site, distribution, root)
    graph.add((service, RDF.type, DCAT.DataService))
    graph.add((service, DCTERMS.title, Literal("SPARQL endpoint", lang="en")))
    graph.add((service, DCAT.endpointURL, URIRef(urljoin(root, "/sparql"))))
    graph.add((service, DCAT.endpointDescription, URIRef(urljoin(root, "/sparql"))))
    graph.add((service, DCTERMS.conformsTo, URIRef("https://www.w3.org/TR/sparql11-protocol/")))
    graph.add((service, DCAT.servesDataset, dataset))
    return graph


def void(site: Site, root: str) -> Graph:
    """The dataset as VoID: sizes, class and property partitions, all counted in the store that is served."""
    graph = _described(site)
    dataset = site.content.catalogue.dataset
    graph.add((dataset, VOID.sparqlEndpoint, URIRef(urljoin(root, "/sparql"))))
    graph.add((dataset, VOID.dataDump, URIRef(urljoin(root, dump_path(site)))))
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


def _described(site: Site) -> Graph:
    """What the content's catalogue says of itself."""
    graph = Graph()
    for prefix, namespace in (("dcat", DCAT), ("dcterms", DCTERMS), ("void", VOID), ("spdx", SPDX), ("prov", PROV)):
        graph.bind(prefix, namespace)
    for triple in site.content.catalogue.graph:
        graph.add(triple)
    return graph


def _distribution(graph: Graph, site: Site, distribution: URIRef, root: str) -> None:
    dataset = site.content.catalogue.dataset
    address = URIRef(urljoin(root, dump_path(site)))
    checksum = URIRef(f"{distribution}-checksum")
    size = Literal(str(site.version.dump.stat().st_size), datatype=XSD.nonNegativeInteger)
    graph.add((distribution, RDF.type, DCAT.Distribution))
    graph.add((distribution, DCTERMS.title, Literal("All named graphs as N-Quads", lang="en")))
    graph.add((distribution, DCAT.accessURL, address))
    graph.add((distribution, DCAT.downloadURL, address))
    graph.add((distribution, DCAT.mediaType, URIRef(f"{_IANA}application/n-quads")))
    graph.add((distribution, DCTERMS["format"], URIRef(f"{_EU_FILE_TYPE}RDF_N_QUADS")))
    graph.add((distribution, DCAT.byteSize, size))
    graph.add((distribution, SPDX.checksum, checksum))
    graph.add((checksum, RDF.type, SPDX.Checksum))
    graph.add((checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
    graph.add((checksum, SPDX.checksumValue, Literal(site.version.digest, datatype=XSD.hexBinary)))
    for licence in graph.objects(dataset, DCTERMS.license):
        graph.add((distribution, DCTERMS.license, licence))
