"""What the documents say is true: commands exist, links lead somewhere, the example answers as printed."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lepgraph.cli import main
from lepgraph.settings import Settings
from lepgraph.validation import collecting, reporting
from lepgraph.validation.findings import Finding
from lepgraph.validation.records import Place

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_first_screen_says_what_for_whom_and_the_two_commands() -> None:
    screen = "\n".join(README.splitlines()[:25])
    for word in ("researchers", "open-data portals", "check a new record", "make serve", "make test", "Python 3.11"):
        assert word in screen


def test_the_query_of_the_readme_answers_as_printed(client: FlaskClient) -> None:
    query = re.search(r"--data-urlencode 'query=(.*?)'", README, re.DOTALL)
    printed = re.search(r"```\n(name,codes\n.*?)```", README, re.DOTALL)
    assert query
    assert printed
    answer = client.post("/sparql", data={"query": query[1]}, headers={"Accept": "text/csv"})
    assert answer.text.replace("\r\n", "\n") == printed[1]


def test_the_record_of_the_readme_is_found_wanting_as_printed(client: FlaskClient) -> None:
    record = re.search(r"```turtle\n(.*?)```", README, re.DOTALL)
    assert record
    answer = client.post("/validate", data=record[1], content_type="text/turtle", headers={"Accept": "text/plain"})
    assert f"record.ttl: {answer.text.splitlines()[0]}" in README


def test_every_address_of_the_readme_answers(client: FlaskClient) -> None:
    addresses = {path.rstrip(".,;'") for path in re.findall(r"127\.0\.0\.1:8000(/[^\s>)'\"`]*)", README)} - {
        "/sparql",
        "/validate",
    }
    assert len(addresses) >= 3
    for path in addresses:
        assert client.get(path).status_code in (200, 303), path


def test_every_setting_and_command_is_documented() -> None:
    for entry in fields(Settings):
        assert f"`LEPGRAPH_{entry.name.upper()}`" in README
    for name in main.commands:
        assert f"`lepgraph {name}" in README


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:")):
            assert (path.parent / target).exists(), target


def test_continuous_integration_runs_the_test_command_of_the_readme() -> None:
    lines = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[-1] == "make test"
    assert "make test" in README


def test_the_options_formats_and_members_of_checking_are_documented() -> None:
    document = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    for option in main.commands["validate"].params:
        for name in option.opts if option.name != "paths" else []:
            assert name == "--media" or f"`{name}" in document, name
    for form in reporting.FORMS:
        assert f"`{form.name}`" in document
    for entry in [*fields(Finding), *fields(Place)]:
        assert f"`{entry.name}`" in document, entry.name
    for ending in collecting.ENDINGS:
        assert f"`{ending}`" in document
    for name in collecting.PASSED_OVER:
        assert f"`{name}`" in document
