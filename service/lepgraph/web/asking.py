"""What a request asks of the SPARQL endpoint: SPARQL 1.1 Protocol, 2.1, and the HTTP method QUERY.

Query strings and forms are read here and not by the framework, which replaces what is not UTF-8 in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from flask import g, request

from lepgraph.errors import NotAcceptable, ParameterFault, Refused, TooLarge, UnsupportedMedia
from lepgraph.media import GEOJSON, HTML, OFFERS, Format, Kind, choose, named
from lepgraph.store import FIRST_OF_EACH, Formats, Query
from lepgraph.web.replies import body, only, site

QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"
FORM_TYPE = "application/x-www-form-urlencoded"
READ = (QUERY_TYPE, FORM_TYPE)
"""The media types of bodies that are read here."""
MOST_PARAMETERS = 1000

_OF_UPDATES = ("update", "using-graph-uri", "using-named-graph-uri")
_UPDATE = "This endpoint answers queries and takes no updates."


@dataclass(frozen=True)
class Asked:
    """The parameters of a request, those of its address before those of its body, and the formats that it accepts."""

    parameters: tuple[tuple[str, str], ...]
    picked: dict[Kind, Format | None] = field(default_factory=dict)

    def values(self, name: str) -> list[str]:
        """All values of a parameter."""
        return [value for key, value in self.parameters if key == name]

    def only(self, name: str) -> str:
        """The one value of a parameter, or nothing; raises ParameterFault if it is given twice."""
        return only(name, self.values(name))

    @property
    def formats(self) -> Formats:
        """The format in which the engine is to answer; for a page or a map, the one that it is made from."""
        made = (HTML, GEOJSON)
        return {kind: FIRST_OF_EACH[kind] if form in made else form for kind, form in self.picked.items()}

    def query(self) -> Query | None:
        """The query, or None if there is none; raises a RequestFault for anything that is not one."""
        if any(self.values(name) for name in _OF_UPDATES):
            raise Refused(_UPDATE)
        text = self.only("query")
        if not text.strip():
            if self.values("query") or request.method not in ("GET", "HEAD"):
                raise ParameterFault("The query is empty.", hint="Put SPARQL into the parameter query.")
            return None
        return self.asking(text)

    def asking(self, text: str) -> Query:
        """The query that has this text; raises TooLarge if it is too long."""
        g.query = text  # a page that tells of a fault shows it again
        limit = site().settings.query_length
        if len(text.encode()) > limit:
            raise TooLarge(f"The query has more than {limit} bytes, which is the limit.")
        return Query(
            text,
            base=site().addresses.base,
            default_graphs=tuple(self.values("default-graph-uri")),
            named_graphs=tuple(self.values("named-graph-uri")),
            seconds=_seconds(self.only("timeout")),
        )

    def validator(self) -> str:
        """All that the answer depends on besides dataset and format, in one text."""
        return "\n".join(f"{name}={value}" for name, value in self.parameters)

    def refused(self, fault: NotAcceptable) -> NotAcceptable:
        """The engine's refusal with what is on offer here: a page, too."""
        return NotAcceptable([*fault.offers, HTML.media_type], reason=fault.reason)


def read() -> Asked:
    """What the request asks."""
    parameters = _parameters(request.query_string, "The address")
    if request.method in ("POST", "QUERY"):
        parameters += _of_body()
    return Asked(tuple(parameters), _picked([value for name, value in parameters if name == "format"]))


def _of_body() -> list[tuple[str, str]]:
    kind = request.mimetype.lower()
    limit = site().settings.query_length
    if kind == UPDATE_TYPE:
        raise Refused(_UPDATE)
    if kind not in READ:
        what = f"A body in {kind}" if kind else "A body without a media type"
        raise UnsupportedMedia(f"{what} is not read here.", hint=f"Send {QUERY_TYPE} or {FORM_TYPE}.", accepted=READ)
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMedia(f"The character set {charset!r} is not read here.", hint="Send UTF-8.", accepted=READ)
    coding = request.headers.get("Content-Encoding", "identity").lower()
    if coding != "identity":
        raise UnsupportedMedia(f"A body in {coding} is not read here.", hint="Send it as it is.", accepted=READ)
    if kind == FORM_TYPE:
        return _parameters(body(3 * limit), "The form")
    return [("query", _text(body(limit), "The query"))]


def addressed() -> dict[str, str]:
    """The parameters of the request's address; raises ParameterFault for one that is given twice or is not UTF-8."""
    given: dict[str, str] = {}
    for name, value in _parameters(request.query_string, "The address"):
        if name in given:
            raise ParameterFault(f"The parameter {name[:40]} is given twice.", hint="Give it once.")
        given[name] = value
    return given


def _parameters(encoded: bytes, where: str) -> list[tuple[str, str]]:
    """The names and values of a query string or a form, percent-encoding decoded once."""
    pieces = [piece for piece in encoded.split(b"&", MOST_PARAMETERS + 1) if piece]
    if len(pieces) > MOST_PARAMETERS:
        raise ParameterFault(f"{where} has more than {MOST_PARAMETERS} parameters.")
    pairs = [piece.replace(b"+", b" ").partition(b"=") for piece in pieces]
    return [(_text(unquote_to_bytes(name), where), _text(unquote_to_bytes(value), where)) for name, _, value in pairs]


def _text(data: bytes, where: str) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParameterFault(f"{where} is not UTF-8: byte {error.object[error.start]:#04x}.") from None
    if "\0" in text:
        raise ParameterFault(f"{where} holds the character U+0000, which no query can.")
    return text


def _picked(wanted: Sequence[str]) -> dict[Kind, Format | None]:
    """For each kind of answer the format that the client gets, HTML for a page; None if it accepts none.

    A format that is named goes before the Accept header; where several are, as in requests of SPARQLWrapper that
    repeat those of earlier ones, the header decides.
    """
    several = dict.fromkeys(wanted)
    name = next(iter(several)) if len(several) == 1 else ""
    accept = request.headers.get("Accept")
    offers = {kind: (*OFFERS[kind], HTML) for kind in Kind}
    offers[Kind.SOLUTIONS] += (GEOJSON,)
    return {kind: named(name, offers[kind]) if name else choose(accept, offers[kind]) for kind in Kind}


def _seconds(text: str) -> float | None:
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e6:
        raise ParameterFault(f"timeout must be a number of seconds above zero, not {text!r}.")
    return seconds
