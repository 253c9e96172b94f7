"""The command line: what it prints, its exit codes, and that bad input changes nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rdflib import Graph
from rdflib.namespace import SH

from lepgraph.cli import main
from lepgraph.content import Content
from lepgraph.loading.building import Version

PREFIX = "@prefix l: <https://lights.example/def/light#> . @prefix r: <http://www.w3.org/2000/01/rdf-schema#> .\n"
GOOD = PREFIX + '<https://e.example/new> a l:Lighthouse ; r:label "New"@en .'
BAD = PREFIX + '<https://e.example/new> a l:Lighthouse ; l:height "tall" .'


@pytest.fixture
def lights_command(lighthouses: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("LEPGRAPH_CACHE", str(tmp_path / "cache"))
    return ["--content", str(lighthouses.root)]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_build_prints_the_hash_and_writes_the_named_graphs(
    lights_command: list[str], lights: Version, tmp_path: Path
) -> None:
    result = run(*lights_command, "build", "--output", str(tmp_path / "out.nq"))
    assert result.exit_code == 0
    assert result.stdout == f"{lights.digest}  110 triples, 112 quads, 8 graphs\n"
    assert (tmp_path / "out.nq").read_bytes() == lights.dump.read_bytes()
    kept = {path.name for path in tmp_path.glob("cache/*/*")}
    assert {"choices.json", "counts.json", "order.json", "search.sqlite"} < kept


def test_a_broken_table_stops_the_build_with_every_fault(
    lighthouses: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEPGRAPH_CACHE", str(tmp_path / "cache"))
    broken = shutil.copytree(lighthouses.root, tmp_path / "content")
    table = broken / "data/registers/lighthouse.csv"
    table.write_text(table.read_text().replace("31.5", "tall").replace("1871-05-02", "1871-02-30"))
    result = run("--content", str(broken), "build")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "data/registers/lighthouse.csv, row 2, column height: 'tall' is not a decimal" in result.stderr
    assert "data/registers/lighthouse.csv, row 2, column lit: '1871-02-30' is not a date" in result.stderr


@pytest.mark.parametrize(
    ("text", "code", "said"), [(GOOD, 0, "Conforms: nothing to mend"), (BAD, 1, "Does not conform: 2 violations")]
)
def test_validate_says_what_to_mend(lights_command: list[str], tmp_path: Path, text: str, code: int, said: str) -> None:
    path = tmp_path / "new.ttl"
    path.write_text(text)
    result = run(*lights_command, "validate", str(path))
    assert result.exit_code == code
    assert said in result.stdout


def test_validate_writes_json_and_the_w3c_report(lights_command: list[str], tmp_path: Path) -> None:
    path = tmp_path / "new.ttl"
    path.write_text(BAD)
    found = json.loads(run(*lights_command, "validate", str(path), "--format", "json").stdout)
    assert found["counts"] == {"violation": 2, "warning": 0, "info": 0}
    report = Graph().parse(data=run(*lights_command, "validate", str(path), "--format", "ttl").stdout)
    assert len(list(report.objects(None, SH.result))) == 2


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("new.ttl", "nonsense", "line 1"),
        ("new.zip", "PK", "Zip archives are not read here"),
        ("missing.ttl", None, "No such file"),
    ],
)
def test_unusable_input_has_exit_code_two(
    lights_command: list[str], tmp_path: Path, name: str, text: str | None, said: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    result = run(*lights_command, "validate", str(tmp_path / name))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in result.stderr


def test_a_date_that_does_not_exist_puts_no_traceback_on_standard_error(
    lights_command: list[str], tmp_path: Path
) -> None:
    lit = 'l:lit "1871-02-30"^^<http://www.w3.org/2001/XMLSchema#date>'
    (tmp_path / "new.ttl").write_text(f"{GOOD.removesuffix('.')}; {lit} .")
    command = [sys.executable, "-m", "lepgraph.cli", *lights_command, "validate", str(tmp_path / "new.ttl")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "1 thing checked" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_stored_query_answers(lights_command: list[str]) -> None:
    result = run(*lights_command, "query", "lights-of-a-keeper", "-p", "keeper=ben", "--format", "csv")
    assert result.stdout.splitlines() == ["light,name", "https://lights.example/id/lighthouse/near-point,Near Point"]
    assert "Which lights does a keeper tend?" in run(*lights_command, "query").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("query", "none"),
        ("query", "lights-of-a-keeper"),
        ("query", "lights-of-a-keeper", "-p", "keeper=a b"),
        ("query", "lights-of-a-keeper", "-p", "x=1"),
    ],
)
def test_a_query_asked_wrongly_has_exit_code_two(lights_command: list[str], arguments: tuple[str, ...]) -> None:
    result = run(*lights_command, *arguments)
    assert result.exit_code == 2
    assert result.stderr


def test_check_runs_every_check_and_the_shapes(lights_command: list[str]) -> None:
    result = run(*lights_command, "check")
    assert result.exit_code == 0
    assert "ok     A light without a name." in result.stdout
    assert "ok     A geometry that is not valid." in result.stdout
    assert "shapes: Conforms" in result.stdout


def test_check_names_a_geometry_that_an_account_draws_wrongly(
    lighthouses: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEPGRAPH_CACHE", str(tmp_path / "cache"))
    content = shutil.copytree(lighthouses.root, tmp_path / "content")
    place = "https://lights.example/id/lighthouse/far-point"
    outline = '"POLYGON((0 0,1 1,1 0))"^^<http://www.opengis.net/ont/geosparql#wktLiteral>'
    with (content / "data/accounts/pilot.ttl").open("a", encoding="utf-8") as account:
        account.write(f"<{place}> <http://www.opengis.net/ont/geosparql#asWKT> {outline} .\n")
    result = run("--content", str(content), "check")
    assert result.exit_code == 1
    assert "FAULT  A geometry that is not valid." in result.stdout
    assert f"{place}  not a geometry in Well-Known Text" in result.stdout


def test_a_folder_that_is_no_content_is_refused(tmp_path: Path) -> None:
    result = run("--content", str(tmp_path), "build")
    assert result.exit_code == 2
    assert "ontology: the folder is missing" in result.stderr


def test_things_are_found_at_the_command_line(lights_command: list[str]) -> None:
    result = run(*lights_command, "search", "far", "pont")
    assert result.stdout.splitlines()[0] == "Far Point"
    assert "showing results for far point" in result.stderr
    assert run(*lights_command, "search", "zzzzqqqq").exit_code == 1
    assert run(*lights_command, "search", "***").exit_code == 2
