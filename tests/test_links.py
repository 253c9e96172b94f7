"""Short links: the same name for the same query, whole or not there, bounded, from several processes at once."""

from __future__ import annotations

import multiprocessing
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from lepgraph.errors import NotFound, NotKept, ParameterFault, TooLarge
from lepgraph.links import LONGEST, NAME, Links

QUERY = "SELECT * { ?s ?p ?o }"
NAMED = "w6fbyoohwiky"


def test_a_query_has_the_same_name_wherever_it_is_kept(tmp_path: Path) -> None:
    links = Links(tmp_path / "a", 5)
    assert links.keep(QUERY) == Links(tmp_path / "b", 5).keep(QUERY) == NAMED
    assert links.keep(QUERY) == NAMED
    assert links.text(NAMED) == QUERY
    assert Links(tmp_path / "a", 5).text(NAMED) == QUERY


def test_the_ends_of_lines_that_a_form_sends_make_no_other_query(tmp_path: Path) -> None:
    links = Links(tmp_path, 5)
    assert links.keep("ASK {\r\n}\r\n") == links.keep("ASK {\n}")
    assert links.text(links.keep("ASK {\r\n}")) == "ASK {\n}"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", ParameterFault),
        (" \r\n ", ParameterFault),
        ("#" * (LONGEST + 1), TooLarge),
        ("é" * (LONGEST // 2 + 1), TooLarge),
    ],
    ids=["empty", "blank", "long", "long in bytes"],
)
def test_what_is_no_query_or_too_long_is_not_kept(tmp_path: Path, text: str, fault: type[Exception]) -> None:
    links = Links(tmp_path, 5)
    with pytest.raises(fault):
        links.keep(text)
    assert not list(tmp_path.iterdir())


def test_the_longest_query_is_kept_whole(tmp_path: Path) -> None:
    links = Links(tmp_path, 5)
    text = "é" * (LONGEST // 2)
    assert links.text(links.keep(text)) == text


@pytest.mark.parametrize(
    "name", ["", "aaaaaaaaaaaa", "x", "../../../etc", "a" * 10_000, "AAAAAAAAAAAA", "aaaaaaaaaaa\n"]
)
def test_an_unknown_name_is_not_found(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        Links(tmp_path / "nothing", 5).text(name)
    links = Links(tmp_path, 5)
    links.keep(QUERY)
    with pytest.raises(NotFound):
        links.text(name)
    assert not (tmp_path / "nothing").exists()


def test_past_the_bound_no_more_is_taken_and_nothing_is_dropped(tmp_path: Path) -> None:
    links = Links(tmp_path, 3)
    names = [links.keep(f"ASK {{}} # {number}") for number in range(3)]
    with pytest.raises(NotKept, match="No more"):
        links.keep("ASK {} # 3")
    assert [links.text(name) for name in names] == [f"ASK {{}} # {number}" for number in range(3)]
    assert links.keep("ASK {} # 0") == names[0]


def test_another_query_under_the_same_short_name_gets_a_longer_one(tmp_path: Path) -> None:
    links = Links(tmp_path, 5)
    links.keep("ASK {}")
    with sqlite3.connect(tmp_path / "links.sqlite3") as connection:
        connection.execute("INSERT INTO queries VALUES (?, 'another')", (NAMED,))
    connection.close()
    longer = links.keep(QUERY)
    assert longer.startswith(NAMED)
    assert len(longer) > len(NAMED)
    assert NAME.fullmatch(longer)
    assert (links.text(longer), links.text(NAMED)) == (QUERY, "another")


def test_a_place_that_cannot_be_used_is_a_fault_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotKept, match="cannot be used"):
        Links(tmp_path / "file", 5).keep(QUERY)
    (tmp_path / "links.sqlite3").write_bytes(b"no database at all" * 100)
    with pytest.raises(NotKept, match="cannot be used"):
        Links(tmp_path, 5).keep(QUERY)


def kept_by(folder: Path, number: int) -> list[str]:
    links = Links(folder, 1000)
    return [links.keep(f"ASK {{}} # {n % 30}") for n in range(number, number + 40)]


def test_several_processes_keep_links_together(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(3, mp_context=context) as pool:
        found = list(pool.map(kept_by, [tmp_path] * 3, [0, 7, 14]))
    names = {name for each in found for name in each}
    assert len(names) == 30
    links = Links(tmp_path, 1000)
    assert {links.text(name) for name in names} == {f"ASK {{}} # {number}" for number in range(30)}
