"""What a parameter of a stored question can be: real values with their names, asked of the graph once.

A parameter of a concept takes the things of that concept; one whose header names a query of ``queries/values`` takes
what that finds, and nothing else. Names are understood as well as keys, so that a person need not know any key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from rdflib import Literal, URIRef
from rdflib.term import Node

from lepgraph.content import Content
from lepgraph.describing import Describer
from lepgraph.errors import ParameterFault
from lepgraph.exchange import as_result, from_result
from lepgraph.querying import Library, Parameter, StoredQuery
from lepgraph.shelf import Shelf
from lepgraph.store import Query, Store
from lepgraph.words import worded

NEAR = 3
"""Names that are offered in place of one that is not known."""
TOLD = 12
"""Known values up to which a fault names all of them."""


@dataclass(frozen=True)
class Choice:
    """A value that a parameter can have: how an address writes it, its name, and the term."""

    value: str
    label: str
    term: Node


class Choices:
    """The values of the parameters of one site's questions."""

    def __init__(
        self, content: Content, library: Library, store: Store, describer: Describer, shelf: Shelf | None = None
    ) -> None:
        self._content = content
        self._library = library
        self._store = store
        self._describer = describer
        self._shelf = shelf
        """Where those of all questions are kept; without one each is asked for when it is needed."""
        self._asked: dict[tuple[str, str], tuple[Choice, ...]] = {}

    def of(self, parameter: Parameter) -> tuple[Choice, ...]:
        """The values by name; none if any value of the type will do."""
        key = (parameter.values, parameter.concept)
        if key in self.kept:
            return self.kept[key]
        if key not in self._asked:
            terms = self._terms(parameter)
            self._asked[key] = self._named(parameter, terms) if terms else ()
        return self._asked[key]

    @cached_property
    def kept(self) -> dict[tuple[str, str], tuple[Choice, ...]]:
        """The values that were kept, by what a parameter takes."""
        found = self._shelf.value("choices", self._written) if self._shelf else []
        return {
            (values, concept): tuple(Choice(value, label, from_result(term)) for value, label, term in choices)
            for values, concept, choices in found
        }

    def _written(self) -> list[Any]:
        """The values of the parameters of all questions, as JSON has them."""
        parameters = [parameter for query in self._library.questions.values() for parameter in query.parameters]
        asked = Choices(self._content, self._library, self._store, self._describer)
        return [
            [values, concept, [[choice.value, choice.label, as_result(choice.term)] for choice in asked.of(parameter)]]
            for (values, concept), parameter in {(item.values, item.concept): item for item in parameters}.items()
        ]

    def terms(self, query: StoredQuery, given: Mapping[str, str]) -> tuple[dict[str, Node], dict[str, ParameterFault]]:
        """Texts from outside as terms, and what is wrong with those that are none, by parameter."""
        known = {parameter.name: parameter for parameter in query.parameters}
        terms: dict[str, Node] = {}
        faults: dict[str, ParameterFault] = {}
        for name in given:
            if name not in known:
                offered = ", ".join(known) or "none"
                faults[name] = ParameterFault(
                    f"{query.name} has no parameter {name}.", hint=f"Its parameters: {offered}."
                )
        for name, parameter in known.items():
            try:
                if given.get(name):
                    terms[name] = self.term(parameter, given[name])
                elif parameter.required:
                    raise parameter.missing()  # noqa: TRY301 - gathered with the others
            except ParameterFault as fault:
                faults[name] = fault
        return terms, faults

    def term(self, parameter: Parameter, text: str) -> Node:
        """The term that a text from outside means: a value, or the name of one; raises ParameterFault."""
        choices = self.of(parameter)
        wanted = " ".join(text.split()).casefold()
        for choice in choices:
            if text in (choice.value, str(choice.term)):
                return choice.term
        found = _called(wanted, choices)
        if found is not None:
            return found.term
        try:
            term = parameter.term(text, self._describer.addresses)
        except ParameterFault as fault:
            raise self._unknown(parameter, text, choices, fault.detail) if choices else fault from None
        if parameter.values and term not in {choice.term for choice in choices}:
            raise self._unknown(parameter, text, choices, f"The graph knows no {text!r} as {parameter.name}.")
        if parameter.concept and not self._describer.labels([str(term)]):
            said = f"The graph says nothing of {term}, which {parameter.name} names."
            raise self._unknown(parameter, text, choices, said)
        return term

    def label(self, parameter: Parameter, text: str) -> str:
        """The name of the value that a text from outside means, or the text itself."""
        return next((choice.label for choice in self.of(parameter) if choice.value == text), text)

    def _unknown(self, parameter: Parameter, text: str, choices: tuple[Choice, ...], said: str) -> ParameterFault:
        """What to answer to a text that means none of the choices: those that are near, or all if they are few."""
        hints, plain = [], f"The graph knows no “{text[:100]}”."
        labels = {choice.label.casefold(): choice for choice in choices}
        labels |= {choice.value.casefold(): choice for choice in choices}
        near = [labels[match] for match in get_close_matches(text[:100].casefold(), labels, 2 * NEAR, 0.75)]
        if near:
            told = ", ".join(_told(choice) for choice in list(dict.fromkeys(near))[:NEAR])
            hints.append(f"Near to it: {told}.")
            plain += f" Near to it: {', '.join(choice.label for choice in list(dict.fromkeys(near))[:NEAR])}."
        if parameter.values and len(choices) <= TOLD:
            hints = [f"Known: {', '.join(_told(choice) for choice in choices)}."]
            plain += f" Choose {' or '.join(choice.label for choice in choices)}."
        elif parameter.concept:
            lists = parameter.concept if parameter.concept.startswith("def/") else f"id/{parameter.concept}"
            hints.append(f"/{lists} lists all that there are.")
        return ParameterFault(said, hint=" ".join(hints), plain=plain)

    def _terms(self, parameter: Parameter) -> dict[Node, str]:
        """The terms that a parameter can have, each with the name that its query gives it, if any."""
        if parameter.values:
            rows = self._store.solutions(Query(self._library.values[parameter.values].text))
            return {row["value"]: str(row.get("label", "")) for row in rows}
        if parameter.concept.startswith("def/"):
            scheme = self._describer.addresses.definition(parameter.concept.removeprefix("def/"))
            rows = self._ask("vocabulary", vocabulary=scheme)
            return {row["term"]: "" for row in rows}
        concept = self._content.catalogue.concepts.get(parameter.concept)
        if concept is None:
            return {}
        space = Literal(str(self._describer.addresses.thing(concept.segment, "")))
        return {row["thing"]: "" for row in self._ask("members", **{"class": concept.iri, "space": space})}

    def _ask(self, name: str, **values: Node) -> list[dict[str, Node]]:
        return self._store.solutions(Query(self._library.pages[name].bound(values)))

    def _named(self, parameter: Parameter, terms: dict[Node, str]) -> tuple[Choice, ...]:
        labels = self._describer.labels(str(term) for term in terms if isinstance(term, URIRef))
        found = []
        for term, label in terms.items():
            value = self._value(parameter, term)
            named = label or labels.get(str(term)) or worded(value, getattr(term, "datatype", None))
            found.append(Choice(value, named, term))
        shared = Counter(choice.label.casefold() for choice in found)
        distinct = [
            Choice(choice.value, f"{choice.label} ({self._kind(choice)})", choice.term)
            if shared[choice.label.casefold()] > 1
            else choice
            for choice in found
        ]
        written = all(isinstance(choice.term, Literal) for choice in distinct)  # dates, for instance: in their order
        return tuple(sorted(distinct, key=lambda choice: ("" if written else choice.label.casefold(), choice.value)))

    def _value(self, parameter: Parameter, term: Node) -> str:
        """How an address writes a term: the key of a thing of the parameter's concept, else the whole."""
        key = self._describer.addresses.key(parameter.concept, str(term)) if parameter.concept else ""
        return key or str(term)

    def _kind(self, choice: Choice) -> str:
        """What tells a thing from others of the same name."""
        split = self._describer.addresses.split(str(choice.term))
        return f"{split[0].replace('-', ' ')} {split[1]}" if split else choice.value


def _called(wanted: str, choices: Sequence[Choice]) -> Choice | None:
    """The one choice of a name, or the one whose name begins with these words."""
    for fits in (wanted.__eq__, lambda label: label.startswith(f"{wanted} ")):
        named = [choice for choice in choices if fits(choice.label.casefold())]
        if len(named) == 1:
            return named[0]
    return None


def _told(choice: Choice) -> str:
    return choice.value if choice.label == choice.value else f"{choice.value} ({choice.label})"
