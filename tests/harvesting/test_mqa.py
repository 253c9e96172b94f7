"""The catalogue gets all points of the metadata quality assessment of data.europa.eu."""

from __future__ import annotations

from contextlib import closing
from functools import cache

import pytest
from flask.testing import FlaskClient
from rdflib import DCTERMS, Graph

import mqa
from lepgraph.terms import DCAT


def test_the_metrics_give_as_many_points_as_are_published() -> None:
    metrics = mqa.metrics(lambda address: 200, True)
    assert sum(metric.points for metric in metrics) == mqa.MOST
    dimensions = {metric.dimension: 0 for metric in metrics}
    for metric in metrics:
        dimensions[metric.dimension] += metric.points
    assert list(dimensions.values()) == [100, 100, 110, 75, 20]


def test_the_catalogue_gets_all_points(client: FlaskClient, harvested: Graph) -> None:
    @cache
    def answers(address: str) -> int:
        with closing(client.head(address.removeprefix("http://localhost"))) as response:
            return response.status_code

    found = mqa.points(harvested, mqa.metrics(answers, conforms=True))
    assert {metric.name: got for metric, got in found.items() if got != metric.points} == {}


@pytest.mark.parametrize(("predicate", "lost"), [(DCAT.theme, 30), (DCTERMS.license, 30), (DCAT.downloadURL, 50)])
def test_what_is_left_out_costs_points(harvested: Graph, predicate: object, lost: int) -> None:
    less = Graph()
    for triple in harvested:
        if triple[1] != predicate:
            less.add(triple)
    assert sum(mqa.points(less, mqa.metrics(lambda address: 200, conforms=True)).values()) == mqa.MOST - lost
