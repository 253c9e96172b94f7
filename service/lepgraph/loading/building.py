"""The build: from the content's files to named graphs with one source each, a merged default graph and a content hash.

A function of the files alone: no clock, no network, no blank nodes, the same bytes on every machine. The snapshot is
sorted N-Quads; since it has no blank nodes, its named part is the canonical form of RDFC-1.0 and its SHA-256 names the
dataset version.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import pyoxigraph

from lepgraph import scratch
from lepgraph.content import Content
from lepgraph.errors import ContentFault, Place
from lepgraph.loading import tables
from lepgraph.terms import DCTERMS, RDF, SD, VOID

Progress = Callable[[str], None]

DUMP = "dump.nq"
"""The named graphs alone: the SHA-256 of this file is the content hash."""

_SOURCES = "source"


@dataclass(frozen=True)
class Version:
    """A built dataset: its snapshot, and what a page needs to say of it. ``digest`` is the SHA-256 that names it."""

    snapshot: Path
    digest: str
    triples: int
    quads: int
    graphs: int
    files: tuple[str, ...] = ()

    @property
    def dump(self) -> Path:
        """The named graphs as canonical N-Quads, for download."""
        return self.snapshot.with_name(DUMP)

    @property
    def short(self) -> str:
        """The first twelve digits of the hash, enough for people."""
        return self.digest[:12]


def quiet(_: str) -> None:
    """Reports progress to nobody."""


def build(content: Content, progress: Progress = quiet) -> list[bytes]:
    """The lines of the named graphs in canonical N-Quads, sorted; raises ContentFault with every fault found."""
    return canonical(_Builder(content, progress).quads())


def current(content: Content, cache: Path, progress: Progress = quiet) -> Version:
    """The version that the files make now: from the cache if nothing changed since, else built and kept there."""
    folder = cache / content.fingerprint[:32]
    found = kept(folder)
    return found or keep(build(content, progress), folder)


def keep(named: list[bytes], folder: Path, files: Iterable[str] = ()) -> Version:
    """Writes a snapshot and its manifest into a folder, whole or not at all; raises NotKept."""
    merged = sorted({_without_graph(line) for line in named})
    graphs = {line.rsplit(b" <", 1)[1] for line in named}
    digest = hashlib.sha256(b"".join(named)).hexdigest()
    with scratch.folder(folder.parent, "The graph") as new:
        (new / "snapshot.nq").write_bytes(b"".join(named) + b"".join(merged))
        (new / DUMP).write_bytes(b"".join(named))
        version = Version(folder / "snapshot.nq", digest, len(merged), len(named), len(graphs), tuple(files))
        manifest = {**asdict(version), "snapshot": "snapshot.nq"}
        (new / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        try:
            new.rename(folder)
        except OSError:  # another process was faster, or what lies there is broken
            if kept(folder) is None:
                shutil.rmtree(folder, ignore_errors=True)
                new.rename(folder)
    return version


def canonical(quads: Iterable[pyoxigraph.Quad]) -> list[bytes]:
    """Sorted lines of canonical N-Quads, each once."""
    written = pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.N_QUADS)
    return sorted(set(written.splitlines(keepends=True))) if written else []


def _without_graph(line: bytes) -> bytes:
    return line.rsplit(b" <", 1)[0] + b" .\n"


def kept(folder: Path) -> Version | None:
    """The version that a folder holds, or None if it holds none that is whole."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        version = Version(**{**manifest, "snapshot": folder / "snapshot.nq", "files": tuple(manifest["files"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return version if version.snapshot.is_file() and version.dump.is_file() else None


class _Builder:
    """Collects the quads of one content and all that is wrong with it."""

    def __init__(self, content: Content, progress: Progress) -> None:
        self.content = content
        self.addresses = content.addresses
        self.own = content.catalogue.key
        self.progress = progress
        self.faults: list[tables.Fault] = []
        self.found: list[pyoxigraph.Quad] = []
        self.space = f"{self.addresses.base}def/"
        self.named: dict[str, list[Place]] = {}
        """Where the registers name each term of our vocabularies."""
        self.titles: dict[str, str] = {"ontology": "Ontology", "catalogue": "Catalogue", "account": "Accounts"}

    def quads(self) -> list[pyoxigraph.Quad]:
        """All quads; raises ContentFault if anything is wrong."""
        known = self._tables()
        before = len(self.faults)
        for path in self.content.files("ontology", "*.ttl"):
            self._turtle(path, "ontology", self.own)
        if len(self.faults) == before:
            self._check_terms()
        self._turtle(self.content.root / "data" / "catalogue.ttl", "catalogue", self.own)
        for path in self.content.files("data", "accounts/*.ttl"):
            if path.stem not in known:
                self._fault(Place(self.content.name(path)), f"no source has the key {path.stem}")
            self._turtle(path, "account", path.stem)
        if self.faults:
            raise ContentFault(self.faults, hint="Mend these and build again; nothing was changed.")
        self._provenance()
        return self.found

    def _tables(self) -> set[str]:
        """Reads every register; gives the keys of the sources."""
        read: dict[str, tables.Table] = {}
        known: dict[str, tables.Table | None] = {}
        patterns = ("sources.csv", "registers/*.csv", "boundaries/*.csv")
        for path in (path for pattern in patterns for path in self.content.files("data", pattern)):
            if path.stem in read:
                self._fault(Place(self.content.name(path)), f"{read[path.stem].file} has the same name")
                continue
            known[path.stem] = None
            try:
                known[path.stem] = read[path.stem] = tables.read(path, self.content.name(path))
            except ContentFault as fault:
                self.faults.extend(fault.faults)
        sources = read.get("sources")
        if sources is None:
            self._fault(Place("data/sources.csv"), "the table of sources is missing or faulty")
            return set()
        keys = {key for (key,) in sources.keys(["key"])}
        if self.own not in keys:
            self._fault(Place(sources.file), f"no row describes {self.own}, the dataset's own key")
        for table in read.values():
            self.progress(f"{table.name}: {len(table.rows)} rows")
            table.check_keys(known)
            self._table(table, keys)
            self.faults.extend(table.faults)
        return keys

    def _table(self, table: tables.Table, keys: set[str]) -> None:
        own = table.name == "sources"
        register = _SOURCES if own else table.name
        self.titles[register] = table.title
        if not own and all(column.name != tables.SOURCE for column in table.columns):
            self._fault(Place(table.file), f"there is no column named {tables.SOURCE}")
            return
        unknown: set[int] = set()
        told = {place for place, _ in table.faults}
        for number, source, column, triple in table.triples():
            if (iri := _iri(triple.object)).startswith(self.space):
                self.named.setdefault(iri, []).append(Place(table.file, number, column))
            key = self.own if own else source
            if key not in keys:
                if number not in unknown and (Place(table.file, number, tables.SOURCE) not in told):
                    unknown.add(number)
                    self._fault(Place(table.file, number, tables.SOURCE), f"no source has the key {key!r}")
                continue
            graph = pyoxigraph.NamedNode(str(self.addresses.graph(register, key)))
            self.found.append(pyoxigraph.Quad(triple.subject, triple.predicate, triple.object, graph))

    def _check_terms(self) -> None:
        """Collects a fault for every place where a register names a term that no file of ontology defines."""
        defined = {_iri(quad.subject) for quad in self.found}
        for iri in self.named.keys() - defined:
            for place in self.named[iri]:
                self._fault(place, f"{iri} is not defined in the ontology")

    def _turtle(self, path: Path, register: str, key: str) -> None:
        graph = pyoxigraph.NamedNode(str(self.addresses.graph(register, key)))
        try:
            triples = self.content.turtle(path)
        except ContentFault as fault:
            self.faults.extend(fault.faults)
            return
        for triple in triples:
            if pyoxigraph.BlankNode in (type(triple.subject), type(triple.object)):
                self._fault(Place(self.content.name(path)), f"a blank node is not published; name it: {triple}")
                return
            self.found.append(pyoxigraph.Quad(triple.subject, triple.predicate, triple.object, graph))

    def _provenance(self) -> None:
        """Says of each named graph which source it has, what it is called and how many triples it holds."""
        sizes = Counter(_iri(quad.graph_name) for quad in set(self.found))
        place = pyoxigraph.NamedNode(str(self.addresses.graph("provenance", self.own)))
        about = f"{self.addresses.base}graph/"
        for iri, size in sorted(sizes.items()):
            register, _, key = iri.removeprefix(about).partition("/")
            title = pyoxigraph.Literal(f"{self.titles[register]}, by {key}", language="en")
            number = pyoxigraph.Literal(
                str(size), datatype=pyoxigraph.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
            )
            for predicate, value in (
                (RDF.type, pyoxigraph.NamedNode(str(SD.Graph))),
                (DCTERMS.source, pyoxigraph.NamedNode(str(self.addresses.thing(_SOURCES, key)))),
                (DCTERMS.title, title),
                (VOID.triples, number),
            ):
                triple = (pyoxigraph.NamedNode(iri), pyoxigraph.NamedNode(str(predicate)), value)
                self.found.append(pyoxigraph.Quad(*triple, place))

    def _fault(self, place: Place, reason: str) -> None:
        self.faults.append((place, reason))


def _iri(term: object) -> str:
    return term.value if isinstance(term, pyoxigraph.NamedNode) else ""
