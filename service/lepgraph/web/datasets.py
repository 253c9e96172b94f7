"""The page of each dataset, and what the catalogue says of it as data."""

from __future__ import annotations

from flask import Response, render_template
from rdflib import Graph

from lepgraph.catalogue import dcat, offers
from lepgraph.catalogue.sheets import Sheet
from lepgraph.datasets import Dataset
from lepgraph.media import GRAPHS, HTML, PAGE
from lepgraph.store import Query
from lepgraph.web.harvest import kept, root
from lepgraph.web.replies import alternates, negotiated, parameters, reply, site


def document(dataset: Dataset, address: str, suffix: str) -> Response:
    """The document about a dataset: a page, or the catalogue's description of it with what the graph says."""
    parameters()
    form, here = negotiated(PAGE, suffix), site()
    links = f'{alternates(address, PAGE)}, <{dataset.iri}>; rel="describes"'
    if form == HTML:
        sheet = Sheet(here, dataset, root())
        page = render_template("dataset.html", sheet=sheet, address=address, forms=GRAPHS, release=offers.current(here))
        return reply(page, HTML, headers={"Link": links}, validator=root())
    body = kept(("dataset", dataset.key), form, lambda: _said(dataset))
    return reply(body, form, headers={"Link": links}, validator=root())


def _said(dataset: Dataset) -> Graph:
    here = site()
    graph = dcat.described(here, dataset, root())
    query = Query(here.library.pages["document"].bound({"subject": dataset.iri}))
    for triple in here.store.graph(query):
        graph.add(triple)
    return graph
