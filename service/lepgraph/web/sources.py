"""The sender's own lines and rows, with the places that findings speak of marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lepgraph.errors import UnsupportedMedia
from lepgraph.media import CSV, XLSX
from lepgraph.validation import kinds
from lepgraph.validation.findings import LEVELS, Finding
from lepgraph.validation.records import File, Place
from lepgraph.validation.tables.delimited import decoded, rows_of
from lepgraph.validation.tables.templates import IDENTIFIER, plain

_LONGEST = 160
"""Characters of a line that are shown."""
MOST_ROWS = 20
"""Rows of a table that are shown."""
_NAMED = 2
"""Columns that are shown of every row, so that people know it again."""
_CELL = 80
_TERM = re.compile(r"<[^>\s]*>|\"\"\".*|\"(?:[^\"\\]|\\.)*\"(?:@[\w-]+|\^\^\S*[^\s;,.])?|[^\s;,]+")


@dataclass(frozen=True)
class Excerpt:
    """A line: its number, and what stands before, at and after the place."""

    line: int
    before: str
    marked: str
    after: str


def excerpts(files: Sequence[File], findings: Sequence[Finding]) -> dict[Place, Excerpt]:
    """The lines that findings speak of, for files of lines; those that cannot be shown are left out."""
    lines = {file.name: file.body.decode("utf-8", "replace").splitlines() for file in files if _of_lines(file)}
    found = {}
    for place in dict.fromkeys(finding.place for finding in findings if finding.value):
        text = lines.get(place.file, [])
        if place.column and not place.sheet and not place.cell and 0 < place.line <= len(text):
            found[place] = _excerpt(text[place.line - 1], place)
    return found


@dataclass(frozen=True)
class Sheet:
    """The first rows of a table that findings speak of: the number of each, and its cells with how bad they are.

    Columns without findings are left out, but for the first; ``total`` is how many such rows there are.
    """

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[tuple[str, str], ...]], ...]
    total: int


def sheets(files: Sequence[File], findings: Sequence[Finding]) -> list[Sheet]:
    """The CSV files among some with what is wrong or missing in them; hints would mark every row."""
    grave = sorted((f for f in findings if f.level != LEVELS[-1]), key=lambda f: LEVELS.index(f.level))
    of_file = {file.name: [f for f in grave if f.place.file == file.name and f.place.cell] for file in files}
    return [_sheet(file, of_file[file.name]) for file in files if file.media == CSV.media_type and of_file[file.name]]


def _sheet(file: File, findings: Sequence[Finding]) -> Sheet:
    lines = sorted({finding.place.line for finding in findings})
    shown = lines[:MOST_ROWS]
    held: dict[int, list[str]] = {}
    first: list[str] = []
    for number, row in rows_of(file, decoded(file)[0]):
        if not first and any(map(str.strip, row)):
            first = row
        if number in shown:
            held[number] = row
        if number >= shown[-1]:
            break
    marks: dict[tuple[int, int], str] = {}
    for finding in findings:
        marks.setdefault((finding.place.line, _column(finding, first)), finding.level)
    marked = {column for line, column in marks if line in held}
    columns = [column for column in sorted({*range(1, _NAMED + 1), *marked}) if column <= len(first)]
    rows = (
        (number, tuple((_cell(row, column), marks.get((number, column), "")) for column in columns))
        for number, row in held.items()
    )
    return Sheet(file.name, tuple(first[column - 1] for column in columns), tuple(rows), len(lines))


def _column(finding: Finding, headings: Sequence[str]) -> int:
    """The column that a finding is about: that of what is missing, if there is one, rather than that of the thing."""
    if finding.place.heading == IDENTIFIER and not finding.value:
        called = [plain(heading) for heading in headings]
        if finding.property_label and plain(finding.property_label) in called:
            return called.index(plain(finding.property_label)) + 1
    return finding.place.column


def _cell(row: Sequence[str], column: int) -> str:
    text = row[column - 1].strip() if column <= len(row) else ""
    return text if len(text) <= _CELL else f"{text[:_CELL]}…"


def _of_lines(file: File) -> bool:
    try:
        return kinds.of_type(file.media) != XLSX
    except UnsupportedMedia:
        return False


def _excerpt(line: str, place: Place) -> Excerpt:
    start = min(place.column - 1, len(line))
    match = _TERM.match(line, start)
    end = match.end() if match else len(line)
    first = max(0, start - _LONGEST // 2)
    before = f"…{line[first:start]}" if first else line[:start].lstrip()
    marked = line[start:end] if end - start <= _LONGEST else f"{line[start : start + _LONGEST]}…"
    after = line[end : end + _LONGEST // 2]
    return Excerpt(place.line, before, marked, after + ("…" if len(line) > end + _LONGEST // 2 else ""))
