"""The catalogue conforms to the shapes that restate DCAT-AP, and is true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyshacl
import pytest
from flask.testing import FlaskClient
from rdflib import DCTERMS, FOAF, RDF, Graph, Literal, URIRef

from lepgraph.catalogue import dcat
from lepgraph.content import Content
from lepgraph.site import Site
from lepgraph.store import Query
from lepgraph.terms import DCAT, DCATAP, HYDRA, SH, SPDX, VCARD

ROOT = Path(__file__).parent.parent.parent
LIGHTS = URIRef("https://lights.example/data/lights")


@pytest.fixture(scope="module")
def shapes(content: Content) -> Graph:
    return content.graph(*content.files("shapes", "catalogue/*.ttl"))


def results(graph: Graph, shapes: Graph) -> list[tuple[str, str]]:
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes)
    assert isinstance(report, Graph)
    return sorted(
        (str(report.value(result, SH.focusNode)), str(report.value(result, SH.resultPath)))
        for result in report.subjects(RDF.type, SH.ValidationResult)
    )


def test_the_catalogue_conforms(harvested: Graph, shapes: Graph) -> None:
    assert results(harvested, shapes) == []


@pytest.mark.parametrize(
    ("kind", "predicate"),
    [
        (DCAT.Dataset, DCAT.theme), (DCAT.Dataset, DCTERMS.temporal), (DCAT.Distribution, SPDX.checksum),
        (DCAT.Distribution, DCATAP.availability), (DCAT.DataService, DCAT.endpointURL), (DCAT.Catalog, DCTERMS.title),
        (VCARD.Kind, VCARD.hasURL), (FOAF.Agent, DCTERMS.type),
    ],
)  # fmt: skip
def test_what_is_left_out_is_found(harvested: Graph, shapes: Graph, kind: URIRef, predicate: URIRef) -> None:
    node = min(harvested.subjects(RDF.type, kind), key=str)
    less = Graph()
    for triple in harvested.triples((node, None, None)):
        less.add(triple)
    less.remove((node, predicate, None))
    assert (str(node), str(predicate)) in results(less, shapes)


def test_records_are_not_checked_by_the_shapes_of_the_catalogue(content: Content) -> None:
    assert (None, SH.targetClass, DCAT.Distribution) not in content.shapes


def test_the_years_that_a_dataset_covers_are_those_of_its_things(site: Site) -> None:
    said = site.content.catalogue.graph
    whole = said.value(site.content.catalogue.dataset, DCTERMS.temporal)
    latest = int(str(said.value(site.content.catalogue.dataset, DCTERMS.modified))[:4])
    dates = [(thing, year) for thing, year in dated(site) if year <= latest]
    spans = {}
    for dataset in site.datasets.values():
        period = said.value(dataset.iri, DCTERMS.temporal)
        assert period is not None, dataset.key
        if dataset.whole or period == whole:
            continue
        years = [year for thing, year in dates if thing.startswith(dataset.spaces)]
        spans[dataset.key] = min(years), max(years)
        assert covered(said, period) == spans[dataset.key], dataset.key
    assert covered(said, whole) == (min(first for first, _ in spans.values()), max(last for _, last in spans.values()))


def covered(said: Graph, period: object) -> tuple[int, int]:
    assert isinstance(period, URIRef)
    return int(str(said.value(period, DCAT.startDate))), int(str(said.value(period, DCAT.endDate)))


def dated(site: Site) -> Iterator[tuple[str, int]]:
    """Things with the years of their dates and of their periods; those of their records are left out."""
    query = f"""PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX dct: <http://purl.org/dc/terms/>
        SELECT DISTINCT ?thing ?year {{
          {{ ?thing ?property ?date FILTER(ISLITERAL(?date)) }} UNION
          {{ ?period <{DCAT.startDate}>|<{DCAT.endDate}> ?date . ?thing ?property ?period }}
          FILTER(DATATYPE(?date) IN (xsd:date, xsd:gYear, xsd:gYearMonth))
          FILTER(?property NOT IN (dct:issued, dct:modified, <https://w3id.org/lepgraph/def/lep#retrieved>))
          BIND(SUBSTR(STR(?date), 1, 4) AS ?year) }}"""
    for row in site.store.solutions(Query(query)):
        yield str(row["thing"]), int(str(row["year"]))


def test_england_holds_all_boundaries_and_its_box_is_no_larger_than_they(site: Site) -> None:
    query = f"SELECT ?box {{ ?thing <{DCAT.bbox}> ?box FILTER(STRSTARTS(STR(?thing), '{site.addresses.base}id/')) }}"
    boxes = [corners(str(row["box"])) for row in site.store.solutions(Query(query))]
    said = site.content.catalogue.graph
    england = corners(str(said.value(URIRef("https://sws.geonames.org/6269131/"), DCAT.bbox)))
    least, most = (
        [min(column) for column in zip(*boxes, strict=True)],
        [max(column) for column in zip(*boxes, strict=True)],
    )
    for found, given in zip((*least[:2], *most[2:]), england, strict=True):
        assert abs(found - given) < 0.02


def corners(box: str) -> tuple[float, float, float, float]:
    points = [tuple(map(float, point.split())) for point in box.rpartition("((")[2].rstrip("()").split(",")]
    longs, lats = zip(*points, strict=True)
    return min(longs), min(lats), max(longs), max(lats)


def test_nothing_is_made_up_for_content_that_says_little(lights_site: Site) -> None:
    graph = dcat.catalogue(lights_site, "http://localhost/")
    absent = (DCTERMS.spatial, DCTERMS.temporal, DCAT.theme, DCAT.keyword, DCAT.contactPoint, DCTERMS.accessRights)
    assert all((None, predicate, None) not in graph for predicate in (*absent, DCTERMS.language, DCATAP.availability))
    licence = lights_site.content.catalogue.graph.value(LIGHTS, DCTERMS.license)
    for dataset in lights_site.datasets.values():
        assert set(graph.objects(dataset.iri, DCTERMS.license)) == {licence}


def test_one_dataset_has_its_files_and_what_the_whole_says_for_it(site: Site) -> None:
    dataset = site.datasets["areas"]
    graph = dcat.described(site, dataset, "https://data.example/")
    assert graph.value(dataset.iri, DCAT.landingPage) == URIRef("https://data.example/data/areas")
    assert graph.value(dataset.iri, DCTERMS.publisher) == URIRef(f"{site.addresses.base}data/publisher")
    assert (None, RDF.type, DCAT.Catalog) not in graph


def test_pages_hold_each_dataset_once_and_lead_from_first_to_last(client: FlaskClient, site: Site) -> None:
    address, pages = "/catalog.ttl?page=1&size=4", 0
    met: list[object] = []
    while address:
        response = client.get(address)
        graph = Graph().parse(data=response.data, format="turtle")
        page = graph.value(predicate=RDF.type, object=HYDRA.PagedCollection)
        assert str(page).endswith(f"page={pages + 1}")
        assert graph.value(page, HYDRA.totalItems) == Literal(len(site.datasets))
        (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
        assert graph.value(catalogue, HYDRA.view) == page
        shown = set(graph.objects(catalogue, DCAT.dataset))
        assert shown == set(graph.subjects(RDF.type, DCAT.Dataset))
        met += shown
        pages += 1
        address = str(graph.value(page, HYDRA.next) or "").removeprefix("http://localhost")
        assert graph.value(page, HYDRA.next) == graph.value(page, HYDRA.nextPage)
        assert ('rel="next"' in response.headers["Link"]) == bool(address)
    assert pages == -(-len(site.datasets) // 4)
    assert sorted(map(str, met)) == sorted(str(dataset.iri) for dataset in site.datasets.values())


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("page=9999", 404, "the catalogue has"), ("page=0", 400, "page must be a number"), ("page=x", 400, "page must be"),
        ("size=1000", 400, "from 1 to 100"), ("pages=2", 400, "This page knows page, size"),
    ],
)  # fmt: skip
def test_a_page_that_is_not_there_says_what_is(client: FlaskClient, query: str, status: int, said: str) -> None:
    response = client.get(f"/catalog.ttl?{query}", headers={"Accept": "application/problem+json"})
    assert response.status_code == status
    assert said in response.text
