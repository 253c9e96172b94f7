"""All errors that lepgraph raises on purpose, each with the HTTP status it is answered with.

``Fault`` (root)
├── ``ContentFault`` 500 — the files of the content are wrong; stops a build or a start
├── ``RequestFault`` 400 — the caller is wrong
│   ├── ``QueryFault`` 400 — a query that is not SPARQL, with line and column
│   ├── ``ParameterFault`` 400, ``RecordFault`` 400 — a value or a record that cannot be read (``ShapesFault``: shapes)
│   ├── ``Refused`` 403, ``NotFound`` 404, ``MethodRefused`` 405, ``NotAcceptable`` 406, ``Gone`` 410
│   ├── ``TooSlow`` 408, ``PreconditionFailed`` 412, ``TooLarge`` 413, ``AddressTooLong`` 414, ``UnsupportedMedia`` 415
│   └── ``RangeRefused`` 416, ``TooMany`` 429, ``HeadersTooLarge`` 431
├── ``NotKept`` 507 — there is no room for what was to be kept
└── ``EngineFault`` 500 — the engine failed on a sound request
    ├── ``Unsupported`` 501 — what the engine elsewhere cannot do as the standard says
    ├── ``ServiceFault`` 502 — an endpoint that the query calls failed
    ├── ``EngineBusy`` 503, ``EngineLost`` 503, ``OutOfMemory`` 503, ``EngineAway`` 503
    └── ``QueryTimeout`` 504

No other place maps an error to a status. The fields are those of RFC 9457 (type, title, status, detail) and ``hint``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self


class Fault(Exception):
    """Anything lepgraph refuses or fails to do; ``detail`` says what, ``hint`` what to do about it."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str, *, hint: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.hint = hint

    @classmethod
    def slug(cls) -> str:
        """The last part of the problem type's address, such as ``query-timeout``."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    def headers(self) -> dict[str, str]:
        """Header fields that the answer has besides."""
        return {}

    def extensions(self) -> dict[str, object]:
        """Further members of the problem document (RFC 9457, 3.2), beside the five that each has."""
        return {}

    def members(self) -> dict[str, object]:
        """All that there is to say, as JSON can hold it, for another process to raise again: see ``from_members``."""
        return {"class": type(self).__name__, "detail": self.detail, "hint": self.hint, **self.extensions()}

    @classmethod
    def restored(cls, detail: str, hint: str, extensions: Mapping[str, object]) -> Self:
        """The fault of this class that has these members."""
        return cls(detail, hint=hint)


@dataclass(frozen=True, order=True)
class Place:
    """Where a fault of the content lies: a file, and as far as known its row (or line, from 1) and column."""

    file: str
    row: int = 0
    column: str = ""

    def __str__(self) -> str:
        parts = [self.file]
        if self.row:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        return ", ".join(parts)


class ContentFault(Fault):
    """The content cannot be built; ``faults`` lists every place and reason that was found, not only the first."""

    title = "The content is faulty"

    def __init__(self, faults: Sequence[tuple[Place, str]], *, hint: str = "") -> None:
        self.faults = sorted(faults)
        lines = [f"{place}: {reason}" for place, reason in self.faults]
        super().__init__("\n".join(lines), hint=hint)


class RequestFault(Fault):
    """The request cannot be answered as it stands."""

    status = 400
    title = "The request is not right"


class QueryFault(RequestFault):
    """The query is not SPARQL 1.1; ``line`` and ``column`` count from 1 and are 0 where the engine did not say.

    ``excerpt`` is the line at fault, and below it a caret under the place.
    """

    title = "The query has a fault"

    def __init__(self, detail: str, *, line: int = 0, column: int = 0, hint: str = "", excerpt: str = "") -> None:
        super().__init__(detail, hint=hint)
        self.line = line
        self.column = column
        self.excerpt = excerpt

    def extensions(self) -> dict[str, object]:
        """Line, column and excerpt of the fault, if known."""
        return {"line": self.line, "column": self.column, "excerpt": self.excerpt} if self.line else {}

    @classmethod
    def restored(cls, detail: str, hint: str, extensions: Mapping[str, object]) -> Self:
        """See Fault."""
        line, column = (int(str(extensions.get(name, 0))) for name in ("line", "column"))
        return cls(detail, hint=hint, line=line, column=column, excerpt=str(extensions.get("excerpt", "")))


class ParameterFault(RequestFault):
    """A parameter is missing, repeated, unknown or not of its type; ``parameters`` says what is wrong with each.

    ``plain`` says it to a person who sees a form and no names of parameters.
    """

    title = "A parameter is not right"

    def __init__(
        self, detail: str, *, hint: str = "", plain: str = "", parameters: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail, hint=hint)
        self.plain = plain
        self.parameters = dict(parameters or {})

    def extensions(self) -> dict[str, object]:
        """What is wrong with each parameter, where several were looked at."""
        return {"parameters": self.parameters} if self.parameters else {}


class RecordFault(RequestFault):
    """A record handed in cannot be read."""

    title = "The record cannot be read"


class ShapesFault(RecordFault):
    """Shapes handed in cannot be used."""

    title = "The shapes cannot be used"


class Refused(RequestFault):
    """The request is understood and will not be carried out, whoever asks."""

    status = 403
    title = "This is not done here"


class NotFound(RequestFault):
    """Nothing is known under the address."""

    status = 404
    title = "Nothing is known under this address"

    def __init__(self, detail: str, *, hint: str = "") -> None:
        super().__init__(detail, hint=hint)
        self.near: list[dict[str, str]] = []

    def extensions(self) -> dict[str, object]:
        """What is near to it: names with addresses."""
        return {"near": self.near} if self.near else {}


class Gone(RequestFault):
    """What was known under the address was withdrawn; ``successor`` is the path of what takes its place, if any."""

    status = 410
    title = "This was withdrawn"

    def __init__(self, detail: str, *, hint: str = "", successor: str = "") -> None:
        super().__init__(detail, hint=hint)
        self.successor = successor

    def extensions(self) -> dict[str, object]:
        """What takes its place."""
        return {"successor": self.successor} if self.successor else {}

    def headers(self) -> dict[str, str]:
        """The link to what takes its place (RFC 5829, 3.2)."""
        return {"Link": f'<{self.successor}>; rel="successor-version"'} if self.successor else {}


class MethodRefused(RequestFault):
    """The address does not answer this HTTP method."""

    status = 405
    title = "This address does not answer this method"


class NotAcceptable(RequestFault):
    """None of the formats asked for is on offer; ``offers`` names those that are."""

    status = 406
    title = "None of the formats asked for is on offer"

    def __init__(self, offers: Sequence[str], *, reason: str = "") -> None:
        self.offers = tuple(offers)
        self.reason = reason
        detail = f"{reason} On offer: {', '.join(self.offers)}.".lstrip()
        super().__init__(detail, hint="Ask for one of these in the Accept header.")

    def extensions(self) -> dict[str, object]:
        """The media types on offer, and why the one asked for will not do, if there is a reason."""
        return {"offers": list(self.offers), **({"reason": self.reason} if self.reason else {})}

    @classmethod
    def restored(cls, detail: str, hint: str, extensions: Mapping[str, object]) -> Self:
        """See Fault."""
        offers = extensions.get("offers", ())
        named = [str(offer) for offer in offers] if isinstance(offers, Sequence) else []
        return cls(named, reason=str(extensions.get("reason", "")))


class TooLarge(RequestFault):
    """The body is over the limit."""

    status = 413
    title = "The request is too large"


class AnswerTooLarge(TooLarge):
    """The answer is over the limit, though the request is not."""

    title = "The answer is too large"


class AddressTooLong(RequestFault):
    """The address is over the limit."""

    status = 414
    title = "The address is too long"


class TooSlow(RequestFault):
    """The body did not arrive in time."""

    status = 408
    title = "The request took too long to arrive"


class PreconditionFailed(RequestFault):
    """The condition that the request names (If-Match, If-Unmodified-Since) does not hold."""

    status = 412
    title = "The condition of the request does not hold"


class RangeRefused(RequestFault):
    """The part that was asked for is not there."""

    status = 416
    title = "This part does not exist"


class TooMany(RequestFault):
    """The client asked more often than the operator allows; ``seconds`` says when it may ask again."""

    status = 429
    title = "Too many requests"

    def __init__(self, detail: str, *, seconds: int = 0, hint: str = "") -> None:
        super().__init__(detail, hint=hint)
        self.seconds = seconds


class HeadersTooLarge(RequestFault):
    """The headers are over the limit."""

    status = 431
    title = "The headers are too large"


class UnsupportedMedia(RequestFault):
    """The body is in a format that is not read here; ``accepted`` names the media types that are."""

    status = 415
    title = "This format is not read here"

    def __init__(self, detail: str, *, hint: str = "", accepted: Sequence[str] = ()) -> None:
        super().__init__(detail, hint=hint)
        self.accepted = tuple(accepted)

    def headers(self) -> dict[str, str]:
        """The media types that are read here, for POST and for QUERY."""
        named = ", ".join(self.accepted)
        return {"Accept-Post": named, "Accept-Query": named} if named else {}


class NotKept(Fault):
    """What was handed in to be kept cannot be: there is no room, or the place cannot be used."""

    status = 507
    title = "This cannot be kept"


class EngineFault(Fault):
    """The engine failed on a sound request."""

    title = "The engine failed"


class Unsupported(EngineFault):
    """The engine behind this service would answer this request other than the standard says."""

    status = 501
    title = "The engine cannot do this"


class EngineBusy(EngineFault):
    """All workers are taken and the queue is full."""

    status = 503
    title = "Too many queries at once"


class EngineLost(EngineFault):
    """The worker died: the query broke the engine, or the worker was ended from outside. Nobody else was hurt."""

    status = 503
    title = "The query was ended"


class OutOfMemory(EngineLost):
    """The query needed more memory than a query may have. Nobody else was hurt."""

    title = "The query needs too much memory"


class ServiceFault(EngineFault):
    """An endpoint that the query calls, and may call, did not answer as it should."""

    status = 502
    title = "An endpoint that the query calls failed"


class EngineAway(EngineFault):
    """No endpoint that holds the dataset can be reached."""

    status = 503
    title = "The engine cannot be reached"


class QueryTimeout(EngineFault):
    """The query did not end before its deadline."""

    status = 504
    title = "The query took too long"


def from_members(members: Mapping[str, object]) -> Fault:
    """The fault that another process told of with ``Fault.members``."""
    kind = globals().get(str(members["class"]))
    known = kind if isinstance(kind, type) and issubclass(kind, Fault) else Fault
    return known.restored(str(members["detail"]), str(members.get("hint", "")), members)
