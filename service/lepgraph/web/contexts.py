"""The JSON-LD context of the content, at the address by which records name it."""

from __future__ import annotations

from flask import Blueprint, Response

from lepgraph.media import JSON_LD
from lepgraph.validation.reading import contexts
from lepgraph.web.replies import parameters, reply, site

blueprint = Blueprint("contexts", __name__)


@blueprint.get(f"/{contexts.ADDRESS}")
def context() -> Response:
    """The context, which nothing has to be asked for."""
    parameters()
    return reply(contexts.document(site().context), JSON_LD)
