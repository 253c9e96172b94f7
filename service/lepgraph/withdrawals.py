"""Identifiers that were withdrawn: ``data/withdrawn.csv`` says why, when, and what has taken the place of each.

A published identifier is never used again. One whose thing has a successor keeps its page; one that should never have
been, or whose thing nobody may speak of any more, stands here and is answered with 410. The file need not exist.
"""

from __future__ import annotations

import csv
import datetime
import re
from dataclasses import dataclass

from lepgraph.content import Content
from lepgraph.errors import ContentFault, Place

FILE = "data/withdrawn.csv"
COLUMNS = ("path", "reason", "date", "successor")

_PATH = re.compile(r"/(id|def|graph|data)/[^\s?#]+")


@dataclass(frozen=True)
class Withdrawal:
    """An identifier, by its path, with the reason and day of its end, and the path or address of a successor if any."""

    path: str
    reason: str
    date: str
    successor: str


def withdrawn(content: Content) -> dict[str, Withdrawal]:
    """The withdrawn identifiers by path; raises ContentFault with all that is wrong with the file."""
    path = content.root / FILE
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if not rows or tuple(rows[0]) != COLUMNS:
        raise ContentFault([(Place(FILE, 1), f"the columns must be {', '.join(COLUMNS)}")])
    found: dict[str, Withdrawal] = {}
    faults: list[tuple[Place, str]] = []
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(COLUMNS):
            faults.append((Place(FILE, number), f"{len(row)} cells in place of {len(COLUMNS)}"))
            continue
        withdrawal = Withdrawal(*row)
        faults += [(Place(FILE, number, column), reason) for column, reason in _faults(withdrawal, found)]
        found[withdrawal.path] = withdrawal
    if faults:
        raise ContentFault(faults)
    return found


def _faults(withdrawal: Withdrawal, found: dict[str, Withdrawal]) -> list[tuple[str, str]]:
    faults = []
    if not _PATH.fullmatch(withdrawal.path):
        faults.append(("path", f"{withdrawal.path!r} is not the path of an identifier, such as /id/kind/key"))
    if withdrawal.path in found:
        faults.append(("path", f"{withdrawal.path} stands twice"))
    if not withdrawal.reason.strip():
        faults.append(("reason", "there is none"))
    try:
        datetime.date.fromisoformat(withdrawal.date)
    except ValueError:
        faults.append(("date", f"{withdrawal.date!r} is not a date"))
    if withdrawal.successor and not re.fullmatch(r"(/|https?://)[^\s]+", withdrawal.successor):
        faults.append(("successor", f"{withdrawal.successor!r} is neither a path nor an address"))
    if withdrawal.successor == withdrawal.path:
        faults.append(("successor", "it succeeds itself"))
    return faults
