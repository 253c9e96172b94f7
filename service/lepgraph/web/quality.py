"""What is known and what is not: completeness tables as pages, CSV and DQV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Blueprint, Response, render_template, request, url_for

from lepgraph.errors import NotFound, ParameterFault
from lepgraph.media import CSV, GRAPHS, HTML, Format, named
from lepgraph.quality.completeness import Column, Table
from lepgraph.quality.dqv import Measurements
from lepgraph.web import filling
from lepgraph.web.replies import alternates, negotiated, only, reply, site, written

blueprint = Blueprint("quality", __name__)

LISTED = 300
"""Records that the page of a table shows, those that lack most first; the other forms have them all."""
_OFFERS = (HTML, *GRAPHS, CSV)
_OF_FILES = (HTML, CSV)
"""For files served in place of the dataset: measurements in RDF are of the parts of our own."""
_SUMMARY = ("table", "class", "property", "label", "records", "known", "partly_known", "not_known", "share", "level")


@blueprint.get("/quality")
@blueprint.get("/quality.<suffix>")
def summary(suffix: str = "") -> Response:
    """All tables: for each class the share of its records that have each expected property."""
    form = negotiated(_offers(), suffix)
    completeness = site().completeness
    tables = completeness.tables
    if form == CSV:
        rows = [
            (t.key, t.iri, c.slug, c.label, t.records, c.known, c.partly, c.missing, c.share, c.expectation.level)
            for t in tables.values()
            for c in t.columns
        ]
        return _reply(_csv(_SUMMARY, rows), form)
    if form != HTML:
        return _reply(written(Measurements(site().content.catalogue).of_tables(tables), form), form)
    measured = {table.segment for table in tables.values()}
    others = [
        concept
        for concept in site().content.catalogue.concepts.values()
        if concept.segment not in measured and site().numbers[concept.segment]
    ]
    page = render_template("quality.html", tables=tables, others=others, forms=_offers()[1:])
    return _reply(page, form, "/quality")


@blueprint.get("/quality/<name>")
def table(name: str) -> Response:
    """One table: a word for each record and expected property; all records, those that lack one property, or one."""
    key, suffix = _cut(name)
    found = site().completeness.table(key)
    form = negotiated(_offers(), suffix)
    lacking = only("lacking", request.args.getlist("lacking"))
    if lacking and found.column(lacking) is None:
        known = ", ".join(column.slug for column in found.columns)
        raise ParameterFault(f"{found.title} have no property {lacking!r} here.", hint=f"Properties: {known}.")
    thing = only("thing", request.args.getlist("thing"))
    records = site().completeness.records(found, lacking, thing)
    if thing and not records:
        hint = f"/quality/{key} has all that there are."
        raise NotFound(f"<{thing[:200]}> is not in the table of {found.title}.", hint=hint)
    if form == CSV:
        return _reply(_records(found, records), form)
    if form != HTML:
        graph = Measurements(site().content.catalogue).of_table(found, records)
        return _reply(written(graph, form), form)
    describer = site().describer
    labels = describer.labels(records[:LISTED])
    page = render_template(
        "completeness.html",
        table=found,
        lacking=found.column(lacking),
        thing=thing,
        rows=[(record, describer.link(record, labels)) for record in records[:LISTED]],
        total=len(records),
        address=url_for("quality.table", name=key),
        forms=_offers()[1:],
    )
    return _reply(page, form, url_for("quality.table", name=key))


@blueprint.app_template_filter("filled_in")
def filled_in(column: Column, record: str) -> str:
    """Where a person fills in a property of a record: its field in the form; empty if forms have no such field."""
    prop = column.expectation.field
    return f"{url_for('records.form', thing=record)}#{filling.anchor(prop)}" if prop else ""


def _offers() -> tuple[Format, ...]:
    return _OF_FILES if site().version.files else _OFFERS


def _records(found: Table, records: list[str]) -> str:
    """The table with all its records as CSV; a short name of a property has no underscore, so no two columns clash."""
    labels = site().describer.labels(records)
    header = (
        "record_iri",
        "record_label",
        "known_properties",
        "expected_properties",
        *(column.slug for column in found.columns),
    )
    rows = (
        (
            record,
            labels.get(record, ""),
            found.known(record),
            len(found.columns),
            *(column.state(record) for column in found.columns),
        )
        for record in records
    )
    return _csv(header, rows)


def _reply(body: str | bytes, form: Format, address: str = "") -> Response:
    """A reply that is new when the dataset or the shapes are."""
    links = {"Link": alternates(address, _offers()[1:])} if address else {}
    return reply(body, form, headers=links, validator=site().completeness.digest)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV with the line ends of RFC 4180."""
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(header)
    writer.writerows(rows)
    return output.getvalue()


def _cut(name: str) -> tuple[str, str]:
    """A table's key and the format that an ending asks for."""
    stem, dot, ending = name.rpartition(".")
    return (stem, ending) if dot and named(ending, _OFFERS) is not None else (name, "")
