"""RDF/XML: read by expat first, which knows places and refuses document types, then by the engine.

The engine gets the document written anew from expat's events, so that comments, CDATA and encodings, which it does not
take everywhere, are out of its way. What each element says comes from it in the order of their beginnings and ends;
within one, triples are told apart by their properties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from lepgraph.errors import RecordFault
from lepgraph.media import Format
from lepgraph.validation.reading.elements import Elements, Spot
from lepgraph.validation.reading.engine import DEEPEST, Lines, Said, parsed, placed, unplaced
from lepgraph.validation.records import Record

_REST = "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest"
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
_ATTRIBUTE = re.compile(r"""([^\s=<>"'/]+)\s*=\s*("[^"]*"|'[^']*')""")
_TAG = re.compile(r"""<[^\s<>/"'=]+(?:\s+[^\s=<>"'/]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")
_BEFORE_TEXT = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>)*(?:<!\[CDATA\[\s*)?", re.DOTALL)


def read(name: str, text: str, form: Format, base: str) -> Record:
    """A document in RDF/XML."""
    walk = _Walk(name, text)
    walk.go()
    triples = parsed(name, "".join(walk.written), form, base)
    pairs = list(_paired(triples, walk.elements.groups))
    if len(pairs) != len(triples):
        return unplaced(triples, name)
    lines = Lines(text, name)
    return placed((triple, lines.at(spot.value), lines.at(spot.subject)) for triple, spot in pairs)


def _paired(triples: list[Said], groups: list[list[Spot]]) -> Iterator[tuple[Said, Spot]]:
    """Each triple with what was said at its place; ends early where the two do not agree."""
    at = 0
    for group in groups:
        part = triples[at : at + len(group)]
        at += len(group)
        left: dict[tuple[str, int, str], list[Spot]] = {}
        for spot in group:
            left.setdefault((spot.predicate, spot.cell, spot.object), []).append(spot)
        cells = _numbered(part) if any(spot.cell for spot in group) else {}
        for triple in part:
            predicate, value = (str(getattr(term, "value", "")) for term in triple[1:])
            keys = ((predicate, cells.get(triple[0], 0), ""), (predicate, 0, value), (predicate, 0, ""))
            found = next((left[key] for key in keys if left.get(key)), None)
            if found is None:
                return
            yield triple, found.pop(0)


def _numbered(part: list[Said]) -> dict[object, int]:
    """The number of each cell of a list, from 1."""
    following = {subject: value for subject, predicate, value in part if getattr(predicate, "value", "") == _REST}
    later = set(following.values())
    cell = next((subject for subject in following if subject not in later), None)
    numbers: dict[object, int] = {}
    while cell in following and cell not in numbers:
        numbers[cell] = len(numbers) + 1
        cell = following[cell]
    return numbers


class _Walk:
    """One pass of expat over a document: it is written anew, and what its elements say is noted."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name or "The record"
        declared = _DECLARATION.match(text)
        begins = declared.end() if declared is not None else 0
        self.text = re.sub(r"[^\n]", " ", text[:begins]) + text[begins:]
        self.body = self.text.encode("utf-8", "surrogatepass")
        self.wide = len(self.body) != len(self.text)
        self.elements = Elements()
        self.written: list[str] = []
        self._depth = 0
        self._seen = (0, 0)
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.ordered_attributes = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data
        self._parser.StartDoctypeDeclHandler = self._doctype

    def go(self) -> None:
        """Raises RecordFault, with line and column, for what is not well-formed, and for document types."""
        try:
            self._parser.Parse(self.body, True)
        except expat.ExpatError as error:
            reason = expat.errors.messages.get(error.code, str(error.code))
            where = f"line {error.lineno}, column {error.offset + 1}"
            raise RecordFault(f"{self.name}, {where}: {reason}.", hint="Is it RDF/XML?") from error

    def _position(self) -> int:
        """Where expat is, in characters of the text."""
        at = self._parser.CurrentByteIndex
        if not self.wide:
            return at
        before, characters = self._seen
        characters += len(self.body[before:at].decode("utf-8", "surrogatepass"))
        self._seen = (at, characters)
        return characters

    def _doctype(self, *_: object) -> None:
        line = self._parser.CurrentLineNumber
        raise RecordFault(
            f"{self.name}, line {line}: a document type or entity is not read here.", hint="Leave out the DOCTYPE."
        )

    def _start(self, tag: str, attributes: list[str]) -> None:
        self._depth += 1
        at = self._position()
        if self._depth > DEEPEST:
            line = self._parser.CurrentLineNumber
            raise RecordFault(f"{self.name}, line {line}: elements are nested more than {DEEPEST} deep.")
        given = dict(zip(attributes[::2], attributes[1::2], strict=True))
        self.written.append(f"<{tag}" + "".join(f" {key}={_quoted(value)}" for key, value in given.items()) + ">")
        found = _TAG.match(self.text, at)
        end = found.end() if found else at
        spots = {match[1]: match.start(2) + 1 for match in _ATTRIBUTE.finditer(self.text, at + 1 + len(tag), end)}
        inside = _BEFORE_TEXT.match(self.text, end)
        self.elements.start(tag, given, at, spots, (end, inside.end() if inside else end))

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self.written.append(f"</{tag}>")
        self.elements.end()

    def _data(self, data: str) -> None:
        self.written.append(escape(data, {"\r": "&#13;"}))
        self.elements.data(data)


def _quoted(value: str) -> str:
    return quoteattr(value, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
