"""The production server: granian, several web processes over one dataset and one pool of workers.

The first process loads and then forks the web processes, which so share what was loaded. On SIGHUP it builds anew and
starts a second pool; each web process opens the new version beside the old one and changes over between two requests,
so that no connection is closed and no request fails. A build that fails leaves the running version in place.
"""

from __future__ import annotations

import gc
import logging
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from lepgraph import site as sites
from lepgraph.content import Content
from lepgraph.errors import Fault, ParameterFault
from lepgraph.loading.building import Progress, Version
from lepgraph.settings import Settings
from lepgraph.site import Site
from lepgraph.store import confining
from lepgraph.store.isolated import Isolated
from lepgraph.web import create_app, served, warm

logger = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

_BACKLOG = 1024
_HEAD_MILLISECONDS = 10_000
"""How long the head of a request may take to arrive."""
_LOOK_AGAIN = 0.05
"""Seconds between two looks whether the last request to an old version has ended."""


@dataclass(frozen=True)
class Edition:
    """What a web process must know to serve a version that was built while it ran."""

    number: int
    root: Path
    version: Version
    pool: Path | None


def run(content: Content, settings: Settings, files: Sequence[Path], host: str, port: int, progress: Progress) -> None:
    """Builds what has changed, then serves until it is told to stop; raises ParameterFault if the port is taken."""
    _free(host, port)
    version = sites.prepare(content, settings, files, progress)
    logger.info("version %s, %d triples in %d graphs", version.short, version.triples, version.graphs)
    with ExitStack() as undo:
        site = sites.opened(content, settings, version, progress, forking=True)
        undo.callback(site.close)
        supervisor = Supervisor(site, files)
        undo.callback(supervisor.close)
        server = Server(
            target="lepgraph",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=settings.processes,
            blocking_threads=settings.threads,
            backlog=_BACKLOG,
            respawn_failed_workers=True,
            workers_kill_timeout=settings.stop_seconds,
            log_enabled=False,
            http1_settings=HTTP1Settings(header_read_timeout=_HEAD_MILLISECONDS),
        )
        server.on_startup(supervisor.listen)
        server.on_shutdown(supervisor.leave)
        serving = Serving(site)
        gc.collect()
        gc.freeze()  # so that the web processes go on sharing what is in memory now
        logger.info("serving at http://%s:%d", host, port)
        server.serve(target_loader=supervisor.loader(serving))


class Serving:
    """The WSGI application of one web process, which can change over to another version between two requests."""

    def __init__(self, site: Site) -> None:
        self._lock = threading.Lock()
        self._current = _Served(site)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answers from the version that is current when the request begins."""
        with self._lock:
            served = self._current
            served.busy += 1
        try:
            return served.application(environ, start_response)
        finally:
            with self._lock:
                served.busy -= 1

    def warm(self) -> None:
        """Does what the first pages of the version that is current would wait for."""
        warm(self._current.app)

    def change(self, site: Site) -> None:
        """Serves another version once it is warm, and closes the old one once the last request to it has ended."""
        new = _Served(site)
        warm(new.app)
        with self._lock:
            old, self._current = self._current, new
        while True:
            with self._lock:
                if not old.busy:
                    break
            time.sleep(_LOOK_AGAIN)
        old.site.close()


class _Served:
    def __init__(self, site: Site) -> None:
        self.site = site
        self.app = create_app(site)
        self.application: Application = served(site, self.app)
        self.busy = 0


class Supervisor:
    """In the first process: the link to the web processes, and the change to a new version."""

    def __init__(self, site: Site, files: Sequence[Path]) -> None:
        self._site = site
        self._files = [path.resolve() for path in files]
        self._pool = site.outside
        self._edition: Edition | None = None
        self._links: list[Connection] = []
        self._linking = threading.Lock()
        self._wanted = threading.Event()
        self._closing = False
        self._folder = Path(tempfile.mkdtemp(prefix="lepgraph-"))
        self._key = secrets.token_bytes(32)
        self._listener = Listener(str(self._folder / "link"), "AF_UNIX", authkey=self._key)

    def loader(self, serving: Serving) -> Callable[[str], Application]:
        """What granian calls in each web process for the application, which warms up while it answers."""
        address, key, settings = self._listener.address, self._key, self._site.settings

        def load(_: str) -> Application:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            for ending in (signal.SIGTERM, signal.SIGINT):  # granian takes them over once this is loaded
                signal.signal(ending, signal.SIG_DFL)
            confining.end_with_parent(signal.SIGTERM)
            link = Client(address, authkey=key)
            follow = Following(serving, settings, link)
            follow.once()
            threading.Thread(target=follow.always, daemon=True).start()
            threading.Thread(target=serving.warm, daemon=True).start()
            return serving

        return load

    def listen(self) -> None:
        """Takes links of web processes and SIGHUP from now on."""
        signal.signal(signal.SIGHUP, lambda *_: self._wanted.set())
        threading.Thread(target=self._accept, daemon=True).start()
        threading.Thread(target=self._reload, daemon=True).start()
        threading.Thread(target=self._watch, daemon=True).start()

    def leave(self) -> None:
        """From now on, processes may end."""
        self._closing = True

    def close(self) -> None:
        """Ends the pool of the current version and the link."""
        self._closing = True
        self._pool.close()
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _accept(self) -> None:
        while True:
            try:
                link = self._listener.accept()
                with self._linking:
                    link.send(self._edition)
                    self._links.append(link)
            except OSError:
                if self._closing:
                    return
                logger.warning("a web process did not come up")

    def _reload(self) -> None:
        while self._wanted.wait():
            self._wanted.clear()
            try:
                self._renew()
            except (Fault, OSError) as error:
                logger.error("nothing was reloaded, the old version is served: %s", error)  # noqa: TRY400

    def _renew(self) -> None:
        content, settings = Content(self._site.content.root), self._site.settings
        if not self._files:
            self._build(content)
        version = sites.prepare(content, settings, self._files)
        pool = sites.outside(content, settings, version)
        try:
            folder = pool.folder if isinstance(pool, Isolated) else None
            edition = Edition((self._edition.number if self._edition else 0) + 1, content.root, version, folder)
            with self._linking:
                self._edition = edition
                links = list(self._links)
            changed = [self._told(link, edition) for link in links]
        except BaseException:
            pool.close()
            raise
        old, self._pool = self._pool, pool
        if all(changed):
            old.close()
        logger.info("version %s is served, %d triples in %d graphs", version.short, version.triples, version.graphs)

    def _build(self, content: Content) -> None:
        """Builds in a process of its own, so that this one does not grow."""
        command = [sys.executable, "-m", "lepgraph.cli", "--content", str(content.root), "build"]
        environment = {**os.environ, "LEPGRAPH_CACHE": str(self._site.settings.cache)}
        built = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if built.returncode:
            raise Fault(built.stderr.strip())

    def _told(self, link: Connection, edition: Edition) -> bool:
        """Whether the process at the other end serves the edition now; one that has gone counts as if it did."""
        try:
            link.send(edition)
            return bool(link.recv())
        except (EOFError, OSError):
            with self._linking:
                self._links.remove(link)
            return True

    def _watch(self) -> None:
        """Another pool in place of one whose keeper has ended, which no query can make it do."""
        while True:
            pool = self._pool
            if not isinstance(pool, Isolated) or not pool.keeper:
                return
            pool.keeper.process.wait()
            if self._closing:
                return
            if pool is self._pool:
                logger.error("the keeper of the workers ended; starting another")
                self._wanted.set()
                time.sleep(5)


class Following:
    """In a web process: changes over whenever the first process says so."""

    def __init__(self, serving: Serving, settings: Settings, link: Connection) -> None:
        self._serving = serving
        self._settings = settings
        self._link = link

    def once(self) -> None:
        """Takes the edition that is current when this process begins, if it is not the one it was forked with."""
        edition = self._link.recv()
        if edition is not None:
            self._change(edition)

    def always(self) -> None:
        """Takes each edition and says whether it is served; where that fails unforeseen, this process ends.

        Then granian starts another, which takes the edition first.
        """
        try:
            while True:
                edition = self._link.recv()
                try:
                    self._change(edition)
                    self._link.send(True)
                except Fault as fault:
                    logger.error("this process goes on with the old version: %s", fault)  # noqa: TRY400
                    self._link.send(False)
        except (EOFError, OSError):
            logger.info("this process ends with the first one")
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    def _change(self, edition: Edition) -> None:
        site = sites.joined(Content(edition.root), self._settings, edition.version, edition.pool)
        self._serving.change(site)


def _free(host: str, port: int) -> None:
    """Raises ParameterFault if nothing can listen there."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        reason = f"Nothing can listen at {host}, port {port}: {error.strerror}."
        raise ParameterFault(reason, hint="Choose another with --host and --port.") from error
