"""One question to one SPARQL endpoint over HTTP: the request is SPARQLWrapper's, the connection urllib3's.

SPARQLWrapper opens a connection for each request and follows every redirect; a pool keeps connections and follows none.
A body that is shorter than announced, a chunked one without an end and the headers with which Virtuoso confesses a cut
are errors here.
"""

from __future__ import annotations

import io
import json
import os
import time
from dataclasses import dataclass
from enum import Enum
from typing import Any, cast

import urllib3
from SPARQLWrapper import ASK, CONSTRUCT, POST, SELECT, SPARQLWrapper
from urllib3.exceptions import ConnectTimeoutError, HTTPError, ProtocolError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse

from lepgraph import __version__
from lepgraph.errors import EngineAway, EngineBusy, EngineFault, Fault, QueryFault, QueryTimeout, Refused, TooLarge
from lepgraph.media import Kind
from lepgraph.store.dataset import Written

CONNECT_SECONDS = 3.0
_FORMS = {Kind.SOLUTIONS: SELECT, Kind.BOOLEAN: ASK, Kind.GRAPH: CONSTRUCT}
_WORDS = 4096
"""Bytes of an error that are read."""


class Blame(Enum):
    """What a failure says of the endpoint."""

    ENDPOINT = "it cannot be asked at all"
    UNSURE = "the next query may fare better there, and this one elsewhere"
    QUERY = "if it answers another query, then this one is at fault and would fail elsewhere too"


class Unwell(Exception):  # noqa: N818 - a state of an endpoint, never shown to a user as it stands
    """An endpoint failed; another may answer. ``fault`` is what to say if none does."""

    def __init__(self, fault: EngineFault, blame: Blame) -> None:
        super().__init__(fault.detail)
        self.fault = fault
        self.blame = blame


class _Request(SPARQLWrapper):
    """A request whose form is known already: SPARQLWrapper's expressions take quadratic time on some hostile texts."""

    def __init__(self, endpoint: str, query: Written, accept: str) -> None:
        self.form = _FORMS[query.kind]
        super().__init__(endpoint, agent=f"lepgraph/{__version__}")
        self.setQuery(query.source.text)
        self.setMethod(POST)
        self.setOnlyConneg(True)
        self.addCustomHttpHeader("Accept", accept)

    def _parseQueryType(self, query: str) -> str:  # noqa: N802 - the name is SPARQLWrapper's
        return self.form


class Connections:
    """Connections to endpoints, kept open; a forked process makes its own."""

    def __init__(self) -> None:
        self._made: tuple[int, urllib3.PoolManager] | None = None

    @property
    def pool(self) -> urllib3.PoolManager:
        """The pool of this process."""
        if self._made is None or self._made[0] != os.getpid():
            self._made = (os.getpid(), urllib3.PoolManager(num_pools=64, maxsize=16))
        return self._made[1]

    def close(self) -> None:
        """Closes what is open."""
        if self._made is not None and self._made[0] == os.getpid():
            self._made[1].clear()

    def ask(self, endpoint: str, query: Written, accept: str, seconds: float, most: int) -> Body:
        """The body of the answer in exactly this format, ready to be read.

        Raises Unwell if the endpoint failed, and what the query deserves otherwise.
        """
        request = _Request(endpoint, query, accept)._createRequest()
        ends = time.monotonic() + seconds
        try:
            response = self.pool.request(
                "POST",
                request.full_url,
                body=cast("bytes", request.data),
                headers={**request.headers, "Accept-Encoding": "gzip"},
                preload_content=False,
                redirect=False,
                retries=False,
                timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, seconds), read=seconds),
            )
        except (ReadTimeoutError, TimeoutError) as error:
            raise too_slow(seconds) from error
        except HTTPError as error:
            said = "nothing listens there in time" if isinstance(error, ConnectTimeoutError) else _plain(error)
            blame = Blame.UNSURE if isinstance(error, ProtocolError) else Blame.ENDPOINT
            raise Unwell(EngineAway(f"{endpoint} cannot be asked: {said}."), blame) from error
        try:
            _check(endpoint, response, accept, seconds)
        except BaseException:
            response.close()
            raise
        return Body(endpoint, response, ends, seconds, most)


@dataclass(eq=False)
class Body(io.RawIOBase):
    """The body of an answer as it comes, within its time and length; ``fault`` is why it ended early."""

    endpoint: str
    response: BaseHTTPResponse
    ends: float
    seconds: float
    most: int
    fault: Fault | Unwell | None = None

    def __post_init__(self) -> None:
        self.size = 0
        self.whole = False

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Reads on; after a fault raises OSError, since the reader in between passes nothing else on."""
        try:
            piece = self.response.read1(len(buffer))
        except ReadTimeoutError as error:
            self._fail(too_slow(self.seconds), error)
        except (HTTPError, OSError) as error:
            broken = EngineAway(f"{self.endpoint} broke off its answer: {_plain(error)}.")
            self._fail(Unwell(broken, Blame.UNSURE), error)
        self.size += len(piece)
        if self.size > self.most:
            limit = f"The answer is longer than {self.most} bytes, which is the limit."
            self._fail(TooLarge(limit, hint="Ask for less: add a LIMIT, or take the dump."))
        if piece and time.monotonic() > self.ends:
            self._fail(too_slow(self.seconds))
        self.whole = self.whole or not piece
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Gives the connection back if the answer was read to its end, and closes it otherwise."""
        if not self.closed:
            if self.whole:
                self.response.release_conn()
            else:
                self.response.close()
        super().close()

    def drawn(self) -> Fault | Unwell | None:
        """Why it ended early, told once: a fault that is held by what its traceback holds is never let go of."""
        fault, self.fault = self.fault, None
        return fault

    def _fail(self, fault: Fault | Unwell, cause: Exception | None = None) -> None:
        self.fault = fault
        raise OSError(str(fault)) from cause


def too_slow(seconds: float) -> QueryTimeout:
    """The fault of an answer that did not come in time."""
    return QueryTimeout(
        f"The query did not end within {seconds:g} seconds.", hint="Ask for less: add a LIMIT or more detail."
    )


def _check(endpoint: str, response: BaseHTTPResponse, accept: str, seconds: float) -> None:
    """Raises for anything but a whole answer in the format that was asked for."""
    headers = response.headers
    if response.status != 200:
        raise _refusal(endpoint, response, seconds)
    sent = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if sent != accept:
        detail = f"{endpoint} cannot be asked: it answered in {sent or 'no format'}, not {accept}."
        raise Unwell(EngineFault(detail), Blame.QUERY)
    if headers.get("X-SQL-State"):
        raise QueryTimeout(f"{endpoint} gave a part of the answer alone: {headers.get('X-SQL-Message', '')[:200]}")
    if most := headers.get("X-SPARQL-MaxRows"):
        raise EngineFault(
            f"{endpoint} cuts every answer at {most[:12]} rows, so this one may not be whole.",
            hint="Ask for fewer rows with LIMIT; whoever runs the endpoint can lift ResultSetMaxRows.",
        )


def _refusal(endpoint: str, response: BaseHTTPResponse, seconds: float) -> Fault | Unwell:
    """What a status other than 200 means."""
    status, said = response.status, _said(response)
    detail = said.detail
    if status == 400 or "Virtuoso 37000" in detail:
        return QueryFault(detail)
    if status in (408, 504) or "Virtuoso S1T00" in detail:
        return too_slow(seconds)
    if status in (413, 414):
        return TooLarge(f"{endpoint} refuses the query as too long: {detail}")
    if status == 403 and said.problem:
        return Refused(detail)
    if status in (429, 503):
        return Unwell(EngineBusy(f"{endpoint} is busy: {detail}", hint="Try again in a few seconds."), Blame.UNSURE)
    if status >= 500:
        return Unwell(EngineFault(f"{endpoint} failed: {detail}"), Blame.UNSURE if status == 502 else Blame.QUERY)
    if status in (301, 302, 303, 307, 308):
        detail = f"it leads to {response.headers.get('Location', 'another address')[:200]}; name that address instead"
    return Unwell(EngineAway(f"{endpoint} cannot be asked: status {status}, {detail}"), Blame.ENDPOINT)


@dataclass(frozen=True)
class _Said:
    """The words of a refusal; ``problem`` if they are those of a problem document."""

    detail: str
    problem: bool = False


def _said(response: BaseHTTPResponse) -> _Said:
    """What a refusal says."""
    try:
        text = response.read(_WORDS, decode_content=True).decode("utf-8", "replace")
    except (HTTPError, OSError):
        text = ""
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if isinstance(document, dict):
        return _Said(str(document.get("detail", "no reason given")), problem=True)
    plain = " ".join(text.partition("SPARQL query:")[0].split())[:500]
    return _Said("no reason given" if plain.startswith("<") or not plain else plain)


def _plain(error: Exception) -> str:
    """The last part of urllib3's words, which begin with the object that failed."""
    return str(error).rpartition(": ")[2].strip("'\") .") or type(error).__name__
