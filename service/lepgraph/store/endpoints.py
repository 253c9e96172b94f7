"""The endpoints that answer for one remote store: which is asked next, and which are unwell since when.

Requests go round those that are well. One that fails is left alone for a second, then for twice as long each time, up
to a minute; when none is well each is tried, so that a service recovers as soon as an endpoint does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from lepgraph.errors import ParameterFault

LONGEST_REST = 60.0
"""Seconds after which an endpoint that failed is tried again at the latest."""


@dataclass(frozen=True)
class Health:
    """How an endpoint does: ``since`` when, in UTC, and the ``error`` it last gave, which may be over."""

    address: str
    well: bool
    since: str
    error: str = ""


@dataclass
class _State:
    health: Health
    failures: int = 0
    rests_until: float = 0.0


class Endpoints:
    """Addresses of endpoints that hold the same dataset; safe to use from many threads."""

    def __init__(self, addresses: Sequence[str]) -> None:
        for address in addresses:
            parts = urlsplit(address)
            if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
                raise ParameterFault(f"{address!r} is not the web address of a SPARQL endpoint.")
        if not addresses:
            raise ParameterFault("A remote store needs at least one endpoint.")
        self._states = {address: _State(Health(address, True, _now())) for address in addresses}
        self._turn = 0
        self._lock = threading.Lock()

    def next(self) -> list[str]:
        """All addresses in the order in which they are to be tried: first those that are well, by turns."""
        with self._lock:
            addresses = list(self._states)
            self._turn = (self._turn + 1) % len(addresses)
            around = addresses[self._turn :] + addresses[: self._turn]
            now = time.monotonic()
            ready = [address for address in around if self._states[address].rests_until <= now]
            return ready + [address for address in around if address not in ready]

    def failed(self, address: str, error: str) -> bool:
        """Notes that an endpoint failed; gives whether it was well before."""
        with self._lock:
            state = self._states[address]
            was_well = state.health.well
            state.failures += 1
            state.rests_until = time.monotonic() + min(2.0 ** (state.failures - 1), LONGEST_REST)
            since = _now() if was_well else state.health.since
            state.health = Health(address, False, since, error)
            return was_well

    def answered(self, address: str) -> bool:
        """Notes that an endpoint answers; gives whether it was unwell before."""
        with self._lock:
            state = self._states[address]
            was_unwell = not state.health.well
            if was_unwell:
                state.failures, state.rests_until = 0, 0.0
                state.health = replace(state.health, well=True, since=_now())
            return was_unwell

    def health(self) -> list[Health]:
        """How each endpoint does, in the order in which they were named."""
        with self._lock:
            return [state.health for state in self._states.values()]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
