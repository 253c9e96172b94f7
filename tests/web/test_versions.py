"""Versions on the web: pages, descriptions, differences that can be applied, a feed that readers understand."""

from __future__ import annotations

import hashlib

import feedparser
import pytest
from flask.testing import FlaskClient
from rdflib import DCAT, DCTERMS, Graph, Literal, URIRef

from lepgraph.site import Site

BASE = "https://w3id.org/lepgraph/"


def test_every_version_has_a_page_that_leads_to_the_others(client: FlaskClient, site: Site) -> None:
    listing = client.get("/version").text
    for place, release in enumerate(site.history.releases):
        assert f'href="/version/{release.number}"' in listing
        page = client.get(f"/version/{release.number}").text
        assert release.digest in page
        if place:
            assert f'href="/version/{site.history.releases[place - 1].number}"' in page
            assert f'href="/version/{release.number}/changes.rdfp"' in page
    assert 'href="/feed"' in listing


@pytest.mark.parametrize("suffix", ["", ".ttl"])
def test_latest_and_the_hash_lead_to_the_number(client: FlaskClient, site: Site, suffix: str) -> None:
    for name in ("latest", site.version.digest, site.version.short):
        response = client.get(f"/version/{name}{suffix}")
        assert response.status_code == 302
        assert response.headers["Location"] == f"/version/{site.history.current.number}{suffix}"


def test_a_version_says_in_dcat_what_it_is(client: FlaskClient, site: Site) -> None:
    release = site.history.releases[1]
    graph = Graph().parse(data=client.get(f"/version/{release.number}.ttl").data)
    iri = URIRef(f"{BASE}version/{release.number}")
    assert graph.value(iri, URIRef(f"{DCAT}isVersionOf")) == site.content.catalogue.dataset
    assert graph.value(iri, URIRef(f"{DCAT}previousVersion")) == URIRef(
        f"{BASE}version/{site.history.releases[0].number}"
    )
    assert graph.value(iri, DCTERMS.issued) == Literal("2026-11-25", datatype=URIRef(f"{_XSD}date"))
    assert str(graph.value(iri, URIRef(f"{DCAT}version"))) == release.number


_XSD = "http://www.w3.org/2001/XMLSchema#"


def test_a_difference_takes_one_version_to_the_other(client: FlaskClient, site: Site) -> None:
    old, new = site.history.releases[-2:]
    lines = set(site.history.lines(len(site.history.releases) - 2))
    patch = client.get(f"/version/{new.number}/changes.rdfp?since={old.number}", buffered=True).data.splitlines(True)
    assert patch[0] == f"H id <urn:sha256:{new.digest}> .\n".encode()
    lines -= {line[2:] for line in patch if line.startswith(b"D ")}
    lines |= {line[2:] for line in patch if line.startswith(b"A ")}
    assert hashlib.sha256(b"".join(sorted(lines))).hexdigest() == new.digest
    added = client.get(f"/version/{new.number}/added.nq", buffered=True).data.splitlines(True)
    removed = client.get(f"/version/{new.number}/removed.nq", buffered=True).data.splitlines(True)
    assert added == [line[2:] for line in patch if line.startswith(b"A ")]
    assert removed == [line[2:] for line in patch if line.startswith(b"D ")]


def test_a_difference_has_a_validator_of_its_own(client: FlaskClient, site: Site) -> None:
    old, new = site.history.releases[-2:]
    plain = client.get(f"/version/{new.number}/added.nq", buffered=True)
    assert plain.headers["ETag"] == client.head(f"/version/{new.number}/added.nq").headers["ETag"]
    again = client.get(f"/version/{new.number}/added.nq", headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304


def test_all_of_a_former_version_can_be_had_in_parts_too(client: FlaskClient, site: Site) -> None:
    release = site.history.releases[0]
    address = f"/dump/{release.short}/lepgraph.nq"
    whole = client.get(address, buffered=True)
    assert hashlib.sha256(whole.data).hexdigest() == release.digest == whole.headers["ETag"].strip('"')
    part = client.get(address, headers={"Range": "bytes=5-14"}, buffered=True)
    assert (part.status_code, part.data) == (206, whole.data[5:15])
    assert client.get(f"/dump/{release.short}/areas.ttl").status_code == 404
    assert client.get("/dump/0123456789ab/lepgraph.nq").status_code == 404


def test_changes_are_counted_by_kind_and_narrowed_by_kind_and_change(client: FlaskClient, site: Site) -> None:
    number = site.history.releases[1].number
    page = client.get(f"/version/{number}/changes").text
    assert f"/version/{number}/changes?kind=partnership&amp;change=changed" in page
    narrowed = client.get(f"/version/{number}/changes?kind=partnership&change=changed").text
    assert "Leeds City Region" in narrowed
    assert "Came" in narrowed
    assert narrowed.count("<details>") == len(
        [
            row
            for row in site.comparisons.between(0, 1).rows
            if (row.kind, row.change.name) == ("partnership", "CHANGED")
        ]
    )


def test_what_is_gone_is_called_by_its_old_name_and_is_no_link(client: FlaskClient, site: Site) -> None:
    number = site.history.releases[1].number
    page = client.get(f"/version/{number}/changes?change=gone").text
    names = [row.iri for row in site.comparisons.between(0, 1).rows if row.change.name == "REMOVED"]
    assert names
    assert not any(f'<h2><a href="/doc/{name.removeprefix(BASE + "id/")}"' in page for name in names)


def test_a_comparison_may_go_back_and_over_several_versions(client: FlaskClient, site: Site) -> None:
    first, last = site.history.releases[0].number, site.history.releases[-1].number
    assert client.get(f"/version/{last}/changes?since={first}&kind=partnership").status_code == 200
    back = client.get(f"/version/{first}/changes?since={last}&kind=practice").text
    assert "153</strong> things" in back
    same = client.get(f"/version/{first}/changes?since={first}").text
    assert "<strong>0</strong> things" in same


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/version/9", 404, "There are 2026-11-24"),
        ("/version/9/changes", 404, "There is no version"),
        ("/version/latest/changes?since=9", 404, "There is no version"),
        ("/version/latest/changes?page=9999", 404, "The last page is"),
        ("/version/latest/changes?kind=nothing", 404, "Of these kinds"),
        ("/version/latest/changes?change=odd", 400, "There are new, changed"),
        ("/version/latest/changes?other=1", 400, "There is no parameter"),
        ("/version/latest/changes.rdfp?page=2", 400, "There is no parameter"),
        ("/version/latest/other.nq", 404, ""),
        ("/feed?x=1", 400, "There is no parameter"),
    ],
)
def test_what_there_is_not_gets_a_helpful_answer(client: FlaskClient, path: str, status: int, said: str) -> None:
    response = client.get(path, headers={"Accept": "application/problem+json"})
    assert response.status_code == status
    assert said in response.text


def test_the_feed_is_read_by_a_feed_reader(client: FlaskClient, site: Site) -> None:
    response = client.get("/feed")
    assert response.mimetype == "application/atom+xml"
    feed = feedparser.parse(response.data)
    assert not feed.bozo
    released = [release for release in site.history.releases if release.released]
    assert [entry.id for entry in feed.entries] == [f"{BASE}version/{one.number}" for one in reversed(released)]
    assert feed.feed.updated == f"{released[-1].date}T00:00:00Z"
    for entry in feed.entries:
        for link in entry.links:
            assert client.get(link.href.removeprefix("http://localhost"), buffered=True).status_code == 200, link


def test_what_was_not_released_is_in_no_feed_but_has_a_page(lights_client: FlaskClient, lights_site: Site) -> None:
    assert feedparser.parse(lights_client.get("/feed").data).entries == []
    page = lights_client.get(f"/version/{lights_site.history.current.number}").text
    assert "was not released" in page
