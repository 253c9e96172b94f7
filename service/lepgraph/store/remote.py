"""The remote engine: any endpoint of the SPARQL 1.1 Protocol, asked with SPARQLWrapper.

The endpoint decides what its default graph is; the merge that the contract asks for is its own duty. Which format comes
back is decided by the Accept header alone, since endpoints disagree about ``format`` parameters.
"""

from __future__ import annotations

import json
from urllib.error import HTTPError, URLError

from rdflib import Graph
from rdflib.term import Node
from SPARQLWrapper import ASK, CONSTRUCT, DESCRIBE, POST, SELECT, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from lepgraph.errors import EngineFault, NotAcceptable, QueryFault, QueryTimeout
from lepgraph.exchange import from_results
from lepgraph.media import N_TRIPLES, OFFERS, RESULTS_JSON, Kind
from lepgraph.store import FIRST_OF_EACH, Answer, Formats, Query
from lepgraph.store.clauses import read

_KINDS = {SELECT: Kind.SOLUTIONS, ASK: Kind.BOOLEAN, CONSTRUCT: Kind.GRAPH, DESCRIBE: Kind.GRAPH}
_MOST_BYTES = 256 * 1024 * 1024


class Remote:
    """A SPARQL endpoint elsewhere; ``seconds`` is the longest that an answer is waited for."""

    def __init__(self, endpoint: str, seconds: float = 30.0) -> None:
        self.endpoint = endpoint
        self.seconds = seconds

    def answer(self, query: Query, formats: Formats) -> Answer:
        """See Store. Raises EngineFault if the endpoint cannot be reached or fails."""
        text = read(query.text, query.base).source.text
        client = SPARQLWrapper(self.endpoint)
        prologue = f"BASE <{query.base}>\n" if query.base else ""
        client.setQuery(prologue + text)
        kind = _KINDS.get(client.queryType or "")
        if kind is None:
            raise QueryFault("This is not a SPARQL query.")
        chosen = formats[kind]
        if chosen is None:
            raise NotAcceptable([offer.media_type for offer in OFFERS[kind]])
        client.setMethod(POST)
        client.setOnlyConneg(True)
        client.addCustomHttpHeader("Accept", chosen.media_type)
        client.setTimeout(max(1, round(min(query.seconds or self.seconds, self.seconds))))
        for name, graphs in (("default-graph-uri", query.default_graphs), ("named-graph-uri", query.named_graphs)):
            for graph in graphs:
                client.addParameter(name, graph)
        return Answer(kind, chosen, iter([self._body(client, chosen.media_type)]))

    def solutions(self, query: Query) -> list[dict[str, Node]]:
        """See Store."""
        answer = self.answer(query, {**FIRST_OF_EACH, Kind.SOLUTIONS: RESULTS_JSON})
        return from_results(json.loads(answer.body()))

    def graph(self, query: Query) -> Graph:
        """See Store."""
        answer = self.answer(query, {**FIRST_OF_EACH, Kind.GRAPH: N_TRIPLES})
        return Graph().parse(data=answer.body(), format="nt")

    def close(self) -> None:
        """Nothing is kept open."""

    def _body(self, client: SPARQLWrapper, media_type: str) -> bytes:
        try:
            with client.query().response as response:
                sent = response.headers.get("Content-Type", "").partition(";")[0].strip()
                body = response.read(_MOST_BYTES + 1)
        except SPARQLWrapperException as error:
            raise _fault(str(error)) from error
        except TimeoutError as error:
            raise QueryTimeout(f"{self.endpoint} did not answer in time.") from error
        except (HTTPError, URLError, OSError) as error:
            raise EngineFault(f"{self.endpoint} cannot be asked: {error}.") from error
        if sent != media_type:
            raise EngineFault(f"{self.endpoint} answered in {sent or 'no format'} instead of {media_type}.")
        if len(body) > _MOST_BYTES:
            raise EngineFault(f"{self.endpoint} sent more than {_MOST_BYTES} bytes.")
        return body


def _fault(message: str) -> QueryFault | EngineFault:
    """The endpoint's refusal as a fault, with its place if the endpoint is one of ours."""
    start = message.find("{")
    try:
        said = json.loads(message[start:].rstrip("'\n").encode().decode("unicode_escape")) if start >= 0 else {}
    except ValueError:
        said = {}
    if "QueryBadFormed" in message:
        detail = str(said.get("detail", "The endpoint says that the query is not SPARQL."))
        return QueryFault(detail, line=int(said.get("line", 0)), column=int(said.get("column", 0)))
    return EngineFault(f"The endpoint failed: {said.get('detail', message[:200])}")
