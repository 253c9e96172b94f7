"""What is on offer: the files of each dataset, and the versions of the dataset."""

from __future__ import annotations

from rdflib import Literal, URIRef
from rdflib.term import Node

from lepgraph.datasets import Dataset
from lepgraph.releases.register import Release
from lepgraph.site import Site
from lepgraph.terms import DCTERMS, XSD

NOT_KNOWN = "What is served is no version of a dataset that is kept."


def current(site: Site) -> Release:
    """The version that is served, named after what it holds if it is none of those that are kept."""
    if site.versioned:
        return site.history.current
    return Release(site.version.short, "", site.version.digest, NOT_KNOWN, released=False)


def editions(site: Site) -> list[tuple[str, URIRef]]:
    """The versions that were released, the oldest first: number and identifier."""
    if not site.versioned:
        return []
    found = [release.number for release in site.history.releases if release.released]
    return [(number, URIRef(f"{site.addresses.base}version/{number}")) for number in found]


def dates(site: Site, dataset: Dataset) -> dict[URIRef, Node]:
    """When a dataset was first published and last changed, by property; what content says goes before what is found.

    A version that did not touch the things of a dataset did not change it.
    """
    said, whole = site.content.catalogue.graph, site.content.catalogue.dataset
    span = site.history.spans(dataset.spaces) if dataset.spaces and site.versioned else None
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


def datasets(site: Site) -> list[Dataset]:
    """The datasets that are served: the whole alone if files are served in place of the content's own data."""
    found = list(site.datasets.values())
    return found[:1] if site.version.files else found
