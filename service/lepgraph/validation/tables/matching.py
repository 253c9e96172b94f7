"""Which template a table is of, and which column each of its headings means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from lepgraph.errors import RecordFault
from lepgraph.validation.tables.templates import IDENTIFIER, KIND, Column, Template, Templates, plain
from lepgraph.words import folded

IDENTIFIERS = frozenset({plain(IDENTIFIER), "identifier", "id", "iri", "uri", "key"})
KINDS = frozenset({plain(KIND), "class", "rdftype"})
_TOLD = 12
_NEAR = 70
_CHAFF = re.compile(r"\d+|v\d+|copy|of|template|new|final|draft|upload|example|data|sheet|table|lepgraph")


def named(templates: Templates, name: str) -> Template | None:
    """The template that a file or sheet is called after, in the singular or the plural, whatever stands around it."""
    words = folded(name)
    for text in ("".join(words), "".join(word for word in words if not _CHAFF.fullmatch(word))):
        found = [t for t in templates if text and (text in t.names or (len(name) == _SHEET and _cut(t, text)))]
        if found:
            return min(found, key=lambda t: (plain(t.name) != text, t.name))
    return None


def stem(name: str) -> str:
    """What a file is called, without folders and ending."""
    return PurePath(name.replace("\\", "/")).stem


def fitting(templates: Templates, headings: Sequence[str]) -> list[Template]:
    """The templates that fit headings best: those with the most of them, if that is most of the headings."""
    given = {plain(heading) for heading in headings if heading.strip()} - IDENTIFIERS - KINDS
    scores = {t.name: len(given & set(t.headings)) for t in templates}
    best = max(scores.values(), default=0)
    if not given or best * 2 < len(given) or best == 0:
        return []
    return [t for t in templates if scores[t.name] == best]


def of_kind(templates: Templates, text: str) -> Template | None:
    """The template that a cell of the column ``type`` names: its class, or a class below it."""
    wanted = tail(text)
    for template in templates:
        if wanted == plain(template.name) or wanted in template.names:
            return template
    below = [t for t in templates for choice in t.narrower if wanted in (plain(choice.label), plain(choice.code))]
    return below[0] if below else None


def tail(text: str) -> str:
    """The name of a class, folded, whether it is given in words, as an address or compact."""
    return plain(text.rpartition("#")[2].rpartition("/")[2].rpartition(":")[2])


def unknown(templates: Templates, where: str, fits: Sequence[Template]) -> RecordFault:
    """The refusal of a table that could be of any template, or of none."""
    offered = [t.name for t in (fits or list(templates))]
    listed = ", ".join(offered[:_TOLD]) + (", …" if len(offered) > _TOLD else "")
    reason = "its headings fit several templates" if fits else "its headings fit no template"
    return RecordFault(
        f"{where}: it is not clear of what this is a table; {reason}.",
        hint=f"Name the file or the sheet after a template, or add a column {KIND}: {listed}.",
    )


def columns(template: Template, headings: Sequence[str]) -> dict[int, Column | str | None]:
    """What each column that has a heading means: a column, IDENTIFIER, KIND, or None for nothing that is known."""
    found: dict[int, Column | str | None] = {}
    for number, heading in enumerate(headings):
        text = plain(heading)
        if not heading.strip():
            continue
        own = template.headings.get(text)
        if own is not None and text != plain(IDENTIFIER):
            found[number] = own[0]
        else:
            found[number] = IDENTIFIER if text in IDENTIFIERS else KIND if text in KINDS else None
    return found


def nearest(template: Template, heading: str) -> str:
    """The heading of the template that was perhaps meant; empty if none is near."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only a table with an unknown heading needs it

    known: Mapping[str, str] = {plain(column.heading): column.heading for column in template.columns}
    match = process.extractOne(plain(heading)[:100], list(known), scorer=fuzz.ratio, score_cutoff=_NEAR)
    return known[match[0]] if match else ""


_SHEET = 31
"""Characters that the name of a sheet may have."""


def _cut(template: Template, text: str) -> bool:
    return any(name.startswith(text) for name in template.names)
