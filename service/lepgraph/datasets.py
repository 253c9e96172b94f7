"""The datasets that the catalogue offers: the whole graph, and the parts of it that stand by themselves.

``data/catalogue.ttl`` names them: each ``dcat:Dataset`` has ``void:subset`` parts, whose ``void:uriSpace`` says how the
identifiers of its things begin. A dataset that stands by itself has its own things in full, in full too those that no
dataset has as its own (periods, say), and of all else that it names the types and names.
"""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import Literal, URIRef

from lepgraph.content import Content
from lepgraph.errors import ContentFault, Place
from lepgraph.terms import DCAT, DCTERMS, RDF, SCHEMA, VOID

SHAPES = "shape/"
"""Where shapes have their identifiers, below the base; their statements stand in files, not in the graph."""

_FILE = "data/catalogue.ttl"


@dataclass(frozen=True)
class Part:
    """Things that belong together: how their identifiers begin, and the segment of their list, empty if none."""

    iri: URIRef
    key: str
    title: str
    space: str
    segment: str


@dataclass(frozen=True)
class Dataset:
    """A dataset with its parts; the whole graph has none."""

    iri: URIRef
    key: str
    title: str
    description: str
    parts: tuple[Part, ...]
    shapes: bool
    """Whether it consists of the shapes."""

    @property
    def whole(self) -> bool:
        """Whether it is the whole graph."""
        return not self.parts

    @property
    def spaces(self) -> tuple[str, ...]:
        """How the identifiers of its own things begin."""
        return tuple(part.space for part in self.parts)


def datasets(content: Content) -> dict[str, Dataset]:
    """The datasets by key, the whole first and the others by their ``schema:position``.

    Raises ContentFault if one lacks what it needs, or if a thing would belong to two.
    """
    catalogue = content.catalogue
    graph = catalogue.graph
    found = {catalogue.key: _dataset(content, catalogue.dataset)}
    nodes = {URIRef(str(node)) for node in graph.subjects(RDF.type, DCAT.Dataset)} - {catalogue.dataset}
    others = [(_position(content, node), _dataset(content, node)) for node in nodes]
    for _, dataset in sorted(others, key=lambda pair: (pair[0], pair[1].key)):
        if dataset.whole:
            raise ContentFault([(Place(_FILE), f"<{dataset.iri}> has no void:subset with a void:uriSpace")])
        if dataset.iri != URIRef(f"{catalogue.base}data/{dataset.key}"):
            raise ContentFault([(Place(_FILE), f"<{dataset.iri}> is not named after its identifier {dataset.key!r}")])
        found[dataset.key] = dataset
    spaces = sorted((space, dataset.key) for dataset in found.values() for space in dataset.spaces)
    for (outer, one), (inner, other) in zip(spaces, spaces[1:], strict=False):
        if inner.startswith(outer):
            raise ContentFault([(Place(_FILE), f"things of {inner} would be of {one} and of {other}")])
    return found


def _dataset(content: Content, iri: URIRef) -> Dataset:
    graph = content.catalogue.graph

    def text(predicate: URIRef) -> str:
        value = graph.value(iri, predicate)
        if value is None:
            raise ContentFault([(Place(_FILE), f"<{iri}> has no <{predicate}>")])
        return str(value)

    parts = [_part(content, URIRef(str(part))) for part in graph.objects(iri, VOID.subset)]
    parts.sort(key=lambda part: (_position(content, part.iri), part.key))
    shapes = any(part.space == f"{content.catalogue.base}{SHAPES}" for part in parts)
    return Dataset(iri, text(DCTERMS.identifier), text(DCTERMS.title), text(DCTERMS.description), tuple(parts), shapes)


def _part(content: Content, iri: URIRef) -> Part:
    catalogue = content.catalogue
    graph = catalogue.graph
    space = str(graph.value(iri, VOID.uriSpace) or "")
    if not space.startswith(catalogue.base) or space == catalogue.base:
        raise ContentFault([(Place(_FILE), f"<{iri}> needs a void:uriSpace under {catalogue.base}")])
    segment = next((concept.segment for concept in catalogue.concepts.values() if concept.part == iri), "")
    key = iri.rpartition("/")[2]
    return Part(iri, key, str(graph.value(iri, DCTERMS.title) or key), space, segment)


def _position(content: Content, iri: URIRef) -> int:
    value = content.catalogue.graph.value(iri, SCHEMA.position)
    return int(value) if isinstance(value, Literal) else 999
