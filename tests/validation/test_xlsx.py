"""Workbooks: offered to fill in, and read by the templates whatever is in them."""

from __future__ import annotations

import datetime
import io
import random
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from rdflib import RDFS, Literal, URIRef

from lepgraph.errors import Fault
from lepgraph.site import Site
from lepgraph.terms import RDF, XSD
from lepgraph.validation.records import File, Record
from lepgraph.validation.tables import workbooks
from lepgraph.validation.tables.delimited import letters
from lepgraph.validation.tables.offering import as_xlsx, headings
from lepgraph.validation.tables.styling import put
from lepgraph.validation.tables.templates import Templates
from lepgraph.validation.tables.workbooks import read_xlsx
from lepgraph.validation.tables.writing import row
from published import Published, described

BASE = "https://w3id.org/lepgraph/"
LEP = f"{BASE}def/lep#"
THING = URIRef(f"{BASE}id/partnership/oxshire")
FOUNDED = URIRef("https://schema.org/foundingDate")


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook(sheets: Mapping[str, Iterable[Sequence[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for cells in rows:
            sheet.append(cells)
    return saved(book)


def read(tables: Templates, body: bytes, name: str = "record.xlsx") -> Record:
    return read_xlsx(File(name, body), tables, BASE)


def one(tables: Templates, heading: str, value: Any, number_format: str = "", sheet: str = "partnership") -> Record:
    """The record of a sheet with one cell beside the address."""
    book = openpyxl.Workbook()
    table = book.worksheets[0]
    table.title = sheet
    table.append(["address", heading])
    table.append(["oxshire", value])
    if number_format:
        table["B2"].number_format = number_format
    return read(tables, saved(book))


def repacked(
    body: bytes, change: Callable[[str, bytes], bytes | None], more: Mapping[str, bytes] | None = None
) -> bytes:
    """A workbook with its parts changed; a part that becomes None is left out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            changed = change(name, old.read(name))
            if changed is not None:
                new.writestr(name, changed)
        for name, part in (more or {}).items():
            new.writestr(name, part)
    return stream.getvalue()


SOUND = workbook({"partnership": [["address", "label"], ["oxshire", "Oxshire"]]})


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


def entity(name: str, part: bytes) -> bytes:
    if name != "xl/worksheets/sheet1.xml":
        return part
    return b'<?xml version="1.0"?>' + b" " * 9_000 + b'<!doctype a [<!ENTITY b "c">]>' + part


HOSTILE = {
    "a plain zip": (repacked(SOUND, lambda name, part: None, {"a.ttl": b"x"}), "zip"),
    "a text document": (
        repacked(SOUND, lambda name, part: part if name.startswith("[") else None, {"word/document.xml": b"<a/>"}),
        "no workbook",
    ),
    "an OpenDocument file": (repacked(SOUND, lambda name, part: None, {"content.xml": b"<a/>"}), "OpenDocument"),
    "a binary workbook": (
        repacked(SOUND, lambda name, part: None, {"[Content_Types].xml": b"", "xl/workbook.bin": b""}),
        "binary",
    ),
    "macros": (repacked(SOUND, lambda name, part: part, {"xl/vbaProject.bin": b"x"}), "macros"),
    "macros by type": (
        repacked(SOUND, lambda name, part: part.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")),
        "macros",
    ),
    "an entity": (repacked(SOUND, entity), "entities"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password"),
    "no zip": (b"address,label\n", "no workbook"),
    "the beginning of a zip": (SOUND[:200], "damaged"),
    "nothing": (b"", "no workbook"),
    "a bomb": (repacked(SOUND, lambda name, part: part, {"xl/media/a.png": b"\0" * 30_000_000}), "unpacks"),
    "many bombs": (
        repacked(
            SOUND, lambda name, part: part, {f"xl/media/{n}": random.Random(n).randbytes(9_000) * 999 for n in range(5)}
        ),
        "bytes",
    ),
    "many parts": (repacked(SOUND, lambda name, part: part, {f"xl/media/{n}": b"" for n in range(1_001)}), "parts"),
    "a broken part": (repacked(SOUND, lambda name, part: part[:40] if "sheet1" in name else part), "damaged"),
    "no sheets": (repacked(SOUND, lambda name, part: None if "sheet1.xml" in name else part), "empty|damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_could_harm_is_refused_and_it_is_said_what_to_do(tables: Templates, name: str) -> None:
    body, reason = HOSTILE[name]
    with pytest.raises(Fault, match=reason) as caught:
        read(tables, body, "partnership.xlsx")
    assert caught.value.status in (400, 413)
    assert caught.value.hint


def test_a_workbook_with_macros_is_known_by_its_ending(tables: Templates) -> None:
    with pytest.raises(Fault, match="macros"):
        read(tables, SOUND, "partnership.xlsm")


def test_a_part_that_is_longer_than_it_says_is_refused(tables: Templates) -> None:
    long = b"\0" * 5_000_000
    body = repacked(SOUND, lambda name, part: part, {"xl/media/a.png": long})
    lying = body.replace(len(long).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    assert lying != body
    with pytest.raises(Fault, match="damaged"):
        read(tables, lying)


@pytest.mark.parametrize(
    "row",
    [
        b'<row r="999999999"><c r="A999999999"><v>1</v></c></row>',
        b'<row r="3"><c r="ZZZ3"><v>1</v></c></row>',
        b'<row r="3"><c r="A3" t="s"><v>99</v></c></row>',
        b'<row r="3"><c r="A3" s="999"><v>1</v></c></row>',
        b'<row r="3"><c r="1A"><v>1</v></c></row>',
        b'<row r="x"><c><v>1</v></c></row>',
        b'<row r="3"><c r="A3"><v>' + b"9" * 6_000 + b"</v></c></row>",
        b'<row r="3"><c r="A3"><v>1e999</v></c></row>',
        b'<row r="3"><c r="A3" t="d"><v>soon</v></c></row>',
        b'<row r="-3"><c r="A3"><v>1</v></c></row>',
    ],
)
def test_rows_that_are_not_what_they_say_do_no_harm(tables: Templates, row: bytes) -> None:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"</sheetData>", row + b"</sheetData>") if "sheet1" in name else part

    try:
        read(tables, repacked(SOUND, change))
    except Fault as fault:
        assert fault.status in (400, 413)  # noqa: PT017


def test_a_size_that_the_sheet_only_claims_does_no_harm(tables: Templates) -> None:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"') if "sheet1" in name else part

    body = repacked(SOUND, change)
    assert b"XFD" in zipfile.ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml")
    assert THING in read(tables, body).subjects


@pytest.mark.parametrize(
    ("name", "value"),
    [("MOST_SHEETS", 0), ("MOST_ROWS", 0), ("MOST_COLUMNS", 1), ("_MOST_CELLS", 3), ("_MOST_SCANNED", 1)],
)
def test_a_workbook_beyond_the_bounds_is_too_large(
    tables: Templates, monkeypatch: pytest.MonkeyPatch, name: str, value: int
) -> None:
    monkeypatch.setattr(workbooks, name, value)
    with pytest.raises(Fault) as caught:
        read(tables, SOUND)
    assert caught.value.status == 413


def test_links_to_other_workbooks_are_noted_and_not_followed(tables: Templates) -> None:
    record = read(tables, repacked(SOUND, lambda name, part: part, {"xl/externalLinks/externalLink1.xml": b"<a/>"}))
    assert [note.level for note in record.notes] == ["info"]
    assert THING in record.subjects


@pytest.mark.parametrize("seed", range(4))
def test_spoilt_workbooks_are_read_or_refused(tables: Templates, seed: int) -> None:
    chosen = random.Random(seed)
    body = as_xlsx([tables.all["partnership"]], BASE)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
    for _ in range(25):
        target = chosen.choice(parts)

        def spoil(name: str, part: bytes, target: str = target) -> bytes:
            spoilt = bytearray(part)
            if name == target:
                for _ in range(chosen.randint(1, 4)):
                    at = chosen.randrange(len(spoilt))
                    spoilt[at : at + chosen.randint(0, 9)] = chosen.choice([b"", b"<", b"99999", b"\0", b'"', b"A"])
            return bytes(spoilt)

        try:
            read(tables, repacked(body, spoil))
        except Fault as fault:
            assert fault.status in (400, 413)  # noqa: PT017


@pytest.mark.parametrize("seed", range(4))
def test_cut_and_flipped_bytes_are_read_or_refused(tables: Templates, seed: int) -> None:
    chosen = random.Random(seed)
    for _ in range(50):
        spoilt = bytearray(SOUND[: chosen.randint(0, len(SOUND))] if chosen.random() < 0.5 else SOUND)
        for _ in range(chosen.randint(0, 5)):
            if spoilt:
                spoilt[chosen.randrange(len(spoilt))] = chosen.randrange(256)
        try:
            read(tables, bytes(spoilt))
        except Fault as fault:
            assert fault.status in (400, 413)  # noqa: PT017


def test_bytes_that_only_begin_like_a_workbook_are_refused(tables: Templates) -> None:
    chosen = random.Random(1)
    for _ in range(100):
        with pytest.raises(Fault):
            read(tables, b"PK\3\4" + chosen.randbytes(chosen.randint(0, 400)))
