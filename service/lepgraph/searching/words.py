"""Words as they are compared: without case, accents and marks, and the nearest known word to one that is misspelt.

Pure. What is indexed and what is asked go through the same ``folded``, so that an engine never sees raw text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from lepgraph.words import folded

SMALL = frozenset(
    {
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "from",
        "in",
        "is",
        "of",
        "on",
        "or",
        "the",
        "to",
        "was",
        "were",
        "which",
        "with",
    }
)
"""Words that say little: they count only where nothing else was asked."""

_SHORTEST_MENDED = 4
_LONG = 7
_CANDIDATES = 12


def spans(text: str) -> list[tuple[int, int, str]]:
    """The words of a text with the place where each begins and ends, and the form in which it is compared."""
    found = []
    for match in re.finditer(r"[^\W_]+(?:['’ʼ][^\W_]+)*", text):
        found.append((*match.span(), "".join(folded(match.group()))))
    return found


class Vocabulary:
    """All words that are known, with the number of things that have each."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts
        self._sorted = sorted(counts)
        self._mendable = [word for word in self._sorted if len(word) >= _SHORTEST_MENDED - 1 and word.isalpha()]

    def knows(self, word: str) -> bool:
        """Whether the word is known, or, from three letters on, begins a known one."""
        if word in self._counts:
            return True
        place = bisect_left(self._sorted, word)
        return len(word) > 2 and place < len(self._sorted) and self._sorted[place].startswith(word)

    def nearest(self, word: str) -> str:
        """The known word that is most like a misspelt one; the word itself if it is known or none is near.

        One slip is mended in a word of four letters or more, two in one of seven; a slip is a letter too many, missing,
        wrong, or two that changed places. Of several words the one with the same beginning wins, then the commoner.
        """
        if self.knows(word) or len(word) < _SHORTEST_MENDED or not word.isalpha():
            return word
        most = 2 if len(word) >= _LONG else 1
        near = process.extract(word, self._mendable, scorer=OSA.distance, score_cutoff=most, limit=_CANDIDATES)
        ranked = sorted((distance, other[0] != word[0], -self._counts[other], other) for other, distance, _ in near)
        return ranked[0][-1] if ranked else word


def mended(asked: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """The words with each that is not known replaced by the nearest that is."""
    return [vocabulary.nearest(word) for word in asked]
