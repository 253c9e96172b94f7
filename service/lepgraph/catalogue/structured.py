"""Datasets and the catalogue as schema.org describes them, as search engines for data read it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from rdflib import Graph, URIRef

from lepgraph.catalogue import dcat, offers
from lepgraph.datasets import Dataset
from lepgraph.distributing.files import Distribution
from lepgraph.site import Site
from lepgraph.terms import DCAT, DCTERMS, LABELS

SHORTEST = 50
"""Characters that a description has at least where it is read by search engines for data."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def dataset(site: Site, one: Dataset, root: str) -> dict[str, Any]:
    """A dataset with its files, its parts or what it is part of, and the catalogue that it is in."""
    graph = dcat.described(site, one, root)
    found = {**_core(site, one, graph, root), **_coverage(graph, one.iri)}
    found |= {role: site.markup.agent(found[role]) for role in ("creator", "publisher") if role in found}
    whole = next(iter(site.datasets.values()))
    if one.whole:
        parts = [other for other in offers.datasets(site) if not other.whole]
        found |= {"hasPart": [_named(site, part, root) for part in parts]} if parts else {}
    else:
        found["isPartOf"] = _named(site, whole, root)
    found["includedInDataCatalog"] = {
        "@type": "DataCatalog",
        "@id": f"{site.addresses.base}catalog",
        "name": whole.title,
    }
    files = [_download(site, file, root) for file in site.distributions.of(one.key)]
    return found | ({"distribution": files} if files else {})


def catalogue(site: Site, root: str) -> dict[str, Any]:
    """The catalogue with its datasets."""
    whole = next(iter(site.datasets.values()))
    found = dataset(site, whole, root)
    kept = ("description", "creator", "publisher", "license", "keywords", "inLanguage", "datePublished", "dateModified")
    return {
        "@context": "https://schema.org",
        "@id": f"{site.addresses.base}catalog",
        "@type": "DataCatalog",
        "name": whole.title,
        "url": urljoin(root, "/catalog"),
        **{name: found[name] for name in kept if name in found},
        "dataset": [_named(site, one, root) for one in offers.datasets(site)],
    }


def _core(site: Site, one: Dataset, graph: Graph, root: str) -> dict[str, Any]:
    found = site.markup.described(str(one.iri), graph.predicate_objects(one.iri))
    found |= {
        "@type": "Dataset",
        "description": _description(site, one),
        "identifier": str(one.iri),
        "isAccessibleForFree": True,
        "license": site.content.catalogue.licence,
        "url": dcat.landing(one, root),
        "version": offers.current(site).number,
    }
    language = graph.value(one.iri, DCTERMS.language)
    return found | ({"inLanguage": "en"} if str(language).endswith("/ENG") else {})


def _named(site: Site, one: Dataset, root: str) -> dict[str, Any]:
    return {
        "@type": "Dataset",
        "@id": str(one.iri),
        "name": one.title,
        "description": _description(site, one),
        "url": dcat.landing(one, root),
        "license": site.content.catalogue.licence,
    }


def _description(site: Site, one: Dataset) -> str:
    if len(one.description) >= SHORTEST:
        return one.description
    whole = next(iter(site.datasets.values()))
    return (
        f"{one.description} Part of “{whole.title}”: {whole.description}"
        if one != whole
        else f"{one.title}. {one.description}"
    )


def _coverage(graph: Graph, node: URIRef) -> dict[str, Any]:
    found: dict[str, Any] = {}
    period = graph.value(node, DCTERMS.temporal)
    ends = [graph.value(period, predicate) for predicate in (DCAT.startDate, DCAT.endDate)] if period else []
    if ends and ends[0]:
        found["temporalCoverage"] = f"{ends[0]}/{ends[1] or '..'}"
    places = sorted(graph.objects(node, DCTERMS.spatial), key=str)
    if places:
        found["spatialCoverage"] = [_place(graph, URIRef(str(place))) for place in places]
    return found


def _place(graph: Graph, place: URIRef) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "Place", "@id": str(place)}
    names = [str(name) for label in LABELS for name in graph.objects(place, label)]
    if names:
        found["name"] = min(names)
    numbers = [float(number) for number in _NUMBER.findall(str(graph.value(place, DCAT.bbox) or ""))]
    if numbers:
        east, north = numbers[::2], numbers[1::2]
        found["geo"] = {"@type": "GeoShape", "box": f"{min(north)} {min(east)} {max(north)} {max(east)}"}
    return found


def _download(site: Site, file: Distribution, root: str) -> dict[str, Any]:
    return {
        "@type": "DataDownload",
        "name": file.title,
        "contentUrl": urljoin(root, offers.file_path(site, file.name)),
        "encodingFormat": [file.format.media_type, *filter(None, (file.compressed, file.packed))],
        "contentSize": f"{file.size} B",
        "sha256": file.digest,
    }
