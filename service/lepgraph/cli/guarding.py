"""What all commands have in common: faults as lines on standard error, progress, and files that appear whole."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from lepgraph import scratch
from lepgraph.content import Content
from lepgraph.errors import ContentFault, Fault

UNUSABLE = 2

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def guarded(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turns a fault into its lines on standard error and exit code 2."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except Fault as fault:
            if isinstance(fault, ContentFault):
                number = len(fault.faults)
                click.echo(f"{fault.title}: {number} fault{'' if number == 1 else 's'}.", err=True)
            click.echo(fault.detail, err=True)
            if fault.hint:
                click.echo(fault.hint, err=True)
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            click.echo(f"{error.filename or 'What was to be written'} has no room: {error.strerror}.", err=True)
            click.echo(f"Make room, in {tempfile.gettempdir()} too, where what is passing lies.", err=True)
        sys.exit(UNUSABLE)

    return run


class Progress:
    """Progress on standard error: silent for the first second, so that quick work stays quiet."""

    def __init__(self) -> None:
        self.started = time.monotonic()

    def __call__(self, text: str) -> None:
        """Says one line, once the work has taken a second."""
        if time.monotonic() - self.started > 1:
            click.echo(text, err=True)


def found(root: Path | None) -> Content:
    """The content of --content, or the one that is built in."""
    return Content(root) if root else Content.found()


def put(output: Path | None, pieces: Iterable[bytes]) -> None:
    """Writes pieces to a file, whole or not at all, or without one to standard output; raises NotKept."""
    named = output is not None and str(output) != "-"
    with scratch.guarded(str(output) if named else "The output", "Choose another place, or make room there."):
        if output is None or not named:
            _print(pieces)
            return
        partial = output.with_name(f"{output.name}.part")
        try:
            with partial.open("wb") as file:
                file.writelines(pieces)
            partial.replace(output)
        finally:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)


def _print(pieces: Iterable[bytes]) -> None:
    """Writes pieces to standard output; where it takes no more, the rest is not tried again at the end."""
    try:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    except OSError:
        with open(os.devnull, "wb") as nothing:  # noqa: PTH123 - a descriptor is wanted
            os.dup2(nothing.fileno(), sys.stdout.fileno())
        raise
