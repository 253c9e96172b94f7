"""From what was handed in to the outcome: files are read, checked and, where they conform, compared with the graph.

Everything here is pure but for the questions to the published graph; where it runs is ``isolation``'s matter.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rdflib import URIRef

from lepgraph.errors import ContentFault, ParameterFault, RecordFault, ShapesFault
from lepgraph.media import CSV, TURTLE, XLSX
from lepgraph.terms import RDF, SH
from lepgraph.validation import kinds, reading, registers
from lepgraph.validation.changes import Changes
from lepgraph.validation.changing import changes
from lepgraph.validation.checking import Validator
from lepgraph.validation.findings import Finding, Report, Thing
from lepgraph.validation.published import Published
from lepgraph.validation.records import File, Place, Record
from lepgraph.validation.shapes import Shapes
from lepgraph.validation.tables.delimited import read_csv
from lepgraph.validation.tables.templates import Templates
from lepgraph.validation.tables.workbooks import read_xlsx

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wishes:
    """What is wanted besides the report. ``only`` are shapes to check by, all if empty; ``own`` are other shapes.

    With ``reading`` nothing is checked but whether the files can be read.
    """

    only: tuple[str, ...] = ()
    own: bytes = b""
    marked: bool = False
    changes: bool = True
    reading: bool = False


@dataclass(frozen=True)
class Outcome:
    """The report on what was handed in, and what was asked for besides."""

    report: Report
    changes: Changes | None = None
    """What would change in the published graph, for a record without violations."""
    marked: bytes = field(default=b"", repr=False)
    """The sender's own table with the faulty cells marked."""

    def members(self) -> dict[str, Any]:
        """As JSON can hold it, but for ``marked``."""
        report = self.report
        return {
            "findings": [asdict(finding) for finding in report.findings],
            "checked": report.checked,
            "triples": report.triples,
            "things": [asdict(thing) for thing in report.things],
            "changes": self.changes.members() if self.changes else None,
        }

    @classmethod
    def restored(cls, members: Mapping[str, Any], marked: bytes) -> Outcome:
        """The outcome that has these members."""
        findings = tuple(Finding(**{**found, "place": Place(**found["place"])}) for found in members["findings"])
        things = tuple(Thing(**{**thing, "place": Place(**thing["place"])}) for thing in members.get("things", ()))
        report = Report(findings, int(members["checked"]), str(members["triples"]), things)
        changes = Changes.restored(members["changes"]) if members["changes"] else None
        return cls(report, changes, marked)


@dataclass(frozen=True)
class Kit:
    """What reading and checking need of a content, made ready once."""

    shapes: Shapes
    templates: Templates
    base: str
    """What the identifiers of the content begin with."""
    context: reading.Published | None = None
    """The JSON-LD context that documents may name."""
    registers: tuple[registers.Table, ...] = ()
    prefixes: Mapping[str, str] = field(default_factory=dict)


class Examiner:
    """Reads and checks what is handed in."""

    def __init__(self, kit: Kit, published: Published) -> None:
        self.kit = kit
        self.published = published

    def examine(self, files: Sequence[File], wishes: Wishes) -> Outcome:
        """The outcome for some files together; raises a RequestFault for what cannot be read or checked."""
        record = self.read(files)
        if wishes.reading:
            return Outcome(Report((), 0, ""))
        shapes = self._given(wishes.own) if wishes.own else self.kit.shapes
        report = Validator(shapes, self.published).check(record, self._only(wishes.only, shapes))
        if not report.conforms or wishes.own or not wishes.changes:
            return Outcome(report)
        kit = self.kit
        return Outcome(report, changes(record.graph, self.published, shapes, kit.registers, kit.prefixes))

    def read(self, files: Sequence[File]) -> Record:
        """What the files say together; each is of the kind that its media type says."""
        return reading.together([self._read(file) for file in files])

    def _read(self, file: File) -> Record:
        kind = kinds.of_type(file.media)
        if kind == CSV:
            return read_csv(file, self.kit.templates, self.kit.base)
        if kind == XLSX:
            return read_xlsx(file, self.kit.templates, self.kit.base)
        return reading.read(file, kind, f"{self.kit.base}id/", self.kit.context)

    def _only(self, names: Sequence[str], shapes: Shapes) -> frozenset[URIRef]:
        """The shapes that are named by their whole address or its last part; raises ParameterFault for others."""
        known = {str(shape): shape for shape in shapes.graph.subjects(RDF.type, SH.NodeShape)}
        short = {re.split(r"[/#]", iri)[-1]: shape for iri, shape in known.items()}
        for name in names:
            if name not in known and name not in short:
                offered = ", ".join(sorted(short))
                raise ParameterFault(f"There is no shape {name[:80]!r}.", hint=f"Shapes: {offered}.")
        return frozenset(URIRef(str(known.get(name) or short[name])) for name in names)

    def _given(self, body: bytes) -> Shapes:
        """Shapes from outside; raises ShapesFault for what cannot be used as shapes."""
        try:
            graph = reading.read(File("the shapes", body), TURTLE, f"{self.kit.base}id/").graph
        except RecordFault as fault:
            raise ShapesFault(fault.detail, hint=fault.hint) from fault
        shapes = Shapes(graph, self.kit.shapes.hierarchy)
        try:
            for shape in graph.subjects(RDF.type, SH.NodeShape):
                shapes.branch(shape)
            logger.debug("shapes with %d bounds", len(shapes.bounds))
        except (ContentFault, ValueError) as error:
            raise ShapesFault(f"The shapes cannot be used: {error}") from error
        return shapes
