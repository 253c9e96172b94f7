"""What the register of other organisations promises."""

from __future__ import annotations

import csv
from pathlib import Path

from rdflib import SKOS, Graph, URIRef

from registers import by_key

ROOT = Path(__file__).parents[2]
SCHEME = "https://w3id.org/lepgraph/def/organisation-kind"


def test_every_other_organisation_is_of_a_kind_in_the_code_list() -> None:
    codes = Graph().parse(ROOT / "ontology" / "codes.ttl", format="turtle")
    kinds = {str(kind).rpartition("/")[2] for kind in codes.subjects(SKOS.inScheme, URIRef(SCHEME))}
    path = ROOT / "data" / "registers" / "organisation.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["kind"] for row in rows} <= kinds
    assert {row["organisation"] for row in rows} >= {
        "environment-agency",
        "natural-england",
        "greater-london-authority",
    }


def test_the_greater_london_authority_is_found_in_other_registers_and_has_a_day_read_once() -> None:
    assert by_key("organisation-identifier", "organisation")["greater-london-authority"]["entity"] == "144"
    founding = by_key("organisation-founding", "organisation")["greater-london-authority"]
    assert (founding["founded"], founding["confidence"]) == ("2000-07-03", "single-source")
