"""Bytes to text: encodings, byte-order marks, and what is no text at all, each told apart by how it begins."""

from __future__ import annotations

import codecs
import re

from lepgraph.errors import RecordFault, TooLarge
from lepgraph.media import RDF_XML, Format
from lepgraph.validation.records import File

MOST_BYTES = 64 * 1024 * 1024
_UTF_8 = "Save it as UTF-8: in a text editor under Save as, Encoding."
_BINARY = (
    (b"PK\x03\x04", "a zip archive", "Unpack it and hand in the files themselves."),
    (b"PK\x05\x06", "an empty zip archive", "Hand in the files themselves."),
    (b"\x1f\x8b", "packed with gzip", "Unpack it first."),
    (b"BZh", "packed with bzip2", "Unpack it first."),
    (b"\xfd7zXZ", "packed with xz", "Unpack it first."),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it and hand in the files themselves."),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard", "Unpack it first."),
    (b"%PDF", "a PDF", "Hand in the data that the PDF was made of."),
    (b"\xd0\xcf\x11\xe0", "a file of an old Office program (.xls or .doc)", "Save a workbook as .xlsx or as CSV."),
)
_WIDE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_DECLARED = re.compile(r"""\s*<\?xml\b[^>]*?\bencoding\s*=\s*(["'])([A-Za-z0-9._-]{1,40})\1""")
_ENCODINGS = frozenset(
    {"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf_8", "latin-1"}
)
for _name in (*_ENCODINGS, "utf-8-sig", "utf-32"):
    codecs.lookup(_name)  # now, since what reads may be confined, and Python loads codecs from files


def decoded(file: File, form: Format) -> str:
    """The text of a file, without its byte-order mark; raises RecordFault or TooLarge."""
    name, body = file.name or "The record", file.body
    if len(body) > MOST_BYTES:
        raise TooLarge(f"{name} has more than {MOST_BYTES} bytes, which is the limit.", hint="Hand in smaller files.")
    _refuse_binary(name, body)
    encoding = _encoding(name, body, form)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise RecordFault(_undecoded(name, body, encoding, error), hint=_UTF_8) from error
    if not text.strip():
        raise RecordFault(f"{name} is empty: it holds no triples.", hint="Choose another file, or paste the record.")
    return text


def _refuse_binary(name: str, body: bytes) -> None:
    for magic, kind, hint in _BINARY:
        if body.startswith(magic):
            if kind == "a zip archive" and b"xl/" in body[:4096]:
                kind, hint = "a workbook (.xlsx)", "Give it the ending .xlsx, or send it with the media type of one."
            raise RecordFault(f"{name} is {kind}, which is not read as RDF.", hint=hint)


def _encoding(name: str, body: bytes, form: Format) -> str:
    """The encoding that a byte-order mark or an XML declaration names, else UTF-8."""
    if body.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if body.startswith(_WIDE):
        raise RecordFault(f"{name} is written in UTF-32.", hint=_UTF_8)
    if len(body) > 2 and body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in body[:4]:
        raise RecordFault(f"{name} is not UTF-8: it seems to be UTF-16 without a byte-order mark.", hint=_UTF_8)
    if form != RDF_XML:
        return "utf-8"
    declared = _DECLARED.match(body[:200].decode("latin-1"))
    if declared is None:
        return "utf-8"
    try:
        found = codecs.lookup(declared[2]).name
    except LookupError:
        found = ""
    if found not in _ENCODINGS:
        raise RecordFault(f"{name} says that it is written in {declared[2]}, which is not read here.", hint=_UTF_8)
    return "utf-8" if found.startswith("utf-16") else found  # no byte-order mark, so it cannot be


def _undecoded(name: str, body: bytes, encoding: str, error: UnicodeDecodeError) -> str:
    if encoding == "utf-16":
        return f"{name} is not the UTF-16 it claims to be: {error.reason} at byte {error.start}."
    before = body[: error.start]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode(encoding, "replace")) + 1
    called = "UTF-8" if encoding.startswith("utf-8") else encoding
    return f"{name}, line {line}, column {column}: it is not {called} ({error.reason} at byte {error.start})."


def deeper(text: str, most: int) -> bool:
    """Whether brackets are nested more than so many deep in a JSON document, those in strings left out."""
    depth = 0
    for found in _BRACKETS.finditer(text):
        token = found[0]
        if token in "[{":
            depth += 1
            if depth > most:
                return True
        elif token in "]}":
            depth -= 1
    return False


_BRACKETS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
