"""A store elsewhere as the SPARQL 1.1 Graph Store HTTP Protocol writes it: graphs are put, added to and deleted.

Credentials are sent as the store asks for them, Basic or Digest (RFC 7617, RFC 7616); Virtuoso asks for Digest. The
first request of a session has no body, since a store that asks for credentials need not read one before it answers.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable

import requests
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth

from lepgraph.errors import EngineAway, EngineFault, ParameterFault, Refused
from lepgraph.media import N_TRIPLES

_SECONDS = (5.0, 300.0)
"""To connect, and to wait for an answer."""
_TRIES = 4

QUERY_ADDRESSES = (
    ("/sparql-graph-crud-auth", "/sparql"),
    ("/sparql-graph-crud", "/sparql"),
    ("/rdf-graphs/service", ""),
    ("/sparql/gsp/", "/sparql"),
    ("/sparql/gsp", "/sparql"),
    ("/store", "/query"),
    ("/data", "/query"),
)
"""How the address of queries follows from that of the graph store, in engines whose manuals say so."""


def query_address(address: str) -> str:
    """The address for queries of the store at this address; raises ParameterFault if it has no form that is known."""
    for ending, other in QUERY_ADDRESSES:
        if address.endswith(ending):
            return address.removesuffix(ending) + other
    raise ParameterFault(f"Where {address} answers queries is not known.", hint="Name it with --query.")


class GraphStore:
    """A graph store at an address, written with the credentials given. A graph called '' is the default graph."""

    def __init__(self, address: str, user: str = "", password: str = "") -> None:
        if not address.startswith(("http://", "https://")):
            raise ParameterFault(f"{address!r} is not the web address of a graph store.")
        self.address = address
        self._session = requests.Session()
        self._session.trust_env = False  # neither passwords of ~/.netrc nor a proxy that nobody named here
        self._credentials = (user, password)
        self._ready = False

    def put(self, graph: str, pieces: Iterable[bytes]) -> None:
        """Makes a graph hold these N-Triples and nothing else; pieces after the first are added."""
        method = "PUT"
        for piece in pieces:
            self._send(method, graph, piece)
            method = "POST"

    def post(self, graph: str, pieces: Iterable[bytes]) -> None:
        """Adds N-Triples to a graph."""
        for piece in pieces:
            self._send("POST", graph, piece)

    def delete(self, graph: str) -> None:
        """Removes a graph; one that is not there is no fault."""
        self._send("DELETE", graph, None)

    def close(self) -> None:
        """Closes the connection."""
        self._session.close()

    def _send(self, method: str, graph: str, body: bytes | None) -> None:
        self._greet()
        for attempt in range(_TRIES):
            status, said = self._request(method, graph, body)
            if status in (200, 201, 202, 204) or (method == "DELETE" and status == 404):
                return
            if status in (401, 403):
                raise self._refused(status)
            if 0 < status < 500 and status != 429:
                break
            time.sleep(0.5 * 2**attempt if attempt < _TRIES - 1 else 0)
        what = graph or "the default graph"
        if not status:
            raise EngineAway(f"{self.address} cannot be written: {said}.")
        raise EngineFault(f"{self.address} answered {method} of {what} with status {status}: {said}")

    def _request(self, method: str, graph: str, body: bytes | None) -> tuple[int, str]:
        """The status and the first words of an answer; 0 and the reason if there is none."""
        headers = {"Content-Type": N_TRIPLES.media_type, "Accept": "text/plain, */*;q=0.1"}
        parameters = {"graph": graph} if graph else {"default": ""}
        try:
            with self._session.request(
                method,
                self.address,
                params=parameters,
                data=body,
                headers=headers,
                timeout=_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as response:
                said = response.iter_content(4096)
                words = next(said, b"")
                for _ in itertools.islice(said, 256):  # to its end, so that the connection can be used again
                    pass
                return response.status_code, " ".join(words.decode("utf-8", "replace").split())[:300]
        except requests.RequestException as error:
            return 0, type(error).__name__

    def _greet(self) -> None:
        """Finds out how the store asks for credentials, and answers for the rest of the session."""
        if self._ready:
            return
        try:
            response = self._session.head(
                self.address, params={"graph": self.address}, timeout=_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            raise EngineAway(f"{self.address} cannot be reached: {type(error).__name__}.") from error
        self._ready = True
        user, password = self._credentials
        if response.status_code == 401 or user:
            if not user:
                raise self._refused(401)
            digest = "digest" in response.headers.get("WWW-Authenticate", "").lower()
            chosen: AuthBase = HTTPDigestAuth(user, password) if digest else HTTPBasicAuth(user, password)
            self._session.auth = chosen
            self._session.head(self.address, params={"graph": self.address}, timeout=_SECONDS, allow_redirects=False)

    def _refused(self, status: int) -> Refused:
        return Refused(
            f"{self.address} does not let {self._credentials[0] or 'an unnamed user'} write (status {status}).",
            hint="Put the user and the password into LEPGRAPH_STORE_USER and LEPGRAPH_STORE_PASSWORD.",
        )
