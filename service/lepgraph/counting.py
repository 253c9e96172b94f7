"""What is counted of a dataset once per version: triples, things, classes, properties, named graphs.

Counted in the store that is served and kept beside its snapshot, so that no request counts and the next start reads.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from lepgraph import __version__
from lepgraph.querying import Library
from lepgraph.store import Query, Store

Numbers = dict[str, int]


@dataclass(frozen=True)
class Counts:
    """Of the default graph: its size and parts. ``graphs`` says how many triples each named graph holds."""

    triples: int
    subjects: int
    properties: int
    objects: int
    classes: Numbers
    """Things of each class."""
    uses: Numbers
    """Triples of each property."""
    graphs: Numbers


def counted(store: Store, library: Library) -> Counts:
    """The counts, by asking the store."""
    totals = store.solutions(Query(library.pages["totals"].text))[0]
    return Counts(
        **{name: int(str(totals[name])) for name in ("triples", "subjects", "properties", "objects")},
        classes=_numbers(store, library, "classes", "class", "number"),
        uses=_numbers(store, library, "properties", "property", "triples"),
        graphs=_numbers(store, library, "graph-sizes", "graph", "number"),
    )


def kept(store: Store, library: Library, snapshot: Path, digest: str) -> Counts:
    """The counts that were kept beside the snapshot, or else counted now and kept there if that can be done."""
    path = snapshot.with_name("counts.json")
    about = f"{digest} {__version__}"
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["about"] == about:
            return Counts(**found["counts"])
    counts = counted(store, library)
    with contextlib.suppress(OSError):
        scratch = path.with_name(f"counts.json.{os.getpid()}")
        scratch.write_text(json.dumps({"about": about, "counts": asdict(counts)}), encoding="utf-8")
        scratch.replace(path)
    return counts


def _numbers(store: Store, library: Library, query: str, key: str, number: str) -> Numbers:
    rows = store.solutions(Query(library.pages[query].text))
    return {str(row[key]): int(str(row[number])) for row in rows}
