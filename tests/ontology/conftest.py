"""The Turtle files of the content, read once for all tests of the ontology."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from rdflib import Graph

ROOT = Path(__file__).resolve().parents[2]


def _graph(paths: Iterable[Path]) -> Graph:
    graph = Graph()
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds ontology, data, shapes and queries."""
    return ROOT


@pytest.fixture(scope="session")
def ontology() -> Graph:
    """All files of the ontology folder as one graph."""
    return _graph(sorted((ROOT / "ontology").glob("*.ttl")))


@pytest.fixture(scope="session")
def labels() -> Graph:
    """The labels of terms of other vocabularies."""
    return _graph([ROOT / "ontology" / "labels.ttl"])


@pytest.fixture(scope="session")
def accounts() -> Graph:
    """All files of the accounts folder as one graph."""
    return _graph(sorted((ROOT / "data" / "accounts").glob("*.ttl")))


@pytest.fixture(scope="session")
def reports() -> Graph:
    """The accounts of the two reports on resilient local economies as one graph."""
    return _graph(sorted((ROOT / "data" / "accounts").glob("ippr-*.ttl")))


@pytest.fixture(scope="session")
def catalogue() -> Graph:
    """The description of the data set."""
    return _graph([ROOT / "data" / "catalogue.ttl"])


@pytest.fixture(scope="session")
def published(ontology: Graph, accounts: Graph, catalogue: Graph) -> Graph:
    """Everything that is published from Turtle files."""
    return ontology + accounts + catalogue
