"""What crawlers are told is true: every address answers at once, dates are those of versions, robots may go there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from email.message import Message
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urljoin
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import csvw
import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph, URIRef

from lepgraph import crawling
from lepgraph import site as sites
from lepgraph.crawling import Sitemap
from lepgraph.site import Site
from lepgraph.store.embedded import Embedded
from lepgraph.web import create_app
from lepgraph.withdrawals import Withdrawal

HOST = "http://localhost"
SAMPLE = 200


def entries(client: FlaskClient, path: str) -> dict[str, str]:
    """The addresses of a sitemap or of its index, each with its date."""
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "application/xml")
    found = {}
    for element in ElementTree.fromstring(response.data):
        location, changed = (element.findtext(f"{{{crawling.NAMESPACE}}}{name}") for name in ("loc", "lastmod"))
        assert location not in found
        found[location or ""] = changed or ""
    return found


def pages(client: FlaskClient) -> dict[str, str]:
    """The addresses of all parts, each with its date; the date of a part is the last of them."""
    found: dict[str, str] = {}
    for part, changed in entries(client, "/sitemap.xml").items():
        listed = entries(client, part.removeprefix(HOST))
        assert 0 < len(listed) <= crawling.MOST
        assert not found.keys() & listed.keys()
        assert changed == max(listed.values())
        found |= listed
    return found


@pytest.fixture(scope="module")
def real(app: Flask) -> dict[str, str]:
    """The addresses of the graph itself."""
    return pages(app.test_client())


def faulty(client: FlaskClient, addresses: Iterable[str]) -> list[tuple[str, int]]:
    """The addresses that do not answer at once."""
    found = []
    for address in addresses:
        with closing(client.get(address.removeprefix(HOST), headers={"Accept": "text/html"})) as response:
            if response.status_code != 200:
                found.append((address, response.status_code))
    return found


def test_every_address_of_the_sitemap_answers(lights_client: FlaskClient) -> None:
    found = pages(lights_client)
    things = {
        f"{HOST}/doc/{thing}"
        for thing in ("keeper/ada", "keeper/ben", *(f"lighthouse/{key}" for key in ("far-point", "near-point", "north-rock")))
    }  # fmt: skip
    assert things <= found.keys()
    assert {f"{HOST}/{path}" for path in ("", "catalog", "id/keeper", "def/light", "data/lights", "version")} <= set(
        found
    )
    assert not [address for address in found if "/id/keeper/" in address or "#" in address]
    assert faulty(lights_client, found) == []


def test_the_sitemap_has_every_thing_of_the_graph_and_a_sample_answers(
    client: FlaskClient, site: Site, real: dict[str, str]
) -> None:
    for concept in site.content.catalogue.concepts.values():
        listed = [address for address in real if address.startswith(f"{HOST}/doc/{concept.segment}/")]
        assert len(listed) == site.numbers[concept.segment], concept.segment
    answered = list(real)[:: len(real) // SAMPLE]
    assert len(answered) >= SAMPLE
    assert faulty(client, answered) == []


def test_the_day_of_a_page_is_that_of_the_last_version_that_changed_its_thing(site: Site, real: dict[str, str]) -> None:
    base = site.addresses.base
    for address, changed in list(real.items())[::60]:
        path = address.removeprefix(f"{HOST}/")
        iri = f"{base}id/{path.removeprefix('doc/')}" if path.startswith("doc/") else f"{base}{path}"
        release = site.history.changed(iri)
        if release is not None:
            assert changed == release.date, address
    assert len({changed for address, changed in real.items() if "/doc/" in address}) > 1
    for release in site.history.releases:
        assert real[f"{HOST}/version/{release.number}"] == release.date
    assert real[f"{HOST}/queries"] == ""


def test_parts_have_a_most_and_follow_each_other(lights_client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = pages(lights_client)
    monkeypatch.setattr(crawling, "MOST", 2)
    again = create_app(lights_client.application.extensions["lepgraph"]).test_client()
    assert pages(again) == whole
    assert f"{HOST}/sitemap/id-lighthouse-2.xml" in entries(again, "/sitemap.xml")


def test_what_was_withdrawn_or_has_no_page_of_its_own_is_left_out(lights_site: Site) -> None:
    site = _like(lights_site)
    site.withdrawn = {"/id/keeper/ada": Withdrawal("/id/keeper/ada", "It never was.", "2026-11-24", "")}
    client = create_app(site).test_client()
    assert pages(lights_client := create_app(lights_site).test_client()).keys() - pages(client).keys() == {
        f"{HOST}/doc/keeper/ada"
    }
    assert client.get("/doc/keeper/ada").status_code == 410
    base, paths = lights_site.addresses.base, Sitemap(lights_site)
    for odd in (
        "id/keeper/a.ttl",
        "id/keeper/a.bib",
        "id/keeper/a%2Fb",
        "id/keeper",
        "id/keeper/a/b",
        "def/light#a",
        "x/y",
    ):
        assert paths.page(f"{base}{odd}") is None, odd
    assert paths.page(f"{base}id/keeper/café") == ("id-keeper", "/doc/keeper/caf%C3%A9")
    assert lights_client.get("/sitemap/id-keeper-2.xml").status_code == 404
    assert lights_client.get("/sitemap.xml?page=2").status_code == 400


def test_files_and_stores_elsewhere_have_a_sitemap_without_days(lights_site: Site, tmp_path: Path) -> None:
    elsewhere = _like(lights_site)
    elsewhere.versioned = False
    client = create_app(elsewhere).test_client()
    found = pages(client)
    assert {f"{HOST}/doc/keeper/ada", f"{HOST}/data/lights", f"{HOST}/id/keeper"} <= found.keys()
    assert found.keys() <= pages(create_app(lights_site).test_client()).keys()
    assert set(found.values()) == {""}
    path = tmp_path / "new.ttl"
    path.write_text("<https://lights.example/id/keeper/new> a <https://lights.example/def/light#Keeper> .")
    settings = replace(lights_site.settings, cache=tmp_path / "cache")
    version = sites.prepare(lights_site.content, settings, [path])
    store = Embedded.load(version.snapshot)
    client = create_app(Site(settings, lights_site.content, version, store, store)).test_client()
    found = pages(client)
    assert f"{HOST}/doc/keeper/new" in found
    assert faulty(client, found) == []


def test_robots_may_go_wherever_the_sitemap_and_the_catalogue_lead(client: FlaskClient, real: dict[str, str]) -> None:
    text = client.get("/robots.txt").text
    robots = RobotFileParser()
    robots.parse(text.splitlines())
    assert robots.site_maps() == [f"{HOST}/sitemap.xml"]
    catalogue = Graph().parse(data=client.get("/catalog.ttl").data, format="turtle")
    named = {str(term) for term in catalogue.objects() if isinstance(term, URIRef) and str(term).startswith(HOST)}
    assert len(named) > 50
    allowed = {*real, *entries(client, "/sitemap.xml"), *named, *(f"{HOST}{path}" for path in _well_known())}
    refused = refusing(text)
    assert [address for address in allowed if refused.match(address.removeprefix(HOST))] == []
    assert [address for address in sorted(allowed)[::7] if not robots.can_fetch("*", address)] == []
    for path in ("/sparql?query=ASK{}", "/q/abc", "/search?q=a", "/validate/results/abc", "/links?to=a&by=b"):
        assert not robots.can_fetch("*", f"{HOST}{path}"), path
    for path in ("/sparql?format=csv&query=ASK{}", "/id/area?page=2", "/doc/area/a?date=2015-05-01", "/queries/a?b=c"):
        assert refused.match(path), path


def refusing(text: str) -> re.Pattern[str]:
    """The rules with what stars mean (RFC 9309, 2.2.3); the standard library takes those for themselves."""
    rules = [line.removeprefix("Disallow: ") for line in text.splitlines() if line.startswith("Disallow: ")]
    return re.compile("|".join(".*".join(map(re.escape, rule.split("*"))) for rule in rules))


def test_the_interfaces_are_named_as_a_link_set_whose_links_answer(lights_client: FlaskClient) -> None:
    response = lights_client.get("/.well-known/api-catalog")
    assert response.headers["Content-Type"] == (
        'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
    )
    (own, *each) = json.loads(response.data)["linkset"]
    assert own["anchor"] == f"{HOST}/.well-known/api-catalog"
    assert [item["href"] for item in own["item"]] == [context["anchor"] for context in each]
    links = [link for context in each for kind in context.values() if isinstance(kind, list) for link in kind]
    for href, media_type in {(link["href"], link["type"]) for link in links}:
        got = lights_client.get(href.removeprefix(HOST), headers={"Accept": media_type})
        assert (got.status_code, got.mimetype) == (200, media_type)
    assert {"/sparql", "/queries", "/catalog"} <= {context["anchor"].removeprefix(HOST) for context in each}
    head = lights_client.head("/.well-known/api-catalog")
    assert f'<{HOST}/.well-known/api-catalog>; rel="api-catalog"' in head.headers["Link"]


@pytest.mark.parametrize("linked", [True, False])
def test_a_reader_of_tables_finds_the_metadata_by_the_link_and_by_the_place(
    lights_client: FlaskClient, monkeypatch: pytest.MonkeyPatch, lights_site: Site, *, linked: bool
) -> None:
    asked = []

    @contextmanager
    def urlopen(url: str) -> Iterator[object]:
        asked.append(url.removeprefix(HOST))
        with closing(lights_client.get(asked[-1])) as response:
            info = Message()
            for name, value in response.headers.items():
                if linked or name != "Link":
                    info[name] = value
            yield SimpleNamespace(
                status=response.status_code, headers=info, info=lambda: info, read=lambda: response.data
            )

    monkeypatch.setattr(csvw.utils, "urlopen", urlopen)
    table = next(file for file in lights_site.distributions.all if file.described and not file.compressed)
    address = f"/dump/{lights_site.version.short}/{table.name}"
    found, _ = csvw.CSVW.locate_metadata(f"{HOST}{address}")
    assert found["url"] == table.name
    assert ("/.well-known/csvm" in asked) != linked
    assert asked[-1] == f"/dump/{lights_site.version.short}/{table.described}"
    assert lights_client.get("/.well-known/csvm").mimetype == "text/plain"


def test_an_unknown_place_is_a_problem_that_says_what_there_is(lights_client: FlaskClient) -> None:
    response = lights_client.get("/.well-known/security.txt")
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")
    for path in _well_known():
        assert path in response.get_json()["hint"]
        assert lights_client.get(path).status_code == 200


def test_behind_a_proxy_nothing_names_the_inner_host(lights_site: Site) -> None:
    site = _like(lights_site)
    site.settings = replace(site.settings, public="https://public.example/")
    client = create_app(site).test_client()
    inner = {"Host": "inner.example:8000"}
    for path in ("/robots.txt", "/sitemap.xml", "/sitemap/id-keeper-1.xml", *_well_known()):
        for got in (client.get(path, headers=inner), client.head(path, headers=inner)):
            said = got.text + "".join(got.headers.values())
            assert "inner.example" not in said, path
            assert "localhost" not in said, path
    assert set(entries(client, "/sitemap/id-keeper-1.xml")) == {
        urljoin("https://public.example/", f"/doc/keeper/{key}") for key in ("ada", "ben")
    }


def _well_known() -> list[str]:
    return [f"/.well-known/{name}" for name in crawling.WELL_KNOWN]


def _like(site: Site) -> Site:
    """Another site over the same stores."""
    return Site(site.settings, site.content, site.version, site.store, site.outside)
