"""Vocabularies and concept schemes as pages."""

from __future__ import annotations

from flask import Response, current_app, render_template
from rdflib import URIRef

from lepgraph.documenting import diagrams
from lepgraph.documenting.schemes import Scheme, scheme
from lepgraph.media import GRAPHS, HTML
from lepgraph.store import Query
from lepgraph.web.replies import alternates, reply, site

_KEPT = "lepgraph-schemes"


def unversioned(iri: str) -> str:
    """The vocabulary of which an IRI is the published version (``owl:versionIRI``); any other IRI itself."""
    here = site()
    rows = here.store.solutions(Query(here.library.pages["version"].bound({"version": URIRef(iri)})))
    return str(rows[0]["vocabulary"]) if rows else iri


def page(iri: str, address: str) -> Response:
    """The page of a vocabulary that has classes or properties, or of a scheme of concepts."""
    here = site()
    told = here.documenter.vocabulary(iri)
    headers = {"Link": alternates(address, GRAPHS)}
    if told.classes or told.others:
        drawing = diagrams.drawn(told.links)
        shown = render_template("vocabulary.html", told=told, drawing=drawing, address=address, forms=GRAPHS)
        return reply(shown, HTML, headers=headers)
    shown = render_template("scheme.html", told=_scheme(iri), address=address, forms=GRAPHS)
    return reply(shown, HTML, headers=headers)


def _scheme(iri: str) -> Scheme:
    """The documentation of a scheme, worked out once."""
    kept: dict[str, Scheme] = current_app.extensions.setdefault(_KEPT, {})
    if iri not in kept:
        here = site()
        kept[iri] = scheme(iri, here.documenter, here.describer, here.library, here.store)
    return kept[iri]
