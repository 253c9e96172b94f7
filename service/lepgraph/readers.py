"""Connections to an SQLite file that is written once and then only read, by any thread of any process."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from lepgraph import scratch


class Readers:
    """The connections to one file that readers share, each with one reader at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._process = os.getpid()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for one reader at a time; after a fork never one of the parent's."""
        with self._lock:
            if self._process != os.getpid():
                self._idle, self._process = [], os.getpid()
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            address = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
            connection = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
        try:
            yield connection
        finally:
            with self._lock:
                self._idle.append(connection)

    def close(self) -> None:
        """Closes the connections that no reader has."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


def about(path: Path) -> str:
    """What a file says in its table ``about`` it was made of; empty if there is none that is whole."""
    if not path.is_file():
        return ""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as found:
            return str(found.execute("SELECT text FROM about").fetchone()[0])
    except (sqlite3.Error, TypeError):
        return ""


@contextlib.contextmanager
def writing(path: Path, tables: str, made_of: str) -> Iterator[sqlite3.Connection]:
    """A connection to a file that appears whole, with a table ``about``, once the block has ended well.

    Raises NotKept.
    """
    with scratch.folder(path.parent, path.name) as folder:
        with contextlib.closing(sqlite3.connect(folder / path.name)) as connection:
            connection.executescript(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE about (text TEXT);"
            )
            connection.executescript(tables)
            connection.execute("INSERT INTO about VALUES (?)", (made_of,))
            yield connection
            connection.commit()
        (folder / path.name).replace(path)
