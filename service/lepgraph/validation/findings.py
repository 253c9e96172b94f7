"""Findings: what is to be mended, how bad it is and where, in the order of their weight."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from rdflib import Graph

from lepgraph.terms import SH
from lepgraph.validation.records import Place

LEVELS = ("violation", "warning", "info")
"""The severities of SHACL in lower case, the worst first: cannot be accepted, incomplete, nice to have."""


@dataclass(frozen=True)
class Finding:
    """One thing to mend.

    ``message`` says what is wrong, ``mend`` what to do, ``nearest`` the value that was perhaps meant (as it would be
    written), each in words. ``record`` is an IRI or a blank node's label, ``property`` an IRI or empty, ``shape`` the
    IRI of the property shape, ``page`` the address of its documentation, ``rule`` the name of the kind of constraint,
    such as min-count, or of what reading noticed.
    """

    level: str
    record: str
    record_label: str
    property: str
    property_label: str
    value: str
    message: str
    mend: str
    shape: str
    place: Place = Place()
    nearest: str = ""
    page: str = ""
    rule: str = ""


@dataclass(frozen=True)
class Thing:
    """A thing that was checked, whether or not something was found."""

    iri: str
    label: str
    place: Place = Place()


@dataclass(frozen=True)
class Report:
    """The outcome: findings by weight, how many things were checked, and the W3C report they come from as N-Triples."""

    findings: tuple[Finding, ...]
    checked: int
    triples: str = field(repr=False)
    things: tuple[Thing, ...] = field(default=(), repr=False)

    @cached_property
    def graph(self) -> Graph:
        """The W3C report."""
        graph = Graph().parse(data=self.triples, format="nt")
        graph.bind("sh", SH)
        return graph

    def count(self, level: str) -> int:
        """How many findings have this level."""
        return sum(finding.level == level for finding in self.findings)

    def reaches(self, level: str) -> bool:
        """Whether some finding is at least as bad as the level."""
        return any(LEVELS.index(finding.level) <= LEVELS.index(level) for finding in self.findings)

    @property
    def conforms(self) -> bool:
        """Whether there is no violation; warnings and hints do not count against a record."""
        return not self.reaches("violation")
