"""The URI policy."""

from __future__ import annotations

import pytest

from lepgraph.addresses import Addresses, acceptable_segment, cut_suffix

HERE = Addresses("https://e.example/")


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        ("https://e.example/id/a/b", "/doc/a/b"),
        ("https://e.example/def/v#Term", "/def/v#Term"),
        ("https://e.example/graph/r/s", "/graph/r/s"),
        ("https://elsewhere.example/id/a/b", None),
        ("https://e.example//evil.example/b", None),
    ],
)
def test_an_iri_inside_the_base_has_a_path_here(iri: str, path: str | None) -> None:
    assert HERE.path(iri) == path


def test_a_thing_is_split_into_concept_and_key() -> None:
    assert HERE.split(str(HERE.thing("light", "far point"))) == ("light", "far point")
    assert HERE.split("https://e.example/def/x") is None
    assert HERE.split("https://e.example/id/a/b/c") is None


@pytest.mark.parametrize(
    ("key", "cut"),
    [
        ("a.ttl", ("a", "ttl")),
        ("a", ("a", "")),
        ("a.b", ("a.b", "")),
        (".ttl", (".ttl", "")),
        ("a.b.rdf", ("a.b", "rdf")),
    ],
)
def test_only_a_known_suffix_is_cut(key: str, cut: tuple[str, str]) -> None:
    assert cut_suffix(key) == cut


@pytest.mark.parametrize("text", ["", "a b", "<x>", 'a"b', "a\nb", "x" * 300])
def test_a_key_that_no_iri_could_hold_is_not_acceptable(text: str) -> None:
    assert not acceptable_segment(text)
