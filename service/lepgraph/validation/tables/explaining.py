"""How a column is filled in, in words: what stands in the note on its heading, and an example of a value."""

from __future__ import annotations

from lepgraph.terms import XSD
from lepgraph.validation.tables.templates import DATES, NUMBERS, SEPARATOR, WHOLE, Column

LEVELS = {
    "required": "Must be filled in.",
    "expected": "Expected: a record without it is incomplete.",
    "nice": "Good to have.",
    "": "May stay empty.",
}
MOST_NAMED = 12
"""Allowed values up to which a note names them all."""
_EXAMPLES = {XSD.date: "2011-04-01", XSD.gYearMonth: "2011-04", XSD.gYear: "2011"}


def explained(column: Column) -> str:
    """What is to be known before a cell of a column is filled in, as sentences."""
    sentences = [column.description, LEVELS[column.level], written(column)]
    if column.span:
        sentences.append("Leave the end empty if it has not come." if column.end == column.span.end else "")
    if column.several:
        sentences.append(f"Put {SEPARATOR} between several values.")
    return " ".join(sentence for sentence in sentences if sentence)


def written(column: Column) -> str:
    """How one value is written."""
    if column.choices:
        named = ", ".join(choice.label for choice in column.choices[:MOST_NAMED])
        return f"One of: {named}{', …' if len(column.choices) > MOST_NAMED else ''}."
    if column.classes:
        return "Write the name, the code or the address of a thing that is published, or that is in the same file."
    if column.iri:
        return "Write a whole address, beginning with https://."
    if column.dated:
        forms = [_EXAMPLES[kind] for kind in DATES if kind in column.datatypes]
        return f"Write a date as {' or '.join(forms)}."
    if XSD.boolean in column.datatypes:
        return "Write yes or no."
    if column.numeric:
        return "Write a whole number." if set(column.datatypes) <= WHOLE else "Write a number."
    if not column.pattern or column.languages:
        return ""
    return column.advice or f"Write text that fits {column.pattern}."


def example(column: Column) -> str:
    """A value that an example row can show; empty where none can be made up."""
    if column.choices:
        return column.choices[0].label
    if column.dated:
        late = column.span is not None and column.end == column.span.end
        first = _EXAMPLES[next(kind for kind in DATES if kind in column.datatypes)]
        return first.replace("2011", "2014") if late else first
    if column.iri:
        return "https://example.org/"
    if column.classes:
        return ""
    if XSD.boolean in column.datatypes:
        return "yes"
    if set(column.datatypes) & NUMBERS:
        return "1"
    return "" if column.datatypes else f"Example of {column.heading}"
