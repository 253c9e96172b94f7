"""For those who run the service: health, readiness, measures, and what each kind of problem means."""

from __future__ import annotations

import json
from dataclasses import asdict

from flask import Blueprint, Response, render_template, request

from lepgraph import errors, measures
from lepgraph.errors import EngineAway, Fault, NotFound
from lepgraph.media import HTML, JSON, TEXT, Format, choose
from lepgraph.store import Query
from lepgraph.web.observing import RECORDER
from lepgraph.web.replies import reply, site

blueprint = Blueprint("operations", __name__)

OPENMETRICS = Format("application/openmetrics-text", "openmetrics", "OpenMetrics")


@blueprint.get("/health")
def health() -> Response:
    """The process answers."""
    return Response("ok\n", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


@blueprint.get("/ready")
def ready() -> Response:
    """A worker answers a query, or one of the endpoints elsewhere; raises an EngineFault otherwise."""
    said: dict[str, object] = {"ready": True, "version": site().version.digest}
    if endpoints := site().endpoints:
        if not any(endpoint.well for endpoint in endpoints):
            raise EngineAway("\n".join(endpoint.error for endpoint in endpoints))
        said["endpoints"] = [asdict(endpoint) for endpoint in endpoints]
    else:
        site().outside.solutions(Query(site().library.pages["ready"].text, seconds=2))
    body = f"{json.dumps(said)}\n"
    return Response(body, content_type=JSON.content_type, headers={"Cache-Control": "no-store"})


@blueprint.get("/metrics")
def metrics() -> Response:
    """The measures of all processes, as OpenMetrics if that is asked for, else as Prometheus text."""
    RECORDER.flush()
    wanted = choose(request.headers.get("Accept"), (TEXT, OPENMETRICS)) == OPENMETRICS
    body, content_type = measures.written(as_openmetrics=wanted)
    return Response(body, content_type=content_type, headers={"Cache-Control": "no-store", "Vary": "Accept"})


@blueprint.get("/problem/<slug>")
def problem(slug: str) -> Response:
    """What a kind of problem means."""
    kinds = {kind.slug(): kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Fault)}
    if slug not in kinds:
        raise NotFound(f"There is no kind of problem called {slug!r}.")
    return reply(
        render_template("kind.html", kind=kinds[slug], meaning=(kinds[slug].__doc__ or "").partition("\n")[0]), HTML
    )
