"""Files for download at the command line: what is written where, whole or not at all, with checksums that hold."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lepgraph.cli import main
from lepgraph.settings import Settings
from lepgraph.site import Site


@pytest.fixture(autouse=True)
def cache(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEPGRAPH_CACHE", str(settings.cache))


@pytest.fixture
def dump(lights_site: Site) -> list[str]:
    return ["--content", str(lights_site.content.root), "dump"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ([], "lights.nq"),
        (["lights", "--format", "trig", "--gzip"], "lights.trig.gz"),
        (["keepers"], "keepers.ttl"),
        (["keepers", "--format", "jsonld", "--output", "-"], "keepers.jsonld"),
        (["keepers", "--format", "csv"], "keepers-csv.zip"),
    ],
)
def test_one_file_goes_to_standard_output_and_what_it_is_to_standard_error(
    dump: list[str], lights_site: Site, asked: list[str], name: str
) -> None:
    result = run(*dump, *asked)
    assert result.exit_code == 0
    assert result.stdout_bytes == lights_site.distributions.path(name).read_bytes()
    digest = hashlib.sha256(result.stdout_bytes).hexdigest()
    assert result.stderr.startswith(f"{digest}  {name}, ")


def test_one_file_goes_to_a_file(dump: list[str], lights_site: Site, tmp_path: Path) -> None:
    result = run(*dump, "keepers", "--output", str(tmp_path / "mine.ttl"))
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "mine.ttl").read_bytes() == lights_site.distributions.path("keepers.ttl").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["mine.ttl"]


def test_tables_stand_beside_what_describes_them_in_a_folder(dump: list[str], tmp_path: Path) -> None:
    assert run(*dump, "keepers", "--format", "csv", "--output", f"{tmp_path / 'new'}/").exit_code == 0
    names = {path.name for path in (tmp_path / "new").iterdir()}
    assert names == {"keeper.csv", "keeper.csv-metadata.json", "SHA256SUMS"}
    assert run(*dump, "--format", "csv", "--output", str(tmp_path)).exit_code == 0
    assert {"keeper.csv", "lighthouse.csv"} < {path.name for path in tmp_path.iterdir()}


def test_all_files_stand_in_a_folder_with_checksums_that_hold(
    dump: list[str], lights_site: Site, tmp_path: Path
) -> None:
    result = run(*dump, "--all", "--output", str(tmp_path / "all"))
    assert result.exit_code == 0
    names = {path.name for path in (tmp_path / "all").iterdir()}
    assert names > {file.name for file in lights_site.distributions.all}
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=tmp_path / "all", capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0
    assert len(checked.stdout.splitlines()) == len(names) - 1
    assert run(*dump, "keepers", "--all", "--format", "ttl", "--gzip", "--output", str(tmp_path / "one")).exit_code == 0
    assert {path.name for path in (tmp_path / "one").iterdir()} == {"keepers.ttl.gz", "SHA256SUMS"}


def test_the_list_says_what_there_is(dump: list[str], lights_site: Site) -> None:
    lines = run(*dump, "--list").stdout.splitlines()
    assert [line.split() for line in lines] == [
        [file.digest, f"{file.size:,}", file.name] for file in lights_site.distributions.all
    ]
    assert all("keeper" in line for line in run(*dump, "keepers", "--list").stdout.splitlines())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["none"], "There are lights, lighthouses, keepers"),
        (["keepers", "--format", "geojson"], "keepers is not offered as geojson.\nIt is as ttl, nt, jsonld, csv."),
        (["keepers", "--format", "nq"], "It is as"),
        (["--all"], "Name it with --output"),
        (["--all", "--output", "-"], "Name it with --output"),
        (["--all", "--format", "geojson", "--output", "x"], "not offered"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(
    dump: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*dump, *asked)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_takes_nothing_is_a_clear_fault(dump: list[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    for place in (f"{tmp_path}/file/below.ttl", f"{tmp_path}/file/", f"{tmp_path}/none/x.ttl"):
        result = run(*dump, "keepers", "--output", place)
        assert result.exit_code == 2
        assert "Choose another place" in result.stderr
    assert (tmp_path / "file").read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_behind_standard_output_is_a_clear_fault(dump: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "lepgraph.cli", *dump, "keepers"]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 2
    assert "The output cannot be written: No space left on device." in result.stderr
    assert "Traceback" not in result.stderr
