"""Reports for people at a terminal: grouped by weight and record, wrapped, in colour where that is wanted."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from lepgraph.validation.changes import Changes, Fact
from lepgraph.validation.findings import LEVELS, Finding, Report
from lepgraph.validation.reporting.escaping import visible
from lepgraph.validation.reporting.verdicts import MEANINGS, PLURALS, verdict

WIDTH = 100
_COLOURS = {"violation": "31", "warning": "33", "info": "36", "good": "32", "bold": "1", "soft": "2"}


class Page:
    """Lines of at most ``width`` characters, in colour or not."""

    def __init__(self, width: int = WIDTH, *, colour: bool = False) -> None:
        self.width = max(width, 40)
        self.colour = colour
        self.lines: list[str] = []

    def put(self, text: str, indent: int = 0, style: str = "") -> None:
        """A paragraph; its further lines are set in a little more."""
        lines = textwrap.wrap(
            visible(text),
            self.width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + 2),
            break_long_words=False,
            break_on_hyphens=False,
        )
        self.lines += [self._styled(line, style) for line in lines or [""]]

    def whole(self, text: str, style: str = "") -> None:
        """A line that is not wrapped, so that programs find it."""
        self.lines.append(self._styled(visible(text), style))

    def row(self, cells: Sequence[str], widths: Sequence[int], style: str = "") -> None:
        """A row of a table: the first cell left, the others right."""
        first, *others = (visible(cell) for cell in cells)
        texts = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        self.lines.append(self._styled("  ".join(texts).rstrip(), style))

    def _styled(self, line: str, style: str) -> str:
        return f"\x1b[{_COLOURS[style]}m{line}\x1b[0m" if self.colour and style else line

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)


def written(
    report: Report, name: str = "", *, width: int = WIDTH, colour: bool = False, changes: Changes | None = None
) -> str:
    """The report as lines; ``name`` is what was checked."""
    page = Page(width, colour=colour)
    worst = next((level for level in LEVELS if report.count(level)), "good")
    page.whole(f"{name}: {verdict(report)}" if name else verdict(report), worst)
    for level in LEVELS:
        findings = [finding for finding in report.findings if finding.level == level]
        if findings:
            page.lines.append("")
            page.put(f"{PLURALS[level].capitalize()} ({MEANINGS[level]})", style=level)
        for _, group in groupby(findings, key=lambda finding: (finding.place.file, finding.record)):
            _record(page, list(group), name)
    if changes is not None:
        _changes(page, changes)
    return str(page)


def summary(reports: Sequence[tuple[str, Report]], *, width: int = WIDTH, colour: bool = False) -> str:
    """A table with a row for each file: how much was checked and found there."""
    page = Page(width, colour=colour)
    page.lines.append("")
    rows = [(name, str(r.checked), *(str(r.count(level) or "-") for level in LEVELS)) for name, r in reports]
    headings = ("file", "checked", *(PLURALS[level] for level in LEVELS))
    widths = [max(len(visible(row[place])) for row in (headings, *rows)) for place in range(len(headings))]
    page.row(headings, widths, "bold")
    for row, (_, report) in zip(rows, reports, strict=True):
        page.row(row, widths, next((level for level in LEVELS if report.count(level)), ""))
    return str(page)


def _record(page: Page, findings: Sequence[Finding], name: str) -> None:
    first = findings[0]
    if first.record or first.record_label:
        address = f"  <{first.record}>" if ":" in first.record else ""
        page.put(f"{first.record_label}{address}", 2, "bold")
    for finding in findings:
        about = f"{finding.property_label}: " if finding.property_label else ""
        page.put(f"{about}{finding.message} {finding.mend}", 4)
        value = f"value: {finding.value}" if finding.value and finding.value not in finding.message else ""
        place = replace(finding.place, file="") if finding.place.file == name else finding.place
        where = ", ".join(filter(None, (str(place), value)))
        if where:
            page.put(where, 6, "soft")


def _changes(page: Page, changes: Changes) -> None:
    page.lines.append("")
    page.put(f"What would change: {changes.summary}", style="bold")
    for thing, group in groupby(changes.facts, key=lambda fact: (fact.thing, fact.thing_label)):
        page.put(f"{thing[1]}  <{thing[0]}>", 2, "bold")
        for fact in group:
            page.put(_change(fact), 4)
    for said in changes.left_out:
        page.put(said, 2)


def _change(fact: Fact) -> str:
    before, after = "; ".join(fact.before), "; ".join(fact.after)
    if fact.kind == "added":
        return f"{fact.property_label}: added {after}"
    if fact.kind == "removed":
        return f"{fact.property_label}: removed {before}"
    return f"{fact.property_label}: {before} becomes {after}"
