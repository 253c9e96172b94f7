"""Templates: what shapes say of a class as the columns of a table."""

from __future__ import annotations

import csv
import io

import pytest
from rdflib import URIRef

from lepgraph.content import Content
from lepgraph.terms import SH, XSD
from lepgraph.validation.tables.offering import as_csv, headings
from lepgraph.validation.tables.templates import Column, Template, Templates, plain

LEP = "https://w3id.org/lepgraph/def/lep#"


def column(template: Template, heading: str) -> Column:
    return next(column for column in template.columns if column.heading == heading)


def test_every_class_that_a_shape_targets_has_a_template(content: Content, tables: Templates) -> None:
    assert {template.kind for template in tables} == set(content.shapes.objects(None, SH.targetClass))


def test_a_template_is_called_as_addresses_call_its_things(content: Content, tables: Templates) -> None:
    for segment, concept in content.catalogue.concepts.items():
        if segment in tables.all:
            assert tables.all[segment].kind == concept.iri
            assert tables.all[segment].segment == segment


def test_a_narrower_class_has_the_columns_of_those_above_it(tables: Templates) -> None:
    wider, narrower = tables.all["area"], tables.all["overlap-area"]
    assert {c.predicate for c in wider.columns} < {c.predicate for c in narrower.columns}
    assert narrower.segment == "area"


def test_headings_are_unique_and_end_with_a_note(tables: Templates) -> None:
    for template in tables:
        folded = [plain(heading) for heading in headings(template)]
        assert len(set(folded)) == len(folded)
        assert all(column.note.endswith(".") for column in template.columns)


def test_a_column_says_what_all_shapes_of_its_property_say(tables: Templates) -> None:
    founded = column(tables.all["partnership"], "founding date")
    assert (founded.level, founded.most) == ("expected", 1)
    assert founded.datatypes == (XSD.date, XSD.gYearMonth, XSD.gYear)
    label = column(tables.all["partnership"], "label")
    assert (label.level, label.most, label.languages) == ("required", 1, ("en",))
    assert column(tables.all["partnership"], "area").classes == (URIRef(f"{LEP}PartnershipArea"),)
    assert "[0-9]{8}" in column(tables.all["partnership"], "company number").pattern


def test_a_pattern_is_explained_in_the_words_of_its_shape(tables: Templates) -> None:
    note = column(tables.all["partnership"], "company number").note
    assert "eight digits" in note
    assert "[0-9]" not in note


def test_a_code_list_is_offered_by_its_names(tables: Templates) -> None:
    confidence = column(tables.all["partnership"], "confidence")
    assert "single source" in [choice.label for choice in confidence.choices]
    assert "One of: verified" in confidence.note


def test_a_stretch_of_time_is_two_columns(content: Content, tables: Templates) -> None:
    begin, end = column(tables.all["membership"], "period from"), column(tables.all["membership"], "period to")
    assert begin.span is not None
    assert begin.span == end.span
    base = content.catalogue.base
    assert begin.span.address(base, "2011-04-01", "") == URIRef(f"{base}id/period/2011-04-01--")
    assert begin.span.address(base, "", "2014") == URIRef(f"{base}id/period/--2014")


def test_the_columns_stand_in_the_order_of_the_shapes(tables: Templates) -> None:
    named = [column.heading for column in tables.all["partnership"].columns]
    assert named.index("label") == 0
    assert named.index("label") < named.index("area") < named.index("founding date") < named.index("website")


@pytest.mark.parametrize("name", ["partnership", "document"])
def test_a_csv_template_has_the_headings_and_an_example(tables: Templates, name: str) -> None:
    body = as_csv(tables.all[name])
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert rows[0] == headings(tables.all[name])
    assert rows[1][0].startswith("example-")
    assert len(rows) == 2
    assert len(rows[1]) == len(rows[0])
    assert as_csv(tables.all[name]) == body


def test_classes_without_a_shape_of_their_own_are_offered_as_types(tables: Templates) -> None:
    assert [choice.label for choice in tables.all["document"].narrower] == ["document", "plan"]


def test_another_content_has_templates_too(light_tables: Templates) -> None:
    (light,) = light_tables
    assert headings(light) == ["address", "name", "height", "kept by"]
    assert light.segment == "lighthouse"
