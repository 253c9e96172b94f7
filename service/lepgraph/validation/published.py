"""What the published graph says to checking: five questions, which are all that checking asks of a store.

Checking may run in a process that has no store; then the questions go through a channel (see ``isolation``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.describing import Describer
from lepgraph.querying import Library
from lepgraph.store import Query, Store

_NAMES_AT_MOST = 20_000
"""Things of a class whose names are looked through for what was perhaps meant."""


class Published(Protocol):
    """The questions."""

    def facts(self, subjects: Sequence[URIRef], properties: Sequence[URIRef]) -> Graph:
        """What is said of these things with these properties, or with any if none is given."""

    def inverse(self, prop: URIRef, objects: Sequence[Node]) -> Graph:
        """The triples of a property whose objects are among these IRIs and literals."""

    def called(self, texts: Sequence[str], kind: URIRef) -> dict[str, list[URIRef]]:
        """The things of a class, or of one below it, that a text names: by a name, by a code, in any case."""

    def names(self, kind: URIRef) -> list[tuple[URIRef, str]]:
        """The things of a class and what they are called; empty if there are more than can be looked through."""

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """What pages call these things, those left out that have no name."""


class Stored:
    """The questions, answered by a store."""

    def __init__(self, store: Store, library: Library, describer: Describer) -> None:
        self.store = store
        self.library = library
        self.describer = describer

    @cached_property
    def _names(self) -> dict[URIRef, list[tuple[URIRef, str]]]:
        return {}

    def facts(self, subjects: Sequence[URIRef], properties: Sequence[URIRef]) -> Graph:
        """See Published."""
        values: dict[str, Node | Sequence[Node]] = {"subject": subjects}
        if properties:
            values["property"] = properties
        return self._graph("context" if properties else "everything-of", values)

    def inverse(self, prop: URIRef, objects: Sequence[Node]) -> Graph:
        """See Published."""
        return self._graph("context-inverse", {"property": prop, "object": objects})

    def called(self, texts: Sequence[str], kind: URIRef) -> dict[str, list[URIRef]]:
        """See Published."""
        wanted = {text: text.casefold().strip() for text in texts}
        literals = [Literal(form) for form in sorted(set(wanted.values()))]
        found: dict[str, list[URIRef]] = {}
        query = self.library.pages["called"].bound({"class": kind, "text": literals})
        for row in self.store.solutions(Query(query)):
            if isinstance(row["thing"], URIRef):
                found.setdefault(str(row["text"]), []).append(row["thing"])
        return {text: found.get(form, []) for text, form in wanted.items()}

    def names(self, kind: URIRef) -> list[tuple[URIRef, str]]:
        """See Published; a store never changes, so that each class is asked for once."""
        if kind not in self._names:
            query = self.library.pages["members"].bound({"class": kind, "space": Literal("")})
            rows = self.store.solutions(Query(query))
            named = [
                (row["thing"], str(row["label"])) for row in rows if "label" in row and isinstance(row["thing"], URIRef)
            ]
            self._names[kind] = named if len(named) <= _NAMES_AT_MOST else []
        return self._names[kind]

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """See Published."""
        return self.describer.labels(iris)

    def _graph(self, name: str, values: Mapping[str, Node | Sequence[Node]]) -> Graph:
        return self.store.graph(Query(self.library.pages[name].bound(values)))
