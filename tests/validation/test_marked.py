"""The sender's own table with its faults marked, and findings as a list."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from lepgraph.errors import Fault
from lepgraph.validation.findings import Finding
from lepgraph.validation.records import File, Place
from lepgraph.validation.tables.marked import COLUMNS, findings_csv, marked
from lepgraph.validation.tables.styling import FILLS, put


def finding(cell: str, level: str = "violation", sheet: str = "partnership", **more: Any) -> Finding:
    about: dict[str, Any] = {
        "record": "https://x.example/a",
        "record_label": "A",
        "property": "https://x.example/p",
        "property_label": "founding date",
        "value": "31/02/2011",
        "message": "There is no such day.",
        "mend": "Write a day that exists.",
        "shape": "https://x.example/s",
        "place": Place("table.xlsx", 2, 2, sheet=sheet, cell=cell),
    }
    return Finding(level=level, **{**about, **more})


def workbook() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "partnership"
    for row in (["address", "label", "founding date"], ["a", "=1+1", "31/02/2011"], ["b", "B", 2011]):
        sheet.append(row)
    put(sheet["B3"], "=SUM(1)")
    put(sheet["B4"], "@cmd")
    sheet["C3"].number_format = "0000"
    sheet["C3"].comment = Comment("mine", "me")
    sheet["A3"].fill = PatternFill("solid", start_color="FF00FF00", end_color="FF00FF00")
    rule = DataValidation(type="list", formula1='"a,b"')
    rule.add("A2:A9")
    sheet.add_data_validation(rule)
    sheet.merge_cells("A6:C6")
    sheet.freeze_panes = "A2"
    book.create_sheet("Notes").append(["my own"])
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def again(body: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(body))


def mark(body: bytes, *findings: Finding, name: str = "table.xlsx") -> openpyxl.Workbook:
    return again(marked(File(name, body), findings))


def test_a_faulty_cell_is_coloured_and_says_what_to_do() -> None:
    book = mark(saved(workbook()), finding("C2", "warning"), finding("C2", nearest="28/02/2011"), finding("A3", "info"))
    cell = book["partnership"]["C2"]
    assert cell.fill.start_color.rgb == FILLS["violation"]
    assert "founding date: There is no such day. Write a day that exists." in cell.comment.text
    assert "Perhaps 28/02/2011 is meant." in cell.comment.text
    assert cell.value == "31/02/2011"
    assert book["partnership"]["A3"].fill.start_color.rgb == FILLS["info"]


def test_nothing_else_is_changed() -> None:
    before, book = workbook(), mark(saved(workbook()), finding("C2"))
    after = book["partnership"]
    assert book.sheetnames == ["partnership", "Notes", "Findings"]
    for row in before["partnership"].iter_rows():
        for cell in row:
            other = after[cell.coordinate]
            assert (other.value, other.data_type, other.number_format) == (
                cell.value,
                cell.data_type,
                cell.number_format,
            )
            if cell.coordinate != "C2":
                assert other.fill.start_color.rgb == cell.fill.start_color.rgb
                assert (other.comment and other.comment.text) == (cell.comment and cell.comment.text)
    assert after.freeze_panes == "A2"
    assert [str(rule.sqref) for rule in after.data_validations.dataValidation] == ["A2:A9"]
    assert [str(merged) for merged in after.merged_cells.ranges] == ["A6:C6"]
    assert book["Notes"]["A1"].value == "my own"


def test_text_that_looks_like_a_formula_stays_text() -> None:
    book = mark(saved(workbook()), finding("B3", value="=SUM(1)", message="@x", nearest="-1"))
    assert book["partnership"]["B2"].data_type == "f", "the formula of the sender stays one"
    assert [book["partnership"][c].data_type for c in ("B3", "B4")] == ["s", "s"]
    assert {cell.data_type for row in book["Findings"].iter_rows() for cell in row} <= {"s", "n"}
    assert book["Findings"]["F2"].value == "=SUM(1)"


def test_a_comment_of_the_sender_is_kept_before_ours() -> None:
    text = mark(saved(workbook()), finding("C3"))["partnership"]["C3"].comment.text
    assert text.startswith("mine\n\n")


def test_all_findings_are_listed_with_links_to_their_cells() -> None:
    book = mark(saved(workbook()), finding("C2"), finding("", sheet=""), finding("B9", sheet="Elsewhere"))
    sheet = book["Findings"]
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    assert sheet.max_row == 4
    assert sheet["B2"].value == "partnership!C2"
    assert sheet["B2"].hyperlink.location == "'partnership'!C2"


def test_findings_about_other_files_are_left_out() -> None:
    other = finding("C2", place=Place("other.xlsx", sheet="partnership", cell="C2"))
    assert mark(saved(workbook()), other)["Findings"].max_row == 1


def test_what_an_earlier_check_marked_is_taken_away() -> None:
    first = marked(File("table.xlsx", saved(workbook())), [finding("C2"), finding("A2")])
    book = mark(first, finding("A2", "info"))
    assert book.sheetnames == ["partnership", "Notes", "Findings"]
    assert book["partnership"]["C2"].comment is None
    assert book["partnership"]["C2"].fill.fill_type is None
    assert book["partnership"]["A2"].fill.start_color.rgb == FILLS["info"]


def test_a_sheet_that_is_called_findings_already_is_kept() -> None:
    before = workbook()
    before.create_sheet("Findings").append(["mine"])
    assert mark(saved(before), finding("C2")).sheetnames[-2:] == ["Findings", "Findings 2"]


def test_joined_cells_are_marked_at_their_first() -> None:
    assert mark(saved(workbook()), finding("B6"))["partnership"]["A6"].comment is not None


def test_a_csv_file_becomes_a_workbook_of_its_texts() -> None:
    body = "address,label,founding date\n\na,=1+1,01234567\nb,-x,\n".encode("cp1252")
    place = Place("my:table.csv", 3, 3, cell="C3")
    book = mark(body, finding("C3", place=place), name="my:table.csv")
    sheet = book["my table"]
    assert [cell.value for cell in sheet[3]] == ["a", "=1+1", "01234567"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert sheet["C3"].comment is not None
    assert book["Findings"]["B2"].value == "row 3, column C3"


def test_the_same_table_and_findings_give_the_same_bytes() -> None:
    body = saved(workbook())
    assert marked(File("table.xlsx", body), [finding("C2")]) == marked(File("table.xlsx", body), [finding("C2")])


def test_findings_are_listed_as_csv_without_formulas() -> None:
    found = [
        finding("C2", value="=HYPERLINK(1)", nearest="-1", message="+x", mend="@y", record="\tz"),
        finding("C3", message='a "b",\nc'),
    ]
    rows = list(csv.reader(io.StringIO(findings_csv(found).decode(), newline="")))
    assert rows[0] == list(COLUMNS)
    assert rows[1][:6] == ["table.xlsx", "partnership!C2", "violation", "'\tz", "https://x.example/p", "'=HYPERLINK(1)"]
    assert rows[1][6:9] == ["'+x", "'@y", "'-1"]
    assert rows[2][6] == 'a "b",\nc'


def test_controls_in_what_is_said_do_no_harm() -> None:
    book = mark(saved(workbook()), finding("C2", value="\x00\x1b", message="x" * 40_000))
    assert book["Findings"]["F2"].value == "\ufffd\ufffd"


def changed(body: bytes, change: Callable[[bytes], bytes], part: str = "xl/worksheets/sheet1.xml") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return stream.getvalue()


@pytest.mark.parametrize("reference", [b"A6:XFD1048576", b"$A$6:$XFD$1048576", b"A:XFD", b"&#65;6:XFD1048576", b""])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_joins_without_end_are_too_large(reference: bytes, encoding: str) -> None:
    body = changed(
        saved(workbook()),
        lambda part: part.replace(b'ref="A6:C6"', b'ref="' + reference + b'"').decode().encode(encoding),
    )
    with pytest.raises(Fault) as caught:
        marked(File("table.xlsx", body), [])
    assert caught.value.status == 413


def test_an_encoding_that_could_hide_entities_is_refused() -> None:
    body = changed(saved(workbook()), lambda part: b'<?xml version="1.0" encoding="cp037"?>' + part)
    with pytest.raises(Fault, match="damaged"):
        marked(File("table.xlsx", body), [])


def test_a_cell_far_away_does_no_harm() -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    body = changed(saved(workbook()), lambda part: part.replace(b"</sheetData>", far))
    assert mark(body, finding("C2"))["partnership"]["C2"].comment is not None


@pytest.mark.parametrize("seed", range(3))
def test_spoilt_workbooks_are_marked_or_refused(seed: int) -> None:
    chosen, body = random.Random(seed), saved(workbook())
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
    for _ in range(25):

        def spoil(part: bytes) -> bytes:
            spoilt = bytearray(part)
            for _ in range(chosen.randint(1, 4)):
                at = chosen.randrange(len(spoilt))
                spoilt[at : at + chosen.randint(0, 9)] = chosen.choice([b"", b"<", b"99999", b'"', b"A"])
            return bytes(spoilt)

        try:
            marked(File("table.xlsx", changed(body, spoil, chosen.choice(parts))), [finding("C2")])
        except Fault as fault:
            assert fault.status in (400, 413)  # noqa: PT017
