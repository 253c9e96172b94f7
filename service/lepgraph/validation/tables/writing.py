"""What is published of a thing as a row of its template: what reading takes apart again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.addresses import Addresses
from lepgraph.terms import RDF
from lepgraph.validation.tables.templates import Column, Template
from lepgraph.validation.tables.values import joined


def row(
    template: Template, graph: Graph, thing: URIRef, base: str, called: Mapping[Node, str] | None = None
) -> list[str]:
    """The cells of the row about a thing, in the order of the headings of the template.

    Values are written by the names under which they are ``called``, or else by their addresses.
    """
    kinds = set(graph.objects(thing, RDF.type))
    named = [choice.label for choice in template.narrower if choice.term in kinds]
    types = ["; ".join(named)] if template.narrower else []
    cells = (_cell(column, graph, thing, base, called or {}) for column in template.columns)
    return [_key(template, thing, base), *types, *cells]


def _key(template: Template, thing: URIRef, base: str) -> str:
    return Addresses(base).key(template.segment, thing) or str(thing) if template.segment else str(thing)


def _cell(column: Column, graph: Graph, thing: URIRef, base: str, called: Mapping[Node, str]) -> str:
    values = sorted(graph.objects(thing, column.predicate), key=str)
    if column.span:
        ends = [str(graph.value(value, column.end) or "") for value in values]
        return joined(column, ends) if any(ends) else ""
    return joined(column, list(_texts(column, values, base, called)))


def _texts(column: Column, values: Iterable[Node], base: str, called: Mapping[Node, str]) -> Iterable[str]:
    labels = {choice.term: choice.label for choice in column.choices}
    counted = [choice.label for choice in column.choices]
    for value in values:
        if value in labels and counted.count(labels[value]) == 1:
            yield labels[value]
        elif value in called and column.classes and not column.choices:
            yield called[value]
        elif isinstance(value, Literal) and value.language and value.language != (column.languages or ("en",))[0]:
            yield f"{value}@{value.language}"
        elif isinstance(value, Literal):
            yield str(value)
        else:
            concept, key = Addresses(base).split(str(value)) or ("", "")
            yield f"{concept}/{key}" if concept and column.classes else str(value)
