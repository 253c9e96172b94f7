"""Every example of docs/clients.md does what it says, against a running service, with the real tool."""

from __future__ import annotations

import functools
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from javascript import NODE, packages

ROOT = Path(__file__).parent.parent
WRITTEN = "http://127.0.0.1:8000"
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def examples() -> dict[str, tuple[str, str, str]]:
    """By heading: language, code, and what it prints."""
    text = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
    found = {}
    for section in text.split("\n## ")[1:]:
        heading = section.partition("\n")[0].partition(",")[0]
        (language, code), *others = _BLOCK.findall(section)
        found[heading] = (language, code, others[0][1] if others else "")
    return found


EXAMPLES = examples()


def test_there_is_an_example_for_each_tool() -> None:
    assert list(EXAMPLES) == ["curl", "pandas", "SPARQLWrapper", "rdflib", "Oxigraph", "Comunica", "YASGUI"]
    assert all(expected for heading, (_, _, expected) in EXAMPLES.items() if heading != "YASGUI")


@pytest.mark.parametrize(
    "heading",
    [heading for heading, (language, _, _) in EXAMPLES.items() if language in ("bash", "python", "javascript")],
)
def test_an_example_prints_what_the_page_says(heading: str, served: str) -> None:
    language, code, expected = EXAMPLES[heading]
    code = code.replace(WRITTEN, served)
    folder: Path | None = None
    if language == "javascript":
        folder = packages()
        command = [str(NODE), "--input-type=module", "--eval", code]
    else:
        command = ["bash", "-c", code] if language == "bash" else [sys.executable, "-W", "error", "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=folder)
    assert (result.stderr, result.returncode) == ("", 0)
    assert [line.split() for line in result.stdout.splitlines()] == [line.split() for line in expected.splitlines()]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the name is the base class's
        pass


@pytest.fixture
def other_site(served: str) -> Iterator[str]:
    """A site of another origin, with the page of the example."""
    folder = packages()
    (folder / "yasgui.html").write_text(EXAMPLES["YASGUI"][1].replace(WRITTEN, served), encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_yasgui_in_a_page_of_another_site_shows_the_rows(other_site: str, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(f"{other_site}/yasgui.html")
    page.evaluate(
        "yasgui.getTab().yasqe.setValue('SELECT (COUNT(*) AS ?practices) { ?s a <https://w3id.org/lepgraph/def/lep#Practice> }')"
    )
    page.evaluate("yasgui.getTab().yasqe.query()")
    expect(page.locator(".yasr table.dataTable tbody")).to_contain_text("153")
    page.close()
