"""What is handed in is examined in a process apart: the same outcome, within its limits, and nobody else harmed."""

from __future__ import annotations

import gc
import io
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import openpyxl
import pytest

from lepgraph.errors import EngineLost, Fault, RecordFault, TooLarge
from lepgraph.site import Site
from lepgraph.validation.handing import Outcome, Wishes
from lepgraph.validation.isolation import Forking, Isolation, Limits, Nursery
from lepgraph.validation.readiness import Ready
from lepgraph.validation.records import File

TURTLE = "text/turtle"
PREFIX = "@prefix l: <https://lights.example/def/light#> . @prefix r: <http://www.w3.org/2000/01/rdf-schema#> .\n"
BAD = PREFIX + '<lighthouse/new> a l:Lighthouse ; l:height "tall" ; l:keptBy <https://lights.example/id/keeper/zed> .'
GOOD = PREFIX + '<lighthouse/new> a l:Lighthouse ; r:label "New"@en ; l:keptBy <https://lights.example/id/keeper/ada> .'

SHAPE = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix l: <https://lights.example/def/light#> .
<urn:s> a sh:NodeShape ; sh:targetClass l:Lighthouse ; sh:sparql [ sh:message "m" ; sh:select \"\"\"%s\"\"\" ] .
"""


def file(text: str | bytes, name: str = "new.ttl") -> File:
    return File(name, text if isinstance(text, bytes) else text.encode(), TURTLE)


@pytest.fixture(scope="module")
def limits() -> Limits:
    return Limits(children=2, wait=30.0, seconds=30.0, megabytes=512)


@pytest.fixture(scope="module")
def isolation(lights_site: Site, limits: Limits) -> Iterator[Isolation]:
    made = Isolation(Nursery(lights_site.content.root, limits), lights_site.published, limits)
    yield made
    made.close()


def inside(lights_site: Site, text: str) -> Outcome:
    """The outcome in this process."""
    return Ready(lights_site.content).examiner(lights_site.published).examine([file(text)], Wishes())


@pytest.mark.parametrize("text", [GOOD, BAD])
def test_the_outcome_is_the_same_as_in_this_process(lights_site: Site, isolation: Isolation, text: str) -> None:
    apart = isolation.examine([file(text)], Wishes())
    here = inside(lights_site, text)
    for one, other in zip(apart.report.findings, here.report.findings, strict=True):
        assert asdict(one) == asdict(other)
    assert apart.report.checked == here.report.checked == 1
    assert len(apart.report.graph) == len(here.report.graph) > 0


def test_what_cannot_be_read_is_the_same_fault(isolation: Isolation) -> None:
    with pytest.raises(RecordFault, match=r"new\.ttl, line 1"):
        isolation.examine([file("nonsense")], Wishes())


def test_what_takes_too_long_ends_with_a_reason_and_harms_nobody(lights_site: Site, isolation: Isolation) -> None:
    joins = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(9))
    slow = SHAPE % f"SELECT $this WHERE {{ $this a ?k . {joins} FILTER(?c0 = ?c1 + 1) }}"
    many = GOOD + "".join(f" <urn:{n}> a l:Lighthouse ." for n in range(50))
    short = Isolation(isolation.source, lights_site.published, Limits(seconds=1.0, wait=30.0))
    with pytest.raises(TooLarge, match="more than 1 seconds"):
        short.examine([file(many)], Wishes(own=slow.encode()))
    assert isolation.examine([file(GOOD)], Wishes()).report.conforms


def test_shapes_from_outside_call_nobody(isolation: Isolation) -> None:
    calls = SHAPE % "SELECT $this WHERE { $this a ?k . SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }"
    with pytest.raises(RecordFault, match="SERVICE"):
        isolation.examine([file(GOOD)], Wishes(own=calls.encode()))


@pytest.mark.parametrize(
    "shapes",
    [
        "nonsense",
        SHAPE % "SELECT nonsense",
        SHAPE % "SELECT $this WHERE { LOAD <http://127.0.0.1:9/> }",
        "<urn:s> a <http://www.w3.org/ns/shacl#NodeShape> ; <http://www.w3.org/ns/shacl#node> <urn:s> .",
        "<urn:s> a <http://www.w3.org/ns/shacl#NodeShape> ; <http://www.w3.org/ns/shacl#property> [ <http://www.w3.org/ns/shacl#path> 1 ] .",
        "<urn:s> <https://w3id.org/lepgraph/def/check#bounds> 'a b' .",
    ],
)
def test_shapes_that_cannot_be_used_are_refused(isolation: Isolation, shapes: str) -> None:
    with pytest.raises(RecordFault):
        isolation.examine([file(GOOD)], Wishes(own=shapes.encode()))


def test_many_at_once_are_all_answered(isolation: Isolation) -> None:
    outcomes: list[Outcome | Fault] = []

    def ask() -> None:
        try:
            outcomes.append(isolation.examine([file(GOOD)], Wishes()))
        except Fault as fault:
            outcomes.append(fault)

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcome.report.conforms for outcome in outcomes if isinstance(outcome, Outcome)] == [True] * 12


def test_a_child_of_this_process_examines_too(lights_site: Site, limits: Limits) -> None:
    ready = Ready(lights_site.content)
    ready.warm()
    isolation = Isolation(Forking(ready.examiner, limits), lights_site.published, limits)
    assert isolation.examine([file(GOOD)], Wishes()).report.conforms
    assert not isolation.examine([file(BAD)], Wishes()).report.conforms
    isolation.close()


def test_nothing_is_left_when_it_is_closed(lights_site: Site, limits: Limits) -> None:
    isolation = Isolation(Nursery(lights_site.content.root, limits), lights_site.published, limits)
    assert isolation.examine([file(GOOD)], Wishes()).report.conforms
    source = isolation.source
    assert isinstance(source, Nursery)
    isolation.close()
    assert not source.folder.exists()
    with pytest.raises(EngineLost):
        isolation.examine([file(GOOD)], Wishes())


def test_a_nursery_that_was_killed_is_started_again(lights_site: Site, limits: Limits) -> None:
    before = nurseries()
    isolation = Isolation(Nursery(lights_site.content.root, limits), lights_site.published, limits)
    assert isolation.examine([file(GOOD)], Wishes()).report.conforms
    [nursery] = nurseries() - before
    os.kill(nursery, signal.SIGKILL)
    os.waitid(os.P_PID, nursery, os.WEXITED | os.WNOWAIT)
    assert isolation.examine([file(GOOD)], Wishes()).report.conforms
    isolation.close()


def test_a_nursery_that_nobody_closes_ends_with_its_owner(lights_site: Site, limits: Limits) -> None:
    before = nurseries()
    isolation = Isolation(Nursery(lights_site.content.root, limits), lights_site.published, limits)
    assert isolation.examine([file(GOOD)], Wishes()).report.conforms
    assert len(nurseries() - before) == 1
    del isolation
    gc.collect()
    assert nurseries() - before == set()


def nurseries() -> set[int]:
    """The nurseries that this process started."""
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit() and _is_nursery(path)]
    return {pid for pid in pids if _parent(pid) == os.getpid()}


def _is_nursery(process: Path) -> bool:
    try:
        return b"lepgraph.validation.nursery" in (process / "cmdline").read_bytes()
    except OSError:
        return False


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


TABLE = "identifier,label\nnew,New\nother,\n"


def test_a_table_comes_back_with_its_cells_marked(isolation: Isolation) -> None:
    table = File("lighthouse.csv", TABLE.encode(), "text/csv")
    outcome = isolation.examine([table], Wishes(marked=True))
    assert [str(finding.place) for finding in outcome.report.findings if finding.record.endswith("other")] != []
    book = openpyxl.load_workbook(io.BytesIO(outcome.marked))
    assert "Findings" in book.sheetnames
    assert any(cell.comment for row in book[book.sheetnames[0]].iter_rows() for cell in row)


@pytest.mark.parametrize("media", ["text/turtle", "application/trig", "application/n-triples", "application/n-quads"])
def test_each_kind_of_file_is_read_apart(isolation: Isolation, media: str) -> None:
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    line = f"<https://e.example/x> <{kind}> <https://lights.example/def/light#Lighthouse> .\n"
    report = isolation.examine([File("a", line.encode(), media)], Wishes()).report
    assert [finding.place.line for finding in report.findings] == [1]
