"""Records from outside, read within bounds: their size is limited by the caller, their nesting and their reach here.

The engine's parsers are used because they are iterative (rdflib's raise RecursionError from 200 nested brackets) and
fetch nothing: a remote JSON-LD context is refused. XML with a document type is refused, since entities can explode.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePath

import pyoxigraph
from rdflib import Graph

from lepgraph.errors import RecordFault, TooLarge, UnsupportedMedia
from lepgraph.exchange import from_engine
from lepgraph.media import JSON_LD, N_TRIPLES, RDF_XML, TURTLE, Format

READABLE = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
_PARSERS = {
    TURTLE: pyoxigraph.RdfFormat.TURTLE,
    JSON_LD: pyoxigraph.RdfFormat.JSON_LD,
    N_TRIPLES: pyoxigraph.RdfFormat.N_TRIPLES,
    RDF_XML: pyoxigraph.RdfFormat.RDF_XML,
}
_ENDINGS = {
    ".ttl": TURTLE,
    ".turtle": TURTLE,
    ".jsonld": JSON_LD,
    ".json": JSON_LD,
    ".nt": N_TRIPLES,
    ".rdf": RDF_XML,
    ".xml": RDF_XML,
    ".owl": RDF_XML,
}
_MOST_TRIPLES = 100_000
_PLACE = re.compile(r"\s*(?:Parser error )?at line (\d+) column (\d+)(?::\s*)?|\s*\(line \d+\)")


def format_of(name: str) -> Format:
    """The format that a file's ending means; raises UnsupportedMedia for another."""
    found = _ENDINGS.get(PurePath(name).suffix.lower())
    if found is None:
        raise UnsupportedMedia(f"{name}: the ending must be one of {', '.join(_ENDINGS)}.")
    return found


def format_named(media_type: str) -> Format:
    """The format of a media type; raises UnsupportedMedia for one that is not read here."""
    bare = media_type.partition(";")[0].strip().lower()
    for offer in READABLE:
        if offer.answers_to(bare):
            return offer
    offered = ", ".join(offer.media_type for offer in READABLE)
    raise UnsupportedMedia(f"{bare or 'A body without a media type'} is not read here.", hint=f"Send {offered}.")


def read(body: bytes, form: Format, base: str, name: str = "the record") -> Graph:
    """The record's triples; raises RecordFault, with the line where the parser knows it, for anything unusable."""
    if form == RDF_XML and re.search(rb"<!(DOCTYPE|ENTITY)", body, re.IGNORECASE):
        raise RecordFault(f"{name}: a document type or entity is not read here.", hint="Leave out the DOCTYPE.")
    graph = Graph()
    try:
        body.decode("utf-8")
        for quad in pyoxigraph.parse(body, _PARSERS[form], base_iri=base):
            graph.add((from_engine(quad.subject), from_engine(quad.predicate), from_engine(quad.object)))
            if len(graph) > _MOST_TRIPLES:
                raise RecordFault(f"{name} has more than {_MOST_TRIPLES} triples.", hint="Hand in smaller files.")
    except UnicodeDecodeError as error:
        raise RecordFault(f"{name} is not UTF-8: {error.reason} at byte {error.start}.") from error
    except SyntaxError as error:
        raise RecordFault(f"{name}{_where(error)}: {_reason(error, form)}") from error
    except (TypeError, ValueError) as error:
        raise RecordFault(f"{name}: {error}") from error
    if not graph:
        raise RecordFault(f"{name} holds no triples.", hint="Is it complete, and in the format it claims to be?")
    return graph


def _where(error: SyntaxError) -> str:
    return f", line {error.lineno}, column {error.offset}" if error.lineno else ""


def _reason(error: SyntaxError, form: Format) -> str:
    if form == JSON_LD and "remote context" in str(error.msg):
        return "a remote context is not fetched; write the context into the document."
    return _PLACE.sub("", str(error.msg)).strip() + "."


def from_file(path: Path, limit: int, base: str) -> Graph:
    """The triples of a file of at most ``limit`` bytes; raises RecordFault, TooLarge or UnsupportedMedia."""
    form = format_of(path.name)
    try:
        with path.open("rb") as stream:
            body = stream.read(limit + 1)
    except OSError as error:
        raise RecordFault(f"{path}: {error.strerror}") from error
    if len(body) > limit:
        raise TooLarge(f"{path} has more than {limit} bytes, which is the limit.")
    return read(body, form, base, str(path))
