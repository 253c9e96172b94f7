"""Places in Turtle, TriG, N-Triples and N-Quads.

The engine says whether a document is sound, and what it says. Where that stands in it, the engine does not tell, so
the document is written anew, one statement to a line, with a label for each blank node that has none, and read by the
engine once more: then its triples come in a known order and are the record. No term is worked out here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lepgraph.errors import RecordFault
from lepgraph.media import N_TRIPLES, TURTLE, Format
from lepgraph.validation.reading.engine import DEEPEST, Lines, Said, alike, parsed, placed, unplaced
from lepgraph.validation.records import Record

_NAME = r"""(?:\\.|[^\s<>"'{}\[\]();,#^@\\|`.])"""
_WORD = rf"(?:{_NAME}|\.(?=[0-9]))(?:{_NAME}|\.+(?={_NAME}))*+"
_BLANK = r"(?:[ \t\r\n]++|\#[^\n\r]*+)*+"
_TOKEN = re.compile(
    rf"""{_BLANK}(?:
    (?P<iri><[^>]*+>)
  | (?P<string>(?:\"\"\"(?:[^"\\]++|\\.|"{{1,2}}(?!"))*+\"\"\" | '''(?:[^'\\]++|\\.|'{{1,2}}(?!'))*+'''
      | "(?:[^"\\\n]++|\\.)*+" | '(?:[^'\\\n]++|\\.)*+')
      (?:{_BLANK}(?:@[A-Za-z]++(?:-[A-Za-z0-9]++)*+|\^\^{_BLANK}(?:<[^>]*+>|{_WORD})))?+)
  | (?P<word>{_WORD})
  | (?P<directive>@[A-Za-z]++)
  | (?P<mark>[.;,\[\](){{}}]))""",
    re.VERBOSE | re.DOTALL,
)
_NIL = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>"
_FIRST = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>"
_REST = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>"
_DIRECTIVES = {"prefix": 2, "base": 1, "version": 1}
"""How many terms follow the word."""


def _tokens(text: str) -> Iterator[re.Match[str]]:
    """The tokens of a sound document, each with the blanks and comments before it."""
    return iter(_TOKEN.scanner(text).match, None)  # type: ignore[attr-defined]


def read(name: str, text: str, form: Format, base: str) -> Record:
    """A document in Turtle or TriG."""
    triples = parsed(name, text, form, base)
    walk = _Walk(name or "The record", text)
    walk.go()
    found = _read_anew(walk, name, base)
    if not len(found) == len(walk.places) == len(triples) or not alike(found, triples):
        return unplaced(triples, name)
    lines = Lines(text, name)
    return placed(
        (triple, lines.at(value), lines.at(subject))
        for triple, (subject, value) in zip(found, walk.places, strict=True)
    )


def read_lines(name: str, text: str, form: Format, base: str) -> Record:
    """A document in N-Triples or N-Quads: a statement to a line, in the order of the engine."""
    triples = parsed(name, text, form, base)
    lines = Lines(text, name)
    places = list(_statements(text, 3 if form == N_TRIPLES else 4))
    if len(places) != len(triples):
        return unplaced(triples, name)
    return placed(
        (triple, lines.at(value), lines.at(subject)) for triple, (subject, value) in zip(triples, places, strict=True)
    )


def _statements(text: str, most: int) -> Iterator[tuple[int, int]]:
    """Where the subject and the value of each statement begin."""
    terms: list[int] = []
    for found in _tokens(text):
        if found.lastgroup == "mark":
            if 3 <= len(terms) <= most:
                yield terms[0], terms[2]
            terms = []
        elif found.lastgroup is not None:
            terms.append(found.start(found.lastgroup))


def _read_anew(walk: _Walk, name: str, base: str) -> list[Said]:
    """What the statements say that a walk wrote; nothing if it wrote what is none."""
    try:
        return parsed(name, "".join(walk.flat), TURTLE, base)
    except RecordFault:
        return []


@dataclass(slots=True)
class _Open:
    """A statement, a ``[`` or a ``(`` that has not ended; ``cell`` is the last of the list so far."""

    mark: str
    at: int
    subject: str = ""
    predicate: str = ""
    cell: str = ""


class _Walk:
    """One pass over the tokens of a sound document."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.flat: list[str] = []
        self.places: list[tuple[int, int]] = []
        """Where the subject and the value of each statement written begin."""
        self._stack = [_Open("", 0)]
        self._label = "n"
        while f"_:{self._label}" in text:
            self._label += "n"
        self._labels = 0
        self._directive = ""
        self._missing = 0

    def go(self) -> None:
        """Writes the statements and notes their places; raises RecordFault for brackets in brackets without end."""
        for found in _tokens(self.text):
            kind = found.lastgroup or ""
            at = found.start(kind)
            token = found[kind]
            if self._missing:
                self._declare(token)
            elif kind == "mark":
                self._mark(token, at)
            elif kind == "directive" or (kind == "word" and self._begins(token)):
                self._directive = token.lstrip("@").lower()
                self._missing = _DIRECTIVES.get(self._directive, 0)
                if self._missing:
                    self.flat.append(f"{self._directive} ")
            else:
                self._term(token, at)

    def _begins(self, word: str) -> bool:
        """Whether a word is one of those that stand before a statement: PREFIX, BASE, VERSION, GRAPH."""
        top = self._stack[-1]
        return not top.mark and not top.subject and word.lower() in (*_DIRECTIVES, "graph")

    def _declare(self, token: str) -> None:
        self._missing -= 1
        self.flat.append(f"{token} " if self._missing else f"{token}\n")

    def _mark(self, token: str, at: int) -> None:
        top = self._stack[-1]
        if token == ";":
            top.predicate = ""
        elif token in ".{}":
            top.subject = top.predicate = ""
        elif token in "[(":
            if len(self._stack) > DEEPEST:
                place = Lines(self.text, "").at(at)
                raise RecordFault(f"{self.name}, {place}: brackets are nested more than {DEEPEST} deep.")
            self._stack.append(_Open(token, at, subject=self._fresh() if token == "[" else ""))
        elif token in "])" and len(self._stack) > 1:
            self._stack.pop()
            if token == ")" and top.cell:
                self._write(top.cell, top.at, _REST, _NIL, at)
            self._term(top.subject or _NIL, top.at)

    def _fresh(self) -> str:
        self._labels += 1
        return f"_:{self._label}{self._labels}"

    def _term(self, token: str, at: int) -> None:
        top = self._stack[-1]
        if top.mark == "(":
            cell = self._fresh()
            if top.cell:
                self._write(top.cell, top.at, _REST, cell, at)
            else:
                top.subject = cell
            top.cell = cell
            self._write(cell, top.at, _FIRST, token, at)
        elif not top.subject:
            top.subject, top.at = token, at
        elif not top.predicate:
            top.predicate = token
        else:
            self._write(top.subject, top.at, top.predicate, token, at)

    def _write(self, subject: str, subject_at: int, predicate: str, value: str, at: int) -> None:
        self.flat.append(f"{subject} {predicate} {value} .\n")
        self.places.append((subject_at, at))
