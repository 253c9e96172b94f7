"""The workbench: a query and its answer on one page, complete without JavaScript, over which the editor stands."""

from __future__ import annotations

import re
from urllib.parse import quote

from flask import render_template

from lepgraph.querying import StoredQuery
from lepgraph.store import Answer
from lepgraph.web.harvest import root
from lepgraph.web.replies import site
from lepgraph.web.samples import samples
from lepgraph.web.tables import show

LONGEST_ADDRESS = 4000
"""Characters of an encoded query up to which the page names addresses that hold it; longer ones break on their way."""

_PREFIX = re.compile(r"^PREFIX\s+([\w-]+):\s*<([^>]*)>", re.MULTILINE | re.IGNORECASE)
_VALUES = re.compile(r"VALUES\s+\$\w+\s*\{[^{}]*\}")
_IRI = re.compile(r"<[^<>]*>")


def opened(text: str = "") -> str:
    """The page with a query that has not run; without one, with what counts the classes."""
    query = text or site().library.pages["classes"].text
    return render_template("sparql.html", query=query, shown=None, topics=site().library.topics)


def answered(text: str, answer: Answer) -> str:
    """The page with a query and its answer; raises AnswerTooLarge if that is too long for a page."""
    shown = show(answer)
    return render_template(
        "sparql.html",
        query=text,
        shown=shown,
        samples=samples(text.strip(), f"{root().rstrip('/')}/sparql", answer.kind),
        addressable=len(quote(text)) <= LONGEST_ADDRESS,
        mapped=any(picture.kind == "map" for picture in shown.pictures),
        topics=site().library.topics,
    )


def filled(stored: StoredQuery) -> str:
    """A stored query with the examples of its parameters, to start from."""
    examples = {parameter.name: parameter.example for parameter in stored.parameters if parameter.example}
    bound = stored.bound(stored.terms(examples, site().addresses))
    declared = {iri: prefix for prefix, iri in _PREFIX.findall(bound)}
    return _VALUES.sub(lambda line: _IRI.sub(lambda iri: _shorter(iri[0], declared), line[0]), bound)


def _shorter(iri: str, declared: dict[str, str]) -> str:
    """An IRI in brackets with one of the prefixes that the query declares, if one fits."""
    space, last = re.split(r"(?<=[/#])(?=[^/#]*>$)", iri[1:], maxsplit=1) if re.search(r"[/#]\w+>$", iri) else ("", "")
    return f"{declared[space]}:{last[:-1]}" if space in declared else iri
