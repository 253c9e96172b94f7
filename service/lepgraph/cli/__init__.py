"""The command line. Exit codes: 0 all is well, 1 findings or faults in what was checked, 2 the input cannot be used."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lepgraph import __version__, logs
from lepgraph.cli.catalogue import catalog
from lepgraph.cli.dumping import dump
from lepgraph.cli.guarding import Progress, found, guarded, put
from lepgraph.cli.versions import diff, release
from lepgraph.errors import ParameterFault
from lepgraph.media import OFFERS, TEXT, Kind, named
from lepgraph.settings import Settings

if TYPE_CHECKING:
    from lepgraph.validation.commanding import Done, Wanted


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option(
    "--content",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with ontology, data, shapes and queries, in place of the content that is built in.",
)
@click.pass_context
def main(context: click.Context, content: Path | None) -> None:
    """A knowledge graph and its query service, built from four folders of content."""
    # A literal that does not fit its datatype is a finding of the report; rdflib would log it with a traceback.
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)
    context.obj = content


@main.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen at.")
@click.option("--store", "stores", multiple=True, metavar="URL", help="A SPARQL endpoint that holds the graph.")
@click.option("--default-graph", metavar="IRI", help="The graph that holds the merge of all in those stores.")
@click.option("--any-version", is_flag=True, default=None, help="Serve what they hold, even if it is not this version.")
@click.pass_obj
@guarded
def serve(
    root: Path | None,
    files: Sequence[Path],
    host: str,
    port: int,
    stores: Sequence[str],
    default_graph: str | None,
    any_version: bool | None,
) -> None:
    """Build what has changed and serve it; with FILES, serve those RDF files in place of the graph.

    With --store, which may be repeated, endpoints elsewhere that hold the graph answer all queries.
    """
    settings = Settings.from_environment(
        stores=" ".join(stores) or None, default_graph=default_graph, any_version=any_version
    )
    if settings.stores and files:
        raise ParameterFault("Files are served by this process alone.", hint="Leave out the files, or --store.")
    logs.configure(settings.log, settings.log_format)
    with tempfile.TemporaryDirectory(prefix="lepgraph-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # must stand before measures are imported
        from lepgraph import server  # noqa: PLC0415 - flask and the server are needed here alone

        if not settings.rate_storage:
            settings = replace(settings, rate_storage=f"sqlite://{folder}/rates.sqlite")
        server.run(found(root), settings, files, host, port, Progress())


@main.command()
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write the named graphs to this file."
)
@click.pass_obj
@guarded
def build(root: Path | None, output: Path | None) -> None:
    """Build the named graphs and what is kept beside them, and print the content hash, triples and graphs."""
    from lepgraph import site as sites  # noqa: PLC0415

    started = time.monotonic()
    progress = Progress()
    site = sites.inside(found(root), Settings.from_environment(), progress)
    site.prepare(progress)
    version = site.version
    if output:
        put(output, [version.dump.read_bytes()])
    click.echo(f"{version.digest}  {version.triples} triples, {version.quads} quads, {version.graphs} graphs")
    click.echo(f"{time.monotonic() - started:.2f} seconds", err=True)


@main.command()
@click.option("--to", "targets", multiple=True, required=True, metavar="URL", help="A graph store to write to.")
@click.option("--query", "queries", multiple=True, metavar="URL", help="Where it answers queries, if not as usual.")
@click.option("--default-graph", metavar="IRI", help="A named graph for the merge, in place of the default graph.")
@click.pass_obj
@guarded
def publish(root: Path | None, targets: Sequence[str], queries: Sequence[str], default_graph: str | None) -> None:
    """Write the graph into stores elsewhere by the Graph Store HTTP Protocol, and check what they hold.

    What is there already is not written again. User and password come from LEPGRAPH_STORE_USER and
    LEPGRAPH_STORE_PASSWORD.
    """
    from lepgraph import publishing  # noqa: PLC0415
    from lepgraph.graphstore import query_address  # noqa: PLC0415
    from lepgraph.loading import building  # noqa: PLC0415

    settings = Settings.from_environment(default_graph=default_graph)
    if queries and len(queries) != len(targets):
        raise ParameterFault("Name --query once for each --to, or not at all.")
    addresses = queries or [query_address(target) for target in targets]
    content, progress = found(root), Progress()
    version = building.current(content, settings.cache, progress)
    for target, address in zip(targets, addresses, strict=True):
        started = time.monotonic()
        outcome = publishing.publish(content, settings, version, target, address, progress)
        click.echo(
            f"{target} holds {version.short}: {outcome.written} graphs written, {outcome.kept} were right, "
            f"{outcome.removed} removed, {time.monotonic() - started:.1f} seconds"
        )


@main.command()
@click.argument("paths", nargs=-1, required=True)
@click.option("--format", "form", help="The format of the report; plainly text, or what the ending of --output means.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to this file.")
@click.option(
    "--fail-on",
    default="violation",
    show_default=True,
    type=click.Choice(["violation", "warning", "info", "never"]),
    help="The level from which findings make the exit code 1.",
)
@click.option("--together/--apart", default=True, help="Whether files may speak of each other; plainly they may.")
@click.option("--shapes", "only", multiple=True, metavar="NAME", help="Check by this shape alone; may be repeated.")
@click.option("--custom-shapes", type=click.Path(path_type=Path), help="Check by the shapes of this Turtle file.")
@click.option("--changes", is_flag=True, help="Also show what would change in the published graph.")
@click.option("--from", "--media", "kind", metavar="KIND", help="What standard input is: ttl, csv, a media type …")
@click.option("--progress/--no-progress", default=None, help="Tell of each file on standard error.")
@click.pass_obj
@guarded
def validate(root: Path | None, paths: Sequence[str], **options: Any) -> None:
    """Check records in files, whole folders or standard input (-) against the shapes and the graph.

    RDF (Turtle, TriG, N-Triples, N-Quads, JSON-LD, RDF/XML) and tables (CSV, XLSX) are read. Exit codes: 0 nothing is
    found from the level of --fail-on, 1 something is, 2 nothing could be checked.
    """
    from lepgraph import site as sites  # noqa: PLC0415
    from lepgraph.validation import commanding  # noqa: PLC0415

    wanted = commanding.Wanted(paths=tuple(paths), **options)
    wanted.examine_early()
    progress = wanted.progress if wanted.progress is not None else sys.stderr.isatty()
    say: Callable[[str], None] = (lambda line: click.echo(line, err=True)) if progress else (lambda line: None)
    here = sites.inside(found(root), Settings.from_environment(), Progress())
    try:
        outcome = commanding.run(wanted, here.ready, here.published, here.settings, sys.stdin.buffer, say)
    finally:
        here.close()
    _report(wanted, outcome)
    sys.exit(outcome.code(wanted.fail_on))


def _report(wanted: Wanted, outcome: Done) -> None:
    """Writes the report; on standard output is nothing else."""
    plain = wanted.chosen == TEXT
    colour = plain and not wanted.output and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    body = outcome.written(wanted, shutil.get_terminal_size((100, 24)).columns if colour else 100, colour=colour)
    lost = outcome.nothing and plain and not wanted.output
    if wanted.output:
        put(wanted.output, [body])
    else:
        (sys.stderr if lost else sys.stdout).buffer.write(body)
    if wanted.output or (outcome.nothing and not lost):
        click.echo(outcome.verdict, err=True)


@main.command()
@click.argument("name", required=False)
@click.option("--param", "-p", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of the query.")
@click.option("--format", "form", default="tsv", show_default=True, help="csv, tsv, json or xml.")
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint instead of the graph built here.")
@click.pass_obj
@guarded
def query(root: Path | None, name: str | None, given: Sequence[str], form: str, endpoint: str | None) -> None:
    """Answer the stored query NAME; without a name, list them all."""
    from lepgraph import site as sites  # noqa: PLC0415
    from lepgraph.store import FIRST_OF_EACH, Query  # noqa: PLC0415
    from lepgraph.store.remote import Remote  # noqa: PLC0415

    here = sites.inside(found(root), Settings.from_environment())
    if name is None:
        for stored in here.library.questions.values():
            parameters = " ".join(f"-p {p.name}={p.example or '…'}" for p in stored.parameters)
            click.echo(f"{stored.name} {parameters}".rstrip() + f"\n    {stored.summary}")
        return
    stored = here.library.question(name)
    chosen = named(form, OFFERS[Kind.SOLUTIONS])
    if chosen is None:
        raise click.BadParameter("must be csv, tsv, json or xml", param_hint="--format")
    pairs = dict(pair.partition("=")[::2] for pair in given)
    text = stored.bound(stored.terms(pairs, here.addresses))
    store = Remote(endpoint, here.settings.query_seconds) if endpoint else here.store
    answer = store.answer(Query(text, base=here.addresses.base), {**FIRST_OF_EACH, Kind.SOLUTIONS: chosen})
    sys.stdout.buffer.write(answer.body())


@main.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--kind", default="", metavar="KIND", help="Only things of this kind, such as a list has.")
@click.pass_obj
@guarded
def search(root: Path | None, words: Sequence[str], kind: str) -> None:
    """Find things by WORDS of their names, codes and descriptions; exit code 1 if there are none."""
    from lepgraph import site as sites  # noqa: PLC0415
    from lepgraph.searching import finding  # noqa: PLC0415

    here = sites.inside(found(root), Settings.from_environment(), Progress())
    answer = finding.find(here.index, " ".join(words), kind)
    if answer.mended and answer.total:
        click.echo(f"No results for {answer.asked}; showing results for {answer.used}.", err=True)
    for hit in answer.hits:
        click.echo(f"{hit.title}\n    {' · '.join(filter(None, (hit.classes, hit.detail)))}\n    {hit.iri}")
    click.echo(f"{len(answer.hits)} of {answer.total} results", err=True)
    sys.exit(0 if answer.total else 1)


@main.command()
@click.pass_obj
@guarded
def check(root: Path | None) -> None:
    """Check the whole graph: check queries must return nothing, geometries be valid and shapes not violated."""
    from lepgraph import site as sites  # noqa: PLC0415
    from lepgraph.loading import coordinates  # noqa: PLC0415
    from lepgraph.store import Query  # noqa: PLC0415
    from lepgraph.validation.reporting import text  # noqa: PLC0415

    here = sites.inside(found(root), Settings.from_environment())
    failed = False
    for stored in here.library.checks.values():
        rows = here.store.solutions(Query(stored.text, base=here.addresses.base))
        failed = failed or bool(rows)
        click.echo(f"{'FAULT' if rows else 'ok   '}  {stored.summary}")
        for row in rows[:20]:
            click.echo("         " + "  ".join(f"{key}: {value}" for key, value in row.items()))
    everything = here.store.graph(Query(here.library.pages["everything"].text))
    broken = coordinates.faults(everything)
    failed = failed or bool(broken)
    click.echo(f"{'FAULT' if broken else 'ok   '}  A geometry that is not valid.")
    for subject, reason in broken[:20]:
        click.echo(f"         {subject}  {reason}")
    report = here.validator.check_all(everything)
    click.echo(text.written(report, "shapes"), nl=False)
    sys.exit(1 if failed or not report.conforms else 0)


for command in (release, diff, dump, catalog):
    main.add_command(command)
