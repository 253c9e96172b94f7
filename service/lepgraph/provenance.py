"""What a source supports and what a named graph holds: graphs, statements, and the things that they speak about."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import Literal, URIRef

from lepgraph.describing import Describer, Incoming, Value
from lepgraph.querying import Library
from lepgraph.store import Query, Store

LISTED = 300
"""Things that a page lists at most; the query finds one more, so that the page can tell whether there are."""


@dataclass(frozen=True)
class Holding:
    """One named graph: a link to it, and how many statements and things it has."""

    graph: Value
    statements: int
    things: int


@dataclass(frozen=True)
class Support:
    """Named graphs and the things in them. ``graph`` says that the subject is itself the only graph."""

    graph: bool
    holdings: tuple[Holding, ...]
    things: tuple[Value, ...]
    cut: bool

    def tells(self, fact: Incoming) -> bool:
        """Whether a fact says no more than that these graphs have this source."""
        return fact.total == len(fact.values) and {value.href for value in fact.values} <= {
            holding.graph.href for holding in self.holdings
        }


class Provenance:
    """Tells of sources and named graphs of one store. A source is what some named graph has as its ``dct:source``."""

    def __init__(self, store: Store, library: Library, describer: Describer) -> None:
        self.store = store
        self.library = library
        self.describer = describer

    def of(self, iri: str) -> Support | None:
        """What the graphs of a source, or the graph of that name, hold; None for what is neither."""
        pages = self.library.pages
        rows = self.store.solutions(Query(pages["supported-graphs"].bound({"source": URIRef(iri)})))
        graphs = [URIRef(str(row["graph"])) for row in rows]
        if not graphs:
            return None
        space = Literal(self.describer.addresses.base + "id/")
        found = self.store.solutions(Query(pages["things-of-graphs"].bound({"graph": graphs, "space": space})))
        things = [str(row["thing"]) for row in found]
        labels = self.describer.labels({*things[:LISTED], *map(str, graphs)})
        holdings = tuple(
            Holding(
                self.describer.link(str(row["graph"]), labels), int(str(row["statements"])), int(str(row["things"]))
            )
            for row in rows
        )
        shown = tuple(self.describer.link(thing, labels) for thing in things[:LISTED])
        return Support([str(graph) for graph in graphs] == [iri], holdings, shown, len(things) > LISTED)
