"""What a table of things of one class has: its columns, and how each is filled in.

Templates are made from shapes (see ``deriving``); they are what is offered for download and what files are read by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rdflib import URIRef
from rdflib.term import Node

from lepgraph.addresses import Addresses, absolute, acceptable_segment
from lepgraph.terms import XSD
from lepgraph.validation.tables.dates import KINDS
from lepgraph.words import folded, local_name

IDENTIFIER = "address"
"""The heading of the first column of every template."""
KIND = "type"
"""The heading of a column that says of which class a row is."""
EXAMPLE = "example-"
"""How the identifier of an example row begins; such a row is not read."""
SEPARATOR = ";"
"""What stands between several values in one cell; doubled, it stands for itself."""
LEVELS = {"Violation": "required", "Warning": "expected", "Info": "nice"}
"""What a least number of values means, by the severity of the shape that asks for it."""

DATES = KINDS
WHOLE = frozenset({XSD.integer, XSD.int, XSD.long, XSD.nonNegativeInteger, XSD.positiveInteger, XSD.short})
NUMBERS = WHOLE | {XSD.decimal, XSD.double, XSD.float}


@dataclass(frozen=True)
class Choice:
    """A value that a column allows: the term, its name in words and its code; the two may be the same."""

    term: Node
    label: str
    code: str


@dataclass(frozen=True)
class Span:
    """How a value that is a stretch of time is made of two cells.

    ``names`` is the path of its address below ``id/``, with the local names of its two dates in braces.
    """

    kind: URIRef
    types: tuple[URIRef, ...]
    begin: URIRef
    end: URIRef
    names: str

    def address(self, base: str, begin: str, end: str) -> URIRef:
        """The identifier of the stretch from one date to another; either may be empty."""
        values = {_tail(self.begin): begin, _tail(self.end): end}
        path = self.names
        for name, value in values.items():
            path = path.replace(f"{{{name}}}", value)
        segment, _, key = path.partition("/")
        return Addresses(base).thing(segment, key)


@dataclass(frozen=True)
class Column:
    """One column: what it is called, and the triples that its cells mean.

    ``datatypes`` is empty for text in a ``language`` and for values that are things; ``iri`` says that a value is an
    address of anything. ``level`` is required, expected, nice or empty; ``most`` is 0 for any number of values.
    ``end`` is the date of the ``span`` that the column gives.
    """

    heading: str
    predicate: URIRef
    level: str = ""
    most: int = 0
    datatypes: tuple[URIRef, ...] = ()
    languages: tuple[str, ...] = ()
    iri: bool = False
    classes: tuple[URIRef, ...] = ()
    choices: tuple[Choice, ...] = ()
    pattern: str = ""
    advice: str = ""
    """What the shape with the pattern says to those who write something else."""
    description: str = ""
    note: str = ""
    span: Span | None = None
    end: URIRef | None = None

    @property
    def dated(self) -> bool:
        """Whether its values are dates."""
        return bool(set(self.datatypes) & set(DATES))

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return bool(self.datatypes) and set(self.datatypes) <= NUMBERS

    @property
    def several(self) -> bool:
        """Whether a cell may hold more than one value."""
        return self.most != 1

    @cached_property
    def chosen(self) -> Mapping[str, Node]:
        """What it allows, by every way in which people write it, folded."""
        found: dict[str, Node] = {}
        for choice in self.choices:
            for text in (str(choice.term), choice.label, choice.code):
                found.setdefault(plain(text), choice.term)
        return found


@dataclass(frozen=True)
class Template:
    """A table of things of one class. ``segment`` is where their addresses lie below ``id/``, empty if nowhere."""

    name: str
    kind: URIRef
    label: str
    segment: str
    description: str
    columns: tuple[Column, ...]
    types: tuple[URIRef, ...] = ()
    """Classes that all its things have besides."""
    fixed: tuple[tuple[URIRef, Node], ...] = ()
    """What all its things have, whatever a table says."""
    narrower: tuple[Choice, ...] = ()
    """Classes below its own that have no template, and its own: what the column ``type`` may name."""
    names: frozenset[str] = field(default=frozenset(), repr=False)
    """What a file or sheet of it may be called, folded."""

    @cached_property
    def headings(self) -> Mapping[str, tuple[Column, ...]]:
        """Columns by what their headings may be, folded: the heading, and the local name of the property."""
        found: dict[str, tuple[Column, ...]] = {}
        for column in self.columns:
            found.setdefault(plain(column.heading), (column,))
        for column in self.columns:
            if column.span is None:
                found.setdefault(plain(local_name(column.predicate)), (column,))
                found.setdefault(plain(_tail(column.predicate)), (column,))
        return found

    @property
    def naming(self) -> Column | None:
        """The column that gives a thing its name: the first required one of text."""
        return next((c for c in self.columns if c.languages and c.level == "required"), None)


@dataclass(frozen=True)
class Templates:
    """All templates by name, and the short names that cells may use for addresses."""

    all: Mapping[str, Template]
    prefixes: Mapping[str, str]
    segments: frozenset[str] = frozenset()

    def __iter__(self) -> Iterator[Template]:
        return iter(self.all.values())

    def of(self, kinds: Iterable[Node]) -> Template | None:
        """The template of a thing of these classes: that of the narrowest which has one."""
        wanted = set(kinds)
        fitting = [template for template in self.all.values() if template.kind in wanted]
        return max(fitting, key=lambda t: (len(t.columns), t.name), default=None)

    def address(self, text: str, base: str) -> URIRef | None:
        """The thing that an address means: a whole one, one below the base, or a compact one; None for other texts."""
        prefix, colon, rest = text.partition(":")
        if colon and prefix in self.prefixes and not rest.startswith("//"):
            iri = self.prefixes[prefix] + rest
            return URIRef(iri) if absolute(iri) else None
        if "://" in text or text.startswith(("mailto:", "urn:")):
            return URIRef(text) if absolute(text) else None
        segment, slash, key = text.partition("/")
        if not slash or not all(acceptable_segment(part) for part in text.split("/")):
            return None
        if segment in self.segments and "/" not in key:
            return Addresses(base).thing(segment, key)
        return URIRef(f"{base}{text}") if segment in ("def", "data") else None


def plain(text: str) -> str:
    """A text as headings and choices are compared: letters and digits, without case and accents."""
    return "".join(folded(text))


def _tail(iri: URIRef) -> str:
    return str(iri).rstrip("/#").replace("#", "/").rpartition("/")[2]
