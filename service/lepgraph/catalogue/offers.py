"""What is on offer: the files of each dataset, and the versions of the dataset."""

from __future__ import annotations

from rdflib import Literal, URIRef
from rdflib.term import Node

from lepgraph.datasets import Dataset
from lepgraph.site import Site
from lepgraph.terms import DCTERMS, XSD


def editions(site: Site) -> list[tuple[str, URIRef]]:
    """The versions that were released, the oldest first: number and identifier."""
    found = [release.number for release in site.history.releases if release.released]
    return [(number, URIRef(f"{site.addresses.base}version/{number}")) for number in found]


def dates(site: Site, dataset: Dataset) -> dict[URIRef, Node]:
    """When a dataset was first published and last changed, by property; what content says goes before what is found.

    A version that did not touch the things of a dataset did not change it.
    """
    said, whole = site.content.catalogue.graph, site.content.catalogue.dataset
    span = site.history.spans(dataset.spaces) if dataset.spaces else None
    found: dict[URIRef, Node] = {}
    for place, predicate in enumerate((DCTERMS.issued, DCTERMS.modified)):
        day = span[place].date if span else ""
        kept = Literal(day, datatype=XSD.date) if day else said.value(whole, predicate)
        value = said.value(dataset.iri, predicate) or kept
        if value is not None:
            found[predicate] = value
    return found


def dump_path(site: Site) -> str:
    """The path of the dump of this version; another version has another path."""
    return file_path(site, f"{site.content.catalogue.key}.nq")


def file_path(site: Site, name: str) -> str:
    """The path of a file of this version; another version has another path."""
    return f"/dump/{site.version.short}/{name}"
