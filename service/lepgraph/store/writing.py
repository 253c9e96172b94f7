"""Writes what the engine found in a format, or says why that format cannot hold it.

The engine writes XML without asking whether XML can hold it: characters that XML 1.0 forbids, carriage returns that
each reader would turn into line feeds, and properties whose names end in no XML name. So its bytes are looked at as
they pass, and an answer that would be broken ends in a refusal that names the other formats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import IO

import pyoxigraph

from lepgraph.errors import EngineFault, NotAcceptable
from lepgraph.media import Format

_RESULTS = {
    "json": pyoxigraph.QueryResultsFormat.JSON,
    "xml": pyoxigraph.QueryResultsFormat.XML,
    "csv": pyoxigraph.QueryResultsFormat.CSV,
    "tsv": pyoxigraph.QueryResultsFormat.TSV,
}
_GRAPHS = {
    "ttl": pyoxigraph.RdfFormat.TURTLE,
    "nt": pyoxigraph.RdfFormat.N_TRIPLES,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
    "rdf": pyoxigraph.RdfFormat.RDF_XML,
    "trig": pyoxigraph.RdfFormat.TRIG,
    "nq": pyoxigraph.RdfFormat.N_QUADS,
}
_PREFIXED = frozenset({"ttl", "rdf", "trig"})
_XML = frozenset({"xml", "rdf"})
_NOT_IN_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_NAMELESS = re.compile(rb'<oxprefix: xmlns:oxprefix="([^"]*)')
"""How the engine begins an element for a property that has no local name."""
_BEGINNING = b"<oxprefix: "

Result = pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples | Iterator[pyoxigraph.Triple]


class Unwritable(Exception):
    """The format cannot hold what was found."""


def write(result: Result, chosen: Format, output: IO[bytes], prefixes: Mapping[str, str], offers: list[str]) -> None:
    """Writes a result in a format; raises NotAcceptable with the ``offers`` if the format cannot hold it."""
    others = [offer for offer in offers if offer != chosen.media_type]
    try:
        if chosen.name in _XML:
            checked = _Checked(output)
            _serialize(result, chosen, checked, prefixes)
            checked.end()
        else:
            _serialize(result, chosen, output, prefixes)
    except Unwritable as error:
        raise NotAcceptable(others, reason=f"{chosen.title} cannot hold {error}.") from error
    except (OSError, ValueError) as error:
        if "does not support" in str(error):
            raise NotAcceptable(others, reason=f"{chosen.title} cannot hold this answer: {error}.") from error
        raise EngineFault(str(error)) from error


def _serialize(result: Result, chosen: Format, output: IO[bytes] | _Checked, prefixes: Mapping[str, str]) -> None:
    if isinstance(result, pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean):
        result.serialize(output, _RESULTS[chosen.name])  # type: ignore[arg-type]  # only write is called
    else:
        named = dict(prefixes) if chosen.name in _PREFIXED else None
        pyoxigraph.serialize(result, output, _GRAPHS[chosen.name], prefixes=named)  # type: ignore[arg-type]  # it writes


class _Checked:
    """Passes XML on once it has been looked at; an exception from ``write`` stops the query."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output
        self._held = b""

    def write(self, data: bytes) -> int:
        """Passes all on but for what may be the beginning of something that has to be looked at whole."""
        piece = self._held + bytes(data)
        found = _NOT_IN_XML.search(piece)
        if found:
            raise Unwritable(f"the character U+{ord(found.group().decode()):04X}")
        end = len(piece)
        begun = piece.rfind(b"<", max(0, end - 4096))
        if begun >= 0 and (piece.startswith(_BEGINNING, begun) or _BEGINNING.startswith(piece[begun:])):
            end = begun if piece.find(b">", begun) < 0 else end
        nameless = _NAMELESS.search(piece, 0, end)
        if nameless:
            raise Unwritable(f"the property <{nameless[1].decode()}>, which ends in no XML name")
        end -= _incomplete(piece, end)
        self._held = piece[end:]
        self._output.write(piece[:end].replace(b"\r", b"&#13;"))
        return len(data)

    def flush(self) -> None:
        """Passes the wish on."""
        self._output.flush()

    def end(self) -> None:
        """Passes on what was held."""
        self._output.write(self._held.replace(b"\r", b"&#13;"))


def _incomplete(piece: bytes, end: int) -> int:
    """How many of the last bytes may begin U+FFFE or U+FFFF."""
    if piece.endswith(b"\xef\xbf", 0, end):
        return 2
    return 1 if piece.endswith(b"\xef", 0, end) else 0
