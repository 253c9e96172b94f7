"""Linked-data pages of a graph that the code knows nothing of."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import RDFS

from lepgraph.ordering import Order
from lepgraph.site import Site
from lepgraph.web import create_app, warm
from reading import visible

HTML = {"Accept": "text/html"}
FAR_POINT = URIRef("https://lights.example/id/lighthouse/far-point")


def test_a_thing_leads_to_its_document(lights_client: FlaskClient) -> None:
    response = lights_client.get("/id/lighthouse/far-point")
    assert response.status_code == 303
    assert response.headers["Location"].endswith("/doc/lighthouse/far-point")
    suffixed = lights_client.get("/id/lighthouse/far-point.ttl")
    assert suffixed.headers["Location"].endswith("/doc/lighthouse/far-point.ttl")


def test_every_format_holds_the_same_triples_by_suffix_and_by_negotiation(lights_client: FlaskClient) -> None:
    forms = {
        "ttl": "text/turtle",
        "nt": "application/n-triples",
        "jsonld": "application/ld+json",
        "rdf": "application/rdf+xml",
    }
    graphs = []
    for suffix, media_type in forms.items():
        by_suffix = lights_client.get(f"/doc/lighthouse/far-point.{suffix}")
        by_accept = lights_client.get("/doc/lighthouse/far-point", headers={"Accept": media_type})
        assert by_suffix.mimetype == by_accept.mimetype == media_type
        for response in (by_suffix, by_accept):
            parser = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}[suffix]
            graphs.append(Graph().parse(data=response.data, format=parser))
    assert (FAR_POINT, RDFS.label, Literal("Far Point", lang="en")) in graphs[0]
    assert all(isomorphic(graphs[0], graph) for graph in graphs[1:])


def test_a_page_has_labels_order_sources_and_incoming_links(lights_client: FlaskClient) -> None:
    page = lights_client.get("/doc/lighthouse/far-point", headers=HTML)
    text = visible(page.text)
    assert "lighthouse · lit Far Point" in text
    facts = visible(page.text.partition("<dl")[2])
    assert facts.index("height in metres") < facts.index("kept by") < facts.index("first lit")
    assert "2 May 1871" in text
    assert "The Almanac of Lights" in text
    assert "The Pilot Book" in text
    assert '<a href="/doc/keeper/ada">Ada Lamp</a>' in page.text
    keeper = visible(lights_client.get("/doc/keeper/ada", headers=HTML).text)
    assert "What links here is “kept by” of Far Point Near Point" in keeper


def test_a_source_has_one_number_on_a_page_and_names_the_registers_in_which_it_speaks(client: FlaskClient) -> None:
    page = client.get("/doc/partnership/leeds-city-region", headers=HTML).text
    notes = page.partition('<ol class="sources">')[2].partition("</ol>")[0]
    titles = re.findall(r'<li id="source-\d+" value="\d+"><a href="[^"]+">([^<]+)</a>', notes)
    assert len(titles) == len(set(titles)) >= 4
    assert '<a href="/graph/partnership-founding/lepgraph-pages">partnership founding</a>' in notes
    assert '<a href="/graph/partnership-status/lepgraph-pages">partnership status</a>' in notes
    membership = visible(client.get("/doc/area-membership/E37000012-E07000194", headers=HTML).text)
    assert "area membership 2014" in membership


def test_what_a_complete_record_would_have_is_said_to_be_not_known(client: FlaskClient) -> None:
    text = visible(client.get("/doc/case-study/responsible-business", headers=HTML).text)
    assert "is run by Not known" in text
    assert "Not known" not in visible(client.get("/doc/area/E37000062", headers=HTML).text)


def test_a_very_long_literal_is_shortened_on_pages_and_whole_in_the_data(client: FlaskClient) -> None:
    page = client.get("/doc/geometry/E12000009-2024-12", headers=HTML)
    assert len(page.data) < 20_000
    assert re.search(
        r"MULTIPOLYGON\(\(\([-0-9., ]+ … \(\d\d,\d{3} characters; the data formats have them all\)", page.text
    )
    graph = Graph().parse(data=client.get("/doc/geometry/E12000009-2024-12.ttl").data)
    assert max(len(str(value)) for value in graph.objects()) > 20_000
    query = {
        "query": 'SELECT (CONCAT("POINT", STR(?wkt)) AS ?text) { ?geometry <http://www.opengis.net/ont/geosparql#asWKT> ?wkt }'
    }
    assert len(client.get("/sparql", query_string=query, headers=HTML).data) < 400_000


def test_a_page_names_its_other_forms(lights_client: FlaskClient) -> None:
    response = lights_client.get("/doc/lighthouse/far-point", headers=HTML)
    assert '</doc/lighthouse/far-point.ttl>; rel="alternate"; type="text/turtle"' in response.headers["Link"]
    assert set(response.headers["Vary"].split(", ")) == {"Accept", "Accept-Encoding", "Accept-Datetime"}
    assert 'href="/doc/lighthouse/far-point.jsonld"' in response.text


def test_the_page_of_a_class_has_pieces_and_the_data_are_whole(client: FlaskClient) -> None:
    address = "/class?iri=http%3A%2F%2Fpurl.org%2Flinked-data%2Fcube%23Observation"
    page = client.get(address, headers=HTML)
    assert "19,459 things, 1 to 100 on this page." in visible(page.text)
    assert len(page.data) < 100_000
    assert "19,401 to 19,459 on this page" in visible(client.get(f"{address}&page=195", headers=HTML).text)
    assert client.get(f"{address}&page=196", headers=HTML).status_code == 404
    assert len(client.get(f"{address}&format=csv").text.splitlines()) == 19_460


def test_a_figure_has_a_page_and_its_data_set_says_what_it_measures(client: FlaskClient) -> None:
    figure = client.get("/doc/observation/partnership-unemployed-16-64-E37000055-2018", headers=HTML)
    assert "Unemployed people aged 16 to 64 by area of a partnership, 2018 to 2022" in visible(figure.text)
    data_set = client.get("/data/partnership-unemployed-16-64", headers=HTML)
    assert "All 190" in visible(data_set.text)
    address = html.unescape(re.search(r'href="(/links[^"]+)"', data_set.text)[1])  # type: ignore[index]
    listed = client.get(f"{address}&page=2", headers=HTML)
    assert "Solent: 2018 · 27,500 · 4,700" in visible(listed.text)
    assert "Page 2 of 2" in visible(listed.text)
    assert len(client.get(f"{address}&format=csv").text.splitlines()) == 191
    text = visible(client.get("/data/partnership-census-population-derived", headers=HTML).text)
    assert "basis derived by summing" in text
    assert "has unit people" in text


def test_links_of_which_only_some_are_shown_are_not_called_all(client: FlaskClient) -> None:
    text = visible(client.get("/data/partnership-mid-year-population-derived", headers=HTML).text)
    assert "All 760" in text


@pytest.mark.parametrize(
    ("address", "earlier", "later"),
    [
        ("/doc/area-membership/E37000012-E07000194", "December 2014", "April 2017"),
        ("/doc/area-membership/E37000012-E07000194", "April 2017", "May 2021"),
        ("/id/period.csv", "from 1 January 2009", "from 1 April 2009"),
        ("/id/period.csv", "from 1 April 2009", "30 June 2023"),
        ("/id/period.csv", "September 2022", "30 June 2023"),
    ],
)
def test_dates_stand_in_the_order_of_time(client: FlaskClient, address: str, earlier: str, later: str) -> None:
    text = visible(client.get(address, headers=HTML).text)
    assert -1 < text.index(earlier) < text.index(later)


@pytest.mark.parametrize(
    ("query", "names", "lists"),
    [
        ("partnerships-covering-a-council-on-a-date.csv?council=nowhere&date=2015-05-01", "/id/local-authority/nowhere", "/id/local-authority"),
        ("practices-of-a-theme.csv?theme=gardening", "/def/theme/gardening", "/def/theme"),
    ],
)  # fmt: skip
def test_a_question_about_what_is_not_in_the_graph_is_not_answered_with_no_rows(
    client: FlaskClient, query: str, names: str, lists: str
) -> None:
    response = client.get(f"/queries/{query}")
    assert response.status_code == 400
    assert f"The graph says nothing of https://w3id.org/lepgraph{names}" in response.get_json()["detail"]
    assert response.get_json()["hint"] == f"{lists} lists all that there are."


def test_the_home_page_says_what_there_is(lights_client: FlaskClient) -> None:
    text = visible(lights_client.get("/").text)
    assert "Lighthouses 3 Keepers 2" in text


def test_the_vocabulary_is_a_page_with_anchors_and_rdf(lights_client: FlaskClient) -> None:
    page = lights_client.get("/def/light", headers=HTML).text
    assert 'id="Lighthouse"' in page
    assert "A tower that carries a light for ships." in page
    assert len(Graph().parse(data=lights_client.get("/def/light.ttl").data, format="turtle")) > 20


def test_a_named_graph_shows_its_source_and_its_triples(lights_client: FlaskClient) -> None:
    assert "The Pilot Book" in visible(lights_client.get("/graph/account/pilot", headers=HTML).text)
    assert len(Graph().parse(data=lights_client.get("/graph/account/pilot.nt").data, format="nt")) == 3


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/doc/lighthouse/nowhere", 404),
        ("/doc/lighthouse/nowhere.ttl", 404),
        ("/id/ship", 404),
        ("/id/lighthouse/%3Cscript%3E", 404),
        ("/doc/lighthouse/%3Cscript%3Ealert(1)%3C%2Fscript%3E", 404),
        ("/def/nothing", 404),
        ("/graph/none/none.nt", 404),
        ("/resource", 400),
        ("/resource?iri=javascript", 400),
        ("/resource?iri=http://e.example/%3Cb%3E", 400),
        ("/class?iri=x", 400),
        ("/nothing/here", 404),
        ("/queries/none", 404),
        ("/queries/lights-of-a-keeper?keeper=%3Cb%3E", 400),
        ("/queries/lights-of-a-keeper?keeper=ada&light=x", 400),
        ("/problem/none", 404),
        ("/dump/none/none.nq", 404),
        ("/catalog?format=pdf", 406),
    ],
)
def test_a_bad_address_gets_a_page_that_helps_and_echoes_no_markup(
    lights_client: FlaskClient, path: str, status: int
) -> None:
    response = lights_client.get(path, headers=HTML)
    assert response.status_code == status
    assert "<h1>" in response.text
    assert "<script>" not in response.text
    assert "<b>" not in response.text
    plain = lights_client.get(path, headers={"Accept": "application/json"})
    assert plain.mimetype == "application/problem+json"


def test_every_page_forbids_foreign_code(lights_client: FlaskClient) -> None:
    for path in ("/", "/doc/lighthouse/far-point", "/nothing"):
        policy = lights_client.get(path, headers=HTML).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_a_stored_query_answers_as_page_and_as_data(lights_client: FlaskClient) -> None:
    page = visible(lights_client.get("/queries/lights-of-a-keeper?keeper=ada", headers=HTML).text)
    assert "2 rows, complete" in page
    assert lights_client.get("/queries/lights-of-a-keeper.csv?keeper=ben").text.splitlines() == [
        "light,name",
        "https://lights.example/id/lighthouse/near-point,Near Point",
    ]
    form = lights_client.get("/queries/lights-of-a-keeper", headers=HTML).text
    assert '<option value="ada" selected>Ada Lamp</option>' in form


def test_a_parameter_cannot_break_out_of_its_place(lights_client: FlaskClient) -> None:
    for value in ("x> } #", "ada } UNION { ?s ?p ?o", "https://e.example/> ?p ?o"):
        response = lights_client.get("/queries/lights-of-a-keeper.csv", query_string={"keeper": value})
        assert response.status_code == 400


def test_an_unforeseen_failure_shows_nothing_of_itself(
    lights_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("lepgraph.web.pages.site", fail)
    response = lights_client.get("/doc/lighthouse/far-point")
    assert response.status_code == 500
    assert "secret" not in response.text


def test_the_home_page_leads_to_the_questions_of_every_topic(client: FlaskClient, site: Site) -> None:
    home, shelf = (client.get(path, headers=HTML).text for path in ("/", "/queries"))
    for topic, questions in site.library.topics.items():
        anchor = topic.replace(" ", "-")
        assert (
            f'<a href="/queries#{anchor}">{topic.capitalize()}</a> <span class="count">{len(questions)}</span>' in home
        )
        assert f'<section id="{anchor}">' in shelf


def test_every_question_has_a_page_with_its_answer_and_downloads(client: FlaskClient, site: Site) -> None:
    for question in site.library.questions.values():
        given = {parameter.name: parameter.example for parameter in question.parameters if parameter.example}
        response = client.get(f"/queries/{question.name}", headers=HTML, query_string=given)
        assert response.status_code == 200, question.name
        download = re.search(r'href="([^"]+)" type="text/csv">CSV</a>', response.text)
        assert download is not None, question.name
        answer = client.get(html.unescape(download[1]))
        assert answer.status_code == 200, question.name
        assert len(answer.text.splitlines()) > 1, question.name
        answer.close()


def test_the_graph_of_a_vocabulary_holds_its_own_terms_and_nothing_else(lights_client: FlaskClient) -> None:
    graph = Graph().parse(data=lights_client.get("/def/light.ttl").text)
    subjects = {str(subject) for subject in graph.subjects()}
    assert "https://lights.example/def/light" in subjects
    assert "https://lights.example/def/light#Lighthouse" in subjects
    assert all(subject.partition("#")[0] == "https://lights.example/def/light" for subject in subjects)


def test_the_order_that_is_kept_is_that_of_the_shapes(lights_site: Site) -> None:
    assert lights_site.order == Order.from_shapes(lights_site.content.shapes)
    assert lights_site.order.places
    assert lights_site.order.expected


def test_a_warm_application_has_its_templates(lights_site: Site) -> None:
    app = create_app(lights_site)
    warm(app)
    found = {str(name) for _, name in app.jinja_env.cache or {}}
    assert found == set(app.jinja_env.list_templates())


def test_the_hint_of_a_problem_leads_where_it_points(client: FlaskClient) -> None:
    page = client.get("/doc/partnership/nowhere", headers={"Accept": "text/html"}).text
    assert '<a href="/id/partnership">/id/partnership</a> lists all that there are.' in page
    outside = client.get("/doc/partnership/nowhere//evil.example", headers={"Accept": "text/html"}).text
    assert 'href="//' not in outside
