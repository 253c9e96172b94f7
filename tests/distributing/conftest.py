"""Both contents, one after the other."""

from __future__ import annotations

import pytest

from lepgraph.site import Site


@pytest.fixture(scope="module", params=["lights_site", "site"])
def here(request: pytest.FixtureRequest) -> Site:
    site: Site = request.getfixturevalue(request.param)
    return site
