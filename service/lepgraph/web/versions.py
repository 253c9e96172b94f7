"""Versions of the dataset: the list, one of them, what it changed of another, and the feed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import pyoxigraph
from flask import Blueprint, Response, redirect, render_template
from rdflib import RDF, Literal, URIRef

from lepgraph.catalogue import saying, versions
from lepgraph.describing import Value
from lepgraph.errors import NotFound, ParameterFault
from lepgraph.exchange import from_engine
from lepgraph.media import ATOM, GRAPHS, HTML, N_QUADS, PAGE, RDF_PATCH
from lepgraph.releases import deltas
from lepgraph.releases.comparison import ELSEWHERE, Comparison, Row
from lepgraph.releases.comparison import kind as kind_of
from lepgraph.releases.history import Change, History
from lepgraph.terms import LABELS, XSD
from lepgraph.web.harvest import root
from lepgraph.web.paging import Place, place
from lepgraph.web.replies import alternates, etag, negotiated, parameters, reply, site
from lepgraph.words import local_name, worded

blueprint = Blueprint("versions", __name__)

SHOWN = 50
"""Things on a page of changes."""
STATEMENTS = 40
"""Statements of one thing that such a page shows; the patch has them all."""
PIECE = 64 * 1024
"""Bytes of a difference that are sent at once."""
NAMES = {Change.CREATED: "new", Change.CHANGED: "changed", Change.SOURCED: "sources", Change.REMOVED: "gone"}
"""How addresses name what happened to a thing."""
WORDS = {
    Change.CREATED: "New",
    Change.CHANGED: "Changed",
    Change.SOURCED: "Other sources",
    Change.REMOVED: "Gone",
}

_FILES = {"changes.rdfp": RDF_PATCH, "added.nq": N_QUADS, "removed.nq": N_QUADS}


@dataclass(frozen=True)
class Statement:
    """A statement that came or went: a property, a value, and the source that said so."""

    came: bool
    property: Value
    value: Value
    graph: Value


@dataclass(frozen=True)
class Changed:
    """A thing that is different, with its name, and the statements that came or went."""

    row: Row
    name: Value
    words: str
    statements: tuple[Statement, ...]
    left_out: int


def history() -> History:
    """The versions of what is served; raises NotFound where it has none."""
    if not site().versioned:
        hint = "The address without a version gives what is served now."
        raise NotFound("What is served here was not built from a content, so it has no versions.", hint=hint)
    return site().history


@blueprint.get("/version")
def listing() -> Response:
    """All versions, the newest first."""
    parameters()
    found = history()
    rows = [(release, found.totals(at)) for at, release in enumerate(found.releases)]
    page = render_template("versions.html", rows=rows[::-1], day=day, dump=dump)
    return reply(page, HTML)


@blueprint.get("/version/<number>")
def version(number: str) -> Response:
    """One version: a page, or what DCAT says of it; ``latest`` leads to the one that is served."""
    found = history()
    stem, suffix = number, ""
    for form in PAGE:
        if number.endswith(f".{form.name}"):
            stem, suffix = number.removesuffix(f".{form.name}"), form.name
    at = found.place(stem)
    release = found.releases[at]
    if stem != release.number:
        return _elsewhere(f"/version/{release.number}" + (f".{suffix}" if suffix else ""))
    form = negotiated(PAGE, suffix)
    address = f"/version/{release.number}"
    links = {"Link": alternates(address, GRAPHS)}
    if form != HTML:
        body = saying.written(versions.described(site(), at, root()), form)
        return reply(body, form, headers=links, validator=root())
    comparison = site().comparisons.between(at - 1, at) if at else None
    page = render_template(
        "version.html",
        release=release,
        totals=found.totals(at),
        before=found.releases[at - 1] if at else None,
        after=found.releases[at + 1] if at + 1 < len(found.releases) else None,
        comparison=comparison,
        kinds=_kinds(comparison) if comparison else [],
        changes=tuple(Change),
        words=WORDS,
        names=NAMES,
        day=day,
        dump=dump,
        address=address,
        forms=GRAPHS,
    )
    return reply(page, HTML, headers=links)


@blueprint.get("/version/<number>/changes")
def changes(number: str) -> Response:
    """What is different in a version from the one before, or from the one that ``since`` names, a page at a time."""
    given = parameters("since", "kind", "change", "page")
    old, new = _two(number, given)
    found = history()
    comparison = site().comparisons.between(old, new)
    kind, change = given.get("kind", ""), given.get("change", "")
    if change and change not in NAMES.values():
        raise ParameterFault(f"There is no change {change[:40]!r}.", hint=f"There are {', '.join(NAMES.values())}.")
    if kind and kind not in comparison.kinds:
        known = ", ".join(comparison.kinds) or "none"
        raise NotFound(f"Nothing of the kind {kind[:60]!r} is different.", hint=f"Of these kinds things are: {known}.")
    rows = [row for row in comparison.rows if kind in ("", row.kind) and change in ("", NAMES[row.change])]
    at = place(given.get("page", ""), len(rows), SHOWN)
    page = render_template(
        "changes.html",
        old=found.releases[old],
        new=found.releases[new],
        releases=found.releases,
        comparison=comparison,
        kinds=_kinds(comparison),
        kind=kind,
        change=change,
        things=_changed(rows[at.first : at.last], old, new),
        place=at,
        address=_address(number, given, at),
        asked=f"?{urlencode({'since': given['since']})}" if given.get("since") else "",
        changes=tuple(Change),
        words=WORDS,
        names=NAMES,
        day=day,
    )
    return reply(page, HTML)


@blueprint.get("/version/<number>/<any('changes.rdfp', 'added.nq', 'removed.nq'):file>")
def difference(number: str, file: str) -> Response:
    """What is different as RDF Patch, or as the N-Quads that came or went."""
    given = parameters("since")
    old, new = _two(number, given)
    found = history()
    delta = found.delta(old, new) if old >= 0 else deltas.Delta(tuple(found.lines(new)), ())
    form = _FILES[file]
    before = found.releases[old].digest if old >= 0 else ""
    lines: Iterable[bytes] = delta.added if file == "added.nq" else delta.removed
    if form is RDF_PATCH:
        lines = deltas.patch(delta, found.releases[new].digest, before)
    response = reply(_pieces(lines), form)
    response.set_etag(etag(form, before))
    return response


@blueprint.get("/feed")
def feed() -> Response:
    """The versions that were released, as an Atom feed."""
    parameters()
    history()
    return reply(versions.feed(site(), root()), ATOM, validator=root())


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines in pieces of about 64 KiB."""
    piece: list[bytes] = []
    size = 0
    for line in lines:
        piece.append(line)
        size += len(line)
        if size > PIECE:
            yield b"".join(piece)
            piece, size = [], 0
    yield b"".join(piece)


def day(date: str) -> str:
    """A date as people write it."""
    return worded(date, XSD.date)


def dump(release: object) -> str:
    """The path of all named graphs of a version."""
    return versions.dump_path(site(), release)  # type: ignore[arg-type]  # templates have releases alone


def _elsewhere(address: str) -> Response:
    response = redirect(address, 302)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response  # type: ignore[return-value]  # werkzeug's response is flask's here


def _two(number: str, given: dict[str, str]) -> tuple[int, int]:
    """The places of the versions to compare: the older one is -1 for the emptiness before the first."""
    found = history()
    new = found.place(number)
    since = given.get("since", "")
    return (found.place(since) if since else new - 1), new


def _address(number: str, given: dict[str, str], at: Place) -> str:
    asked = {name: given[name] for name in ("since", "kind", "change") if given.get(name)}
    return f"/version/{number}/changes?{urlencode(asked)}{'&' if asked else ''}"


def _kinds(comparison: Comparison) -> list[tuple[str, str, dict[Change, int]]]:
    """The kinds of things with their titles and how many of each are different."""
    titles = {"def": "Terms and code lists", "data": "Datasets", "graph": "Named graphs", ELSEWHERE: "Things of others"}
    for dataset in site().datasets.values():
        titles |= {
            kind_of(site().addresses, f"{part.space}a"): part.title for part in dataset.parts if "/id/" in part.space
        }
    titles |= {concept.segment: concept.title for concept in site().content.catalogue.concepts.values()}
    return [(kind, titles.get(kind) or local_name(kind).capitalize(), dict(n)) for kind, n in comparison.kinds.items()]


def _changed(rows: Sequence[Row], old: int, new: int) -> list[Changed]:
    """The things of a page with their statements."""
    found = history()
    told = []
    for row in rows:
        before = found.said(row.iri, old) if old >= 0 else ()
        told.append((row, before, deltas.between(before, found.said(row.iri, new))))
    told_lines = [
        (row, before, delta, _parsed(delta.removed)[:STATEMENTS], _parsed(delta.added)[:STATEMENTS])
        for row, before, delta in told
    ]
    iris = {row.iri for row in rows}
    for _, _, _, gone, come in told_lines:
        iris |= {str(term) for quad in (*gone, *come) for term in quad[:2] if isinstance(term, URIRef)}
    labels = site().describer.labels(iris)
    listed = []
    for row, before, delta, gone, come in told_lines:
        name = labels.get(row.iri) or _name(before) or local_name(row.iri)
        link = site().describer.link(row.iri, {**labels, row.iri: name})
        if row.change == Change.REMOVED:
            link = Value(name)
        statements = [_statement(quad, labels, came=False) for quad in gone]
        statements += [_statement(quad, labels, came=True) for quad in come]
        left_out = len(delta.added) + len(delta.removed) - len(statements)
        listed.append(Changed(row, link, WORDS[row.change], tuple(statements), left_out))
    return listed


Quad = tuple[URIRef, URIRef | Literal, URIRef]


def _parsed(lines: Iterable[bytes]) -> list[Quad]:
    quads = pyoxigraph.parse(b"".join(lines), pyoxigraph.RdfFormat.N_QUADS)
    return [
        (from_engine(q.predicate), from_engine(q.object), from_engine(q.graph_name))  # type: ignore[misc]
        for q in quads
    ]


def _statement(quad: Quad, labels: dict[str, str], *, came: bool) -> Statement:
    describer = site().describer
    predicate, value, graph = quad
    prop = (
        Value("is a", describer.address(str(RDF.type))) if predicate == RDF.type else describer.link(predicate, labels)
    )
    path = site().addresses.path(graph)
    title = str(graph).removeprefix(f"{site().addresses.base}graph/")
    return Statement(came, prop, describer.value(value, labels), Value(title, path or ""))


def _name(lines: Iterable[bytes]) -> str:
    """The name that statements give their thing, English before others; empty if none does."""
    names = [
        (LABELS.index(prop), str(value))
        for prop, value, _ in _parsed(lines)
        if prop in LABELS and isinstance(value, Literal) and (value.language or "en").startswith("en")
    ]
    return min(names)[1] if names else ""
