"""Where the content lies and what it says of itself.

Content is four folders: ``ontology``, ``data``, ``shapes`` and ``queries``. They are found in the checkout, inside the
wheel, or wherever ``--content`` points. Nothing here knows what the content is about.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph
from rdflib import Graph, Literal, URIRef

from lepgraph import __version__
from lepgraph.addresses import Addresses
from lepgraph.errors import ContentFault, Place
from lepgraph.exchange import from_engine
from lepgraph.terms import DCAT, DCTERMS, FOAF, RDF, RDFS, SCHEMA, VOID

FOLDERS = ("ontology", "data", "shapes", "queries")
_ENDINGS = frozenset({".ttl", ".csv", ".json", ".rq"})


@dataclass(frozen=True)
class Concept:
    """One kind of thing that the graph lists: the path segment, the class, and a title in the plural."""

    segment: str
    iri: URIRef
    title: str
    description: str
    position: int
    part: URIRef
    """The part of the dataset that these things are."""


class Content:
    """The four folders under ``root``; raises ContentFault if one is missing."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        missing = [(Place(name), "the folder is missing") for name in FOLDERS if not (self.root / name).is_dir()]
        if missing:
            raise ContentFault(missing, hint=f"A content folder holds {', '.join(FOLDERS)}.")

    @classmethod
    def found(cls) -> Content:
        """The content that belongs to this installation: the checkout's, else the wheel's."""
        package = Path(__file__).parent
        checkout = package.parent.parent
        return cls(checkout if (checkout / "ontology").is_dir() else package / "content")

    def files(self, folder: str, pattern: str) -> list[Path]:
        """Files of a folder that match a glob pattern, in the order of their names."""
        return sorted(path for path in (self.root / folder).glob(pattern) if path.is_file())

    def name(self, path: Path) -> str:
        """How a file is called in messages: its path below the root."""
        return path.relative_to(self.root).as_posix()

    def turtle(self, path: Path) -> list[pyoxigraph.Triple]:
        """The triples of a Turtle file; raises ContentFault with the line if it is not Turtle."""
        try:
            quads = pyoxigraph.parse(path.read_bytes(), pyoxigraph.RdfFormat.TURTLE)
            return [quad.triple for quad in quads]
        except SyntaxError as error:
            raise ContentFault([(Place(self.name(path)), f"line {error.lineno}: {error.msg}")]) from error

    def graph(self, *paths: Path, only: URIRef | None = None) -> Graph:
        """Turtle files together as one rdflib graph, or what they say with one property, which is many times faster.

        Blank nodes of different files stay apart.
        """
        graph = Graph()
        for path in paths:
            for triple in self.turtle(path):
                if only is None or triple.predicate.value == str(only):
                    graph.add((from_engine(triple.subject), from_engine(triple.predicate), from_engine(triple.object)))
        return graph

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the names and bytes of all files and of the code that builds them: what a build depends on."""
        digest = hashlib.sha256(__version__.encode())
        package = Path(__file__).parent
        code = [*package.glob("*.py"), *(package / "loading").glob("*.py")]
        for path in sorted(code):
            digest.update(path.read_bytes())
        for folder in ("ontology", "data"):
            for path in self.files(folder, "**/*"):
                if path.suffix in _ENDINGS:
                    body = path.read_bytes()
                    digest.update(f"\n{self.name(path)} {len(body)}\n".encode())
                    digest.update(body)
        return digest.hexdigest()

    @cached_property
    def state(self) -> str:
        """SHA-256 over all files and all code: what anything that is worked out of them depends on."""
        digest = hashlib.sha256(self.fingerprint.encode())
        package = Path(__file__).parent
        paths = [path for ending in ("py", "rq", "yaml") for path in sorted(package.rglob(f"*.{ending}"))]
        for folder in ("shapes", "queries"):
            paths += self.files(folder, "**/*")
        for path in paths:
            digest.update(f"\n{path.name} {path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()

    @cached_property
    def catalogue(self) -> Catalogue:
        """What ``data/catalogue.ttl`` says of the dataset."""
        path = self.root / "data" / "catalogue.ttl"
        if not path.is_file():
            raise ContentFault([(Place("data/catalogue.ttl"), "the file is missing")])
        return Catalogue(self.graph(path))

    @cached_property
    def shapes(self) -> Graph:
        """All shapes as one graph."""
        return self.graph(*self.files("shapes", "*.ttl"))

    @cached_property
    def hierarchy(self) -> Graph:
        """Which class is narrower than which."""
        return self.graph(*self.files("ontology", "*.ttl"), only=RDFS.subClassOf)

    @property
    def addresses(self) -> Addresses:
        """The URI policy with the base that the catalogue names."""
        return self.catalogue.addresses

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """Prefixes that the Turtle files of the ontology declare; the same for pages and the query editor."""
        prefixes: dict[str, str] = {}
        for path in self.files("ontology", "*.ttl"):
            parser = pyoxigraph.parse(path.read_bytes(), pyoxigraph.RdfFormat.TURTLE)
            for _ in parser:
                pass
            prefixes.update({name: iri for name, iri in parser.prefixes.items() if name})
        return dict(sorted(prefixes.items()))


class Catalogue:
    """The dataset's description of itself: a ``dcat:Dataset``, and a ``void:Dataset`` for each concept."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        datasets = [node for node in graph.subjects(RDF.type, DCAT.Dataset) if (node, VOID.uriSpace, None) in graph]
        tops = [node for node in datasets if (node, VOID["class"], None) not in graph]
        if len(tops) != 1 or not isinstance(tops[0], URIRef):
            fault = f"exactly one dcat:Dataset must have void:uriSpace and no void:class, not {len(tops)}"
            raise ContentFault([(Place("data/catalogue.ttl"), fault)])
        self.dataset: URIRef = tops[0]
        self.base = self.text(VOID.uriSpace)
        self.key = self.text(DCTERMS.identifier)
        self.title = self.text(DCTERMS.title)
        self.description = self.text(DCTERMS.description)
        licence = URIRef(self.text(DCTERMS.license))
        self.licence = str(graph.value(licence, FOAF.page) or licence)
        if not self.base.endswith("/"):
            raise ContentFault([(Place("data/catalogue.ttl"), f"void:uriSpace must end in a slash: {self.base}")])
        self.addresses = Addresses(self.base)
        self.concepts = self._concepts()

    def text(self, predicate: URIRef) -> str:
        """The dataset's value for a property; raises ContentFault if there is none."""
        value = self.graph.value(self.dataset, predicate)
        if value is None:
            raise ContentFault([(Place("data/catalogue.ttl"), f"<{self.dataset}> has no <{predicate}>")])
        return str(value)

    def _concepts(self) -> dict[str, Concept]:
        found = []
        for node, iri in self.graph.subject_objects(VOID["class"]):
            space = str(self.graph.value(node, VOID.uriSpace) or "")
            segment = space.removeprefix(f"{self.base}id/").rstrip("/")
            position = self.graph.value(node, SCHEMA.position)
            if not space.startswith(f"{self.base}id/") or not isinstance(iri, URIRef):
                raise ContentFault(
                    [(Place("data/catalogue.ttl"), f"<{node}> needs void:uriSpace under {self.base}id/")]
                )
            found.append(
                Concept(
                    segment,
                    iri,
                    str(self.graph.value(node, DCTERMS.title) or segment),
                    str(self.graph.value(node, DCTERMS.description) or ""),
                    int(position) if isinstance(position, Literal) else 99,
                    URIRef(str(node)),
                )
            )
        return {concept.segment: concept for concept in sorted(found, key=lambda c: (c.position, c.segment))}
