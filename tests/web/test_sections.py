"""What stored queries add to the pages of things: sentences, days, maps and timelines, without a word in the code."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from lepgraph.sections import filled
from lepgraph.site import Site
from lepgraph.store import Query
from reading import visible

HTML = {"Accept": "text/html"}


def section(page: str, name: str) -> str:
    found = re.search(rf'<section class="part" id="{name}">(.*?)</section>', page, re.S)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("sentence", "words", "text"),
    [
        ("Lit on {day}.", {"day": "1 May"}, "Lit on 1 May."),
        ("A tower[ of {height} m][, lit on {day}].", {"height": "3"}, "A tower of 3 m."),
        ("A tower[ of {height} m][, lit on {day}].", {}, "A tower."),
        ("[{a} and {b}]", {"a": "x"}, ""),
        ("{a}", {"a": "<b>[{c}]"}, "<b>[{c}]"),
    ],
)
def test_a_sentence_leaves_out_the_parts_that_nothing_is_known_of(
    sentence: str, words: dict[str, str], text: str
) -> None:
    assert filled(sentence, words) == text


def test_a_page_has_the_sections_that_queries_of_its_class_give(lights_client: FlaskClient) -> None:
    page = lights_client.get("/doc/lighthouse/far-point", headers=HTML).text
    text = visible(page)
    assert "lighthouse · lit Far Point" in text
    assert "A tower of 31.5 metres, first lit on 2 May 1871." in text
    assert '<a href="/doc/lighthouse/far-point?date=1871-05-02" aria-current="true">2 May 1871</a>' in page
    shining = section(page, "lights-shining-beside-a-light")
    assert "Shining on 2 May 1871" in visible(shining)
    assert '<a href="/queries/lights-shining-beside-a-light?light=far-point&amp;date=1871-05-02">' in shining
    assert "part" not in lights_client.get("/doc/keeper/ada", headers=HTML).text.partition("<main")[2]


def test_a_day_before_anything_leaves_the_section_out(lights_client: FlaskClient) -> None:
    page = lights_client.get("/doc/lighthouse/far-point?date=1871-05-01", headers=HTML).text
    assert not section(page, "lights-shining-beside-a-light")
    assert "Nothing on this page is known for 1 May 1871" in visible(page)


@pytest.mark.parametrize("date", ["yesterday", "2015-02-30", "20150501", "2015-W18-5", "0000-01-01", "1" * 2000, "<b>"])
def test_a_silly_date_is_refused_with_what_to_do(lights_client: FlaskClient, date: str) -> None:
    response = lights_client.get("/doc/lighthouse/far-point", query_string={"date": date}, headers=HTML)
    assert response.status_code == 400
    assert "date must be a day that exists, such as 2015-05-01." in visible(response.text)


def test_the_data_formats_are_not_cut_to_a_day(lights_client: FlaskClient) -> None:
    response = lights_client.get("/doc/lighthouse/far-point.ttl?date=2015-05-01")
    assert response.status_code == 400
    assert "The data formats hold all dates." in response.text


def test_the_area_of_a_partnership_is_shown_as_it_was(client: FlaskClient) -> None:
    now = section(client.get("/doc/partnership/leeds-city-region", headers=HTML).text, "map-of-a-partnership")
    then = client.get("/doc/partnership/leeds-city-region?date=2015-05-01", headers=HTML).text
    assert now.count('class="area layer-1"') == 5
    mapped = section(then, "map-of-a-partnership")
    assert mapped.count('class="area layer-1"') == 10
    assert (
        'data-geojson="/queries/map-of-a-partnership.geojson?partnership=leeds-city-region&amp;date=2015-05-01"'
        in mapped
    )
    districts = visible(section(then, "members-of-a-partnership-area"))
    assert "York E06000014" not in districts  # the code has its own column in the data
    assert "York 28 October 2010 31 March 2021 in the area: whole" in districts
    geojson = client.get("/queries/map-of-a-partnership.geojson?partnership=leeds-city-region&date=2015-05-01")
    layers = [feature["properties"]["layer"] for feature in geojson.get_json(force=True)["features"]]
    assert layers.count(1) == 10
    assert layers.count(0) > 3


def test_every_query_of_a_page_runs_on_its_example_and_has_rows(site: Site) -> None:
    assert len(site.library.parts) > 30
    for query in site.library.parts.values():
        values = query.terms({item.name: item.example for item in query.parameters}, site.addresses)
        rows = site.store.solutions(Query(query.bound(values)))
        assert rows, query.name
        assert set(rows[0]) <= set(query.variables), query.name
        assert query.sections, query.name
        assert "ORDER BY" in query.text, query.name
        for shows in query.shows:
            assert set(shows.columns.values()) <= set(query.variables), query.name
        assert query.hides <= set(query.variables), query.name
        assert set(query.columns) <= set(query.variables), query.name


@pytest.mark.parametrize(
    ("path", "day", "expected"),
    [
        ("/doc/combined-authority/west-yorkshire", "2015-01-01", "constituent member 1 April 2014 yes"),
        ("/doc/local-authority/lichfield", "2024-04-01", "Greater Birmingham and Solihull Greater Birmingham and Solihull whole 28 October 2010 31 March 2024 no"),
        ("/doc/area/E37000062", "2021-04-01", "holds Bradford E08000032 whole 1 April 2021 31 March 2024 yes"),
        ("/doc/area/E12000007", "", "As it was on 1 May 2021"),
    ],
)  # fmt: skip
def test_members_and_containers_are_marked_for_the_day(client: FlaskClient, path: str, day: str, expected: str) -> None:
    response = client.get(path, query_string={"date": day} if day else {}, headers=HTML)
    assert expected in visible(response.text)
