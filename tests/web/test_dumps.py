"""Files for download: exactly the bytes that are said, whole and in parts, and what stands where there is none."""

from __future__ import annotations

import base64
import gzip
import hashlib
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client import REGISTRY

from lepgraph.site import Site


@pytest.fixture
def path(lights_site: Site) -> str:
    return f"/dump/{lights_site.version.short}/keepers.nt"


def test_every_file_answers_with_its_type_bytes_and_digest(lights_site: Site, lights_client: FlaskClient) -> None:
    offered = lights_site.distributions
    assert len(offered.all) > 15
    for file in offered.all:
        got = lights_client.get(f"/dump/{lights_site.version.short}/{file.name}", buffered=True)
        assert got.status_code == 200
        assert got.mimetype == (file.packed or file.compressed or file.format.media_type)
        assert "Content-Encoding" not in got.headers
        assert (len(got.data), got.content_length) == (file.size, file.size)
        assert hashlib.sha256(got.data).hexdigest() == file.digest
        assert got.headers["ETag"] == f'"{file.digest}"'
        digest = base64.b64encode(hashlib.sha256(got.data).digest()).decode()
        assert got.headers["Repr-Digest"] == f"sha-256=:{digest}:"
        assert got.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert got.headers["Content-Disposition"] == f'attachment; filename="{file.name}"'
        assert not {"Last-Modified", "Expires"} & set(got.headers.keys())
        latest = lights_client.get(f"/dump/latest/{file.name}")
        assert latest.status_code == 302
        assert latest.headers["Location"].endswith(f"/dump/{lights_site.version.short}/{file.name}")


def test_a_table_leads_to_what_describes_it_and_that_to_the_table(
    lights_site: Site, lights_client: FlaskClient
) -> None:
    begin = f"/dump/{lights_site.version.short}"
    for name, form in (("keeper.csv", "text/csv"), ("keeper.csv.gz", "application/gzip")):
        table = lights_client.get(f"{begin}/{name}", buffered=True)
        assert table.mimetype == form
        link = f'<{begin}/keeper.csv-metadata.json>; rel="describedby"; type="application/csvm+json"'
        assert link in table.headers["Link"]
    metadata = lights_client.get(f"{begin}/keeper.csv-metadata.json", buffered=True)
    assert metadata.content_type == "application/csvm+json"
    assert metadata.headers["Content-Disposition"] == "inline; filename=keeper.csv-metadata.json"
    assert metadata.json
    assert metadata.json["url"] == "keeper.csv"
    assert lights_client.get("/dump/latest/keeper.csv-metadata.json").status_code == 302
    package = lights_client.get(f"{begin}/lights-csv.zip", headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert package.content_type == "application/zip"
    assert "Content-Encoding" not in package.headers


def test_whoever_takes_gzip_gets_the_file_that_lies_ready(
    lights_site: Site, lights_client: FlaskClient, path: str
) -> None:
    plain = lights_client.get(path, buffered=True)
    coded = lights_client.get(path, headers={"Accept-Encoding": "br, gzip, zstd"}, buffered=True)
    ready = lights_site.distributions.find("keepers.nt.gz")
    assert ready
    assert coded.headers["Content-Encoding"] == "gzip"
    assert coded.mimetype == "application/n-triples"
    assert coded.data == lights_site.distributions.path("keepers.nt.gz").read_bytes()
    assert gzip.decompress(coded.data) == plain.data
    assert coded.headers["ETag"] == f'"{ready.digest}"'
    assert coded.headers["Repr-Digest"] != plain.headers["Repr-Digest"]
    kept = {"Accept-Encoding": "gzip", "If-None-Match": coded.headers["ETag"]}
    again = lights_client.get(path, headers=kept, buffered=True)
    assert again.status_code == 304


@pytest.mark.parametrize("accepted", ["br", "zstd", "identity, gzip;q=0.5", "gzip;q=0", "*", "deflate"])
def test_nothing_is_compressed_for_one_request(lights_client: FlaskClient, path: str, accepted: str) -> None:
    got = lights_client.get(path, headers={"Accept-Encoding": accepted}, buffered=True)
    assert "Content-Encoding" not in got.headers
    assert got.headers["Repr-Digest"]


def test_a_client_that_refuses_plain_bytes_gets_coded_ones_without_a_digest_of_others(
    lights_client: FlaskClient, path: str
) -> None:
    got = lights_client.get(path, headers={"Accept-Encoding": "br, identity;q=0"}, buffered=True)
    assert got.headers["Content-Encoding"] == "br"
    assert "Repr-Digest" not in got.headers


def test_parts_are_of_the_plain_file(lights_client: FlaskClient, path: str) -> None:
    whole = lights_client.get(path, buffered=True)
    for given, begin, end in (("0-9", 0, 10), ("10-", 10, None), ("-5", -5, None)):
        headers = {"Range": f"bytes={given}", "Accept-Encoding": "gzip"}
        part = lights_client.get(path, headers=headers, buffered=True)
        assert (part.status_code, part.data) == (206, whole.data[begin:end])
        assert part.headers["ETag"] == whole.headers["ETag"]
        assert part.headers["Repr-Digest"] == whole.headers["Repr-Digest"]


@pytest.mark.parametrize("given", ["bytes=99999999-", "bytes=5-2", "bytes=a-b", "bytes=", "bytes=-"])
def test_a_range_that_is_none_is_a_problem_that_says_which_there_are(
    lights_client: FlaskClient, path: str, given: str
) -> None:
    whole = lights_client.get(path, buffered=True)
    beyond = lights_client.get(path, headers={"Range": given})
    assert (beyond.status_code, beyond.mimetype) == (416, "application/problem+json")
    assert beyond.headers["Content-Range"] == f"bytes */{len(whole.data)}"
    assert beyond.json
    assert f"bytes=0-{len(whole.data) - 1}" in beyond.json["hint"]


@pytest.mark.parametrize("given", ["lines=1-2", "bytes=0-1,4-5", "nonsense"])
def test_a_range_of_another_kind_gives_the_whole(lights_client: FlaskClient, path: str, given: str) -> None:
    got = lights_client.get(path, headers={"Range": given}, buffered=True)
    assert (got.status_code, got.headers["Accept-Ranges"]) == (200, "bytes")


def test_the_head_says_what_the_whole_would(lights_client: FlaskClient, path: str) -> None:
    whole, head = lights_client.get(path, buffered=True), lights_client.head(path, buffered=True)
    assert head.data == b""
    for name in ("Content-Length", "ETag", "Content-Type", "Repr-Digest", "Accept-Ranges", "Content-Disposition"):
        assert head.headers[name] == whole.headers[name]


def test_an_old_version_leads_to_the_current_file(lights_client: FlaskClient, path: str) -> None:
    gone = lights_client.get("/dump/0123456789ab/keepers.nt")
    assert (gone.status_code, gone.headers["Cache-Control"]) == (404, "no-store")
    assert gone.json
    assert "0123456789ab" in gone.json["detail"]
    assert path in gone.json["hint"]
    assert "/dump/latest/keepers.nt" in gone.json["hint"]


@pytest.mark.parametrize("version", ["latest", "0123456789ab"])
def test_an_unknown_name_leads_to_those_that_are_like_it(lights_client: FlaskClient, path: str, version: str) -> None:
    unknown = lights_client.get(f"/dump/{version}/keeper.nt")
    assert unknown.status_code == 404
    assert unknown.json
    assert path in unknown.json["hint"]
    assert "/catalog" in unknown.json["hint"]


@pytest.mark.parametrize(
    "name",
    ["..%2fsnapshot.nq", "%2e%2e/snapshot.nq", "manifest.json", "snapshot.nq", "%2fetc%2fpasswd", ".", "a" * 300],
)
def test_no_other_file_can_be_reached(lights_client: FlaskClient, path: str, name: str) -> None:
    got = lights_client.get(f"{path.rpartition('/')[0]}/{name}")
    assert got.status_code == 404
    assert got.mimetype == "application/problem+json"


def test_downloads_are_counted_by_name(lights_client: FlaskClient, path: str) -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("lepgraph_downloads_total", {"file": "keepers.nt"}) or 0

    before = counted()
    lights_client.get(path, buffered=True)
    lights_client.get(f"{path}.none", buffered=True)
    assert counted() == before + 1


def test_parameters_are_refused(lights_client: FlaskClient, path: str) -> None:
    assert lights_client.get(f"{path}?a=1").status_code == 400


def test_files_that_were_taken_away_are_a_problem_that_shows_no_path(
    lights_site: Site, lights_client: FlaskClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lights_site.distributions, "_folder", Path("/nowhere"))
    gone = lights_client.get(path)
    assert (gone.status_code, gone.mimetype) == (500, "application/problem+json")
    assert "nowhere" not in gone.text
    assert "lepgraph build" in gone.text
