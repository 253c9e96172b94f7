"""Workbooks as this service writes them: texts that are never formulas, and the same bytes for the same content."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpyxl import Workbook

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767
"""Characters that a cell may hold."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MOMENT = datetime.datetime(2000, 1, 1)
_CORE = "docProps/core.xml"
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
FILLS = {
    "required": "FFD9C7B8",
    "expected": "FFE9E1D6",
    "nice": "FFF4F0EA",
    "": "FFFFFFFF",
    "violation": "FFF4B6AE",
    "warning": "FFFBE3A6",
    "info": "FFCFE3F5",
}
"""Colours of headings by what they ask for, and of cells by how bad their faults are; all bear black text."""


def put(cell: Any, text: str) -> None:
    """Writes text into a cell that stays text, whatever it begins with."""
    cell.value = shown(text)
    if text:
        cell.data_type = "s"
    if text.startswith(_FORMULA):
        cell.quotePrefix = True


def shown(text: str) -> str:
    """A text as a cell can hold it."""
    return _ILLEGAL.sub("\ufffd", text)[:_LONGEST]


def harmless(text: str) -> str:
    """A text for CSV that no spreadsheet takes for a formula: one that begins like one gets an apostrophe before it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook, in which nothing says when it was written."""
    stream = io.BytesIO()
    book.save(stream)
    steady = io.BytesIO()
    with zipfile.ZipFile(stream) as made, zipfile.ZipFile(steady, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(made.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            body = made.read(name)
            if name == _CORE:
                body = _STAMP.sub(rb"\g<1>" + _MOMENT.isoformat().encode() + rb"Z\3", body)
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, body)
    return steady.getvalue()
