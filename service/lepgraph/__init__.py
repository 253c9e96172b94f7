"""A knowledge graph and query service built from four folders of content: ontology, data, shapes and queries."""

__version__ = "0.1.0"
