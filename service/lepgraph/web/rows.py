"""Counts the rows of an answer from its bytes, as they pass: solutions of CSV, TSV, JSON and XML, triples of N-Triples.

Exact or nothing: of other formats, and of bytes that are not what they claim to be, it says nothing. Pure, and cheap:
everything that is long is left to the loops of the standard library.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from itertools import accumulate

from lepgraph.media import CSV, N_QUADS, N_TRIPLES, RESULTS_JSON, RESULTS_XML, TSV, Format

_STRINGS = re.compile(rb'"[^"]*"')
_STATEMENTS = re.compile(rb"^[ \t]*[<_]", re.M)
_BEYOND_CSV = bytes(sorted(set(range(256)) - set(b'"\n')))
_BEYOND_JSON = bytes(sorted(set(range(256)) - set(b'"{}')))
_STEPS = bytes.maketrans(b"{}", b"\x01\xff")
_ROW_DEPTH = 3
"""Braces around the inside of a row of JSON results: the document's, those of ``results`` and the row's."""


class Rows:
    """Counts the rows of one answer; ``None`` for a format of which rows are not counted."""

    def __init__(self, form: Format | None) -> None:
        self._count: Callable[[bytes], None] | None = None
        self._rows = 0
        self._kept = b""
        self._depth = 0
        self._ended = True
        counters = {
            CSV: self._csv,
            TSV: self._tsv,
            RESULTS_JSON: self._json,
            RESULTS_XML: self._xml,
            N_TRIPLES: self._statements,
            N_QUADS: self._statements,
        }
        if form is not None:
            self._count = counters.get(form)
        self._header = form in (CSV, TSV)

    def feed(self, chunk: bytes) -> None:
        """Counts what the next bytes of the answer hold."""
        if self._count is not None and chunk:
            self._count(chunk)

    def number(self) -> int | None:
        """Rows so far, or None where they are not known."""
        if self._count is None:
            return None
        rows = self._rows + (0 if self._ended else 1)
        return max(rows - 1, 0) if self._header else rows

    def _csv(self, chunk: bytes) -> None:
        self._ended = chunk.endswith(b"\n")
        left = self._kept + chunk.translate(None, _BEYOND_CSV)
        left = _STRINGS.sub(b"", left)
        outside, quote, _ = left.partition(b'"')
        self._rows += outside.count(b"\n")
        self._kept = quote  # an open string: what is in it does not count
        if quote:
            self._ended = False

    def _tsv(self, chunk: bytes) -> None:
        self._ended = chunk.endswith(b"\n")
        self._rows += chunk.count(b"\n")

    def _json(self, chunk: bytes) -> None:
        text = self._kept + chunk
        cut = len(text) - len(text.rstrip(b"\\"))
        self._kept = text[len(text) - cut :] if cut % 2 else b""
        text = text[: len(text) - len(self._kept)]
        left = text.replace(rb"\\", b"").replace(rb"\"", b"").translate(None, _BEYOND_JSON).replace(b'""', b"")
        left = _STRINGS.sub(b"", left)
        outside, quote, _ = left.partition(b'"')
        depths = accumulate(array("b", outside.translate(_STEPS)), initial=self._depth)
        self._levels(list(depths))
        self._kept = quote + self._kept

    def _levels(self, depths: list[int]) -> None:
        """Counts the steps from the depth above a row into a row."""
        self._depth = depths[-1]
        if min(depths) < 0 or max(depths) > 255:
            self._count = None
            return
        self._rows += bytes(depths).count(bytes((_ROW_DEPTH - 1, _ROW_DEPTH)))

    def _xml(self, chunk: bytes) -> None:
        text = self._kept + chunk
        if b"<!" in text:  # a comment or CDATA, which may hold anything
            self._count = None
        self._rows += text.count(b"<result>") + text.count(b"<result/>")
        last = text.rfind(b"<", max(0, len(text) - len(b"<result/")))
        self._kept = text[last:] if last >= 0 and b">" not in text[last:] else b""

    def _statements(self, chunk: bytes) -> None:
        text = self._kept + chunk
        whole, newline, rest = text.rpartition(b"\n")
        self._rows += len(_STATEMENTS.findall(whole + newline)) if newline else 0
        self._kept = rest
        self._ended = _STATEMENTS.match(rest) is None
