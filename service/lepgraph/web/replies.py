"""How every endpoint answers: which format, with which validators, links and caching; and how bodies are read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from flask import Response, current_app, request

from lepgraph import __version__
from lepgraph.errors import NotAcceptable, ParameterFault, TooLarge
from lepgraph.media import Format, choose, named
from lepgraph.site import Site

EXTENSION = "lepgraph"


def site() -> Site:
    """The site that the running application serves."""
    return cast("Site", current_app.extensions[EXTENSION])


def negotiated(offers: Sequence[Format], suffix: str = "") -> Format:
    """The format to answer in: a suffix of the address before ``?format=`` before the Accept header.

    Raises NotAcceptable if the client admits none of the offers.
    """
    wanted = suffix or request.args.get("format", "")
    found = named(wanted, offers) if wanted else choose(request.headers.get("Accept"), offers)
    if found is None:
        raise NotAcceptable([offer.media_type for offer in offers])
    return found


def reply(
    body: str | bytes | Iterable[bytes],
    form: Format,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    validator: str = "",
    seconds: int = 300,
) -> Response:
    """A response in a format. ``validator`` names what the body depends on besides the dataset and the address."""
    response = Response(body, status=status, content_type=form.content_type)
    response.headers["Vary"] = "Accept"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    if status == 200 and request.method in ("GET", "HEAD"):
        response.headers["Cache-Control"] = f"public, max-age={seconds}"
        response.set_etag(etag(form, validator))
        response.make_conditional(request)
    return response


def etag(form: Format, validator: str = "") -> str:
    """A strong validator: dataset, code, address and format together decide every byte that we send."""
    parts = (site().version.digest, __version__, request.full_path, form.media_type, validator)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def body(limit: int) -> bytes:
    """The request's body, at most ``limit`` bytes; raises TooLarge. Chunked bodies are counted too."""
    if (request.content_length or 0) > limit:
        raise TooLarge(f"The body has {request.content_length} bytes; the limit is {limit}.")
    read = request.stream.read(limit + 1)
    if len(read) > limit:
        raise TooLarge(f"The body has more than {limit} bytes, which is the limit.")
    return read


def only(name: str, values: Sequence[str]) -> str:
    """The one value of a parameter; raises ParameterFault if it is given twice."""
    if len(values) > 1:
        raise ParameterFault(f"The parameter {name} is given {len(values)} times.", hint="Give it once.")
    return values[0] if values else ""


def alternates(address: str, offers: Sequence[Format]) -> str:
    """The Link header that names the other forms of a document (RFC 8288, rel=alternate)."""
    links = [f'<{address}.{offer.name}>; rel="alternate"; type="{offer.media_type}"' for offer in offers]
    return ", ".join(links)
