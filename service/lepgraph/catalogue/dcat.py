"""The catalogue as DCAT 3 and DCAT-AP 3.0.1 have it: datasets, their series, their files, and services over them.

Every node has an identifier that stays the same from version to version: nothing is blank.
"""

from __future__ import annotations

from urllib.parse import quote, urljoin

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.catalogue import offers, saying
from lepgraph.catalogue.pages import Page
from lepgraph.catalogue.services import services
from lepgraph.datasets import Dataset
from lepgraph.distributing.files import Distribution
from lepgraph.media import CSV, GEOJSON, JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TSV, TURTLE, XLSX, Format
from lepgraph.site import Site
from lepgraph.terms import ADMS, DCAT, DCATAP, DCTERMS, FOAF, HYDRA, RDF, SKOS, SPDX, XSD

_IANA = "https://www.iana.org/assignments/media-types/"
_FILE_TYPES = {
    TURTLE: "RDF_TURTLE", N_TRIPLES: "RDF_N_TRIPLES", N_QUADS: "RDF_N_QUADS", TRIG: "RDF_TRIG", RDF_XML: "RDF_XML",
    JSON_LD: "JSON_LD", CSV: "CSV", TSV: "TSV", GEOJSON: "GEOJSON", XLSX: "XLSX",
}  # fmt: skip
"""What the European Union's table of file types calls our formats."""
_OF_CATALOGUE = (
    DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.creator, DCTERMS.license, DCTERMS.rights,
    DCTERMS.language, DCTERMS.spatial, DCTERMS.temporal, DCTERMS.issued, DCTERMS.modified,
)  # fmt: skip
"""Properties that the catalogue has from the whole."""
_OF_DATASET = tuple(
    term for term in saying.WHOLLY if term not in (DCATAP.availability, DCTERMS.issued, DCTERMS.modified)
)
"""Properties that a dataset has from the whole."""
_OF_FILE = (DCTERMS.license, DCTERMS.rights, DCTERMS.language, DCATAP.availability)
"""Properties that a file has from its dataset."""


def catalogue(site: Site, root: str, page: Page | None = None) -> Graph:
    """The catalogue, or the part of it on one page; ``root`` is the public address of the service.

    Each page stands by itself: it has the catalogue, its own datasets, their series and files, and the services.
    """
    graph = saying.empty()
    own, whole = URIRef(f"{site.addresses.base}catalog"), site.content.catalogue.dataset
    said = site.content.catalogue.graph
    graph.add((own, RDF.type, DCAT.Catalog))
    for predicate in _OF_CATALOGUE:
        for value in said.objects(whole, predicate):
            graph.add((own, predicate, value))
            saying.repeat(graph, said, value)
    for scheme in {scheme for theme in said.objects(None, DCAT.theme) for scheme in _schemes(str(theme))}:
        if (scheme, None, None) in said:
            graph.add((own, DCAT.themeTaxonomy, scheme))
            saying.repeat(graph, said, scheme)
    graph.add((own, FOAF.homepage, URIRef(root)))
    shown = offers.datasets(site)
    for dataset in shown[page.first : page.last] if page else shown:
        graph.add((own, DCAT.dataset, dataset.iri))
        _dataset(graph, site, dataset, root)
        if dataset.whole:
            for service in services(graph, site, root):
                graph.add((own, DCAT.service, service))
    if page:
        _paged(graph, own, page)
    saying.classify(graph)
    return graph


def described(site: Site, dataset: Dataset, root: str) -> Graph:
    """One dataset with its files."""
    graph = saying.empty()
    _dataset(graph, site, dataset, root)
    saying.classify(graph)
    return graph


def landing(dataset: Dataset, root: str) -> str:
    """The address of the page about a dataset."""
    return urljoin(root, f"/data/{quote(dataset.key)}")


def _schemes(theme: str) -> list[URIRef]:
    return [URIRef(theme.rpartition("/")[0])] if theme.startswith(saying.AUTHORITY) else []


def _dataset(graph: Graph, site: Site, dataset: Dataset, root: str) -> None:
    said, whole, node = site.content.catalogue.graph, site.content.catalogue.dataset, dataset.iri
    saying.repeat(graph, said, node)
    saying.complete(graph, said, whole, node, _OF_DATASET)
    for predicate, value in offers.dates(site, dataset).items():
        graph.set((node, predicate, value))
    graph.remove((node, DCATAP.availability, None))
    graph.set((node, DCAT.landingPage, URIRef(landing(dataset, root))))
    for series in said.objects(node, DCAT.inSeries):
        saying.complete(graph, said, whole, URIRef(str(series)), saying.OF_SERIES)
    release = offers.current(site)
    graph.add((node, DCAT.version, Literal(release.number)))
    graph.add((node, ADMS.versionNotes, Literal(release.notes, lang="en")))
    if dataset.whole:
        for _, iri in offers.editions(site):
            graph.add((node, DCAT.hasVersion, iri))
    terms = _terms(graph, site, dataset)
    for file in site.distributions.of(dataset.key):
        offered = _file(graph, site, dataset, file, root)
        graph.add((node, DCAT.distribution, offered))
        for predicate, value in terms:
            graph.add((offered, predicate, value))


def _file(graph: Graph, site: Site, dataset: Dataset, file: Distribution, root: str) -> URIRef:
    node = URIRef(f"{dataset.iri}#{file.name}")
    graph.add((node, RDF.type, DCAT.Distribution))
    graph.add((node, DCTERMS.title, Literal(file.title, lang="en")))
    graph.add((node, DCTERMS.description, Literal(_description(dataset, file), lang="en")))
    graph.add((node, DCAT.accessURL, URIRef(landing(dataset, root))))
    graph.add((node, DCAT.downloadURL, URIRef(urljoin(root, offers.file_path(site, file.name)))))
    graph.add((node, DCAT.byteSize, Literal(str(file.size), datatype=XSD.nonNegativeInteger)))
    _format(graph, node, file)
    checksum(graph, node, file.digest)
    if file.described:
        graph.add((node, FOAF.page, URIRef(urljoin(root, offers.file_path(site, file.described)))))
    if dataset.whole:
        graph.add((node, DCAT.accessService, URIRef(f"{dataset.iri}#sparql")))
    return node


def _terms(graph: Graph, site: Site, dataset: Dataset) -> list[tuple[URIRef, Node]]:
    """On what terms each file of a dataset is offered, and when it was made: as the dataset."""
    said, whole = site.content.catalogue.graph, site.content.catalogue.dataset
    found = [
        (predicate, value) for predicate in _OF_FILE for value in saying.values(said, whole, dataset.iri, predicate)
    ]
    for _, value in found:
        saying.repeat(graph, said, value)
    return [*found, *offers.dates(site, dataset).items()]


def _description(dataset: Dataset, file: Distribution) -> str:
    text = file.title if file.title.startswith(dataset.title) else f"{file.title}, of the dataset “{dataset.title}”"
    if file.packed:
        text += ", several files in one package"
    return f"{text}, described by CSV on the Web metadata." if file.described else f"{text}."


def _format(graph: Graph, node: URIRef, file: Distribution) -> None:
    graph.add((node, DCAT.mediaType, media(file.format.media_type)))
    if file.format in _FILE_TYPES:
        graph.add((node, DCTERMS["format"], _file_type(graph, file.format)))
    if file.compressed:
        graph.add((node, DCAT.compressFormat, media(file.compressed)))
    if file.packed:
        graph.add((node, DCAT.packageFormat, media(file.packed)))


def media(media_type: str) -> URIRef:
    """A media type as IANA, and so DCAT, names it."""
    return URIRef(f"{_IANA}{media_type}")


def _file_type(graph: Graph, form: Format) -> URIRef:
    node = URIRef(f"{saying.AUTHORITY}file-type/{_FILE_TYPES[form]}")
    graph.add((node, SKOS.prefLabel, Literal(form.title, lang="en")))
    return node


def checksum(graph: Graph, node: URIRef, digest: str) -> None:
    """Adds the SHA-256 of a file, in hexadecimal digits, to what is said of it."""
    own = URIRef(f"{node}-checksum")
    graph.add((node, SPDX.checksum, own))
    graph.add((own, RDF.type, SPDX.Checksum))
    graph.add((own, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
    graph.add((own, SPDX.checksumValue, Literal(digest, datatype=XSD.hexBinary)))


def _paged(graph: Graph, own: URIRef, page: Page) -> None:
    """Where the other pages are, in the terms of Hydra today and in those that older harvesters read."""
    node = URIRef(page.address(page.number))
    graph.bind("hydra", HYDRA)
    graph.add((own, RDF.type, HYDRA.Collection))
    graph.add((own, HYDRA.view, node))
    for kind in (HYDRA.PartialCollectionView, HYDRA.PagedCollection):
        graph.add((node, RDF.type, kind))
    for name, number in page.others().items():
        for predicate in (HYDRA[name], HYDRA[f"{name}Page"]):
            graph.add((node, predicate, URIRef(page.address(number))))
    for subject in (own, node):
        graph.add((subject, HYDRA.totalItems, Literal(page.total)))
    graph.add((node, HYDRA.itemsPerPage, Literal(page.size)))
