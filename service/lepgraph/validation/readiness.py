"""All that examinations share, made ready before the first, so that a process forked then has it at no cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from rdflib import RDF, SH, XSD, Graph, URIRef
from rdflib.term import Node

from lepgraph.content import Content
from lepgraph.media import TURTLE
from lepgraph.validation import engine
from lepgraph.validation.handing import Examiner, Wishes
from lepgraph.validation.published import Published
from lepgraph.validation.records import File
from lepgraph.validation.shapes import Shapes


class Ready:
    """The shapes of a content, and what reads records."""

    def __init__(self, content: Content) -> None:
        self.content = content

    @cached_property
    def shapes(self) -> Shapes:
        """The shapes."""
        return Shapes(self.content.shapes, self.content.hierarchy)

    def examiner(self, published: Published) -> Examiner:
        """What examines with the help of a published graph."""
        return Examiner(self.shapes, published, f"{self.content.addresses.base}id/")

    def warm(self) -> None:
        """Has every constraint read once, and something examined, so that nothing is left to be imported or read."""
        every = frozenset(self.shapes.graph.subjects(RDF.type, SH.NodeShape))
        self.shapes.branch(every)
        engine.validate(engine.Data(), self.shapes.targeting({URIRef("urn:x-nothing"): every}))
        examiner = self.examiner(Nothing())
        for kind in sorted(self.shapes.classes, key=str):
            body = f'<urn:x-nothing> <{RDF.type}> <{kind}> ; <urn:x-said> "1"^^<{XSD.gYear}> .'
            examiner.examine([File("", body.encode(), TURTLE.media_type)], Wishes())


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
