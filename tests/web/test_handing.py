"""Records handed in over HTTP in every way, and what is no record: refused with its reason, nothing kept, nothing logged."""

from __future__ import annotations

import csv
import io
import logging
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from urllib3 import encode_multipart_formdata
from werkzeug.test import TestResponse, create_environ, run_wsgi_app

from lepgraph.errors import NotKept
from lepgraph.media import CSV, XLSX
from lepgraph.site import Site
from lepgraph.validation.readiness import Nothing
from lepgraph.validation.records import File
from lepgraph.validation.results import Results
from lepgraph.web import create_app
from reading import visible

HTML = {"Accept": "text/html"}
TURTLE = "text/turtle"
LIGHT = "https://lights.example/def/light#"
GOOD = f'<lighthouse/new> a <{LIGHT}Lighthouse> ; <http://www.w3.org/2000/01/rdf-schema#label> "New"@en .'
BAD = f'<lighthouse/new> a <{LIGHT}Lighthouse> ; <{LIGHT}height> "tall <b>" ; <{LIGHT}keptBy> <keeper/zed> .'
WHOLE = 4 * 1024 * 1024
SHAPES = f"""@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:own> a sh:NodeShape ; sh:targetClass <{LIGHT}Lighthouse> ; sh:property [
  sh:path <{LIGHT}colour> ; sh:name "colour"@en ; sh:minCount 1 ; sh:message "Say the colour."@en ] ."""


def handed(client: FlaskClient, *files: tuple[str, bytes], query: str = "", **headers: str) -> TestResponse:
    body, kind = encode_multipart_formdata([("file", file) for file in files])
    return client.post(f"/validate{query}", data=body, content_type=kind, headers=headers)


def filled(client: FlaskClient, **fields: str) -> str:
    data = {"template": "lighthouse", **{f"field:{name.replace('_', ' ')}": value for name, value in fields.items()}}
    return client.post("/validate", data=data, headers=HTML).text


@pytest.mark.parametrize(
    ("files", "status", "reason"),
    [
        ([("a.ttl", b"#" * (WHOLE // 2)), ("b.ttl", b"#" * (WHOLE // 2 + 1))], 413, "together"),
        ([("a.ttl", b"#" * (WHOLE + 1))], 413, "limit"),
        ([(f"{n}.ttl", b"") for n in range(51)], 413, "at most 50"),
        ([("records.zip", b"PK\x03\x04")], 415, "zip"),
        ([("records.ttl", b"PK\x03\x04")], 400, ""),
        ([("records.csv", b"PK\x03\x04\0")], 400, "no text"),
        ([("x.ttl", b"address,label,height\nnew,New,3\n")], 400, "line 1"),
        ([("x.xlsx", b"address,label\n")], 400, ""),
        ([("x.pdf", b"%PDF-1.7")], 415, "pdf"),
        ([("x.csv", b"")], 400, "empty"),
        ([("x.ttl", b"")], 400, "no triples"),
        ([("../../etc/passwd", b"x")], 415, ""),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read_are_refused(
    lights_client: FlaskClient, files: list[tuple[str, bytes]], status: int, reason: str
) -> None:
    response = handed(lights_client, *files)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert response.json is not None
    assert reason in response.json["detail"] + response.json.get("hint", "")
    page = handed(lights_client, *files, **HTML)
    assert page.status_code == status
    assert page.mimetype == "text/html"


@pytest.mark.parametrize(
    ("query", "data", "status", "reason"),
    [
        ("?shapes=None", {"record": GOOD, "media": TURTLE}, 400, "There is no shape 'None'"),
        ("?fail-on=x", {"record": GOOD, "media": TURTLE}, 400, "fail-on must be one of"),
        ("?fail-on=info&fail-on=warning", {"record": GOOD, "media": TURTLE}, 400, "given 2 times"),
        ("", {"record": GOOD, "media": "text/x-none"}, 415, "not read here"),
        ("", {"record": [GOOD, GOOD], "media": TURTLE}, 400, "given 2 times"),
        ("", {"template": "ship", "field:label": "x"}, 400, "There is no form for 'ship'"),
        ("", {"template": "lighthouse", "field:label": " "}, 400, "The form is empty"),
        ("", {"template": "lighthouse", "field:colour": "red"}, 400, "The form is empty"),
        ("", {"media": TURTLE}, 400, "No record"),
    ],
)
def test_wishes_that_cannot_be_met_are_refused(
    lights_client: FlaskClient, query: str, data: dict[str, str], status: int, reason: str
) -> None:
    response = lights_client.post(f"/validate{query}", data=data)
    assert response.json is not None
    assert (response.status_code, reason in response.json["detail"]) == (status, True), response.json


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/validate?way=x", 400),
        ("/validate?colour=red", 400),
        ("/validate?template=ship", 400),
        ("/validate?thing=https://lights.example/id/lighthouse/none", 404),
        ("/validate?thing=%3Cscript%3E", 400),
        ("/validate?thing=https://lights.example/id/source/almanac", 404),
        ("/validate?thing=https://lights.example/id/lighthouse/far-point", 200),
    ],
)
def test_the_form_is_shown_for_what_it_can_hold(lights_client: FlaskClient, address: str, status: int) -> None:
    response = lights_client.get(address, headers=HTML)
    assert response.status_code == status
    assert "<script>" not in response.text


def test_the_status_says_what_a_pipeline_asked_for(lights_client: FlaskClient) -> None:
    posted = [
        lights_client.post(f"/validate{query}", data=body, content_type=TURTLE).status_code
        for body in (GOOD, BAD)
        for query in ("", "?fail-on=violation", "?fail-on=info")
    ]
    assert posted == [200, 200, 200, 200, 422, 422]


def test_only_the_shapes_that_are_named_are_held(lights_client: FlaskClient) -> None:
    response = lights_client.post("/validate?shapes=Lighthouse", data=BAD, content_type=TURTLE)
    assert response.json is not None
    assert response.json["counts"]["violation"] == 3


class Endless(io.RawIOBase):
    """A hundred megabytes that come as fast as they are read."""

    def __init__(self) -> None:
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if self.taken > 100 * 1024 * 1024:
            return 0
        buffer[:] = b"#" * len(buffer)
        self.taken += len(buffer)
        return len(buffer)


@pytest.mark.parametrize("kind", [TURTLE, "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
def test_a_body_without_end_is_cut_off_at_the_limit(lights_app: Flask, kind: str) -> None:
    environ = create_environ("/validate", method="POST", content_type=kind)
    stream = Endless()
    environ |= {"wsgi.input": stream, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    environ.pop("CONTENT_LENGTH", None)
    _, status, _ = run_wsgi_app(lights_app, environ)
    assert status.startswith("413")
    assert stream.taken < 3 * WHOLE + 1024 * 1024


def test_shapes_from_outside_are_refused_or_used_as_the_operator_says(lights_site: Site) -> None:
    def checked(allowed: bool, shapes: str) -> TestResponse:
        site = replace(lights_site, settings=replace(lights_site.settings, custom_shapes=allowed))
        site.__dict__["isolation"] = lights_site.isolation
        data = {"file": (io.BytesIO(GOOD.encode()), "a.ttl"), "shapes": (io.BytesIO(shapes.encode()), "own.ttl")}
        return create_app(site).test_client().post("/validate", data=data)

    refused = checked(False, SHAPES)
    assert (refused.status_code, refused.mimetype) == (403, "application/problem+json")
    used = checked(True, SHAPES)
    assert used.json is not None
    assert [finding["mend"] for finding in used.json["findings"]] == ["Say the colour."]
    assert checked(True, "nonsense").status_code == 400


def test_several_files_are_one_record_and_each_finding_names_its_file(lights_client: FlaskClient) -> None:
    keeper = f'<keeper/zed> a <{LIGHT}Keeper> ; <http://www.w3.org/2000/01/rdf-schema#label> "Zed"@en .'
    table = b"address,label,height\nother,Other,high\n"
    page = handed(lights_client, ("a.ttl", BAD.encode()), ("k.ttl", keeper.encode()), ("lighthouse.csv", table), **HTML)
    text = visible(page.text)
    assert "a.ttl, line 1" in text
    assert "lighthouse.csv, row 2, column height" in text
    assert "keeper/zed&gt; is described neither" not in page.text
    assert "tall &lt;b&gt;" in page.text
    assert "<b>" not in page.text


def test_what_is_missing_stands_at_its_record_however_many_files_there_are(lights_client: FlaskClient) -> None:
    table = b"address,height,kept by\n" + b"".join(b"light-%d,%d,Ada Lamp\n" % (n, n) for n in range(30))
    answer = handed(lights_client, ("a.ttl", GOOD.encode()), ("lighthouse.csv", table))
    assert answer.json is not None
    cells = [finding["place"]["cell"] for finding in answer.json["findings"] if finding["level"] == "violation"]
    assert sorted(cells) == sorted(f"A{n}" for n in range(2, 32))


def test_rows_of_a_table_are_shown_with_what_is_wrong_or_missing_marked(lights_client: FlaskClient) -> None:
    table = b"address,name,kept by,height\nnew,New,,high\nsound,Sound,,3\nlast,,,<i>\n"
    page = handed(lights_client, ("lighthouse.csv", table), **HTML).text
    own = page.partition('<div id="own">')[2].partition("</div>\n</section>")[0]
    assert re.findall(r'<td class="(\w+)"><mark>(.*?)</mark>', own) == [
        ("violation", "high"),
        ("violation", "empty"),
        ("violation", "&lt;i&gt;"),
    ]
    assert "Sound" not in own
    assert "kept by" not in own


def test_many_findings_are_cut_on_the_page_alone(lights_client: FlaskClient) -> None:
    rows = "".join(f"new-{number},New,high\n" for number in range(120))
    answer = handed(lights_client, ("lighthouse.csv", f"address,label,height\n{rows}".encode()))
    assert answer.json is not None
    assert answer.json["counts"]["violation"] == 120
    page = handed(lights_client, ("lighthouse.csv", f"address,label,height\n{rows}".encode()), **HTML)
    text = visible(page.text)
    assert "The first 50 are shown; the report in other formats has all 120." in text
    assert "The first 20 of 120 rows in which something was found are shown." in text
    assert re.findall(r"<h3>(new-\d+|New)", page.text)[:3] == ["New", "New", "New"]
    places = [int(row) for row in re.findall(r"row (\d+), column height", text)]
    assert places == list(range(2, 52))
    assert len(page.data) < 100_000


def test_addresses_of_known_things_are_links_and_nothing_else_is(lights_client: FlaskClient) -> None:
    body = BAD.replace("keeper/zed", "lighthouse/far-point").replace(
        "tall <b>", "<https://lights.example/id/keeper/ada>"
    )
    page = lights_client.post("/validate", data={"record": body, "media": TURTLE}, headers=HTML).text
    assert '<a href="/doc/lighthouse/far-point">https://lights.example/id/lighthouse/far-point</a>' in page
    unknown = lights_client.post("/validate", data={"record": BAD, "media": TURTLE}, headers=HTML).text
    assert "&lt;https://lights.example/id/keeper/zed&gt;" in unknown
    assert "/doc/keeper/zed" not in unknown


def test_a_fault_of_the_form_stands_at_its_field_and_is_linked_from_the_top(lights_client: FlaskClient) -> None:
    page = filled(lights_client, address="new", name="", height="high", kept_by="Ada Lump")
    faulty = re.findall(r'<div class="field faulty">\s*<label for="([^"]+)"', page)
    assert faulty == ["field-label", "field-height", "field-kept-by"]
    summary = page.partition('<div class="summary">')[2].partition("</div>")[0]
    assert re.findall(r'<a href="#([^"]+)">', summary) == faulty
    assert page.count('aria-invalid="true"') == 3
    for value in ("high", "Ada Lump", "new"):
        assert f'value="{value}"' in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    described = {name for text in re.findall(r'aria-describedby="([^"]+)"', page) for name in text.split()}
    assert described <= set(ids)


def test_a_form_mended_conforms_and_says_what_would_change(lights_client: FlaskClient) -> None:
    page = filled(lights_client, address="new", name="New", height="3.5", kept_by="Ada Lamp")
    assert "Conforms: nothing to mend in 1 thing checked." in page
    assert 'class="summary"' not in page


def test_a_form_is_filled_in_with_names_where_they_name_one_thing_only(lights_client: FlaskClient) -> None:
    page = lights_client.get("/validate?thing=https://lights.example/id/lighthouse/far-point", headers=HTML).text
    assert re.findall(r'id="field-kept-by" name="field:kept by" value="([^"]*)"', page) == ["Ada Lamp"]


@pytest.mark.parametrize(
    "thing",
    [
        "partnership/humber", "combined-authority/greater-manchester", "local-authority/lichfield", "area/E37000018",
        "practice/agri-tech-west-alliance", "event/black-country-into-west-midlands", "report/building-economic-resilience",
        "recommendation/economic-resilience-principles", "document/business-plan-cheshire-warrington-2012",
        "outcome/buckinghamshire-careers-hub-1", "source/action-hampshire-partnerships",
        "membership/cambridgeshire-and-peterborough-cambridge",
    ],
)  # fmt: skip
def test_a_published_thing_goes_through_its_form_unharmed(client: FlaskClient, thing: str) -> None:
    page = client.get(f"/validate?thing=https://w3id.org/lepgraph/id/{thing}", headers=HTML)
    assert len(page.data) < 100_000
    answer = client.post("/validate", data=sent(page.text), headers={"Accept": "application/json"})
    assert answer.json is not None
    assert [finding for finding in answer.json["findings"] if finding["level"] == "violation"] == []


def sent(page: str) -> dict[str, str]:
    """What a browser would send for the form of a page, as it is filled in."""
    from html import unescape  # noqa: PLC0415

    form = page.partition('<form class="filling"')[2].partition("</form>")[0]
    found = re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', form)
    found += re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>', form)
    for name, options in re.findall(r'<select[^>]* name="([^"]+)".*?>(<option.*?)</select>', form, re.S):
        found += [(name, value) for value in re.findall(r'value="([^"]*)" selected', options)]
    return {unescape(name): unescape(value) for name, value in found}


def test_a_result_is_found_under_its_address_until_it_is_dropped(lights_client: FlaskClient) -> None:
    page = lights_client.post("/validate", data={"record": BAD, "media": TURTLE}, headers=HTML)
    assert page.headers["Cache-Control"] == "no-store"
    (address,) = set(re.findall(r'href="(/validate/results/[\w-]+)"', page.text))
    kept = lights_client.get(address, headers=HTML)
    assert (kept.status_code, kept.headers["Cache-Control"]) == (200, "no-store")
    assert "Does not conform: 3 violations" in kept.text
    assert "ETag" not in kept.headers
    data = lights_client.get(f"{address}?format=json")
    assert data.json is not None
    assert data.json["counts"]["violation"] == 3
    assert lights_client.post(address, data={"action": "keep"}).status_code == 400
    assert lights_client.get(address).status_code == 200
    dropped = lights_client.post(address, data={"action": "drop"})
    assert (dropped.status_code, dropped.headers["Location"]) == (303, "/validate")
    assert lights_client.get(address, headers=HTML).status_code == 404


@pytest.mark.parametrize("name", ["none", "a" * 2000, "%00", "..%2f..%2fetc", "%3Cscript%3E"])
def test_a_result_that_is_not_there_is_not_found(lights_client: FlaskClient, name: str) -> None:
    response = lights_client.get(f"/validate/results/{name}", headers=HTML)
    assert response.status_code == 404
    assert "<script>" not in response.text


@pytest.mark.parametrize("name", ["ship.csv", "ship.xlsx", "all.csv", "lighthouse.pdf", "..%2fa.csv"])
def test_a_template_that_is_not_there_is_not_found(lights_client: FlaskClient, name: str) -> None:
    assert lights_client.get(f"/validate/templates/{name}").status_code == 404


@pytest.mark.parametrize("name", ["lighthouse.csv", "lighthouse.xlsx", "all.xlsx"])
def test_templates_have_validators_and_answer_head(lights_client: FlaskClient, name: str) -> None:
    whole = lights_client.get(f"/validate/templates/{name}")
    assert f'filename="{name}"' in whole.headers["Content-Disposition"]
    head = lights_client.head(f"/validate/templates/{name}")
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", whole.headers["ETag"])
    again = lights_client.get(f"/validate/templates/{name}", headers={"If-None-Match": whole.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_every_template_reads_back_as_a_record_of_nothing_but_its_example(client: FlaskClient, site: Site) -> None:
    examiner = site.ready.examiner(Nothing())
    for template in site.ready.kit.templates:
        for media in (CSV, XLSX):
            table = client.get(f"/validate/templates/{template.name}.{media.name}")
            assert (table.status_code, table.mimetype) == (200, media.media_type)
            record = examiner.read([File(f"{template.name}.{media.name}", table.data, media.media_type)])
            assert len(record.graph) == 0
            assert ["example" in note.message for note in record.notes] == [True], (template.name, record.notes)


def test_nothing_of_a_record_is_logged(lights_client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    secret = "a-secret-of-the-sender"
    with caplog.at_level(logging.DEBUG):
        lights_client.post("/validate", data=BAD.replace("tall", secret), content_type=TURTLE)
        lights_client.post("/validate", data=f"<{secret}", content_type=TURTLE)
        handed(lights_client, (f"{secret}.ttl", BAD.encode()), **HTML)
        handed(lights_client, ("lighthouse.csv", csv_of([["address", "height"], ["new", secret]])), **HTML)
        filled(lights_client, address="new", name=secret)
    assert secret not in caplog.text


def csv_of(rows: list[list[str]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode()


@pytest.mark.parametrize("address", ["/validate?way=upload", "/shape"])
def test_tables_of_these_pages_have_captions(lights_client: FlaskClient, address: str) -> None:
    page = lights_client.get(address, headers=HTML).text
    assert page.count("<table") == page.count("<caption>") == 1


@pytest.mark.parametrize(
    ("form", "kept"),
    [
        ({"record": "<a> <b> nonsense", "media": "text/turtle"}, "&lt;a&gt; &lt;b&gt; nonsense"),
        ({"record": "<urn:a> <urn:b> 1 .", "media": "text/turtle"}, "&lt;urn:a&gt; &lt;urn:b&gt; 1 ."),
        ({"template": "lighthouse", "field:address": "my-light", "shapes": "None"}, "my-light"),
    ],
)
def test_what_cannot_be_checked_comes_back_with_the_reason_and_the_text(
    lights_client: FlaskClient, form: dict[str, str], kept: str
) -> None:
    answer = lights_client.post("/validate", data=form, headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert kept in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_result_that_cannot_be_kept_is_shown_with_the_reason(
    lights_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise NotKept("There is no room.")

    monkeypatch.setattr(Results, "keep", refuse)
    form = {"record": "<lighthouse/new> a <https://lights.example/def/light#Lighthouse> .", "media": "text/turtle"}
    page = lights_client.post("/validate", data=form, headers={"Accept": "text/html"}).text
    assert "This result has no address of its own: There is no room." in page
    assert "Does not conform" in page
