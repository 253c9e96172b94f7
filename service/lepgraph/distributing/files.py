"""What a file for download is: its dataset, name, format, size and checksum."""

from __future__ import annotations

from dataclasses import dataclass

from lepgraph.media import Format


@dataclass(frozen=True)
class Distribution:
    """A file in which a dataset is offered; its address is ``/dump/{version}/{name}``."""

    dataset: str
    """The key of the dataset."""
    name: str
    """The name of the file, such as ``areas.ttl.gz``."""
    title: str
    format: Format
    """The format of what is inside; a compressed file has that of the file that it holds."""
    size: int
    """Bytes."""
    digest: str
    """SHA-256 in hexadecimal digits."""
    compressed: str = ""
    """The media type of the compression, such as ``application/gzip``; empty for none."""
    packed: str = ""
    """The media type of the package, such as ``application/zip``, of a file that holds several; empty for none."""
    described: str = ""
    """The name of the file that describes it: the CSV on the Web metadata of a table; empty for none."""
