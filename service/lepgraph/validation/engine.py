"""pySHACL at work: data and shapes in, the W3C validation report out.

Whatever pySHACL cannot do with shapes or data becomes a fault of its caller; nothing of it is half an answer.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rdflib import Graph, Literal
from rdflib.term import Node

from lepgraph.errors import RecordFault
from lepgraph.terms import RDF, SH

if TYPE_CHECKING:
    from rdflib.plugins.sparql.sparql import Query


@lru_cache(maxsize=512)
def _prepared(text: str, namespaces: tuple[tuple[str, str], ...]) -> Query:
    """A SPARQL constraint read once: reading takes rdflib thirty times as long as answering."""
    from rdflib.plugins.sparql import prepareQuery  # noqa: PLC0415 - a seventh of a second that only validation needs

    return prepareQuery(text, initNs=dict(namespaces))


class Data(Graph):
    """Data to be checked: a graph that remembers the queries that it was asked."""

    def query(self, query_object: str | Query, *arguments: Any, **options: Any) -> Any:
        """See rdflib's Graph."""
        if isinstance(query_object, str):
            namespaces = tuple((prefix, str(space)) for prefix, space in self.namespaces())
            query_object = _prepared(query_object, namespaces)
        return super().query(query_object, *arguments, **options)


def validate(data: Data, shapes: Graph) -> Graph:
    """The report of SHACL (3.6) on all focus nodes of the shapes; results of whatever severity are in it.

    The data may be changed. Raises RecordFault where pySHACL fails.
    """
    import pyshacl  # noqa: PLC0415 - a third of a second that only validation needs

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of rdflib, about values that the report speaks of
            _, report, _ = pyshacl.validate(
                data,
                shacl_graph=shapes,
                allow_infos=True,
                allow_warnings=True,
                inplace=True,
                inference="none",
            )
    except RecursionError as error:
        raise RecordFault("The record is nested too deeply to be checked.", hint="Hand in fewer things.") from error
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - neither library has classes for all that fails; none of it is a report
        raise RecordFault(f"The record cannot be checked: {_reason(error)}") from error
    if not isinstance(report, Graph):
        raise RecordFault(f"The record cannot be checked: {_reason(report)}")
    return report


def report_node(report: Graph) -> Node:
    """The one report of the graph."""
    found = report.value(None, RDF.type, SH.ValidationReport)
    assert found is not None
    return found


def settle(report: Graph) -> None:
    """Makes the verdict agree with the results: conforming if none is a violation."""
    holder = report_node(report)
    bad = any(report.value(r, SH.resultSeverity) == SH.Violation for r in report.objects(holder, SH.result))
    report.set((holder, SH.conforms, Literal(not bad)))


def _reason(error: object) -> str:
    text = str(getattr(error, "message", "") or error)
    return f"{text.splitlines()[0].rstrip('.') if text else type(error).__name__}."
