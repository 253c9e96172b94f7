"""Shapes and ontology, read once for all cases."""

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
def shape_files() -> list[Path]:
    """The files of shapes, without the cases."""
    return sorted((ROOT / "shapes").glob("*.ttl"))


@pytest.fixture(scope="session")
def shapes(shape_files: list[Path]) -> Graph:
    """All shapes as one graph."""
    return _graph(shape_files)


@pytest.fixture(scope="session")
def ontology() -> Graph:
    """What a record is checked against besides the shapes: classes, themes and code lists."""
    return _graph(sorted((ROOT / "ontology").glob("*.ttl")))
