"""Markup, script addresses, control characters and nonsense in every parameter of every route."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hostile import MARK, TEXTS, faults_of
from lepgraph.site import Site

UNDESCRIBED = {
    "/": ["date"],
    "/compare": ["thing", "add"],
    "/class": ["iri", "page"],
    "/links": ["to", "by", "page"],
    "/search.json": ["q", "kind", "page"],
    "/queries/<name>": ["keeper", "height"],
    "/id/<concept>": ["date", "view", "kept-by", "height-from"],
    "/doc/<concept>/<key>": ["date"],
    "/quality/<name>": ["lacking"],
}
"""Parameters that the description of the interface leaves out, since pages alone have them."""
SOUND = {"concept": "lighthouse", "key": "far-point", "path": "light", "name": "lights-of-a-keeper", "suffix": "ttl"}
SOUND |= {"version": "latest", "slug": "parameter-fault", "filename": "lepgraph.css"}
SOUND |= {"file": "changes.rdfp", "space": "def", "page": "1", "ending": "csv"}
_VARIABLE = re.compile(r"<(?:[^<>]*:)?(\w+)>")
REFUSALS = {400, 403, 404, 405, 406, 410, 413, 414, 422}
NOT_TEXT = ("%FF%FE%80", "%00", "%C0%BC", "%ED%A0%80", "%F8%88%80%80%80", "%", "%zz", "a&q=b&q=c", "&&==&")
TELLING = ("an element", "a new line", "a query", "%FF")
"""What programs are given too, not browsers alone."""
ACCEPTS = ("text/html", "application/json, text/turtle;q=0.5, */*;q=0.1")


def routes(app: Flask) -> list[tuple[str, str]]:
    """Each path that GET answers, with ``{name}`` for its variables, and the path as the description has it."""
    found = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    assert len(found) > 40
    return [(_VARIABLE.sub(r"{\1}", rule), _VARIABLE.sub(r"<\1>", rule)) for rule in found]


def parameters(document: Any, path: str, bare: str) -> list[str]:
    """The parameters of a route: those that the description has, and any that is unknown."""
    same = [known for known in document["paths"] if re.sub(r"{\w+}", "{}", known) == re.sub(r"{\w+}", "{}", path)]
    operations = [document["paths"][known].get("get", {}) for known in same]
    if path == "/queries/{name}":
        operations = [item["get"] for known, item in document["paths"].items() if known.startswith("/queries/")]
    named = [item for operation in operations for item in operation.get("parameters", ())]
    resolved = [
        document["components"]["parameters"][item["$ref"].rpartition("/")[2]] if "$ref" in item else item
        for item in named
    ]
    own = [item["name"] for item in resolved if item["in"] == "query"]
    return list(dict.fromkeys([*own, *UNDESCRIBED.get(bare, ()), "format", "unknown"]))


def addresses(app: Flask, document: Any, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """An address for each route, parameter and text, with what it is about; ``known`` has what variables can be."""
    for path, bare in routes(app):
        variables = re.findall(r"{(\w+)}", path)
        sound = path.format(**{name: known[name] for name in variables})
        for kind, text in TEXTS.items():
            for name in variables:
                filled = {**known, name: quote(text, safe="")}
                yield f"{path}: {kind} as {name}", path.format(**{each: filled[each] for each in variables})
            for name in parameters(document, path, bare):
                yield f"{path}: {kind} in {name}", f"{sound}?{urlencode({name: text})}"
            yield f"{path}: {kind} as the name of a parameter", f"{sound}?{urlencode({text or 'x': '1'})}"
        for raw in NOT_TEXT:
            for name in parameters(document, path, bare):
                yield f"{path}: {raw} in {name}", f"{sound}?{name}={raw}"
                yield f"{path}: {raw} twice in {name}", f"{sound}?{name}={raw}&{name}=x"
            yield f"{path}: {raw} as a name", f"{sound}?{raw}=1"


def test_no_parameter_of_any_route_does_harm(lights_app: Flask, lights_client: FlaskClient, lights_site: Site) -> None:
    known = {**SOUND, "number": lights_site.history.current.number}
    document = lights_client.get("/openapi.json").get_json()
    faults: list[str] = []
    number = 0
    for about, address in addresses(lights_app, document, known):
        for accept in ACCEPTS if any(kind in about for kind in TELLING) else ACCEPTS[:1]:
            number += 1
            with closing(lights_client.get(address, headers={"Accept": accept})) as response:
                status, body, media_type = response.status_code, response.data, response.mimetype
            if not (status < 400 or status in REFUSALS):
                faults.append(f"{about}: {status} {body[:200]!r}")
            elif status in (200, *REFUSALS):
                faults += [f"{about}: {fault}" for fault in faults_of(media_type, body)]
            location = response.headers.get("Location", "/").removeprefix("http://localhost")
            if not location.startswith("/") or location.startswith("//"):
                faults.append(f"{about}: leads to {location}")
            if any(name.lower() == "set-cookie" for name, _ in response.headers):
                faults.append(f"{about}: a header was made")
    assert faults[:40] == []
    assert number > 3000


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/id/lighthouse?page=0", 400),
        ("/id/lighthouse?page=99", 404),
        ("/id/lighthouse?page=1&page=2", 400),
        ("/id/lighthouse?sort=nothing", 400),
        ("/id/lighthouse?height-from=40&height-to=10", 400),
        ("/id/lighthouse?height-from=tall", 400),
        ("/id/lighthouse?date=2014-02-30", 400),
        ("/id/lighthouse?date=yesterday", 400),
        ("/doc/lighthouse/far-point?date=0000-00-00", 400),
        ("/doc/lighthouse/far-point?date=2015-05-01&date=2016-05-01", 400),
        ("/search?q=a&q=b", 400),
        (f"/search?q={'a' * 1000}", 400),
        ("/search?q=light&kind=nothing", 400),
        ("/search?q=light&page=1001", 404),
        ("/queries/lights-of-a-keeper?keeper=ada&keeper=zed", 400),
        ("/queries/lights-of-a-keeper?keeper=%22%3E%3Chostile%3E", 400),
        ("/queries/lights-of-a-keeper?keeper=ada&limit=0", 400),
        ("/queries/lights-of-a-keeper?keeper=ada&limit=5&offset=-1", 400),
        ("/compare?thing=lighthouse/far-point&thing=nothing/at-all", 404),
        ("/compare?thing=lighthouse/far-point" + "&thing=lighthouse/near-point" * 12, 400),
        ("/resource?iri=javascript:alert(1)", 404),
        ("/links?to=nothing&by=nothing", 400),
        ("/doc/lighthouse/far-point.exe", 404),
        ("/doc/lighthouse/" + "a" * 1000, 404),
    ],
)
def test_what_makes_no_sense_is_a_page_that_helps(lights_client: FlaskClient, address: str, status: int) -> None:
    response = lights_client.get(address, headers={"Accept": "text/html"})
    assert response.status_code == status
    assert faults_of(response.mimetype, response.data) == []
    assert f"<{MARK}" not in response.text
    said = re.sub(r"<[^>]+>", " ", response.text.partition("<main")[2].partition("</main>")[0])
    assert len(said.split()) > 10
