"""All that examinations share, made ready before the first, so that a process forked then has it at no cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property

from rdflib import RDF, SH, XSD, Graph, URIRef
from rdflib.term import Node

from lepgraph.content import Content
from lepgraph.loading import coordinates
from lepgraph.media import CSV, JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, XLSX
from lepgraph.validation import engine, registers
from lepgraph.validation.changing import changes
from lepgraph.validation.findings import Finding
from lepgraph.validation.handing import Examiner, Kit, Wishes
from lepgraph.validation.published import Published
from lepgraph.validation.reading import contexts
from lepgraph.validation.records import File, Place
from lepgraph.validation.shapes import Shapes
from lepgraph.validation.tables.deriving import templates
from lepgraph.validation.tables.marked import marked
from lepgraph.validation.tables.offering import as_csv, as_xlsx


class Ready:
    """The shapes of a content, and what reads records."""

    def __init__(self, content: Content) -> None:
        self.content = content

    @cached_property
    def kit(self) -> Kit:
        """What examining needs."""
        shapes = Shapes(self.content.shapes, self.content.hierarchy)
        context = contexts.published(self.content)
        tables = registers.read(self.content)
        return Kit(shapes, templates(self.content), self.content.addresses.base, context, tables, self.content.prefixes)

    def examiner(self, published: Published) -> Examiner:
        """What examines with the help of a published graph."""
        return Examiner(self.kit, published)

    def imported(self, *, workbooks: bool) -> None:
        """Has all imported and opened that examining needs: for a process that examines few things, soon."""
        _open()
        examiner = self.examiner(Nothing())
        for kind in sorted(self.kit.shapes.classes, key=str)[:1]:
            examiner.examine([File("", f"<urn:x-nothing> a <{kind}> .".encode(), TURTLE.media_type)], Wishes())
        changes(Graph().add((URIRef("urn:x-a"), RDF.type, RDF.Bag)), Nothing(), self.kit.shapes, (), self.kit.prefixes)
        for form, document in _ONE_IN_EACH.items():
            examiner.read([File("", document, form.media_type)])
        for template in list(self.kit.templates)[:1]:
            examiner.read([File(f"{template.name}.csv", as_csv(template), CSV.media_type)])
        if workbooks:
            self._mark(examiner)

    def warm(self) -> None:
        """Has every constraint read once, and something examined, so that nothing is left to be imported or read."""
        every = frozenset(self.kit.shapes.graph.subjects(RDF.type, SH.NodeShape))
        for shape in every:
            self.kit.shapes.branch(shape)
        engine.validate(engine.Data(), self.kit.shapes.targeting({URIRef("urn:x-nothing"): every}))
        _open()
        examiner = self.examiner(Nothing())
        for kind in sorted(self.kit.shapes.classes, key=str):
            body = f'<urn:x-nothing> <{RDF.type}> <{kind}> ; <urn:x-said> "1"^^<{XSD.gYear}> .'
            examiner.examine([File("", body.encode(), TURTLE.media_type)], Wishes())
        changes(Graph().add((URIRef("urn:x-a"), RDF.type, RDF.Bag)), Nothing(), self.kit.shapes, (), self.kit.prefixes)
        for template in self.kit.templates:
            examiner.read([File(f"{template.name}.csv", as_csv(template), CSV.media_type)])
        for form, document in _ONE_IN_EACH.items():
            examiner.read([File("", document, form.media_type)])
        self._mark(examiner)

    def _mark(self, examiner: Examiner) -> None:
        """Has a workbook read and marked."""
        book = as_xlsx(list(self.kit.templates)[:1], self.kit.base)
        examiner.read([File("a.xlsx", book, XLSX.media_type)])
        marked(File("a.xlsx", book, XLSX.media_type), [_FINDING])


def _open() -> None:
    """Has what libraries import or open when it is first needed."""
    coordinates.fault_of("POLYGON((0 0,1 1,1 0,0 1,0 0))")
    datetime.strptime("2000", "%Y")  # noqa: DTZ007 - its module is imported then


_FINDING = Finding("info", "", "", "", "", "", "", "", "", Place("", 1, 1, cell="A1"))
_TRIPLE = b"<urn:x-a> <urn:x-b> <urn:x-c> ."
_ONE_IN_EACH = {
    TRIG: _TRIPLE,
    N_TRIPLES: _TRIPLE,
    N_QUADS: _TRIPLE,
    JSON_LD: b'{"@id": "urn:x-a", "urn:x-b": "c"}',
    RDF_XML: b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description r:about="urn:x-a"'
    b' r:value="c"/></r:RDF>',
}


class Nothing:
    """A published graph that says nothing."""

    def facts(self, subjects: Sequence[URIRef], properties: Sequence[URIRef]) -> Graph:
        """Nothing."""
        return Graph()

    def inverse(self, prop: URIRef, objects: Sequence[Node]) -> Graph:
        """Nothing."""
        return Graph()

    def called(self, texts: Sequence[str], kind: URIRef) -> dict[str, list[URIRef]]:
        """Nothing."""
        return {text: [] for text in texts}

    def names(self, kind: URIRef) -> list[tuple[URIRef, str]]:
        """Nothing."""
        return []

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """Nothing."""
        return {}
