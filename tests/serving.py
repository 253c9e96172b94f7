"""The service as a user starts it: a process of its own and a real port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path


def free_port() -> int:
    """A port at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(
    arguments: Sequence[str], cache: Path, settings: Mapping[str, str] | None = None, log: Path | None = None
) -> tuple[subprocess.Popen[bytes], str]:
    """A service that answers, and its address; its log goes to the file ``log``."""
    port = free_port()
    command = [sys.executable, "-m", "lepgraph.cli", *arguments, "--port", str(port)]
    environment = {
        "LEPGRAPH_CACHE": str(cache),
        "LEPGRAPH_STATE": str(cache / "state"),
        "PATH": os.defpath,
        **(settings or {}),
    }
    with (log or Path(os.devnull)).open("ab") as errors:
        process = subprocess.Popen(command, env=environment, stderr=errors)
    address = f"http://127.0.0.1:{port}"
    for _ in range(400):
        try:
            with urllib.request.urlopen(f"{address}/health") as response:
                if response.status == 200:
                    break
        except (urllib.error.URLError, ConnectionError):
            assert process.poll() is None, "the service ended before it served"
            time.sleep(0.05)
    else:
        raise AssertionError("the service did not serve")
    return process, address
