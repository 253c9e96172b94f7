"""Workbooks from outside, opened within bounds: what could harm is refused before the library sees it.

A workbook is a zip of XML. Its directory is looked at first: sizes, methods, macros. Every part is then read within the
size that the directory states, and one with a document type is refused, since entities can explode.
"""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING

from lepgraph.errors import RecordFault, TooLarge
from lepgraph.validation.records import File

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_BYTES = 40_000_000
"""Bytes that the parts of a workbook may have together when they are unpacked."""
MOST_PARTS = 1_000
_MOST_RATIO = 200
_SMALL = 1_000_000
"""Bytes up to which a part may be packed as tightly as it can be: a long column of one value is."""
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE = "Save it as an Excel workbook (.xlsx), or as CSV UTF-8."
BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the library raises for workbooks that are not as they should be: it checks little itself."""


def opened(file: File, *, whole: bool = False) -> Workbook:
    """The workbook, to be read row by row, or ``whole`` to be changed; raises RecordFault or TooLarge."""
    inspected(file)
    import openpyxl  # noqa: PLC0415 - a tenth of a second that only workbooks need

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it leaves aside, such as conditional formats of later versions
            return openpyxl.load_workbook(io.BytesIO(file.body), read_only=not whole, data_only=False, keep_links=whole)
    except BROKEN as error:
        raise broken(file) from error


def broken(file: File) -> RecordFault:
    """The refusal of what claims to be a workbook and cannot be read."""
    return RecordFault(f"{_name(file)} is damaged, or no workbook.", hint=f"Open it in a spreadsheet. {_SAVE}")


def inspected(file: File) -> frozenset[str]:
    """The names of the parts of a workbook that is harmless; raises RecordFault or TooLarge."""
    if file.body.startswith(_OLD):
        raise RecordFault(f"{_name(file)} is protected with a password, or of the old kind (.xls).", hint=_SAVE)
    if not file.body.startswith(b"PK"):
        raise RecordFault(f"{_name(file)} is no workbook.", hint=_SAVE)
    try:
        with zipfile.ZipFile(io.BytesIO(file.body)) as archive:
            return _inspected(file, archive)
    except BROKEN as error:
        raise broken(file) from error


def _inspected(file: File, archive: zipfile.ZipFile) -> frozenset[str]:
    parts = archive.infolist()
    names = frozenset(part.filename for part in parts)
    _of_kind(file, names)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise TooLarge(
            f"{_name(file)} has more than {MOST_PARTS} parts or {MOST_BYTES:,} bytes when it is unpacked.",
            hint="Hand in smaller files.",
        )
    for part in parts:
        if part.flag_bits & 1:
            raise RecordFault(f"{_name(file)} is protected with a password.", hint="Save it without one.")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise broken(file)
        if part.file_size > max(_SMALL, part.compress_size * _MOST_RATIO):
            raise TooLarge(f"{_name(file)} unpacks to far more than it is.", hint=_SAVE)
        text = archive.read(part)
        if b"<!DOCTYPE" in text.replace(b"\0", b"").upper():
            raise RecordFault(f"{_name(file)} has a document type or entities, which are not read here.", hint=_SAVE)
        if b"macroEnabled" in text and part.filename == "[Content_Types].xml":
            raise _with_macros(file)
    return names


def _of_kind(file: File, names: frozenset[str]) -> None:
    """Refuses what is a zip and no workbook, or a workbook with programs."""
    if any(name.lower().endswith("vbaproject.bin") for name in names) or file.name.lower().endswith((".xlsm", ".xltm")):
        raise _with_macros(file)
    if "xl/workbook.xml" in names:
        return
    if "content.xml" in names or "mimetype" in names:
        raise RecordFault(f"{_name(file)} is an OpenDocument file, which is not read here.", hint=_SAVE)
    if "xl/workbook.bin" in names:
        raise RecordFault(f"{_name(file)} is a binary workbook (.xlsb), which is not read here.", hint=_SAVE)
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return
    if "[Content_Types].xml" in names:
        raise RecordFault(f"{_name(file)} is an Office document and no workbook.", hint=_SAVE)
    raise RecordFault(f"{_name(file)} is a zip, which is not unpacked here.", hint="Hand in the files that are in it.")


def _with_macros(file: File) -> RecordFault:
    return RecordFault(
        f"{_name(file)} holds macros, which are not read here.", hint="Save it as a workbook without macros (.xlsx)."
    )


def _name(file: File) -> str:
    return file.name or "The workbook"
