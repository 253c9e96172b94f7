"""The metadata quality assessment of data.europa.eu: its published metrics and points, counted for a catalogue.

Each metric asks something of a dataset or of its files, and gives its points in proportion to the datasets and files
that have it; 405 are the most. The metrics are those of the "Metadata quality dashboard" of the data provider manual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rdflib import DCTERMS, RDF, Graph, URIRef
from rdflib.term import Node

from lepgraph.terms import DCAT

EU = "http://publications.europa.eu/resource/authority/"
IANA = "https://www.iana.org/assignments/media-types/"
OPEN = frozenset(
    {"RDF_TURTLE", "RDF_N_TRIPLES", "RDF_N_QUADS", "RDF_TRIG", "RDF_XML", "JSON_LD", "CSV", "TSV", "GEOJSON", "JSON"}
)
"""File types of the European Union's table that a program can read and nobody owns, as far as they occur here."""
MOST = 405

Asked = Callable[[Graph, Node], bool]


@dataclass(frozen=True)
class Metric:
    """What is asked of each dataset or of each of its files, and the points for it."""

    dimension: str
    name: str
    points: int
    of: URIRef
    asks: Asked


def _has(predicate: URIRef) -> Asked:
    return lambda graph, node: (node, predicate, None) in graph


def _among(predicate: URIRef, *tables: str) -> Asked:
    def asks(graph: Graph, node: Node) -> bool:
        values = [str(value) for value in graph.objects(node, predicate)]
        return bool(values) and all(value.startswith(tables) for value in values)

    return asks


def _known_formats(graph: Graph, node: Node) -> bool:
    return _among(DCTERMS["format"], f"{EU}file-type/")(graph, node) and _among(DCAT.mediaType, IANA)(graph, node)


def _open(graph: Graph, node: Node) -> bool:
    return str(graph.value(node, DCTERMS["format"])).removeprefix(f"{EU}file-type/") in OPEN


def metrics(answers: Callable[[str], int], conforms: bool) -> list[Metric]:
    """All metrics; ``answers`` gives the status of an address, ``conforms`` is whether DCAT-AP's shapes were met."""

    def reached(predicate: URIRef) -> Asked:
        def asks(graph: Graph, node: Node) -> bool:
            addresses = list(graph.objects(node, predicate))
            return bool(addresses) and all(200 <= answers(str(address)) < 300 for address in addresses)

        return asks

    one, file = DCAT.Dataset, DCAT.Distribution
    return [
        Metric("Findability", "keywords", 30, one, _has(DCAT.keyword)),
        Metric("Findability", "categories", 30, one, _has(DCAT.theme)),
        Metric("Findability", "places", 20, one, _has(DCTERMS.spatial)),
        Metric("Findability", "times", 20, one, _has(DCTERMS.temporal)),
        Metric("Accessibility", "access addresses that answer", 50, file, reached(DCAT.accessURL)),
        Metric("Accessibility", "download addresses", 20, file, _has(DCAT.downloadURL)),
        Metric("Accessibility", "download addresses that answer", 30, file, reached(DCAT.downloadURL)),
        Metric("Interoperability", "formats", 20, file, _has(DCTERMS["format"])),
        Metric("Interoperability", "media types", 10, file, _has(DCAT.mediaType)),
        Metric("Interoperability", "both from a vocabulary", 10, file, _known_formats),
        Metric("Interoperability", "formats that nobody owns", 20, file, _open),
        Metric("Interoperability", "formats for machines", 20, file, _open),
        Metric("Interoperability", "conformance to DCAT-AP", 30, one, lambda graph, node: conforms),
        Metric("Reusability", "licences", 20, file, _has(DCTERMS.license)),
        Metric("Reusability", "licences from a vocabulary", 10, file, _among(DCTERMS.license, f"{EU}licence/")),
        Metric("Reusability", "access rights", 10, one, _has(DCTERMS.accessRights)),
        Metric(
            "Reusability", "access rights of the vocabulary", 5, one, _among(DCTERMS.accessRights, f"{EU}access-right/")
        ),
        Metric("Reusability", "contact points", 20, one, _has(DCAT.contactPoint)),
        Metric("Reusability", "publishers", 10, one, _has(DCTERMS.publisher)),
        Metric("Contextuality", "rights", 5, file, _has(DCTERMS.rights)),
        Metric("Contextuality", "sizes", 5, file, _has(DCAT.byteSize)),
        Metric("Contextuality", "days of issue", 5, one, _has(DCTERMS.issued)),
        Metric("Contextuality", "days of change", 5, one, _has(DCTERMS.modified)),
    ]


def points(graph: Graph, asked: Iterable[Metric]) -> dict[Metric, float]:
    """The points of a catalogue for each metric."""
    found = {}
    for metric in asked:
        nodes = list(graph.subjects(RDF.type, metric.of))
        met = sum(metric.asks(graph, node) for node in nodes)
        found[metric] = metric.points * met / len(nodes) if nodes else 0.0
    return found
