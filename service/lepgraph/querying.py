"""Stored queries: SPARQL files with a header in YAML (the ``#+`` decorators of grlc) and typed parameters.

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
from pathlib import Path
from typing import Any

import yaml
from rdflib import XSD, Literal, URIRef
from rdflib.term import Node

from lepgraph.addresses import Addresses, acceptable_segment
from lepgraph.content import Content
from lepgraph.errors import ContentFault, NotFound, ParameterFault, Place

TYPES = ("iri", "string", "language-string", "integer", "decimal", "date", "month", "year")
_HEADER = frozenset({"summary", "description", "tags", "parameters", "shows", "page", "columns", "hides"})
_LISTED = frozenset({"filters", "ranges", "valid", "sort"})
PICTURES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "table": (frozenset(), frozenset()),
    "map": (frozenset({"geometry"}), frozenset({"label", "thing", "layer", "note", "faint"})),
    "chart": (frozenset({"number"}), frozenset({"category", "year", "series", "interval", "unit"})),
    "timeline": (frozenset({"label", "begin"}), frozenset({"end", "thing", "lane", "event"})),
    "lineage": (frozenset({"event", "before", "after"}), frozenset({"date", "kind"})),
    "heat-map": (frozenset({"row", "column", "number"}), frozenset()),
    "dates": (frozenset({"date"}), frozenset({"label"})),
    "sentence": (frozenset(), frozenset({"status"})),
}
"""The pictures that an answer can make: the parts that each needs a column for, and those that it may have."""
RESERVED = frozenset({"format", "limit", "offset"})
"""What an address says of an answer besides; no parameter is called so."""
HOME = "home"
"""What a header names in place of a class for a section of the home page."""
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]{1,2000}")
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
        if _IRI.fullmatch(text):
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
            text = _braces(name).sub(partial(_filled, inside=written), text)
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


class Library:
    """The stored queries of a folder and of its content: ``competency`` questions, ``checks``, and what pages ask."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self._read: dict[str, dict[str, StoredQuery]] = {}

    @cached_property
    def questions(self) -> dict[str, StoredQuery]:
        """The questions that people ask, by name."""
        found = self.of("competency")
        faults = [
            (Place(f"queries/competency/{query.name}.rq"), f"there is no queries/values/{parameter.values}.rq")
            for query in found.values()
            for parameter in query.parameters
            if parameter.values and parameter.values not in self.values
        ]
        if faults:
            raise ContentFault(faults)
        return found

    @cached_property
    def topics(self) -> dict[str, list[StoredQuery]]:
        """The questions by tag, in the order of the tags; a question stands under each of its tags."""
        topics: dict[str, list[StoredQuery]] = {}
        for query in self.questions.values():
            for tag in query.tags or ("other",):
                topics.setdefault(tag, []).append(query)
        return dict(sorted(topics.items()))

    @cached_property
    def values(self) -> dict[str, StoredQuery]:
        """The queries that find what a parameter can be, as ``?value`` and perhaps ``?label``, by name."""
        return self.of("values")

    @cached_property
    def parts(self) -> dict[str, StoredQuery]:
        """What the pages of this content ask besides the questions, by name; each has an address as a question has."""
        return {path.stem: read(path, self.content.name(path)) for path in self.content.files("queries", "pages/*.rq")}

    @cached_property
    def checks(self) -> dict[str, StoredQuery]:
        """The queries that must return nothing, by name."""
        return self.of("checks")

    @cached_property
    def pages(self) -> dict[str, StoredQuery]:
        """What the service itself asks of any graph, by name."""
        folder = Path(__file__).parent / "queries"
        return {path.stem: read(path, path.name) for path in sorted(folder.glob("*.rq"))}

    def of(self, folder: str) -> dict[str, StoredQuery]:
        """The queries in a folder of the content by name, each read once.

        ``search`` says how things are found, ``lists`` and ``maps`` what lists show, ``compare`` what is compared.
        """
        if folder not in self._read:
            paths = self.content.files("queries", f"{folder}/*.rq")
            self._read[folder] = {path.stem: read(path, self.content.name(path)) for path in paths}
        return self._read[folder]

    def question(self, name: str) -> StoredQuery:
        """The question of that name; raises NotFound, with the names that are near."""
        found = self.questions.get(name) or self.parts.get(name)
        if found is None:
            raise NotFound(f"There is no stored query {name!r}.", hint="/queries lists them.")
        return found


def read(path: Path, file: str) -> StoredQuery:
    """A query file; raises ContentFault if its header is missing or incomplete."""
    text = path.read_text(encoding="utf-8")
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    try:
        header = yaml.load("\n".join(lines), yaml.CSafeLoader) or {}
    except yaml.YAMLError as error:
        raise ContentFault([(Place(file), f"the header is not YAML: {error}")]) from error
    faults = [f"the header says {key}, which means nothing here" for key in header if key not in _HEADER | _LISTED]
    if not header.get("summary"):
        faults.append("the header has no summary")
    parameters = tuple(_parameter(name, said or {}) for name, said in (header.get("parameters") or {}).items())
    shows = tuple(_shows(item, faults) for item in _many(header.get("shows")))
    sections = tuple(_section(item, text, faults) for item in _many(header.get("page")))
    listed = _listed(header)
    faults += [f"{name}: there is no such column" for name in listed.names if not re.search(rf"[?$]{name}\b", text)]
    for parameter in parameters:
        if parameter.type not in TYPES:
            faults.append(f"{parameter.name}: the type must be one of {', '.join(TYPES)}")
        if parameter.name in RESERVED:
            faults.append(f"{parameter.name}: no parameter can be called so")
        if not _braces(parameter.name).search(text):
            faults.append(f"there is no line VALUES ${parameter.name} {{ … }}")
    if faults:
        raise ContentFault([(Place(file), reason) for reason in faults])
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip() + "\n"
    tags = tuple(str(tag) for tag in header.get("tags") or ())
    return StoredQuery(
        path.stem,
        header["summary"],
        str(header.get("description", "")).strip(),
        tags,
        parameters,
        body,
        shows,
        sections,
        {str(name): str(head) for name, head in (header.get("columns") or {}).items()},
        listed,
        frozenset(str(name) for name in header.get("hides") or ()),
    )


def _many(said: Any) -> list[dict[str, Any]]:
    """A part of the header that may stand once or as a list."""
    return [] if said is None else said if isinstance(said, list) else [said]


def _shows(said: dict[str, Any], faults: list[str]) -> Shows:
    """A picture as the header says it; what is wrong with it is added to the faults."""
    kind = str(said.get("as", ""))
    needed, allowed = PICTURES.get(kind, (frozenset(), frozenset()))
    columns = {name: str(column) for name, column in said.items() if name not in ("as", "title", "faint")}
    if kind not in PICTURES:
        faults.append(f"shows: there is no picture {kind!r}; there are {', '.join(PICTURES)}")
    faults += [f"shows: a {kind} needs a column for {name}" for name in sorted(needed - set(columns))]
    faults += [f"shows: a {kind} has no part {name}" for name in sorted(set(columns) - needed - allowed)]
    faint = tuple(str(layer) for layer in said.get("faint") or ())
    return Shows(kind, columns, str(said.get("title", "")), faint)


def _section(said: dict[str, Any], text: str, faults: list[str]) -> Section:
    """A place on pages as the header says it; its classes are written with the prefixes of the query."""
    prefixes = dict(re.findall(r"^PREFIX\s+([\w-]*):\s*<([^>]*)>", text, re.M))
    classes = []
    for name in str(said.get("of", "")).split():
        if name == HOME:
            classes.append(HOME)
            continue
        prefix, _, local = name.partition(":")
        if prefix not in prefixes:
            faults.append(f"page: the query declares no prefix for the class {name}")
        classes.append(prefixes.get(prefix, "") + local)
    if not classes or not (said.get("takes") or classes == [HOME]):
        faults.append("page: it must say 'of' which classes, and which parameter 'takes' the thing")
    return Section(tuple(classes), str(said.get("takes", "")), str(said.get("title", "")), float(said.get("order", 50)))


def _listed(header: Mapping[str, Any]) -> Listed:
    names = {key: tuple(str(name) for name in header.get(key) or ()) for key in ("filters", "ranges")}
    valid = header.get("valid") or {}
    return Listed(
        names["filters"],
        names["ranges"],
        str(valid.get("from", "")),
        str(valid.get("to", "")),
        str(header.get("sort", "")),
    )


def _parameter(name: str, said: dict[str, Any]) -> Parameter:
    concept = str(said.get("concept", ""))
    return Parameter(
        name=name,
        type="iri" if concept else str(said.get("type", "string")),
        concept=concept,
        description=str(said.get("description", "")),
        example=str(said.get("example", "")),
        required=bool(said.get("required", True)),
        values=str(said.get("values", "")),
    )


def _outermost(projection: str) -> str:
    """A projection with each expression in parentheses cut down to the variable that it is given to."""
    found, depth = [], 0
    for piece in re.findall(r"[()]|[^()]+", projection):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        found += [piece] if depth == 0 else re.findall(r"\bAS\s+[?$]\w+\s*$", piece, re.I) if depth == 1 else []
    return " ".join(found)


def _filled(match: re.Match[str], inside: str) -> str:
    return f"{match[1]}{{ {inside} }}"


def _braces(name: str) -> re.Pattern[str]:
    return re.compile(rf"(VALUES\s+[$?]{re.escape(name)}\s*)\{{[^{{}}]*\}}")
