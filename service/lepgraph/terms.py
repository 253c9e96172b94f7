"""The namespaces and terms that the code itself names; all others come from the content.

Nothing here belongs to a subject matter: these are the terms of the standards by which content describes itself.
"""

from rdflib import DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SH, SKOS, VOID, XSD, Namespace, URIRef

__all__ = [
    "DCAT",
    "DCTERMS",
    "DQV",
    "FOAF",
    "FORMATS",
    "LABELS",
    "OWL",
    "PROV",
    "RDF",
    "RDFS",
    "SCHEMA",
    "SD",
    "SH",
    "SKOS",
    "SPDX",
    "VOID",
    "XSD",
]

DQV = Namespace("http://www.w3.org/ns/dqv#")
SCHEMA = Namespace("https://schema.org/")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")

LABELS: tuple[URIRef, ...] = (RDFS.label, SKOS.prefLabel, DCTERMS.title, FOAF.name, SH.name)
"""Properties that give a thing its name, the preferred first."""
