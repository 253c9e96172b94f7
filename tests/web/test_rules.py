"""The shapes as pages: each rule of each shape has a place, and the address of a rule leads there."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from rdflib import RDF, SH, Graph, URIRef

from lepgraph.site import Site


def test_every_rule_has_its_place_on_the_page_of_its_shape(client: FlaskClient, site: Site) -> None:
    shapes = site.content.shapes
    for node in shapes.subjects(RDF.type, SH.NodeShape):
        parts = [part for part in shapes.objects(node, SH.property) if isinstance(part, URIRef)]
        page = client.get(f"/shape/{str(node).rpartition('/')[2]}", headers={"Accept": "text/html"}).text
        anchors = set(re.findall(r'<section id="([^"]+)"', page))
        assert {str(part).rpartition("/")[2] for part in parts} <= anchors
        for part in parts:
            name = str(shapes.value(part, SH.name))
            assert f"{name[:1].upper()}{name[1:]}" in page, name


def test_the_address_of_a_rule_leads_to_it(client: FlaskClient, lights_client: FlaskClient) -> None:
    answer = lights_client.get("/shape/Lighthouse-height")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/shape/Lighthouse#Lighthouse-height")


def test_all_shapes_are_listed_with_their_numbers(lights_client: FlaskClient) -> None:
    page = lights_client.get("/shape", headers={"Accept": "text/html"}).text
    assert '<a href="/shape/Lighthouse">' in page


@pytest.mark.parametrize(("ending", "form"), [("ttl", "turtle"), ("nt", "nt"), ("jsonld", "json-ld"), ("rdf", "xml")])
def test_shapes_are_data_too(lights_client: FlaskClient, lights_site: Site, ending: str, form: str) -> None:
    whole = Graph().parse(data=lights_client.get(f"/shape.{ending}").data, format=form)
    assert len(whole) == len(lights_site.content.shapes)
    part = Graph().parse(data=lights_client.get(f"/shape/Lighthouse.{ending}").data, format=form)
    assert 0 < len(part) <= len(whole)
    assert (URIRef("https://lights.example/shape/Lighthouse"), RDF.type, SH.NodeShape) in part


@pytest.mark.parametrize(
    ("address", "status"),
    [("/shape/None", 404), ("/shape/None.ttl", 404), ("/shape?x=1", 400), ("/shape/Lighthouse?x=1", 400)],
)
def test_what_is_not_there_is_said(lights_client: FlaskClient, address: str, status: int) -> None:
    assert lights_client.get(address).status_code == status


def test_findings_lead_to_the_rule_they_break(lights_client: FlaskClient) -> None:
    body = "<lighthouse/new> a <https://lights.example/def/light#Lighthouse> ."
    found = lights_client.post("/validate", data=body, content_type="text/turtle").json
    assert found is not None
    page = found["findings"][0]["page"]
    path, _, fragment = page.removeprefix("https://lights.example").partition("#")
    assert f'<section id="{fragment}"' in lights_client.get(path, headers={"Accept": "text/html"}).text
