"""A diagram of the main classes of a vocabulary and the links between them: places on a ring, pure geometry."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from lepgraph.describing import Value

MOST = 14
"""Classes that a diagram shows."""
WIDTH, HEIGHT = 860, 560
_BOX = 34
_LETTER = 7.6
"""Units that a letter of the labels takes, about."""


@dataclass(frozen=True)
class Box:
    """A class as a box around its middle."""

    label: str
    href: str
    x: float
    y: float
    width: float

    @property
    def left(self) -> float:
        """The left edge."""
        return round(self.x - self.width / 2, 1)

    @property
    def top(self) -> float:
        """The upper edge."""
        return round(self.y - _BOX / 2, 1)


@dataclass(frozen=True)
class Arrow:
    """A link between two boxes as a path, and its words."""

    path: str
    words: str


@dataclass(frozen=True)
class Diagram:
    """Boxes and arrows, and what they show in a sentence."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    summary: str
    width: int = WIDTH
    height: int = HEIGHT
    box: int = _BOX


def drawn(links: tuple[tuple[Value, Value, Value], ...]) -> Diagram | None:
    """The classes with most links, on a ring, so that those that are linked lie near; None if there is nothing."""
    pairs: dict[tuple[str, str], list[str]] = {}
    names: dict[str, str] = {}
    for begin, by, end in links:
        if begin.href != end.href:
            pairs.setdefault((begin.href, end.href), []).append(by.text)
            names |= {begin.href: begin.text, end.href: end.text}
    degree = Counter(href for pair in pairs for href in pair)
    main = sorted(degree, key=lambda href: (-degree[href], href))[:MOST]
    if len(main) < 2:
        return None
    shown = {pair: words for pair, words in pairs.items() if pair[0] in main and pair[1] in main}
    ring = _ring(main, set(shown))
    boxes = {href: _box(names[href], href, place, len(ring)) for place, href in enumerate(ring)}
    arrows = tuple(
        Arrow(_path(boxes[begin], boxes[end]), f"{names[begin]}: {', '.join(sorted(set(words)))}: {names[end]}")
        for (begin, end), words in sorted(shown.items())
    )
    summary = f"The {len(boxes)} classes that are linked most, with {len(arrows)} links between them."
    return Diagram(tuple(boxes.values()), arrows, summary)


def _ring(main: list[str], pairs: set[tuple[str, str]]) -> list[str]:
    """An order in which each class follows the one with which it has most to do."""
    left = list(main)
    ring = [left.pop(0)]
    while left:
        near = [sum((a, b) in pairs or (b, a) in pairs for a in ring[-2:]) for b in left]
        ring.append(left.pop(near.index(max(near))))
    return ring


def _box(label: str, href: str, place: int, number: int) -> Box:
    right = (number + 1) // 2
    side, row, rows = (1, place, right) if place < right else (-1, number - 1 - place, number - right)
    y = (row + 0.5) / rows * 2 - 1  # both sides from top to bottom at equal steps, so that no two boxes touch
    x = side * math.sqrt(1 - y * y)
    width = round(len(label) * _LETTER + 24, 1)
    return Box(label, href, round(WIDTH / 2 + x * (WIDTH / 2 - 120), 1), round(HEIGHT / 2 * (1 + y), 1), width)


def _path(begin: Box, end: Box) -> str:
    """A line from edge to edge, bent towards the middle of the ring."""
    bend = 0.25
    middle_x = (begin.x + end.x) / 2 + (WIDTH / 2 - (begin.x + end.x) / 2) * bend
    middle_y = (begin.y + end.y) / 2 + (HEIGHT / 2 - (begin.y + end.y) / 2) * bend
    x1, y1 = _edge(begin, middle_x, middle_y)
    x2, y2 = _edge(end, middle_x, middle_y)
    return f"M{x1:.1f} {y1:.1f}Q{middle_x:.1f} {middle_y:.1f} {x2:.1f} {y2:.1f}"


def _edge(box: Box, x: float, y: float) -> tuple[float, float]:
    """Where the line from the middle of a box to a point leaves the box."""
    across, down = x - box.x, y - box.y
    half, tall = box.width / 2 + 3, _BOX / 2 + 3
    scale = min(half / abs(across) if across else math.inf, tall / abs(down) if down else math.inf, 1.0)
    return box.x + across * scale, box.y + down * scale
