"""What a record would change, and the record as rows that loading makes the same facts of."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.exchange import from_engine
from lepgraph.loading import tables
from lepgraph.site import Site
from lepgraph.validation import registers
from lepgraph.validation.changes import Changes, Register
from lepgraph.validation.changing import changes

LEP = "https://w3id.org/lepgraph/def/lep#"
UNTOLD = {"source": "somebody", "confidence": "verified", "code": "E37000001"}
"""What no record tells, and the sender fills in."""
SCHEMA = "https://schema.org/"


def published(site: Site, concept: str, most: int = 5) -> list[tuple[URIRef, Graph]]:
    """Some published things with what is said of each."""
    kind = site.content.catalogue.concepts[concept].iri
    things = [iri for iri, _ in site.published.names(kind)]
    step = max(1, len(things) // most)
    return [(thing, site.published.facts([thing], [])) for thing in things[::step][:most]]


def loaded(register: Register, site: Site, folder: Path) -> Graph:
    """What loading makes of the rows once their source is filled in."""
    original = site.content.root / register.file
    path = folder / original.name
    rows = list(csv.DictReader(io.StringIO(register.text)))
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows([{name: text or UNTOLD.get(name, "") for name, text in row.items()} for row in rows])
    shutil.copy(original.with_suffix(".csv-metadata.json"), folder)
    table = tables.read(path, path.name)
    graph = Graph()
    for _, _, _, triple in table.triples():
        graph.add((from_engine(triple.subject), from_engine(triple.predicate), from_engine(triple.object)))
    assert table.faults == []
    return graph


@pytest.mark.parametrize(
    "concept",
    [
        "partnership",
        "combined-authority",
        "local-authority",
        "practice",
        "membership",
        "area-membership",
        "event",
        "area",
    ],
)
def test_rows_of_published_things_are_loaded_as_the_same_facts(site: Site, tmp_path: Path, concept: str) -> None:
    known = registers.read(site.content)
    for thing, record in published(site, concept):
        wanted = frozenset(record)
        found, left = registers.rows(known, record, wanted)
        made = Graph()
        for register in found:
            made += loaded(register, site, tmp_path)
        assert {triple for triple in made if triple[0] == thing} == set(wanted) - left, thing
        assert len(left) <= len(wanted) / 2, (thing, left)


def told(site: Site, record: Graph) -> Changes:
    kit = site.ready.kit
    return changes(record, site.published, kit.shapes, kit.registers, kit.prefixes)


def worcestershire(site: Site) -> tuple[URIRef, Graph]:
    thing = site.addresses.thing("partnership", "worcestershire")
    return thing, site.published.facts([thing], [])


def test_a_record_that_says_what_is_published_changes_nothing(site: Site) -> None:
    _, record = worcestershire(site)
    found = told(site, record)
    assert (found.facts, found.rows, found.summary) == ((), (), "Nothing would change.")


def test_what_is_added_changed_and_removed_is_told_by_property(site: Site) -> None:
    thing, record = worcestershire(site)
    record.set(
        (
            thing,
            URIRef(f"{SCHEMA}foundingDate"),
            Literal("2010", datatype=URIRef("http://www.w3.org/2001/XMLSchema#gYear")),
        )
    )
    record.add(
        (
            thing,
            URIRef(f"{SCHEMA}dissolutionDate"),
            Literal("2024", datatype=URIRef("http://www.w3.org/2001/XMLSchema#gYear")),
        )
    )
    record.remove((thing, URIRef("http://xmlns.com/foaf/0.1/homepage"), None))
    found = told(site, record)
    assert [(fact.kind, fact.property.rpartition("/")[2], fact.before, fact.after) for fact in found.facts] == [
        ("removed", "homepage", ("<https://www.wlep.co.uk/>",), ()),
        ("added", "dissolutionDate", (), ("2024",)),
        ("changed", "foundingDate", ("2011",), ("2010",)),
    ]
    assert found.summary == "1 added, 1 removed, 1 changed of 1 thing."
    [founding] = [row for row in found.rows if row.file == "data/registers/partnership-founding.csv"]
    assert "worcestershire,,,2010," in founding.text


def test_what_no_shape_speaks_of_stays(site: Site) -> None:
    thing, record = worcestershire(site)
    short = Graph()
    short.add((thing, RDF.type, URIRef(f"{LEP}LocalEnterprisePartnership")))
    removed = {fact.property for fact in told(site, short).facts}
    said = {str(prop) for prop in record.predicates(thing)}
    assert str(RDFS.label) in removed
    assert said - removed - {str(RDF.type)} == {
        str(prop) for prop in record.predicates(thing) if not spoken(site, prop)
    } - {str(RDF.type)}


def spoken(site: Site, prop: Node) -> bool:
    shapes = site.content.shapes
    path = URIRef("http://www.w3.org/ns/shacl#path")
    target = URIRef("http://www.w3.org/ns/shacl#targetClass")
    holders = {
        part
        for shape in shapes.subjects(target, URIRef(f"{LEP}LocalEnterprisePartnership"))
        for part in shapes.objects(shape, URIRef("http://www.w3.org/ns/shacl#property"))
    }
    return any((part, path, prop) in shapes for part in holders)


def test_the_clean_turtle_says_the_same_with_the_prefixes_of_the_content(site: Site) -> None:
    _, record = worcestershire(site)
    text = told(site, record).turtle
    assert set(Graph().parse(data=text, format="turtle")) == set(record)
    assert "a lep:LocalEnterprisePartnership" in text
    assert told(site, record).turtle == text


def test_changes_survive_as_json(site: Site) -> None:
    thing, record = worcestershire(site)
    record.add((thing, RDFS.label, Literal("Other", lang="fr")))
    found = told(site, record)
    assert Changes.restored(found.members()) == found


def test_facts_that_no_register_has_a_column_for_are_named(site: Site) -> None:
    thing, record = worcestershire(site)
    record.add((thing, URIRef("https://example.org/p"), Literal("x")))
    assert told(site, record).left_out == ("Worcestershire: p x",)
