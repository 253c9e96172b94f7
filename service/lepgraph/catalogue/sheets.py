"""What the pages of the catalogue show of a dataset: its files, what it holds, and what is said of it, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.catalogue import dcat, offers
from lepgraph.datasets import Dataset
from lepgraph.describing import Value
from lepgraph.distributing.files import Distribution
from lepgraph.site import Site
from lepgraph.terms import DCAT, DCTERMS, FOAF, LABELS, VCARD
from lepgraph.words import in_words, local_name, sized

_FACTS = (
    (DCTERMS.temporal, "Years covered"),
    (DCTERMS.spatial, "Places covered"),
    (DCAT.theme, "Themes"),
    (DCAT.keyword, "Keywords"),
    (DCTERMS.conformsTo, "Model"),
    (DCTERMS.language, "Language"),
    (DCTERMS.issued, "First published"),
    (DCTERMS.modified, "Last changed"),
    (DCTERMS.accrualPeriodicity, "How often it changes"),
    (DCTERMS.license, "Licence"),
    (DCTERMS.rights, "Rights"),
    (DCTERMS.accessRights, "Access"),
    (DCTERMS.provenance, "Where it comes from"),
    (DCTERMS.publisher, "Publisher"),
    (DCAT.contactPoint, "Contact"),
)
"""What a page says of a dataset, in its order."""

_TOLD = (DCTERMS.rights, DCTERMS.provenance)
"""Properties whose values are read in full, not by their names."""
_LEADING = (
    DCTERMS.spatial, DCTERMS.conformsTo, DCTERMS.license, DCTERMS.publisher, DCAT.theme, DCAT.contactPoint,
    DCAT.inSeries,
)  # fmt: skip
"""Properties whose values are worth a visit."""


@dataclass(frozen=True)
class Download:
    """A file with its address, and the compressed one beside it if there is one."""

    label: str
    """Its format, or its title if there are several of that format."""
    file: Distribution
    path: str
    compressed: Distribution | None
    compressed_path: str
    described_path: str
    """Of a table, where its columns are described."""

    @property
    def size(self) -> str:
        """The size of the file as people write it."""
        return sized(self.file.size)

    @property
    def compressed_size(self) -> str:
        """The size of the compressed one as people write it."""
        return sized(self.compressed.size) if self.compressed else ""


@dataclass(frozen=True)
class Holding:
    """A part of a dataset: what its things are called, where they are listed, and how many there are."""

    title: str
    segment: str
    entities: int
    triples: int


class Sheet:
    """What is shown of one dataset; ``root`` is the public address of the service."""

    def __init__(self, site: Site, dataset: Dataset, root: str) -> None:
        self._site = site
        self._root = root
        self.dataset = dataset

    @cached_property
    def _graph(self) -> Graph:
        return dcat.described(self._site, self.dataset, self._root)

    @property
    def facts(self) -> list[tuple[str, list[Value]]]:
        """What the catalogue says of it, in words."""
        found = []
        for predicate, label in _FACTS:
            values = sorted(self._graph.objects(self.dataset.iri, predicate), key=str)
            if values:
                found.append((label, [self._value(predicate, value) for value in values]))
        return found

    @property
    def series(self) -> list[Value]:
        """The series that it belongs to."""
        values = sorted(self._graph.objects(self.dataset.iri, DCAT.inSeries), key=str)
        return [self._value(DCAT.inSeries, value) for value in values]

    @cached_property
    def downloads(self) -> list[Download]:
        """Its files, each once, with the compressed form beside the plain one."""
        files = self._site.distributions.of(self.dataset.key)
        plain = {file.name for file in files if not file.compressed}
        beside = {file.name.rpartition(".")[0]: file for file in files if file.compressed}
        shown = [file for file in files if not file.compressed or file.name.rpartition(".")[0] not in plain]
        numbers = Counter(file.format.title for file in shown)
        return [self._download(file, beside.get(file.name), numbers) for file in shown]

    @property
    def formats(self) -> list[tuple[str, str, str]]:
        """The formats that it comes in: name, address and size of the file, or how many files there are."""
        found: dict[str, list[Download]] = {}
        for download in self.downloads:
            found.setdefault(download.file.format.title, []).append(download)
        page = f"{dcat.landing(self.dataset, '/')}#downloads"
        return [
            (title, files[0].path, files[0].size) if len(files) == 1 else (title, page, f"{len(files)} files")
            for title, files in found.items()
        ]

    @property
    def triples(self) -> int | None:
        """How many statements it holds, if that is known."""
        if self.dataset.whole:
            return self._site.counts.triples
        return self._site.distributions.triples(self.dataset.key)

    @property
    def holdings(self) -> list[Holding]:
        """Its parts; of the whole, all that are listed."""
        found = []
        parts = [(part.title, part.segment, part.space) for part in self.dataset.parts]
        if self.dataset.whole:
            concepts = self._site.content.catalogue.concepts.values()
            parts = [(one.title, one.segment, str(self._site.addresses.thing(one.segment, ""))) for one in concepts]
        for title, segment, space in parts:
            extent = self._site.extents.spaces.get(space)
            if extent:
                found.append(Holding(title, segment, extent.entities, extent.triples))
        return found

    def _download(self, file: Distribution, beside: Distribution | None, numbers: Mapping[str, int]) -> Download:
        label = file.format.title if numbers[file.format.title] == 1 else file.title
        path = offers.file_path(self._site, file.name)
        other = offers.file_path(self._site, beside.name) if beside else ""
        described = offers.file_path(self._site, file.described) if file.described else ""
        return Download(label, file, path, beside, other, described)

    def _value(self, predicate: URIRef, value: Node) -> Value:
        if isinstance(value, Literal):
            return Value(in_words(value))
        text = self._text(value, (DCTERMS.description, *LABELS) if predicate in _TOLD else LABELS)
        if predicate not in _LEADING:
            return Value(text)
        page = self._graph.value(value, FOAF.page) or self._graph.value(value, VCARD.hasURL)
        return self._leading(text, str(page or value))

    def _text(self, value: Node, predicates: tuple[URIRef, ...]) -> str:
        for predicate in (*predicates, VCARD.fn):
            found = self._graph.value(value, predicate)
            if found is not None:
                return str(found)
        return self._site.describer.labels([str(value)]).get(str(value)) or local_name(str(value))

    def _leading(self, text: str, iri: str) -> Value:
        path = self._site.addresses.path(iri)
        return Value(text, path) if path else Value(text, iri, outside=True)


def sheets(site: Site, root: str) -> list[Sheet]:
    """What is shown of each dataset on offer."""
    return [Sheet(site, dataset, root) for dataset in offers.datasets(site)]
