"""The browser code as pages name it and browsers keep it; pages do without where it is not built."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lepgraph.site import Site
from lepgraph.web import create_app, scripts

FILES = {"page.js": "page-A1.js", "map.js": "map-B2.js", "map.css": "map-C3.css"}
ENTRY = '{% from "scripts.html" import entry %}{{ entry(name) }}'


def rendered(app: Flask, name: str) -> str:
    with app.test_request_context():
        return app.jinja_env.from_string(ENTRY).render(name=name).strip()


@pytest.fixture
def app_with(lights_site: Site, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(scripts, "built", lambda: FILES)
    return create_app(lights_site)


def test_an_entry_is_a_script_and_its_style_sheet(app_with: Flask) -> None:
    assert rendered(app_with, "map").splitlines() == [
        '<link rel="stylesheet" href="/static/built/map-C3.css">',
        '<script type="module" src="/static/built/map-B2.js"></script>',
    ]
    assert rendered(app_with, "page") == '<script type="module" src="/static/built/page-A1.js"></script>'
    assert rendered(app_with, "nothing") == ""


def test_every_page_has_the_entry_of_pages(app_with: Flask) -> None:
    assert '<script type="module" src="/static/built/page-A1.js"></script>' in app_with.test_client().get("/").text


def test_pages_do_without_and_say_nothing_of_it(lights_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripts, "built", dict)
    answer = create_app(lights_site).test_client().get("/")
    assert answer.status_code == 200
    assert 'type="module"' not in answer.text
    assert "built" not in answer.text


def test_what_is_named_by_its_content_is_kept_for_good(client: FlaskClient) -> None:
    files = scripts.built()
    assert files, "the browser code is not built: make ui"
    for file in files.values():
        answer = client.get(f"/static/built/{file}", buffered=True)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.content_type == f"text/{'css' if file.endswith('css') else 'javascript'}; charset=utf-8"
        validator = {"If-None-Match": answer.headers["ETag"]}
        assert client.get(f"/static/built/{file}", headers=validator, buffered=True).status_code == 304
    for path in ("/static/lepgraph.css", "/static/built/manifest.json"):
        assert "immutable" not in client.get(path, buffered=True).headers["Cache-Control"]
    assert "immutable" not in client.get("/static/built/map-none.js").headers["Cache-Control"]


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"map.js": "map-B2.js"}'])
def test_a_manifest_that_is_broken_or_names_what_is_not_there_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    assert scripts.built(tmp_path) == {}


def test_a_whole_manifest_is_read(tmp_path: Path) -> None:
    assert scripts.built(tmp_path) == {}
    (tmp_path / "map-B2.js").touch()
    (tmp_path / "manifest.json").write_text(json.dumps({"map.js": "map-B2.js"}))
    assert scripts.built(tmp_path) == {"map.js": "map-B2.js"}
