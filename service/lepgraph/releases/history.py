"""What each version said of each thing: an SQLite file, a function of the deltas and of the build that is served.

A thing is a subject. For each version that changed what is said of it there is a row with all that is said of it from
then on, so that a version is the last row of each thing up to it. Names are written as in N-Quads, with their brackets,
so that the order of names is the order of the lines of a version.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from lepgraph import scratch
from lepgraph.errors import ContentFault, NotFound, NotKept, Place
from lepgraph.readers import Readers, writing
from lepgraph.releases.deltas import Delta, between
from lepgraph.releases.register import FILE, Release

logger = logging.getLogger(__name__)

LATEST = "latest"
"""The number that stands for the version that is served."""

_TABLES = """
    CREATE TABLE version (place INTEGER PRIMARY KEY, digest TEXT, quads INTEGER, added INTEGER, removed INTEGER);
    CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
    CREATE TABLE state (thing INTEGER, version INTEGER, change INTEGER, added INTEGER, removed INTEGER, nth INTEGER,
                        said BLOB, PRIMARY KEY (thing, version)) WITHOUT ROWID;
"""
_INDEX = "CREATE INDEX state_by_version ON state (version, nth, change)"
_TOTALS = """
    SELECT quads, added, removed FROM version
    WHERE place = ?
"""
_KINDS = """
    SELECT change, count(*) FROM state
    WHERE version = ? GROUP BY change
"""
_SAID = """
    SELECT said FROM state
    WHERE thing = (
        SELECT id FROM thing
        WHERE name = ?
    ) AND version <= ? ORDER BY version DESC LIMIT 1
"""
_LIFE = """
    SELECT version, change FROM state
    WHERE thing = (
        SELECT id FROM thing
        WHERE name = ?
    ) ORDER BY version
"""
_SPAN = """
    SELECT min(version), max(version) FROM state JOIN thing ON thing.id = state.thing
    WHERE name >= ? AND name < ?
"""
_LAST = """
    SELECT name, max(version), change FROM thing JOIN state ON thing.id = state.thing
    WHERE name >= ? AND name < ? GROUP BY name ORDER BY name
"""
_EVENTS = """
    SELECT name, change, said FROM state JOIN thing ON thing.id = state.thing
    WHERE version = ? AND nth >= ? AND nth < ? ORDER BY nth
"""
_WITHIN = """
    SELECT name, max(version), said FROM thing JOIN state ON thing.id = state.thing
    WHERE name >= ? AND name < ? AND version <= ? GROUP BY name ORDER BY name
"""
_SIZES = """
    SELECT name, change, state.added, state.removed FROM state JOIN thing ON thing.id = state.thing
    WHERE version = ? ORDER BY name
"""
_LINES = """
    SELECT name, max(version), said FROM thing JOIN state ON thing.id = state.thing
    WHERE version <= ? GROUP BY name ORDER BY name
"""
_TOUCHED = """
    SELECT DISTINCT thing.id, name FROM state JOIN thing ON thing.id = state.thing
    WHERE version > ? AND version <= ? ORDER BY name
"""
_THEN = """
    SELECT said FROM state
    WHERE thing = ? AND version <= ? ORDER BY version DESC LIMIT 1
"""
_SPACE_ENDS = "\U0010ffff"


class Change(IntEnum):
    """What a version did to a thing."""

    CREATED = 1
    CHANGED = 2
    SOURCED = 3
    """The same is said of it, by others."""
    REMOVED = 4


@dataclass(frozen=True)
class Totals:
    """What a version holds, and what it changed of the one before, in quads and in things by kind of change."""

    quads: int
    added: int
    removed: int
    things: dict[Change, int]


@dataclass(frozen=True)
class Event:
    """That a version changed what is said of a thing: its IRI, how, and the lines that say it now."""

    iri: str
    change: Change
    lines: tuple[bytes, ...]


@dataclass(frozen=True)
class Difference:
    """What is different of a thing between two versions."""

    iri: str
    change: Change
    delta: Delta


class History(Readers):
    """The versions, the oldest first and the one that is served last, and what each said."""

    def __init__(self, path: Path, releases: Sequence[Release]) -> None:
        super().__init__(path)
        self.releases = tuple(releases)
        self._totals: dict[int, Totals] = {}

    @property
    def current(self) -> Release:
        """The version that is served."""
        return self.releases[-1]

    def place(self, number: str) -> int:
        """The place of a version by its number, its digest or the beginning that addresses have; raises NotFound."""
        if number == LATEST:
            return len(self.releases) - 1
        for place, release in enumerate(self.releases):
            if number in (release.number, release.digest, release.short):
                return place
        known = ", ".join(release.number for release in self.releases[-5:])
        raise NotFound(f"There is no version {number[:60]!r}.", hint=f"There are {known}; latest is the last of them.")

    def totals(self, place: int) -> Totals:
        """What a version holds and changed."""
        if place not in self._totals:
            with self.reading() as found:
                row = found.execute(_TOTALS, (place,)).fetchone()
                things = {Change(change): number for change, number in found.execute(_KINDS, (place,))}
            quads, added, removed = map(int, row)
            self._totals[place] = Totals(quads, added, removed, things)
        return self._totals[place]

    def said(self, iri: str, place: int) -> tuple[bytes, ...]:
        """The lines of a version about a thing; none if it has none."""
        with self.reading() as found:
            row = found.execute(_SAID, (f"<{iri}>", place)).fetchone()
        return _lines(row[0]) if row else ()

    def within(self, spaces: Iterable[str], place: int) -> Iterator[bytes]:
        """The lines of a version about the things whose IRIs begin in one of these ways."""
        with self.reading() as found:
            for space in spaces:
                for _, _, said in found.execute(_WITHIN, (f"<{space}", f"<{space}{_SPACE_ENDS}", place)):
                    yield from _lines(said)

    def life(self, iri: str) -> list[tuple[int, Change]]:
        """The versions that changed what is said of a thing, in their order, and how; empty if none did."""
        with self.reading() as found:
            return [(place, Change(change)) for place, change in found.execute(_LIFE, (f"<{iri}>",))]

    def versions(self, iri: str) -> list[int]:
        """The versions that speak of a thing, in their order."""
        found: list[int] = []
        life = self.life(iri)
        ends = [place for place, _ in life[1:]] + [len(self.releases)]
        for (place, change), end in zip(life, ends, strict=False):
            if change != Change.REMOVED:
                found.extend(range(place, end))
        return found

    def changed(self, iri: str) -> Release | None:
        """The last version that changed what is said of a thing, or None."""
        life = self.life(iri)
        return self.releases[life[-1][0]] if life else None

    def spans(self, spaces: Iterable[str]) -> tuple[Release, Release] | None:
        """The first and the last version that changed things whose IRIs begin in one of these ways, or None."""
        found = []
        with self.reading() as reader:
            for space in spaces:
                found += reader.execute(_SPAN, (f"<{space}", f"<{space}{_SPACE_ENDS}")).fetchall()
        first = min((low for low, _ in found if low is not None), default=None)
        if first is None:
            return None
        return self.releases[first], self.releases[max(high for _, high in found if high is not None)]

    def last_changes(self, space: str) -> Iterator[tuple[str, Release]]:
        """The things that are there now and whose IRIs begin so, in their order, with their last changes."""
        with self.reading() as found:
            for name, place, change in found.execute(_LAST, (f"<{space}", f"<{space}{_SPACE_ENDS}")):
                if change != Change.REMOVED:
                    yield name[1:-1], self.releases[place]

    def events(self, place: int, first: int, most: int) -> list[Event]:
        """What a version did to things, in the order of their names: from one place on, at most so many.

        Things of which only others say the same are left out.
        """
        with self.reading() as found:
            rows = found.execute(_EVENTS, (place, first, first + most)).fetchall()
        return [Event(name[1:-1], Change(change), _lines(said)) for name, change, said in rows]

    def sizes(self, place: int) -> list[tuple[str, Change, int, int]]:
        """The things that a version changed, in the order of their names: how, and statements that came and went."""
        with self.reading() as found:
            rows = found.execute(_SIZES, (place,)).fetchall()
        return [(name[1:-1], Change(change), added, removed) for name, change, added, removed in rows]

    def lines(self, place: int) -> Iterator[bytes]:
        """All lines of a version, in order."""
        with self.reading() as found:
            for _, _, said in found.execute(_LINES, (place,)):
                yield from _lines(said)

    def dump(self, place: int) -> Path:
        """A file with all lines of a version, which is made when first asked for and kept beside this one.

        Raises NotKept if there is no room for it, and ContentFault if it is not what its digest says.
        """
        release = self.releases[place]
        path = self.path.with_name("former") / f"{release.digest}.nq"
        if path.exists():
            return path
        digest = hashlib.sha256()
        try:
            with scratch.folder(path.parent, path.name) as folder:
                with (folder / path.name).open("wb") as file:
                    for line in self.lines(place):
                        file.write(line)
                        digest.update(line)
                if digest.hexdigest() != release.digest:
                    raise ContentFault(
                        [(Place(FILE), f"what is kept of version {release.number} is not what its hash says")]
                    )
                (folder / path.name).replace(path)
        except NotKept as fault:
            logger.warning("%s", fault)  # which names a folder that is nothing to those who ask
            reason = f"Version {release.number} cannot be put together: there is no room for it."
            raise NotKept(reason, hint="Whoever runs the service must make room.") from fault
        return path

    def differences(self, old: int, new: int) -> Iterator[Difference]:
        """What is different of each thing between two versions, in the order of their names."""
        low, high = min(old, new), max(old, new)
        with self.reading() as found:
            for number, name in found.execute(_TOUCHED, (low, high)).fetchall():
                before, after = (
                    _lines(row[0]) if (row := found.execute(_THEN, (number, place)).fetchone()) else ()
                    for place in (old, new)
                )
                if delta := between(before, after):
                    yield Difference(name[1:-1], kind(before, after), delta)

    def delta(self, old: int, new: int) -> Delta:
        """All that is different between two versions."""
        added: list[bytes] = []
        removed: list[bytes] = []
        for difference in self.differences(old, new):
            added += difference.delta.added
            removed += difference.delta.removed
        return Delta(tuple(added), tuple(removed))


def write(path: Path, deltas: Iterable[tuple[Release, Delta]], made_of: str) -> None:
    """Writes the file, whole or not at all: the versions in their order, each with what it changed."""
    said: dict[bytes, set[bytes]] = {}
    names: dict[bytes, int] = {}
    quads = 0
    with writing(path, _TABLES, made_of) as connection:
        for place, (release, delta) in enumerate(deltas):
            quads += len(delta.added) - len(delta.removed)
            row = (place, release.digest, quads, len(delta.added), len(delta.removed))
            connection.execute("INSERT INTO version VALUES (?, ?, ?, ?, ?)", row)
            _write_version(connection, place, delta, said, names)
        connection.execute(_INDEX)


def _write_version(
    connection: sqlite3.Connection,
    place: int,
    delta: Delta,
    said: dict[bytes, set[bytes]],
    names: dict[bytes, int],
) -> None:
    """Writes the rows of one version, and brings up to it what is said of each thing."""
    comes, goes = _by_subject(delta.added), _by_subject(delta.removed)
    nth = 0
    for name in sorted(comes.keys() | goes.keys()):
        before = said.get(name, set())
        after = (before - goes.get(name, set())) | comes.get(name, set())
        if name not in names:
            names[name] = len(names) + 1
            connection.execute("INSERT INTO thing VALUES (?, ?)", (names[name], name.decode()))
        body = zlib.compress(b"".join(sorted(after)))
        change = kind(before, after)
        told = None if change == Change.SOURCED else nth
        nth += told is not None
        row = (names[name], place, change, len(after - before), len(before - after), told, body)
        connection.execute("INSERT INTO state VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        said[name] = after


def _by_subject(lines: Iterable[bytes]) -> dict[bytes, set[bytes]]:
    found: dict[bytes, set[bytes]] = {}
    for line in lines:
        found.setdefault(line[: line.index(b" ")], set()).add(line)
    return found


def kind(before: Iterable[bytes], after: Iterable[bytes]) -> Change:
    """What happened to a thing of which first these lines spoke, and then those."""
    old, new = merged(before), merged(after)
    if not old:
        return Change.CREATED
    if not new:
        return Change.REMOVED
    return Change.SOURCED if old == new else Change.CHANGED


def merged(lines: Iterable[bytes]) -> tuple[bytes, ...]:
    """The triples of quads, each once, in order."""
    return tuple(sorted({line.rsplit(b" <", 1)[0] + b" .\n" for line in lines}))


def _lines(said: bytes) -> tuple[bytes, ...]:
    return tuple(zlib.decompress(said).splitlines(keepends=True))
