"""A record as it was handed in: what its files say as triples, and where in them each triple stands.

The contract between reading and checking. Reading makes it of files and never asks the store; checking never sees a
file. Whatever reading cannot make a triple of, it notes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rdflib import Graph, URIRef
from rdflib.term import Node

Triple = tuple[Node, Node, Node]


@dataclass(frozen=True, order=True)
class Place:
    """Where in a file something stands; what is not known is 0 or empty.

    ``line`` and ``column`` count from 1, columns in characters; in a table the line is the row as a spreadsheet counts
    it, the heading being row 1. ``pointer`` is a JSON pointer (RFC 6901), empty also for a whole document: then
    ``file`` ends in .jsonld or .json. ``sheet`` and ``cell`` (B7) are those of a spreadsheet; a CSV file has a
    ``cell`` and no sheet. ``heading`` is what the column of a table is called.
    """

    file: str = ""
    line: int = 0
    column: int = 0
    pointer: str = ""
    sheet: str = ""
    cell: str = ""
    heading: str = ""

    def __str__(self) -> str:
        if self.sheet:
            return f"{self.file}: {self.sheet}!{self.cell}" if self.file else f"{self.sheet}!{self.cell}"
        if self.cell:
            where = f"row {self.line}" + (f", column {self.heading or self.cell}" if self.column else "")
        elif self.pointer:
            where = self.pointer
        elif self.line:
            where = f"line {self.line}" + (f", column {self.column}" if self.column else "")
        else:
            return self.file
        return f"{self.file}, {where}" if self.file else where


@dataclass(frozen=True)
class Note:
    """What reading noticed that no shape can see, such as a column that nothing is made of.

    ``level`` is one of violation, warning and info; ``message`` says what is wrong and ``mend`` what to do.
    ``record`` is the thing that it is about, if any, and ``property`` the property, if any.
    """

    level: str
    place: Place
    message: str
    mend: str = ""
    value: str = ""
    record: str = ""
    property: str = ""


@dataclass(frozen=True)
class Reference:
    """A cell that names a thing in words, as people do: the store is asked which thing of these classes is called so.

    The triple (``subject``, ``predicate``, ``Literal(text)``) stands for it in the graph until it is found, and has
    its place there.
    """

    subject: Node
    predicate: URIRef
    text: str
    classes: tuple[URIRef, ...]


@dataclass(frozen=True)
class File:
    """A file as it was handed in: what it is called (may be empty), and its bytes."""

    name: str
    body: bytes = field(repr=False)
    media: str = ""


@dataclass
class Record:
    """What files say. ``graph`` holds literals as they were written; the others are keyed by its terms."""

    graph: Graph = field(default_factory=Graph)
    places: dict[Triple, Place] = field(default_factory=dict)
    subjects: dict[Node, Place] = field(default_factory=dict)
    """Where each thing is first described."""
    notes: list[Note] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)

    def add(self, triple: Triple, place: Place) -> None:
        """Takes a triple in; of one that is said twice the first place counts."""
        self.graph.add(triple)
        self.places.setdefault(triple, place)
        self.subjects.setdefault(triple[0], place)

    def place(self, subject: Node, predicate: Node | None = None, value: Node | None = None) -> Place:
        """Where a triple stands, else the first value of the property, else where its subject is first described."""
        if predicate is not None and value is not None and (subject, predicate, value) in self.places:
            return self.places[subject, predicate, value]
        return self.subjects.get(subject, Place())

    def merge(self, other: Record) -> None:
        """Takes another record in; blank nodes of the two must differ."""
        for subject, place in other.subjects.items():  # first, since the triples of a graph come in any order
            self.subjects.setdefault(subject, place)
        for triple in other.graph:
            self.add(triple, other.places.get(triple, Place()))
        self.notes += other.notes
        self.references += other.references
