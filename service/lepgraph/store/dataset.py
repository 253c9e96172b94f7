"""The dataset of a query written into its text, so that every engine elsewhere answers over the same graphs.

Engines disagree on what a query without a dataset sees, on what ``default-graph-uri`` does to the FROM clauses of the
query, and on whether naming default graphs alone leaves any named ones (SPARQL 1.1 Query, 13.2, says none). One of
them repeats each graph of the request in a header of its answer, so that a thousand graphs make an answer unreadable.
Clauses in the text mean the same to all of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lepgraph.errors import ParameterFault
from lepgraph.media import Kind
from lepgraph.store.tokens import Source, Token, tokens

NOWHERE = "urn:lepgraph:nowhere"
"""A graph that no store has: the dataset of it alone is empty."""

_KINDS = {"SELECT": Kind.SOLUTIONS, "ASK": Kind.BOOLEAN, "CONSTRUCT": Kind.GRAPH, "DESCRIBE": Kind.GRAPH}
_PROLOGUE = ("BASE", "PREFIX")
_AFTER_PATTERN = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]*")


@dataclass(frozen=True)
class Written:
    """A query with its dataset in its text, and what it asks for."""

    source: Source
    kind: Kind

    def based(self, base: str | None) -> Written:
        """The same, with its relative IRIs resolved against a base."""
        if base is None:
            return self
        return Written(self.source.edited([(Token("", "", 0), f"BASE <{base}>\n")]), self.kind)


def kind(source: Source) -> Kind:
    """What a query asks for; raises QueryFault for anything but the four forms, such as an extension."""
    before = ""
    for token in tokens(source):
        word = token.text.upper()
        if word in _KINDS:
            return _KINDS[word]
        declares = before == "PREFIX" and token.kind == "name"
        if not (word in _PROLOGUE or token.kind == "iri" or declares):
            raise source.fault(f"expected SELECT, ASK, CONSTRUCT or DESCRIBE, not {token.text[:40]}", token.start)
        before = word
    raise source.fault("expected SELECT, ASK, CONSTRUCT or DESCRIBE, not the end", len(source.text))


def graphs_asked(source: Source) -> tuple[frozenset[str], bool]:
    """The graphs that GRAPH patterns name with an IRI in angle brackets, and whether there are others."""
    named: set[str] = set()
    others = False
    before = ""
    for token in tokens(source):
        if before == "GRAPH":
            if token.kind == "iri" and _IRI.fullmatch(token.text[1:-1]):
                named.add(token.text[1:-1])
            else:
                others = True
        before = token.text.upper() if token.kind == "word" else ""
    return frozenset(named), others


def check_name(graph: str) -> None:
    """Raises ParameterFault for what is not an absolute IRI, and would be other text in the query."""
    if not _IRI.fullmatch(graph):
        raise ParameterFault(f"<{graph[:200]}> is not the name of a graph.", hint="Give an absolute IRI.")


def written(source: Source, default: Sequence[str], named: Sequence[str]) -> Written:
    """The query over these graphs alone; its own FROM clauses are blanked. Raises ParameterFault for what is no IRI."""
    for graph in (*default, *named):
        check_name(graph)
    form = kind(source)
    clauses = "".join(f" FROM <{graph}>" for graph in default or (NOWHERE,))
    clauses += "".join(f" FROM NAMED <{graph}>" for graph in named or (NOWHERE,)) + " "
    cuts, place = _opened(source)
    if place is None:
        place, clauses = len(source.text), f"\n{clauses}"  # a comment may come before
    changes = [*((token, " ") for token in cuts), (Token("", "", place), clauses)]
    return Written(source.edited(sorted(changes, key=lambda change: change[0].start)), form)


def _opened(source: Source) -> tuple[list[Token], int | None]:
    """The tokens of the query's FROM clauses, and the place where others belong, if it is not the end."""
    cuts: list[Token] = []
    place: int | None = None
    depth, head, previous = 0, "", ""
    clause = template = False
    for token in tokens(source):
        word = token.text.upper() if token.kind == "word" and depth == 0 else ""
        opens = token.text == "{" and depth == 0
        if clause and (word == "NAMED" or token.kind in ("iri", "name")):
            cuts.append(token)
            clause = word == "NAMED"
        elif word in _KINDS and not head:
            head = word
        elif head and word == "FROM":
            cuts.append(token)
            clause = True
        elif opens and previous == "CONSTRUCT":
            template = True
        elif head and place is None and not template and (opens or word == "WHERE" or word in _AFTER_PATTERN):
            place = token.start
        depth += (token.kind == "open") - (token.kind == "close")
        template = template and depth > 0
        previous = word
    return cuts, place
