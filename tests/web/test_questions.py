"""Stored questions as pages and as an API: forms with real values, faults at their fields, answers in pieces."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lepgraph.choosing import Choices
from lepgraph.content import Content
from lepgraph.errors import ContentFault
from lepgraph.querying import Library
from lepgraph.site import Site
from lepgraph.store import Query
from lepgraph.web.paging import Piece
from reading import visible

HTML = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}
HIGH = "/queries/lights-that-are-high"
LEEDS = "/queries/districts-of-a-partnership-on-a-date"


def links(header: str) -> dict[str, str]:
    return {relation: address for address, relation in re.findall(r'<([^>]*)>; rel="(\w+)"', header)}


def test_a_form_has_the_right_control_for_each_parameter(lights_client: FlaskClient) -> None:
    page = lights_client.get(HIGH, headers=HTML).text
    assert re.search(r'<input id="parameter-height" [^>]*value="10" type="number"', page)
    assert re.search(r'<input id="parameter-before" name="before"[^>]*type="date"', page)
    assert '<option value="1871-05-02">2 May 1871</option>' in page
    text = visible(page)
    assert "A day after the light was first lit (optional) For instance 1900-01-01, which is 1 January 1900." in text


def test_a_parameter_of_a_concept_offers_its_things_by_name(client: FlaskClient) -> None:
    page = client.get(LEEDS, headers=HTML).text
    assert '<option value="leeds-city-region" selected>Leeds City Region</option>' in page
    councils = client.get("/queries/what-became-of-a-council?council=lichfield", headers=HTML).text
    assert '<option value="Lichfield District Council">' in councils
    assert re.search(r'<input id="parameter-council"[^>]* value="Lichfield District Council" list=', councils)
    assert len(councils.encode()) < 100_000


@pytest.mark.parametrize("name", ["Lichfield", "lichfield  district council", "lichfield", "https://w3id.org/lepgraph/id/local-authority/lichfield"])  # fmt: skip
def test_a_thing_may_be_given_by_name_key_or_identifier(client: FlaskClient, name: str) -> None:
    given = {"council": name, "date": "2015-05-01"}
    rows = client.get("/queries/partnerships-covering-a-council-on-a-date.csv", query_string=given).text.splitlines()
    assert len(rows) == 3


def test_every_question_has_a_page_below_the_limit_and_its_example_is_among_its_values(
    client: FlaskClient, site: Site
) -> None:
    for query in site.library.questions.values():
        assert len(client.get(f"/queries/{query.name}", headers=HTML).data) < 110_000, query.name
        _, faults = site.choices.terms(query, {item.name: item.example for item in query.parameters})
        assert not faults, query.name


def test_every_list_of_values_has_values_in_a_total_order(site: Site) -> None:
    assert len(site.library.values) >= 10
    for query in site.library.values.values():
        rows = site.store.solutions(Query(query.text))
        assert rows, query.name
        assert len({row["value"] for row in rows}) == len(rows), query.name


def test_what_is_wrong_is_said_at_the_field_and_at_the_top(lights_client: FlaskClient) -> None:
    response = lights_client.get(f"{HIGH}?height=tall&lit=1900-01-01&before=1871-02-30", headers=HTML)
    assert response.status_code == 400
    assert response.headers["Cache-Control"] == "no-store"
    page = html.unescape(response.text)
    summary = page[page.index('<div class="faults"') : page.index("</div>", page.index('<div class="faults"'))]
    assert "Metres from foot to top must be a number, not 'tall'. For instance 10." in summary
    assert summary.count('<a href="#parameter-') == 3
    assert "The graph knows no “1900-01-01”. Choose 2 May 1871." in summary
    field = re.search(r'<input id="parameter-before"[^>]*>', page)
    assert field
    assert 'value="1871-02-30"' in field[0]
    assert 'aria-invalid="true"' in field[0]
    assert 'aria-describedby="parameter-before-hint parameter-before-fault"' in field[0]


def test_a_program_is_told_of_every_parameter_that_is_wrong(lights_client: FlaskClient) -> None:
    response = lights_client.get(f"{HIGH}.csv?height=tall&lit=1900-01-01&depth=3", headers=JSON)
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    assert set(response.get_json()["parameters"]) == {"height", "lit", "depth"}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/queries/largest-partnership-areas.csv?vintage=2016-05", "Known: 2014-12 (December 2014), 2017-04 (April 2017), 2021-05 (May 2021)."),
        ("/queries/what-became-of-a-council.csv?council=litchfield", "Near to it: lichfield (Lichfield District Council). /id/local-authority lists all that there are."),
        ("/queries/partnerships-in-a-region.csv?region=E37000001", "Known: E12000004 (East Midlands)"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_exist_is_refused_with_those_that_do(
    client: FlaskClient, address: str, said: str
) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert said in response.get_json()["hint"]


def test_markup_in_a_parameter_stays_text(lights_client: FlaskClient) -> None:
    page = lights_client.get(
        "/queries/lights-of-a-keeper", query_string={"keeper": '"><script>alert(1)</script>'}, headers=HTML
    )
    assert page.status_code == 400
    assert "<script>" not in page.text


@pytest.mark.parametrize("given", ["keeper=ada&keeper=ben", "keeper=%FF", "keeper=a%00b", "keeper=" + "a" * 3000])
def test_silly_parameters_are_refused(lights_client: FlaskClient, given: str) -> None:
    for headers in (HTML, JSON):
        assert lights_client.get(f"/queries/lights-of-a-keeper?{given}", headers=headers).status_code == 400


def test_pieces_follow_each_other_by_link_and_make_the_whole(client: FlaskClient) -> None:
    whole = client.get("/queries/identifiers-elsewhere.csv?thing=Leeds+City+Region").text.splitlines()
    address = "/queries/milestones-of-national-policy.csv"
    whole = client.get(address).text.splitlines()
    pieces, seen = whole[:1], 0
    following = f"{address}?limit=4"
    while following:
        response = client.get(following)
        pieces += response.text.splitlines()[1:]
        found = links(response.headers["Link"])
        assert links(client.get(found["last"]).headers["Link"]).get("next") is None
        following = found.get("next", "")
        seen += 1
    assert pieces == whole
    assert seen == 4


def test_a_piece_on_a_page_says_which_it_is(client: FlaskClient) -> None:
    text = visible(client.get("/queries/milestones-of-national-policy?limit=5&offset=5", headers=HTML).text)
    assert "Rows 6 to 10 of 15." in text
    assert "First Previous Next Last" in text


@pytest.mark.parametrize("given", ["limit=0", "limit=x", "limit=10001", "offset=-1", "limit=5&offset=1e9", "limit=٣"])
def test_a_piece_has_bounds(client: FlaskClient, given: str) -> None:
    for headers in (HTML, JSON):
        assert client.get(f"/queries/milestones-of-national-policy?{given}", headers=headers).status_code == 400


def test_a_limit_of_the_query_itself_still_holds() -> None:
    assert Piece(10, 5).of("SELECT * {} ORDER BY ?a\nLIMIT 8\n").endswith("LIMIT 3 OFFSET 5\n")
    assert Piece(10, 9).of("SELECT * {} ORDER BY ?a\nLIMIT 8\n").endswith("LIMIT 0 OFFSET 9\n")
    assert Piece(10, 0).others(0) == {"first": 0, "last": 0}
    assert Piece(10, 95).others(40) == {"first": 0, "prev": 30, "last": 30}


def test_an_answer_without_rows_leads_to_one_that_has_some(client: FlaskClient) -> None:
    page = client.get(f"{LEEDS}?partnership=leeds-city-region&date=1950-01-01", headers=HTML).text
    assert "No rows." in visible(page)
    assert (
        'href="/queries/districts-of-a-partnership-on-a-date?partnership=leeds-city-region&amp;date=2022-01-01"' in page
    )


def test_the_shelf_shows_the_questions_with_some_words(client: FlaskClient) -> None:
    text = visible(client.get("/queries?q=overlap+district", headers=HTML).text)
    assert "questions with “overlap district”" in text
    assert "Which districts lay in two partnerships at once?" in text
    assert "Which partnership areas were the largest?" not in text
    assert "No question has these words." in visible(client.get("/queries?q=%3Cb%3Ezebra", headers=HTML).text)
    assert client.get("/queries?topic=x").status_code == 400


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("values: days", "values: nights", "there is no queries/values/nights.rq"), ("height: {", "limit: {", "limit: no parameter can be called so")],
)  # fmt: skip
def test_a_header_that_means_nothing_is_a_fault_of_the_content(
    lighthouses: Content, tmp_path: Path, old: str, new: str, said: str
) -> None:
    root = tmp_path / "content"
    shutil.copytree(lighthouses.root, root)
    path = root / "queries" / "competency" / "lights-that-are-high.rq"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ContentFault, match=re.escape(said)):
        _ = Library(Content(root)).questions


def test_the_choices_of_questions_are_kept_as_they_are_asked_for(lights_site: Site) -> None:
    asked = Choices(lights_site.content, lights_site.library, lights_site.store, lights_site.describer)
    parameters = [one for query in lights_site.library.questions.values() for one in query.parameters]
    assert sum(len(asked.of(one)) for one in parameters) > 2
    assert {(one.values, one.concept) for one in parameters} == set(lights_site.choices.kept)
    for one in parameters:
        assert lights_site.choices.of(one) == asked.of(one)
        assert [choice.term.n3() for choice in lights_site.choices.of(one)] == [c.term.n3() for c in asked.of(one)]
