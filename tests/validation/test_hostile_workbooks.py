"""Workbooks that could harm: refused with what to do, or read without harm."""

from __future__ import annotations

import io
import random
import zipfile

import pytest
from rdflib import URIRef

from lepgraph.errors import Fault
from lepgraph.validation.tables import workbooks
from lepgraph.validation.tables.offering import as_xlsx
from lepgraph.validation.tables.templates import Templates
from sheets import BASE, SOUND, read, repacked

THING = URIRef(f"{BASE}id/partnership/oxshire")


def entity(name: str, part: bytes) -> bytes:
    if name != "xl/worksheets/sheet1.xml":
        return part
    return b'<?xml version="1.0"?>' + b" " * 9_000 + b'<!doctype a [<!ENTITY b "c">]>' + part


HOSTILE = {
    "a plain zip": (repacked(SOUND, lambda name, part: None, {"a.ttl": b"x"}), "zip"),
    "a text document": (
        repacked(SOUND, lambda name, part: part if name.startswith("[") else None, {"word/document.xml": b"<a/>"}),
        "no workbook",
    ),
    "an OpenDocument file": (repacked(SOUND, lambda name, part: None, {"content.xml": b"<a/>"}), "OpenDocument"),
    "a binary workbook": (
        repacked(SOUND, lambda name, part: None, {"[Content_Types].xml": b"", "xl/workbook.bin": b""}),
        "binary",
    ),
    "macros": (repacked(SOUND, lambda name, part: part, {"xl/vbaProject.bin": b"x"}), "macros"),
    "macros by type": (
        repacked(SOUND, lambda name, part: part.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")),
        "macros",
    ),
    "an entity": (repacked(SOUND, entity), "entities"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password"),
    "no zip": (b"address,label\n", "no workbook"),
    "the beginning of a zip": (SOUND[:200], "damaged"),
    "nothing": (b"", "no workbook"),
    "a bomb": (repacked(SOUND, lambda name, part: part, {"xl/media/a.png": b"\0" * 30_000_000}), "unpacks"),
    "many bombs": (
        repacked(
            SOUND, lambda name, part: part, {f"xl/media/{n}": random.Random(n).randbytes(9_000) * 999 for n in range(5)}
        ),
        "bytes",
    ),
    "many parts": (repacked(SOUND, lambda name, part: part, {f"xl/media/{n}": b"" for n in range(1_001)}), "parts"),
    "a broken part": (repacked(SOUND, lambda name, part: part[:40] if "sheet1" in name else part), "damaged"),
    "no sheets": (repacked(SOUND, lambda name, part: None if "sheet1.xml" in name else part), "empty|damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_could_harm_is_refused_and_it_is_said_what_to_do(tables: Templates, name: str) -> None:
    body, reason = HOSTILE[name]
    with pytest.raises(Fault, match=reason) as caught:
        read(tables, body, "partnership.xlsx")
    assert caught.value.status in (400, 413)
    assert caught.value.hint


def test_a_workbook_with_macros_is_known_by_its_ending(tables: Templates) -> None:
    with pytest.raises(Fault, match="macros"):
        read(tables, SOUND, "partnership.xlsm")


def test_a_part_that_is_longer_than_it_says_is_refused(tables: Templates) -> None:
    long = b"\0" * 5_000_000
    body = repacked(SOUND, lambda name, part: part, {"xl/media/a.png": long})
    lying = body.replace(len(long).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    assert lying != body
    with pytest.raises(Fault, match="damaged"):
        read(tables, lying)


@pytest.mark.parametrize(
    "row",
    [
        b'<row r="999999999"><c r="A999999999"><v>1</v></c></row>',
        b'<row r="3"><c r="ZZZ3"><v>1</v></c></row>',
        b'<row r="3"><c r="A3" t="s"><v>99</v></c></row>',
        b'<row r="3"><c r="A3" s="999"><v>1</v></c></row>',
        b'<row r="3"><c r="1A"><v>1</v></c></row>',
        b'<row r="x"><c><v>1</v></c></row>',
        b'<row r="3"><c r="A3"><v>' + b"9" * 6_000 + b"</v></c></row>",
        b'<row r="3"><c r="A3"><v>1e999</v></c></row>',
        b'<row r="3"><c r="A3" t="d"><v>soon</v></c></row>',
        b'<row r="-3"><c r="A3"><v>1</v></c></row>',
    ],
)
def test_rows_that_are_not_what_they_say_do_no_harm(tables: Templates, row: bytes) -> None:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"</sheetData>", row + b"</sheetData>") if "sheet1" in name else part

    try:
        read(tables, repacked(SOUND, change))
    except Fault as fault:
        assert fault.status in (400, 413)  # noqa: PT017


def test_a_size_that_the_sheet_only_claims_does_no_harm(tables: Templates) -> None:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"') if "sheet1" in name else part

    body = repacked(SOUND, change)
    assert b"XFD" in zipfile.ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml")
    assert THING in read(tables, body).subjects


@pytest.mark.parametrize(
    ("name", "value"),
    [("MOST_SHEETS", 0), ("MOST_ROWS", 0), ("MOST_COLUMNS", 1), ("_MOST_CELLS", 3), ("_MOST_SCANNED", 1)],
)
def test_a_workbook_beyond_the_bounds_is_too_large(
    tables: Templates, monkeypatch: pytest.MonkeyPatch, name: str, value: int
) -> None:
    monkeypatch.setattr(workbooks, name, value)
    with pytest.raises(Fault) as caught:
        read(tables, SOUND)
    assert caught.value.status == 413


def test_links_to_other_workbooks_are_noted_and_not_followed(tables: Templates) -> None:
    record = read(tables, repacked(SOUND, lambda name, part: part, {"xl/externalLinks/externalLink1.xml": b"<a/>"}))
    assert [note.level for note in record.notes] == ["info"]
    assert THING in record.subjects


@pytest.mark.parametrize("seed", range(4))
def test_spoilt_workbooks_are_read_or_refused(tables: Templates, seed: int) -> None:
    chosen = random.Random(seed)
    body = as_xlsx([tables.all["partnership"]], BASE)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
    for _ in range(25):
        target = chosen.choice(parts)

        def spoil(name: str, part: bytes, target: str = target) -> bytes:
            spoilt = bytearray(part)
            if name == target:
                for _ in range(chosen.randint(1, 4)):
                    at = chosen.randrange(len(spoilt))
                    spoilt[at : at + chosen.randint(0, 9)] = chosen.choice([b"", b"<", b"99999", b"\0", b'"', b"A"])
            return bytes(spoilt)

        try:
            read(tables, repacked(body, spoil))
        except Fault as fault:
            assert fault.status in (400, 413)  # noqa: PT017


@pytest.mark.parametrize("seed", range(4))
def test_cut_and_flipped_bytes_are_read_or_refused(tables: Templates, seed: int) -> None:
    chosen = random.Random(seed)
    for _ in range(50):
        spoilt = bytearray(SOUND[: chosen.randint(0, len(SOUND))] if chosen.random() < 0.5 else SOUND)
        for _ in range(chosen.randint(0, 5)):
            if spoilt:
                spoilt[chosen.randrange(len(spoilt))] = chosen.randrange(256)
        try:
            read(tables, bytes(spoilt))
        except Fault as fault:
            assert fault.status in (400, 413)  # noqa: PT017


def test_bytes_that_only_begin_like_a_workbook_are_refused(tables: Templates) -> None:
    chosen = random.Random(1)
    for _ in range(100):
        with pytest.raises(Fault):
            read(tables, b"PK\3\4" + chosen.randbytes(chosen.randint(0, 400)))
