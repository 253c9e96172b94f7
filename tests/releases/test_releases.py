"""Versions: every one can be had again from the files, what changed is what differs, and bad files are refused."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import rdflib
from click.testing import CliRunner

from lepgraph.cli import main
from lepgraph.content import Content
from lepgraph.errors import ContentFault, NotFound, NotKept, ParameterFault
from lepgraph.loading import building
from lepgraph.loading.building import Version
from lepgraph.releases import deltas, releasing
from lepgraph.releases.history import Change, History, kind
from lepgraph.releases.register import released
from lepgraph.site import Site

LIGHT = "https://lights.example/id/lighthouse/"
Built = tuple[Content, Version]


def digest(history: History, place: int) -> str:
    return hashlib.sha256(b"".join(history.lines(place))).hexdigest()


@pytest.fixture(scope="module")
def told(lighthouses: Content, tmp_path_factory: pytest.TempPathFactory) -> Content:
    """The lighthouses with two versions: in the second one light is gone, one is new, one has another name."""
    root = tmp_path_factory.mktemp("told") / "content"
    shutil.copytree(lighthouses.root, root)
    cache = root.parent / "cache"
    content = Content(root)
    releasing.release(content, building.current(content, cache), "1", "The first lights.")
    table = root / "data" / "registers" / "lighthouse.csv"
    rows = table.read_text().splitlines()
    changed = [rows[0], rows[1].replace(rows[1].split(",")[1], "Renamed"), *rows[3:]]
    table.write_text("\n".join(changed) + "\n")
    catalogue = root / "data" / "catalogue.ttl"
    catalogue.write_text(catalogue.read_text().replace('dct:modified "2026-11-24"', 'dct:modified "2026-11-25"'))
    content = Content(root)
    releasing.release(content, building.current(content, cache), "2", "One light\n  less.")
    return Content(root)


@pytest.fixture(scope="module")
def history(told: Content) -> History:
    return releasing.kept(told, building.current(told, told.root.parent / "cache"))


def test_every_version_of_the_graph_can_be_had_again(site: Site) -> None:
    for place, release in enumerate(site.history.releases):
        assert digest(site.history, place) == release.digest
    assert site.history.current.digest == site.version.digest


def test_what_changed_is_what_differs(site: Site) -> None:
    history = site.history
    delta = history.delta(0, 1)
    assert delta == deltas.between(history.lines(0), history.lines(1))
    assert history.delta(1, 0) == deltas.Delta(delta.removed, delta.added)
    assert (history.totals(1).added, history.totals(1).removed) == (len(delta.added), len(delta.removed))
    assert not history.delta(1, 1)


def test_a_thing_has_a_life_and_what_each_version_said_of_it(history: History) -> None:
    assert [release.number for release in history.releases] == ["1", "2"]
    assert history.current.notes == "One light less."
    kinds = {event.iri: event.change for event in history.events(1, 0, 100)}
    (gone,) = [iri for iri, change in kinds.items() if change == Change.REMOVED and iri.startswith(LIGHT)]
    (other,) = [iri for iri, change in kinds.items() if change == Change.CHANGED and iri.startswith(LIGHT)]
    assert history.life(gone) == [(0, Change.CREATED), (1, Change.REMOVED)]
    assert history.versions(gone) == [0]
    assert history.versions(other) == [0, 1]
    assert history.said(gone, 1) == ()
    assert b'"Renamed"' in b"".join(history.said(other, 1))
    assert b'"Renamed"' not in b"".join(history.said(other, 0))
    assert history.changed(other) == history.current
    assert history.changed(f"{LIGHT}none") is None
    assert history.said(f"{LIGHT}none", 1) == ()
    assert history.versions(f"{LIGHT}none") == []
    assert gone not in dict(history.last_changes(LIGHT))
    assert dict(history.last_changes(LIGHT))[other] == history.current
    assert history.spans([LIGHT]) == history.releases
    assert history.spans([f"{LIGHT}none"]) is None


def test_the_same_said_by_others_is_no_change_of_the_thing() -> None:
    said, again, other = b"<a> <b> <c> <g> .\n", b"<a> <b> <c> <h> .\n", b"<a> <b> <d> <g> .\n"
    assert kind([said], [again]) == kind([said], [said, again]) == Change.SOURCED
    assert kind([said], [other]) == Change.CHANGED
    assert (kind([], [said]), kind([said], [])) == (Change.CREATED, Change.REMOVED)


def test_events_come_in_pages_that_together_are_all(history: History) -> None:
    whole = history.events(0, 0, 1000)
    assert [event for first in range(0, len(whole), 3) for event in history.events(0, first, 3)] == whole
    assert whole == sorted(whole, key=lambda event: f"<{event.iri}>")


@pytest.mark.parametrize("name", ["1", "latest"])
def test_a_version_is_found_by_number_hash_and_name(history: History, name: str) -> None:
    place = history.place(name)
    release = history.releases[place]
    assert history.place(release.digest) == history.place(release.short) == history.place(release.number) == place


def test_a_version_that_there_is_not_is_refused_with_those_that_there_are(history: History) -> None:
    with pytest.raises(NotFound) as fault:
        history.place("3")
    assert fault.value.hint == "There are 1, 2; latest is the last of them."


def test_a_build_that_was_not_released_says_so(lights_site: Site) -> None:
    current = lights_site.history.current
    assert (current.released, current.number) == (False, f"unreleased-{lights_site.version.short}")
    assert digest(lights_site.history, len(lights_site.history.releases) - 1) == lights_site.version.digest


@pytest.mark.filterwarnings("ignore:Dataset.default_context:DeprecationWarning")  # by rdflib's own parsers
def test_a_patch_is_read_by_others(told: Content) -> None:
    graph = rdflib.Dataset()
    for release in released(told):
        text = gzip.decompress((told.root / releasing.file_name(release)).read_bytes()).decode()
        graph.parse(data=text, format="patch")
    cache = told.root.parent / "cache"
    lines = set(building.current(told, cache).dump.read_bytes().splitlines())
    read = rdflib.Dataset()
    read.parse(data=b"\n".join(lines), format="nquads")
    assert set(graph.quads()) == set(read.quads())


def broken_number(text: str) -> str:
    return text.replace("\n2,", "\n1,")


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda text: text.replace("number,", "name,"), "the columns must be"),
        (broken_number, "1 stands twice"),
        (lambda text: text.replace("\n2,", "\na b,"), "not a number of letters"),
        (lambda text: text.replace("2026-11-25", "2026-11-23"), "before that of the version before"),
        (lambda text: text.replace("2026-11-25", "soon"), "not a date"),
        (lambda text: text.replace("One light less.", ""), "there are none"),
        (lambda text: text + "3,2026-11-26,abc,New.\n", "not a SHA-256"),
        (lambda text: text + "3,2026-11-26\n", "2 cells"),
    ],
)
def test_a_faulty_register_of_versions_is_refused(
    told: Content, tmp_path: Path, harm: Callable[[str], str], reason: str
) -> None:
    shutil.copytree(told.root, tmp_path / "content")
    path = tmp_path / "content" / "data" / "versions" / "versions.csv"
    path.write_text(harm(path.read_text()))
    with pytest.raises(ContentFault, match=reason):
        released(Content(tmp_path / "content"))


def cut(body: bytes) -> bytes:
    return body[:-20]


def lines(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    return lambda body: gzip.compress(b"".join(change(gzip.decompress(body).splitlines(keepends=True))))


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (cut, "cannot be unpacked"),
        (lambda _: b"nothing", "cannot be unpacked"),
        (lines(lambda found: found[:-1]), "not whole"),
        (lines(lambda found: found[1:]), "not whole"),
        (lines(lambda found: [*found[:-1], b"B <a> .\n", found[-1]]), "neither adds nor removes"),
        (lines(lambda found: [*found[:-1], b"D <a> <b> <c> <d> .\n", found[-1]]), "removes what is not there"),
        (lines(lambda found: [*found[:-2], found[-1]]), "do not give the graph"),
    ],
)
def test_a_delta_that_was_harmed_is_refused(
    told: Content, tmp_path: Path, harm: Callable[[bytes], bytes], reason: str
) -> None:
    shutil.copytree(told.root, tmp_path / "content")
    content = Content(tmp_path / "content")
    path = content.root / "data" / "versions" / "2.rdfp.gz"
    path.write_bytes(harm(path.read_bytes()))
    version = building.current(content, tmp_path / "cache")
    with pytest.raises(ContentFault, match=reason):
        releasing.kept(content, version)
    assert not version.snapshot.with_name("history.sqlite").exists()


def test_nothing_is_released_twice_and_a_full_disk_leaves_the_register_as_it_was(
    told: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(told.root, tmp_path / "content")
    content = Content(tmp_path / "content")
    version = building.current(content, tmp_path / "cache")
    with pytest.raises(ParameterFault, match="nothing has changed"):
        releasing.release(content, version, "3", "Again.")
    folder = content.root / "data" / "versions"
    before = (folder / "versions.csv").read_bytes()
    (content.root / "data" / "catalogue.ttl").write_text(
        (content.root / "data" / "catalogue.ttl").read_text().replace("The towers alone.", "Towers.")
    )
    content = Content(content.root)
    version = building.current(content, tmp_path / "cache")

    def full(self: Path, body: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(NotKept, match="No space left"):
        releasing.release(content, version, "3", "Shorter.")
    monkeypatch.undo()
    assert (folder / "versions.csv").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["1.rdfp.gz", "2.rdfp.gz", "versions.csv"]
    releasing.release(content, version, "3", "Shorter.")
    assert [release.number for release in released(content)] == ["1", "2", "3"]


def run(told: Content, *arguments: str) -> tuple[int, bytes, str]:
    command = [sys.executable, "-m", "lepgraph.cli", "--content", str(told.root), *arguments]
    environment = {"LEPGRAPH_CACHE": str(told.root.parent / "cache")}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr.decode()


def test_diff_writes_a_patch_with_its_checksum_that_another_tool_can_apply(told: Content, tmp_path: Path) -> None:
    code, patch, said = run(told, "diff", "1", "2")
    assert code == 0
    assert f"sha256 {hashlib.sha256(patch).hexdigest()}" in said
    assert patch == gzip.decompress((told.root / "data" / "versions" / "2.rdfp.gz").read_bytes())
    first = tmp_path / "first.nq"
    first.write_bytes(run(told, "diff", str(_empty(tmp_path)), "1", "--format", "added")[1])
    assert run(told, "diff", str(first), "2")[1].splitlines()[2:] == patch.splitlines()[2:]


def _empty(folder: Path) -> Path:
    path = folder / "empty.nq"
    path.write_bytes(b"")
    return path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["diff", "1", "9"], "There is no version '9'"),
        (["diff", "1", "2", "--output", "/dev/full/x"], "cannot be written"),
        (["release", "2", "--notes", "x"], "2 stands twice"),
    ],
)
def test_a_command_that_cannot_do_it_says_why(told: Content, arguments: list[str], said: str) -> None:
    environment = {"LEPGRAPH_CACHE": str(told.root.parent / "cache")}
    done = CliRunner().invoke(main, ["--content", str(told.root), *arguments], env=environment)
    assert done.exit_code == 2
    assert said in done.output


def test_a_file_that_is_not_n_quads_is_refused_with_its_line(told: Content, tmp_path: Path) -> None:
    path = tmp_path / "x.nq"
    path.write_text("<a:b> <a:c> <a:d> .\nno quads\n")
    environment = {"LEPGRAPH_CACHE": str(told.root.parent / "cache")}
    done = CliRunner().invoke(main, ["--content", str(told.root), "diff", str(path), "2"], env=environment)
    assert (done.exit_code, "line 2" in done.output) == (2, True)
