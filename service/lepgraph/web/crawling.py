"""What crawlers fetch without being told where: sitemap, robots.txt and ``/.well-known/``, but for VoID."""

from __future__ import annotations

import json
from typing import cast

from flask import Blueprint, Response, current_app

from lepgraph import crawling
from lepgraph.crawling import TABLES, WELL_KNOWN, Sitemap
from lepgraph.errors import NotFound
from lepgraph.media import LINKSET, TEXT, XML
from lepgraph.web.harvest import root
from lepgraph.web.replies import parameters, reply, site

blueprint = Blueprint("crawling", __name__)

PROFILE = "https://www.rfc-editor.org/info/rfc9727"
"""The profile of the link set that names the interfaces (RFC 9727, 4.2)."""

_KEPT = "lepgraph-sitemap"
_DAY = 86400


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Pages may be read; queries may not be crawled."""
    return reply(crawling.robots(root()), TEXT, validator=root(), seconds=_DAY)


@blueprint.get("/sitemap.xml")
def index() -> Response:
    """The sitemap, which names its parts."""
    parameters()
    return reply(_sitemap().index(root()), XML, validator=root())


@blueprint.get("/sitemap/<name>.xml")
def part(name: str) -> Response:
    """A part of the sitemap: pages with the days of their last changes."""
    parameters()
    return reply(_sitemap().part(name, root()), XML, validator=root())


@blueprint.get("/.well-known/api-catalog")
def interfaces() -> Response:
    """What programs can talk to (RFC 9727), which says of itself that it is that, for HEAD too."""
    parameters()
    address = f"{root().rstrip('/')}/.well-known/api-catalog"
    headers = {
        "Content-Type": f'{LINKSET.media_type}; profile="{PROFILE}"',
        "Link": f'<{address}>; rel="api-catalog"; type="{LINKSET.media_type}"',
    }
    body = json.dumps(crawling.interfaces(site(), root()), indent=1) + "\n"
    return reply(body, LINKSET, headers=headers, validator=root())


@blueprint.get("/.well-known/csvm")
def tables() -> Response:
    """Where the metadata of CSV files is; without an end of line, which readers take for one more place."""
    parameters()
    return reply(TABLES, TEXT, seconds=_DAY)


@blueprint.get("/.well-known/<path:name>")
def unknown(name: str) -> Response:
    """Says what there is in place of what there is not."""
    there = ", ".join(f"/.well-known/{known}" for known in WELL_KNOWN)
    raise NotFound(f"There is no /.well-known/{name[:60]} here.", hint=f"There are {there}.")


def _sitemap() -> Sitemap:
    return cast("Sitemap", current_app.extensions.setdefault(_KEPT, Sitemap(site())))
