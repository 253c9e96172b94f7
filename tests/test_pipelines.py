"""The hooks and the workflow that we offer do what they promise, in a repository of records made for it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from lepgraph.settings import Settings
from lepgraph.site import Site

ROOT = Path(__file__).parent.parent
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
WORKFLOW = ROOT / "docs/pipelines/validate-records.yml"
SCHEMA = json.loads((ROOT / "tests/validation/sarif.schema.json").read_text(encoding="utf-8"))
PREFIX = (
    "@prefix lep: <https://w3id.org/lepgraph/def/lep#> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
)
RECORD = PREFIX + (
    '<https://w3id.org/lepgraph/id/partnership/new-coast> a lep:LocalEnterprisePartnership ;\n  rdfs:label "New Coast"@en ;\n'
    '  lep:companyNumber "%s" .\n'
)
FAULTY, SOUND = RECORD % "123", RECORD % "07000000"


@pytest.fixture
def repository(tmp_path: Path, site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of one record, staged, in which the commands of this environment are found."""
    assert site.version.digest
    commands = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("LEPGRAPH_CACHE", str(settings.cache))
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    folder = tmp_path / "repository"
    (folder / "records").mkdir(parents=True)
    (folder / "README.md").write_text("Records.\n")
    (folder / "records/new-coast.ttl").write_text(FAULTY)
    run(folder, "git", "init", "--quiet")
    run(folder, "git", "add", ".")
    return folder


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["records"]["steps"]
    return found


def test_pre_commit_takes_the_definitions() -> None:
    done = run(ROOT, sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_stops_a_commit_with_a_faulty_record_alone(repository: Path, hook: dict[str, Any]) -> None:
    """pre-commit itself runs it; only that it need not install this package again."""
    local = {**hook, "language": "system"}
    config = {"repos": [{"repo": "local", "hooks": [local]}]}
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    run(repository, "git", "add", ".")
    faulty = run(repository, sys.executable, "-m", "pre_commit", "run", "--color", "never")
    assert faulty.returncode == 1, faulty.stdout
    assert "records/new-coast.ttl" in faulty.stdout
    assert "line 5, column 21" in faulty.stdout
    (repository / "records/new-coast.ttl").write_text(SOUND)
    run(repository, "git", "add", ".")
    sound = run(repository, sys.executable, "-m", "pre_commit", "run", "--color", "never")
    assert sound.returncode == 0, sound.stdout
    assert sound.stdout.endswith("Passed\n")


def test_the_workflow_tells_code_scanning_and_fails_on_violations(repository: Path) -> None:
    commands = [step["run"] for step in steps() if "lepgraph validate" in step.get("run", "")]
    outcomes = [run(repository, "bash", "-e", "-c", command) for command in commands]
    assert [done.returncode for done in outcomes] == [0, 1]
    document = json.loads((repository / "records.sarif").read_bytes())
    jsonschema.validate(document, SCHEMA)
    first = document["runs"][0]["results"][0]
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "records/new-coast.ttl"},
        "region": {"startLine": 5, "startColumn": 21},
    }
    assert outcomes[1].stdout.startswith("::error file=records/new-coast.ttl,line=5,col=21,title=New Coast%3A ")
    (repository / "records/new-coast.ttl").write_text(SOUND)
    assert [run(repository, "bash", "-e", "-c", command).returncode for command in commands] == [0, 0]


def test_the_workflow_uses_others_work_by_commit_and_needs_few_rights() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    used = [step["uses"] for step in steps() if "uses" in step]
    assert len(used) == 3
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) for name in used)
    assert workflow["permissions"] == {"contents": "read"}
    files = [step["with"]["sarif_file"] for step in steps() if "upload-sarif" in step.get("uses", "")]
    assert all(any(f"--output {name}" in step.get("run", "") for step in steps()) for name in files)
    assert not any("${{" in step.get("run", "") for step in steps()), "nothing of a pull request gets into a shell"
