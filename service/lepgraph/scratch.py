"""Scratch folders, out of which what is kept appears whole or not at all, and folders that nobody uses any more.

Who uses a folder holds a lock on it (flock), which the system gives back when the process ends, however it ends. So
what a process that was killed half way left behind can be told from what another one writes or serves, without a clock.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lepgraph.errors import NotKept

HINT = "Make room there, or name another folder with LEPGRAPH_CACHE. What was served before still is."

_PREFIX = ".building-"
_OF_THE_PLACE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
"""Errors of SQLite, without their extensions, that the place of a file has caused; others are mistakes of ours."""


@contextlib.contextmanager
def guarded(what: str, hint: str = HINT) -> Iterator[None]:
    """Turns a disk that is full or cannot be written to into NotKept, which says that ``what`` cannot be written."""
    try:
        yield
    except BrokenPipeError:
        raise  # whoever reads has had enough, which is no fault
    except OSError as error:
        raise NotKept(f"{what} cannot be written: {error.strerror or error}.", hint=hint) from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in _OF_THE_PLACE:
            raise
        raise NotKept(f"{what} cannot be written: {error}.", hint=hint) from error


@contextlib.contextmanager
def folder(beside: Path, what: str, hint: str = HINT) -> Iterator[Path]:
    """A folder in ``beside`` that is gone after the block, if it was not renamed; raises NotKept.

    Those that processes left there which are gone are removed.
    """
    with guarded(f"{what} in {beside}", hint), contextlib.ExitStack() as undo:
        beside.mkdir(parents=True, exist_ok=True)
        clear(beside)
        while True:
            made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=beside))
            lock = _lock(made, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if lock is not None:
                break  # or else another process took it for one that was left
        undo.callback(_release, lock)
        undo.callback(shutil.rmtree, made, ignore_errors=True)
        yield made


def clear(beside: Path) -> None:
    """Removes the scratch folders in ``beside`` of processes that are gone."""
    for left in beside.glob(f"{_PREFIX}*"):
        remove(left)


def use(used: Path) -> int | None:
    """Keeps a folder from being removed until the descriptor that is given is closed; None if it is not there."""
    return _lock(used, fcntl.LOCK_SH)


def remove(left: Path) -> None:
    """Removes a folder unless anybody uses it, or the file system cannot tell."""
    try:
        lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return
    with contextlib.suppress(OSError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(left, ignore_errors=True)
    _release(lock)


def _release(lock: int) -> None:
    """Gives a lock back, also where a process was forked meanwhile that has the descriptor too."""
    with contextlib.suppress(OSError):
        fcntl.flock(lock, fcntl.LOCK_UN)
    os.close(lock)


def _lock(locked: Path, how: int) -> int | None:
    """A descriptor that holds a lock on a folder, or none if it is not there or taken.

    Where the file system has no locks on folders there is none, and nobody can remove the folder either.
    """
    try:
        lock = os.open(locked, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(lock, how)
    except BlockingIOError:
        os.close(lock)
        return None
    except OSError:
        return lock
    with contextlib.suppress(FileNotFoundError):
        if os.path.samestat(os.fstat(lock), locked.stat()):
            return lock
    os.close(lock)
    return None
