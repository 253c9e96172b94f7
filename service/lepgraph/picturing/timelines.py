"""Timelines, lineages and heat-maps: rows and cells that a page sets as text, with the places of bars in hundredths."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lepgraph.describing import UNKNOWN, Value
from lepgraph.picturing.charts import amount
from lepgraph.picturing.tables import Parts, Table
from lepgraph.picturing.times import moment, ticks
from lepgraph.querying import Shows

MOST_SPANS = 80
LEVELS = 4


@dataclass(frozen=True)
class Span:
    """One row of a timeline: what it is of; ``point`` is a moment, ``open`` has no known end."""

    labels: tuple[Value, ...]
    words: str
    begin: float
    length: float
    point: bool
    open: bool


@dataclass(frozen=True)
class Timeline:
    """Lanes of rows over one scale of years."""

    title: str
    lanes: tuple[tuple[str, tuple[Span, ...]], ...]
    years: tuple[tuple[float, str], ...]
    cut: int
    table: Table
    summary: str
    kind: str = "timeline"


@dataclass(frozen=True)
class Step:
    """One event with what there was before it and what came of it."""

    event: Value
    kind: str
    date: str
    before: tuple[Value, ...]
    after: tuple[Value, ...]


@dataclass(frozen=True)
class Lineage:
    """Events in the order of time."""

    title: str
    steps: tuple[Step, ...]
    table: Table
    summary: str
    kind: str = "lineage"


@dataclass(frozen=True)
class HeatMap:
    """Numbers by row and column; a level from 1 to LEVELS says how large one is, 0 that there is none."""

    title: str
    columns: tuple[Value, ...]
    rows: tuple[tuple[Value, tuple[tuple[str, int], ...], str], ...]
    """For each row its head, the text and the level of each cell, and the sum."""
    gaps: int
    table: Table
    summary: str
    kind: str = "heat-map"


def timeline(table: Table, shows: Shows) -> Timeline | None:
    """The timeline of an answer, or None if nothing in it has a date."""
    found = [(begin, row) for row in table.parts(shows.columns) if (begin := moment(row.term("begin"))) is not None]
    if not found:
        return None
    ends = [moment(row.term("end"), last=True) for _, row in found]
    low = int(min(begin for begin, _ in found))
    high = int(max(max(begin, end or 0.0) for (begin, _), end in zip(found, ends, strict=True))) + 1
    scale = 100 / (high - low)
    lanes: dict[str, list[Span]] = {}
    for (begin, row), end in list(zip(found, ends, strict=True))[:MOST_SPANS]:
        point = row.term("end") is not None and row.term("begin") == row.term("end")
        length = 0.0 if point else max(0.0, ((end if end is not None else high) - begin)) * scale
        lanes.setdefault(row.text("lane"), []).append(
            Span(
                (_named(row),),
                _words(row, point),
                round((begin - low) * scale, 2),
                round(length, 2),
                point,
                not point and end is None,
            )
        )
    years = tuple((round((year - low) * scale, 2), str(year)) for year in ticks(low, high - 0.5, 6))
    summary = f"{len(found)} entries between {low} and {high - 1}."
    shown = tuple((name, _joined(spans)) for name, spans in lanes.items())
    return Timeline(shows.title, shown, years, len(found) - min(len(found), MOST_SPANS), table, summary)


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """The same with three or more of one period as one row, where the first of them stood."""
    alike: dict[Span, list[Value]] = {}
    for span in spans:
        alike.setdefault(replace(span, labels=()), []).extend(span.labels)
    rows: dict[Span, None] = {}
    for span in spans:
        named = alike[replace(span, labels=())]
        rows[replace(span, labels=tuple(named)) if len(named) > 2 and not span.point else span] = None
    return tuple(rows)


def lineage(table: Table, shows: Shows) -> Lineage | None:
    """The lineage of an answer: rows of one event are one step."""
    steps: dict[Value, dict[str, list[Value]]] = {}
    for row in table.parts(shows.columns):
        event = row.cell("event")
        if event is None:
            continue
        own = steps.setdefault(event, {})
        for part in row.found:
            value = row.cell(part)
            if value is not None and value not in own.setdefault(part, []):
                own[part].append(value)
    if not steps:
        return None
    found = tuple(
        Step(
            event,
            ", ".join(value.text for value in own.get("kind", ())),
            ", ".join(value.text for value in own.get("date", ())),
            tuple(own.get("before", ())),
            tuple(own.get("after", ())),
        )
        for event, own in steps.items()
    )
    return Lineage(shows.title, found, table, f"{len(found)} change{'' if len(found) == 1 else 's'}.")


def heat_map(table: Table, shows: Shows) -> HeatMap | None:
    """The heat-map of an answer: one cell for each pair of its rows and columns, empty where there is no number."""
    numbers: dict[tuple[Value, Value], float] = {}
    rows: dict[Value, None] = {}
    columns: dict[Value, None] = {}
    for parts in table.parts(shows.columns):
        row, column, number = parts.cell("row"), parts.cell("column"), amount(parts.term("number"))
        if row is None:
            continue
        rows[row] = None
        if column is not None:
            columns[column] = None
            if number:
                numbers[row, column] = number
    if not rows or not columns:
        return None
    most = max(numbers.values(), default=1.0)

    def cell(row: Value, column: Value) -> tuple[str, int]:
        number = numbers.get((row, column))
        return ("", 0) if number is None else (f"{number:,.10g}", max(1, min(LEVELS, round(number / most * LEVELS))))

    lines = tuple(
        (
            row,
            tuple(cell(row, column) for column in columns),
            f"{sum(numbers.get((row, c), 0.0) for c in columns):,.10g}",
        )
        for row in rows
    )
    gaps = len(rows) * len(columns) - len(numbers)
    summary = f"{len(rows)} rows and {len(columns)} columns; {gaps} of {len(rows) * len(columns)} cells are empty."
    return HeatMap(shows.title, tuple(columns), lines, gaps, table, summary)


def _named(row: Parts) -> Value:
    label, thing = row.cell("label"), row.cell("thing")
    if label is None:
        return thing or UNKNOWN
    return Value(label.text, thing.href if thing else label.href, language=label.language)


def _words(row: Parts, point: bool) -> str:
    first, last = row.text("begin"), row.text("end")
    return first if point else f"{first} to {last}" if last else f"from {first}"
