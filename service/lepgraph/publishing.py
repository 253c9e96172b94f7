"""A built version written into a store elsewhere by the SPARQL 1.1 Graph Store HTTP Protocol, and checked there.

A graph of its own, the publication, says which parts the store holds, by their SHA-256: each part once it is written,
the dataset as a whole at the very end. So a publication that broke off is not taken for a whole one and is taken up
where it ended, and what an earlier version had besides is removed. Memory is bounded: the dump is cut into files, which
are sent in pieces that every engine takes.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rdflib import Literal, URIRef

from lepgraph.addresses import Addresses
from lepgraph.content import Content
from lepgraph.errors import EngineAway, EngineFault, ParameterFault
from lepgraph.graphstore import GraphStore
from lepgraph.loading.building import Progress, Version, quiet
from lepgraph.querying import Library
from lepgraph.settings import Settings
from lepgraph.store import FIRST_OF_EACH, Query, Store
from lepgraph.store.remote import Remote
from lepgraph.terms import SPDX

logger = logging.getLogger(__name__)

_COUNTING = 300.0
"""Seconds that a store may take to count what it holds."""

_BUFFERED = 64 * 1024 * 1024
_NOTED = 100
"""Parts that are written before they are noted in the publication."""


@dataclass(frozen=True)
class Part:
    """A graph of the dataset as a file of N-Triples; an empty ``graph`` is the default graph."""

    graph: str
    path: Path
    triples: int
    checksum: str


@dataclass(frozen=True)
class Outcome:
    """What a publication did: parts written, parts that were right already, and graphs removed."""

    written: int
    kept: int
    removed: int


def publication(addresses: Addresses) -> str:
    """The graph in which a store says which version of a content it holds."""
    return f"{addresses.base}publication"


def graph_names(version: Version) -> tuple[str, ...]:
    """The named graphs of a version, sorted."""
    with version.dump.open("rb") as dump:
        graphs = {line.rpartition(b" <")[2] for line in dump}
    return tuple(sorted(graph.decode().removesuffix("> .\n") for graph in graphs))


def held(store: Store, library: Library, addresses: Addresses) -> dict[str, str]:
    """The checksums that a store claims, by graph; that of the whole dataset by the publication's own name."""
    name = publication(addresses)
    text = library.pages["publication"].bound({"publication": URIRef(name)})
    return {str(row["part"]): str(row["checksum"]) for row in store.solutions(Query(text))}


def publish(
    content: Content, settings: Settings, version: Version, target: str, address: str, progress: Progress = quiet
) -> Outcome:
    """Makes the graph store at ``target``, which answers queries at ``address``, hold a version of a content."""
    graph_store = GraphStore(target, settings.store_user, settings.store_password)
    store = Remote(address, _COUNTING)
    try:
        publisher = Publisher(graph_store, store, Library(content), content.addresses, settings.default_graph)
        return publisher.publish(version, progress)
    finally:
        graph_store.close()
        store.close()


def agreed(
    settings: Settings, version: Version, library: Library, addresses: Addresses
) -> tuple[Version, tuple[str, ...]]:
    """The version that the stores of the settings hold, and its named graphs.

    Raises ParameterFault if it is not the one given, unless the settings allow it; EngineFault if a store cuts answers
    or if none can be asked.
    """
    away: EngineAway | None = None
    found: set[str] = set()
    graphs = graph_names(version)
    default = (settings.default_graph,) if settings.default_graph else ()
    for address in settings.stores.split():
        store = Remote(address, max(settings.query_seconds, _COUNTING))
        try:
            digest = held(store, library, addresses).get(publication(addresses), "")
            if digest != version.digest:
                if not settings.any_version:
                    raise _other(address, digest, version)
                sizes = _sizes(store, library, {publication(addresses), *default})
                [row] = store.solutions(Query(library.pages["totals"].text, default_graphs=default))
                version = replace(version, triples=int(str(row["triples"])), quads=sizes.total(), graphs=len(sizes))
                graphs = tuple(sizes)
            found.add(digest)
            for _ in store.answer(Query(library.pages["rows"].text, default_graphs=default), FIRST_OF_EACH).chunks:
                pass  # a store that cuts its answers has said so
        except EngineAway as fault:
            away = fault
            logger.warning("%s", fault.detail)
        finally:
            store.close()
    if away and not found:
        raise away
    if found != {version.digest}:
        known = found.pop() if len(found) == 1 else ""
        version = replace(version, digest=known or secrets.token_hex(32))
    return version, graphs


def _sizes(store: Store, library: Library, but: Collection[str] = ()) -> Counter[str]:
    """How many triples a store has in each named graph, in the order of their names."""
    rows = store.solutions(Query(library.pages["graph-sizes"].text))
    sizes = {str(row["graph"]): int(str(row["number"])) for row in rows if "graph" in row}
    return Counter({graph: number for graph, number in sizes.items() if graph not in but})


def _other(address: str, digest: str, version: Version) -> ParameterFault:
    holds = f"version {digest[:12]}" if digest else "no version that was published whole"
    return ParameterFault(
        f"{address} holds {holds}, and the content here makes {version.short}.",
        hint="Write it there with lepgraph publish, or serve what is there with --any-version.",
    )


@dataclass
class Publisher:
    """Writes versions of one content into one store; ``merged`` names the graph that gets the merge, or is empty.

    ``store`` answers for the same store as it is, without a dataset of ours.
    """

    target: GraphStore
    store: Store
    library: Library
    addresses: Addresses
    merged: str = ""

    def publish(self, version: Version, progress: Progress) -> Outcome:
        """Makes the store hold the version; raises EngineFault naming the graphs that are wrong in the end."""
        name = publication(self.addresses)
        default = self.merged or f"{name}#default"
        with tempfile.TemporaryDirectory(prefix="lepgraph-publish-") as folder:
            parts = {part.graph or default: part for part in split(version, Path(folder), self.merged)}
            claimed = held(self.store, self.library, self.addresses)
            claimed.pop(name, None)
            sizes = self._sizes(default)
            right = {
                graph: part.checksum
                for graph, part in parts.items()
                if claimed.get(graph) == part.checksum and sizes[graph] == part.triples
            }
            self.target.put(name, [self._claims(right)])  # from here on the store does not claim to be whole
            self._write([(key, part) for key, part in parts.items() if key not in right], progress)
        gone = [graph for graph in claimed if graph not in parts]
        for graph in gone:
            self.target.delete("" if graph == f"{name}#default" else graph)
        self._check(parts, default)
        whole = {graph: part.checksum for graph, part in parts.items()} | {name: version.digest}
        self.target.put(name, [self._claims(whole)])
        if held(self.store, self.library, self.addresses).get(name) != version.digest:
            raise EngineFault(f"{self.target.address} does not say that it holds {version.short}, which it was told.")
        return Outcome(len(parts) - len(right), len(right), len(gone))

    def _write(self, parts: list[tuple[str, Part]], progress: Progress) -> None:
        """Writes parts, and notes every hundred of them, so that a publication that breaks off can be taken up."""
        noted: dict[str, str] = {}
        for number, (key, part) in enumerate(parts, 1):
            self.target.put(part.graph, pieces(part.path))
            noted[key] = part.checksum
            progress(f"{number} of {len(parts)} graphs: {part.graph or 'the default graph'}")
            if len(noted) == _NOTED or number == len(parts):
                self.target.post(publication(self.addresses), [self._claims(noted)])
                noted = {}

    def _check(self, parts: dict[str, Part], default: str) -> None:
        sizes = self._sizes(default)
        wrong = [
            f"{part.graph or 'the default graph'} has {sizes[graph]} triples and should have {part.triples}"
            for graph, part in parts.items()
            if sizes[graph] != part.triples
        ]
        if wrong:
            more = f"\nand {len(wrong) - 20} more" if len(wrong) > 20 else ""
            raise EngineFault(
                f"{self.target.address} holds other than was sent:\n" + "\n".join(wrong[:20]) + more,
                hint="The store may write values its own way, such as 1 for 1.0; it does not claim to be whole.",
            )

    def _sizes(self, default: str) -> Counter[str]:
        """How many triples the store has in each graph."""
        sizes = _sizes(self.store, self.library)
        if not self.merged:
            [row] = self.store.solutions(Query(self.library.pages["totals"].text))
            sizes[default] = int(str(row["triples"]))
        return sizes

    def _claims(self, checksums: dict[str, str]) -> bytes:
        lines = [
            f"{URIRef(graph).n3()} {SPDX.checksumValue.n3()} {Literal(checksum).n3()} .\n"
            for graph, checksum in sorted(checksums.items())
        ]
        return "".join(lines).encode()


def split(version: Version, folder: Path, merged: str) -> Iterator[Part]:
    """The graphs of a version, each in a file of its own in the folder: the named ones, then their merge."""
    names: dict[bytes, Path] = {}
    counts: Counter[bytes] = Counter()
    waiting: dict[bytes, list[bytes]] = {}
    size = 0
    with version.dump.open("rb") as dump:
        for line in dump:
            triple, _, graph = line.rpartition(b" <")
            names.setdefault(graph, folder / f"{len(names)}.nt")
            counts[graph] += 1
            waiting.setdefault(graph, []).append(triple + b" .\n")
            size += len(line)
            if size > _BUFFERED:
                _append(waiting, names)
                size = 0
    _append(waiting, names)
    for graph, path in names.items():
        yield Part(graph.decode().removesuffix("> .\n"), path, counts[graph], _checksum(path))
    path = folder / "merged.nt"
    with version.snapshot.open("rb") as snapshot, path.open("wb") as output:
        snapshot.seek(version.dump.stat().st_size)  # the snapshot is the dump and then the merge
        while piece := snapshot.read(1024 * 1024):
            output.write(piece)
    yield Part(merged, path, version.triples, _checksum(path))


def pieces(path: Path, size: int = 1024 * 1024) -> Iterator[bytes]:
    """The file in pieces of whole lines, about ``size`` bytes each; one empty piece for an empty file."""
    with path.open("rb") as lines:
        first = True
        while gathered := lines.readlines(size):
            yield b"".join(gathered)
            first = False
        if first:
            yield b""


def _append(waiting: dict[bytes, list[bytes]], names: dict[bytes, Path]) -> None:
    for graph, lines in waiting.items():
        with names[graph].open("ab") as output:
            output.writelines(lines)
    waiting.clear()


def _checksum(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
