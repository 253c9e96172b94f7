"""The registers as tests read them: tables of text, without the package."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
REGISTERS = DATA / "registers"

Row = dict[str, str]


def rows_of(path: Path) -> list[Row]:
    """The rows of a table, in its order."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def register(name: str) -> list[Row]:
    """The rows of a register, in its order."""
    return rows_of(REGISTERS / f"{name}.csv")


def by_key(name: str, column: str) -> dict[str, Row]:
    """The rows of a register by the value of one column."""
    return {row[column]: row for row in register(name)}


def pair(row: Row) -> tuple[str, str]:
    """The codes of a membership: the containing area and its member."""
    return row["container"], row["member"]


def states(name: str, wanted: Row) -> bool:
    """Whether a row of the register says all this."""
    return any(wanted.items() <= row.items() for row in register(name))


def counted(name: str, column: str) -> Counter[str]:
    """How often each value stands in a column of a register, empty cells left out."""
    return Counter(row[column] for row in register(name) if row[column])
