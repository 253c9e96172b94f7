"""Workbooks for tests, made, changed part by part, and read by the templates."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import openpyxl

from lepgraph.validation.records import File, Record
from lepgraph.validation.tables.templates import Templates
from lepgraph.validation.tables.workbooks import read_xlsx

BASE = "https://w3id.org/lepgraph/"


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook(sheets: Mapping[str, Iterable[Sequence[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for cells in rows:
            sheet.append(cells)
    return saved(book)


def read(tables: Templates, body: bytes, name: str = "record.xlsx") -> Record:
    return read_xlsx(File(name, body), tables, BASE)


def one(tables: Templates, heading: str, value: Any, number_format: str = "", sheet: str = "partnership") -> Record:
    """The record of a sheet with one cell beside the address."""
    book = openpyxl.Workbook()
    table = book.worksheets[0]
    table.title = sheet
    table.append(["address", heading])
    table.append(["oxshire", value])
    if number_format:
        table["B2"].number_format = number_format
    return read(tables, saved(book))


def repacked(
    body: bytes, change: Callable[[str, bytes], bytes | None], more: Mapping[str, bytes] | None = None
) -> bytes:
    """A workbook with its parts changed; a part that becomes None is left out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            changed = change(name, old.read(name))
            if changed is not None:
                new.writestr(name, changed)
        for name, part in (more or {}).items():
            new.writestr(name, part)
    return stream.getvalue()


SOUND = workbook({"partnership": [["address", "label"], ["oxshire", "Oxshire"]]})
