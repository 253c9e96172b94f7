"""Things side by side: what is the same, what differs, and input that names no two things."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from lepgraph import comparing
from lepgraph.describing import Value
from lepgraph.site import Site
from lepgraph.web import create_app
from reading import visible

HTML = {"Accept": "text/html"}
LIGHTS = "/compare?thing=lighthouse/far-point&thing=lighthouse/near-point"


def test_two_things_stand_side_by_side_and_what_differs_is_said_in_words(lights_client: FlaskClient) -> None:
    text = visible(lights_client.get(LIGHTS, headers=HTML).text)
    assert "Property Far Point Near Point Compared" in text
    assert "height in metres 31.5 Not known not of all" in text or "31.5 nothing recorded not of all" in text
    assert "kept by Ada Lamp Ada Lamp Ben Wick differs" in text
    same = visible(lights_client.get("/compare?thing=keeper/ada&thing=lighthouse/far-point", headers=HTML).text)
    assert "These are of different kinds" in same


def test_figures_are_compared_for_the_same_year(client: FlaskClient) -> None:
    response = client.get("/compare?thing=partnership/solent&thing=partnership/dorset", headers=HTML)
    text = visible(response.text)
    assert "Figures, of each measure the latest year that most have" in text
    assert "Unemployed people aged 16 to 64 by area of a partnership, 2018 to 2022 (2022)" in text
    assert len(response.data) < 100_000


@pytest.mark.parametrize(
    "name",
    [
        "lighthouse/far-point",
        "/doc/lighthouse/far-point",
        "/id/lighthouse/far-point",
        "https://lights.example/id/lighthouse/far-point",
    ],
)
def test_a_thing_is_named_in_any_of_four_ways(lights_client: FlaskClient, name: str) -> None:
    page = lights_client.get("/compare", query_string={"thing": [name, "lighthouse/near-point"]}, headers=HTML)
    assert '<input type="hidden" name="thing" value="lighthouse/far-point">' in page.text


def test_things_are_added_by_name_or_from_a_list_and_taken_out(lights_client: FlaskClient) -> None:
    page = lights_client.get(LIGHTS, headers=HTML).text
    assert '<option value="lighthouse/north-rock">North Rock</option>' in page
    assert 'href="/compare?thing=lighthouse/near-point" aria-label="Take out Far Point"' in page
    added = lights_client.get(f"{LIGHTS}&add=north+rok", headers=HTML)
    assert (added.status_code, added.headers["Location"]) == (303, f"{LIGHTS}&thing=lighthouse/north-rock")
    assert lights_client.get(f"{LIGHTS}&add=zzzzqqqq", headers=HTML).status_code == 404


def test_one_thing_or_none_leads_on(lights_client: FlaskClient) -> None:
    assert "Choose two to six things" in visible(lights_client.get("/compare", headers=HTML).text)
    one = lights_client.get("/compare?thing=lighthouse/far-point&thing=lighthouse/far-point", headers=HTML)
    assert "Choose another to compare it with." in visible(one.text)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("thing=lighthouse/nowhere", 404),
        ("thing=" + "&thing=".join(f"lighthouse/{number}" for number in range(7)), 400),
        ("thing=" + "&thing=".join(f"lighthouse/{number}" for number in range(70)), 400),
        ("thing=x", 400),
        ("thing=lighthouse/%3Cb%3E", 400),
        ("thing=" + "x" * 3000, 400),
        ("thing=https://elsewhere.example/a", 400),
        ("thing=lighthouse/far-point&colour=red", 400),
        ("thing=lighthouse/far-point&add=a&add=b", 400),
        ("thing=lighthouse/far-point&add=" + "x" * 300, 400),
    ],
)
def test_what_names_nothing_is_refused_with_help(lights_client: FlaskClient, query: str, status: int) -> None:
    response = lights_client.get(f"/compare?{query}", headers=HTML)
    assert response.status_code == status
    assert "<b>" not in response.text
    assert lights_client.get(f"/compare?{query}").get_json(force=True)["hint"]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text(max_size=30), max_size=3), st.text(max_size=30))
def test_no_input_raises_anything_but_our_faults(lights_site: Site, things: list[str], added: str) -> None:
    client = create_app(lights_site).test_client()
    response = client.get("/compare", query_string={"thing": things, "add": added})
    assert response.status_code < 500


def test_what_is_the_same_is_called_so_and_namesakes_are_not(client: FlaskClient) -> None:
    address = "/compare?thing=partnership/leeds-city-region&thing=partnership/tees-valley"
    text = visible(client.get(address, headers={"Accept": "text/html"}).text)
    assert "approved 28 October 2010 28 October 2010 the same" in text
    assert "legal form unincorporated partnership board of an authority differs" in text
    one, other = Value("Newport", "/doc/place/1"), Value("Newport", "/doc/place/2")
    assert comparing._verdict([(one,), (one,)]) == comparing.SAME
    assert comparing._verdict([(one,), (other,)]) == comparing.DIFFERS
    assert comparing._verdict([(one,), ()]) == comparing.SOME
