"""What every page and document says of itself: links to its other forms, its stable address, its licence and what
describes it, as the Link header (RFC 8288) and as elements of the page; its markup; and what has replaced its subject.

Worked out from the route alone, so that no page has to think of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Flask, Response, g, request
from markupsafe import Markup
from rdflib import URIRef

from lepgraph.addresses import cut_suffix
from lepgraph.catalogue import offers, structured
from lepgraph.citing import citations
from lepgraph.datasets import Dataset
from lepgraph.describing import Value
from lepgraph.markup import script
from lepgraph.media import CITATIONS, CSV, GRAPHS, HTML, OFFERS, PAGE, Format, Kind
from lepgraph.store import Query
from lepgraph.web import harvest, mementos
from lepgraph.web.lists import TABLES, cut_ending
from lepgraph.web.replies import site

LANGUAGE = "en-GB"
_SUFFIXED = ("pages.document", "pages.definition", "pages.graph", "pages.data", "harvest.catalog", "quality.summary")
_CITED = ("pages.document", "pages.definition", "pages.data", "harvest.catalog")
_OF_DATASET = ("pages.home", "harvest.catalog")
_OF_VIEW = frozenset({"format", "page", "view"})
"""Parameters of a list that say how much of it is shown and how, not what fits."""
_NOT_CANONICAL = frozenset({"format", "limit", "offset"})


@dataclass(frozen=True)
class Link:
    """A link of a document: what it is to the document, where it leads, and of what type that is."""

    rel: str
    href: str
    type: str = ""
    title: str = ""

    @property
    def header(self) -> str:
        """The link as a value of the Link header."""
        return f'<{self.href}>; rel="{self.rel}"' + (f'; type="{self.type}"' if self.type else "")


def register(app: Flask) -> None:
    """Gives templates what a page says of itself, by four functions, and each answer its Link header."""
    app.jinja_env.globals.update(page_links=page_links, structured=markup, replacements=replacements, citation=citation)

    @app.after_request
    def linked(response: Response) -> Response:
        if response.mimetype == HTML.media_type:
            response.headers.setdefault("Content-Language", LANGUAGE)
        if response.status_code == 200 and not (request.endpoint or "static").startswith(("static", "operations.")):
            present = response.headers.get("Link", "")
            missing = [link.header for link in links() if f'<{link.href}>; rel="{link.rel}"' not in present]
            response.headers["Link"] = ", ".join(filter(None, [present, *missing]))
        return response


def page_links() -> list[Link]:
    """The links that a page has in its head; none for one that tells of a fault."""
    return [] if g.get("failed") else links()


def links() -> list[Link]:
    """The links of the document that is asked for."""
    found = [Link("license", site().content.catalogue.licence)]
    found.append(Link("service-desc", "/openapi.json", "application/json"))
    if request.endpoint in (*_SUFFIXED, *_OF_DATASET, "lists.listing", "stored.question"):
        found.append(Link("canonical", canonical()))
        found.append(Link("describedby", "/.well-known/void", "text/turtle"))
    found += _alternates()
    found += [Link(*timed) for timed in mementos.timed()]
    if request.endpoint == "pages.document":
        concept, key = request.view_args["concept"], cut_suffix(request.view_args["key"])[0]  # type: ignore[index]
        iri = str(site().addresses.thing(concept, key))
        found += [Link("describes", iri), Link("cite-as", iri)]
        if (listed := site().content.catalogue.concepts.get(concept)) is not None:
            found.append(Link("type", str(listed.iri)))
    elif request.endpoint in _OF_DATASET:
        found.append(Link("cite-as", site().content.catalogue.base))
    return found


def canonical() -> str:
    """The stable address of the document, whatever host serves it and in whatever form."""
    base = site().addresses.base
    stem = request.path.lstrip("/")
    if request.endpoint in (*_SUFFIXED, "lists.listing", "stored.question"):
        stem = _stem().lstrip("/")
    given = {name: value for name, value in sorted(request.args.items()) if value and name not in _NOT_CANONICAL}
    return base + quote(stem, safe="/-._~!$&'()*+,;=:@%") + (f"?{urlencode(given)}" if given else "")


def markup() -> Markup:
    """The markup of the page for search engines, fit to stand in a script element; empty if there is none."""
    if g.get("failed"):
        return Markup()
    root, here = harvest.root(), site()
    if request.endpoint == "harvest.catalog":
        found = structured.catalogue(here, root)
    elif dataset := _dataset():
        found = structured.dataset(here, dataset, root)
    else:
        iri = subject()
        found = site().markup.of(iri) if iri else {}
        if found:
            found |= {"mainEntityOfPage": canonical(), "subjectOf": {"@id": str(site().content.catalogue.dataset)}}
    return Markup(script(found)) if found else Markup()  # noqa: S704 - script makes it inert


def _dataset() -> Dataset | None:
    """The dataset that the page is about, if it is about one; the home page is about the whole."""
    if request.endpoint == "pages.home":
        return offers.datasets(site())[0]
    if request.endpoint != "pages.data":
        return None
    key = cut_suffix((request.view_args or {})["path"])[0]
    return next((dataset for dataset in offers.datasets(site()) if dataset.key == key), None)


def subject() -> str:
    """What the document that is asked for is about; empty for one that is about nothing in the graph."""
    given = request.view_args or {}
    if request.endpoint == "pages.document":
        return str(site().addresses.thing(given["concept"], cut_suffix(given["key"])[0]))
    if request.endpoint == "pages.definition":
        return str(site().addresses.definition(cut_suffix(given["path"])[0]))
    if request.endpoint == "pages.data":
        return f"{site().addresses.base}data/{cut_suffix(given['path'])[0]}"
    return ""


def citation() -> tuple[str, list[tuple[str, str]]] | None:
    """How to cite the subject of the page in words, and the titles and addresses of other forms of that."""
    if g.get("failed") or request.endpoint not in (*_CITED, *_OF_DATASET):
        return None
    iri = subject()
    title = site().describer.labels([iri]).get(iri, "") if iri else ""
    stem = _stem() if iri else "/catalog"
    found = citations(site().content, site().version, iri if title else "", title)
    return found.plain, [(form.title, f"{stem}.{form.name}") for form in CITATIONS]


def replacements() -> list[Value]:
    """What has replaced the subject of the page."""
    iri = "" if g.get("failed") or request.endpoint != "pages.document" else subject()
    if not iri:
        return []
    text = site().library.pages["replacements"].bound({"thing": URIRef(iri)})
    found = [str(row["successor"]) for row in site().store.solutions(Query(text))]
    labels = site().describer.labels({*found, iri})  # with the thing itself, so that two of one name are told apart
    return [site().describer.link(successor, labels) for successor in found]


def _alternates() -> list[Link]:
    """The other forms of the document."""
    stem = _stem()
    if request.endpoint in _SUFFIXED:
        cited = CITATIONS if request.endpoint in _CITED else ()
        others = [*PAGE, *cited]
        if request.endpoint == "quality.summary":
            others = [CSV] if site().version.files else [*PAGE, CSV]
        return [_alternate(stem, form) for form in others if f"{stem}.{form.name}" != request.path]
    if request.endpoint == "lists.listing":
        query = urlencode(
            {name: value for name, value in sorted(request.args.items()) if value and name not in _OF_VIEW}
        )
        return [_alternate(stem, form, f"?{query}" if query else "") for form in (*TABLES, *GRAPHS)]
    if request.endpoint == "stored.question":
        given = {name: value for name, value in request.args.items() if name != "format"}
        asked = f"?{urlencode(given)}" if given else ""
        return [_alternate(stem, form, asked) for form in OFFERS[Kind.SOLUTIONS]]
    return []


def _alternate(stem: str, form: Format, asked: str = "") -> Link:
    title = f"Citation as {form.title}" if form in CITATIONS else form.title
    return Link("alternate", f"{stem}.{form.name}{asked}", form.media_type, title)


def _stem() -> str:
    """The path of the document without the ending that asks for one form of it."""
    path = quote(request.path, safe="/-._~!$&'()*+,;=:@")
    stem, _ = cut_suffix(path)
    if request.endpoint == "lists.listing":
        stem = cut_ending(path)[0]
    if request.endpoint in ("stored.question", "quality.summary"):
        for form in OFFERS[Kind.SOLUTIONS]:
            stem = stem.removesuffix(f".{form.name}")
    return stem
