"""How complete records are: counted by hand for the lighthouses, and by other queries and the registers for the graph."""

from __future__ import annotations

import pathlib
from decimal import Decimal

import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDF, XSD

from lepgraph.errors import NotFound
from lepgraph.quality.completeness import Completeness, Table, share
from lepgraph.quality.dqv import Measurements
from lepgraph.quality.expected import Path, expectations, slugs
from lepgraph.shelf import Shelf
from lepgraph.site import Site
from lepgraph.store import Query
from lepgraph.terms import DQV
from registers import register

LIGHT = Namespace("https://lights.example/def/light#")
LIGHTHOUSE = "https://lights.example/id/lighthouse/"
QUALITY = "https://lights.example/quality"


def test_only_the_kinds_that_have_records_and_expectations_have_tables(demanding: Site) -> None:
    assert list(demanding.completeness.tables) == ["lighthouse", "keeper"]


@pytest.mark.parametrize(
    ("key", "slug", "label", "numbers", "level"),
    [
        ("lighthouse", "label", "label", (3, 0, 0), "full"),
        ("lighthouse", "height", "height in metres", (2, 0, 1), "most"),
        ("lighthouse", "kept-by", "kept by", (1, 1, 1), "some"),
        ("lighthouse", "lit-or-comment", "first lit or comment", (1, 0, 2), "some"),
        ("keeper", "kept-by", "lights tended", (1, 1, 0), "most"),
    ],
)
def test_gaps_are_counted_as_a_person_counts_them(
    demanding: Site, key: str, slug: str, label: str, numbers: tuple[int, int, int], level: str
) -> None:
    column = demanding.completeness.tables[key].column(slug)
    assert column is not None
    assert column.label == label
    assert (column.known, column.partly, column.missing) == numbers
    assert column.level == level


def test_the_most_demanding_of_two_shapes_counts_and_longer_paths_and_wishes_do_not(demanding: Site) -> None:
    table = demanding.completeness.tables["lighthouse"]
    assert [column.slug for column in table.columns] == ["label", "height", "kept-by", "lit-or-comment"]
    assert table.columns[2].expectation.least == 2
    assert (table.records, table.complete) == (3, 0)
    assert demanding.completeness.tables["keeper"].complete == 1


def test_a_record_knows_what_it_lacks(demanding: Site) -> None:
    table = demanding.completeness.tables["lighthouse"]
    states = {
        name: [column.state(LIGHTHOUSE + name) for column in table.columns]
        for name in ("far-point", "near-point", "north-rock")
    }
    assert states == {
        "far-point": ["known", "known", "partly known", "known"],
        "near-point": ["known", "not known", "known", "not known"],
        "north-rock": ["known", "known", "not known", "not known"],
    }


def test_records_that_lack_most_come_first_then_by_name(demanding: Site) -> None:
    completeness = demanding.completeness
    table = completeness.table("lighthouse")
    names = [record.removeprefix(LIGHTHOUSE) for record in completeness.records(table)]
    assert names == ["near-point", "north-rock", "far-point"]
    lacking = [record.removeprefix(LIGHTHOUSE) for record in completeness.records(table, "kept-by")]
    assert lacking == ["north-rock", "far-point"]
    with pytest.raises(NotFound, match="ship"):
        completeness.table("ship")


def test_a_shape_holds_for_narrower_classes_and_not_for_wider_ones() -> None:
    shapes = Graph().parse(
        data="""
        @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://e.example/> .
        e:AnimalShape sh:targetClass e:Animal ; sh:property [ sh:path e:name ; sh:minCount 1 ] .
        e:BirdShape sh:targetClass e:Bird ; sh:property [ sh:path e:wings ; sh:minCount 2 ; sh:order 1 ] .
        """,
        format="turtle",
    )
    hierarchy = Graph().parse(
        data="""
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix e: <http://e.example/> .
        e:Bird rdfs:subClassOf e:Flier . e:Flier rdfs:subClassOf e:Animal .
        """,
        format="turtle",
    )
    found = expectations(shapes, hierarchy)
    assert {kind: [(item.path, item.least) for item in items] for kind, items in found.items()} == {
        "http://e.example/Animal": [(Path(("http://e.example/name",)), 1)],
        "http://e.example/Bird": [(Path(("http://e.example/wings",)), 2), (Path(("http://e.example/name",)), 1)],
    }


def test_short_names_differ_and_say_what_they_can() -> None:
    names = {"b": "First Lit", "a": "first lit", "c": "é…", "d": "!"}
    assert slugs(names, ["unnamed"]) == {"a": "first-lit", "b": "first-lit-2", "c": "é", "d": "unnamed-2"}


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [
        (3, 3, "1.0000"),
        (1, 3, "0.3333"),
        (2, 3, "0.6666"),
        (99_999, 100_000, "0.9999"),
        (0, 3, "0.0000"),
        (0, 0, "0.0000"),
    ],
)
def test_a_share_is_never_rounded_to_all(part: int, whole: int, written: str) -> None:
    assert share(part, whole) == Decimal(written)
    assert str(share(part, whole)) == written


def values(graph: Graph, metric: str) -> dict[str, Literal]:
    """What a metric measured, by the thing it was computed on."""
    measurements = graph.subjects(DQV.isMeasurementOf, URIRef(metric))
    return {str(graph.value(node, DQV.computedOn)): graph.value(node, DQV.value) for node in measurements}  # type: ignore[misc]


def decimal(text: str) -> Literal:
    return Literal(text, datatype=XSD.decimal, normalize=False)


def test_dqv_has_a_measurement_of_each_part_for_each_property(demanding: Site) -> None:
    graph = Measurements(demanding.content.catalogue).of_tables(demanding.completeness.tables)
    part = "https://lights.example/data/lighthouse"
    expected = {"label": "1.0000", "height": "0.6666", "kept-by": "0.3333", "lit-or-comment": "0.3333"}
    for slug, value in expected.items():
        assert values(graph, f"{QUALITY}/lighthouse#{slug}") == {part: decimal(value)}
    assert values(graph, f"{QUALITY}/keeper#complete-records") == {
        "https://lights.example/data/keeper": decimal("0.5000")
    }
    assert len(list(graph.subjects(RDF.type, DQV.QualityMeasurement))) == 4 + 1 + 1 + 1


def test_dqv_of_one_kind_measures_every_record_and_names_every_gap(demanding: Site) -> None:
    completeness = demanding.completeness
    table = completeness.table("lighthouse")
    graph = Measurements(demanding.content.catalogue).of_table(table, completeness.records(table))
    known = {
        f"{LIGHTHOUSE}far-point": "0.7500",
        f"{LIGHTHOUSE}near-point": "0.5000",
        f"{LIGHTHOUSE}north-rock": "0.5000",
    }
    measured = values(graph, f"{QUALITY}/lighthouse#known-properties")
    assert measured == {record: decimal(value) for record, value in known.items()}
    gaps = values(graph, f"{QUALITY}/lighthouse#kept-by")
    assert {thing: value for thing, value in gaps.items() if thing.startswith(LIGHTHOUSE)} == {
        f"{LIGHTHOUSE}far-point": decimal("0.5000"),
        f"{LIGHTHOUSE}north-rock": decimal("0.0000"),
    }


@pytest.mark.parametrize("kind", ["all", "lighthouse"])
def test_every_measurement_is_whole_and_every_node_has_a_name(demanding: Site, kind: str) -> None:
    completeness, writer = demanding.completeness, Measurements(demanding.content.catalogue)
    graph = writer.of_tables(completeness.tables)
    if kind != "all":
        table = completeness.table(kind)
        graph = writer.of_table(table, completeness.records(table))
    for node in graph.subjects(RDF.type, DQV.QualityMeasurement):
        metric = graph.value(node, DQV.isMeasurementOf)
        value = graph.value(node, DQV.value)
        assert (metric, RDF.type, DQV.Metric) in graph
        assert (metric, DQV.inDimension, URIRef(f"{QUALITY}#completeness")) in graph
        assert isinstance(value, Literal)
        assert 0 <= Decimal(str(value)) <= 1
    assert all(isinstance(term, URIRef | Literal) for triple in graph for term in triple)


@pytest.fixture(scope="module")
def tables(site: Site) -> dict[str, Table]:
    return site.completeness.tables


def test_the_numbers_of_the_graph_are_those_of_independent_queries(site: Site, tables: dict[str, Table]) -> None:
    """Counts with the path written out and EXISTS, where the tables ask for gaps with VALUES and OPTIONAL."""
    compared = 0
    for table in tables.values():
        for column in table.columns:
            path = column.expectation.path
            written = "|".join([*(f"<{iri}>" for iri in path.forward), *(f"^<{iri}>" for iri in path.backward)])
            kind = f"?thing a/<http://www.w3.org/2000/01/rdf-schema#subClassOf>* <{table.iri}>"
            wanted = " ".join(f"?thing {written} ?value{n} ." for n in range(column.expectation.least))
            apart = "FILTER (?value0 != ?value1)" if column.expectation.least == 2 else ""
            text = f"SELECT (COUNT(DISTINCT ?thing) AS ?n) {{ {kind} . {wanted} {apart} }}"
            assert int(str(site.store.solutions(Query(text))[0]["n"])) == column.known, (table.key, column.slug)
            compared += 1
    assert compared > 140


def test_what_is_known_of_practices_and_documents_is_what_the_registers_say(tables: dict[str, Table]) -> None:
    numbers = {
        (table.key, column.slug): (column.known, table.records) for table in tables.values() for column in table.columns
    }
    outcomes = {row["practice"] for row in register("practice-outcome")}
    runners = {row["practice"] for row in register("practice-runner") if any(row[n] for n in list(row)[1:5])}
    dated = {row["document"] for row in register("document-date")}
    assert (len(outcomes), len(runners), len(dated)) == (81, 144, 53)
    assert numbers["practice", "outcome"] == (81, 153)
    assert numbers["practice", "run-by"] == (144, 153)
    assert numbers["document", "date"] == (53, 73)


def test_a_kind_of_area_is_asked_for_what_all_areas_and_what_its_own_shape_ask(tables: dict[str, Table]) -> None:
    general = {"label", "notation", "during", "exact-match"}
    assert {column.slug for column in tables["area"].columns} == general
    assert {column.slug for column in tables["overlap-area"].columns} == general | {"overlap-of", "has-name"}
    assert tables["area"].records == len({row["code"] for name in AREAS for row in register(name)})


AREAS = (
    "partnership-area",
    "combined-authority-area",
    "district-area",
    "county-area",
    "region",
    "skills-area",
    "overlap-area",
)


def test_a_page_says_not_known_where_the_table_does(site: Site, tables: dict[str, Table]) -> None:
    for table in (tables["practice"], tables["case-study"]):
        for record in site.completeness.records(table)[:3]:
            described = site.describer.describe(record)
            assert described is not None
            facts = {
                fact.label for group in described.groups for fact in group.facts if "Not known" in str(fact.values)
            }
            assert facts == {column.label for column in table.columns if column.state(record) == "not known"}


def test_a_gap_weighs_what_the_heaviest_shape_that_asks_for_as_much_says() -> None:
    shapes = Graph().parse(
        data="""
        @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://e.example/> .
        e:A sh:targetClass e:Animal ; sh:property e:p1, e:p2, e:p3, e:p4, e:p5 .
        e:p1 sh:path e:name ; sh:minCount 1 ; sh:severity sh:Info .
        e:p2 sh:path e:name ; sh:minCount 1 ; sh:severity sh:Warning .
        e:p3 sh:path e:legs ; sh:minCount 1 .
        e:p4 sh:path e:eyes ; sh:minCount 2 ; sh:severity sh:Info .
        e:p5 sh:path e:eyes ; sh:minCount 1 ; sh:severity sh:Violation .
        """,
        format="turtle",
    )
    (found,) = expectations(shapes, Graph()).values()
    assert {item.field.rpartition("/")[2]: (item.level, item.least) for item in found} == {
        "name": ("expected", 1),
        "legs": ("needed", 1),
        "eyes": ("nice to have", 2),
    }


def test_a_thing_lacks_what_its_table_says_the_heaviest_first(demanding: Site) -> None:
    kinds = ["https://lights.example/def/light#Lighthouse"]
    found = demanding.completeness.of(f"{LIGHTHOUSE}north-rock", kinds)
    assert found is not None
    assert (found.known, found.expected) == (2, 4)
    levels = {level: [column.slug for column in columns] for level, columns in found.by_level.items()}
    assert levels == {"expected": ["kept-by"], "nice to have": ["lit-or-comment"]}
    assert demanding.completeness.of(f"{LIGHTHOUSE}north-rock", ["https://lights.example/def/light#Ship"]) is None


def test_gaps_are_read_from_the_shelf_and_counted_anew_for_other_shapes(
    demanding: Site, tmp_path: pathlib.Path
) -> None:
    def known(about: str) -> list[int]:
        shelf = Shelf(tmp_path, about)
        found = Completeness(demanding.content, demanding.library, demanding.store, demanding.describer, shelf)
        return [found.table("lighthouse").known(f"{LIGHTHOUSE}{name}") for name in ("north-rock", "far-rock")]

    assert known("these shapes") == [2, 4]
    (path,) = tmp_path.iterdir()
    path.write_text(path.read_text(encoding="utf-8").replace("north-rock", "far-rock"), encoding="utf-8")
    assert known("these shapes") == [4, 2]
    assert known("others") == [2, 4]
