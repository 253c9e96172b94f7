"""Every error as a problem document (RFC 9457): JSON for programs, HTML for browsers, text for terminals."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from urllib.parse import urlencode

from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException, RequestedRangeNotSatisfiable

from lepgraph import errors
from lepgraph.errors import (
    EngineBusy,
    EngineFault,
    Fault,
    MethodRefused,
    NotAcceptable,
    NotFound,
    QueryFault,
    RequestFault,
    TooLarge,
    TooMany,
    TooSlow,
)
from lepgraph.media import HTML, PROBLEM_JSON, TEXT, Format, choose
from lepgraph.web.nearby import near
from lepgraph.web.observing import seen
from lepgraph.web.replies import site

logger = logging.getLogger(__name__)

_HTTP: dict[int, type[Fault]] = {
    404: NotFound,
    405: MethodRefused,
    413: TooLarge,
    414: errors.AddressTooLong,
    416: errors.RangeRefused,
}


def register(app: Flask) -> None:
    """Answers every exception with a problem document."""
    app.register_error_handler(Fault, answer)
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(Exception, unforeseen)


def answer(fault: Fault) -> Response:
    """The problem document of a fault."""
    _keep_addresses(fault)
    form = _form()
    g.failed = True
    if isinstance(fault, NotFound):
        with suppress(Fault):
            fault.near = near(request.path)
    seen(request.environ).problem = fault.slug()
    document = {
        "type": f"/problem/{fault.slug()}",
        "title": fault.title,
        "status": fault.status,
        "detail": fault.detail,
        "hint": fault.hint,
        "request": g.get("request_id", ""),
        **fault.extensions(),
    }
    if form == HTML:
        body = render_template("problem.html", fault=fault, query=g.get("query", ""), others=_others(fault))
    elif form == TEXT:
        excerpt = fault.excerpt if isinstance(fault, QueryFault) else ""
        body = "\n".join(filter(None, (f"{fault.status} {fault.title}", fault.detail, excerpt, fault.hint))) + "\n"
    else:
        body = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    response = Response(body, status=fault.status, content_type=form.content_type)
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(fault.headers())
    if isinstance(fault, TooSlow):
        response.headers["Connection"] = "close"  # what may still come is no other request
    if isinstance(fault, TooMany):
        response.headers["Retry-After"] = str(fault.seconds)
    if isinstance(fault, EngineBusy):
        response.headers["Retry-After"] = "5"
    return response


def _keep_addresses(fault: Fault) -> None:
    """Takes the addresses of stores elsewhere, which are nobody else's business, out of what the world is told.

    The log has them, and so has ``/ready``, which is for those who run the service.
    """
    stores = site().settings.stores.split()
    if isinstance(fault, EngineFault) and any(address in fault.detail for address in stores):
        logger.warning("%s", fault.detail)
        if request.path != "/ready":
            for address in stores:
                fault.detail = fault.detail.replace(address, "The store behind this service")


def from_http(error: HTTPException) -> Response:
    """An error of the framework as a problem document; redirects pass through."""
    if error.code is not None and error.code < 400:
        return Response(error.get_body(), error.code, dict(error.get_headers()))
    kind = _HTTP.get(error.code or 500, RequestFault if (error.code or 500) < 500 else Fault)
    details = {
        404: f"There is nothing at {request.path}.",
        405: f"{request.path} does not answer {request.method}.",
    }
    fault = kind(details.get(error.code or 500, error.description or kind.title))
    if isinstance(error, RequestedRangeNotSatisfiable) and error.length:
        fault.hint = f"The whole has {error.length} bytes: ask for bytes=0-{error.length - 1}, or a part of that."
    response = answer(fault)
    if error.code:
        response.status_code = error.code
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted({*allowed, "OPTIONS"}))
    if isinstance(error, RequestedRangeNotSatisfiable):
        response.headers["Content-Range"] = f"bytes */{error.length}"
    return response


def unforeseen(error: Exception) -> Response:
    """The one place that catches everything: logs it, and shows nothing of it."""
    logger.error("request %s failed", g.get("request_id", ""), exc_info=error)
    return answer(Fault("The service failed; this was recorded.", hint=f"Request {g.get('request_id', '')}."))


def _others(fault: Fault) -> list[tuple[str, str]]:
    """The media types on offer, each with the address of the same thing in it."""
    if not isinstance(fault, NotAcceptable) or request.method not in ("GET", "HEAD"):
        return []
    given = {name: value for name, value in request.args.items() if name != "format"}
    return [(offer, f"?{urlencode({**given, 'format': offer})}") for offer in fault.offers if "/" in offer]


def _form() -> Format:
    offers = (PROBLEM_JSON, HTML, TEXT)
    return choose(request.headers.get("Accept"), offers) or PROBLEM_JSON
