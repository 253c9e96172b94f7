"""The JSON-LD context of a content: served, and known to what reads records."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from rdflib import RDF, RDFS, Literal, URIRef
from rdflib.namespace import XSD

from lepgraph.content import Content
from lepgraph.media import JSON_LD
from lepgraph.validation import reading
from lepgraph.validation.reading import contexts
from lepgraph.validation.records import File

LIGHT = "https://lights.example/def/light#"
ADDRESS = "https://lights.example/def/context.jsonld"
RECORD = {
    "@context": ADDRESS,
    "id": "https://lights.example/id/lighthouse/new",
    "type": "Lighthouse",
    "label": {"@value": "New", "@language": "en"},
    "height": "12.50",
    "light:keptBy": "https://lights.example/id/keeper/ada",
}


def test_the_context_is_served_at_its_address(lights_client: FlaskClient) -> None:
    response = lights_client.get("/def/context.jsonld")
    assert response.status_code == 200
    assert response.mimetype == "application/ld+json"
    assert response.headers["ETag"] == lights_client.get("/def/context.jsonld").headers["ETag"]
    context = json.loads(response.data)["@context"]
    assert context["height"] == {"@id": f"{LIGHT}height", "@type": str(XSD.decimal)}
    assert context["Lighthouse"] == f"{LIGHT}Lighthouse"
    assert lights_client.get("/def/context.jsonld?x=1").status_code == 400


def test_a_record_that_names_the_context_is_checked(lights_client: FlaskClient) -> None:
    found = lights_client.post("/validate", data=json.dumps(RECORD), content_type="application/ld+json").json
    assert found is not None
    assert found["conforms"]


def test_a_record_says_by_the_context_what_it_says_in_full(lighthouses: Content) -> None:
    published = contexts.published(lighthouses)
    record = reading.read(
        File("a.jsonld", json.dumps(RECORD).encode()), JSON_LD, "https://lights.example/id/", published
    )
    new = URIRef("https://lights.example/id/lighthouse/new")
    assert set(record.graph) == {
        (new, RDF.type, URIRef(f"{LIGHT}Lighthouse")),
        (new, RDFS.label, Literal("New", lang="en")),
        (new, URIRef(f"{LIGHT}height"), Literal("12.50", datatype=XSD.decimal, normalize=False)),
        (new, URIRef(f"{LIGHT}keptBy"), URIRef("https://lights.example/id/keeper/ada")),
    }
    assert record.notes == []
    assert record.place(new, RDFS.label, Literal("New", lang="en")).pointer == "/label/@value"


def test_every_name_means_one_term_and_every_class_of_a_shape_has_one(content: Content) -> None:
    published = contexts.published(content)
    assert isinstance(published.context, dict)
    meant = {name: told["@id"] if isinstance(told, dict) else told for name, told in published.context.items()}
    targets = {str(kind) for kind in content.shapes.objects(None, URIRef("http://www.w3.org/ns/shacl#targetClass"))}
    assert targets <= set(map(str, meant.values()))
    plain = [iri for name, iri in meant.items() if ":" not in name and not str(iri).startswith("@")]
    assert len(plain) == len(set(plain))
    for name, iri in meant.items():
        if ":" not in name and not str(iri).startswith("@") and name not in content.prefixes:
            assert re.split("[/#]", str(iri))[-1] == name
    data = f'{{"@context": {contexts.document(published).decode()}, "@id": "urn:a", "type": "urn:T"}}'
    body = json.dumps({**json.loads(data), "@context": json.loads(data)["@context"]["@context"]})
    assert len(list(pyoxigraph.parse(body.encode(), pyoxigraph.RdfFormat.JSON_LD))) == 1


@pytest.mark.parametrize(
    "text",
    [
        block
        for block in re.findall(
            r"```json\n(.*?)```", (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8"), re.DOTALL
        )
        if "context.jsonld" in block
    ],
)
def test_the_example_of_the_documentation_is_read_whole(content: Content, text: str) -> None:
    base = f"{content.addresses.base}id/"
    record = reading.read(File("a.jsonld", text.encode()), JSON_LD, base, contexts.published(content))
    assert len(record.graph) == len(json.loads(text)) - 2
    assert record.notes == []
