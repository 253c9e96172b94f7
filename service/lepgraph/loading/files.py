"""Any RDF files in place of the content's data: each becomes named graphs, and the default graph is their merge."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pyoxigraph

from lepgraph.content import Content
from lepgraph.errors import ContentFault, Place
from lepgraph.loading.building import Version, canonical, keep, kept

Term = TypeVar("Term")

_UNFIT = re.compile(r"[^\w.~!$&()*+,;=@-]+")
"""What the name of a file may have and the last part of an IRI does not."""
_FORMATS = {
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
    ".nq": pyoxigraph.RdfFormat.N_QUADS,
    ".trig": pyoxigraph.RdfFormat.TRIG,
    ".jsonld": pyoxigraph.RdfFormat.JSON_LD,
    ".json": pyoxigraph.RdfFormat.JSON_LD,
    ".rdf": pyoxigraph.RdfFormat.RDF_XML,
    ".owl": pyoxigraph.RdfFormat.RDF_XML,
    ".xml": pyoxigraph.RdfFormat.RDF_XML,
}


def version(paths: Sequence[Path], content: Content, cache: Path) -> Version:
    """The dataset that the files make, kept in the cache; raises ContentFault for a file that cannot be read.

    Triples of a file without graphs lie in ``{base}graph/file/{name}``. Blank nodes get names that depend on the bytes
    of their file alone, so that they are the same at the next start.
    """
    digest = hashlib.sha256(str(content.addresses.base).encode())
    faults: list[tuple[Place, str]] = []
    bodies: dict[Path, bytes] = {}
    for path in paths:
        try:
            bodies[path] = path.read_bytes()
        except OSError as error:
            faults.append((Place(str(path)), error.strerror or "the file cannot be read"))
            continue
        digest.update(path.name.encode() + b"\n" + hashlib.sha256(bodies[path]).digest())
        if path.suffix.lower() not in _FORMATS:
            faults.append((Place(str(path)), f"the ending must be one of {', '.join(_FORMATS)}"))
    if faults:
        raise ContentFault(faults)
    folder = cache / f"files-{digest.hexdigest()[:32]}"
    found = kept(folder)
    if found is not None:
        return found
    quads: list[pyoxigraph.Quad] = []
    for path, body in bodies.items():
        try:
            quads.extend(_quads(path, body, content))
        except SyntaxError as error:
            faults.append((Place(str(path)), f"line {error.lineno}: {error.msg}"))
    if faults:
        raise ContentFault(faults)
    return keep(canonical(quads), folder, [path.name for path in paths])


def _quads(path: Path, body: bytes, content: Content) -> Iterator[pyoxigraph.Quad]:
    graph = pyoxigraph.NamedNode(str(content.addresses.graph("file", _UNFIT.sub("-", path.name))))
    parsed = pyoxigraph.parse(body, _FORMATS[path.suffix.lower()], base_iri=graph.value)
    dataset = pyoxigraph.Dataset(parsed)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    scope = hashlib.sha256(body).hexdigest()[:12]
    for quad in dataset:
        name = quad.graph_name
        place = graph if isinstance(name, pyoxigraph.DefaultGraph) else _scoped(name, scope)
        yield pyoxigraph.Quad(_scoped(quad.subject, scope), quad.predicate, _scoped(quad.object, scope), place)


def _scoped(term: Term, scope: str) -> Term | pyoxigraph.BlankNode:
    return pyoxigraph.BlankNode(f"b{scope}{term.value}") if isinstance(term, pyoxigraph.BlankNode) else term
