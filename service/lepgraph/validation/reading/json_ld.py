"""JSON-LD: a JSON pointer for each triple, and nothing fetched.

The engine does not tell where in a document a triple stands. So it reads the document twice: once as it is, and once
with a tag of its own behind every text, number and address in it. Both readings give the same triples in the same
order, and the tags tell where the second ones come from. A tag that never comes out shows a value of which nothing is
made, such as one under a misspelt key, which no shape could see.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lepgraph.media import JSON_LD
from lepgraph.validation.reading.engine import Said, parsed, placed, unplaced
from lepgraph.validation.reading.json_text import Json, loaded, written
from lepgraph.validation.reading.tagging import Contexts, Tagger, pieces
from lepgraph.validation.records import Note, Place, Record

_REST = "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest"
_MOST_NOTES = 50


@dataclass(frozen=True)
class Published:
    """The context that documents may name by its address: the value of its ``@context``."""

    address: str
    context: Json


def read(name: str, text: str, base: str, published: Published | None = None) -> Record:
    """A document in JSON-LD; raises RecordFault for a context elsewhere, which is not fetched."""
    called = name or "The record"
    document = loaded(called, text)
    contexts = Contexts(called, published.address if published else "", published.context if published else None)
    local = contexts.resolved(document)
    triples = parsed(name, written(local) if contexts.replaced else text, JSON_LD, base)
    for nodes, types in ((True, True), (True, False), (False, True), (False, False)):
        tagger = Tagger(contexts, _unused(text), nodes=nodes, types=types)
        tagged = parsed(name, written(tagger.tagged(local)), JSON_LD, base)
        if _agree(triples, tagged):
            break
    else:
        return unplaced(triples, name)
    return _record(name, triples, tagged, tagger)


def _unused(text: str) -> str:
    mark = "Xq"
    while mark in text:
        mark += "q"
    return mark


def _agree(triples: list[Said], tagged: list[Said]) -> bool:
    return [str(triple[1]) for triple in triples] == [str(triple[1]) for triple in tagged]


def _record(name: str, triples: list[Said], tagged: list[Said], tagger: Tagger) -> Record:
    """The triples of the first reading, each at the pointer that the tags of its twin in the second name."""
    find = re.compile(f"{tagger.mark}([0-9]+){tagger.mark}")
    seen: set[int] = set()

    def pointer(term: object) -> str | None:
        numbers = [int(number) for number in find.findall(str(term))]
        seen.update(numbers)
        return tagger.pointers[numbers[0]] if numbers else None

    found = [(pointer(subject), pointer(value)) for subject, _, value in tagged]
    inner: dict[object, str] = {}
    for (subject, _, _), (_, value) in zip(triples, found, strict=True):
        if value is not None:
            inner.setdefault(subject, _above(value))
    pairs = []
    cells: dict[object, str] = {}
    for triple, (subject, value) in zip(triples, found, strict=True):
        node = tagger.node(subject) if subject is not None else inner.get(triple[0], "")
        if value is None:
            rest = getattr(triple[1], "value", "") == _REST
            value = cells.get(triple[0], "") if rest else inner.get(triple[2], node)
        deeper = subject is not None and len(pieces(node)) > len(pieces(tagger.node(value)))  # said by @reverse
        here = subject if deeper and subject is not None else value
        here = tagger.node(here) if here in tagger.added else here
        cells.setdefault(triple[0], here)
        pairs.append((triple, Place(file=name, pointer=here), Place(file=name, pointer=node)))
    record = placed(pairs)
    record.notes += _notes(name, [p for number, p in enumerate(tagger.pointers) if number not in seen], tagger)
    return record


def _above(pointer: str) -> str:
    return pointer.rpartition("/")[0]


def _notes(name: str, unseen: list[str], tagger: Tagger) -> list[Note]:
    """What to say of values of which nothing is made."""
    broken = {tagger.node(pointer) for pointer in unseen if tagger.broken(pointer)}
    notes = []
    for pointer in unseen:
        node = tagger.node(pointer)
        named = node != pointer and not tagger.broken(pointer)  # by an @id of which nothing is said
        if named or (node == pointer and _within(pointer, broken)) or _within(pointer, tagger.silent):
            continue
        notes.append(
            Note(
                "warning",
                Place(file=name, pointer=pointer),
                "Nothing is made of this value: its key means nothing in the context, or it is not a usable address.",
                "Check how the key is written, and that addresses have no spaces.",
                value=tagger.values[pointer],
            )
        )
    return notes[:_MOST_NOTES]


def _within(pointer: str, others: set[str]) -> bool:
    """Whether a pointer is one of others, or points into what one of them points to."""
    while pointer and pointer not in others:
        pointer = _above(pointer)
    return pointer in others
