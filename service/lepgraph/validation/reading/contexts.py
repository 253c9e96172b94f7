"""The JSON-LD context of a content: its classes and properties by their last names, with the kinds of their values.

What a property's values are, the shapes say, and the ontology where they do not. A property whose values are of
several kinds has none, so that a record says of each value what it is. There is no ``@vocab``: a key that is misspelt
means nothing, and is noticed.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable

from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from lepgraph.content import Content
from lepgraph.terms import OWL, RDF, RDFS, SH, XSD
from lepgraph.validation.reading.json_ld import Published
from lepgraph.validation.reading.json_text import Json, written

ADDRESS = "def/context.jsonld"
"""Where the context is, below the base of the content."""

_ALIASES: dict[str, Json] = {"id": "@id", "type": "@type"}
_PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property)
_NODES = (SH.IRI, SH.BlankNodeOrIRI, SH.BlankNode)
_SEVERAL = ("several",)


def published(content: Content) -> Published:
    """The context of a content with its address."""
    types = content.graph(*content.files("ontology", "*.ttl"), only=RDF.type)
    ranges = content.graph(*content.files("ontology", "*.ttl"), only=RDFS.range)
    shapes = content.shapes
    classes = {kind for form in (OWL.Class, RDFS.Class) for kind in types.subjects(RDF.type, form)}
    classes |= set(shapes.objects(None, SH.targetClass))
    properties = {found for form in _PROPERTIES for found in types.subjects(RDF.type, form)}
    properties |= set(shapes.objects(None, SH.path))
    members = sorted(str(term) for term in classes | properties if isinstance(term, URIRef))
    names = _named(members, content.addresses.base, content.prefixes)
    terms: dict[str, Json] = {}
    for iri in members:
        kind = _kind(URIRef(iri), shapes, types, ranges) if URIRef(iri) in properties else {}
        for name in names[iri]:
            if kind or ":" not in name:
                terms[name] = {"@id": iri, **kind} if kind else iri
    prefixes: dict[str, Json] = {name: {"@id": iri, "@prefix": True} for name, iri in content.prefixes.items()}
    context: dict[str, Json] = {**_ALIASES, **prefixes, **dict(sorted(terms.items()))}
    return Published(f"{content.addresses.base}{ADDRESS}", context)


def document(context: Published) -> bytes:
    """The context as a file."""
    return json.dumps(json.loads(written({"@context": context.context})), ensure_ascii=False, indent=1).encode() + b"\n"


def _named(iris: Iterable[str], base: str, prefixes: dict[str, str]) -> dict[str, list[str]]:
    """The names of each term: one with a prefix, and its last, unless one of ours or two others are called so."""
    ours = {_last(iri) for iri in iris if iri.startswith(base)}
    others = Counter(_last(iri) for iri in iris if not iri.startswith(base))
    taken = {*_ALIASES, *prefixes}
    names: dict[str, list[str]] = {}
    for iri in iris:
        name = _last(iri)
        alone = name in ours if iri.startswith(base) else name not in ours and others[name] == 1
        found = [name] if alone and name.isidentifier() and name not in taken else []
        found += [f"{prefix}:{iri[len(space) :]}" for prefix, space in prefixes.items() if _in(iri, space)]
        names[iri] = found
    return names


def _last(iri: str) -> str:
    return re.split("[/#]", iri)[-1]


def _in(iri: str, space: str) -> bool:
    rest = iri.removeprefix(space)
    return rest != iri and rest.isidentifier()


def _kind(prop: URIRef, shapes: Graph, types: Graph, ranges: Graph) -> dict[str, Json]:
    """What the context says of a property's values; nothing if they are plain texts or of several kinds."""
    kinds = {kind for shape in shapes.subjects(SH.path, prop) for kind in _of_shape(shape, shapes)}
    if not kinds:
        kinds = {("@type", str(kind)) for kind in ranges.objects(prop, RDFS.range) if str(kind).startswith(str(XSD))}
        if (prop, RDF.type, OWL.ObjectProperty) in types:
            kinds = {("@type", "@id")}
    if len(kinds) != 1 or kinds == {_SEVERAL} or ("@type", str(XSD.string)) in kinds:
        return {}
    key, value = next(iter(kinds))
    return {key: value}


def _of_shape(shape: Node, shapes: Graph) -> set[tuple[str, ...]]:
    kinds: set[tuple[str, ...]] = {("@type", str(kind)) for kind in shapes.objects(shape, SH.datatype)}
    tongues = [list(Collection(shapes, tongue)) for tongue in shapes.objects(shape, SH.languageIn)]
    kinds |= {("@language", str(tongue[0])) if len(tongue) == 1 else _SEVERAL for tongue in tongues}
    listed = [value for values in shapes.objects(shape, SH["in"]) for value in Collection(shapes, values)]
    if any(kind in _NODES for kind in shapes.objects(shape, SH.nodeKind)) or (shape, SH["class"], None) in shapes:
        kinds.add(("@type", "@id"))
    if any(isinstance(value, URIRef) for value in (*listed, *shapes.objects(shape, SH.hasValue))):
        kinds.add(("@type", "@id"))
    for part in (SH["or"], SH.xone):
        for choices in shapes.objects(shape, part):
            kinds |= {
                kind for choice in Collection(shapes, choices) for kind in _of_shape(choice, shapes) or {_SEVERAL}
            }
    return kinds
