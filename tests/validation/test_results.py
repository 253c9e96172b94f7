"""Results of checks are kept as long as was said, and no longer."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from lepgraph.errors import NotFound, NotKept
from lepgraph.validation.findings import Finding, Report
from lepgraph.validation.handing import Outcome
from lepgraph.validation.records import Place
from lepgraph.validation.results import Results

FINDING = Finding(
    "warning", "urn:a", "A", "urn:p", "p", "1", "wrong", "mend it", "urn:s", Place("a.csv", 2, 3, cell="C2")
)
OUTCOME = Outcome(Report((FINDING,), 1, "<urn:a> <urn:b> <urn:c> .\n"), None, b"PK")


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


def results(folder: Path, clock: Clock, most: int = 10) -> Results:
    return Results(folder, 1, most, clock)


def test_what_is_kept_comes_back_as_it_was(tmp_path: Path, clock: Clock) -> None:
    kept = results(tmp_path, clock).keep("a.csv", OUTCOME)
    found = results(tmp_path, clock).result(kept.name)
    assert (found.title, found.outcome, found.until) == ("a.csv", OUTCOME, clock.time + 3600)


def test_a_result_whose_time_is_over_is_gone_from_the_file_too(tmp_path: Path, clock: Clock) -> None:
    here = results(tmp_path, clock)
    kept = here.keep("a.csv", OUTCOME)
    clock.time += 3600
    with pytest.raises(NotFound, match="its time is over"):
        here.result(kept.name)
    here.clear()
    with sqlite3.connect(tmp_path / "results.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM results").fetchone() == (0,)
    connection.close()


def test_a_result_can_be_dropped_at_once(tmp_path: Path, clock: Clock) -> None:
    here = results(tmp_path, clock)
    kept = here.keep("a.csv", OUTCOME)
    here.forget(kept.name)
    with pytest.raises(NotFound):
        here.result(kept.name)


def test_the_oldest_make_room(tmp_path: Path, clock: Clock) -> None:
    here = results(tmp_path, clock, most=3)
    names = []
    for _ in range(5):
        names.append(here.keep("a", OUTCOME).name)
        clock.time += 1
    for name in names[:2]:
        with pytest.raises(NotFound):
            here.result(name)
    assert [here.result(name).title for name in names[2:]] == ["a"] * 3


@pytest.mark.parametrize("name", ["", "x", "../../etc/passwd", "' OR 1=1 --", "x" * 5000])
def test_a_name_that_is_none_finds_nothing(tmp_path: Path, clock: Clock, name: str) -> None:
    here = results(tmp_path, clock)
    here.keep("a", OUTCOME)
    with pytest.raises(NotFound):
        here.result(name)


def test_names_cannot_be_guessed_from_each_other(tmp_path: Path, clock: Clock) -> None:
    names = {results(tmp_path, clock).keep("a", OUTCOME).name for _ in range(9)}
    assert len(names) == 9
    assert min(map(len, names)) >= 20


def test_where_nothing_can_be_kept_it_says_so(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotKept, match="cannot be used"):
        results(tmp_path / "file", clock).keep("a", OUTCOME)
    with pytest.raises(NotKept, match="too large"):
        results(tmp_path, clock).keep("a", Outcome(OUTCOME.report, None, b"x" * 34_000_000))
