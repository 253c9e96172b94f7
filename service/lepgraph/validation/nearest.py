"""The value that was perhaps meant: the nearest of the names, addresses, words and dates that would be right."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process
from rdflib import Literal, URIRef
from rdflib.term import Node

from lepgraph.terms import RDF, SH
from lepgraph.validation.published import Published
from lepgraph.validation.shapes import Shapes
from lepgraph.validation.wording import Result
from lepgraph.words import folded, local_name

_LIKE = 82.0
"""How alike two texts must be, of 100, to think that one was meant for the other."""
_LONGEST = 200
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_IN_WORDS = ("%d %B %Y", "%d %b %Y", "%B %Y", "%b %Y", "%Y/%m/%d", "%Y.%m.%d")

_OF_THINGS = (SH.ClassConstraintComponent, SH.NodeKindConstraintComponent, SH.NodeConstraintComponent)


class Nearest:
    """Looks for what was meant, among what the shapes allow and what the graph knows."""

    def __init__(self, shapes: Shapes, published: Published) -> None:
        self.shapes = shapes
        self.published = published

    def of(self, result: Result, held: Iterable[Node]) -> tuple[str, Node | None]:
        """What was perhaps meant in words, and as a term; empty and None if nothing is near enough.

        ``held`` are the shapes that speak of the focus node.
        """
        if result.component == SH.ClosedConstraintComponent and result.path is not None:
            return self._property(str(result.path), self.shapes.allowed(held))
        if result.value is None:
            return "", None
        if result.component == SH.InConstraintComponent:
            return self._listed(result)
        classes, within = self._wanted(result.shape)
        if result.component in _OF_THINGS and classes:
            return self.thing(result.value, classes, within)
        if isinstance(result.value, Literal):
            found = date(str(result.value))
            return found, Literal(found) if found else None
        return "", None

    def _wanted(self, shape: Node | None) -> tuple[list[URIRef], list[str]]:
        """The classes of the values that a shape wants, and the schemes they are of, also by shapes within."""
        graph = self.shapes.graph
        shapes = [shape, *graph.objects(shape, SH.node)]
        classes = [kind for each in shapes for kind in graph.objects(each, SH["class"]) if isinstance(kind, URIRef)]
        parts = [part for each in shapes[1:] for part in graph.objects(each, SH.property)]
        schemes = [str(value) for part in parts for value in graph.objects(part, SH.hasValue)]
        return classes, schemes

    def thing(self, value: Node, classes: Sequence[URIRef], within: Sequence[str] = ()) -> tuple[str, URIRef | None]:
        """The thing of some classes, and of some schemes if any, whose name or end of address is like a value."""
        text = str(value) if isinstance(value, Literal) else local_name(str(value))
        named = [pair for kind in classes for pair in self.published.names(kind)]
        spaces = tuple(f"{scheme}/" for scheme in within)
        named = [pair for pair in named if not within or str(pair[0]).startswith(spaces)]
        by_name: dict[str, tuple[str, URIRef]] = {}
        for iri, label in named:
            by_name.setdefault(_form(label), (label, iri))
            if not isinstance(value, Literal):
                by_name.setdefault(_form(local_name(str(iri))), (label, iri))
        found = like(_form(text), by_name)
        if found is None:
            return "", None
        label, iri = by_name[found]
        return f"{label} <{iri}>", iri

    def kind(self, given: Iterable[Node]) -> str:
        """The class that was perhaps meant by the types that a thing has."""
        known = {_form(local_name(str(kind))): str(kind) for kind in self.shapes.classes}
        for kind in given:
            found = like(_form(local_name(str(kind))), known)
            if found is not None and known[found] != str(kind):
                return f"{local_name(known[found])} <{known[found]}>"
        return ""

    def _property(self, given: str, allowed: list[URIRef]) -> tuple[str, URIRef | None]:
        known = {_form(local_name(str(prop))): prop for prop in allowed if prop != RDF.type}
        found = like(_form(local_name(given)), known)
        return (f"{local_name(known[found])} <{known[found]}>", known[found]) if found is not None else ("", None)

    def _listed(self, result: Result) -> tuple[str, Node | None]:
        heads = list(self.shapes.graph.objects(result.shape, SH["in"]))
        allowed = [term for head in heads for term in self.shapes.graph.items(head)]
        names = self.published.labels(str(term) for term in allowed if isinstance(term, URIRef))
        known: dict[str, tuple[str, Node]] = {}
        for term in allowed:
            name = names.get(str(term)) or (str(term) if isinstance(term, Literal) else local_name(str(term)))
            known.setdefault(_form(name), (name, term))
        assert result.value is not None
        text = str(result.value) if isinstance(result.value, Literal) else local_name(str(result.value))
        found = like(_form(text), known)
        if found is None:
            return "", None
        name, term = known[found]
        return (f"{name} <{term}>" if isinstance(term, URIRef) else name), term


def like(text: str, known: Iterable[str]) -> str | None:
    """The text that is most like one, if any is like enough; of two equally like the first in the order of letters."""
    if not text or len(text) > _LONGEST:
        return None
    found = process.extractOne(text, sorted(known), scorer=fuzz.ratio, score_cutoff=_LIKE)
    return str(found[0]) if found else None


def date(text: str) -> str:
    """A date that people write in other ways, as ISO 8601 has it; empty if it is none, or one that does not exist."""
    text = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text.strip())
    if len(text) > _LONGEST:
        return ""
    try:
        if match := _DAY_FIRST.fullmatch(text):
            day, month, year = (int(part) for part in match.groups())
            return datetime.date(year, month, day).isoformat()
    except ValueError:
        return ""
    for form in _IN_WORDS:
        try:
            found = datetime.datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return found.isoformat() if "%d" in form else f"{found:%Y-%m}"
    return ""


def _form(text: str) -> str:
    return " ".join(folded(text))
