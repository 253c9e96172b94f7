"""The files in which the datasets of a version are offered: which there are, where they lie, and what they hold."""

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lepgraph import scratch
from lepgraph.datasets import Dataset
from lepgraph.distributing import packing
from lepgraph.distributing.files import Distribution
from lepgraph.loading.building import Version
from lepgraph.media import CSV, CSVM, GEOJSON, JSON_LD, N_QUADS, N_TRIPLES, TRIG, TURTLE

MANIFEST = "manifest.json"
_FORMATS = {form.name: form for form in (CSV, CSVM, GEOJSON, JSON_LD, N_QUADS, N_TRIPLES, TRIG, TURTLE)}


class Distributions:
    """The files of one version. Those that describe tables, or are coded forms of them, are served and not offered."""

    def __init__(self, folder: Path, files: Sequence[Distribution], triples: Mapping[str, int], dump: Path) -> None:
        self._folder = folder
        self._files = {file.name: file for file in files}
        self._triples = triples
        self._dump = dump
        self.all: tuple[Distribution, ...] = tuple(file for file in files if _offered(file))

    def of(self, dataset: str) -> tuple[Distribution, ...]:
        """The files of one dataset."""
        return tuple(file for file in self.all if file.dataset == dataset)

    def find(self, name: str) -> Distribution | None:
        """The file of a name, one that describes another too."""
        return self._files.get(name)

    def path(self, name: str) -> Path:
        """Where the file of a name lies; raises KeyError for one that there is not."""
        file = self._files[name]
        whole = file.format is N_QUADS and not file.compressed
        return self._dump if whole else self._folder / file.name

    def triples(self, dataset: str) -> int | None:
        """How many triples a dataset holds; None where no files were made of it."""
        return self._triples.get(dataset)

    def write(self) -> None:
        """Writes the manifest of the folder, which makes it whole."""
        files = [{**asdict(file), "format": file.format.name} for file in self._files.values()]
        manifest = {"triples": dict(self._triples), "files": files}
        (self._folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def kept(folder: Path, dump: Path) -> Distributions | None:
    """What a folder holds, which stays there as long as it is used, or None if it is not whole."""
    lock = scratch.use(folder)
    if lock is None:
        return None
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        found = Distributions(folder, [_file(entry) for entry in manifest["files"]], dict(manifest["triples"]), dump)
        whole = all(found.path(file.name).stat().st_size == file.size for file in found._files.values())
    except (OSError, ValueError, TypeError, KeyError):
        whole = False
    if not whole:
        os.close(lock)
        return None
    weakref.finalize(found, os.close, lock).atexit = False
    return found


def of_files(version: Version, dataset: Dataset) -> Distributions:
    """What is offered of a dataset that was made of any files: all of it as N-Quads."""
    path = version.dump
    key, title = dataset.key, f"{dataset.title} as {N_QUADS.title}"
    whole = Distribution(key, f"{key}.nq", title, N_QUADS, path.stat().st_size, packing.digest(path))
    return Distributions(path.parent, [whole], {key: version.triples}, path)


def nothing(version: Version) -> Distributions:
    """No files at all, where the build at hand is not what is served."""
    return Distributions(version.snapshot.parent, [], {}, version.dump)


def _offered(file: Distribution) -> bool:
    """Whether a file stands for itself: not one that describes another, nor the coded form of a table.

    Tables are offered compressed all together, in a package.
    """
    return file.format is not CSVM and not (file.compressed and file.described)


def _file(entry: Mapping[str, Any]) -> Distribution:
    return Distribution(**{**entry, "format": _FORMATS[entry["format"]]})
