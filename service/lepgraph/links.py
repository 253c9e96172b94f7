"""Short permanent links: texts of queries under a name made from their content, kept in a small SQLite file.

The same query has the same name on every machine. What is kept is never dropped, since a link is permanent; so there is
a bound, past which no more is taken. Several processes use the file together; a text is there whole or not at all.
See docs/decisions/0021.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from lepgraph.errors import NotFound, NotKept, ParameterFault, TooLarge

logger = logging.getLogger(__name__)

LONGEST = 32 * 1024
"""Bytes that a query with a link may have."""
NAME = re.compile(r"[a-z2-7]{12,52}")
"""What the name of a query looks like: base32 (RFC 4648) of the beginning of its SHA-256, in lower case."""

_SHORTEST = 12
_STEP = 8
_PATIENCE = 5.0
_TABLE = """
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS queries (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
"""
_TEXT = """
    SELECT text FROM queries
    WHERE name = ?
"""


class Links:
    """The links in a folder, at most a number of them; a file appears with the first that is kept."""

    def __init__(self, folder: Path, most: int) -> None:
        self._path = folder / "links.sqlite3"
        self._most = most

    @property
    def offered(self) -> bool:
        """Whether there are any links at all."""
        return self._most > 0

    def keep(self, text: str) -> str:
        """Keeps the text of a query and gives its name; raises TooLarge, ParameterFault or NotKept."""
        text = plain(text)
        if not text:
            raise ParameterFault("There is no query to link to.", hint="Put SPARQL into the parameter query.")
        if len(text.encode()) > LONGEST:
            hint = "Put lists of values into the data that you ask, or send the query itself to /sparql."
            raise TooLarge(f"A query with a short link may have {LONGEST} bytes, not more.", hint=hint)
        digest = base64.b32encode(hashlib.sha256(text.encode()).digest()).decode().lower().rstrip("=")
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            for length in range(_SHORTEST, len(digest) + 1, _STEP):
                row = connection.execute(_TEXT, (digest[:length],)).fetchone()
                if row is None:
                    self._add(connection, digest[:length], text)
                if row is None or row[0] == text:
                    connection.execute("COMMIT")
                    return digest[:length]
        raise NotKept("This query cannot have a link.")  # nobody finds the same SHA-256 twice

    def text(self, name: str) -> str:
        """The text that has a name; raises NotFound."""
        row = None
        if NAME.fullmatch(name) and self._path.exists():
            with self._opened() as connection:
                row = connection.execute(_TEXT, (name,)).fetchone()
        if row is None:
            hint = "Check that the link was copied whole; /sparql opens an empty workbench."
            raise NotFound(f"No query is kept under {name[:60]!r}.", hint=hint)
        return str(row[0])

    def _add(self, connection: sqlite3.Connection, name: str, text: str) -> None:
        kept = int(connection.execute("SELECT count(*) FROM queries").fetchone()[0])
        if kept >= self._most:
            raise NotKept("No more short links can be kept here.", hint="The long address of the query works too.")
        connection.execute("INSERT INTO queries VALUES (?, ?)", (name, text))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own for each use, which are few; what was not committed is undone."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)) as connection:
                connection.executescript(_TABLE)
                yield connection
        except (OSError, sqlite3.Error) as error:
            logger.warning("short links cannot be kept in %s: %s", self._path, error)
            reason = "The place where short links are kept cannot be used."
            raise NotKept(reason, hint="Try again later; the query itself can be sent to /sparql.") from error


def plain(text: str) -> str:
    """A query with the ends of lines that forms change put back, and nothing after its last line."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
