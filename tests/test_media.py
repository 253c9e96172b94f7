"""Content negotiation by RFC 9110, 12.5.1."""

from __future__ import annotations

import pytest

from lepgraph.media import GRAPHS, HTML, PAGE, RESULTS, Format, choose, named


@pytest.mark.parametrize(
    ("accept", "offers", "expected"),
    [
        (None, PAGE, "html"),
        ("", PAGE, "html"),
        ("*/*", PAGE, "html"),
        ("text/turtle", PAGE, "ttl"),
        ("application/rdf+xml;q=0.5, text/turtle;q=0.4", GRAPHS, "rdf"),
        ("text/turtle;q=0, */*;q=0.1", GRAPHS, "nt"),
        ("text/*;q=0.3, text/turtle;q=0.2, application/n-triples;q=0.25", GRAPHS, "nt"),
        ('application/ld+json; profile="http://www.w3.org/ns/json-ld#compacted"', GRAPHS, "jsonld"),
        ("application/xhtml+xml,application/xml;q=0.9,text/html,*/*;q=0.8", (*RESULTS, HTML), "html"),
        ("application/json", RESULTS, "json"),
        ("TEXT/CSV", RESULTS, "csv"),
        ("application/sparql-results+xml, */*;q=0.1", RESULTS, "xml"),
        ("image/png", PAGE, None),
        ("text/turtle;q=0", (GRAPHS[0],), None),
    ],
)
def test_the_client_gets_the_best_it_admits(
    accept: str | None, offers: tuple[Format, ...], expected: str | None
) -> None:
    chosen = choose(accept, offers)
    assert (chosen.name if chosen else None) == expected


@pytest.mark.parametrize(("name", "expected"), [("csv", "csv"), ("TEXT/CSV", "csv"), ("json", "json"), ("png", None)])
def test_a_format_can_be_named(name: str, expected: str | None) -> None:
    found = named(name, RESULTS)
    assert (found.name if found else None) == expected
