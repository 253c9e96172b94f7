"""Versions of the dataset on the command line: what two of them differ in, and the release of another."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from lepgraph.cli.guarding import Progress, found, guarded, put
from lepgraph.content import Content
from lepgraph.errors import ParameterFault
from lepgraph.settings import Settings

_GZIP = b"\x1f\x8b"


@click.command()
@click.argument("number")
@click.option("--notes", required=True, help="What is new in this version, in a sentence or two.")
@click.pass_obj
@guarded
def release(root: Path | None, number: str, notes: str) -> None:
    """Release what the content builds now as version NUMBER, so that it can be had again for ever.

    Its day is the dct:modified of the dataset in data/catalogue.ttl. Writes to data/versions.
    """
    from lepgraph.loading import building  # noqa: PLC0415
    from lepgraph.releases import releasing  # noqa: PLC0415

    content, progress = found(root), Progress()
    version = building.current(content, Settings.from_environment().cache, progress)
    new, delta = releasing.release(content, version, number, notes)
    click.echo(
        f"{new.number} of {new.date} is {new.digest}: {len(delta.added)} statements added, {len(delta.removed)} removed"
    )


@click.command()
@click.argument("old")
@click.argument("new", default="latest")
@click.option(
    "--format",
    "form",
    default="patch",
    show_default=True,
    type=click.Choice(["patch", "added", "removed", "summary"]),
    help="RDF Patch, N-Quads of one side, or numbers.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@click.pass_obj
@guarded
def diff(root: Path | None, old: str, new: str, form: str, output: Path | None) -> None:
    """Show what is different between the versions OLD and NEW, which is plainly the one that is built now.

    A version is a number, the beginning of a hash, latest, or a file of N-Quads, compressed or not. The numbers of
    statements and the checksum of what was written go to standard error.
    """
    from lepgraph.releases import deltas  # noqa: PLC0415

    progress = Progress()
    (before, old_digest), (after, new_digest) = (_lines(found(root), name, progress) for name in (old, new))
    progress("comparing")
    delta = deltas.between(before, after)
    numbers = f"{len(delta.added)} statements added, {len(delta.removed)} removed"
    written = hashlib.sha256()
    pieces: Iterable[bytes] = {
        "patch": deltas.patch(delta, new_digest, old_digest),
        "added": delta.added,
        "removed": delta.removed,
        "summary": [f"{numbers}\n".encode()],
    }[form]
    put(output, _counted(pieces, written))
    click.echo(f"{numbers}; sha256 {written.hexdigest()}", err=True)


def _counted(pieces: Iterable[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _lines(content: Content, name: str, progress: Progress) -> tuple[list[bytes], str]:
    """The lines of a version or a file in canonical form, with their SHA-256."""
    from lepgraph.loading import building  # noqa: PLC0415
    from lepgraph.releases import releasing  # noqa: PLC0415

    path = Path(name)
    if path.is_file():
        progress(f"reading {path}")
        lines = _read(path)
        return lines, hashlib.sha256(b"".join(lines)).hexdigest()
    version = building.current(content, Settings.from_environment().cache, progress)
    history = releasing.kept(content, version, progress)
    place = history.place(name)
    return list(history.lines(place)), history.releases[place].digest


def _read(path: Path) -> list[bytes]:
    import pyoxigraph  # noqa: PLC0415

    from lepgraph.loading import building  # noqa: PLC0415

    try:
        body = path.read_bytes()
        if body.startswith(_GZIP):
            body = gzip.decompress(body)
        return building.canonical(pyoxigraph.parse(body, pyoxigraph.RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise ParameterFault(f"{path}, line {error.lineno}: {error.msg}", hint="It must be N-Quads.") from error
    except (OSError, EOFError, zlib.error) as error:
        raise ParameterFault(f"{path} cannot be read: {error}") from error
