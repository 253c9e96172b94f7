"""What the elements of RDF/XML say (RDF 1.1 XML Syntax, 7.2), and where: no terms, only which property stands where."""

from __future__ import annotations

from dataclasses import dataclass, field

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE = f"{_RDF}type"
_SYNTAX = frozenset(
    f"{_RDF}{name}" for name in ("about", "ID", "nodeID", "resource", "datatype", "parseType", "bagID", "type")
)
_REIFIED = tuple(f"{_RDF}{name}" for name in ("type", "subject", "predicate", "object"))


@dataclass
class Spot:
    """A triple that is said: its property, where its value and its subject stand, and the value if that is needed.

    ``cell`` is the number, from 1, of the cell of a list that it is about.
    """

    predicate: str
    value: int
    subject: int
    object: str = ""
    cell: int = 0


@dataclass
class _Element:
    """An element that has not ended. ``kind``: rdf, node, property, collection, literal, or inner (of a literal)."""

    kind: str
    at: int
    names: dict[str, str]
    predicate: str = ""
    subject: int = 0
    value: int = 0
    end: int = 0
    items: list[int] = field(default_factory=list)
    reified: bool = False
    members: int = 0
    text: bool = False
    fixed: bool = False


class Elements:
    """Follows the elements of a document; ``groups`` are what each beginning and each end says."""

    def __init__(self) -> None:
        self.groups: list[list[Spot]] = []
        self._open: list[_Element] = []

    def start(self, tag: str, given: dict[str, str], at: int, spots: dict[str, int], inside: tuple[int, int]) -> None:
        """An element begins ``at``; its attributes' values stand at ``spots``, its content and its text ``inside``."""
        above = self._open[-1] if self._open else None
        names = dict(above.names) if above else {}
        names |= {key.partition(":")[2]: value for key, value in given.items() if key.partition(":")[0] == "xmlns"}
        name = _expanded(tag, names, default=True)
        known = {_expanded(key, names): (value, spots.get(key, at)) for key, value in given.items() if key[:3] != "xml"}
        if above is not None and above.kind in ("literal", "inner"):
            self._open.append(_Element("inner", at, names))
        elif above is not None and above.kind == "node":
            self._open.append(self._property(name, known, at, names, above))
            self._open[-1].end = inside[0]
            if not self._open[-1].fixed:
                self._open[-1].value = inside[1]
        elif above is None and name == f"{_RDF}RDF":
            self._open.append(_Element("rdf", at, names))
        else:
            self._open.append(_Element("node", at, names, subject=at))
            self._node(name, known, at)
            if above is not None and above.kind == "property":
                above.value, above.fixed = at, True
            elif above is not None and above.kind == "collection":
                above.items.append(at)

    def data(self, text: str) -> None:
        """Text stands in the element that has not ended."""
        if text.strip() and self._open:
            self._open[-1].text = True

    def end(self) -> None:
        """The last element ends."""
        ended = self._open.pop()
        group: list[Spot] = []
        if ended.kind == "property":
            value = ended.value if ended.fixed or ended.text else ended.end
            group = [Spot(ended.predicate, value, ended.subject)]
        elif ended.kind == "literal":
            group = [Spot(ended.predicate, ended.value, ended.subject)]
        elif ended.kind == "collection":
            group = [Spot(ended.predicate, ended.at, ended.subject)]
            for number, item in enumerate(ended.items, start=1):
                group += [Spot(f"{_RDF}{part}", item, ended.at, cell=number) for part in ("first", "rest")]
        if group:
            self.groups.append(group + (_reified(ended.at) if ended.reified else []))

    def _node(self, name: str, known: dict[str, tuple[str, int]], at: int) -> None:
        group = _attributes(known, at)
        if f"{_RDF}type" in known:
            group.append(Spot(_TYPE, known[_TYPE][1], at))
        if name != f"{_RDF}Description":
            group.insert(0, Spot(_TYPE, at + 1, at, object=name))
        if group:
            self.groups.append(group)

    def _property(
        self, name: str, known: dict[str, tuple[str, int]], at: int, names: dict[str, str], above: _Element
    ) -> _Element:
        if name == f"{_RDF}li":
            above.members += 1
            name = f"{_RDF}_{above.members}"
        element = _Element("property", at, names, name, subject=above.subject, reified=f"{_RDF}ID" in known)
        parse, _ = known.get(f"{_RDF}parseType", ("", 0))
        if parse == "Resource":
            self.groups.append([Spot(name, at, above.subject)] + (_reified(at) if element.reified else []))
            return _Element("node", at, names, subject=at, fixed=True)
        if parse:
            element.kind = {"Collection": "collection", "Literal": "literal"}.get(
                parse, "inner"
            )  # another says nothing
            return element
        attributes = _attributes(known, at)
        for key in (f"{_RDF}resource", f"{_RDF}nodeID"):
            if key in known:
                element.value, element.fixed = known[key][1], True
        if attributes or element.fixed:
            if not element.fixed:
                element.value, element.fixed = at, True
            if _TYPE in known:
                attributes.append(Spot(_TYPE, known[_TYPE][1], at))
            if attributes:
                self.groups.append(attributes)
        return element


def _attributes(known: dict[str, tuple[str, int]], at: int) -> list[Spot]:
    return [Spot(key, spot, at) for key, (_, spot) in known.items() if key not in _SYNTAX]


def _reified(at: int) -> list[Spot]:
    return [Spot(predicate, at, at) for predicate in _REIFIED]


def _expanded(name: str, names: dict[str, str], *, default: bool = False) -> str:
    prefix, colon, local = name.rpartition(":")
    return names.get(prefix, "") + local if colon or default else local
