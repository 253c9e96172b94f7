"""What the service writes to its log: one line per event, as text or as JSON; nothing of a request can break a line.

A request's line has method, path, route, status, milliseconds, rows, format, bytes, what the cache did and the request
id, and never the query. Lines of requests come in batches, since a line each through ``logging`` costs more than the
answer from the cache that it tells of.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from typing import NamedTuple, TextIO

LEVELS = ("debug", "info", "warning", "error")
FORMS = ("text", "json")
SHOWN_QUERY = 2000
"""Characters of a query that are written at level DEBUG."""

_REQUESTS = logging.getLogger("lepgraph.requests")


class Request(NamedTuple):
    """What the log says of one request; ``rows`` only where they are known, ``cache`` where it was asked."""

    time: float
    method: str
    path: str
    route: str
    status: str
    milliseconds: float
    rows: int | None
    format: str
    bytes: int
    cache: str
    request: str


class Lines(logging.StreamHandler[TextIO]):
    """Writes events to a stream as lines of text or JSON, and many requests at once."""

    def __init__(self, form: str, stream: TextIO | None = None) -> None:
        super().__init__(stream)
        self.form = form

    def format(self, record: logging.LogRecord) -> str:
        """One line for a record; what was raised comes inside it where lines are JSON, and after it where text."""
        fields: dict[str, object] = {
            "time": stamp(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        raised = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        if self.form == "json":
            return json.dumps({**fields, "exception": raised} if raised else fields)
        line = f"{fields['time']} {record.levelname} {record.name} {escaped(record.getMessage())}"
        return f"{line}\n{raised}" if raised else line

    def requests(self, entries: Sequence[Request]) -> None:
        """Writes the lines of many requests at once."""
        text = "".join(map(_as_json if self.form == "json" else _as_text, entries))
        self.acquire()
        try:
            self.stream.write(text)
            self.flush()
        except (OSError, ValueError):
            return  # the log cannot be written, which must not end what counts as well
        finally:
            self.release()


def configure(level: str, form: str, stream: TextIO | None = None) -> Lines:
    """Sends all that is logged from now on to a stream (standard error), from a level up."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, Lines)]:
        root.removeHandler(handler)
    lines = Lines(form, stream)
    root.addHandler(lines)
    root.setLevel(level.upper())
    return lines


def wanted() -> bool:
    """Whether lines of requests are written at all."""
    return _REQUESTS.isEnabledFor(logging.INFO)


def requests(entries: Sequence[Request]) -> None:
    """Writes the lines of requests, to our own handler in one go and to any other one by one."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, Lines):
            handler.requests(entries)
            return
    for entry in entries:
        _REQUESTS.info("%s", _fields(entry))


def stamp(seconds: float) -> str:
    """A moment in RFC 3339, UTC, to the millisecond."""
    whole = int(seconds)
    return f"{_second(whole)}.{int((seconds - whole) * 1000):03d}Z"


@lru_cache(maxsize=16)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def escaped(text: str) -> str:
    """The text on one line: what cannot be printed is written as an escape, so that it cannot pass for another line."""
    return (
        text
        if text.isprintable()
        else "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    )


def _as_json(entry: Request) -> str:
    """The line of a request as JSON, written by hand since it is written for each answer from the cache too."""
    rows = "" if entry.rows is None else f', "rows": {entry.rows}'
    cache = f', "cache": "{entry.cache}"' if entry.cache else ""
    return (
        f'{{"time": "{stamp(entry.time)}", "level": "INFO", "logger": "lepgraph.requests"'
        f', "method": {quoted(entry.method)}, "path": {quoted(entry.path)}, "route": {quoted(entry.route)}'
        f', "status": {entry.status}, "milliseconds": {entry.milliseconds:.3f}{rows}'
        f', "format": {quoted(entry.format)}, "bytes": {entry.bytes}{cache}, "request": {quoted(entry.request)}}}\n'
    )


def _as_text(entry: Request) -> str:
    return f"{stamp(entry.time)} INFO lepgraph.requests {_fields(entry)}\n"


def _fields(entry: Request) -> str:
    rows = "" if entry.rows is None else f" rows={entry.rows}"
    cache = f" cache={entry.cache}" if entry.cache else ""
    return (
        f"{escaped(entry.method)} {quoted(entry.path)} route={entry.route} status={entry.status}"
        f" milliseconds={entry.milliseconds:.3f}{rows} format={entry.format} bytes={entry.bytes}{cache}"
        f" request={entry.request}"
    )
