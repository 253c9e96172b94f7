"""Results of checks under addresses of their own, kept in a small SQLite file for as long as was said and no longer.

What is kept is the outcome: findings, the W3C report, and a sender's table with its cells marked. Who knows the name of
a result can read it, and nobody can guess one. Several processes use the file together.
"""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from lepgraph.errors import NotFound, NotKept
from lepgraph.validation.handing import Outcome

logger = logging.getLogger(__name__)

_HOUR = 3600
_PATIENCE = 5.0
_NAME = 16
_LARGEST = 32 * 1024 * 1024
_TABLE = """
    PRAGMA journal_mode = WAL;
    PRAGMA secure_delete = ON;
    CREATE TABLE IF NOT EXISTS results (
        name TEXT PRIMARY KEY, until REAL NOT NULL, title TEXT NOT NULL, members BLOB NOT NULL, marked BLOB NOT NULL
    ) WITHOUT ROWID;
"""
_ROW = """
    SELECT until, title, members, marked FROM results
    WHERE name = ?
"""


@dataclass(frozen=True)
class Result:
    """A result that is kept: what it is of, until when (seconds since 1970), and the outcome."""

    name: str
    title: str
    until: float
    outcome: Outcome


class Results:
    """The results in a folder, at most a number of them, each for some hours; none if the hours are zero."""

    def __init__(self, folder: Path, hours: int, most: int, now: Callable[[], float] = time.time) -> None:
        self._path = folder / "results.sqlite3"
        self.hours = hours
        self._most = most
        self._now = now
        self._waking = threading.Lock()
        self._timer: threading.Timer | None = None

    def keep(self, title: str, outcome: Outcome) -> Result:
        """Keeps an outcome under a new name; raises NotKept. The oldest make room."""
        members = zlib.compress(json.dumps(outcome.members()).encode())
        if len(members) + len(outcome.marked) > _LARGEST:
            raise NotKept("The result is too large to be kept.", hint="Hand in fewer things at a time.")
        kept = Result(secrets.token_urlsafe(_NAME), title[:200], self._now() + self.hours * _HOUR, outcome)
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            self._clear(connection)
            row = (kept.name, kept.until, kept.title, members, outcome.marked)
            connection.execute("INSERT INTO results VALUES (?, ?, ?, ?, ?)", row)
            connection.execute("COMMIT")
        self._wake(kept.until)
        return kept

    def result(self, name: str) -> Result:
        """The result of that name; raises NotFound where there is none or its time is over."""
        row = None
        if len(name) < 2 * _NAME and self._path.exists():
            with self._opened() as connection:
                row = connection.execute(_ROW, (name,)).fetchone()
        if row is None or row[0] <= self._now():
            hint = f"Results are kept for {self.hours} hours. Check the record again."
            raise NotFound("There is no such result, or its time is over.", hint=hint)
        members = json.loads(zlib.decompress(row[2]))
        return Result(name, row[1], row[0], Outcome.restored(members, row[3]))

    def forget(self, name: str) -> None:
        """Drops a result at once."""
        if self._path.exists():
            with self._opened() as connection:
                connection.execute("DELETE FROM results WHERE name = ?", (name,))

    def clear(self) -> None:
        """Drops all whose time is over, which is done at the start, with each result, and when its time is over."""
        if self._path.exists():
            with self._opened() as connection:
                self._clear(connection)
                [next_until] = connection.execute("SELECT min(until) FROM results").fetchone()
            if next_until is not None:
                self._wake(next_until)

    def _clear(self, connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM results WHERE until <= ?", (self._now(),))
        connection.execute(
            "DELETE FROM results WHERE name NOT IN (SELECT name FROM results ORDER BY until DESC LIMIT ?)",
            (self._most - 1,),
        )

    def _wake(self, until: float) -> None:
        """Has one thread clear when the next result's time is over, unless one waits already."""
        with self._waking:
            if self._timer is None:
                self._timer = threading.Timer(max(until - self._now(), 0) + 1, self._woken)
                self._timer.daemon = True
                self._timer.start()

    def _woken(self) -> None:
        with self._waking:
            self._timer = None
        try:
            self.clear()
        except NotKept as fault:
            logger.warning("results whose time is over stay in %s: %s", self._path, fault.detail)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)) as connection:
                connection.executescript(_TABLE)
                yield connection
        except (OSError, sqlite3.Error) as error:
            logger.warning("results cannot be kept in %s: %s", self._path, error)
            reason = "The place where results are kept cannot be used."
            raise NotKept(reason, hint="Try again later, or ask for another format than HTML.") from error
