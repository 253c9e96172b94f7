"""Each question with the rows it must give, checked by hand against the sources that the registers name."""

from __future__ import annotations

import csv
import io
import re
from contextlib import closing

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from rdflib import URIRef
from rdflib.term import Node

from lepgraph.site import Site
from lepgraph.store import Query
from lepgraph.store.embedded import Embedded
from queries.council_questions import CASES as COUNCIL_CASES
from queries.figure_questions import CASES as FIGURE_CASES
from queries.geography_questions import CASES as GEOGRAPHY_CASES
from queries.organisation_questions import CASES as ORGANISATION_CASES
from queries.practice_questions import CASES as PRACTICE_CASES
from queries.provenance_questions import CASES as PROVENANCE_CASES
from registers import DATA, rows_of

BASE = "https://w3id.org/lepgraph/"
CASES: list[tuple[str, dict[str, str], tuple[str, ...], list[tuple[str, ...]]]] = [
    (
        "partnerships-covering-a-council-on-a-date",
        {"council": "lichfield", "date": "2022-05-01"},
        ("name", "code", "extent"),
        [
            ("Greater Birmingham and Solihull", "E37000012", "whole"),
            ("Stoke-on-Trent and Staffordshire", "E37000032", "whole"),
        ],
    ),
    (
        "partnerships-covering-a-council-on-a-date",
        {"council": "lichfield", "date": "2015-05-01"},
        ("name", "code", "extent"),
        [
            ("Greater Birmingham and Solihull", "E37000012", "whole"),
            ("Stoke-on-Trent and Staffordshire", "E37000032", "whole"),
        ],
    ),
    # New Forest was split between two areas until 31 March 2020.
    (
        "partnerships-covering-a-council-on-a-date",
        {"council": "new-forest", "date": "2019-01-01"},
        ("code", "extent"),
        [("E37000010", "part"), ("E37000029", "part")],
    ),
    (
        "partnerships-covering-a-council-on-a-date",
        {"council": "leeds", "date": "2020-06-01"},
        ("code", "extent"),
        [("E37000050", "")],
    ),
    ("partnerships-covering-a-council-on-a-date", {"council": "lichfield", "date": "2024-04-01"}, ("name",), []),
    (
        "districts-of-a-partnership-on-a-date",
        {"partnership": "leeds-city-region", "date": "2022-01-01"},
        ("code", "name"),
        [
            ("E08000032", "Bradford"),
            ("E08000033", "Calderdale"),
            ("E08000034", "Kirklees"),
            ("E08000035", "Leeds"),
            ("E08000036", "Wakefield"),
        ],
    ),
    (
        "districts-in-two-partnerships",
        {"vintage": "2021-05"},
        ("name",),
        [
            ("Bromsgrove",),
            ("Cannock Chase",),
            ("East Staffordshire",),
            ("Lichfield",),
            ("Redditch",),
            ("Tamworth",),
            ("Wyre Forest",),
        ],
    ),
    # The seven of 2021 and eight that left one of their areas in the year before.
    (
        "districts-in-two-partnerships",
        {"vintage": "2020-04"},
        ("name",),
        [
            (name,)
            for name in (
                "Bromsgrove",
                "Cannock Chase",
                "Craven",
                "East Staffordshire",
                "Harrogate",
                "Lichfield",
                "North East Lincolnshire",
                "North Lincolnshire",
                "Redditch",
                "Selby",
                "South Holland",
                "South Kesteven",
                "Tamworth",
                "Wyre Forest",
                "York",
            )
        ],
    ),
    (
        "area-codes-of-a-partnership",
        {"partnership": "leeds-city-region"},
        ("code", "begin", "end"),
        [
            ("E37000020", "2010-10-28", "2020-03-31"),
            ("E37000050", "2020-04-01", "2021-03-31"),
            ("E37000062", "2021-04-01", "2024-03-31"),
        ],
    ),
    # On 1 January 2012 every code from 1 to 39 was in force but Coast to Capital's, which began on 11 March 2012.
    (
        "partnership-areas-on-a-date",
        {"date": "2012-01-01"},
        ("code",),
        [(f"E370000{n:02}",) for n in range(1, 40) if n != 4],
    ),
    ("partnership-areas-on-a-date", {"date": "2010-10-27"}, ("code",), []),
    (
        "successors-of-an-area-code",
        {"area": "E37000020"},
        ("code", "begin"),
        [("E37000050", "2020-04-01"), ("E37000062", "2021-04-01")],
    ),
    ("successors-of-an-area-code", {"area": "E37000026"}, ("code",), [("E37000041",), ("E37000057",)]),
    ("successors-of-a-council", {"council": "corby"}, ("name",), [("North Northamptonshire Council",)]),
    (
        "members-of-a-combined-authority",
        {"authority": "greater-lincolnshire"},
        ("council", "begin", "end"),
        [
            (f"{BASE}id/local-authority/{key}", "2025-02-05", "")
            for key in ("lincolnshire", "north-east-lincolnshire", "north-lincolnshire")
        ],
    ),
    (
        "combined-authorities-on-a-date",
        {"date": "2015-02-15"},
        ("authority", "founded"),
        [
            (f"{BASE}id/combined-authority/greater-manchester", "2011-04-01"),
            (f"{BASE}id/combined-authority/liverpool-city-region", "2014-04-01"),
            (f"{BASE}id/combined-authority/south-yorkshire", "2014-04-01"),
            (f"{BASE}id/combined-authority/west-yorkshire", "2014-04-01"),
            (f"{BASE}id/combined-authority/north-east-2014", "2014-04-15"),
        ],
    ),
    # Barnsley and Sheffield have new codes since 2021.
    (
        "combined-authorities-sharing-districts-with-a-partnership",
        {"partnership": "sheffield-city-region"},
        ("name", "shared"),
        [("South Yorkshire Mayoral Combined Authority", "4")],
    ),
    (
        "combined-authorities-sharing-districts-with-a-partnership",
        {"partnership": "tees-valley"},
        ("name", "shared"),
        [("Tees Valley Combined Authority", "5")],
    ),
    ("combined-authorities-sharing-districts-with-a-partnership", {"partnership": "dorset"}, ("name",), []),
    (
        "partnerships-in-a-region",
        {"region": "E12000001"},
        ("name", "districts"),
        [("North East", "7"), ("Tees Valley", "5")],
    ),
    ("recommendations-by-addressee", {"addressee": "central-government"}, ("number",), [("1",), ("3",)]),
    ("recommendations-by-addressee", {"addressee": "county-council"}, ("number",), [("2",)]),
    (
        "case-studies-and-what-is-known",
        {},
        ("theme", "partnership"),
        [
            ("Engagement and accountability", "not known"),
            ("Environmental sustainability", "not known"),
            ("Integration and a responsive public sector", "not known"),
            ("Investment and local resource flows", "not known"),
            ("Responsible business", "not known"),
        ],
    ),
    (
        "claims-of-a-report",
        {"report": "building-economic-resilience"},
        ("claim",),
        [
            (f"{BASE}id/claim/plans-learning-from-the-recession",),
            (f"{BASE}id/claim/advice-on-plans",),
            (f"{BASE}id/claim/plans-addressing-long-term-unemployment",),
        ],
    ),
    (
        "who-says-so",
        {"partnership": "solent"},
        ("value",),
        [
            (f"{BASE}def/lep#LocalEnterprisePartnership",),
            ("Solent",),
            ("https://find-and-update.company-information.service.gov.uk/company/07569938",),
            ("Solent LEP",),
            ("Solent Local Enterprise Partnership",),
            ("https://solentlep.org.uk/",),
            (
                "http://actionhampshire.org/representation-and-networks/notforprofit-organisations/local-enterprise-partnerships",
            ),
            ("http://publicpropertyuk.com/2010/10/28/government-approves-24-local-enterprise-partnerships/",),
            ("https://github.com/dfe-analytical-services/lsip_dashboard",),
            ("https://southampton.gov.uk/modernGov/ieDecisionDetails.aspx?AIId=39833",),
            ("2010-10-28",),
            ("07569938",),
            (f"{BASE}def/confidence/verified",),
            (f"{BASE}id/area/E37000029",),
            (f"{BASE}id/area/E37000055",),
            (f"{BASE}def/partnership-status/functions-transferred",),
            ("416661",),
        ],
    ),
    *ORGANISATION_CASES,
    *COUNCIL_CASES,
    *FIGURE_CASES,
    *GEOGRAPHY_CASES,
    *PRACTICE_CASES,
    *PROVENANCE_CASES,
]


@pytest.mark.parametrize(
    ("name", "given", "columns", "rows"), CASES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_question_gives_exactly_these_rows_in_this_order(
    client: FlaskClient, name: str, given: dict[str, str], columns: tuple[str, ...], rows: list[tuple[str, ...]]
) -> None:
    with closing(client.get(f"/queries/{name}.csv", query_string=given)) as response:
        assert response.status_code == 200, response.text
        found = list(csv.DictReader(io.StringIO(response.text)))
    assert [tuple(row[column] for column in columns) for row in found] == rows


def test_every_question_has_expected_rows_and_there_are_at_least_twelve(site: Site) -> None:
    questions = site.library.questions
    assert set(questions) == {name for name, *_ in CASES}
    assert len(questions) >= 12


def test_every_question_is_complete_and_its_file_runs_as_it_stands(site: Site) -> None:
    for stored in site.library.questions.values():
        assert stored.summary.endswith("?")
        assert stored.description.endswith(".")
        assert stored.tags
        assert "ORDER BY" in stored.text
        named = {column for shows in stored.shows for column in shows.columns.values()}
        assert named | stored.hides | set(stored.columns) <= set(stored.variables), stored.name
        assert all(parameter.description and parameter.example for parameter in stored.parameters)
        site.store.solutions(Query(stored.text, base=site.addresses.base))


def test_the_example_of_every_question_has_an_answer(site: Site) -> None:
    for stored in site.library.questions.values():
        examples = {parameter.name: parameter.example for parameter in stored.parameters}
        text = stored.bound(stored.terms(examples, site.addresses))
        assert site.store.solutions(Query(text)), stored.name


def test_no_two_rows_of_an_answer_have_the_same_place(site: Site) -> None:
    for stored in site.library.questions.values():
        examples = {parameter.name: parameter.example for parameter in stored.parameters if parameter.required}
        rows = site.store.solutions(Query(stored.bound(stored.terms(examples, site.addresses))))
        names = re.findall(r"[?$](\w+)", stored.text.rpartition("ORDER BY")[2])
        assert names, stored.name
        placed: dict[tuple[str, ...], dict[str, Node]] = {}
        for row in rows:
            assert placed.setdefault(tuple(str(row.get(name)) for name in names), row) == row, stored.name


def test_an_end_without_a_successor_is_a_change_too(site: Site) -> None:
    store = pyoxigraph.Store()
    data = """PREFIX org: <http://www.w3.org/ns/org#> PREFIX lep: <https://w3id.org/lepgraph/def/lep#>
        <urn:end> org:originalOrganization <urn:a> ; lep:changeKind <urn:kind> ;
            <http://www.w3.org/2000/01/rdf-schema#label> "A ends" .
        <urn:kind> <http://www.w3.org/2004/02/skos/core#prefLabel> "dissolution" ."""
    store.load(data.encode(), pyoxigraph.RdfFormat.TURTLE)
    stored = site.library.questions["changes-of-a-partnership"]
    [row] = Embedded(store).solutions(Query(stored.bound({"partnership": URIRef("urn:a")})))
    assert {name: str(value) for name, value in row.items()} == {
        "event": "urn:end", "kind": "dissolution", "what": "A ends", "after": "",
    }  # fmt: skip


def test_every_source_of_a_kind_is_found_even_if_no_statement_rests_on_it(site: Site) -> None:
    stored = site.library.questions["sources-of-a-kind"]
    kinds = {row["kind"] for row in rows_of(DATA / "sources.csv")}
    found: dict[str, str] = {}
    for kind in kinds:
        for row in site.store.solutions(Query(stored.bound(stored.terms({"kind": kind}, site.addresses)))):
            found[str(row["source"]).rpartition("/")[2]] = str(row["statements"])
    assert found.keys() == {row["key"] for row in rows_of(DATA / "sources.csv")}
    # Outlines of combined authorities of 2021 were worked out from this one; the result is the editors' own.
    assert found["ons-ca-boundaries-2021"] == "0"


@pytest.mark.parametrize("text", ["2015-13", "2015-00", "2015-5", "2015", "2015-05-01", "٢٠١٥-٠٥"])
def test_a_month_that_is_none_is_refused(client: FlaskClient, text: str) -> None:
    response = client.get("/queries/largest-partnership-areas.csv", query_string={"vintage": text})
    assert response.status_code == 400
    assert "must be a month, such as 2015-05" in response.text


def test_every_check_returns_nothing(site: Site) -> None:
    assert len(site.library.checks) >= 8
    for stored in site.library.checks.values():
        assert site.store.solutions(Query(stored.text)) == [], stored.summary


def test_the_graph_violates_no_shape_and_shows_its_gaps_as_warnings(site: Site) -> None:
    everything = site.store.graph(Query(site.library.pages["everything"].text))
    report = site.validator.check_all(everything)
    assert [finding for finding in report.findings if finding.level == "violation"] == []
    unknown = {f.record for f in report.findings if f.level == "warning" and "/id/case-study/" in f.record}
    assert len(unknown) == 5
