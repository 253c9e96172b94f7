"""Templates as files to fill in: CSV, and workbooks with notes, drop-down lists and a sheet that explains."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rdflib import URIRef

from lepgraph.addresses import Addresses
from lepgraph.terms import XSD
from lepgraph.validation.tables.delimited import letters
from lepgraph.validation.tables.explaining import LEVELS, example, written
from lepgraph.validation.tables.styling import FILLS, put, saved
from lepgraph.validation.tables.templates import EXAMPLE, IDENTIFIER, KIND, SEPARATOR, Column, Template, plain
from lepgraph.validation.tables.workbooks import GUIDE, LISTS

if TYPE_CHECKING:
    from openpyxl import Workbook

Names = Callable[[URIRef], Sequence[tuple[str, str]]]
"""The things of a class: the address and the name of each."""
MOST_NAMES = 2_000
"""Things of a class up to which a column lists them."""
_ROWS = 1_000
_WIDTHS = (12, 40)
_NOTE = (320, 140)
_SHEET = 31


def headings(template: Template) -> list[str]:
    """The heading row of a table."""
    return [IDENTIFIER, *([KIND] if template.narrower else []), *(column.heading for column in template.columns)]


def example_row(template: Template) -> list[str]:
    """A row that shows how a table is filled in; its identifier says that it is none of the record."""
    kind = [template.narrower[0].label] if template.narrower else []
    return [f"{EXAMPLE}{template.name}", *kind, *map(example, template.columns)]


def as_csv(template: Template) -> bytes:
    """The table to fill in as CSV; with a byte-order mark, without which Excel takes it for Windows-1252."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([headings(template), example_row(template)])
    return stream.getvalue().encode("utf-8-sig")


def as_xlsx(templates: Sequence[Template], base: str, names: Names | None = None) -> bytes:
    """A workbook with a table to fill in for each template; ``names`` says what cells of each class may be."""
    import openpyxl  # noqa: PLC0415 - a tenth of a second that only workbooks need

    book = openpyxl.Workbook()
    guide = book.active
    assert guide is not None
    guide.title = GUIDE
    _explain(guide, templates)
    lists = _Lists(book, base, names)
    for template in templates:
        _table(book, template, lists)
    lists.sheet.sheet_state = "hidden"
    book.move_sheet(lists.sheet, len(templates))
    book.active = 1
    return saved(book)


class _Lists:
    """The hidden sheet with what cells may hold: one column for each code list and class."""

    def __init__(self, book: Workbook, base: str, names: Names | None) -> None:
        self.sheet: Any = book.create_sheet(LISTS)
        self._base = base
        self._names = names
        self._known: dict[tuple[str, ...], str] = {}

    def range(self, column: Column) -> str:
        """Where what a column allows is listed; empty if that is not known, or too much."""
        texts = self._texts(column)
        if not texts or len(texts) > MOST_NAMES:
            return ""
        if texts not in self._known:
            number = len(self._known) + 1
            for row, text in enumerate(texts, 1):
                put(self.sheet.cell(row, number), text)
            self._known[texts] = f"{LISTS}!${letters(number)}$1:${letters(number)}${len(texts)}"
        return self._known[texts]

    def _texts(self, column: Column) -> tuple[str, ...]:
        if column.choices:
            return tuple(choice.label for choice in column.choices)
        if self._names is None or column.span or not column.classes:
            return ()
        things = sorted({pair for kind in column.classes for pair in self._names(kind)}, key=lambda p: (p[1], p[0]))
        called = [plain(label) for _, label in things]
        return (
            tuple(
                label if called.count(plain(label)) == 1 else f"{label} ({self._short(iri)})" for iri, label in things
            )
            if len(things) <= MOST_NAMES
            else ()
        )

    def _short(self, iri: str) -> str:
        pair = Addresses(self._base).split(iri)
        return f"{pair[0]}/{pair[1]}" if pair else iri


def _table(book: Workbook, template: Template, lists: _Lists) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415 - see as_xlsx

    sheet = book.create_sheet(template.name[:_SHEET])
    sheet.freeze_panes = "B2"
    filled = example_row(template)
    before = [None] * (len(filled) - len(template.columns))
    for number, (heading, column, text) in enumerate(
        zip(headings(template), [*before, *template.columns], filled, strict=True), 1
    ):
        _heading(sheet, number, heading, column, template)
        put(sheet.cell(2, number), text)
        sheet.cell(2, number).font = Font(italic=True, color="FF6B6B6B")
        if column is not None:
            _format(sheet, number, column)
            _validate(sheet, number, column, lists)


def _heading(sheet: Any, number: int, heading: str, column: Column | None, template: Template) -> None:
    from openpyxl.comments import Comment  # noqa: PLC0415 - see as_xlsx
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415 - see as_xlsx

    level = column.level if column else "required"
    note = column.note if column else _identifier(template) if heading == IDENTIFIER else _kind(template)
    cell = sheet.cell(1, number)
    put(cell, heading)
    cell.font = Font(bold=level == "required", color="FF000000")
    cell.fill = PatternFill("solid", start_color=FILLS[level], end_color=FILLS[level])
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.comment = Comment(note, "Template", width=_NOTE[0], height=_NOTE[1])
    sheet.column_dimensions[letters(number)].width = min(max(len(heading) + 4, _WIDTHS[0]), _WIDTHS[1])


def _format(sheet: Any, number: int, column: Column) -> None:
    """Days as days; what a spreadsheet would spoil, such as months and long numbers, as text."""
    days = set(column.datatypes) == {XSD.date}
    if days or column.dated or column.pattern or column.datatypes == (XSD.string,):
        kind = "yyyy-mm-dd" if days else "@"
        sheet.column_dimensions[letters(number)].number_format = kind
        sheet.cell(2, number).number_format = "@"


def _validate(sheet: Any, number: int, column: Column, lists: _Lists) -> None:
    """A drop-down list; it warns of other values only where one of a code list is all that a cell may hold."""
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415 - see as_xlsx

    listed = lists.range(column)
    if not listed:
        return
    strict = bool(column.choices) and not column.several
    rule = DataValidation(
        type="list",
        formula1=listed,
        allow_blank=True,
        showErrorMessage=strict,
        errorStyle="warning",
        errorTitle="Not in the list",
        error="Choose one of the list.",
    )
    rule.add(f"{letters(number)}2:{letters(number)}{_ROWS}")
    sheet.add_data_validation(rule)


def _identifier(template: Template) -> str:
    last = "the last part of the address of a published record, or a new one in small letters with hyphens"
    return f"Must be filled in: {last}." if template.segment else "Must be filled in: the whole address of the record."


def _kind(template: Template) -> str:
    return f"May stay empty. One of: {', '.join(choice.label for choice in template.narrower)}."


def _explain(sheet: Any, templates: Sequence[Template]) -> None:
    """The sheet that says how the others are filled in."""
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415 - see as_xlsx

    lines = [
        "One row for each record. Do not change the headings; columns may be left out or moved.",
        "Delete the example row, or write over it: a row whose address begins with “example-” is not read.",
        f"Where a cell may hold several values, put {SEPARATOR} between them; write ;; for a semicolon within a text.",
        "Write dates as 2011-04-01, months as 2011-04 and years as 2011; 1 April 2011 and 01/04/2011 are understood.",
        "Write values, not formulas: formulas are not read.",
    ]
    for number, line in enumerate(lines, 1):
        put(sheet.cell(number, 1), line)
    row = len(lines) + 2
    for template in templates:
        put(sheet.cell(row, 1), template.name[:_SHEET])
        sheet.cell(row, 1).font = Font(bold=True, size=14)
        put(sheet.cell(row, 2), template.description)
        for number, heading in enumerate(("Column", "Needed", "How to write it", "What it is"), 1):
            put(sheet.cell(row + 1, number), heading)
            sheet.cell(row + 1, number).font = Font(bold=True)
        row += 2
        told = [(IDENTIFIER, "required", "", _identifier(template))]
        told += [(c.heading, c.level, written(c), c.description) for c in template.columns]
        for heading, level, how, what in told:
            for number, text in enumerate((heading, LEVELS[level], how, what), 1):
                put(sheet.cell(row, number), text)
                sheet.cell(row, number).alignment = Alignment(wrap_text=number > 1, vertical="top")
            sheet.cell(row, 1).fill = PatternFill("solid", start_color=FILLS[level], end_color=FILLS[level])
            row += 1
        row += 1
    for letter, width in zip("ABCD", (32, 28, 60, 60), strict=True):
        sheet.column_dimensions[letter].width = width
