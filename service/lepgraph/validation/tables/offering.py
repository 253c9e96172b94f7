"""Templates as files to fill in: a heading row and an example row, as CSV."""

from __future__ import annotations

import csv
import io

from lepgraph.validation.tables.explaining import example
from lepgraph.validation.tables.templates import EXAMPLE, IDENTIFIER, KIND, Template


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
