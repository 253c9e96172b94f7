"""What the service counts of itself, in one process and in several."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families

from lepgraph import measures


def test_measures_are_written_as_prometheus_text_and_as_openmetrics() -> None:
    measures.kills.labels("timeout").inc()
    text, kind = measures.written()
    assert kind == "text/plain; version=0.0.4; charset=utf-8"
    assert "lepgraph_kills" in {family.name for family in text_string_to_metric_families(text.decode())}
    text, kind = measures.written(as_openmetrics=True)
    assert kind == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert text.endswith(b"# EOF\n")
    assert "lepgraph_kills" in {family.name for family in openmetrics_families(text.decode())}


CHILD = """
import sys
from lepgraph import measures
measures.queries.labels("answered").inc(int(sys.argv[1]))
measures.waiting.inc(int(sys.argv[1]))
for digest in sys.argv[2:4]:
    measures.serving(digest, "1.0.0")
measures.endpoint_up.labels("https://e.example/").set(int(sys.argv[1]) % 2)
if sys.argv[4] == "stay":
    print("counted", flush=True)
    sys.stdin.read()
"""
READER = "from lepgraph import measures; print(measures.written()[0].decode())"


def run(folder: Path, code: str, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_processes_count_together_and_the_gauges_of_dead_ones_are_forgotten(tmp_path: Path) -> None:
    run(tmp_path, CHILD, "40", "older", "old", "end").communicate(timeout=20)
    with run(tmp_path, CHILD, "2", "old", "new", "stay") as living:
        assert living.stdout is not None
        living.stdout.readline()
        with run(tmp_path, READER) as reader:
            text = reader.communicate(timeout=20)[0]
        living.communicate(timeout=20)
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["lepgraph_queries_total", "answered"] == 42
    assert found[("lepgraph_queries_waiting",)] == 2
    assert found["lepgraph_dataset_info", "new", "1.0.0"] == 1
    assert found["lepgraph_dataset_info", "old", "1.0.0"] == 0
    assert found["lepgraph_endpoint_up", "https://e.example/"] == 0


@pytest.mark.parametrize("measure", [measures.waiting, measures.cache_bytes, measures.endpoint_up, measures.dataset])
def test_a_gauge_is_told_of_living_processes_only(measure: object) -> None:
    assert str(vars(measure)["_multiprocess_mode"]).startswith("live")


def test_a_file_that_another_process_is_just_making_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(measures.FOLDER, str(tmp_path))
    file = tmp_path / "counter_1.db"
    file.touch()
    with pytest.raises(struct.error):
        measures.written()
    monkeypatch.setattr(measures, "sleep", lambda _: file.unlink())
    assert measures.written()[0] == b""


def test_each_measure_is_documented() -> None:
    page = (Path(__file__).parent.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    names = {
        metric._name + ("_total" if isinstance(metric, Counter) else "")
        for metric in vars(measures).values()
        if isinstance(metric, Counter | Gauge | Histogram)
    }
    assert len(names) >= 15
    assert {name for name in names if f"`{name}`" not in page} == set()
