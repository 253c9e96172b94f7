"""Reports in every format: each is read back by a parser of the format, whatever strangers wrote into their records."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import junitparser
import openpyxl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, SH, XSD
from sarif.sarif_file import SarifFile

from lepgraph.media import CSV, GITHUB, JSON, JSON_LD, JUNIT, N_TRIPLES, RDF_XML, SARIF, TEXT, TURTLE, XLSX
from lepgraph.validation.changes import Changes, Fact
from lepgraph.validation.findings import LEVELS, Finding, Report, Thing
from lepgraph.validation.records import Place
from lepgraph.validation.reporting import FORMS, text, verdict, write
from lepgraph.validation.reporting.escaping import for_xml, visible

SCHEMA = json.loads((Path(__file__).parent / "sarif.schema.json").read_text(encoding="utf-8"))
RECORD = "https://lights.example/id/lighthouse/new"
SHAPE = "https://lights.example/shape/lighthouse/height"


def finding(**members: Any) -> Finding:
    plain: dict[str, Any] = {
        "level": "violation",
        "record": RECORD,
        "record_label": "New",
        "property": "https://lights.example/def/light#height",
        "property_label": "height",
        "value": "tall",
        "message": "“tall” is not a number.",
        "mend": "Give the height in metres, such as 31.5.",
        "shape": SHAPE,
        "place": Place("new.ttl", 3, 7),
        "page": "https://lights.example/shape/lighthouse#height",
        "rule": "datatype",
    }
    return Finding(**{**plain, **members})


def report(*findings: Finding, things: tuple[Thing, ...] = (), value: str = "tall") -> Report:
    graph = Graph()
    holder = BNode()
    graph.add((holder, RDF.type, SH.ValidationReport))
    graph.add((holder, SH.conforms, Literal(not findings)))
    for number, _ in enumerate(findings):
        result = BNode()
        graph.add((holder, SH.result, result))
        graph.add((result, RDF.type, SH.ValidationResult))
        graph.add((result, SH.focusNode, URIRef(f"{RECORD}/{number}")))
        graph.add((result, SH.value, Literal(value)))
    return Report(tuple(findings), max(len(things), 1), graph.serialize(format="nt"), things)


def validated(body: bytes) -> dict[str, Any]:
    """A SARIF document that is valid, as its one run."""
    document = json.loads(body)
    jsonschema.validate(document, SCHEMA)
    run: dict[str, Any] = document["runs"][0]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    return run


def commands(body: bytes) -> list[tuple[str, dict[str, str], str]]:
    """Annotations as GitHub's runner reads them: a line that begins with two colons, up to the next two."""
    found = []
    for line in re.split(r"\r\n|\r|\n", body.decode())[:-1]:
        match = re.fullmatch(r"::([a-z]+) (.*?)::(.*)", line)
        assert match, line
        pairs = dict(part.split("=", 1) for part in match[2].split(","))
        found.append((match[1], {key: unquoted(value) for key, value in pairs.items()}, unquoted(match[3])))
    return found


def unquoted(text: str) -> str:
    for code, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, sign)
    return text


QUICK = settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
TEXTS = st.text(max_size=30) | st.sampled_from(
    ["=1+1", "\x1b[31m", "\n::error::x", "::set-env name=A::b", "]]>", "\x00", "😀", "a\r\nb", "{0}", "[a](b)"]
    + ["\u202e", "%0A", "a,b:c", "<b>&amp;", '"""', "\\", "@prefix", "\x85\u2028", "#", "../a b", "C:\\a", "\ufffe"]
)  # fmt: skip
PLACES = st.builds(
    Place,
    TEXTS,
    st.integers(0, 9),
    st.integers(0, 9),
    TEXTS,
    TEXTS,
    st.sampled_from(["", "B7"]),
    TEXTS,
)
FINDINGS = st.builds(
    Finding,
    st.sampled_from(LEVELS),
    *[TEXTS] * 8,
    place=PLACES,
    nearest=TEXTS,
    page=TEXTS | st.sampled_from(["https://a.example/b#c", "https://a.example/%zz", "javascript:alert(1)"]),
    rule=TEXTS,
)
ANY = st.lists(FINDINGS, max_size=2).map(lambda findings: report(*findings))


@QUICK
@given(ANY)
def test_json_says_all_that_findings_say(found: Report) -> None:
    members = json.loads(write(found, JSON))
    assert list(members) == ["conforms", "verdict", "checked", "counts", "findings"]
    for said, one in zip(members["findings"], found.findings, strict=True):
        assert said["place"].pop("text") == str(one.place)
        assert said == asdict(one)


@QUICK
@given(ANY)
def test_sarif_is_valid_whatever_findings_say(found: Report) -> None:
    run = validated(write(found, SARIF))
    for result, one in zip(run["results"], found.findings, strict=True):
        assert result["properties"]["message"] == one.message
        assert "](" not in result["message"]["text"]
        plain = result["message"]["text"].replace("{{", "").replace("}}", "")
        assert "{" not in plain and "}" not in plain


@QUICK
@given(ANY)
def test_junit_is_xml_whatever_findings_say(found: Report) -> None:
    read = junitparser.JUnitXml.fromstring(write(found, JUNIT))
    told = "\n".join(
        "\n".join([*(result.text or "" for result in case.result), case.system_out or ""]) for suite in read for case in suite
    )  # fmt: skip
    for one in found.findings:
        assert for_xml(visible(one.message)).strip(" ") in told


@QUICK
@given(ANY)
def test_each_annotation_is_one_command_of_ours(found: Report) -> None:
    told = commands(write(found, GITHUB))
    for (command, properties, said), one in zip(told, found.findings, strict=True):
        assert command == {"violation": "error", "warning": "warning", "info": "notice"}[one.level]
        assert properties["file"] == visible(one.place.file or "record")
        assert set(properties) <= {"file", "line", "col", "title"}
        lines = one.message.replace("\r\n", "\n").split("\n")
        assert said.startswith("\n".join(map(visible, lines)).lstrip(" "))


@QUICK
@given(ANY)
def test_csv_has_a_row_for_each_finding_and_no_formula(found: Report) -> None:
    rows = list(csv.reader(io.StringIO(write(found, CSV).decode(), newline="")))
    assert len(rows) == len(found.findings) + 1
    for row, one in zip(rows[1:], found.findings, strict=True):
        assert row[6].removeprefix("'") == one.message.removeprefix("'")
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


@QUICK
@given(ANY)
def test_a_workbook_holds_texts_alone(found: Report) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(write(found, XLSX))).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, max_row=len(found.findings) + 1))
    for row, one in zip(rows, found.findings, strict=False):
        assert {cell.data_type for cell in row} <= {"s", "inlineStr", "n"}
        if one.message and "\r" not in one.message and "_x" not in one.message:
            assert row[6].value == re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", one.message)


@QUICK
@given(ANY)
def test_the_text_has_no_sign_that_a_terminal_obeys(found: Report) -> None:
    said = write(found, TEXT).decode()
    assert all(sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf", "Zl", "Zp") for sign in said)


@QUICK
@given(TEXTS)
def test_the_w3c_report_keeps_values_in_every_format(value: str) -> None:
    found = report(finding(), finding(level="info"), value=value)
    for form, name in ((TURTLE, "turtle"), (N_TRIPLES, "nt"), (JSON_LD, "json-ld")):
        assert isomorphic(Graph().parse(data=write(found, form), format=name), found.graph), name
    kept = Graph().parse(data=write(found, RDF_XML), format="xml")
    normal = {value, value.replace("\r\n", "\n").replace("\r", "\n")}
    assert {str(said) for said in kept.objects(None, SH.value)} <= {for_xml(text) for text in normal}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_report_is_the_same_bytes_each_time(form: Any) -> None:
    findings = [finding(value=str(number), place=Place("a.ttl", number)) for number in range(1, 5)]
    assert write(report(*findings), form) == write(report(*findings), form)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_file_whose_name_is_no_text_is_named_as_well_as_can_be(form: Any) -> None:
    write(report(finding(place=Place("\udcff.ttl", 1))), form).decode("utf-8" if form != XLSX else "latin-1")


def test_sarif_points_to_lines_cells_and_pointers() -> None:
    places = [Place("a b.ttl", 3, 7), Place("t.csv", 4, 2, cell="B4"), Place("w.xlsx", 4, 2, sheet="S", cell="B4")]
    found = report(*(finding(place=place) for place in [*places, Place("r.jsonld", pointer="/a/0/b")]))
    results = validated(write(found, SARIF))["results"]
    where = [result["locations"][0] for result in results]
    assert where[0]["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20b.ttl"},
        "region": {"startLine": 3, "startColumn": 7},
    }
    assert where[1]["physicalLocation"]["region"] == {"startLine": 4}
    assert "region" not in where[2]["physicalLocation"]
    assert where[2]["logicalLocations"][0] == {"name": "B4", "fullyQualifiedName": "S!B4", "kind": "cell"}
    assert where[3]["logicalLocations"][0]["fullyQualifiedName"] == "/a/0/b"
    assert where[0]["logicalLocations"] == [{"name": "New", "fullyQualifiedName": RECORD, "kind": "resource"}]


def test_a_rule_of_sarif_speaks_of_no_one_value_and_leads_to_its_page() -> None:
    mend = "Name a keeper. Perhaps you meant Ada."
    run = validated(write(report(finding(mend=mend, nearest="Ada"), finding(value="x")), SARIF))
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == f"{SHAPE}/datatype"
    assert rule["helpUri"] == "https://lights.example/shape/lighthouse#height"
    assert "Ada" not in json.dumps(rule)
    assert "Ada" in run["results"][0]["message"]["text"]


def test_fingerprints_stay_when_lines_move_and_differ_for_each_result() -> None:
    def marks(*findings: Finding) -> list[str]:
        results = validated(write(report(*findings), SARIF))["results"]
        return [result["partialFingerprints"]["finding/v1"] for result in results]

    moved = [replace(finding(), place=Place("new.ttl", line)) for line in (8, 9)]
    assert marks(finding(), finding()) == marks(*moved)
    assert len(set(marks(finding(), finding(), finding(value="x")))) == 3


def test_sarif_tools_reads_the_report(tmp_path: Path) -> None:
    found = report(finding(), finding(level="warning"), finding(level="info"))
    (tmp_path / "report.sarif").write_bytes(write(found, SARIF))
    read = SarifFile(str(tmp_path / "report.sarif"), json.loads(write(found, SARIF)))
    assert read.get_distinct_tool_names() == ["lepgraph"]
    assert [record["Severity"] for record in read.get_records()] == ["error", "warning", "note"]
    assert read.get_records()[0]["Location"] == "new.ttl"
    assert read.get_records()[0]["Line"] == 3


def test_junit_has_a_case_for_each_record_and_fails_those_with_violations() -> None:
    things = (Thing(RECORD, "New", Place("new.ttl", 1, 1)), Thing("urn:x-other", "Other", Place("other.ttl", 1, 1)))
    lost = finding(record="", record_label="", rule="not-checked", place=Place("bad.ttl", 2, 1), message="Not Turtle.")
    read = junitparser.JUnitXml.fromstring(write(report(finding(), finding(level="info"), lost, things=things), JUNIT))
    suites = {suite.name: suite for suite in read}
    assert list(suites) == ["bad.ttl", "new.ttl", "other.ttl"]
    assert (read.tests, read.failures, read.errors) == (3, 1, 1)
    (case,) = suites["new.ttl"]
    assert isinstance(case.result[0], junitparser.Failure)
    assert "new.ttl, line 3, column 7: violation: height: “tall” is not a number." in case.result[0].text
    assert case.system_out.startswith("new.ttl, line 3, column 7: hint:")
    assert isinstance(next(iter(suites["bad.ttl"])).result[0], junitparser.Error)
    assert next(iter(suites["other.ttl"])).is_passed


def test_an_annotation_points_to_the_line_and_says_what_to_do() -> None:
    assert write(report(finding()), GITHUB).decode() == (
        "::error file=new.ttl,line=3,col=7,title=New%3A height::"
        "“tall” is not a number. Give the height in metres, such as 31.5.\n"
    )


def test_the_text_is_grouped_wrapped_and_coloured_on_wish_alone() -> None:
    long = finding(message="x " * 100, level="warning")
    plain = text.written(report(finding(), long), "new.ttl", width=60)
    assert max(map(len, plain.splitlines()[1:])) <= 60
    assert plain.startswith("new.ttl: Does not conform: 1 violation and 1 warning in 1")
    assert plain.index("Violations (must be mended)") < plain.index("Warnings (incomplete)")
    assert "      line 3, column 7\n" in plain
    coloured = text.written(report(finding(), long), "new.ttl", width=60, colour=True)
    assert coloured != plain == re.sub("\x1b\\[[0-9]+m", "", coloured)


def test_a_summary_has_a_row_for_each_file() -> None:
    rows = text.summary([("a.ttl", report(finding())), ("long-name.ttl", report())]).splitlines()
    assert [row.split() for row in rows[1:]] == [
        ["file", "checked", "violations", "warnings", "hints"],
        ["a.ttl", "1", "1", "-", "-"],
        ["long-name.ttl", "1", "-", "-", "-"],
    ]


def test_what_would_change_is_part_of_text_and_json() -> None:
    fact = Fact("changed", RECORD, "New", "urn:x-p", "height", ("3",), ("4",))
    changes = Changes((fact, replace(fact, kind="added"), replace(fact, kind="removed")), "")
    said = write(report(), TEXT, changes=changes).decode()
    assert "height: 3 becomes 4" in said and "height: added 4" in said and "height: removed 3" in said
    members = json.loads(write(report(), JSON, changes=changes))["changes"]
    assert members["summary"] == changes.summary
    assert members["facts"][0]["after"] == ["4"]


def test_the_verdict_says_how_many_files_could_not_be_read() -> None:
    lost = finding(rule="not-checked", place=Place("bad.ttl"))
    assert verdict(report(lost)) == "Does not conform: 1 violation in 1 thing checked; 1 file could not be checked."


def test_every_member_of_a_finding_is_in_the_json_that_is_documented() -> None:
    members = json.loads(write(report(finding()), JSON))["findings"][0]
    assert list(members) == [entry.name for entry in fields(Finding)]
    assert list(members["place"]) == [*(entry.name for entry in fields(Place)), "text"]


def test_literals_of_the_report_keep_their_datatypes_in_rdf_xml() -> None:
    graph = Graph().parse(data=write(report(finding()), RDF_XML), format="xml")
    assert (None, SH.conforms, Literal("false", datatype=XSD.boolean)) in graph
    assert unquote("a%20b") == "a b"
