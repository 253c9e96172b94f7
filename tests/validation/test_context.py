"""Checking in context finds exactly what checking the whole graph finds."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import RDF, SH, Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.site import Site
from lepgraph.store import Query
from lepgraph.validation import engine
from lepgraph.validation.context import Gatherer
from lepgraph.validation.records import Record
from lepgraph.validation.shapes import Shapes

Found = Counter[tuple[Node | None, ...]]


class Whole:
    """The published graph as one, and what is worked out of it once."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.graph = site.store.graph(Query(site.library.pages["everything"].text))
        self.shapes = Shapes(site.content.shapes, site.content.hierarchy)
        kinds: dict[Node, list[URIRef]] = {}
        for thing, kind in self.graph.subject_objects(RDF.type):
            if (
                kind in self.shapes.classes
                and isinstance(thing, URIRef)
                and str(thing).startswith(f"{site.addresses.base}id/")
            ):
                kinds.setdefault(kind, []).append(thing)
        self._values: dict[Node, list[Node]] = {}
        self.things = {kind: sorted(things) for kind, things in sorted(kinds.items(), key=lambda pair: str(pair[0]))}

    def values(self, prop: Node) -> list[Node]:
        """Some values that things have of a property."""
        if prop not in self._values:
            self._values[prop] = sorted({v for _, v in islice(self.graph.subject_objects(prop), 200)}, key=str)
        return self._values[prop]

    def in_whole(self, record: Graph, focus: dict[Node, frozenset[Node]]) -> Found:
        """The results on the things of a record, checked within the whole graph."""
        added = [triple for triple in record if triple not in self.graph]
        removed = [t for s in set(record.subjects()) for t in self.graph.triples((s, None, None)) if t not in record]
        data = engine.Data(store=self.graph.store, identifier=self.graph.identifier)
        try:
            for triple in removed:
                data.remove(triple)
            for triple in [*added, *self.shapes.hierarchy]:
                data.add(triple)
            return results(engine.validate(data, self.shapes.targeting(focus)))
        finally:
            for triple in added:
                self.graph.remove(triple)
            for triple in removed:
                self.graph.add(triple)

    def in_context(self, record: Graph, focus: dict[Node, frozenset[Node]]) -> Found:
        """The same in the context that the service gathers."""
        data = self.shapes.data(record)
        starts = self.shapes.branches(focus)
        Gatherer(data, set(record.subjects()), self.site.published).gather(starts)
        return results(engine.validate(data, self.shapes.targeting(focus)))


def results(report: Graph) -> Found:
    """What a report says, each with its number of times."""
    found: Found = Counter()
    for node in report.objects(engine.report_node(report), SH.result):
        parts = (SH.focusNode, SH.resultPath, SH.value, SH.sourceConstraintComponent, SH.sourceShape)
        values = [report.value(node, part) for part in parts]
        found[tuple(value if isinstance(value, URIRef | Literal) else None for value in values)] += 1
    return found


@pytest.fixture(scope="module")
def whole(site: Site) -> Whole:
    return Whole(site)


@pytest.fixture(scope="module")
def whole_lights(lights_site: Site) -> Whole:
    return Whole(lights_site)


def changed(whole: Whole, draw: st.DrawFn) -> Graph:
    """One to three published things with some of their values changed for others of the graph."""
    record = Graph()
    for _ in range(draw(st.integers(1, 3))):
        things = whole.things[draw(st.sampled_from(list(whole.things)))]
        thing = draw(st.sampled_from(things))
        name = draw(st.sampled_from([thing, URIRef(f"{thing}-new")]))
        for _, prop, value in whole.graph.triples((thing, None, None)):
            record.add((name, prop, value))
    for subject, prop, value in sorted(record):
        if prop == RDF.type:
            continue
        how = draw(st.sampled_from(["keep"] * 6 + ["drop", "borrow", "point", "text"]))
        if how != "keep":
            record.remove((subject, prop, value))
        if how == "borrow":
            record.add((subject, prop, draw(st.sampled_from(whole.values(prop)))))
        elif how == "point":
            kind = draw(st.sampled_from(list(whole.things)))
            record.add((subject, prop, draw(st.sampled_from(whole.things[kind]))))
        elif how == "text":
            record.add((subject, prop, Literal("x")))
    return record


def agree(whole: Whole, record: Graph) -> None:
    focus = {thing: shapes for thing in set(record.subjects()) if (shapes := whole.shapes.of(thing, record))}
    assert whole.in_context(record, focus) == whole.in_whole(record, focus)


BOUNDED = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    derandomize=True,
)


@BOUNDED
@given(data=st.data())
def test_a_record_in_context_is_found_to_be_what_it_is_in_the_whole_graph(whole: Whole, data: st.DataObject) -> None:
    agree(whole, data.draw(st.composite(lambda draw: changed(whole, draw))()))


@BOUNDED
@given(data=st.data())
def test_so_is_one_of_another_subject(whole_lights: Whole, data: st.DataObject) -> None:
    agree(whole_lights, data.draw(st.composite(lambda draw: changed(whole_lights, draw))()))


def test_every_published_thing_is_found_in_its_context_to_be_what_it_is(whole: Whole) -> None:
    for things in whole.things.values():
        for thing in (things[0], things[len(things) // 2], things[-1]):
            record = Graph()
            for triple in whole.graph.triples((thing, None, None)):
                record.add(triple)
            agree(whole, record)


def test_a_record_replaces_what_was_published_of_its_things(site: Site) -> None:
    """A second founding date is no second value: the record is all that is said of its things."""
    thing = site.addresses.thing("partnership", "worcestershire")
    text = f"<{thing}> a <https://w3id.org/lepgraph/def/lep#LocalEnterprisePartnership> ."
    record = Record(Graph().parse(data=text, format="turtle"))
    missing = [finding for finding in site.validator.check(record).findings if finding.rule == "min-count"]
    assert "Nothing is said of the label." in [finding.message for finding in missing]
