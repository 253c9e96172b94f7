"""How words are compared, and which known word a misspelt one is taken for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepgraph.searching.words import Vocabulary, mended, spans
from lepgraph.words import folded

KNOWN = Vocabulary({"lichfield": 9, "leeds": 30, "city": 40, "region": 60, "manchester": 12, "e37000050": 3, "land": 2})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Stoke-on-Trent", ["stoke", "on", "trent"]),
        ("King's Lynn & West Norfolk", ["kings", "lynn", "and", "west", "norfolk"]),
        ("King’s", ["kings"]),
        ("CAFÉ Ødegård", ["cafe", "ødegard"]),
        ("ﬁne", ["fine"]),
        ('a_b*c:d"e\x00f', ["a", "b", "c", "d", "e", "f"]),
        ("<b>", ["b"]),
        ("", []),
    ],
)
def test_words_are_compared_without_case_marks_and_punctuation(text: str, words: list[str]) -> None:
    assert folded(text) == words


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("litchfield", "lichfield"),
        ("citty", "city"),
        ("manchster", "manchester"),
        ("mnachetser", "manchester"),
        ("leed", "leed"),
        ("zzzzzzzz", "zzzzzzzz"),
        ("e37000051", "e37000051"),
        ("cty", "cty"),
    ],
)
def test_a_slip_is_mended_and_what_is_known_or_far_from_all_is_left(asked: str, meant: str) -> None:
    assert mended([asked], KNOWN) == [meant]


@given(st.text(max_size=60))
def test_any_text_has_words_and_places_that_agree(text: str) -> None:
    assert all(word for word in folded(text))
    for start, end, word in spans(text):
        assert 0 <= start < end <= len(text)
        assert word == "".join(folded(text[start:end]))
    mended(folded(text), KNOWN)
