"""Findings as a page shows them: the first of many, by record in the order of the file, with known things as links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from lepgraph.validation.findings import LEVELS, Finding, Report
from lepgraph.web.replies import site

MOST_SHOWN = 50
"""Findings of a level that a page shows; the other forms have them all."""
_TITLES = {"violation": "Must be mended", "warning": "Incomplete", "info": "Would be nice"}
_POINTED = re.compile(r"<(https?://[^<>\s\"]+)>")


@dataclass(frozen=True)
class Section:
    """The findings of one level by record; ``total`` may be more than are in the groups."""

    level: str
    title: str
    total: int
    groups: tuple[tuple[Finding, ...], ...]

    @property
    def shown(self) -> int:
        """How many findings are in the groups."""
        return sum(map(len, self.groups))


def sections(report: Report | None) -> list[Section]:
    """The levels that have findings, the worst first."""
    if report is None:
        return []
    found = {level: [finding for finding in report.findings if finding.level == level] for level in LEVELS}
    return [Section(level, _TITLES[level], len(own), _groups(own)) for level, own in found.items() if own]


def _groups(findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], ...]:
    """The first findings by record, the records in the order in which they stand in the files."""
    records: dict[str, list[Finding]] = {}
    for finding in findings:
        records.setdefault(finding.record, []).append(finding)
    ordered = sorted(records.values(), key=lambda own: min(finding.place for finding in own))
    groups, left = [], MOST_SHOWN
    for own in ordered:
        if left > 0:
            groups.append(tuple(own[:left]))
            left -= len(own)
    return tuple(groups)


class Linker:
    """Sets the addresses of known things, which texts have in angle brackets, as links."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        named = {iri for finding in findings for iri in _POINTED.findall(f"{finding.message} {finding.mend}")}
        ours = {iri for iri in named if site().addresses.path(iri.partition("#")[0])}
        self._known = set(site().describer.labels(ours)) if ours else set()

    def __call__(self, text: str) -> Markup:
        """A text as markup, all else in it escaped."""
        parts = _POINTED.split(text)
        return Markup("").join(
            Markup('&lt;<a href="{}">{}</a>&gt;').format(here(part), part)
            if number % 2 and part in self._known
            else escape(f"<{part}>" if number % 2 else part)
            for number, part in enumerate(parts)
        )


def here(iri: str) -> str:
    """Where an address of ours, with its fragment, is on this host; another address as it stands."""
    bare, hash_, fragment = iri.partition("#")
    return f"{site().addresses.path(bare) or bare}{hash_}{fragment}"
