"""The report as JUnit XML, which every build server reads: a suite for each file, a case for each record.

A violation fails its case, and a file that cannot be read is an error; warnings and hints are the case's output.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from lepgraph.validation.findings import Finding, Report
from lepgraph.validation.records import Place
from lepgraph.validation.reporting.escaping import encoded, for_xml, visible
from lepgraph.validation.reporting.verdicts import SINGULARS, UNCHECKED, counted

_Cases = dict[tuple[str, str], tuple[str, Place, list[Finding]]]


def written(report: Report, name: str) -> bytes:
    """The whole document."""
    cases: _Cases = {}
    for thing in report.things:
        cases[thing.place.file, thing.iri] = (thing.label, thing.place, [])
    homes = {thing.iri: thing.place.file for thing in report.things}
    for finding in report.findings:
        home = homes.get(finding.record, finding.place.file)
        key = (home, finding.record)
        if key not in cases:
            cases[key] = (finding.record_label or "the file", finding.place, [])
        cases[key][2].append(finding)
    root = ET.Element("testsuites", _counts(cases.values()))
    for file, keys in groupby(sorted(cases), key=lambda key: key[0]):
        own = {key: cases[key] for key in keys}
        suite = ET.SubElement(root, "testsuite", {"name": for_xml(file or name), **_counts(own.values())})
        for (_, record), (label, place, findings) in own.items():
            _case(suite, record or file or name, label, place, findings)
    ET.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + encoded(ET.tostring(root, encoding="unicode")) + b"\n"


def _counts(cases: Iterable[tuple[str, Place, list[Finding]]]) -> dict[str, str]:
    found = [findings for _, _, findings in cases]
    errors = sum(any(f.rule == UNCHECKED for f in findings) for findings in found)
    failures = sum(bool(_violations(findings)) for findings in found)
    return {"tests": str(len(found)), "failures": str(failures), "errors": str(errors)}


def _case(suite: ET.Element, record: str, label: str, place: Place, findings: Sequence[Finding]) -> None:
    attributes = {"classname": for_xml(record), "name": for_xml(label or record)}
    if place.file:
        attributes["file"] = for_xml(place.file)
    if place.line:
        attributes["line"] = str(place.line)
    case = ET.SubElement(suite, "testcase", attributes)
    lost = [finding for finding in findings if finding.rule == UNCHECKED]
    bad = _violations(findings)
    for tag, some in (("error", lost), ("failure", bad)):
        if some:
            more = "" if len(some) == 1 else f"{counted(len(some), 'violation')}: "
            said = {"message": for_xml(more + some[0].message), "type": for_xml(some[0].rule or some[0].level)}
            ET.SubElement(case, tag, said).text = _lines(some)
    rest = [finding for finding in findings if finding.level != "violation" and finding.rule != UNCHECKED]
    if rest:
        ET.SubElement(case, "system-out").text = _lines(rest)


def _violations(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.level == "violation" and finding.rule != UNCHECKED]


def _lines(findings: Sequence[Finding]) -> str:
    lines = []
    for finding in findings:
        about = f"{finding.property_label}: " if finding.property_label else ""
        said = f"{SINGULARS[finding.level]}: {about}{finding.message} {finding.mend}".strip(" ")
        lines.append(visible(f"{finding.place}: {said}" if str(finding.place) else said))
    return for_xml("\n".join(lines))
