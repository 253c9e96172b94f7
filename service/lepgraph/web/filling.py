"""The form for one record: fields made from the columns of a template, filled in from what is published or was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rdflib import RDF, RDFS, URIRef
from rdflib.term import Node

from lepgraph.errors import NotFound
from lepgraph.validation.tables.explaining import explained
from lepgraph.validation.tables.offering import headings
from lepgraph.validation.tables.templates import IDENTIFIER, KIND, Column, Template, Templates
from lepgraph.validation.tables.writing import row
from lepgraph.web.replies import site
from lepgraph.words import local_name

_FIELD = "field-"
MOST_OFFERED = 600
"""Names of a class up to which a field suggests them."""


@dataclass(frozen=True)
class Field:
    """One field: where it stands, its name in the form, its label, what is to be known of it, and its value.

    ``options`` are all that it can be (value and name), ``suggestions`` names that it could be.
    """

    id: str
    name: str
    label: str
    note: str
    level: str
    value: str
    options: tuple[tuple[str, str], ...] = ()
    suggestions: tuple[str, ...] = ()
    long: bool = False


def fields(template: Template, values: Mapping[str, str]) -> list[Field]:
    """The fields of a template with values by heading."""
    identifier = f"The last part of its address, such as {template.segment or 'thing'}-name; what is new may have none."
    found = [_field(IDENTIFIER, IDENTIFIER, "Identifier", identifier, "required", values)]
    if template.narrower:
        options = tuple((choice.label, choice.label) for choice in template.narrower)
        found.append(_field(KIND, KIND, "Kind", "What it is.", "required", values, options=options))
    return found + [_of_column(column, values) for column in template.columns]


def published(templates: Templates, thing: URIRef) -> tuple[Template, Mapping[str, str]]:
    """The template of a published thing and its row by heading; raises NotFound if there is no such thing."""
    graph = site().published.facts([thing], [])
    template = templates.of(_above(graph.objects(thing, RDF.type)))
    if template is None:
        raise NotFound(f"Nothing that a form could hold is published as <{str(thing)[:200]}>.")
    for _, _, value in list(graph):
        if isinstance(value, URIRef):
            for triple in site().published.facts([value], []):
                graph.add(triple)
    cells = row(template, graph, thing, site().addresses.base)
    return template, dict(zip(headings(template), cells, strict=True))


def anchor(prop: str, end: str = "") -> str:
    """What leads to the field of a property in every form that has one; the end of a stretch of time has its own."""
    return _FIELD + "-".join(" ".join(map(local_name, filter(None, (prop, end)))).lower().split())


def names(kind: URIRef) -> Sequence[tuple[str, str]]:
    """The things of a class by name, for lists to choose from."""
    return [(str(iri), label) for iri, label in site().published.names(kind)]


def _above(kinds: Iterable[Node]) -> set[Node]:
    """These classes and those that they are narrower than."""
    hierarchy = site().content.hierarchy
    found = (above for kind in kinds for above in hierarchy.transitive_objects(kind, RDFS.subClassOf))
    return {kind for kind in found if kind is not None}


def _of_column(column: Column, values: Mapping[str, str]) -> Field:
    options: tuple[tuple[str, str], ...] = ()
    suggestions: tuple[str, ...] = ()
    if column.choices and not column.several:
        options = tuple((choice.label, choice.label) for choice in column.choices)
    elif column.classes:
        known = [label for kind in column.classes for _, label in site().published.names(kind)]
        suggestions = tuple(dict.fromkeys(known)) if len(known) <= MOST_OFFERED else ()
    level = column.level or ""
    label = column.heading[:1].upper() + column.heading[1:]
    ends = column.span is not None and column.end == column.span.end
    place = anchor(column.predicate, (column.end or "") if ends else "")
    note = explained(column)
    return _field(place, column.heading, label, note, level, values, options=options, suggestions=suggestions)


def _field(
    place: str,
    heading: str,
    label: str,
    note: str,
    level: str,
    values: Mapping[str, str],
    *,
    options: tuple[tuple[str, str], ...] = (),
    suggestions: tuple[str, ...] = (),
) -> Field:
    value = values.get(heading, "")
    if options and value and value not in [option for option, _ in options]:
        options = (*options, (value, value))
    where = place if place.startswith(_FIELD) else anchor(place)
    return Field(where, f"field:{heading}", label, note, level, value, options, suggestions, len(value) > 80)
