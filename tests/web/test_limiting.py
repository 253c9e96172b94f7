"""The rate limit: who is counted, for what, together with whom, and what is said of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import Client

from lepgraph.errors import ParameterFault
from lepgraph.site import Site
from lepgraph.web import served
from lepgraph.web.limiting import Shared

ASK = "/sparql?query=" + quote("ASK { ?s ?p ?o } #")


def limited(site: Site, **settings: Any) -> Client:
    return Client(served(replace(site, settings=replace(site.settings, **settings))))


@pytest.fixture
def client(lights_site: Site, tmp_path: Path) -> Client:
    return limited(lights_site, rate_limit="3/hour", rate_storage=f"sqlite://{tmp_path}/rates")


def asked(client: Client, number: int, address: str = "192.0.2.1", **headers: str) -> Any:
    return client.get(f"{ASK}{number}", headers=headers, environ_base={"REMOTE_ADDR": address})


def test_the_fourth_of_three_is_refused_with_all_that_a_client_needs(client: Client) -> None:
    answers = [asked(client, number, Accept="application/json") for number in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit-Policy"] for answer in answers] == ['"1-hour";q=3;w=3600'] * 4
    assert [re.sub("t=.*", "", answer.headers["RateLimit"]) for answer in answers] == [
        f'"1-hour";r={left};' for left in (2, 1, 0, 0)
    ]
    refused = answers[-1]
    assert 3590 < int(refused.headers["Retry-After"]) <= 3600
    assert 3590 < int(refused.headers["RateLimit"].rpartition("t=")[2]) <= 3600
    assert refused.headers["Cache-Control"] == "no-store"
    assert json.loads(refused.text)["type"] == "/problem/too-many"


def test_what_costs_nothing_is_not_counted(client: Client) -> None:
    assert asked(client, 0).status_code == 200
    for path in ("/", "/sparql", "/health", "/queries", f"{ASK}0", "/id/lighthouse/near-point"):
        for _ in range(5):
            response = client.get(path, environ_base={"REMOTE_ADDR": "192.0.2.1"})
            assert response.status_code < 400
            assert "RateLimit" not in response.headers
    assert asked(client, 1).headers["RateLimit"].startswith('"1-hour";r=1')


def test_a_search_is_counted_and_the_form_for_one_is_not(client: Client) -> None:
    base = {"environ_base": {"REMOTE_ADDR": "192.0.2.1"}}
    assert "RateLimit" not in client.get("/search", **base).headers
    assert client.get("/search?q=far", **base).headers["RateLimit"].startswith('"1-hour";r=2')


def test_queries_stored_ones_and_validation_count_together(client: Client) -> None:
    base = {"environ_base": {"REMOTE_ADDR": "192.0.2.1"}}
    client.post("/sparql", data={"query": "ASK {}"}, **base)
    client.get("/queries/lights-of-a-keeper.csv?keeper=ben", **base)
    client.post("/validate", data="<a:a> a <a:b> .", content_type="text/turtle", **base)
    assert client.post("/validate", data="", content_type="text/turtle", **base).status_code == 429


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("", "nonsense", True),
    ],
)
def test_a_client_is_an_address_or_a_network(client: Client, first: str, second: str, same: bool) -> None:
    for number in range(3):
        asked(client, number, first)
    assert asked(client, 3, second).status_code == (429 if same else 200)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "statuses"),
    [
        (0, ["198.51.100.1", "198.51.100.2"], [200, 429]),
        (1, ["198.51.100.1", "198.51.100.2"], [200, 200]),
        (1, ["203.0.113.1, 198.51.100.1", "203.0.113.2, 198.51.100.1"], [200, 429]),
        (2, ["203.0.113.1, 198.51.100.1", "203.0.113.2, 198.51.100.1"], [200, 200]),
    ],
)
def test_proxies_are_believed_as_far_as_the_operator_says(
    lights_site: Site, tmp_path: Path, proxies: int, forwarded: list[str], statuses: list[int]
) -> None:
    client = limited(lights_site, rate_limit="1/hour", rate_storage=f"sqlite://{tmp_path}/rates", proxies=proxies)
    found = [asked(client, number, **{"X-Forwarded-For": given}) for number, given in enumerate(forwarded)]
    assert [answer.status_code for answer in found] == statuses


def test_without_the_setting_nobody_is_counted(lights_site: Site) -> None:
    assert "RateLimit" not in asked(limited(lights_site), 0).headers


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"rate_limit": "often"}, "LEPGRAPH_RATE_LIMIT is not a rate"),
        ({"rate_limit": "1/second", "rate_storage": "cloud://x"}, "LEPGRAPH_RATE_STORAGE cannot be used"),
        (
            {"rate_limit": "1/second", "rate_storage": "sqlite:///no/such/folder/x"},
            "LEPGRAPH_RATE_STORAGE cannot be used",
        ),
    ],
)
def test_settings_that_cannot_be_followed_are_named(lights_site: Site, given: dict[str, str], reason: str) -> None:
    with pytest.raises(ParameterFault, match=reason):
        limited(lights_site, **given)


def test_where_the_count_is_lost_requests_are_answered(lights_site: Site, tmp_path: Path) -> None:
    client = limited(lights_site, rate_limit="1/hour", rate_storage=f"sqlite://{tmp_path}/rates")
    (tmp_path / "rates").write_bytes(b"no database" * 1000)
    for file in tmp_path.glob("rates-*"):
        file.unlink()
    assert [asked(client, number).status_code for number in range(2)] == [200, 200]


CHILD = """
import sys
from lepgraph.web.limiting import Shared
storage = Shared(sys.argv[1])
print(max(storage.incr("key", 60) for _ in range(200)))
"""


def test_processes_count_together(tmp_path: Path) -> None:
    address = f"sqlite://{tmp_path}/rates"
    command = [sys.executable, "-c", CHILD, address]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    last = [int(child.communicate(timeout=30)[0]) for child in children]
    assert max(last) == 400
    assert Shared(address).get("key") == 400


def test_a_counter_ends_and_is_swept_away(tmp_path: Path) -> None:
    storage = Shared(f"sqlite://{tmp_path}/rates")
    storage.incr("old", 0)
    assert storage.incr("key", 60) == 1
    assert storage.incr("key", 60, amount=2) == 3
    assert storage._asked("SELECT count(*) FROM counts", ()) == (1,)
    assert 50 < storage.get_expiry("key") - time.time() <= 60
    assert (storage.get("old"), storage.check()) == (0, True)
    storage.clear("key")
    assert storage.get("key") == 0
    storage.incr("key", 60)
    storage.reset()
    assert storage.get("key") == 0
