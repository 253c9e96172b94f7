"""What was worked out of a version once, kept as JSON beside its snapshot, so that the next start only reads it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lepgraph import scratch
from lepgraph.errors import NotKept


class Shelf:
    """The values that are kept in one folder; ``about`` says what they were worked out of."""

    def __init__(self, folder: Path, about: str) -> None:
        self.folder = folder
        self.about = about

    def value(self, name: str, work: Callable[[], Any]) -> Any:
        """The value that is kept under a name, or else the one that is worked out now and kept if that can be done."""
        path = self.folder / f"{name}.json"
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            found = json.loads(path.read_text(encoding="utf-8"))
            if found["about"] == self.about:
                return found["value"]
        value = work()
        text = json.dumps({"about": self.about, "value": value})
        with contextlib.suppress(NotKept), scratch.folder(self.folder, path.name) as folder:
            (folder / path.name).write_text(text, encoding="utf-8")
            (folder / path.name).replace(path)
        return value
