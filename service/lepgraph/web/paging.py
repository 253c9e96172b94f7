"""Answers in pieces: ``limit`` and ``offset``, and the links from one piece to the others (RFC 8288, RFC 5988 names).

Every stored query has a total order, so that the pieces of one dataset version fit together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from lepgraph.errors import ParameterFault

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


def _number(name: str, text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
        reason = f"{name} must be a whole number from {least} to {most}, not {text[:40]!r}."
        raise ParameterFault(reason, hint=f"For instance {name}=100.")
    return int(text)
