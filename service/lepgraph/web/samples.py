"""A query as programs that run: curl, Python and R. In each the query is data, whatever it holds."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from lepgraph.media import Kind


@dataclass(frozen=True)
class Sample:
    """A program: the tool it is for, the language it is in, and its text."""

    title: str
    language: str
    code: str


def samples(query: str, endpoint: str, kind: Kind) -> tuple[Sample, ...]:
    """Programs that ask an endpoint a query and print the answer."""
    return (
        Sample("curl", "bash", _curl(query, endpoint, kind)),
        Sample("Python, with SPARQLWrapper and pandas", "python", _python(query, endpoint, kind)),
        Sample("R, with httr2", "r", _r(query, endpoint, kind)),
    )


def _curl(query: str, endpoint: str, kind: Kind) -> str:
    accept = "text/turtle" if kind == Kind.GRAPH else "text/csv"
    asked = shlex.quote(f"query={query}")
    return f"curl --silent --header 'Accept: {accept}' --data-urlencode {asked} \\\n  {shlex.quote(endpoint)}\n"


def _python(query: str, endpoint: str, kind: Kind) -> str:
    form, imports, read = {
        Kind.SOLUTIONS: (
            "CSV",
            "import io\n\nimport pandas\n",
            "table = pandas.read_csv(io.BytesIO(client.queryAndConvert()))\nprint(table)",
        ),
        Kind.BOOLEAN: ("JSON", "", 'print(client.queryAndConvert()["boolean"])'),
        Kind.GRAPH: (
            "TURTLE",
            "from rdflib import Graph\n",
            'graph = Graph().parse(data=client.queryAndConvert(), format="turtle")\nprint(len(graph))',
        ),
    }[kind]
    quoted = query.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f"""{imports}from SPARQLWrapper import {form}, SPARQLWrapper

client = SPARQLWrapper({endpoint!r})
client.setMethod("POST")
client.setReturnFormat({form})
client.setQuery(\"\"\"
{quoted}
\"\"\")
{read}
"""


def _r(query: str, endpoint: str, kind: Kind) -> str:
    dashes = "-"
    while f'){dashes}"' in query:
        dashes += "-"
    accept, read = {
        Kind.SOLUTIONS: ("text/csv", "table <- read.csv(text = resp_body_string(answer))\nprint(table)"),
        Kind.BOOLEAN: ("text/csv", "cat(resp_body_string(answer))"),
        Kind.GRAPH: ("text/turtle", "cat(resp_body_string(answer))"),
    }[kind]
    return f"""library(httr2)

query <- r"{dashes}(
{query}
){dashes}"
answer <- request("{endpoint}") |>
  req_body_form(query = query) |>
  req_headers(Accept = "{accept}") |>
  req_perform()
{read}
"""
