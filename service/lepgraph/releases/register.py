"""Which versions of the dataset were released: ``data/versions/versions.csv``, to which rows are only ever added.

Beside it lies, for each version, what it changed of the one before (``{number}.rdfp.gz``; the first changes an empty
dataset), so that every version can be had again from the files alone. A build that is not the last version released is
served as one that is not released.
"""

from __future__ import annotations

import csv
import datetime
import re
from dataclasses import dataclass

from lepgraph.content import Content
from lepgraph.errors import ContentFault, Place

FOLDER = "data/versions"
FILE = f"{FOLDER}/versions.csv"
COLUMNS = ("number", "date", "digest", "notes")
NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,39}")
"""How the number of a version is written."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Release:
    """A version: its number, the day from which it is valid as ISO 8601, the SHA-256 of its quads, and what is new."""

    number: str
    date: str
    digest: str
    notes: str
    released: bool = True

    @property
    def short(self) -> str:
        """The first twelve digits of the hash, as addresses of files have them."""
        return self.digest[:12]


def released(content: Content) -> tuple[Release, ...]:
    """The versions that were released, the oldest first; raises ContentFault with all that is wrong with the file."""
    path = content.root / FILE
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if not rows or tuple(rows[0]) != COLUMNS:
        raise ContentFault([(Place(FILE, 1), f"the columns must be {', '.join(COLUMNS)}")])
    found: list[Release] = []
    faults: list[tuple[Place, str]] = []
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(COLUMNS):
            faults.append((Place(FILE, number), f"{len(row)} cells in place of {len(COLUMNS)}"))
            continue
        release = Release(row[0], row[1], row[2], row[3])
        faults += [(Place(FILE, number, column), reason) for column, reason in unfit(release, found)]
        found.append(release)
    if faults:
        raise ContentFault(faults)
    return tuple(found)


def unfit(release: Release, before: list[Release]) -> list[tuple[str, str]]:
    """What is wrong with a version that follows others, by column."""
    faults = []
    if not NUMBER.fullmatch(release.number):
        faults.append(("number", f"{release.number!r} is not a number of letters, digits, points and hyphens"))
    if any(release.number == other.number for other in before):
        faults.append(("number", f"{release.number} stands twice"))
    if not _DIGEST.fullmatch(release.digest):
        faults.append(("digest", f"{release.digest!r} is not a SHA-256"))
    if any(release.digest == other.digest for other in before[-1:]):
        faults.append(("digest", "it is that of the version before: nothing has changed"))
    try:
        date = datetime.date.fromisoformat(release.date)
    except ValueError:
        faults.append(("date", f"{release.date!r} is not a date"))
    else:
        if before and _is_later(before[-1].date, date):
            faults.append(("date", f"it is before that of the version before, {before[-1].date}"))
    if not release.notes.strip():
        faults.append(("notes", "there are none"))
    return faults


def _is_later(earlier: str, date: datetime.date) -> bool:
    try:
        return datetime.date.fromisoformat(earlier) > date
    except ValueError:
        return False
