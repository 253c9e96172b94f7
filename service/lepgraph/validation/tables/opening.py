"""Workbooks from outside, opened within bounds: what could harm is refused before the library sees it.

A workbook is a zip of XML. Its directory is looked at first: sizes, methods, macros. Every part is then read within the
size that the directory states, and one with a document type is refused, since entities can explode.
"""

from __future__ import annotations

import io
import re
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
MOST_REACHED = 1_000_000
"""Cells that joined cells and links may reach over together: the library makes each of them."""
_REACHES = re.compile(rb"<(?:[^\s<>:/]+:)?(?:mergeCell|hyperlink)\b[^>]*?\sref\s*=\s*[\"']([^\"']*)[\"']")
_DECLARED = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"']*)[\"']")
_RANGE = re.compile(rb"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?")
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
    inspected(file, whole=whole)
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


def inspected(file: File, *, whole: bool = False) -> frozenset[str]:
    """The names of the parts of a workbook that is harmless; raises RecordFault or TooLarge."""
    if file.body.startswith(_OLD):
        raise RecordFault(f"{_name(file)} is protected with a password, or of the old kind (.xls).", hint=_SAVE)
    if not file.body.startswith(b"PK"):
        raise RecordFault(f"{_name(file)} is no workbook.", hint=_SAVE)
    try:
        with zipfile.ZipFile(io.BytesIO(file.body)) as archive:
            return _inspected(file, archive, whole)
    except BROKEN as error:
        raise broken(file) from error


def _inspected(file: File, archive: zipfile.ZipFile, whole: bool) -> frozenset[str]:
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
        _look_into(file, part.filename, archive.read(part), whole)
    return names


def _look_into(file: File, name: str, text: bytes, whole: bool) -> None:
    """Refuses a part with what would do harm: entities, encodings that could hide them, macros, joins without end."""
    bare = text.replace(b"\0", b"")
    if whole and sum(map(_area, _REACHES.findall(bare))) > MOST_REACHED:
        raise TooLarge(f"{_name(file)} has joined cells or links over far too many cells.", hint=_SAVE)
    declared = _DECLARED.match(bare[:200].lstrip(b"\xef\xbb\xbf\xff\xfe"))
    if declared and declared[1].lower() not in (b"utf-8", b"utf-16", b"us-ascii", b"ascii"):
        raise broken(file)
    if b"<!DOCTYPE" in bare.upper():
        raise RecordFault(f"{_name(file)} has a document type or entities, which are not read here.", hint=_SAVE)
    if b"macroEnabled" in bare and name == "[Content_Types].xml":
        raise _with_macros(file)


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


def _area(reference: bytes) -> int:
    """How many cells a reference such as A1:C9 has; too many, if it is written in any other way."""
    match = _RANGE.fullmatch(reference)
    if match is None:
        return MOST_REACHED + 1
    left, top, right, bottom = match.groups()
    if right is None:
        return 1
    return (abs(_number(right) - _number(left)) + 1) * (abs(int(bottom) - int(top)) + 1)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _with_macros(file: File) -> RecordFault:
    return RecordFault(
        f"{_name(file)} holds macros, which are not read here.", hint="Save it as a workbook without macros (.xlsx)."
    )


def _name(file: File) -> str:
    return file.name or "The workbook"
