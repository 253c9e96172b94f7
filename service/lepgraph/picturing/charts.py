"""Charts: numbers by category as bars, by year as lines; each panel is one series, so that none hides another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rdflib import Literal
from rdflib.term import Node

from lepgraph.describing import Value
from lepgraph.picturing.tables import Table
from lepgraph.picturing.times import moment, ticks
from lepgraph.querying import Shows

MOST_BARS = 60
MOST_PANELS = 12
HEIGHT = 40
"""Units of the height of a line chart, of which the width has 100."""


@dataclass(frozen=True)
class Bar:
    """One number: where its bar begins and how long it is, in hundredths of the width."""

    label: Value
    text: str
    begin: float
    length: float


@dataclass(frozen=True)
class Dot:
    """One number of a line, with the ends of its interval if there is one."""

    x: float
    y: float
    low: float | None
    high: float | None
    text: str


@dataclass(frozen=True)
class Panel:
    """One series: bars, or a line with its axes; ``lines`` are the stretches without a gap."""

    title: str
    bars: tuple[Bar, ...] = ()
    lines: tuple[str, ...] = ()
    dots: tuple[Dot, ...] = ()
    across: tuple[tuple[float, str], ...] = ()
    up: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart, ready to be drawn; ``cut`` tells how many rows did not fit into it."""

    title: str
    unit: str
    panels: tuple[Panel, ...]
    cut: int
    table: Table
    summary: str
    kind: str = "chart"


@dataclass(frozen=True)
class _Point:
    series: str
    label: Value
    when: float | None
    number: float
    half: float | None
    text: str


def drawn(table: Table, shows: Shows) -> Chart | None:
    """The chart of an answer, or None if it has no two numbers to compare."""
    points = _points(table, shows)
    if len(points) < 2:
        return None
    series: dict[str, list[_Point]] = {}
    for point in points:
        series.setdefault(point.series, []).append(point)
    over_time = "year" in shows.columns
    names = list(series)[:MOST_PANELS]
    panels: list[Panel] = []
    for name in names:
        own = series[name]
        panels.append(_line(name, own) if over_time and len(own) > 1 else _bars(name, own[:MOST_BARS], points))
    shown = sum(len(series[name]) if over_time else min(MOST_BARS, len(series[name])) for name in names)
    units = dict.fromkeys(_units(table, shows))
    unit = next(iter(units)) if len(units) == 1 else ""
    return Chart(shows.title, unit, tuple(panels), len(points) - shown, table, _summary(points, unit, over_time))


def _points(table: Table, shows: Shows) -> list[_Point]:
    over_time = "year" in shows.columns
    points = []
    for row in table.parts(shows.columns):
        number, label, when = (
            amount(row.term("number")),
            row.cell("category") or row.cell("year"),
            moment(row.term("year")),
        )
        if number is None or label is None or (over_time and when is None):
            continue
        points.append(_Point(row.text("series"), label, when, number, amount(row.term("interval")), row.text("number")))
    return points


def _bars(title: str, points: Sequence[_Point], everything: Sequence[_Point]) -> Panel:
    low = min(0.0, *(point.number for point in everything))
    high = max(0.0, *(point.number for point in everything))
    span = (high - low) or 1.0

    def bar(point: _Point) -> Bar:
        begin, end = sorted(((min(point.number, 0.0) - low) / span, (max(point.number, 0.0) - low) / span))
        return Bar(point.label, point.text, round(begin * 100, 2), round((end - begin) * 100, 2))

    return Panel(title, bars=tuple(bar(point) for point in points))


def _line(title: str, points: Sequence[_Point]) -> Panel:
    own = sorted(points, key=lambda point: point.when or 0.0)
    begin, end = own[0].when or 0.0, own[-1].when or 0.0
    values = [value for point in own for value in (point.number, *_ends(point))]
    steps = _axis(min(values), max(values))
    low, high = steps[0], steps[-1]

    def x(when: float) -> float:
        return round((when - begin) / ((end - begin) or 1.0) * 100, 2)

    def y(number: float) -> float:
        return round(HEIGHT - (number - low) / ((high - low) or 1.0) * HEIGHT, 2)

    dots = []
    for point in own:
        low_end, high_end = (y(end) for end in ends) if (ends := _ends(point)) else (None, None)
        words = f"{point.label.text}: {point.text}"
        dots.append(Dot(x(point.when or 0.0), y(point.number), low_end, high_end, words))
    return Panel(
        title,
        lines=_stretches(own, dots),
        dots=tuple(dots),
        across=tuple((x(float(year)), str(year)) for year in ticks(begin, end, 6)),
        up=tuple((y(step), f"{step:,.10g}") for step in steps),
    )


def _stretches(points: Sequence[_Point], dots: Sequence[Dot]) -> tuple[str, ...]:
    """The dots of years that follow each other, as lines; where a year is missing, the line is broken."""
    stretches: list[list[Dot]] = []
    before = -1e9
    for point, dot in zip(points, dots, strict=True):
        when = point.when or 0.0
        if when - before > 1.01:
            stretches.append([])
        stretches[-1].append(dot)
        before = when
    return tuple(" ".join(f"{dot.x},{dot.y}" for dot in stretch) for stretch in stretches if len(stretch) > 1)


def _axis(low: float, high: float) -> list[float]:
    """Three to six round numbers that hold all values; from zero, unless the values all lie far from it."""
    if low >= 0 and low < 0.7 * high:
        low = 0.0
    span = (high - low) or abs(high) or 1.0
    rough = span / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= rough)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, max(last, first + 1) + 1)]


def _ends(point: _Point) -> tuple[float, float] | tuple[()]:
    return (point.number - point.half, point.number + point.half) if point.half is not None else ()


def _units(table: Table, shows: Shows) -> list[str]:
    return [text for row in table.parts(shows.columns) if (text := row.text("unit"))]


def _summary(points: Sequence[_Point], unit: str, over_time: bool) -> str:
    """The first and the last, or the largest and the smallest, in words."""
    of = f" ({unit})" if unit else ""
    if over_time and len({point.series for point in points}) == 1:
        first, last = (pick(points, key=lambda point: point.when or 0.0) for pick in (min, max))
        return f"From {first.text} in {first.label.text} to {last.text} in {last.label.text}{of}."
    if over_time:
        return f"{len(points)} figures by year in {len({point.series for point in points})} series{of}."
    low, high = min(points, key=lambda point: point.number), max(points, key=lambda point: point.number)
    largest, smallest = f"{high.text} ({high.label.text})", f"{low.text} ({low.label.text})"
    return f"{len(points)} figures{of}: the largest is {largest}, the smallest {smallest}."


def amount(term: Node | None) -> float | None:
    """A number as a float, or None for anything else, infinities and NaN included."""
    if not isinstance(term, Literal):
        return None
    try:
        number = float(str(term))
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) < 1e300 else None
