"""Checks records against the shapes and gives findings in the order of their weight.

A record is checked together with what the published graph says of all that its shapes look at, so that a link to
something of the wrong kind, a code that is taken or a membership that contradicts another is found, at a cost that does
not grow with the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.errors import RecordFault
from lepgraph.terms import CHECK, LABELS, RDF, SH
from lepgraph.validation import engine, forms, resolving
from lepgraph.validation.context import Gatherer
from lepgraph.validation.findings import LEVELS, Finding, Report, Thing
from lepgraph.validation.nearest import Nearest
from lepgraph.validation.published import Published
from lepgraph.validation.records import Note, Record, Triple
from lepgraph.validation.shapes import Shapes
from lepgraph.validation.wording import Result, Wording
from lepgraph.words import local_name, shortened

_SEVERITIES = {"violation": SH.Violation, "warning": SH.Warning, "info": SH.Info}


class Validator:
    """Shapes, ready to check records in the context of what is published."""

    def __init__(self, shapes: Shapes, published: Published) -> None:
        self.shapes = shapes
        self.published = published

    @cached_property
    def nearest(self) -> Nearest:
        """Finds what was meant."""
        return Nearest(self.shapes, self.published)

    def check(self, record: Record, only: frozenset[URIRef] = frozenset()) -> Report:
        """The report on a record, by all shapes or ``only`` some; raises RecordFault if no shape speaks of it."""
        resolving.resolve(record, self.published, self.shapes)
        focus: dict[Node, frozenset[Node]] = {}
        unknown: list[Node] = []
        for subject in sorted(set(record.graph.subjects()), key=str):
            shapes = self.shapes.of(subject, record.graph)
            if shapes:
                focus[subject] = shapes & only if only else shapes
            elif not _helps(subject, record.graph):
                unknown.append(subject)
        focus = {subject: shapes for subject, shapes in focus.items() if shapes}
        if not focus:
            raise self._nothing(record)
        data = self.in_context(record, focus)
        report = engine.validate(data, self.shapes.targeting(focus))
        said = self._formed(report, record.graph, focus)
        notes = [*record.notes, *(self._unknown(subject, record) for subject in unknown), *self._strange(focus, record)]
        return self._report(report, data, focus, record, notes, said)

    def in_context(self, record: Record, focus: Mapping[Node, frozenset[Node]]) -> engine.Data:
        """The record with what the published graph says of all that its shapes look at."""
        data = self.shapes.data(record.graph)
        Gatherer(data, set(record.graph.subjects()), self.published).gather(self.shapes.branches(focus))
        return data

    def check_all(self, graph: Graph) -> Report:
        """The report on a whole graph."""
        data = self.shapes.data(graph)
        report = engine.validate(data, self.shapes.whole)
        held = {s: self.shapes.of(s, data) for s in set(graph.subjects())}
        said = self._formed(report, graph, held)
        focus = {subject: shapes for subject, shapes in held.items() if shapes}
        return self._report(report, data, focus, Record(graph), [], said)

    def _formed(self, report: Graph, graph: Graph, held: Mapping[Node, frozenset[Node]]) -> dict[Triple, str]:
        """Adds to a report what is wrong with values in themselves, and says what that is by triple."""
        said = {}
        for fault in forms.faults(graph, held, self.shapes):
            forms.add(report, fault, self._severity(fault.shape))
            said[fault.triple] = fault.message
        return said

    def _nothing(self, record: Record) -> RecordFault:
        types = sorted(set(record.graph.objects(None, RDF.type)), key=str)
        meant = self.nearest.kind(types)
        known = ", ".join(sorted(local_name(str(kind)) for kind in self.shapes.classes))
        hint = f"Perhaps you meant the type {meant}." if meant else f"Give it a type: {known}."
        return RecordFault("The record has nothing that the shapes speak about.", hint=hint)

    def _unknown(self, subject: Node, record: Record) -> Note:
        types = sorted(record.graph.objects(subject, RDF.type), key=str)
        has = f"has the type <{types[0]}>, which is not known here" if types else "has no type"
        meant = self.nearest.kind(types)
        mend = f"Perhaps you meant {meant}." if meant else "Give it a type that the shapes know, or leave it out."
        place = record.place(subject, RDF.type, types[0] if types else None)
        return Note("violation", place, f"It {has}, so that nothing of it was checked.", mend, "", str(subject))

    def _strange(self, focus: Iterable[Node], record: Record) -> Iterator[Note]:
        """Types beside one that is known which cannot be right."""
        for subject in focus:
            for kind in sorted(record.graph.objects(subject, RDF.type), key=str):
                if self.shapes.strange(kind):
                    meant = self.nearest.kind([kind])
                    mend = f"Perhaps you meant {meant}." if meant else "Write a class that is known, or leave it out."
                    place = record.place(subject, RDF.type, kind)
                    message = f"The type {shown(kind)} is not known here."
                    yield Note("violation", place, message, mend, shown(kind), str(subject), str(RDF.type))

    def _severity(self, shape: Node | None) -> Node:
        return (self.shapes.graph.value(shape, SH.severity) if shape is not None else None) or SH.Violation

    def _report(
        self,
        report: Graph,
        data: Graph,
        focus: Mapping[Node, frozenset[Node]],
        record: Record,
        notes: list[Note],
        said: Mapping[Triple, str],
    ) -> Report:
        for note in notes:
            _add_note(report, note)
        engine.settle(report)
        results = [Result.read(report, node) for node in report.objects(engine.report_node(report), SH.result)]
        results = [result for result in results if result.component != CHECK.ReadingConstraintComponent]
        finder = _Finder(self, report, data, record, results, said)
        findings = [finder.finding(result, focus.get(result.focus, frozenset())) for result in results]
        findings += [finder.noted(note) for note in notes]
        ordered = sorted(findings, key=self._weight)
        things = tuple(Thing(str(s), finder.label(s), record.place(s)) for s in sorted(focus, key=str))
        return Report(tuple(ordered), len(focus), report.serialize(format="nt"), things)

    def _weight(self, finding: Finding) -> tuple[int, str, str, float, str, str]:
        """The order: the worst first, then by file and record, then as the shape orders its properties."""
        position = self.shapes.order(URIRef(finding.shape)) if finding.shape else float("inf")
        return (
            LEVELS.index(finding.level),
            finding.place.file,
            finding.record,
            position,
            finding.value,
            finding.message,
        )


class _Finder:
    """Makes findings of the results of one report; ``said`` is what is wrong with values in themselves."""

    def __init__(
        self,
        validator: Validator,
        report: Graph,
        data: Graph,
        record: Record,
        results: list[Result],
        said: Mapping[Triple, str],
    ) -> None:
        self.shapes = validator.shapes
        self.nearest = validator.nearest
        self.report = report
        self.record = record
        self.data = data
        self.said = said
        terms = {t for r in results for t in (r.focus, r.path, r.value) if isinstance(t, URIRef)}
        shapes = {r.shape for r in results}
        terms |= {t for s in shapes for t in self.shapes.graph.objects(s, SH["class"]) if isinstance(t, URIRef)}
        terms |= {t for term in list(terms) for t in data.objects(term, RDF.type) if isinstance(t, URIRef)}
        terms |= {t for r in results for t in data.objects(r.focus, RDF.type) if isinstance(t, URIRef)}
        self.labels = validator.published.labels(map(str, terms))
        self.wording = Wording(self.shapes, data, self.labels)

    def finding(self, result: Result, held: Iterable[Node]) -> Finding:
        """A result of the report in words."""
        path = result.path if isinstance(result.path, URIRef) else None
        own = self.shapes.text(result.shape, SH.name)
        name = own or self.labels.get(str(path), "") or (local_name(str(path)) if path else "")
        said = sorted(str(message) for message in self.report.objects(result.node, SH.resultMessage))
        meant, _ = self.nearest.of(result, held)
        mend = " ".join(self.shapes.text(result.shape, SH.message).split()) or " ".join(said)
        formed = self.said.get((result.focus, path, result.value)) if path and result.value else None
        message = formed or self.wording.sentence(result, name)
        return Finding(
            level=local_name(str(result.severity)).lower(),
            record=str(result.focus),
            record_label=self.label(result.focus),
            property=str(path or ""),
            property_label=name.removesuffix(" known"),
            value=shown(result.value) if result.value != result.focus else "",
            message=message,
            mend=f"{mend} Perhaps you meant {meant}." if meant else mend,
            shape=str(result.shape) if isinstance(result.shape, URIRef) else "",
            place=self.record.place(result.focus, path, result.value),
            nearest=meant,
            page=self.page(result.shape),
            rule=result.rule,
        )

    def noted(self, note: Note) -> Finding:
        """What reading noticed, as a finding."""
        subject = next((s for s in self.record.subjects if str(s) == note.record), None)
        label = self.label(subject) if subject is not None else note.record
        return Finding(
            note.level, note.record, label, note.property, "", note.value, note.message, note.mend, "", note.place,
            rule="reading",
        )  # fmt: skip

    def label(self, thing: Node) -> str:
        """What a thing is called, in the record before the graph."""
        own = next((str(n) for prop in LABELS for n in sorted(self.data.objects(thing, prop), key=str)), "")
        if isinstance(thing, BNode):
            return own or "a thing without an address"
        return own or self.labels.get(str(thing)) or local_name(str(thing))

    def page(self, shape: Node | None) -> str:
        """The address of the documentation of a shape: the page of its node shape, at its name."""
        if not isinstance(shape, URIRef):
            return ""
        owner = self.shapes.graph.value(None, SH.property, shape)
        return f"{owner}#{shape.rpartition('/')[2]}" if isinstance(owner, URIRef) else str(shape)


def _helps(subject: Node, record: Graph) -> bool:
    """Whether a subject is only a part of another: a list, or a blank node that something refers to."""
    return (subject, RDF.first, None) in record or (
        isinstance(subject, BNode) and (None, None, subject) in record and (subject, RDF.type, None) not in record
    )


def _add_note(report: Graph, note: Note) -> None:
    """Adds what reading noticed to the report, so that its verdict is that of all findings."""
    result = BNode()
    report.add((result, RDF.type, SH.ValidationResult))
    report.add((result, SH.focusNode, URIRef(note.record) if ":" in note.record else BNode(note.record or None)))
    report.add((result, SH.resultMessage, Literal(f"{note.message} {note.mend}".strip(), lang="en")))
    report.add((result, SH.resultSeverity, _SEVERITIES[note.level]))
    report.add((result, SH.sourceConstraintComponent, CHECK.ReadingConstraintComponent))
    report.add((engine.report_node(report), SH.result, result))


def shown(value: Node | None) -> str:
    """A value as findings show it: a literal shortened, an IRI in angle brackets."""
    if value is None or isinstance(value, BNode):
        return ""
    return shortened(str(value)) if isinstance(value, Literal) else f"<{value}>"
