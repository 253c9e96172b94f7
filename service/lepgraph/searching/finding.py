"""From what a person typed to the things that were meant: ranked, counted by kind, each with the reason why.

A thing fits if it has every word, or the beginning of every word. Words that no thing has are taken for slips and
replaced by the nearest known ones; if nothing has all words, things with some of them are shown. Both is said in the
answer. Only words reach the engine, each in quotation marks, so that no text from outside is syntax.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lepgraph.errors import NotFound, ParameterFault
from lepgraph.searching.entries import CODE, DESCRIPTION, LINKED, OTHER, RELATED
from lepgraph.searching.index import Index
from lepgraph.searching.words import SMALL, mended, spans
from lepgraph.words import folded

LONGEST = 200
"""Characters that a search may have."""
MOST_WORDS = 12
"""Words of a search that count; the rest is left out, and the answer says so."""
MOST_FOUND = 5000
"""Things of which the best are chosen and the number is counted."""
ON_A_PAGE = 20
SUGGESTED = 8
LIGHT = 0.5
"""Things of less weight, such as the nodes that tie others together, are found but not suggested."""

_HITS = """
    SELECT hit.rowid, hit.score, thing.weight, thing.kind, thing.words FROM (
        SELECT rowid, -bm25(entry, 10, 6, 8, 2, 1, 1, 2) AS score FROM entry
        WHERE entry MATCH ? ORDER BY rank LIMIT ?
    ) AS hit
    JOIN thing ON thing.id = hit.rowid
"""
_WITHIN = """
    SELECT rowid FROM entry
    WHERE entry MATCH ? LIMIT ?
"""
_EXACT = """
    SELECT thing, min(rank) FROM exact
    WHERE words = ? GROUP BY thing
"""
_THINGS = """
    SELECT id, iri, href, kind, classes, name, detail FROM thing
    WHERE id IN ({})
"""
_TEXTS = """
    SELECT thing, part, how, value FROM text
    WHERE thing IN ({}) ORDER BY rowid
"""
_EXACTLY, _BEGINS, _NAMED, _RELATED = 10.0, 3.0, 2.0, 1.0
"""What it adds to the worth of a thing, before its weight, that the words are its name or code, begin it, stand in it,
or stand in a name that the content ties to the thing."""
_CONTEXT = 60
_MOST_REASONS = 2
_PLAIN = {CODE: 0, OTHER: 1, RELATED: 2, DESCRIPTION: 3, LINKED: 4}
"""In which order reasons are looked for."""

Marked = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether it is one that was asked for."""


@dataclass(frozen=True)
class Reason:
    """Why a thing was found, beyond its name: how a text is tied to it, and the text."""

    how: str
    text: Marked


@dataclass(frozen=True)
class Hit:
    """One thing that was found."""

    iri: str
    href: str
    kind: str
    classes: str
    name: Marked
    detail: str
    reasons: tuple[Reason, ...]

    @property
    def title(self) -> str:
        """Its name as plain text."""
        return "".join(piece for piece, _ in self.name)


@dataclass(frozen=True)
class KindCount:
    """How many of the things found are of one kind."""

    key: str
    title: str
    number: int


@dataclass(frozen=True)
class Found:
    """The answer to a search. ``total`` counts those of the kind asked for; ``kinds`` counts all kinds."""

    asked: str
    used: str
    mended: bool
    some: bool
    """Whether nothing has all words, so that things with some of them are shown."""
    left_out: tuple[str, ...]
    total: int
    more: bool
    """Whether there are more than were counted."""
    kinds: tuple[KindCount, ...]
    page: int
    pages: int
    hits: tuple[Hit, ...] = field(default=())


def find(index: Index, text: str, kind: str = "", page: int = 1) -> Found:
    """What was found for a text; raises ParameterFault if it cannot be looked for, and NotFound for an unknown page."""
    asked, left_out = _asked(text)
    used = mended(asked, index.vocabulary)
    with index.reading() as connection:
        rows, some = _rows(connection, used)
        ranked = _ranked(connection, rows, used)
        titles = {
            key: (title, place) for key, title, place in connection.execute("SELECT kind, title, position FROM kind")
        }
        counts = Counter(row[1] for row in ranked)
        if kind and kind not in titles:
            raise ParameterFault(
                f"There is no kind {kind!r}.", hint=f"Kinds found: {', '.join(sorted(counts)) or 'none'}."
            )
        chosen = [number for number, of in ranked if not kind or of == kind]
        pages = max(1, -(-len(chosen) // ON_A_PAGE))
        if page > pages:
            raise NotFound(f"There is no page {page} of what was found.", hint=f"The last page is {pages}.")
        hits = _hits(connection, chosen[(page - 1) * ON_A_PAGE : page * ON_A_PAGE], used)
    kinds = sorted(counts, key=lambda key: (titles[key][1], titles[key][0]))
    return Found(
        asked=" ".join(text.split()),
        used=" ".join(used),
        mended=used != asked,
        some=some,
        left_out=left_out,
        total=len(chosen),
        more=len(rows) >= MOST_FOUND,
        kinds=tuple(KindCount(key, titles[key][0], counts[key]) for key in kinds),
        page=page,
        pages=pages,
        hits=tuple(hits),
    )


def suggest(index: Index, text: str) -> list[Hit]:
    """A few things whose names, other names or codes have the words as typed so far; slips are mended."""
    asked, _ = _asked(text)
    if len("".join(asked)) < 2:
        return []
    if len(asked) > 1 and len(asked[-1]) == 1:
        asked = asked[:-1]  # a word that was only begun says too little
    used = mended(asked, index.vocabulary)
    with index.reading() as connection:
        named = f"{{name other code}} : ({_expression(used)})"
        rows = [row for row in connection.execute(_HITS, (named, MOST_FOUND)) if row[2] >= LIGHT]
        ranked = _ranked(connection, rows, used)
        return _hits(connection, [number for number, _ in ranked[:SUGGESTED]], used)


def _asked(text: str) -> tuple[list[str], tuple[str, ...]]:
    """The words asked for, and those that are too many; raises ParameterFault if there are none or the text is long."""
    if len(text) > LONGEST:
        reason = f"A search may have {LONGEST} characters, and this one has {len(text):,}."
        raise ParameterFault(reason, hint="Search for a few words, such as a name, a place or a code.")
    words = folded(text)
    if not words:
        raise ParameterFault("There is no word to search for.", hint="Search for a name, a place, a subject or a code.")
    telling = [word for word in dict.fromkeys(words) if word not in SMALL] or list(dict.fromkeys(words))
    return telling[:MOST_WORDS], tuple(telling[MOST_WORDS:])


def _rows(
    connection: sqlite3.Connection, words: Sequence[str]
) -> tuple[list[tuple[int, float, float, str, str]], bool]:
    """What has all words, or else, where there are several, what has some; and which of the two it is."""
    rows = list(connection.execute(_HITS, (_expression(words), MOST_FOUND)))
    if rows or len(words) == 1:
        return rows, False
    return list(connection.execute(_HITS, (_expression(words, " OR "), MOST_FOUND))), True


def _expression(words: Sequence[str], joint: str = " AND ") -> str:
    """The words as an expression of the engine: each as it stands or, from two letters on, as a beginning.

    Names of things that are merely linked count only where they have the whole word.
    """
    return joint.join(f'("{word}" OR (- linked : "{word}" *))' if len(word) > 1 else f'"{word}"' for word in words)


def _ranked(
    connection: sqlite3.Connection, rows: Sequence[tuple[int, float, float, str, str]], words: Sequence[str]
) -> list[tuple[int, str]]:
    """Number and kind of each thing, the worthiest first."""
    if not rows:
        return []
    whole = " ".join(words)
    exact = dict(connection.execute(_EXACT, (whole,)))
    named = {
        row[0] for row in connection.execute(_WITHIN, (f"{{name other code}} : ({_expression(words)})", MOST_FOUND))
    }
    related = {row[0] for row in connection.execute(_WITHIN, (f"related : ({_expression(words)})", MOST_FOUND))}
    best = max(row[1] for row in rows) or 1.0
    worth: list[tuple[float, str, int, str]] = []
    for number, score, weight, kind, name in rows:
        telling = score / best
        if number in exact:
            telling += _EXACTLY - exact[number]
        elif name.startswith(whole):
            telling += _BEGINS
        elif number in named:
            telling += _NAMED
        elif number in related:
            telling += _RELATED
        worth.append((-round(telling * weight, 6), name, number, kind))
    return [(number, kind) for _, _, number, kind in sorted(worth)]


def _hits(connection: sqlite3.Connection, numbers: Sequence[int], words: Sequence[str]) -> list[Hit]:
    places = ", ".join("?" * len(numbers))
    things = {row[0]: row[1:] for row in connection.execute(_THINGS.format(places), numbers)}
    texts: dict[int, list[tuple[str, str, str]]] = {number: [] for number in numbers}
    for number, part, how, value in connection.execute(_TEXTS.format(places), numbers):
        texts[number].append((part, how, value))
    hits = []
    for number in numbers:
        iri, href, kind, classes, name, detail = things[number]
        reasons = _reasons(name, texts[number], words)
        hits.append(Hit(iri, href, kind, classes, marked(name, words), detail, tuple(reasons)))
    return hits


def _reasons(name: str, texts: Sequence[tuple[str, str, str]], words: Sequence[str]) -> list[Reason]:
    """The texts that have the words which the name lacks, the fewest that have the most of them."""
    missing = set(words) - _held(words, folded(name), whole=False)
    reasons: list[Reason] = []
    told: set[str] = set()
    scored = [
        (_PLAIN[part], -len(held), place, held, how, value)
        for place, (part, how, value) in enumerate(texts)
        if (held := _held(missing, folded(value), part == LINKED))
    ]
    chosen: set[str] = set()
    for rank, _, _, held, how, value in sorted(scored, key=lambda found: (found[1], found[0], found[2])):
        if len(reasons) < _MOST_REASONS and (held - chosen or (rank == _PLAIN[RELATED] and how not in told)):
            chosen |= held
            told.add(how)
            reasons.append(Reason(how, marked(value, words, _CONTEXT)))
    return reasons


def _held(words: Iterable[str], text: Sequence[str], whole: bool) -> set[str]:
    """Those of the words that a text has, as they stand or, unless whole ones are wanted, as beginnings."""
    return {word for word in words if any(own == word or (not whole and own.startswith(word)) for own in text)}


def marked(text: str, words: Sequence[str], context: int = 0) -> Marked:
    """The text in pieces, with the words marked; with a context, only so many characters around the first of them."""
    found = [(start, end) for start, end, word in spans(text) if any(word.startswith(asked) for asked in words)]
    begin, stop = 0, len(text)
    if context and len(text) > 3 * context:
        first = found[0][0] if found else 0
        begin = text.rfind(" ", 0, max(0, first - context)) + 1 if first > context else 0
        stop = text.find(" ", min(len(text), begin + 3 * context))
        stop = len(text) if stop < 0 else stop
    pieces: list[tuple[str, bool]] = []
    place = begin
    for start, end in found:
        if start >= place and end <= stop:
            pieces += [(text[place:start], False), (text[start:end], True)]
            place = end
    pieces.append((text[place:stop], False))
    if begin > 0:
        pieces.insert(0, ("… ", False))
    if stop < len(text):
        pieces.append((" …", False))
    return tuple(piece for piece in pieces if piece[0])
