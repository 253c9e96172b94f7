"""The service as OpenAPI 3.1 describes it: what is always there (``openapi.yaml``) and each stored question.

Made from the library, so that a new question needs nothing here. https://spec.openapis.org/oas/v3.1.1.html
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from lepgraph import __version__
from lepgraph.catalogue.offers import dump_path
from lepgraph.choosing import Choice
from lepgraph.media import GEOJSON, HTML, OFFERS, RESULTS_JSON, Format, Kind
from lepgraph.querying import LONGEST_TEXT, Parameter, StoredQuery
from lepgraph.querying.headers import LOADER
from lepgraph.site import Site
from lepgraph.store import Query

Json = dict[str, Any]

PROBLEM = {"$ref": "#/components/responses/problem"}
_TYPES: dict[str, Json] = {
    "iri": {"$ref": "#/components/schemas/iri"},
    "string": {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "pattern": "^[^\\u0000]*$"},
    "language-string": {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "pattern": "^[^\\u0000]*$"},
    "integer": {"type": "integer", "minimum": -(10**17), "maximum": 10**17},
    "decimal": {"type": "string", "pattern": "^[+-]?[0-9]{1,18}(\\.[0-9]{1,18})?$"},
    "date": {"type": "string", "format": "date"},
    "month": {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
    "year": {"type": "string", "pattern": "^[0-9]{4}$"},
}


def described(site: Site) -> Json:
    """The whole description; its one server is the root of the host that serves it."""
    catalogue = site.content.catalogue
    found = _filled(site)
    paths: Json = found.pop("paths")
    components: Json = found.pop("components")
    components["schemas"]["concept"] = {"type": "string", "enum": list(catalogue.concepts)}
    components["schemas"]["vocabulary"] = {"type": "string", "enum": _vocabularies(site)}
    for query in site.library.questions.values():
        paths[f"/queries/{query.name}"] = {"get": _question(site, query, components["schemas"])}
    for path in paths.values():
        for operation in path.values():
            operation["responses"].setdefault("default", PROBLEM)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": catalogue.title,
            "version": __version__,
            "summary": f"Dataset version {site.version.short}",
            "description": catalogue.description,
            "license": {"name": "Data", "url": catalogue.licence},
        },
        "servers": [{"url": "/"}],
        **found,
        "paths": dict(sorted(paths.items())),
        "components": components,
    }


def _filled(site: Site) -> Json:
    """What is always there, with examples that exist here in place of the words in braces."""
    examples = _examples(site)
    text = Path(__file__).with_name("openapi.yaml").read_text(encoding="utf-8")
    for word, value in examples.items():
        text = text.replace(f'"{{{word}}}"', json.dumps(value))
    loaded: Json = yaml.load(text.replace("{thing}", examples["thing"]).replace("{class}", examples["class"]), LOADER)
    return loaded


def _examples(site: Site) -> dict[str, str]:
    """A thing, a vocabulary and a graph that this site has."""
    addresses = site.addresses
    graph = next((iri for iri in sorted(site.counts.graphs) if iri.startswith(f"{addresses.base}graph/")), "")
    register, _, source = graph.removeprefix(f"{addresses.base}graph/").partition("/")
    concept, key = next(iter(site.content.catalogue.concepts), "none"), "none"
    choices: tuple[Choice, ...] = ()
    for segment in site.content.catalogue.concepts:
        choices = site.choices.of(Parameter("key", "iri", segment, "", "", required=True))
        if choices:
            concept, key = segment, choices[0].value
            break
    return {
        "word": choices[0].label if choices else "none",
        "concept": concept,
        "key": key,
        "vocabulary": next(iter(_vocabularies(site)), "none"),
        "register": register or "none",
        "source": source or "none",
        "dataset": site.content.catalogue.key,
        "dump": dump_path(site),
        "release": site.history.current.number if site.versioned else "none",
        "shape": next((slug for slug, shape in site.rules.shapes.items() if shape.rules), "none"),
        "thing": str(addresses.thing(concept, key)),
        "class": str(site.content.catalogue.concepts[concept].iri) if key != "none" else "urn:none",
    }


def _vocabularies(site: Site) -> list[str]:
    """The keys of the vocabularies and schemes of this site."""
    rows = site.store.solutions(Query(site.library.pages["schemes"].text))
    base = f"{site.addresses.base}def/"
    keys = [str(row["scheme"]).removeprefix(base) for row in rows if str(row["scheme"]).startswith(base)]
    return sorted(key for key in keys if "/" not in key)


def _question(site: Site, query: StoredQuery, schemas: Json) -> Json:
    """The operation that answers a question."""
    forms: list[Format] = [*OFFERS[Kind.SOLUTIONS], HTML]
    if any(item.kind == "map" for item in query.shows):
        forms.append(GEOJSON)
    content = {form.media_type: {"schema": _shape(form)} for form in forms}
    own = [_parameter(site, parameter, schemas) for parameter in query.parameters]
    common = [{"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/offset"}]
    said = {"name": "format", "in": "query", "description": "The format, in place of the Accept header"}
    form = {**said, "schema": {"type": "string", "enum": [form.name for form in forms]}}
    return {
        "operationId": query.name,
        "tags": ["questions"],
        "summary": query.summary,
        "description": query.description,
        "parameters": [*own, *common, form],
        "responses": {
            "200": {
                "description": "The answer.",
                "headers": {"Link": {"$ref": "#/components/headers/Link"}},
                "content": content,
            },
            "400": PROBLEM,
        },
    }


def _parameter(site: Site, parameter: Parameter, schemas: Json) -> Json:
    choices = site.choices.of(parameter)
    if choices:
        name = (parameter.values or parameter.concept).replace("/", "-")
        schemas[name] = {"type": "string", "enum": [choice.value for choice in choices]}
        schema: Json = {"$ref": f"#/components/schemas/{name}"}
    else:
        schema = _TYPES[parameter.type]
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.description,
        **({"example": parameter.example} if parameter.example else {}),
        "schema": schema,
    }


def _shape(form: Format) -> Json:
    if form == RESULTS_JSON:
        return {"$ref": "#/components/schemas/solutions"}
    return {"type": "object"} if form == GEOJSON else {"type": "string"}
