"""What the properties and the things of a dataset are called, for the headings and names in its tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph

from lepgraph.terms import LABELS, RDFS, SKOS

_ENGLISH = ("en", "")
_PLACES = {str(term): place for place, term in enumerate(LABELS)}
_DEFINITIONS = (str(SKOS.definition), str(RDFS.comment))


@dataclass(frozen=True)
class Vocabulary:
    """The English names and definitions that are known, by IRI, and the prefixes of namespaces."""

    names: Mapping[str, str]
    definitions: Mapping[str, str]
    prefixes: Mapping[str, str]

    def prefix(self, iri: str) -> str:
        """The prefix of an IRI's namespace; empty if it has none."""
        return next((name for name, space in self.prefixes.items() if iri.startswith(space)), "")


def vocabulary(triples: Iterable[pyoxigraph.Triple], prefixes: Mapping[str, str]) -> Vocabulary:
    """The vocabulary that the triples hold; of several names the preferred property's, the first of the alphabet."""
    names: dict[str, tuple[int, int, str]] = {}
    definitions: dict[str, str] = {}
    for triple in triples:
        said = triple.predicate.value
        subject, value = triple.subject, triple.object
        if not (said in _PLACES or said in _DEFINITIONS) or not isinstance(value, pyoxigraph.Literal):
            continue
        if not isinstance(subject, pyoxigraph.NamedNode):
            continue
        language = (value.language or "").partition("-")[0]
        if language not in _ENGLISH:
            continue
        thing = subject.value
        if said in _PLACES:
            new = (_PLACES[said], _ENGLISH.index(language), value.value)
            names[thing] = min(new, names.get(thing, new))
        else:
            definitions.setdefault(thing, value.value)
    return Vocabulary({thing: name for thing, (_, _, name) in names.items()}, definitions, prefixes)
