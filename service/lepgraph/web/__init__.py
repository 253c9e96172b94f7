"""The web service: Flask blueprints over a site. ``create_app`` takes the site, so that tests bring their own."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

from lepgraph.site import Site
from lepgraph.web import harvest, operations, pages, problems, quality, records, sparql, stored
from lepgraph.web.replies import EXTENSION

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
EXPOSED = "ETag, Link, Content-Location, Location, Retry-After, X-Request-Id"


def create_app(site: Site) -> Flask:
    """The WSGI application for one site."""
    app = Flask(__name__, static_folder="static", template_folder="templates")
    app.url_map.strict_slashes = False
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions[EXTENSION] = site
    for module in (pages, sparql, stored, records, quality, harvest, operations):
        app.register_blueprint(module.blueprint)
    problems.register(app)

    @app.context_processor
    def common() -> dict[str, object]:
        catalogue = site.content.catalogue
        return {"site": site, "catalogue": catalogue, "version": site.version}

    @app.before_request
    def name_request() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = (
            given if given.isascii() and given.isprintable() and 0 < len(given) <= 64 else secrets.token_hex(8)
        )

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Access-Control-Allow-Origin", "*")
        response.headers.setdefault("Access-Control-Expose-Headers", EXPOSED)
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return response

    return app
