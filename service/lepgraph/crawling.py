"""What crawlers are told: which pages there are and when they last changed (sitemaps.org, 0.9), where they may not go,
and where else to look (``/.well-known/``).

A sitemap names the addresses of the host that serves it, as its protocol asks, and only such as answer at once: those
of documents, not of things. Dates are those of versions. Pages of former versions and views of lists are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, islice
from typing import Any
from urllib.parse import quote, unquote, urljoin
from xml.etree import ElementTree

from rdflib import Literal

from lepgraph.addresses import cut_suffix
from lepgraph.errors import NotFound
from lepgraph.media import CITATIONS, HTML, JSON, TURTLE
from lepgraph.site import Site
from lepgraph.store import Query

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 10_000
"""Addresses in a part; the protocol allows 50,000 and 50 MB."""
PAGES = "pages"
"""The group of the pages that are about nothing in the graph."""
WELL_KNOWN = ("api-catalog", "csvm", "void")
"""What there is below ``/.well-known/``."""
COSTLY = (
    "/sparql?query=", "/sparql?*", "/queries/*?", "/q/", "/search", "/links", "/compare", "/id/*?",
    "/version/*/changes?", "/validate/results/", "/*?date=", "/*&date=",
)  # fmt: skip
"""Where crawlers may not go (RFC 9309): queries, and the views of pages that have no end or need not be read too.

Some readers drop a question mark at the end, and would keep away from the page itself.
"""
TABLES = "{+url}-metadata.json"
"""Where the metadata of a CSV file is (Model for Tabular Data and Metadata on the Web, 5.3)."""

_PLACES = ("data", "def", "graph", "id")
_SAFE = "/-._~!$&'()*+,;=:@%"
_TAKEN = tuple(f".{form.name}" for form in CITATIONS)


@dataclass(frozen=True)
class Page:
    """A page by its path, percent-encoded, and the day from which it is as it is; empty if that is not known."""

    path: str
    changed: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the sitemap: the group of its pages, the place of its first in that, and its last change."""

    group: str
    first: int
    changed: str


class Sitemap:
    """The pages of a site, in parts. It keeps which parts there are, and none of the pages."""

    def __init__(self, site: Site) -> None:
        self._site = site

    @cached_property
    def parts(self) -> dict[str, Part]:
        """The parts by name: the group of its pages and a number."""
        found = {}
        for group, pages in self._groups():
            number = 0
            while piece := list(islice(pages, MOST)):
                changed = max(page.changed for page in piece)
                found[f"{group}-{number + 1}"] = Part(group, number * MOST, changed)
                number += 1
        return found

    def pages(self, name: str) -> list[Page]:
        """The pages of a part; raises NotFound if there is none of that name."""
        part = self.parts.get(name)
        if part is None:
            raise NotFound(f"There is no part {name[:60]!r} of the sitemap.", hint="/sitemap.xml names all of them.")
        pages = iter(self._front()) if part.group == PAGES else self._within(part.group)
        return list(islice(pages, part.first, part.first + MOST))

    def _groups(self) -> Iterator[tuple[str, Iterator[Page]]]:
        yield PAGES, iter(self._front())
        if self._site.versioned:
            for group, pages in groupby(self._dated(self._site.addresses.base), lambda pair: pair[0]):
                yield group, (page for _, page in pages)
            return
        for group in (*_PLACES[:2], *(f"id-{segment}" for segment in self._site.content.catalogue.concepts)):
            yield group, self._within(group)

    def _within(self, group: str) -> Iterator[Page]:
        """The pages of a group, in the order of their identifiers."""
        place, _, segment = group.partition("-")
        if self._site.versioned:
            space = f"{self._site.addresses.base}{place}/" + (f"{segment}/" if segment else "")
            return (page for _, page in self._dated(space))
        found = (self.page(iri) for iri in sorted(self._present(place, segment)))
        return (Page(path) for _, path in filter(None, found))

    def _dated(self, space: str) -> Iterator[tuple[str, Page]]:
        """The pages about things whose identifiers begin so, each with its group."""
        for iri, release in self._site.history.last_changes(space):
            if found := self.page(iri):
                yield found[0], Page(found[1], release.date)

    def _present(self, place: str, segment: str) -> set[str]:
        """The identifiers in a store of which no versions are known: those that lists and the home page lead to."""
        here = self._site
        pages = here.library.pages
        if place == "data":
            return set() if here.version.files else {str(dataset.iri) for dataset in here.datasets.values()}
        if place == "def":
            return {str(row["scheme"]) for row in here.store.solutions(Query(pages["schemes"].text))}
        values = {
            "class": here.content.catalogue.concepts[segment].iri,
            "space": Literal(here.addresses.thing(segment, "")),
        }
        return {str(row["thing"]) for row in here.store.solutions(Query(pages["list"].bound(values)))}

    def page(self, iri: str) -> tuple[str, str] | None:
        """The group and path of the page about a thing; None if it has none, or its address leads to another."""
        rest = iri.removeprefix(self._site.addresses.base)
        place, _, inner = rest.partition("/")
        path = self._site.addresses.path(iri)
        if not path or place not in _PLACES or not inner or not _plain(rest) or f"/{rest}" in self._site.withdrawn:
            return None
        if place == "id" and self._site.addresses.split(iri) is None:
            return None
        return (f"id-{inner.partition('/')[0]}" if place == "id" else place), quote(path, safe=_SAFE)

    def _front(self) -> Iterator[Page]:
        """The pages that are about nothing in the graph, or about lists of it."""
        here = self._site
        now = here.history.current.date if here.versioned else ""
        yield from (Page("/", now), Page("/catalog", now), Page("/id"))
        for segment in here.content.catalogue.concepts:
            span = here.history.spans([str(here.addresses.thing(segment, ""))]) if here.versioned else None
            yield Page(f"/id/{quote(segment, safe=_SAFE)}", span[1].date if span else "")
        yield Page("/queries")
        yield from (Page(f"/queries/{quote(name, safe=_SAFE)}") for name in here.library.questions)
        yield Page("/shape")
        yield from (Page(f"/shape/{quote(slug, safe=_SAFE)}") for slug in here.rules.shapes)
        yield from (Page(path) for path in ("/quality", "/sparql", "/validate", "/api"))
        if here.versioned:
            yield Page("/version", now)
            yield from (Page(f"/version/{release.number}", release.date) for release in here.history.releases)

    def index(self, root: str) -> bytes:
        """The sitemap that names the parts."""
        entries = ((f"/sitemap/{quote(name, safe='')}.xml", part.changed) for name, part in self.parts.items())
        return _written("sitemapindex", "sitemap", root, entries)

    def part(self, name: str, root: str) -> bytes:
        """The sitemap of one part; raises NotFound if there is none of that name."""
        return _written("urlset", "url", root, ((page.path, page.changed) for page in self.pages(name)))


def robots(root: str) -> str:
    """Where crawlers may not go, and where the sitemap is."""
    refused = [f"Disallow: {path}" for path in COSTLY]
    return "\n".join(["User-agent: *", *refused, "", f"Sitemap: {urljoin(root, '/sitemap.xml')}", ""])


def interfaces(site: Site, root: str) -> dict[str, Any]:
    """What programs can talk to, as links (RFC 9727, RFC 9264): each with its description, its page and its state."""
    described = {
        "/sparql": [_link(root, "/sparql", TURTLE.media_type), _link(root, "/openapi.json", JSON.media_type)],
        "/queries": [_link(root, "/openapi.json", JSON.media_type)],
        "/validate": [_link(root, "/openapi.json", JSON.media_type)],
        "/catalog": [_link(root, "/openapi.json", JSON.media_type)],
    }
    if site.versioned:
        described["/version"] = [_link(root, "/openapi.json", JSON.media_type)]
        described["/ldes"] = [_link(root, "/ldes", TURTLE.media_type)]
    page, state = [_link(root, "/api", HTML.media_type)], [_link(root, "/ready", JSON.media_type)]
    own = {
        "anchor": urljoin(root, "/.well-known/api-catalog"),
        "item": [{"href": urljoin(root, path)} for path in described],
    }
    each = [
        {"anchor": urljoin(root, path), "service-desc": links, "service-doc": page, "status": state}
        for path, links in described.items()
    ]
    return {"linkset": [own, *each]}


def _link(root: str, path: str, media_type: str) -> dict[str, str]:
    return {"href": urljoin(root, path), "type": media_type}


def _plain(rest: str) -> bool:
    """Whether the path of an identifier leads to the page about it, as it stands, and not to another form of a page."""
    if "#" in rest or "?" in rest or "%2f" in rest.lower():
        return False
    last = unquote(rest.rpartition("/")[2])
    return bool(last) and not cut_suffix(last)[1] and not last.endswith(_TAKEN)


def _written(kind: str, entry: str, root: str, entries: Iterable[tuple[str, str]]) -> bytes:
    top = ElementTree.Element(kind, {"xmlns": NAMESPACE})
    for path, changed in entries:
        element = ElementTree.SubElement(top, entry)
        ElementTree.SubElement(element, "loc").text = urljoin(root, path)
        if changed:
            ElementTree.SubElement(element, "lastmod").text = changed
    ElementTree.indent(top)
    return bytes(ElementTree.tostring(top, encoding="utf-8", xml_declaration=True)) + b"\n"
