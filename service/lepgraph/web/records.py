"""Validation on the web: POST a record and get a report by negotiation; pages to paste, upload or fill one in."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from rdflib import URIRef

from lepgraph.addresses import absolute
from lepgraph.errors import NotFound, NotKept, ParameterFault, RequestFault
from lepgraph.media import CSV, HTML, XLSX, Format
from lepgraph.validation import kinds, reporting
from lepgraph.validation.handing import Outcome
from lepgraph.validation.results import Result
from lepgraph.validation.tables.offering import as_csv, as_xlsx
from lepgraph.validation.tables.templates import Template
from lepgraph.web import filling, showing, sources
from lepgraph.web.handed import Handed, failing, handed, wishes
from lepgraph.web.replies import negotiated, only, parameters, reply, site

blueprint = Blueprint("records", __name__)

WAYS = ("paste", "upload", "form")


@blueprint.get("/validate")
def form() -> Response:
    """The page for one of three ways to hand in a record."""
    given = parameters("way", "template", "thing")
    way = given.get("way") or ("form" if given.get("thing") or given.get("template") else "paste")
    if way not in WAYS:
        raise ParameterFault(f"way must be one of {', '.join(WAYS)}, not {way[:40]!r}.")
    site().isolation  # noqa: B018 - begins to start what checks, for the record that will come
    page: dict[str, Any] = {"way": way}
    if way == "form":
        page |= _form(given.get("template", ""), given.get("thing", ""))
    return reply(_page(**page), HTML)


@blueprint.post("/validate")
def validate() -> Response:
    """The report on what is handed in."""
    answer = negotiated((*reporting.FORMS, HTML))
    given = handed()  # before anything else looks into the form: it bounds what is read of it
    level = failing()
    try:
        outcome = site().isolation.examine(given.files, wishes(given))
    except RequestFault as fault:
        if answer != HTML or given.way not in WAYS:
            raise
        return reply(_page(**_again(given), fault=fault), HTML, status=fault.status, seconds=0)
    status = 422 if level and outcome.report.reaches(level) else 200
    if answer != HTML:
        return _reported(outcome, answer, given.title, status)
    kept, unkept = _kept(given.title, outcome)
    return reply(_page(**_again(given), outcome=outcome, kept=kept, unkept=unkept), HTML, status=status, seconds=0)


@blueprint.get("/validate/results/<name>")
def result(name: str) -> Response:
    """A result that is kept, in any format."""
    answer = negotiated((HTML, *reporting.FORMS))
    found = site().results.result(name)
    if answer != HTML:
        return _reported(found.outcome, answer, found.title, 200)
    return reply(_page(way="", outcome=found.outcome, kept=found), HTML, seconds=0)


@blueprint.post("/validate/results/<name>")
def forget(name: str) -> Response:
    """Drops a result at once."""
    if only("action", request.form.getlist("action")) != "drop":
        raise ParameterFault("Nothing is to be done.", hint="Send action=drop to have the result dropped.")
    site().results.forget(name)
    return redirect(url_for("records.form"), 303)  # type: ignore[return-value]  # it is Flask's


@blueprint.get("/validate/templates/<name>.<any(csv,xlsx):ending>")
def template(name: str, ending: str) -> Response:
    """A table to be filled in, or ``all`` of them in one workbook."""
    known = site().ready.kit.templates
    chosen = list(known) if name == "all" and ending == "xlsx" else [known.all[name]] if name in known.all else []
    if not chosen:
        raise NotFound(f"There is no template {name[:80]!r}.", hint=f"Templates: {', '.join(known.all)}.")
    media = CSV if ending == "csv" else XLSX
    content = as_csv(chosen[0]) if ending == "csv" else as_xlsx(chosen, site().addresses.base, filling.names)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return reply(content, media, headers=headers)


def _again(given: Handed) -> dict[str, Any]:
    """What the page needs to show what was handed in again, so that nothing of it is lost."""
    page: dict[str, Any] = {"way": given.way if given.way in WAYS else "paste", "given": given}
    if given.template is not None:
        page |= _form(given.template.name, "", dict(given.fields))
    return page


def _form(name: str, thing: str, values: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the page of a form needs: its template, its fields as they are to be shown, and the lists of names."""
    templates = site().ready.kit.templates
    name = name or next(iter(templates.all), "")
    if thing and not absolute(thing):
        raise ParameterFault("thing must be an absolute IRI.", hint="For instance thing=https://example.org/a.")
    if thing:
        found, values = filling.published(templates, URIRef(thing))
    elif name in templates.all:
        found = templates.all[name]
    else:
        raise ParameterFault(f"There is no form for {name[:80]!r}.", hint=f"Forms: {', '.join(templates.all)}.")
    called = site().describer.labels([thing]).get(thing, "") if thing else ""
    fields = filling.fields(found, values or {})
    lists = {field.names: field.suggestions for field in fields if field.suggestions}
    return {"template": found, "fields": fields, "lists": lists, "thing": thing, "called": called}


def _page(*, way: str, outcome: Outcome | None = None, given: Handed | None = None, **page: Any) -> str:
    templates: list[Template] = list(site().ready.kit.templates) if way in ("upload", "form") else []
    found = showing.sections(outcome.report if outcome else None)
    findings = [finding for section in found for group in section.groups for finding in group]
    own = given.files if given and given.way != "form" else ()
    return render_template(
        "validate.html",
        way=way,
        outcome=outcome,
        report=outcome.report if outcome else None,
        verdict=reporting.verdict(outcome.report) if outcome else "",
        given=given,
        sections=found,
        linked=showing.Linker(findings),
        at=filling.placed(page.get("fields", []), findings),
        excerpts=sources.excerpts(own, findings),
        sheets=sources.sheets(own, outcome.report.findings if outcome else ()),
        kinds=kinds.HANDED_IN,
        templates=templates,
        formats=_downloads(outcome),
        hours=site().settings.result_hours,
        **{
            "kept": None,
            "unkept": "",
            "fault": None,
            "template": None,
            "fields": [],
            "lists": {},
            "thing": "",
            "called": "",
            **page,
        },
    )


def _downloads(outcome: Outcome | None) -> list[Format]:
    """The formats that people take with them; those of pipelines are for programs that ask for them."""
    return [offer for offer in reporting.FORMS if outcome is not None and offer not in reporting.FOR_PIPELINES]


def _kept(title: str, outcome: Outcome) -> tuple[Result | None, str]:
    """The result under its own address; where one should be and cannot, nothing and the reason."""
    if site().results.hours <= 0:
        return None, ""
    try:
        return site().results.keep(title, outcome), ""
    except NotKept as fault:
        return None, fault.detail


def _reported(outcome: Outcome, answer: Format, title: str, status: int) -> Response:
    name = f"report.{answer.name}"
    headers = {} if status == 422 or answer != XLSX else {"Content-Disposition": f'attachment; filename="{name}"'}
    content = outcome.marked if answer == XLSX and outcome.marked else _written(outcome, answer, title)
    return reply(content, answer, status=status, headers=headers, seconds=0)


def _written(outcome: Outcome, answer: Format, title: str) -> bytes:
    return reporting.write(outcome.report, answer, title, outcome.changes)


@blueprint.app_template_filter("moment")
def moment(seconds: float) -> str:
    """A time as people read it: 27 November 2026, 10:05 UTC."""
    time = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return f"{time.day} {time:%B %Y, %H:%M} UTC"


@blueprint.app_template_filter("here")
def here(iri: str) -> str:
    """Where an address of ours is on this host; another address as it stands."""
    return showing.here(iri)
