"""What those who run the service see: health, readiness, measures, request ids and the log."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import Client

from lepgraph import logs
from lepgraph.site import Site
from lepgraph.web import served
from lepgraph.web.observing import RECORDER

SELECT = quote("SELECT ?s { ?s a <https://lights.example/def/light#Lighthouse> } ORDER BY ?s")


@pytest.fixture
def client(lights_site: Site) -> Client:
    return Client(served(lights_site))


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    RECORDER.flush()
    stream = io.StringIO()
    logs.configure("info", "json", stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def lines(log: io.StringIO) -> list[dict[str, object]]:
    RECORDER.flush()
    return [json.loads(line) for line in log.getvalue().splitlines()]


def measured(client: Client) -> dict[tuple[str, ...], float]:
    text = client.get("/metrics").text
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_health_is_said_without_work(client: Client) -> None:
    response = client.get("/health")
    assert (response.status_code, response.text) == (200, "ok\n")


def test_ready_means_that_a_worker_answers(client: Client, lights_site: Site) -> None:
    response = client.get("/ready")
    assert response.status_code == 200
    assert json.loads(response.text)["version"] == lights_site.version.digest


def test_requests_are_counted_by_route_method_and_status(client: Client) -> None:
    before = measured(client)
    client.get("/id/lighthouse/near-point")
    client.get("/id/lighthouse/near-point")
    client.get("/no/such/place")
    client.get("/sparql")
    client.get("/sparql?query=SELECT")
    client.get("/sparql?query=" + quote("ASK { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"))
    client.open("/sparql", method="BREW")
    client.get(f"/sparql?query={SELECT}", headers={"Accept": "text/csv"})
    after = measured(client)

    def grown(*key: str) -> float:
        return after.get(key, 0) - before.get(key, 0)

    assert grown("lepgraph_requests_total", "GET", "/id/<concept>/<key>", "303") == 2
    assert grown("lepgraph_requests_total", "GET", "none", "404") == 1
    assert grown("lepgraph_requests_total", "other", "none", "405") == 1
    assert grown("lepgraph_cache_requests_total", "hit") == 1
    assert grown("lepgraph_cache_requests_total", "miss") == 6
    outcomes = ("answered", "query-fault", "refused", "parameter-fault")
    assert [grown("lepgraph_queries_total", outcome) for outcome in outcomes] == [1, 1, 1, 0]
    assert grown("lepgraph_answer_rows_total", "text/csv") == 3
    assert grown("lepgraph_sent_bytes_total", "/sparql") > 100
    assert grown("lepgraph_request_seconds_count", "/sparql") == 4


def test_the_measures_name_the_dataset_and_do_not_count_themselves(client: Client, lights_site: Site) -> None:
    found = measured(client)
    found = measured(client)
    assert found["lepgraph_dataset_info", lights_site.version.digest, "0.1.0"] == 1
    assert not [key for key in found if "/metrics" in key]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "text/plain; version=0.0.4; charset=utf-8"),
        ("*/*", "text/plain; version=0.0.4; charset=utf-8"),
        (
            "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        ),
    ],
)
def test_the_measures_come_in_the_form_that_is_asked_for(client: Client, accept: str, kind: str) -> None:
    response = client.get("/metrics", headers={"Accept": accept})
    assert response.headers["Content-Type"] == kind
    assert response.headers["Cache-Control"] == "no-store"
    read = openmetrics_families if "openmetrics" in kind else text_string_to_metric_families
    assert "lepgraph_requests" in {family.name for family in read(response.text)}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a-b.c/1", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ("", False),
        ("a b", False),
        ("é", False),
        ("a\tb", False),
    ],
)
@pytest.mark.parametrize("path", ["/health", "/", "/no/such/place"])
def test_a_request_keeps_its_id_or_gets_one(client: Client, path: str, given: str, kept: bool) -> None:
    names = {client.get(path, headers={"X-Request-Id": given}).headers["X-Request-Id"] for _ in range(2)}
    assert names == {given} if kept else len(names) == 2 and given not in names


def test_a_problem_names_the_request(client: Client) -> None:
    response = client.get("/no/such/place", headers={"X-Request-Id": "abc", "Accept": "application/json"})
    assert json.loads(response.text)["request"] == "abc"


def test_each_request_leaves_one_line(client: Client, log: io.StringIO) -> None:
    address = f"/sparql?query={SELECT}%20LIMIT%202"
    for _ in range(2):
        client.get(address, headers={"Accept": "text/csv", "X-Request-Id": "abc"})
    client.get("/metrics")
    found = [line for line in lines(log) if line["logger"] == "lepgraph.requests"]
    assert [line["cache"] for line in found] == ["miss", "hit"]
    for line in found:
        assert (line["route"], line["status"], line["rows"], line["format"]) == ("/sparql", 200, 2, "text/csv")
        assert line["request"] == "abc"
        assert line["bytes"]


def test_what_a_client_takes_of_a_stream_is_what_is_counted(lights_site: Site, log: io.StringIO) -> None:
    client = Client(served(lights_site))
    path = client.get("/dump/latest/lights.nq").headers["Location"]
    size = len(client.get(path, headers={"Range": "bytes=0-99"}, buffered=True).data)
    assert size == 100
    assert next(line for line in lines(log) if line["status"] == 206)["bytes"] == 100


def test_queries_are_logged_only_where_they_are_wanted(client: Client, log: io.StringIO) -> None:
    client.get(f"/sparql?query={SELECT}%20%23%20secret%0A%23x")
    assert "secret" not in str(lines(log))
    logging.getLogger().setLevel(logging.DEBUG)
    client.get(f"/sparql?query={SELECT}%20%23%20secret%0A%23y" + "z" * 3000)
    (told,) = [str(line["message"]) for line in lines(log) if line["logger"] == "lepgraph.web.sparql"]
    assert "secret\\n" in told
    assert len(told) < 2200
