"""Vocabularies and concept schemes read as documentation: tree, tables, diagram, examples, uses."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient
from rdflib import Graph

from lepgraph.describing import Value
from lepgraph.documenting import diagrams
from lepgraph.documenting.vocabularies import shaped
from lepgraph.site import Site
from reading import visible

HTML = {"Accept": "text/html"}
LEP = "https://w3id.org/lepgraph/def/lep#"


@pytest.fixture(scope="module")
def ontology(site: Site) -> str:
    from lepgraph.web import create_app  # noqa: PLC0415

    return create_app(site).test_client().get("/def/lep", headers=HTML).text


def test_every_term_has_a_place_on_the_page_and_every_link_within_it_leads_somewhere(site: Site, ontology: str) -> None:
    ids = re.findall(r'id="([^"]+)"', ontology)
    assert len(ids) == len(set(ids))
    terms = {term.removeprefix(LEP) for term in site.documenter.said(f"{LEP[:-1]}") if term.startswith(LEP)}
    assert len(terms) > 100
    assert terms <= set(ids)
    assert set(re.findall(r'href="#([^"]+)"', ontology)) <= {*ids, "main"}


def test_the_page_of_the_ontology_is_light(ontology: str) -> None:
    assert len(ontology.encode()) < 110_000


def test_a_class_shows_definition_properties_uses_and_a_real_thing(ontology: str) -> None:
    part = ontology[ontology.index('id="Practice"') :].partition('<section class="class"')[0]
    text = visible(part)
    assert "Undertaking of a partnership or another body" in text
    assert "Being recorded is no verdict on its worth." in text
    assert "153 things, such as" in text
    assert (
        "kind of practice Link from a practice to the concept that says what form it takes. concept, exactly one 153"
        in text
    )
    assert "a lep:Practice ;" in text


def test_an_example_is_turtle_with_the_prefixes_of_the_page(ontology: str) -> None:
    snippets = [html.unescape(text) for text in re.findall(r"<pre[^>]*>(.*?)</pre>", ontology, re.S)]
    (prefixes,) = [text for text in snippets if text.startswith("@prefix")]
    others = [text for text in snippets if not text.startswith("@prefix")]
    assert len(others) > 20
    for text in others:
        assert 0 < len(Graph().parse(data=f"{prefixes}\n{text}", format="turtle")) <= 7


def test_the_diagram_shows_links_that_the_table_says_too(site: Site, ontology: str) -> None:
    told = site.documenter.vocabulary(LEP[:-1])
    drawing = diagrams.drawn(told.links)
    assert drawing is not None
    assert 8 <= len(drawing.boxes) <= diagrams.MOST
    said = {(begin.text, by.text, end.text) for begin, by, end in told.links}
    assert ("practice", "has theme", "theme") in said
    assert ("region", "has name", "area name") not in said  # an area has it, and so each kind of area
    for arrow in drawing.arrows:
        begin, words, end = arrow.words.split(": ")
        for word in words.split(", "):
            assert (begin, word, end) in said
    for one in drawing.boxes:
        assert 0 < one.left < one.left + one.width < diagrams.WIDTH
        for other in drawing.boxes:
            apart = abs(one.y - other.y) >= drawing.box or abs(one.x - other.x) >= (one.width + other.width) / 2
            assert one == other or apart, (one.label, other.label)
    svg = ontology[ontology.index("<svg viewBox") : ontology.index("</svg>")]
    assert 'role="group"' in svg
    assert "style=" not in svg


def test_classes_without_links_have_no_diagram() -> None:
    assert diagrams.drawn(()) is None
    same = Value("area", "#Area")
    assert diagrams.drawn(((same, Value("is part of"), same),)) is None


def test_terms_of_others_and_the_version_are_named(ontology: str) -> None:
    text = visible(ontology)
    assert "local enterprise partnership" in text
    assert re.search(r"Our term Relation Term of another vocabulary .*organisation", text)
    assert "Version 0.1.0" in text


def test_a_small_vocabulary_needs_no_shapes_for_every_class(lights_client: FlaskClient) -> None:
    text = visible(lights_client.get("/def/light", headers=HTML).text)
    assert "kept by The person who tends the light. keeper 3" in text
    assert "Further properties" in text  # what no shape and no domain gives to a class
    assert "first lit" in text


def test_a_scheme_shows_each_concept_with_definition_and_uses(client: FlaskClient) -> None:
    page = client.get("/def/theme", headers=HTML).text
    text = visible(page)
    assert "5 concepts." in text
    assert "Environmental sustainability Theme about sustaining the environment. 34 by “has theme”" in text
    assert 'id="environmental-sustainability"' in page
    assert '<a href="/def/theme/environmental-sustainability">' in page


def test_every_vocabulary_and_scheme_of_the_home_page_has_its_page(client: FlaskClient) -> None:
    paths = set(re.findall(r'href="(/def/[\w-]+)"', client.get("/", headers=HTML).text))
    assert len(paths) > 15
    for path in paths:
        response = client.get(path, headers=HTML)
        assert response.status_code == 200, path
        assert re.search("Concept scheme|Vocabulary", visible(response.text)), path


def test_several_shapes_of_a_property_are_read_together() -> None:
    shapes = Graph().parse(
        data="""
        @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <https://e.example/> .
        e:s sh:targetClass e:C ; sh:property [ sh:path e:p ; sh:minCount 1 ] , [ sh:path e:p ; sh:maxCount 1 ; sh:class e:D ] .
        """,
        format="turtle",
    )
    use = shaped(shapes)["https://e.example/C"]["https://e.example/p"]
    assert (use.least, use.most, use.values) == (1, 1, {"https://e.example/D"})
