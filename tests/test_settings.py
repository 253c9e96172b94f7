"""Settings come from the environment and say what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from lepgraph.errors import ParameterFault
from lepgraph.settings import Settings

README = Path(__file__).parent.parent / "README.md"
TRIED = {
    "LEPGRAPH_CACHE": ("/somewhere", Path("/somewhere")),
    "LEPGRAPH_STATE": ("/elsewhere", Path("/elsewhere")),
    "LEPGRAPH_LINKS": ("12", 12),
    "LEPGRAPH_WORKERS": ("3", 3),
    "LEPGRAPH_QUEUE_LENGTH": ("5", 5),
    "LEPGRAPH_QUEUE_SECONDS": ("1.5", 1.5),
    "LEPGRAPH_QUERY_SECONDS": ("7", 7.0),
    "LEPGRAPH_QUERY_MEMORY": ("64", 64),
    "LEPGRAPH_QUERY_LENGTH": ("10", 10),
    "LEPGRAPH_ANSWER_MEGABYTES": ("12", 12),
    "LEPGRAPH_RECORD_LENGTH": ("11", 11),
    "LEPGRAPH_CHECK_SECONDS": ("2.5", 2.5),
    "LEPGRAPH_CUSTOM_SHAPES": ("true", True),
    "LEPGRAPH_RESULT_HOURS": ("3", 3),
    "LEPGRAPH_RESULTS": ("17", 17),
    "LEPGRAPH_DISK": ("true", True),
    "LEPGRAPH_PUBLIC": ("https://data.example/", "https://data.example/"),
    "LEPGRAPH_STORES": ("https://a.example/sparql https://b.example/sparql",) * 2,
    "LEPGRAPH_DEFAULT_GRAPH": ("urn:example:merge",) * 2,
    "LEPGRAPH_ANY_VERSION": ("true", True),
    "LEPGRAPH_STORE_USER": ("writer",) * 2,
    "LEPGRAPH_STORE_PASSWORD": ("secret",) * 2,
    "LEPGRAPH_SERVICES": ("https://data.example/sparql", "https://data.example/sparql"),
    "LEPGRAPH_PROCESSES": ("6", 6),
    "LEPGRAPH_THREADS": ("4", 4),
    "LEPGRAPH_STOP_SECONDS": ("8", 8),
    "LEPGRAPH_CACHE_MEGABYTES": ("0", 0),
    "LEPGRAPH_BODY_SECONDS": ("2.5", 2.5),
    "LEPGRAPH_RATE_LIMIT": ("60/minute", "60/minute"),
    "LEPGRAPH_RATE_STORAGE": ("memory://", "memory://"),
    "LEPGRAPH_PROXIES": ("1", 1),
    "LEPGRAPH_LOG": ("debug", "debug"),
    "LEPGRAPH_LOG_FORMAT": ("json", "json"),
}
"""Each setting with a text that is not its plain value, and what it means. What it does is tested where it does it."""


def test_each_setting_is_an_environment_variable() -> None:
    environment = {variable: text for variable, (text, _) in TRIED.items()}
    expected = {variable.removeprefix("LEPGRAPH_").lower(): value for variable, (_, value) in TRIED.items()}
    settings = Settings.from_environment({**environment, "HOME": "/ignored"})
    assert {name: getattr(settings, name) for name in expected} == expected
    assert all(getattr(Settings(), name) != value for name, value in expected.items())


@pytest.mark.parametrize("name", [entry.name for entry in fields(Settings)])
def test_each_setting_is_documented_with_its_plain_value_and_covered_by_tests(name: str) -> None:
    variable = f"LEPGRAPH_{name.upper()}"
    row = re.search(rf"^\| `{variable}` \| (.+?) \| .+ \|$", README.read_text(), re.M)
    assert row, f"{variable} has no row in the README"
    plain = getattr(Settings(), name)
    if plain != "" and not isinstance(plain, Path):
        assert row[1] == (f"{plain:g}" if isinstance(plain, float) else str(plain).lower())
    assert variable in TRIED, f"no test gives {variable} a value"


def test_the_readme_documents_no_setting_that_is_none() -> None:
    assert set(re.findall(r"^\| `(LEPGRAPH_\w+)`", README.read_text(), re.M)) == set(TRIED)


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("LEPGRAPH_WORKERS", "many", "must be a number"),
        ("LEPGRAPH_WORKERS", "0", "greater than zero"),
        ("LEPGRAPH_DISK", "perhaps", "true or false"),
        ("LEPGRAPH_WORKER", "2", "no setting LEPGRAPH_WORKER"),
        ("LEPGRAPH_CACHE_MEGABYTES", "-1", "zero or greater"),
        ("LEPGRAPH_LOG", "loud", "debug, info, warning, error"),
        ("LEPGRAPH_LOG_FORMAT", "xml", "text, json"),
    ],
)
def test_a_bad_setting_is_named(variable: str, value: str, reason: str) -> None:
    with pytest.raises(ParameterFault, match=reason):
        Settings.from_environment({variable: value})
