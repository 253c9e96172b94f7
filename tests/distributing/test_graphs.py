"""The files of RDF: the same triples in each format, those that SPARQL gives, and exactly the bytes that are said."""

from __future__ import annotations

import errno
import gzip
import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pytest
import rdflib

from lepgraph.distributing import apart, building, graphs, packing
from lepgraph.distributing.files import Distribution
from lepgraph.distributing.offering import Distributions, kept
from lepgraph.errors import NotKept
from lepgraph.exchange import written
from lepgraph.loading.building import Version
from lepgraph.media import JSON_LD, N_QUADS, N_TRIPLES, TRIG, TURTLE, Format
from lepgraph.site import Site
from lepgraph.store import Query
from lepgraph.terms import LABELS, RDFS

QUERY = (Path(__file__).parent / "dataset.rq").read_text()
RDF = {
    TURTLE: pyoxigraph.RdfFormat.TURTLE,
    N_TRIPLES: pyoxigraph.RdfFormat.N_TRIPLES,
    JSON_LD: pyoxigraph.RdfFormat.JSON_LD,
    TRIG: pyoxigraph.RdfFormat.TRIG,
    N_QUADS: pyoxigraph.RdfFormat.N_QUADS,
}
SMALL = 3000
"""Triples up to which rdflib, which takes a second for 10,000, reads a dataset too."""


def parsed(path: Path, form: Format) -> set[bytes]:
    """The quads of a file as canonical lines; blank nodes keep their labels, which must be the same in each format."""
    quads = pyoxigraph.parse(path=path, format=RDF[form], rename_blank_nodes=False)
    return set((pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.N_QUADS) or b"").splitlines())


def of(offered: Distributions, dataset: str, form: Format) -> Distribution:
    return next(file for file in offered.of(dataset) if file.format is form and not file.compressed)


def test_each_dataset_has_the_same_triples_in_every_format(here: Site) -> None:
    offered = here.distributions
    for key in here.datasets:
        lines = parsed(offered.path(f"{key}.nt"), N_TRIPLES)
        assert len(lines) == offered.triples(key)
        for form in (TURTLE, JSON_LD):
            assert parsed(offered.path(f"{key}.{form.name}"), form) == lines, (key, form.name)


def test_the_whole_has_its_named_graphs_too(here: Site) -> None:
    offered, key = here.distributions, here.content.catalogue.key
    quads = parsed(offered.path(f"{key}.nq"), N_QUADS)
    assert len(quads) == here.version.quads
    assert parsed(offered.path(f"{key}.trig"), TRIG) == quads
    merged = {line.rpartition(b" <")[0] + b" ." for line in quads}
    assert merged == set(offered.path(f"{key}.nt").read_bytes().splitlines())
    assert offered.triples(key) == here.version.triples
    assert of(offered, key, N_QUADS).digest == here.version.digest


def test_rdflib_reads_the_same_triples(here: Site) -> None:
    for key in here.datasets:
        if (here.distributions.triples(key) or 0) > SMALL:
            continue
        read = [
            set(rdflib.Graph().parse(here.distributions.path(f"{key}.{form.name}"), format=name))
            for form, name in ((N_TRIPLES, "nt"), (TURTLE, "turtle"), (JSON_LD, "json-ld"))
        ]
        assert len(read[0]) == here.distributions.triples(key)
        if not here.datasets[key].shapes:  # rdflib gives blank nodes other labels
            assert read[0] == read[1] == read[2], key
        assert len(read[0]) == len(read[1]) == len(read[2])


def bound(site: Site, key: str) -> str:
    """The query of what a dataset holds."""
    own = site.datasets[key].spaces
    taken = [space for dataset in site.datasets.values() for space in dataset.spaces]
    text = QUERY
    for name, values in (("own", own), ("taken", taken), ("base", (site.addresses.base,))):
        text = text.replace(f"VALUES ${name} {{ UNDEF }}", f"VALUES ?{name} {{ {' '.join(map(repr, values))} }}")
    return re.sub(r"\$(own|taken|base)\b", r"?\1", text)


def test_sparql_gives_what_a_dataset_holds(lights_site: Site) -> None:
    """Over the graph itself too, as was seen, but there it takes minutes; the next test says the same without it."""
    for key, dataset in lights_site.datasets.items():
        if dataset.whole or dataset.shapes:
            continue
        held = lights_site.store.graph(Query(bound(lights_site, key)))
        assert set(written(held, "nt", {}).splitlines()) == parsed(
            lights_site.distributions.path(f"{key}.nt"), N_TRIPLES
        ), key


def test_every_dataset_has_its_own_what_it_names_that_nobody_has_and_the_names_of_all_else(here: Site) -> None:
    """As the query has it, which takes long over a large dataset."""
    lines = [
        line.split(" ", 2)
        for line in here.distributions.path(f"{here.content.catalogue.key}.nt").read_text().splitlines()
    ]
    taken = tuple(f"<{space}" for dataset in here.datasets.values() for space in dataset.spaces)
    loose = {one for one, _, _ in lines if one.startswith(f"<{here.addresses.base}") and not one.startswith(taken)}
    names = {f"<{term}>" for term in (rdflib.RDF.type, *LABELS)}
    for key, dataset in here.datasets.items():
        if dataset.whole or dataset.shapes:
            continue
        own = tuple(f"<{space}" for space in dataset.spaces)
        named = {value[:-2] for one, _, value in lines if one.startswith(own)}
        further = {value[:-2] for one, _, value in lines if one in loose and one in named}
        told = named | further
        held = {
            " ".join(parts)
            for parts in lines
            if parts[0].startswith(own) or (parts[0] in told and (parts[1] in names or parts[0] in loose & named))
        }
        assert held == set(here.distributions.path(f"{key}.nt").read_text().splitlines()), key


def test_shapes_are_those_of_the_content(here: Site) -> None:
    for key, dataset in here.datasets.items():
        if dataset.shapes:
            assert here.distributions.triples(key) == len(here.content.shapes)


def test_a_dataset_says_what_it_names_is_called(site: Site) -> None:
    graph = rdflib.Graph().parse(site.distributions.path("memberships.nt"), format="nt")
    own = site.datasets["memberships"].spaces
    things = {value for subject, _, value in graph if str(subject).startswith(own) and isinstance(value, rdflib.URIRef)}
    councils = {thing for thing in things if str(thing).startswith(f"{site.addresses.base}id/local-authority/")}
    assert len(councils) > 50
    assert all((council, RDFS.label, None) in graph for council in councils)
    periods = {thing for thing in things if str(thing).startswith(f"{site.addresses.base}id/period/")}
    assert periods
    assert all(len(list(graph.predicates(period))) > 2 for period in periods)


def test_sizes_and_digests_are_true_and_compressed_forms_equal_the_plain(here: Site) -> None:
    for file in here.distributions.all:
        body = here.distributions.path(file.name).read_bytes()
        assert (len(body), hashlib.sha256(body).hexdigest()) == (file.size, file.digest), file.name
        if file.compressed:
            plain = here.distributions.path(file.name.removesuffix(".gz"))
            assert gzip.decompress(body) == plain.read_bytes(), file.name
            assert body[4:8] == bytes(4)
            assert not body[3]


def copied(version: Version, folder: Path) -> Version:
    """The version in a folder of its own, without files for download."""
    shutil.copy(version.snapshot, folder)
    shutil.copy(version.dump, folder)
    return replace(version, snapshot=folder / version.snapshot.name)


def test_a_build_gives_the_same_bytes_again(lights_site: Site, tmp_path: Path) -> None:
    version = copied(lights_site.version, tmp_path)
    again = building.current(version, lights_site.content, lights_site.datasets.values(), lambda: lights_site.order)
    assert again.all == lights_site.distributions.all
    assert again.path("lights.ttl").is_relative_to(tmp_path)
    times = again.path("lights.ttl").stat().st_mtime_ns
    assert (
        building.current(version, lights_site.content, lights_site.datasets.values(), lambda: lights_site.order).all
        == again.all
    )
    assert again.path("lights.ttl").stat().st_mtime_ns == times


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("step", ["write", "compress"])
def test_a_build_that_fails_half_way_leaves_nothing_and_says_what_to_do(
    lights_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    version = copied(lights_site.version, tmp_path)
    module = graphs if step == "write" else packing
    works: Callable[..., None] = getattr(module, step)
    done: list[object] = []

    def fails(*given: object) -> None:
        done.append(given)
        if len(done) > 2:
            raise OSError(number, "it does not work")
        works(*given)

    monkeypatch.setattr(module, step, fails)
    with pytest.raises(NotKept, match=re.escape(str(tmp_path))) as caught:
        building.current(version, lights_site.content, lights_site.datasets.values(), lambda: lights_site.order)
    assert "it does not work" in caught.value.detail
    assert "LEPGRAPH_CACHE" in caught.value.hint
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dump.nq", "snapshot.nq"]


def test_a_folder_that_is_not_whole_is_built_again(lights_site: Site, tmp_path: Path) -> None:
    version = copied(lights_site.version, tmp_path)
    first = building.current(version, lights_site.content, lights_site.datasets.values(), lambda: lights_site.order)
    folder = first.path("lights.ttl").parent
    (folder / "keepers.ttl").write_text("cut")
    assert kept(folder, version.dump) is None
    assert (
        building.current(version, lights_site.content, lights_site.datasets.values(), lambda: lights_site.order).all
        == first.all
    )
    (folder / "manifest.json").write_text("[]")
    assert kept(folder, version.dump) is None
    assert hashlib.sha256((folder / "keepers.ttl").read_bytes()).hexdigest() == of(first, "keepers", TURTLE).digest


def test_files_served_in_place_of_the_graph_are_offered_as_one(lights_site: Site) -> None:
    version = replace(lights_site.version, files=("a.ttl",))
    site = Site(lights_site.settings, lights_site.content, version, lights_site.store, lights_site.store)
    (whole,) = site.distributions.all
    assert (whole.name, whole.digest, whole.size) == ("lights.nq", version.digest, version.dump.stat().st_size)
    assert site.distributions.path("lights.nq") == version.dump
    assert site.distributions.triples("lights") == version.triples
    assert [found for key in site.datasets for found in site.distributions.of(key)] == [whole]


def test_a_large_build_runs_apart_and_ends_if_what_goes_on_meanwhile_fails(
    lights_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    folder = tmp_path / "cache" / lights_site.version.snapshot.parent.name
    folder.mkdir(parents=True)
    version = copied(lights_site.version, folder)
    shutil.copy(lights_site.version.snapshot.with_name("manifest.json"), folder)
    with apart.begun(version, lights_site.content, said.append):
        pass
    assert (said, building.found(version, lights_site.content)) == ([], None)
    monkeypatch.setattr(apart, "FEW", 1)
    with pytest.raises(ZeroDivisionError), apart.begun(version, lights_site.content, said.append):
        raise ZeroDivisionError
    with apart.begun(version, lights_site.content, said.append):
        pass
    made = building.found(version, lights_site.content)
    assert made
    assert made.all == lights_site.distributions.all
    assert len(said) == 2
    with apart.begun(version, lights_site.content, said.append):
        assert len(said) == 2
