"""Formats and content negotiation, pure: which formats there are, what they are called, and which one a client gets.

Negotiation follows RFC 9110, 12.5.1; the parsing of Accept headers is werkzeug's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header


class Kind(StrEnum):
    """What an answer to a query consists of."""

    SOLUTIONS = "solutions"
    BOOLEAN = "boolean"
    GRAPH = "graph"


@dataclass(frozen=True, eq=False)
class Format:
    """A format: its media type, the short name in ``?format=`` and file endings, and what else it answers to.

    Each exists once, so that formats are compared by identity.
    """

    media_type: str
    name: str
    title: str
    aliases: tuple[str, ...] = ()
    charset: bool = False

    @property
    def content_type(self) -> str:
        """The value of the Content-Type header."""
        return f"{self.media_type}; charset=utf-8" if self.charset else self.media_type

    def answers_to(self, name: str) -> bool:
        """Whether ``?format=`` may call the format so: its short name or one of its media types.

        A plus sign that was not percent-encoded arrives as a space.
        """
        return name.strip().lower().replace(" ", "+") in (self.name, self.media_type, *self.aliases)


HTML = Format("text/html", "html", "HTML", charset=True)
TURTLE = Format("text/turtle", "ttl", "Turtle", ("turtle", "application/x-turtle"), charset=True)
JSON_LD = Format("application/ld+json", "jsonld", "JSON-LD", ("json-ld", "json", "application/json"))
RDF_XML = Format("application/rdf+xml", "rdf", "RDF/XML", ("rdfxml", "xml", "application/xml"))
N_TRIPLES = Format("application/n-triples", "nt", "N-Triples", ("ntriples", "text/plain"), charset=True)
N_QUADS = Format("application/n-quads", "nq", "N-Quads", ("nquads",), charset=True)
TRIG = Format("application/trig", "trig", "TriG", ("application/x-trig",), charset=True)
RESULTS_JSON = Format("application/sparql-results+json", "json", "JSON", ("application/json", "text/json"))
RESULTS_XML = Format("application/sparql-results+xml", "xml", "XML", ("application/xml", "text/xml"))
CSV = Format("text/csv", "csv", "CSV", charset=True)
TSV = Format("text/tab-separated-values", "tsv", "TSV", charset=True)
XLSX = Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "Excel workbook")
TEXT = Format("text/plain", "text", "Text", ("txt",), charset=True)
JSON = Format("application/json", "json", "JSON")
GEOJSON = Format("application/geo+json", "geojson", "GeoJSON", ("application/vnd.geo+json",))
CSVM = Format("application/csvm+json", "csvm", "CSV on the Web metadata")
BIBTEX = Format("application/x-bibtex", "bib", "BibTeX", ("bibtex",), charset=True)
CSL_JSON = Format("application/vnd.citationstyles.csl+json", "csl.json", "CSL-JSON", ("csl",))
SARIF = Format("application/sarif+json", "sarif", "SARIF", ("application/sarif",))
JUNIT = Format("application/junit+xml", "junit", "JUnit", ("application/x-junit+xml",))
GITHUB = Format("text/x-github-annotations", "github", "GitHub annotations", charset=True)
RDF_PATCH = Format("application/rdf-patch", "rdfp", "RDF Patch", ("rdf-patch",), charset=True)
LINK_FORMAT = Format("application/link-format", "link", "Link format")
LINKSET = Format("application/linkset+json", "linkset", "Link set")
XML = Format("application/xml", "xml", "XML")
ATOM = Format("application/atom+xml", "atom", "Atom")
CITATIONS = (BIBTEX, CSL_JSON)
PROBLEM_JSON = Format("application/problem+json", "json", "JSON", ("application/json",))

GRAPHS = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML)
RESULTS = (RESULTS_JSON, RESULTS_XML, CSV, TSV)
BOOLEANS = (RESULTS_JSON, RESULTS_XML, CSV, TSV)
ANSWERED_GRAPHS = (*GRAPHS, TRIG, N_QUADS)
OFFERS: dict[Kind, tuple[Format, ...]] = {Kind.SOLUTIONS: RESULTS, Kind.BOOLEAN: BOOLEANS, Kind.GRAPH: ANSWERED_GRAPHS}
PAGE = (HTML, *GRAPHS)


_REMEMBERED = 300
"""Characters of an Accept header up to which the choice is remembered."""
_UNFULFILLED = re.compile(r"""\bcharset\s*=\s*"?(?!utf-?8\b|us-ascii\b)|\bheader\s*=\s*"?absent""")


def choose(accept: str | None, offers: Sequence[Format]) -> Format | None:
    """The best of the offers for an Accept header, or None if it admits none; without a header the first.

    Of several that the client likes equally the first offer wins; a more specific range outranks a wider one.
    """
    if accept is None or not accept.strip():
        return offers[0]
    if len(accept) > _REMEMBERED:
        return _best(accept, tuple(offers))
    return _best_remembered(accept, tuple(offers))


def _best(accept: str, offers: tuple[Format, ...]) -> Format | None:
    ranges = parse_accept_header(accept, MIMEAccept)
    best: tuple[float, int, int] | None = None
    chosen: Format | None = None
    for place, offer in enumerate(offers):
        for rank, name in enumerate((offer.media_type, *(alias for alias in offer.aliases if "/" in alias))):
            quality = _quality(ranges, name)
            score = (quality, -min(rank, 1), -place)
            if quality > 0 and (best is None or score > best):
                best, chosen = score, offer
    return chosen


_best_remembered = lru_cache(maxsize=1024)(_best)


def named(name: str, offers: Sequence[Format]) -> Format | None:
    """The offer that ``?format=name`` means, or None."""
    return next((offer for offer in offers if offer.answers_to(name)), None)


def _quality(ranges: MIMEAccept, media_type: str) -> float:
    """The quality that the most specific matching range gives a media type; 0 if none matches.

    Parameters of a range count where we know what we send: UTF-8, and a CSV with a header. Others, such as a profile,
    are wishes that a server may leave unfulfilled.
    """
    kind = media_type.partition("/")[0]
    best = (-1, 0.0)
    for value, quality in ranges:
        bare, _, parameters = value.lower().partition(";")
        rank = {media_type: 2, f"{kind}/*": 1, "*/*": 0, "*": 0}.get(bare.strip())
        if rank is not None and rank >= best[0] and not _UNFULFILLED.search(parameters):
            best = (rank, max(quality, best[1]) if rank == best[0] else quality)
    return best[1]
