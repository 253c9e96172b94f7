"""The report as JSON. The members are part of the interface: see docs/validation.md."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from lepgraph.validation.changes import Changes
from lepgraph.validation.findings import LEVELS, Finding, Report
from lepgraph.validation.reporting.escaping import encoded
from lepgraph.validation.reporting.verdicts import verdict


def as_json(report: Report, changes: Changes | None = None) -> bytes:
    """All that the report says; what would change, if that was found out."""
    members: dict[str, Any] = {
        "conforms": report.conforms,
        "verdict": verdict(report),
        "checked": report.checked,
        "counts": {level: report.count(level) for level in LEVELS},
        "findings": [_finding(finding) for finding in report.findings],
    }
    if changes is not None:
        members["changes"] = {"summary": changes.summary, **changes.members()}
    return encoded(json.dumps(members, ensure_ascii=False, indent=2) + "\n")


def _finding(finding: Finding) -> dict[str, Any]:
    members = asdict(finding)
    members["place"]["text"] = str(finding.place)
    return members
