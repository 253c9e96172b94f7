"""The production server: granian, one process with a pool of threads, in front of the workers that answer queries."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.server import Server

from lepgraph import site as sites
from lepgraph.content import Content
from lepgraph.errors import ParameterFault
from lepgraph.loading.building import Progress
from lepgraph.settings import Settings
from lepgraph.web import create_app

logger = logging.getLogger(__name__)


def run(content: Content, settings: Settings, files: Sequence[Path], host: str, port: int, progress: Progress) -> None:
    """Builds what has changed, then serves until it is told to stop; raises ParameterFault if the port is taken."""
    version = sites.prepare(content, settings, files, progress)
    logger.info("version %s, %d triples in %d graphs", version.short, version.triples, version.graphs)
    _free(host, port)
    paths = [str(path.resolve()) for path in files]
    server = Server(
        target="lepgraph.server:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=settings.threads,
        log_enabled=False,
        factory=True,
    )
    os.environ["LEPGRAPH_SERVED_CONTENT"] = str(content.root)
    os.environ["LEPGRAPH_SERVED_FILES"] = os.pathsep.join(paths)
    logger.info("serving at http://%s:%d", host, port)
    server.serve()


def application() -> Any:
    """The WSGI application of a server process, with what ``run`` left in its environment."""
    environment = dict(os.environ)
    root = Path(environment.pop("LEPGRAPH_SERVED_CONTENT"))
    files = [Path(path) for path in environment.pop("LEPGRAPH_SERVED_FILES").split(os.pathsep) if path]
    settings = Settings.from_environment(environment)
    content = Content(root)
    return create_app(sites.opened(content, settings, sites.prepare(content, settings, files)))


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
