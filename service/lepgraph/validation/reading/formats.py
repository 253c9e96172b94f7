"""Which RDF formats are read, and what their files and media types are called."""

from __future__ import annotations

from pathlib import PurePath

from lepgraph.errors import UnsupportedMedia
from lepgraph.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format

READABLE = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML, TRIG, N_QUADS)
_ENDINGS = {
    ".ttl": TURTLE,
    ".turtle": TURTLE,
    ".jsonld": JSON_LD,
    ".json": JSON_LD,
    ".nt": N_TRIPLES,
    ".rdf": RDF_XML,
    ".xml": RDF_XML,
    ".owl": RDF_XML,
    ".trig": TRIG,
    ".nq": N_QUADS,
}
_PACKED = {".zip": "zip archives", ".gz": "packed files", ".tgz": "packed files", ".7z": "packed files"}


def format_of(name: str) -> Format:
    """The format that a file's ending means; raises UnsupportedMedia for another."""
    ending = PurePath(name).suffix.lower()
    found = _ENDINGS.get(ending)
    if found is None:
        if ending in _PACKED:
            raise UnsupportedMedia(
                f"{name}: {_PACKED[ending]} are not read here.", hint="Unpack it and hand in the files themselves."
            )
        raise UnsupportedMedia(f"{name}: the ending must be one of {', '.join(_ENDINGS)}.")
    return found


def format_named(media_type: str) -> Format:
    """The format of a media type; raises UnsupportedMedia for one that is not read here."""
    bare = media_type.partition(";")[0].strip().lower()
    for offer in READABLE:
        if offer.answers_to(bare):
            return offer
    offered = ", ".join(offer.media_type for offer in READABLE)
    raise UnsupportedMedia(
        f"{bare or 'A body without a media type'} is not read here.",
        hint=f"Send {offered}.",
        accepted=[offer.media_type for offer in READABLE],
    )
