"""Settings come from the environment and say what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepgraph.errors import ParameterFault
from lepgraph.settings import Settings


def test_each_setting_is_an_environment_variable() -> None:
    environment = {
        "LEPGRAPH_CACHE": "/somewhere",
        "LEPGRAPH_WORKERS": "3",
        "LEPGRAPH_QUEUE_LENGTH": "5",
        "LEPGRAPH_QUEUE_SECONDS": "1.5",
        "LEPGRAPH_QUERY_SECONDS": "7",
        "LEPGRAPH_QUERY_MEMORY": "64",
        "LEPGRAPH_QUERY_LENGTH": "10",
        "LEPGRAPH_ANSWER_MEGABYTES": "12",
        "LEPGRAPH_RECORD_LENGTH": "11",
        "LEPGRAPH_DISK": "true",
        "LEPGRAPH_PUBLIC": "https://data.example/",
        "LEPGRAPH_SERVICES": "https://data.example/sparql",
        "LEPGRAPH_PROCESSES": "6",
        "LEPGRAPH_THREADS": "4",
        "LEPGRAPH_STOP_SECONDS": "8",
        "HOME": "/ignored",
    }
    addresses = ("https://data.example/", "https://data.example/sparql")
    expected = Settings(Path("/somewhere"), 3, 5, 1.5, 7.0, 64, 10, 12, 11, True, *addresses, 6, 4, 8)
    assert Settings.from_environment(environment) == expected


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("LEPGRAPH_WORKERS", "many", "must be a number"),
        ("LEPGRAPH_WORKERS", "0", "greater than zero"),
        ("LEPGRAPH_DISK", "perhaps", "true or false"),
        ("LEPGRAPH_WORKER", "2", "no setting LEPGRAPH_WORKER"),
    ],
)
def test_a_bad_setting_is_named(variable: str, value: str, reason: str) -> None:
    with pytest.raises(ParameterFault, match=reason):
        Settings.from_environment({variable: value})
