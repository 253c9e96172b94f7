"""The rate limit of each client, for what costs: queries, stored ones too, and validation. Off unless it is set.

Counting is Flask-Limiter's, in fixed windows. Several web processes count together in a small SQLite file, or in what
``LEPGRAPH_RATE_STORAGE`` names. A client is an IPv4 address or the first 64 bits of an IPv6 address. Answers from the
response cache cost nothing and are not counted. Headers: draft-ietf-httpapi-ratelimit-headers-10; see
docs/decisions/0018. If the count cannot be kept, requests are answered uncounted and the log says so.
"""

from __future__ import annotations

import ipaddress
import math
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from typing import cast
from urllib.parse import urlsplit

import limits
from flask import Flask, Response, request
from flask_limiter import Limiter, RateLimitExceeded
from limits.errors import ConfigurationError
from limits.storage import Storage

from lepgraph import measures
from lepgraph.errors import ParameterFault, TooMany
from lepgraph.settings import Settings
from lepgraph.web import problems

COSTLY = (
    "sparql.endpoint",
    "kept.keep",
    "kept.answer",
    "stored.question",
    "records.validate",
    "records.template",
    "searching.results",
    "versions.changes",
    "versions.difference",
)
"""The endpoints that are counted, all together."""

_SCOPE = "costly"
_PATIENCE = 5.0
_TABLE = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = OFF;
    CREATE TABLE IF NOT EXISTS counts (key TEXT PRIMARY KEY, number INTEGER, ends REAL);
    CREATE INDEX IF NOT EXISTS counts_by_end ON counts (ends);
"""
_ADD = """
    INSERT INTO counts VALUES (?1, ?2, ?3)
    ON CONFLICT (key) DO UPDATE SET number = iif(ends <= ?4, ?2, number + ?2), ends = iif(ends <= ?4, ?3, ends)
    RETURNING number
"""
_NUMBER = """
    SELECT number FROM counts
    WHERE key = ? AND ends > ?
"""
_END = """
    SELECT ends FROM counts
    WHERE key = ?
"""


class Shared(Storage):
    """Counters in an SQLite file, for all processes of one machine; ``sqlite:///path`` names it.

    A process opens the file for each of its threads, and anew after a fork. What is lost in a power cut is a count.
    """

    STORAGE_SCHEME = ["sqlite"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **_: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._path = urlsplit(uri or "").path
        self._open = threading.local()
        self._connected().close()  # says now if the file cannot be used; a connection must not be open in a fork

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a failure raises."""
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Adds to a counter, which begins anew at its end, and gives it."""
        now = time.time()
        row = self._asked(_ADD, (key, amount, now + expiry, now))
        if int(row[0]) == amount:
            self._asked("DELETE FROM counts WHERE ends <= ?", (now,))
        return int(row[0])

    def get(self, key: str) -> int:
        """A counter; 0 if it has ended."""
        return int(self._asked(_NUMBER, (key, time.time()))[0])

    def get_expiry(self, key: str) -> float:
        """When a counter ends, in seconds since 1970; now if there is none."""
        return float(self._asked(_END, (key,))[0]) or time.time()

    def check(self) -> bool:
        """Whether it can be read."""
        return self._asked("SELECT 1", ())[0] == 1

    def reset(self) -> int | None:
        """Forgets all counters."""
        self._asked("DELETE FROM counts", ())
        return None

    def clear(self, key: str) -> None:
        """Forgets a counter."""
        self._asked("DELETE FROM counts WHERE key = ?", (key,))

    def _asked(self, statement: str, values: Sequence[object]) -> tuple[float, ...]:
        """The first row, or a zero if there is none."""
        found = self._connection().execute(statement, values).fetchall()
        return cast("tuple[float, ...]", found[0]) if found else (0,)

    def _connection(self) -> sqlite3.Connection:
        if getattr(self._open, "process", 0) != os.getpid():
            self._open.connection, self._open.process = self._connected(), os.getpid()
        return cast("sqlite3.Connection", self._open.connection)

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)
        connection.executescript(_TABLE)
        return connection


def register(app: Flask, settings: Settings) -> None:
    """Limits what costs, if the settings say so; raises ParameterFault if they cannot be followed."""
    if not settings.rate_limit:
        return
    try:
        limits.parse_many(settings.rate_limit)
    except ValueError:
        reason = f"LEPGRAPH_RATE_LIMIT is not a rate: {settings.rate_limit!r}."
        raise ParameterFault(reason, hint="For instance 60/minute, or 10/second;1000/day.") from None
    try:
        limiter = Limiter(
            client,
            app=app,
            storage_uri=settings.rate_storage or "memory://",
            strategy="fixed-window",
            swallow_errors=True,
        )
    except (ConfigurationError, sqlite3.Error) as error:
        raise ParameterFault(f"LEPGRAPH_RATE_STORAGE cannot be used: {error}.") from error
    for name in COSTLY:
        view = cast("Callable[..., Response]", app.view_functions[name])
        app.view_functions[name] = limiter.shared_limit(settings.rate_limit, _SCOPE, exempt_when=_free)(view)
    app.register_error_handler(RateLimitExceeded, lambda _: _refused(limiter))
    app.after_request(lambda response: _told(limiter, response))


def client() -> str:
    """Who asks: an IPv4 address, or the network of an IPv6 address, since a client has 2**64 of those."""
    try:
        address = ipaddress.ip_address((request.remote_addr or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _free() -> bool:
    """Whether the request asks for a form or a description only."""
    asked = {"sparql.endpoint": "query", "searching.results": "q"}.get(request.endpoint or "")
    return asked is not None and request.method in ("GET", "HEAD") and asked not in request.args


def _refused(limiter: Limiter) -> Response:
    measures.rate_limited.inc()
    limit = limiter.current_limit
    seconds = max(1, math.ceil(limit.window.reset_time - time.time())) if limit else 1
    reason = f"This address has asked more often than {limit.limit if limit else 'the limit'} allows."
    return problems.answer(TooMany(reason, seconds=seconds, hint=f"Ask again in {seconds} seconds."))


def _told(limiter: Limiter, response: Response) -> Response:
    """The response with the limits that the request was counted against, each with what is left of it."""
    policies, left = [], []
    now = time.time()
    for found in limiter.current_limits:
        name = f'"{found.limit.multiples}-{found.limit.GRANULARITY.name}"'
        policies.append(f"{name};q={found.limit.amount};w={found.limit.get_expiry()}")
        left.append(f"{name};r={found.remaining};t={max(0, math.ceil(found.window.reset_time - now))}")
    if policies:
        response.headers["RateLimit-Policy"] = ", ".join(policies)
        response.headers["RateLimit"] = ", ".join(left)
    return response
