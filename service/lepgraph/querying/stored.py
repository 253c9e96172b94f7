"""A stored query: what its header says, its typed parameters and its text.

A parameter ``$name`` is bound by replacing the braces of its ``VALUES $name { … }`` line, so that the file also runs as
it stands in any tool. Values from outside become terms of the declared type, or a ParameterFault; no text of theirs
reaches the query in any other form.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from rdflib import XSD, Literal, URIRef
from rdflib.term import Node

from lepgraph.addresses import Addresses, absolute, acceptable_segment
from lepgraph.errors import ParameterFault

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONGEST = 2000
LONGEST_TEXT = 500
"""Characters that a text may have."""
_PROJECTED = re.compile(r"[?$](\w+)")


@dataclass(frozen=True)
class Parameter:
    """A parameter: its type, or the concept whose keys it takes; ``example`` is a value that has an answer.

    ``values`` names the query that finds all values which it can have; see ``choosing``.
    """

    name: str
    type: str
    concept: str
    description: str
    example: str
    required: bool
    values: str = ""

    def missing(self) -> ParameterFault:
        """What is wrong where it was not given."""
        return ParameterFault(f"The parameter {self.name} is missing.", hint=self._hint)

    def term(self, text: str, addresses: Addresses) -> Node:
        """The value as a term; raises ParameterFault if it is not of the type."""
        if len(text) > _LONGEST:
            raise ParameterFault(f"{self.name} is longer than {_LONGEST} characters.")
        if self.type == "iri":
            return self._iri(text, addresses)
        if self.type in ("string", "language-string") and len(text) > LONGEST_TEXT:
            raise ParameterFault(f"{self.name} is longer than {LONGEST_TEXT} characters.")
        if self.type == "string":
            return Literal(text)
        if self.type == "language-string":
            return Literal(text, lang="en")
        if self.type == "date":
            return Literal(self._date(text), datatype=XSD.date)
        pattern, datatype, meaning = {
            "integer": (r"[+-]?\d{1,18}", XSD.integer, "a whole number"),
            "decimal": (r"[+-]?\d{1,18}(\.\d{1,18})?", XSD.decimal, "a number"),
            "month": (r"\d{4}-(0[1-9]|1[0-2])", XSD.gYearMonth, "a month, such as 2015-05"),
            "year": (r"\d{4}", XSD.gYear, "a year, such as 2015"),
        }[self.type]
        if not re.fullmatch(pattern, text, re.ASCII):
            raise ParameterFault(f"{self.name} must be {meaning}, not {text!r}.", hint=self._hint)
        return Literal(text, datatype=datatype)

    @property
    def _hint(self) -> str:
        return f"For instance {self.name}={self.example}." if self.example else ""

    def _iri(self, text: str, addresses: Addresses) -> URIRef:
        if absolute(text):
            return URIRef(text)
        if self.concept and acceptable_segment(text):
            if self.concept.startswith("def/"):
                return addresses.definition(f"{self.concept.removeprefix('def/')}/{text}")
            return addresses.thing(self.concept, text)
        wanted = f"the key of a {self.concept} or an IRI" if self.concept else "an absolute IRI"
        raise ParameterFault(f"{self.name} must be {wanted}, not {text!r}.", hint=self._hint)

    def _date(self, text: str) -> str:
        try:
            # fromisoformat alone would take 20150501 and 2015-W18-5 too, and strptime 2015-5-1
            found = datetime.date.fromisoformat(text if _DAY.fullmatch(text) else "")
            return found.isoformat()
        except ValueError:
            reason = f"{self.name} must be a date that exists, such as 2015-05-01, not {text!r}."
            raise ParameterFault(reason, hint=self._hint) from None


@dataclass(frozen=True)
class Shows:
    """What an answer is shown as, besides its table: the kind of picture, and the column for each of its parts."""

    kind: str
    columns: Mapping[str, str]
    title: str = ""
    """The title of a picture; of a sentence its words."""
    faint: tuple[str, ...] = ()
    """Layers of a map that are drawn as background."""


@dataclass(frozen=True)
class Section:
    """Where the answer stands on pages: of things of which classes, and which parameter takes the thing; or at home."""

    classes: tuple[str, ...]
    parameter: str
    title: str
    order: float


@dataclass(frozen=True)
class Listed:
    """What the header of a list says of its columns: which narrow it by a value, which by a range, when a row holds.

    ``sort`` is the column by which the list is sorted at first, with a minus before it the other way round.
    """

    filters: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    begin: str = ""
    end: str = ""
    sort: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All columns that it speaks of."""
        named = (*self.filters, *self.ranges, self.begin, self.end, self.sort.removeprefix("-"))
        return tuple(name for name in named if name)


@dataclass(frozen=True)
class StoredQuery:
    """A query file: its name, its header and its text."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    text: str
    shows: tuple[Shows, ...] = ()
    sections: tuple[Section, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    """Heads of columns in words, where the name of the variable does not say enough."""
    listed: Listed = Listed()
    hides: frozenset[str] = frozenset()
    """Columns that a page leaves out of the table, such as outlines; the data formats have them."""

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The columns of the answer in their order; empty if the query selects all or is no SELECT."""
        _, select, rest = f"\n{self.text}".partition("\nSELECT")
        return tuple(_PROJECTED.findall(_outermost(re.split(r"\bWHERE\b|\{", rest, maxsplit=1)[0]))) if select else ()

    def bound(self, values: Mapping[str, Node | Sequence[Node]]) -> str:
        """The text with terms, or lists of terms, in place of the parameters' braces."""
        text = self.text
        for name, value in values.items():
            terms = [value] if isinstance(value, Node) else value
            written = " ".join(term.n3() for term in terms)
            text = braces(name).sub(partial(_filled, inside=written), text)
        return text

    def terms(self, given: Mapping[str, str], addresses: Addresses) -> dict[str, Node]:
        """Texts from outside as terms; raises ParameterFault for one that is unknown, missing or wrong."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                offered = ", ".join(known) or "none"
                raise ParameterFault(f"{self.name} has no parameter {name}.", hint=f"Its parameters: {offered}.")
        for parameter in self.parameters:
            if parameter.required and not given.get(parameter.name):
                raise parameter.missing()
        return {name: known[name].term(text, addresses) for name, text in given.items() if text}


def _outermost(projection: str) -> str:
    """A projection with each expression in parentheses cut down to the variable that it is given to."""
    found, depth = [], 0
    for piece in re.findall(r"[()]|[^()]+", projection):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        found += [piece] if depth == 0 else re.findall(r"\bAS\s+[?$]\w+\s*$", piece, re.I) if depth == 1 else []
    return " ".join(found)


def _filled(match: re.Match[str], inside: str) -> str:
    return f"{match[1]}{{ {inside} }}"


def braces(name: str) -> re.Pattern[str]:
    """The line of a query that gives a parameter its values: what comes before the braces, and the braces."""
    return re.compile(rf"(VALUES\s+[$?]{re.escape(name)}\s*)\{{[^{{}}]*\}}")
