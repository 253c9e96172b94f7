"""What a query editor offers while somebody types: prefixes, and the terms of the graph with names and definitions.

Terms that the vocabularies of the dataset define, and those of others that it uses; the most used are offered first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from rdflib import URIRef

from lepgraph.counting import Counts
from lepgraph.querying import Library
from lepgraph.store import Query, Store
from lepgraph.terms import SKOS
from lepgraph.words import local_name

_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_DEFINITION = 240
"""Characters of a definition that are offered."""


@dataclass(frozen=True)
class Term:
    """A class, a property or a concept as the editor writes it, and what it is called; ``uses`` counts triples."""

    written: str
    kind: str
    label: str
    definition: str
    uses: int


def terms(store: Store, library: Library, prefixes: Mapping[str, str], counts: Counts) -> str:
    """The JSON that the editor reads: an object of prefixes, and a list of terms."""
    found = {**_used(counts), **_defined(store, library, counts)}
    written = {iri: Term(_written(iri, prefixes), *rest) for iri, rest in found.items()}
    ordered = sorted(written.values(), key=lambda term: (term.kind, -term.uses, term.written))
    rows = [
        {"name": term.written, "kind": term.kind, "label": term.label, "definition": term.definition, "uses": term.uses}
        for term in ordered
    ]
    return json.dumps({"prefixes": dict(prefixes), "terms": rows}, ensure_ascii=False, separators=(",", ":")) + "\n"


_Rest = tuple[str, str, str, int]


def _defined(store: Store, library: Library, counts: Counts) -> dict[str, _Rest]:
    """The terms that the graph itself speaks of, as classes, properties or concepts."""
    found: dict[str, _Rest] = {}
    for row in store.solutions(Query(library.pages["terms"].text)):
        iri = str(row["term"])
        kind = "concept" if row["type"] == SKOS.Concept else "class" if iri in counts.classes else ""
        kind = kind or ("property" if str(row["type"]).endswith("Property") else "class")
        definition = str(row.get("definition", ""))
        cut = f"{definition[:_DEFINITION].rstrip()}…" if len(definition) > _DEFINITION else definition
        if isinstance(row["term"], URIRef):
            found.setdefault(iri, (kind, str(row.get("label", "")), cut, _uses(iri, counts)))
    return found


def _used(counts: Counts) -> dict[str, _Rest]:
    """The classes and properties that are used, whoever defines them."""
    found: dict[str, _Rest] = {iri: ("property", local_name(iri), "", number) for iri, number in counts.uses.items()}
    found.update((iri, ("class", local_name(iri), "", number)) for iri, number in counts.classes.items())
    return found


def _uses(iri: str, counts: Counts) -> int:
    return counts.classes.get(iri, 0) or counts.uses.get(iri, 0)


def _written(iri: str, prefixes: Mapping[str, str]) -> str:
    """A term as a query has it: with the longest prefix that fits, else as a whole IRI."""
    fitting = [(space, name) for name, space in prefixes.items() if iri.startswith(space)]
    for space, name in sorted(fitting, key=lambda pair: -len(pair[0])):
        if _LOCAL.fullmatch(iri[len(space) :]):
            return f"{name}:{iri[len(space) :]}"
    return f"<{iri}>"
