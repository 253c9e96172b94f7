"""Tables: reading one by its metadata, with a library that is not ours, gives what the graph says of its things."""

from __future__ import annotations

import csv
import datetime
import json
import shutil
import warnings
import zipfile
from collections import defaultdict
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import csvw
import pyoxigraph
from rfc3986 import URIReference

from lepgraph.datasets import Dataset, Part
from lepgraph.distributing import tables
from lepgraph.distributing.files import Distribution
from lepgraph.distributing.vocabulary import Vocabulary
from lepgraph.media import CSV, CSVM
from lepgraph.ordering import Order
from lepgraph.site import Site
from lepgraph.terms import RDFS, XSD

LARGE = 200_000
"""Bytes from which the library gets some rows of a table alone."""
Value = tuple[str, str, str]
"""Property, kind of value and value."""


def offered(site: Site, dataset: str = "") -> list[Distribution]:
    """The tables of a dataset, or of all."""
    files = site.distributions.of(dataset) if dataset else site.distributions.all
    return [file for file in files if file.format is CSV and not file.packed]


def said(path: Path) -> dict[str, set[Value]]:
    """What N-Triples say of each thing."""
    found: dict[str, set[Value]] = defaultdict(set)
    for quad in pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.N_TRIPLES):
        assert isinstance(quad.subject, pyoxigraph.NamedNode)
        found[quad.subject.value].add((quad.predicate.value, *kind_and_value(quad.object)))
    return found


def kind_and_value(term: object) -> tuple[str, str]:
    if isinstance(term, pyoxigraph.Literal):
        return (f"@{term.language}" if term.language else term.datatype.value), term.value
    assert isinstance(term, pyoxigraph.NamedNode)
    return "iri", term.value


def read(path: Path) -> dict[str, set[Value]]:
    """What a table says of its things, read with csvw by the metadata alone; no complaint of the library is missed."""
    found: dict[str, set[Value]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = csvw.Table.from_file(path)
        columns = {column.name: column for column in table.tableSchema.columns}
        for column in columns.values():
            column.datatype.read = lru_cache(column.datatype.read)  # reading is slow, and texts repeat
        for row in table.iterdicts():
            thing = text(row[table.tableSchema.primaryKey[0]])
            assert thing not in found
            found[thing] = set()
            for name, cell in row.items():
                column = columns[name]
                if column.propertyUrl is None:
                    continue
                values = cell if isinstance(cell, list) else [] if cell is None else [cell]
                found[thing].update((str(column.propertyUrl), kind(column), text(value)) for value in values)
    return found


def thinned(metadata: Path, folder: Path) -> Path:
    """A table with every twentieth row alone, since the library takes a second for 2,000."""
    name = metadata.name.removesuffix("-metadata.json")
    with metadata.with_name(name).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    with (folder / name).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([rows[0], *rows[1::20]])
    return Path(shutil.copy(metadata, folder))


def plainly(metadata: Path) -> dict[str, set[Value]]:
    """What a table says of its things, read with nothing but Python and what the metadata say."""
    document = json.loads(metadata.read_text())
    found: dict[str, set[Value]] = {}
    with metadata.with_name(document["url"]).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            values = found[row["iri"]] = set()
            for column in document["tableSchema"]["columns"]:
                cell = row[column["name"]]
                if "propertyUrl" not in column or cell == column["null"]:
                    continue
                kind = {"anyURI": "iri"}.get(str(column["datatype"]), f"{XSD}{column['datatype']}")
                if isinstance(column["datatype"], dict):
                    kind = column["datatype"]["@id"]
                kind = f"@{column['lang']}" if "lang" in column else kind
                parts = cell.split(column["separator"]) if "separator" in column else [cell]
                values.update((column["propertyUrl"], kind, part) for part in parts)
    return found


def kind(column: Any) -> str:
    datatype = column.datatype.base
    if datatype == "anyURI":
        return "iri"
    if column.lang != "und":
        return f"@{column.lang}"
    return str(column.datatype.at_props.get("id") or f"{XSD}{datatype}")


def text(value: Any) -> str:
    """A value of Python in its lexical form."""
    if isinstance(value, URIReference):
        return str(value.unsplit())
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    assert isinstance(value, str | int | float | Decimal), value
    return str(value)


def test_reading_every_table_by_its_metadata_gives_what_the_graph_says(here: Site, tmp_path: Path) -> None:
    files = here.distributions
    parts = 0
    for key, dataset in here.datasets.items():
        held = said(files.path(f"{key}.nt")) if not (dataset.shapes or dataset.whole) else {}
        for part in dataset.parts:
            expected = {thing: values for thing, values in held.items() if thing.startswith(part.space)}
            table = files.find(f"{part.key}.csv")
            assert bool(table) == bool(expected), part.key
            if table is None:
                continue
            parts += 1
            metadata = files.path(table.described)
            assert plainly(metadata) == expected, part.key
            got = read(thinned(metadata, tmp_path) if table.size > LARGE else metadata)
            assert got == {thing: expected[thing] for thing in got}, part.key
            assert len(got) == len(expected) or table.size > LARGE
            assert list(got) == sorted(got)
    assert parts == len(offered(here))


def test_the_library_finds_every_table_valid(here: Site) -> None:
    for file in offered(here):
        if file.size < LARGE:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                table = csvw.CSVW(str(here.distributions.path(file.described)), validate=True)
                assert table.is_valid, file.name


def test_metadata_say_whose_the_table_is_and_what_its_columns_are(site: Site) -> None:
    for file in offered(site):
        document = json.loads(site.distributions.path(file.described).read_text())
        assert document["url"] == file.name
        assert document["dc:license"] == {"@id": site.content.catalogue.licence}
        assert document["dc:source"] == {"@id": str(site.datasets[file.dataset].iri)}
        columns = document["tableSchema"]["columns"]
        with site.distributions.path(file.name).open(encoding="utf-8", newline="") as stream:
            assert next(csv.reader(stream)) == [column["name"] for column in columns]
        for column in columns:
            assert column["name"] in column["titles"]
            assert ("propertyUrl" in column) != column.get("suppressOutput", False)
            if "valueUrl" in column:
                assert "separator" not in column
    described = {
        column["name"]: column
        for column in json.loads(site.distributions.path("area.csv-metadata.json").read_text())["tableSchema"][
            "columns"
        ]
    }
    assert described["notation"]["datatype"] == "string"
    assert described["label"]["lang"] == "en"
    assert described["hasGeometry"]["separator"]


def test_links_have_the_names_of_what_they_lead_to_beside_them(site: Site) -> None:
    with site.distributions.path("area-membership.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0])[:2] == ["iri", "label"]
    assert all(row["memberArea_name"] and row["containingArea_name"] for row in rows)
    assert {row["memberArea_name"] for row in rows} >= {"Leeds", "Barnsley"}


def test_packages_hold_the_tables_and_what_describes_them(site: Site) -> None:
    files = site.distributions
    for key, dataset in site.datasets.items():
        tables_of = offered(site) if dataset.whole else offered(site, key)
        package = files.find(f"{key}-csv.zip")
        assert bool(package) == bool(tables_of)
        if package is None:
            continue
        with zipfile.ZipFile(files.path(package.name)) as archive:
            assert archive.testzip() is None
            assert set(archive.namelist()) == {name for file in tables_of for name in (file.name, file.described)}
            for info in archive.infolist():
                assert info.date_time == (1980, 1, 1, 0, 0, 0)
                assert info.file_size == files.path(info.filename).stat().st_size


def test_what_describes_tables_is_served_and_no_distribution(site: Site) -> None:
    assert all(file.format is not CSVM for file in site.distributions.all)
    assert site.distributions.find("area.csv-metadata.json")
    assert site.distributions.find("area.csv.gz")
    assert "area.csv.gz" not in [file.name for file in site.distributions.all]


def made(*values: tuple[str, object]) -> tables.Table:
    """The table of one thing with these values, and of one with none of them."""
    part = Part(RDFS.Class, "thing", "Things", "https://a.example/", "")
    one, other = "https://a.example/1", "https://a.example/2"
    triples: list[tables.Said] = [(one, predicate, value) for predicate, value in values]  # type: ignore[misc]
    triples.append((other, str(RDFS.seeAlso), pyoxigraph.NamedNode(one)))
    names = {"https://a.example/1": "The one; or | the other"}
    return tables.table(part, triples, Vocabulary(names, {}, {"b": "https://b.example/"}), Order())


def test_values_that_look_like_what_stands_between_them_come_back(tmp_path: Path) -> None:
    texts = ["a|b", "c;d", " e ", "f\ng", '"', "\u00a6\u2016\u241e", "ä, ö"]
    table = made(*[("https://b.example/p", pyoxigraph.Literal(one)) for one in texts])
    got = stored(table, tmp_path)
    assert got["https://a.example/1"] == {("https://b.example/p", str(XSD.string), one) for one in texts}
    assert [kind for _, kind, _ in got["https://a.example/2"]] == ["iri"]


def test_an_empty_text_is_told_from_none(tmp_path: Path) -> None:
    got = stored(made(("https://b.example/p", pyoxigraph.Literal(""))), tmp_path)
    assert got["https://a.example/1"] == {("https://b.example/p", str(XSD.string), "")}
    assert len(got["https://a.example/2"]) == 1


def test_properties_of_one_name_and_kinds_of_one_property_are_columns_of_their_own(tmp_path: Path) -> None:
    table = made(
        ("https://b.example/date", pyoxigraph.Literal("2014", datatype=pyoxigraph.NamedNode(str(XSD.gYear)))),
        ("https://b.example/date", pyoxigraph.Literal("once")),
        ("https://c.example/date", pyoxigraph.Literal("one day", language="en-GB")),
        ("https://c.example/iri", pyoxigraph.Literal("x")),
    )
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert {"b_date_gYear", "b_date_string", "seeAlso_name"} <= set(names)
    got = stored(table, tmp_path)["https://a.example/1"]
    assert ("https://c.example/date", "@en-gb", "one day") in got
    assert ("https://b.example/date", str(XSD.gYear), "2014") in got


def stored(table: tables.Table, folder: Path) -> dict[str, set[Value]]:
    """What comes back of a table that was written."""
    dataset = Dataset(RDFS.Class, "d", "D", "", (table.part,), shapes=False)
    table.write(folder)
    return read(table.write_metadata(folder, dataset, "https://a.example/licence", Vocabulary({}, {}, {})))
