"""Citations of documents as BibTeX and CSL-JSON, by ending or by Accept header; and what was withdrawn."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from lepgraph import citing
from lepgraph.addresses import acceptable_path, cut_suffix
from lepgraph.citing import Citations
from lepgraph.errors import Gone, NotFound
from lepgraph.media import BIBTEX, CITATIONS, CSL_JSON, PAGE, Format, choose, named
from lepgraph.web import vocabularies
from lepgraph.web.replies import reply, site

blueprint = Blueprint("citations", __name__)

_CITED = ("pages.document", "pages.definition", "pages.data", "harvest.catalog", "pages.home")


@blueprint.before_app_request
def withdrawn() -> None:
    """Raises Gone for a document or identifier that was withdrawn."""
    path = request.path.replace("/doc/", "/id/", 1) if request.path.startswith("/doc/") else request.path
    found = site().withdrawn.get(cut_suffix(path)[0])
    if found is not None:
        hint = f"{found.successor} takes its place." if found.successor else "Nothing takes its place."
        detail = f"{found.path} was withdrawn on {found.date}. {found.reason}"
        raise Gone(detail, hint=hint, successor=found.successor)


@blueprint.before_app_request
def cited() -> Response | None:
    """The citation of a document, if that is asked for in the Accept header or as the format."""
    if request.endpoint not in _CITED:
        return None
    wanted = request.args.get("format", "")
    form = named(wanted, CITATIONS) if wanted else choose(request.headers.get("Accept"), (*PAGE, *CITATIONS))
    if form not in CITATIONS:
        return None
    given = request.view_args or {}
    if request.endpoint == "pages.document":
        return _cited(str(site().addresses.thing(given["concept"], cut_suffix(given["key"])[0])), form)
    if request.endpoint in ("pages.definition", "pages.data"):
        space = request.path.split("/")[1]
        return _cited(f"{site().addresses.base}{space}/{cut_suffix(given['path'])[0]}", form)
    return _written(citations(), form)


@blueprint.get("/doc/<concept>/<key>.bib")
@blueprint.get("/doc/<concept>/<key>.csl.json")
def document(concept: str, key: str) -> Response:
    """The citation of the document about a thing."""
    return _cited(str(site().addresses.thing(concept, key)), _by_ending())


@blueprint.get("/def/<path:path>.bib")
@blueprint.get("/def/<path:path>.csl.json")
def definition(path: str) -> Response:
    """The citation of a vocabulary, a scheme or a concept."""
    return _cited(str(site().addresses.definition(path)), _by_ending())


@blueprint.get("/data/<path:path>.bib")
@blueprint.get("/data/<path:path>.csl.json")
def data(path: str) -> Response:
    """The citation of a part of the dataset."""
    if not acceptable_path(path):
        raise NotFound(f"{request.path} cannot be an identifier.")
    return _cited(f"{site().addresses.base}data/{path}", _by_ending())


@blueprint.get("/catalog.bib")
@blueprint.get("/catalog.csl.json")
def dataset() -> Response:
    """The citation of the dataset."""
    return _written(citations(), _by_ending())


@blueprint.get("/favicon.ico")
def icon() -> Response:
    """The icon, for browsers that look for it here."""
    return current_app.send_static_file("favicon.ico")


def citations(iri: str = "", title: str = "") -> Citations:
    """How to cite a subject of this site, or the dataset."""
    return citing.citations(site().content, site().version, iri, title)


def _cited(iri: str, form: Format) -> Response:
    known = vocabularies.unversioned(iri)
    title = site().describer.labels([known]).get(known, "")
    if not title:
        raise NotFound(f"The graph says nothing of {iri}.")
    return _written(citations(iri, title), form)


def _written(found: Citations, form: Format) -> Response:
    return reply(found.bibtex if form == BIBTEX else found.csl, form)


def _by_ending() -> Format:
    return BIBTEX if request.path.endswith(f".{BIBTEX.name}") else CSL_JSON
