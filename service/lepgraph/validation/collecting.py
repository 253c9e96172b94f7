"""Which files are meant by the paths of a command, and what is in them: single files, whole folders, standard input.

In a folder all files are taken whose ending only records have, in the order of their paths. What is hidden, and
folders in which programs keep things of others, are passed over; links to folders are not followed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from lepgraph.errors import Fault, ParameterFault, RecordFault, TooLarge
from lepgraph.media import Format
from lepgraph.validation import kinds
from lepgraph.validation.findings import Finding
from lepgraph.validation.records import File, Place
from lepgraph.validation.reporting.verdicts import UNCHECKED

STANDARD_INPUT = "-"
PASSED_OVER = frozenset({"node_modules", "__pycache__", "venv", "site-packages", "build", "dist"})
ENDINGS = frozenset({".ttl", ".turtle", ".trig", ".nt", ".nq", ".jsonld", ".rdf", ".csv", ".tsv", ".xlsx", ".xlsm"})
"""Endings that are taken in a folder; .json, .xml and .owl are of many things, and their files are to be named."""
_MOST = 20_000
_PLACE = re.compile(r"(?:, line (\d+)(?:, column (\d+))?)?: ?")


def meant(paths: Sequence[str]) -> list[str]:
    """The files that the paths mean, each once; raises ParameterFault for folders without any, or with too many."""
    found: dict[str, None] = {}
    for path in paths:
        if path == STANDARD_INPUT or not Path(path).is_dir():
            found[path] = None
            continue
        within = list(_within(Path(path)))
        if not within:
            endings = ", ".join(sorted(ENDINGS))
            raise ParameterFault(f"{_shown(path)} holds no file with one of these endings: {endings}.")
        found.update(dict.fromkeys(within))
    if len(found) > _MOST:
        raise ParameterFault(f"There are {len(found)} files; at most {_MOST} are checked.", hint="Name fewer.")
    return list(found)


def _within(folder: Path) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in PASSED_OVER)
        for name in sorted(files):
            path = Path(place, name)
            if not name.startswith((".", "~$")) and path.suffix.lower() in ENDINGS and path.is_file():
                yield str(path)


def read(path: str, kind: Format | None, limit: int, standard_input: BinaryIO) -> File:
    """A file of at most ``limit`` bytes; ``kind`` is that of standard input and of files whose ending says nothing."""
    if path == STANDARD_INPUT:
        if kind is None:
            raise ParameterFault("Of which kind is standard input?", hint="Say so with --from, such as --from ttl.")
        return _bounded(File("stdin", standard_input.read(limit + 1), kind.media_type), limit)
    name = _shown(path)
    form = kind if kind is not None and not Path(path).suffix else kinds.of_file(name)
    try:
        with Path(path).open("rb") as stream:
            body = stream.read(limit + 1)
    except OSError as error:
        raise RecordFault(f"{name}: {error.strerror}.") from error
    return _bounded(File(name, body, form.media_type), limit)


def unchecked(name: str, fault: Fault) -> Finding:
    """The finding that stands for a file that could not be checked."""
    said, line, column = fault.detail, 0, 0
    known = _PLACE.match(said, len(name)) if name and said.startswith(name) else None
    if known:
        said = said[known.end() : known.end() + 1].upper() + said[known.end() + 1 :]
        line, column = int(known[1] or 0), int(known[2] or 0)
    return Finding(
        "violation", "", "", "", "", "", said, fault.hint, "", Place(name, line, column),
        rule=UNCHECKED,
    )  # fmt: skip


def shown(path: str) -> str:
    """A path as reports name it."""
    return "stdin" if path == STANDARD_INPUT else _shown(path)


def _shown(path: str) -> str:
    """A path as text, whatever its bytes are."""
    return os.fsencode(path).decode("utf-8", "replace")


def _bounded(file: File, limit: int) -> File:
    if len(file.body) > limit:
        raise TooLarge(f"{file.name} has more than {limit} bytes, which is the limit.")
    return file
