"""What is found in the graph itself, and in one that the code knows nothing of."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepgraph.errors import NotFound, ParameterFault, RequestFault
from lepgraph.searching import finding
from lepgraph.searching import index as indexes
from lepgraph.searching.entries import Gatherer
from lepgraph.searching.finding import Found, find, suggest
from lepgraph.site import Site


def titles(found: Found, number: int = 20) -> list[str]:
    return [hit.title for hit in found.hits[:number]]


def reasons(found: Found, href: str) -> list[str]:
    hit = next(hit for hit in found.hits if hit.href == href)
    return [f"{reason.how}: {''.join(piece for piece, _ in reason.text)}" for reason in hit.reasons]


@pytest.mark.parametrize("asked", ["Lichfield", "lichfield", "LICHFIELD", "Litchfield"])
def test_a_place_finds_the_council_its_areas_and_the_partnerships_that_covered_it(site: Site, asked: str) -> None:
    found = find(site.index, asked)
    assert titles(found, 2) == ["Lichfield District Council", "Lichfield"]
    assert [hit.href for hit in found.hits[2:4]] == [
        "/doc/partnership/greater-birmingham-and-solihull",
        "/doc/partnership/stoke-on-trent-and-staffordshire",
    ]
    assert reasons(found, "/doc/partnership/stoke-on-trent-and-staffordshire") == ["covered: Lichfield"]
    assert "covered: Lichfield" in reasons(found, "/doc/partnership/greater-birmingham-and-solihull")
    assert {kind.key for kind in found.kinds} >= {"partnership", "local-authority", "area", "area-membership"}
    assert (found.mended, found.used) == (asked == "Litchfield", "lichfield")


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("Leeds citty region", "/doc/partnership/leeds-city-region"),
        ("leeds-city-region", "/doc/partnership/leeds-city-region"),
        ("Manchster", "/doc/local-authority/manchester"),
        ("E37000050", "/doc/area/E37000050"),
        ("e37000050", "/doc/area/E37000050"),
        ("greater manchester combined auth", "/doc/combined-authority/greater-manchester"),
        ("kings lynn", "/doc/area/E07000146"),
        ("local authorities", "/id/local-authority"),
        ("the north east", "/doc/partnership/north-east"),
        ("responsible business", "/def/theme/responsible-business"),
    ],
)
def test_the_thing_that_was_meant_comes_first(site: Site, asked: str, first: str) -> None:
    assert find(site.index, asked).hits[0].href == first


def test_records_that_tie_things_together_come_after_the_things(site: Site) -> None:
    kinds = [hit.kind for hit in find(site.index, "leeds").hits]
    assert kinds[:3] == ["local-authority", "area", "partnership"]
    assert "area-membership" not in kinds[:8]


def test_a_kind_narrows_and_counts_stay_those_of_all(site: Site) -> None:
    every, areas = find(site.index, "leeds"), find(site.index, "leeds", "area")
    assert {hit.kind for hit in areas.hits} == {"area"}
    assert areas.kinds == every.kinds
    assert areas.total == next(kind.number for kind in every.kinds if kind.key == "area")
    with pytest.raises(ParameterFault, match="no kind 'ship'"):
        find(site.index, "leeds", "ship")


def test_pages_hold_each_thing_once(site: Site) -> None:
    first = find(site.index, "leeds")
    everything = [hit.iri for page in range(1, first.pages + 1) for hit in find(site.index, "leeds", page=page).hits]
    assert len(everything) == len(set(everything)) == first.total
    with pytest.raises(NotFound, match="no page"):
        find(site.index, "leeds", page=first.pages + 1)


def test_where_nothing_has_all_words_what_has_some_is_shown_and_called_so(site: Site) -> None:
    found = find(site.index, "lichfield zebra")
    assert found.some
    assert titles(found, 1) == ["Lichfield District Council"]
    assert not find(site.index, "zzzzqqqq").hits


def test_a_description_is_quoted_around_the_word(site: Site) -> None:
    text = ("many words " * 40) + "needle " + ("more words " * 40)
    pieces = finding.marked(text, ["needle"], 60)
    assert ("needle", True) in pieces
    assert pieces[0] == ("… ", False)
    assert pieces[-1] == (" …", False)
    assert len("".join(piece for piece, _ in pieces)) < 250


def test_names_are_suggested_from_two_letters_on(site: Site) -> None:
    assert [hit.title for hit in suggest(site.index, "leeds city r")][0] == "Leeds City Region"
    assert len(suggest(site.index, "le")) == 8
    assert suggest(site.index, "l") == []


def test_what_ties_others_together_is_found_but_not_suggested(site: Site) -> None:
    assert [hit.title for hit in find(site.index, "aylesbury vale", "area-membership").hits]
    suggested = suggest(site.index, "aylesbury vale")
    assert suggested
    assert not [hit.title for hit in suggested if hit.kind in ("area-membership", "area-name", "geometry")]
    lists = [hit.title for hit in suggest(site.index, "area") if hit.kind == "list"]
    assert "Areas" in lists
    assert "Area memberships" not in lists


def test_without_words_of_the_content_links_and_names_are_found(lights_site: Site) -> None:
    found = find(lights_site.index, "ada")
    assert titles(found, 1) == ["Ada Lamp"]
    assert reasons(found, "/doc/lighthouse/far-point") == ["kept by: Ada Lamp"]
    assert find(lights_site.index, "lighthouses").hits[0].href == "/id/lighthouse"
    assert find(lights_site.index, "lights of a keeper").hits[0].href == "/queries/lights-of-a-keeper"


@pytest.mark.parametrize(
    "text", ["", "   ", '"', "***", "\0", "()", "\x00\x01", "—", "x" * 201], ids=lambda text: repr(text)[:12]
)
def test_what_holds_no_word_or_is_too_long_is_refused_with_a_hint(lights_site: Site, text: str) -> None:
    with pytest.raises(ParameterFault) as fault:
        find(lights_site.index, text)
    assert fault.value.hint


@pytest.mark.parametrize(
    "text",
    [
        '"far" OR',
        "far AND NOT",
        "NEAR(far point)",
        "name : far",
        "far*",
        "^far",
        "-far",
        "{name}:far",
        "far + point",
        "a'b",
    ],
)
def test_the_engines_own_syntax_is_only_words(lights_site: Site, text: str) -> None:
    find(lights_site.index, text)
    suggest(lights_site.index, text)


def test_only_so_many_words_count_and_the_answer_says_so(lights_site: Site) -> None:
    found = find(lights_site.index, " ".join(f"w{number}" for number in range(20)))
    assert len(found.used.split()) == finding.MOST_WORDS
    assert len(found.left_out) == 20 - finding.MOST_WORDS


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=220), st.text(max_size=10), st.integers(1, 999_999))
def test_no_input_raises_anything_but_our_faults(lights_site: Site, text: str, kind: str, page: int) -> None:
    try:
        found = find(lights_site.index, text, kind, page)
        assert len(found.hits) <= found.total
        suggest(lights_site.index, text)
    except RequestFault as fault:
        assert fault.hint


def test_an_index_is_kept_and_made_anew_where_it_is_broken_or_of_something_else(
    lights_site: Site, tmp_path: Path
) -> None:
    gatherer = Gatherer(lights_site.content, lights_site.library, lights_site.store, lights_site.describer)
    snapshot = tmp_path / "snapshot.nq"
    path = indexes.kept(gatherer, snapshot, "one").path
    first = path.stat().st_ino
    assert indexes.kept(gatherer, snapshot, "one").path.stat().st_ino == first
    assert indexes.kept(gatherer, snapshot, "two").path.stat().st_ino != first
    for broken in (b"", b"no database" * 1000):
        path.write_bytes(broken)
        assert titles(find(indexes.kept(gatherer, snapshot, "two"), "far point"), 1) == ["Far Point"]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["search.sqlite"]


def test_two_builds_find_the_same_in_the_same_order(lights_site: Site, tmp_path: Path) -> None:
    gatherer = Gatherer(lights_site.content, lights_site.library, lights_site.store, lights_site.describer)
    dumps = []
    for name in ("a", "b"):
        indexes.write(gatherer.entries(), tmp_path / name, "about")
        with sqlite3.connect(tmp_path / name) as connection:
            dumps.append(connection.execute("SELECT * FROM thing ORDER BY id").fetchall())
    assert dumps[0] == dumps[1]
