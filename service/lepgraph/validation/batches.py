"""Many files at once: checked together, so that they may speak of each other, or one by one; what cannot be checked is
told and keeps nothing else from being checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rdflib import BNode, Graph, Literal

from lepgraph.errors import ParameterFault, RequestFault, ShapesFault
from lepgraph.terms import CHECK, RDF, SH
from lepgraph.validation.collecting import unchecked
from lepgraph.validation.findings import LEVELS, Finding, Report, Thing
from lepgraph.validation.handing import Outcome, Wishes
from lepgraph.validation.isolation import Forking, Isolation, Limits, Nursery
from lepgraph.validation.published import Published
from lepgraph.validation.records import File

LONGEST = 600.0
"""Seconds that files together may take; each adds what one may take."""
ONE_BY_ONE = "They are checked one by one, so that links between them may not be found."


@dataclass(frozen=True)
class Checked:
    """Files and what was found in them. ``outcome`` is None where none of them could be checked."""

    names: tuple[str, ...]
    outcome: Outcome | None
    unchecked: tuple[Finding, ...] = ()


class Batch:
    """Examines in processes apart. ``say`` tells how far it is."""

    def __init__(
        self, source: Nursery | Forking, published: Published, limits: Limits, say: Callable[[str], None]
    ) -> None:
        self._source = source
        self._published = published
        self._limits = limits
        self._say = say

    def check(self, files: Sequence[File], wishes: Wishes) -> Iterator[Checked]:
        """What is found in the files together; one by one, if together they are too much."""
        names = tuple(file.name for file in files)
        if len(files) == 1:
            yield self._one(files[0], wishes)
            return
        try:
            yield Checked(names, self._examined(files, wishes))
        except (ParameterFault, ShapesFault):
            raise
        except RequestFault as fault:
            lost = self._lost(files)
            left = [file for file in files if file.name not in lost]
            if left and not lost:
                self._say(f"{fault.detail} {ONE_BY_ONE}")
                yield from (self._one(file, wishes) for file in files)
                return
            yield Checked(tuple(lost), None, tuple(lost.values()))
            if left:
                yield from self.check(left, wishes)

    def _one(self, file: File, wishes: Wishes) -> Checked:
        try:
            return Checked((file.name,), self._examined([file], wishes))
        except (ParameterFault, ShapesFault):
            raise
        except RequestFault as fault:
            return Checked((file.name,), None, (unchecked(file.name, fault),))

    def _lost(self, files: Iterable[File]) -> dict[str, Finding]:
        """Those of the files that cannot be read, each looked at on its own."""
        lost = {}
        for file in files:
            try:
                self._examined([file], Wishes(reading=True))
            except RequestFault as fault:
                lost[file.name] = unchecked(file.name, fault)
        return lost

    def _examined(self, files: Sequence[File], wishes: Wishes) -> Outcome:
        seconds = min(self._limits.seconds * len(files), max(LONGEST, self._limits.seconds))
        isolation = Isolation(self._source, self._published, replace(self._limits, seconds=seconds))
        return isolation.examine(files, wishes)


def groups(files: Iterable[File | Finding], size: int, *, apart: bool) -> Iterator[list[File] | Finding]:
    """The files in groups of at most ``size`` bytes, or each ``apart``; findings as they come."""
    group: list[File] = []
    held = 0
    for file in files:
        if isinstance(file, Finding):
            yield file
            continue
        if group and (apart or held + len(file.body) > size):
            yield group
            group, held = [], 0
        group.append(file)
        held += len(file.body)
    if group:
        yield group


def merged(parts: Sequence[Checked]) -> Report:
    """One report of all."""
    reports = [part.outcome.report for part in parts if part.outcome is not None]
    lost = [finding for part in parts for finding in part.unchecked]
    if len(reports) == 1 and not lost:
        return reports[0]
    findings = [*lost, *(finding for report in reports for finding in report.findings)]
    findings.sort(key=lambda finding: LEVELS.index(finding.level))
    things = tuple(thing for report in reports for thing in report.things)
    triples = _merged([report.graph for report in reports], lost).serialize(format="nt")
    return Report(tuple(findings), sum(report.checked for report in reports), triples, things)


def by_file(report: Report, names: Iterable[str]) -> list[tuple[str, Report]]:
    """What one report says of each file."""
    rows: dict[str, tuple[list[Finding], list[Thing]]] = {name: ([], []) for name in names}
    for finding in report.findings:
        rows.setdefault(finding.place.file, ([], []))[0].append(finding)
    for thing in report.things:
        rows.setdefault(thing.place.file, ([], []))[1].append(thing)
    return [
        (name, Report(tuple(findings), len(things), "", tuple(things))) for name, (findings, things) in rows.items()
    ]


def _merged(graphs: Sequence[Graph], lost: Sequence[Finding]) -> Graph:
    whole, holder = Graph(), BNode()
    whole.add((holder, RDF.type, SH.ValidationReport))
    for graph in graphs:
        reports = set(graph.subjects(RDF.type, SH.ValidationReport))
        for subject, predicate, value in graph:
            if subject not in reports:
                whole.add((subject, predicate, value))
            elif predicate == SH.result:
                whole.add((holder, predicate, value))
    for finding in lost:
        result = BNode()
        whole.add((holder, SH.result, result))
        whole.add((result, RDF.type, SH.ValidationResult))
        whole.add((result, SH.focusNode, BNode()))
        said = f"{finding.place}: {finding.message} {finding.mend}".strip()
        whole.add((result, SH.resultMessage, Literal(said, lang="en")))
        whole.add((result, SH.resultSeverity, SH.Violation))
        whole.add((result, SH.sourceConstraintComponent, CHECK.ReadingConstraintComponent))
    bad = (None, SH.resultSeverity, SH.Violation) in whole
    whole.add((holder, SH.conforms, Literal(not bad)))
    return whole


def nothing(parts: Sequence[Checked]) -> bool:
    """Whether none of the files could be checked."""
    return all(part.outcome is None for part in parts)
