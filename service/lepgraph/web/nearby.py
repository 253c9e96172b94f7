"""What is near to an address under which there is nothing: things whose key or name is like it."""

from __future__ import annotations

from difflib import get_close_matches
from urllib.parse import unquote

from lepgraph.errors import ParameterFault
from lepgraph.querying import Parameter
from lepgraph.searching import finding
from lepgraph.web.replies import site

MOST = 5
_LONGEST = 100


def near(path: str) -> list[dict[str, str]]:
    """At most five things with their names and paths, the nearest first."""
    parts = [unquote(part) for part in path.split("/") if part]
    if not parts or len(path) > _LONGEST:
        return []
    if parts[0] == "queries":
        questions = site().library.questions
        return [
            {"label": questions[name].summary, "href": f"/queries/{name}"}
            for name in get_close_matches(parts[-1], questions, MOST, 0.5)
        ]
    if parts[0] in ("id", "doc") and len(parts) == 2:
        lists = site().content.catalogue.concepts
        named = get_close_matches(parts[1], lists, MOST, 0.5)
        return [{"label": lists[name].title, "href": f"/id/{name}"} for name in named]
    if parts[0] in ("id", "doc", "def") and len(parts) == 3:
        found = _keys(f"def/{parts[1]}" if parts[0] == "def" else parts[1], parts[2])
        return found or _searched(parts[2])
    return _searched(parts[-1])


def _keys(concept: str, key: str) -> list[dict[str, str]]:
    """Things of a concept whose key or name is like a key."""
    choices = site().choices.of(Parameter("key", "iri", concept, "", "", required=True))
    known = {choice.value.casefold(): choice for choice in choices}
    known |= {choice.label.casefold().replace(" ", "-"): choice for choice in choices}
    matches = get_close_matches(key.casefold(), known, 2 * MOST, 0.7)
    found = dict.fromkeys(known[match] for match in matches)
    folder = concept if concept.startswith("def/") else f"doc/{concept}"
    return [{"label": choice.label, "href": f"/{folder}/{choice.value}"} for choice in list(found)[:MOST]]


def _searched(word: str) -> list[dict[str, str]]:
    """Things that a search for the words of a key finds."""
    try:
        hits = finding.suggest(site().index, word.replace("-", " ").replace("_", " "))
    except ParameterFault:
        return []
    return [{"label": hit.title, "href": hit.href} for hit in hits[:MOST]]
