"""Pages as versions of the dataset had them: datetime negotiation and TimeMaps (RFC 7089).

A document is its own TimeGate (pattern 1.1): asked with Accept-Datetime it leads to what the version of that day said.
This is about the dataset; the day for which a page is shown (``?date=``) is about the world.
"""

from __future__ import annotations

import datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote, urljoin

from flask import Blueprint, Response, redirect, render_template, request

from lepgraph.addresses import acceptable_path, cut_suffix
from lepgraph.errors import Gone, NotFound, ParameterFault
from lepgraph.media import GRAPHS, HTML, LINK_FORMAT, PAGE
from lepgraph.releases.history import Change
from lepgraph.sections import NONE
from lepgraph.web.harvest import root
from lepgraph.web.replies import alternates, negotiated, parameters, reply, site
from lepgraph.web.versions import WORDS, day, history

blueprint = Blueprint("mementos", __name__)

KEPT = 86400
"""Seconds for which what a version said may be kept: it never changes."""

_NEGOTIATED = ("pages.document", "pages.definition", "pages.data", "pages.home")
_SPACES = ("doc", "def", "data")


@blueprint.before_app_request
def negotiate() -> Response | None:
    """Leads to the version that was current at the instant that is asked for, if one is."""
    asked = request.headers.get("Accept-Datetime")
    if asked is None or request.endpoint not in _NEGOTIATED or not site().versioned:
        return None
    instant = _instant(asked)
    places = _places(_iri())
    if not places:
        return None
    releases = [history().releases[place] for place in places]
    past = [n for n, release in enumerate(releases) if _midnight(release.date) <= instant]
    if len(past) > 1 and not releases[past[-1]].released and releases[past[-1]].date == releases[past[-2]].date:
        past.pop()  # of two of one day, the one that was released
    chosen = places[past[-1]] if past else places[0]
    response = redirect(_memento(chosen, request.path), 302)
    response.headers["Link"] = ", ".join(_links(request.path, places, chosen))
    response.headers["Vary"] = "Accept-Datetime, Accept"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response  # type: ignore[return-value]  # werkzeug's response is flask's here


@blueprint.after_app_request
def varying(response: Response) -> Response:
    """Says of documents that they depend on Accept-Datetime."""
    if request.endpoint in _NEGOTIATED and site().versioned:
        response.vary.add("Accept-Datetime")
    return response


@blueprint.get("/version/<number>/<any('doc', 'def', 'data'):space>/<path:path>")
def memento(number: str, space: str, path: str) -> Response:
    """A document as a version had it."""
    parameters()
    found = history()
    place = found.place(number)
    release = found.releases[place]
    stem, suffix = cut_suffix(path)
    if release.number != number:
        return redirect(_memento(place, f"/{space}/{path}"), 302)  # type: ignore[return-value]
    iri, original = _identifier(space, stem), f"/{space}/{quote(stem, safe=_SAFE)}"
    places = _places(iri)
    if place not in places:
        raise _unknown(iri, number, places)
    form = negotiated(PAGE, suffix)
    address = _memento(place, original)
    instant = format_datetime(_midnight(release.date), usegmt=True)
    links = [*_links(original, places, place), alternates(address, GRAPHS)]
    headers = {"Memento-Datetime": instant, "Link": ", ".join(links)}
    seconds = KEPT if release.released else 300
    if form != HTML:
        body = site().memory.written(iri, place, form, site().content.prefixes)
        assert body is not None
        return reply(body, form, headers=headers, validator=root(), seconds=seconds)
    page = render_template(
        "memento.html",
        described=site().memory.described(iri, place),
        sections=NONE,
        address=address,
        original=original,
        forms=GRAPHS,
        release=release,
        latest=place == len(found.releases) - 1,
        still=places[-1] == len(found.releases) - 1,
        day=day,
    )
    return reply(page, HTML, headers=headers, validator=root(), seconds=seconds)


@blueprint.get("/timemap")
@blueprint.get("/timemap/<any('doc', 'def', 'data'):space>/<path:path>")
def timemap(space: str = "", path: str = "") -> Response:
    """All versions of a document, or of the dataset: a page, or links (RFC 6690)."""
    parameters()
    form = negotiated((LINK_FORMAT, HTML))
    found = history()
    iri = _identifier(space, path) if space else ""
    original = f"/{space}/{quote(path, safe=_SAFE)}" if space else "/"
    places = _places(iri)
    if not places and not found.life(iri):
        raise NotFound(f"No version says anything of {iri}.", hint="/version lists the versions.")
    if form == LINK_FORMAT:
        own = f"{_timemap_link(original, 'self')}{_extent(places)}"
        links = [f'<{_absolute(original)}>; rel="original timegate"', own, *_mementos(original, places)]
        return reply(",\n".join(links) + "\n", LINK_FORMAT, validator=root())
    rows = [
        (found.releases[place], change, _memento(place, original) if place in places else "", place)
        for place, change in (found.life(iri) if space else [(place, None) for place in places])
    ]
    title = site().describer.labels([iri]).get(iri, "") if iri else site().content.catalogue.title
    page = render_template(
        "timemap.html",
        title=title or iri,
        rows=rows[::-1],
        original=original if not space or len(found.releases) - 1 in places else "",
        words=WORDS,
        day=day,
        removed=Change.REMOVED,
    )
    return reply(page, HTML)


def timed() -> list[tuple[str, str, str]]:
    """The links of the document that is asked for to its TimeGate, which it is itself, and to its TimeMap."""
    if request.endpoint not in _NEGOTIATED or not site().versioned:
        return []
    path = _stem(request.path)
    times = f"/timemap{'' if path == '/' else path}"
    return [("original timegate", _absolute(path), ""), ("timemap", _absolute(times), LINK_FORMAT.media_type)]


def gone(iri: str) -> Gone | None:
    """The fault for a thing of which former versions spoke, but this one does not; None for any other."""
    if not site().versioned:
        return None
    life = history().life(iri)
    path = site().addresses.path(iri)
    places = history().versions(iri) if life else []
    if not life or not path or not places or places[-1] == len(history().releases) - 1:
        return None
    last = history().releases[life[-1][0]]
    reason = f"Version {last.number} of {day(last.date)} and those after it say nothing of {iri}."
    return Gone(reason, hint=f"{_memento(places[-1], path)} is what was last said of it.")


_SAFE = "/-._~!$&'()*+,;=:@%"


def _iri() -> str:
    """What the document that is asked for is about; empty for the dataset."""
    if request.endpoint == "pages.home":
        return ""
    _, space, rest = _stem(request.path).split("/", 2)
    return _identifier(space, rest)


def _stem(path: str) -> str:
    return cut_suffix(quote(path, safe=_SAFE))[0] if path != "/" else "/"


def _identifier(space: str, path: str) -> str:
    stem = cut_suffix(path)[0]
    if not acceptable_path(stem):
        raise NotFound(f"{request.path} cannot be an identifier.")
    if space != "doc":
        return f"{site().addresses.base}{space}/{stem}"
    concept, slash, key = stem.partition("/")
    if not slash or "/" in key:
        raise NotFound(f"{request.path} cannot be an identifier.")
    return str(site().addresses.thing(concept, key))


def _places(iri: str) -> list[int]:
    """The versions that speak of a thing; all of them for the dataset."""
    return history().versions(iri) if iri else list(range(len(history().releases)))


def _memento(place: int, path: str) -> str:
    return f"/version/{history().releases[place].number}{'' if path == '/' else path}"


def _instant(text: str) -> datetime.datetime:
    """The instant of an Accept-Datetime header; raises ParameterFault (RFC 7089, 4.5.3)."""
    try:
        found = parsedate_to_datetime(text[:60])
    except (ValueError, IndexError):
        found = None
    if found is None or len(text) > 60 or found.tzinfo is None:
        hint = "For instance Accept-Datetime: Wed, 25 Nov 2026 00:00:00 GMT."
        raise ParameterFault(f"Accept-Datetime is not a date of HTTP: {text[:60]!r}.", hint=hint)
    return found


def _midnight(date: str) -> datetime.datetime:
    return datetime.datetime.combine(datetime.date.fromisoformat(date), datetime.time(), datetime.UTC)


def _absolute(path: str) -> str:
    return urljoin(root(), path)


def _timemap_link(path: str, relation: str = "timemap") -> str:
    address = _absolute(f"/timemap{'' if path == '/' else path}")
    return f'<{address}>; rel="{relation}"; type="{LINK_FORMAT.media_type}"'


def _extent(places: list[int]) -> str:
    if not places:
        return ""
    ends = (
        format_datetime(_midnight(history().releases[place].date), usegmt=True) for place in (places[0], places[-1])
    )
    return '; from="{}"; until="{}"'.format(*ends)


def _links(path: str, places: list[int], place: int) -> list[str]:
    """The links of a memento or of the way to it: original, TimeGate, TimeMap, and the mementos around it."""
    stem = _stem(path)
    at = places.index(place)
    near = {0, max(at - 1, 0), at, min(at + 1, len(places) - 1), len(places) - 1}
    own = [f'<{_absolute(stem)}>; rel="original timegate"', _timemap_link(stem)]
    return [*own, *(_mementos(stem, places)[n] for n in sorted(near))]


def _mementos(path: str, places: list[int]) -> list[str]:
    found = []
    for n, place in enumerate(places):
        relation = " ".join((["first"] if n == 0 else []) + (["last"] if n == len(places) - 1 else []) + ["memento"])
        instant = format_datetime(_midnight(history().releases[place].date), usegmt=True)
        found.append(f'<{_absolute(_memento(place, path))}>; rel="{relation}"; datetime="{instant}"')
    return found


def _unknown(iri: str, number: str, places: list[int]) -> NotFound:
    if not places:
        return NotFound(f"No version says anything of {iri}.", hint="/version lists the versions.")
    known = ", ".join(history().releases[place].number for place in places[-5:])
    return NotFound(f"Version {number} says nothing of {iri}.", hint=f"These versions do: {known}.")
