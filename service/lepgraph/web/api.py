"""The API described: for programs in OpenAPI 3.1, and for people as a page made from the same description."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, render_template

from lepgraph import openapi
from lepgraph.media import HTML, Format
from lepgraph.web.replies import reply, site

blueprint = Blueprint("api", __name__)

_JSON = Format("application/json", "json", "JSON")
_KEPT = "lepgraph-api"
SHOWN = 12
"""Values of a parameter up to which the page names all of them."""


@dataclass(frozen=True)
class Operation:
    """An operation as the page shows it; ``example`` is the path of a request that has an answer, if it is a GET."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[dict[str, Any], ...]
    body: tuple[str, ...]
    formats: tuple[str, ...]
    example: str


@blueprint.get("/openapi.json")
def description() -> Response:
    """The description for programs."""
    body = json.dumps(_described(), ensure_ascii=False, separators=(",", ":")) + "\n"
    return reply(body, _JSON)


@blueprint.get("/api")
def page() -> Response:
    """The description for people."""
    found = _described()
    tags = [(tag, [item for item in operations(found) if tag["name"] in item[1]]) for tag in found["tags"]]
    groups = [(tag, [operation for operation, _ in members]) for tag, members in tags]
    return reply(render_template("api.html", groups=groups, statuses=STATUSES), HTML)


STATUSES = (
    ("400", "A parameter is missing, unknown or not of its type, or the query has a fault; the answer says where."),
    ("404, 410", "Nothing is known under the address, or it was withdrawn."),
    ("406", "None of the formats that you accept is on offer; the answer lists those that are."),
    ("413, 414", "The body, the answer or the address is too long."),
    ("429, 503", "Too many requests at once: try again after the seconds in Retry-After."),
    ("504", "The query did not end in time."),
)


def operations(described: dict[str, Any]) -> list[tuple[Operation, list[str]]]:
    """The operations of a description with their tags, in the order of the paths."""
    return [
        (_operation(described, path, method, said), said["tags"])
        for path, methods in described["paths"].items()
        for method, said in methods.items()
    ]


def _operation(described: dict[str, Any], path: str, method: str, said: dict[str, Any]) -> Operation:
    parameters = [_resolved(described, item) for item in said.get("parameters", ())]
    common = {"limit", "offset", "format"}  # which the page explains once
    shown = tuple({**item, "values": _values(described, item)} for item in parameters if item["name"] not in common)
    responses = [_resolved(described, item) for status, item in said["responses"].items() if status.startswith("2")]
    content = [form for response in responses for form in response.get("content", ())]
    return Operation(
        id=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        description=said.get("description", ""),
        parameters=shown,
        body=tuple(said.get("requestBody", {}).get("content", ())),
        formats=tuple(content),
        example=_example(path, parameters) if method == "get" else "",
    )


def _example(path: str, parameters: list[dict[str, Any]]) -> str:
    """The path and query of a request with the examples of what it needs; empty where a part has none."""
    if any(item["in"] == "path" and "example" not in item for item in parameters):
        return ""
    given = {}
    for item in parameters:
        if item["in"] == "path":
            path = path.replace(f"{{{item['name']}}}", str(item["example"]))
        elif "example" in item and (item.get("required") or item["name"] in ("query", "q")):
            given[item["name"]] = item["example"]
    return f"{path}?{urlencode(given)}" if given else path


def _values(described: dict[str, Any], parameter: dict[str, Any]) -> str:
    """What a parameter can be, in a few words."""
    schema = _resolved(described, parameter["schema"])
    if "enum" in schema:
        values = [str(value) for value in schema["enum"]]
        return ", ".join(values) if len(values) <= SHOWN else f"one of {len(values):,} values, by key or by name"
    if "maximum" in schema:
        return f"a whole number from {schema['minimum']:,} to {schema['maximum']:,}"
    return {"date": "a date, YYYY-MM-DD", "array": "may be repeated"}.get(schema.get("format") or schema["type"], "")


def _resolved(described: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """What a reference leads to, or the thing itself."""
    reference = item.get("$ref", "")
    if not reference:
        return item
    found: Any = described
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def _described() -> dict[str, Any]:
    """The description of the site, worked out once."""
    kept: dict[str, Any] = current_app.extensions.setdefault(_KEPT, {})
    if not kept:
        kept.update(openapi.described(site()))
    return kept
