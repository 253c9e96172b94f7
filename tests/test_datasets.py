"""The datasets that the catalogue offers are well defined, and a catalogue that defines them badly is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lepgraph.content import Content
from lepgraph.datasets import datasets
from lepgraph.errors import ContentFault
from lepgraph.site import Site


def test_the_whole_comes_first_and_the_others_in_their_order(site: Site) -> None:
    keys = list(site.datasets)
    assert keys[:3] == ["lepgraph", "partnerships", "combined-authorities"]
    assert keys[-1] == "shapes"
    assert site.datasets["lepgraph"].whole
    assert [key for key, dataset in site.datasets.items() if dataset.shapes] == ["shapes"]


def test_every_concept_with_a_list_is_of_one_dataset_but_those_that_each_takes_along(site: Site) -> None:
    segments = [part.segment for dataset in site.datasets.values() for part in dataset.parts if part.segment]
    assert sorted(segments) == sorted(set(site.content.catalogue.concepts) - {"period"})


@pytest.mark.parametrize(
    ("was", "becomes", "reason"),
    [
        ("void:subset <https://lights.example/data/keeper>", "void:subset <https://lights.example/data/none>", "needs"),
        ("void:subset <https://lights.example/data/keeper> ;", "", "has no void:subset"),
        ('dct:identifier "keepers"', 'dct:identifier "others"', "not named after"),
        ('dct:title "Keepers of lights"@en', 'dct:alternative "Keepers"@en', "has no"),
        ("https://lights.example/id/keeper/", "https://lights.example/id/", "would be of"),
    ],
)
def test_a_catalogue_that_defines_them_badly_is_refused(
    lighthouses: Content, tmp_path: Path, was: str, becomes: str, reason: str
) -> None:
    root = tmp_path / "content"
    shutil.copytree(lighthouses.root, root)
    path = root / "data" / "catalogue.ttl"
    text = path.read_text()
    assert was in text
    path.write_text(text.replace(was, becomes))
    with pytest.raises(ContentFault, match=reason):
        datasets(Content(root))
