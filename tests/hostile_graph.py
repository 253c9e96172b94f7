"""A graph whose literals and identifiers are hostile: as part of a content, and as files that are served alone."""

from __future__ import annotations

import pyoxigraph
from rdflib import RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, OWL, SKOS

from hostile import MARK, TEXTS
from lepgraph.exchange import to_engine

BASE = "https://lights.example/"
LIGHT = Namespace(f"{BASE}def/light#")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
LONG = "long " * 20_000
ODD = [
    f"javascript:{MARK}()",
    f"data:text/html,{MARK}",
    f"vbscript:{MARK}",
    "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
    f"{BASE}/evil.example/two-slashes",
    f"{BASE}id/lighthouse/'on{MARK}='{MARK}()",
    f"{BASE}id/lighthouse/x&lt;{MARK}&gt;;--",
    f"{BASE}id/lighthouse/%22%3E%3C{MARK}%3E",
    f"{BASE}id/lighthouse/%00%0D%0A",
    f"{BASE}def/light#'{MARK}",
    f"http://evil.example/'on{MARK}=1",
    "http://evil.example/\u202eabc",
]
"""Identifiers that are allowed in RDF and that a page must not take for more than text."""
OUTLINES = [
    "POLYGON((0 0, 0 1, 1 1, 1 0, 0 0))",
    f"<http://www.opengis.net/def/crs/{MARK}> POLYGON((0 0, 0 1, 1 1, 0 0))",
    f"POLYGON((0 0, 0 <{MARK}>, 1 1, 0 0))",
    "POLYGON((1e400 0, 0 nan, 1 inf, 0 0))",
    "POLYGON EMPTY",
    "GEOMETRYCOLLECTION(" * 200,
    "",
]
DATES = ["2014-02-30", "-0001-01-01", "99999-12-31", f"2014-01-01<{MARK}>", "", "2015-05-01Z"]


def things() -> Graph:
    """Lights with hostile names, heights, days and keepers; with names in many languages and with none; in circles."""
    graph = Graph()
    lights = [URIRef(f"{BASE}id/lighthouse/hostile-{number}") for number in range(len(TEXTS))]
    for number, (light, text) in enumerate(zip(lights, TEXTS.values(), strict=True)):
        said = plain(text)
        graph.add((light, RDF.type, LIGHT.Lighthouse))
        graph.add((light, LIGHT.height, Literal(said)))
        graph.add((light, LIGHT.keptBy, lights[(number + 1) % len(lights)]))
        graph.add((light, LIGHT.lit, Literal(DATES[number % len(DATES)], datatype=XSD.date, normalize=False)))
        graph.add((light, RDFS.comment, Literal(said + said, lang="ar")))
        if said:
            graph.add((light, RDFS.label, Literal(said, lang=("en", "de", "x-hostile-12345678")[number % 3])))
            graph.add((light, SKOS.altLabel, Literal(said[::-1])))
    for iri in ODD:
        odd = URIRef(iri)
        graph.add((odd, RDF.type, LIGHT.Lighthouse))
        graph.add((lights[0], RDFS.seeAlso, odd))
        graph.add((odd, LIGHT.keptBy, odd))
        graph.add((lights[1], DCTERMS.source, odd))
    graph.add((lights[0], SKOS.definition, Literal(LONG)))
    graph.add((lights[2], LIGHT.height, Literal(TEXTS["an element"], datatype=URIRef(f"{BASE}def/light#'{MARK}"))))
    return graph


def vocabulary() -> Graph:
    """Classes and properties with hostile names and definitions."""
    graph = Graph()
    for number, text in enumerate(TEXTS.values()):
        said = plain(text) or "nothing"
        term = LIGHT[f"Hostile{number}"]
        graph.add((term, RDF.type, OWL.Class if number % 2 else OWL.DatatypeProperty))
        graph.add((term, RDFS.label, Literal(said, lang="en")))
        graph.add((term, SKOS.definition, Literal(said, lang="en")))
        graph.add((term, RDFS.isDefinedBy, URIRef(f"{BASE}def/light")))
        if number % 2:
            graph.add((term, RDFS.subClassOf, LIGHT[f"Hostile{(number + 2) % len(TEXTS)}"]))
        else:
            graph.add((term, RDFS.domain, LIGHT.Lighthouse))
    return graph


def quads() -> bytes:
    """Files to be served alone: the same in graphs with hostile names, with hostile classes and properties, and
    outlines."""
    names = [*ODD[:5], f"{BASE}graph/x/'on{MARK}=1"]
    found = [(triple, name) for name in names for triple in things()]
    for number, outline in enumerate(OUTLINES):
        place, odd = URIRef(f"http://places.example/{number}"), URIRef(ODD[number % len(ODD)])
        told = [(RDF.type, odd), (odd, place), (RDFS.label, Literal(plain(list(TEXTS.values())[number])))]
        told.append((GEO.asWKT, Literal(outline, datatype=GEO.wktLiteral)))
        found += [((place, predicate, value), ODD[0]) for predicate, value in told]
    engine = [
        pyoxigraph.Quad(to_engine(s), to_engine(p), to_engine(o), pyoxigraph.NamedNode(name))  # type: ignore[arg-type]
        for (s, p, o), name in found
    ]
    return pyoxigraph.serialize(engine, format=pyoxigraph.RdfFormat.N_QUADS) or b""


def plain(text: str) -> str:
    """The text without what no file of RDF can hold."""
    return text.replace("\u0000", "")
