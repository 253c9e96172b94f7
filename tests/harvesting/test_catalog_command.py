"""The catalogue on the command line is the one that the service gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from lepgraph.cli import main
from lepgraph.content import Content
from lepgraph.settings import Settings
from lepgraph.site import Site


@pytest.fixture
def command(lighthouses: Content, lights_site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("LEPGRAPH_CACHE", str(settings.cache))
    return ["--content", str(lighthouses.root), "catalog"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize("form", ["ttl", "jsonld", "rdf", "nt"])
def test_it_writes_what_the_service_gives(command: list[str], lights_client: FlaskClient, form: str) -> None:
    result = run(*command, "--format", form, "--root", "http://localhost")
    assert result.exit_code == 0
    assert result.stdout_bytes == lights_client.get(f"/catalog.{form}").data


def test_it_writes_void_to_a_file(command: list[str], lights_client: FlaskClient, tmp_path: Path) -> None:
    path = tmp_path / "void.ttl"
    result = run(*command, "--void", "--root", "http://localhost/", "--output", str(path))
    assert result.stdout == ""
    assert path.read_bytes() == lights_client.get("/.well-known/void", headers={"Accept": "text/turtle"}).data
    assert f"{path.stat().st_size} bytes" in result.stderr


@pytest.mark.parametrize("address", ["nowhere", "ftp://data.example/", "https://data.example/?a=b", "https://"])
def test_an_address_that_is_none_is_refused(command: list[str], address: str) -> None:
    result = run(*command, "--root", address)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "must be the address of a service" in result.stderr


def test_a_place_that_cannot_be_written_leaves_nothing(command: list[str], tmp_path: Path) -> None:
    assert run(*command, "--output", str(tmp_path / "none" / "x.ttl")).exit_code == 2
    assert list(tmp_path.iterdir()) == []
