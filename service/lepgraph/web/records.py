"""Validation on the web: POST a record and get a report by negotiation; GET the form."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from lepgraph.errors import ParameterFault, TooLarge
from lepgraph.media import HTML, Format
from lepgraph.validation import reading, reporting
from lepgraph.validation.records import File
from lepgraph.web.replies import body, negotiated, only, reply, site

blueprint = Blueprint("records", __name__)

_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


@blueprint.get("/validate")
def form() -> Response:
    """The form: a record to paste or a file to choose."""
    return reply(render_template("validate.html", report=None, text="", media=reading.READABLE[0]), HTML)


@blueprint.post("/validate")
def validate() -> Response:
    """The report on the record handed in; nothing of it is kept."""
    offers = (*reporting.FORMS, HTML)
    answer = negotiated(offers)
    if request.mimetype in _FORM_TYPES:
        content, media, name = _from_form()
    else:
        content, media, name = body(site().settings.record_length), reading.format_named(request.mimetype), "the record"
    record = reading.read(File(name, content), media, f"{site().addresses.base}id/", site().context)
    report = site().validator.check(record)
    if answer != HTML:
        response = reply(reporting.write(report, answer), answer)
    else:
        shown = content.decode("utf-8", "replace")
        page = render_template(
            "validate.html", report=report, verdict=reporting.verdict(report), text=shown, media=media, name=name
        )
        response = reply(page, HTML)
    response.headers["Cache-Control"] = "no-store"
    return response


def _from_form() -> tuple[bytes, Format, str]:
    limit = site().settings.record_length
    if (request.content_length or 3 * limit + 1) > 3 * limit:
        raise TooLarge(f"The form has more than {3 * limit} bytes, or does not say how many.")
    request.max_form_memory_size = 3 * limit
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        content = upload.stream.read(limit + 1)
        media, name = reading.format_of(upload.filename), upload.filename
    else:
        content = only("record", request.form.getlist("record")).encode()
        media = reading.format_named(only("media", request.form.getlist("media")) or reading.READABLE[0].media_type)
        name = "the record"
    if len(content) > limit:
        raise TooLarge(f"{name} has more than {limit} bytes, which is the limit.")
    if not content.strip():
        raise ParameterFault("No record was handed in.", hint="Paste a record, or choose a file.")
    return content, media, name
