"""The shapes as pages and as RDF: what is checked, rule by rule."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template

from lepgraph.addresses import cut_suffix
from lepgraph.errors import NotFound
from lepgraph.media import GRAPHS, HTML, PAGE
from lepgraph.web.replies import alternates, negotiated, parameters, reply, site, written

blueprint = Blueprint("rules", __name__)


@blueprint.get("/shape")
@blueprint.get("/shape.<any(html,ttl,jsonld,rdf,nt):suffix>")
def index(suffix: str = "") -> Response:
    """All shapes."""
    parameters()
    answer = negotiated(PAGE, suffix)
    headers = {"Link": alternates("/shape", GRAPHS)}
    if answer != HTML:
        return reply(written(site().content.shapes, answer), answer, headers=headers)
    shapes = [shape for shape in site().rules.shapes.values() if shape.rules]
    return reply(render_template("shapes.html", shapes=shapes, forms=GRAPHS), HTML, headers=headers)


@blueprint.get("/shape/<name>")
def shape(name: str) -> Response:
    """One shape with its rules; the address of a rule leads to its place there."""
    parameters()
    rules = site().rules
    slug, suffix = cut_suffix(name)
    if slug in rules.owners and not suffix:
        return redirect(f"/shape/{rules.owners[slug]}#{slug}", 303)  # type: ignore[return-value]  # it is Flask's
    if slug not in rules.shapes:
        raise NotFound(f"There is no shape {slug[:80]!r}.", hint="All shapes are listed at /shape.")
    answer = negotiated(PAGE, suffix)
    headers = {"Link": alternates(f"/shape/{slug}", GRAPHS)}
    if answer != HTML:
        return reply(written(rules.part(slug), answer), answer, headers=headers)
    told = rules.shapes[slug]
    return reply(
        render_template("shape.html", told=told, address=f"/shape/{slug}", forms=GRAPHS), HTML, headers=headers
    )
