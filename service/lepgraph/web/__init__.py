"""The web service: Flask blueprints over a site. ``create_app`` takes the site, so that tests bring their own.

``served`` is what a server runs: the application behind its response cache, observed. ``warm`` makes its first pages
quick.
"""

from __future__ import annotations

import logging

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from lepgraph import __version__, measures
from lepgraph.errors import EngineBusy, Fault, HeadersTooLarge, MethodRefused, ParameterFault
from lepgraph.site import Site
from lepgraph.web import (
    api,
    citations,
    comparing,
    contexts,
    crawling,
    dumps,
    harvest,
    kept,
    limiting,
    linking,
    lists,
    mementos,
    operations,
    pages,
    problems,
    quality,
    records,
    rules,
    scripts,
    searching,
    sparql,
    stored,
    stream,
    versions,
)
from lepgraph.web.caching import Caching
from lepgraph.web.observing import Application, Observing, seen
from lepgraph.web.receiving import Receiving
from lepgraph.web.replies import EXTENSION, admitted, finished
from lepgraph.web.seating import Seating

logger = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
EXPOSED = (
    "ETag, Link, Content-Location, Location, Retry-After, X-Request-Id, Cache-Status, RateLimit, RateLimit-Policy, "
    "Accept-Ranges, Content-Disposition, Content-Range, Repr-Digest"
)
MOST_OF_HEADERS = 64 * 1024
"""Characters that the headers of a request may have; the server refuses a longer address by itself."""

COMMON = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", EXPOSED),
)
"""Headers that a response has unless it has its own."""

PARTS = (
    pages,
    contexts,
    lists,
    comparing,
    sparql,
    kept,
    stored,
    searching,
    records,
    rules,
    quality,
    harvest,
    crawling,
    versions,
    stream,
    dumps,
    operations,
    api,
)
"""What gives the application its routes, but for what looks at requests of others too."""


def create_app(site: Site) -> Flask:
    """The WSGI application for one site."""
    app = Flask(__name__, static_folder="static", template_folder="templates")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    app.url_map.strict_slashes = False
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions[EXTENSION] = site
    for module in PARTS:
        app.register_blueprint(module.blueprint)
    problems.register(app)
    scripts.register(app)
    limiting.register(app, site.settings)

    @app.context_processor
    def common() -> dict[str, object]:
        catalogue = site.content.catalogue
        return {"site": site, "catalogue": catalogue, "version": site.version, "root": harvest.root}

    @app.before_request
    def begin() -> None:
        notes = seen(request.environ)
        g.request_id = notes.request_id
        notes.route = request.url_rule.rule if request.url_rule else ""
        known()
        if not notes.seated:
            measures.refusals.inc()
            raise EngineBusy("Too many long requests are being answered.", hint="Try again in a few seconds.")
        admitted()

    app.register_blueprint(mementos.blueprint)
    app.register_blueprint(citations.blueprint)  # what it looks at comes after what every request goes through

    @app.after_request
    def finish(response: Response) -> Response:
        try:
            return finished(dressed(response))
        except (Fault, HTTPException) as error:
            response.close()
            return dressed(problems.answer(error) if isinstance(error, Fault) else problems.from_http(error))

    linking.register(app)
    return app


def known() -> None:
    """Raises a RequestFault for a head that cannot be one: method, host, length (RFC 9110, 9.1; RFC 9112, 3.2)."""
    method = request.environ["REQUEST_METHOD"]
    if method != method.upper():
        raise MethodRefused(f"There is no method {method}.", hint="Names of methods are written in capitals.")
    given = bool(request.environ.get("HTTP_HOST"))
    if (given and not request.host) or (not given and request.environ.get("SERVER_PROTOCOL") == "HTTP/1.1"):
        raise ParameterFault("The Host header does not name a host.")
    if sum(len(value) for name, value in request.environ.items() if name.startswith("HTTP_")) > MOST_OF_HEADERS:
        raise HeadersTooLarge(
            f"The headers have more than {MOST_OF_HEADERS} characters.", hint="Put queries in a body."
        )


def dressed(response: Response) -> Response:
    """The response with the headers that each has."""
    headers = response.headers
    present = {name.lower() for name, _ in headers}
    for name, value in COMMON:
        if name.lower() not in present:
            headers.add(name, value)
    if not seen(request.environ).lasting and "cache-control" not in present:
        headers.add("Cache-Control", "no-store")
    return response


def warm(app: Flask) -> None:
    """Does what the first pages of a process would wait for, without asking the store."""
    import shapely  # noqa: F401, PLC0415 - a fifth of a second, before the first map is drawn

    site: Site = app.extensions[EXTENSION]
    logger.debug("%d classes are narrower than others", len(site.sections.hierarchy))
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)


def served(site: Site, app: Flask | None = None) -> Application:
    """What a server runs for one site. It holds nothing of any other, so that it can be changed over whole."""
    settings = site.settings
    measures.serving(site.version.digest, __version__)
    cache = Caching((app or create_app(site)).wsgi_app, settings.cache_megabytes * 1024 * 1024, at=settings.public)
    seating = Seating(cache, settings.threads - max(1, settings.threads // 4), cache.kept)
    observing = Observing(Receiving(seating, settings.body_seconds))
    return ProxyFix(observing, x_for=settings.proxies, x_proto=0) if settings.proxies else observing
