"""How every endpoint answers: which format, with which validators, links, caching and coding; and how bodies are read.

A validator is strong: it holds a digest of the body and the name of the content coding, besides the dataset, the code,
the address and the format, so that two bodies that differ in a byte never share one. See docs/decisions/0017.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, cast

from flask import Response, current_app, request
from rdflib import Graph
from werkzeug.http import is_resource_modified

from lepgraph import __version__
from lepgraph.errors import AnswerTooLarge, NotAcceptable, ParameterFault, PreconditionFailed, TooLarge
from lepgraph.media import JSON_LD, N_TRIPLES, RDF_XML, TURTLE, Format, Kind, choose, named
from lepgraph.site import Site
from lepgraph.store import Answer
from lepgraph.web import coding
from lepgraph.web.observing import seen
from lepgraph.web.rows import Rows

EXTENSION = "lepgraph"
IN_MEMORY = 4 * 1024 * 1024
"""Bytes of an answer that wait in memory; the rest waits in a file."""

UNCODED = (204, 206, 304)
"""Statuses whose bodies, if any, are never coded."""

_VARYING = re.compile(r"(?<![\w?$:])(NOW|RAND|UUID|STRUUID|SERVICE)(?!\w)|\\[uU]", re.I)
_CONDITIONS = frozenset(
    f"HTTP_{name}"
    for name in ("IF_MATCH", "IF_NONE_MATCH", "IF_MODIFIED_SINCE", "IF_UNMODIFIED_SINCE", "IF_RANGE", "RANGE")
)
"""The headers of a request that make it conditional (RFC 9110, 13.1 and 14.2), as WSGI names them."""
_NAME = 60
"""Characters of a name or value from outside that a fault repeats."""
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


def lasting(text: str) -> bool:
    """Whether a query has the same answer as long as the dataset is the same.

    Not so if it may ask for the time, chance or another service. Words in strings and comments count too, and so does
    any codepoint escape, behind which a word could hide: the price is an answer that is not kept.
    """
    return _VARYING.search(text) is None


def keeping(text: str) -> int:
    """Seconds for which the answer to a query may be kept."""
    return 300 if lasting(text) else 0


def reply(
    body: str | bytes | Iterable[bytes],
    form: Format,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    validator: str = "",
    seconds: int = 300,
) -> Response:
    """A response in a format, which may be kept for some seconds; none: it is kept nowhere and has no validator.

    ``validator`` names what the body depends on besides the dataset and the address; a stream's has its digest.
    """
    response = Response(body, status=status, content_type=form.content_type)
    response.implicit_sequence_conversion = isinstance(body, str | bytes)  # a stream is never gathered in memory
    response.headers["Vary"] = "Accept, Accept-Encoding"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    if status != 200 or seconds <= 0:
        response.headers["Cache-Control"] = "no-store"
        return response
    seen(request.environ).lasting = True
    if request.method != "POST":
        response.headers["Cache-Control"] = f"public, max-age={seconds}"
        if isinstance(body, str | bytes):
            validator += hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest()
        response.set_etag(etag(form, validator))
    return response


def answered(answer: Answer, validator: str = "", *, text: str = "") -> Response:
    """An answer of the store, sent once its outcome is known: a long one waits in a temporary file meanwhile.

    So the status is always true, a slow reader holds no worker, and memory stays bounded; see docs/decisions/0006.
    ``text`` is the query. Raises what the engine raises, and AnswerTooLarge for an answer over the limit.
    """
    seconds = keeping(text or validator)
    rows = Rows(answer.format if answer.kind != Kind.BOOLEAN else None)
    if answer.complete:
        body = answer.body()
        rows.feed(body)
        seen(request.environ).rows = rows.number()
        return reply(body, answer.format, validator=validator, seconds=seconds)
    limit = site().settings.answer_megabytes * 1024 * 1024
    digest = hashlib.sha256()
    spool = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by the response
    try:
        size = _gather(answer.chunks, spool, limit, (rows.feed, digest.update))
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    seen(request.environ).rows = rows.number()
    chunks = iter(lambda: spool.read(64 * 1024), b"")
    response = reply(chunks, answer.format, validator=validator + digest.hexdigest(), seconds=seconds)
    response.call_on_close(spool.close)
    response.content_length = size
    return response


def _gather(chunks: Iterable[bytes], spool: IO[bytes], limit: int, readers: Sequence[Callable[[bytes], object]]) -> int:
    """Writes the chunks to the spool, shows each to the readers, and gives their size in bytes."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            hint = "Ask for less: add a LIMIT, or take the dump."
            raise AnswerTooLarge(f"The answer is longer than {limit} bytes, which is the limit.", hint=hint)
        for read in readers:
            read(chunk)
        spool.write(chunk)
    return size


def etag(form: Format, validator: str = "") -> str:
    """A strong validator from the dataset, the code, the address, the format and what else decides the bytes."""
    parts = (site().version.digest, __version__, request.full_path, form.media_type, validator)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def admitted() -> None:
    """Raises NotAcceptable if the client refuses every content coding on offer, and bodies without one too."""
    choice = coding.negotiated(request.headers.get("Accept-Encoding"))
    if not choice.coding and not choice.plain:
        fault = NotAcceptable(coding.CODINGS)
        fault.hint = "Name one of these in the Accept-Encoding header, or admit identity."
        raise fault


def finished(response: Response) -> Response:
    """The response as the client gets it: in its content coding, and as 304, 206 or 412 where it asked for that.

    The validator is the one of the coded body, so a condition is held against what would be sent (RFC 9110, 8.8.3.3).
    """
    if "Accept-Encoding" not in response.headers.get("Vary", ""):
        response.vary.add("Accept-Encoding")
    size = response.content_length
    name = _coding(response)
    if name:
        tag, weak = response.get_etag()
        if tag is not None:
            response.set_etag(f"{tag}-{name}", bool(weak))
        response.headers["Content-Encoding"] = name
        for header in ("Content-Length", "Accept-Ranges", "Repr-Digest"):
            response.headers.pop(header, None)
    conditional = response.status_code == 200 and not _CONDITIONS.isdisjoint(request.environ)
    conditional = conditional and "ETag" in response.headers
    if not conditional or is_resource_modified(request.environ, response.headers["ETag"]):
        _code(response, name)
    if conditional:
        ranges = "Accept-Ranges" in response.headers and _of_one_part(request.headers.get("Range", ""))
        response.make_conditional(request, accept_ranges=ranges, complete_length=size if ranges else None)
        if response.status_code == PreconditionFailed.status:
            raise PreconditionFailed("The validator is another one now.", hint="Fetch the answer anew.")
    return response


def _of_one_part(asked: str) -> bool:
    """Whether a Range header is one to answer: of bytes, not of another unit, nor of several parts (RFC 9110, 14.2)."""
    return asked.partition("=")[0].strip().lower() == "bytes" and "," not in asked


def _coding(response: Response) -> str:
    """The coding in which a response is to be sent; empty for none."""
    if response.status_code in UNCODED or "Content-Encoding" in response.headers:
        return ""
    if "Range" in request.headers and "Accept-Ranges" in response.headers:
        return ""
    choice = coding.negotiated(request.headers.get("Accept-Encoding"))
    if choice.plain and seen(request.environ).file:
        return ""  # its compressed form lies ready, for those who take it
    if choice.plain:
        size = response.content_length if response.is_streamed else len(response.get_data())
        if not coding.worthwhile(response.content_type or "") or (size is not None and size < coding.SMALLEST):
            return ""
    return choice.coding


def _code(response: Response, name: str) -> None:
    """Puts the body into a coding, if there is one to put it into: a stream piece by piece."""
    if not name:
        return
    if not response.is_streamed:
        response.set_data(coding.coded(response.get_data(), name))
        return
    plain = response.response
    if hasattr(plain, "close"):
        response.call_on_close(plain.close)
    response.direct_passthrough = False
    response.response = coding.coding(cast("Iterable[bytes]", plain), name)


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


def parameters(*known: str) -> dict[str, str]:
    """The parameters of the address, ``format`` left out, by name; raises ParameterFault for one that is not known."""
    for name in request.args:
        if name not in (*known, "format"):
            hint = f"This page knows {', '.join(known)}." if known else "This page has none."
            raise ParameterFault(f"There is no parameter {name[:_NAME]!r} here.", hint=hint)
    return {name: only(name, request.args.getlist(name)) for name in request.args if name != "format"}


def written(graph: Graph, form: Format) -> bytes:
    """A graph that we made ourselves, in a format."""
    return graph.serialize(format=_RDFLIB[form], encoding="utf-8")


def alternates(address: str, offers: Sequence[Format]) -> str:
    """The Link header that names the other forms of a document (RFC 8288, rel=alternate)."""
    links = [f'<{address}.{offer.name}>; rel="alternate"; type="{offer.media_type}"' for offer in offers]
    return ", ".join(links)
