"""The namespaces and terms that the code itself names; all others come from the content.

Nothing here belongs to a subject matter: these are the terms of the standards by which content describes itself.
"""

import re

from rdflib import DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SH, SKOS, VOID, XSD, Namespace, URIRef

__all__ = [
    "ADMS",
    "CHECK",
    "DCAT",
    "DCATAP",
    "DCTERMS",
    "DQV",
    "FOAF",
    "FORMATS",
    "FORMS",
    "HYDRA",
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
    "VCARD",
    "VOID",
    "XSD",
]

ADMS = Namespace("http://www.w3.org/ns/adms#")
CHECK = Namespace("https://w3id.org/lepgraph/def/check#")
"""What shapes tell this service beyond SHACL: see docs/validation.md."""
DCAT = Namespace("http://www.w3.org/ns/dcat#")  # rdflib's own knows version 2 only
DCATAP = Namespace("http://data.europa.eu/r5r/")
DQV = Namespace("http://www.w3.org/ns/dqv#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
SCHEMA = Namespace("https://schema.org/")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SKOSXL = Namespace("http://www.w3.org/2008/05/skos-xl#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")

LABELS: tuple[URIRef, ...] = (RDFS.label, SKOS.prefLabel, DCTERMS.title, FOAF.name, SH.name)
"""Properties that give a thing its name, the preferred first."""

FORMS = {
    str(XSD.gYear): (re.compile(r"\d{4}"), "a year, such as 2015"),
    str(XSD.gYearMonth): (re.compile(r"\d{4}-(0[1-9]|1[0-2])"), "a month, such as 2015-05"),
}
"""How the datatypes are written that neither csvw nor pySHACL looks into, and what they are in words."""
