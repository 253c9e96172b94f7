"""The SPARQL endpoint: SPARQL 1.1 Protocol, query only. Each request goes check, answer, respond.

Queries from outside are parsed and run by the isolated engine, never in this process.
"""

from __future__ import annotations

import logging

from flask import Blueprint, Response, g, request

from lepgraph.errors import NotAcceptable
from lepgraph.logs import SHOWN_QUERY
from lepgraph.media import GEOJSON, GRAPHS, HTML, JSON
from lepgraph.store import Query
from lepgraph.web import asking, bench
from lepgraph.web.asking import Asked
from lepgraph.web.harvest import service_description
from lepgraph.web.observing import seen
from lepgraph.web.replies import answered, keeping, negotiated, reply, site
from lepgraph.web.tables import mapping

logger = logging.getLogger(__name__)
blueprint = Blueprint("sparql", __name__)

ALLOWED = "GET, HEAD, POST, QUERY, OPTIONS"


@blueprint.route("/sparql", methods=["GET", "POST", "QUERY"], provide_automatic_options=False)
def endpoint() -> Response:
    """A query is answered; without one, the service description (RDF asked) or the editor."""
    response = answer()
    response.headers["Accept-Query"] = ", ".join(asking.READ)
    return response


def answer() -> Response:
    """The answer to a request, in the format that it asks for."""
    asked = asking.read()
    query = asked.query()
    if query is not None:
        return respond(asked, query)
    form = negotiated((HTML, *GRAPHS))
    if form != HTML:
        return service_description(form)
    name = asked.only("question")
    return reply(bench.opened(bench.filled(site().library.question(name)) if name else ""), HTML)


def respond(asked: Asked, query: Query) -> Response:
    """The answer to a query, in the format that the request asks for."""
    seen(request.environ).query = True
    logger.debug("request %s asks %r", g.request_id, query.text[:SHOWN_QUERY])
    try:
        found = site().outside.answer(query, asked.formats)
    except NotAcceptable as fault:
        raise asked.refused(fault) from fault
    form = asked.picked[found.kind]
    if form == HTML:
        return reply(bench.answered(query.text, found), HTML, seconds=keeping(query.text))
    if form == GEOJSON:
        return reply(mapping(found), GEOJSON, seconds=keeping(query.text))
    return answered(found, validator=asked.validator(), text=query.text)


@blueprint.get("/sparql/terms.json")
def terms() -> Response:
    """What an editor offers while somebody types a query."""
    return reply(site().terms, JSON)


@blueprint.route("/sparql", methods=["OPTIONS"])
def options() -> Response:
    """What browsers ask before they let another site's page call us (CORS preflight)."""
    headers = {
        "Allow": ALLOWED,
        "Accept-Post": ", ".join(asking.READ),
        "Accept-Query": ", ".join(asking.READ),
        "Access-Control-Allow-Methods": ALLOWED,
        "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, X-Request-Id",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status=204, headers=headers)
