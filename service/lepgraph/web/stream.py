"""The Linked Data Event Stream of the versions that were released."""

from __future__ import annotations

from flask import Blueprint, Response

from lepgraph import streaming
from lepgraph.errors import NotFound
from lepgraph.media import GRAPHS
from lepgraph.web.harvest import root
from lepgraph.web.paging import number_of_page
from lepgraph.web.replies import negotiated, parameters, reply, site
from lepgraph.web.versions import history

blueprint = Blueprint("stream", __name__)

FOR_EVER = 31536000


@blueprint.get("/ldes")
def first() -> Response:
    """The first page of the stream, which leads to the pages of each version."""
    parameters()
    history()
    form = negotiated(GRAPHS)
    body = streaming.written(streaming.first(site(), root()), form)
    return reply(body, form, validator=root())


@blueprint.get("/ldes/<number>/<page>")
def page(number: str, page: str) -> Response:
    """A page of a version, which never changes."""
    parameters()
    found = history()
    place = found.place(number)
    release = found.releases[place]
    if not release.released or release.number != number:
        raise NotFound(
            f"{number[:60]!r} is not the number of a version that was released.", hint="/ldes leads to them."
        )
    pages, wanted = streaming.pages(site(), place), number_of_page(page)
    if wanted > pages:
        raise NotFound(f"Version {number} has no page {wanted}.", hint=f"The last page is {pages}.")
    form = negotiated(GRAPHS)
    body = streaming.written(streaming.page(site(), place, wanted, root()), form)
    response = reply(body, form, validator=root(), seconds=FOR_EVER)
    response.headers["Cache-Control"] += ", immutable"
    return response
