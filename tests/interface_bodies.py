"""Tells schemathesis how to send bodies in the formats of the Semantic Web: as the text that they are."""

from __future__ import annotations

from typing import Any

import schemathesis

for media_type in ("application/sparql-query", "application/n-triples", "application/rdf+xml"):

    @schemathesis.serializer(media_type)
    def text(ctx: schemathesis.SerializationContext, value: Any) -> bytes:
        return str(value).encode("utf-8", "replace")
