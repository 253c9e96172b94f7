"""The embedded engine: pyoxigraph in this process, in memory or read-only on disk.

It has no deadline of its own, so it is for queries that we wrote; ``isolated`` wraps it for queries from outside.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pyoxigraph
from rdflib import Graph
from rdflib.term import Node

from lepgraph import scratch
from lepgraph.errors import EngineFault, Fault, NotAcceptable, ParameterFault, ServiceFault
from lepgraph.exchange import from_engine
from lepgraph.media import OFFERS, Format, Kind
from lepgraph.store import Answer, Formats, Query, writing
from lepgraph.store.clauses import Clauses, check_graphs, read
from lepgraph.store.diagnosing import Diagnoser
from lepgraph.store.tokens import Source

_CLAUSES = re.compile(r"\b(?:FROM|SERVICE)\b|\\[uU]", re.IGNORECASE)
"""Words of a query that name graphs or call others, and escapes behind which one could hide."""
_UNKNOWN_FUNCTION = re.compile(r"custom (?:aggregate )?function <(.*)> is not supported")

_Named = pyoxigraph.NamedNode | pyoxigraph.BlankNode
_Graph = _Named | pyoxigraph.DefaultGraph

Started = Callable[[Kind, Format], None]


class Embedded:
    """A pyoxigraph store, the prefixes that graph answers are written with, and the endpoints that SERVICE may call."""

    def __init__(
        self, store: pyoxigraph.Store, prefixes: dict[str, str] | None = None, allowed: frozenset[str] = frozenset()
    ) -> None:
        self.store = store
        self.prefixes = prefixes or {}
        self.allowed = allowed
        self._diagnoser = Diagnoser(self.prefixes)

    @classmethod
    def load(
        cls, snapshot: Path, prefixes: dict[str, str] | None = None, allowed: frozenset[str] = frozenset()
    ) -> Embedded:
        """A store in memory from N-Quads whose default graph is already the merge of the named graphs.

        The snapshot was written by a build that checked every term, so the load does not check them again: a quarter
        of its time.
        """
        store = pyoxigraph.Store()
        store.bulk_load(path=snapshot, format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)
        return cls(store, prefixes, allowed)

    @classmethod
    def on_disk(cls, snapshot: Path, folder: Path, prefixes: dict[str, str] | None = None) -> Embedded:
        """The same on disk: written to ``folder`` unless it is there, whole or not at all, and opened read-only.

        Raises NotKept.
        """
        if not folder.exists():
            with scratch.folder(folder.parent, "The store") as new:
                store = pyoxigraph.Store(str(new))
                store.bulk_load(path=snapshot, format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)
                store.flush()
                del store
                if not folder.exists():  # another process may have been faster
                    new.rename(folder)
        return cls(pyoxigraph.Store.read_only(str(folder)), prefixes)

    def answer(self, query: Query, formats: Formats) -> Answer:
        """The answer, complete in memory before it is handed out."""
        output = io.BytesIO()
        shape: list[tuple[Kind, Format]] = []
        self.write(query, formats, output, lambda kind, chosen: shape.append((kind, chosen)))
        kind, chosen = shape[0]
        return Answer(kind, chosen, iter([output.getvalue()]))

    def write(self, query: Query, formats: Formats, output: IO[bytes], started: Started) -> None:
        """Writes the answer to ``output`` as it comes, after a call of ``started`` that tells its kind and format."""
        clauses = read(query.text, query.base, self.allowed)
        result = self._run(query, clauses)
        kind = _kind(result)
        chosen = formats[kind]
        if chosen is None:
            raise NotAcceptable([offer.media_type for offer in OFFERS[kind]])
        started(kind, chosen)
        offers = [offer.media_type for offer in OFFERS[kind]]
        try:
            writing.write(result, chosen, output, self.prefixes, offers)
        except EngineFault as fault:
            raise self._failed(clauses, fault.detail) from fault

    def solutions(self, query: Query) -> list[dict[str, Node]]:
        """See Store."""
        result = self._run(query, self._clauses(query))
        if not isinstance(result, pyoxigraph.QuerySolutions):
            raise TypeError("solutions() takes a SELECT query")
        names = [variable.value for variable in result.variables]
        return [
            {name: from_engine(term) for name, term in zip(names, solution, strict=True) if term is not None}
            for solution in result
        ]

    def graph(self, query: Query) -> Graph:
        """See Store."""
        result = self._run(query, self._clauses(query))
        if not isinstance(result, pyoxigraph.QueryTriples):
            raise TypeError("graph() takes a CONSTRUCT query")
        graph = Graph()
        for triple in result:
            graph.add((from_engine(triple.subject), from_engine(triple.predicate), from_engine(triple.object)))
        return graph

    def warm(self) -> None:
        """Gets ready what a process that is forked from this one would have to make for itself."""
        self._diagnoser.warm()

    def close(self) -> None:
        """Nothing to give back."""

    def _clauses(self, query: Query) -> Clauses:
        """The clauses of one of our own queries, which is read word by word only if it may have any."""
        if _CLAUSES.search(query.text):
            return read(query.text, query.base, self.allowed)
        return Clauses(source=Source(query.text))

    def _run(self, query: Query, clauses: Clauses) -> writing.Result:
        chosen = (clauses.default_graphs, clauses.named_graphs)
        if query.default_graphs or query.named_graphs:
            chosen = (query.default_graphs, query.named_graphs)
        else:
            check_graphs((*chosen[0], *chosen[1]), query.base, self._holds)
        default: list[_Graph] = [_node(iri) for iri in dict.fromkeys(chosen[0])]
        named: list[_Named] = [_node(iri) for iri in dict.fromkeys(chosen[1])]
        options: dict[str, Any] = {}
        store = self.store
        if len(default) > 1:
            store = self._merged(default, named)
            options = {"default_graph": pyoxigraph.DefaultGraph(), "named_graphs": named}
        elif default or named:
            options = {"default_graph": default, "named_graphs": named}
        try:
            return store.query(clauses.source.text, base_iri=query.base, **options)
        except SyntaxError as error:
            raise self._diagnoser.explain(clauses.source, str(error)) from error
        except (OSError, ValueError, RuntimeError) as error:
            raise self._failed(clauses, str(error)) from error

    def _failed(self, clauses: Clauses, message: str) -> Fault:
        """What a failure of the engine means: a fault of the query, of an endpoint that it calls, or of the engine."""
        if unknown := _UNKNOWN_FUNCTION.search(message):
            return self._diagnoser.unknown_function(clauses.source, unknown[1])
        return (
            ServiceFault(f"An endpoint that the query calls failed: {message}.")
            if clauses.services
            else EngineFault(message)
        )

    def _holds(self, iri: str) -> bool:
        return self.store.contains_named_graph(_node(iri))

    def _merged(self, default: list[_Graph], named: list[_Named]) -> pyoxigraph.Store:
        """A scratch store whose default graph is the merge of several graphs: the engine would count a triple twice."""
        scratch = pyoxigraph.Store()
        for graph in default:
            quads = self.store.quads_for_pattern(None, None, None, graph)
            scratch.bulk_extend(pyoxigraph.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
        for graph in named:
            scratch.bulk_extend(self.store.quads_for_pattern(None, None, None, graph))
        return scratch


def _node(iri: str) -> pyoxigraph.NamedNode:
    try:
        return pyoxigraph.NamedNode(iri)
    except ValueError as error:
        raise ParameterFault(f"<{iri}> is not the name of a graph: {error}.", hint="Give an absolute IRI.") from error


def _kind(result: object) -> Kind:
    if isinstance(result, pyoxigraph.QuerySolutions):
        return Kind.SOLUTIONS
    return Kind.BOOLEAN if isinstance(result, pyoxigraph.QueryBoolean) else Kind.GRAPH
