"""What somebody who means harm would put into parameters and data, and how to see in an answer that it took effect."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from urllib.parse import urlsplit

MARK = "hostile"
"""An element and a function of this name must not come to be."""
HARM = f'"><{MARK}>x</{MARK}><img src=x onerror={MARK}()>'
TEXTS = {
    "an element": HARM,
    "an attribute": f"' on{MARK}='{MARK}()' x=\"\" on{MARK}=\"{MARK}()",
    "the end of a script": f"</script><{MARK}></script><script>{MARK}()</script>",
    "the end of other elements": f"</title></textarea></svg></style>--><{MARK}>]]><{MARK}>",
    "a script address": f"javascript:{MARK}()",
    "a hidden script address": f" \tjava\nscript:{MARK}()",
    "a data address": f"data:text/html,<{MARK}>",
    "another host": "//evil.example/x",
    "a template": "{{ config }}{% raw %}${7*7}#{7*7}",
    "a new line": "x\r\nSet-Cookie: hostile=1\r\n\r\n<hostile>",
    "text from right to left": "\u202e\u2066abc\u0000\u200f",
    "a long text": "<hostile>" + "a" * 1000,
    "a query": '> } SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } # "',
    "a number that is too large": "99999999999999999999999999",
    "a number below all": "-1",
    "a date that is none": "2014-02-30",
    "no text": "",
    "a way out": "../../../../etc/passwd",
}
_LINKS = ("href", "xlink:href", "src", "action", "formaction", "data-suggest", "data-geojson", "poster", "cite")
_TEXTS = ("script", "style")


class Seen(HTMLParser):
    """A page as a browser reads it, and what is wrong with it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.links: list[str] = []
        self.heading = ""
        self._open: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._open.append((tag, given))
        if tag in (MARK, "iframe", "object", "embed", "base", "style") or (tag == "meta" and "http-equiv" in given):
            self.faults.append(f"there is an element {tag}")
        if tag == "script" and "src" not in given and given.get("type") != "application/ld+json":
            self.faults.append("there is a script in the page")
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.faults.append(f"{tag} has an attribute {name}")
            if name in _LINKS:
                self._look(tag, value or "")

    def _look(self, tag: str, address: str) -> None:
        if tag == "a":
            self.links.append(address)
            if not address:
                self.faults.append("a link leads nowhere")
        plain = "".join(character for character in address if character > " ")
        try:
            scheme = urlsplit(plain).scheme
        except ValueError:
            self.faults.append(f"{tag} leads to {address[:80]!r}, which is no address")
            return
        if scheme not in ("", "http", "https") or plain.startswith(("//", "/\\", "\\")):
            self.faults.append(f"{tag} leads to {address[:80]!r}")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tag, given = self._open[-1] if self._open else ("", {})
        if tag == "h1":
            self.heading += data
        if tag == "script" and given.get("type") == "application/ld+json":
            try:
                json.loads(data)
            except ValueError as error:
                self.faults.append(f"the data in the page is no JSON: {error}")


def faults_of(media_type: str | None, body: bytes, page: Seen | None = None) -> list[str]:
    """What is wrong with an answer, as a parser of its own kind sees it."""
    media_type = media_type or ""
    if not media_type.startswith("text/") and not media_type.endswith(("json", "xml")):
        return []
    text = body.decode("utf-8")
    if media_type == "text/html":
        page = page or Seen()
        page.feed(text)
        page.close()
        return page.faults if page.heading.strip() else [*page.faults, "the page has no heading"]
    try:
        if media_type.endswith("json"):
            json.loads(text)
        elif media_type.endswith("xml"):
            ET.fromstring(text)
    except (ValueError, ET.ParseError) as error:
        return [f"{media_type} cannot be read: {error}"]
    return []
