"""The SPARQL endpoint: SPARQL 1.1 Protocol, query only. Each request goes check, answer, respond.

Queries from outside are parsed and run by the isolated engine, never in this process.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from lepgraph.describing import Value, shortened
from lepgraph.errors import ParameterFault, Refused, TooLarge, UnsupportedMedia
from lepgraph.media import GRAPHS, HTML, OFFERS, Format, Kind
from lepgraph.media import choose as choose_format
from lepgraph.media import named as named_format
from lepgraph.store import FIRST_OF_EACH, Answer, Formats, Query
from lepgraph.web.harvest import service_description
from lepgraph.web.replies import answered, body, keeping, negotiated, only, reply, site

blueprint = Blueprint("sparql", __name__)

QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"
FORM_TYPE = "application/x-www-form-urlencoded"
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
    milliseconds: int = 0


@blueprint.route("/sparql", methods=["GET", "POST"], provide_automatic_options=False)
def endpoint() -> Response:
    """A query is answered; without one, the service description (RDF asked) or the editor."""
    query = checked()
    if query is None:
        form = negotiated((HTML, *GRAPHS))
        if form == HTML:
            return reply(render_template("sparql.html", query="", shown=None, questions=site().library.questions), HTML)
        return service_description(form)
    formats, page = chosen()
    started = time.monotonic()
    answer = site().outside.answer(query, formats)
    if page:
        shown = show(answer, round((time.monotonic() - started) * 1000))
        html = render_template("sparql.html", query=query.text, shown=shown, questions=site().library.questions)
        return reply(html, HTML, seconds=keeping(query.text))
    return answered(answer, validator=query.text)


@blueprint.route("/sparql", methods=["OPTIONS"])
def options() -> Response:
    """What browsers ask before they let another site's page call us (CORS preflight)."""
    headers = {
        "Allow": "GET, HEAD, POST, OPTIONS",
        "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
        "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, X-Request-Id",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status=204, headers=headers)


def checked() -> Query | None:
    """The query of the request (SPARQL 1.1 Protocol 2.1); raises a RequestFault for anything that is not one."""
    limit = site().settings.query_length
    arguments = request.args
    direct = ""
    if request.method == "POST":
        kind = (request.mimetype or "").lower()
        if kind == UPDATE_TYPE:
            raise Refused("This endpoint answers queries and takes no updates.")
        if kind == QUERY_TYPE:
            try:
                direct = body(limit).decode("utf-8")
            except UnicodeDecodeError:
                raise ParameterFault("The query is not UTF-8.") from None
        elif kind == FORM_TYPE:
            if (request.content_length or 0) > 3 * limit:
                raise TooLarge(f"The form has more than {3 * limit} bytes, which is the limit.")
            request.max_form_memory_size = 3 * limit
            arguments = request.form
        else:
            raise UnsupportedMedia(
                f"{kind or 'A body without a media type'} is not read here.", hint=f"Send {QUERY_TYPE} or {FORM_TYPE}."
            )
    if arguments.get("update"):
        raise Refused("This endpoint answers queries and takes no updates.")
    text = direct or only("query", arguments.getlist("query"))
    if not text.strip():
        if request.method == "POST" or "query" in request.args:
            raise ParameterFault("The query is empty.", hint="Put SPARQL into the parameter query.")
        return None
    if len(text.encode("utf-8", "replace")) > limit:
        raise TooLarge(f"The query has more than {limit} bytes, which is the limit.")
    return Query(
        text,
        base=f"{site().addresses.base}",
        default_graphs=tuple(arguments.getlist("default-graph-uri")),
        named_graphs=tuple(arguments.getlist("named-graph-uri")),
        seconds=_seconds(only("timeout", arguments.getlist("timeout"))),
    )


def chosen() -> tuple[Formats, bool]:
    """For each kind of answer the format that the client gets, and whether it wants a page instead."""
    several = dict.fromkeys(request.values.getlist("format"))  # SPARQLWrapper repeats those of earlier requests
    wanted = next(iter(several)) if len(several) == 1 else ""
    accept = request.headers.get("Accept")

    def pick(kind: Kind) -> Format | None:
        offers = (*OFFERS[kind], HTML)
        return named_format(wanted, offers) if wanted else choose_format(accept, offers)

    picked = {kind: pick(kind) for kind in Kind}
    page = HTML in picked.values()
    return (FIRST_OF_EACH if page else picked), page


def show(answer: Answer, milliseconds: int) -> Shown:
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
        return Shown("graph", text=text, milliseconds=milliseconds)
    found = json.loads(text)
    if answer.kind == Kind.BOOLEAN:
        return Shown("boolean", boolean=found["boolean"], milliseconds=milliseconds)
    columns = tuple(found["head"]["vars"])
    bindings = found["results"]["bindings"]
    iris = {term["value"] for row in bindings[:SHOWN_ROWS] for term in row.values() if term["type"] == "uri"}
    labels = site().describer.labels(iris)
    rows = tuple(tuple(_cell(row.get(column), labels) for column in columns) for row in bindings[:SHOWN_ROWS])
    return Shown("solutions", columns, rows, total=len(bindings), milliseconds=milliseconds)


def _cell(term: dict[str, str] | None, labels: dict[str, str]) -> Value | None:
    if term is None:
        return None
    if term["type"] == "uri":
        return site().describer.link(term["value"], labels)
    number = term.get("datatype", "").rpartition("#")[2] in ("integer", "decimal", "double")
    language = term.get("xml:lang", "")
    return Value(term["value"] if language else shortened(term["value"]), language=language, number=number)


def _seconds(text: str) -> float | None:
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e6:
        raise ParameterFault(f"timeout must be a number of seconds above zero, not {text!r}.")
    return seconds
