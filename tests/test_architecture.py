"""The promises of ARCHITECTURE.md about the code, held by reading it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "service" / "lepgraph"
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))

RANKS = {
    "errors": 0,
    "terms": 0,
    "words": 1,
    "exchange": 0,
    "settings": 1,
    "addresses": 1,
    "media": 1,
    "measures": 1,
    "logs": 1,
    "content": 2,
    "store": 3,
    "withdrawals": 3,
    "datasets": 3,
    "loading": 4,
    "querying": 4,
    "citing": 5,
    "distributing": 5,
    "releases": 5,
    "ordering": 4,
    "counting": 5,
    "markup": 5,
    "links": 1,
    "readers": 2,
    "scratch": 1,
    "shelf": 2,
    "describing": 5,
    "graphstore": 5,
    "picturing": 6,
    "choosing": 6,
    "completing": 6,
    "documenting": 6,
    "provenance": 6,
    "sections": 7,
    "remembering": 6,
    "publishing": 6,
    "comparing": 6,
    "listing": 6,
    "quality": 6,
    "searching": 6,
    "validation": 6,
    "site": 8,
    "catalogue": 9,
    "crawling": 9,
    "streaming": 9,
    "openapi": 10,
    "web": 11,
    "server": 12,
    "cli": 13,
}
THIRD_PARTIES = {
    "errors": set(),
    "terms": {"rdflib"},
    "words": {"rdflib"},
    "exchange": {"rdflib", "pyoxigraph"},
    "settings": {"platformdirs"},
    "addresses": {"rdflib"},
    "media": {"werkzeug"},
    "measures": {"prometheus_client"},
    "logs": set(),
    "content": {"rdflib", "pyoxigraph"},
    "store": {"lark", "rdflib", "pyoxigraph", "SPARQLWrapper", "urllib3"},
    "loading": {"csvw", "pyoxigraph", "rdflib", "shapely", "uritemplate"},
    "ordering": {"rdflib"},
    "querying": {"rdflib", "yaml"},
    "citing": set(),
    "counting": {"rdflib"},
    "markup": {"rdflib"},
    "withdrawals": set(),
    "datasets": {"rdflib"},
    "releases": set(),
    "distributing": {"pyoxigraph", "shapely"},
    "completing": {"rdflib"},
    "links": set(),
    "readers": set(),
    "scratch": set(),
    "shelf": set(),
    "describing": {"rdflib"},
    "graphstore": {"requests"},
    "picturing": {"rdflib", "shapely"},
    "choosing": {"rdflib"},
    "documenting": {"rdflib"},
    "provenance": {"rdflib"},
    "publishing": {"rdflib"},
    "quality": {"rdflib"},
    "comparing": {"rdflib"},
    "listing": {"rdflib"},
    "searching": {"rapidfuzz", "rdflib"},
    "validation": {"openpyxl", "pyoxigraph", "pyshacl", "rapidfuzz", "rdflib", "uritemplate"},
    "sections": {"rdflib"},
    "remembering": {"pyoxigraph", "rdflib"},
    "site": {"rdflib"},
    "catalogue": {"rdflib"},
    "crawling": {"rdflib"},
    "streaming": {"pyoxigraph"},
    "openapi": {"yaml"},
    "web": {
        "shapely",
        "brotli",
        "flask",
        "flask_limiter",
        "limits",
        "markupsafe",
        "prometheus_client",
        "pyoxigraph",
        "rdflib",
        "werkzeug",
        "zstandard",
    },
    "server": {"granian"},
    "cli": {"click", "pyoxigraph"},
}
SUBJECT_MATTER = re.compile(
    r"\b(leps?|partnerships?|councils?|enterprises?|combined[ -_]?authorit\w*|local[ -_]?authorit\w*|boroughs?|ippr)\b",
    re.I,
)
SPARQL = re.compile(r"\b(SELECT|CONSTRUCT|ASK|DESCRIBE)\b[^\n]*(\{|\bWHERE\b)|\bPREFIX\s+\w*:\s*<")
PYTHON = re.compile(r"^(__future__|[a-z_]+)$")


def unit(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            module = node.module or ""
            found |= {f"{module}.{alias.name}" for alias in node.names} if module == "lepgraph" else {module}
    return found


def own(path: Path) -> set[str]:
    names = imports(ast.parse(path.read_text(encoding="utf-8")))
    return {name.split(".")[1] for name in names if name.startswith("lepgraph.")} - {"__version__"}


def test_every_module_has_a_rank() -> None:
    assert len(MODULES) > 20
    assert {unit(path) for path in MODULES} - {"__init__"} == set(RANKS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_strictly_down(path: Path) -> None:
    name = unit(path)
    upward = {other for other in own(path) if other != name and RANKS[other] >= RANKS.get(name, 0)}
    assert not upward


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_only_the_libraries_of_the_table_are_imported(path: Path) -> None:
    import sys  # the names of the standard library are known to the running Python alone

    names = {name.split(".")[0] for name in imports(ast.parse(path.read_text(encoding="utf-8")))}
    foreign = names - set(sys.stdlib_module_names) - {"lepgraph"}
    assert foreign <= THIRD_PARTIES.get(unit(path), set())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_functions_and_modules_keep_their_size(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, node.name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_the_code_knows_no_subject_matter(path: Path) -> None:
    assert SUBJECT_MATTER.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sorted((PACKAGE / "queries").glob("*.rq")), ids=lambda path: path.name)
def test_the_queries_of_the_code_know_no_subject_matter(path: Path) -> None:
    assert SUBJECT_MATTER.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sorted((PACKAGE / "web" / "templates").glob("*.html")), ids=lambda path: path.name)
def test_the_templates_know_no_subject_matter(path: Path) -> None:
    assert SUBJECT_MATTER.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_sparql_stands_in_query_files_only(path: Path) -> None:
    literals = [
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert [text for text in literals if SPARQL.search(text)] == []


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "misc", "manager"])
def test_no_module_has_a_name_that_says_nothing(word: str) -> None:
    assert [path for path in MODULES if word in path.stem] == []


def test_only_two_places_catch_every_exception() -> None:
    """Neither csvw, for bad metadata, nor pySHACL and rdflib, for shapes they cannot follow, has classes for what fails."""
    places = [path.name for path in MODULES if "except Exception" in path.read_text(encoding="utf-8")]
    assert places == ["tables.py", "engine.py"]
