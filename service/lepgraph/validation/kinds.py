"""Which kinds of files can be handed in: RDF in six formats, and tables."""

from __future__ import annotations

from pathlib import PurePath

from lepgraph.errors import UnsupportedMedia
from lepgraph.media import CSV, TSV, XLSX, Format
from lepgraph.validation import reading

TABLES = (CSV, XLSX)
HANDED_IN = (*reading.READABLE, *TABLES)
"""What can be handed in, the usual first."""
_ENDINGS = {".csv": CSV, ".tsv": CSV, ".xlsx": XLSX, ".xlsm": XLSX, ".xltx": XLSX, ".xls": XLSX}
_OCTETS = "application/octet-stream"


def of_file(name: str) -> Format:
    """The kind that the ending of a file's name means; raises UnsupportedMedia for one that is not read."""
    found = _ENDINGS.get(PurePath(name).suffix.lower())
    return found if found is not None else reading.format_of(name)


def of_type(media_type: str) -> Format:
    """The kind of a media type; raises UnsupportedMedia for one that is not read."""
    bare = media_type.partition(";")[0].strip().lower()
    for kind in (*TABLES, TSV):
        if kind.answers_to(bare):
            return CSV if kind == TSV else kind
    try:
        return reading.format_named(bare)
    except UnsupportedMedia as fault:
        accepted = [kind.media_type for kind in HANDED_IN]
        raise UnsupportedMedia(fault.detail, hint=f"Send {', '.join(accepted)}.", accepted=accepted) from fault


def of_part(name: str, media_type: str) -> Format:
    """The kind of a file in a form: by its name, since browsers guess media types; else by its media type."""
    bare = media_type.partition(";")[0].strip().lower()
    if PurePath(name).suffix or bare in ("", _OCTETS):
        return of_file(name)
    return of_type(bare)
