"""Places: a value that is changed in a file is found exactly where it was changed, in every format."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef

from lepgraph.exchange import from_engine
from lepgraph.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format
from lepgraph.site import Site
from lepgraph.store import Query
from lepgraph.validation import reading
from lepgraph.validation.records import File, Place, Record

BASE = "https://w3id.org/lepgraph/id/"
CASES = sorted((Path(__file__).parents[2] / "shapes" / "cases").glob("*/complete.ttl"))
FAULTS = 204
MARK = "CHANGED"

VALUES = {
    TURTLE: r'"(?P<a>[^"\\\n]+)"|\s<(?P<b>[^>\s]+)>(?=\s*[;,.\])])|\s[a-z]+:(?P<c>[A-Za-z][\w-]*)(?=\s*[;,.\])])',
    N_TRIPLES: r'"(?P<a>[^"\\\n]+)"|\s<(?P<b>[^>\s]+)>(?= (?:<[^>]*> )?\.)',
    RDF_XML: r'>(?P<a>[^<>]*[^<>\s][^<>]*)</|rdf:resource="(?P<b>[^"]+)"',
}
"""What can be changed in a text, where nothing has been looked up yet: which of it is a value, the engine says."""
VALUES |= {TRIG: VALUES[TURTLE], N_QUADS: VALUES[N_TRIPLES]}


def read(text: str, form: Format) -> Record:
    return reading.read(File("f", text.encode()), form, BASE)


def values(record: Record) -> list[Place]:
    """The places of the triples with the changed value."""
    return [place for (_, _, value), place in record.places.items() if MARK in str(value)]


def is_value(text: str, form: Format) -> bool:
    """Whether what was changed is the value of exactly one triple: what the engine says, and no code of ours."""
    kind = pyoxigraph.RdfFormat.from_media_type(form.media_type)
    assert kind is not None
    try:
        quads = list(pyoxigraph.parse(text.encode(), kind, base_iri=BASE))
    except SyntaxError:
        return False
    return sum(MARK in str(quad) for quad in quads) == 1 and sum(MARK in str(quad.object) for quad in quads) == 1


def changed_text(text: str, form: Format, chance: random.Random) -> tuple[str, Place] | None:
    """The text with one value changed, and where that stands: at its first character, the quote or ``<`` included."""
    declared = [match.span() for match in re.finditer(r"(?im)^@?(?:prefix|base)\b.*$", text)]
    found = [m for m in re.finditer(VALUES[form], text) if not any(begin <= m.start() < end for begin, end in declared)]
    chance.shuffle(found)
    for match in found[:40]:
        group = next(name for name, part in match.groupdict().items() if part is not None)
        start, end = match.span(group)
        value = f"{match[group][: len(match[group]) // 2]}{MARK}" if group == "a" else f"{match[group]}{MARK}"
        changed = text[:start] + value + text[end:]
        if not is_value(changed, form):
            continue
        begins = start
        if form != RDF_XML:
            begins = text.rfind(" ", 0, start) + 1 if group == "c" else start - 1
            begins = max(begins, text.rfind("\n", 0, start) + 1) if group == "c" else begins
        elif group == "a":
            begins = start + len(match[group]) - len(match[group].lstrip())
        before = text[:begins]
        return changed, Place("f", before.count("\n") + 1, begins - before.rfind("\n"))
    return None


def scalars(value: Any, pointer: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Each place of a JSON document that holds a text: what holds it, by which key, and the pointer to it."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        if key != "@context":
            at = f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
            if isinstance(inner, str) and not (key == "@type" and "@value" in value):
                yield value, key, at
            yield from scalars(inner, at)


def changed_json(text: str, chance: random.Random) -> tuple[str, Place] | None:
    document = json.loads(text)
    found = list(scalars(document))
    chance.shuffle(found)
    for holder, key, pointer in found[:40]:
        kept = holder[key]
        holder[key] = kept + MARK
        changed = json.dumps(document, indent=1)
        if is_value(changed, JSON_LD):
            return changed, Place("f", pointer=pointer)
        holder[key] = kept
    return None


def said(text: str) -> Graph:
    graph = Graph()
    for quad in pyoxigraph.parse(text.encode(), pyoxigraph.RdfFormat.TURTLE, base_iri=BASE):
        graph.add((from_engine(quad.subject), from_engine(quad.predicate), from_engine(quad.object)))
    return graph


def prefixed(graph: Graph) -> Graph:
    for name, iri in (
        ("e", "urn:e:"),
        ("schema", "https://schema.org/"),
        ("lep", "https://w3id.org/lepgraph/def/lep#"),
    ):
        graph.bind(name, iri, replace=True)
    return graph


NESTED = """# A list, a long text, and blank nodes in blank nodes.
<made> a e:Thing ; e:parts ( "one" [ e:name "two"@en ; e:of [ e:name '''three
lines 'long'
here''' ] ] ( "four" ) ) ;   # a comment; with "marks" <and> all
  e:note \"\"\"first
  second \\t third\"\"\"@en , "fifth" ,
     "sixth"^^e:kind ; e:see <https://e.example/x#y> ,
 e:other .
"""
IN_XML = "<made> a e:Thing ; e:part [ e:name 'two'@en ; e:of [ e:name 'three' ; e:see <https://e.example/x> ] ] ."
BY_HAND = """<?xml version="1.0" encoding="utf-8"?>
<!-- é: comments and CDATA, and values on lines of their own -->
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:"
    xml:base="https://e.example/">
  <e:Thing rdf:about="made" e:note="a &gt; b" e:kind='odd'>
    <e:name xml:lang="en">
      one</e:name><e:name>two<!-- and -->three</e:name>
    <e:part rdf:parseType="Resource"><e:name>four</e:name>
      <e:see
         rdf:resource="https://e.example/x#y"/></e:part>
    <e:parts rdf:parseType="Collection">
      <e:Part rdf:about="five"/> <rdf:Description><e:name> six </e:name></rdf:Description>
    </e:parts>
    <e:name><![CDATA[<seven>]]></e:name>
    <rdf:type rdf:resource="urn:e:Other"/>
    <e:part><e:Part><e:name>é eight</e:name></e:Part></e:part>
  </e:Thing>
</rdf:RDF>
"""
WAYS: dict[str, tuple[Format, Callable[[str], str]]] = {
    "as written": (TURTLE, lambda text: text),
    "with nesting": (TURTLE, lambda text: text + "\nPREFIX e: <urn:e:>\n" + NESTED),
    "on one line": (TURTLE, lambda text: re.sub(r"\n(?!@|<|#)\s*", " ", text)),
    "Turtle by rdflib": (TURTLE, lambda text: prefixed(said(text)).serialize(format="longturtle")),
    "TriG": (TRIG, lambda text: re.sub(r"(?m)^(?=<)", "", text).replace("\n\n<", "\n\n<urn:g> {\n<", 1) + "}\n<urn:h> { <x> <urn:p> 'y' }"),
    "N-Triples": (N_TRIPLES, lambda text: "# é\n\n" + said(text).serialize(format="nt")),
    "N-Quads": (N_QUADS, lambda text: said(text).serialize(format="nt").replace(" .\n", " <urn:g> .\n")),
    "RDF/XML": (RDF_XML, lambda text: prefixed(said(text)).serialize(format="xml")),
    "RDF/XML nested": (RDF_XML, lambda text: prefixed(said(text + "\n@prefix e: <urn:e:> .\n" + IN_XML)).serialize(format="pretty-xml", max_depth=5)),
    "RDF/XML by hand": (RDF_XML, lambda text: BY_HAND),
    "JSON-LD": (JSON_LD, lambda text: said(text).serialize(format="json-ld")),
    "JSON-LD with a context": (JSON_LD, lambda text: prefixed(said(text)).serialize(format="json-ld", auto_compact=True)),
    "JSON-LD nested": (JSON_LD, lambda text: prefixed(said(text + "\n@prefix e: <urn:e:> .\n" + NESTED)).serialize(format="json-ld")),
}  # fmt: skip


def published(site: Site) -> list[str]:
    """Things of the published graph with what is said of them, in Turtle."""
    found = []
    for concept in site.content.catalogue.concepts.values():
        graph = site.store.graph(
            Query(
                f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {{ SELECT ?s {{ ?s a <{concept.iri}> }} ORDER BY ?s LIMIT 2 }} ?s ?p ?o }}"
            )
        )
        small = Graph()
        for triple in graph:
            if len(str(triple[2])) < 2000:
                small.add(triple)
        found.append(small.serialize(format="turtle"))
    return found


def test_seeded_faults_are_found_exactly_where_they_are(
    site: Site, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(6)
    texts = [path.read_text(encoding="utf-8") for path in CASES] + published(site)
    tried = 0
    wrong: list[tuple[str, Place, list[Place]]] = []
    for number in range(FAULTS * 3):
        name, (form, writer) = list(WAYS.items())[number % len(WAYS)]
        text = writer(chance.choice(texts))
        change = changed_json(text, chance) if form == JSON_LD else changed_text(text, form, chance)
        if change is None or tried >= FAULTS:
            continue
        tried += 1
        found = values(read(change[0], form))
        if found != [change[1]]:
            wrong.append((name, change[1], found))
    record_property("faults", tried)
    record_property("found exactly", 1 - len(wrong) / tried)
    assert tried == FAULTS
    assert wrong == []


SEPARATORS = st.sampled_from([" ", "\n", "  \n\t", " # é <c> \"'\n", "\r\n", "\n\n"])


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_each_value_of_a_turtle_document_has_its_line_and_column(data: st.DataObject) -> None:
    expected: dict[str, tuple[int, int]] = {}
    text = "@prefix e: <urn:e:> ."

    def write(token: str, name: str = "") -> None:
        nonlocal text
        text += data.draw(SEPARATORS)
        if name:
            expected[name] = (text.count("\n") + 1, len(text) - text.rfind("\n"))
        text += token

    def value(depth: int) -> None:
        kind = data.draw(st.integers(0, 6 if depth < 4 else 3))
        name = f"v{len(expected)}"
        if kind < 4:
            write([f'"{name}"@en', f"'''\n{name}\"'é'''", f"<urn:{name}>", f'"{name}"^^e:d'][kind], name)
        elif kind == 4:
            write("[")
            pairs(depth + 1)
            write("]")
        else:
            write("(")
            for _ in range(data.draw(st.integers(0, 3))):
                value(depth + 1)
            write(")")

    def pairs(depth: int) -> None:
        write("e:p")
        value(depth)
        for _ in range(data.draw(st.integers(0, 2))):
            write(data.draw(st.sampled_from([",", "; e:q", ";; a"])))
            value(depth)

    for _ in range(data.draw(st.integers(1, 3))):
        write(data.draw(st.sampled_from(["<s>", "_:s", "e:s.t", "[]"])))
        pairs(0)
        write(".")
    record = read(text, TURTLE)
    found = {
        re.search(r"v\d+", str(o))[0]: (place.line, place.column)  # type: ignore[index]
        for (_, _, o), place in record.places.items()
        if re.search(r"v\d+", str(o))
    }
    assert found == expected


@pytest.mark.parametrize(
    ("form", "text", "line", "column"),
    [
        (TURTLE, "# c\n<urn:a>\n  a <urn:T> .\n<urn:b> a <urn:T> .", 4, 1),
        (TRIG, "<g> {\n  <urn:b> a <urn:T> }", 2, 3),
        (N_TRIPLES, "\n<urn:b> <urn:p> <urn:c> .\n", 2, 1),
        (N_QUADS, "\n<urn:b> <urn:p> <urn:c> <urn:g> .\n", 2, 1),
        (RDF_XML, '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:">\n <e:T r:about="urn:b"/></r:RDF>', 2, 2),
    ],
)  # fmt: skip
def test_a_thing_has_the_place_where_it_is_first_described(form: Format, text: str, line: int, column: int) -> None:
    record = read(text, form)
    assert record.subjects[URIRef("urn:b")] == Place("f", line, column)
    assert record.place(URIRef("urn:b"), URIRef("urn:missing")) == Place("f", line, column)


def test_a_thing_in_json_has_the_pointer_to_its_object() -> None:
    text = '{"@context": {"@vocab": "urn:e:"}, "@graph": [{"@id": "urn:a", "p": ["x", {"@id": "urn:b", "q": [1, {"r": true}]}]}]}'
    record = read(text, JSON_LD)
    assert record.subjects[URIRef("urn:b")].pointer == "/@graph/0/p/1"
    pointers = {str(value): place.pointer for (_, _, value), place in record.places.items() if str(value)[:1] != "_"}
    assert pointers["x"] == "/@graph/0/p/0"
    assert pointers["urn:b"] == "/@graph/0/p/1/@id"
    assert pointers["true"] == "/@graph/0/p/1/q/1/r"
    assert record.places[URIRef("urn:b"), URIRef("urn:e:q"), Literal(1)].pointer == "/@graph/0/p/1/q/0"
