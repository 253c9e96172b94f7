"""Cells that name things in words, as people do, become links to the things that are called so."""

from __future__ import annotations

from collections import defaultdict

from rdflib import Literal, URIRef

from lepgraph.terms import LABELS, RDF, SKOS
from lepgraph.validation.published import Published
from lepgraph.validation.records import Note, Place, Record, Reference
from lepgraph.validation.shapes import Shapes

_SHOWN = 5
"""Things of one name that a note lists."""


def resolve(record: Record, published: Published, shapes: Shapes) -> None:
    """Puts the thing in the place of its name where one thing only is called so; notes where several are.

    Where none is, the name stays, and the shape of the property says what is wanted.
    """
    wanted: dict[URIRef, set[str]] = defaultdict(set)
    for reference in record.references:
        for kind in reference.classes:
            wanted[kind].add(reference.text)
    found = {kind: published.called(sorted(texts), kind) for kind, texts in wanted.items()}
    own = _own(record)
    for reference in record.references:
        things = {iri for kind in reference.classes for iri in found[kind].get(reference.text, [])}
        things |= {
            iri
            for iri, types in own.get(reference.text.casefold().strip(), {}).items()
            if any(shapes.above(kind) & set(reference.classes) for kind in types)
        }
        _put(record, reference, sorted(things))
    record.references = []


def _own(record: Record) -> dict[str, dict[URIRef, set[URIRef]]]:
    """The things of the record itself by their names, with their types."""
    names: dict[str, dict[URIRef, set[URIRef]]] = defaultdict(dict)
    for prop in (*LABELS, SKOS.altLabel, SKOS.notation):
        for thing, name in record.graph.subject_objects(prop):
            if isinstance(thing, URIRef):
                types = {kind for kind in record.graph.objects(thing, RDF.type) if isinstance(kind, URIRef)}
                names[str(name).casefold().strip()].setdefault(thing, set()).update(types)
    return names


def _put(record: Record, reference: Reference, things: list[URIRef]) -> None:
    named = (reference.subject, reference.predicate, Literal(reference.text))
    place = record.places.get(named, Place())
    if len(things) == 1:
        record.graph.remove(named)
        record.places.pop(named, None)
        record.add((reference.subject, reference.predicate, things[0]), place)
    elif things:
        listed = ", ".join(f"<{thing}>" for thing in things[:_SHOWN])
        more = f" and {len(things) - _SHOWN} more" if len(things) > _SHOWN else ""
        record.notes.append(
            Note(
                "violation",
                place,
                f"{len(things)} things are called “{reference.text}”.",
                f"Write the address or the code of the one that is meant: {listed}{more}.",
                reference.text,
                str(reference.subject),
                str(reference.predicate),
            )
        )
