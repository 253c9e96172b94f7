"""What is wrong, in one plain sentence for each kind of constraint of SHACL; what to do the shape itself says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from lepgraph.terms import LABELS, RDF, SH, XSD
from lepgraph.validation.shapes import Shapes
from lepgraph.words import local_name, shortened

_WANTED = {
    XSD.date: "a date such as 2015-05-31",
    XSD.gYearMonth: "a month such as 2015-05",
    XSD.gYear: "a year such as 2015",
    XSD.dateTime: "a date with a time such as 2015-05-31T09:00:00",
    XSD.boolean: "true or false",
    XSD.integer: "a whole number",
    XSD.nonNegativeInteger: "a whole number",
    XSD.decimal: "a number",
    XSD.double: "a number",
    XSD.string: "plain text without a language",
    XSD.anyURI: "an address",
    RDF.langString: "text with a language such as @en",
}
_KINDS = {
    SH.IRI: "an address (IRI)",
    SH.Literal: "text or a number",
    SH.BlankNode: "a node without an address",
    SH.BlankNodeOrIRI: "a thing",
    SH.IRIOrLiteral: "an address or a text",
    SH.BlankNodeOrLiteral: "a value",
}


@dataclass(frozen=True)
class Result:
    """One result of a validation report: its terms, None where it has none."""

    focus: Node
    path: Node | None
    value: Node | None
    severity: Node | None
    component: Node | None
    shape: Node | None
    node: Node | None = None

    @classmethod
    def read(cls, report: Graph, node: Node) -> Result:
        """A result out of its graph."""
        focus = report.value(node, SH.focusNode)
        assert focus is not None
        return cls(
            focus,
            report.value(node, SH.resultPath),
            report.value(node, SH.value),
            report.value(node, SH.resultSeverity),
            report.value(node, SH.sourceConstraintComponent),
            report.value(node, SH.sourceShape),
            node,
        )

    @property
    def rule(self) -> str:
        """The kind of constraint as a word: min-count."""
        name = local_name(str(self.component or "")).removesuffix(" Constraint Component")
        return name.replace(" ", "-").lower()


class Wording:
    """Words for the results of one report. ``labels`` are names of things by IRI."""

    def __init__(self, shapes: Shapes, data: Graph, labels: Mapping[str, str]) -> None:
        self.shapes = shapes
        self.data = data
        self.labels = labels

    def sentence(self, result: Result, name: str) -> str:
        """What is wrong; ``name`` is what the property is called."""
        found = _SENTENCES.get(result.component or SH.result)
        return found(self, result, name) if found else f"The rule “{name or result.rule}” is not met."

    def label(self, term: Node) -> str:
        """A term as people call it."""
        if isinstance(term, Literal):
            return f"“{shortened(str(term))}”"
        own = next((str(n) for prop in LABELS for n in sorted(self.data.objects(term, prop), key=str)), "")
        name = own or self.labels.get(str(term), "")
        if isinstance(term, BNode):
            return name or "a thing without an address"
        return f"{name} <{term}>" if name else f"<{term}>"

    def of(self, shape: Node | None, prop: URIRef) -> list[Node]:
        """What a shape says with a property."""
        return sorted(self.shapes.graph.objects(shape, prop), key=str) if shape is not None else []

    def class_name(self, kind: Node) -> str:
        """What a class is called."""
        return self.labels.get(str(kind)) or local_name(str(kind))

    def values(self, result: Result) -> int:
        """How many values the property of a result has."""
        return len(set(self.data.objects(result.focus, result.path))) if isinstance(result.path, URIRef) else 0


def _with_article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def _either(options: list[str]) -> str:
    return options[0] if len(options) == 1 else f"{', '.join(options[:-1])} or {options[-1]}"


def _too_few(words: Wording, result: Result, name: str) -> str:
    number = words.values(result)
    if not number:
        return f"Nothing is said of the {_noun(name)}."
    least = next((str(n) for n in words.of(result.shape, SH.minCount)), "more")
    return f"There {'is' if number == 1 else 'are'} {number} of {_noun(name)}, where {least} are wanted."


def _too_many(words: Wording, result: Result, name: str) -> str:
    if not isinstance(result.path, URIRef):  # such as whatever else has the same code
        return f"The rule “{name}” is not met."
    most = next((str(n) for n in words.of(result.shape, SH.maxCount)), "1")
    return f"There are {words.values(result) or 'too many'} values of {_noun(name)}, where {most} is the most."


def _noun(name: str) -> str:
    """The name of a property without the word by which shapes that ask for any value are called."""
    return name.removesuffix(" known") if name else "property"


def _datatype(words: Wording, result: Result, name: str) -> str:
    wanted = [_WANTED.get(kind, local_name(str(kind))) for kind in words.of(result.shape, SH.datatype)]  # type: ignore[call-overload]  # Node keys
    value = result.value
    if wanted and isinstance(value, Literal) and value.datatype in words.of(result.shape, SH.datatype):
        return f"{words.label(value)} does not exist as {_either(wanted)}." if value else "The value is empty."
    return f"{words.label(value)} is not {_either(wanted)}." if wanted and value else f"A value of {name} is not valid."


def _node_kind(words: Wording, result: Result, name: str) -> str:
    wanted = [_KINDS.get(kind, "another kind of value") for kind in words.of(result.shape, SH.nodeKind)]  # type: ignore[call-overload]  # Node keys
    return (
        f"{words.label(result.value)} is not {_either(wanted)}." if result.value else f"The value of {name} is wrong."
    )


def _class(words: Wording, result: Result, name: str) -> str:
    wanted = _either([words.class_name(kind) for kind in words.of(result.shape, SH["class"])] or ["thing"])
    value = result.value
    if value is None:
        return f"The value of {name} is of the wrong kind."
    if isinstance(value, Literal):
        return f"{words.label(value)} is text, where a link to {_with_article(wanted)} is wanted."
    types = sorted(words.data.objects(value, RDF.type), key=str)
    if not types:
        return f"{words.label(value)} is described neither in the record nor in the graph."
    has = _either([words.class_name(kind) for kind in types])
    return f"{words.label(value)} is {_with_article(has)}, not {_with_article(wanted)}."


def _in(words: Wording, result: Result, name: str) -> str:
    return f"{words.label(result.value)} is not one of the values that are allowed." if result.value else ""


def _pattern(words: Wording, result: Result, name: str) -> str:
    return f"{words.label(result.value)} is not written as {_with_article(_noun(name))} is." if result.value else ""


def _language(words: Wording, result: Result, name: str) -> str:
    value = result.value
    wanted = [str(code) for head in words.of(result.shape, SH.languageIn) for code in words.shapes.graph.items(head)]
    if not isinstance(value, Literal) or not wanted:
        return f"A value of {name} is not in a language that is allowed."
    has = f"has the language {value.language}" if value.language else "has no language"
    return f"{words.label(value)} {has}, where {_either(['@' + code for code in wanted])} is wanted."


def _unique(words: Wording, result: Result, name: str) -> str:
    return f"There are several values of {_noun(name)} in one language."


def _closed(words: Wording, result: Result, name: str) -> str:
    kinds = sorted(words.data.objects(result.focus, RDF.type), key=str)
    kind = words.class_name(kinds[0]) if kinds else "thing"
    return f"{_with_article(kind).capitalize()} has no property “{local_name(str(result.path))}” here."


def _node(words: Wording, result: Result, name: str) -> str:
    inner = [words.shapes.text(shape, RDF_LABEL).removesuffix(" shape") for shape in words.of(result.shape, SH.node)]
    wanted = [label for label in inner if label]
    if not wanted or result.value is None:
        return f"The rule “{name}” is not met."
    if any(words.of(shape, SH["class"]) for shape in words.of(result.shape, SH.node)):  # a list of things
        what = "text, where a link to one of" if isinstance(result.value, Literal) else "not one of"
        end = " is wanted" if isinstance(result.value, Literal) else ""
        return f"{words.label(result.value)} is {what} the {_either(wanted)}{end}."
    return f"{words.label(result.value)} is not {_with_article(_either(wanted))}."


def _least(words: Wording, result: Result, name: str) -> str:
    limits = [f"{word} {n}" for prop, word in _LIMITS.items() for n in words.of(result.shape, prop)]
    return f"{words.label(result.value)} is not {_either(limits)}." if limits and result.value else f"{name} is wrong."


RDF_LABEL = LABELS[0]
_LIMITS = {
    SH.minInclusive: "at least",
    SH.minExclusive: "more than",
    SH.maxInclusive: "at most",
    SH.maxExclusive: "less than",
}
_Sentence = Callable[[Wording, Result, str], str]
_SENTENCES: dict[Node, _Sentence] = {
    SH.MinCountConstraintComponent: _too_few,
    SH.MaxCountConstraintComponent: _too_many,
    SH.DatatypeConstraintComponent: _datatype,
    SH.NodeKindConstraintComponent: _node_kind,
    SH.ClassConstraintComponent: _class,
    SH.InConstraintComponent: _in,
    SH.PatternConstraintComponent: _pattern,
    SH.LanguageInConstraintComponent: _language,
    SH.UniqueLangConstraintComponent: _unique,
    SH.ClosedConstraintComponent: _closed,
    SH.NodeConstraintComponent: _node,
    SH.MinInclusiveConstraintComponent: _least,
    SH.MinExclusiveConstraintComponent: _least,
    SH.MaxInclusiveConstraintComponent: _least,
    SH.MaxExclusiveConstraintComponent: _least,
}
