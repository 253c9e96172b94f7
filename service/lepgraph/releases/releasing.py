"""Versions from the files: the history behind the build that is served, and the release of another version."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from lepgraph import scratch
from lepgraph.content import Content
from lepgraph.errors import ContentFault, ParameterFault, Place
from lepgraph.loading.building import Progress, Version, quiet
from lepgraph.readers import about
from lepgraph.releases import deltas, history
from lepgraph.releases.deltas import Delta
from lepgraph.releases.history import History
from lepgraph.releases.register import COLUMNS, FILE, FOLDER, Release, released, unfit
from lepgraph.terms import DCTERMS

NOT_RELEASED = "This build is not a version that was released."


def releases(content: Content, version: Version) -> tuple[Release, ...]:
    """The versions that were released and, if the build is not the last of them, the build, which is not released."""
    found = released(content)
    if found and found[-1].digest == version.digest:
        return found
    date = str(content.catalogue.graph.value(content.catalogue.dataset, DCTERMS.modified) or "")
    return (*found, Release(f"unreleased-{version.short}", date, version.digest, NOT_RELEASED, released=False))


def kept(content: Content, version: Version, progress: Progress = quiet) -> History:
    """The history that was kept beside the snapshot, or else one that is made now and kept there.

    Raises ContentFault if the deltas do not give what the register says.
    """
    found = releases(content, version)
    path = version.snapshot.with_name("history.sqlite")
    code = hashlib.sha256(Path(history.__file__).read_bytes()).hexdigest()
    made_of = "\n".join([code, *(f"{release.number} {release.digest}" for release in found)])
    if about(path) != made_of:
        progress(f"history of {len(found)} versions")
        history.write(path, _changes(content, version, found), made_of)
    return History(path, found)


def _changes(content: Content, version: Version, found: Iterable[Release]) -> Iterator[tuple[Release, Delta]]:
    """Each version with what it changed of the one before."""
    lines: set[bytes] = set()
    before = ""
    for release in found:
        if release.released:
            name = file_name(release)
            delta = deltas.read(content.root / name, name, release.digest, before)
            if not (lines.issuperset(delta.removed) and lines.isdisjoint(delta.added)):
                raise ContentFault([(Place(name), "it removes what is not there, or adds what is there already")])
            lines = (lines - set(delta.removed)) | set(delta.added)
        else:
            delta = deltas.between(lines, _dump(version))
        before = release.digest
        yield release, delta
        if release.digest == version.digest and release.released and lines != set(_dump(version)):
            raise ContentFault(
                [(Place(FILE), f"the deltas up to {release.number} do not give the graph that is built")]
            )


def _dump(version: Version) -> Iterator[bytes]:
    with version.dump.open("rb") as file:
        yield from file


def file_name(release: Release) -> str:
    """The file, below the content's root, that holds what a version changed of the one before."""
    return f"{FOLDER}/{release.number}.rdfp.gz"


def release(content: Content, version: Version, number: str, notes: str) -> tuple[Release, Delta]:
    """Releases the build as another version: writes what it changed, then the row that names it.

    Its day is the ``dct:modified`` of the dataset. Raises ParameterFault if nothing has changed, or for a number, notes
    or a day that will not do, and NotKept if the files cannot be written; then no row is there.
    """
    if version.files:
        raise ParameterFault("Only what the content builds can be released.")
    found = list(released(content))
    date = str(content.catalogue.graph.value(content.catalogue.dataset, DCTERMS.modified) or "")
    new = Release(number, date, version.digest, " ".join(notes.split()))
    faults = [f"{column}: {reason}." for column, reason in unfit(new, found)]
    if faults:
        hint = "The date is the dct:modified of the dataset in data/catalogue.ttl."
        raise ParameterFault(" ".join(faults), hint=hint)
    lines: set[bytes] = set()
    for _, delta in _changes(content, version, found):
        lines = (lines - set(delta.removed)) | set(delta.added)
    delta = deltas.between(lines, _dump(version))
    before = found[-1].digest if found else ""
    folder = content.root / FOLDER
    with scratch.folder(folder, f"Version {number}", "Make room there and release it again.") as made:
        (made / "delta").write_bytes(deltas.packed(delta, new.digest, before))
        (made / "register").write_bytes(_register([*found, new]))
        (made / "delta").replace(content.root / file_name(new))
        (made / "register").replace(content.root / FILE)
    return new, delta


def _register(found: Iterable[Release]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((one.number, one.date, one.digest, one.notes) for one in found)
    return text.getvalue().encode()
