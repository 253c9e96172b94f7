"""What can be read off the tokens of a query without parsing it: size, SERVICE, and the dataset that it names.

The engine has no switch for SERVICE, merges no default graphs and dies of deep nesting, so these are looked at first.
Strings, comments, IRIs and names are told apart, so that the word SERVICE inside one of them is not taken for the
keyword. Where the engine could read a token differently from the standard, the query is refused: see ``_check_iri``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lepgraph.errors import ParameterFault, Refused
from lepgraph.store.tokens import Source, Token, resolved, tokens

DEEPEST = 200
"""Levels of brackets that a query may have; the engine's parser and planner are recursive and die from about 1,000."""

MOST_PARTS = 2000
"""Operators, keywords and brackets outside VALUES that a query may have; chains of them are recursive too (3,000)."""

UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})

_OPERANDS = frozenset({"variable", "number", "string", "tag", "name", "iri", "close"})
_AMBIGUOUS = re.compile(r"<(?!(?:(?!//)[^'#])*//)[^>]*[)'#]")
_LIMITED = {1: "nested more than {} levels deep", 2: "made of more than {} operators, keywords and brackets"}
_WEB = re.compile(r"(?:https?|ftp|file):", re.IGNORECASE)


@dataclass(frozen=True)
class Clauses:
    """What a query names as its dataset (SPARQL 1.1 Query, 13.2), as absolute IRIs where they can be resolved.

    ``services`` are the endpoints that it calls, each one allowed, and ``source`` is the query as an engine gets it.
    """

    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    source: Source = Source("")


def read(text: str, base: str | None = None, allowed: frozenset[str] = frozenset()) -> Clauses:
    """The clauses of a query.

    Raises QueryFault if it is nested too deeply, too long a chain, or ambiguous, and Refused if it is an update or
    calls a service that is not allowed.
    """
    reader = _Reader(resolved(text), base, allowed)
    for token in tokens(reader.source):
        reader.take(token)
    source = reader.source.edited(reader.targets)
    return Clauses(tuple(reader.default), tuple(reader.named), tuple(reader.services), source)


def endpoints(text: str) -> frozenset[str]:
    """The addresses of a setting, separated by spaces; raises ParameterFault for one that is no web address."""
    found = frozenset(text.split())
    for address in found:
        if _normal(address) is None:
            raise ParameterFault(
                f"{address!r} is not the address of an endpoint.", hint="Write it like https://example.org/sparql."
            )
    return found


def check_graphs(graphs: Iterable[str], base: str | None, held: Callable[[str], bool]) -> None:
    """Refuses web addresses in FROM that are neither held as named graphs nor under the base: nothing is fetched."""
    for iri in graphs:
        if _WEB.match(iri) and not (base and iri.startswith(base)) and not held(iri):
            raise Refused(
                f"FROM <{iri}> names a graph that is not held here, and nothing is fetched from the web.",
                hint="Name graphs that are held here; GRAPH ?g finds them.",
            )


class _Reader:
    """Takes the tokens one after the other and keeps what they say."""

    def __init__(self, source: Source, base: str | None, allowed: frozenset[str]) -> None:
        self.source, self.base = source, base
        self.allowed = {_normal(address): address for address in allowed}
        self.default: list[str] = []
        self.named: list[str] = []
        self.services: list[str] = []
        self.targets: list[tuple[Token, str]] = []
        self.prefixes: dict[str, str] = {}
        self.brackets: list[str] = []
        self.parts = 0
        self.data = 0  # the level of brackets at which a VALUES block began, 0 outside one
        self.awaited = ""  # DATA after VALUES, SERVICE after that word
        self.verb = ""
        self.last = self.last_but_one = Token("", "", 0)

    def take(self, token: Token) -> None:
        if self.awaited == "SERVICE" and token.text.upper() != "SILENT":
            self._call(token)
        kind = token.kind
        if kind == "open":
            self._open(token)
        elif kind == "close":
            self._close()
        elif kind == "word":
            self._word(token)
        elif kind in ("iri", "name"):
            self._named(token)
        elif kind == "symbol" or (kind == "number" and token.text[0] in "+-"):
            self._count(token)
        self.last_but_one, self.last = self.last, token

    def _open(self, token: Token) -> None:
        self.brackets.append(token.text)
        if len(self.brackets) > DEEPEST:
            raise self._limit(1, DEEPEST, token)
        if self.awaited == "DATA" and token.text == "{":
            self.data, self.awaited = len(self.brackets), ""
        self._count(token)

    def _close(self) -> None:
        if len(self.brackets) == self.data:
            self.data = 0
        if self.brackets:
            self.brackets.pop()

    def _word(self, token: Token) -> None:
        word = token.text.upper()
        if word not in ("TRUE", "FALSE"):
            self._count(token)
        if not self.verb and word not in ("BASE", "PREFIX", "VERSION"):
            self.verb = word
            if word in UPDATES:
                raise Refused(
                    f"{word} is an update, and this endpoint only answers queries.",
                    hint="Begin a query with SELECT, ASK, CONSTRUCT or DESCRIBE.",
                )
        if "SERVICE" in word:  # also in trueSERVICE, which the engine reads as two words
            self.awaited = "SERVICE"
        elif word == "VALUES":
            self.awaited = "DATA"

    def _named(self, token: Token) -> None:
        if token.kind == "iri":
            self._check_iri(token)
        if self.brackets:
            return
        last, before = self.last.text.upper(), self.last_but_one.text.upper()
        if last == "BASE" and token.kind == "iri":
            self.base = self._resolve(token)
        elif before == "PREFIX" and self.last.kind == "name" and token.kind == "iri":
            self.prefixes[self.last.text] = self._resolve(token)
        elif last == "FROM":
            self.default.append(self._resolve(token))
        elif last == "NAMED" and before == "FROM":
            self.named.append(self._resolve(token))

    def _check_iri(self, token: Token) -> None:
        """Refuses what the standard reads as an IRI and the engine as less-than with more behind it.

        In ``FILTER(?a<2)SERVICE#>`` the standard sees one IRI from the sign to the end, the engine a comparison, the
        keyword and a comment. Only inside parentheses, after an operand, can there be a comparison.
        """
        operand = self.last.kind in _OPERANDS or self.last.text.lower() in ("true", "false")
        if operand and self.brackets[-1:] == ["("] and not self.data and _AMBIGUOUS.match(token.text):
            reason = "It is not clear whether a comparison or an IRI begins here"
            raise self.source.fault(reason, token.start, "Write a space after the sign if it means less than.")

    def _call(self, token: Token) -> None:
        """Lets a call of an allowed endpoint pass, spelled as the operator spells it."""
        self.awaited = ""
        iri = self._resolve(token) if token.kind in ("iri", "name") else ""
        address = _normal(iri)
        if address is None or address not in self.allowed:
            named = f"<{iri}>" if iri else "what a variable holds"
            others = f" Endpoints it may call: {', '.join(sorted(self.allowed.values()))}." if self.allowed else ""
            raise Refused(
                f"SERVICE would make this endpoint call another host, {named}, which it does not do.{others}",
                hint="Ask the other endpoint yourself, or call this one from there.",
            )
        self.services.append(self.allowed[address])
        self.targets.append((token, f" <{self.allowed[address]}> "))

    def _resolve(self, token: Token) -> str:
        if token.kind == "iri":
            try:
                return urljoin(self.base or "", token.text[1:-1])
            except ValueError:
                raise self.source.fault("This is no IRI", token.start, "Brackets hold the address of a host.") from None
        prefix, _, local = token.text.partition(":")
        return self.prefixes.get(f"{prefix}:", "") + re.sub(r"\\(.)", r"\1", local)

    def _count(self, token: Token) -> None:
        self.parts += not self.data
        if self.parts > MOST_PARTS:
            raise self._limit(2, MOST_PARTS, token)

    def _limit(self, which: int, most: int, token: Token) -> Exception:
        hint = "Lists of values belong into VALUES or IN, which may be as long as you like." if which == 2 else ""
        return self.source.fault(f"The query is {_LIMITED[which].format(most)}", token.start, hint)


def _normal(address: str) -> str | None:
    """An address with scheme and host in small letters and without the port that goes without saying.

    None for what is no web address, or has a user, a password or a fragment in it.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if scheme not in ("http", "https") or not host or "@" in parts.netloc or parts.fragment or "#" in address:
        return None
    host = f"[{host}]" if ":" in host else host
    named = "" if port in (None, {"http": 80, "https": 443}[scheme]) else f":{port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{scheme}://{host}{named}{parts.path or '/'}{query}"
