"""What a request hands in to be checked: files with their kinds, and what is wished."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import FileStorage

from lepgraph.errors import ParameterFault, Refused, TooLarge
from lepgraph.media import CSV, XLSX
from lepgraph.validation import kinds
from lepgraph.validation.findings import LEVELS
from lepgraph.validation.handing import Wishes
from lepgraph.validation.records import File
from lepgraph.validation.tables.offering import headings
from lepgraph.validation.tables.templates import Template
from lepgraph.web.replies import body, only, site

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MOST_FILES = 50
_OVERHEAD = 64 * 1024
"""Bytes of a form besides its files and texts."""
_FIELD = "field:"
"""What the names of the fields of a row begin with, before the heading of the column."""


@dataclass(frozen=True)
class Handed:
    """Files, and how they came: ``way`` is body, paste, upload or form; a form is a row of a template."""

    files: tuple[File, ...]
    way: str
    template: Template | None = None
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """What the record is called on pages: the names of its files."""
        names = [file.name for file in self.files if file.name and self.way == "upload"]
        return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "") or "the record"

    @property
    def text(self) -> str:
        """The text of one pasted record, to be changed and checked again."""
        return self.files[0].body.decode("utf-8", "replace") if self.way == "paste" else ""

    @property
    def tabular(self) -> bool:
        """Whether it is one table of the sender's own, which can be handed back with its cells marked."""
        return self.way != "form" and len(self.files) == 1 and self.files[0].media in (CSV.media_type, XLSX.media_type)


def handed() -> Handed:
    """What this request hands in; raises TooLarge, UnsupportedMedia or ParameterFault."""
    limit = site().settings.record_length
    if request.mimetype not in FORMS:
        form = kinds.of_type(request.mimetype)
        return Handed((File("", body(limit), form.media_type),), "body")
    if (request.content_length or 3 * limit + _OVERHEAD + 1) > 3 * limit + _OVERHEAD:
        raise TooLarge(f"The form has more than {3 * limit} bytes, or does not say how many.")
    request.max_form_memory_size = 3 * limit
    request.max_form_parts = 2 * MOST_FILES + 200
    uploads = [upload for upload in request.files.getlist("file") if upload.filename]
    if uploads:
        return Handed(_uploaded(uploads, limit), "upload")
    name = only("template", request.form.getlist("template"))
    return _filled_in(name) if name else _pasted(limit)


def wishes(handed_in: Handed) -> Wishes:
    """What is wished: the parameters ``shapes``, and shapes of the sender's own where the operator allows them."""
    own = request.files.get("shapes") if request.mimetype in FORMS else None
    text = own.stream.read(site().settings.record_length + 1) if own is not None and own.filename else b""
    if text and not site().settings.custom_shapes:
        raise Refused("Shapes from outside are not used here.", hint="Name shapes of ours with the parameter shapes.")
    if len(text) > site().settings.record_length:
        raise TooLarge(f"The shapes have more than {site().settings.record_length} bytes, which is the limit.")
    named = tuple(name for part in request.values.getlist("shapes") for name in part.replace(",", " ").split())
    return Wishes(only=named, own=text, marked=handed_in.tabular)


def failing() -> str:
    """The level from which findings make the answer a 422: the parameter ``fail-on``, or none."""
    level = only("fail-on", request.values.getlist("fail-on"))
    if level and level not in LEVELS:
        raise ParameterFault(f"fail-on must be one of {', '.join(LEVELS)}, not {level[:40]!r}.")
    return level


def _uploaded(uploads: Sequence[FileStorage], limit: int) -> tuple[File, ...]:
    if len(uploads) > MOST_FILES:
        raise TooLarge(f"There are {len(uploads)} files; at most {MOST_FILES} are checked together.")
    files, left = [], limit
    for upload in uploads:
        name = (upload.filename or "")[-200:]
        content = upload.stream.read(left + 1)
        if len(content) > left:
            raise TooLarge(f"The files have more than {limit} bytes together, which is the limit.")
        left -= len(content)
        files.append(File(name, content, kinds.of_part(name, upload.mimetype).media_type))
    return tuple(files)


def _pasted(limit: int) -> Handed:
    text = only("record", request.form.getlist("record"))
    media = kinds.of_type(only("media", request.form.getlist("media")) or kinds.HANDED_IN[0].media_type)
    if not text.strip():
        raise ParameterFault("No record was handed in.", hint="Paste a record, choose a file, or fill in the form.")
    content = text.replace("\r\n", "\n").encode()
    if len(content) > limit:
        raise TooLarge(f"The record has more than {limit} bytes, which is the limit.")
    return Handed((File("", content, media.media_type),), "paste")


def _filled_in(name: str) -> Handed:
    """The fields of a form as a table of one row, which is then read as any table is."""
    template = site().ready.kit.templates.all.get(name)
    if template is None:
        offered = ", ".join(site().ready.kit.templates.all)
        raise ParameterFault(f"There is no form for {name[:80]!r}.", hint=f"Forms: {offered}.")
    columns = headings(template)
    values = ["; ".join(filter(None, map(str.strip, request.form.getlist(_FIELD + head)))) for head in columns]
    if not any(values):
        raise ParameterFault("The form is empty.", hint="Fill in what you know.")
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([columns, values])
    file = File(f"{template.name}.csv", stream.getvalue().encode(), CSV.media_type)
    return Handed((file,), "form", template, tuple(zip(columns, values, strict=True)))
