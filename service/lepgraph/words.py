"""How terms read: dates as people write them, numbers with commas, identifiers as words, texts in their order. Pure."""

from __future__ import annotations

import calendar
import datetime
import re
import unicodedata

from rdflib import Literal, URIRef

from lepgraph.terms import XSD

SHOWN_WHOLE = 300
"""Characters up to which a page shows a literal as it stands; of a longer one it shows the beginning."""
_BEGINNING = 120

NUMBERS = frozenset({XSD.integer, XSD.decimal, XSD.double, XSD.float, XSD.int, XSD.long, XSD.nonNegativeInteger})
"""Datatypes of numbers."""
_PLAIN_NUMBER = re.compile(r"([+-]?)(\d{1,30})(\.\d{1,30})?")

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = str.maketrans("", "", "'’ʼ`´")

_MONTHS = tuple(calendar.month_name)
_DATE = re.compile(rf"\b(?:(\d{{1,2}}) )?({'|'.join(_MONTHS[1:])}) (\d{{4}})\b")


def in_words(literal: Literal) -> str:
    """A literal as a person writes it: 28 October 2010, October 2010, 1,234.5; a very long one shortened."""
    return str(literal) if literal.language else worded(str(literal), literal.datatype)


def worded(text: str, datatype: URIRef | None) -> str:
    """The text of a literal without a language as a person writes it; see ``in_words``."""
    if datatype in NUMBERS:
        return separated(text)
    try:
        if datatype == XSD.date:
            day = datetime.date.fromisoformat(text)
            return f"{day.day} {day:%B %Y}"
        if datatype == XSD.gYearMonth:
            return f"{datetime.date.fromisoformat(text + '-01'):%B %Y}"
    except ValueError:
        return text
    return shortened(text)


def separated(number: str) -> str:
    """A number with commas between thousands; as it stands if it is not written in plain digits."""
    match = _PLAIN_NUMBER.fullmatch(number)
    if match is None:
        return shortened(number)
    sign, whole, fraction = match.groups()
    return f"{'−' if sign == '-' else ''}{int(whole):,}{fraction or ''}"


def sized(size: int) -> str:
    """A number of bytes as people write it: 912 bytes, 38 kB, 3.2 MB."""
    if size < 1000:
        return f"{size} bytes"
    number, unit = size / 1000, "kB"
    for larger in ("MB", "GB"):
        if number >= 999.5:
            number, unit = number / 1000, larger
    return f"{number:.1f} {unit}" if number < 9.95 else f"{number:,.0f} {unit}"


def shortened(text: str) -> str:
    """A text as a page shows it: of a very long one, such as the outline of a coast, its beginning and its length."""
    if len(text) <= SHOWN_WHOLE:
        return text
    return f"{text[:_BEGINNING]} … ({len(text):,} characters; the data formats have them all)"


def local_name(iri: str) -> str:
    """The last part of an IRI, read as words."""
    name = re.split(r"[/#:]", iri.rstrip("/#"))[-1]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return words if re.search(r"\d", words) else words.replace("-", " ")


def short(iri: str) -> str:
    """An address without its scheme, for links that lead outside."""
    return iri.removeprefix("https://").removeprefix("http://").rstrip("/")


def reading(text: str) -> tuple[str, ...]:
    """The order in which people expect texts: dates within them by time, other numbers by size."""
    dated = _DATE.sub(_sortable, text)
    return tuple(part.zfill(12) if part.isdigit() else part.casefold() for part in re.split(r"(\d+)", dated))


def folded(text: str) -> list[str]:
    """The words of a text in the form in which words are compared: without case, accents, marks and apostrophes."""
    text = text.translate(_APOSTROPHES).replace("&", " and ")
    if text.isascii():
        return _WORD.findall(text.lower())
    plain = unicodedata.normalize("NFKD", text).casefold()
    return _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))


def _sortable(date: re.Match[str]) -> str:
    day, month, year = date.groups()
    return f"{year}-{_MONTHS.index(month):02}" + (f"-{int(day):02}" if day else "")
