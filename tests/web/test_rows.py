"""Rows are counted from bytes as a parser counts them, in pieces of any size."""

from __future__ import annotations

import csv
import io
import json
from xml.sax.saxutils import escape

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepgraph.media import CSV, N_TRIPLES, RESULTS_JSON, RESULTS_XML, TSV, TURTLE, Format
from lepgraph.web.rows import Rows

FORMATS = {
    RESULTS_JSON: ox.QueryResultsFormat.JSON,
    RESULTS_XML: ox.QueryResultsFormat.XML,
    CSV: ox.QueryResultsFormat.CSV,
    TSV: ox.QueryResultsFormat.TSV,
}
TEXTS = st.text(st.one_of(st.sampled_from("{}\"\\\n\r\t<>&,;'[] "), st.characters(codec="utf-8")), max_size=12)


def counted(form: Format, body: bytes, size: int) -> int | None:
    rows = Rows(form)
    for start in range(0, len(body), size):
        rows.feed(body[start : start + size])
    return rows.number()


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@given(texts=st.lists(st.one_of(st.none(), TEXTS), max_size=8), size=st.integers(1, 40))
def test_what_the_engine_writes_is_counted(form: Format, texts: list[str | None], size: int) -> None:
    values = " ".join("(UNDEF 1)" if text is None else f"({ox.Literal(text)} 1)" for text in texts)
    solutions = ox.Store().query(f"SELECT * {{ VALUES (?text ?one) {{ {values} }} }}")
    assert isinstance(solutions, ox.QuerySolutions)
    body = solutions.serialize(format=FORMATS[form])
    assert body is not None
    assert counted(form, body, size) == len(texts)


@given(texts=st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=8), size=st.integers(1, 40))
def test_csv_is_counted_as_the_standard_library_reads_it(texts: list[list[str]], size: int) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *texts])
    body = stream.getvalue()
    assert counted(CSV, body.encode(), size) == len(list(csv.reader(io.StringIO(body, newline="")))) - 1


@given(
    texts=st.lists(st.dictionaries(TEXTS, TEXTS, max_size=3), max_size=8),
    size=st.integers(1, 40),
    indent=st.sampled_from([None, 1]),
    plain=st.booleans(),
)
def test_json_is_counted_however_it_is_laid_out(
    texts: list[dict[str, str]], size: int, indent: int | None, plain: bool
) -> None:
    bindings = [{key: {"type": "literal", "value": value} for key, value in row.items()} for row in texts]
    document = {"head": {"vars": ["a{"]}, "results": {"bindings": bindings}}
    body = json.dumps(document, indent=indent, ensure_ascii=plain).encode("utf-8", "surrogatepass")
    assert counted(RESULTS_JSON, body, size) == len(texts)


@given(texts=st.lists(TEXTS, max_size=8), size=st.integers(1, 40))
def test_xml_is_counted(texts: list[str], size: int) -> None:
    inner = "".join(f"<result><binding name='a'><literal>{escape(t)}</literal></binding></result>" for t in texts)
    body = f"<sparql><results>{inner}<result/></results></sparql>".encode()
    assert counted(RESULTS_XML, body, size) == len(texts) + 1


@given(texts=st.sets(TEXTS, max_size=8), size=st.integers(1, 40), end=st.sampled_from(["", "\n", "\n# end\n", "\n\n"]))
def test_statements_are_counted(texts: set[str], size: int, end: str) -> None:
    lines = [str(ox.Triple(ox.NamedNode("a:a"), ox.NamedNode("a:b"), ox.Literal(text))) + " ." for text in texts]
    body = ("\n".join(lines) + end).encode()
    assert counted(N_TRIPLES, body, size) == len(list(ox.parse(body, format=ox.RdfFormat.N_TRIPLES)))


@pytest.mark.parametrize(
    ("form", "body"),
    [(TURTLE, b"<a:a> <a:b> 1 ."), (None, b"true"), (RESULTS_JSON, b"}}"), (RESULTS_XML, b"<!-- <result> -->")],
)
def test_what_is_not_known_is_not_said(form: Format | None, body: bytes) -> None:
    rows = Rows(form)
    rows.feed(body)
    assert rows.number() is None
