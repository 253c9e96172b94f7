"""The files for download on the command line: one to a file or to standard output, or many into a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lepgraph import scratch
from lepgraph.cli.guarding import Progress, found, guarded, put
from lepgraph.content import Content
from lepgraph.errors import ParameterFault
from lepgraph.settings import Settings

if TYPE_CHECKING:
    from lepgraph.distributing.files import Distribution
    from lepgraph.distributing.offering import Distributions

SUMS = "SHA256SUMS"
"""The file of checksums in a folder of files, as ``sha256sum -c`` reads it."""

_FORMATS = ("ttl", "nt", "jsonld", "nq", "trig", "csv", "geojson")
_PIECE = 1 << 20


@click.command()
@click.argument("dataset", required=False)
@click.option("--format", "form", type=click.Choice(_FORMATS), help="Plainly nq of the whole, and ttl of a part.")
@click.option("--gzip", "compressed", is_flag=True, help="The compressed file.")
@click.option("--output", metavar="PLACE", help="A file, a folder, or - for standard output, which it plainly is.")
@click.option("--all", "everything", is_flag=True, help="All files, of DATASET or of all datasets, into a folder.")
@click.option("--list", "listing", is_flag=True, help="Only say which files there are, with sizes and checksums.")
@click.pass_obj
@guarded
def dump(
    root: Path | None,
    dataset: str | None,
    form: str | None,
    compressed: bool,
    output: str | None,
    everything: bool,
    listing: bool,
) -> None:
    """Write the graph, or one DATASET of its catalogue, as files: those that are offered for download.

    Tables (csv) are a ZIP package in a file, and stand beside what describes them in a folder. A folder gets SHA256SUMS
    too, for sha256sum -c. What was written is told on standard error.
    """
    offered, keys = _offered(found(root))
    if dataset is not None and dataset not in keys:
        raise ParameterFault(f"There is no dataset {dataset[:100]}.", hint=f"There are {', '.join(keys)}.")
    if listing:
        for file in offered.of(dataset) if dataset else offered.all:
            click.echo(f"{file.digest}  {file.size:>11,}  {file.name}")
        return
    folder = output is not None and output != "-" and (output.endswith("/") or Path(output).is_dir())
    if everything:
        if output is None or output == "-" or Path(output).is_file():
            raise ParameterFault("All files need a folder.", hint="Name it with --output.")
        chosen = _all(offered, dataset, form, compressed=compressed)
        _write(offered, chosen, Path(output))
        return
    key = dataset or keys[0]
    if folder and form == "csv" and not compressed:
        tables = [file for file in (offered.all if key == keys[0] else offered.of(key)) if file.described]
        _write(offered, [part for file in tables for part in _with_description(offered, file)], Path(str(output)))
        return
    file = _one(offered, key, form or ("nq" if key == keys[0] else "ttl"), compressed=compressed)
    if folder:
        _write(offered, [file], Path(str(output)))
        return
    put(None if output in (None, "-") else Path(str(output)), _pieces(offered.path(file.name)))
    click.echo(f"{file.digest}  {file.name}, {file.size:,} bytes", err=True)


def _offered(content: Content) -> tuple[Distributions, list[str]]:
    """The files of the version that is built now, and the keys of the datasets, the whole first."""
    from lepgraph.datasets import datasets  # noqa: PLC0415
    from lepgraph.distributing import building as distributing  # noqa: PLC0415
    from lepgraph.loading import building  # noqa: PLC0415
    from lepgraph.ordering import Order  # noqa: PLC0415

    progress = Progress()
    version = building.current(content, Settings.from_environment().cache, progress)
    known = datasets(content)
    order = Order.from_shapes
    offered = distributing.current(version, content, known.values(), lambda: order(content.shapes), progress)
    return offered, list(known)


def _one(offered: Distributions, key: str, form: str, *, compressed: bool) -> Distribution:
    """The file of a dataset in a format, of tables their package."""
    there = [file for file in offered.of(key) if bool(file.packed) == (file.format.name == "csv")]
    for file in there:
        if file.format.name == form and (bool(file.compressed) == compressed or file.packed):
            return file
    names = dict.fromkeys(file.format.name for file in there)
    raise ParameterFault(f"{key} is not offered as {form}.", hint=f"It is as {', '.join(names)}.")


def _all(offered: Distributions, dataset: str | None, form: str | None, *, compressed: bool) -> list[Distribution]:
    """All files of a dataset or of all, or those of one format; the compressed ones alone if those are wanted."""
    chosen = [
        part
        for file in (offered.of(dataset) if dataset else offered.all)
        if form in (None, file.format.name) and (not compressed or file.compressed or file.packed)
        for part in _with_description(offered, file)
    ]
    if not chosen:
        raise ParameterFault(f"{dataset or 'Nothing'} is not offered as {form}.", hint="See lepgraph dump --list.")
    return chosen


def _with_description(offered: Distributions, file: Distribution) -> list[Distribution]:
    described = offered.find(file.described) if file.described else None
    return [file, described] if described else [file]


def _write(offered: Distributions, files: Iterable[Distribution], folder: Path) -> None:
    """Writes files into a folder, each whole or not at all, and last their checksums; raises NotKept."""
    with scratch.guarded(str(folder), "Choose another place, or make room there."):
        folder.mkdir(parents=True, exist_ok=True)
    written = list(files)
    for file in written:
        put(folder / file.name, _pieces(offered.path(file.name)))
        click.echo(f"{file.name}, {file.size:,} bytes", err=True)
    put(folder / SUMS, [f"{file.digest}  {file.name}\n".encode() for file in written])
    size = sum(file.size for file in written)
    click.echo(f"{len(written)} files, {size:,} bytes, and {SUMS} in {folder}", err=True)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece
