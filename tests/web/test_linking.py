"""Each document names its other forms, its stable address, its licence and what describes it, to programs and browsers."""

from __future__ import annotations

import html
import json
import re
from contextlib import closing
from typing import Any

import pytest
from flask.testing import FlaskClient
from rdflib import Graph
from rdflib.compare import isomorphic

from lepgraph.markup import script
from lepgraph.site import Site
from lepgraph.web import create_app

HTML = {"Accept": "text/html"}
PARSERS = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
}
KINDS = ["/doc/lighthouse/far-point", "/def/light", "/graph/account/pilot", "/data/lighthouse", "/catalog", "/id/lighthouse", "/doc/source/pilot"]  # fmt: skip


def links(header: str) -> set[tuple[str, str]]:
    return {(relation, address) for address, relation in re.findall(r'<([^>]*)>; rel="([\w-]+)"', header)}


def markup(page: str) -> Any:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    return json.loads(found)


@pytest.mark.parametrize("path", KINDS)
def test_every_kind_of_document_has_the_same_triples_in_every_format(lights_client: FlaskClient, path: str) -> None:
    graphs = []
    for media_type, parser in PARSERS.items():
        response = lights_client.get(path, headers={"Accept": media_type})
        assert response.mimetype == media_type
        assert {"Accept", "Accept-Encoding"} <= set(response.headers["Vary"].split(", "))
        graphs.append(Graph().parse(data=response.data, format=parser))
    assert len(graphs[0])
    assert all(isomorphic(graphs[0], graph) for graph in graphs[1:])


@pytest.mark.parametrize("path", [*KINDS, "/", "/queries/lights-of-a-keeper?keeper=ada", "/quality"])
def test_every_page_names_its_links_in_the_header_and_in_its_head(lights_client: FlaskClient, path: str) -> None:
    response = lights_client.get(path, headers=HTML)
    found = links(response.headers["Link"])
    assert ("license", "http://creativecommons.org/publicdomain/zero/1.0/") in found
    assert ("canonical", f"https://lights.example{path}") in found
    assert ("describedby", "/.well-known/void") in found
    assert ("service-desc", "/openapi.json") in found
    assert response.headers["Content-Language"] == "en-GB"
    head = response.text.partition("</head>")[0]
    elements = re.findall(r'<link rel="([\w-]+)" href="([^"]*)"', head)
    own = {(relation, html.unescape(address)) for relation, address in elements if relation != "stylesheet"}
    assert {link for link in found if link[0] != "describes"} <= own
    alternates = [address for relation, address in found if relation == "alternate"]
    assert len(alternates) == len(set(alternates))
    for address in alternates:
        assert lights_client.get(address).status_code == 200, address


def test_a_form_of_a_document_has_the_same_canonical_address_and_says_how_to_cite_it(
    lights_client: FlaskClient,
) -> None:
    found = links(lights_client.get("/doc/lighthouse/far-point.ttl").headers["Link"])
    assert ("canonical", "https://lights.example/doc/lighthouse/far-point") in found
    assert ("cite-as", "https://lights.example/id/lighthouse/far-point") in found
    assert ("type", "https://lights.example/def/light#Lighthouse") in found
    assert ("alternate", "/doc/lighthouse/far-point.html") in found


@pytest.mark.parametrize("path", KINDS)
def test_a_document_that_is_known_is_not_sent_again_and_has_a_head(lights_client: FlaskClient, path: str) -> None:
    for headers in (HTML, {"Accept": "text/turtle"}):
        whole = lights_client.get(path, headers=headers)
        again = lights_client.get(path, headers={**headers, "If-None-Match": whole.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        head = lights_client.head(path, headers=headers)
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", whole.headers["ETag"])
        assert head.headers["Link"] == whole.headers["Link"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "Dataset"), ("/catalog", "DataCatalog"), ("/doc/partnership/black-country", "Organization"),
        ("/doc/area/E37000001", "Place"), ("/doc/report/developing-resilient-local-economies", "CreativeWork"),
        ("/def/theme/environmental-sustainability", "DefinedTerm"), ("/def/lep", "DefinedTermSet"),
    ],
)  # fmt: skip
def test_a_page_is_marked_up_for_search_engines(client: FlaskClient, path: str, kind: str) -> None:
    found = markup(client.get(path, headers=HTML).text)
    assert found["@context"] == "https://schema.org"
    assert found["@type"] == kind
    assert found["name"]


def test_the_markup_of_the_dataset_leads_to_its_dump(client: FlaskClient) -> None:
    found = markup(client.get("/", headers=HTML).text)
    for download in found["distribution"]:
        with closing(client.get(download["contentUrl"])) as dump:
            assert dump.status_code == 200
            assert download["contentSize"] == f"{len(dump.data)} B"
    assert (found["publisher"]["@type"], found["publisher"]["name"]) == ("Organization", "lepgraph editors")
    assert found["creator"] == found["publisher"]
    assert found["license"].startswith("http://www.nationalarchives.gov.uk/")


def test_nothing_in_the_markup_can_end_its_element() -> None:
    said = script({"name": "</script><script>alert(1)</script><!-- & \u2028"})
    assert not re.search("[<>&\u2028]", said)
    assert json.loads(said)["name"] == "</script><script>alert(1)</script><!-- & \u2028"


def test_a_page_that_tells_of_a_fault_has_no_markup_and_no_links(lights_client: FlaskClient) -> None:
    response = lights_client.get("/doc/lighthouse/nowhere", headers=HTML)
    assert "ld+json" not in response.text
    assert "Link" not in response.headers


def test_a_replaced_code_leads_to_its_successor(client: FlaskClient) -> None:
    page = client.get("/doc/area/E37000020", headers=HTML).text
    note = re.search(r'<p class="note">This has been replaced by (.*?)</p>', page)
    assert note
    assert note[1] == '<a href="/doc/area/E37000050">Leeds City Region (E37000050)</a>.'


@pytest.mark.parametrize(
    "path", ["/id/lighthouse/old-point", "/doc/lighthouse/old-point", "/doc/lighthouse/old-point.ttl"]
)
def test_a_withdrawn_identifier_says_why_and_what_takes_its_place(lights_client: FlaskClient, path: str) -> None:
    response = lights_client.get(path, headers=HTML)
    assert response.status_code == 410
    assert "It was the near light under an older name." in response.text
    assert '<a href="/id/lighthouse/near-point">Go to what takes its place</a>' in response.text
    document = lights_client.get(path, headers={"Accept": "application/json"})
    assert document.get_json()["successor"] == "/id/lighthouse/near-point"
    assert document.headers["Link"] == '</id/lighthouse/near-point>; rel="successor-version"'
    assert lights_client.get("/id/lighthouse/phantom").get_json()["hint"] == "Nothing takes its place."


def test_an_address_with_a_slip_leads_to_what_is_near(client: FlaskClient) -> None:
    for path, near in [
        ("/doc/partnership/blackcountry", "/doc/partnership/black-country"),
        ("/id/local-authority/litchfield", "/doc/local-authority/lichfield"),
        ("/id/partnershp", "/id/partnership"),
        ("/queries/lagest-partnership-areas", "/queries/largest-partnership-areas"),
        ("/def/theme/enviromental-sustainability", "/def/theme/environmental-sustainability"),
        ("/leeds", "/doc/local-authority/leeds"),
    ]:
        response = client.get(path, headers={"Accept": "application/json"}, follow_redirects=True)
        assert response.status_code == 404, path
        assert near in [item["href"] for item in response.get_json()["near"]], path
        assert f'href="{near}"' in client.get(path, headers=HTML, follow_redirects=True).text


def test_a_format_that_is_not_on_offer_is_answered_with_those_that_are(lights_client: FlaskClient) -> None:
    response = lights_client.get("/doc/lighthouse/far-point?format=pdf", headers=HTML)
    assert response.status_code == 406
    for address in re.findall(r'<li><a href="(\?format=[^"]+)">', response.text):
        assert lights_client.get(f"/doc/lighthouse/far-point{html.unescape(address)}").status_code == 200
    assert lights_client.get("/doc/lighthouse/far-point", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("path", ["/doc/lighthouse/far-point", "/def/light", "/data/lights", "/catalog"])
def test_a_document_can_be_cited_from_a_reference_manager(lights_client: FlaskClient, path: str) -> None:
    bibtex = lights_client.get(f"{path}.bib")
    assert bibtex.mimetype == "application/x-bibtex"
    assert re.fullmatch(r"@misc\{[\w-]+,\n(  \w+ = \{.*\},?\n)+\}\n", bibtex.text)
    (item,) = json.loads(lights_client.get(f"{path}.csl.json").text)
    assert item["title"]
    assert item["URL"].startswith("https://lights.example/")
    asked = lights_client.get(path, headers={"Accept": "application/vnd.citationstyles.csl+json"})
    assert asked.mimetype == "application/vnd.citationstyles.csl+json"
    assert json.loads(asked.text) == [item]
    assert lights_client.get(path, query_string={"format": "bib"}).text == bibtex.text


def test_a_page_says_in_words_how_to_cite_it(lights_client: FlaskClient) -> None:
    page = lights_client.get("/doc/lighthouse/far-point", headers=HTML).text
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
    assert "Cite as: The test coast (2026). Far Point. In Lighthouses of an imagined coast, dataset version" in text
    assert "of 24 November 2026. https://lights.example/id/lighthouse/far-point BibTeX , CSL-JSON" in text
    assert '<a href="/catalog.bib">BibTeX</a>' in lights_client.get("/", headers=HTML).text


def test_what_does_not_exist_cannot_be_cited(lights_client: FlaskClient) -> None:
    assert lights_client.get("/doc/lighthouse/nowhere.bib").status_code == 404


def test_icons_are_our_own(lights_client: FlaskClient) -> None:
    for path in ("/favicon.ico", "/static/favicon.svg"):
        with closing(lights_client.get(path)) as response:
            assert response.status_code == 200
            assert str(response.mimetype).startswith("image/")


def test_markup_in_a_name_stays_text_in_every_place(lights_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "</script><script>alert(1)</script>"
    monkeypatch.setattr(lights_site.markup, "of", lambda _: {"name": hostile})
    page = create_app(lights_site).test_client().get("/doc/lighthouse/far-point", headers=HTML).text
    assert hostile not in page
    assert markup(page)["name"] == hostile
