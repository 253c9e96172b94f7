"""The description of the data set agrees with the ontology."""

import pytest
from rdflib import DCAT, DCTERMS, FOAF, OWL, RDF, VOID, Graph, Literal, Namespace, URIRef

BASE = "https://w3id.org/lepgraph/"
DATASET = URIRef(f"{BASE}data/lepgraph")
SCHEMA = Namespace("https://schema.org/")
SEGMENTS = {
    "partnership", "combined-authority", "local-authority", "area", "area-membership", "membership", "area-name",
    "report", "case-study", "recommendation", "claim", "practice", "period", "source", "outcome", "document", "funding",
    "programme-total",
}  # fmt: skip


def parts(graph: Graph) -> list[URIRef]:
    """The parts of the data set, in the order of their identifiers."""
    return sorted(URIRef(str(part)) for part in graph.subjects(DCTERMS.isPartOf, DATASET))


@pytest.mark.parametrize(
    "predicate",
    [
        DCTERMS.identifier, DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.license, DCTERMS.issued,
        DCTERMS.modified, DCTERMS.language, DCTERMS.spatial, DCTERMS.accrualPeriodicity, DCAT.theme, DCAT.keyword,
        VOID.uriSpace,
    ],
)  # fmt: skip
def test_the_data_set_says_what_harvesters_ask(catalogue: Graph, predicate: URIRef) -> None:
    assert (DATASET, predicate, None) in catalogue


def test_the_publisher_is_a_named_agent(catalogue: Graph) -> None:
    publisher = catalogue.value(DATASET, DCTERMS.publisher)
    assert publisher is not None
    assert (publisher, RDF.type, FOAF.Agent) in catalogue
    assert (publisher, FOAF.name, None) in catalogue


def test_every_kind_of_thing_with_pages_has_a_part(catalogue: Graph) -> None:
    assert {part.removeprefix(f"{BASE}data/") for part in parts(catalogue)} >= SEGMENTS


def test_a_part_is_named_after_the_addresses_of_its_things(catalogue: Graph) -> None:
    for part in parts(catalogue):
        space = str(catalogue.value(part, VOID.uriSpace))
        assert space == f"{BASE}id/{part.removeprefix(f'{BASE}data/')}/"


def test_every_part_has_title_description_and_a_place_of_its_own(catalogue: Graph) -> None:
    positions = [catalogue.value(part, SCHEMA.position) for part in parts(catalogue)]
    numbers = [int(position) for position in positions if isinstance(position, Literal)]
    assert sorted(numbers) == list(range(1, len(parts(catalogue)) + 1))
    for part in parts(catalogue):
        assert (part, DCTERMS.title, None) in catalogue
        assert (part, DCTERMS.description, None) in catalogue


def test_the_class_of_a_part_is_one_of_ours_or_labelled(catalogue: Graph, ontology: Graph) -> None:
    for part in parts(catalogue):
        kind = catalogue.value(part, VOID["class"])
        assert kind is not None
        ours = str(kind).startswith(BASE)
        assert (kind, RDF.type, OWL.Class) in ontology if ours else (kind, None, None) in ontology
