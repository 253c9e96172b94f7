"""Lists on the web: every view of a list of things has an address, and the same as CSV, TSV, JSON, RDF and on a map.

The data formats hold all rows that fit, in the order of the view; where the address names a page they hold that page.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from flask import Blueprint, Response, get_template_attribute, render_template
from markupsafe import Markup
from rdflib import Graph, Literal, URIRef

from lepgraph.addresses import cut_suffix
from lepgraph.content import Concept
from lepgraph.errors import NotFound
from lepgraph.listing import views
from lepgraph.listing.rows import Cell, Listing, Row
from lepgraph.listing.views import View
from lepgraph.media import CSV, GEOJSON, GRAPHS, HTML, JSON, TSV, Format, Kind
from lepgraph.picturing import drawn, tabled
from lepgraph.picturing.maps import geojson
from lepgraph.picturing.tables import Table
from lepgraph.querying import StoredQuery
from lepgraph.store import FIRST_OF_EACH, Query
from lepgraph.web.paging import number_of_page, paged
from lepgraph.web.replies import negotiated, parameters, reply, site, written

blueprint = Blueprint("lists", __name__)

TABLES = (CSV, JSON, TSV)
_ENDINGS = {form.name: form for form in (*TABLES, GEOJSON)}
_AT_ONCE = 500
MAP = "map"


@blueprint.get("/id")
def lists() -> Response:
    """What lists there are: the concepts with their numbers, the schemes and the statistical data sets."""
    parameters()
    here = site()
    found = {
        query: [
            (str(row["label"]), here.describer.address(str(row[name])))
            for row in here.store.solutions(Query(here.library.pages[query].text))
            if "label" in row
        ]
        for query, name in (("schemes", "scheme"), ("data-sets", "thing"))
    }
    page = render_template("lists.html", numbers=here.numbers, schemes=found["schemes"], data_sets=found["data-sets"])
    return reply(page, HTML)


@blueprint.get("/id/<concept>")
def listing(concept: str) -> Response:
    """The things of one concept, as far as they fit what the address asks for."""
    segment, suffix = cut_ending(concept)
    found = site().content.catalogue.concepts.get(segment)
    if found is None:
        known = ", ".join(site().content.catalogue.concepts)
        raise NotFound(f"There is no list called {segment[:100]!r}.", hint=f"Lists: {known}.")
    drawing = site().library.of("maps").get(segment)
    form = negotiated((HTML, *TABLES, *GRAPHS, *([GEOJSON] if drawing else [])), suffix)
    listed = site().lists.of(found)
    given = parameters(*views.known(listed), *(["view"] if drawing else []))
    looking = given.pop("view", "") == MAP
    view = View(listed, views.asked(given, number_of_page(given.get("page", "")), "page" in given))
    rows = view.shown if view.asked.paged else view.rows
    if form == HTML:
        return _page(view, found, drawing, looking)
    headers = _links(view, segment)
    if form in GRAPHS:
        return reply(_graph(view, found, rows, form), form, headers=headers)
    if form == GEOJSON and drawing:
        body = json.dumps(
            geojson(_placed(rows, drawing), drawing.shows[0], site().outlines.of),
            ensure_ascii=False,
            separators=(",", ":"),
        )
        return reply(body + "\n", form, headers=headers)
    return reply(_json(view, rows) if form == JSON else _table(view, rows, form), form, headers=headers)


def _page(view: View, concept: Concept, drawing: StoredQuery | None, looking: bool) -> Response:
    picture = None
    shown = view.shown
    if looking and drawing:
        table = _placed(view.rows, drawing)
        picture = next(iter(drawn(table, drawing.shows, site().outlines.of)), None)
    page = render_template(
        "listing.html",
        view=view,
        rows=_rendered(view.listing, shown),
        concept=concept,
        address=f"/id/{concept.segment}",
        drawing=drawing,
        looking=looking,
        picture=picture,
        tables=(*TABLES, *([GEOJSON] if drawing else [])),
        forms=GRAPHS,
        on_a_page=views.ON_A_PAGE,
    )
    return reply(page, HTML, headers=_links(view, concept.segment))


def _rendered(listing: Listing, rows: Sequence[Row]) -> Markup:
    """The rows as they stand in the table, each rendered once."""
    kept = listing.rendered
    macro = get_template_attribute("rows.html", "row")
    for row in rows:
        if row.iri not in kept:
            kept[row.iri] = macro(row, listing.concept.segment, listing.columns)
    return Markup("").join(Markup(kept[row.iri]) for row in rows)


def cut_ending(concept: str) -> tuple[str, str]:
    """The segment and the form that its ending names: those of documents, and those of tables."""
    stem, dot, ending = concept.rpartition(".")
    return (stem, ending) if dot and ending in _ENDINGS else cut_suffix(concept)


def _links(view: View, segment: str) -> dict[str, str]:
    """The Link header to the other pages of this view."""

    def address(page: int) -> str:
        query = view.asked.query(page=str(page) if page > 1 else "")
        return f"/id/{segment}" + (f"?{query}" if query else "")

    return paged(address, view.asked.page, view.pages)


def _table(view: View, rows: Sequence[Row], form: Format) -> str:
    """The rows as CSV (RFC 4180) or TSV: identifier, name and columns; several values are joined by semicolons."""
    text = io.StringIO()
    plain = form == TSV
    writer = csv.writer(text, delimiter="\t" if plain else ",", lineterminator="\n" if plain else "\r\n")
    writer.writerow(["thing", "name", *(column.name for column in view.listing.columns)])
    for row in rows:
        writer.writerow([row.iri, row.name.text, *("; ".join(_texts(cell)) for cell in row.cells)])
    return text.getvalue()


def _texts(cell: Cell) -> list[str]:
    """The values of a cell for programs: names of things, and literals as they stand in the data."""
    pairs = zip(cell.values, cell.terms, strict=True)
    return [str(term) if isinstance(term, Literal) else value.text for value, term in pairs]


def _json(view: View, rows: Sequence[Row]) -> str:
    names = [column.name for column in view.listing.columns]
    document = {
        "list": view.listing.concept.segment,
        "title": view.listing.concept.title,
        "narrowedBy": view.asked.given,
        "total": len(view.rows),
        "of": len(view.listing.rows),
        **({"page": view.asked.page, "pages": view.pages} if view.asked.paged else {}),
        "columns": [{"name": column.name, "title": column.head} for column in view.listing.columns],
        "rows": [
            {
                "thing": row.iri,
                "href": row.name.href,
                "name": row.name.text,
                **{name: _values(cell) for name, cell in zip(names, row.cells, strict=True)},
            }
            for row in rows
        ],
        "version": site().version.digest,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _values(cell: Cell) -> list[object]:
    """The values of a cell: literals as texts, things with identifier and name."""
    pairs = zip(cell.values, cell.terms, strict=True)
    return [{"iri": str(term), "name": value.text} if isinstance(term, URIRef) else str(term) for value, term in pairs]


def _graph(view: View, concept: Concept, rows: Sequence[Row], form: Format) -> bytes:
    """The classes and names of the things that are listed."""
    here = site()
    if len(rows) == len(view.listing.rows):
        values = {"class": concept.iri, "space": Literal(here.addresses.thing(concept.segment, ""))}
        query = Query(here.library.pages["members-graph"].bound(values))
        return here.store.answer(query, {**FIRST_OF_EACH, Kind.GRAPH: form}).body()
    graph = Graph()
    for place in range(0, len(rows), _AT_ONCE):
        things = [URIRef(row.iri) for row in rows[place : place + _AT_ONCE]]
        graph += here.store.graph(Query(here.library.pages["listed-graph"].bound({"thing": things})))
    return written(graph, form)


def _placed(rows: Sequence[Row], drawing: StoredQuery) -> Table:
    """The listed things with what places them on a map."""
    here = site()
    found = []
    for place in range(0, len(rows), _AT_ONCE):
        things = [URIRef(row.iri) for row in rows[place : place + _AT_ONCE]]
        found += here.store.solutions(Query(drawing.bound({"thing": things})))
    columns = list(dict.fromkeys(["thing", *drawing.shows[0].columns.values()]))
    return tabled(columns, found, here.describer, heads=drawing.columns, hidden=drawing.hides)
