"""The remote engine: one dataset behind one or more endpoints of the SPARQL 1.1 Protocol, asked with SPARQLWrapper.

Requests go round the endpoints and move on when one fails, never when a query does: a runaway is not sent to each in
turn. Every answer is asked for as JSON or N-Triples, read as it comes and written again in the format that the client
chose, by the same library that writes the answers of the other engines: formats are the same behind every endpoint, and
what is cut or broken does not read. An answer waits in a temporary file until it is whole.
"""

from __future__ import annotations

import io
import json
import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TypeVar

import pyoxigraph
from rdflib import Graph
from rdflib.term import Node

from lepgraph import measures
from lepgraph.errors import EngineFault, Fault, NotAcceptable, QueryFault, Unsupported
from lepgraph.exchange import from_engine, from_results
from lepgraph.media import N_TRIPLES, OFFERS, RESULTS_JSON, Format, Kind
from lepgraph.store import Answer, Formats, Query, writing
from lepgraph.store.clauses import check_graphs, read
from lepgraph.store.dataset import NOWHERE, Written, check_name, graphs_asked, kind, written
from lepgraph.store.diagnosing import Diagnoser
from lepgraph.store.endpoints import Endpoints, Health
from lepgraph.store.tokens import Source
from lepgraph.store.transport import Blame, Connections, Unwell

logger = logging.getLogger(__name__)

K = TypeVar("K")
T = TypeVar("T")

MOST_BYTES = 1024 * 1024 * 1024
_IN_MEMORY = 1024 * 1024
_PIECE = 64 * 1024
_ASKED = {Kind.SOLUTIONS: RESULTS_JSON, Kind.BOOLEAN: RESULTS_JSON, Kind.GRAPH: N_TRIPLES}
_QUERIES = Path(__file__).parent.parent / "queries"


class Remote:
    """A dataset behind SPARQL endpoints.

    ``seconds`` is the longest that an answer is waited for, ``most`` the bytes that it may have. Where the endpoints'
    own default graph is not the merge of the named ones, ``default_graph`` names the graph that holds the merge; then
    ``graphs`` names all that a query without a dataset of its own sees under GRAPH.
    """

    def __init__(
        self,
        endpoints: str | Sequence[str],
        seconds: float = 30.0,
        default_graph: str = "",
        graphs: Sequence[str] = (),
        *,
        most: int = MOST_BYTES,
        prefixes: dict[str, str] | None = None,
    ) -> None:
        self.endpoints = Endpoints([endpoints] if isinstance(endpoints, str) else endpoints)
        self.seconds = seconds
        self.default_graph = default_graph
        self.graphs = tuple(graphs)
        self.most = most
        self.prefixes = prefixes or {}
        for health in self.endpoints.health():
            measures.endpoint_up.labels(health.address).set(1)
        self._diagnoser = Diagnoser(self.prefixes)
        self._connections = Connections()
        self._merged: dict[tuple[str, ...], bool] = {}
        self._held: dict[str, bool] = dict.fromkeys(self.graphs, True)

    def answer(self, query: Query, formats: Formats) -> Answer:
        """See Store. Raises EngineFault if no endpoint can be reached, EngineBusy if none has time."""
        sent = self._written(query)
        self._diagnoser.check(sent.source)
        chosen = formats[sent.kind]
        if chosen is None:
            raise NotAcceptable([offer.media_type for offer in OFFERS[sent.kind]])
        spool = self._asked(query, sent, lambda body: self._rewritten(body, sent.kind, chosen))
        small = spool.tell() <= _PIECE
        spool.seek(0)
        if not small:
            return Answer(sent.kind, chosen, _Spooled(spool), complete=False)
        with spool:
            return Answer(sent.kind, chosen, iter([spool.read()]))

    def solutions(self, query: Query) -> list[dict[str, Node]]:
        """See Store."""
        sent = self._written(query)
        if sent.kind != Kind.SOLUTIONS:
            raise TypeError("solutions() takes a SELECT query")
        return self._asked(query, sent, lambda body: from_results(json.load(body)))

    def graph(self, query: Query) -> Graph:
        """See Store."""
        sent = self._written(query)
        if sent.kind != Kind.GRAPH:
            raise TypeError("graph() takes a CONSTRUCT query")
        return self._asked(query, sent, _graph)

    def status(self) -> list[Health]:
        """How each endpoint does."""
        return self.endpoints.health()

    def examine(self) -> list[Health]:
        """How each endpoint does now: each is asked for a sign of life."""
        for health in self.endpoints.health():
            fault = self._ill(health.address)
            if fault:
                self._note_failure(health.address, fault)
            else:
                self._note_answer(health.address)
        return self.endpoints.health()

    def close(self) -> None:
        """Closes the connections."""
        self._connections.close()

    def _written(self, query: Query) -> Written:
        """The query as it is sent, with its dataset in its text; raises Unsupported if the engine would count twice."""
        clauses = read(query.text, query.base)
        default, named = clauses.default_graphs, clauses.named_graphs
        if query.default_graphs or query.named_graphs:
            default, named = query.default_graphs, query.named_graphs
        else:
            check_graphs((*default, *named), query.base, self._holds)
        if default or named:
            default, named = self._known(default), self._known(named)
            if len(default) > 1 and not self._merges(default):
                raise Unsupported(
                    "The engine behind this service does not merge several default graphs: a triple that lies in two "
                    "of them would count twice.",
                    hint="Name one default graph, or none for the merge of all, or ask with GRAPH.",
                )
        elif self.default_graph:
            default = (self.default_graph,)
            asked, others = graphs_asked(clauses.source)
            named = self.graphs if others else tuple(graph for graph in self.graphs if graph in asked)
        else:
            return Written(clauses.source, kind(clauses.source)).based(query.base)
        return written(clauses.source, default, named).based(query.base)

    def _known(self, graphs: tuple[str, ...]) -> tuple[str, ...]:
        """Those graphs that the store has, each once; the others are empty, and need not be asked for."""
        once = tuple(dict.fromkeys(graphs))
        return once if len(once) > 20 and not self.graphs else tuple(graph for graph in once if self._holds(graph))

    def _holds(self, graph: str) -> bool:
        """Whether the store has a graph, as it was told or as an endpoint says."""
        if graph not in self._held and not self.graphs:
            check_name(graph)
            sent = Written(Source(_stored("held").replace(NOWHERE, graph)), Kind.BOOLEAN)
            self._keep(self._held, graph, b"true" in self._asked(Query(""), sent, lambda body: body.read()))
        return self._held.get(graph, False)

    def _merges(self, default: tuple[str, ...]) -> bool:
        """Whether the engine counts each triple of these graphs once when they are named together."""
        if default not in self._merged:
            sent = written(Source(_stored("merged")), default, ())
            [row] = self._asked(Query(""), sent, lambda body: from_results(json.load(body)))
            self._keep(self._merged, default, str(row["all"]) == str(row["once"]))
        return self._merged[default]

    @staticmethod
    def _keep(kept: dict[K, bool], key: K, value: bool) -> None:
        """Remembers what an endpoint said, for a bounded number of questions."""
        if len(kept) > 10_000:
            kept.clear()
        kept[key] = value

    def _asked(self, query: Query, sent: Written, taken: Callable[[IO[bytes]], T]) -> T:
        """What ``taken`` makes of the first answer that comes whole from an endpoint."""
        seconds = min(query.seconds or self.seconds, self.seconds)
        fault: EngineFault | None = None
        for address in self.endpoints.next():
            try:
                result = self._take(address, sent, seconds, taken)
            except Unwell as unwell:
                fault = unwell.fault
                if unwell.blame == Blame.ENDPOINT or self._ill(address):
                    self._note_failure(address, fault)
                elif unwell.blame == Blame.QUERY:
                    raise fault from unwell
                continue
            except QueryFault as found:
                raise self._diagnoser.explain(sent.source, found.detail) from None
            self._note_answer(address)
            return result
        assert fault is not None
        raise fault

    def _take(self, address: str, sent: Written, seconds: float, taken: Callable[[IO[bytes]], T]) -> T:
        body = self._connections.ask(address, sent, _ASKED[sent.kind].media_type, seconds, self.most)
        try:
            with io.BufferedReader(body, _PIECE) as reader:
                result = taken(reader)
                while reader.read(_PIECE):  # a reader may stop before the end that tells whether all has come
                    pass
                return result
        except Fault as fault:
            raise body.drawn() or fault from fault
        except (OSError, ValueError, SyntaxError, KeyError, TypeError, RuntimeError) as error:
            unread = EngineFault(f"{address} sent an answer that cannot be read: {error}.")
            raise body.drawn() or Unwell(unread, Blame.QUERY) from error

    def _rewritten(self, body: IO[bytes], sort: Kind, chosen: Format) -> IO[bytes]:
        """The answer in the format that was chosen, whole, in memory or in a file; its place is its end."""
        spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the answer closes it
        try:
            # no name here holds a parser: one that outlives its thread in a traceback cannot be let go of
            writing.write(
                _parsed(body, sort), chosen, spool, self.prefixes, [offer.media_type for offer in OFFERS[sort]]
            )
        except BaseException:
            spool.close()
            raise
        return spool

    def _ill(self, address: str) -> Fault | None:
        """Why an endpoint gives no sign of life, or None if it does."""
        sent = Written(Source(_stored("alive")), Kind.BOOLEAN)
        try:
            self._take(address, sent, 2.0, lambda body: body.read())
        except Unwell as unwell:
            return unwell.fault
        except Fault as fault:
            return fault
        return None

    def _note_failure(self, address: str, fault: Fault) -> None:
        measures.endpoint_failures.labels(address).inc()
        measures.endpoint_up.labels(address).set(0)
        if self.endpoints.failed(address, fault.detail):
            logger.warning("%s is left out for now: %s", address, fault.detail)

    def _note_answer(self, address: str) -> None:
        if self.endpoints.answered(address):
            measures.endpoint_up.labels(address).set(1)
            logger.warning("%s answers again", address)


class _Spooled(Iterator[bytes]):
    """The pieces of an answer that waits in a file, which is closed at its end or when nobody wants the rest."""

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool = spool

    def __next__(self) -> bytes:
        piece = b"" if self._spool.closed else self._spool.read(_PIECE)
        if not piece:
            self._spool.close()
            raise StopIteration
        return piece

    def __del__(self) -> None:
        self._spool.close()


def _parsed(body: IO[bytes], sort: Kind) -> writing.Result:
    """What an endpoint sent, as it comes."""
    if sort == Kind.GRAPH:
        return (quad.triple for quad in pyoxigraph.parse(body, pyoxigraph.RdfFormat.N_TRIPLES))
    return pyoxigraph.parse_query_results(body, pyoxigraph.QueryResultsFormat.JSON)


def _stored(name: str) -> str:
    return (_QUERIES / f"{name}.rq").read_text(encoding="utf-8")


def _graph(body: IO[bytes]) -> Graph:
    graph = Graph()
    for quad in pyoxigraph.parse(body, pyoxigraph.RdfFormat.N_TRIPLES):
        graph.add((from_engine(quad.subject), from_engine(quad.predicate), from_engine(quad.object)))
    return graph
