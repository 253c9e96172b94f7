"""Pages of lepgraph beside those of Trifid, over the same data and on the same machine; prints, asserts no speed.

``make pages`` runs it; it needs ``wrk`` and ``chromium``. Both servers are asked in turn, so that other load on the
machine falls on both. Trifid has no lists and no stored queries: its nearest are the page of a path that ends in a
slash, and its query editor, in which a browser runs the same query. A page that does not show what it should ends
the run. What a request costs is also given as processor time, which other load disturbs less.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import graphs, servers
from benchmarks.load import hammered
from benchmarks.peers import OURS, WITHOUT_CACHE, say
from benchmarks.trifid import trifid
from lepgraph.content import Content
from lepgraph.loading import building
from lepgraph.loading.building import Version
from lepgraph.querying import Library
from lepgraph.settings import Settings

ACCEPT = "text/html"
WIDE = (40, 11, 11, 11, 11, 11, 11)
CACHED = "lepgraph, with its cache"
TRIFID = "Trifid"
MOST = 100_000
"""Bytes that a page without its maps should have at most."""
OTHERS = ["/def/lep", "/def/theme", "/id", "/queries", "/api", "/catalog", "/quality", "/validate", "/sparql"]
OTHERS += ["/search?q=lichfield", "/compare?thing=partnership/humber&thing=partnership/dorset"]
ASKED = "districts-of-a-partnership-on-a-date"
SHAPED = {"partnership": "leeds-city-region", "date": "2015-05-01"}


@dataclass(frozen=True)
class Wanted:
    """A kind of page: its path, words that its HTML has, and words that a reader sees when it is all there."""

    kind: str
    path: str
    words: str
    shown: str


@dataclass(frozen=True)
class Server:
    """A running server with the processes that work for it."""

    name: str
    address: str
    first: Sequence[int]
    pages: Sequence[Wanted]

    def spent(self) -> float:
        """Milliseconds of processor time so far."""
        return servers.processor(one for first in self.first for one in servers.family(first))


@dataclass(frozen=True)
class Taken:
    """What one answer took: milliseconds to its first byte and to its last, those of processors, and its body."""

    first: float
    last: float
    processor: float
    body: bytes


def ours(question: str) -> list[Wanted]:
    """The pages of lepgraph that are measured."""
    return [
        Wanted("home", "/", "local enterprise partnership", "Dataset version"),
        Wanted("partnership", "/doc/partnership/leeds-city-region", "Leeds City Region", "Who says so"),
        Wanted("list", "/id/partnership", "Leeds City Region", "Worcestershire"),
        Wanted("query", question, "E07000163", "Craven"),
    ]


def theirs(query: str) -> list[Wanted]:
    """The nearest pages of Trifid."""
    return [
        Wanted("home", "/", "Welcome to Trifid", "Welcome to Trifid"),
        Wanted("partnership", "/id/partnership/leeds-city-region", "Leeds City Region", "Leeds City Region"),
        Wanted("list", "/id/partnership/", "leeds-city-region", "worcestershire"),
        Wanted("query", f"/sparql/#query={quote(query)}", "yasgui", "Craven"),
    ]


def asked(connection: HTTPConnection, server: Server, path: str, words: str) -> Taken:
    """One answer over a kept connection; raises RuntimeError if it is not the page that was wanted."""
    before = server.spent()
    started = time.perf_counter()
    connection.request(
        "GET", path.partition("#")[0], headers={"Accept": ACCEPT, "Host": urlsplit(server.address).netloc}
    )
    response = connection.getresponse()
    first = (time.perf_counter() - started) * 1000
    body = response.read()
    last = (time.perf_counter() - started) * 1000
    if response.status != 200 or words.encode() not in body:
        raise RuntimeError(f"{server.name} answered {path} with {response.status} and without {words!r}")
    return Taken(first, last, server.spent() - before, body)


def answers(those: Sequence[Server], rounds: int) -> dict[tuple[str, str], float]:
    """Each page of each server in turn; prints a table and gives the medians to the last byte."""
    taken: dict[tuple[str, str], list[Taken]] = {}
    connections = {server.name: HTTPConnection(urlsplit(server.address).netloc, timeout=120) for server in those}
    for number in range(-2, rounds):
        for place in range(4):
            for server in those:
                page = server.pages[place]
                found = asked(connections[server.name], server, page.path, page.words)
                if number >= 0:  # the first are for warming
                    taken.setdefault((page.kind, server.name), []).append(found)
    say(f"\nOne client, {rounds} rounds, median ms", "first byte", "last byte", "processor", "KB", "ratio", widths=WIDE)
    medians = {}
    for (kind, name), all_of in taken.items():
        first, last, processor = (
            statistics.median(getattr(one, what) for one in all_of) for what in ("first", "last", "processor")
        )
        medians[kind, name] = last
        ratio = last / medians[kind, OURS]
        say(f"{kind}: {name}", first, last, processor, len(all_of[-1].body) / 1000, ratio, widths=WIDE)
    return medians


def throughputs(those: Sequence[Server], seconds: float, clients: int = 16) -> None:
    """Each page asked for by many clients without a pause."""
    say(f"\n{clients} clients", "a second", "median ms", "99 % ms", "failed", "ratio", widths=WIDE)
    for place in range(4):
        begun = 0.0
        for server in those:
            page = server.pages[place]
            figures = hammered(server.address, [page.path.partition("#")[0]], ACCEPT, clients, seconds)
            for first in server.first:
                servers.settled(first)
            begun = begun or figures.rate
            ratio = begun / figures.rate if figures.rate else float("inf")
            row = (figures.rate, figures.median, figures.worst, figures.failed, ratio)
            say(f"{page.kind}: {server.name}", *row, widths=WIDE)


_TIMES = """() => {
  const [page] = performance.getEntriesByType('navigation')
  const paint = performance.getEntriesByName('first-contentful-paint')[0]
  const files = performance.getEntriesByType('resource')
  return [page.responseStart, page.domContentLoadedEventEnd, page.loadEventEnd, paint ? paint.startTime : NaN,
    performance.now(), files.length, [page, ...files].reduce((sum, one) => sum + one.transferSize, 0) / 1000]
}"""


def rendered(browser: Browser, server: Server, wanted: Wanted) -> list[float]:
    """Milliseconds of a page in a browser that has nothing of it yet, until it shows what it should; other hosts
    cannot be reached."""
    with browser.new_context(base_url=server.address, viewport={"width": 1280, "height": 900}) as context:
        context.route(lambda address: not address.startswith(server.address), lambda route: route.abort())
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(wanted.path, wait_until="load")
        run(page)
        page.wait_for_function("words => document.body.innerText.includes(words)", arg=wanted.shown, polling=20)
        found: list[float] = page.evaluate(_TIMES)
        return found


def run(page: Page) -> None:
    """Presses the button of an editor that does not run a query by itself."""
    button = page.locator(".yasqe_queryButton")
    if button.count():
        button.first.click()


def renderings(those: Sequence[Server], rounds: int) -> None:
    """Each page in Chromium, each time with an empty cache."""
    heads = ("first byte", "DOM ready", "loaded", "first paint", "shown", "files", "KB", "ratio")
    widths = (40, *[11] * len(heads))
    say(f"\nIn Chromium, {rounds} rounds, median ms", *heads, widths=widths)
    taken: dict[tuple[str, str], list[list[float]]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for number in range(-1, rounds):
            for place in range(4):
                for server in those:
                    page = server.pages[place]
                    found = rendered(browser, server, page)
                    if number >= 0:
                        taken.setdefault((page.kind, server.name), []).append(found)
        browser.close()
    for (kind, name), all_of in taken.items():
        medians = [statistics.median(column) for column in zip(*all_of, strict=True)]
        reference = statistics.median(one[4] for one in taken[kind, OURS])
        say(f"{kind}: {name}", *medians, medians[4] / reference, widths=widths)


def kinds(content: Content, library: Library, version: Version, most: int) -> dict[str, list[str]]:
    """Paths by kind of page, evenly taken from what there is: every list, a number of things of each, every question."""
    base = content.addresses.base
    subjects: dict[str, set[str]] = {}
    with version.snapshot.open(encoding="utf-8") as lines:
        for line in lines:
            parts = line[1 : line.index(">")].removeprefix(f"{base}id/").split("/")
            if line.startswith(f"<{base}id/") and len(parts) == 2:
                subjects.setdefault(parts[0], set()).add(parts[1])
    found = {"home": ["/"], "lists": [f"/id/{concept}" for concept in content.catalogue.concepts]}
    for concept in content.catalogue.concepts:
        keys = sorted(subjects.get(concept, ()))
        found[concept] = [f"/doc/{concept}/{key}" for key in keys[:: -(-len(keys) // most) or 1]]
    questions: list[str] = []
    maps: list[str] = []
    for query in library.questions.values():
        examples = {one.name: one.example for one in query.parameters if one.example}
        mapped = any(item.kind == "map" for item in query.shows)
        (maps if mapped else questions).append(f"/queries/{query.name}?{urlencode(examples)}")
    found |= {"questions": questions, "questions with maps": maps, "others": OTHERS}
    return {kind: paths for kind, paths in found.items() if paths}


def without_maps(body: bytes) -> int:
    """Bytes of a page but for the drawings of its maps."""
    size = len(body)
    for piece in body.split(b'<figure class="map"')[1:]:
        size -= len(piece.partition(b'<div class="drawing">')[2].partition(b"</div>")[0])
    return size


def sampled(server: Server, paths: Mapping[str, Sequence[str]], rounds: int = 3) -> None:
    """Server time for each kind of page without the cache, and the pages that are too heavy."""
    heads = ("pages", "median ms", "processor", "slowest", "KB", "heaviest")
    say("\nEach kind of page, worked out each time", *heads, widths=WIDE)
    connection = HTTPConnection(urlsplit(server.address).netloc, timeout=120)
    heavy: list[tuple[int, str]] = []
    slow: list[tuple[float, str]] = []
    for kind, those in paths.items():
        best = {path: quickest(connection, server, path, rounds) for path in those}
        sizes = {path: without_maps(one.body) for path, one in best.items()}
        heavy += [(size, path) for path, size in sizes.items() if size > MOST]
        slow += [(one.last, path) for path, one in best.items() if one.last > 10]
        last, processor = (
            statistics.median(getattr(one, what) for one in best.values()) for what in ("last", "processor")
        )
        slowest = max(one.last for one in best.values())
        size = statistics.median(sizes.values()) / 1000
        say(kind, len(best), last, processor, slowest, size, max(sizes.values()) / 1000, widths=WIDE)
    say(f"\nPages over {MOST:,} bytes without maps: {len(heavy)}")
    for size, path in sorted(heavy, reverse=True)[:20]:
        say(path, size, widths=(70, 12))
    say(f"\nThe slowest of {len(slow)} pages over 10 ms")
    for milliseconds, path in sorted(slow, reverse=True)[:20]:
        say(path, milliseconds, widths=(70, 12))


def quickest(connection: HTTPConnection, server: Server, path: str, rounds: int) -> Taken:
    """The quickest of a few answers: the others waited for a processor that somebody else had."""
    return min((asked(connection, server, path, "<h1") for _ in range(rounds)), key=lambda one: one.last)


def main(arguments: argparse.Namespace) -> None:
    """Starts both and measures."""
    settings, content = Settings.from_environment(), Content.found()
    version, library = building.current(content, settings.cache), Library(content)
    question = f"/queries/{ASKED}?{urlencode(SHAPED)}"
    parts: dict[str, Callable[[list[Server]], object]] = {
        "answers": lambda those: answers(those, arguments.rounds),
        "load": lambda those: throughputs(those, arguments.seconds),
        "browser": lambda those: renderings(those, arguments.rounds),
    }
    with tempfile.TemporaryDirectory(prefix="pages-") as scratch, ExitStack() as together:
        shaped = library.questions[ASKED]
        query = shaped.bound(shaped.terms(SHAPED, content.addresses))
        plain = together.enter_context(servers.lepgraph(OURS, version.snapshot, settings.cache, **WITHOUT_CACHE))
        cached = together.enter_context(servers.lepgraph(CACHED, version.snapshot, settings.cache))
        those = [
            Server(peer.name, peer.address.removesuffix("/sparql"), [peer.process], ours(question))
            for peer in (plain, cached)
        ]
        if set(arguments.parts) & set(parts):
            triples = graphs.merged(version.snapshot, Path(scratch) / "merged.nt")
            peer, processes = together.enter_context(trifid(triples, content.addresses.base, Path(".cache")))
            those.append(Server(TRIFID, peer.address, processes, theirs(query)))
        say(f"{version.triples} triples")
        for part in arguments.parts:
            if part in parts:
                parts[part](those)
            else:
                sampled(those[0], kinds(content, library, version, arguments.things))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--things", type=int, default=20, help="things of each kind")
    parser.add_argument("--parts", nargs="+", default=["answers", "load", "browser", "kinds"])
    given = parser.parse_args()
    if absent := [program for program in ("wrk", "chromium") if not shutil.which(program)]:
        sys.exit(f"Not installed here: {', '.join(absent)}.")
    main(given)
