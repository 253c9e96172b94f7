"""CSV as people save it, read into triples with their places."""

from __future__ import annotations

import csv
import io
import logging
import random
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDFS, SKOS, Literal, URIRef

from lepgraph.errors import Fault
from lepgraph.site import Site
from lepgraph.terms import RDF, XSD
from lepgraph.validation.records import File, Record
from lepgraph.validation.tables.delimited import read_csv
from lepgraph.validation.tables.offering import as_csv, headings
from lepgraph.validation.tables.templates import Templates
from lepgraph.validation.tables.writing import row
from published import Published, described

BASE = "https://w3id.org/lepgraph/"
LEP = f"{BASE}def/lep#"
THING = URIRef(f"{BASE}id/partnership/oxshire")
FOUNDED = URIRef("https://schema.org/foundingDate")


def read(tables: Templates, text: str | bytes, name: str = "partnership.csv") -> Record:
    body = text if isinstance(text, bytes) else text.encode()
    return read_csv(File(name, body), tables, BASE)


def written(rows: Iterable[Sequence[str]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode()


def test_a_row_is_a_thing_with_its_values_and_their_places(tables: Templates) -> None:
    record = read(tables, "address,label,company number,founding date\noxshire,Oxshire,01234567,2011-04-01\n")
    label = (THING, RDFS.label, Literal("Oxshire", lang="en"))
    assert set(record.graph) == {
        (THING, RDF.type, URIRef(f"{LEP}LocalEnterprisePartnership")),
        label,
        (THING, URIRef(f"{LEP}companyNumber"), Literal("01234567")),
        (THING, FOUNDED, Literal("2011-04-01", datatype=XSD.date)),
    }
    place = record.places[label]
    assert (place.file, place.line, place.column, place.cell, place.heading) == ("partnership.csv", 2, 2, "B2", "label")
    assert record.place(THING).cell == "A2"
    assert record.notes == []


@pytest.mark.parametrize(
    ("body", "remark"),
    [
        ("address,label\noxshire,Möhre\n".encode("utf-8-sig"), ""),
        ("address,label\noxshire,Möhre\n".encode("utf-16"), ""),
        ("address;label\r\noxshire;Möhre\r\n".encode(), ""),
        ("address\tlabel\noxshire\tMöhre\n".encode(), ""),
        ("sep=;\naddress;label\noxshire;Möhre\n".encode(), ""),
        ("address,label\noxshire,Möhre\n".encode("cp1252"), "Windows-1252"),
        ("\n\n ,,\naddress,label,,\n,,,\noxshire, Möhre\u00a0,,\n\n".encode(), ""),
    ],
)
def test_a_file_is_read_however_it_was_saved(tables: Templates, body: bytes, remark: str) -> None:
    record = read(tables, body)
    assert set(record.graph.objects(THING, RDFS.label)) == {Literal("Möhre", lang="en")}
    assert remark in "".join(note.message for note in record.notes)
    assert len(record.notes) == bool(remark)


def test_rows_are_counted_as_a_spreadsheet_counts_them(tables: Templates) -> None:
    record = read(tables, 'address,label,other name\n\n"oxshire",Oxshire,"two\nlines"\n\nwest,West,\n')
    assert record.subjects[THING].line == 3
    assert record.subjects[URIRef(f"{BASE}id/partnership/west")].line == 5


@pytest.mark.parametrize(
    ("text", "lexical", "datatype"),
    [
        ("2011-04-01", "2011-04-01", XSD.date),
        ("01/04/2011", "2011-04-01", XSD.date),
        ("1/4/2011", "2011-04-01", XSD.date),
        ("1.4.2011", "2011-04-01", XSD.date),
        ("1 April 2011", "2011-04-01", XSD.date),
        ("Friday 1st of April 2011", "2011-04-01", XSD.date),
        ("April 1, 2011", "2011-04-01", XSD.date),
        ("2011-04-01T00:00:00", "2011-04-01", XSD.date),
        ("01-Apr-11", "2011-04-01", XSD.date),
        ("40634", "2011-04-01", XSD.date),
        ("Apr 2011", "2011-04", XSD.gYearMonth),
        ("Sept 2011", "2011-09", XSD.gYearMonth),
        ("04/2011", "2011-04", XSD.gYearMonth),
        ("Apr-11", "2011-04", XSD.gYearMonth),
        ("2011-04", "2011-04", XSD.gYearMonth),
        ("2011", "2011", XSD.gYear),
        ("2011.0", "2011", XSD.gYear),
        ("31/02/2011", "31/02/2011", XSD.date),
        ("04/13/2011", "04/13/2011", XSD.date),
        ("in spring", "in spring", XSD.date),
    ],
)
def test_dates_are_read_as_people_write_them(tables: Templates, text: str, lexical: str, datatype: URIRef) -> None:
    record = read(tables, written([["address", "founding date"], ["oxshire", text]]))
    (value,) = record.graph.objects(THING, FOUNDED)
    assert (str(value), value.datatype) == (lexical, datatype)  # type: ignore[attr-defined]


def test_a_day_with_the_month_first_is_left_and_remarked_on(tables: Templates) -> None:
    (note,) = read(tables, "address,founding date\noxshire,04/13/2011\n").notes
    assert note.level == "info"
    assert "2011-04-13" in note.mend
    assert note.place.cell == "B2"


def test_a_day_is_a_month_where_only_months_are_taken(tables: Templates) -> None:
    record = read(tables, "address,earlier edition\na,01/12/2014\n", "area-change.csv")
    assert Literal("2014-12", datatype=XSD.gYearMonth, normalize=False) in set(record.graph.objects())


@pytest.mark.parametrize(
    ("text", "lexical", "datatype"),
    [("1,234.5", "1234.5", XSD.decimal), ("2011.0", "2011.0", XSD.decimal), ("about 3", "about 3", XSD.decimal)],
)
def test_numbers_lose_their_thousands_separators(tables: Templates, text: str, lexical: str, datatype: URIRef) -> None:
    record = read(tables, written([["address", "square kilometres"], ["x", text]]), "geometry.csv")
    (value,) = record.graph.objects(None, URIRef(f"{LEP}squareKilometres"))
    assert (str(value), value.datatype) == (lexical, datatype)  # type: ignore[attr-defined]


def test_whole_numbers_that_a_program_made_fractions_are_whole_again(tables: Templates) -> None:
    record = read(tables, "address,output areas\nx,12.0\n", "area-membership.csv")
    assert Literal("12", datatype=XSD.integer, normalize=False) in set(record.graph.objects())


def test_a_number_that_a_spreadsheet_shortened_is_mended_and_noted(tables: Templates) -> None:
    record = read(tables, "address,company number\noxshire,1234567\n")
    assert set(record.graph.objects(THING, URIRef(f"{LEP}companyNumber"))) == {Literal("01234567")}
    (note,) = record.notes
    assert (note.level, note.value) == ("info", "1234567")


@pytest.mark.parametrize("text", ["Single Source", "single-source", f"{BASE}def/confidence/single-source"])
def test_a_code_is_found_by_name_code_and_address(tables: Templates, text: str) -> None:
    record = read(tables, written([["address", "confidence"], ["oxshire", text]]))
    assert URIRef(f"{BASE}def/confidence/single-source") in set(record.graph.objects())


def test_a_thing_that_is_named_in_words_is_left_to_be_looked_up(tables: Templates) -> None:
    record = read(tables, "address,area,accountable body\noxshire,E37000001; Leeds City Regon,local-authority/york\n")
    area = URIRef(f"{LEP}hasArea")
    assert {(r.text, r.predicate, r.classes) for r in record.references} == {
        ("E37000001", area, (URIRef(f"{LEP}PartnershipArea"),)),
        ("Leeds City Regon", area, (URIRef(f"{LEP}PartnershipArea"),)),
    }
    for reference in record.references:
        assert (THING, area, Literal(reference.text)) in record.places
    assert URIRef(f"{BASE}id/local-authority/york") in set(record.graph.objects())


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        (f"{BASE}id/area/E37000001", f"{BASE}id/area/E37000001"),
        ("area/E37000001", f"{BASE}id/area/E37000001"),
        ("Oxshire (area/E37000001)", f"{BASE}id/area/E37000001"),
        ("lep:thing", f"{LEP}thing"),
    ],
)
def test_a_thing_may_be_given_by_any_address(tables: Templates, text: str, iri: str) -> None:
    record = read(tables, written([["address", "area"], ["oxshire", text]]))
    assert set(record.graph.objects(THING, URIRef(f"{LEP}hasArea"))) == {URIRef(iri)}
    assert record.references == []


def test_a_stretch_of_time_is_made_of_two_cells(tables: Templates) -> None:
    text = "address,period from,period to\na,1 April 2011; 2015,2014-03-31;\n"
    record = read(tables, text, "area-memberships.csv")
    thing, during = URIRef(f"{BASE}id/area-membership/a"), URIRef(f"{LEP}during")
    first, second = URIRef(f"{BASE}id/period/2011-04-01--2014-03-31"), URIRef(f"{BASE}id/period/2015--")
    assert set(record.graph.objects(thing, during)) == {first, second}
    assert len(list(record.graph.objects(first, RDF.type))) == 2
    end = next(record.graph.triples((first, URIRef("http://www.w3.org/ns/dcat#endDate"), None)))
    assert record.places[end].cell == "C2"


@pytest.mark.parametrize(
    "name",
    ["partnership.csv", "Partnerships (2).csv", "my/Local enterprise partnerships.CSV", "copy of partnership.csv"],
)
def test_the_name_of_a_file_says_of_what_it_is_a_table(tables: Templates, name: str) -> None:
    assert URIRef(f"{LEP}LocalEnterprisePartnership") in set(read(tables, "address\nx\n", name).graph.objects())


def test_a_column_says_of_which_class_each_row_is(tables: Templates) -> None:
    text = "type,address,label,date\npartnership,a,A,\nlep:Milestone,b,B,2011\nPlan,c,C,2012\nrocket,d,D,\n,e,E,\n"
    record = read(tables, text, "")
    kinds = {str(o).rpartition("#")[2] for o in record.graph.objects(None, RDF.type)}
    assert kinds == {"LocalEnterprisePartnership", "Milestone", "Plan"}
    assert [(n.level, n.place.cell) for n in record.notes if n.level == "violation"] == [
        ("violation", "A5"),
        ("violation", "A6"),
    ]


def test_a_type_that_is_not_that_of_the_table_is_noted(tables: Templates) -> None:
    record = read(tables, "address,type\na,partnership\nb,lep:LocalEnterprisePartnership\nc,milestone\n")
    assert [(n.level, n.place.cell) for n in record.notes] == [("violation", "B4")]
    assert len(record.graph) == 3


@pytest.mark.parametrize(
    ("address", "level"),
    [("area/E1", "violation"), (f"{BASE}id/area/E1", "violation"), ("https://x.example/a", "warning")],
)
def test_an_address_that_is_not_one_of_the_table_is_noted(tables: Templates, address: str, level: str) -> None:
    record = read(tables, f"address\n{address}\n")
    assert [(n.level, n.place.cell) for n in record.notes] == [(level, "A2")]


def test_many_small_notes_do_not_hide_a_great_one(tables: Templates) -> None:
    rows = "".join(f"a{n},1234567,\n" for n in range(1_200))
    record = read(tables, f"address,company number,label\n{rows}z,,#REF!\n")
    assert record.notes[-1].level == "violation"
    assert len(record.notes) == 1_001


def test_headings_that_fit_one_template_are_enough(tables: Templates) -> None:
    record = read(tables, "id,Company Number,LEGAL FORM\nx,01234567,\n", "upload.csv")
    assert URIRef(f"{LEP}LocalEnterprisePartnership") in set(record.graph.objects())


@pytest.mark.parametrize("text", ["address,label\nx,X\n", "colour,taste\nred,sweet\n"])
def test_a_table_of_nothing_that_is_known_is_refused_with_the_names(tables: Templates, text: str) -> None:
    with pytest.raises(Fault) as caught:
        read(tables, text, "upload.csv")
    assert "partnership" in caught.value.hint


def test_an_unknown_heading_is_noted_with_the_nearest(tables: Templates) -> None:
    record = read(tables, "address,Foundng date,colour\noxshire,2011,red\n")
    assert [(n.level, n.place.cell) for n in record.notes] == [("warning", "B1"), ("warning", "C1")]
    assert "founding date" in record.notes[0].mend
    assert len(record.graph) == 1


def test_headings_are_known_by_the_name_of_the_property_too(tables: Templates) -> None:
    record = read(tables, "ADDRESS,foundingDate,Company-Number\noxshire,2011,01234567\n")
    assert len(record.graph) == 3
    assert record.notes == []


def test_two_columns_of_one_property_are_noted(tables: Templates) -> None:
    record = read(tables, "address,label,Label\noxshire,A,B\n")
    assert set(record.graph.objects(THING, RDFS.label)) == {Literal("A", lang="en"), Literal("B", lang="en")}
    assert [n.place.cell for n in record.notes] == ["C1"]


def test_the_example_row_is_noticed_and_left_out(tables: Templates) -> None:
    for template in tables:
        record = read(tables, as_csv(template), f"{template.name}.csv")
        assert len(record.graph) == 0
        assert [(n.level, n.place.cell) for n in record.notes] == [("warning", "A2")]


def test_a_row_without_an_address_is_called_after_its_name(tables: Templates) -> None:
    record = read(tables, "address,label,area\n,Oxshire & West,\n,,E37000001\n")
    assert URIRef(f"{BASE}id/partnership/oxshire-west") in record.subjects
    assert [(n.level, n.place.line) for n in record.notes] == [("info", 2), ("violation", 3)]


def test_two_rows_about_one_thing_are_noted(tables: Templates) -> None:
    record = read(tables, "address,other name\noxshire,A\noxshire,B\n")
    assert len(set(record.graph.objects(THING, SKOS.altLabel))) == 2
    assert "Row 2" in record.notes[0].message


def test_semicolons_separate_and_doubled_ones_stay(tables: Templates) -> None:
    record = read(tables, "address,other name\noxshire,A; B;;C\n")
    assert {str(o) for o in record.graph.objects(THING, SKOS.altLabel)} == {"A", "B;C"}


def test_cells_beyond_the_headings_are_noted(tables: Templates) -> None:
    record = read(tables, "address,label\noxshire,Oxshire, and more\n")
    assert [(n.level, n.place.cell) for n in record.notes] == [("violation", "C2"), ("warning", "C2")]


def test_what_a_failed_formula_left_is_not_used(tables: Templates) -> None:
    record = read(tables, "address,label\noxshire,#REF!\n")
    assert [(n.level, n.place.cell, n.property) for n in record.notes] == [("violation", "B2", str(RDFS.label))]
    assert len(record.graph) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"\n\n", b"\0\1\2", bytes(range(256)), b'address,label\nx,"open\n', b'address,label\nx,"a"b\n', b"\xff\xfea"],
)
def test_what_is_no_table_is_refused(tables: Templates, body: bytes) -> None:
    with pytest.raises(Fault) as caught:
        read(tables, body)
    assert caught.value.status == 400


@pytest.mark.parametrize("body", [b"address\n" + b"x\n" * 100_001, b"a," * 501 + b"\n"])
def test_a_table_beyond_the_bounds_is_too_large(tables: Templates, body: bytes) -> None:
    with pytest.raises(Fault) as caught:
        read(tables, body)
    assert caught.value.status == 413


@given(body=st.binary(max_size=300), name=st.sampled_from(["partnership.csv", "", "x"]))
def test_any_bytes_are_read_or_refused(tables: Templates, body: bytes, name: str) -> None:
    try:
        read(tables, body, name)
    except Fault as fault:
        assert fault.detail  # noqa: PT017


@given(cells=st.lists(st.text(max_size=40), min_size=1, max_size=40))
def test_any_text_in_cells_is_read_or_refused(tables: Templates, cells: list[str]) -> None:
    template = tables.all["membership"]
    logging.disable(logging.CRITICAL)  # rdflib tells of each literal that is not of its datatype
    wanted = headings(template)
    body = written([wanted, cells[: len(wanted)]]).decode().encode("utf-8", "replace")
    try:
        read(tables, body, "membership.csv")
    except Fault as fault:
        assert fault.detail  # noqa: PT017
    finally:
        logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def everything(site: Site) -> Published:
    return Published(site)


def test_what_is_published_is_read_back_from_a_row(tables: Templates, everything: Published) -> None:
    chosen = random.Random(6)
    for template in tables:
        things = everything.things(template.kind)
        for thing in chosen.sample(things, min(60, len(things))):
            graph = everything.about(thing)
            body = written([headings(template), row(template, graph, thing, BASE)])
            record = read(tables, body, f"{template.name}.csv")
            assert set(record.graph) == described(graph, template, thing), (template.name, thing)
            assert record.references == []


def test_tables_of_another_content_are_read(light_tables: Templates) -> None:
    body = b"address,name,height,kept by\nfar-point,Far Point,31.5,keeper/ann\n"
    record = read_csv(File("lighthouse.csv", body), light_tables, "https://lights.example/")
    assert URIRef("https://lights.example/id/keeper/ann") in set(record.graph.objects())
    assert len(record.graph) == 4
