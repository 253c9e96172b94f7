"""Search on the web: pages, JSON, suggestions, and input that no person types."""

from __future__ import annotations

from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from reading import visible

HTML = {"Accept": "text/html"}


def test_every_page_has_a_labelled_search_box(lights_client: FlaskClient) -> None:
    for path in ("/", "/doc/lighthouse/far-point", "/nothing"):
        page = lights_client.get(path, headers=HTML).text
        assert '<form role="search" action="/search">' in page
        assert '<label class="unseen" for="search">Search</label>' in page
        assert 'data-suggest="/search/suggest"' in page
        assert 'href="/opensearch.xml"' in page


def test_a_page_says_what_was_found_why_and_what_was_mended(client: FlaskClient) -> None:
    page = client.get("/search?q=Litchfield", headers=HTML)
    text = visible(page.text)
    assert page.status_code == 200
    assert "No results for “Litchfield”; showing results for “lichfield”." in text
    assert "Covered : Lichfield" in text.replace("covered", "Covered")
    assert '<a href="/search?q=Litchfield&amp;kind=partnership">Local enterprise partnerships</a>' in page.text
    assert len(page.data) < 100_000


def test_the_same_is_had_as_json(client: FlaskClient) -> None:
    answers = [
        client.get("/search.json?q=Lichfield&kind=partnership"),
        client.get("/search?q=Lichfield&kind=partnership&format=json"),
        client.get("/search?q=Lichfield&kind=partnership", headers={"Accept": "application/json"}),
    ]
    assert len({answer.data for answer in answers}) == 1
    document = answers[0].get_json()
    assert document["total"] == 2
    assert document["results"][1] == {
        "iri": "https://w3id.org/lepgraph/id/partnership/stoke-on-trent-and-staffordshire",
        "href": "/doc/partnership/stoke-on-trent-and-staffordshire",
        "name": "Stoke-on-Trent and Staffordshire",
        "kind": "partnership",
        "classes": "local enterprise partnership",
        "detail": "closed",
        "reasons": [{"how": "covered", "text": "Lichfield"}],
    }


def test_pages_of_results_link_to_each_other(client: FlaskClient) -> None:
    response = client.get("/search?q=leeds&page=2", headers=HTML)
    links = response.headers["Link"]
    assert (
        '</search?q=leeds>; rel="first", </search?q=leeds>; rel="prev", </search?q=leeds&page=3>; rel="next"' in links
    )
    assert 'rel="next" href="/search?q=leeds&amp;page=3"' in response.text
    assert client.get("/search?q=leeds&page=999", headers=HTML).status_code == 404


def test_suggestions_are_names_with_kind_and_address(client: FlaskClient) -> None:
    document = client.get("/search/suggest?q=leeds+city").get_json()
    assert document["suggestions"][0] == {
        "label": "Leeds City Region",
        "kind": "local enterprise partnership",
        "href": "/doc/partnership/leeds-city-region",
    }
    assert client.get("/search/suggest").get_json()["suggestions"] == []
    names = client.get("/search/suggest?q=leeds+city&format=opensearch").get_json(force=True)
    assert (names[0], names[1][0]) == ("leeds city", "Leeds City Region")


def test_browsers_can_learn_to_search_here(lights_client: FlaskClient) -> None:
    response = lights_client.get("/opensearch.xml")
    assert response.mimetype == "application/opensearchdescription+xml"
    tree = ElementTree.fromstring(response.data)
    space = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    assert [url.attrib["template"] for url in tree.findall("o:Url", space)][
        0
    ] == "http://localhost/search?q={searchTerms}"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("", 400), ("   ", 400), ("x" * 1000, 400), ("\0", 400), ("* ( ) \"", 400), ("%ff", 200), ("far\0point", 200),
        ("<script>alert(1)</script>", 200), ('" OR name:*', 200), ("zzzzqqqq", 200), ("a " * 90, 200), ("'; DROP TABLE x", 200),
    ],
    ids=lambda value: repr(value)[:14],
)  # fmt: skip
def test_silly_input_gets_a_page_that_helps(lights_client: FlaskClient, asked: str, status: int) -> None:
    for path in ("/search", "/search.json", "/search/suggest"):
        response = lights_client.get(path, query_string={"q": asked}, headers=HTML if path == "/search" else {})
        assert response.status_code in ((status, 200) if path == "/search/suggest" else (status,)), path
        if path == "/search":
            assert "<script>" not in response.text
            assert "<h1>" in response.text


@pytest.mark.parametrize(
    "query", ["q=a&q=b", "q=far&kind=ship", "q=far&page=0", "q=far&page=x", "q=far&page=99999999", "q=far&colour=red"]
)
def test_a_parameter_that_means_nothing_is_refused(lights_client: FlaskClient, query: str) -> None:
    response = lights_client.get(f"/search?{query}", headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert response.get_json(force=True)["hint"]


def test_nothing_found_is_no_error_and_says_what_to_do(lights_client: FlaskClient) -> None:
    response = lights_client.get("/search?q=" + quote("zzzzqqqq"), headers=HTML)
    assert response.status_code == 200
    assert "Nothing was found. Try fewer words" in visible(response.text)
    assert "Type a name, a place, a code" in visible(lights_client.get("/search", headers=HTML).text)
