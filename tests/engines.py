"""Real engines as servers on free ports of this machine, each with the addresses at which it is asked and written."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import programs

ENDED = 20.0


@dataclass(frozen=True)
class Engine:
    """Where an engine is asked (SPARQL 1.1 Protocol) and written (Graph Store HTTP Protocol), and who may write.

    ``sql`` is the port of Virtuoso's SQL.
    """

    query: str
    graph_store: str
    user: str = ""
    password: str = ""
    process: int = 0
    sql: int = 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def oxigraph_server(folder: Path | None = None, port: int = 0, *options: str) -> Iterator[Engine]:
    """An Oxigraph server (the program of the PyPI package oxigraph), in memory or on disk."""
    program = Path(sys.executable).with_name("oxigraph")
    root = f"http://127.0.0.1:{port or free_port()}"
    command = [str(program), "serve", "--bind", root.removeprefix("http://"), *options]
    command += ["--location", str(folder)] if folder else []
    with _running(command, f"{root}/query?query=ASK%7B%7D") as process:
        yield Engine(f"{root}/query", f"{root}/store", process=process.pid)


@contextmanager
def virtuoso_server(folder: Path | None = None, rows: int = 0) -> Iterator[Engine]:
    """A Virtuoso server of its own, with small buffers; ``rows`` is its limit for the rows of an answer, 0 for none."""
    program = programs.needed("virtuoso-t")
    home = folder or Path(tempfile.mkdtemp(prefix="virtuoso-"))
    port, sql = free_port(), free_port()
    configuration = _VIRTUOSO.format(home=home, http=port, sql=sql)
    configuration += f"ResultSetMaxRows = {rows}\n" if rows else ""
    (home / "virtuoso.ini").write_text(configuration)
    root = f"http://127.0.0.1:{port}"
    command = [program, "+foreground", "+configfile", str(home / "virtuoso.ini")]
    try:
        with _running(command, f"{root}/sparql?query=ASK%7B%7D") as process:
            yield Engine(f"{root}/sparql", f"{root}/sparql-graph-crud-auth", "dba", "dba", process.pid, sql)
    finally:
        if folder is None:
            shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _running(command: list[str], sign: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server process, from the moment it answers the address ``sign``; it is ended with the context."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while not _answers(sign):
            assert process.poll() is None, f"{command[0]} ended before it served"
            assert time.monotonic() < until, f"{command[0]} did not serve"
            time.sleep(0.05)
        yield process
    finally:
        process.send_signal(signal.SIGKILL)  # nothing is kept, so nothing need be written at the end
        process.wait(timeout=ENDED)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return int(response.status) == 200
    except (urllib.error.URLError, OSError):
        return False


_VIRTUOSO = """
[Database]
DatabaseFile = {home}/virtuoso.db
ErrorLogFile = {home}/virtuoso.log
LockFile = {home}/virtuoso.lck
TransactionFile = {home}/virtuoso.trx
xa_persistent_file = {home}/virtuoso.pxa
FileExtend = 200
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = {home}/virtuoso-temp.db
TransactionFile = {home}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CheckpointInterval = 0
CaseMode = 2
DirsAllowed = {home}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
MaxSortedTopRows = 1000000
ThreadsPerQuery = 2
AsyncQueueMaxThreads = 4
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {home}
ServerThreads = 10
MaxKeepAlives = 10
KeepAliveTimeout = 10
HTTPThreadSize = 280000
[SPARQL]
MaxQueryExecutionTime = 60
"""
