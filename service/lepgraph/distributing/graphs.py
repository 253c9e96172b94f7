"""Statements as files of RDF: N-Triples and N-Quads as they stand, and the other formats by the engine's serializers.

The statements come sorted, so that those of a thing stand together and every build writes the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyoxigraph

from lepgraph.media import JSON_LD, N_TRIPLES, TRIG, TURTLE, Format

OF_A_GRAPH = (TURTLE, N_TRIPLES, JSON_LD)
"""The formats in which each dataset is offered."""

_ENGINE = {
    TURTLE: pyoxigraph.RdfFormat.TURTLE,
    JSON_LD: pyoxigraph.RdfFormat.JSON_LD,
    TRIG: pyoxigraph.RdfFormat.TRIG,
}


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Writes lines as they are: N-Triples or N-Quads."""
    with path.open("wb") as stream:
        stream.writelines(lines)


def triples(lines: Iterable[bytes]) -> list[pyoxigraph.Triple]:
    """The triples of lines of N-Triples."""
    return [quad.triple for quad in pyoxigraph.parse(b"".join(lines), pyoxigraph.RdfFormat.N_TRIPLES)]


def read(path: Path) -> list[pyoxigraph.Triple]:
    """The triples of a file of N-Triples; blank nodes keep their labels."""
    return [quad.triple for quad in pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.N_TRIPLES)]


def write(path: Path, form: Format, said: Iterable[pyoxigraph.Triple], prefixes: Mapping[str, str]) -> None:
    """Writes triples as Turtle or JSON-LD."""
    named = dict(prefixes) if form is TURTLE else None
    pyoxigraph.serialize(said, path, _ENGINE[form], prefixes=named)


def write_named(path: Path, lines: Iterable[bytes], prefixes: Mapping[str, str]) -> None:
    """Writes lines of N-Quads as TriG."""
    quads = pyoxigraph.parse(b"".join(lines), pyoxigraph.RdfFormat.N_QUADS)
    pyoxigraph.serialize(quads, path, pyoxigraph.RdfFormat.TRIG, prefixes=dict(prefixes))
