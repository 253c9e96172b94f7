"""The namespaces and terms that the code itself names; all others come from the content.

Nothing here belongs to a subject matter: these are the terms of the standards by which content describes itself.
"""

import re

from rdflib import DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SH, SKOS, VOID, XSD, Namespace, URIRef

__all__ = [
    "CHECK",
    "DCAT",
    "DCTERMS",
    "DQV",
    "FOAF",
    "FORMATS",
    "FORMS",
    "LABELS",
    "OWL",
    "PROV",
    "RDF",
    "RDFS",
    "SCHEMA",
    "SD",
    "SH",
    "SKOS",
    "SKOSXL",
    "SPDX",
    "VOID",
    "XSD",
]

CHECK = Namespace("https://w3id.org/lepgraph/def/check#")
"""What shapes tell this service beyond SHACL: see docs/validation.md."""
DQV = Namespace("http://www.w3.org/ns/dqv#")
SCHEMA = Namespace("https://schema.org/")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SKOSXL = Namespace("http://www.w3.org/2008/05/skos-xl#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")

LABELS: tuple[URIRef, ...] = (RDFS.label, SKOS.prefLabel, DCTERMS.title, FOAF.name, SH.name)
"""Properties that give a thing its name, the preferred first."""

FORMS = {
    str(XSD.gYear): (re.compile(r"\d{4}"), "a year, such as 2015"),
    str(XSD.gYearMonth): (re.compile(r"\d{4}-(0[1-9]|1[0-2])"), "a month, such as 2015-05"),
}
"""How the datatypes are written that neither csvw nor pySHACL looks into, and what they are in words."""
