"""The sender's own lines, with the place that a finding speaks of marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lepgraph.errors import UnsupportedMedia
from lepgraph.media import XLSX
from lepgraph.validation import kinds
from lepgraph.validation.findings import Finding
from lepgraph.validation.records import File, Place

_LONGEST = 160
"""Characters of a line that are shown."""
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
