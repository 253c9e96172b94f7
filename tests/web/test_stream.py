"""The Linked Data Event Stream: whoever reads it whole has the dataset, and whoever follows it stays in step."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from flask.testing import FlaskClient

from javascript import NODE, packages
from lepgraph.content import Content
from lepgraph.loading import building
from lepgraph.releases.history import merged
from lepgraph.site import Site
from lepgraph.streaming import SIZE
from serving import start
from telling import Telling

TREE, LDES = "https://w3id.org/tree#", "https://w3id.org/ldes#"
IS_VERSION_OF = "http://purl.org/dc/terms/isVersionOf"
AT = "http://www.w3.org/ns/prov#generatedAtTime"
DELETE = "https://www.w3.org/ns/activitystreams#Delete"


class Page:
    """A page as a client reads it."""

    def __init__(self, client: FlaskClient, address: str) -> None:
        self.response = client.get(
            address.removeprefix("http://localhost"), headers={"Accept": "application/n-triples"}
        )
        assert self.response.status_code == 200
        self.triples = list(pyoxigraph.parse(self.response.data, pyoxigraph.RdfFormat.N_TRIPLES))

    def objects(self, predicate: str) -> list[str]:
        found = [quad.object for quad in self.triples if quad.predicate.value == predicate]
        return [term.value for term in found if isinstance(term, pyoxigraph.NamedNode)]

    def members(self) -> dict[str, list[pyoxigraph.Quad]]:
        found: dict[str, list[pyoxigraph.Quad]] = {member: [] for member in self.objects(f"{TREE}member")}
        for quad in self.triples:
            if quad.subject.value in found:
                found[quad.subject.value].append(quad)
        return found


def pages(client: FlaskClient) -> Iterator[Page]:
    waiting = Page(client, "/ldes").objects(f"{TREE}node")
    while waiting:
        page = Page(client, waiting.pop(0))
        waiting = page.objects(f"{TREE}node") + waiting
        yield page


def test_the_stream_read_whole_gives_what_the_last_release_said(client: FlaskClient, site: Site) -> None:
    said: dict[str, set[str]] = {}
    last = ""
    for page in pages(client):
        assert "immutable" in page.response.headers["Cache-Control"]
        members = page.members()
        assert 0 < len(members) <= SIZE
        for quads in members.values():
            told = {quad.predicate.value: quad.object for quad in quads}
            thing, instant = str(told[IS_VERSION_OF]), str(told[AT])
            assert instant >= last, "time never goes back"
            last = instant
            own = [quad for quad in quads if quad.predicate.value not in (IS_VERSION_OF, AT)]
            gone = [str(quad.object) for quad in own] == [f"<{DELETE}>"]
            said[thing] = set() if gone else {f"{thing} {quad.predicate} {quad.object}" for quad in own}
    place = max(n for n, release in enumerate(site.history.releases) if release.released)
    plain = pyoxigraph.parse(b"".join(merged(site.history.lines(place))), pyoxigraph.RdfFormat.N_TRIPLES)
    expected = {f"{quad.subject} {quad.predicate} {quad.object}" for quad in plain}
    assert set().union(*said.values()) == expected


def test_the_first_page_says_how_to_read_the_stream(client: FlaskClient, site: Site) -> None:
    page = Page(client, "/ldes")
    assert page.objects(f"{LDES}timestampPath") == [AT]
    assert page.objects(f"{LDES}versionOfPath") == [IS_VERSION_OF]
    assert page.objects(f"{LDES}versionDeleteObject") == [DELETE]
    assert page.objects(f"{TREE}view") == ["http://localhost/ldes"]
    released = [release.number for release in site.history.releases if release.released]
    assert page.objects(f"{TREE}node") == [f"http://localhost/ldes/{number}/1" for number in released]
    assert "immutable" not in page.response.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ldes/2026-11-24/9999", 404),
        ("/ldes/2026-11-24/0", 400),
        ("/ldes/2026-11-24/x", 400),
        ("/ldes/9/1", 404),
        ("/ldes/latest/1", 404),
        ("/ldes?page=2", 400),
    ],
)
def test_what_the_stream_does_not_have_gets_a_helpful_answer(client: FlaskClient, path: str, status: int) -> None:
    response = client.get(path)
    assert (response.status_code, bool(response.json and response.json["hint"])) == (status, True)


class Client:
    """The LDES client from npm, which follows a stream and prints members."""

    def __init__(self, address: str, folder: Path) -> None:
        command = [str(NODE), str(packages() / "node_modules" / ".bin" / "ldes-client"), f"{address}/ldes"]
        command += ["--materialize", "--follow", "--poll-interval", "200"]
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line)

    def until(self, number: int) -> list[pyoxigraph.Quad]:
        """So many further statements; the test fails if they do not come within a minute."""
        lines: list[bytes] = []
        while len(lines) < number:
            line = self.lines.get(timeout=60)
            if line.strip():
                lines.append(line)
        return list(pyoxigraph.parse(b"".join(lines), pyoxigraph.RdfFormat.TURTLE))

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()


def said(quads: list[pyoxigraph.Quad], *but: str) -> set[tuple[str, str, str]]:
    return {
        (str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads if quad.predicate.value not in but
    }


def test_a_client_from_npm_replicates_the_stream_and_keeps_in_step(lighthouses: Content, tmp_path: Path) -> None:
    telling = Telling(lighthouses, tmp_path)
    process, address = start(["--content", str(telling.root), "serve"], telling.cache)
    client = Client(address, tmp_path)
    try:
        first = snapshot(telling)
        things = len({subject for subject, _, _ in first})
        assert said(client.until(len(first) + things), AT, IS_VERSION_OF) == first
        telling.change()
        telling.release("2", "One light less.")
        os.kill(process.pid, signal.SIGHUP)
        changed = changes(first, snapshot(telling))
        subjects = len({subject for subject, _, _ in changed})
        assert said(client.until(len(changed) + subjects), AT, IS_VERSION_OF) == changed
    finally:
        client.close()
        process.terminate()
        process.wait()


def snapshot(telling: Telling) -> set[tuple[str, str, str]]:
    """The merged graph of the last version."""
    version = building.current(telling.content, telling.cache)
    quads = pyoxigraph.parse(version.dump.read_bytes(), pyoxigraph.RdfFormat.N_QUADS)
    return said(list(quads))


def changes(old: set[tuple[str, str, str]], new: set[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """All that is said of things that differ, and of those that are gone that they are."""
    touched = {subject for subject, _, _ in old ^ new}
    kept = {subject for subject, _, _ in new}
    gone = {(subject, f"<{RDF_TYPE}>", f"<{DELETE}>") for subject in touched - kept}
    return {triple for triple in new if triple[0] in touched} | gone


RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
