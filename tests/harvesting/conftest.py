"""The catalogue as a harvester reads it."""

from __future__ import annotations

import pytest
from flask import Flask
from rdflib import Graph


@pytest.fixture(scope="session")
def harvested(app: Flask) -> Graph:
    """The whole catalogue."""
    return Graph().parse(data=app.test_client().get("/catalog.ttl").data, format="turtle")
