"""What was worked out of a version once, kept as JSON beside its snapshot, so that the next start only reads it."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any


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
        with contextlib.suppress(OSError):
            scratch = path.with_name(f"{path.name}.{os.getpid()}")
            scratch.write_text(json.dumps({"about": self.about, "value": value}), encoding="utf-8")
            scratch.replace(path)
        return value
