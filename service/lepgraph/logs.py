"""What the service writes to its log: one line per event, as text or as JSON; nothing of a request can break a line.

A request's line has method, path, route, status, milliseconds, rows, format, bytes, what the cache did and the request
id, and never the query. Lines of requests come in batches, since a line each through ``logging`` costs more than the
answer from the cache that it tells of.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TextIO

LEVELS = ("debug", "info", "warning", "error")
FORMS = ("text", "json")
SHOWN_QUERY = 2000
"""Characters of a query that are written at level DEBUG."""

_REQUESTS = logging.getLogger("lepgraph.requests")


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

    def requests(self, entries: Sequence[Mapping[str, object]]) -> None:
        """Writes the lines of many requests at once."""
        write = _as_json if self.form == "json" else _as_text
        text = "".join([write(entry) for entry in entries])
        self.acquire()
        try:
            self.stream.write(text)
            self.flush()
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


def requests(entries: Sequence[Mapping[str, object]]) -> None:
    """Writes the lines of requests, to our own handler in one go and to any other one by one."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, Lines):
            handler.requests(entries)
            return
    for entry in entries:
        _REQUESTS.info("%s", _fields(entry))


def stamp(seconds: float) -> str:
    """A moment in RFC 3339, UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def escaped(text: str) -> str:
    """The text on one line: what cannot be printed is written as an escape, so that it cannot pass for another line."""
    return (
        text
        if text.isprintable()
        else "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    )


def _as_json(entry: Mapping[str, object]) -> str:
    moment = entry["time"]
    return json.dumps({**entry, "time": stamp(float(str(moment))), "level": "INFO", "logger": _REQUESTS.name}) + "\n"


def _as_text(entry: Mapping[str, object]) -> str:
    return f"{stamp(float(str(entry['time'])))} INFO {_REQUESTS.name} {_fields(entry)}\n"


def _fields(entry: Mapping[str, object]) -> str:
    parts = []
    for name, value in entry.items():
        if name != "time" and value is not None:
            parts.append(f"{name}={json.dumps(value) if name == 'path' else value}")
    return " ".join(parts)


def now() -> float:
    """Seconds since 1970."""
    return time.time()
