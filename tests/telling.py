"""The lighthouses with versions: a copy that can be released, changed and released again."""

from __future__ import annotations

import shutil
from pathlib import Path

from lepgraph.content import Content
from lepgraph.loading import building
from lepgraph.releases import releasing


class Telling:
    """A copy of a content with one version; its cache lies beside it."""

    def __init__(self, lighthouses: Content, folder: Path) -> None:
        self.root = folder / "content"
        self.cache = folder / "cache"
        shutil.copytree(lighthouses.root, self.root)
        self.release("1", "The first lights.")

    @property
    def content(self) -> Content:
        """The content as its files are now."""
        return Content(self.root)

    def release(self, number: str, notes: str) -> None:
        """Releases what the files build now."""
        releasing.release(self.content, building.current(self.content, self.cache), number, notes)

    def change(self) -> None:
        """A day later one light has gone and another has a new name."""
        self._write("registers/lighthouse.csv", "Far Point", "Renamed")
        self._write("catalogue.ttl", 'dct:modified "2026-11-24"', 'dct:modified "2026-11-25"')
        table = self.root / "data" / "registers" / "lighthouse.csv"
        table.write_text("".join(line for line in table.read_text().splitlines(True) if "near-point" not in line))

    def _write(self, name: str, was: str, becomes: str) -> None:
        path = self.root / "data" / name
        text = path.read_text()
        assert was in text
        path.write_text(text.replace(was, becomes))
