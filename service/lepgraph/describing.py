"""From a subject to its description: facts in the order of the shapes, each with its sources, and what links here.

Knows no subject matter: labels come from the dataset, order and groups from the shapes, and a thing without a name is
told by its own literal facts. Dates are written as people write them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from rdflib import Literal, URIRef
from rdflib.term import Node

from lepgraph.addresses import Addresses
from lepgraph.ordering import Order, Place
from lepgraph.querying import Library
from lepgraph.store import Query, Store
from lepgraph.terms import DCTERMS, LABELS, RDF, RDFS, SKOS, XSD
from lepgraph.words import NUMBERS, in_words, local_name, reading, short

NAMES_AT_MOST = 50_000
"""Names that are remembered, those of things without one too."""
_OPEN = "from "
"""How the name of a period begins that has no end."""

_LITERAL_RANK = {str(predicate): rank for rank, predicate in enumerate(LABELS)}


@dataclass(frozen=True)
class Value:
    """One value as shown: its text, where it leads (empty for text), its language, and the sources that say so."""

    text: str
    href: str = ""
    outside: bool = False
    language: str = ""
    number: bool = False
    sources: tuple[int, ...] = ()


UNKNOWN = Value("Not known")


@dataclass(frozen=True)
class Fact:
    """One property of the subject with its values; ``href`` leads to the definition of the property."""

    label: str
    href: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Incoming:
    """Links of one kind to the subject: the first of them, and how many there are in all."""

    property: str
    label: str
    href: str
    values: tuple[Value, ...]
    total: int


@dataclass(frozen=True)
class Group:
    """Facts under one heading; the heading is empty for those that no shape puts in a group."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class SourceMark:
    """A numbered source on a page: what it is called, the page about it, and the graphs that hold its statements."""

    number: int
    title: str
    href: str
    graphs: tuple[Value, ...]


@dataclass(frozen=True)
class Description:
    """Everything a page says of one subject."""

    iri: str
    title: str
    types: tuple[str, ...]
    kinds: tuple[Value, ...]
    definition: str
    groups: tuple[Group, ...]
    named_by: tuple[int, ...]
    """The numbers of the sources that give the thing its title."""
    defined_by: tuple[int, ...]
    incoming: tuple[Incoming, ...]
    sources: tuple[SourceMark, ...]


class Describer:
    """Describes subjects of one store."""

    def __init__(self, store: Store, library: Library, addresses: Addresses, order: Order, everywhere: bool) -> None:
        self.store = store
        self.library = library
        self.addresses = addresses
        self.order = order
        self.everywhere = everywhere
        """Whether subjects outside the base have pages here too (when files are served)."""
        self._names: dict[str, str] = {}

    def describe(self, iri: str) -> Description | None:
        """The description of a subject, or None if no graph says anything of it and nothing links to it."""
        rows = self._ask("describe", subject=URIRef(iri))
        counts = self._ask("incoming-counts", object=URIRef(iri))
        if not rows and not counts:
            return None
        links = [row for count in counts for row in self._linked("incoming-first", iri, str(count["predicate"]))]
        types = sorted({str(row["object"]) for row in rows if row["predicate"] == RDF.type})
        missing = self.order.missing(types, {str(row["predicate"]) for row in rows})
        labels = self.labels(_iris(rows) | _iris(links) | _iris(counts) | missing | {iri}, about=iri)
        marks = self._marks(rows)
        title = labels.get(iri) or local_name(iri)
        definition = next((str(row["object"]) for row in rows if row["predicate"] in _DEFINITIONS), "")
        said = [row for row in rows if _says(row, LABELS, title) or _says(row, _DEFINITIONS, definition)]
        return Description(
            iri=iri,
            title=title,
            types=tuple(types),
            kinds=tuple(self.link(kind, labels) for kind in types),
            definition=definition,
            groups=self._groups([row for row in rows if row not in said], self.order.of(types), missing, labels, marks),
            named_by=_numbers(said, LABELS, marks),
            defined_by=_numbers(said, _DEFINITIONS, marks),
            incoming=self._incoming(counts, links, labels),
            sources=tuple(dict.fromkeys(marks.values())),
        )

    def linked(self, iri: str, predicate: str) -> list[str]:
        """All things that link to a subject by a property, in the order of their identifiers."""
        found = [row["subject"] for row in self._linked("incoming-all", iri, predicate)]
        return [str(subject) for subject in found if isinstance(subject, URIRef)]

    def read_from_the_other_side(self, predicate: str, labels: dict[str, str]) -> str:
        """How a property reads at its object: as the vocabulary says, or by quoting its name."""
        inverse = self._inverse({predicate}).get(predicate)
        return inverse or f"is “{labels.get(predicate) or local_name(predicate)}” of"

    def labels(self, iris: Iterable[str], about: str = "") -> dict[str, str]:
        """The names of those things that have one, or that their facts tell, the subject of the page left out."""
        wanted = sorted(set(iris))
        named = self._named(wanted)
        unnamed = [iri for iri in wanted if iri not in named and self.addresses.split(iri)]
        return self._distinct({**self._told(unnamed, about), **named})

    def _named(self, wanted: list[str]) -> dict[str, str]:
        """The names of those things that have one; English before other languages.

        A store never changes, so each name is looked up once, as long as there is room to remember it.
        """
        unknown = [iri for iri in wanted if iri not in self._names]
        if unknown:
            if len(self._names) + len(unknown) > NAMES_AT_MOST:
                self._names.clear()
                unknown = wanted
            found = self._looked_up(unknown)
            self._names.update({iri: found.get(iri, "") for iri in unknown})
        names = self._names
        return {iri: name for iri in wanted if (name := names.get(iri))}

    def _looked_up(self, wanted: list[str]) -> dict[str, str]:
        best: dict[str, tuple[tuple[int, int, str], str]] = {}
        for row in self._ask("labels", thing=[URIRef(iri) for iri in wanted]):
            label = row["label"]
            foreign = int(
                isinstance(label, Literal) and bool(label.language) and not str(label.language).startswith("en")
            )
            rank = (foreign, _LITERAL_RANK.get(str(row["property"]), 9), str(label))
            thing = str(row["thing"])
            if thing not in best or rank < best[thing][0]:
                best[thing] = (rank, str(label))
        return {thing: label for thing, (_, label) in best.items()}

    def _distinct(self, labels: dict[str, str]) -> dict[str, str]:
        """The same names, with the key behind each that two things of one kind would share."""
        kinds = {iri: self.addresses.split(iri) for iri in labels}
        shared = Counter((kind[0], labels[iri]) for iri, kind in kinds.items() if kind)
        return {
            iri: f"{label} ({kind[1]})" if (kind := kinds[iri]) and shared[kind[0], label] > 1 else label
            for iri, label in labels.items()
        }

    def link(self, iri: str, labels: dict[str, str], sources: tuple[int, ...] = ()) -> Value:
        """An IRI as a link: to our page if we have one, else outside."""
        here = self.addresses.path(iri) is not None
        text = labels.get(iri) or (local_name(iri) if here or iri in labels else short(iri))
        address = self.address(iri)
        return Value(text, address, outside=bool(address) and not address.startswith("/"), sources=sources)

    def address(self, iri: str) -> str:
        """Where a page leads for an IRI: to our page if we have one, else outside; empty for what is not of the web."""
        path = self.addresses.path(iri)
        if path is not None:
            return path
        if self.everywhere:
            return f"/resource?iri={quote(iri, safe='')}"
        return iri if iri.startswith(("http://", "https://")) else ""

    def links(self, iris: Sequence[str]) -> list[Value]:
        """Things as links, in the order in which people read their names."""
        labels = self.labels(iris)
        return sorted((self.link(iri, labels) for iri in iris), key=in_order)

    def _ask(self, name: str, **values: Node | Sequence[Node]) -> list[dict[str, Node]]:
        return self.store.solutions(Query(self.library.pages[name].bound(values)))

    def _told(self, iris: list[str], about: str) -> dict[str, str]:
        """Names for things that have none, such as periods and figures: their links and literals, dates first."""
        if not iris:
            return {}
        facts: dict[str, dict[str, str]] = {}
        links: dict[str, set[str]] = {}
        for row in sorted(self._ask("describe", subject=[URIRef(iri) for iri in iris]), key=_undated):
            thing, value = str(row["subject"]), row["object"]
            if isinstance(value, Literal):
                facts.setdefault(thing, {})[str(row["predicate"])] = in_words(value)
            elif row["predicate"] != RDF.type and str(value) != about:
                links.setdefault(thing, set()).add(str(value))
        names = self._named(sorted(set().union(*links.values())))
        told = {}
        for thing, own in facts.items():
            linked = ", ".join(sorted(names[link] for link in links.get(thing, ()) if link in names))
            told[thing] = _period(own) or ": ".join(filter(None, [linked, " · ".join(own.values())]))
        return told

    def _marks(self, rows: list[dict[str, Node]]) -> dict[str, SourceMark]:
        """For each graph the numbered source that speaks in it; a source has one number, whatever graphs it has."""
        graphs = list(dict.fromkeys(str(row["graph"]) for row in rows))
        if not graphs:
            return {}
        about = {str(row["graph"]): row for row in self._ask("graph-sources", graph=[URIRef(g) for g in graphs])}
        spoken: dict[str, list[str]] = {}
        for graph in graphs:
            spoken.setdefault(str(about.get(graph, {}).get("source", graph)), []).append(graph)
        marks: dict[str, SourceMark] = {}
        for number, (source, own) in enumerate(spoken.items(), 1):
            title = str(about.get(own[0], {}).get("title") or local_name(source))
            shown = tuple(Value(self._register(graph), self.address(graph)) for graph in own)
            mark = SourceMark(number, title, self.address(source), shown)
            marks.update(dict.fromkeys(own, mark))
        return marks

    def _register(self, graph: str) -> str:
        """The register of one of our graphs in words, the last part of the name of any other."""
        path = graph.removeprefix(f"{self.addresses.base}graph/")
        return local_name(graph) if path == graph else path.partition("/")[0].replace("-", " ")

    def _groups(
        self,
        rows: list[dict[str, Node]],
        places: dict[str, Place],
        missing: set[str],
        labels: dict[str, str],
        marks: dict[str, SourceMark],
    ) -> tuple[Group, ...]:
        facts: dict[str, dict[Node, list[int]]] = {path: {} for path in missing}
        for row in rows:
            if row["predicate"] != RDF.type:
                values = facts.setdefault(str(row["predicate"]), {})
                numbers = values.setdefault(row["object"], [])
                if (number := marks[str(row["graph"])].number) not in numbers:
                    numbers.append(number)
        groups: dict[tuple[float, str], list[Fact]] = {}

        def position(predicate: str) -> tuple[float, str, float, str]:
            place = places.get(predicate, Place())
            return (*place.position, labels.get(predicate, predicate))

        for predicate in sorted(facts, key=position):
            place = places.get(predicate, Place())
            shown = [self.value(value, labels, tuple(sources)) for value, sources in facts[predicate].items()]
            shown = shown or [UNKNOWN]
            link = self.link(predicate, labels)
            fact = Fact(labels.get(predicate) or local_name(predicate), link.href, tuple(sorted(shown, key=in_order)))
            groups.setdefault((place.group_order, place.group), []).append(fact)
        return tuple(Group(title, tuple(found)) for (_, title), found in groups.items())

    def value(self, term: Node, labels: dict[str, str], sources: tuple[int, ...] = ()) -> Value:
        """A term as people read it: a thing by its name and as a link, a literal in words."""
        if isinstance(term, Literal):
            number = term.datatype in NUMBERS
            return Value(in_words(term), language=term.language or "", number=number, sources=sources)
        return (
            self.link(str(term), labels, sources) if isinstance(term, URIRef) else Value("(unnamed)", sources=sources)
        )

    def _linked(self, query: str, iri: str, predicate: str) -> list[dict[str, Node]]:
        rows = self._ask(query, object=URIRef(iri), predicate=URIRef(predicate))
        return [{**row, "predicate": URIRef(predicate)} for row in rows]

    def _incoming(
        self, counts: list[dict[str, Node]], links: list[dict[str, Node]], labels: dict[str, str]
    ) -> tuple[Incoming, ...]:
        inverse = self._inverse({str(row["predicate"]) for row in counts})
        found: dict[str, list[Value]] = {}
        for row in links:
            if isinstance(row["subject"], URIRef):
                found.setdefault(str(row["predicate"]), []).append(self.link(str(row["subject"]), labels))
        totals = {str(row["predicate"]): int(str(row["number"])) for row in counts}
        return tuple(
            Incoming(
                predicate,
                inverse.get(predicate) or f"is “{labels.get(predicate) or local_name(predicate)}” of",
                self.link(predicate, labels).href,
                tuple(sorted(found[predicate], key=in_order)),
                total,
            )
            for predicate, total in totals.items()
            if predicate in found
        )

    def _inverse(self, predicates: set[str]) -> dict[str, str]:
        """How links read from the other side, where the vocabulary says so."""
        if not predicates:
            return {}
        rows = self._ask("inverse-labels", property=[URIRef(predicate) for predicate in sorted(predicates)])
        return {str(row["property"]): str(row["label"]) for row in rows}


_DEFINITIONS = (SKOS.definition, DCTERMS.description, RDFS.comment)
_START, _END = "http://www.w3.org/ns/dcat#startDate", "http://www.w3.org/ns/dcat#endDate"


def _period(facts: dict[str, str]) -> str:
    if _START not in facts or set(facts) - {_START, _END}:
        return ""
    return f"{facts[_START]} to {facts[_END]}" if _END in facts else f"{_OPEN}{facts[_START]}"


def _says(row: dict[str, Node], properties: Sequence[URIRef], text: str) -> bool:
    """Whether a fact says no more than what stands at the head of the page: in English, or in no language."""
    value = row["object"]
    plain = isinstance(value, Literal) and str(value.language or "en").startswith("en")
    return plain and row["predicate"] in properties and str(value) == text


def _numbers(
    said: list[dict[str, Node]], properties: Sequence[URIRef], marks: dict[str, SourceMark]
) -> tuple[int, ...]:
    return tuple(sorted({marks[str(row["graph"])].number for row in said if row["predicate"] in properties}))


def _undated(row: dict[str, Node]) -> bool:
    value = row["object"]
    return not (isinstance(value, Literal) and value.datatype in (XSD.date, XSD.gYear, XSD.gYearMonth))


def _iris(rows: list[dict[str, Node]]) -> set[str]:
    return {str(term) for row in rows for name, term in row.items() if isinstance(term, URIRef) and name != "graph"}


def in_order(value: Value) -> tuple[str, ...]:
    """What values are sorted by, so that they stand in the order in which people read them."""
    return reading(value.text.removeprefix(_OPEN))
