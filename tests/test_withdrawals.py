"""The register of withdrawn identifiers is read whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lepgraph.content import Content
from lepgraph.errors import ContentFault
from lepgraph.withdrawals import COLUMNS, FILE, withdrawn


def test_content_without_the_file_has_withdrawn_nothing(content: Content) -> None:
    assert not (content.root / FILE).exists()
    assert withdrawn(content) == {}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("id/lighthouse/a,Why.,2026-11-25,", "row 2, column path: 'id/lighthouse/a' is not the path of an identifier"),
        ("/id/lighthouse/a,,2026-11-25,", "row 2, column reason: there is none"),
        ("/id/lighthouse/a,Why.,2026-02-30,", "row 2, column date: '2026-02-30' is not a date"),
        ("/id/lighthouse/a,Why.,2026-11-25,javascript:x", "row 2, column successor"),
        ("/id/lighthouse/a,Why.,2026-11-25,/id/lighthouse/a", "it succeeds itself"),
        ("/id/lighthouse/a,Why.", "row 2: 2 cells in place of 4"),
        ("/id/lighthouse/a,Why.,2026-11-25,\n/id/lighthouse/a,Why.,2026-11-25,", "row 3, column path: /id/lighthouse/a stands twice"),
    ],
)  # fmt: skip
def test_a_faulty_row_stops_the_start(lighthouses: Content, tmp_path: Path, row: str, said: str) -> None:
    root = tmp_path / "content"
    shutil.copytree(lighthouses.root, root)
    (root / FILE).write_text(f"{','.join(COLUMNS)}\n{row}\n", encoding="utf-8")
    with pytest.raises(ContentFault) as fault:
        withdrawn(Content(root))
    assert said in str(fault.value)


def test_the_columns_are_named(lighthouses: Content, tmp_path: Path) -> None:
    root = tmp_path / "content"
    shutil.copytree(lighthouses.root, root)
    (root / FILE).write_text("path,why\n", encoding="utf-8")
    with pytest.raises(ContentFault, match="the columns must be path, reason, date, successor"):
        withdrawn(Content(root))
