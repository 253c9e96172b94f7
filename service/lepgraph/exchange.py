"""RDF terms of pyoxigraph and of query results as terms of rdflib: engines count and join, rdflib describes."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import pyoxigraph
from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

Triple = tuple[Node, Node, Node]

# A literal that is not of its datatype is a finding to us, and nothing for a log; rdflib says it of each that it makes.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)
warnings.filterwarnings("ignore", message="Parsing weird boolean", module=r"rdflib\.term")

_named = lru_cache(maxsize=8192)(URIRef)  # rdflib looks at each character of each


def from_engine(term: object) -> URIRef | BNode | Literal:
    """The rdflib term for an engine term. Literals keep their lexical form, valid or not."""
    if isinstance(term, pyoxigraph.NamedNode):
        return _named(term.value)
    if isinstance(term, pyoxigraph.BlankNode):
        return BNode(term.value)
    if isinstance(term, pyoxigraph.Literal):
        if term.language:
            return Literal(term.value, lang=term.language, normalize=False)
        datatype = _named(term.datatype.value)
        plain = str(datatype) == "http://www.w3.org/2001/XMLSchema#string"
        return Literal(term.value, datatype=None if plain else datatype, normalize=False)
    raise TypeError(f"{term!r} is not an RDF 1.1 term")


def to_engine(term: Node) -> pyoxigraph.NamedNode | pyoxigraph.Literal:
    """The engine's term for an IRI or a literal of rdflib; raises TypeError for anything else."""
    if isinstance(term, URIRef):
        return pyoxigraph.NamedNode(term)
    if not isinstance(term, Literal):
        raise TypeError(f"{term!r} cannot be written")
    if term.language:
        return pyoxigraph.Literal(term, language=term.language)
    return pyoxigraph.Literal(term, datatype=pyoxigraph.NamedNode(term.datatype) if term.datatype else None)


def written(triples: Iterable[Triple], name: str, prefixes: Mapping[str, str]) -> bytes:
    """Triples of rdflib in a format (``ttl``, ``nt``, ``jsonld`` or ``rdf``), in their order; many times faster."""
    held = list(triples)  # so that no two terms have the same identity
    known: dict[int, Any] = {}
    for triple in held:
        for term in triple:
            if id(term) not in known:
                known[id(term)] = to_engine(term)
    quads = (pyoxigraph.Triple(known[id(s)], known[id(p)], known[id(o)]) for s, p, o in held)
    form = pyoxigraph.RdfFormat.from_extension(name)
    assert form is not None
    return pyoxigraph.serialize(quads, format=form, prefixes=dict(prefixes) if name in ("ttl", "rdf") else None) or b""


def as_result(term: Node) -> dict[str, str]:
    """An IRI or a literal in the SPARQL 1.1 Query Results JSON Format (3.2.2)."""
    if not isinstance(term, Literal):
        return {"type": "uri", "value": str(term)}
    kind = {"xml:lang": term.language} if term.language else {"datatype": str(term.datatype)} if term.datatype else {}
    return {"type": "literal", "value": str(term), **kind}


def from_results(document: Any) -> list[dict[str, Node]]:
    """The solutions of a document in the SPARQL 1.1 Query Results JSON Format (3.2), unbound variables left out."""
    return [{name: from_result(value) for name, value in row.items()} for row in document["results"]["bindings"]]


def from_result(value: Mapping[str, str]) -> Node:
    """A term in that format."""
    if value["type"] == "uri":
        return URIRef(value["value"])
    if value["type"] == "bnode":
        return BNode(value["value"])
    datatype = value.get("datatype")
    return Literal(
        value["value"],
        lang=value.get("xml:lang"),
        datatype=URIRef(datatype) if datatype else None,
        normalize=False,
    )
