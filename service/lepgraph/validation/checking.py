"""Checks graphs against the shapes with pySHACL and gives findings in the order of their weight.

A record is checked together with what the store says of the things it refers to, two steps out, so that a link to
something of the wrong kind, or to nothing, is found without loading the whole graph.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.content import Content
from lepgraph.describing import Describer
from lepgraph.errors import RecordFault
from lepgraph.loading import coordinates
from lepgraph.querying import Library
from lepgraph.store import Query, Store
from lepgraph.terms import FORMS, LABELS, OWL, RDFS, SH
from lepgraph.words import local_name, shortened

LEVELS = ("violation", "warning", "info")
_STEPS = 2
_MOST_CONTEXT = 5_000


@dataclass(frozen=True)
class Finding:
    """One thing to mend: how bad (a level), in which record, at which property and value, and what to do."""

    level: str
    record: str
    record_label: str
    property: str
    property_label: str
    value: str
    message: str
    shape: str


@dataclass(frozen=True)
class Report:
    """The outcome: findings by weight, and the W3C validation report they come from."""

    findings: tuple[Finding, ...]
    checked: int
    graph: Graph

    def count(self, level: str) -> int:
        """How many findings have this level."""
        return sum(finding.level == level for finding in self.findings)

    def reaches(self, level: str) -> bool:
        """Whether some finding is at least as bad as the level."""
        return any(LEVELS.index(finding.level) <= LEVELS.index(level) for finding in self.findings)

    @property
    def conforms(self) -> bool:
        """Whether there is no violation; warnings and hints do not count against a record."""
        return not self.reaches("violation")


class Validator:
    """The shapes of a content, ready to check records in the context of a store."""

    def __init__(self, content: Content, library: Library, store: Store, describer: Describer) -> None:
        self.content = content
        self.library = library
        self.store = store
        self.describer = describer

    @cached_property
    def classes(self) -> frozenset[Node]:
        """The classes that shapes speak about, with their narrower classes."""
        targets = set(self.content.shapes.objects(None, SH.targetClass))
        return frozenset(
            targets
            | {sub for sub in self.content.hierarchy.subjects() if _above(sub, self.content.hierarchy) & targets}
        )

    def check(self, record: Graph) -> Report:
        """The report on a record; raises RecordFault if it holds nothing that a shape speaks about."""
        subjects = {subject for subject in record.subjects() if (subject, RDF.type, None) in record}
        focus = sorted({s for s in subjects if set(record.objects(s, RDF.type)) & self.classes}, key=str)
        if not focus:
            known = ", ".join(sorted(local_name(str(kind)) for kind in self.classes))
            raise RecordFault("The record has nothing that the shapes speak about.", hint=f"Give it a type: {known}.")
        data = self._context(record)
        return self._report(data, focus)

    def check_all(self, data: Graph) -> Report:
        """The report on a whole graph."""
        return self._report(data + self.content.hierarchy, None)

    def _context(self, record: Graph) -> Graph:
        """The record, the class hierarchy, and what the store says of the things it refers to."""
        data = Graph()
        for graph in (record, self.content.hierarchy):
            for triple in graph:
                data.add(triple)
        known = set(record.subjects())
        frontier = {term for term in record.objects() if isinstance(term, URIRef)} - known
        for _ in range(_STEPS):
            if not frontier:
                break
            if len(known) + len(frontier) > _MOST_CONTEXT:
                raise RecordFault(
                    f"The record refers to more than {_MOST_CONTEXT} things.", hint="Hand in smaller files."
                )
            known |= frontier
            text = self.library.pages["context"].bound({"subject": sorted(frontier)})
            found = self.store.graph(Query(text))
            for triple in found:
                data.add(triple)
            frontier = {term for term in found.objects() if isinstance(term, URIRef)} - known
        return data

    def _report(self, data: Graph, focus: list[Node] | None) -> Report:
        import pyshacl  # noqa: PLC0415 - a third of a second that only validation needs

        try:
            _, graph, _ = pyshacl.validate(
                data,
                shacl_graph=self.content.shapes,
                advanced=True,
                allow_infos=True,
                allow_warnings=True,
                inplace=True,
                inference="none",
            )
        except (RecursionError, pyshacl.errors.ValidationFailure, pyshacl.errors.ReportableRuntimeError) as error:
            raise RecordFault(f"The record cannot be checked: {error}") from error
        _add_ill_formed(graph, data)
        if focus is not None:
            _leave_only(graph, set(focus))
        findings = sorted(self._findings(graph, data), key=self._weight)
        checked = (
            len(focus) if focus is not None else len({s for c in self.classes for s in data.subjects(RDF.type, c)})
        )
        return Report(tuple(findings), checked, graph)

    def _weight(self, finding: Finding) -> tuple[int, str, float, str, str]:
        """The order of findings: the worst first, then by record, then as the shape orders its properties."""
        order = self.content.shapes.value(URIRef(finding.shape), SH.order) if finding.shape else None
        position = float(str(order)) if order is not None else 1e9
        return LEVELS.index(finding.level), finding.record, position, finding.value, finding.message

    def _findings(self, graph: Graph, data: Graph) -> Iterable[Finding]:
        results = list(graph.objects(None, SH.result))
        focuses = {
            str(node) for result in results for node in graph.objects(result, SH.focusNode) if isinstance(node, URIRef)
        }
        paths = {
            str(node) for result in results for node in graph.objects(result, SH.resultPath) if isinstance(node, URIRef)
        }
        labels = self.describer.labels(focuses | paths)
        for result in results:
            shape = graph.value(result, SH.sourceShape)
            record = str(graph.value(result, SH.focusNode))
            path = graph.value(result, SH.resultPath)
            name = self.content.shapes.value(shape, SH.name) or labels.get(str(path)) or local_name(str(path or ""))
            value = graph.value(result, SH.value)
            messages = sorted(str(message) for message in graph.objects(result, SH.resultMessage))
            yield Finding(
                level=local_name(str(graph.value(result, SH.resultSeverity))).lower(),
                record=record,
                record_label=_name(URIRef(record), data) or labels.get(record) or local_name(record),
                property=str(path) if isinstance(path, URIRef) else "",
                property_label=str(name),
                value=_shown(value),
                message=" ".join(messages),
                shape=str(shape) if isinstance(shape, URIRef) else "",
            )


def _leave_only(report: Graph, focus: set[Node]) -> None:
    """Takes the results about other nodes, such as those of the context, out of a report."""
    for holder, result in list(report.subject_objects(SH.result)):
        if report.value(result, SH.focusNode) not in focus:
            report.remove((holder, SH.result, result))
            report.remove((result, None, None))
    for holder in set(report.subjects(RDF.type, SH.ValidationReport)):
        bad = any(report.value(r, SH.resultSeverity) == SH.Violation for r in report.objects(holder, SH.result))
        report.set((holder, SH.conforms, Literal(not bad)))


def _add_ill_formed(report: Graph, data: Graph) -> None:
    """Adds a result for every literal that is not of its datatype (SHACL 4.1.2) and that pySHACL does not look into."""
    holder = report.value(None, RDF.type, SH.ValidationReport)
    for subject, predicate, value in data:
        message = _ill_formed(value)
        if not message or holder is None:
            continue
        result = BNode()
        for name, term in (
            (RDF.type, SH.ValidationResult),
            (SH.focusNode, subject),
            (SH.resultPath, predicate),
            (SH.value, value),
            (SH.resultMessage, Literal(message, lang="en")),
            (SH.resultSeverity, SH.Violation),
            (SH.sourceConstraintComponent, SH.DatatypeConstraintComponent),
        ):
            report.add((result, name, term))
        report.add((holder, SH.result, result))
        report.set((holder, SH.conforms, Literal(False)))


def _ill_formed(value: Node) -> str:
    if not isinstance(value, Literal):
        return ""
    if str(value.datatype) == coordinates.WKT:
        reason = coordinates.fault_of(value)
        return f"Mend the outline: {reason}." if reason else ""
    form = FORMS.get(str(value.datatype))
    return "" if form is None or form[0].fullmatch(value) else f"Write {form[1]}."


def _above(kind: Node, hierarchy: Graph) -> set[Node]:
    return {above for above in hierarchy.transitive_objects(kind, RDFS.subClassOf) if above not in (None, OWL.Thing)}


def _name(thing: URIRef, data: Graph) -> str:
    """What the data itself calls a thing."""
    return next((str(name) for predicate in LABELS for name in sorted(data.objects(thing, predicate), key=str)), "")


def _shown(value: Node | None) -> str:
    if value is None or isinstance(value, BNode):
        return ""
    return shortened(value) if isinstance(value, Literal) else f"<{value}>"
