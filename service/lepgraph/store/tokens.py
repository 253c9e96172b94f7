"""A query as tokens (SPARQL 1.1 Query, 19.8), told apart without parsing, and its codepoint escapes resolved (19.2).

Engines disagree about escapes: some resolve them before they read tokens, as 19.2 says, some only inside strings and
IRIs. So they are resolved here, once, and what an engine gets holds none. Places are led back to the text as it came.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from lepgraph.errors import QueryFault

_FIRST = (
    r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_WORD = rf"{_FIRST}_0-9\u00B7\u0300-\u036F\u203F\u2040"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_ESCAPE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"

_TOKEN = re.compile(
    rf"""
      (?P<string>\"\"\"(?:[^"\\]|\\.|\"(?!\"\"))*+\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*+'''
          |(?!\"\"\"|''')(?:"(?:[^"\\\n\r]|\\.)*+"|'(?:[^'\\\n\r]|\\.)*+'))
    | (?P<unclosed>["'])
    | (?P<comment>\#[^\n\r]*)
    | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_ESCAPE})*>)
    | (?P<variable>[?$][{_WORD}]+)
    | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<number>[+-]?(?:\d+\.?\d*[eE][+-]?\d+|\.\d+[eE][+-]?\d+|\d*\.\d+|\d+))
    | (?P<name>(?:_|[{_FIRST}](?:[{_WORD}-]|\.+(?=[{_WORD}-]))*)?:(?:[{_WORD}:-]|{_PLX}|\.+(?=[{_WORD}:%\\-]))*)
    | (?P<word>[A-Za-z_][A-Za-z_0-9]*)
    | (?P<escape>{_ESCAPE})
    | (?P<open>[({{\[]|<<)
    | (?P<close>[)}}\]]|>>)
    | (?P<symbol>\|\||&&|!=|<=|>=|\^\^|[+*/|!=<>^?-])
    | (?P<mark>[.,;])
    """,
    re.VERBOSE | re.DOTALL,
)
_NOT_IN_IRIS = re.compile(r'[<>"{}|^`\\\x00-\x20]')
_BACKSLASHED = {'"': '\\"', "'": "\\'", "\\": "\\\\", "\n": "\\n", "\r": "\\r"}


class Token(NamedTuple):
    """One token: what kind it is, its text, and where it begins, in characters."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


@dataclass(frozen=True)
class Source:
    """A query, and where each place of it was in the text that it was made from."""

    text: str
    edits: tuple[tuple[int, int], ...] = ()
    """After each edit: the place in this text, and the place in the text before."""
    before: Source | None = None

    def edited(self, changes: list[tuple[Token, str]]) -> Source:
        """The query with tokens replaced, in the order of their places."""
        if not changes:
            return self
        pieces: list[str] = []
        edits: list[tuple[int, int]] = []
        size = end = 0
        for token, replacement in changes:
            pieces += [self.text[end : token.start], replacement]
            size += token.start - end
            edits.append((size, token.start))
            size += len(replacement)
            end = token.end
            edits.append((size, end))
        pieces.append(self.text[end:])
        return Source("".join(pieces), tuple(edits), self)

    def origin(self, place: int) -> int:
        """The place in the text as it came."""
        if self.before is None:
            return place
        here, there = 0, 0
        for new, old in self.edits:
            if new > place:
                return self.before.origin(min(there + place - here, old))
            here, there = new, old
        return self.before.origin(there + place - here)

    def first(self) -> str:
        """The text as it came."""
        return self.text if self.before is None else self.before.first()

    def line_and_column(self, place: int) -> tuple[int, int]:
        """Line and column, from 1, that a place of this text had in the text as it came."""
        return place_of(self.first(), self.origin(place))

    def fault(self, reason: str, place: int, hint: str = "") -> QueryFault:
        """A fault at a place of this text, told by the text as it came."""
        return faulty(self.first(), self.origin(place), reason, hint)


def tokens(source: Source) -> Iterator[Token]:
    """The tokens but for comments; raises QueryFault for a string that does not end."""
    for match in _TOKEN.finditer(source.text):
        kind = match.lastgroup
        if kind == "unclosed":
            reason = "A string begins here and does not end"
            raise source.fault(reason, match.start(), "Close it with the same quotation mark it begins with.")
        if kind is not None and kind != "comment":
            yield Token(kind, match.group(), match.start())


def resolved(text: str) -> Source:
    """The query without codepoint escapes; raises QueryFault for one that stands for no character."""
    source = Source(text)
    if "\x00" in text:
        raise source.fault("The query holds the character U+0000, which RDF cannot", text.index("\x00"))
    if "\\u" not in text and "\\U" not in text:
        return source
    outside = [
        (Token(match.lastgroup or "", match.group(), match.start()), _outside(source, match))
        for match in _TOKEN.finditer(text)
        if match.lastgroup == "escape" or (match.lastgroup == "comment" and "\\" in match.group())
    ]
    source = source.edited(outside)
    inside = [(token, _inside(source, token)) for token in tokens(source) if "\\" in token.text]
    return source.edited([(token, new) for token, new in inside if new != token.text])


def faulty(text: str, place: int, reason: str, hint: str = "") -> QueryFault:
    """A fault at a place of a query, with the line that holds it and a caret under the place."""
    line, column = place_of(text, place)
    return QueryFault(
        f"At line {line}, column {column}: {reason}.", line=line, column=column, hint=hint, excerpt=excerpt(text, place)
    )


def place_of(text: str, place: int) -> tuple[int, int]:
    """Line and column, from 1, of a place in a text; lines end as in SPARQL, at a line feed or a carriage return."""
    lines = _lines(text[:place])
    return len(lines), len(lines[-1]) + 1


def offset_of(text: str, line: int, column: int) -> int:
    """The place of a line and a column where lines end at line feeds, as engines count them."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return min(start + column - 1, len(text))


def excerpt(text: str, place: int, width: int = 100) -> str:
    """The line around a place, and below it a caret; a long line is cut to ``width`` columns around the place."""
    before = _lines(text[:place])[-1]
    after = _lines(text[place : place + width])[0]
    shown = "".join(_shown(character) for character in before)
    indent = sum(_columns(character) for character in shown)
    if indent > width * 2 // 3:
        shown, indent = _tail(shown, width // 2)
        shown, indent = "…" + shown, indent + 1
    rest = "".join(_shown(character) for character in after)
    room = max(width - indent, 10)
    longer = len(rest) > room
    return f"{shown}{rest[:room]}{'…' if longer else ''}\n{' ' * indent}^"


def _outside(source: Source, match: re.Match[str]) -> str:
    """What stands for an escape outside strings and IRIs; escapes in a comment end with it."""
    if match.lastgroup == "comment":
        return match.group().replace("\\", " ")
    character = _character(source, match.group(), match.start())
    if character == "\\":
        raise source.fault("A backslash cannot be written as a codepoint escape here", match.start())
    return character


def _inside(source: Source, token: Token) -> str:
    """A string or an IRI without codepoint escapes."""

    def replaced(match: re.Match[str]) -> str:
        if len(match.group()) < 6:
            return match.group()
        character = _character(source, match.group(), token.start + match.start())
        if token.kind == "string":
            return _BACKSLASHED.get(character, character)
        if _NOT_IN_IRIS.match(character):
            raise source.fault("An IRI cannot hold this character", token.start + match.start())
        return character

    return re.sub(rf"{_ESCAPE}|\\.", replaced, token.text, flags=re.DOTALL)


def _character(source: Source, escape: str, place: int) -> str:
    number = int(escape[2:], 16)
    if number == 0 or number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        raise source.fault(f"{escape} is no character", place)
    return chr(number)


def _lines(text: str) -> list[str]:
    return re.split(r"\r\n|\n|\r", text)


def _shown(character: str) -> str:
    """A character as an excerpt shows it: a tab as four spaces, what cannot be seen as a sign that can."""
    if character == "\t":
        return "    "
    return character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"


def _columns(character: str) -> int:
    """How many columns a terminal gives a character."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _tail(text: str, width: int) -> tuple[str, int]:
    """The end of a text that fits into so many columns, and how many it takes."""
    taken = start = 0
    for start in range(len(text), 0, -1):
        taken += _columns(text[start - 1])
        if taken > width:
            return text[start:], taken - _columns(text[start - 1])
    return text, taken
