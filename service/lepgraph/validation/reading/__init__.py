"""Files to records: triples, each with its place in the file; whatever is wrong with a file is a Fault that says where.

``documents`` decodes, ``engine`` parses with pyoxigraph, which is iterative and fetches nothing. Its triples are the
record. Where they stand is found beside it, by ``turtle``, ``rdf_xml`` and ``json_ld``, each of which compares what it
found with what the engine said, and rather gives no place than a wrong one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rdflib import BNode
from rdflib.term import Node

from lepgraph.errors import RecordFault, TooLarge
from lepgraph.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format
from lepgraph.validation.reading import json_ld, rdf_xml, turtle
from lepgraph.validation.reading.documents import decoded
from lepgraph.validation.reading.formats import READABLE, format_named, format_of
from lepgraph.validation.reading.json_ld import Published
from lepgraph.validation.records import File, Record, Triple

__all__ = ["READABLE", "Published", "format_named", "format_of", "from_file", "read", "read_all", "together"]

_READERS = {
    TURTLE: turtle.read,
    TRIG: turtle.read,
    N_TRIPLES: turtle.read_lines,
    N_QUADS: turtle.read_lines,
    RDF_XML: rdf_xml.read,
}


def read(file: File, form: Format, base: str, published: Published | None = None) -> Record:
    """What a file says; relative addresses are meant from ``base``.

    ``published`` is the JSON-LD context that a document may name by its address. Raises RecordFault, with line and
    column where they are known, for anything that is not a document of the format, and TooLarge.
    """
    text = decoded(file, form)
    if form == JSON_LD:
        record = json_ld.read(file.name, text, base, published)
    else:
        record = _READERS[form](file.name, text, form, base)
    if not record.graph:
        name = file.name or "The record"
        raise RecordFault(f"{name} holds no triples.", hint="Is it complete, and in the format it claims to be?")
    return record


def read_all(files: Sequence[tuple[File, Format]], base: str, published: Published | None = None) -> Record:
    """What several files say together; blank nodes of different files stay apart."""
    return together([read(file, form, base, published) for file, form in files])


def together(records: Sequence[Record]) -> Record:
    """Several records as one; blank nodes of different records stay apart."""
    if len(records) == 1:
        return records[0]
    merged = Record()
    for number, record in enumerate(records, start=1):
        merged.merge(apart(record, f"file{number}"))
    return merged


def apart(record: Record, prefix: str) -> Record:
    """The same record with the prefix before the label of every blank node."""
    named = Record(notes=record.notes, references=record.references)
    for subject, place in record.subjects.items():
        named.subjects[_renamed(subject, prefix)] = place
    for triple in record.graph:
        named.graph.add(_each(triple, prefix))
    for triple, place in record.places.items():
        named.places[_each(triple, prefix)] = place
    return named


def _each(triple: Triple, prefix: str) -> Triple:
    subject, predicate, value = triple
    return _renamed(subject, prefix), predicate, _renamed(value, prefix)


def _renamed(term: Node, prefix: str) -> Node:
    return BNode(f"{prefix}.{term}") if isinstance(term, BNode) else term


def from_file(path: Path, limit: int, base: str, published: Published | None = None) -> Record:
    """What a file of at most ``limit`` bytes says; raises RecordFault, TooLarge or UnsupportedMedia."""
    form = format_of(path.name)
    try:
        with path.open("rb") as stream:
            body = stream.read(limit + 1)
    except OSError as error:
        raise RecordFault(f"{path}: {error.strerror}") from error
    if len(body) > limit:
        raise TooLarge(f"{path} has more than {limit} bytes, which is the limit.")
    return read(File(str(path), body), form, base, published)
