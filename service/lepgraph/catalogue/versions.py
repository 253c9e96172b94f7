"""Versions of the dataset as harvesters read them: a description in DCAT, and the feed (Atom, RFC 4287)."""

from __future__ import annotations

from urllib.parse import urljoin
from xml.etree import ElementTree

from rdflib import Graph, Literal, URIRef

from lepgraph.catalogue import dcat, saying
from lepgraph.media import N_QUADS
from lepgraph.releases.history import Change
from lepgraph.releases.register import Release
from lepgraph.site import Site
from lepgraph.terms import ADMS, DCAT, DCTERMS, FOAF, PROV, RDF, VOID, XSD
from lepgraph.words import separated

ATOM = "http://www.w3.org/2005/Atom"


def identifier(site: Site, release: Release) -> URIRef:
    """The IRI of a version."""
    return URIRef(f"{site.addresses.base}version/{release.number}")


def dump_path(site: Site, release: Release) -> str:
    """The path of all named graphs of a version."""
    return f"/dump/{release.short}/{site.content.catalogue.key}.nq"


def described(site: Site, place: int, root: str) -> Graph:
    """A version as ``dcat:Dataset``: whose version it is, what it follows, its day, notes, size and dump."""
    history, dataset = site.history, site.content.catalogue.dataset
    release = history.releases[place]
    iri = identifier(site, release)
    graph = saying.empty()

    def say(subject: URIRef, predicate: URIRef, value: URIRef | Literal) -> None:
        graph.add((subject, predicate, value))

    for kind in (DCAT.Dataset, PROV.Entity):
        say(iri, RDF.type, kind)
    title = f"{site.content.catalogue.title}, version {release.number}"
    say(iri, DCTERMS.title, Literal(title, lang="en"))
    say(iri, DCTERMS.description, Literal(release.notes, lang="en"))
    say(iri, ADMS.versionNotes, Literal(release.notes, lang="en"))
    say(iri, DCTERMS.identifier, Literal(release.digest))
    say(iri, DCAT.version, Literal(release.number))
    say(iri, DCAT.isVersionOf, dataset)
    say(iri, DCTERMS.isVersionOf, dataset)
    say(iri, DCTERMS.issued, Literal(release.date, datatype=XSD.date))
    say(iri, DCAT.landingPage, URIRef(urljoin(root, f"/version/{release.number}")))
    for predicate in (DCTERMS.license, DCTERMS.publisher):
        for value in site.content.catalogue.graph.objects(dataset, predicate):
            graph.add((iri, predicate, value))
    if place:
        say(iri, DCAT.previousVersion, identifier(site, history.releases[place - 1]))
    if place + 1 < len(history.releases):
        say(identifier(site, history.releases[place + 1]), DCAT.previousVersion, iri)
    _distribution(graph, site, release, root)
    return graph


def _distribution(graph: Graph, site: Site, release: Release, root: str) -> None:
    iri = identifier(site, release)
    file = URIRef(f"{iri}#nq")
    address = URIRef(urljoin(root, dump_path(site, release)))
    for subject, predicate, value in (
        (iri, DCAT.distribution, file),
        (file, RDF.type, DCAT.Distribution),
        (file, DCTERMS.title, Literal("All named graphs as N-Quads", lang="en")),
        (file, DCAT.accessURL, URIRef(urljoin(root, f"/version/{release.number}"))),
        (file, DCAT.downloadURL, address),
        (file, DCAT.mediaType, dcat.media(N_QUADS.media_type)),
        (iri, VOID.dataDump, address),
    ):
        graph.add((subject, predicate, value))
    dcat.checksum(graph, file, release.digest)
    for licence in site.content.catalogue.graph.objects(site.content.catalogue.dataset, DCTERMS.license):
        graph.add((file, DCTERMS.license, licence))


def changes_in_words(site: Site, place: int) -> str:
    """What a version did to things, in words."""
    things = site.history.totals(place).things
    words = {
        Change.CREATED: "new",
        Change.CHANGED: "changed",
        Change.SOURCED: "with other sources",
        Change.REMOVED: "gone",
    }
    said = [f"{separated(str(things[change]))} {word}" for change, word in words.items() if things.get(change)]
    return f"Things: {', '.join(said)}." if said else "Nothing that is said of things has changed."


def feed(site: Site, root: str) -> bytes:
    """The versions that were released as an Atom feed, the newest first."""
    catalogue = site.content.catalogue
    released = [(place, release) for place, release in enumerate(site.history.releases) if release.released]
    top = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _add(top, "id", f"{catalogue.base}feed")
    _add(top, "title", f"Versions of {catalogue.title}")
    _add(top, "updated", _instant(released[-1][1].date if released else site.history.current.date))
    _add(_add(top, "author"), "name", _publisher(site))
    _add(top, "rights", catalogue.licence)
    _link(top, "self", urljoin(root, "/feed"), "application/atom+xml")
    _link(top, "alternate", urljoin(root, "/version"), "text/html")
    _link(top, "license", catalogue.licence)
    for place, release in reversed(released):
        entry = _add(top, "entry")
        _add(entry, "id", str(identifier(site, release)))
        _add(entry, "title", f"Version {release.number}")
        _add(entry, "updated", _instant(release.date))
        _add(entry, "published", _instant(release.date))
        _add(entry, "summary", f"{release.notes} {changes_in_words(site, place)}")
        address = urljoin(root, f"/version/{release.number}")
        _link(entry, "alternate", address, "text/html")
        _link(entry, "alternate", f"{address}.ttl", "text/turtle")
        _link(entry, "related", f"{address}/changes.rdfp", "application/rdf-patch")
        _link(entry, "enclosure", urljoin(root, dump_path(site, release)), "application/n-quads")
    ElementTree.indent(top)
    return bytes(ElementTree.tostring(top, encoding="utf-8", xml_declaration=True)) + b"\n"


def _publisher(site: Site) -> str:
    graph, dataset = site.content.catalogue.graph, site.content.catalogue.dataset
    publisher = graph.value(dataset, DCTERMS.publisher)
    name = graph.value(publisher, FOAF.name) if publisher else None
    return str(name or site.content.catalogue.key)


def _instant(date: str) -> str:
    return f"{date}T00:00:00Z"


def _add(parent: ElementTree.Element, name: str, text: str = "") -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name)
    element.text = text or None
    return element


def _link(parent: ElementTree.Element, relation: str, address: str, media_type: str = "") -> None:
    given = {"rel": relation, "href": address, **({"type": media_type} if media_type else {})}
    ElementTree.SubElement(parent, "link", given)
