"""The API is as its description says: valid OpenAPI, every route in it, and schemathesis finds nothing else."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from lepgraph.settings import Settings
from lepgraph.site import Site
from serving import start

TESTS = Path(__file__).parent
UNDESCRIBED = {
    "/": "a page",
    "/api": "a page",
    "/id": "a page",
    "/compare": "a page",
    "/class": "a page, for files that are served in place of the dataset",
    "/def/<path:path>": "as /def/{vocabulary}",
    "/graph/<path:path>": "as /graph/{register}/{source}",
    "/data/<path:path>": "as /data/{name}",
    "/queries/<name>": "each question has a path of its own",
    "/dump/<version>/<name>": "the dump of all named graphs stands for the files for download",
    "/catalog.<suffix>": "as /catalog",
    "/version/<number>/<any('doc', 'def', 'data'):space>/<path:path>": "as /version/{number}/doc/{concept}/{key}",
    "/ldes/<number>/<page>": "told of at /ldes, which leads there",
    "/timemap": "as /timemap/doc/{concept}/{key}",
    "/timemap/<any('doc', 'def', 'data'):space>/<path:path>": "as /timemap/doc/{concept}/{key}",
    "/version/<number>/<any('changes.rdfp', 'added.nq', 'removed.nq'):file>": "as /version/{number}/{file}",
    "/quality.<suffix>": "as /quality",
    "/quality/<name>": "a page for each class",
    "/problem/<slug>": "a page",
    "/shape.<any(html,ttl,jsonld,rdf,nt):suffix>": "as /shape",
    "/validate/results/<name>": "the result of a check, whose address only its sender knows",
    "/validate/templates/<name>.<any(csv,xlsx):ending>": "a table to fill in, linked from /validate",
    "/links": "a page of what links to a thing",
    "/favicon.ico": "for browsers",
    "/doc/<concept>/<key>.bib": "a citation, as /doc/{concept}/{key}",
    "/doc/<concept>/<key>.csl.json": "a citation",
    "/def/<path:path>.bib": "a citation",
    "/def/<path:path>.csl.json": "a citation",
    "/data/<path:path>.bib": "a citation",
    "/data/<path:path>.csl.json": "a citation",
    "/catalog.bib": "a citation",
    "/catalog.csl.json": "a citation",
    "/search.json": "as /search",
    "/opensearch.xml": "for browsers",
    "/robots.txt": "for crawlers",
    "/.well-known/<path:name>": "says that there is nothing",
    "/metrics": "for those who run the service",
    "/static/<path:filename>": "files of pages",
}
"""Routes that the description leaves out, and why."""


@pytest.mark.parametrize("name", ["client", "lights_client"])
def test_the_description_is_valid(request: pytest.FixtureRequest, name: str) -> None:
    client: FlaskClient = request.getfixturevalue(name)
    response = client.get("/openapi.json")
    assert response.mimetype == "application/json"
    validate(json.loads(response.text), cls=OpenAPIV31SpecValidator)


def test_every_question_is_described_with_its_parameters(client: FlaskClient, site: Site) -> None:
    paths = client.get("/openapi.json").get_json()["paths"]
    for query in site.library.questions.values():
        operation = paths[f"/queries/{query.name}"]["get"]
        named = [item["name"] for item in operation["parameters"] if "name" in item]
        assert named == [*(item.name for item in query.parameters), "format"]


def test_every_route_is_described_or_named_with_a_reason(lights_app: Flask, lights_client: FlaskClient) -> None:
    described = {re.sub(r"{(\w+)}", r"<\1>", path) for path in lights_client.get("/openapi.json").get_json()["paths"]}
    routes = {rule.rule for rule in lights_app.url_map.iter_rules()}
    assert routes - described - UNDESCRIBED.keys() == set()


def test_every_example_of_the_page_has_an_answer(client: FlaskClient) -> None:
    page = client.get("/api", headers={"Accept": "text/html"})
    assert len(page.data) < 120_000
    examples = [html.unescape(address) for address in re.findall(r'Try <a href="([^"]+)"', page.text)]
    assert len(examples) > 90
    for address in examples:
        with closing(client.get(address)) as response:
            assert response.status_code in (200, 303), address


@pytest.fixture(scope="module")
def lights_served(lights_site: Site, settings: Settings) -> Iterator[str]:
    content = str(lights_site.content.root)
    process, address = start(["--content", content, "serve"], settings.cache)
    yield address
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture(scope="module")
def served(site: Site, settings: Settings) -> Iterator[str]:
    assert site.version.snapshot.exists()
    process, address = start(["serve"], settings.cache)
    yield address
    process.terminate()
    process.wait(timeout=20)


def schemathesis(address: str, *options: str) -> str:
    """What schemathesis says of a service; the cases are the same each time."""
    program = str(Path(sys.executable).with_name("schemathesis"))
    command = [program, "--config-file", "schemathesis.toml", "run", f"{address}/openapi.json", "--no-color", *options]
    ended = subprocess.run(command, cwd=TESTS, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]
    return ended.stdout


def test_schemathesis_finds_nothing_in_a_small_service(lights_served: str) -> None:
    said = schemathesis(lights_served, "--max-examples", "3", "--phases", "examples,coverage,fuzzing")
    assert int(re.search(r"(\d+) generated", said)[1]) > 400  # type: ignore[index]


def test_schemathesis_finds_nothing_in_the_questions(served: str) -> None:
    said = schemathesis(served, "--max-examples", "2", "--phases", "examples,fuzzing", "--include-tag", "questions")
    assert int(re.search(r"(\d+) generated", said)[1]) > 200  # type: ignore[index]
