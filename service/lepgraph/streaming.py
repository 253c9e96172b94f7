"""The versions that were released as a Linked Data Event Stream: a log of what became of each thing, in TREE pages.

A member is a thing as a version described it, ``dct:isVersionOf`` the thing and ``prov:generatedAtTime`` the first
instant of the version's day; one that is gone is an ``as:Delete``. A version that only named other sources for the
same statements has no member for a thing. Pages of a version never change; the first page of the stream leads to those
of each version, so that whoever follows it finds a new one there. See w3id.org/ldes/specification (1.0) and
w3id.org/tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote, urljoin

import pyoxigraph

from lepgraph.media import N_TRIPLES, Format
from lepgraph.releases.history import Change, Event, merged
from lepgraph.site import Site
from lepgraph.terms import DCTERMS, PROV, RDF, XSD

LDES = "https://w3id.org/ldes#"
TREE = "https://w3id.org/tree#"
AS = "https://www.w3.org/ns/activitystreams#"
PREFIXES = {"ldes": LDES, "tree": TREE, "as": AS, "dct": str(DCTERMS), "prov": str(PROV)}

SIZE = 250
"""Members on a page."""
POLL = 3600
"""Seconds after which it is worth asking for new versions."""
TOLD = (Change.CREATED, Change.CHANGED, Change.REMOVED)
"""What has members."""

_TYPE, _AT, _OF = (f"<{term}>" for term in (RDF.type, PROV.generatedAtTime, DCTERMS.isVersionOf))


def stream(site: Site) -> str:
    """The IRI of the stream."""
    return f"{site.addresses.base}data/{site.content.catalogue.key}#stream"


def pages(site: Site, place: int) -> int:
    """How many pages a version has: none if it changed nothing."""
    things = site.history.totals(place).things
    return -(-sum(things.get(change, 0) for change in TOLD) // SIZE)


def first(site: Site, root: str) -> list[bytes]:
    """The page from which the stream is read, in N-Triples: what it is, and where the pages of each version begin."""
    own, node = f"<{stream(site)}>", f"<{urljoin(root, '/ldes')}>"
    catalogue = site.content.catalogue
    title = pyoxigraph.Literal(f"What changed in {catalogue.title}", language="en")
    lines = [
        f"{own} {_TYPE} <{LDES}EventStream>",
        f"{own} <{DCTERMS.title}> {title}",
        f"{own} <{DCTERMS.license}> <{catalogue.licence}>",
        f"{own} <{DCTERMS.isPartOf}> <{catalogue.dataset}>",
        f"{own} <{LDES}timestampPath> {_AT}",
        f"{own} <{LDES}versionOfPath> {_OF}",
        f"{own} <{LDES}versionDeletePath> {_TYPE}",
        f"{own} <{LDES}versionDeleteObject> <{AS}Delete>",
        f'{own} <{LDES}pollingInterval> "{POLL}"^^<{XSD.integer}>',
        f"{own} <{TREE}view> {node}",
        f"{node} {_TYPE} <{TREE}Node>",
    ]
    for place, release in enumerate(site.history.releases):
        if release.released and pages(site, place):
            lines += _relation(node, release.number, _address(site, root, place, 1), release.date)
    return _ended(lines)


def page(site: Site, place: int, number: int, root: str) -> list[bytes]:
    """A page of a version in N-Triples: its members, and the way to the next page."""
    own, node = f"<{stream(site)}>", f"<{_address(site, root, place, number)}>"
    release = site.history.releases[place]
    lines = [
        f"{own} {_TYPE} <{LDES}EventStream>",
        f"{own} <{LDES}timestampPath> {_AT}",
        f"{own} <{LDES}versionOfPath> {_OF}",
        f"{own} <{TREE}view> <{urljoin(root, '/ldes')}>",
        f"{node} {_TYPE} <{TREE}Node>",
        f'{node} <{LDES}immutable> "true"^^<{XSD.boolean}>',
    ]
    if number < pages(site, place):
        lines += _relation(node, "next", _address(site, root, place, number + 1), release.date)
    found = _ended(lines)
    for event in site.history.events(place, (number - 1) * SIZE, SIZE):
        member = f"<{version_of(site, event.iri, release.number)}>"
        about = [f"{member} {_OF} <{event.iri}>", f"{member} {_AT} {_instant(release.date)}"]
        found += _ended([f"{own} <{TREE}member> {member}", *about])
        found += _said(event, member.encode())
    return found


def written(lines: Iterable[bytes], form: Format) -> bytes:
    """Lines of N-Triples in another format."""
    body = b"".join(lines)
    if form is N_TRIPLES:
        return body
    target = pyoxigraph.RdfFormat.from_extension(form.name)
    assert target is not None
    prefixes = PREFIXES if target.name in ("Turtle", "RDF/XML") else None
    triples = pyoxigraph.parse(body, pyoxigraph.RdfFormat.N_TRIPLES, lenient=True)
    return pyoxigraph.serialize(triples, format=target, prefixes=prefixes) or b""


def version_of(site: Site, iri: str, number: str) -> str:
    """The IRI of a thing as a version described it: the address of that description where there is one."""
    base = site.addresses.base
    path = site.addresses.path(iri)
    return f"{base}version/{number}{path}" if path else f"{base}version/{number}#{quote(iri, safe='')}"


def _relation(node: str, name: str, target: str, date: str) -> list[str]:
    relation = f"<{node[1:-1]}#{name}>"
    return [
        f"{node} <{TREE}relation> {relation}",
        f"{relation} {_TYPE} <{TREE}GreaterThanOrEqualToRelation>",
        f"{relation} <{TREE}node> <{target}>",
        f"{relation} <{TREE}path> {_AT}",
        f"{relation} <{TREE}value> {_instant(date)}",
    ]


def _said(event: Event, member: bytes) -> Iterator[bytes]:
    if event.change == Change.REMOVED:
        yield member + f" {_TYPE} <{AS}Delete> .\n".encode()
        return
    for line in merged(event.lines):
        yield member + line[line.index(b" ") :]


def _address(site: Site, root: str, place: int, page: int) -> str:
    return urljoin(root, f"/ldes/{site.history.releases[place].number}/{page}")


def _instant(date: str) -> str:
    return f'"{date}T00:00:00Z"^^<{XSD.dateTime}>'


def _ended(lines: Iterable[str]) -> list[bytes]:
    return [f"{line} .\n".encode() for line in lines]
