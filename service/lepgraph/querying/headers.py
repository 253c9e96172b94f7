"""The header of a query file: YAML in its first lines (the ``#+`` decorators of grlc), read with all that is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from lepgraph.errors import ContentFault, Place
from lepgraph.querying.stored import Listed, Parameter, Section, Shows, StoredQuery, braces

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The reader of YAML in C where there is one, ten times faster."""
TYPES = ("iri", "string", "language-string", "integer", "decimal", "date", "month", "year")
_HEADER = frozenset({"summary", "description", "tags", "parameters", "shows", "page", "columns", "hides"})
_LISTED = frozenset({"filters", "ranges", "valid", "sort"})
PICTURES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "table": (frozenset(), frozenset()),
    "map": (frozenset({"geometry"}), frozenset({"label", "thing", "layer", "note", "faint"})),
    "chart": (frozenset({"number"}), frozenset({"category", "year", "series", "interval", "unit"})),
    "timeline": (frozenset({"label", "begin"}), frozenset({"end", "thing", "lane"})),
    "lineage": (frozenset({"event", "before", "after"}), frozenset({"date", "kind"})),
    "heat-map": (frozenset({"row", "column", "number"}), frozenset()),
    "dates": (frozenset({"date"}), frozenset({"label"})),
    "sentence": (frozenset(), frozenset({"status"})),
}
"""The pictures that an answer can make: the parts that each needs a column for, and those that it may have."""
RESERVED = frozenset({"format", "limit", "offset"})
"""What an address says of an answer besides; no parameter is called so."""
HOME = "home"
"""What a header names in place of a class for a section of the home page."""


def read(path: Path, file: str) -> StoredQuery:
    """A query file; raises ContentFault if its header is missing or incomplete."""
    text = path.read_text(encoding="utf-8")
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    try:
        header = yaml.load("\n".join(lines), LOADER) or {}
    except yaml.YAMLError as error:
        raise ContentFault([(Place(file), f"the header is not YAML: {error}")]) from error
    faults = [f"the header says {key}, which means nothing here" for key in header if key not in _HEADER | _LISTED]
    if not header.get("summary"):
        faults.append("the header has no summary")
    parameters = tuple(_parameter(name, said or {}) for name, said in (header.get("parameters") or {}).items())
    shows = tuple(_shows(item, faults) for item in _many(header.get("shows")))
    sections = tuple(_section(item, text, faults) for item in _many(header.get("page")))
    listed = _listed(header)
    faults += [f"{name}: there is no such column" for name in listed.names if not re.search(rf"[?$]{name}\b", text)]
    for parameter in parameters:
        if parameter.type not in TYPES:
            faults.append(f"{parameter.name}: the type must be one of {', '.join(TYPES)}")
        if parameter.name in RESERVED:
            faults.append(f"{parameter.name}: no parameter can be called so")
        if not braces(parameter.name).search(text):
            faults.append(f"there is no line VALUES ${parameter.name} {{ … }}")
    if faults:
        raise ContentFault([(Place(file), reason) for reason in faults])
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip() + "\n"
    tags = tuple(str(tag) for tag in header.get("tags") or ())
    return StoredQuery(
        path.stem,
        header["summary"],
        str(header.get("description", "")).strip(),
        tags,
        parameters,
        body,
        shows,
        sections,
        {str(name): str(head) for name, head in (header.get("columns") or {}).items()},
        listed,
        frozenset(str(name) for name in header.get("hides") or ()),
    )


def _many(said: Any) -> list[dict[str, Any]]:
    """A part of the header that may stand once or as a list."""
    return [] if said is None else said if isinstance(said, list) else [said]


def _shows(said: dict[str, Any], faults: list[str]) -> Shows:
    """A picture as the header says it; what is wrong with it is added to the faults."""
    kind = str(said.get("as", ""))
    needed, allowed = PICTURES.get(kind, (frozenset(), frozenset()))
    columns = {name: str(column) for name, column in said.items() if name not in ("as", "title", "faint")}
    if kind not in PICTURES:
        faults.append(f"shows: there is no picture {kind!r}; there are {', '.join(PICTURES)}")
    faults += [f"shows: a {kind} needs a column for {name}" for name in sorted(needed - set(columns))]
    faults += [f"shows: a {kind} has no part {name}" for name in sorted(set(columns) - needed - allowed)]
    faint = tuple(str(layer) for layer in said.get("faint") or ())
    return Shows(kind, columns, str(said.get("title", "")), faint)


def _section(said: dict[str, Any], text: str, faults: list[str]) -> Section:
    """A place on pages as the header says it; its classes are written with the prefixes of the query."""
    prefixes = dict(re.findall(r"^PREFIX\s+([\w-]*):\s*<([^>]*)>", text, re.M))
    classes = []
    for name in str(said.get("of", "")).split():
        if name == HOME:
            classes.append(HOME)
            continue
        prefix, _, local = name.partition(":")
        if prefix not in prefixes:
            faults.append(f"page: the query declares no prefix for the class {name}")
        classes.append(prefixes.get(prefix, "") + local)
    if not classes or not (said.get("takes") or classes == [HOME]):
        faults.append("page: it must say 'of' which classes, and which parameter 'takes' the thing")
    return Section(tuple(classes), str(said.get("takes", "")), str(said.get("title", "")), float(said.get("order", 50)))


def _listed(header: Mapping[str, Any]) -> Listed:
    names = {key: tuple(str(name) for name in header.get(key) or ()) for key in ("filters", "ranges")}
    valid = header.get("valid") or {}
    return Listed(
        names["filters"],
        names["ranges"],
        str(valid.get("from", "")),
        str(valid.get("to", "")),
        str(header.get("sort", "")),
    )


def _parameter(name: str, said: dict[str, Any]) -> Parameter:
    concept = str(said.get("concept", ""))
    return Parameter(
        name=name,
        type="iri" if concept else str(said.get("type", "string")),
        concept=concept,
        description=str(said.get("description", "")),
        example=str(said.get("example", "")),
        required=bool(said.get("required", True)),
        values=str(said.get("values", "")),
    )
