"""The browser code that the build hook made of ``service/ui``: the addresses of its entries, and how long they last.

Files are named by their content, so browsers and caches may keep them for good. Where nothing was built, or not all,
there are no addresses, and pages do without.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, Response, request

logger = logging.getLogger(__name__)

FOLDER = Path(__file__).parent / "static" / "built"
FOREVER = 365 * 24 * 3600
"""Seconds for which what is named by its content may be kept."""


def built(folder: Path = FOLDER) -> dict[str, str]:
    """The file of each entry, such as ``map.js``, and of its style sheet; empty if any of them is missing."""
    try:
        files = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    whole = isinstance(files, dict) and all((folder / str(file)).is_file() for file in files.values())
    return {str(name): str(file) for name, file in files.items()} if whole else {}


def register(app: Flask, files: Mapping[str, str] | None = None) -> None:
    """Gives templates ``script(entry)`` and ``sheet(entry)``, which are addresses or empty."""
    files = built() if files is None else files
    if not files:
        logger.warning("The browser code is not built; pages do without. In a checkout, make ui builds it.")
    addresses = {name: f"{app.static_url_path}/built/{file}" for name, file in files.items()}
    named = frozenset(addresses.values())
    app.jinja_env.globals["script"] = lambda entry: addresses.get(f"{entry}.js", "")
    app.jinja_env.globals["sheet"] = lambda entry: addresses.get(f"{entry}.css", "")

    @app.after_request
    def kept(response: Response) -> Response:
        if request.path in named and response.status_code in (200, 206, 304):
            response.headers["Cache-Control"] = f"public, max-age={FOREVER}, immutable"
        return response
