"""The W3C validation report, with the same labels of blank nodes each time."""

from __future__ import annotations

import hashlib
from collections import defaultdict

import pyoxigraph
from rdflib import BNode, Graph, Literal
from rdflib.term import Node

from lepgraph.media import RDF_XML, TURTLE, Format
from lepgraph.terms import SH
from lepgraph.validation.findings import Report
from lepgraph.validation.reporting.escaping import for_xml

_PREFIXES = {"sh": str(SH)}
_ROUNDS = 4
"""How far from a blank node what is said counts for its label: from a report to the path of a result and back."""


def written(report: Report, form: Format) -> bytes:
    """The report in a format of graphs."""
    graph = labelled(report.graph)
    if form == TURTLE:
        return graph.serialize(format="turtle", encoding="utf-8")
    if form == RDF_XML:
        for triple in list(graph):
            if isinstance(triple[2], Literal) and for_xml(triple[2]) != str(triple[2]):
                graph.remove(triple)
                graph.add((triple[0], triple[1], _for_xml(triple[2])))
    lines = sorted(graph.serialize(format="nt").split("\n"))
    quads = pyoxigraph.parse("\n".join(lines), format=pyoxigraph.RdfFormat.N_TRIPLES)
    name = pyoxigraph.RdfFormat.from_media_type(form.media_type)
    assert name is not None
    body = pyoxigraph.serialize((quad.triple for quad in quads), format=name, prefixes=_PREFIXES)
    assert body is not None
    return body


def labelled(graph: Graph) -> Graph:
    """The same graph with blank nodes named by what is said of them; alike ones in any order."""
    around: dict[Node, list[tuple[str, str, Node]]] = defaultdict(list)
    for subject, predicate, value in graph:
        around[subject].append(("of", str(predicate), value))
        if isinstance(value, BNode):
            around[value].append(("to", str(predicate), subject))
    nodes = [node for node in around if isinstance(node, BNode)]
    marks = dict.fromkeys(nodes, "")
    for _ in range(_ROUNDS):
        marks = {node: _mark(around[node], marks) for node in nodes}
    ordered = sorted(nodes, key=lambda node: marks[node])
    names: dict[Node, Node] = {node: BNode(f"b{number:06}") for number, node in enumerate(ordered, 1)}
    named = Graph()
    named.bind("sh", SH)
    for subject, predicate, value in graph:
        named.add((names.get(subject, subject), predicate, names.get(value, value)))
    return named


def _mark(said: list[tuple[str, str, Node]], marks: dict[BNode, str]) -> str:
    lines = sorted(f"{way} {prop} {marks[n] if isinstance(n, BNode) else n.n3()}" for way, prop, n in said)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()


def _for_xml(literal: Literal) -> Literal:
    return Literal(for_xml(literal), lang=literal.language, datatype=literal.datatype, normalize=False)
