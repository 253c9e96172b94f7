"""The form for one record: fields made from the columns of a template, filled in from what is published or was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rdflib import RDF, RDFS, Graph, URIRef
from rdflib.term import Node

from lepgraph.errors import NotFound
from lepgraph.validation.findings import Finding
from lepgraph.validation.tables.explaining import written
from lepgraph.validation.tables.offering import headings
from lepgraph.validation.tables.templates import IDENTIFIER, KIND, SEPARATOR, Column, Template, Templates
from lepgraph.validation.tables.writing import row
from lepgraph.web.replies import site
from lepgraph.words import local_name

_FIELD, _NAME = "field-", "field:"
_LINE = 80
MOST_OFFERED = 600
"""Names of a class up to which a field suggests them."""


@dataclass(frozen=True)
class Field:
    """One field: where it stands, its name in the form, its label, what is to be known of it, and its value.

    ``options`` are all that it can be (value and name), ``suggestions`` names that it could be, and ``names`` is
    what the list of these is called, which fields may share. ``about`` is the property.
    """

    id: str
    name: str
    label: str
    note: str
    level: str
    value: str
    options: tuple[tuple[str, str], ...] = ()
    suggestions: tuple[str, ...] = field(default=(), repr=False)
    names: str = ""
    about: str = ""

    @property
    def heading(self) -> str:
        """The column that it stands for."""
        return self.name.removeprefix(_NAME)

    @property
    def long(self) -> bool:
        """Whether its value needs more than a line."""
        return len(self.value) > _LINE


@dataclass(frozen=True)
class Placed:
    """What was found of a form: by the field at which it stands, and what stands at none."""

    fields: Mapping[str, Sequence[Finding]]
    others: Sequence[Finding]

    def place(self, finding: Finding) -> str:
        """The field at which a finding stands; empty for none."""
        return next((name for name, findings in self.fields.items() if finding in findings), "")


def fields(template: Template, values: Mapping[str, str]) -> list[Field]:
    """The fields of a template with values by heading."""
    text = "The last part of its address, in small letters with hyphens, such as north-and-south."
    found = [_field(anchor(IDENTIFIER), IDENTIFIER, "Identifier", text, values, level="required")]
    if template.narrower:
        options = tuple((choice.label, choice.label) for choice in template.narrower)
        found.append(_field(anchor(KIND), KIND, "Kind", "What it is.", values, level="required", options=options))
    return found + [_of_column(column, values) for column in template.columns]


def placed(form: Sequence[Field], findings: Iterable[Finding]) -> Placed:
    """Where in a form findings stand: at the field of their column, or of their property where something is missing."""
    found: dict[str, list[Finding]] = {}
    others = []
    for finding in findings:
        heading = finding.place.heading
        named = [f.id for f in form if f.heading == heading and (f.about or not finding.property)]
        about = [f.id for f in form if f.about and f.about == finding.property]
        place = next(iter([*(about if heading == IDENTIFIER else []), *named, *about]), "")
        if place:
            found.setdefault(place, []).append(finding)
        else:
            others.append(finding)
    return Placed(found, others)


def published(templates: Templates, thing: URIRef) -> tuple[Template, Mapping[str, str]]:
    """The template of a published thing and its row by heading; raises NotFound if there is no such thing."""
    graph = site().published.facts([thing], [])
    template = templates.of(_above(graph.objects(thing, RDF.type)))
    if template is None:
        raise NotFound(f"Nothing that a form could hold is published as <{str(thing)[:200]}>.")
    values = sorted({value for value in graph.objects(thing) if isinstance(value, URIRef)})
    if values:
        graph += site().published.facts(values, [])
    cells = row(template, graph, thing, site().addresses.base, _called(template, graph, thing))
    return template, dict(zip(headings(template), cells, strict=True))


def _called(template: Template, graph: Graph, thing: URIRef) -> dict[Node, str]:
    """The names of the values of a thing, of those whose name names nothing else."""
    found: dict[Node, str] = {}
    for column in template.columns:
        values = [v for v in graph.objects(thing, column.predicate) if isinstance(v, URIRef)] if column.classes else []
        names = site().published.labels(values) if values else {}
        for kind in column.classes if names else ():
            for text, named in site().published.called(sorted(set(names.values())), kind).items():
                for value in named:
                    found[value] = text if len(named) == 1 and names.get(str(value)) == text else ""
    return {value: text for value, text in found.items() if text}


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
    ends = column.span is not None and column.end == column.span.end
    return _field(
        anchor(column.predicate, (column.end or "") if ends else ""),
        column.heading,
        column.heading[:1].upper() + column.heading[1:],
        _note(column, ends),
        values,
        level=column.level or "",
        options=options,
        suggestions=suggestions,
        names="-".join(["names", *("-".join(local_name(kind).lower().split()) for kind in column.classes)]),
        about=str(column.predicate),
    )


def _note(column: Column, ends: bool) -> str:
    """What is to be known before a field is filled in."""
    how = "Write the name, the code or the address of what is published." if column.classes else written(column)
    if column.choices and not column.several:
        how = ""
    end = "Leave it empty if the end has not come." if ends else ""
    several = f"Put {SEPARATOR} between several." if column.several else ""
    return " ".join(filter(None, (column.description, how, end, several)))


def _field(
    place: str,
    heading: str,
    label: str,
    note: str,
    values: Mapping[str, str],
    *,
    options: tuple[tuple[str, str], ...] = (),
    **more: Any,
) -> Field:
    value = values.get(heading, "")
    if options and value and value not in [option for option, _ in options]:
        options = (*options, (value, value))
    return Field(place, _NAME + heading, label, note, value=value, options=options, **more)
