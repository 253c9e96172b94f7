"""CSV as people save it: in any of the usual encodings, separated by commas, semicolons or tabs."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence

from lepgraph.errors import RecordFault, TooLarge
from lepgraph.validation.records import File, Note, Place, Record
from lepgraph.validation.tables import matching
from lepgraph.validation.tables.rows import Cell, Reading, Table
from lepgraph.validation.tables.templates import Templates

MOST_ROWS = 100_000
MOST_COLUMNS = 500
_SEPARATORS = ",;\t"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LONGEST_CELL = 20_000_000
ERRORS = ("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")
"""What a spreadsheet shows where a formula fails."""


def read_csv(file: File, templates: Templates, base: str) -> Record:
    """The record of a CSV file; raises RecordFault or TooLarge, and nothing else."""
    reading = Reading(templates, base)
    text, remark = decoded(file)
    if remark:
        reading.record.notes.append(Note("info", Place(file.name), remark, "Save the file as CSV UTF-8."))
    rows = rows_of(file, text)
    number, first = next(((n, row) for n, row in rows if any(c.strip() for c in row)), (0, []))
    if not first:
        raise RecordFault(f"{file.name or 'The table'} is empty.", hint="The first row must hold the headings.")
    headings = [Cell(c.strip(), _place(file, number, n, "")) for n, c in enumerate(first, 1)]
    kept = [_cells(file, number, row, headings) for number, row in rows if any(c.strip() for c in row)]
    for row in kept:
        _note_excess(reading, row, len(headings))
    reading.read(Table(Place(file.name), headings, kept), matching.named(templates, matching.stem(file.name)))
    return reading.record


def decoded(file: File) -> tuple[str, str]:
    """The text of a file, and what is to be said of its encoding."""
    encoding = next((name for mark, name in _MARKS if file.body.startswith(mark)), "utf-8")
    remark = ""
    try:
        text = file.body.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise _not_text(file) from error
        try:
            text = file.body.decode("windows-1252")
        except UnicodeDecodeError:
            raise _not_text(file) from error
        remark = "The file is not UTF-8; it was read as Windows-1252."
    if "\0" in text:
        raise _not_text(file)
    return text, remark


def _not_text(file: File) -> RecordFault:
    return RecordFault(
        f"{file.name or 'The table'} is no text that can be read.", hint="Save it as CSV UTF-8, or send the workbook."
    )


def rows_of(file: File, text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with their numbers as a spreadsheet shows them; one that only names the separator is not counted."""
    separator = ""
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=,"):
        separator, text = first.strip()[-1], rest
    stream = io.StringIO(text, newline="")
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(stream, delimiter=separator or _separator(text), strict=True)
    try:
        for number, row in enumerate(reader, 1):
            if number > MOST_ROWS or len(row) > MOST_COLUMNS:
                raise TooLarge(
                    f"{file.name or 'The table'} has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns.",
                    hint="Hand in smaller files.",
                )
            yield number, row
    except csv.Error as error:
        raise RecordFault(
            f"{file.name or 'The table'}, line {reader.line_num}: a quoted cell is not closed as it should be.",
            hint='Within quotes, write "" for a quotation mark; save the table anew as CSV.',
        ) from error


def _separator(text: str) -> str:
    """What separates the headings: the first line that is not empty says so."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(part for n, part in enumerate(line.split('"')) if n % 2 == 0)
    return max(_SEPARATORS, key=bare.count)


def _cells(file: File, number: int, row: list[str], headings: Sequence[Cell]) -> list[Cell]:
    cells = []
    for column, text in enumerate(row, 1):
        heading = headings[column - 1].text if column <= len(headings) else ""
        tidy = text.replace("\r\n", "\n").replace("\u00a0", " ").strip()
        place = _place(file, number, column, heading)
        if tidy in ERRORS:
            cells.append(Cell(tidy, place, f"The cell holds {tidy}, where a formula failed.", "Write the value."))
        else:
            cells.append(Cell(tidy, place))
    return cells


def _note_excess(reading: Reading, row: Sequence[Cell], width: int) -> None:
    beyond = next((cell for cell in row[width:] if cell.text), None)
    if beyond:
        text = "The row has more cells than there are headings, so that its values may stand in the wrong columns."
        mend = "Put text that holds the separator between quotation marks."
        reading.note("violation", beyond.place, text, mend, value=beyond.text[:300])


def _place(file: File, line: int, column: int, heading: str) -> Place:
    return Place(file=file.name, line=line, column=column, cell=f"{letters(column)}{line}", heading=heading)


def letters(column: int) -> str:
    """The name of a column, as a spreadsheet has it."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
