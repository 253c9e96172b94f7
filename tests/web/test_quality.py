"""The pages on what is known and what is not, and what sources and named graphs hold."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, XSD

from lepgraph import site as sites
from lepgraph.site import Site
from lepgraph.store.embedded import Embedded
from lepgraph.terms import DQV
from lepgraph.web import create_app
from reading import visible

HTML = {"Accept": "text/html"}


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_page_has_each_kind_with_its_gaps_first(demanding_client: FlaskClient) -> None:
    page = demanding_client.get("/quality", headers=HTML)
    text = visible(page.text)
    assert "Kind Records Complete Lighthouses 3 0" in text
    assert (
        "kept by 1 of 3, 1 in part first lit or comment 1 of 3 · nice to have height in metres 2 of 3 · nice to have"
        in text
    )
    assert "nice to have Known of all 3: label" in text
    assert "Keepers 2 1 lights tended 1 of 2, 1 in part" in text
    assert page.text.count("<caption>") == 1
    assert page.text.count('<th scope="rowgroup">') == 2


def test_the_page_of_a_kind_has_a_word_for_each_record_and_property(demanding_client: FlaskClient) -> None:
    page = demanding_client.get("/quality/lighthouse", headers=HTML)
    text = visible(page.text)
    assert "0 of 3 records have all that a complete one has" in text
    assert "Near Point known not known not known known" in text
    assert "North Rock not known not known known known" in text
    assert "Far Point partly known known known known" in text
    assert '<th scope="row"><a href="/doc/lighthouse/near-point">Near Point</a></th>' in page.text


def test_a_gap_leads_to_the_records_that_have_it(demanding_client: FlaskClient) -> None:
    overview = demanding_client.get("/quality", headers=HTML).text
    assert 'href="/quality/lighthouse?lacking=kept-by"' in overview
    text = visible(demanding_client.get("/quality/lighthouse?lacking=kept-by", headers=HTML).text)
    assert "2 of 3 records lack “kept by” in whole or in part." in text
    assert "Near Point" not in text
    found = rows(demanding_client.get("/quality/lighthouse.csv?lacking=kept-by").text)
    assert [row["record_label"] for row in found] == ["North Rock", "Far Point"]


def test_csv_has_the_numbers_and_every_record(demanding_client: FlaskClient) -> None:
    summary = rows(demanding_client.get("/quality.csv").text)
    assert summary == rows(demanding_client.get("/quality?format=csv").text)
    kept = next(row for row in summary if row["table"] == "lighthouse" and row["property"] == "kept-by")
    assert [kept[name] for name in ("records", "known", "partly_known", "not_known", "share")] == [
        *("3", "1", "1", "1", "0.3333")
    ]
    records = rows(demanding_client.get("/quality/lighthouse.csv").text)
    assert [
        (row["record_label"], row["known_properties"], row["expected_properties"], row["kept-by"]) for row in records
    ] == [
        ("Near Point", "2", "4", "known"),
        ("North Rock", "2", "4", "not known"),
        ("Far Point", "3", "4", "partly known"),
    ]


@pytest.mark.parametrize("path", ["/quality", "/quality/lighthouse"])
def test_every_graph_format_holds_the_same_measurements(demanding_client: FlaskClient, path: str) -> None:
    graphs = []
    for suffix, parser in {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}.items():
        response = demanding_client.get(f"{path}.{suffix}")
        again = demanding_client.get(path, headers={"Accept": response.mimetype})
        assert response.data == again.data
        graphs.append(Graph().parse(data=response.data, format=parser))
    assert len(list(graphs[0].subjects(RDF.type, DQV.QualityMeasurement))) >= 7
    assert all(isomorphic(graphs[0], graph) for graph in graphs[1:])


def test_the_page_links_its_other_forms(demanding_client: FlaskClient) -> None:
    for path in ("/quality", "/quality/lighthouse"):
        response = demanding_client.get(path, headers=HTML)
        assert f'<{path}.ttl>; rel="alternate"; type="text/turtle"' in response.headers["Link"]
        assert f'<a href="{path}.csv">CSV</a>' in response.text


@pytest.mark.parametrize("path", ["/quality", "/quality.ttl", "/quality/lighthouse", "/quality/lighthouse.csv"])
def test_head_and_conditional_requests_are_answered(demanding_client: FlaskClient, path: str) -> None:
    whole = demanding_client.get(path)
    head = demanding_client.head(path)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", whole.headers["ETag"])
    again = demanding_client.get(path, headers={"If-None-Match": whole.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_validator_changes_with_the_shapes(lights_client: FlaskClient, demanding_client: FlaskClient) -> None:
    tags = {each.get("/quality").headers["ETag"] for each in (lights_client, demanding_client)}
    assert len(tags) == 2


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/quality/ship", 404),
        ("/quality/ship.ttl", 404),
        ("/quality/%3Cscript%3E", 404),
        ("/quality/lighthouse.pdf", 404),
        ("/quality.pdf", 406),
        ("/quality?format=pdf", 406),
        ("/quality/lighthouse?format=pdf", 406),
        ("/quality/lighthouse?lacking=%3Cscript%3E", 400),
        ("/quality/lighthouse?lacking=label&lacking=height", 400),
    ],
)
def test_a_bad_address_is_a_problem(demanding_client: FlaskClient, path: str, status: int) -> None:
    response = demanding_client.get(path, headers={"Accept": "application/json"} if status != 406 else {})
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    page = demanding_client.get(path, headers=HTML)
    assert page.status_code == status
    assert "<script>" not in page.text


def test_a_long_table_says_that_it_is_cut_and_the_data_are_whole(client: FlaskClient) -> None:
    page = client.get("/quality/area-membership", headers=HTML).text
    total = len(rows(client.get("/quality/area-membership.csv").text))
    assert f"The first 300 of {total:,} records are shown" in visible(page)
    assert page.count('<th scope="row">') == 300
    assert total > 1600


def test_kinds_that_no_shape_speaks_about_are_named(client: FlaskClient, lights_client: FlaskClient) -> None:
    page = lights_client.get("/quality", headers=HTML).text
    assert "No shape says yet what a complete record of these has:" in visible(page)
    assert 'href="/id/keeper"' in page.partition("No shape says yet")[2]
    text = visible(client.get("/quality", headers=HTML).text)
    assert "No shape says yet" not in text
    assert re.search(r"Practices 153 \d+ has outcome 81 of 153", text)


def test_measurements_are_made_of_the_parts_of_the_catalogue(client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get("/quality.ttl").data)
    metric = URIRef("https://w3id.org/lepgraph/quality/practice#outcome")
    (measurement,) = graph.subjects(DQV.isMeasurementOf, metric)
    assert graph.value(measurement, DQV.computedOn) == URIRef("https://w3id.org/lepgraph/data/practice")
    assert graph.value(measurement, DQV.value) == Literal("0.5294", datatype=XSD.decimal)
    void = Graph().parse(data=client.get("/.well-known/void", headers={"Accept": "text/turtle"}).data)
    things = set(graph.objects(None, DQV.computedOn))
    assert things <= set(void.subjects())


def test_files_are_measured_too_and_not_taken_for_our_dataset(demanding: Site, tmp_path: Path) -> None:
    path = tmp_path / "new.ttl"
    path.write_text("<https://e.example/new> a <https://lights.example/def/light#Lighthouse> .", encoding="utf-8")
    settings = replace(demanding.settings, cache=tmp_path / "cache")
    version = sites.prepare(demanding.content, settings, [path])
    store = Embedded.load(version.snapshot)
    files = create_app(Site(settings, demanding.content, version, store, store)).test_client()
    assert "height none of 1" in visible(files.get("/quality", headers=HTML).text)
    assert files.get("/quality/lighthouse.csv").text.splitlines()[1].startswith("https://e.example/new,")
    assert files.get("/quality.ttl").status_code == 406
    assert "Turtle" not in files.get("/quality", headers=HTML).text


def test_the_home_page_leads_to_what_is_known(lights_client: FlaskClient) -> None:
    assert '<a href="/quality">What is known</a>' in lights_client.get("/").text


def test_a_source_lists_its_graphs_and_the_things_that_it_supports(lights_client: FlaskClient) -> None:
    text = visible(lights_client.get("/resource?iri=https://lights.example/id/source/almanac", headers=HTML).text)
    found = re.search(r"What it supports .*? Graph Statements Things (.*?) Things that they speak about (.*)", text)
    assert found
    assert found[1] == "Keepers, by almanac 4 2 Lighthouses, by almanac 9 2"
    assert found[2].startswith("Ada Lamp Ben Wick Far Point Near Point")
    assert "is “source” of" not in text


def test_a_named_graph_lists_its_things(lights_client: FlaskClient) -> None:
    text = visible(lights_client.get("/graph/account/pilot", headers=HTML).text)
    assert "What this graph holds 3 statements about 1 thing. Things that it speaks about Far Point" in text


def test_a_source_of_many_statements_lists_the_first_things_and_says_so(client: FlaskClient) -> None:
    for path in ("/doc/source/ons-mid-year-population", "/graph/district-figure/ons-mid-year-population"):
        page = client.get(path, headers=HTML)
        assert "The first 300 are shown" in visible(page.text)
        assert len(page.data) < 100_000
    assert "What it supports" not in client.get("/doc/partnership/leeds-city-region", headers=HTML).text


def test_what_a_source_supports_is_what_its_rows_say(client: FlaskClient) -> None:
    text = visible(client.get("/doc/source/ons-lep-lookup-2014", headers=HTML).text)
    assert "in December 2014, by ons-lep-lookup-2014 2,268 364" in text


def test_confidence_is_said_in_words(client: FlaskClient) -> None:
    text = visible(client.get("/doc/practice/agri-tech-west-alliance", headers=HTML).text)
    assert "confidence single source" in text
    assert "/def/confidence" not in text


def test_the_page_of_a_thing_says_what_it_lacks_and_leads_to_the_form(demanding_client: FlaskClient) -> None:
    page = demanding_client.get("/doc/lighthouse/north-rock", headers=HTML).text
    part = page.partition('<section id="gaps">')[2].partition("</section>")[0]
    assert "Known: 2 of 4 that a complete record has, as a table" in visible(part)
    assert "expected kept by nice to have first lit or comment" in visible(part)
    iri = "https://lights.example/id/lighthouse/north-rock"
    assert f'<a href="/validate?thing={iri}#field-kept-by">kept by</a>' in part
    assert "first lit or comment</a>" not in part, "no field of a form is for two properties"
    assert f'href="/quality/lighthouse?thing={iri}"' in part


def test_a_thing_whose_class_has_no_form_shows_its_gaps_without_links(demanding_client: FlaskClient) -> None:
    page = demanding_client.get("/doc/keeper/ben", headers=HTML).text
    part = page.partition('<section id="gaps">')[2].partition("</section>")[0]
    assert "Known: 0 of 1 that" in visible(part)
    assert "lights tended in part" in visible(part)
    assert "/validate" not in part


def test_a_full_record_says_so_and_one_that_no_shape_asks_for_says_nothing(
    demanding_client: FlaskClient, lights_client: FlaskClient
) -> None:
    page = lights_client.get("/doc/lighthouse/far-point", headers=HTML).text
    assert "Nothing that a complete record has is missing" in visible(page)
    assert 'id="gaps"' not in demanding_client.get("/resource?iri=https://lights.example/id/source/almanac").text


def test_page_csv_and_rdf_of_one_thing_agree(demanding_client: FlaskClient) -> None:
    iri = "https://lights.example/id/lighthouse/far-point"
    address = f"/quality/lighthouse?thing={iri}"
    page = demanding_client.get(address, headers=HTML).text
    assert "Far Point has 3 of the 4 that a complete record has." in visible(page)
    assert page.count('<th scope="row">') == 1
    (row,) = rows(demanding_client.get(f"/quality/lighthouse.csv?thing={iri}").text)
    assert (row["known_properties"], row["kept-by"]) == ("3", "partly known")
    graph = Graph().parse(data=demanding_client.get(f"/quality/lighthouse.ttl?thing={iri}").data)
    measured = {
        str(graph.value(node, DQV.isMeasurementOf)).partition("#")[2]: str(graph.value(node, DQV.value))
        for node in graph.subjects(DQV.computedOn, URIRef(iri))
    }
    assert measured == {"known-properties": "0.7500", "kept-by": "0.5000"}
    for suffix in (".ttl", ".csv"):
        assert f'href="/quality/lighthouse{suffix}?thing={iri}"' in page
    assert demanding_client.get("/quality/lighthouse?thing=https://e.example/none").status_code == 404


def test_levels_are_told_apart_in_every_form(demanding_client: FlaskClient) -> None:
    levels = {row["property"]: row["level"] for row in rows(demanding_client.get("/quality.csv").text)}
    assert levels["kept-by"] == "expected"
    assert levels["height"] == "nice to have"
    assert "2 of 3 nice to have" in visible(demanding_client.get("/quality/lighthouse", headers=HTML).text)
    assert "what a single record has of it: nice to have." in demanding_client.get("/quality.ttl").text


def test_gaps_lead_to_fields_that_forms_have(client: FlaskClient) -> None:
    names = [row["table"] for row in rows(client.get("/quality.csv").text)]
    for name in dict.fromkeys(names):
        page = client.get(f"/quality/{name}", headers=HTML).text
        gaps = {anchor: thing for thing, anchor in re.findall(r'href="(/validate\?thing=[^"#]+)#([^"]+)"', page)}
        for anchor, address in gaps.items():
            form = client.get(address, headers=HTML)
            assert (form.status_code, f'id="{anchor}"' in form.text) == (200, True), (name, address, anchor)
