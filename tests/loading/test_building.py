"""The build: the same bytes twice, one source a graph, and every fault of a broken table at once."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph
import pytest
import uritemplate

from lepgraph import content as contents
from lepgraph.content import Content
from lepgraph.errors import ContentFault
from lepgraph.loading import building, tables
from lepgraph.loading.building import Version

Edit = Callable[[Path], None]


@pytest.fixture
def folder(tmp_path: Path, lighthouses: Content) -> Path:
    """A copy of the lighthouses that a test may break."""
    return Path(shutil.copytree(lighthouses.root, tmp_path / "content"))


def faults(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(ContentFault) as caught:
        building.build(Content(folder))
    return [(str(place), reason) for place, reason in caught.value.faults]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_same_files_give_the_same_bytes_wherever_they_lie(folder: Path, lighthouses: Content) -> None:
    assert building.build(Content(folder)) == building.build(lighthouses)


def test_the_hash_is_that_of_the_canonical_dataset(lights: Version) -> None:
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(path=lights.dump, format=pyoxigraph.RdfFormat.N_QUADS))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    lines = building.canonical(dataset)
    assert hashlib.sha256(b"".join(lines)).hexdigest() == lights.digest
    assert hashlib.sha256(lights.dump.read_bytes()).hexdigest() == lights.digest


def test_a_changed_cell_changes_the_hash(folder: Path, lights: Version, tmp_path: Path) -> None:
    edit(folder / "data/registers/lighthouse.csv", "31.5", "31.6")
    assert building.current(Content(folder), tmp_path / "cache").digest != lights.digest


def test_each_row_lies_in_the_graph_of_its_register_and_source(lights: Version) -> None:
    graphs = {
        quad.graph_name.value for quad in pyoxigraph.parse(path=lights.dump) if quad.predicate.value.endswith("height")
    }
    assert graphs == {f"https://lights.example/graph/lighthouse/{source}" for source in ("almanac", "pilot")}


def test_every_graph_has_exactly_one_source(lights: Version) -> None:
    quads = list(pyoxigraph.parse(path=lights.dump))
    sources = [
        quad.subject.value
        for quad in quads
        if quad.graph_name.value.endswith("/graph/provenance/lights")
        and quad.predicate.value == "http://purl.org/dc/terms/source"
    ]
    graphs = {quad.graph_name.value for quad in quads} - {"https://lights.example/graph/provenance/lights"}
    assert sorted(sources) == sorted(graphs)


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "reason"),
    [
        ("lighthouse.csv", "31.5", "tall", "row 2, column height", "'tall' is not a decimal"),
        ("lighthouse.csv", "1871-05-02", "1871-02-30", "row 2, column lit", "'1871-02-30' is not a date"),
        ("lighthouse.csv", "Far Point", "", "row 2, column name", "must not be empty"),
        ("lighthouse.csv", "ada|ben", "ada|zed", "row 3, column keeper", "zed is not in data/registers/keeper.csv"),
        ("lighthouse.csv", "almanac", "nobody", "row 2, column source", "no source has the key 'nobody'"),
        ("lighthouse.csv", "near-point", "far-point", "row 3, column key", "stands in row 2 already"),
        ("lighthouse.csv", "key,name", "key,nome", "row 1", "the header must be"),
        ("lighthouse.csv", ",12,,", ",12,", "row 4", "5 cells where the header has 6"),
        ("lighthouse.csv", "Far Point", '"Far Point', "row 4", "unexpected end of data"),
        ("lighthouse.csv-metadata.json", '"decimal"', '"float"', "column height", "float is not understood"),
        ("lighthouse.csv-metadata.json", '"virtual"', '"virtuel"', "column type", "virtuel is not understood"),
        ("lighthouse.csv-metadata.json", "{keeper}", "{keepr}", "column keeper", "uses keepr, which is no column"),
        ("lighthouse.csv-metadata.json", '"url"', '"uri"', "lighthouse.csv-metadata.json", "uri is not understood"),
        (
            "lighthouse.csv-metadata.json",
            '"url"',
            '"dialect": {"delimiter": ";"}, "url"',
            "lighthouse.csv-metadata.json",
            "dialect is not understood",
        ),
        ("lighthouse.csv-metadata.json", "{", "[", "lighthouse.csv-metadata.json", "not JSON"),
    ],
)
def test_a_broken_table_is_refused_with_its_place_and_reason(
    folder: Path, file: str, old: str, new: str, place: str, reason: str
) -> None:
    edit(folder / "data/registers" / file, old, new)
    found = faults(folder)
    assert any(place in where or place in why for where, why in found), found
    assert any(reason in why for _, why in found), found


def test_all_faults_are_told_at_once(folder: Path) -> None:
    path = folder / "data/registers/lighthouse.csv"
    for old, new in (("31.5", "tall"), ("ada|ben", "zed"), ("12", "low")):
        edit(path, old, new)
    edit(folder / "data/registers/keeper.csv", "Ben Wick", "")
    assert len(faults(folder)) >= 4


WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"
COLUMNS: list[dict[str, object]] = [
    {"name": "key", "required": True, "suppressOutput": True},
    {
        "name": "light",
        "propertyUrl": "https://lights.example/def/light#on",
        "valueUrl": "https://lights.example/id/lighthouse/{light}",
    },
    {"name": "seen", "datatype": "date", "propertyUrl": "https://lights.example/def/light#lit"},
    {
        "name": "shore",
        "datatype": {"@id": WKT, "base": "string"},
        "propertyUrl": "http://www.opengis.net/ont/geosparql#asWKT",
    },
    {"name": "source", "required": True, "suppressOutput": True},
]
SCHEMA: dict[str, object] = {
    "aboutUrl": "https://lights.example/id/island/{key}",
    "primaryKey": "key",
    "foreignKeys": [
        {"columnReference": "light", "reference": {"resource": "../registers/lighthouse.csv", "columnReference": "key"}}
    ],
    "columns": COLUMNS,
}
ISLANDS = {"url": "island.csv", "dc:title": "Islands", "tableSchema": SCHEMA}
SHORE = '"POLYGON((0 0,1 0,1 1,0 0))"'


def add_islands(folder: Path, *rows: str, **changes: object) -> None:
    """Puts a table of boundaries into the content, with the rows and with changes to its metadata."""
    boundaries = folder / "data" / "boundaries"
    boundaries.mkdir()
    (boundaries / "island.csv").write_text("\n".join(("key,light,seen,shore,source", *rows)) + "\n", encoding="utf-8")
    metadata = {"@context": "http://www.w3.org/ns/csvw", **ISLANDS, **changes}
    (boundaries / "island.csv-metadata.json").write_text(json.dumps(metadata), encoding="utf-8")


def test_a_boundary_is_a_literal_of_the_datatype_that_its_column_names(folder: Path) -> None:
    add_islands(folder, f"rock,far-point,1871-05-02,{SHORE},pilot")
    lines = [line for line in building.build(Content(folder)) if b"asWKT" in line]
    assert lines == [
        b"<https://lights.example/id/island/rock> <http://www.opengis.net/ont/geosparql#asWKT> "
        b'"POLYGON((0 0,1 0,1 1,0 0))"^^<http://www.opengis.net/ont/geosparql#wktLiteral> '
        b"<https://lights.example/graph/island/pilot> .\n"
    ]


@pytest.mark.parametrize(
    ("shore", "reason"),
    [
        ("POLYGON((0 0,1 0,1 1,0 1))", "do not form a closed linestring"),
        ("POLYGON((0 0,1 0,0 1,1 1,0 0))", "not valid: Self-intersection[0.5 0.5]"),
        ("POLYGON((0 0,1 0,1 100,0 0))", "outside their range: 0 0 to 1 100"),
        ("<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT(400000 200000)", "outside their range"),
        ("POLYGON EMPTY", "the geometry is empty"),
        ("somewhere", "not a geometry in Well-Known Text"),
        ("POINT(1 inf)", "not valid: Invalid Coordinate"),
        ("POINT(1 1e400)", "not valid: Invalid Coordinate"),
        ("GEOMETRYCOLLECTION(" * 50_000 + "POINT(1 2)" + ")" * 50_000, "nested deeper than 16 levels"),
    ],
)
def test_a_geometry_that_cannot_be_drawn_is_refused(folder: Path, shore: str, reason: str) -> None:
    add_islands(folder, f'rock,,,"{shore}",pilot', f"stack,,,{SHORE},pilot")
    [(place, why)] = faults(folder)
    assert place == "data/boundaries/island.csv, row 2, column shore"
    assert reason in why


def test_the_same_fault_is_told_of_every_row_that_has_it(folder: Path) -> None:
    wrong = '"POLYGON((0 0,1 0,1 1,0 1))"'
    add_islands(
        folder, f"rock,,1871-02-30,{SHORE},pilot", f"skerry,,1871-02-30,{wrong},pilot", f"stack,,,{wrong},pilot"
    )
    assert [place.removeprefix("data/boundaries/island.csv, ") for place, _ in faults(folder)] == [
        "row 2, column seen",
        "row 3, column seen",
        "row 3, column shore",
        "row 4, column shore",
    ]


def test_a_template_makes_each_iri_of_its_own_values_and_remembers_few() -> None:
    parsed = uritemplate.URITemplate("https://lights.example/id/{kind}/{key}")
    template = tables.Template(parsed, ("kind", "key"))
    for number in range(25_000):
        row = {"kind": "light" if number % 2 else "keeper", "key": str(number // 2), "other": "x"}
        assert template.node(row).value == f"https://lights.example/id/{row['kind']}/{row['key']}"
        assert template.node(row) is template.node(row)
    assert len(template.made) <= 10_000


def test_a_start_from_the_cache_does_not_load_the_libraries_of_the_build() -> None:
    code = "import lepgraph.server, lepgraph.cli, lepgraph.site, sys; sys.exit(len({'shapely', 'csvw', 'pyshacl'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_geometry_of_another_reference_system_is_not_held_to_degrees(folder: Path) -> None:
    add_islands(folder, 'rock,,,"<http://www.opengis.net/def/crs/EPSG/0/27700> POINT(400000 200000)",pilot')
    assert building.build(Content(folder))


def test_a_cell_may_be_long_but_not_endless(folder: Path) -> None:
    ring = ",".join(f"{number / 100_000:.5f} 1" for number in range(20_000))
    add_islands(folder, f'rock,,,"POLYGON((0 0,{ring},0 0))",pilot')
    assert building.build(Content(folder))
    edit(folder / "data/boundaries/island.csv", "POLYGON", "POLYGON" * 200_000)
    assert faults(folder) == [("data/boundaries/island.csv, row 2", "field larger than field limit (1048576)")]


def test_two_tables_of_one_name_are_refused(folder: Path) -> None:
    shutil.copytree(folder / "data/registers", folder / "data/boundaries")
    assert ("data/boundaries/keeper.csv", "data/registers/keeper.csv has the same name") in faults(folder)


@pytest.mark.parametrize(
    ("datatype", "reason"),
    [
        ({"@id": "wktLiteral", "base": "string"}, "the @id of the datatype must be an absolute IRI, not wktLiteral"),
        ({"base": "string", "maxLength": 9}, "datatype.maxLength is not understood here"),
    ],
)
def test_a_datatype_beyond_the_subset_is_refused(folder: Path, datatype: dict[str, object], reason: str) -> None:
    columns = [{**column, "datatype": datatype} if column["name"] == "shore" else column for column in COLUMNS]
    add_islands(folder, tableSchema={**SCHEMA, "columns": columns})
    assert any(reason in why for _, why in faults(folder))


def test_unlike_faults_of_several_tables_are_told_at_once_with_file_row_column_and_reason(folder: Path) -> None:
    add_islands(
        folder,
        f"rock,nowhere,,{SHORE},pilot",
        f"stack,far-point,1871-02-30,{SHORE},pilot",
        f"skerry,far-point,,{SHORE},",
        f"rock,far-point,,{SHORE},pilot",
        'shoal,far-point,,"POLYGON((0 0,1 0,1 1,0 1))",pilot',
        f"bank,far-point,,{SHORE},hearsay",
    )
    edit(folder / "data/registers/lighthouse.csv", "31.5", "tall")
    table = "data/boundaries/island.csv"
    found = faults(folder)
    for place, reason in (
        (f"{table}, row 2, column light", "nowhere is not in data/registers/lighthouse.csv"),
        (f"{table}, row 3, column seen", "'1871-02-30' is not a date"),
        (f"{table}, row 4, column source", "the cell must not be empty"),
        (f"{table}, row 5, column key", "the key rock stands in row 2 already"),
        (f"{table}, row 6, column shore", "Points of LinearRing do not form a closed linestring"),
        (f"{table}, row 7, column source", "no source has the key 'hearsay'"),
        ("data/registers/lighthouse.csv, row 2, column height", "'tall' is not a decimal"),
    ):
        assert any(where == place and reason in why for where, why in found), (place, found)


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("keeper.csv", "Ada Lamp", "", "data/registers/keeper.csv, row 2, column name"),
        ("keeper.csv", "ada,Ada Lamp,almanac", "ada,Ada Lamp", "data/registers/keeper.csv, row 2"),
        ("keeper.csv", "Ada Lamp", '"Ada Lamp', "data/registers/keeper.csv, row 3"),
        ("keeper.csv", "key,name", "key,nome", "data/registers/keeper.csv, row 1"),
        ("keeper.csv-metadata.json", '"url"', '"uri"', "data/registers/keeper.csv-metadata.json"),
    ],
)
def test_what_refers_to_a_faulty_row_or_file_has_no_fault_of_its_own(
    folder: Path, file: str, old: str, new: str, place: str
) -> None:
    edit(folder / "data/registers" / file, old, new)
    assert [where for where, _ in faults(folder)] == [place]


def test_a_file_of_another_encoding_is_one_fault(folder: Path) -> None:
    path = folder / "data/registers/keeper.csv"
    path.write_bytes(path.read_bytes() + "eve,Eve Fän,pilot\n".encode("latin-1"))
    assert [(place, reason.partition(":")[0]) for place, reason in faults(folder)] == [
        ("data/registers/keeper.csv", "the file is not UTF-8")
    ]


def test_a_key_of_a_register_that_does_not_exist_is_refused(folder: Path) -> None:
    for path in (folder / "data/registers").glob("keeper.csv*"):
        path.unlink()
    reason = "the foreign key names keeper.csv, which does not exist"
    assert ("data/registers/lighthouse.csv", reason) in faults(folder)


def test_a_term_that_the_ontology_does_not_define_is_named_in_each_row(folder: Path) -> None:
    metadata = folder / "data/registers/lighthouse.csv-metadata.json"
    edit(metadata, "https://lights.example/id/keeper/{keeper}", "https://lights.example/def/light#{keeper}")
    assert faults(folder) == [
        (
            f"data/registers/lighthouse.csv, row {row}, column keeper",
            f"https://lights.example/def/light#{key} is not defined in the ontology",
        )
        for row, key in ((2, "ada"), (3, "ada"), (3, "ben"))
    ]


@pytest.mark.parametrize(
    ("datatype", "text", "reason"),
    [
        ("gYearMonth", "1871-13", "'1871-13' is not a month, such as 2015-05"),
        ("gYearMonth", "1871", "'1871' is not a month, such as 2015-05"),
        ("gYear", "71", "'71' is not a year, such as 2015"),
    ],
)
def test_a_month_or_year_that_does_not_exist_is_refused(folder: Path, datatype: str, text: str, reason: str) -> None:
    edit(folder / "data/registers/lighthouse.csv-metadata.json", '"date"', f'"{datatype}"')
    edit(folder / "data/registers/lighthouse.csv", "1871-05-02", text)
    assert faults(folder) == [("data/registers/lighthouse.csv, row 2, column lit", reason)]


def test_a_message_quotes_the_beginning_of_a_long_cell(folder: Path) -> None:
    edit(folder / "data/registers/lighthouse.csv", "31.5", "tall" * 1000)
    assert [len(reason) < 150 for _, reason in faults(folder)] == [True]


def test_a_blank_node_is_not_published(folder: Path) -> None:
    account = folder / "data/accounts/pilot.ttl"
    account.write_text(account.read_text() + "\n[] rdfs:label 'nameless' .\n")
    assert any("blank node" in reason for _, reason in faults(folder))


def test_a_relative_iri_in_turtle_is_refused_so_that_no_path_of_a_machine_is_published(folder: Path) -> None:
    account = folder / "data/accounts/pilot.ttl"
    account.write_text(account.read_text() + "\n<here> rdfs:label 'somewhere' .\n")
    assert any("pilot.ttl" in place for place, _ in faults(folder))


def test_an_account_without_a_source_is_refused(folder: Path) -> None:
    (folder / "data/accounts/pilot.ttl").rename(folder / "data/accounts/hearsay.ttl")
    assert any("no source has the key hearsay" in reason for _, reason in faults(folder))


def test_a_failed_build_leaves_the_cache_as_it_was(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    building.current(Content(folder), cache)
    before = sorted(path.name for path in cache.iterdir())
    edit(folder / "data/registers/lighthouse.csv", "31.5", "tall")
    with pytest.raises(ContentFault):
        building.current(Content(folder), cache)
    assert sorted(path.name for path in cache.iterdir()) == before


@pytest.mark.parametrize("name", ["terms.py", "loading/tables.py", "loading/coordinates.py"])
def test_a_build_is_made_again_when_the_code_that_makes_it_changes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    package = shutil.copytree(Path(contents.__file__).parent, tmp_path / "package")
    monkeypatch.setattr(contents, "__file__", str(package / "content.py"))
    before = Content(folder).fingerprint
    assert Content(folder).fingerprint == before
    with (package / name).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert Content(folder).fingerprint != before


def test_a_broken_manifest_is_never_trusted(folder: Path, tmp_path: Path) -> None:
    first = building.current(Content(folder), tmp_path)
    (first.snapshot.parent / "manifest.json").write_text("{")
    again = building.current(Content(folder), tmp_path)
    assert again.digest == first.digest
    assert json.loads((again.snapshot.parent / "manifest.json").read_text())["digest"] == first.digest
