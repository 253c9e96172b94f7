"""The catalogue on the command line, for those who put it onto a server of files or hand it to a portal."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import click

from lepgraph.cli.guarding import Progress, found, guarded, put
from lepgraph.errors import ParameterFault
from lepgraph.media import GRAPHS, named
from lepgraph.settings import Settings


@click.command()
@click.option(
    "--format",
    "form",
    default="ttl",
    show_default=True,
    type=click.Choice([form.name for form in GRAPHS]),
    help="The format of RDF.",
)
@click.option("--root", "public", metavar="URL", help="The public address of the service.")
@click.option("--void", "counted", is_flag=True, help="The VoID description in place of the catalogue.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@click.pass_obj
@guarded
def catalog(root: Path | None, form: str, public: str | None, counted: bool, output: Path | None) -> None:
    """Write the catalogue in DCAT-AP as the service gives it, to standard output or to a file.

    The public address is that of --root, or else LEPGRAPH_PUBLIC, or else the base of the identifiers. The checksum of
    what was written goes to standard error.
    """
    from lepgraph import site as sites  # noqa: PLC0415
    from lepgraph.catalogue import dcat, saying  # noqa: PLC0415
    from lepgraph.catalogue.void import void  # noqa: PLC0415

    settings, progress = Settings.from_environment(), Progress()
    site = sites.inside(found(root), settings, progress)
    address = public or settings.public or site.addresses.base
    if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`/?#]+(/[^\s<>\"{}|\\^`?#]*)?", address):
        raise ParameterFault(
            f"--root must be the address of a service, not {address[:80]!r}.", hint="https://data.example/"
        )
    address = address if address.endswith("/") else f"{address}/"
    progress("describing")
    described = void(site, address) if counted else dcat.catalogue(site, address)
    chosen = named(form, GRAPHS)
    assert chosen is not None
    body = saying.written(described, chosen)
    put(output, [body])
    click.echo(f"{hashlib.sha256(body).hexdigest()}  {len(body)} bytes", err=True)
