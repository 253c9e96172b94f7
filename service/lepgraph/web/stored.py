"""Stored queries on the web: a page for each question, and its answer in every format, whole or in pieces."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for

from lepgraph.addresses import cut_suffix
from lepgraph.errors import ParameterFault
from lepgraph.media import GEOJSON, HTML, OFFERS, RESULTS_JSON, Format, Kind, named
from lepgraph.querying import RESERVED, StoredQuery
from lepgraph.store import FIRST_OF_EACH, Query
from lepgraph.web import forms, paging
from lepgraph.web.asking import addressed
from lepgraph.web.harvest import root
from lepgraph.web.observing import seen
from lepgraph.web.paging import Piece
from lepgraph.web.replies import answered, keeping, negotiated, reply, site
from lepgraph.web.rows import Rows
from lepgraph.web.samples import samples
from lepgraph.web.tables import mapping, show

blueprint = Blueprint("stored", __name__)

OFFERED: tuple[Format, ...] = (*OFFERS[Kind.SOLUTIONS], HTML, GEOJSON)
"""The formats of answers; GeoJSON is only for those that are shown on a map."""


@blueprint.get("/queries")
def shelf() -> Response:
    """The questions by topic, those that hold some words if any are given."""
    given = addressed()
    unknown = set(given) - {"q", "format"}
    if unknown:
        raise ParameterFault(f"There is no parameter {min(unknown)[:40]} here.", hint="The list knows q: words.")
    words = given.get("q", "").casefold().split()
    topics = {
        topic: [query for query in queries if all(word in _searched(query) for word in words)]
        for topic, queries in site().library.topics.items()
    }
    found = {topic: queries for topic, queries in topics.items() if queries}
    number = len({query.name for queries in found.values() for query in queries})
    return reply(render_template("queries.html", topics=found, number=number, words=given.get("q", "")), HTML)


@blueprint.get("/queries/<name>")
def question(name: str) -> Response:
    """One question: its form and, once its parameters are there, its answer."""
    stem, suffix = _cut(name)
    query = site().library.question(stem)
    form = negotiated(offered(query), suffix)
    given = addressed()
    values = {key: value for key, value in given.items() if key not in RESERVED}
    if form == HTML and not any(values.values()) and any(parameter.required for parameter in query.parameters):
        return _page(query, {}, {}, text=query.text)
    terms, faults = site().choices.terms(query, values)
    piece = None
    try:
        piece = paging.asked(given)
    except ParameterFault as fault:
        faults["limit" if "limit" in fault.detail else "offset"] = fault
    if faults:
        return _refused(query, values, faults, form)
    text = query.bound(terms)
    seen(request.environ).query = True
    total = _total(text) if piece else 0
    headers = {"Link": _links(stem, form, given, piece, total)} if piece else {}
    made = form in (HTML, GEOJSON)
    formats = {**FIRST_OF_EACH, Kind.SOLUTIONS: FIRST_OF_EACH[Kind.SOLUTIONS] if made else form}
    answer = site().outside.answer(Query(piece.of(text) if piece else text, base=site().addresses.base), formats)
    if form == HTML:
        others = piece.addresses(url_for("stored.question", name=stem), _told(given), total) if piece else {}
        more = {"piece": piece, "total": total, "others": others}
        response = _page(query, values, {}, text=text, shown=show(answer, query), **more)
    elif form == GEOJSON:
        response = reply(mapping(answer, query), form, seconds=keeping(text))
    else:
        response = answered(answer, text=text)
    response.headers.update(headers)
    return response


def offered(query: StoredQuery) -> tuple[Format, ...]:
    """The formats of the answer to a question."""
    mapped = any(item.kind == "map" for item in query.shows)
    return OFFERED if mapped else tuple(form for form in OFFERED if form != GEOJSON)


def _page(
    query: StoredQuery, values: Mapping[str, str], faults: Mapping[str, ParameterFault], text: str, **more: object
) -> Response:
    """The page of a question; with status 400 where something is wrong with what was given."""
    asked = f"?{urlencode(_told(values))}" if _told(values) else ""
    formats = [form for form in offered(query) if form != HTML]
    page = render_template(
        "query.html",
        stored=query,
        given=values,
        fields=forms.fields(query, values, faults, example=not values),
        strangers=forms.strangers(query, faults),
        example=urlencode({parameter.name: parameter.example for parameter in query.parameters if parameter.required}),
        formats=formats,
        asked=asked,
        geojson=url_for("stored.question", name=f"{query.name}.geojson") + asked if GEOJSON in formats else "",
        text=text,
        samples=samples(text.strip(), f"{root().rstrip('/')}/sparql", Kind.SOLUTIONS) if more else (),
        **more,
    )
    return reply(page, HTML, status=400 if faults else 200, seconds=keeping(text))


def _refused(
    query: StoredQuery, values: Mapping[str, str], faults: Mapping[str, ParameterFault], form: Format
) -> Response:
    """What is wrong with the parameters: the form again for a person, a problem document for a program."""
    first = next(iter(faults.values()))
    if form != HTML:
        said = {name: f"{fault.detail} {fault.hint}".strip() for name, fault in faults.items()}
        raise ParameterFault(first.detail, hint=first.hint, parameters=said)
    seen(request.environ).problem = first.slug()
    return _page(query, values, faults, text=query.text)


def _total(text: str) -> int:
    """How many rows the whole answer has."""
    formats = {**FIRST_OF_EACH, Kind.SOLUTIONS: RESULTS_JSON}
    answer = site().outside.answer(Query(text, base=site().addresses.base), formats)
    rows = Rows(answer.format)
    for chunk in answer.chunks:
        rows.feed(chunk)
    return rows.number() or 0


def _links(stem: str, form: Format, given: Mapping[str, str], piece: Piece, total: int) -> str:
    """The Link header that leads to the other pieces in the same format."""
    name = stem if form == HTML else f"{stem}.{form.name}"
    found = piece.addresses(url_for("stored.question", name=name), _told(given), total)
    return ", ".join(f'<{address}>; rel="{relation}"' for relation, address in found.items())


def _told(given: Mapping[str, str]) -> dict[str, str]:
    """What was given of the question itself."""
    return {name: value for name, value in given.items() if name not in RESERVED and value}


def _searched(query: StoredQuery) -> str:
    parameters = " ".join(parameter.description for parameter in query.parameters)
    return f"{query.summary} {query.description} {' '.join(query.tags)} {parameters}".casefold()


def _cut(name: str) -> tuple[str, str]:
    """A query's name and the format that its ending asks for."""
    stem, dot, ending = name.rpartition(".")
    if dot and named(ending, OFFERED) is not None:
        return stem, ending
    return cut_suffix(name)
