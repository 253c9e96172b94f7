"""Search on the web: a page, the same as JSON, suggestions while typing, and the description that browsers read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from lepgraph.media import HTML, JSON, Format
from lepgraph.searching import finding
from lepgraph.searching.finding import Found, Hit, Marked
from lepgraph.web.paging import number_of_page, paged
from lepgraph.web.replies import negotiated, only, parameters, reply, site

blueprint = Blueprint("searching", __name__)

SUGGESTIONS = Format("application/x-suggestions+json", "opensearch", "OpenSearch suggestions")
DESCRIPTION = Format("application/opensearchdescription+xml", "xml", "OpenSearch description")


@blueprint.get("/search")
def results() -> Response:
    """What was found for the words of ``q``, of one ``kind`` if that is given; without words the form alone."""
    form = negotiated((HTML, JSON))
    return _answered(form)


@blueprint.get("/search.json")
def as_json() -> Response:
    """The same as JSON."""
    return _answered(JSON)


def _answered(form: Format) -> Response:
    given = parameters("q", "kind", "page")
    if "q" not in given and form == HTML:
        return reply(render_template("search.html", found=None, lists=site().content.catalogue.concepts.values()), HTML)
    kind = given.get("kind", "")
    found = finding.find(site().index, given.get("q", ""), kind, number_of_page(given.get("page", "")))

    def address(page: int, of: str = kind) -> str:
        asked = {"q": found.asked} | ({"kind": of} if of else {}) | ({"page": str(page)} if page > 1 else {})
        return f"{request.path}?{urlencode(asked)}"

    links = paged(address, found.page, found.pages)
    if form == JSON:
        return reply(json.dumps(_document(found), ensure_ascii=False, indent=1) + "\n", JSON, headers=links)
    page = render_template("search.html", found=found, kind=kind, address=address, asked_for=found.asked)
    return reply(page, HTML, headers=links)


@blueprint.get("/search/suggest")
def suggestions() -> Response:
    """A few names for the words typed so far; JSON of ours, or what OpenSearch asks for."""
    form = negotiated((JSON, SUGGESTIONS))
    text = only("q", request.args.getlist("q"))
    hits = finding.suggest(site().index, text) if text.strip() else []
    if form == SUGGESTIONS:
        return reply(json.dumps([text, [hit.title for hit in hits]], ensure_ascii=False), SUGGESTIONS)
    shown = [{"label": hit.title, "kind": hit.classes, "href": hit.href} for hit in hits]
    return reply(json.dumps({"query": text, "suggestions": shown}, ensure_ascii=False) + "\n", JSON)


@blueprint.get("/opensearch.xml")
def description() -> Response:
    """The OpenSearch 1.1 description, by which a browser offers to search here."""
    base = site().settings.public.rstrip("/") or request.host_url.rstrip("/")
    return reply(render_template("opensearch.xml", base=base), DESCRIPTION)


def _document(found: Found) -> dict[str, object]:
    return {
        "query": found.asked,
        "used": found.used,
        "corrected": found.mended,
        "someWords": found.some,
        "wordsLeftOut": list(found.left_out),
        "total": found.total,
        "more": found.more,
        "page": found.page,
        "pages": found.pages,
        "kinds": [{"kind": kind.key, "title": kind.title, "number": kind.number} for kind in found.kinds],
        "results": [_shown(hit) for hit in found.hits],
        "version": site().version.digest,
    }


def _shown(hit: Hit) -> dict[str, object]:
    return {
        "iri": hit.iri,
        "href": hit.href,
        "name": hit.title,
        "kind": hit.kind,
        "classes": hit.classes,
        "detail": hit.detail,
        "reasons": [{"how": reason.how, "text": _plain(reason.text)} for reason in hit.reasons],
    }


def _plain(text: Marked | Sequence[tuple[str, bool]]) -> str:
    return "".join(piece for piece, _ in text)
