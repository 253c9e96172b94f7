"""Answers on pages read as words: heads, dates, numbers and links."""

from __future__ import annotations

import html
import json
import re

import pytest
from flask.testing import FlaskClient

from lepgraph.picturing import in_title
from lepgraph.web import tables
from lepgraph.words import separated

HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("name", "title"),
    [("districtName", "district name"), ("code", "code"), ("inTwo", "in two"), ("LEP", "LEP"), ("a_b", "a b"), ("x1Y", "x1 y"), ("_", "_")],
)  # fmt: skip
def test_the_head_of_a_column_is_in_words(name: str, title: str) -> None:
    assert in_title(name) == title


@pytest.mark.parametrize(
    ("text", "shown"),
    [("27500", "27,500"), ("-1234567.50", "−1,234,567.50"), ("999", "999"), ("1.5E6", "1.5E6"), ("INF", "INF"), ("0.25", "0.25")],
)  # fmt: skip
def test_numbers_have_separators_between_thousands(text: str, shown: str) -> None:
    assert separated(text) == shown


def test_a_table_of_an_answer_writes_dates_and_numbers_as_people_do(lights_client: FlaskClient) -> None:
    query = """
        PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
        SELECT ?light ?firstLit ?month ?lampPower ?wrong ?year {
          VALUES (?light ?firstLit ?month ?lampPower ?wrong ?year) {
            (<https://lights.example/id/lighthouse/far-point> "1871-05-02"^^xsd:date "1871-05"^^xsd:gYearMonth 1234567
             "1871-02-30"^^xsd:date "1871"^^xsd:gYear) } }
    """
    page = lights_client.get("/sparql", query_string={"query": query}, headers=HTML).text
    table = page[page.index("<table>") : page.index("</table>")]
    cells = [html.unescape(cell) for cell in re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", table)]
    assert cells[:6] == ["light", "first lit", "month", "lamp power", "wrong", "year"]
    assert cells[6] == '<a href="/doc/lighthouse/far-point">Far Point</a>'
    assert cells[7:] == ["2 May 1871", "May 1871", "1,234,567", "1871-02-30", "1871"]
    assert '<th scope="col" class="number">lamp power</th>' in table


def test_a_question_that_shows_a_map_has_a_drawing_and_the_same_as_geojson(client: FlaskClient) -> None:
    address = "/queries/map-of-partnership-areas"
    page = client.get(f"{address}?vintage=2021-05", headers=HTML)
    assert page.text.count('<path class="area layer-1"') == 38
    assert f'data-geojson="{address}.geojson?vintage=2021-05"' in page.text
    found = client.get(f"{address}.geojson?vintage=2021-05")
    assert found.mimetype == "application/geo+json"
    names = {feature["properties"]["name"] for feature in json.loads(found.text)["features"]}
    assert len(names) == 38
    assert "Solent" in names
    assert client.get("/queries/what-has-a-name.geojson?name=Leeds").status_code == 406


def test_an_answer_that_is_too_long_for_a_page_is_not_blamed_on_the_request(
    lights_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "SHOWN_BYTES", 10)
    page = lights_client.get("/sparql?query=SELECT+*+{?s+?p+?o}", headers={"Accept": "text/html"}).text
    assert "The answer is too large" in page
    assert "The request is too large" not in page
