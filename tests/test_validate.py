"""lepgraph validate: files, folders and standard input, every format, exit codes, and nothing else on standard output."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import junitparser
import openpyxl
import pytest
from click.testing import CliRunner, Result
from rdflib import Graph
from rdflib.namespace import RDF, SH

from lepgraph.cli import main
from lepgraph.content import Content
from lepgraph.media import Format
from lepgraph.validation.reporting import FORMS
from lepgraph.validation.tables.offering import as_csv
from lepgraph.validation.tables.templates import Templates

PREFIX = "@prefix l: <https://lights.example/def/light#> . @prefix r: <http://www.w3.org/2000/01/rdf-schema#> .\n"
GOOD = PREFIX + '<https://e.example/new> a l:Lighthouse ; r:label "New"@en .'
BAD = PREFIX + '<https://e.example/new> a l:Lighthouse ;\n  r:label "New"@en ; l:height "tall" .'
KEPT = PREFIX + '<https://e.example/kept> a l:Lighthouse ; r:label "Kept"@en ; l:keptBy <https://e.example/eve> .'
KEEPER = PREFIX + '<https://e.example/eve> a l:Keeper, l:Lighthouse ; r:label "Eve"@en .'
SARIF_SCHEMA = json.loads((Path(__file__).parent / "validation/sarif.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def folder(lighthouses: Content, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that the command runs in."""
    monkeypatch.setenv("LEPGRAPH_CACHE", str(cache))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def records(folder: Path) -> Path:
    """A folder of records, one of which is faulty, among other things."""
    for name, text in {
        "records/a/good.ttl": GOOD,
        "records/a/bad.ttl": BAD.replace("/new", "/bad"),
        "records/kept.ttl": KEPT,
        "records/people/keeper.ttl": KEEPER,
        "records/.hidden/x.ttl": "nonsense",
        "records/node_modules/x.ttl": "nonsense",
        "records/.x.ttl": "nonsense",
        "records/~$book.xlsx": "nonsense",
        "records/README.md": "nonsense",
        "records/package.json": "{}",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder / "records"


def run(lighthouses: Content, *arguments: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["--content", str(lighthouses.root), "validate", *arguments], input=given)


def test_a_folder_is_checked_as_one_record_in_the_order_of_its_paths(lighthouses: Content, records: Path) -> None:
    result = run(lighthouses, "records")
    assert result.exit_code == 1
    assert result.stderr == ""
    assert result.stdout.startswith("4 files: Does not conform: 1 violation in 4 things checked.\n")
    assert [line.split() for line in result.stdout.splitlines()[-5:]] == [
        ["file", "checked", "violations", "warnings", "hints"],
        ["records/kept.ttl", "1", "-", "-", "-"],
        ["records/a/bad.ttl", "1", "1", "-", "-"],
        ["records/a/good.ttl", "1", "-", "-", "-"],
        ["records/people/keeper.ttl", "1", "-", "-", "-"],
    ]
    assert "records/a/bad.ttl, line 3, column" in result.stdout


def test_files_apart_do_not_see_each_other(lighthouses: Content, records: Path) -> None:
    together = run(lighthouses, "records/kept.ttl", "records/people")
    apart = run(lighthouses, "--apart", "records/kept.ttl", "records/people")
    assert (together.exit_code, apart.exit_code) == (0, 1)
    assert "records/kept.ttl: Does not conform: 1 violation in 1 thing checked." in apart.stdout
    assert "records/people/keeper.ttl: Conforms" in apart.stdout


def test_a_file_that_cannot_be_read_is_a_failure_and_the_rest_goes_on(lighthouses: Content, records: Path) -> None:
    (records / "broken.ttl").write_text(f"{GOOD}\n<a> <b> .")
    result = run(lighthouses, "records", "missing.ttl", "--format", "json")
    assert result.exit_code == 1
    members = json.loads(result.stdout)
    lost = [finding for finding in members["findings"] if finding["rule"] == "not-checked"]
    assert [(finding["place"]["file"], finding["place"]["line"]) for finding in lost] == [
        ("missing.ttl", 0),
        ("records/broken.ttl", 3),
    ]
    assert lost[0]["message"] == "No such file or directory."
    assert members["checked"] == 4
    assert members["verdict"].endswith("in 4 things checked; 2 files could not be checked.")


def test_what_breaks_its_process_breaks_nothing_else(
    lighthouses: Content, records: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEPGRAPH_QUERY_MEMORY", "40")
    (records / "large.ttl").write_text(PREFIX + "".join(f"<urn:{n}> a l:Keeper .\n" for n in range(60_000)))
    result = run(lighthouses, "records/large.ttl", "records/a", "--format", "json")
    lost = [finding["place"]["file"] for finding in json.loads(result.stdout)["findings"] if not finding["record"]]
    assert result.exit_code == 1
    assert lost == ["records/large.ttl"]


@pytest.mark.parametrize(
    ("level", "text", "code"),
    [
        ("violation", GOOD, 0),
        ("violation", BAD, 1),
        ("warning", GOOD, 0),
        ("info", BAD, 1),
        ("never", BAD, 0),
        ("never", "nonsense", 2),
    ],
)
def test_the_exit_code_depends_on_the_level_and_on_what_was_found(
    lighthouses: Content, folder: Path, level: str, text: str, code: int
) -> None:
    (folder / "new.ttl").write_text(text)
    assert run(lighthouses, "new.ttl", "--fail-on", level).exit_code == code


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_format_goes_to_standard_output_and_nothing_else(
    lighthouses: Content, folder: Path, form: Format
) -> None:
    (folder / "new.ttl").write_text(BAD)
    result = run(lighthouses, "new.ttl", "--format", form.name, "--progress")
    assert result.exit_code == 1
    assert "1/1 new.ttl" in result.stderr
    body = result.stdout_bytes
    match form.name:
        case "json":
            assert json.loads(body)["counts"]["violation"] == 1
        case "sarif":
            jsonschema.validate(json.loads(body), SARIF_SCHEMA)
        case "junit":
            assert junitparser.JUnitXml.fromstring(body).failures == 1
        case "xlsx":
            assert openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]["C2"].value == "violation"
        case "github":
            assert body.startswith(b"::error file=new.ttl,line=3,col=")
        case "csv":
            assert body.startswith(b"file,place,level,")
        case "text":
            assert body.startswith(b"new.ttl: Does not conform")
        case name:
            known = {"jsonld": "json-ld", "rdf": "xml", "ttl": "turtle", "nt": "nt"}
            graph = Graph().parse(data=body, format=known[name])
            assert (None, RDF.type, SH.ValidationReport) in graph


def test_a_report_on_files_apart_is_one_w3c_report(lighthouses: Content, records: Path) -> None:
    (records / "broken.ttl").write_text("nonsense")
    result = run(lighthouses, "records", "--apart", "--format", "ttl")
    graph = Graph().parse(data=result.stdout_bytes, format="turtle")
    assert len(list(graph.subjects(RDF.type, SH.ValidationReport))) == 1
    assert len(list(graph.objects(None, SH.result))) == 3
    again = run(lighthouses, "records", "--apart", "--format", "ttl")
    assert again.stdout_bytes == result.stdout_bytes


def test_standard_input_is_read_as_what_it_is_said_to_be(lighthouses: Content, folder: Path) -> None:
    result = run(lighthouses, "-", "--from", "ttl", "--format", "github", given=BAD.encode())
    assert result.exit_code == 1
    assert result.stdout.startswith("::error file=stdin,line=3,")
    named = run(lighthouses, "-", "--media", "application/n-triples", given=b"<urn:a> <urn:b> .")
    assert named.exit_code == 2
    assert run(lighthouses, "-", given=BAD.encode()).stderr.startswith("Of which kind is standard input?")


def test_a_table_comes_back_marked(lighthouses: Content, light_table: bytes, folder: Path) -> None:
    heading = light_table.decode("utf-8-sig").splitlines()[0].split(",")
    row = ["tall" if name.casefold().startswith("height") else "" for name in heading]
    row[0] = "urn:x-new"
    (folder / "lights.csv").write_text("\n".join(map(",".join, (heading, row))))
    result = run(lighthouses, "lights.csv", "--output", "lights.marked.xlsx", "--no-progress")
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert "Does not conform" in result.stderr
    book = openpyxl.load_workbook(folder / "lights.marked.xlsx")
    assert any(cell.comment for row in book.worksheets[0].iter_rows() for cell in row)


@pytest.fixture(scope="module")
def light_table(lighthouses: Content) -> bytes:
    from lepgraph.validation.tables.deriving import templates

    made: Templates = templates(lighthouses)
    return as_csv(next(each for each in made if "light" in each.name.lower()))


def test_a_report_is_written_to_a_file_whose_ending_says_the_format(lighthouses: Content, folder: Path) -> None:
    (folder / "new.ttl").write_text(BAD)
    result = run(lighthouses, "new.ttl", "--output", "report.sarif", "--no-progress")
    assert result.stdout == ""
    assert result.stderr == "Does not conform: 1 violation in 1 thing checked.\n"
    jsonschema.validate(json.loads((folder / "report.sarif").read_bytes()), SARIF_SCHEMA)
    assert sorted(path.name for path in folder.iterdir()) == ["new.ttl", "report.sarif"]


def test_shapes_can_be_chosen_or_brought(lighthouses: Content, folder: Path) -> None:
    (folder / "new.ttl").write_text(BAD)
    other = run(lighthouses, "new.ttl", "--shapes", "Nothing")
    assert other.exit_code == 2
    assert "There is no shape 'Nothing'" in other.stderr
    (folder / "own.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix l: <https://lights.example/def/light#> .\n"
        "<urn:x-own> a sh:NodeShape ; sh:targetClass l:Lighthouse ; sh:property <urn:x-lamp> .\n"
        '<urn:x-lamp> sh:path l:lamp ; sh:minCount 1 ; sh:name "lamp" .'
    )
    own = run(lighthouses, "new.ttl", "--custom-shapes", "own.ttl")
    assert own.exit_code == 1
    assert "Nothing is said of the lamp." in own.stdout
    assert "tall" not in own.stdout
    (folder / "own.ttl").write_text("nonsense")
    broken = run(lighthouses, "new.ttl", "--custom-shapes", "own.ttl")
    assert (broken.exit_code, broken.stdout) == (2, "")
    assert "the shapes" in broken.stderr


def test_what_would_change_is_shown_on_wish(lighthouses: Content, folder: Path) -> None:
    (folder / "new.ttl").write_text(GOOD)
    assert "What would change" not in run(lighthouses, "new.ttl").stdout
    assert "What would change: " in run(lighthouses, "new.ttl", "--changes").stdout
    told = json.loads(run(lighthouses, "new.ttl", "--changes", "--format", "json").stdout)
    assert told["changes"]["facts"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Missing argument"),
        (("new.ttl", "--format", "pdf"), "Formats: json, text, ttl"),
        (("new.ttl", "--from", "pdf"), "Kinds: ttl, jsonld"),
        (("new.ttl", "--fail-on", "never mind"), "--fail-on"),
        (("empty",), "holds no file with one of these endings"),
        (("new.ttl", "--output", "no/such/report.json"), "There is no folder"),
        (("new.ttl", "--output", "new.ttl"), "is to be checked"),
        (("new.ttl", "--custom-shapes", "none.ttl"), "none.ttl: No such file"),
        (("empty/../new.pdf",), "The ending must be one of"),
        (("good.ttl.gz",), "Unpack it"),
    ],
)
def test_wrong_usage_has_exit_code_two_and_says_what_to_do(
    lighthouses: Content, folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    (folder / "new.ttl").write_text(GOOD)
    (folder / "good.ttl.gz").write_bytes(b"\x1f\x8b")
    (folder / "empty").mkdir()
    result = run(lighthouses, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_programs_get_their_document_even_if_nothing_could_be_checked(lighthouses: Content, folder: Path) -> None:
    (folder / "new.ttl").write_text("nonsense")
    result = run(lighthouses, "new.ttl", "--format", "sarif")
    assert result.exit_code == 2
    run_ = json.loads(result.stdout)["runs"][0]
    assert run_["invocations"] == [{"executionSuccessful": False}]
    assert run_["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "new.ttl"
    assert result.stderr == "Nothing was checked: 1 file could not be read.\n"


def test_odd_names_of_files_harm_no_report(lighthouses: Content, folder: Path) -> None:
    name = b"odd \xff\x1b[31m\n::error::x.ttl"
    (Path(os.fsdecode(os.fsencode(folder) + b"/" + name))).write_text(BAD)
    for form in FORMS:
        result = run(lighthouses, ".", "--format", form.name)
        assert result.exit_code == 1, result.stderr
        if form.name in ("text", "github", "junit"):
            assert b"\x1b" not in result.stdout_bytes
        if form.name == "github":
            assert result.stdout.count("\n") == 1


def test_colour_is_for_terminals_alone(lighthouses: Content, folder: Path) -> None:
    (folder / "new.ttl").write_text(BAD)
    command = [sys.executable, "-m", "lepgraph.cli", "--content", str(lighthouses.root), "validate", "new.ttl"]

    def on_terminal(**more: str) -> bytes:
        ours, theirs = os.openpty()
        with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env={**os.environ, **more}) as process:
            os.close(theirs)
            seen = b""
            while True:
                try:
                    piece = os.read(ours, 65536)
                except OSError:
                    break
                seen += piece
            process.wait()
        os.close(ours)
        return seen

    assert b"\x1b[31m" in on_terminal()
    assert b"\x1b" not in on_terminal(NO_COLOR="1")
    piped = subprocess.run(command, capture_output=True, check=False)
    assert piped.stdout.startswith(b"new.ttl: Does not conform")
    assert b"\x1b" not in piped.stdout + piped.stderr
