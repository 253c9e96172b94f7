"""From what was handed in to the outcome: files are read, checked and, where they conform, compared with the graph.

Everything here is pure but for the questions to the published graph; where it runs is ``isolation``'s matter.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rdflib import URIRef

from lepgraph.errors import ContentFault, RecordFault
from lepgraph.media import TURTLE
from lepgraph.terms import RDF, SH
from lepgraph.validation import reading
from lepgraph.validation.checking import Validator
from lepgraph.validation.findings import Finding, Report
from lepgraph.validation.published import Published
from lepgraph.validation.records import File, Place, Record
from lepgraph.validation.shapes import Shapes

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wishes:
    """What is wanted besides the report. ``only`` are shapes to check by, all if empty; ``own`` are other shapes."""

    only: tuple[str, ...] = ()
    own: bytes = b""
    marked: bool = False


@dataclass(frozen=True)
class Outcome:
    """The report on what was handed in, and what was asked for besides."""

    report: Report
    marked: bytes = field(default=b"", repr=False)
    """The sender's own table with the faulty cells marked."""

    def members(self) -> dict[str, Any]:
        """As JSON can hold it, but for ``marked``."""
        report = self.report
        return {
            "findings": [asdict(finding) for finding in report.findings],
            "checked": report.checked,
            "triples": report.triples,
        }

    @classmethod
    def restored(cls, members: Mapping[str, Any], marked: bytes) -> Outcome:
        """The outcome that has these members."""
        findings = tuple(Finding(**{**found, "place": Place(**found["place"])}) for found in members["findings"])
        return cls(Report(findings, int(members["checked"]), str(members["triples"])), marked)


class Examiner:
    """Reads and checks what is handed in. ``base`` is what relative addresses in it are relative to."""

    def __init__(self, shapes: Shapes, published: Published, base: str) -> None:
        self.shapes = shapes
        self.published = published
        self.base = base

    def examine(self, files: Sequence[File], wishes: Wishes) -> Outcome:
        """The outcome for some files together; raises a RequestFault for what cannot be read or checked."""
        record = self.read(files)
        shapes = self._given(wishes.own) if wishes.own else self.shapes
        validator = Validator(shapes, self.published)
        return Outcome(validator.check(record, frozenset(map(URIRef, wishes.only))))

    def read(self, files: Sequence[File]) -> Record:
        """What the files say together."""
        return reading.read_all([(file, reading.format_named(file.media)) for file in files], self.base)

    def _given(self, body: bytes) -> Shapes:
        """Shapes from outside; raises RecordFault for what cannot be used as shapes."""
        graph = reading.read(File("the shapes", body), TURTLE, self.base).graph
        shapes = Shapes(graph, self.shapes.hierarchy)
        try:
            for shape in graph.subjects(RDF.type, SH.NodeShape):
                shapes.branch(frozenset({shape}))
            logger.debug("shapes with %d bounds", len(shapes.bounds))
        except (ContentFault, ValueError) as error:
            raise RecordFault(f"The shapes cannot be used: {error}") from error
        return shapes
