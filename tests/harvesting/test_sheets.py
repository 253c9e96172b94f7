"""Pages of datasets, what they say to search engines, and the counts of VoID."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from rdflib import DCTERMS, RDF, VOID, Graph, Literal

from lepgraph import site as sites
from lepgraph.content import Content
from lepgraph.settings import Settings
from lepgraph.site import Site
from lepgraph.store import Query
from lepgraph.terms import DCAT
from lepgraph.web import create_app
from lepgraph.words import sized

HTML = {"Accept": "text/html"}
TURTLE = {"Accept": "text/turtle"}


def markup(page: str) -> dict[str, Any]:
    match = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert match
    found = json.loads(match[1])
    assert isinstance(found, dict)
    return found


def number(site: Site, query: str) -> int:
    return int(str(site.store.solutions(Query(query))[0]["n"]))


def test_the_page_of_a_dataset_has_all_its_files_with_their_checksums(client: FlaskClient, site: Site) -> None:
    for dataset in site.datasets.values():
        page = client.get(f"/data/{dataset.key}", headers=HTML).text
        assert f"<h1>{dataset.title}</h1>" in html.unescape(page)
        for file in site.distributions.of(dataset.key):
            assert f'<a href="/dump/{site.version.short}/{file.name}"' in page
            assert file.digest in page


def test_the_page_of_a_dataset_says_how_much_there_is_of_each_kind(client: FlaskClient, site: Site) -> None:
    page = client.get("/data/areas", headers=HTML).text
    things = number(site, f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s ?p ?o {begins(site, 'id/area/')} }}")
    assert f'<a href="/id/area">Areas</a></th><td class="number">{things:,}</td>' in page
    assert "2009 to 2025" in page
    assert "Open Government Licence v3.0" in page


def begins(site: Site, path: str) -> str:
    return f'FILTER(STRSTARTS(STR(?s), "{site.addresses.base}{path}"))'


def test_the_data_about_a_dataset_are_those_of_the_catalogue(client: FlaskClient, harvested: Graph, site: Site) -> None:
    iri = site.datasets["practices"].iri
    graph = Graph().parse(data=client.get("/data/practices.ttl").data, format="turtle")
    assert set(graph.objects(iri, DCAT.distribution)) == set(harvested.objects(iri, DCAT.distribution))
    assert graph.value(iri, DCTERMS.publisher) == harvested.value(iri, DCTERMS.publisher)


@pytest.mark.parametrize("which", ["site", "lights_site"])
def test_search_engines_for_data_find_what_they_need(which: str, request: pytest.FixtureRequest) -> None:
    """What Google Dataset Search requires or recommends: name, description, terms, places, years, files."""
    site: Site = request.getfixturevalue(which)
    client = create_app(site).test_client()
    whole = site.content.catalogue.dataset
    for key, dataset in site.datasets.items():
        found = markup(client.get(f"/data/{key}", headers=HTML).text)
        assert (found["@type"], found["@id"], found["name"]) == ("Dataset", str(dataset.iri), dataset.title)
        assert 50 <= len(found["description"]) <= 5000
        assert found["license"].startswith("http")
        assert found["includedInDataCatalog"]["@type"] == "DataCatalog"
        assert ("hasPart" in found) == dataset.whole == (found["@id"] == str(whole))
        assert ("isPartOf" in found) != dataset.whole
        for download in found["distribution"]:
            assert download["@type"] == "DataDownload"
            assert re.fullmatch("[0-9a-f]{64}", download["sha256"])
        if which == "site":
            assert re.fullmatch(r"\d{4}/\d{4}", found["temporalCoverage"])
            assert {place["name"] for place in found["spatialCoverage"]} == {"England", "United Kingdom"}
            assert found["creator"]["name"] == "lepgraph editors"
            assert found["keywords"]
        else:
            assert "temporalCoverage" not in found


def test_the_catalogue_tells_search_engines_its_datasets(client: FlaskClient, site: Site) -> None:
    found = markup(client.get("/catalog", headers=HTML).text)
    assert [one["@id"] for one in found["dataset"]] == [str(dataset.iri) for dataset in site.datasets.values()]


def test_void_counts_parts_and_links_as_sparql_counts_them(client: FlaskClient, site: Site) -> None:
    graph = Graph().parse(data=client.get("/.well-known/void", headers=TURTLE).data, format="turtle")
    whole = site.content.catalogue.dataset
    everything = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o "
    assert graph.value(whole, VOID.entities) == Literal(number(site, everything + begins(site, "") + "}"))
    assert graph.value(whole, VOID.documents) == Literal(number(site, everything + begins(site, "id/") + "}"))
    rows = site.store.solutions(Query("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s"))
    sizes = {str(row["s"]): int(str(row["n"])) for row in rows}
    for part in (part for dataset in site.datasets.values() for part in dataset.parts):
        held = {thing: size for thing, size in sizes.items() if thing.startswith(part.space)}
        assert int(str(graph.value(part.iri, VOID.triples) or 0)) == sum(held.values()), part.key
        assert int(str(graph.value(part.iri, VOID.entities) or 0)) == len(held), part.key
        assert str(graph.value(part.iri, VOID.exampleResource)) in held or not held
    linksets = list(graph.subjects(RDF.type, VOID.Linkset))
    assert linksets
    for node in linksets:
        space = graph.value(graph.value(node, VOID.objectsTarget), VOID.uriSpace)
        predicate = graph.value(node, VOID.linkPredicate)
        query = f'SELECT (COUNT(*) AS ?n) {{ ?s <{predicate}> ?o FILTER(STRSTARTS(STR(?o), "{space}")) {begins(site, "")} }}'
        assert graph.value(node, VOID.triples) == Literal(number(site, query))
        assert graph.value(node, VOID.subjectsTarget) == whole


def test_the_triples_of_a_dataset_in_void_are_those_of_its_dump(site: Site, client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get("/.well-known/void", headers=TURTLE).data, format="turtle")
    for key in ("combined-authorities", "lepgraph"):
        lines = site.distributions.path(f"{key}.nt").read_bytes().count(b"\n")
        assert graph.value(site.datasets[key].iri, VOID.triples) == Literal(lines)
        dumps = {str(dump).rpartition("/")[2] for dump in graph.objects(site.datasets[key].iri, VOID.dataDump)}
        assert f"{key}.nt.gz" in dumps


def test_what_void_names_leads_to_void(client: FlaskClient, site: Site) -> None:
    graph = Graph().parse(data=client.get("/.well-known/void", headers=TURTLE).data, format="turtle")
    node = min(map(str, graph.subjects(RDF.type, VOID.Linkset)))
    response = client.get(f"/{node.removeprefix(site.addresses.base)}")
    assert (response.status_code, response.headers["Location"]) == (303, "/.well-known/void")


def test_behind_a_proxy_no_answer_names_the_inner_host(site: Site) -> None:
    outer = replace(site, settings=replace(site.settings, public="https://data.example/"))
    client = create_app(outer).test_client()
    for path in (
        "/catalog",
        "/catalog.ttl",
        "/catalog.ttl?page=2",
        "/.well-known/void",
        "/data/areas",
        "/data/areas.ttl",
        "/feed",
    ):
        response = client.get(path)
        text = response.text + str(response.headers)
        assert "https://data.example/" in text, path
        assert "localhost" not in text, path


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (38_400, "38 kB"), (999_600, "1.0 MB"), (42_000_000, "42 MB"), (3_000_000_000_000, "3,000 GB")],
)  # fmt: skip
def test_sizes_read_as_people_write_them(size: int, words: str) -> None:
    assert sized(size) == words


def test_files_in_place_of_the_graph_are_one_dataset_without_versions(
    lighthouses: Content, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "own.ttl"
    path.write_text("<https://lights.example/id/lighthouse/x> a <https://lights.example/def/light#Lighthouse> .")
    site = sites.inside(lighthouses, settings)
    version = sites.prepare(lighthouses, settings, [path])
    files = Site(settings, lighthouses, version, site.store, site.store)
    client = create_app(files).test_client()
    graph = Graph().parse(data=client.get("/catalog.ttl").data, format="turtle")
    assert list(graph.subjects(RDF.type, DCAT.Dataset)) == [site.content.catalogue.dataset]
    assert graph.value(site.content.catalogue.dataset, DCAT.version) == Literal(version.short)
    for address in ("/catalog", "/data/lights", "/.well-known/void"):
        assert client.get(address, headers=HTML if "void" not in address else TURTLE).status_code == 200
    site.close()
