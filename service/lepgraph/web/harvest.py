"""What harvesters fetch: catalogue and VoID. Worked out once per dataset version and address."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import urljoin

from flask import Blueprint, Response, current_app, render_template, request

from lepgraph.catalogue import dcat, offers, saying, services
from lepgraph.catalogue.pages import PARAMETERS, asked
from lepgraph.catalogue.sheets import sheets
from lepgraph.catalogue.void import void
from lepgraph.errors import ParameterFault
from lepgraph.exchange import Triple
from lepgraph.media import GRAPHS, HTML, Format
from lepgraph.web.replies import alternates, negotiated, parameters, reply, site

blueprint = Blueprint("harvest", __name__)

_DESCRIPTIONS = "lepgraph-descriptions"


@blueprint.get("/catalog")
@blueprint.get("/catalog.<suffix>")
def catalog(suffix: str = "") -> Response:
    """The catalogue: a page, or DCAT, in pages too if those are asked for. Who asks for anything gets DCAT."""
    form = negotiated((*GRAPHS, HTML), suffix)
    given, here = parameters(*PARAMETERS), site()
    asks = {**given, "format": request.args["format"]} if request.args.get("format") and given else given
    page = asked(asks, len(offers.datasets(here)), urljoin(root(), request.path))
    links = alternates("/catalog", GRAPHS)
    if page:
        named = {"previous": "prev"}
        others = [(named.get(name, name), page.address(number)) for name, number in page.others().items()]
        links = ", ".join([links, *(f'<{address}>; rel="{name}"' for name, address in others)])
    if form == HTML:
        shown = sheets(here, root())
        html = render_template("catalog.html", sheets=shown, forms=GRAPHS, release=offers.current(here))
        return reply(html, HTML, headers={"Link": links}, validator=root())
    body = kept(("catalogue", page), form, lambda: dcat.catalogue(here, root(), page))
    return reply(body, form, headers={"Link": links}, validator=root())


@blueprint.get("/.well-known/void")
def well_known_void() -> Response:
    """The dataset as VoID, where harvesters look for it (VoID 7.2)."""
    form = negotiated(GRAPHS)
    return reply(kept(("void",), form, lambda: void(site(), root())), form, validator=root())


def service_description(form: Format) -> Response:
    """The endpoint's description of itself."""
    body = kept(("service",), form, lambda: services.service_description(site(), root()))
    return reply(body, form, validator=root())


def kept(what: tuple[object, ...], form: Format, describe: Callable[[], Iterable[Triple]]) -> bytes:
    """A description in a format, kept for the next request; the number of those that are kept is bounded."""
    held: dict[tuple[object, ...], bytes] = current_app.extensions.setdefault(_DESCRIPTIONS, {})
    key = (*what, root(), form.name)
    if key not in held:
        if len(held) > 64:
            held.clear()
        held[key] = saying.written(describe(), form)
    return held[key]


def root() -> str:
    """The public address of the service; raises ParameterFault for a Host header that names no host."""
    if site().settings.public:
        return site().settings.public
    if not request.host:
        raise ParameterFault("The Host header does not name a host.")
    return request.url_root
