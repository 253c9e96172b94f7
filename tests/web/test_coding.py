"""Content codings: which one a client gets, and that what it gets is the body."""

from __future__ import annotations

import gzip

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from lepgraph.web.coding import CODINGS, Choice, coded, coding, negotiated, worthwhile

DECODERS = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, ("", True)),
        ("", ("", True)),
        ("gzip", ("gzip", True)),
        ("GZip", ("gzip", True)),
        ("x-gzip", ("gzip", True)),
        ("gzip, deflate, br", ("br", True)),
        ("gzip, deflate, br, zstd", ("zstd", True)),
        ("gzip;q=1.0, br;q=0.5, zstd;q=0.2", ("gzip", True)),
        ("gzip; q=0.5, br; q=0.7", ("br", True)),
        ("gzip;q=0", ("", True)),
        ("gzip; q=0", ("", True)),
        ("gzip;q=0, br;q=0", ("", True)),
        ("identity, gzip;q=0.5", ("", True)),
        ("identity;q=0.5, gzip", ("gzip", True)),
        ("identity;q=0.5, gzip;q=0.5", ("gzip", True)),
        ("identity;q=0, gzip", ("gzip", False)),
        ("identity;q=0", ("", False)),
        ("*;q=0", ("", False)),
        ("*;q=0, identity", ("", True)),
        ("gzip, *;q=0", ("gzip", False)),
        ("identity;q=0, *", ("zstd", False)),
        ("identity;q=0, *, zstd;q=0", ("br", False)),
        ("*", ("", True)),
        ("deflate", ("", True)),
        ("snappy, sdch", ("", True)),
        ("gzip" + "," * 600, ("", True)),
    ],
)
def test_the_coding_is_the_one_that_the_client_likes_best(header: str | None, expected: tuple[str, bool]) -> None:
    assert negotiated(header) == Choice(*expected)


@given(st.text(max_size=80))
def test_no_header_breaks_the_negotiation(header: str) -> None:
    assert negotiated(header).coding in ("", *CODINGS)


@pytest.mark.parametrize("name", CODINGS)
@given(chunks=st.lists(st.binary(max_size=300), max_size=8))
def test_a_coded_body_decodes_to_the_body_and_is_always_the_same(name: str, chunks: list[bytes]) -> None:
    body = b"".join(chunks)
    assert DECODERS[name](coded(body, name)) == body
    assert DECODERS[name](b"".join(coding(chunks, name))) == body
    assert coded(body, name) == coded(body, name)


def test_gzip_states_no_time() -> None:
    assert coded(b"x", "gzip")[4:8] == bytes(4)


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/html; charset=utf-8", True),
        ("text/turtle", True),
        ("application/sparql-results+json", True),
        ("application/rdf+xml", True),
        ("application/n-quads", True),
        ("application/problem+json", True),
        ("image/svg+xml", True),
        ("image/png", False),
        ("application/zip", False),
        ("application/gzip", False),
        ("font/woff2", False),
    ],
)
def test_only_what_gets_smaller_is_coded(content_type: str, expected: bool) -> None:
    assert worthwhile(content_type) is expected
