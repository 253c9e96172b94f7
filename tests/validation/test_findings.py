"""What findings say: what is wrong, what to do, and what was perhaps meant; for each kind of constraint."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from rdflib import Graph, URIRef

from lepgraph.errors import RecordFault
from lepgraph.validation.checking import Validator
from lepgraph.validation.findings import Finding
from lepgraph.validation.nearest import date
from lepgraph.validation.readiness import Nothing
from lepgraph.validation.records import Place, Record, Reference
from lepgraph.validation.shapes import Shapes

E = "https://e.example/"
PREFIXES = f"""
@prefix e: <{E}> . @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix check: <https://w3id.org/lepgraph/def/check#> .
"""
SHAPE = "e:S a sh:NodeShape ; sh:targetClass e:Town ; rdfs:label 'town shape'@en ; sh:property e:S-p . e:S-p sh:path e:p ; sh:name 'mayor'@en ; sh:message 'Do so.'@en ; %s ."


class Towns(Nothing):
    """A published graph with two towns and a person."""

    def facts(self, subjects: Sequence[URIRef], properties: Sequence[URIRef]) -> Graph:
        known = Graph().parse(
            data=f"{PREFIXES} e:leeds a e:Town ; rdfs:label 'Leeds City Region'@en . e:ada a e:Person ."
        )
        return known if set(subjects) & set(known.subjects()) else Graph()

    def called(self, texts: Sequence[str], kind: URIRef) -> dict[str, list[URIRef]]:
        named = {
            "leeds city region": [URIRef(f"{E}leeds")],
            "newport": [URIRef(f"{E}newport-a"), URIRef(f"{E}newport-b")],
        }
        return {text: named.get(text.casefold(), []) for text in texts}

    def names(self, kind: URIRef) -> list[tuple[URIRef, str]]:
        towns = [(URIRef(f"{E}leeds"), "Leeds City Region"), (URIRef(f"{E}york"), "York")]
        return towns if str(kind) == f"{E}Town" else []

    def labels(self, iris: object) -> dict[str, str]:
        return {f"{E}leeds": "Leeds City Region", f"{E}Town": "town", f"{E}Person": "person", f"{E}red": "red"}


def validator(constraint: str) -> Validator:
    graph = Graph().parse(data=PREFIXES + SHAPE % constraint)
    return Validator(Shapes(graph, Graph()), Towns())


def found(constraint: str, value: str) -> list[Finding]:
    """The findings of a town with that value for the one rule."""
    record = Record(Graph().parse(data=f"{PREFIXES} e:x a e:Town{f' ; e:p {value}' if value else ''} ."))
    return list(validator(constraint).check(record).findings)


@pytest.mark.parametrize(
    ("constraint", "value", "message"),
    [
        ("sh:minCount 1", "", "Nothing is said of the mayor."),
        ("sh:minCount 2", "1", "There is 1 of mayor, where 2 are wanted."),
        ("sh:maxCount 1", "1, 2", "There are 2 values of mayor, where 1 is the most."),
        ("sh:datatype xsd:date", "'soon'", "“soon” is not a date such as 2015-05-31."),
        ("sh:datatype xsd:gYear", "2015", "“2015” is not a year such as 2015."),
        ("sh:datatype xsd:date", "'2014-02-30'^^xsd:date", "“2014-02-30” is not a day of the calendar."),
        ("sh:nodeKind sh:IRI", "'x'", "“x” is not an address (IRI)."),
        ("sh:class e:Town", "'x'", "“x” is text, where a link to a town is wanted."),
        ("sh:class e:Town", "e:nowhere", f"<{E}nowhere> is described neither in the record nor in the graph."),
        ("sh:class e:Town", "e:ada", f"<{E}ada> is a person, not a town."),
        ("sh:in ( 'a' 'b' )", "'c'", "“c” is not one of the values that are allowed."),
        ("sh:pattern '^E'", "'x'", "“x” is not written as a mayor is."),
        ("sh:languageIn ( 'en' )", "'x'", "“x” has no language, where @en is wanted."),
        ("sh:languageIn ( 'en' 'cy' )", "'x'@fr", "“x” has the language fr, where @en or @cy is wanted."),
        ("sh:uniqueLang true", "'x'@en, 'y'@en", "There are several values of mayor in one language."),
        ("sh:minInclusive 5", "4", "“4” is not at least 5."),
        ("sh:maxExclusive 5", "5", "“5” is not less than 5."),
        (
            "sh:node [ rdfs:label 'calendar date shape'@en ; sh:datatype xsd:date ]",
            "'x'",
            "“x” is not a calendar date.",
        ),
        (
            "sh:node [ rdfs:label 'legal forms shape'@en ; sh:class e:Town ]",
            "e:ada",
            f"<{E}ada> is not one of the legal forms.",
        ),
        (
            "sh:node [ rdfs:label 'legal forms shape'@en ; sh:class e:Town ]",
            "'x'",
            "“x” is text, where a link to one of the legal forms is wanted.",
        ),
        ("sh:hasValue 1", "2", "The rule “mayor” is not met."),
    ],
)
def test_each_kind_of_fault_is_said_in_a_plain_sentence(constraint: str, value: str, message: str) -> None:
    assert message in {finding.message.replace("@cy or @en", "@en or @cy") for finding in found(constraint, value)}


def test_a_finding_has_what_the_shape_says_to_do_and_where_that_is_explained() -> None:
    [finding] = found("sh:minCount 1 ; sh:severity sh:Warning", "")
    assert (finding.level, finding.mend, finding.rule) == ("warning", "Do so.", "min-count")
    assert (finding.shape, finding.page) == (f"{E}S-p", f"{E}S#S-p")
    assert (finding.record, finding.property, finding.property_label, finding.value) == (f"{E}x", f"{E}p", "mayor", "")


@pytest.mark.parametrize(
    ("constraint", "value", "nearest"),
    [
        ("sh:class e:Town", "'Leeds City Regon'", f"Leeds City Region <{E}leeds>"),
        ("sh:class e:Town", "'leeds city-region'", f"Leeds City Region <{E}leeds>"),
        ("sh:class e:Town", "e:leds", f"Leeds City Region <{E}leeds>"),
        ("sh:class e:Town", "'Paris'", ""),
        ("sh:node [ sh:class e:Town ]", "'Yorck'", f"York <{E}york>"),
        ("sh:node [ sh:class e:Town ; sh:property [ sh:path e:in ; sh:hasValue e:scheme ] ]", "'Yorck'", ""),
        ("sh:in ( e:red e:green )", "'redd'", f"red <{E}red>"),
        ("sh:in ( 'North' 'South' )", "'Nort'", "North"),
        ("sh:datatype xsd:date", "'28/10/2010'", "2010-10-28"),
        ("sh:datatype xsd:date", "'31/02/2010'", ""),
    ],
)
def test_the_nearest_value_is_offered_where_one_is_meant(constraint: str, value: str, nearest: str) -> None:
    [finding] = found(constraint, value)
    assert finding.nearest == nearest
    assert (f"Perhaps you meant {nearest}." in finding.mend) == bool(nearest)


def test_a_misspelt_property_of_a_closed_shape_is_named_with_the_right_one() -> None:
    graph = Graph().parse(
        data=PREFIXES
        + "e:S a sh:NodeShape ; sh:targetClass e:Town ; sh:closed true ; sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ) ; sh:property [ sh:path e:founded ] ."
    )
    record = Record(Graph().parse(data=f"{PREFIXES} e:x a e:Town ; e:foundet 1 ."))
    [finding] = Validator(Shapes(graph, Graph()), Towns()).check(record).findings
    assert finding.message == "A town has no property “foundet” here."
    assert finding.nearest == f"founded <{E}founded>"


def test_a_thing_of_an_unknown_type_is_a_violation_and_the_type_is_guessed() -> None:
    record = Record(Graph().parse(data=f"{PREFIXES} e:x a e:Town . e:y a e:Townn . e:z e:p 1 ."))
    findings = validator("sh:minCount 0").check(record).findings
    assert [(f.level, f.record.removeprefix(E), f.mend) for f in findings] == [
        ("violation", "y", f"Perhaps you meant Town <{E}Town>."),
        ("violation", "z", "Give it a type that the shapes know, or leave it out."),
    ]


@pytest.mark.parametrize("kind", ["e:Townn", "'Town'"])
def test_a_type_that_cannot_be_right_is_a_violation_beside_one_that_is(kind: str) -> None:
    record = Record(Graph().parse(data=f"{PREFIXES} e:x a e:Town, {kind}, <https://other.example/Thing> ."))
    [finding] = validator("sh:minCount 0").check(record).findings
    assert finding.message.endswith("is not known here.")
    assert (finding.level, finding.nearest, finding.mend) == ("violation", "", f"Perhaps you meant Town <{E}Town>.")


def test_a_record_of_which_no_shape_speaks_is_refused_with_the_type_that_was_meant() -> None:
    record = Record(Graph().parse(data=f"{PREFIXES} e:y a e:Townn ."))
    with pytest.raises(RecordFault, match="nothing that the shapes speak about") as raised:
        validator("sh:minCount 0").check(record)
    assert raised.value.hint == f"Perhaps you meant the type Town <{E}Town>."


def reference(text: str) -> Record:
    record = Record()
    thing, prop = URIRef(f"{E}x"), URIRef(f"{E}p")
    graph = Graph().parse(data=f"{PREFIXES} e:x a e:Town ; e:p '{text}' .")
    for triple in graph:
        record.add(triple, Place("a.csv", 2, 3, cell="C2"))
    record.references.append(Reference(thing, prop, text, (URIRef(f"{E}Town"),)))
    return record


def test_a_name_in_a_cell_becomes_the_thing_that_is_called_so() -> None:
    record = reference("LEEDS City Region")
    assert validator("sh:class e:Town").check(record).conforms
    assert (URIRef(f"{E}x"), URIRef(f"{E}p"), URIRef(f"{E}leeds")) in record.graph
    assert record.places[URIRef(f"{E}x"), URIRef(f"{E}p"), URIRef(f"{E}leeds")].cell == "C2"


def test_a_name_that_two_things_have_is_a_violation_at_its_cell() -> None:
    [first, *_] = validator("sh:minCount 1").check(reference("Newport")).findings
    assert (first.level, first.place.cell, first.message) == ("violation", "C2", "2 things are called “Newport”.")
    assert f"<{E}newport-a>, <{E}newport-b>" in first.mend


def test_a_name_that_nothing_has_stays_and_the_shape_says_what_is_wanted() -> None:
    [finding] = validator("sh:class e:Town").check(reference("Leeds City Regon")).findings
    assert (finding.place.cell, finding.value, finding.nearest) == (
        "C2",
        "Leeds City Regon",
        f"Leeds City Region <{E}leeds>",
    )


WKT = "'%s'^^geo:wktLiteral"


@pytest.mark.parametrize(
    ("outline", "message"),
    [
        ("POINT(0 52)", ""),
        (
            "POINT(10 52)",
            "The outline lies at 10 to 10 degrees east and 52 to 52 degrees north, outside -7 to 2 and 49 to 56.",
        ),
        (
            "POLYGON((0 50,1 51,1 50,0 51,0 50))",
            "The outline cannot be used: the geometry is not valid: Self-intersection[0.5 50.5].",
        ),
        ("nonsense", "The outline cannot be used: not a geometry in Well-Known Text"),
    ],
)
def test_geometries_are_valid_and_within_bounds(outline: str, message: str) -> None:
    findings = found('check:bounds "-7 49 2 56"', WKT % outline)
    assert [finding.message.startswith(message) for finding in findings] == ([True] if message else [])
    assert {finding.shape for finding in findings} <= {f"{E}S-p"}


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("28/10/2010", "2010-10-28"), ("1.4.2011", "2011-04-01"), ("1 April 2011", "2011-04-01"), ("1st April 2011", "2011-04-01"),
        ("Apr 2011", "2011-04"), ("April 2011", "2011-04"), ("2011/04/01", "2011-04-01"), ("31/04/2011", ""), ("soon", ""), ("", ""),
        ("1" * 5000, ""),
    ],
)  # fmt: skip
def test_dates_as_people_write_them_are_understood(text: str, iso: str) -> None:
    assert date(text) == iso


def test_the_worst_comes_first_and_the_verdict_agrees_with_the_report() -> None:
    record = Record(Graph().parse(data=f"{PREFIXES} e:x a e:Town ; e:p 1 . e:w a e:Town ."))
    report = validator("sh:datatype xsd:string ; sh:severity sh:Info").check(record)
    assert (report.conforms, report.count("info"), report.checked) == (True, 1, 2)
    assert [bool(value) for value in report.graph.objects(None, URIRef("http://www.w3.org/ns/shacl#conforms"))] == [
        True
    ]
