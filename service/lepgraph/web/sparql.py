"""The SPARQL endpoint: SPARQL 1.1 Protocol, query only. Each request goes check, answer, respond.

Queries from outside are parsed and run by the isolated engine, never in this process.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass

from flask import Blueprint, Response, g, render_template, request

from lepgraph.describing import Value, shortened
from lepgraph.errors import NotAcceptable, TooLarge
from lepgraph.logs import SHOWN_QUERY
from lepgraph.media import GRAPHS, HTML, Kind
from lepgraph.store import Answer
from lepgraph.web import asking
from lepgraph.web.harvest import service_description
from lepgraph.web.observing import seen
from lepgraph.web.replies import answered, keeping, negotiated, reply, site

logger = logging.getLogger(__name__)
blueprint = Blueprint("sparql", __name__)

ALLOWED = "GET, HEAD, POST, QUERY, OPTIONS"
SHOWN_ROWS = 1000
SHOWN_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Shown:
    """An answer as the page shows it: a table, yes or no, or Turtle; ``cut`` tells how many rows there were in all."""

    kind: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Value | None, ...], ...] = ()
    total: int = 0
    text: str = ""
    boolean: bool = False


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
    if query is None:
        form = negotiated((HTML, *GRAPHS))
        if form == HTML:
            return reply(render_template("sparql.html", query="", shown=None, questions=site().library.questions), HTML)
        return service_description(form)
    seen(request.environ).query = True
    logger.debug("request %s asks %r", g.request_id, query.text[:SHOWN_QUERY])
    try:
        found = site().outside.answer(query, asked.formats)
    except NotAcceptable as fault:
        raise asked.refused(fault) from fault
    if asked.picked[found.kind] == HTML:
        shown = show(found)
        page = render_template("sparql.html", query=query.text, shown=shown, questions=site().library.questions)
        return reply(page, HTML, seconds=keeping(query.text))
    return answered(found, validator=asked.validator(), text=query.text)


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


def show(answer: Answer) -> Shown:
    """An answer in JSON or Turtle as a page shows it; raises TooLarge if it is too long for a page."""
    pieces: list[bytes] = []
    size = 0
    for piece in answer.chunks:
        pieces.append(piece)
        size += len(piece)
        if size > SHOWN_BYTES:
            raise TooLarge("The answer is too long for a page.", hint="Download it as CSV or JSON, or add a LIMIT.")
    text = b"".join(pieces).decode()
    if answer.kind == Kind.GRAPH:
        return Shown("graph", text=text)
    found = json.loads(text)
    if answer.kind == Kind.BOOLEAN:
        return Shown("boolean", boolean=found["boolean"])
    columns = tuple(found["head"]["vars"])
    bindings = found["results"]["bindings"]
    iris = {term["value"] for row in bindings[:SHOWN_ROWS] for term in row.values() if term["type"] == "uri"}
    labels = site().describer.labels(iris)
    rows = tuple(tuple(_cell(row.get(column), labels) for column in columns) for row in bindings[:SHOWN_ROWS])
    return Shown("solutions", columns, rows, total=len(bindings))


def _cell(term: dict[str, str] | None, labels: dict[str, str]) -> Value | None:
    if term is None:
        return None
    if term["type"] == "uri":
        return site().describer.link(term["value"], labels)
    number = term.get("datatype", "").rpartition("#")[2] in ("integer", "decimal", "double")
    language = term.get("xml:lang", "")
    return Value(term["value"] if language else shortened(term["value"]), language=language, number=number)
