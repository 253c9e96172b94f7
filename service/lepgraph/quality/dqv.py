"""The tables in the Data Quality Vocabulary (DQV): metrics, and what they measured of datasets and of records.

Every node has a name below the address of the table. A measurement of a record is given for each property that it
lacks, and one for the share of expected properties that it has; what is not named as a gap is there.
"""

from __future__ import annotations

from decimal import Decimal

from rdflib import Graph, Literal, URIRef

from lepgraph.addresses import Addresses, partition
from lepgraph.content import Catalogue
from lepgraph.quality.completeness import RECORD, WHOLE, Column, Table, share
from lepgraph.terms import DCTERMS, DQV, RDF, RDFS, SKOS, VOID, XSD


class Measurements:
    """Writes tables as DQV for one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.addresses: Addresses = catalogue.addresses

    def of_tables(self, tables: dict[str, Table]) -> Graph:
        """The dimension, all metrics, and the measurements of the datasets."""
        graph = self._graph()
        dimension, category = (
            self.addresses.quality(fragment="completeness"),
            self.addresses.quality(fragment="content"),
        )
        graph.add((dimension, RDF.type, DQV.Dimension))
        graph.add((dimension, DQV.inCategory, category))
        _named(graph, dimension, "completeness", "Degree to which records have what the shapes expect of their class.")
        graph.add((category, RDF.type, DQV.Category))
        _named(graph, category, "quality of content", "Qualities of what the dataset says, whatever its form.")
        for table in tables.values():
            self._add_table(graph, table)
        return graph

    def of_table(self, table: Table, records: list[str]) -> Graph:
        """The metrics of one table, the measurements of its dataset, and those of its records."""
        graph = self._graph()
        self._add_table(graph, table)
        expected = len(table.columns)
        self._metric(
            graph,
            table,
            RECORD,
            f"known properties: {table.title}",
            "Share of the expected properties that a record has.",
        )
        for record in records:
            self._measured(graph, table, RECORD, URIRef(record), share(table.known(record), expected))
            for column in table.columns:
                if record in column.gaps:
                    value = share(column.gaps[record], column.expectation.least)
                    self._measured(graph, table, column.slug, URIRef(record), value)
        return graph

    def _add_table(self, graph: Graph, table: Table) -> None:
        part = self._part(table)
        graph.add((part, RDF.type, VOID.Dataset))
        graph.add((part, VOID["class"], URIRef(table.iri)))
        graph.add((part, DCTERMS.isPartOf, self.catalogue.dataset))
        definition = "Share of the records that have all that the shapes expect."
        self._metric(graph, table, WHOLE, f"complete records: {table.title}", definition)
        self._measured(graph, table, WHOLE, part, share(table.complete, table.records))
        for column in table.columns:
            metric = self._metric(graph, table, column.slug, f"{column.label}: {table.title}", _definition(column))
            for iri in column.expectation.path.iris:
                graph.add((metric, RDFS.seeAlso, URIRef(iri)))
            self._measured(graph, table, column.slug, part, column.share)

    def _metric(self, graph: Graph, table: Table, slug: str, label: str, definition: str) -> URIRef:
        metric = self.addresses.quality(table.key, slug)
        graph.add((metric, RDF.type, DQV.Metric))
        graph.add((metric, DQV.inDimension, self.addresses.quality(fragment="completeness")))
        graph.add((metric, DQV.expectedDataType, XSD.decimal))
        _named(graph, metric, label, definition)
        return metric

    def _measured(self, graph: Graph, table: Table, slug: str, thing: URIRef, value: Decimal) -> None:
        tail = str(thing).removeprefix(f"{self.addresses.base}id/").removeprefix(self.addresses.base)
        measurement = self.addresses.quality(table.key, f"{slug}/{tail}")
        graph.add((measurement, RDF.type, DQV.QualityMeasurement))
        graph.add((measurement, DQV.isMeasurementOf, self.addresses.quality(table.key, slug)))
        graph.add((measurement, DQV.computedOn, thing))
        graph.add((measurement, DQV.value, Literal(str(value), datatype=XSD.decimal)))

    def _part(self, table: Table) -> URIRef:
        """The part of the dataset that a table measures: the catalogue's, or the class partition that VoID counts."""
        concept = self.catalogue.concepts.get(table.segment)
        return concept.part if concept else partition(self.catalogue.dataset, "class", table.iri)

    def _graph(self) -> Graph:
        graph = Graph()
        for prefix, namespace in (("dqv", DQV), ("dcterms", DCTERMS), ("skos", SKOS), ("void", VOID)):
            graph.bind(prefix, namespace)
        return graph


def _named(graph: Graph, node: URIRef, label: str, definition: str) -> None:
    graph.add((node, SKOS.prefLabel, Literal(label, lang="en")))
    graph.add((node, SKOS.definition, Literal(definition, lang="en")))


def _definition(column: Column) -> str:
    """What a metric measures; of one record the same metric says how much of what is expected it has."""
    least = column.expectation.least
    values = "a value" if least == 1 else f"at least {least} values"
    level = column.expectation.level
    return f"Share of the records that have {values} of “{column.label}”, or what a single record has of it: {level}."
