"""The processes of a running service: how they share, stop, come back, and change over to a new version."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from subprocess import Popen
from urllib.parse import urlsplit

import pytest

from lepgraph.content import Content
from lepgraph.loading import building
from serving import start
from telling import Telling

RUNAWAY = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(8)) + "}"


def children(pid: int) -> list[int]:
    """The processes that a process started and that are still there."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # the thread has ended meanwhile
            found += [int(child) for child in (task / "children").read_text().split()]
    return sorted(found)


def descendants(pid: int) -> list[int]:
    return [one for child in children(pid) for one in (child, *descendants(child))]


def keepers(pid: int) -> list[int]:
    """The processes that have workers."""
    return [child for child in children(pid) if children(child)]


def web_processes(pid: int) -> list[int]:
    return [child for child in children(pid) if not children(child)]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(true: Callable[[], bool], seconds: float = 20) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if true():
            return True
        time.sleep(0.05)
    return true()


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=20) as response:
        return bytes(response.read())


def version(address: str) -> str:
    return str(json.loads(get(f"{address}/ready"))["version"])


class Running:
    def __init__(self, process: Popen[bytes], address: str, root: Path, log: Path) -> None:
        self.process = process
        self.address = address
        self.root = root
        self.log = log

    def keepers(self) -> list[str]:
        path = self.root / "data" / "registers" / "keeper.csv"
        return path.read_text().splitlines()

    def add_keeper(self, row: str) -> None:
        path = self.root / "data" / "registers" / "keeper.csv"
        header, *rows = path.read_text().splitlines()
        path.write_text("\n".join([header, *sorted([*rows, row])]) + "\n")


def renewed(running: Running, gone: int) -> bool:
    """Whether there are two web processes again, without the one that is gone."""
    present = web_processes(running.process.pid)
    return len(present) == 2 and gone not in present


@pytest.fixture
def running(lighthouses: Content, tmp_path: Path) -> Iterator[Running]:
    root = tmp_path / "content"
    shutil.copytree(lighthouses.root, root)
    process, address = start(["--content", str(root), "serve"], tmp_path / "cache", log=tmp_path / "log")
    yield Running(process, address, root, tmp_path / "log")
    process.terminate()
    process.wait(timeout=20)


def test_two_web_processes_share_one_keeper_with_two_workers(running: Running) -> None:
    [keeper] = keepers(running.process.pid)
    assert len(web_processes(running.process.pid)) == 2
    assert len(children(keeper)) == 2


def test_a_web_process_that_dies_is_replaced(running: Running) -> None:
    first, second = web_processes(running.process.pid)
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: renewed(running, first))
    assert second in web_processes(running.process.pid)
    assert get(f"{running.address}/health") == b"ok\n"


def test_a_keeper_that_dies_is_replaced(running: Running) -> None:
    [keeper] = keepers(running.process.pid)
    workers = children(keeper)
    os.kill(keeper, signal.SIGKILL)
    assert eventually(lambda: not any(alive(worker) for worker in workers))

    def answered() -> bool:
        try:
            return b"true" in get(f"{running.address}/sparql?query=ASK%7B%7D&format=json")
        except urllib.error.HTTPError as error:
            error.close()
            return False

    assert eventually(answered)


def test_nothing_is_left_behind_when_the_service_is_killed(running: Running) -> None:
    everything = descendants(running.process.pid)
    assert len(everything) == 5
    running.process.kill()
    running.process.wait()
    assert eventually(lambda: not any(alive(pid) for pid in everything))


def test_a_query_that_runs_when_the_service_stops_gets_its_answer(running: Running) -> None:
    statuses: list[int] = []

    def ask() -> None:
        query = urllib.parse.urlencode({"query": RUNAWAY, "timeout": "1.5"})
        try:
            urllib.request.urlopen(f"{running.address}/sparql?{query}", timeout=20)
        except urllib.error.HTTPError as error:
            statuses.append(error.code)
            error.close()

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.5)
    everything = descendants(running.process.pid)
    for process in [running.process.pid, *everything]:  # as systemd does
        os.kill(process, signal.SIGTERM)
    thread.join()
    assert statuses == [504]
    assert running.process.wait(timeout=20) == 0
    assert eventually(lambda: not any(alive(process) for process in everything))
    assert "the keeper of the workers ended" not in running.log.read_text()


def hammer(address: str, stop: threading.Event, seen: Counter[str]) -> None:
    """Asks over kept connections until told to stop, and counts versions and failures."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    query = urllib.parse.urlencode({"query": "SELECT ?s { ?s a <https://lights.example/def/light#Keeper> }"})
    while not stop.is_set():
        try:
            connection.request("GET", f"/sparql?{query}", headers={"Accept": "text/csv", "Cache-Control": "no-cache"})
            response = connection.getresponse()
            seen[f"{response.status} {len(response.read().splitlines()) - 1} keepers"] += 1
        except OSError as error:
            seen[repr(error)] += 1
            connection.close()
    connection.close()


def test_a_new_version_is_taken_up_without_a_failed_request(running: Running) -> None:
    before = version(running.address)
    stop = threading.Event()
    seen: Counter[str] = Counter()
    threads = [threading.Thread(target=hammer, args=(running.address, stop, seen)) for _ in range(4)]
    for thread in threads:
        thread.start()
    [old] = keepers(running.process.pid)
    number = len(running.keepers()) - 1
    running.add_keeper("zoe,Zoe,almanac")
    running.process.send_signal(signal.SIGHUP)
    try:
        assert eventually(lambda: not alive(old))
        time.sleep(0.3)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert set(seen) == {f"200 {number} keepers", f"200 {number + 1} keepers"}
    assert version(running.address) != before
    assert "Zoe" in get(f"{running.address}/doc/keeper/zoe").decode()


def test_a_query_that_runs_while_a_new_version_is_taken_up_ends_in_its_own_way(running: Running) -> None:
    [old] = keepers(running.process.pid)
    statuses: list[int] = []
    query = urllib.parse.urlencode({"query": RUNAWAY, "timeout": "6"})
    thread = threading.Thread(target=lambda: statuses.append(status(f"{running.address}/sparql?{query}")))
    thread.start()
    time.sleep(0.3)
    running.add_keeper("zoe,Zoe,almanac")
    running.process.send_signal(signal.SIGHUP)
    assert eventually(lambda: len(keepers(running.process.pid)) == 2)
    thread.join()
    assert statuses == [504]
    assert eventually(lambda: not alive(old))


def test_a_web_process_that_comes_up_after_a_reload_serves_the_new_version(running: Running) -> None:
    before = version(running.address)
    running.add_keeper("zoe,Zoe,almanac")
    running.process.send_signal(signal.SIGHUP)
    assert eventually(lambda: version(running.address) != before)
    for process in web_processes(running.process.pid):
        os.kill(process, signal.SIGKILL)
        assert eventually(partial(renewed, running, process))

    def all_new() -> bool:
        try:
            return before not in {version(running.address) for _ in range(10)}
        except OSError:
            return False

    assert eventually(all_new)


def harvested(address: str, short: str) -> dict[str, bytes]:
    """What harvesters read of a version."""
    paths = ("/catalog.ttl", "/.well-known/void", "/version", "/feed", "/ldes", f"/dump/{short}/lights.nq")
    return {path: get(address + path) for path in (*paths, f"/dump/{short}/keepers.ttl", "/dump/latest/keeper.csv")}


def test_a_build_that_fails_half_way_changes_nothing_and_one_that_is_whole_is_offered_beside_the_old(
    lighthouses: Content, tmp_path: Path
) -> None:
    telling, log = Telling(lighthouses, tmp_path), tmp_path / "log"
    few = {"LEPGRAPH_PROCESSES": "1", "LEPGRAPH_WORKERS": "1"}
    process, address = start(["--content", str(telling.root), "serve"], telling.cache, few, log)
    try:
        old = building.current(telling.content, telling.cache)
        before = harvested(address, old.short)

        def refused(times: int, said: str) -> None:
            process.send_signal(signal.SIGHUP)
            assert eventually(lambda: log.read_text().count("nothing was reloaded") == times)
            assert said in log.read_text()
            assert harvested(address, old.short) == before

        for times, name in enumerate(("registers/keeper.csv", "versions/versions.csv"), 1):
            path = telling.root / "data" / name
            whole = path.read_bytes()
            path.write_bytes(whole + b"broken\n")
            refused(times, path.name)
            path.write_bytes(whole)
        telling.change()
        telling.release("2", "One light less.")
        new = building.current(telling.content, telling.cache)
        [files] = old.snapshot.parent.glob("distributions-*")
        in_the_way = new.snapshot.with_name(files.name)
        in_the_way.touch()
        refused(3, "The files for download")
        in_the_way.unlink()
        process.send_signal(signal.SIGHUP)
        assert eventually(lambda: f"version {new.short} is served" in log.read_text())
        after = harvested(address, new.short)
        assert get(f"{address}/dump/{old.short}/lights.nq") == old.dump.read_bytes()
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert new.short.encode() in after["/catalog.ttl"]
    assert b"One light less." in after["/feed"]
    assert after[f"/dump/{new.short}/lights.nq"] == new.dump.read_bytes()
    assert b"One light less." in after["/version"]
    assert after["/ldes"] != before["/ldes"]


LONG = urllib.parse.urlencode({"query": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 20000", "format": "json"})


def lazy(address: str, number: int) -> socket.socket:
    """A reader that asks for 12 MB, reads the status, and then reads no more."""
    parts = urlsplit(address)
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect((parts.hostname or "", parts.port or 0))
    reader.sendall(f"GET /sparql?{LONG}&number={number} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
    return reader


def test_slow_readers_cannot_take_all_threads(lighthouses: Content, tmp_path: Path) -> None:
    settings = {"LEPGRAPH_PROCESSES": "1", "LEPGRAPH_THREADS": "8"}
    process, address = start(["--content", str(lighthouses.root), "serve"], tmp_path, settings)
    try:
        for _ in range(2):  # who has left has given the seat back
            readers = [lazy(address, number) for number in range(6)]
            assert [reader.recv(12)[9:] for reader in readers] == [b"200"] * 6
            assert [status(f"{address}/sparql?{LONG}&number={number}") for number in (7, 8)] == [503, 503]
            assert get(f"{address}/health") == b"ok\n"
            assert b"Far Point" in get(f"{address}/doc/lighthouse/far-point.ttl")
            for reader in readers:
                reader.close()
            assert eventually(lambda: status(f"{address}/sparql?query=ASK%7B%7D&now={time.monotonic()}") == 200)
            time.sleep(0.5)
    finally:
        process.terminate()
        process.wait(timeout=40)


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=20) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
