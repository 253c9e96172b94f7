"""The URI policy: which address names a thing, its document and its named graph, and where this host serves it.

Pure. Identifiers in the data begin with the base of the content; the service answers the same paths on its own host.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from rdflib import URIRef

SUFFIXES = ("html", "ttl", "jsonld", "rdf", "nt")
"""Endings that name one form of a document."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]{1,2000}")
_SEGMENT = re.compile(r"[^/?#\s<>\"{}|\\^`\x00-\x20]+")


@dataclass(frozen=True)
class Addresses:
    """The addresses of one graph; ``base`` ends in a slash."""

    base: str

    def thing(self, concept: str, key: str) -> URIRef:
        """The identifier of a thing, ``{base}id/{concept}/{key}``; the key is percent-encoded where an IRI needs it."""
        return URIRef(f"{self.base}id/{quote(concept, safe='')}/{quote(key, safe=SAFE)}")

    def definition(self, path: str) -> URIRef:
        """The identifier of a vocabulary, a scheme or a concept, ``{base}def/{path}``."""
        return URIRef(f"{self.base}def/{quote(path, safe='/' + SAFE)}")

    def graph(self, register: str, source: str) -> URIRef:
        """The named graph that holds what one source says in one register."""
        return URIRef(f"{self.base}graph/{register}/{source}")

    def quality(self, key: str = "", fragment: str = "") -> URIRef:
        """The document on how complete the records are, or those of one class, or a term that it defines."""
        path = f"quality/{quote(key, safe=SAFE)}" if key else "quality"
        return URIRef(f"{self.base}{path}" + (f"#{quote(fragment, safe='/' + SAFE + '%')}" if fragment else ""))

    def split(self, iri: str) -> tuple[str, str] | None:
        """Concept and key of a thing's identifier, or None if the IRI is of another kind."""
        rest = iri.removeprefix(f"{self.base}id/")
        if rest == iri:
            return None
        concept, slash, key = rest.partition("/")
        return (unquote(concept), unquote(key)) if slash and key and "/" not in key else None

    def key(self, concept: str, iri: str) -> str:
        """The key of a thing of a concept, or of a concept of a scheme (``def/…``); empty if the IRI is of another."""
        space = f"{self.base}{concept if concept.startswith('def/') else f'id/{concept}'}/"
        rest = iri.removeprefix(space)
        return unquote(rest) if rest != iri and "/" not in rest else ""

    def path(self, iri: str) -> str | None:
        """The path on this host under which the IRI can be read; None for an IRI outside the base."""
        rest = iri.removeprefix(self.base)
        if rest == iri or rest.startswith("/"):  # two slashes would lead to another host
            return None
        return f"/doc/{rest.removeprefix('id/')}" if rest.startswith("id/") else f"/{rest}"

    def document(self, iri: str, suffix: str = "") -> str:
        """The address, inside the base, of the document about an IRI; with a suffix the one form of it."""
        path = self.path(iri.partition("#")[0])
        if path is None:
            raise ValueError(f"{iri} is outside {self.base}")
        return f"{self.base}{path[1:]}" + (f".{suffix}" if suffix else "")


def partition(dataset: URIRef, kind: str, iri: str) -> URIRef:
    """The identifier of a part of a dataset: the part about one class or property."""
    return URIRef(f"{dataset}/{kind}/" + "".join(c if c.isalnum() else "-" for c in iri.partition("://")[2]))


SAFE = "-._~!$&'()*+,;=:@"
"""Characters of RFC 3986's pchar that need no encoding in a path segment."""


def cut_suffix(key: str) -> tuple[str, str]:
    """A key and the suffix that asks for one form: ``a.ttl`` gives ``("a", "ttl")``, ``a`` gives ``("a", "")``."""
    stem, dot, ending = key.rpartition(".")
    return (stem, ending) if dot and stem and ending in SUFFIXES else (key, "")


def absolute(text: str) -> bool:
    """Whether a text is an absolute IRI of no more than 2,000 characters, with nothing that would end it in a query."""
    return _ABSOLUTE.fullmatch(text) is not None


def acceptable_segment(text: str) -> bool:
    """Whether the text can be the concept or key of an identifier: an IRI path segment without spaces or delimiters."""
    return len(text) <= 200 and _SEGMENT.fullmatch(text) is not None


def acceptable_path(text: str) -> bool:
    """Whether the text can be the rest of an identifier: acceptable segments with slashes between them."""
    return all(acceptable_segment(segment) for segment in text.split("/"))
