"""Values that are not of their datatype, or lie where they cannot: what shapes alone do not see.

pySHACL does not look into months, years and geometries, nor into values of properties that no shape speaks of
(SHACL 4.1.2 asks for both of ill-typed literals).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.loading import coordinates
from lepgraph.terms import CHECK, FORMS, RDF, SH, XSD
from lepgraph.validation.engine import report_node
from lepgraph.validation.shapes import Bounds, Shapes

Triple = tuple[Node, Node, Node]


@dataclass(frozen=True)
class Fault:
    """A value that is wrong in itself: what is wrong, what to do, and the shape whose rule it breaks, if one has it."""

    triple: Triple
    message: str
    mend: str
    component: URIRef
    shape: Node | None = None


def faults(triples: Iterable[Triple], held: Mapping[Node, Iterable[Node]], shapes: Shapes) -> Iterator[Fault]:
    """The faults of these triples; ``held`` are the shapes that speak of each subject."""
    for triple in triples:
        value = triple[2]
        if not isinstance(value, Literal):
            continue
        owners = list(held.get(triple[0], ()))
        bounds = [b for owner in owners for b in shapes.bounds.get(owner, ()) if b.path == triple[1]]
        if bounds and (misplaced := _misplaced(str(value), bounds[0])):
            mend = shapes.text(bounds[0].shape, SH.message)
            yield Fault(triple, misplaced, mend, CHECK.BoundsConstraintComponent, bounds[0].shape)
        elif found := ill_formed(value):
            shape = shapes.speaking(owners, triple[1])
            yield Fault(triple, *found, SH.DatatypeConstraintComponent, shape)


def ill_formed(value: Literal) -> tuple[str, str] | None:
    """What is wrong with a literal that its datatype does not have, and what to do; None if nothing is."""
    if str(value.datatype) == coordinates.WKT:
        reason = coordinates.fault_of(value)
        return (f"The outline cannot be used: {reason}.", "Mend the outline, in Well-Known Text.") if reason else None
    form = FORMS.get(str(value.datatype))
    if form is not None and not form[0].fullmatch(value):
        return f"“{value}” is not {form[1].partition(',')[0]}.", f"Write {form[1]}."
    if value.datatype == XSD.date and value.ill_typed:
        return f"“{value}” is not a day of the calendar.", "Write a day that exists, such as 2015-05-31."
    if form is None and value.ill_typed:
        return f"“{value}” is no value of its datatype.", "Write it as the datatype asks, or choose another datatype."
    return None


def _misplaced(text: str, bounds: Bounds) -> str:
    """Why a geometry is not within the bounds; empty if it is."""
    if reason := coordinates.fault_of(text):
        return f"The outline cannot be used: {reason}."
    geometry = coordinates.geometry_of(text)
    if geometry is None:
        return ""
    west, south, east, north = bounds.box
    left, low, right, high = geometry.bounds
    if west <= left and south <= low and right <= east and high <= north:
        return ""
    lies = f"{left:g} to {right:g} degrees east and {low:g} to {high:g} degrees north"
    return f"The outline lies at {lies}, outside {west:g} to {east:g} and {south:g} to {north:g}."


def add(report: Graph, fault: Fault, severity: Node) -> None:
    """Adds a result for a fault to a report, unless the report has one on that value already."""
    subject, prop, value = fault.triple
    holder = report_node(report)
    for result in report.subjects(SH.value, value):
        if (result, SH.focusNode, subject) in report and (result, SH.resultPath, prop) in report:
            return
    result = BNode()
    terms: dict[URIRef, Node] = {
        RDF.type: SH.ValidationResult,
        SH.focusNode: subject,
        SH.resultPath: prop,
        SH.value: value,
        SH.resultMessage: Literal(fault.mend, lang="en"),
        SH.resultSeverity: severity,
        SH.sourceConstraintComponent: fault.component,
    }
    if fault.shape is not None:
        terms[SH.sourceShape] = fault.shape
    for name, term in terms.items():
        report.add((result, name, term))
    report.add((holder, SH.result, result))
