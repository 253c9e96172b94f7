"""Hatchling build hook: puts the four content folders into the wheel as ``lepgraph/content``.

A static force-include would also copy them into editable installs, where the copy goes stale, and would take stray
files along; the hook names each file and does nothing for an editable install, which reads the checkout.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("ontology", "data", "shapes", "queries")
ENDINGS = {".ttl", ".csv", ".json", ".rq", ".geojson", ".md"}


class ContentHook(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        for folder in FOLDERS:
            for path in sorted((root / folder).rglob("*")):
                if path.is_file() and path.suffix in ENDINGS and not path.name.startswith("."):
                    build_data["force_include"][str(path)] = f"lepgraph/content/{path.relative_to(root).as_posix()}"
