"""What can be read off the tokens of a query without parsing it: nesting, SERVICE, and the dataset it names.

The engine has no switch for SERVICE, merges no default graphs and dies of deep nesting, so these are looked at first.
Tokens follow SPARQL 1.1 Query, 19.8: strings, comments, IRIs and names are told apart, so that the word SERVICE inside
one of them is not taken for the keyword.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from lepgraph.errors import QueryFault, Refused

DEEPEST = 200
"""Levels of brackets that a query may have; the engine's parser is recursive and ends the process at about 3,000."""

_TOKEN = re.compile(
    r"""
      (?P<string>\"\"\"(?:[^"\\]|\\.|\"(?!\"\"))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<comment>\#[^\n\r]*)
    | (?P<variable>[?$]\w+)
    | (?P<tag>@[A-Za-z][\w-]*)
    | (?P<name>(?:[^\W\d_][\w.-]*)?:(?:[\w:.\-]|%[0-9A-Fa-f]{2}|\\.)*)
    | (?P<word>[^\W\d_]\w*)
    | (?P<open>[({\[])
    | (?P<close>[)}\]])
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Clauses:
    """What a query names as its dataset (SPARQL 1.1 Query, 13.2), as absolute IRIs where they can be resolved."""

    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


def read(text: str, base: str | None = None) -> Clauses:
    """The clauses of a query; raises QueryFault if it is nested too deeply and Refused if it calls another service."""
    default: list[str] = []
    named: list[str] = []
    prefixes: dict[str, str] = {}
    depth = 0
    before: list[tuple[str, str]] = [("", ""), ("", "")]
    for kind, token, position in _tokens(text):
        if kind == "open":
            depth += 1
            if depth > DEEPEST:
                line, column = _place(text, position)
                raise QueryFault(f"The query is nested more than {DEEPEST} levels deep.", line=line, column=column)
        elif kind == "close":
            depth -= 1
        elif kind == "word":
            if token.upper() == "SERVICE":
                raise Refused(
                    "SERVICE would make this endpoint call another host, which it does not do.",
                    hint="Ask the other endpoint yourself, or call this one from there.",
                )
        elif kind in ("iri", "name"):
            (kind_before_last, before_last), (kind_last, last) = before
            iri = _resolve(kind, token, prefixes, base)
            if kind_last == "word" and last.upper() == "BASE" and kind == "iri":
                base = iri
            elif (
                kind == "iri" and kind_last == "name" and kind_before_last == "word" and before_last.upper() == "PREFIX"
            ):
                prefixes[last] = iri
            elif kind_last == "word" and last.upper() == "FROM" and depth == 0:
                default.append(iri)
            elif last.upper() == "NAMED" and before_last.upper() == "FROM" and depth == 0:
                named.append(iri)
        before = [before[1], (kind, token)]
    return Clauses(tuple(default), tuple(named))


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind not in ("comment", "string"):
            yield kind, match.group(), match.start()


def _resolve(kind: str, token: str, prefixes: dict[str, str], base: str | None) -> str:
    if kind == "iri":
        return urljoin(base, token[1:-1]) if base else token[1:-1]
    prefix, _, local = token.partition(":")
    return prefixes.get(f"{prefix}:", "") + re.sub(r"\\(.)", r"\1", local)


def _place(text: str, position: int) -> tuple[int, int]:
    line = text.count("\n", 0, position) + 1
    return line, position - (text.rfind("\n", 0, position) + 1) + 1
