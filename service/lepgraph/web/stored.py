"""Stored queries on the web: a page for each question, and its answer in every format."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for
from rdflib.term import Node

from lepgraph.addresses import cut_suffix
from lepgraph.errors import ParameterFault
from lepgraph.media import GEOJSON, HTML, OFFERS, Format, Kind, named
from lepgraph.querying import StoredQuery
from lepgraph.store import FIRST_OF_EACH, Query
from lepgraph.web.observing import seen
from lepgraph.web.replies import answered, keeping, negotiated, only, reply, site
from lepgraph.web.tables import mapping, show

blueprint = Blueprint("stored", __name__)

_BESIDE = frozenset({"format"})


@blueprint.get("/queries")
def shelf() -> Response:
    """The questions, by topic."""
    return reply(render_template("queries.html", topics=site().library.topics), HTML)


@blueprint.get("/queries/<name>")
def question(name: str) -> Response:
    """One question: its form and, once its parameters are there, its answer."""
    stem, suffix = _cut(name)
    query = site().library.question(stem)
    mapped = any(item.kind == "map" for item in query.shows)
    offers: tuple[Format, ...] = (*OFFERS[Kind.SOLUTIONS], HTML, *((GEOJSON,) if mapped else ()))
    form = negotiated(offers, suffix)
    given = {key: only(key, request.args.getlist(key)) for key in request.args if key not in _BESIDE}
    if form == HTML and not any(given.values()) and any(parameter.required for parameter in query.parameters):
        return reply(render_template("query.html", stored=query, given={}, shown=None, text=query.text), HTML)
    terms = query.terms(given, site().addresses)
    _known(query, terms)
    text = query.bound(terms)
    made = form in (HTML, GEOJSON)
    formats = {**FIRST_OF_EACH, Kind.SOLUTIONS: FIRST_OF_EACH[Kind.SOLUTIONS] if made else form}
    seen(request.environ).query = True
    answer = site().outside.answer(Query(text, base=site().addresses.base), formats)
    if not made:
        return answered(answer, text=text)
    if form == GEOJSON:
        return reply(mapping(answer, query), form, seconds=keeping(text))
    shown = show(answer, query)
    asked = f"?{urlencode(given)}" if given else ""
    geojson = url_for("stored.question", name=f"{stem}.geojson") + asked if mapped else ""
    page = render_template(
        "query.html", stored=query, given=given, shown=shown, text=text, asked=asked, geojson=geojson
    )
    return reply(page, HTML, seconds=keeping(text))


def _known(query: StoredQuery, terms: Mapping[str, Node]) -> None:
    """Raises ParameterFault for a thing of which the graph says nothing: no rows would read as a fact about it."""
    wanted = {item.name: str(terms[item.name]) for item in query.parameters if item.concept and item.name in terms}
    labels = site().describer.labels(wanted.values()) if wanted else {}
    for parameter in query.parameters:
        if wanted.get(parameter.name, "") not in {"", *labels}:
            lists = f"/{parameter.concept}" if parameter.concept.startswith("def/") else f"/id/{parameter.concept}"
            reason = f"The graph says nothing of {wanted[parameter.name]}, which {parameter.name} names."
            raise ParameterFault(reason, hint=f"{lists} lists all that there are.")


def _cut(name: str) -> tuple[str, str]:
    """A query's name and the format that its ending asks for."""
    stem, dot, ending = name.rpartition(".")
    if dot and named(ending, (*OFFERS[Kind.SOLUTIONS], HTML, GEOJSON)) is not None:
        return stem, ending
    return cut_suffix(name)
