"""The sender's own table with its faults marked: cells coloured by how bad they are, what to do as comments on them.

A workbook keeps all that the library keeps of it: values, formulas, formats, lists, comments, charts. Drawn shapes and
pictures, and the last results of formulas, are lost. A CSV file becomes a workbook of texts.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lepgraph.validation.findings import LEVELS, Finding
from lepgraph.validation.records import File
from lepgraph.validation.tables.delimited import decoded, rows_of
from lepgraph.validation.tables.matching import stem
from lepgraph.validation.tables.opening import BROKEN, broken, opened
from lepgraph.validation.tables.styling import FILLS, harmless, put, saved, shown
from lepgraph.validation.tables.workbooks import FINDINGS

if TYPE_CHECKING:
    from openpyxl import Workbook

AUTHOR = "Check"
"""Who writes the comments on faulty cells; earlier ones are taken away."""
COLUMNS = ("file", "place", "level", "record", "property", "value", "message", "mend", "nearest", "shape")
_MOST_LISTED = 5_000
_LONGEST_COMMENT = 2_000
_WIDTHS = (22, 20, 11, 30, 22, 30, 60, 50, 24, 40)
_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_NOT_TITLE = re.compile(r"[\[\]:*?/\\']")
_COMMENT = (360, 120)


def marked(file: File, findings: Sequence[Finding]) -> bytes:
    """The table as a workbook with the findings about it; raises RecordFault or TooLarge if it is no table."""
    workbook = file.body.startswith((b"PK", b"\xd0\xcf"))
    book = opened(file, whole=True) if workbook else _of_text(file)
    own = [finding for finding in findings if finding.place.file in ("", file.name)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # see opening
            if workbook:
                _clean(book)
            for (title, cell), about in _by_cell(book, own).items():
                _mark(book[title], cell, about)
            _list(book, own, _by_cell(book, own))
            return saved(book)
    except BROKEN as error:
        raise broken(file) from error


def findings_csv(findings: Sequence[Finding]) -> bytes:
    """Findings as CSV, a row for each; an apostrophe stands before what a spreadsheet would take for a formula."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    writer.writerows([harmless(text) for text in _cells(finding)] for finding in findings)
    return stream.getvalue().encode("utf-8", "replace")


def findings_xlsx(findings: Sequence[Finding]) -> bytes:
    """Findings as a workbook of one sheet."""
    import openpyxl  # noqa: PLC0415 - see _of_text

    book = openpyxl.Workbook()
    first = book.worksheets[0]
    _list(book, findings, {})
    book.remove(first)
    return saved(book)


def _cells(finding: Finding) -> list[str]:
    return [
        finding.place.file,
        str(replace(finding.place, file="")),
        finding.level,
        finding.record,
        finding.property,
        finding.value,
        finding.message,
        finding.mend,
        finding.nearest,
        finding.shape,
    ]


def _of_text(file: File) -> Workbook:
    """A workbook with the rows of a CSV file as they stand, each in its row."""
    import openpyxl  # noqa: PLC0415 - a tenth of a second that only workbooks need

    text, _ = decoded(file)
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = _NOT_TITLE.sub(" ", shown(stem(file.name)))[:31].strip() or "Table"
    for number, row in rows_of(file, text):
        for column, value in enumerate(row, 1):
            if value:
                put(sheet.cell(number, column), value)
    return book


def _by_cell(book: Workbook, findings: Sequence[Finding]) -> Mapping[tuple[str, str], list[Finding]]:
    """Findings by sheet and cell, where there is such a cell; a finding of a CSV file is of the one sheet."""
    found: dict[tuple[str, str], list[Finding]] = {}
    titles = {sheet.title for sheet in book.worksheets}
    first = book.worksheets[0].title if book.worksheets else ""
    for finding in findings:
        title = finding.place.sheet or first
        if title in titles and _CELL.fullmatch(finding.place.cell):
            found.setdefault((title, finding.place.cell), []).append(finding)
    return found


def _mark(sheet: Any, place: str, findings: Sequence[Finding]) -> None:
    from openpyxl.cell.cell import MergedCell  # noqa: PLC0415 - see _of_text
    from openpyxl.comments import Comment  # noqa: PLC0415 - see _of_text

    cell = sheet[place]
    if isinstance(cell, MergedCell):
        merged = next(found for found in sheet.merged_cells.ranges if place in found)
        cell = sheet.cell(merged.min_row, merged.min_col)
    worst = min(findings, key=lambda finding: LEVELS.index(finding.level))
    cell.fill = _fill(worst.level)
    told = "\n\n".join(dict.fromkeys(_told(finding) for finding in findings))
    before = f"{cell.comment.text}\n\n" if cell.comment else ""
    text = shown(before + told)[:_LONGEST_COMMENT]
    cell.comment = Comment(text, AUTHOR, width=_COMMENT[0], height=_COMMENT[1] + 18 * text.count("\n"))


def _told(finding: Finding) -> str:
    about = f"{finding.property_label}: " if finding.property_label else ""
    nearest = f"Perhaps {finding.nearest} is meant." if finding.nearest else ""
    return " ".join(filter(None, (about + finding.message, finding.mend, nearest)))


def _fill(level: str) -> Any:
    from openpyxl.styles import PatternFill  # noqa: PLC0415 - see _of_text

    return PatternFill("solid", start_color=FILLS[level], end_color=FILLS[level])


def _clean(book: Workbook) -> None:
    """Takes away what an earlier check marked."""
    from openpyxl.styles import PatternFill  # noqa: PLC0415 - see _of_text

    if FINDINGS in book.sheetnames and [cell.value for cell in book[FINDINGS][1]] == list(COLUMNS):
        del book[FINDINGS]
    colours = {FILLS[level] for level in LEVELS}
    for sheet in book.worksheets:
        held: Any = sheet
        for cell in list(held._cells.values()):  # iter_rows would make all the cells between those that there are
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
                if cell.fill.start_color.rgb in colours:
                    cell.fill = PatternFill()


def _list(book: Workbook, findings: Sequence[Finding], places: Mapping[tuple[str, str], object]) -> None:
    """The sheet that lists all findings, with links to the cells that are among the places."""
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 - see _of_text
    from openpyxl.worksheet.hyperlink import Hyperlink  # noqa: PLC0415 - see _of_text

    title = next(t for t in (FINDINGS, *(f"{FINDINGS} {n}" for n in range(2, 99))) if t not in book.sheetnames)
    sheet = book.create_sheet(title)
    for number, (heading, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True), 1):
        put(sheet.cell(1, number), heading)
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[sheet.cell(1, number).coordinate.rstrip("1")].width = width
    sheet.freeze_panes = "A2"
    first = book.worksheets[0].title
    if len(findings) > _MOST_LISTED:
        more = f"The first {_MOST_LISTED:,} of {len(findings):,} findings are listed; the other formats have all."
        put(sheet.cell(_MOST_LISTED + 2, 1), more)
    for row, finding in enumerate(findings[:_MOST_LISTED], 2):
        for number, text in enumerate(_cells(finding), 1):
            put(sheet.cell(row, number), text)
            sheet.cell(row, number).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(row, 3).fill = _fill(finding.level)
        where = (finding.place.sheet or first, finding.place.cell)
        if where in places:
            quoted = where[0].replace("'", "''")
            sheet.cell(row, 2).hyperlink = Hyperlink(ref="", location=f"'{quoted}'!{where[1]}")
