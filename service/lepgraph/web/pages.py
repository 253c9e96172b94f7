"""Linked-data pages: home, things and their documents, lists, vocabularies, named graphs.

``/id/…`` answers 303 with its document (Cool URIs for the Semantic Web, 4.2); a document comes in every format by
negotiation and by suffix.
"""

from __future__ import annotations

import datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request, url_for
from rdflib import URIRef
from rdflib.term import Node

from lepgraph.addresses import absolute, acceptable_path, acceptable_segment, cut_suffix
from lepgraph.catalogue import offers
from lepgraph.describing import Description, Value
from lepgraph.errors import Fault, NotFound, ParameterFault
from lepgraph.media import GRAPHS, HTML, OFFERS, PAGE, Format, Kind
from lepgraph.sections import NONE
from lepgraph.store import FIRST_OF_EACH, Query
from lepgraph.web import datasets, mementos, vocabularies
from lepgraph.web.paging import place
from lepgraph.web.replies import alternates, negotiated, only, parameters, reply, site
from lepgraph.words import local_name

blueprint = Blueprint("pages", __name__)

LINKED = 100
"""Links on a page, and things of a class."""


@blueprint.get("/")
def home() -> Response:
    """What there is: the concepts with their numbers, the vocabularies, or the classes of the files served."""
    here = site()
    rows = here.store.solutions(Query(here.library.pages["schemes"].text))
    schemes = [
        Value(str(row.get("label") or local_name(str(row["scheme"]))), here.describer.address(str(row["scheme"])))
        for row in rows
    ]
    classes = []
    if here.version.files:
        rows = here.store.solutions(Query(here.library.pages["classes"].text))
        labels = here.describer.labels(str(row["class"]) for row in rows)
        classes = [
            (here.describer.link(str(row["class"]), labels), str(row["class"]), int(str(row["number"]))) for row in rows
        ]
    page = render_template(
        "home.html",
        numbers=here.numbers,
        schemes=schemes,
        classes=classes,
        library=here.library,
        sections=here.sections.home(_date()) if not here.version.files else NONE,
        pictured=[query for query in here.library.questions.values() if query.shows],
    )
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
    """A vocabulary (at its address or its version's) or a scheme with all its terms, or one concept of a scheme."""
    stem, suffix = cut_suffix(path)
    iri = vocabularies.unversioned(str(site().addresses.definition(stem)))
    terms = _terms(iri)
    address = url_for("pages.definition", path=stem)
    if not terms:
        return _about(iri, address, suffix)
    form = negotiated(PAGE, suffix)
    if form != HTML:
        return _triples("vocabulary-graph", {"vocabulary": URIRef(iri)}, address, form)
    return vocabularies.page(iri, address)


@blueprint.get("/graph/<path:path>")
def graph(path: str) -> Response:
    """A named graph: what one source says in one register."""
    stem, suffix = cut_suffix(path)
    iri = _identifier("graph", stem)
    form = negotiated(PAGE, suffix)
    address = url_for("pages.graph", path=stem)
    if form == HTML:
        return _about(iri, address, suffix)
    return _triples("graph", {"graph": URIRef(iri)}, address, form)


@blueprint.get("/data/<path:path>")
def data(path: str) -> Response:
    """What the catalogue says of a dataset or its publisher."""
    stem, suffix = cut_suffix(path)
    iri, address = _identifier("data", stem), url_for("pages.data", path=stem)
    for dataset in offers.datasets(site()):
        if dataset.key == stem:
            return datasets.document(dataset, address, suffix)
    if stem.startswith(f"{site().content.catalogue.key}/"):  # a class or property of it, or its links to others
        return redirect(url_for("harvest.well_known_void"), 303)  # type: ignore[return-value]  # as above
    return _about(iri, address, suffix)


def _identifier(kind: str, path: str) -> str:
    """The IRI that has this path; raises NotFound if none can have it."""
    if not acceptable_path(path):
        raise NotFound(f"{request.path} cannot be an identifier.")
    return f"{site().addresses.base}{kind}/{path}"


@blueprint.get("/resource")
def resource() -> Response:
    """The document about any IRI, for subjects whose IRI is outside the base."""
    return _about(named("iri"), request.full_path.removesuffix("?"), "")


@blueprint.get("/links")
def links() -> Response:
    """What links to a thing by one property: as a page a hundred at a time, as data whole."""
    here = site()
    given = parameters("to", "by", "page")
    to, by = named("to"), named("by")
    form = negotiated((HTML, *OFFERS[Kind.SOLUTIONS]))
    values = {"object": URIRef(to), "predicate": URIRef(by)}
    if form != HTML:
        query = Query(here.library.pages["incoming-all"].bound(values))
        return reply(here.store.answer(query, {**FIRST_OF_EACH, Kind.SOLUTIONS: form}).body(), form)
    found = here.describer.linked(to, by)
    if not found:
        raise NotFound(f"Nothing links to {to} by {by}.", hint=f"{_path(to)} says what does.")
    at = place(given.get("page", ""), len(found), LINKED)
    labels = here.describer.labels({to, by, *found[at.first : at.last]}, about=to)
    target = here.describer.link(to, labels)
    page = render_template(
        "things.html",
        title=f"{target.text} {here.describer.read_from_the_other_side(by, labels)}",
        to=target,
        items=[here.describer.link(iri, labels) for iri in found[at.first : at.last]],
        place=at,
        asked=urlencode({"to": to, "by": by}),
    )
    return reply(page, HTML)


def named(name: str) -> str:
    """The IRI that a parameter gives; raises ParameterFault if it gives none."""
    iri = only(name, request.args.getlist(name))
    if not absolute(iri):
        raise ParameterFault(
            f"The parameter {name} must be an absolute IRI.", hint=f"For instance {name}=http://example.org/a."
        )
    return iri


@blueprint.get("/class")
def members() -> Response:
    """The things of any class, for classes that the catalogue does not list: a page in pieces, as data whole."""
    here = site()
    given = parameters("iri", "page")
    iri = named("iri")
    form = negotiated((HTML, *GRAPHS, *OFFERS[Kind.SOLUTIONS]))
    if form in GRAPHS:
        return _triples("members-graph", {"class": URIRef(iri)}, request.full_path.removesuffix("?"), form)
    query = Query(here.library.pages["members"].bound({"class": URIRef(iri)}))
    if form != HTML:
        return reply(here.store.answer(query, {**FIRST_OF_EACH, Kind.SOLUTIONS: form}).body(), form)
    things = [str(row["thing"]) for row in here.store.solutions(query)]
    at = place(given.get("page", ""), len(things), LINKED)
    listed = things[at.first : at.last]
    labels = here.describer.labels({iri, *listed})
    page = render_template(
        "things.html",
        title=labels.get(iri) or local_name(iri),
        items=[here.describer.link(thing, labels) for thing in listed],
        place=at,
        asked=urlencode({"iri": iri}),
    )
    return reply(page, HTML)


def _about(iri: str, address: str, suffix: str) -> Response:
    """The document about an IRI: a page, or its triples."""
    form = negotiated(PAGE, suffix)
    date = _date()
    if form != HTML:
        if date:
            raise ParameterFault("Only the page can be shown for a day.", hint="The data formats hold all dates.")
        return _triples("document", {"subject": URIRef(iri)}, address, form)
    described = site().describer.describe(iri)
    if described is None:
        raise _nothing(iri)
    support = site().provenance.of(iri)
    page = render_template(
        "subject.html",
        described=described,
        sections=site().sections.of(iri, described.types, date),
        support=support,
        fullness=site().completeness.of(iri, described.types),
        incoming=[links for links in described.incoming if support is None or not support.tells(links)],
        address=address,
        forms=GRAPHS,
        query=_query(iri),
    )
    return reply(page, HTML, headers={"Link": _links(described, address)})


def _date() -> str:
    """The day for which a page is asked; empty for none. Raises ParameterFault for what is no day."""
    text = only("date", request.args.getlist("date"))
    if not text:
        return ""
    try:
        # fromisoformat alone would take 20150501 and 2015-W18-5 too
        day = datetime.datetime.strptime(text[:20], "%Y-%m-%d").date()
    except ValueError:
        reason = "date must be a day that exists, such as 2015-05-01."
        raise ParameterFault(
            reason, hint=f"{request.path} without it shows the page as of the last known day."
        ) from None
    return day.isoformat()


def _triples(name: str, values: dict[str, Node], address: str, form: Format) -> Response:
    here = site()
    text = here.library.pages[name].bound(values)
    iri = str(next(iter(values.values())))
    body = here.store.answer(Query(text), {**FIRST_OF_EACH, Kind.GRAPH: form}).body()
    if not here.store.graph(Query(text)):
        raise _nothing(iri)
    links = f'{alternates(address, PAGE)}, <{iri}>; rel="describes"' if "?" not in address else ""
    return reply(body, form, headers={"Link": links} if links else {})


def _terms(iri: str) -> bool:
    """Whether an IRI is a vocabulary or a scheme, which has terms."""
    here = site()
    return bool(here.store.solutions(Query(here.library.pages["vocabulary"].bound({"vocabulary": URIRef(iri)}))))


def _links(described: Description, address: str) -> str:
    own = f'<{described.iri}>; rel="describes"'
    return f"{alternates(address, GRAPHS)}, {own}" if "?" not in address else own


def _nothing(iri: str) -> Fault:
    """The fault for a subject of which nothing is said: it is gone if a former version spoke of it."""
    return mementos.gone(iri) or NotFound(f"The graph says nothing of {iri}.", hint=_hint(iri))


def _hint(iri: str) -> str:
    found = site().addresses.split(iri)
    if found and found[0] in site().content.catalogue.concepts:
        return f"/id/{found[0]} lists all that there are."
    return "The home page lists what there is."


def _query(iri: str) -> str:
    return site().library.pages["describe"].bound({"subject": URIRef(iri)})


def _path(iri: str) -> str:
    return site().addresses.path(iri) or iri
