"""Reports as people and programs read them: each format is a function of the report alone, the same bytes each time.

What findings say comes from files of strangers. Each format writes it so that it stays a text: see ``escaping``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lepgraph.media import CSV, GITHUB, JSON, JSON_LD, JUNIT, N_TRIPLES, RDF_XML, SARIF, TEXT, TURTLE, XLSX, Format
from lepgraph.validation.changes import Changes
from lepgraph.validation.findings import Report
from lepgraph.validation.reporting import github, junit, sarif, standard, text
from lepgraph.validation.reporting.escaping import encoded
from lepgraph.validation.reporting.members import as_json
from lepgraph.validation.reporting.verdicts import verdict
from lepgraph.validation.tables.marked import findings_csv, findings_xlsx

__all__ = ["FORMS", "FOR_PIPELINES", "verdict", "write"]

FORMS = (JSON, TEXT, TURTLE, JSON_LD, N_TRIPLES, RDF_XML, CSV, XLSX, SARIF, JUNIT, GITHUB)
"""The formats of a report, HTML apart; JSON is named first because a client that asks for nothing wants data."""

_TABLES: Mapping[Format, Callable[[Report], bytes]] = {
    CSV: lambda report: findings_csv(report.findings),
    XLSX: lambda report: findings_xlsx(report.findings),
}
_PIPELINES: Mapping[Format, Callable[[Report, str], bytes]] = {
    SARIF: sarif.written,
    JUNIT: junit.written,
    GITHUB: github.written,
}
FOR_PIPELINES = tuple(_PIPELINES)
"""Formats that build servers read."""


def write(report: Report, form: Format, name: str = "", changes: Changes | None = None) -> bytes:
    """The report in one of the FORMS. ``name`` stands for a file without one where a format wants a file."""
    if form == TEXT:
        return encoded(text.written(report, changes=changes))
    if form == JSON:
        return as_json(report, changes)
    if form in _TABLES:
        return _TABLES[form](report)
    if form in _PIPELINES:
        return _PIPELINES[form](report, name or "record")
    return standard.written(report, form)
