from __future__ import annotations

import pytest

from lepgraph.content import Content
from lepgraph.validation.tables.deriving import templates
from lepgraph.validation.tables.templates import Templates


@pytest.fixture(scope="session")
def tables(content: Content) -> Templates:
    """The templates of the real content."""
    return templates(content)


@pytest.fixture(scope="session")
def light_tables(lighthouses: Content) -> Templates:
    """The templates of the other content."""
    return templates(lighthouses)
