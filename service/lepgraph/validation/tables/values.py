"""What the text of a cell means in its column: terms, or names that are still to be looked up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rdflib import Literal, URIRef
from rdflib.term import Node

from lepgraph.terms import RDF, XSD
from lepgraph.validation.tables import dates
from lepgraph.validation.tables.templates import SEPARATOR, WHOLE, Column, Templates, plain

_ADDRESSES = re.compile(rf"{SEPARATOR}\s+|{SEPARATOR}(?=[a-z]+://)|{SEPARATOR}$|\s*\n\s*")
_NAMES = re.compile(rf"{SEPARATOR}|\n")
_SENTENCES = re.compile(rf"(?<!{SEPARATOR}){SEPARATOR}(?!{SEPARATOR})")
_POINTED = re.compile(r"\(([a-z0-9-]+/[^()\s/]+)\)")
_SITE = re.compile(r"(?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/\S*)?", re.IGNORECASE | re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[, \u00a0\u202f]\d{3})+(?:\.\d+)?", re.ASCII)
_POINTLESS = re.compile(r"([+-]?\d+)\.0+", re.ASCII)
_TAGGED = re.compile(r"(.+)@([a-z]{2,3}(?:-[a-z0-9]+)*)", re.IGNORECASE | re.DOTALL)
_TRUE, _FALSE = frozenset({"true", "yes", "y", "1"}), frozenset({"false", "no", "n", "0"})
_MOST_ZEROS = 4
_LANGUAGE = "en"
"""The language of text where the shapes name neither a language nor a datatype."""


@dataclass(frozen=True)
class Value:
    """A term; ``named`` says that it is still to be looked up. ``remark`` says what was changed or is in doubt."""

    term: Node
    named: bool = False
    remark: str = ""
    mend: str = ""


def parts(column: Column, text: str) -> list[str]:
    """The values of a cell, each without space around it; empty ones of a stretch of time are kept for their place."""
    if not column.several:
        return [text]
    if column.span:
        return [part.strip() for part in text.split(SEPARATOR)]
    if column.iri or (column.classes and "://" in text):
        found = _ADDRESSES.split(text)
    elif column.classes or column.choices or column.dated or column.numeric:
        found = _NAMES.split(text)
    else:
        found = [part.replace(SEPARATOR * 2, SEPARATOR) for part in _SENTENCES.split(text)]
    return [part.strip() for part in found if part.strip()]


def joined(column: Column, values: list[str]) -> str:
    """Values as one cell has them: what ``parts`` takes apart."""
    doubled = column.several and not (column.iri or column.classes or column.choices or column.span)
    return f"{SEPARATOR} ".join(value.replace(SEPARATOR, SEPARATOR * 2) if doubled else value for value in values)


def value(column: Column, text: str, templates: Templates, base: str) -> Value:
    """What one value means; what cannot be understood stands as it was written, for the shapes to complain of."""
    if column.choices:
        return _choice(column, text, templates, base)
    if column.classes:
        return _thing(text, templates, base)
    if column.iri:
        return _address(text, templates, base)
    if column.dated:
        return _date(column, text)
    if XSD.boolean in column.datatypes and text.casefold() in _TRUE | _FALSE:
        return Value(_literal("true" if text.casefold() in _TRUE else "false", XSD.boolean))
    if column.numeric:
        return _number(column, text)
    datatype = next((kind for kind in column.datatypes if kind != RDF.langString), None)
    return _text(column, text) if datatype is None else _string(column, text, datatype)


def _choice(column: Column, text: str, templates: Templates, base: str) -> Value:
    found = column.chosen.get(plain(text)) or templates.address(text, base)
    if found is not None:
        return Value(found)
    return Value(Literal(text), named=bool(column.classes))


def _thing(text: str, templates: Templates, base: str) -> Value:
    pointed = _POINTED.search(text[-300:])
    found = templates.address(pointed[1] if pointed and text.endswith(pointed[0]) else text, base)
    return Value(Literal(text), named=True) if found is None else Value(found)


def _address(text: str, templates: Templates, base: str) -> Value:
    found = templates.address(text, base)
    if found is None and _SITE.fullmatch(text):
        found = URIRef(f"https://{text}")
        return Value(found, remark=f"{text} was read as {found}.", mend="Write whole addresses with https://.")
    return Value(Literal(text) if found is None else found)


def _date(column: Column, text: str) -> Value:
    found = dates.read(text, column.datatypes)
    if found is not None:
        remark = f"{found.doubt}: {found.text}." if found.doubt else ""
        return Value(_literal(found.text, found.datatype), remark=remark, mend=f"Write {found.text}." if remark else "")
    other = dates.american(text)
    remark = f"{text} has no such month; with the month first it would be {other}." if other else ""
    kind = next(kind for kind in column.datatypes if kind in dates.KINDS)
    return Value(_literal(text, kind), remark=remark, mend=f"Write {other} if that is meant." if other else "")


def _number(column: Column, text: str) -> Value:
    digits = re.sub(r"[, \u00a0\u202f]", "", text) if _THOUSANDS.fullmatch(text) else text
    whole = _POINTLESS.fullmatch(digits)
    integer = next((kind for kind in column.datatypes if kind in WHOLE), None)
    if whole and integer:
        digits = whole[1]
    fits = integer is not None and re.fullmatch(r"[+-]?\d+", digits, re.ASCII)
    other = next((kind for kind in column.datatypes if kind not in WHOLE), column.datatypes[0])
    return Value(_literal(digits, integer if fits and integer else other))


def _text(column: Column, text: str) -> Value:
    tagged = _TAGGED.fullmatch(text)
    if tagged and tagged[2] in column.languages:
        return Value(Literal(tagged[1].rstrip(), lang=tagged[2]))
    if not column.languages and not column.datatypes and re.match(r"https?://", text):
        return Value(URIRef(text)) if not re.search(r"[\s<>\"{}|\\^`]", text) else Value(Literal(text))
    return Value(Literal(text, lang=column.languages[0] if column.languages else _LANGUAGE))


def _string(column: Column, text: str, datatype: URIRef) -> Value:
    whole = _POINTLESS.fullmatch(text)
    digits = whole[1] if whole else text
    if column.pattern and digits.isascii() and digits.isdigit() and not _fits(column.pattern, text):
        for zeros in range(_MOST_ZEROS + 1):
            mended = "0" * zeros + digits
            if _fits(column.pattern, mended):
                remark = f"{text} was read as {mended}, which a spreadsheet shortens."
                return Value(Literal(mended), remark=remark, mend="Format the column as text and write it in full.")
    return Value(_literal(text, datatype))


def _fits(pattern: str, text: str) -> bool:
    try:
        return len(text) <= 100 and re.search(pattern, text) is not None
    except re.error:
        return False


def _literal(text: str, datatype: URIRef) -> Literal:
    return Literal(text, datatype=None if datatype == XSD.string else datatype, normalize=False)
