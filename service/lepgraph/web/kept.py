"""Short permanent links to queries: POST /q keeps one, /q/{name} is its answer in every format, and its workbench."""

from __future__ import annotations

import json

from flask import Blueprint, Response, request, url_for

from lepgraph.errors import NotKept, ParameterFault, Refused
from lepgraph.media import HTML, JSON
from lepgraph.web import asking
from lepgraph.web.replies import negotiated, reply, site
from lepgraph.web.sparql import respond

blueprint = Blueprint("kept", __name__)

_KNOWN = frozenset({"format", "timeout"})


@blueprint.post("/q")
def keep() -> Response:
    """Keeps a query and leads to its link; to programs the link is told in JSON."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "same-site", "none"):
        raise Refused("Short links are not made from pages of other sites.", hint="Make it on the page /sparql here.")
    if not site().links.offered:
        raise NotKept("Short links are not made here.", hint="The long address of the query works.")
    form = negotiated((HTML, JSON))
    name = site().links.keep(asking.read().only("query"))
    address = url_for("kept.answer", name=name)
    if form == HTML:
        return Response(status=303, headers={"Location": address, "Vary": "Accept", "Cache-Control": "no-store"})
    body = json.dumps({"name": name, "address": address}) + "\n"
    return reply(body, JSON, status=201, headers={"Location": address})


@blueprint.get("/q/<name>")
def answer(name: str) -> Response:
    """The answer to the query that is kept under a name."""
    asked = asking.read()
    for key, _ in asked.parameters:
        if key not in _KNOWN:
            raise ParameterFault(f"A short link has no parameter {key[:60]}.", hint="Known here: format, timeout.")
    return respond(asked, asked.asking(site().links.text(name)))
