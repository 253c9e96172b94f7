"""The log: a line per event that nothing in a request can break."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepgraph import logs


@pytest.fixture(autouse=True)
def root() -> Iterator[None]:
    logger = logging.getLogger()
    before, level = list(logger.handlers), logger.level
    yield
    logger.handlers[:] = before
    logger.setLevel(level)


def request(path: str = "/sparql", rows: int | None = 3, name: str = "abc") -> logs.Request:
    return logs.Request(1_700_000_000.25, "GET", path, "/sparql", "200", 1.5, rows, "text/csv", 77, "hit", name)


def test_a_request_is_one_line_of_text() -> None:
    stream = io.StringIO()
    logs.configure("info", "text", stream)
    logs.requests([request(), request(rows=None)])
    assert stream.getvalue().splitlines() == [
        '2023-11-14T22:13:20.250Z INFO lepgraph.requests GET "/sparql" route=/sparql status=200 milliseconds=1.500'
        " rows=3 format=text/csv bytes=77 cache=hit request=abc",
        '2023-11-14T22:13:20.250Z INFO lepgraph.requests GET "/sparql" route=/sparql status=200 milliseconds=1.500'
        " format=text/csv bytes=77 cache=hit request=abc",
    ]


@given(st.text(max_size=30), st.sampled_from(["abc", '"', "\\", "}{"]))
def test_a_request_is_one_line_of_json_whatever_its_path_holds(path: str, name: str) -> None:
    stream = io.StringIO()
    logs.configure("info", "json", stream).requests([request(path, name=name)])
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line) == {
        "time": "2023-11-14T22:13:20.250Z",
        "level": "INFO",
        "logger": "lepgraph.requests",
        "method": "GET",
        "path": path,
        "route": "/sparql",
        "status": 200,
        "milliseconds": 1.5,
        "rows": 3,
        "format": "text/csv",
        "bytes": 77,
        "cache": "hit",
        "request": name,
    }


@given(st.text(max_size=30))
def test_no_message_can_pass_for_two(text: str) -> None:
    for form in logs.FORMS:
        stream = io.StringIO()
        logs.configure("info", form, stream)
        logging.getLogger("lepgraph.x").warning("said %s", text)
        (line,) = stream.getvalue().splitlines()
        if form == "json":
            assert json.loads(line)["message"] == f"said {text}"


def test_what_was_raised_comes_with_the_line() -> None:
    for form in logs.FORMS:
        stream = io.StringIO()
        logs.configure("info", form, stream)
        logging.getLogger("lepgraph.x").error("failed", exc_info=ValueError("odd"))
        assert "ValueError: odd" in stream.getvalue()
        if form == "json":
            assert "ValueError: odd" in json.loads(stream.getvalue())["exception"]


def test_the_level_holds() -> None:
    stream = io.StringIO()
    logs.configure("warning", "text", stream)
    logging.getLogger("lepgraph.x").info("nothing")
    assert not logs.wanted()
    assert stream.getvalue() == ""
    logs.configure("info", "text", stream)
    assert logs.wanted()


def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    stream = io.StringIO()
    lines = logs.configure("info", "text", stream)
    stream.close()
    lines.requests([request()])
