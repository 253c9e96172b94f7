"""What is wrong with a query that the engine refused: the place, what was expected there, and what to do about it.

The engine tells the furthest place that it tried, which is seldom the place of the mistake, and speaks in the terms of
its own grammar. So a refused query is read again by the grammar of the standard (``sparql.lark``), token by token.
Nothing here recurses, so a hostile query can do no more than take its time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from lark import Lark, UnexpectedToken
from lark import Token as Terminal
from lark.lexer import PatternStr
from rdflib import Graph

from lepgraph.errors import QueryFault
from lepgraph.store import mistakes
from lepgraph.store.tokens import Source, Token, offset_of, tokens

_PLACE = re.compile(r"error at (\d+):(\d+): (?:expected ([A-Z]+)$)?")
_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n\r]*)*")
_BEYOND = frozenset({"<<", ">>", "LATERAL", "VERSION", "SUBJECT", "PREDICATE", "OBJECT", "TRIPLE"})
"""Words of later standards, which the engine knows and the grammar does not."""
_KINDS = {"string": "STRING", "iri": "IRIREF", "variable": "VAR", "tag": "LANGTAG"}
_ALSO = frozenset({"PNAME_LN", "PNAME_NS", "BLANK_NODE_LABEL", "SIGNED", "INTEGER", "NUMBER", "TRUE", "FALSE"})
_WORDS = {"STRING": "a literal", "IRIREF": "an IRI", "VAR": "a variable", "A": "a", "PNAME_NS": "a prefix with a colon"}


class Diagnoser:
    """Explains faults of queries; ``prefixes`` are those that the content uses, before those that rdflib knows.

    Whatever opens a file is done at once: later, in a worker, none can be opened.
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        bundled = {prefix: str(iri) for prefix, iri in Graph(bind_namespaces="rdflib").namespaces()}
        self._namespaces = {**bundled, **prefixes}
        self._rules = Path(__file__).with_name("sparql.lark").read_text(encoding="utf-8")

    def explain(self, source: Source, message: str) -> QueryFault:
        """The fault of a query that the engine refused with a message."""
        found = list(tokens(source))
        stray = _stray(source, found)
        if stray is not None:
            return self._unreadable(source, stray)
        if not any(token.text.upper() in _BEYOND for token in found) and "{|" not in source.text:
            known = self._ungrammatical(source, found) or self._undeclared(source, found)
            if known:
                return known
        told = mistakes.against_the_notes(found, message)
        if told:
            return source.fault(told.reason, told.place, told.hint)
        return self._undeclared(source, found) or _as_the_engine_says(source, message)

    def warm(self) -> None:
        """Makes the tables of the grammar, which takes a tenth of a second, before they are needed."""
        self._grammar  # noqa: B018 - worked out once

    def unknown_function(self, source: Source, iri: str) -> QueryFault:
        """The fault of a query that calls a function which is not known."""
        last = iri.rstrip("/#").rpartition("#" if "#" in iri else "/")[2]
        calls = [
            token for token, after in pairwise(tokens(source)) if after.text == "(" and token.kind in ("iri", "name")
        ]
        named = [token for token in calls if last in token.text] or calls or list(tokens(source))
        hint = "Functions of SPARQL 1.1 and casts to types of XML Schema are known."
        return source.fault(f"The function <{iri}> is not known here", named[0].start, hint)

    def check(self, source: Source) -> None:
        """Raises QueryFault for a query that is not SPARQL 1.1, for engines that take more than the standard has."""
        found = list(tokens(source))
        stray = _stray(source, found)
        if stray is not None:
            raise self._unreadable(source, stray)
        fault = self._ungrammatical(source, found) or self._undeclared(source, found)
        if fault:
            raise fault

    @cached_property
    def _grammar(self) -> Lark:
        return Lark(self._rules, parser="lalr", start="query", lexer="basic", maybe_placeholders=False)

    @cached_property
    def _literals(self) -> dict[str, str]:
        """The names of terminals by their text, in capitals."""
        return {
            terminal.pattern.value.upper(): terminal.name
            for terminal in self._grammar.terminals
            if isinstance(terminal.pattern, PatternStr)
        }

    @cached_property
    def _functions(self) -> dict[str, re.Pattern[str]]:
        return {
            terminal.name: re.compile(terminal.pattern.to_regexp())
            for terminal in self._grammar.terminals
            if terminal.name in ("FUNCTION", "AGGREGATE")
        }

    def _terminal(self, token: Token) -> str:
        """The name of the terminal that a token is, or nothing if it is none."""
        if token.kind in _KINDS:
            return _KINDS[token.kind]
        if token.kind == "number":
            return "SIGNED" if token.text[0] in "+-" else ("INTEGER" if token.text.isdigit() else "NUMBER")
        if token.kind == "name":
            if token.text.startswith("_:"):
                return "BLANK_NODE_LABEL"
            return "PNAME_NS" if token.text.index(":") == len(token.text) - 1 else "PNAME_LN"
        if token.kind == "word":
            for name, pattern in self._functions.items():
                if pattern.fullmatch(token.text):
                    return name
            if token.text == "a":
                return "A"
        return self._literals.get(token.text.upper(), "")

    def _ungrammatical(self, source: Source, found: Sequence[Token]) -> QueryFault | None:
        """The first place at which a query departs from the grammar, or None."""
        terminals = [Terminal(self._terminal(token), token.text) for token in found]
        position = self._departure(terminals)
        accepted = self._accepted(terminals[:position])
        if position < len(found):
            token = found[position]
            told = mistakes.against_the_grammar(found, position, accepted, self._similar)
            reason = told.reason or f"{mistakes.shown(token)} stands where {_expected(accepted)} should be"
            return source.fault(reason, token.start, told.hint)
        if "$END" in accepted:
            return None
        told = mistakes.at_the_end(found)
        hint = told.hint
        if told.place is not None:
            line, column = source.line_and_column(told.place)
            hint = f"{hint} The last that is open is at line {line}, column {column}."
        reason = told.reason or f"The query ends where {_expected(accepted)} should be"
        return source.fault(reason, len(source.text.rstrip()), hint)

    def _departure(self, terminals: Sequence[Terminal]) -> int:
        """How many tokens can be read before the grammar is departed from."""
        parser = self._grammar.parse_interactive("")
        for position, terminal in enumerate(terminals):
            try:
                parser.feed_token(terminal)
            except UnexpectedToken:
                return position
        return len(terminals)

    def _accepted(self, terminals: Sequence[Terminal]) -> frozenset[str]:
        """What may follow some tokens; read afresh, since a refused token leaves a parser half way."""
        parser = self._grammar.parse_interactive("")
        for terminal in terminals:
            parser.feed_token(terminal)
        return frozenset(parser.accepts())  # type: ignore[no-untyped-call]  # lark gives it no types

    def _undeclared(self, source: Source, found: Sequence[Token]) -> QueryFault | None:
        """The first name whose prefix is not declared, or None."""
        declared = {"_"}
        for before, token in zip((Token("", "", 0), *found), found, strict=False):
            if token.kind != "name":
                continue
            prefix = token.text.partition(":")[0]
            if before.text.upper() == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared:
                reason = f'The prefix "{prefix}:" is not declared'
                return source.fault(reason, token.start, self._declaration(prefix))
        return None

    def _declaration(self, prefix: str) -> str:
        if prefix in self._namespaces:
            return f"Put this line before the query: PREFIX {prefix}: <{self._namespaces[prefix]}>"
        close = get_close_matches(prefix, self._namespaces, 1)
        known = f" Did you mean {close[0]}: <{self._namespaces[close[0]]}>?" if close else ""
        return f"Declare it before the query with a PREFIX line that gives its IRI.{known}"

    def _similar(self, word: str) -> str:
        """The keyword or function that a word was perhaps meant to be, or nothing."""
        names = set(self._literals) | set(mistakes.FUNCTIONS.findall(self._rules))
        return next(iter(get_close_matches(word.upper(), sorted(names), 1, 0.8)), "")

    def _unreadable(self, source: Source, place: int) -> QueryFault:
        character = source.text[place]
        if character in "\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb\u2033\u2032`\u00b4":
            reason = f"{character} is a typographic quotation mark, which SPARQL does not know"
            return source.fault(reason, place, "Write plain quotation marks, \" or '.")
        name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
        hint = "Write a plain space." if character.isspace() or unicodedata.category(character) in ("Cf", "Zs") else ""
        if character == "&":
            hint = "Write && for and."
        visible = f"{character} ({name})" if character.isprintable() and not character.isspace() else f"The {name}"
        return source.fault(f"{visible} has no meaning here", place, hint)


def _stray(source: Source, found: Sequence[Token]) -> int | None:
    """The first place that belongs to no token, space or comment, or None."""
    end = 0
    for token in (*found, Token("", "", len(source.text))):
        match = _SPACE.match(source.text, end)
        if match and match.end() < token.start:
            return match.end()
        end = token.end
    return None


def _expected(accepted: frozenset[str]) -> str:
    """What was expected, in words: kinds of terms first, then signs, then keywords."""
    names = set(accepted) - _ALSO - {"AGGREGATE"}
    parts: list[str] = []
    if "FUNCTION" in names and "VAR" in names:
        parts.append("an expression")
        names -= {"FUNCTION", "VAR", "IRIREF", "STRING", "COUNT", "GROUP_CONCAT", "BOUND", "NOT", "EXISTS", "BANG"}
        names -= {"LPAR", "PLUS", "MINUS", "__ANON_PLUS"}
    elif "FUNCTION" in names:
        parts.append("a condition in parentheses or a function")
        names -= {"FUNCTION", "IRIREF", "LPAR", "COUNT", "GROUP_CONCAT", "BOUND", "NOT", "EXISTS"}
    elif "CIRCUMFLEX" in names and "IRIREF" in names:
        parts.append("a property")
        names -= {"CIRCUMFLEX", "IRIREF", "VAR", "A", "BANG", "LPAR"}
    elif {"VAR", "IRIREF", "STRING"} <= names:
        parts.append("a term (a variable, an IRI or a literal)")
        names -= {"VAR", "IRIREF", "STRING", "LPAR", "LSQB"}
    if "__ANON_0" in names or "VBAR" in names or "PLUS" in names:
        names = {name for name in names if name in _SIGNS or name.isalpha()} - _OPERATORS
        parts.append("an operator")
    parts += [_WORDS[name] for name in ("VAR", "IRIREF", "STRING", "A", "PNAME_NS") if name in names]
    parts += [f'"{sign}"' for name, sign in _SIGNS.items() if name in names]
    words = sorted(name for name in names if name.isupper() and name.isalpha() and name not in (*_WORDS, *_SIGNS))
    parts += [word for word in words if word not in ("FUNCTION", "LANGTAG")] if len(words) <= 8 else []
    if "INTEGER" in accepted and "STRING" not in accepted and "VAR" not in accepted:
        parts.append("a whole number")
    if accepted == {"$END"} or not parts:
        return "the end of the query"
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}"


_SIGNS = {
    "DOT": ".",
    "SEMICOLON": ";",
    "COMMA": ",",
    "LBRACE": "{",
    "RBRACE": "}",
    "LPAR": "(",
    "RPAR": ")",
    "RSQB": "]",
    "STAR": "*",
}
_OPERATORS = frozenset(
    {"VBAR", "SLASH", "STAR", "PLUS", "MINUS", "EQUAL", "LESSTHAN", "MORETHAN", "QMARK", "CIRCUMFLEX"}
)


def _as_the_engine_says(source: Source, message: str) -> QueryFault:
    """The engine's own place: where it tried a keyword last, which begins as many characters before as it has."""
    match = _PLACE.search(message)
    if match is None:
        return QueryFault(f"The query has a fault: {message}.")
    place = offset_of(source.text, int(match[1]), int(match[2])) - (len(match[3]) if match[3] else "[_]" in message)
    return source.fault("The query cannot be understood from here on", max(place, 0))
