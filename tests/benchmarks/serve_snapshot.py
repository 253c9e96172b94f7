"""Serves the real content over any snapshot: ``serve_snapshot.py FILE PORT``. The benchmarks need it for copies."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

_COUNTERS = tempfile.TemporaryDirectory(prefix="lepgraph-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _COUNTERS.name

from lepgraph import server, site  # noqa: E402 - the folder must be known before
from lepgraph.content import Content  # noqa: E402
from lepgraph.loading.building import quiet  # noqa: E402
from lepgraph.settings import Settings  # noqa: E402


def main(snapshot: Path, port: int) -> None:
    """Serves until told to stop."""
    content, settings = Content.found(), Settings.from_environment()
    version = replace(site.prepare(content, settings), snapshot=snapshot)
    site.prepare = lambda *_: version  # the one place where a benchmark steps in
    server.run(content, settings, [], "127.0.0.1", port, quiet)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
