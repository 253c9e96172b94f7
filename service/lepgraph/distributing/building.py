"""Builds the files of all datasets of a version, once, whole or not at all, beside its snapshot.

The folder is named after what the files are made with besides the version: the code, the shapes and the engine. A build
stands in a folder of its own until it is whole, so that one which fails half way is never served.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zlib
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyoxigraph

from lepgraph.content import Content
from lepgraph.datasets import Dataset
from lepgraph.distributing import graphs, packing, statements
from lepgraph.distributing.files import Distribution
from lepgraph.distributing.offering import Distributions, kept
from lepgraph.errors import NotKept
from lepgraph.loading.building import Progress, Version, quiet
from lepgraph.media import N_QUADS, N_TRIPLES, TRIG, Format

_THREADS = 2
"""Files that are compressed at the same time while others are written."""


def current(
    version: Version, content: Content, datasets: Iterable[Dataset], progress: Progress = quiet
) -> Distributions:
    """The files of a version: those that are kept, or else built now and kept. Raises NotKept if they cannot be."""
    folder = version.snapshot.with_name(f"distributions-{_about(content)[:16]}")
    return kept(folder, version.dump) or _built(folder, version, content, tuple(datasets), progress)


def _about(content: Content) -> str:
    """SHA-256 over all that the files depend on besides the version."""
    made = f"{pyoxigraph.__version__} {zlib.ZLIB_RUNTIME_VERSION}"
    digest = hashlib.sha256(made.encode())
    for path in (*sorted(Path(__file__).parent.glob("*.py")), *content.files("shapes", "*.ttl")):
        digest.update(f"\n{path.name} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _built(
    folder: Path, version: Version, content: Content, datasets: tuple[Dataset, ...], progress: Progress
) -> Distributions:
    try:
        scratch = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
        try:
            _Build(scratch, version, content, datasets, progress).run().write()
            try:
                scratch.rename(folder)
            except OSError:  # another process was faster, or what lies there is broken
                if kept(folder, version.dump) is None:
                    shutil.rmtree(folder, ignore_errors=True)
                    scratch.rename(folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise NotKept(
            f"The files for download cannot be written into {folder.parent}: {error.strerror or error}.",
            hint="Make room there, or name another folder with LEPGRAPH_CACHE. What was served before still is.",
        ) from error
    found = kept(folder, version.dump)
    if found is None:
        raise NotKept(f"The files for download do not stay in {folder}.", hint="Look at what else writes there.")
    return found


class _Build:
    """One build: writes the files one after the other, while those written are compressed."""

    def __init__(
        self, folder: Path, version: Version, content: Content, datasets: tuple[Dataset, ...], progress: Progress
    ) -> None:
        self.folder = folder
        self.version = version
        self.content = content
        self.datasets = datasets
        self.progress = progress
        self.files: list[Future[list[Distribution]]] = []
        self.triples: dict[str, int] = {}

    def run(self) -> Distributions:
        """Writes all files and gives them, in the order of the datasets."""
        with ThreadPoolExecutor(_THREADS) as self.threads:
            held = statements.Statements(self.version, self.datasets, self.content.addresses.base)
            for dataset in self.datasets:
                self.progress(f"files for download: {dataset.title}")
                if dataset.whole:
                    self._whole(dataset, held)
                else:
                    self._part(dataset, statements.of_shapes(self.content) if dataset.shapes else held.of(dataset))
            files = [file for future in self.files for file in future.result()]
        return Distributions(self.folder, files, self.triples, self.version.dump)

    def _whole(self, dataset: Dataset, held: statements.Statements) -> None:
        self.triples[dataset.key] = self.version.triples
        graphs.write_lines(self._path(dataset, N_TRIPLES), held.whole())
        self._graphs(dataset)
        graphs.write_named(self._path(dataset, TRIG), statements.by_graph(self.version.dump), self.content.prefixes)
        self._seal(dataset, TRIG)
        self._seal(dataset, N_QUADS, self.version.dump)

    def _part(self, dataset: Dataset, lines: list[bytes]) -> None:
        self.triples[dataset.key] = len(lines)
        graphs.write_lines(self._path(dataset, N_TRIPLES), lines)
        self._graphs(dataset)

    def _graphs(self, dataset: Dataset) -> list[pyoxigraph.Triple]:
        """Writes the other formats of a dataset whose N-Triples are written; gives its triples."""
        triples = graphs.read(self._path(dataset, N_TRIPLES))
        for form in graphs.OF_A_GRAPH:
            if form is not N_TRIPLES:
                graphs.write(self._path(dataset, form), form, triples, self.content.prefixes)
            self._seal(dataset, form)
        return triples

    def _path(self, dataset: Dataset, form: Format) -> Path:
        return self.folder / f"{dataset.key}.{form.name}"

    def _seal(self, dataset: Dataset, form: Format, path: Path | None = None) -> None:
        """Begins to compress a file that is written, and to work out the digests of both."""
        self.files.append(self.threads.submit(self._sealed, dataset, form, path or self._path(dataset, form)))

    def _sealed(self, dataset: Dataset, form: Format, path: Path) -> list[Distribution]:
        packed = self.folder / f"{dataset.key}.{form.name}.gz"
        packing.compress(path, packed)
        title = f"{dataset.title} as {form.title}"
        return [
            _file(dataset, path, title, form, name=f"{dataset.key}.{form.name}"),
            _file(dataset, packed, f"{title}, compressed", form, compressed=packing.GZIP),
        ]


def _file(
    dataset: Dataset, path: Path, title: str, form: Format, *, name: str = "", compressed: str = ""
) -> Distribution:
    size, digest = path.stat().st_size, packing.digest(path)
    return Distribution(dataset.key, name or path.name, title, form, size, digest, compressed)
