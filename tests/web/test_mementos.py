"""Datetime negotiation (RFC 7089): the page of a day of the dataset, TimeMaps, and what is gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from rdflib import Graph
from rdflib.compare import isomorphic

from lepgraph import site as sites
from lepgraph.content import Content
from lepgraph.settings import Settings
from lepgraph.site import Site
from lepgraph.web import create_app, served
from telling import Telling

PATH = "/doc/partnership/leeds-city-region"
FIRST = "Tue, 24 Nov 2026 00:00:00 GMT"


def asked(client: FlaskClient, path: str, when: str) -> tuple[int, str]:
    response = client.get(path, headers={"Accept-Datetime": when})
    return response.status_code, response.headers.get("Location", "")


@pytest.mark.parametrize(
    ("when", "number"),
    [
        ("Sun, 01 Nov 2026 00:00:00 GMT", "2026-11-24"),
        (FIRST, "2026-11-24"),
        ("Tue, 24 Nov 2026 23:59:59 GMT", "2026-11-24"),
        ("Wed, 25 Nov 2026 00:00:00 GMT", "2026-11-25"),
    ],
)
@pytest.mark.parametrize("suffix", ["", ".ttl"])
def test_a_document_leads_to_the_version_of_a_day(client: FlaskClient, when: str, number: str, suffix: str) -> None:
    assert asked(client, PATH + suffix, when) == (302, f"/version/{number}{PATH}{suffix}")


def test_a_day_in_the_future_leads_to_the_last_version(client: FlaskClient, site: Site) -> None:
    released = [release for release in site.history.releases if release.released]
    current = site.history.current
    last = current.number if current.date > released[-1].date else released[-1].number
    assert asked(client, PATH, "Thu, 01 Jan 2037 00:00:00 GMT") == (302, f"/version/{last}{PATH}")
    assert asked(client, "/", FIRST) == (302, "/version/2026-11-24")


@pytest.mark.parametrize("when", ["yesterday", "2015-05-01", "Tue, 24 Nov 2026", "x" * 5000])
def test_what_is_no_date_of_http_is_refused(client: FlaskClient, when: str) -> None:
    response = client.get(PATH, headers={"Accept-Datetime": when})
    assert (response.status_code, "Accept-Datetime" in response.text) == (400, True)


def test_a_memento_says_when_it_is_from_and_leads_to_the_others(client: FlaskClient) -> None:
    response = client.get(f"/version/2026-11-24{PATH}")
    assert response.headers["Memento-Datetime"] == FIRST
    assert "Accept-Datetime" not in response.headers.get("Vary", "")
    link = response.headers["Link"]
    assert f'<http://localhost{PATH}>; rel="original timegate"' in link
    assert f'<http://localhost/timemap{PATH}>; rel="timemap"; type="application/link-format"' in link
    assert f'<http://localhost/version/2026-11-24{PATH}>; rel="first memento"; datetime="{FIRST}"' in link
    assert f"<http://localhost/version/2026-11-25{PATH}>" in link
    assert "as it was written then" in response.text


def test_a_document_says_that_it_depends_on_the_day_and_where_its_timemap_is(client: FlaskClient) -> None:
    response = client.get(PATH)
    assert "Accept-Datetime" in response.headers["Vary"]
    assert f'<http://localhost/timemap{PATH}>; rel="timemap"' in response.headers["Link"]
    assert f'href="/timemap{PATH}"' in response.text


def test_a_memento_of_the_current_version_is_what_the_document_is(client: FlaskClient, site: Site) -> None:
    for path in (PATH, "/doc/area/E37000050", "/def/theme/responsible-business", "/def/lep", "/def/unit"):
        now = Graph().parse(data=client.get(f"{path}.ttl").data)
        then = Graph().parse(data=client.get(f"/version/{site.history.current.number}{path}.ttl").data)
        assert isomorphic(now, then), path


def test_a_memento_of_an_old_version_holds_what_it_said_then_with_names_and_sources(client: FlaskClient) -> None:
    page = client.get(f"/version/2026-11-24{PATH}").text
    assert "<h1>Leeds City Region" in page
    assert "Who says so" in page
    assert re.search(r'href="/version/2026-11-24/doc/source/[^"]+">[A-Z][^<]+ [^<]+</a>', page)
    old = Graph().parse(data=client.get(f"/version/2026-11-24{PATH}.nt").data, format="nt")
    new = Graph().parse(data=client.get(f"{PATH}.nt").data, format="nt")
    assert 0 < len(old) < len(new)


def test_a_timemap_lists_every_version_of_a_document(client: FlaskClient, site: Site) -> None:
    response = client.get(f"/timemap{PATH}", headers={"Accept": "application/link-format"})
    assert response.mimetype == "application/link-format"
    mementos = re.findall(
        r'<http://localhost/version/([^/]+)/doc[^>]*>; rel="[a-z ]*memento"; datetime="', response.text
    )
    assert mementos == [release.number for release in site.history.releases]
    assert '; rel="self"; type="application/link-format"; from="' in response.text
    for number in mementos:
        assert client.get(f"/version/{number}{PATH}").status_code == 200
    page = client.get(f"/timemap{PATH}", headers={"Accept": "text/html"}).text
    assert "This is about what was written here" in page
    whole = client.get("/timemap", headers={"Accept": "application/link-format"}).text
    assert whole.count("memento") == len(site.history.releases)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/version/2026-11-24/doc/practice/agri-tech-west-alliance", "These versions do: 2026-11-25"),
        ("/version/2026-11-24/doc/partnership/nowhere", "No version says anything"),
        ("/version/9/doc/partnership/leeds-city-region", "There is no version"),
        ("/version/2026-11-24/doc/partnership", "cannot be an identifier"),
        ("/version/2026-11-24/doc/a/b/c", "cannot be an identifier"),
        ("/timemap/doc/partnership/nowhere", "No version says anything"),
        ("/timemap/doc/x%20y/z", "cannot be an identifier"),
    ],
)
def test_what_no_version_has_gets_a_helpful_answer(client: FlaskClient, path: str, said: str) -> None:
    response = client.get(path, headers={"Accept": "*/*"})
    assert (response.status_code, said in response.text) == (404, True), response.text


def test_a_thing_that_a_later_version_no_longer_has_is_gone_and_leads_to_what_was_said(
    lighthouses: Content, settings: Settings, tmp_path: Path
) -> None:
    telling = Telling(lighthouses, tmp_path)
    telling.change()
    site = sites.inside(telling.content, settings)
    client = create_app(site).test_client()
    response = client.get("/doc/lighthouse/near-point")
    assert response.status_code == 410
    assert "/version/1/doc/lighthouse/near-point" in response.text
    memento = client.get("/version/1/doc/lighthouse/near-point").text
    assert "Near Point" in memento
    assert "Later versions say nothing of it" in memento
    assert client.get("/doc/lighthouse/near-point.ttl").status_code == 410
    assert "Gone" in client.get("/timemap/doc/lighthouse/near-point", headers={"Accept": "text/html"}).text
    changes = client.get("/version/latest/changes?kind=lighthouse&change=gone", follow_redirects=True).text
    assert "Near Point" in changes
    assert client.get("/doc/lighthouse/never").status_code == 404
    site.close()


def test_the_response_cache_keeps_the_days_apart(site: Site) -> None:
    from werkzeug.test import Client

    client = Client(served(site))
    plain = client.get(PATH, headers={"Host": "localhost"})
    again = client.get(PATH, headers={"Host": "localhost", "Accept-Datetime": FIRST})
    assert (plain.status_code, again.status_code) == (200, 302)
    assert client.get(PATH, headers={"Host": "localhost"}).status_code == 200
