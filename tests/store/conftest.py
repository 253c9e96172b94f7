"""The lighthouses as an endpoint of ours, for engines that ask or call it."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server


@pytest.fixture(scope="module")
def served(lights_app: Flask) -> Iterator[str]:
    """The lighthouses behind a real socket."""
    server = make_server("127.0.0.1", 0, lights_app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/sparql"
    server.shutdown()
    thread.join()
    server.server_close()
