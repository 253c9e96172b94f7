"""Comparisons on the web: ``/compare?thing=…&thing=…``, with a form that adds things and links that take them out."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request

from lepgraph.addresses import acceptable_segment
from lepgraph.comparing import MOST, compared
from lepgraph.errors import NotFound, ParameterFault
from lepgraph.media import HTML
from lepgraph.searching import finding
from lepgraph.web.replies import negotiated, only, reply, site

blueprint = Blueprint("comparing", __name__)

CHOSEN_FROM = 60
"""Things of a kind up to which another one is chosen from a pick list."""
_LONGEST = 2000
_KNOWN = ("thing", "add", "format")


@blueprint.get("/compare")
def comparison() -> Response:
    """Two to six things side by side; with none or one of them the form alone."""
    for name in request.args:
        if name not in _KNOWN:
            raise ParameterFault(f"There is no parameter {name[:60]!r} here.", hint="This page knows thing and add.")
    negotiated((HTML,))
    given = [text for text in request.args.getlist("thing") if text.strip()]
    if len(given) > 2 * MOST:
        raise ParameterFault(
            f"{len(given)} things are too many: at most {MOST} can be compared.", hint="Leave some out."
        )
    iris = list(dict.fromkeys(_iri(text) for text in given))
    added = only("add", request.args.getlist("add")).strip()
    if added:
        return _with(iris, added)
    here = site()
    if not iris:
        return reply(render_template("compare.html", found=None, keys=[], most=MOST), HTML)
    found = compared(iris, here.store, here.library, here.describer)
    keys = [_key(iri) for iri in iris]
    without = [_address([key for key in keys if key != own]) for own in keys]
    page = render_template("compare.html", found=found, keys=keys, without=without, others=_others(iris), most=MOST)
    return reply(page, HTML)


def _with(iris: list[str], words: str) -> Response:
    """Leads to the comparison with the thing that is found first for the words."""
    found = finding.find(site().index, words)
    hit = next((hit for hit in found.hits if site().addresses.split(hit.iri)), None)
    if hit is None:
        raise NotFound(f"Nothing that can be compared is called {words[:60]!r}.", hint="Look for it in the search.")
    response = redirect(_address([_key(iri) for iri in dict.fromkeys([*iris, hit.iri])]), 303)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]  # werkzeug's response is flask's here


def _iri(text: str) -> str:
    """The thing that a parameter names: its IRI, its path here, or concept and key."""
    text = text.strip()
    if len(text) > _LONGEST:
        raise ParameterFault(f"thing is longer than {_LONGEST} characters.", hint="For instance concept/key.")
    addresses = site().addresses
    if addresses.split(text):
        return text
    concept, _, key = text.removeprefix("/doc/").removeprefix("/id/").partition("/")
    if not (acceptable_segment(concept) and acceptable_segment(key)):
        concepts = ", ".join(site().content.catalogue.concepts)
        hint = f"A thing is named by its identifier, or by concept and key. Concepts: {concepts}."
        raise ParameterFault(f"thing does not name anything: {text[:60]!r}.", hint=hint)
    return str(addresses.thing(concept, key))


def _key(iri: str) -> str:
    concept, key = site().addresses.split(iri) or ("", iri)
    return f"{concept}/{key}"


def _address(keys: list[str]) -> str:
    return "/compare" + (f"?{urlencode([('thing', key) for key in keys], safe='/')}" if keys else "")


def _others(iris: list[str]) -> list[tuple[str, str]]:
    """What else there is of the kind of the first thing, if it is a small kind: keys and names."""
    segment = _key(iris[0]).partition("/")[0]
    concept = site().content.catalogue.concepts.get(segment)
    if concept is None or site().numbers[segment] > CHOSEN_FROM:
        return []
    return [(f"{segment}/{row.key}", row.name.text) for row in site().lists.of(concept).rows if row.iri not in iris]
