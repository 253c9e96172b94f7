"""The index: an SQLite file with full text (FTS5), a function of the dataset version and of the content's queries.

It is written whole and then renamed, kept beside the snapshot, and opened for reading only. All text in it has gone
through ``words.folded``, so that the engine's own reading of words plays no part.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from lepgraph import readers
from lepgraph.readers import Readers
from lepgraph.searching.entries import CODE, NAME, OTHER, PARTS, Entry, Gatherer
from lepgraph.searching.words import Vocabulary
from lepgraph.words import folded

_TABLES = """
    CREATE TABLE kind (kind TEXT PRIMARY KEY, title TEXT, position INTEGER);
    CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT, href TEXT, kind TEXT, classes TEXT, name TEXT, words TEXT,
                        detail TEXT, weight REAL);
    CREATE TABLE exact (words TEXT, rank INTEGER, thing INTEGER);
    CREATE TABLE text (thing INTEGER, part TEXT, how TEXT, value TEXT);
    CREATE VIRTUAL TABLE entry USING fts5 (name, other, code, related, linked, description, classes, prefix = '2 3');
    CREATE VIRTUAL TABLE vocabulary USING fts5vocab (entry, row);
"""
_INDEXES = """
    CREATE INDEX exact_by_words ON exact (words);
    CREATE INDEX text_by_thing ON text (thing);
    INSERT INTO entry (entry) VALUES ('optimize');
"""
_RANKS = {NAME: 0, CODE: 1, OTHER: 1}
_EXACT_AT_MOST = 120
"""Characters up to which a name is compared as a whole."""


class Index(Readers):
    """A kept index, read by any thread of any process."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._vocabulary: Vocabulary | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        """All words of the index."""
        if self._vocabulary is None:
            with self.reading() as connection:
                self._vocabulary = Vocabulary(dict(connection.execute("SELECT term, doc FROM vocabulary")))
        return self._vocabulary


def kept(gatherer: Gatherer, snapshot: Path, digest: str) -> Index:
    """The index that was kept beside the snapshot, or else one that is built now and kept there."""
    about = f"{digest} {gatherer.about}"
    path = snapshot.with_name("search.sqlite")
    if readers.about(path) != about:
        write(gatherer.entries(), path, about)
    return Index(path)


def write(entries: Iterable[Entry], path: Path, about: str) -> None:
    """Writes an index, whole or not at all."""
    with readers.writing(path, _TABLES, about) as connection:
        for number, entry in enumerate(entries, 1):
            _insert(connection, number, entry)
        connection.executescript(_INDEXES)


def _insert(connection: sqlite3.Connection, number: int, entry: Entry) -> None:
    kind = entry.kind
    connection.execute("INSERT OR IGNORE INTO kind VALUES (?, ?, ?)", (kind.key, kind.title, kind.position))
    detail = " · ".join(entry.details)
    words = " ".join(folded(entry.name))
    row = (number, entry.iri, entry.href, kind.key, entry.classes, entry.name, words, detail, entry.weight)
    connection.execute("INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    connection.execute(
        "INSERT INTO entry (rowid, name, other, code, related, linked, description, classes) VALUES (?,?,?,?,?,?,?,?)",
        (number, *(entry.words(part) for part in PARTS), " ".join(folded(f"{entry.classes} {kind.title}"))),
    )
    texts = [(number, part, how, text) for part in PARTS[1:] for how, text in entry.texts.get(part, ())]
    connection.executemany("INSERT INTO text VALUES (?, ?, ?, ?)", texts)
    exact = {
        (" ".join(folded(text)), rank)
        for part, rank in _RANKS.items()
        for _, text in entry.texts.get(part, ())
        if len(text) <= _EXACT_AT_MOST
    }
    connection.executemany("INSERT INTO exact VALUES (?, ?, ?)", [(*pair, number) for pair in sorted(exact)])
