"""What harvesters fetch: catalogue, VoID, dump, robots. Worked out once per dataset version and address."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask import Blueprint, Response, current_app, redirect, render_template, request, send_file
from rdflib import Graph

from lepgraph import catalogue, exchange
from lepgraph.errors import NotFound, ParameterFault
from lepgraph.exchange import Triple
from lepgraph.media import GRAPHS, HTML, N_QUADS, PAGE, TEXT, Format
from lepgraph.site import Site
from lepgraph.terms import DCAT, DCTERMS, FORMATS, SD, SPDX, VOID
from lepgraph.web.replies import alternates, negotiated, reply, site

blueprint = Blueprint("harvest", __name__)

_KEPT = "lepgraph-descriptions"
_PREFIXES = {"dcat": str(DCAT), "dcterms": str(DCTERMS), "formats": str(FORMATS), "sd": str(SD), "spdx": str(SPDX)}
_PREFIXES |= {"void": str(VOID)}


@blueprint.get("/catalog")
@blueprint.get("/catalog.<suffix>")
def catalog(suffix: str = "") -> Response:
    """The catalogue: a page, or DCAT."""
    form = negotiated(PAGE, suffix)
    links = {"Link": alternates("/catalog", GRAPHS)}
    if form == HTML:
        here = site()
        size = here.version.dump.stat().st_size
        page = render_template("catalog.html", dump=catalogue.dump_path(here), size=size, forms=GRAPHS)
        return reply(page, HTML, headers=links)
    return reply(_described(catalogue.catalogue, form), form, headers=links, validator=root())


@blueprint.get("/.well-known/void")
def well_known_void() -> Response:
    """The dataset as VoID, where harvesters look for it (VoID 7.2)."""
    form = negotiated(GRAPHS)
    return reply(_described(catalogue.void, form), form, validator=root())


@blueprint.get("/dump/<version>/<name>")
def dump(version: str, name: str) -> Response:
    """The dump of this version; ``latest`` leads to it."""
    here = site()
    if version == "latest":
        response = redirect(catalogue.dump_path(here), 302)
        response.headers["Cache-Control"] = "public, max-age=300"
        return response  # type: ignore[return-value]  # werkzeug's response is flask's here
    if f"/dump/{version}/{name}" != catalogue.dump_path(here):
        raise NotFound(f"There is no dump {version}/{name}.", hint=f"The current one is {catalogue.dump_path(here)}.")
    sent = send_file(here.version.dump, mimetype=N_QUADS.media_type, etag=here.version.digest, conditional=False)
    sent.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    sent.headers["Accept-Ranges"] = "bytes"  # parts of it may be asked for: web/replies.finished gives them
    return sent


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Pages may be read; queries may not be crawled."""
    return reply("User-agent: *\nDisallow: /sparql?\nDisallow: /queries/\n", TEXT, seconds=86400)


def service_description(form: Format) -> Response:
    """The endpoint's description of itself."""
    return reply(_described(catalogue.service_description, form), form, validator=root())


def _described(describe: Callable[[Site, str], Iterable[Triple]], form: Format) -> bytes:
    """A description in a format, kept for the next request; the number of addresses it is kept for is bounded."""
    kept: dict[tuple[str, str, str], bytes] = current_app.extensions.setdefault(_KEPT, {})
    key = (describe.__name__, root(), form.name)
    if key not in kept:
        if len(kept) > 64:
            kept.clear()
        said = describe(site(), root())
        triples = sorted(said) if isinstance(said, Graph) else said  # the same bytes in every process
        kept[key] = exchange.written(triples, form.name, _PREFIXES)
    return kept[key]


def root() -> str:
    """The public address of the service; raises ParameterFault for a Host header that names no host."""
    if site().settings.public:
        return site().settings.public
    if not request.host:
        raise ParameterFault("The Host header does not name a host.")
    return request.url_root
