"""Dates of any precision as places on a line."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from rdflib import Literal
from rdflib.term import Node

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*|Z|[+-]\d{2}:\d{2})?")
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def moment(term: Node | None, *, last: bool = False) -> float | None:
    """A date, month or year in years since the year 0; with ``last`` the end of the day, month or year it names."""
    match = _DATE.fullmatch(str(term)) if isinstance(term, Literal) else None
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if not month:
        return float(year + last)
    if month > 12:
        return None
    if not day:
        return year + (month - 1 + last) / 12
    try:
        number = datetime.date(year, month, day).timetuple().tm_yday
    except ValueError:
        return None
    return year + (number - 1 + last) / 366


def ticks(begin: float, end: float, most: int = 8) -> Sequence[int]:
    """Round years between two moments, at most ``most`` of them."""
    step = next((step for step in STEPS if (end - begin) / step <= most), STEPS[-1])
    first = -(-int(begin) // step) * step
    return range(first if first >= begin else first + step, int(end) + 1, step)
