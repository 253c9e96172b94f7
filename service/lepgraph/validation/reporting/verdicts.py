"""How much was found, in words."""

from __future__ import annotations

from lepgraph.validation.findings import LEVELS, Report

UNCHECKED = "not-checked"
"""The rule of the finding that stands for a file that could not be checked."""
PLURALS = {"violation": "violations", "warning": "warnings", "info": "hints"}
SINGULARS = {"violation": "violation", "warning": "warning", "info": "hint"}
MEANINGS = {"violation": "must be mended", "warning": "incomplete", "info": "would be nice"}


def verdict(report: Report) -> str:
    """The outcome in one sentence."""
    counts = [counted(report.count(level), level) for level in LEVELS if report.count(level)]
    things = "1 thing" if report.checked == 1 else f"{report.checked} things"
    lost = len({finding.place.file for finding in report.findings if finding.rule == UNCHECKED})
    files = "1 file" if lost == 1 else f"{lost} files"
    if lost and not report.checked:
        return f"Nothing was checked: {files} could not be read."
    if not counts:
        return f"Conforms: nothing to mend in {things} checked."
    found = ", ".join(counts[:-1]) + (" and " if len(counts) > 1 else "") + counts[-1]
    left = f"; {files} could not be checked" if lost else ""
    return f"{'Conforms' if report.conforms else 'Does not conform'}: {found} in {things} checked{left}."


def counted(number: int, level: str) -> str:
    """A number of findings of a level."""
    return f"{number} {SINGULARS[level] if number == 1 else PLURALS[level]}"
