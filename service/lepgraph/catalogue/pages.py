"""The catalogue in pages, for harvesters that ask for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from lepgraph.errors import NotFound, ParameterFault

SIZE = 5
"""Datasets of a page, unless the address says otherwise."""
MOST = 100

PARAMETERS = ("page", "size")
"""What an address may say of pages."""


@dataclass(frozen=True)
class Page:
    """A page: its number from 1, how many datasets each has, how many there are, and the address of the catalogue."""

    number: int
    size: int
    total: int
    path: str
    given: tuple[tuple[str, str], ...]
    """The other parameters of the address."""

    @property
    def first(self) -> int:
        """How many datasets come before it."""
        return (self.number - 1) * self.size

    @property
    def last(self) -> int:
        """How many datasets there are up to its end."""
        return min(self.number * self.size, self.total)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.size))

    def others(self) -> dict[str, int]:
        """The numbers of the first, previous, next and last page, as far as they exist, by their names in Hydra."""
        wanted = {"first": 1, "previous": self.number - 1, "next": self.number + 1, "last": self.pages}
        return {name: number for name, number in wanted.items() if 1 <= number <= self.pages}

    def address(self, number: int) -> str:
        """The address of another page of the same kind."""
        return f"{self.path}?{urlencode([*self.given, ('page', str(number))])}"


def asked(given: Mapping[str, str], total: int, path: str) -> Page | None:
    """The page that an address asks for, None if it asks for none.

    Raises ParameterFault for what is no number, and NotFound for a page beyond the last.
    """
    if not any(given.get(name) for name in PARAMETERS):
        return None
    number, size = _number(given, "page", 1, 999_999), _number(given, "size", SIZE, MOST)
    kept = tuple((name, value) for name, value in given.items() if name != "page" and value)
    page = Page(number, size, total, path, kept)
    if number > page.pages:
        held = f"{page.pages} page{'s' if page.pages > 1 else ''} of up to {size} datasets"
        raise NotFound(
            f"There is no page {number}: the catalogue has {held}.", hint=f"The last is {page.address(page.pages)}."
        )
    return page


def _number(given: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = given.get(name) or str(usual)
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text) or int(text) > most:
        raise ParameterFault(
            f"{name} must be a number from 1 to {most:,}, not {text[:40]!r}.", hint=f"For instance {name}={usual}."
        )
    return int(text)
