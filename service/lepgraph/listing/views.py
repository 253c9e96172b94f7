"""A view of a list: the rows that fit what a person asked for, sorted, and how many would fit each other choice. Pure.

What is asked for comes as the parameters of an address, each checked before any work: an unknown one, a value that no
row has, a day that does not exist and a range that ends before it begins are ParameterFaults that say what is known.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from lepgraph.errors import NotFound, ParameterFault
from lepgraph.listing.rows import UNKNOWN, Cell, Column, Listing, Row, days
from lepgraph.terms import XSD
from lepgraph.words import folded, worded

ON_A_PAGE = 100
NAME, DATE, SORT, PAGE = "name", "date", "sort", "page"
FROM, TO = "-from", "-to"
_LONGEST = 200
_TOLD = 12
"""Values that a fault names."""
_TIME = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?", re.ASCII)


@dataclass(frozen=True)
class Choice:
    """One value by which a list can be narrowed, with the rows that would fit."""

    key: str
    text: str
    number: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """The choices of one column."""

    column: Column
    choices: tuple[Choice, ...]

    @property
    def chosen(self) -> str:
        """The name of the value that was chosen; empty for all."""
        return next((choice.text for choice in self.choices if choice.chosen), "")


@dataclass(frozen=True)
class Asked:
    """What a person asked for, as checked: texts by parameter, empty ones and the page left out."""

    given: Mapping[str, str]
    page: int = 1
    paged: bool = False
    """Whether a page was named, so that data formats give that page alone."""

    def query(self, **changes: str) -> str:
        """The part of an address after the question mark, in one order; a change to nothing leaves a parameter out."""
        given = {**self.given, **changes}
        return urlencode(sorted((name, value) for name, value in given.items() if value))


class View:
    """The rows of a list that fit, and what else could be asked for; raises ParameterFault for what makes no sense."""

    def __init__(self, listing: Listing, asked: Asked) -> None:
        self.listing = listing
        self.asked = asked
        unknown = [name for name in asked.given if name not in known(listing)]
        if unknown:
            reason = f"The list of {listing.concept.title} has no parameter {unknown[0][:60]!r}."
            raise ParameterFault(reason, hint=f"It knows {', '.join(known(listing))}.")
        self._words = folded(_short(NAME, asked.given.get(NAME, "")))
        self._day = _day(asked.given.get(DATE, ""))
        self._ranges = {name: self._range(name) for name in self._columns(listing.listed.ranges)}
        self._picked = {name: self._value(name) for name in self.filters if asked.given.get(name)}
        self.sort = self._sort()

    @property
    def filters(self) -> list[str]:
        """The columns that have a pick list."""
        return self._columns(self.listing.listed.filters)

    @property
    def ranges(self) -> list[Column]:
        """The columns that have a first and a last value."""
        return [column for column in self.listing.columns if column.name in self._ranges]

    @property
    def dated(self) -> bool:
        """Whether rows hold for a time only, so that a day can be asked for."""
        return bool(self._columns((self.listing.listed.begin, self.listing.listed.end)))

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows that fit, sorted."""
        fitting = [row for row, failed in self._tested if not failed]
        name = self.sort.removeprefix("-")
        place = self.listing.place(name)
        if place is not None:
            known_rows = [row for row in fitting if row.cells[place].sort]
            known_rows.sort(key=lambda row: row.cells[place].sort, reverse=self.sort.startswith("-"))
            fitting = known_rows + [row for row in fitting if not row.cells[place].sort]
        elif self.sort.startswith("-"):
            fitting.reverse()
        return tuple(fitting)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-len(self.rows) // ON_A_PAGE))

    @property
    def shown(self) -> tuple[Row, ...]:
        """The rows of the page asked for; raises NotFound if there is no such page."""
        if self.asked.page > self.pages:
            last = f"The last page is {self.pages}."
            raise NotFound(f"There is no page {self.asked.page} of this list.", hint=last)
        return self.rows[(self.asked.page - 1) * ON_A_PAGE : self.asked.page * ON_A_PAGE]

    @cached_property
    def facets(self) -> tuple[Facet, ...]:
        """The pick lists, each with the numbers of rows that would fit if only its own choice were another."""
        return tuple(self._facet(name) for name in self.filters)

    @property
    def narrowed(self) -> bool:
        """Whether anything was asked for but an order."""
        return any(name != SORT for name in self.asked.given)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What the list was narrowed by, in words."""
        told = [f"{facet.column.head}: {facet.chosen}" for facet in self.facets if facet.chosen]
        if self._words:
            told.append(f"name with “{self.asked.given[NAME]}”")
        if self._day:
            told.append(f"as of {worded(self._day, XSD.date)}")
        for column in self.ranges:
            begin, end = (self.asked.given.get(column.name + part, "") for part in (FROM, TO))
            if begin or end:
                told.append(
                    f"{column.head}: " + " ".join(filter(None, (begin and f"from {begin}", end and f"to {end}")))
                )
        return tuple(told)

    @cached_property
    def _tested(self) -> list[tuple[Row, tuple[str, ...]]]:
        """Each row with the tests that it fails."""
        return [(row, self._failed(row) if self._narrows else ()) for row in self.listing.rows]

    def _failed(self, row: Row) -> tuple[str, ...]:
        failed = [name for name, (place, key) in self._picked.items() if not _has(row.cells[place], key)]
        if self._words and not all(any(own.startswith(word) for own in row.words) for word in self._words):
            failed.append(NAME)
        if self._day and not self._holds(row):
            failed.append(DATE)
        for name, (low, high) in self._ranges.items():
            if (low or high) and not self._within(row, name, low, high):
                failed.append(name + FROM)
        return tuple(failed)

    def _holds(self, row: Row) -> bool:
        """Whether nothing says that the row began after the day or ended before it."""
        begin, end = self.listing.place(self.listing.listed.begin), self.listing.place(self.listing.listed.end)
        first = row.cells[begin].first if begin is not None else ""
        last = row.cells[end].last if end is not None else ""
        return (not first or first <= self._day) and (not last or last >= self._day)

    def _within(self, row: Row, name: str, low: str, high: str) -> bool:
        place = self.listing.place(name) or 0
        cell, column = row.cells[place], self.listing.columns[place]
        if column.number:
            numbers = [float(str(term)) for term in cell.terms]
            return any((not low or number >= float(low)) and (not high or number <= float(high)) for number in numbers)
        spans = [days(str(term)) for term in cell.terms]
        return any((not low or last >= days(low)[0]) and (not high or first <= days(high)[1]) for first, last in spans)

    def _facet(self, name: str) -> Facet:
        place, texts = self.listing.place(name) or 0, self.listing.choices[name]
        counts: Mapping[str, int] = {key: number for key, (_, number) in texts.items()}
        if self._narrows:
            found: Counter[str] = Counter()
            for row, failed in self._tested:
                if not failed or failed == (name,):
                    found.update(row.cells[place].keys or (UNKNOWN,))
            counts = found
        picked = self.asked.given.get(name, "")
        choices = (Choice(key, text, counts.get(key, 0), key == picked) for key, (text, _) in texts.items())
        return Facet(self.listing.columns[place], tuple(choices))

    @property
    def _narrows(self) -> bool:
        """Whether any row could fail a test."""
        return bool(self._picked or self._words or self._day or any(map(any, self._ranges.values())))

    def _columns(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if self.listing.place(name) is not None]

    def _value(self, name: str) -> tuple[int, str]:
        place, wanted = self.listing.place(name) or 0, _short(name, self.asked.given[name])
        keys = self.listing.choices[name]
        if wanted not in keys:
            told = ", ".join(sorted(keys)[:_TOLD]) + (" …" if len(keys) > _TOLD else "")
            raise ParameterFault(f"Nothing in this list has {wanted[:60]!r} as its {name}.", hint=f"There are {told}.")
        return place, wanted

    def _range(self, name: str) -> tuple[str, str]:
        column = self.listing.columns[self.listing.place(name) or 0]
        low, high = (self.asked.given.get(name + part, "") for part in (FROM, TO))
        for text in filter(None, (low, high)):
            if column.number and not _NUMBER.fullmatch(text):
                raise ParameterFault(
                    f"{name} must be a number, not {text[:60]!r}.", hint=f"For instance {name}-from=10."
                )
            if not column.number:
                _time(name, text)
        if low and high and (float(low) > float(high) if column.number else days(low)[0] > days(high)[1]):
            reason = f"The range of {column.head} begins at {low} and ends before that, at {high}."
            raise ParameterFault(reason, hint="Exchange the two, or leave one out.")
        return low, high

    def _sort(self) -> str:
        wanted = self.asked.given.get(SORT, "") or self.listing.listed.sort or NAME
        names = [NAME, *(column.name for column in self.listing.columns)]
        if wanted.removeprefix("-") not in names:
            hint = f"It can be sorted by {', '.join(names)}, with a minus before it the other way round."
            raise ParameterFault(f"This list cannot be sorted by {wanted[:60]!r}.", hint=hint)
        return wanted


def asked(given: Mapping[str, str], page: int, paged: bool) -> Asked:
    """What the parameters of an address ask for."""
    return Asked({name: value.strip() for name, value in given.items() if value.strip() and name != PAGE}, page, paged)


def known(listing: Listing) -> list[str]:
    """The parameters that views of a list have."""
    names = [column.name for column in listing.columns]
    filters = [name for name in listing.listed.filters if name in names]
    ranges = [name + part for name in listing.listed.ranges if name in names for part in (FROM, TO)]
    dated = [DATE] if {listing.listed.begin, listing.listed.end} & set(names) else []
    return [NAME, *filters, *ranges, *dated, SORT, PAGE]


def _has(cell: Cell, key: str) -> bool:
    return key in cell.keys if key != UNKNOWN else not cell.keys or key in cell.keys


def _short(name: str, text: str) -> str:
    if len(text) > _LONGEST:
        raise ParameterFault(f"{name} is longer than {_LONGEST} characters.", hint="Shorten it.")
    return text


def _day(text: str) -> str:
    """A day that exists, or nothing."""
    if text and (len(text) != len("2015-05-01") or not _exists(text)):
        reason = f"date must be a day that exists, such as 2015-05-01, not {text[:60]!r}."
        raise ParameterFault(reason, hint="For instance date=2015-05-01.")
    return text


def _time(name: str, text: str) -> None:
    """Raises ParameterFault for what is no year, month or day that exists."""
    if not _exists(text):
        reason = f"{name} must be a year, a month or a day that exists, not {text[:60]!r}."
        raise ParameterFault(reason, hint="For instance 2015, 2015-05 or 2015-05-01.")


def _exists(text: str) -> bool:
    if not _TIME.fullmatch(text):
        return False
    try:
        datetime.date.fromisoformat(days(text)[0])
    except ValueError:
        return False
    return True
