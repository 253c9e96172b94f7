"""Of the faults that are put into published records, nearly all are found, and what is missed is told of."""

import re
from pathlib import Path

import pytest
from rdflib import RDF, TIME, URIRef
from rdflib.namespace import DCTERMS, FOAF, GEO, ORG, PROV, RDFS, SKOS
from rdflib.term import Node

from lepgraph.site import Site
from validation.mutating import KINDS, Published, Score, score

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "validation.md"
PREFIXES = {
    "dct": str(DCTERMS),
    "foaf": str(FOAF),
    "geo": str(GEO),
    "lep": "https://w3id.org/lepgraph/def/lep#",
    "org": str(ORG),
    "prov": str(PROV),
    "rdfs": str(RDFS),
    "skos": str(SKOS),
}
TOLD_BESIDES = {("misspell", TIME.Interval, RDF.type)}
"""What the guide says in words after its table."""


def told() -> set[Node]:
    """The properties in the table of the guide: a second value of them may be right."""
    section = GUIDE.read_text(encoding="utf-8").partition("## What is not found\n")[2]
    names = re.findall(r"^\| `(\w+):(\w+)` \| \w", section, re.MULTILINE)
    return {URIRef(PREFIXES[prefix] + name) for prefix, name in names}


@pytest.fixture(scope="module")
def found(site: Site) -> Score:
    """Over every second class: over all of them it takes minutes, and `python -m validation.mutating` shows them."""
    return score(Published(site), 1, every=2)


def test_at_least_nineteen_of_twenty_faults_are_found(found: Score) -> None:
    assert set(found.made) == set(KINDS)
    assert found.made.total() > 700
    assert found.share >= 0.95


def test_what_is_missed_is_told_of_in_the_guide(found: Score) -> None:
    untold = {
        (mutant.kind, mutant.of, mutant.property)
        for mutant in found.missed
        if mutant.kind != "duplicate" or mutant.property not in told()
    }
    assert untold - TOLD_BESIDES == set()


def test_the_guide_gives_each_property_once_and_with_a_reason() -> None:
    assert len(told()) == 17
