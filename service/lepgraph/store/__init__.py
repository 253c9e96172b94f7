"""The one seam to the triple store: what a store is, and what is asked of it.

Three engines keep this contract (tests/store/test_contract.py): ``embedded`` in this process for queries that we wrote,
``isolated`` in killable worker processes for queries from outside, and ``remote`` for any SPARQL 1.1 endpoint.
The default graph that a query sees is the RDF merge of the named graphs: each triple once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from rdflib import Graph
from rdflib.term import Node

from lepgraph.media import OFFERS, Format, Kind

Formats = Mapping[Kind, Format | None]
"""The format that the client gets for each kind of answer; None where it accepts none that is on offer."""

FIRST_OF_EACH: Formats = {kind: offers[0] for kind, offers in OFFERS.items()}


@dataclass(frozen=True)
class Query:
    """A SPARQL 1.1 query with its protocol dataset (SPARQL 1.1 Protocol 2.1.4) and its deadline in seconds."""

    text: str
    base: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True)
class Answer:
    """An answer in one format. ``chunks`` yields its bytes and raises if the engine dies before the end.

    ``complete`` says that the engine has ended, so that nothing can fail any more.
    """

    kind: Kind
    format: Format
    chunks: Iterator[bytes]
    complete: bool = True

    def body(self) -> bytes:
        """The whole answer."""
        return b"".join(self.chunks)


class Store(Protocol):
    """A store of RDF quads that answers SPARQL 1.1 queries."""

    def answer(self, query: Query, formats: Formats) -> Answer:
        """The answer in the format chosen for its kind.

        Raises QueryFault, NotAcceptable, Refused or an EngineFault before the first byte wherever that is possible.
        """
        ...

    def solutions(self, query: Query) -> list[dict[str, Node]]:
        """The solutions of a SELECT query in order, unbound variables left out."""
        ...

    def graph(self, query: Query) -> Graph:
        """The triples of a CONSTRUCT query."""
        ...

    def close(self) -> None:
        """Gives back what the store holds: processes, files, connections."""
        ...
