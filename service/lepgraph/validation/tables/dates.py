"""Dates as people and spreadsheets write them, day before month where only numbers are given. Pure."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection
from dataclasses import dataclass

from rdflib import URIRef

from lepgraph.terms import XSD

KINDS = (XSD.date, XSD.gYearMonth, XSD.gYear)
"""The datatypes of dates here, the most precise first."""
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?P<year>\d{4})"
_SHORT = r"(?P<short>\d{2})"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_MIDNIGHT = r"(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+]00:00)?)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        rf"{_YEAR}[-/.](?P<month>\d{{1,2}})[-/.]{_DAY}{_MIDNIGHT}",
        rf"{_YEAR}-(?P<month>\d{{2}})",
        rf"{_YEAR}(?:\.0+)?",
        rf"{_DAY}[-/. ](?P<month>\d{{1,2}})[-/. ]{_YEAR}{_MIDNIGHT}",
        rf"{_DAY}[-/.](?P<month>\d{{1,2}})[-/.]{_SHORT}",
        rf"(?P<month>\d{{1,2}})/{_YEAR}",
        rf"{_WEEKDAY}{_DAY}(?:st|nd|rd|th)?[-\s]*(?:of\s+)?{_MONTH},?[-\s]*{_YEAR}",
        rf"{_WEEKDAY}{_DAY}[-\s]{_MONTH}[-\s]{_SHORT}",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}",
        rf"{_MONTH},?[-\s]*{_YEAR}",
        rf"{_MONTH}[-\s]'?{_SHORT}",
    )
)
_SERIAL = re.compile(r"[1-6]\d{4}(?:\.0+)?", re.ASCII)
_EPOCH = datetime.date(1899, 12, 30)
_LONGEST = 60


@dataclass(frozen=True)
class Date:
    """A day, a month or a year: its datatype and how that is written; ``doubt`` says what was taken for granted."""

    datatype: URIRef
    text: str
    doubt: str = ""


def read(text: str, allowed: Collection[URIRef]) -> Date | None:
    """The date that a text means where a column allows these datatypes; None if there is no such day."""
    if len(text) > _LONGEST:
        return None
    words = " ".join(text.split())
    if _SERIAL.fullmatch(words):
        day = _EPOCH + datetime.timedelta(days=int(float(words)))
        return _fitted(Date(XSD.date, day.isoformat(), f"{text} was taken as a spreadsheet's number of a day"), allowed)
    match = next((match for form in _FORMS if (match := form.fullmatch(words))), None)
    found = _written(match.groupdict(), text) if match else None
    return _fitted(found, allowed) if found else None


def american(text: str) -> str:
    """The day that a text would mean with the month first, if it is none with the day first; else nothing."""
    match = re.fullmatch(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", text.strip(), re.ASCII)
    if match is None or int(match[3]) <= 12:
        return ""
    try:
        return datetime.date(int(match[4]), int(match[1]), int(match[3])).isoformat()
    except ValueError:
        return ""


def _written(parts: dict[str, str | None], text: str) -> Date | None:
    short = parts.get("short")
    year = f"{20 if int(short) < 50 else 19}{short}" if short else str(parts["year"])
    doubt = f"{text} was taken to be of the year {year}" if short else ""
    name = parts.get("name")
    month = f"{_NAMES.index(name[:3].lower()) + 1}" if name else parts.get("month")
    day = parts.get("day")
    if not month:
        return Date(XSD.gYear, year) if int(year) else None
    try:
        made = datetime.date(int(year), int(month), int(day or 1))
    except ValueError:
        return None
    iso = made.isoformat()
    return Date(XSD.date, iso, doubt) if day else Date(XSD.gYearMonth, iso[:7], doubt)


def _fitted(date: Date, allowed: Collection[URIRef]) -> Date:
    """The first day of a month as the month, or of a year as the year, where a column takes no days."""
    if date.datatype in allowed or date.datatype != XSD.date or XSD.date in allowed:
        return date
    if XSD.gYearMonth in allowed and date.text.endswith("-01"):
        return Date(XSD.gYearMonth, date.text[:7], f"{date.text} was taken as the month")
    if XSD.gYear in allowed and XSD.gYearMonth not in allowed and date.text.endswith("-01-01"):
        return Date(XSD.gYear, date.text[:4], f"{date.text} was taken as the year")
    return date
