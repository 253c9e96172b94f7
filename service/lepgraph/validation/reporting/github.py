"""Findings as the commands by which a GitHub workflow shows notes beside the lines of files.

A line is a command only where it begins with two colons; every line that is written here is one of ours, since what
would end it is escaped as GitHub's own toolkit does.
"""

from __future__ import annotations

from lepgraph.validation.findings import Finding, Report
from lepgraph.validation.reporting.escaping import encoded, visible

_COMMANDS = {"violation": "error", "warning": "warning", "info": "notice"}


def written(report: Report, name: str) -> bytes:
    """A line for each finding, the worst first, since GitHub shows the first ten of each level."""
    return encoded("".join(f"{_line(finding, name)}\n" for finding in report.findings))


def _line(finding: Finding, name: str) -> str:
    place = finding.place
    properties = {"file": place.file or name}
    if place.line and not place.sheet:
        properties["line"] = str(place.line)
        if place.column and not place.cell:
            properties["col"] = str(place.column)
    properties["title"] = ": ".join(filter(None, (finding.record_label, finding.property_label))) or finding.rule
    said = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    where = f"\n{place}" if place.cell or place.pointer else ""
    return f"::{_COMMANDS[finding.level]} {said}::{_data(f'{finding.message} {finding.mend}'.strip(' ') + where)}"


def _data(text: str) -> str:
    lines = (visible(line) for line in text.replace("\r\n", "\n").split("\n"))
    return "\n".join(lines).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return visible(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
