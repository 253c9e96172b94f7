"""What the service counts of itself, for Prometheus: the measures that every layer above may raise, and how they read.

Several web processes count together through files in the folder that ``PROMETHEUS_MULTIPROC_DIR`` names, which must be
set before this module is imported (``lepgraph serve`` does); without it a process counts for itself. Whoever forks must
not count in a child that cannot open files, as workers cannot: count in the process that asked them.
Labels take values from short lists only (routes, not addresses), so that no client can grow them.
"""

from __future__ import annotations

import os
import struct
from contextlib import suppress
from pathlib import Path
from time import sleep

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.openmetrics import exposition as openmetrics

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable of prometheus_client that names the folder in which processes count together."""

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper bounds of the classes in which durations are counted."""

requests = Counter("lepgraph_requests", "Requests answered.", ("route", "method", "status"))
durations = Histogram(
    "lepgraph_request_seconds", "Seconds until an answer not in the cache began.", ("route",), buckets=SECONDS
)
rows = Counter("lepgraph_answer_rows", "Rows or triples of answers sent, where they are known.", ("format",))
sent = Counter("lepgraph_sent_bytes", "Bytes of bodies sent.", ("route",))
queries = Counter(
    "lepgraph_queries", "Queries from outside, by the kind of problem they met, or answered.", ("outcome",)
)
kills = Counter("lepgraph_kills", "Workers ended before their time: timeout, memory or lost.", ("reason",))
waiting = Gauge(
    "lepgraph_queries_waiting",
    "Queries that wait for a worker, or for the first bytes of their answer.",
    multiprocess_mode="livesum",
)
refusals = Counter("lepgraph_queue_refusals", "Queries refused because the queue was full or too slow.")
cached = Counter("lepgraph_cache_requests", "Requests by what the response cache did.", ("outcome",))
evictions = Counter("lepgraph_cache_evictions", "Responses dropped from the cache for want of room.")
cache_bytes = Gauge("lepgraph_cache_bytes", "Bytes that the response caches hold.", multiprocess_mode="livesum")
downloads = Counter("lepgraph_downloads", "Files for download asked for, by name.", ("file",))
rate_limited = Counter("lepgraph_rate_limited", "Requests refused because a client asked too often.")
endpoint_failures = Counter("lepgraph_endpoint_failures", "Failed requests to engines elsewhere.", ("endpoint",))
endpoint_up = Gauge(
    "lepgraph_endpoint_up",
    "Whether an engine elsewhere answered when last asked.",
    ("endpoint",),
    multiprocess_mode="livemostrecent",
)
dataset = Gauge(
    "lepgraph_dataset_info",
    "1 for the dataset that is served, 0 for those served before.",
    ("hash", "version"),
    multiprocess_mode="livemostrecent",
)

_served: set[tuple[str, str]] = set()


_TRIES = 5
_PAUSE = 0.01
"""Seconds between two tries."""


def serving(digest: str, version: str) -> None:
    """Records the dataset served, by its hash and the version of the code, and that those served before are not."""
    for before in _served - {(digest, version)}:
        dataset.labels(*before).set(0)
    _served.clear()
    _served.add((digest, version))
    dataset.labels(digest, version).set(1)


def written(*, as_openmetrics: bool = False) -> tuple[bytes, str]:
    """All measures of all processes, and their content type: Prometheus text 0.0.4, or OpenMetrics 1.0.

    Another process may just be making its file, which cannot be read before it has its head: then it is read again.
    """
    for _ in range(_TRIES - 1):
        with suppress(struct.error, RuntimeError, ValueError):
            return _written(as_openmetrics=as_openmetrics)
        sleep(_PAUSE)
    return _written(as_openmetrics=as_openmetrics)


def _written(*, as_openmetrics: bool) -> tuple[bytes, str]:
    registry = REGISTRY
    folder = os.environ.get(FOLDER)
    if folder:
        bury(Path(folder))
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=folder)
    if as_openmetrics:
        return openmetrics.generate_latest(registry, version="1.0.0"), openmetrics.CONTENT_TYPE_LATEST
    return generate_latest(registry), CONTENT_TYPE_PLAIN_0_0_4


def bury(folder: Path) -> None:
    """Forgets the gauges of processes that have ended; what they counted stays."""
    for file in folder.glob("gauge_live*.db"):
        number = int(file.stem.rpartition("_")[2])
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            with suppress(FileNotFoundError):  # another process may be burying it too
                mark_process_dead(number, str(folder))
        except PermissionError:
            continue  # it lives, under another user
