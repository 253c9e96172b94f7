"""The workbench as the server makes it: complete without JavaScript, with links, downloads and programs that run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lepgraph.media import Kind
from lepgraph.querying import Library
from lepgraph.site import Site
from lepgraph.web import create_app
from lepgraph.web.samples import samples
from serving import start

HTML = {"Accept": "text/html"}
SELECT = "SELECT ?s ?name { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?name } ORDER BY ?s ?name"
EVIL = (
    "SELECT ('''it's \\\\ \"quoted\" $HOME `id` </textarea><script>alert(1)</script> \"\"\" )-\" {{ 7*7 }}''' AS ?x) {}"
)


@pytest.fixture
def client(lights_site: Site, tmp_path: Path) -> FlaskClient:
    """The lighthouses with links of their own."""
    settings = replace(lights_site.settings, state=tmp_path, links=3)
    return create_app(replace(lights_site, settings=settings)).test_client()


def sample(page: str, number: int) -> str:
    return unescape(re.findall(r"<pre tabindex=\"0\"><code>(.*?)</code></pre>", page, re.DOTALL)[number])


def test_a_question_of_the_shelf_opens_with_the_examples_of_its_parameters(client: FlaskClient) -> None:
    page = client.get("/sparql", headers=HTML).text
    assert "/sparql?question=lights-of-a-keeper" in page
    opened = client.get("/sparql?question=lights-of-a-keeper", headers=HTML)
    text = unescape(re.findall(r"<textarea[^>]*>(.*?)</textarea>", opened.text, re.DOTALL)[0])
    assert "#+" not in text
    assert "UNDEF" not in text
    assert client.post("/sparql", data={"query": text}, headers={"Accept": "text/csv"}).status_code == 200


def test_every_question_opens_and_runs(site: Site) -> None:
    client = create_app(site).test_client()
    names = Library(site.content).questions
    assert len(names) > 60
    for name in names:
        page = client.get(f"/sparql?question={name}", headers=HTML)
        text = unescape(re.findall(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)[0])
        answer = client.post("/sparql", data={"query": text}, headers={"Accept": "text/csv"}, buffered=True)
        assert (name, answer.status_code) == (name, 200), text
        assert len(answer.data.splitlines()) > 1, name


def test_an_unknown_question_is_not_found(client: FlaskClient) -> None:
    assert client.get("/sparql?question=none", headers=HTML).status_code == 404
    assert client.get("/sparql?question=a&question=b", headers=HTML).status_code == 400
    assert client.get(f"/sparql?question={'x' * 2000}", headers=HTML).status_code == 404


def test_the_answer_of_a_form_has_views_downloads_and_programs(client: FlaskClient) -> None:
    page = client.post("/sparql", data={"query": SELECT}, headers=HTML).text
    titles = re.findall(r"<h3[^>]*>(.*?)</h3>", page)
    assert titles == ["Table", "Raw", "Download"]
    links = [unescape(link) for link in re.findall(r'<a href="(/sparql\?query=[^"]*)"', page)]
    types = [client.get(link).mimetype for link in links]
    assert types == [
        "text/csv",
        "application/sparql-results+json",
        "text/tab-separated-values",
        "application/sparql-results+xml",
    ]


def test_a_query_too_long_for_an_address_is_downloaded_through_a_form(client: FlaskClient) -> None:
    page = client.post("/sparql", data={"query": f"{SELECT} # {'x' * 5000}"}, headers=HTML).text
    assert "/sparql?query=" not in page
    assert re.findall(r'name="format" value="(\w+)"', page) == ["csv", "json", "tsv", "xml"]


def test_numbers_by_category_have_a_chart(client: FlaskClient) -> None:
    query = "SELECT ?type (COUNT(*) AS ?number) { ?s a ?type } GROUP BY ?type ORDER BY ?type"
    page = client.post("/sparql", data={"query": query}, headers=HTML).text
    assert '<section class="view" id="view-chart"' in page


@pytest.mark.parametrize(("query", "told"), [("ASK {}", "Yes"), ("CONSTRUCT { ?s a ?o } WHERE { ?s a ?o }", "A graph")])
def test_other_kinds_of_answer_are_told(client: FlaskClient, query: str, told: str) -> None:
    page = client.post("/sparql", data={"query": query}, headers=HTML).text
    assert f"<span data-told>{told}</span>" in page


def test_markup_in_a_query_and_its_answer_is_text(client: FlaskClient) -> None:
    page = client.post("/sparql", data={"query": EVIL}, headers=HTML)
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert unescape(re.findall(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)[0]) == EVIL


def test_the_terms_of_the_graph_are_offered_with_names_and_definitions(client: FlaskClient) -> None:
    answer = client.get("/sparql/terms.json")
    assert answer.mimetype == "application/json"
    found = json.loads(answer.text)
    assert found["prefixes"]["light"] == "https://lights.example/def/light#"
    terms = {term["name"]: term for term in found["terms"]}
    assert terms["light:Lighthouse"]["kind"] == "class"
    assert terms["light:Lighthouse"]["label"] == "lighthouse"
    assert terms["light:Lighthouse"]["definition"]
    assert terms["rdfs:label"]["kind"] == "property"
    assert len(terms) == len(found["terms"])
    assert client.get("/sparql/terms.json", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_the_terms_of_the_graph_itself_are_few_enough_to_load(site: Site) -> None:
    found = json.loads(site.terms)
    kinds = {term["kind"] for term in found["terms"]}
    assert kinds == {"class", "property", "concept"}
    assert len(site.terms.encode()) < 150_000
    assert next(term for term in found["terms"] if term["kind"] == "class")["uses"] > 1000


MAPPED = """PREFIX geo: <http://www.opengis.net/ont/geosparql#>
SELECT ?name ?outline { VALUES (?name ?outline) { ("One" "POINT (-1 52)"^^geo:wktLiteral) ("Two" UNDEF) } } ORDER BY ?name"""


def test_geometries_have_a_map_and_come_as_geojson(client: FlaskClient) -> None:
    page = client.post("/sparql", data={"query": MAPPED}, headers=HTML).text
    address = unescape(re.findall(r'data-geojson="([^"]+)"', page)[0])
    answer = client.get(address)
    assert answer.mimetype == "application/geo+json"
    (feature,) = json.loads(answer.text)["features"]
    assert (feature["properties"]["name"], feature["geometry"]["coordinates"]) == ("One", [-1.0, 52.0])
    asked = client.post("/sparql", data={"query": MAPPED}, headers={"Accept": "application/geo+json"})
    assert asked.data == answer.data


def test_an_answer_without_geometry_is_no_map(client: FlaskClient) -> None:
    for query in (SELECT, "ASK {}", "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o }"):
        answer = client.post(
            "/sparql", data={"query": query, "format": "geojson"}, headers={"Accept": "application/json"}
        )
        assert answer.status_code == 406, query
        assert answer.mimetype == "application/problem+json"


# Short links


def test_a_link_is_made_and_answers_in_every_format(client: FlaskClient) -> None:
    made = client.post("/q", data={"query": SELECT}, headers={"Accept": "application/json"})
    assert made.status_code == 201
    address = json.loads(made.text)["address"]
    assert made.headers["Location"] == address
    assert re.fullmatch(r"/q/[a-z2-7]{12}", address)
    page = client.get(address, headers=HTML)
    assert "ORDER BY ?s ?name</textarea>" in page.text
    assert "rows, complete" in page.text
    assert client.get(address, headers={"Accept": "text/csv"}).text.startswith("s,name")
    assert client.get(f"{address}?format=json").mimetype == "application/sparql-results+json"


def test_a_form_leads_to_its_link(client: FlaskClient) -> None:
    made = client.post("/q", data={"query": SELECT}, headers=HTML)
    assert made.status_code == 303
    assert client.get(made.headers["Location"], headers=HTML).status_code == 200


@pytest.mark.parametrize(
    ("data", "headers", "status"),
    [
        ({"text": "ASK {}"}, {}, 400),
        ({"query": "   "}, {}, 400),
        ({"query": "x" * 40_000}, {}, 413),
        ({"query": "x" * 2_000_000}, {}, 413),
        ({"query": ["a", "b"]}, {}, 400),
        ({"query": "ASK {}"}, {"Sec-Fetch-Site": "cross-site"}, 403),
        ({"query": "ASK {}"}, {"Accept": "image/png"}, 406),
    ],
)
def test_what_cannot_be_linked_is_refused(
    client: FlaskClient, data: dict[str, str], headers: dict[str, str], status: int
) -> None:
    answer = client.post("/q", data=data, headers={"Accept": "application/json", **headers})
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


def test_no_more_links_are_made_than_the_setting_says(client: FlaskClient) -> None:
    answers = [client.post("/q", data={"query": f"ASK {{}} # {number}"}, headers=HTML) for number in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 507]


def test_where_no_links_are_made_none_is_offered(lights_site: Site, tmp_path: Path) -> None:
    settings = replace(lights_site.settings, state=tmp_path, links=0)
    client = create_app(replace(lights_site, settings=settings)).test_client()
    assert "short link" not in client.get("/sparql", headers=HTML).text
    assert client.post("/q", data={"query": "ASK {}"}).status_code == 507


@pytest.mark.parametrize(
    ("path", "status"),
    [("/q/aaaaaaaaaaaa", 404), ("/q/%3Cscript%3E", 404), ("/q/aaaaaaaaaaaa?theme=dark", 400), ("/q", 405)],
)
def test_an_address_that_is_no_link_gets_a_page_that_helps(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == status
    assert "<script>" not in answer.text
    assert "<h1>" in answer.text


def test_a_linked_query_with_a_fault_is_shown_with_it(client: FlaskClient) -> None:
    made = client.post("/q", data={"query": "SELECT ?s { ?s ?p }"}, headers=HTML)
    answer = client.get(made.headers["Location"], headers=HTML)
    assert answer.status_code == 400
    assert "SELECT ?s { ?s ?p }</textarea>" in answer.text


# Programs


@pytest.fixture(scope="module")
def address(lights_site: Site) -> Iterator[str]:
    """The lighthouses, served."""
    content = lights_site.content.root
    process, address = start(["--content", str(content), "serve"], lights_site.settings.cache)
    yield address
    process.terminate()
    process.wait(timeout=20)


QUERIES = [
    SELECT,
    EVIL,
    "ASK { ?s ?p ?o }",
    "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o }",
    "SELECT ('\\\\' AS ?x) {}",
    'SELECT ("\\"" AS ?x) {}',
]


@pytest.mark.parametrize("query", QUERIES, ids=["rows", "hostile", "ask", "graph", "backslash", "quotation mark"])
@pytest.mark.parametrize("number", [0, 1], ids=["curl", "python"])
def test_the_programs_that_a_page_shows_run(client: FlaskClient, address: str, query: str, number: int) -> None:
    page = client.post("/sparql", data={"query": query}, headers=HTML).text
    code = sample(page, number).replace("http://localhost/sparql", f"{address}/sparql")
    command = ["bash", "-c", code] if number == 0 else [sys.executable, "-W", "error", "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (result.stderr, result.returncode) == ("", 0)
    if number == 0:
        expected = client.post("/sparql", data={"query": query}, headers={"Accept": "text/csv, text/turtle"})
        assert result.stdout.splitlines() == expected.text.splitlines()
    elif "ASK" in query:
        assert result.stdout == "True\n"
    elif "CONSTRUCT" in query:
        assert int(result.stdout) > 3
    else:
        assert "x" in result.stdout or "Far Point" in result.stdout


def test_no_text_of_a_query_ends_the_raw_string_of_r() -> None:
    code = samples('ASK { ?s ?p ")-" } # )--" )---"', "http://localhost/sparql", Kind.BOOLEAN)[2].code
    assert 'r"----(\nASK { ?s ?p ")-" } # )--" )---"\n)----"' in code
