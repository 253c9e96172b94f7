"""pyoxigraph's parsers within bounds, with faults in words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

import pyoxigraph
from rdflib import BNode, Literal, URIRef

from lepgraph.errors import RecordFault
from lepgraph.exchange import from_engine
from lepgraph.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format
from lepgraph.validation.records import Place, Record

MOST_TRIPLES = 100_000
DEEPEST = 100
"""Levels to which brackets and elements may be nested; every parser after this one is recursive."""

_PARSERS = {
    TURTLE: pyoxigraph.RdfFormat.TURTLE,
    JSON_LD: pyoxigraph.RdfFormat.JSON_LD,
    N_TRIPLES: pyoxigraph.RdfFormat.N_TRIPLES,
    RDF_XML: pyoxigraph.RdfFormat.RDF_XML,
    TRIG: pyoxigraph.RdfFormat.TRIG,
    N_QUADS: pyoxigraph.RdfFormat.N_QUADS,
}
_WHERE = re.compile(
    r"\s*(?:Parser error )?(?:at line \d+ (?:column \d+|between columns \d+ and \d+)"
    r"|between line \d+ column \d+ and line \d+ column \d+)(?::\s*)?|\s*\(line \d+\)"
)
_LONGEST = 300


Said = tuple[object, object, object]
"""A triple in the engine's terms."""


def parsed(name: str, text: str, form: Format, base: str) -> list[Said]:
    """All triples in the order of the engine, whatever graph they are in; raises RecordFault."""
    name = name or "The record"
    triples: list[Said] = []
    try:
        body = text.encode()
    except UnicodeEncodeError as error:
        raise RecordFault(f"{name} holds half a character (a surrogate) at character {error.start + 1}.") from error
    try:
        for quad in pyoxigraph.parse(body, _PARSERS[form], base_iri=base):
            triples.append((quad.subject, quad.predicate, quad.object))
            if len(triples) > MOST_TRIPLES:
                raise RecordFault(f"{name} has more than {MOST_TRIPLES} triples.", hint="Hand in smaller files.")
    except SyntaxError as error:
        where = f", line {error.lineno}, column {error.offset}" if error.lineno else ""
        raise RecordFault(f"{name}{where}: {_reason(error)}", hint=f"Is it {form.title}?") from error
    except MemoryError as error:  # a limit of the engine's own, 16 mebibytes
        raise RecordFault(f"{name} has a value that is too long.", hint="Shorten it; is a quote missing?") from error
    except (TypeError, ValueError) as error:
        raise RecordFault(f"{name}: {error}") from error
    for _, _, value in triples:
        _refuse_new(value, name)
    return triples


def _refuse_new(value: object, name: str) -> None:
    """Raises RecordFault for what RDF 1.1 does not have."""
    if isinstance(value, pyoxigraph.Triple):
        raise RecordFault(f"{name}: triples about triples (RDF 1.2) are not read here.", hint="Use RDF 1.1.")
    if isinstance(value, pyoxigraph.Literal) and value.direction:
        raise RecordFault(f"{name}: texts with a direction (RDF 1.2) are not read here.", hint="Use RDF 1.1.")


def alike(some: Iterable[Said], others: Iterable[Said]) -> bool:
    """Whether triples are the same ones but for their order and their blank nodes."""
    return _ground(some) == _ground(others)


def _ground(triples: Iterable[Said]) -> int:
    blank = pyoxigraph.BlankNode
    return sum(
        hash((None if isinstance(s, blank) else s, p, None if isinstance(o, blank) else o)) for s, p, o in triples
    )


def _reason(error: SyntaxError) -> str:
    reason = _WHERE.sub("", str(error.msg)).strip().replace("\x00", "\N{SYMBOL FOR NULL}")
    return (reason if len(reason) <= _LONGEST else reason[:_LONGEST] + "…").rstrip(".") + "."


def placed(pairs: Iterable[tuple[Said, Place, Place]]) -> Record:
    """The record of triples with their own places and those of their subjects."""
    record = Record()
    known: dict[object, URIRef | BNode | Literal] = {}
    for said, place, subject in pairs:
        for term in said:
            if term not in known:
                known[term] = from_engine(term)
        triple = (known[said[0]], known[said[1]], known[said[2]])
        record.subjects.setdefault(triple[0], subject)
        record.add(triple, place)
    return record


def unplaced(triples: Iterable[Said], name: str) -> Record:
    """The record of triples of which no more than the file is known."""
    here = Place(file=name)
    return placed((triple, here, here) for triple in triples)


class Lines:
    """The lines of a text, to say at which line and column a position is."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def at(self, position: int) -> Place:
        """The place of a character."""
        line = bisect_right(self.starts, position)
        return Place(self.name, line, position - self.starts[line - 1] + 1)
