"""Reports as people and programs read them: text, JSON, and the W3C validation report as RDF."""

from __future__ import annotations

import json
from dataclasses import asdict

from lepgraph.media import JSON, JSON_LD, N_TRIPLES, RDF_XML, TEXT, TURTLE, Format
from lepgraph.validation.findings import LEVELS, Report

FORMS = (JSON, TEXT, TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
"""The formats of a report, HTML apart; JSON is named first because a client that asks for nothing wants data."""

_RDFLIB = {TURTLE: "turtle", JSON_LD: "json-ld", N_TRIPLES: "nt", RDF_XML: "xml"}
_PLURALS = {"violation": "violations", "warning": "warnings", "info": "hints"}
_SINGULARS = {"violation": "violation", "warning": "warning", "info": "hint"}
_MEANINGS = {"violation": "must be mended", "warning": "incomplete", "info": "would be nice"}


def verdict(report: Report) -> str:
    """The outcome in one sentence."""
    counts = [_count(report.count(level), level) for level in LEVELS if report.count(level)]
    things = "1 thing" if report.checked == 1 else f"{report.checked} things"
    if not counts:
        return f"Conforms: nothing to mend in {things} checked."
    found = ", ".join(counts[:-1]) + (" and " if len(counts) > 1 else "") + counts[-1]
    return f"{'Conforms' if report.conforms else 'Does not conform'}: {found} in {things} checked."


def text(report: Report, name: str = "") -> str:
    """The report as lines for a terminal, grouped by weight and record."""
    lines = [f"{name}: {verdict(report)}" if name else verdict(report)]
    for level in LEVELS:
        findings = [finding for finding in report.findings if finding.level == level]
        if findings:
            lines += ["", f"{_PLURALS[level].capitalize()} ({_MEANINGS[level]})"]
        record = ""
        for finding in findings:
            if finding.record != record:
                record = finding.record
                lines.append(f"  {finding.record_label}  <{record}>")
            value = f" (value: {finding.value})" if finding.value else ""
            about = f"{finding.property_label}: " if finding.property_label else ""
            lines.append(f"    {about}{finding.message} {finding.mend}{value}")
    return "\n".join(lines) + "\n"


def write(report: Report, form: Format, name: str = "") -> bytes:
    """The report in one of the FORMS."""
    if form == TEXT:
        return text(report).encode()
    if form == JSON:
        body = {
            "conforms": report.conforms,
            "verdict": verdict(report),
            "checked": report.checked,
            "counts": {level: report.count(level) for level in LEVELS},
            "findings": [asdict(finding) for finding in report.findings],
        }
        return json.dumps(body, ensure_ascii=False, indent=2).encode() + b"\n"
    return report.graph.serialize(format=_RDFLIB[form], encoding="utf-8")


def _count(number: int, level: str) -> str:
    return f"{number} {_SINGULARS[level] if number == 1 else _PLURALS[level]}"
