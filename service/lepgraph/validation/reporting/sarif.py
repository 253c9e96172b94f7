"""The report as SARIF 2.1.0, the format of OASIS in which tools tell what they found in files.

A result has a physical place (file, line and column) and logical ones: the record, and the cell or the JSON pointer.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from lepgraph import __version__
from lepgraph.validation.findings import Finding, Report
from lepgraph.validation.records import Place
from lepgraph.validation.reporting.escaping import encoded
from lepgraph.validation.reporting.verdicts import UNCHECKED

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
_ADDRESS = re.compile(r"https?://[!#-;=?-\[\]_a-z~]+(?<!%)")
_TEXT_LENGTH = 1000
_NAME_LENGTH = 255


def written(report: Report, name: str) -> bytes:
    """The whole document."""
    rules: dict[str, Finding] = {}
    for finding in sorted(report.findings, key=lambda finding: (_rule(finding), finding.message)):
        rules.setdefault(_rule(finding), finding)
    places = {rule: index for index, rule in enumerate(rules)}
    seen: Counter[str] = Counter()
    results = []
    for finding in report.findings:
        mark = _mark(finding)
        seen[mark] += 1
        results.append(_result(finding, name, places[_rule(finding)], f"{mark}:{seen[mark]}"))
    driver = {
        "name": "lepgraph",
        "version": __version__,
        "rules": [_descriptor(rule, finding) for rule, finding in rules.items()],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": not any(f.rule == UNCHECKED for f in report.findings)}],
        "artifacts": [{"location": _artifact(file)} for file in _files(report, name)],
        "results": results,
        "columnKind": "unicodeCodePoints",
    }
    members = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return encoded(json.dumps(members, ensure_ascii=False, indent=2) + "\n")


def _files(report: Report, name: str) -> list[str]:
    places = [*(thing.place for thing in report.things), *(finding.place for finding in report.findings)]
    return sorted({place.file or name for place in places})


def _rule(finding: Finding) -> str:
    """What a rule is known by: the shape that it is a part of, and the kind of constraint."""
    return "/".join(filter(None, (finding.shape, finding.rule))) or finding.level


def _descriptor(rule: str, finding: Finding) -> dict[str, Any]:
    general = finding.mend.removesuffix(f"Perhaps you meant {finding.nearest}.").strip() if finding.shape else ""
    kind = finding.rule.replace("-", " ").strip() or "rule"
    short = f"{finding.property_label}: {kind}" if finding.property_label else kind
    full = _text(general or short)
    members: dict[str, Any] = {
        "id": rule,
        "name": (re.split(r"[/#]", finding.shape)[-1] or finding.rule or finding.level)[:_NAME_LENGTH],
        "shortDescription": _text(short),
        "fullDescription": full,
        "help": full,
        "defaultConfiguration": {"level": _LEVELS[finding.level]},
    }
    if _ADDRESS.fullmatch(finding.page):
        members["helpUri"] = finding.page
    return members


def _result(finding: Finding, name: str, index: int, mark: str) -> dict[str, Any]:
    about = f"{finding.property_label}: " if finding.property_label else ""
    return {
        "ruleId": _rule(finding),
        "ruleIndex": index,
        "level": _LEVELS[finding.level],
        "message": _text(f"{about}{finding.message} {finding.mend}".strip(" ") or finding.level),
        "locations": [_location(finding, name)],
        "partialFingerprints": {"finding/v1": mark},
        "properties": {
            "record": finding.record,
            "property": finding.property,
            "value": finding.value,
            "message": finding.message,
            "mend": finding.mend,
            "nearest": finding.nearest,
        },
    }


def _text(text: str) -> dict[str, str]:
    """A message as such; braces would be placeholders, and brackets before parentheses links."""
    short = text if len(text) <= _TEXT_LENGTH else f"{text[: _TEXT_LENGTH - 2]} …"
    return {"text": short.replace("](", "] (").replace("{", "{{").replace("}", "}}")}


def _location(finding: Finding, name: str) -> dict[str, Any]:
    place = finding.place
    physical: dict[str, Any] = {"artifactLocation": _artifact(place.file or name)}
    if place.line and not place.sheet:
        physical["region"] = {"startLine": place.line}
        if place.column and not place.cell:
            physical["region"]["startColumn"] = place.column
    location: dict[str, Any] = {"physicalLocation": physical}
    logical = [*_logical(place), *_record(finding)]
    if logical:
        location["logicalLocations"] = logical
    return location


def _logical(place: Place) -> Sequence[dict[str, str]]:
    if place.cell:
        whole = f"{place.sheet}!{place.cell}" if place.sheet else place.cell
        return [{"name": place.cell, "fullyQualifiedName": whole, "kind": "cell"}]
    if place.pointer:
        last = place.pointer.rpartition("/")[2]
        return [{"name": last or place.pointer, "fullyQualifiedName": place.pointer, "kind": "value"}]
    return []


def _record(finding: Finding) -> Sequence[dict[str, str]]:
    label = finding.record_label or finding.record
    if not label:
        return []
    return [{"name": label, "fullyQualifiedName": finding.record or label, "kind": "resource"}]


def _artifact(file: str) -> dict[str, str]:
    path = PurePath(file)
    if path.is_absolute():
        return {"uri": "file://" + quote(path.as_posix(), errors="replace")}
    return {"uri": quote(path.as_posix(), errors="replace")}


def _mark(finding: Finding) -> str:
    """A fingerprint that stays when lines move."""
    record = finding.record if ":" in finding.record else finding.record_label
    told = (finding.place.file, record, finding.property, finding.shape, finding.rule, finding.value, finding.level)
    return hashlib.sha256("\0".join(told).encode("utf-8", "replace")).hexdigest()[:32]
