"""The wheel holds the content, and nothing but what belongs in it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("ontology", "data", "shapes", "queries")


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
    assert not [name for name in names if name.endswith(".pyc") or "/tests/" in name]
    code = "from lepgraph.content import Content; print(Content.found().root)"
    found = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {[str(tmp_path / 'site'), *sys.path]!r}; {code}"],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert found.stdout.strip() == str(tmp_path / "site" / "lepgraph" / "content")
