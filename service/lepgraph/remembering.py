"""Things as versions of the dataset described them: the description of a past version by the code of today.

What a version said of a thing, and of all that this names, goes into a small store, which is described like the large
one. What linked to the thing is left out, and so is what a complete record would have besides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pyoxigraph
from rdflib import URIRef

from lepgraph.addresses import Addresses
from lepgraph.describing import UNKNOWN, Describer, Description
from lepgraph.media import Format, Kind
from lepgraph.ordering import Order
from lepgraph.querying import Library
from lepgraph.releases.history import History
from lepgraph.store import FIRST_OF_EACH, Query
from lepgraph.store.embedded import Embedded
from lepgraph.terms import LABELS

LONGEST = 4000
"""Bytes of a line about something that is only named; longer ones, outlines for instance, name nothing."""

_NAMES = frozenset(f"<{label}>".encode() for label in LABELS)


class Memory:
    """Describes things as versions did."""

    def __init__(self, history: History, library: Library, addresses: Addresses, order: Order) -> None:
        self.history = history
        self.library = library
        self.addresses = addresses
        self.order = order

    def described(self, iri: str, place: int) -> Description | None:
        """The description of a thing by a version, or None if it says nothing of it."""
        store = self._store(iri, place)
        if store is None:
            return None
        describer = _Then(store, self, place)
        found = describer.describe(iri)
        if found is None:
            return None
        groups = (
            replace(group, facts=tuple(f for f in group.facts if f.values != (UNKNOWN,))) for group in found.groups
        )
        return replace(found, incoming=(), groups=tuple(group for group in groups if group.facts))

    def written(self, iri: str, place: int, form: Format, prefixes: dict[str, str]) -> bytes | None:
        """What a version said of a thing in an RDF format: as the document about it has it, terms with a vocabulary."""
        formats = {**FIRST_OF_EACH, Kind.GRAPH: form}
        spaces = (f"{iri}#", f"{iri}/") if iri.startswith(f"{self.addresses.base}def/") else ()
        if terms := list(self.history.within(spaces, place)):
            store = Embedded(pyoxigraph.Store(), prefixes)
            own = [*self.history.said(iri, place), *terms]
            _add(store.store, own)
            for other in _named(own):
                _add(store.store, self.history.said(other, place))
            text = self.library.pages["vocabulary-graph"].bound({"vocabulary": URIRef(iri)})
            return store.answer(Query(text), formats).body()
        small = self._store(iri, place, prefixes)
        text = self.library.pages["document"].bound({"subject": URIRef(iri)})
        return small.answer(Query(text), formats).body() if small else None

    def _store(self, iri: str, place: int, prefixes: dict[str, str] | None = None) -> Embedded | None:
        """What a version said of a thing, of all that this names, of who said so, and how all of these are called."""
        own = self.history.said(iri, place)
        if not own:
            return None
        store = pyoxigraph.Store()
        _add(store, own)
        named = _named(own) - {iri}
        unnamed: set[str] = set()
        for other in sorted(named):
            lines = [line for line in self.history.said(other, place) if len(line) <= LONGEST]
            _add(store, lines)
            graph = other.startswith(f"{self.addresses.base}graph/")
            if graph or not any(line.split(b" ", 2)[1] in _NAMES for line in lines):
                unnamed |= _named(lines)
        for other in sorted(unnamed - named - {iri}):
            _add(store, [line for line in self.history.said(other, place) if line.split(b" ", 2)[1] in _NAMES])
        return Embedded(store, prefixes)


class _Then(Describer):
    """A describer of the small store, whose links lead to the same version where it spoke of what they lead to."""

    def __init__(self, store: Embedded, memory: Memory, place: int) -> None:
        super().__init__(store, memory.library, memory.addresses, memory.order, everywhere=False)
        self._memory = memory
        self._place = place

    def address(self, iri: str) -> str:
        """Where a page leads for an IRI."""
        address = super().address(iri)
        if not address.startswith(("/doc/", "/def/", "/data/")) or "#" in address:
            return address
        if not self._memory.history.said(iri, self._place):
            return address
        return f"/version/{self._memory.history.releases[self._place].number}{address}"


def _add(store: pyoxigraph.Store, lines: Iterable[bytes]) -> None:
    """Adds lines to their graphs and to the default graph."""
    for quad in pyoxigraph.parse(b"".join(lines), pyoxigraph.RdfFormat.N_QUADS):
        store.add(quad)
        store.add(pyoxigraph.Quad(quad.subject, quad.predicate, quad.object))


def _named(lines: Iterable[bytes]) -> set[str]:
    """The IRIs that lines name besides their subject."""
    found = set()
    for quad in pyoxigraph.parse(b"".join(lines), pyoxigraph.RdfFormat.N_QUADS):
        terms = (quad.predicate, quad.object, quad.graph_name)
        found |= {term.value for term in terms if isinstance(term, pyoxigraph.NamedNode)}
    return found
