"""RDF files in place of the content's data: served with their graphs, refused by name if they cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepgraph.content import Content
from lepgraph.errors import ContentFault
from lepgraph.loading import files


def test_files_are_served_with_their_graphs_merged(tmp_path: Path, lighthouses: Content) -> None:
    one, two = tmp_path / "one.ttl", tmp_path / "two.trig"
    one.write_text("<http://e.example/a> <http://e.example/p> 1 . [] <http://e.example/p> 2 .")
    two.write_text(
        "<http://e.example/a> <http://e.example/p> 1 . <http://e.example/g> { <http://e.example/b> <http://e.example/p> 3 }"
    )
    version = files.version([one, two], lighthouses, tmp_path / "cache")
    assert (version.triples, version.quads, version.graphs) == (3, 4, 3)
    assert files.version([one, two], lighthouses, tmp_path / "cache") == version


def test_a_file_may_be_called_anything(tmp_path: Path, lighthouses: Content) -> None:
    odd = tmp_path / "'a' <b> %.ttl"
    odd.write_text("<http://e.example/a> <http://e.example/p> 1 .")
    version = files.version([odd], lighthouses, tmp_path / "cache")
    assert "<https://lights.example/graph/file/-a-b-.ttl>" in version.dump.read_text()


@pytest.mark.parametrize(("name", "text"), [("a.ttl", "nonsense"), ("a.txt", ""), ("missing.ttl", None)])
def test_a_file_that_cannot_be_read_is_named(name: str, text: str | None, tmp_path: Path, lighthouses: Content) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(ContentFault, match=name):
        files.version([tmp_path / name], lighthouses, tmp_path / "cache")
