"""Disks that take no more, and what processes leave behind that are killed."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lepgraph import readers, scratch
from lepgraph.cli import main
from lepgraph.content import Content
from lepgraph.distributing import building as distributing
from lepgraph.errors import NotKept
from lepgraph.loading import building
from lepgraph.loading.building import Version
from lepgraph.releases import history
from lepgraph.shelf import Shelf
from lepgraph.site import Site
from lepgraph.store.embedded import Embedded

FULL = OSError(28, "No space left on device")


def full(*_: object, **__: object) -> None:
    raise FULL


@pytest.mark.parametrize(
    ("module", "name"),
    [(Path, "write_bytes"), (history, "_write_version"), (Embedded, "load"), (distributing, "_sealed")],
)
def test_a_full_disk_is_said_in_words_and_leaves_nothing_behind(
    lighthouses: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    monkeypatch.setenv("LEPGRAPH_CACHE", str(tmp_path))
    monkeypatch.setattr(module, name, full)
    result = CliRunner().invoke(main, ["--content", str(lighthouses.root), "build"])
    assert result.exit_code == 2, result.exception
    assert "No space left on device" in result.stderr
    assert "Make room" in result.stderr
    assert not list(tmp_path.rglob(".*"))


def test_a_database_that_is_full_is_said_in_words_and_a_mistake_in_it_is_not(tmp_path: Path) -> None:
    tables = "PRAGMA max_page_count = 3; CREATE TABLE many (text TEXT);"
    with (
        pytest.raises(NotKept, match=r"search\.sqlite in .* cannot be written: database or disk is full"),
        readers.writing(tmp_path / "search.sqlite", tables, "") as connection,
    ):
        connection.execute("INSERT INTO many VALUES (?)", ("x" * 100_000,))
    with (
        pytest.raises(sqlite3.OperationalError, match="no such table"),
        readers.writing(tmp_path / "search.sqlite", tables, "") as connection,
    ):
        connection.execute("INSERT INTO others VALUES (1)")
    assert not list(tmp_path.iterdir())


def test_a_store_on_disk_that_finds_no_room_is_said_in_words(
    lights: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(NotKept, match="No space left"):
        Embedded.on_disk(lights.snapshot, tmp_path / "store")
    assert not list(tmp_path.iterdir())


def test_what_can_be_worked_out_again_is_given_though_it_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "replace", full)
    assert Shelf(tmp_path, "one").value("order", lambda: 7) == 7
    assert not list(tmp_path.iterdir())


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path: Path) -> None:
    writes = "import pathlib, sys; from lepgraph import scratch\n"
    writes += "with scratch.folder(pathlib.Path(sys.argv[1]), 'It') as made: print(made, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", writes, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        other = Path(process.stdout.readline().strip())
        with scratch.folder(tmp_path, "It") as own:
            assert sorted(tmp_path.iterdir()) == sorted([own, other])
        process.send_signal(signal.SIGKILL)
    assert list(tmp_path.iterdir()) == [other]
    with scratch.folder(tmp_path, "It") as own:
        assert list(tmp_path.iterdir()) == [own]


def test_files_of_other_code_are_removed_unless_they_are_served(lights_site: Site, tmp_path: Path) -> None:
    version = building.Version(tmp_path / "snapshot.nq", lights_site.version.digest, 110, 112, 8)
    shutil.copy(lights_site.version.snapshot, version.snapshot)
    shutil.copy(lights_site.version.dump, version.dump)
    build: Callable[[], object] = lambda: distributing.current(  # noqa: E731 - one of a kind
        version, lights_site.content, lights_site.datasets.values(), lambda: lights_site.order
    )
    build()
    [own] = tmp_path.glob("distributions-*")
    left, served = tmp_path / "distributions-left", tmp_path / "distributions-served"
    shutil.copytree(own, left)
    own.rename(served)
    lock = scratch.use(served)
    assert lock is not None
    build()
    assert set(tmp_path.glob("distributions-*")) == {own, served}
    os.close(lock)
    first = distributing.found(version, lights_site.content)
    shutil.rmtree(served)
    assert first is not None
    scratch.remove(own)
    assert own.exists()
    del first
    scratch.remove(own)
    assert not own.exists()


def test_what_appeared_can_be_used_though_a_process_was_forked_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inherited: list[int] = []
    opens = os.open

    def opened(*given: Any) -> int:
        inherited.append(os.dup(descriptor := opens(*given)))  # which shares its locks, as that of a child does
        return descriptor

    with monkeypatch.context() as forking:
        forking.setattr(os, "open", opened)
        with scratch.folder(tmp_path, "It") as made:
            made.rename(tmp_path / "whole")
    used = scratch.use(tmp_path / "whole")
    assert used is not None
    for descriptor in (used, *inherited):
        os.close(descriptor)
    assert scratch.use(tmp_path / "nothing") is None


def test_a_file_system_without_locks_keeps_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr("fcntl.flock", refused)
    with scratch.folder(tmp_path, "It") as other, scratch.folder(tmp_path, "It"):
        assert other.is_dir()
