"""Workbooks (.xlsx) by the templates: each sheet that is a table, with the cell of each fact.

Only values are read: a cell with a formula is noted and not used, links to other workbooks are not followed.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lepgraph.errors import RecordFault, TooLarge
from lepgraph.validation.records import File, Note, Place, Record
from lepgraph.validation.tables import matching
from lepgraph.validation.tables.delimited import MOST_COLUMNS, MOST_ROWS, letters
from lepgraph.validation.tables.opening import BROKEN, broken, inspected, opened
from lepgraph.validation.tables.rows import Cell, Reading, Table
from lepgraph.validation.tables.templates import Template, Templates, plain

GUIDE, LISTS, FINDINGS = "How to fill in", "Lists", "Findings"
"""Sheets that this service writes, and does not read."""
_OURS = frozenset({GUIDE, LISTS, FINDINGS})
MOST_SHEETS = 50
_MOST_SCANNED = 1_100_000
_MOST_CELLS = 1_000_000
_NOT_FORMAT = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')


def read_xlsx(file: File, templates: Templates, base: str) -> Record:
    """The record of a workbook; raises RecordFault or TooLarge, and nothing else."""
    reading = Reading(templates, base)
    if any(name.startswith("xl/externalLinks/") for name in inspected(file)):
        text = "The workbook has links to others, which are not followed."
        reading.record.notes.append(Note("info", Place(file.name), text, "Write values in place of links."))
    tables = _tables(file, reading)
    if not tables:
        raise RecordFault(f"{file.name or 'The workbook'} is empty.", hint="Its first row must hold the headings.")
    found = [(table, _template(templates, table, file if len(tables) == 1 else File("", b""))) for table in tables]
    if not any(template or _typed(table) for table, template in found):
        raise _unknown(templates, tables)
    for table, template in found:
        if template is None and not _typed(table):
            text = "Nothing is made of this sheet: it is not clear of what it is a table."
            reading.note("info", table.headings[0].place, text, "Name it after a template, if it is one.")
        else:
            reading.read(table, template)
    return reading.record


def _unknown(templates: Templates, tables: list[Table]) -> RecordFault:
    fits = matching.fitting(templates, [cell.text for cell in tables[0].headings])
    return matching.unknown(templates, tables[0].name, fits)


def _typed(table: Table) -> bool:
    return any(plain(cell.text) in matching.KINDS for cell in table.headings)


def _template(templates: Templates, table: Table, file: File) -> Template | None:
    """The template of a sheet: by its name, by that of a file of one sheet, or by headings that fit no other."""
    named = matching.named(templates, table.place.sheet) or matching.named(templates, matching.stem(file.name))
    if named or _typed(table):
        return named
    fits = matching.fitting(templates, [cell.text for cell in table.headings])
    return fits[0] if len(fits) == 1 else None


def _tables(file: File, reading: Reading) -> list[Table]:
    """The sheets that hold something, those apart that this service wrote itself."""
    book = opened(file)
    try:
        sheets = [sheet for sheet in book.worksheets if sheet.title not in _OURS]
        if len(sheets) > MOST_SHEETS:
            raise TooLarge(f"{file.name or 'The workbook'} has more than {MOST_SHEETS} sheets.")
        found = []
        for sheet in sheets:
            if sheet.sheet_state != "visible":
                place = Place(file.name, sheet=sheet.title, cell="A1")
                reading.note("info", place, "Nothing is made of this sheet: it is hidden.", "Show it, if it is meant.")
                continue
            rows = list(_rows(file, sheet))
            if rows:
                found.append(_table(file, sheet.title, rows))
    except BROKEN as error:
        raise broken(file) from error
    finally:
        book.close()
    return found


def _rows(file: File, sheet: Any) -> Iterator[tuple[int, list[tuple[int, Any]]]]:
    """The rows that hold something: their numbers, and the cells that do, with their columns."""
    sheet.reset_dimensions()  # what the file says of its own size may be anything
    seen = slots = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        slots += len(row)
        kept = [(n, cell) for n, cell in enumerate(row, 1) if cell.value is not None and str(cell.value).strip()]
        seen += len(kept)
        wide = bool(kept) and kept[-1][0] > MOST_COLUMNS
        if wide or number > _MOST_SCANNED or slots > 20 * _MOST_CELLS or seen > _MOST_CELLS:
            raise TooLarge(
                f"{file.name or 'The workbook'}, {sheet.title} has more than {MOST_COLUMNS} columns "
                f"or {_MOST_CELLS:,} cells.",
                hint="Hand in smaller files, without cells far from the table.",
            )
        if kept:
            yield number, kept


def _table(file: File, title: str, rows: list[tuple[int, list[tuple[int, Any]]]]) -> Table:
    if len(rows) > MOST_ROWS:
        raise TooLarge(f"{file.name or 'The workbook'}, {title} has more than {MOST_ROWS:,} rows.")
    number, first = rows[0]
    width = first[-1][0]
    given = {column: _shown(cell)[0] for column, cell in first}

    def place(line: int, column: int) -> Place:
        heading = given.get(column, "")
        return Place(file.name, line, column, sheet=title, cell=f"{letters(column)}{line}", heading=heading)

    headings = [Cell(given.get(column, ""), place(number, column)) for column in range(1, width + 1)]
    table = []
    for line, cells in rows[1:]:
        held = dict(cells)
        shown = [
            Cell("", place(line, column)) if column not in held else _cell(held[column], place(line, column))
            for column in range(1, max(width, cells[-1][0]) + 1)
        ]
        table.append(shown)
    return Table(Place(file.name, sheet=title), headings, table)


def _cell(cell: Any, place: Place) -> Cell:
    text, fault, mend = _shown(cell)
    return Cell(text, place, fault, mend)


def _shown(cell: Any) -> tuple[str, str, str]:
    """A cell as text that a person would have written; or why it is not used, and what to do."""
    held = cell.value
    if cell.data_type == "f" or not isinstance(
        held, str | int | float | Decimal | datetime.date | datetime.time | datetime.timedelta
    ):
        formula = held if isinstance(held, str) else str(getattr(held, "text", "") or "=…")
        return formula, "The cell holds a formula, which is not worked out here.", "Write its value in its place."
    if cell.data_type == "e":
        return str(held), f"The cell holds {held}, where a formula failed.", "Write the value."
    if isinstance(held, bool):
        return ("true" if held else "false"), "", ""
    if isinstance(held, datetime.datetime | datetime.date):
        return _date(held, str(cell.number_format)), "", ""
    if isinstance(held, int | float | Decimal):
        return _number(held), "", ""
    return str(held).replace("\r\n", "\n").replace("\u00a0", " ").strip(), "", ""


def _date(held: datetime.datetime | datetime.date, number_format: str) -> str:
    """A date as precisely as the cell shows it: a cell that shows Apr 2011 holds the first of April."""
    if isinstance(held, datetime.datetime) and held.time() != datetime.time():
        return held.isoformat(timespec="seconds")
    day = held.date() if isinstance(held, datetime.datetime) else held
    shown = _NOT_FORMAT.sub("", number_format.split(";")[0]).lower()
    if "d" in shown or "y" not in shown:
        return day.isoformat()
    return day.isoformat()[:7] if "m" in shown else day.isoformat()[:4]


def _number(held: float | Decimal) -> str:
    """A number in plain digits, without what binary fractions add in the last places."""
    if isinstance(held, int):
        return str(held) if abs(held) < 10**30 else f"{held:.15g}"
    text = f"{Decimal(f'{held:.15g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
