"""How every endpoint answers: which format, with which validators, links and caching; and how bodies are read."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, cast

from flask import Response, current_app, request
from rdflib import Graph

from lepgraph import __version__
from lepgraph.errors import NotAcceptable, ParameterFault, TooLarge
from lepgraph.media import JSON_LD, N_TRIPLES, RDF_XML, TURTLE, Format, choose, named
from lepgraph.site import Site
from lepgraph.store import Answer

EXTENSION = "lepgraph"
IN_MEMORY = 4 * 1024 * 1024
"""Bytes of an answer that wait in memory; the rest waits in a file."""

_RDFLIB = {TURTLE: "turtle", JSON_LD: "json-ld", N_TRIPLES: "nt", RDF_XML: "pretty-xml"}


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
    response.implicit_sequence_conversion = isinstance(body, str | bytes)  # a stream is never gathered in memory
    response.headers["Vary"] = "Accept"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    if status == 200 and request.method in ("GET", "HEAD"):
        response.headers["Cache-Control"] = f"public, max-age={seconds}"
        response.set_etag(etag(form, validator))
        response.make_conditional(request)
    return response


def answered(answer: Answer, validator: str = "") -> Response:
    """An answer of the store, sent once its outcome is known: a long one waits in a temporary file meanwhile.

    So the status is always true, a slow reader holds no worker, and memory stays bounded; see docs/decisions/0006.
    Raises what the engine raises, and TooLarge for an answer over the limit.
    """
    if answer.complete:
        return reply(answer.body(), answer.format, validator=validator)
    limit = site().settings.answer_megabytes * 1024 * 1024
    spool = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by the response
    try:
        size = _gather(answer.chunks, spool, limit)
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    response = reply(iter(lambda: spool.read(64 * 1024), b""), answer.format, validator=validator)
    response.call_on_close(spool.close)
    if response.status_code == 200:
        response.content_length = size
    return response


def _gather(chunks: Iterable[bytes], spool: IO[bytes], limit: int) -> int:
    """Writes the chunks to the spool and gives their size in bytes."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            hint = "Ask for less: add a LIMIT, or take the dump."
            raise TooLarge(f"The answer is longer than {limit} bytes, which is the limit.", hint=hint)
        spool.write(chunk)
    return size


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


def written(graph: Graph, form: Format) -> bytes:
    """A graph that we made ourselves, in a format."""
    return graph.serialize(format=_RDFLIB[form], encoding="utf-8")


def alternates(address: str, offers: Sequence[Format]) -> str:
    """The Link header that names the other forms of a document (RFC 8288, rel=alternate)."""
    links = [f'<{address}.{offer.name}>; rel="alternate"; type="{offer.media_type}"' for offer in offers]
    return ", ".join(links)
