"""What can be found in a dataset, gathered from its store: things with a name, lists, stored questions.

What a class of things weighs, by which names of others a thing is found, and what is said beside its name come from the
content's ``queries/search``: ``weights``, ``related`` and ``details``. Each may be missing; links between named things
are found in any graph.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rdflib import Literal, URIRef
from rdflib.term import Node

from lepgraph import __version__
from lepgraph.content import Content
from lepgraph.describing import Describer
from lepgraph.querying import Library
from lepgraph.store import Query, Store
from lepgraph.terms import DCTERMS, LABELS, RDF, SKOS, SKOSXL
from lepgraph.words import folded, in_words, local_name

Row = dict[str, Node]

NAME, OTHER, CODE, RELATED, LINKED, DESCRIPTION = "name", "other", "code", "related", "linked", "description"
PARTS = (NAME, OTHER, CODE, RELATED, LINKED, DESCRIPTION)
"""The parts of an entry that hold texts: ``related`` are names of others that the content says count, ``linked`` those
of all others that it links to."""

LIST, QUESTION, TERM = "list", "question", "term"
_TITLES = {LIST: "Lists", QUESTION: "Questions", TERM: "Terms of vocabularies"}
_FIRST, _LAST = 0, 1000
_NAMES = tuple(map(str, LABELS))
_OTHER_NAMES = frozenset(map(str, (SKOS.altLabel, SKOS.hiddenLabel, DCTERMS.alternative, SKOSXL.literalForm)))
_CODES = frozenset(map(str, (SKOS.notation, DCTERMS.identifier)))
_CODE = re.compile(r"\S{1,40}")
_AT_ONCE = 2000
_MOST_NAMES = 400
"""Names of others that are kept for one thing."""


@dataclass
class Kind:
    """What kind of thing an entry is, for people who choose among kinds."""

    key: str
    title: str
    position: int


@dataclass
class Entry:
    """Something that can be found; ``texts`` has for each part how a text is tied to the thing, and the text."""

    iri: str
    href: str
    kind: Kind
    classes: str
    name: str
    weight: float = 1.0
    details: list[str] = field(default_factory=list)
    texts: dict[str, dict[tuple[str, str], None]] = field(default_factory=dict)

    def add(self, part: str, how: str, text: str) -> None:
        """Adds a text, once."""
        texts = self.texts.setdefault(part, {})
        if len(texts) < _MOST_NAMES:
            texts[how, text] = None

    def words(self, part: str) -> str:
        """The words of one part, in the form in which they are compared."""
        return " ".join(word for _, text in self.texts.get(part, ()) for word in folded(text))


class Gatherer:
    """Gathers the entries of one dataset."""

    def __init__(self, content: Content, library: Library, store: Store, describer: Describer) -> None:
        self.content = content
        self.library = library
        self.store = store
        self.describer = describer
        self._others: dict[str, Kind] = {}

    @property
    def about(self) -> str:
        """What the entries depend on besides the dataset: the code, the lists, the questions and the queries."""
        texts = [__version__]
        texts += [path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.py"))]
        for pattern in ("search/*.rq", "competency/*.rq"):  # as they stand, since a header takes long to read
            for path in self.content.files("queries", pattern):
                texts += [path.name, path.read_text(encoding="utf-8")]
        for concept in self.content.catalogue.concepts.values():
            texts += [concept.segment, concept.title, concept.description]
        return hashlib.sha256("\0".join(texts).encode()).hexdigest()

    def entries(self) -> list[Entry]:
        """All that can be found, in the order of their addresses, then lists and questions."""
        texts, links = self._ask("texts"), self._ask("links-of-named")
        types: dict[str, list[str]] = {}
        for row in links:
            if row["property"] == RDF.type:
                types.setdefault(str(row["thing"]), []).append(str(row["other"]))
        named = {str(row["thing"]) for row in texts if str(row["property"]) in _NAMES}
        properties = {str(row["property"]) for rows in (texts, links) for row in rows}
        labels = self._labels(named | properties | {kind for kinds in types.values() for kind in kinds})
        entries = dict(self._things(sorted(named), types, labels))
        self._add_texts(entries, texts, labels)
        self._add_links(entries, links, labels)
        self._add_details(entries)
        return [*entries.values(), *self._lists(), *self._questions()]

    def _things(
        self, named: Sequence[str], types: dict[str, list[str]], labels: dict[str, str]
    ) -> Iterator[tuple[str, Entry]]:
        for iri in named:
            link = self.describer.link(iri, labels)
            if not link.href.startswith("/") or link.href.startswith("/graph/"):
                continue
            classes = types.get(iri, [])
            called = ", ".join(labels.get(name) or local_name(name) for name in classes)
            weight = max((self._weights.get(name, 1.0) for name in classes), default=1.0)
            entry = Entry(iri, link.href, self._kind(iri, called), called, link.text, weight)
            entry.add(NAME, "", link.text)
            yield iri, entry

    def _kind(self, iri: str, called: str) -> Kind:
        found = self.content.addresses.split(iri)
        concept = self.content.catalogue.concepts.get(found[0]) if found else None
        if concept:
            return Kind(concept.segment, concept.title, concept.position)
        if iri.startswith(f"{self.content.addresses.base}def/"):
            return Kind(TERM, _TITLES[TERM], _LAST)
        title = called.partition(",")[0] or "other"
        return Kind("-".join(folded(title)) or "other", title[0].upper() + title[1:], _LAST)

    def _add_texts(self, entries: dict[str, Entry], rows: list[Row], labels: dict[str, str]) -> None:
        for row in rows:
            entry = entries.get(str(row["thing"]))
            if entry is None:
                continue
            name, text = str(row["property"]), row["text"]
            spoken = isinstance(text, Literal) and bool(text.language)
            if name in _NAMES or name in _OTHER_NAMES:
                if str(text) != entry.name:
                    entry.add(OTHER, "also called", str(text))
            elif name in _CODES or (not spoken and _CODE.fullmatch(str(text))):
                entry.add(CODE, labels.get(name) or local_name(name), str(text))
            else:
                entry.add(DESCRIPTION, labels.get(name) or local_name(name), str(text))

    def _add_links(self, entries: dict[str, Entry], rows: list[Row], labels: dict[str, str]) -> None:
        for row in self._ask_content("related"):
            if entry := entries.get(str(row["thing"])):
                entry.add(RELATED, str(row["how"]), str(row["name"]))
        for row in rows:
            entry, other = entries.get(str(row["thing"])), entries.get(str(row["other"]))
            if entry and other and row["property"] != RDF.type:
                name = str(row["property"])
                entry.add(LINKED, labels.get(name) or local_name(name), other.name)

    def _add_details(self, entries: dict[str, Entry]) -> None:
        rows = self._ask_content("details")
        labels = self._labels({str(row["detail"]) for row in rows if isinstance(row["detail"], URIRef)})
        for row in rows:
            detail = row["detail"]
            text = in_words(detail) if isinstance(detail, Literal) else labels.get(str(detail), "")
            entry = entries.get(str(row["thing"]))
            if entry and text and text not in entry.details:
                entry.details.append(text)

    def _lists(self) -> Iterator[Entry]:
        for concept in self.content.catalogue.concepts.values():
            kind = Kind(LIST, _TITLES[LIST], _FIRST)
            weight = 2.0 * min(1.0, self._weights.get(str(concept.iri), 1.0))
            entry = Entry(str(concept.part), f"/id/{concept.segment}", kind, "list", concept.title, weight)
            entry.add(NAME, "", concept.title)
            entry.add(DESCRIPTION, "", concept.description)
            yield entry

    def _questions(self) -> Iterator[Entry]:
        for query in self.library.questions.values():
            address = f"/queries/{query.name}"
            kind = Kind(QUESTION, _TITLES[QUESTION], _LAST)
            entry = Entry(f"{self.content.addresses.base}{address[1:]}", address, kind, "question", query.summary)
            entry.add(NAME, "", query.summary)
            entry.add(DESCRIPTION, "", query.description)
            yield entry

    @cached_property
    def _weights(self) -> dict[str, float]:
        """What the content says that things of a class weigh."""
        return {str(row["class"]): float(str(row["weight"])) for row in self._ask_content("weights")}

    def _labels(self, iris: Iterable[str]) -> dict[str, str]:
        wanted = sorted(set(iris))
        labels: dict[str, str] = {}
        for place in range(0, len(wanted), _AT_ONCE):
            labels.update(self.describer.labels(wanted[place : place + _AT_ONCE]))
        return labels

    def _ask(self, name: str) -> list[Row]:
        return self.store.solutions(Query(self.library.pages[name].text))

    def _ask_content(self, name: str) -> list[Row]:
        query = self.library.of("search").get(name)
        return self.store.solutions(Query(query.text, base=self.content.addresses.base)) if query else []
