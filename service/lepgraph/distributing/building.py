"""Builds the files of all datasets of a version, once, whole or not at all, beside its snapshot.

The folder is named after what the files are made with besides the version: the code, the shapes and the engine. A build
stands in a folder of its own until it is whole, so that one which fails half way is never served. What was made with
other code is removed before, unless another process serves it.
"""

from __future__ import annotations

import hashlib
import shutil
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph

from lepgraph import scratch
from lepgraph.content import Content
from lepgraph.datasets import Dataset
from lepgraph.distributing import graphs, outlines, packing, statements, tables, vocabulary
from lepgraph.distributing.files import Distribution
from lepgraph.distributing.offering import Distributions, kept, of_files
from lepgraph.errors import NotKept
from lepgraph.loading.building import Progress, Version, quiet
from lepgraph.media import CSV, CSVM, GEOJSON, N_QUADS, N_TRIPLES, TRIG, Format
from lepgraph.ordering import Order

_NAMED = "distributions-"
_THREADS = 2
"""Files that are compressed at the same time while others are written."""


@dataclass(frozen=True)
class _Subject:
    """What a build is about."""

    version: Version
    content: Content
    datasets: tuple[Dataset, ...]
    order: Callable[[], Order]


def current(
    version: Version,
    content: Content,
    datasets: Iterable[Dataset],
    order: Callable[[], Order],
    progress: Progress = quiet,
) -> Distributions:
    """The files of a version: those that are kept, or else built now and kept. Raises NotKept if they cannot be.

    The whole comes first of the datasets. A version that was made of any files is offered as it is.
    """
    about = _Subject(version, content, tuple(datasets), order)
    if version.files:
        return of_files(version, about.datasets[0])
    return found(version, content) or _built(_folder(version, content), about, progress)


def found(version: Version, content: Content) -> Distributions | None:
    """The files of a version if they are kept."""
    return kept(_folder(version, content), version.dump)


def _folder(version: Version, content: Content) -> Path:
    return version.snapshot.with_name(f"{_NAMED}{_about(content)[:16]}")


def _about(content: Content) -> str:
    """SHA-256 over all that the files depend on besides the version."""
    made = f"{pyoxigraph.__version__} {zlib.ZLIB_RUNTIME_VERSION}"
    digest = hashlib.sha256(made.encode())
    for path in (*sorted(Path(__file__).parent.glob("*.py")), *content.files("shapes", "*.ttl")):
        digest.update(f"\n{path.name} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _built(folder: Path, about: _Subject, progress: Progress) -> Distributions:
    version = about.version
    for other in folder.parent.glob(f"{_NAMED}*"):
        if other != folder:
            scratch.remove(other)
    with scratch.folder(folder.parent, "The files for download") as new:
        _Build(new, about, progress).run().write()
        try:
            new.rename(folder)
        except OSError:  # another process was faster, or what lies there is broken
            if kept(folder, version.dump) is None:
                shutil.rmtree(folder, ignore_errors=True)
                new.rename(folder)
    made = kept(folder, version.dump)
    if made is None:
        raise NotKept(f"The files for download do not stay in {folder}.", hint="Look at what else writes there.")
    return made


class _Build:
    """One build: writes the files one after the other, while those written are compressed."""

    def __init__(self, folder: Path, about: _Subject, progress: Progress) -> None:
        self.folder = folder
        self.about = about
        self.progress = progress
        self.prefixes = about.content.prefixes
        self.files: list[Future[list[Distribution]]] = []
        self.tables: dict[str, list[Path]] = {}
        self.triples: dict[str, int] = {}

    def run(self) -> Distributions:
        """Writes all files and gives them, in the order of the datasets."""
        version, content, datasets = self.about.version, self.about.content, self.about.datasets
        with ThreadPoolExecutor(_THREADS) as self.threads:
            held = statements.Statements(version, datasets, content.addresses.base)
            properties = graphs.triples(held.properties())
            for dataset in datasets:
                self.progress(f"files for download: {dataset.title}")
                if dataset.whole:
                    self._whole(dataset, held)
                elif dataset.shapes:
                    self._graphs(dataset, statements.of_shapes(content))
                else:
                    triples = self._graphs(dataset, held.of(dataset))
                    self._tables(dataset, triples, properties)
            for dataset in datasets:
                self._package(dataset)
            files = [file for future in self.files for file in future.result()]
        places = {dataset.key: place for place, dataset in enumerate(datasets)}
        files.sort(key=lambda file: places[file.dataset])
        return Distributions(self.folder, files, self.triples, version.dump)

    def _whole(self, dataset: Dataset, held: statements.Statements) -> None:
        version = self.about.version
        self._graphs(dataset, held.whole())
        self.triples[dataset.key] = version.triples
        graphs.write_named(self._path(dataset, TRIG), statements.by_graph(version.dump), self.prefixes)
        self._seal(dataset, TRIG)
        self._seal(dataset, N_QUADS, version.dump)

    def _graphs(self, dataset: Dataset, lines: Iterable[bytes]) -> list[pyoxigraph.Triple]:
        """Writes a dataset as RDF; gives its triples."""
        graphs.write_lines(self._path(dataset, N_TRIPLES), lines)
        triples = graphs.read(self._path(dataset, N_TRIPLES))
        self.triples[dataset.key] = len(triples)
        for form in graphs.OF_A_GRAPH:
            if form is not N_TRIPLES:
                graphs.write(self._path(dataset, form), form, triples, self.prefixes)
            self._seal(dataset, form)
        return triples

    def _tables(self, dataset: Dataset, triples: list[pyoxigraph.Triple], properties: list[pyoxigraph.Triple]) -> None:
        """Writes the tables of a dataset and what describes them, and its outlines if it has any."""
        words = vocabulary.vocabulary((*triples, *properties), self.prefixes)
        licence, order = self.about.content.catalogue.licence, self.about.order()
        written: list[tables.Table] = []
        for part, said in tables.parted(dataset.parts, triples):
            table = tables.table(part, said, words, order)
            written.append(table)
            path, metadata = table.write(self.folder), table.write_metadata(self.folder, dataset, licence, words)
            self.tables.setdefault(dataset.key, []).extend((path, metadata))
            self.files.append(self.threads.submit(_sealed_table, dataset, table, path, metadata))
        if outlines.write(self._path(dataset, GEOJSON), dataset.key, written):
            self._seal(dataset, GEOJSON)

    def _package(self, dataset: Dataset) -> None:
        """Begins to pack the tables of a dataset, those of all for the whole."""
        members = [path for key in self.tables if dataset.whole or key == dataset.key for path in self.tables[key]]
        if members:
            path = self.folder / f"{dataset.key}-csv.zip"
            self.files.append(self.threads.submit(_packaged, dataset, path, members))

    def _path(self, dataset: Dataset, form: Format) -> Path:
        return self.folder / f"{dataset.key}.{form.name}"

    def _seal(self, dataset: Dataset, form: Format, path: Path | None = None) -> None:
        """Begins to compress a file that is written, and to work out the digests of both."""
        self.files.append(
            self.threads.submit(_sealed, dataset, form, path or self._path(dataset, form), self._path(dataset, form))
        )


def _sealed(dataset: Dataset, form: Format, path: Path, named: Path) -> list[Distribution]:
    packed = named.with_name(f"{named.name}.gz")
    packing.compress(path, packed)
    title = f"{dataset.title} as {form.title}"
    size, digest = path.stat().st_size, packing.digest(path)
    return [
        Distribution(dataset.key, named.name, title, form, size, digest),
        _file(dataset, packed, f"{title}, compressed", form, compressed=packing.GZIP),
    ]


def _sealed_table(dataset: Dataset, table: tables.Table, path: Path, metadata: Path) -> list[Distribution]:
    packed = path.with_name(f"{path.name}.gz")
    packing.compress(path, packed)
    title, described = f"{table.part.title} as CSV", metadata.name
    return [
        _file(dataset, path, title, CSV, described=described),
        _file(dataset, packed, f"{title}, compressed", CSV, compressed=packing.GZIP, described=described),
        _file(dataset, metadata, f"What describes {path.name}", CSVM),
    ]


def _packaged(dataset: Dataset, path: Path, members: Iterable[Path]) -> list[Distribution]:
    packing.package(path, members)
    return [_file(dataset, path, f"{dataset.title} as CSV, all tables in one package", CSV, packed=packing.ZIP)]


def _file(dataset: Dataset, path: Path, title: str, form: Format, **more: str) -> Distribution:
    return Distribution(dataset.key, path.name, title, form, path.stat().st_size, packing.digest(path), **more)
