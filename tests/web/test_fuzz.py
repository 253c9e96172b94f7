"""Ten thousand mutated queries against the service as a user starts it: none of them may make it fail."""

from __future__ import annotations

import http.client
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

import serving
from lepgraph.content import Content

ROOT = Path(__file__).parent.parent.parent
NUMBER = 10_000
CLIENTS = 6
HONEST = {503, 504}
"""What may be said beside 2xx and 4xx: a worker was lost or all were busy; the deadline was reached."""

OPENINGS = {"{": "}", "(": ")", "[": "]", "{{": "}}", "<<": ">>", "<<(": ")>>", "{|": "|}"}
REPEATED = [
    "!", "-(", "-", "+", "a/(", "^(", "(", "OPTIONAL { ", "{ OPTIONAL ", "FILTER EXISTS { ", "FILTER NOT EXISTS { ",
    "MINUS { ", "{ SELECT * { ", "GRAPH ?g { ", "[ ?p ", "(1 ", "<< ?s ?p ", "<<( ?s ?p ", "IF(true, ", "COALESCE(",
    "|a", "/a", "||1", "&&1", "+1", "-1", "*1", "=1", ",1", ";?p 1", ". ?s ?p ?o", "UNION {}", "FILTER(1)",
    "BIND(1 AS ?x)", "VALUES ?x { 1 }", "PREFIX p: <p:> ", "BASE <http://e.example/> ", "FROM <g:g> ", "?x ", "'", '"',
    "'''", '"""', "\\", "\\u0041", "\\U00010000", "#", "\n", "\r", "\t", ".", ";", ",", "0", "1e", "_:a ", "@en", "^^",
    "é", "😀", "\u202e", "x", "<", ">", "$", "?", "(SELECT", "DESCRIBE * ", "*", "%", "SERVICE <http://127.0.0.1:9/> {}",
]  # fmt: skip
NASTY = [
    "ASK { ?s a*/a*/a*/a* ?o }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT (GROUP_CONCAT(?x) AS ?y) { ?x ?p ?o . ?q ?r ?t }",
    "SELECT (REPLACE('aaaaaaaaaaaaaaaaaaaaaaa', '(a*)*b', '') AS ?x) {}",
    "SELECT (REGEX('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '(a|aa)+$') AS ?x) {}",
    "SELECT (REGEX('a', '((((((((((a{1,100}){1,100}){1,100}){1,100}){1,100}){1,100}))))') AS ?x) {}",
    "ASK { FILTER(" + "9" * 400 + " > 1e-400 && 1.0 / 3 * 1e308 * 1e308 > -1.0e-5 && 0 / 0 = 1) }",
    "ASK { FILTER('2014-02-30T25:61:61Z'^^<http://www.w3.org/2001/XMLSchema#dateTime> > NOW()) }",
    "SELECT (SUBSTR('é😀', -5, 1e9) AS ?a) (ENCODE_FOR_URI('é\\u0000') AS ?b) (STRDT('x', <>) AS ?c) {}",
    "SELECT (IRI('http://[') AS ?x) (BNODE('a b') AS ?y) (STRLANG('a', 'not a tag') AS ?z) {}",
    "SELECT (<http://e.example/f>(1) AS ?x) (SUM(?x) AS ?y) (MAX(?z) AS ?q) { ?x ?p ?z }",
    "CONSTRUCT { ?s ?s ?s . ?o ?o ?o . _:a ?p [] } { ?s ?p ?o }",
    "CONSTRUCT { <a:b> <http://e.example/1> 'a\\u0001b\\r' } {}",
    "CONSTRUCT { ?s ?p << ?s ?p ?o >> } { ?s ?p ?o {| a ?b |} }",
    "DESCRIBE * { ?s ?p ?o }",
    "SELECT * { ?s ?p ?o LATERAL { SELECT * { ?s ?q ?r } LIMIT 1 } }",
    "SELECT * { VALUES (?x ?y ?x) { (1 2 3) (UNDEF UNDEF UNDEF) } ?x ?y ?x }",
    "SELECT * { ?s ?p ?o } LIMIT 99999999999999999999 OFFSET -1",
    "SELECT DISTINCT (1 AS ?x) ?y (?x + 1 AS ?z) { } GROUP BY ?y (1 AS ?w) HAVING(?w) ORDER BY RAND()",
    "INSERT DATA { <a:a> <b:b> 1 } ; LOAD <http://127.0.0.1/>",
]  # fmt: skip
ACCEPTS = ["*/*", "text/csv", "text/html", "application/sparql-results+xml", "text/turtle;q=0.5, application/rdf+xml", "application/ld+json, text/tab-separated-values", "image/png", "application/n-quads, application/json"]  # fmt: skip


def seeds() -> list[str]:
    files = sorted((ROOT / "queries" / "competency").glob("*.rq"))
    assert len(files) > 50
    return [path.read_text(encoding="utf-8") for path in files] + NASTY * 4


def mutated(dice: random.Random, seeds: list[str]) -> bytes:
    """One query: a seed, changed up to three times."""
    text = dice.choice(seeds)
    for _ in range(dice.randint(0, 3)):
        text = change(dice, text, seeds)
    body = bytearray(text[:300_000].encode("utf-8", "surrogatepass"))
    if dice.random() < 0.1:
        for _ in range(dice.randint(1, 8)):
            if body:
                body[dice.randrange(len(body))] ^= 1 << dice.randrange(8)
    return bytes(body)


def change(dice: random.Random, text: str, seeds: list[str]) -> str:
    here = dice.randint(0, len(text))
    there = min(len(text), here + int(dice.expovariate(1 / 20)))
    way = dice.choice((0, 1, 2, 2, 2, 3, 3, 4, 5, 5, 6, 6, 7, 7, 7, 8))
    if way == 0:
        return text[:here]
    if way == 1:
        other = dice.choice(seeds)
        return text[:here] + other[dice.randint(0, len(other)) :]
    if way == 2:
        return text[:here] + text[there:]
    if way == 3:
        return text[:here] + text[here:there] * dice.choice((2, 3, 50)) + text[there:]
    if way == 4:
        opening = dice.choice(list(OPENINGS))
        number = dice.choice((1, 2, 10, 150, 250, 3000, 20_000))
        return text[:here] + opening * number + text[here:there] + OPENINGS[opening] * number + text[there:]
    if way == 5:
        piece = dice.choice(REPEATED)
        number = dice.choice((1, 1, 1, 2, 10, 500, 5000))
        return text[:here] + piece * number + text[here:]
    if way == 6:
        words = text.split(" ")
        one, two = dice.randrange(len(words)), dice.randrange(len(words))
        words[one], words[two] = words[two], words[one]
        return " ".join(words)
    if way == 7:
        return text[:here] + text[here:there].swapcase() + text[there:]
    return (
        text[:here]
        + chr(dice.choice((dice.randrange(128), dice.randrange(0x3000), dice.randrange(0x20000))))
        + text[here:]
    )


def requested(dice: random.Random, query: bytes) -> tuple[str, str, bytes | None, dict[str, str]]:
    """Method, path, body and headers of a request that asks a query in one of the ways there are."""
    headers = {"Accept": dice.choice(ACCEPTS)}
    more = [("default-graph-uri", "https://lights.example/graph/account/pilot")] * dice.choice((0, 0, 0, 1, 2))
    way = dice.randrange(4)
    if way == 0 and len(query) < 4000:
        return "GET", f"/sparql?{urlencode([('query', query), *more])}", None, headers
    if way == 1:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return "POST", "/sparql", urlencode([("query", query), *more]).encode(), headers
    headers["Content-Type"] = "application/sparql-query"
    return dice.choice(("POST", "POST", "QUERY")), f"/sparql?{urlencode(more)}", query, headers


@pytest.fixture(scope="module")
def address(lighthouses: Content, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    cache = tmp_path_factory.mktemp("fuzz")
    small = {"LEPGRAPH_QUERY_SECONDS": "0.5", "LEPGRAPH_QUERY_MEMORY": "128", "LEPGRAPH_ANSWER_MEGABYTES": "8"}
    small |= {"LEPGRAPH_PROCESSES": "1", "LEPGRAPH_WORKERS": "3"}
    process, address = serving.start(["--content", str(lighthouses.root), "serve"], cache, small, cache / "log")
    yield address
    assert process.poll() is None, "the service ended"
    log = (cache / "log").read_text(encoding="utf-8", errors="replace")
    process.terminate()
    process.wait(timeout=20)
    assert "Traceback" not in log, log[-4000:]


def test_ten_thousand_mutated_queries_leave_the_service_answering(address: str) -> None:
    parts = urlsplit(address)
    known = seeds()

    def ask(client: int) -> Counter[int]:
        dice = random.Random(f"lepgraph {client}")
        statuses: Counter[int] = Counter()
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        for _ in range(client, NUMBER, CLIENTS):
            query = mutated(dice, known)
            method, path, body, headers = requested(dice, query)
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            said = response.read()
            assert response.status < 500 or response.status in HONEST, (response.status, said[:500], query[:2000])
            statuses[response.status] += 1
        connection.close()
        return statuses

    with ThreadPoolExecutor(CLIENTS) as threads:
        statuses: Counter[int] = sum(threads.map(ask, range(CLIENTS)), Counter())
    assert statuses.total() == NUMBER
    assert statuses[200] > NUMBER / 50
    assert statuses[400] > NUMBER / 10
    assert statuses[503] < NUMBER / 50  # limits in clauses.py come before the death of a worker
    assert statuses[504] < NUMBER / 2  # a busy machine takes its time
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    connection.request(
        "GET",
        "/sparql?"
        + urlencode({"query": "SELECT ?s { ?s a <https://lights.example/def/light#Lighthouse> }", "format": "csv"}),
    )
    assert len(connection.getresponse().read().splitlines()) == 4
    connection.close()
