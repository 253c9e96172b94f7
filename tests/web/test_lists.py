"""Lists: every view has an address, in every format, and what makes no sense is refused with help."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph, URIRef
from rdflib.namespace import RDF

from lepgraph.errors import ParameterFault
from lepgraph.listing import rows as listings
from lepgraph.listing import views
from lepgraph.listing.rows import Lists
from lepgraph.site import Site
from reading import visible

HTML = {"Accept": "text/html"}


def rows(client: FlaskClient, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.text)))


def names(client: FlaskClient, address: str) -> list[str]:
    return [row["name"] for row in rows(client, address)]


def test_a_list_has_all_of_a_kind_with_the_columns_of_its_query(lights_client: FlaskClient) -> None:
    text = visible(lights_client.get("/id/lighthouse", headers=HTML).text)
    assert "Lighthouses Towers with a light." in text
    assert "Height in metres Keeper First lit Far Point 31.5 Ada Lamp 2 May 1871 Near Point Ada Lamp, Ben Wick" in (
        text.replace("Ada Lamp Ben Wick", "Ada Lamp, Ben Wick")
    )
    assert rows(lights_client, "/id/lighthouse.csv")[1] == {
        "thing": "https://lights.example/id/lighthouse/near-point",
        "name": "Near Point",
        "height": "",
        "keeper": "Ada Lamp; Ben Wick",
        "lit": "",
    }


def test_a_list_without_a_query_of_its_own_has_names_alone(lights_client: FlaskClient) -> None:
    assert rows(lights_client, "/id/keeper?format=csv") == [
        {"thing": "https://lights.example/id/keeper/ada", "name": "Ada Lamp"},
        {"thing": "https://lights.example/id/keeper/ben", "name": "Ben Wick"},
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("keeper=ben", ["Near Point"]),
        ("keeper=unknown", ["North Rock"]),
        ("name=point", ["Far Point", "Near Point"]),
        ("name=NEAR+po", ["Near Point"]),
        ("height-from=20", ["Far Point"]),
        ("height-to=20", ["North Rock"]),
        ("lit-from=1871&lit-to=1871-05", ["Far Point"]),
        ("lit-from=1872", []),
        ("date=1871-05-01", ["Near Point", "North Rock"]),
        ("date=1871-05-02", ["Far Point", "Near Point", "North Rock"]),
        ("sort=-name", ["North Rock", "Near Point", "Far Point"]),
        ("sort=height", ["North Rock", "Far Point", "Near Point"]),
        ("sort=-height", ["Far Point", "North Rock", "Near Point"]),
        ("keeper=&name=&sort=", ["Far Point", "Near Point", "North Rock"]),
        ("keeper=ada&name=far&height-from=1&sort=-lit", ["Far Point"]),
    ],
)
def test_a_list_is_narrowed_and_sorted(lights_client: FlaskClient, query: str, expected: list[str]) -> None:
    assert names(lights_client, f"/id/lighthouse.csv?{query}") == expected
    found = lights_client.get(f"/id/lighthouse.json?{query}").get_json()
    assert [row["name"] for row in found["rows"]] == expected
    assert found["total"] == len(expected)
    graph = Graph().parse(data=lights_client.get(f"/id/lighthouse.nt?{query}").data, format="nt")
    assert len(set(graph.subjects(RDF.type))) == len(expected)
    page = lights_client.get(f"/id/lighthouse?{query}", headers=HTML)
    assert page.status_code == 200
    assert f"{len(expected)} of 3" in visible(page.text) or f"{len(expected)} in all" in visible(page.text)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour=red", "no parameter 'colour'"),
        ("keeper=ada&keeper=ben", "given 2 times"),
        ("keeper=zoe", "has 'zoe' as its keeper"),
        ("height-from=high", "must be a number"),
        ("height-from=30&height-to=20", "ends before that"),
        ("lit-from=1900&lit-to=1800", "ends before that"),
        ("lit-from=1871-02-30", "that exists"),
        ("lit-from=18", "that exists"),
        ("date=1871", "a day that exists"),
        ("date=2015-02-29", "a day that exists"),
        ("date=2015-05-01T00:00", "a day that exists"),
        ("sort=colour", "cannot be sorted"),
        ("sort=--name", "cannot be sorted"),
        ("page=0", "a number from 1"),
        ("page=one", "a number from 1"),
        ("name=" + "x" * 201, "longer than 200"),
        ("view=map", "no parameter 'view'"),
    ],
)
def test_what_makes_no_sense_is_refused_with_help(lights_client: FlaskClient, query: str, said: str) -> None:
    response = lights_client.get(f"/id/lighthouse?{query}", headers={"Accept": "application/json"})
    problem = response.get_json(force=True)
    assert response.status_code == 400
    assert said in problem["detail"]
    assert problem["hint"]
    page = lights_client.get(f"/id/lighthouse?{query}", headers=HTML)
    assert page.status_code == 400
    assert "<h1>" in page.text


def test_a_page_that_is_not_there_is_not_found(lights_client: FlaskClient) -> None:
    assert lights_client.get("/id/lighthouse?page=2", headers=HTML).status_code == 404


def test_markup_in_a_parameter_stays_text(lights_client: FlaskClient) -> None:
    for name in ("name", "keeper", "sort", "date", "lit-from", "<b>"):
        page = lights_client.get("/id/lighthouse", query_string={name: '"><b>x</b>'}, headers=HTML)
        assert "<b>" not in page.text


def test_where_nothing_fits_the_page_says_how_to_widen(lights_client: FlaskClient) -> None:
    page = lights_client.get("/id/lighthouse?keeper=ben&name=far", headers=HTML)
    assert page.status_code == 200
    assert "Nothing fits all of that." in visible(page.text)
    assert '<a href="/id/lighthouse?name=far">without keeper: ben</a>' in page.text


def test_choices_count_what_would_fit_with_the_other_filters(lights_client: FlaskClient) -> None:
    page = lights_client.get("/id/lighthouse?name=point&keeper=ben", headers=HTML).text
    assert '<option value="ada">Ada Lamp (2)</option>' in page
    assert '<option value="ben" selected>Ben Wick (1)</option>' in page
    assert "North" not in page
    assert "Not known" not in page


def test_a_view_says_where_its_other_pages_and_forms_are(client: FlaskClient) -> None:
    response = client.get("/id/area?page=2&sort=code&kind=&county=", headers=HTML)
    links = response.headers["Link"]
    assert '</id/area?sort=code>; rel="first"' in links
    assert '</id/area?sort=code>; rel="prev"' in links
    assert '</id/area?page=3&sort=code>; rel="next"' in links
    assert '</id/area?page=6&sort=code>; rel="last"' in links
    assert '</id/area.csv?sort=code>; rel="alternate"; type="text/csv"' in links
    assert '<https://w3id.org/lepgraph/id/area?page=2&sort=code>; rel="canonical"' in links
    assert '<link rel="canonical" href="https://w3id.org/lepgraph/id/area?page=2&amp;sort=code"' in response.text
    assert len(rows(client, "/id/area.csv?sort=code")) == 562
    one = rows(client, "/id/area.csv?sort=code&page=6")
    assert len(one) == 62
    assert one == rows(client, "/id/area.csv?sort=code")[500:]
    assert client.get("/id/area.json?page=6").get_json()["pages"] == 6


def test_pages_hold_each_thing_once_and_stay_light(client: FlaskClient) -> None:
    found: list[str] = []
    for page in range(1, 7):
        response = client.get(f"/id/area?page={page}", headers=HTML)
        assert len(response.data) < 100_000
        found += re.findall(r'<th scope="row">.*?href="/doc/area/(\w+)"', response.text)
    assert len(found) == len(set(found)) == 562


def test_every_list_has_exactly_the_things_of_its_concept(site: Site) -> None:
    lists = Lists(site.library, site.store, site.describer)
    concepts = site.content.catalogue.concepts
    assert set(site.library.of("lists")) <= set(concepts)
    assert {segment: len(lists.of(concept).rows) for segment, concept in concepts.items()} == site.numbers
    for segment in site.library.of("lists"):
        listing = lists.of(concepts[segment])
        assert {column.name for column in listing.columns} >= set(listing.listed.names), segment


def test_lists_are_given_up_when_there_are_many_cells(lights_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = Lists(lights_site.library, lights_site.store, lights_site.describer)
    lighthouse, keeper = (lights_site.content.catalogue.concepts[name] for name in ("lighthouse", "keeper"))
    first = lists.of(lighthouse)
    assert lists.of(lighthouse) is first
    monkeypatch.setattr(listings, "MOST_CELLS", 5)
    lists.of(keeper)
    assert lists.of(lighthouse) is not first


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/id/partnership.csv?region=E12000003", "Leeds City Region"),
        ("/id/partnership.csv?status=integrated&sort=-practices", "Leeds City Region"),
        ("/id/area.csv?kind=PartnershipArea&date=2020-06-01&name=leeds", "Leeds City Region (E37000050)"),
        ("/id/practice.csv?partnership=leeds-city-region&theme=responsible-business", "Levy transfer campaign"),
        ("/id/local-authority.csv?tier=upper&region=E12000003&date=2015-01-01", "North Yorkshire County Council"),
        ("/id/event.csv?kind=merger", ""),
        ("/id/document.csv?kind=recovery-plan", ""),
        ("/id/recommendation.csv?addressee=central-government", "Let more combined authorities form"),
    ],
)
def test_lists_of_the_graph_are_narrowed_by_what_fits_them(client: FlaskClient, address: str, expected: str) -> None:
    found = names(client, address)
    assert found
    assert not expected or expected in found


def test_an_area_is_on_the_list_of_a_day_by_its_code(client: FlaskClient) -> None:
    on = {
        day: {row["code"] for row in rows(client, f"/id/area.csv?kind=PartnershipArea&name=leeds&date={day}")}
        for day in ("2015-05-01", "2020-05-01", "2022-05-01", "2025-05-01")
    }
    assert on == {
        "2015-05-01": {"E37000020"},
        "2020-05-01": {"E37000050"},
        "2022-05-01": {"E37000062"},
        "2025-05-01": set(),
    }


def test_a_map_shows_exactly_the_view(client: FlaskClient) -> None:
    query = "kind=PartnershipArea&date=2015-05-01"
    page = client.get(f"/id/area?{query}&view=map", headers=HTML)
    assert "39 of 562" in visible(page.text)
    assert "A map of 39 places" in page.text
    assert len(page.data) < 100_000
    features = client.get(f"/id/area.geojson?{query}").get_json(force=True)["features"]
    assert len(features) == 39
    assert client.get("/id/practice.geojson").status_code in (404, 406)


def test_all_lists_and_the_statistical_data_sets_are_on_one_page(client: FlaskClient) -> None:
    page = client.get("/id", headers=HTML)
    assert "Statistical data sets" in page.text
    links = re.findall(r'href="(/data/[^"]+)"', page.text)
    assert len(links) == 42
    assert client.get(links[0], headers=HTML).status_code == 200
    assert 'href="/id/practice">Practices</a> <span class="count">153</span>' in page.text
    assert client.get("/id?x=1", headers=HTML).status_code == 400


def test_a_list_comes_in_every_format_with_the_same_things(client: FlaskClient) -> None:
    address = "/id/practice{}?theme=responsible-business"
    things = {row["thing"] for row in rows(client, address.format(".csv"))}
    assert len(things) == 28
    assert {row["thing"] for row in client.get(address.format(".json")).get_json()["rows"]} == things
    tsv = client.get(address.format(".tsv")).text.splitlines()
    assert {line.split("\t")[0] for line in tsv[1:]} == things
    for ending, form in (("ttl", "turtle"), ("nt", "nt"), ("jsonld", "json-ld"), ("rdf", "xml")):
        graph = Graph().parse(data=client.get(address.format(f".{ending}")).data, format=form)
        assert {str(subject) for subject in graph.subjects(RDF.type)} == things
        assert all(isinstance(subject, URIRef) for subject in graph.subjects())
    by_header = client.get(address.format(""), headers={"Accept": "text/csv"})
    assert by_header.mimetype == "text/csv"
    assert client.get(address.format(""), headers={"Accept": "image/png"}).status_code == 406


PARAMETERS = ["name", "keeper", "height-from", "height-to", "lit-from", "lit-to", "date", "sort", "page"]


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from(PARAMETERS), st.text(max_size=20), max_size=4))
def test_no_input_raises_anything_but_our_faults(lights_site: Site, asked: dict[str, str]) -> None:
    listing = lights_site.lists.of(lights_site.content.catalogue.concepts["lighthouse"])
    try:
        view = views.View(listing, views.asked(asked, 1, False))
        assert len(view.rows) <= 3
        assert view.facets or view.words is not None
    except ParameterFault as fault:
        assert fault.hint
