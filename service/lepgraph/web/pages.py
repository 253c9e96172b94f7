"""Linked-data pages: home, things and their documents, lists, vocabularies, named graphs.

``/id/…`` answers 303 with its document (Cool URIs for the Semantic Web, 4.2); a document comes in every format by
negotiation and by suffix.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, redirect, render_template, request, url_for
from rdflib import Literal, URIRef
from rdflib.term import Node

from lepgraph.addresses import acceptable_segment, cut_suffix
from lepgraph.describing import Description, Value
from lepgraph.errors import NotFound, ParameterFault
from lepgraph.media import GRAPHS, HTML, OFFERS, PAGE, Format, Kind
from lepgraph.store import FIRST_OF_EACH, Query
from lepgraph.web.replies import alternates, negotiated, only, reply, site
from lepgraph.words import local_name

blueprint = Blueprint("pages", __name__)

LISTED = 600
"""Things that the page of a list shows; the other forms have them all."""


@blueprint.get("/")
def home() -> Response:
    """What there is: the concepts with their numbers, the vocabularies, or the classes of the files served."""
    here = site()
    rows = here.store.solutions(Query(here.library.pages["schemes"].text))
    schemes = [
        Value(str(row.get("label") or local_name(str(row["scheme"]))), _path(str(row["scheme"]))) for row in rows
    ]
    classes = []
    if here.version.files:
        rows = here.store.solutions(Query(here.library.pages["classes"].text))
        labels = here.describer.labels(str(row["class"]) for row in rows)
        classes = [
            (here.describer.link(str(row["class"]), labels), str(row["class"]), int(str(row["number"]))) for row in rows
        ]
    page = render_template("home.html", numbers=here.numbers, schemes=schemes, classes=classes, library=here.library)
    return reply(page, HTML)


@blueprint.get("/id/<concept>/<key>")
def thing(concept: str, key: str) -> Response:
    """A thing is not a page: 303 to its document, in the form that a suffix names."""
    stem, suffix = cut_suffix(key)
    if not (acceptable_segment(concept) and acceptable_segment(key)):
        raise NotFound(f"{request.path} cannot be an identifier.")
    target = url_for("pages.document", concept=concept, key=stem + (f".{suffix}" if suffix else ""))
    response = redirect(target, 303)
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response  # type: ignore[return-value]  # werkzeug's response is flask's here


@blueprint.get("/doc/<concept>/<key>")
def document(concept: str, key: str) -> Response:
    """The document about a thing."""
    stem, suffix = cut_suffix(key)
    return _about(
        str(site().addresses.thing(concept, stem)), url_for("pages.document", concept=concept, key=stem), suffix
    )


@blueprint.get("/def/<path:path>")
def definition(path: str) -> Response:
    """A vocabulary or a scheme with all its terms, or one concept of a scheme."""
    stem, suffix = cut_suffix(path)
    iri = str(site().addresses.definition(stem))
    terms = _terms(iri)
    address = url_for("pages.definition", path=stem)
    if not terms:
        return _about(iri, address, suffix)
    form = negotiated(PAGE, suffix)
    if form != HTML:
        return _triples("vocabulary-graph", {"vocabulary": URIRef(iri)}, address, form)
    described = site().describer.describe(iri)
    page = render_template("vocabulary.html", iri=iri, described=described, terms=terms, address=address, forms=GRAPHS)
    return reply(page, HTML, headers={"Link": alternates(address, GRAPHS)})


@blueprint.get("/graph/<path:path>")
def graph(path: str) -> Response:
    """A named graph: what one source says in one register."""
    stem, suffix = cut_suffix(path)
    iri = f"{site().addresses.base}graph/{stem}"
    form = negotiated(PAGE, suffix)
    address = url_for("pages.graph", path=stem)
    if form == HTML:
        return _about(iri, address, suffix)
    return _triples("graph", {"graph": URIRef(iri)}, address, form)


@blueprint.get("/data/<path:path>")
def data(path: str) -> Response:
    """What the catalogue says of a dataset or its publisher."""
    stem, suffix = cut_suffix(path)
    return _about(f"{site().addresses.base}data/{stem}", url_for("pages.data", path=stem), suffix)


@blueprint.get("/resource")
def resource() -> Response:
    """The document about any IRI, for subjects whose IRI is outside the base."""
    iri = only("iri", request.args.getlist("iri"))
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]{1,2000}", iri):
        raise ParameterFault(
            "The parameter iri must be an absolute IRI.", hint="For instance /resource?iri=http://example.org/a."
        )
    return _about(iri, request.full_path.removesuffix("?"), "")


@blueprint.get("/class")
def members() -> Response:
    """The things of any class, for classes that the catalogue does not list."""
    iri = only("iri", request.args.getlist("iri"))
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]{1,2000}", iri):
        raise ParameterFault("The parameter iri must be an absolute IRI.")
    title = site().describer.labels([iri]).get(iri) or local_name(iri)
    return _list({"class": URIRef(iri)}, title.capitalize(), "", request.full_path.removesuffix("?"), "")


@blueprint.get("/id/<concept>")
def listing(concept: str) -> Response:
    """All things of one concept."""
    stem, suffix = cut_suffix(concept)
    found = site().content.catalogue.concepts.get(stem)
    if found is None:
        known = ", ".join(site().content.catalogue.concepts)
        raise NotFound(f"There is no list called {stem!r}.", hint=f"Lists: {known}.")
    values: dict[str, Node] = {"class": found.iri, "space": Literal(site().addresses.thing(stem, ""))}
    return _list(values, found.title, found.description, url_for("pages.listing", concept=stem), suffix)


def _list(values: dict[str, Node], title: str, description: str, address: str, suffix: str) -> Response:
    here = site()
    form = negotiated((HTML, *GRAPHS, *OFFERS[Kind.SOLUTIONS]), suffix)
    if form in GRAPHS:
        return _triples("members-graph", values, address, form)
    query = Query(here.library.pages["members"].bound(values))
    if form != HTML:
        answer = here.store.answer(query, {**FIRST_OF_EACH, Kind.SOLUTIONS: form})
        return reply(answer.body(), form)
    rows = here.store.solutions(query)
    things = [str(row["thing"]) for row in rows]
    items = here.describer.links(things[:LISTED])
    page = render_template(
        "list.html",
        title=title,
        description=description,
        items=items,
        total=len(things),
        address=address,
        forms=GRAPHS,
    )
    return reply(page, HTML)


def _about(iri: str, address: str, suffix: str) -> Response:
    """The document about an IRI: a page, or its triples."""
    form = negotiated(PAGE, suffix)
    if form != HTML:
        return _triples("document", {"subject": URIRef(iri)}, address, form)
    described = site().describer.describe(iri)
    if described is None:
        raise NotFound(f"The graph says nothing of {iri}.", hint=_hint(iri))
    support = site().provenance.of(iri)
    page = render_template(
        "subject.html",
        described=described,
        support=support,
        incoming=[fact for fact in described.incoming if support is None or not support.tells(fact)],
        address=address,
        forms=GRAPHS,
        query=_query(iri),
    )
    return reply(page, HTML, headers={"Link": _links(described, address)})


def _triples(name: str, values: dict[str, Node], address: str, form: Format) -> Response:
    here = site()
    text = here.library.pages[name].bound(values)
    iri = str(next(iter(values.values())))
    body = here.store.answer(Query(text), {**FIRST_OF_EACH, Kind.GRAPH: form}).body()
    if not here.store.graph(Query(text)):
        raise NotFound(f"The graph says nothing of {iri}.", hint=_hint(iri))
    links = f'{alternates(address, PAGE)}, <{iri}>; rel="describes"' if "?" not in address else ""
    return reply(body, form, headers={"Link": links} if links else {})


def _terms(iri: str) -> list[dict[str, str]]:
    here = site()
    rows = here.store.solutions(Query(here.library.pages["vocabulary"].bound({"vocabulary": URIRef(iri)})))
    types = here.describer.labels({str(row["type"]) for row in rows})
    terms: dict[str, dict[str, str]] = {}
    for row in rows:
        term = str(row["term"])
        terms[term] = {
            "iri": term,
            "anchor": term.partition("#")[2],
            "path": here.addresses.path(term) or term,
            "type": types.get(str(row["type"])) or local_name(str(row["type"])),
            "label": str(row.get("label") or local_name(term)),
            "definition": str(row.get("definition", "")),
        }
    return list(terms.values())


def _links(described: Description, address: str) -> str:
    own = f'<{described.iri}>; rel="describes"'
    return f"{alternates(address, GRAPHS)}, {own}" if "?" not in address else own


def _hint(iri: str) -> str:
    found = site().addresses.split(iri)
    if found and found[0] in site().content.catalogue.concepts:
        return f"/id/{found[0]} lists all that there are."
    return "The home page lists what there is."


def _query(iri: str) -> str:
    return site().library.pages["describe"].bound({"subject": URIRef(iri)})


def _path(iri: str) -> str:
    return site().addresses.path(iri) or iri
