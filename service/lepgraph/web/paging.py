"""Answers in pieces: ``limit`` and ``offset``, or numbered pages, and the links from one to the others (RFC 8288).

Every stored query has a total order, so that the pieces of one dataset version fit together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from lepgraph.errors import NotFound, ParameterFault

MOST = 10_000
"""Rows that a piece may have."""
FURTHEST = 10_000_000
"""Rows that may come before a piece."""

_OWN = re.compile(r"\bLIMIT\s+(\d+)\s*\Z", re.I)


@dataclass(frozen=True)
class Piece:
    """A piece of an answer: so many rows after so many others."""

    limit: int
    offset: int

    def of(self, text: str) -> str:
        """The query that gives this piece of a query's answer; a limit of the query's own still holds."""
        own = _OWN.search(text)
        if own is None:
            return f"{text.rstrip()}\nLIMIT {self.limit} OFFSET {self.offset}\n"
        limit = max(0, min(self.limit, int(own[1]) - self.offset))
        return f"{text[: own.start()]}LIMIT {limit} OFFSET {self.offset}\n"

    def others(self, total: int) -> dict[str, int]:
        """The offsets of the first, previous, next and last piece, by the name of the link; those that there are."""
        last = max(0, (total - 1) // self.limit * self.limit)
        found = {"first": 0}
        if self.offset > 0:
            found["prev"] = max(0, min(self.offset - self.limit, last))
        if self.offset + self.limit < total:
            found["next"] = self.offset + self.limit
        return {**found, "last": last}

    def addresses(self, path: str, given: Mapping[str, str], total: int) -> dict[str, str]:
        """The addresses of the other pieces, by the name of the link."""
        return {
            relation: f"{path}?{urlencode({**given, 'limit': self.limit, 'offset': offset})}"
            for relation, offset in self.others(total).items()
        }


def asked(given: Mapping[str, str]) -> Piece | None:
    """The piece that a request asks for, or None for the whole; raises ParameterFault."""
    if "limit" not in given and "offset" not in given:
        return None
    limit = _number("limit", given.get("limit", "100"), 1, MOST)
    return Piece(limit, _number("offset", given.get("offset", "0"), 0, FURTHEST))


@dataclass(frozen=True)
class Place:
    """One page of several: its number from 1, how many there are, and the items on it."""

    number: int
    pages: int
    first: int
    last: int
    total: int


def place(text: str, total: int, size: int) -> Place:
    """The page that an address names; raises ParameterFault for no number and NotFound for a page that is not there."""
    number, pages = number_of_page(text), max(1, -(-total // size))
    if number > pages:
        raise NotFound(f"There is no page {number}.", hint=f"The last page is {pages}.")
    return Place(number, pages, (number - 1) * size, min(number * size, total), total)


def number_of_page(text: str) -> int:
    """The page that a parameter asks for, from 1; raises ParameterFault for what is no number of a page."""
    if not text:
        return 1
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise ParameterFault(f"page must be a number from 1 on, not {text[:40]!r}.", hint="For instance page=2.")
    return int(text)


def paged(addresses: Callable[[int], str], page: int, pages: int) -> dict[str, str]:
    """The Link header to the first, previous, next and last page (RFC 8288), if there are several."""
    if pages == 1:
        return {}
    wanted = {"first": 1, "prev": page - 1, "next": page + 1, "last": pages}
    links = [f'<{addresses(place)}>; rel="{name}"' for name, place in wanted.items() if 1 <= place <= pages]
    return {"Link": ", ".join(links)}


def _number(name: str, text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
        reason = f"{name} must be a whole number from {least} to {most}, not {text[:40]!r}."
        raise ParameterFault(reason, hint=f"For instance {name}=100.")
    return int(text)
