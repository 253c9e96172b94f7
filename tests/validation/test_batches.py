"""Many files at once: in groups, one by one where together they are too much, and one report of all."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lepgraph.errors import ParameterFault, TooLarge
from lepgraph.site import Site
from lepgraph.validation import batches
from lepgraph.validation.batches import Batch, Checked
from lepgraph.validation.collecting import unchecked
from lepgraph.validation.findings import Finding, Report
from lepgraph.validation.handing import Outcome, Wishes
from lepgraph.validation.isolation import Forking, Limits
from lepgraph.validation.readiness import Ready
from lepgraph.validation.records import File

FILES = [File(f"{number}.ttl", b"x" * number) for number in range(1, 6)]


class Narrow(Batch):
    """Examines two files together at most."""

    def _examined(self, files: Sequence[File], wishes: Wishes) -> Outcome:
        if len(files) > 2:
            raise TooLarge("Checking took too much memory.")
        return Outcome(Report((), len(files), ""))


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def narrow(lights_site: Site, said: list[str]) -> Batch:
    limits = Limits()
    source = Forking(Ready(lights_site.content).examiner, limits)
    return Narrow(source, lights_site.published, limits, said.append)


def test_what_is_too_much_together_is_checked_one_by_one_and_that_is_told(narrow: Batch, said: list[str]) -> None:
    parts = list(narrow.check(FILES, Wishes()))
    assert [part.names for part in parts] == [(file.name,) for file in FILES]
    assert said == [f"Checking took too much memory. {batches.ONE_BY_ONE}"]
    assert [part.names for part in narrow.check(FILES[:2], Wishes())] == [("1.ttl", "2.ttl")]


def test_files_come_in_groups_of_a_size_or_each_apart() -> None:
    lost = unchecked("a.zip", ParameterFault("a.zip: no."))
    grouped = [
        part if isinstance(part, Finding) else [file.name for file in part]
        for part in batches.groups([*FILES[:2], lost, *FILES[2:]], 6, apart=False)
    ]
    assert grouped == [lost, ["1.ttl", "2.ttl", "3.ttl"], ["4.ttl"], ["5.ttl"]]
    assert all(len(part) == 1 for part in batches.groups(FILES, 6, apart=True) if isinstance(part, list))


@pytest.mark.parametrize(
    ("detail", "message", "line", "column"),
    [
        ("a.ttl, line 3, column 7: it ends.", "It ends.", 3, 7),
        ("a.ttl, line 3: it ends.", "It ends.", 3, 0),
        ("a.ttl: it ends.", "It ends.", 0, 0),
        ("a.ttl holds no triples.", "a.ttl holds no triples.", 0, 0),
        ("It is broken.", "It is broken.", 0, 0),
    ],
)
def test_why_a_file_could_not_be_checked_has_its_place(detail: str, message: str, line: int, column: int) -> None:
    finding = unchecked("a.ttl", ParameterFault(detail, hint="Mend it."))
    place = finding.place
    assert (finding.message, place.line, place.column) == (message, line, column)
    assert (finding.mend, place.file) == ("Mend it.", "a.ttl")


def test_what_could_not_be_checked_makes_the_report_of_all_a_bad_one() -> None:
    good = Checked(("b.ttl",), Outcome(Report((), 2, "")))
    lost = Checked(("a.ttl",), None, (unchecked("a.ttl", ParameterFault("No.")),))
    whole = batches.merged([good, lost])
    assert not whole.conforms
    assert whole.checked == 2
    assert 'conforms> "false"' in whole.triples
    assert batches.nothing([lost]) and not batches.nothing([good, lost])
