"""What is read off the tokens of a query: calls of other hosts, datasets, escapes, and how much it asks of a parser."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import pyoxigraph
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lepgraph.errors import Fault, ParameterFault, QueryFault, Refused, from_members
from lepgraph.store.clauses import DEEPEST, MOST_PARTS, endpoints, read
from lepgraph.store.tokens import excerpt, place_of

ALLOWED = frozenset({"https://data.example/sparql", "http://127.0.0.1:7001/sparql"})
P = "{ ?s ?p ?o }"

CALLS = {
    "plain": f"ASK {{ SERVICE <http://127.0.0.1/> {P} }}",
    "small letters": f"ASK {{ sErViCe <http://127.0.0.1/> {P} }}",
    "silent": f"ASK {{ SERVICE SILENT <http://[::1]/> {P} }}",
    "variable": f"ASK {{ SERVICE ?x {P} }}",
    "variable that is bound": f"ASK {{ BIND(<http://127.0.0.1/> AS ?x) SERVICE $x {P} }}",
    "variable with values": f"ASK {{ SERVICE SILENT ?x {P} VALUES ?x {{ <https://data.example/sparql> }} }}",
    "prefixed name": f"PREFIX e: <http://127.0.0.1/> ASK {{ SERVICE e:sparql {P} }}",
    "empty prefix": f"PREFIX : <http://127.0.0.1/> ASK {{ SERVICE : {P} }}",
    "relative to BASE": f"BASE <http://127.0.0.1/> ASK {{ SERVICE <sparql> {P} }}",
    "relative to BASE with the scheme alone": f"BASE <http://data.example/> ASK {{ SERVICE <https:sparql> {P} }}",
    "network path": f"BASE <https://data.example/> ASK {{ SERVICE <//127.0.0.1/sparql> {P} }}",
    "short address": f"ASK {{ SERVICE <http://127.1/> {P} }}",
    "hexadecimal address": f"ASK {{ SERVICE <http://0x7f000001/> {P} }}",
    "decimal address": f"ASK {{ SERVICE <http://2130706433/> {P} }}",
    "octal address": f"ASK {{ SERVICE <http://0177.0.0.1:7001/sparql> {P} }}",
    "mapped address": f"ASK {{ SERVICE <http://[::ffff:127.0.0.1]:7001/sparql> {P} }}",
    "link-local address": f"ASK {{ SERVICE <http://169.254.169.254/latest/meta-data> {P} }}",
    "any address": f"ASK {{ SERVICE <http://0.0.0.0:7001/sparql> {P} }}",
    "localhost with a dot": f"ASK {{ SERVICE <http://localhost.:7001/sparql> {P} }}",
    "user before the host": f"ASK {{ SERVICE <https://data.example@127.0.0.1/sparql> {P} }}",
    "user before the allowed host": f"ASK {{ SERVICE <https://a:b@data.example/sparql> {P} }}",
    "another port": f"ASK {{ SERVICE <http://127.0.0.1:7002/sparql> {P} }}",
    "another path": f"ASK {{ SERVICE <https://data.example/sparql/../admin> {P} }}",
    "a query behind": f"ASK {{ SERVICE <https://data.example/sparql?update=x> {P} }}",
    "a fragment behind": f"ASK {{ SERVICE <https://data.example/sparql#x> {P} }}",
    "encoded path": f"ASK {{ SERVICE <https://data.example/%73parql> {P} }}",
    "encoded host": f"ASK {{ SERVICE <https://d%61ta.example/sparql> {P} }}",
    "longer host": f"ASK {{ SERVICE <https://data.example.evil.example/sparql> {P} }}",
    "another scheme": f"ASK {{ SERVICE <file:///etc/passwd> {P} }}",
    "nested": f"ASK {{ SERVICE <https://data.example/sparql> {{ SERVICE <http://127.0.0.1/> {P} }} }}",
    "in a subquery": f"ASK {{ {{ SELECT * {{ OPTIONAL {{ SERVICE <http://127.0.0.1/> {P} }} }} }} }}",
    "in EXISTS": f"ASK {{ FILTER NOT EXISTS {{ SERVICE <http://127.0.0.1/> {P} }} }}",
    "after an escape": f"ASK {{ \\u0053ERVICE <http://127.0.0.1/> {P} }}",
    "all escapes": f"ASK {{ \\U00000053\\u0045RVIC\\u0065 <http://127.0.0.1/> {P} }}",
    "escape that ends a comment": f"ASK {{ # \\u000A SERVICE <http://127.0.0.1/> {P}\nSERVICE ?x {P} }}",
    "comment between": f"ASK {{ SERVICE # here\n SILENT # there\n <http://127.0.0.1/> {P} }}",
    "comment ended by a carriage return": f"ASK {{ # x\rSERVICE <http://127.0.0.1/> {P} }}",
    "no space before": f"ASK {{ ?s ?p ?o.SERVICE<http://127.0.0.1/>{P} }}",
    "straight after true": f"ASK {{ ?s ?p trueSERVICE <http://127.0.0.1/> {P} }}",
    "straight after a number": f"ASK {{ ?s ?p 1e5SERVICE <http://127.0.0.1/> {P} }}",
    "after a comparison that looks like an IRI": f"ASK {{ FILTER(1<2)SERVICE#>\n<http://127.0.0.1/>{P} }}",
    "after a comment in what looks like an IRI": f"ASK {{ FILTER(1<2)#>'''\nSERVICE <http://127.0.0.1/>{P} #'''\n }}",
    "after a string in what looks like an IRI": f"ASK {{ FILTER(1<'>')SERVICE<http://127.0.0.1/>{P} FILTER('<'='') }}",
}

HARMLESS = {
    "string": 'ASK { FILTER("SERVICE <http://127.0.0.1/>" != "") }',
    "long string": "ASK { FILTER('''a 'quoted' SERVICE <x> {''' != \"\") }",
    "escaped quotes": 'ASK { FILTER("\\" SERVICE <x> {" != "") }',
    "escape in a string": 'ASK { FILTER("\\u0022 SERVICE <x> {" != "") }',
    "comment": "ASK {} # SERVICE <x> {",
    "IRI": "ASK { ?s <http://example.org/SERVICE> <urn:SERVICE> }",
    "variable": "ASK { ?service ?SERVICE $Service }",
    "prefix": "PREFIX service: <http://example.org/> ASK { ?s service:SERVICE ?o }",
    "name with a dot": "PREFIX p: <http://example.org/> ASK { ?s p:a.SERVICE ?o }",
    "blank node": "ASK { _:SERVICE ?p _:a.SERVICE }",
    "language tag": 'ASK { FILTER(LANGMATCHES("a"@service, "service")) ?s ?p "x"@service }',
    "row of values": "ASK { VALUES (?x ?y) { (1 <http://example.org/SERVICE#a>) (true <#SERVICE>) } }",
    "list of terms": "ASK { ?s ?p (1 <http://example.org/a)SERVICE#b>) }",
    "comparison without spaces": "ASK { BIND(1 AS ?a) FILTER(?a<2) }",
}


@pytest.mark.parametrize("text", CALLS.values(), ids=CALLS)
def test_calls_of_other_hosts_are_refused(text: str) -> None:
    for allowed in (frozenset[str](), ALLOWED):
        with pytest.raises((Refused, QueryFault)) as caught:
            read(text, "https://lights.example/", allowed)
        assert caught.value.detail


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_the_word_service_is_harmless_where_it_is_no_keyword(text: str) -> None:
    clauses = read(text, "https://lights.example/")
    assert clauses.services == ()
    pyoxigraph.Store().query(clauses.source.text, base_iri="https://lights.example/")


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("<https://data.example/sparql>", "https://data.example/sparql"),
        ("<HTTPS://Data.Example:443/sparql>", "https://data.example/sparql"),
        ("SILENT <http://127.0.0.1:7001/sparql>", "http://127.0.0.1:7001/sparql"),
        ("e:sparql", "https://data.example/sparql"),
        ("<sparql>", "https://data.example/sparql"),
        ("<https://data.example/\\u0073parql>", "https://data.example/sparql"),
    ],
)
def test_an_allowed_target_passes_in_the_spelling_of_the_operator(target: str, address: str) -> None:
    text = f"BASE <https://data.example/> PREFIX e: <https://data.example/> ASK {{ SERVICE {target} {P} }}"
    clauses = read(text, None, ALLOWED)
    assert clauses.services == (address,)
    assert f"<{address}>" in clauses.source.text


@pytest.mark.parametrize(
    "text", ["data.example", "ftp://data.example/", "https://", "https://a@data.example/", "http://x:y/"]
)
def test_a_setting_that_names_no_endpoint_is_refused(text: str) -> None:
    with pytest.raises(ParameterFault, match="not the address"):
        endpoints(text)
    assert endpoints(" https://a.example/ \n http://b.example/x ") == {"https://a.example/", "http://b.example/x"}


@pytest.mark.parametrize(
    "verb",
    [
        "LOAD <http://127.0.0.1/>",
        "DELETE WHERE { ?s ?p ?o }",
        "insert data {}",
        "CLEAR ALL",
        "WITH <g:g> DELETE {} WHERE {}",
        "\\u0044ROP ALL",
    ],
)
def test_an_update_is_refused_and_called_so(verb: str) -> None:
    with pytest.raises(Refused, match="is an update"):
        read(f"BASE <http://e.example/> PREFIX load: <x:> # SELECT\n{verb}")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"A\u0053K {}", "ASK {}"),
        (r"ASK { ?\u0061 ?p 'caf\u00E9' }", "ASK { ?a ?p 'café' }"),
        (
            r"ASK { ?s <http://e.example/\U0001F600> '\u005C\u0022\u000A' }",
            r"""ASK { ?s <http://e.example/😀> '\\\"\n' }""",
        ),
        (r"ASK { FILTER('\\u0041' = '') }", r"ASK { FILTER('\\u0041' = '') }"),
        (r"ASK {} # \u000A }", "ASK {} #  u000A }"),
    ],
)
def test_codepoint_escapes_are_resolved_before_tokens_are_read(written: str, meant: str) -> None:
    assert read(written).source.text == meant


@pytest.mark.parametrize(
    "text",
    [
        r"ASK { ?s ?p '\uD800' }",
        r"ASK { ?s ?p '\U00110000' }",
        r"ASK { <x:\u003E> ?p ?o }",
        r"ASK \u005Cu007B }",
        "ASK { ?s ?p '\x00' }",
        r"ASK { ?s ?p '\u0000' }",
    ],
)
def test_an_escape_that_stands_for_no_character_is_a_fault(text: str) -> None:
    with pytest.raises(QueryFault) as caught:
        read(text)
    assert caught.value.line == 1


def test_a_fault_after_an_escape_is_told_by_the_text_as_it_came() -> None:
    with pytest.raises(QueryFault) as caught:
        read("\\u0041SK {\n  ?\\u0061 ?p 'open }")
    assert (caught.value.line, caught.value.column) == (2, 14)
    assert caught.value.excerpt == "  ?\\u0061 ?p 'open }\n             ^"


N = 5000
BOMBS = {
    "groups": "ASK " + "{" * N + "}" * N,
    "parentheses": "ASK { FILTER(" + "(" * N + "1" + ")" * N + ") }",
    "lists": "ASK { ?s ?p " + "(" * N + ")" * N + " }",
    "blank nodes": "ASK { ?s ?p " + "[ <p:p> " * N + "1" + "]" * N + " }",
    "triple terms": "ASK { " + "<< " * N + "<s:s> <p:p> 1" + " >> <p:p> 1" * N + " }",
    "negations": "ASK { FILTER(" + "!" * N + "true) }",
    "signs": "ASK { FILTER(" + "- " * N + "1) }",
    "sums": "ASK { FILTER(1" + "+1" * N + ") }",
    "alternatives": "ASK { FILTER(?x" + "||?x" * N + ") }",
    "path of steps": "ASK { ?s <p:a>" + "/<p:a>" * N + " ?o }",
    "path of choices": "ASK { ?s <p:a>" + "|<p:a>" * N + " ?o }",
    "inverse path": "ASK { ?s " + "^(" * N + "<p:a>" + ")" * N + " ?o }",
    "optionals": "ASK { " + "OPTIONAL {} " * N + " }",
    "unions": "ASK { {}" + " UNION {}" * N + " }",
    "filters": "ASK { " + "FILTER(?s) " * N + " }",
    "functions": "ASK { FILTER(" + "IF(true,1," * N + "1" + ")" * N + ") }",
    "exists": "ASK { " + "FILTER EXISTS { " * N + "}" * N + " }",
    "projections": "SELECT " + " ".join(f"(1 AS ?v{n})" for n in range(N)) + " {}",
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_what_would_break_a_recursive_parser_is_a_fault_with_its_place(text: str) -> None:
    with pytest.raises(QueryFault, match=rf"levels deep|more than {MOST_PARTS} operators") as caught:
        read(text)
    assert caught.value.column > DEEPEST


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { VALUES (?x ?y) { " + "(-1 UNDEF) " * N + "} }",
        "ASK { FILTER(?x IN (" + ", ".join(["-1", *["1"] * N]) + ")) }",
        "ASK { ?s ?p " + ",".join(["1"] * N) + " }",
    ],
    ids=["values", "in", "objects"],
)
def test_long_lists_of_values_pass(text: str) -> None:
    read(text)


def test_a_chain_at_the_limit_does_not_end_the_engine() -> None:
    text = "ASK { FILTER(false" + "||false" * (MOST_PARTS - 5) + ") }"
    assert not pyoxigraph.Store().query(read(text).source.text)


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("ASK {", 4, "ASK {\n    ^"),
        ("a\r\nbc", 4, "bc\n ^"),
        ("\tx y", 1, "    x y\n    ^"),
        ("日本 x", 3, "日本 x\n     ^"),
        ("e\u0301 x", 3, "e\u0301 x\n  ^"),
        ("a\x1bb", 2, "a\N{REPLACEMENT CHARACTER}b\n  ^"),
        ("", 0, "\n^"),
    ],
)
def test_an_excerpt_has_its_caret_under_the_place(text: str, place: int, expected: str) -> None:
    assert excerpt(text, place) == expected


def test_an_excerpt_of_a_long_line_is_cut_around_the_place() -> None:
    line, caret = excerpt("x" * 1000 + "Y" + "z" * 1000, 1000).split("\n")
    assert len(line) <= 103
    assert line[len(caret) - 1] == "Y"
    assert line[0] == line[-1] == "…"
    assert place_of("x" * 1000, 1000) == (1, 1001)


@pytest.mark.parametrize(
    "fault", [QueryFault("a", line=2, column=3, hint="h", excerpt="x\n^"), QueryFault("b"), Refused("c", hint="d")]
)
def test_a_fault_survives_the_way_through_another_process(fault: Fault) -> None:
    again = from_members(fault.members())
    assert type(again) is type(fault)
    assert again.members() == fault.members()


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """A socket that nobody may call."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        listening.setblocking(False)
        yield listening


PIECES = [
    "SERVICE",
    "service ",
    "SILENT ",
    "<TARGET>",
    "?x",
    "$s",
    "{",
    "}",
    "(",
    ")",
    "ASK",
    "FILTER",
    "<",
    ">",
    "1",
    "2",
    "'",
    '"',
    "'''",
    "#",
    "\n",
    "\r",
    " ",
    " ",
    ".",
    ";",
    ",",
    "true",
    "1e5",
    "a",
    "@en",
    "^^",
    "\\",
    "\\u0053",
    "\\u0027",
    "\\u000A",
    "p:",
    "p:x",
    "_:b",
    "=",
    "||",
    "!",
    "/",
    "|",
    "EXISTS",
    "BIND",
    "AS",
    "VALUES",
    "OPTIONAL",
    "[",
    "]",
    "{?s ?p ?o}",
    "FILTER(1<2)",
    "?s ?p ",
    "#>\n",
]


@given(
    st.lists(st.sampled_from(PIECES), max_size=14),
    st.sampled_from(["SERVICE <TARGET> {?s ?p ?o}", "SERVICE p:x {?s ?p ?o}", ""]),
    st.lists(st.sampled_from(PIECES), max_size=8),
)
@hypothesis_settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_called_harmless_calls_nobody(
    listener: socket.socket, before: list[str], call: str, after: list[str]
) -> None:
    target = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    text = ("PREFIX p: <TARGET> ASK { " + "".join(before) + call + "".join(after) + " }").replace("TARGET", target)
    try:
        harmless = read(text).source.text
    except (QueryFault, Refused):
        return
    with contextlib.suppress(SyntaxError, ValueError, OSError, RuntimeError):
        pyoxigraph.Store().query(harmless)
    with pytest.raises(BlockingIOError):
        listener.accept()
