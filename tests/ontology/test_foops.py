"""The ontology meets the criteria of FOOPS! that need no entry in a register, as the service publishes it.

The names are those of the tests of FOOPS!, the Ontology Pitfall Scanner for the FAIR principles. FIND2, FIND3 and
FIND_3_BIS ask for an entry in prefix.cc or Linked Open Vocabularies, and one sixth of OM3 for a DOI: docs/ontology-quality.md.
"""

import re
from itertools import combinations
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.compare import to_canonical_graph
from rdflib.namespace import DCTERMS, FOAF, OWL, RDF, RDFS, SDO, SKOS, VANN, XSD

BASE: Final = "https://w3id.org/lepgraph/"
HEADER: Final = URIRef(f"{BASE}def/lep")
BIBO: Final = Namespace("http://purl.org/ontology/bibo/")
FORMATS: Final = {
    "text/turtle": "turtle", "application/rdf+xml": "xml", "application/ld+json": "json-ld",
    "application/n-triples": "nt",
}  # fmt: skip
METADATA: Final = {
    "OM1": (DCTERMS.title, DCTERMS.description, DCTERMS.license, OWL.versionIRI, DCTERMS.creator, VANN.preferredNamespaceUri),
    "OM2": (VANN.preferredNamespacePrefix, OWL.versionInfo, DCTERMS.created, DCTERMS.bibliographicCitation),
    "OM2 without penalty": (DCTERMS.contributor,),
    "OM3": (DCTERMS.publisher, FOAF.logo, BIBO.status, DCTERMS.source, DCTERMS.issued),
    "OM3 without penalty": (DCTERMS.modified,),
    "OM4.1": (DCTERMS.license, DCTERMS.rights),
    "OM5.1": (DCTERMS.created, DCTERMS.creator),
    "OM5.2": (DCTERMS.issued, DCTERMS.publisher),
    "FIND1": (VANN.preferredNamespacePrefix, VANN.preferredNamespaceUri),
}  # fmt: skip


def path(iri: object) -> str:
    """Where this service answers for an identifier of ours."""
    assert str(iri).startswith(BASE)
    return f"/{str(iri).removeprefix(BASE)}"


def read(client: FlaskClient, address: str, media: str = "text/turtle") -> Graph:
    """What an address gives in a format."""
    response = client.get(address, headers={"Accept": media})
    assert response.status_code == 200
    assert response.mimetype == media
    return Graph().parse(data=response.get_data(), format=FORMATS[media])


@pytest.fixture(scope="module")
def served(app: Flask) -> Graph:
    """What the address of the ontology gives as Turtle."""
    return read(app.test_client(), path(HEADER))


### Findable: URI1, URI2, PURL1, VER1, VER2, OM1, OM2, FIND1


def test_the_address_of_the_ontology_is_persistent_and_that_of_the_document_it_leads_to(served: Graph) -> None:
    assert str(HEADER).startswith("https://w3id.org/")
    assert list(served.subjects(RDF.type, OWL.Ontology)) == [HEADER]


def test_the_version_has_an_address_of_its_own_that_gives_the_ontology(client: FlaskClient, served: Graph) -> None:
    version = served.value(HEADER, OWL.versionIRI)
    assert version not in (None, HEADER)
    assert set(read(client, path(version))) == set(served)
    assert set(read(client, f"{path(version)}.jsonld", "application/ld+json")) == set(served)
    page = client.get(path(version), headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert f"{path(version)}.ttl" in page.headers["Link"]


def test_all_that_the_page_of_the_version_links_to_answers(client: FlaskClient, served: Graph) -> None:
    page = client.get(path(served.value(HEADER, OWL.versionIRI)), headers={"Accept": "text/html"})
    links = re.findall(r"<(/[^>]+)>; rel=\"alternate\"", page.headers["Link"])
    assert len(links) == 7
    assert [link for link in links if client.get(link).status_code != 200] == []
    assert "/def/lep/0.1.0}" in client.get(f"{path(HEADER)}/0.1.0.bib").get_data(as_text=True)


def test_an_address_of_no_version_is_not_found(client: FlaskClient) -> None:
    assert client.get(f"{path(HEADER)}/99.0.0").status_code == 404
    assert client.get(f"{path(HEADER)}/").status_code == 404


@pytest.mark.parametrize("criterion", METADATA)
def test_the_header_says_what_is_asked(served: Graph, criterion: str) -> None:
    assert [term for term in METADATA[criterion] if (HEADER, term, None) not in served] == []


def test_dates_are_dates_in_their_order_and_the_citation_names_the_version(served: Graph) -> None:
    dates = [served.value(HEADER, term) for term in (DCTERMS.created, DCTERMS.issued, DCTERMS.modified)]
    assert all(isinstance(date, Literal) and date.datatype == XSD.date for date in dates)
    assert dates == sorted(dates, key=str)
    citation = str(served.value(HEADER, DCTERMS.bibliographicCitation))
    assert str(served.value(HEADER, OWL.versionIRI)) in citation
    assert f"version {served.value(HEADER, OWL.versionInfo)}" in citation
    assert str(served.value(HEADER, DCTERMS.title)) in citation


def test_the_logo_is_a_picture_that_is_served(client: FlaskClient, served: Graph) -> None:
    with client.get(path(served.value(HEADER, FOAF.logo))) as response:
        assert (response.status_code, response.mimetype) == (200, "image/svg+xml")


### Accessible: CN1, HTTP1; reusable: DOC1; interoperable: RDF1


def test_the_ontology_is_the_same_in_every_format_and_nothing_but_the_ontology(
    client: FlaskClient, served: Graph
) -> None:
    graphs = [read(client, path(HEADER), media) for media in FORMATS]
    assert all(set(one) == set(other) for one, other in combinations(map(to_canonical_graph, graphs), 2))
    ours = {term for term in served.subjects() if str(term).startswith(BASE)}
    assert all((term, RDFS.isDefinedBy, HEADER) in served for term in ours - {HEADER})


def test_every_format_has_an_address_and_is_negotiated(client: FlaskClient) -> None:
    for suffix, media in {"ttl": "text/turtle", "rdf": "application/rdf+xml", "jsonld": "application/ld+json"}.items():
        response = client.get(f"{path(HEADER)}.{suffix}")
        assert (response.status_code, response.mimetype) == (200, media)
    for accept in ("text/html", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"):
        page = client.get(path(HEADER), headers={"Accept": accept})
        assert (page.status_code, page.mimetype) == (200, "text/html")
        assert "Accept" in page.headers["Vary"]


def test_every_term_is_documented_on_the_page_at_its_own_place(client: FlaskClient, served: Graph) -> None:
    text = client.get(path(HEADER), headers={"Accept": "text/html"}).get_data(as_text=True)
    places = set(re.findall(r'\bid="([^"]+)"', text))
    names = {str(term).removeprefix(f"{HEADER}#") for term in served.subjects(RDFS.isDefinedBy, HEADER)}
    assert names - places == set()


### Interoperable: VOC1, VOC2; reusable: VOC3, VOC4


def test_the_header_and_the_terms_use_vocabularies_of_others(served: Graph) -> None:
    assert {str(term) for term in served.predicates(HEADER)} > {str(DCTERMS.title), str(VANN.preferredNamespacePrefix)}
    wider = {str(cls) for cls in served.objects(None, RDFS.subClassOf)}
    assert {"http://www.w3.org/ns/org#Organization", "http://www.w3.org/ns/prov#Entity", str(SKOS.Concept)} <= wider


def test_every_term_has_a_label_and_a_definition(served: Graph) -> None:
    terms = set(served.subjects(RDFS.isDefinedBy, HEADER))
    assert len(terms) > 100
    for predicate in (RDFS.label, SKOS.definition):
        assert [term for term in terms if (term, predicate, None) not in served] == []


def test_whoever_reads_the_answer_alone_knows_classes_from_properties(served: Graph) -> None:
    """Pitfalls 34 and 35 of OOPS!, which reads what the address gives."""
    links = (
        RDF.type,
        RDFS.subClassOf,
        RDFS.subPropertyOf,
        RDFS.domain,
        RDFS.range,
        OWL.disjointWith,
        SDO.domainIncludes,
    )
    used = {*served.predicates(), *(term for link in links for term in served.objects(None, link))}
    built_in = (str(RDF), str(RDFS), str(OWL), str(XSD))
    assert (
        sorted(
            str(term) for term in used if not str(term).startswith(built_in) and (term, RDF.type, None) not in served
        )
        == []
    )
