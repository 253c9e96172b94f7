"""A build of the files for download in a process of its own, so that this one goes on meanwhile and does not grow."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from lepgraph import scratch
from lepgraph.content import Content
from lepgraph.distributing import building
from lepgraph.loading.building import Progress, Version

FEW = 20_000
"""Triples up to which a build takes less time than to start a process."""


@contextmanager
def begun(version: Version, content: Content, progress: Progress) -> Iterator[None]:
    """Begins to build where files are missing and waits for that in the end, or ends it if something else fails.

    Whether it went well is not said here: whoever then asks for the files gets them, or finds the same fault again.
    """
    if version.files or version.triples < FEW or building.found(version, content):
        yield
        return
    progress("files for download: made meanwhile")
    cache = version.snapshot.parent.parent
    command = [sys.executable, "-m", "lepgraph.cli", "--content", str(content.root), "dump", "--list"]
    environment = {**os.environ, "LEPGRAPH_CACHE": str(cache)}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield
        except BaseException:
            process.kill()
            process.wait()
            scratch.clear(version.snapshot.parent)
            raise
