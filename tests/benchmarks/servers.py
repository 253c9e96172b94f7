"""The peers, each started on a free port of this machine with the same data, and stopped at the end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from engines import virtuoso_server
from serving import free_port

PATIENCE = 900
"""Seconds that a peer may take to load."""


@dataclass(frozen=True)
class Peer:
    """A running server: how it is called in tables, where it answers queries, and its first process."""

    name: str
    address: str
    process: int

    def megabytes(self) -> float:
        """Memory of the process and all below it, shared pages counted once."""
        return sum(_proportional(process) for process in family(self.process)) / 1024


def family(process: int) -> list[int]:
    """A process and all below it."""
    found = [process]
    with suppress(FileNotFoundError):  # threads come and go
        for task in Path(f"/proc/{process}/task").iterdir():
            with suppress(FileNotFoundError):
                for child in (task / "children").read_text().split():
                    found += family(int(child))
    return found


def settled(process: int, seconds: float = 120) -> None:
    """Waits until a server and all below it rest: queries of clients that have left may still run."""
    ends = time.monotonic() + seconds
    before = -1.0
    while time.monotonic() < ends and (now := _busy(process)) != before:
        before = now
        time.sleep(0.3)


def _busy(process: int) -> float:
    """Processor time that a process and all below it have used, in tenths of a second."""
    fields = [Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in family(process)]
    return sum(int(used[11]) + int(used[12]) for used in fields) // (os.sysconf("SC_CLK_TCK") // 10)


def processor(processes: Iterable[int]) -> float:
    """Milliseconds of processor time that these processes have used, to the nanosecond; threads that ended are not
    counted, so they are of use for servers whose threads stay."""
    nanoseconds = 0
    for process in processes:
        for task in Path(f"/proc/{process}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):
                nanoseconds += int((task / "schedstat").read_text().split()[0])
    return nanoseconds / 1e6


def resident(process: int) -> float:
    """Mebibytes that a process has in memory, shared pages included."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _proportional(process: int) -> int:
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


@contextmanager
def running(
    name: str, command: Sequence[str], ready: str, address: str, environment: Mapping[str, str] | None = None
) -> Iterator[Peer]:
    """A server that answers at ``ready`` before it is used."""
    process = subprocess.Popen(
        command, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await_answer(ready, process)
        yield Peer(name, address, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def await_answer(address: str, process: subprocess.Popen[bytes]) -> None:
    """Waits for any answer over HTTP; raises RuntimeError if the process ends before."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            if process.poll() is not None:
                raise RuntimeError(f"{process.args!r} ended before it served") from None
            time.sleep(0.01)
    raise RuntimeError(f"{address} did not answer in {PATIENCE} seconds")


@contextmanager
def lepgraph(name: str, snapshot: Path, cache: Path, **settings: str) -> Iterator[Peer]:
    """This service over a snapshot, with settings by their names."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, str(Path(__file__).parent / "serve_snapshot.py"), str(snapshot), str(port)]
    with running(name, command, f"{address}/ready", f"{address}/sparql", environment(cache, settings)) as peer:
        yield peer


def environment(cache: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """Settings by their names, as environment variables; no line is logged for a request, as at no peer."""
    named = {f"LEPGRAPH_{key.upper()}": value for key, value in settings.items()}
    return {"LEPGRAPH_CACHE": str(cache), "LEPGRAPH_LOG": "warning", **named}


@contextmanager
def oxigraph(snapshot: Path, folder: Path | None) -> Iterator[Peer]:
    """``oxigraph serve``, on disk in a folder or in memory."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    binary = str(Path(sys.executable).parent / "oxigraph")
    command = [binary, "serve", "--bind", f"127.0.0.1:{port}"]
    if folder:
        if not folder.exists():
            subprocess.run(
                [binary, "load", "--location", str(folder), "--file", str(snapshot)], check=True, capture_output=True
            )
            subprocess.run([binary, "optimize", "--location", str(folder)], check=True, capture_output=True)
        command += ["--location", str(folder)]
    name = "oxigraph serve, disk" if folder else "oxigraph serve, memory"
    with running(name, command, f"{address}/", f"{address}/query") as peer:
        if not folder:
            with snapshot.open("rb") as body:
                request = urllib.request.Request(f"{address}/store?no_transaction&lenient", body, method="POST")
                request.add_header("Content-Type", "application/n-quads")
                request.add_header("Content-Length", str(snapshot.stat().st_size))
                with urllib.request.urlopen(request, timeout=PATIENCE):
                    pass
        yield peer


@contextmanager
def rdflib_endpoint(triples: Path) -> Iterator[Peer]:
    """rdflib-endpoint over a file of N-Triples."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "rdflib-endpoint"), "serve", "--port", str(port), str(triples)]
    address = f"http://127.0.0.1:{port}/"
    with running("rdflib-endpoint", command, address, address) as peer:
        yield peer


@contextmanager
def virtuoso(triples: Path) -> Iterator[Peer]:
    """Virtuoso with a file of N-Triples in one graph, which each query names as its default graph."""
    with tempfile.TemporaryDirectory(prefix="virtuoso-") as folder, virtuoso_server(Path(folder)) as engine:
        copy = Path(folder) / "merged.nt"
        copy.write_bytes(triples.read_bytes())
        command = f"DB.DBA.TTLP_MT(file_open('{copy}'), '', '{_MERGED}', 0, 2); checkpoint;"
        subprocess.run(
            ["isql-vt", str(engine.sql), engine.user, engine.password, f"exec={command}"],
            check=True,
            capture_output=True,
        )
        yield Peer("Virtuoso", f"{engine.query}?{urlencode({'default-graph-uri': _MERGED})}", engine.process)


_MERGED = "urn:merged"

_NGINX = """
worker_processes 2;
daemon off;
pid {folder}/nginx.pid;
error_log /dev/null;
events {{ worker_connections 512; }}
http {{
  access_log off;
  sendfile on;
  keepalive_requests 1000000;
  types {{ application/sparql-results+json json; }}
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; location / {{ root {folder}; try_files /answer.json =404; }} }}
}}
"""


@contextmanager
def nginx(body: bytes) -> Iterator[Peer]:
    """nginx with one static file, whatever the address."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        (root / "answer.json").write_bytes(body)
        (root / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port))
        address = f"http://127.0.0.1:{port}/answer.json"
        with running(
            "nginx, static file", ["nginx", "-c", str(root / "nginx.conf"), "-e", "/dev/null"], address, address
        ) as peer:
            yield peer
