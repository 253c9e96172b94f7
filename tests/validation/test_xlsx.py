"""Workbooks: offered to fill in, and read by the templates."""

from __future__ import annotations

import datetime
import io
import random
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from rdflib import RDFS, Literal, URIRef

from lepgraph.errors import Fault
from lepgraph.site import Site
from lepgraph.terms import RDF, XSD
from lepgraph.validation.records import File
from lepgraph.validation.tables.delimited import letters
from lepgraph.validation.tables.offering import as_xlsx, headings
from lepgraph.validation.tables.styling import put
from lepgraph.validation.tables.templates import Templates
from lepgraph.validation.tables.workbooks import read_xlsx
from lepgraph.validation.tables.writing import row
from published import Published, described
from sheets import BASE, SOUND, one, read, saved, workbook

LEP = f"{BASE}def/lep#"
THING = URIRef(f"{BASE}id/partnership/oxshire")
FOUNDED = URIRef("https://schema.org/foundingDate")


def test_each_sheet_is_read_by_its_template_with_the_cell_of_each_fact(tables: Templates) -> None:
    body = workbook(
        {
            "Partnerships": [[], ["address", None, "label"], [], ["oxshire", None, " Oxshire "]],
            "milestone": [["address", "date"], ["start", 2011]],
        }
    )
    record = read(tables, body)
    label = (THING, RDFS.label, Literal("Oxshire", lang="en"))
    assert set(record.graph) == {
        (THING, RDF.type, URIRef(f"{LEP}LocalEnterprisePartnership")),
        label,
        (URIRef(f"{BASE}id/milestone/start"), RDF.type, URIRef(f"{LEP}Milestone")),
        *record.graph.triples((None, None, Literal("2011", datatype=XSD.gYear, normalize=False))),
    }
    assert len(record.graph) == 4
    place = record.places[label]
    assert (place.sheet, place.cell, place.line, place.column, place.heading) == ("Partnerships", "C4", 4, 3, "label")
    assert str(place) == "record.xlsx: Partnerships!C4"
    assert record.notes == []


@pytest.mark.parametrize(
    ("value", "number_format", "lexical", "datatype"),
    [
        (datetime.date(2011, 4, 1), "", "2011-04-01", XSD.date),
        (datetime.datetime(2011, 4, 1), "dd/mm/yyyy", "2011-04-01", XSD.date),
        (datetime.datetime(2011, 4, 1), "mmm\\-yy", "2011-04", XSD.gYearMonth),
        (datetime.datetime(2011, 4, 1), '[$-809]mmmm "month" yyyy;@', "2011-04", XSD.gYearMonth),
        (datetime.datetime(2011, 1, 1), "yyyy", "2011", XSD.gYear),
        (40634, "", "2011-04-01", XSD.date),
        (2011, "", "2011", XSD.gYear),
        (2011.0, "", "2011", XSD.gYear),
        ("1 April 2011", "", "2011-04-01", XSD.date),
        (datetime.datetime(2011, 4, 1, 9, 30), "", "2011-04-01T09:30:00", XSD.date),
    ],
)
def test_dates_are_as_precise_as_the_cell_shows_them(
    tables: Templates, value: Any, number_format: str, lexical: str, datatype: URIRef
) -> None:
    record = one(tables, "founding date", value, number_format)
    (found,) = record.graph.objects(THING, FOUNDED)
    assert (str(found), found.datatype) == (lexical, datatype)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234567, "01234567"), (1234567.0, "01234567"), ("OC301540", "OC301540"), (12345678, "12345678")],
)
def test_numbers_of_companies_keep_their_zeros(tables: Templates, value: Any, text: str) -> None:
    record = one(tables, "company number", value)
    assert set(record.graph.objects(THING, URIRef(f"{LEP}companyNumber"))) == {Literal(text)}


@pytest.mark.parametrize(
    ("value", "text"), [(0.1 + 0.2, "0.3"), (1e15, "1000000000000000"), (31.50, "31.5"), (-7, "-7")]
)
def test_numbers_are_written_in_plain_digits(tables: Templates, value: Any, text: str) -> None:
    record = one(tables, "square kilometres", value, sheet="geometry")
    assert text in {str(value) for value in record.graph.objects()}


@pytest.mark.parametrize("value", ["=1+1", '=HYPERLINK("http://x.example")', ArrayFormula("B2:B3", "=A1:A2")])
def test_a_formula_is_noted_and_not_used(tables: Templates, value: Any) -> None:
    record = one(tables, "label", value)
    assert len(record.graph) == 1
    (note,) = record.notes
    assert (note.level, note.place.cell, note.record, note.property) == ("violation", "B2", str(THING), str(RDFS.label))
    assert note.value.startswith("=")


def test_a_failed_formula_is_noted_and_not_used(tables: Templates) -> None:
    record = one(tables, "label", "#REF!")
    assert [(n.level, n.place.cell) for n in record.notes] == [("violation", "B2")]


def test_a_sheet_that_fits_no_template_is_noted_and_the_others_are_read(tables: Templates) -> None:
    body = workbook({"Lunch": [["dish"], ["soup"]], "partnership": [["address"], ["oxshire"]], "Empty": []})
    record = read(tables, body)
    assert THING in record.subjects
    assert [(n.level, n.place.sheet) for n in record.notes] == [("info", "Lunch")]


def test_hidden_sheets_are_noted_and_not_read(tables: Templates) -> None:
    book = openpyxl.load_workbook(io.BytesIO(SOUND))
    book.create_sheet("milestone").append(["address"])
    book["milestone"].sheet_state = "hidden"
    record = read(tables, saved(book))
    assert [(n.level, n.place.sheet) for n in record.notes] == [("info", "milestone")]


def test_the_one_sheet_of_a_file_may_be_named_by_the_file(tables: Templates) -> None:
    body = workbook({"Sheet1": [["address", "label"], ["oxshire", "Oxshire"]]})
    assert THING in read(tables, body, "partnerships.xlsx").subjects
    with pytest.raises(Fault, match="not clear of what"):
        read(tables, body, "x.xlsx")


def test_a_template_is_offered_with_notes_lists_and_an_example(tables: Templates) -> None:
    asked = []

    def names(kind: URIRef) -> list[tuple[str, str]]:
        asked.append(kind)
        return [(f"{BASE}id/area/E1", "=One"), (f"{BASE}id/area/E2", "Two"), (f"{BASE}id/area/E3", "two")]

    template = tables.all["partnership"]
    body = as_xlsx([template], BASE, names)
    assert body == as_xlsx([template], BASE, names)
    book = openpyxl.load_workbook(io.BytesIO(body))
    assert book.sheetnames == ["How to fill in", "partnership", "Lists"]
    sheet, lists = book["partnership"], book["Lists"]
    assert lists.sheet_state == "hidden"
    assert [cell.value for cell in sheet[1]] == headings(template)
    assert all(cell.comment is not None for cell in sheet[1])
    assert sheet["A2"].value == "example-partnership"
    assert sheet.freeze_panes == "B2"
    rules = {str(rule.sqref): str(rule.formula1) for rule in sheet.data_validations.dataValidation}
    letter = letters(headings(template).index("confidence") + 1)
    assert rules[f"{letter}2:{letter}1000"].startswith("Lists!$")
    shown = {cell.value: cell.data_type for column in lists.columns for cell in column}
    assert shown["=One"] == "s"
    assert {"Two (area/E2)", "two (area/E3)", "single source"} <= set(shown)
    assert URIRef(f"{LEP}PartnershipArea") in asked


def test_what_is_offered_can_be_read(tables: Templates) -> None:
    record = read(tables, as_xlsx(list(tables), BASE))
    assert len(record.graph) == 0
    assert {note.place.cell for note in record.notes} == {"A2"}
    assert len(record.notes) == len(tables.all)


def test_another_content_is_offered_and_read(light_tables: Templates) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(list(light_tables), "https://lights.example/")))
    for cell, value in (("A2", "far-point"), ("B2", "Far Point"), ("C2", "31.5"), ("D2", "Ann")):
        book["lighthouse"][cell] = value
    record = read_xlsx(File("x.xlsx", saved(book)), light_tables, "https://lights.example/")
    assert len(record.graph) == 4
    assert [reference.text for reference in record.references] == ["Ann"]
    assert record.notes == []


def test_what_is_published_is_read_back_from_a_workbook(tables: Templates, site: Site) -> None:
    graph, chosen = Published(site), random.Random(7)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    wanted: set[tuple[object, ...]] = set()
    for template in tables:
        sheet = book.create_sheet(template.name)
        things = graph.things(template.kind)
        rows = [headings(template)]
        for thing in chosen.sample(things, min(12, len(things))):
            about = graph.about(thing)
            cells = row(template, about, thing, BASE)
            if max(map(len, cells)) < 32_000:
                rows.append(cells)
                wanted |= described(about, template, thing)
        for line, cells in enumerate(rows, 1):
            for column, text in enumerate(cells, 1):
                put(sheet.cell(line, column), text)
    assert set(read(tables, saved(book)).graph) == wanted


def test_text_that_looks_like_a_formula_stays_text(tables: Templates) -> None:
    book = openpyxl.load_workbook(io.BytesIO(SOUND))
    put(book["partnership"]["B2"], "=1+1")
    record = read(tables, saved(book))
    assert set(record.graph.objects(THING, RDFS.label)) == {Literal("=1+1", lang="en")}
    assert record.notes == []
