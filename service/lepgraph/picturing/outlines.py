"""The outlines of geometries by their identifiers, each read once: a store never changes."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from rdflib import URIRef

from lepgraph.loading.coordinates import geometry_of
from lepgraph.querying import Library
from lepgraph.store import Query, Store

logger = logging.getLogger(__name__)
AT_MOST = 2000
"""Outlines that are remembered."""


class Outlines:
    """Finds the outlines of one store."""

    def __init__(self, store: Store, library: Library) -> None:
        self.store = store
        self.library = library
        self._known: dict[str, Any] = {}

    def of(self, geometries: Iterable[str]) -> Mapping[str, Any]:
        """The shapely geometry for each identifier that has one which can be shown."""
        wanted = sorted(set(geometries))
        unknown = [iri for iri in wanted if iri not in self._known]
        if unknown:
            if len(self._known) + len(unknown) > AT_MOST:
                self._known.clear()
                unknown = wanted
            text = self.library.pages["outlines"].bound({"geometry": [URIRef(iri) for iri in unknown]})
            found = {
                str(row["geometry"]): geometry_of(str(row["outline"])) for row in self.store.solutions(Query(text))
            }
            self._known.update({iri: found.get(iri) for iri in unknown})
        known = self._known
        return {iri: outline for iri in wanted if (outline := known.get(iri)) is not None}
