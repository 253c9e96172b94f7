"""Validation over HTTP: findings in words, refusals for what cannot be read, nothing else affected."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from rdflib import Graph
from rdflib.namespace import SH

from lepgraph.media import Format
from lepgraph.validation.reporting import FOR_PIPELINES, FORMS

PREFIX = "@prefix l: <https://lights.example/def/light#> . @prefix r: <http://www.w3.org/2000/01/rdf-schema#> .\n"
GOOD = PREFIX + '<lighthouse/new> a l:Lighthouse ; r:label "New"@en ; l:keptBy <https://lights.example/id/keeper/ada> .'
BAD = PREFIX + '<lighthouse/new> a l:Lighthouse ; l:height "tall" ; l:keptBy <https://lights.example/id/keeper/zed> .'
TURTLE = "text/turtle"


def test_a_sound_record_conforms_because_the_graph_knows_its_keeper(lights_client: FlaskClient) -> None:
    found = lights_client.post("/validate", data=GOOD, content_type=TURTLE).json
    assert found is not None
    assert found.pop("changes")["summary"].endswith("of 1 thing.")
    assert found == {
        "conforms": True,
        "verdict": "Conforms: nothing to mend in 1 thing checked.",
        "checked": 1,
        "counts": {"violation": 0, "warning": 0, "info": 0},
        "findings": [],
    }


def test_findings_say_what_to_mend_in_the_order_of_the_shape(lights_client: FlaskClient) -> None:
    found = lights_client.post("/validate", data=BAD, content_type=TURTLE).json
    assert found is not None
    assert [(f["property_label"], f["value"]) for f in found["findings"]] == [
        ("name", ""),
        ("height", "tall"),
        ("kept by", "<https://lights.example/id/keeper/zed>"),
    ]
    assert found["findings"][0]["message"] == "Nothing is said of the name."
    assert found["findings"][0]["mend"] == "Give the light a name."


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle", "turtle"),
        ("application/ld+json", "json-ld"),
        ("application/rdf+xml", "xml"),
        ("application/n-triples", "nt"),
    ],
)
def test_the_report_is_the_w3c_one_in_rdf(lights_client: FlaskClient, accept: str, form: str) -> None:
    response = lights_client.post("/validate", data=BAD, content_type=TURTLE, headers={"Accept": accept})
    report = Graph().parse(data=response.data, format=form)
    assert len(list(report.objects(None, SH.result))) == 3
    assert [bool(value) for value in report.objects(None, SH.conforms)] == [False]


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        (
            "application/n-triples",
            "<https://e.example/x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://lights.example/def/light#Lighthouse> .",
        ),
        (
            "application/ld+json",
            '{"@id": "https://e.example/x", "@type": "https://lights.example/def/light#Lighthouse"}',
        ),
        (
            "application/rdf+xml",
            '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:l="https://lights.example/def/light#"><l:Lighthouse r:about="https://e.example/x"/></r:RDF>',
        ),
        (TURTLE, "[] a <https://lights.example/def/light#Lighthouse> ."),
    ],
)
def test_each_format_is_read(lights_client: FlaskClient, media_type: str, body: str) -> None:
    found = lights_client.post("/validate", data=body, content_type=media_type).json
    assert found is not None
    assert found["counts"]["violation"] == 1


@pytest.mark.parametrize(
    ("status", "media_type", "body", "reason"),
    [
        (400, TURTLE, "", "no triples"),
        (400, TURTLE, "nonsense", "line 1"),
        (400, TURTLE, b"\xff\xfe", "not UTF-8"),
        (400, TURTLE, "<a> <b> " + "[<b> " * 20_000, ""),
        (400, TURTLE, "<urn:a> <urn:b> 1 .", "nothing that the shapes speak about"),
        (400, "application/ld+json", '{"@context": "http://127.0.0.1:9/c", "@id": "x"}', "remote context"),
        (400, "application/ld+json", "[" * 100_000, ""),
        (400, "application/rdf+xml", '<!DOCTYPE x [<!ENTITY a "a">]><x/>', "document type"),
        (413, TURTLE, "#" * (4 * 1024 * 1024 + 1), "limit"),
        (415, "application/zip", "PK", "not read here"),
        (415, "", "x", "media type"),
        (400, "application/x-www-form-urlencoded", "record=", "No record"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(
    lights_client: FlaskClient, status: int, media_type: str, body: str | bytes, reason: str
) -> None:
    response = lights_client.post("/validate", data=body, content_type=media_type)
    assert response.status_code == status
    assert response.json is not None
    assert reason in response.json["detail"]


def test_the_form_works_with_a_paste_and_with_a_file(lights_client: FlaskClient) -> None:
    html = {"Accept": "text/html"}
    pasted = lights_client.post("/validate", data={"record": BAD, "media": TURTLE}, headers=html).text
    assert "Does not conform: 3 violations in 1 thing checked." in pasted
    assert "&#34;tall&#34;" in pasted
    upload = {"file": (io.BytesIO(GOOD.encode()), "new.ttl")}
    assert "Conforms: nothing to mend" in lights_client.post("/validate", data=upload, headers=html).text
    named = {"file": (io.BytesIO(b"x"), "new.zip")}
    assert lights_client.post("/validate", data=named, headers=html).status_code == 415


def test_nothing_handed_in_stays_in_the_graph(lights_client: FlaskClient) -> None:
    lights_client.post("/validate", data=GOOD, content_type=TURTLE)
    assert lights_client.get("/doc/lighthouse/new").status_code == 404


PREFIXES = """
@prefix dct: <http://purl.org/dc/terms/> . @prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix lep: <https://w3id.org/lepgraph/def/lep#> . @prefix org: <http://www.w3.org/ns/org#> .
@prefix schema: <https://schema.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


@pytest.mark.parametrize(
    ("record", "property_label", "value"),
    [
        ('<partnership/a> a lep:LocalEnterprisePartnership ; lep:approved "28/10/2010"', "approval", "28/10/2010"),
        (
            '<partnership/a> a lep:LocalEnterprisePartnership ; schema:foundingDate "2010-02-30"^^xsd:date',
            "founding date",
            "2010-02-30",
        ),
        ('<partnership/a> a lep:LocalEnterprisePartnership ; lep:approved "2010-13"^^xsd:gYearMonth', "approval", "2010-13"),
        ('<partnership/a> a lep:LocalEnterprisePartnership ; lep:approved "MMX"^^xsd:gYear', "approval", "MMX"),
        ('<event/a> a org:ChangeEvent ; dct:date "2024-02-30"^^xsd:date', "date", "2024-02-30"),
        (
            '<geometry/a> a geo:Geometry ; geo:asWKT "POLYGON((0 0,1 0,1 1,0 1))"^^geo:wktLiteral',
            "coordinates",
            "POLYGON((0 0,1 0,1 1,0 1))",
        ),
    ],
)  # fmt: skip
def test_a_value_that_is_not_of_its_datatype_is_a_violation(
    client: FlaskClient, record: str, property_label: str, value: str
) -> None:
    found = client.post("/validate", data=f"{PREFIXES}{record} .", content_type=TURTLE).json
    assert found is not None and not found["conforms"]
    assert ("violation", property_label, value) in [
        (finding["level"], finding["property_label"], finding["value"]) for finding in found["findings"]
    ]


def test_shapes_within_shapes_hold_for_values_and_not_only_for_the_things_handed_in(client: FlaskClient) -> None:
    record = '<partnership/a> a lep:LocalEnterprisePartnership ; lep:approved "28 October 2010"@en .'
    response = client.post("/validate", data=PREFIXES + record, content_type=TURTLE, headers={"Accept": TURTLE})
    report = Graph().parse(data=response.data, format="turtle")
    assert SH.NodeConstraintComponent in set(report.objects(None, SH.sourceConstraintComponent))


def test_a_very_long_value_is_shortened_in_a_finding(client: FlaskClient) -> None:
    ring = ",".join(f"{place} 0" for place in range(2000))
    record = f'<geometry/a> a geo:Geometry ; geo:asWKT "POLYGON(({ring}))"^^geo:wktLiteral .'
    found = client.post("/validate", data=PREFIXES + record, content_type=TURTLE).json
    assert found is not None and all(len(finding["value"]) < 400 for finding in found["findings"])


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_report_comes_in_every_format_by_its_media_type(lights_client: FlaskClient, form: Format) -> None:
    response = lights_client.post("/validate", data=BAD, content_type=TURTLE, headers={"Accept": form.media_type})
    assert response.status_code == 200
    assert response.content_type == form.content_type
    again = lights_client.post(f"/validate?format={form.name}", data=BAD, content_type=TURTLE)
    assert again.data == response.data != b""


def test_a_page_offers_the_formats_of_people_and_not_those_of_pipelines(lights_client: FlaskClient) -> None:
    page = lights_client.post("/validate", data=BAD, content_type=TURTLE, headers={"Accept": "text/html"}).text
    assert "?format=xlsx" in page and "?format=ttl" in page
    assert not any(f"?format={form.name}" in page for form in FOR_PIPELINES)
