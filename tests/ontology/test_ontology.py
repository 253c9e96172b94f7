"""The rules that the terms, the code lists and the labels keep."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, VANN, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

BASE = "https://w3id.org/lepgraph/"
LEP = Namespace(f"{BASE}def/lep#")
HEADER = URIRef(f"{BASE}def/lep")
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
NAMES = {OWL.Class: re.compile(r"[A-Z][a-z]+([A-Z][a-z]+)*"), None: re.compile(r"[a-z]+([A-Z][a-z]+)*")}
THEMES = {
    "responsible-business": "Responsible business",
    "investment-and-local-resource-flows": "Investment and local resource flows",
    "integration-and-responsive-public-sector": "Integration and a responsive public sector",
    "engagement-and-accountability": "Engagement and accountability",
    "environmental-sustainability": "Environmental sustainability",
}
USE = re.compile(rf"(?:(?<![\w-])lep:|{re.escape(str(LEP))})([A-Za-z]\w*)")


def terms(graph: Graph, *kinds: Node) -> list[URIRef]:
    """Our classes and properties of the kinds, in the order of their names."""
    found = {term for kind in kinds or KINDS for term in graph.subjects(RDF.type, kind) if str(term).startswith(LEP)}
    return sorted(URIRef(str(term)) for term in found)


def members(graph: Graph, kind: Node) -> list[URIRef]:
    """Things of a kind, in the order of their identifiers."""
    return sorted(URIRef(str(thing)) for thing in graph.subjects(RDF.type, kind))


def texts(graph: Graph, thing: Node, predicate: URIRef) -> list[Literal]:
    """Values of a property that are literals."""
    return [value for value in graph.objects(thing, predicate) if isinstance(value, Literal)]


def single(graph: Graph, thing: Node, predicate: URIRef) -> bool:
    """Whether a property has one value and this is English text."""
    values = list(graph.objects(thing, predicate))
    return len(values) == 1 and isinstance(values[0], Literal) and values[0].language == "en"


def repeated(words: list[str]) -> list[str]:
    """Words that stand more than once in a list."""
    return sorted(word for word, number in Counter(words).items() if number > 1)


### The header


@pytest.mark.parametrize(
    "predicate",
    [
        RDFS.label, DCTERMS.title, DCTERMS.description, DCTERMS.creator, DCTERMS.publisher, DCTERMS.issued,
        DCTERMS.modified, DCTERMS.license, DCTERMS.language, DCTERMS.source, OWL.versionIRI, OWL.versionInfo,
        VANN.preferredNamespacePrefix, VANN.preferredNamespaceUri,
    ],
)  # fmt: skip
def test_the_header_is_complete(ontology: Graph, predicate: URIRef) -> None:
    assert (HEADER, predicate, None) in ontology


def test_there_is_one_header(ontology: Graph) -> None:
    assert members(ontology, OWL.Ontology) == [HEADER]


def test_the_version_is_semantic_and_ends_the_version_address(ontology: Graph) -> None:
    version = str(ontology.value(HEADER, OWL.versionInfo))
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert str(ontology.value(HEADER, OWL.versionIRI)) == f"{HEADER}/{version}"


def test_the_preferred_namespace_is_that_of_the_terms(ontology: Graph) -> None:
    assert str(ontology.value(HEADER, VANN.preferredNamespacePrefix)) == "lep"
    assert str(ontology.value(HEADER, VANN.preferredNamespaceUri)) == str(LEP)


### Terms


def test_there_are_classes_links_and_attributes(ontology: Graph) -> None:
    for kind in KINDS:
        assert terms(ontology, kind)


def test_every_subject_in_our_namespace_is_a_term_of_one_kind(ontology: Graph) -> None:
    ours = {subject for subject in ontology.subjects() if str(subject).startswith(LEP)}
    assert [term for term in ours if len(set(ontology.objects(term, RDF.type)) & set(KINDS)) != 1] == []


def test_classes_are_named_in_upper_and_properties_in_lower_camel_case(ontology: Graph) -> None:
    wrong = []
    for term in terms(ontology):
        pattern = NAMES[OWL.Class if (term, RDF.type, OWL.Class) in ontology else None]
        if not pattern.fullmatch(term.removeprefix(LEP)):
            wrong.append(term)
    assert wrong == []


def test_every_term_has_one_english_label(ontology: Graph) -> None:
    assert [term for term in terms(ontology) if not single(ontology, term, RDFS.label)] == []


def test_labels_are_in_lower_case(ontology: Graph) -> None:
    written = [str(label) for label in ontology.objects(None, RDFS.label)]
    assert [label for label in written if label != label.lower() or label != label.strip()] == []


@pytest.mark.parametrize("kinds", [KINDS[:1], KINDS[1:]], ids=["classes", "properties"])
def test_no_two_terms_share_a_label(ontology: Graph, kinds: tuple[URIRef, ...]) -> None:
    ours = terms(ontology, *kinds)
    capital = kinds == KINDS[:1]
    foreign = [term for term in labelled_by_us(ontology) if _local(term)[0].isupper() == capital]
    assert repeated([str(label) for term in [*ours, *foreign] for label in texts(ontology, term, RDFS.label)]) == []


def test_every_term_says_where_it_is_defined(ontology: Graph) -> None:
    places = {term: list(ontology.objects(term, RDFS.isDefinedBy)) for term in terms(ontology)}
    assert [term for term, place in places.items() if place != [HEADER]] == []


def test_every_link_of_ours_reads_from_its_other_end(ontology: Graph) -> None:
    links = terms(ontology, OWL.ObjectProperty)
    assert [link for link in links if not single(ontology, link, LEP.inverseLabel)] == []


def test_an_attribute_has_no_other_end(ontology: Graph) -> None:
    attributes = terms(ontology, OWL.DatatypeProperty)
    assert [attribute for attribute in attributes if (attribute, LEP.inverseLabel, None) in ontology] == []


### Definitions


def defined(graph: Graph) -> list[URIRef]:
    """Everything that needs a definition: terms, schemes and concepts."""
    return [*terms(graph), *members(graph, SKOS.ConceptScheme), *members(graph, SKOS.Concept)]


def test_every_term_scheme_and_concept_has_one_english_definition(ontology: Graph) -> None:
    assert [thing for thing in defined(ontology) if not single(ontology, thing, SKOS.definition)] == []


def test_a_definition_is_one_sentence_with_a_capital_and_a_full_stop(ontology: Graph) -> None:
    sentence = re.compile(r"[A-Z][^.!?;\n]*\.")
    definitions = [str(text) for text in ontology.objects(None, SKOS.definition)]
    assert [text for text in definitions if not sentence.fullmatch(text)] == []


def test_a_definition_does_not_use_the_label_that_it_defines(ontology: Graph) -> None:
    circular = []
    for thing in defined(ontology):
        label = ontology.value(thing, RDFS.label) or ontology.value(thing, SKOS.prefLabel)
        definition = str(ontology.value(thing, SKOS.definition))
        if thing.startswith(f"{BASE}def/theme/"):
            continue  # of the themes the names are known and nothing more
        if re.search(rf"\b{re.escape(str(label))}\b", definition, re.IGNORECASE):
            circular.append(definition)
    assert circular == []


def test_no_two_definitions_are_the_same(ontology: Graph) -> None:
    assert repeated([str(text) for text in ontology.objects(None, SKOS.definition)]) == []


### Terms of others


def labelled_by_us(graph: Graph) -> list[URIRef]:
    """Terms of other vocabularies that have a label here."""
    return sorted(URIRef(str(term)) for term in set(graph.subjects(RDFS.label)) if not str(term).startswith(BASE))


def _local(term: URIRef) -> str:
    return re.split(r"[/#]", term)[-1]


def test_nothing_but_labels_kind_and_place_is_said_of_terms_of_others(ontology: Graph) -> None:
    said = {(subject, predicate) for subject, predicate in ontology.subject_predicates()}
    foreign = {predicate for subject, predicate in said if not str(subject).startswith(BASE)}
    assert foreign == {RDFS.label, LEP.inverseLabel, RDF.type, RDFS.isDefinedBy}


def test_terms_of_others_are_labelled_once_in_english(labels: Graph) -> None:
    foreign = labelled_by_us(labels)
    assert len(foreign) > 100
    assert [term for term in foreign if not single(labels, term, RDFS.label)] == []
    both = [term for term in foreign if (term, LEP.inverseLabel, None) in labels]
    assert [term for term in both if not single(labels, term, LEP.inverseLabel)] == []


def test_every_property_and_class_in_use_has_a_label(root: Path, published: Graph) -> None:
    used = {*published.predicates(), *published.objects(None, RDF.type), *properties_of_registers(root)}
    assert sorted(str(term) for term in used if (term, RDFS.label, None) not in published) == []


def test_every_property_that_leads_to_a_thing_reads_from_its_other_end(published: Graph) -> None:
    links = {predicate for _, predicate, value in published if isinstance(value, URIRef)}
    assert sorted(str(link) for link in links if (link, LEP.inverseLabel, None) not in published) == []


def properties_of_registers(root: Path) -> Iterator[URIRef]:
    """Properties, and classes given as a type, that the descriptions of the tables name."""
    for path in sorted((root / "data").rglob("*.csv-metadata.json")):
        for column in json.loads(path.read_text(encoding="utf-8"))["tableSchema"]["columns"]:
            if "propertyUrl" in column:
                yield URIRef(column["propertyUrl"])
            if column.get("propertyUrl") == str(RDF.type) and "{" not in column.get("valueUrl", "{"):
                yield URIRef(column["valueUrl"])


### Use


def uses(root: Path) -> Iterator[tuple[str, str]]:
    """File and local name for each of our terms in ontology, data, shapes and queries."""
    for folder in ("ontology", "data", "shapes", "queries"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".ttl", ".json", ".rq"}:
                for name in sorted(set(USE.findall(path.read_text(encoding="utf-8")))):
                    yield path.relative_to(root).as_posix(), name


def test_every_term_of_ours_in_use_is_defined(root: Path, ontology: Graph) -> None:
    found = list(uses(root))
    assert len(found) > 60
    names = {term.removeprefix(LEP) for term in terms(ontology)}
    assert [f"{path}: lep:{name}" for path, name in found if name not in names] == []


@pytest.mark.parametrize("folder", ["ontology", "data"])
def test_nothing_published_is_a_blank_node(root: Path, folder: str) -> None:
    paths = sorted((root / folder).rglob("*.ttl"))
    assert paths
    for path in paths:
        graph = Graph().parse(path, format="turtle")
        assert [triple for triple in graph if any(isinstance(node, BNode) for node in triple)] == [], path.name


def test_no_text_is_empty_or_without_language(published: Graph) -> None:
    prose = (RDFS.label, SKOS.prefLabel, SKOS.definition, SKOS.scopeNote, DCTERMS.title, DCTERMS.description)
    values = [value for predicate in prose for value in published.objects(None, predicate)]
    wrong = [value for value in values if not isinstance(value, Literal) or value.language != "en" or not value.strip()]
    assert wrong == []


### Concepts


def test_every_concept_is_in_one_scheme_and_named_below_it(ontology: Graph) -> None:
    schemes = set(members(ontology, SKOS.ConceptScheme))
    concepts = members(ontology, SKOS.Concept)
    assert len(concepts) > 40
    wrong = []
    for concept in concepts:
        homes = list(ontology.objects(concept, SKOS.inScheme))
        above = URIRef(concept.rpartition("/")[0])
        if homes != [above] or above not in schemes:
            wrong.append(concept)
    assert wrong == []


def test_every_concept_is_at_the_top_of_its_scheme_or_below_one_of_it(ontology: Graph) -> None:
    wrong = []
    for concept in members(ontology, SKOS.Concept):
        scheme = ontology.value(concept, SKOS.inScheme)
        tops = list(ontology.objects(concept, SKOS.topConceptOf))
        broader = list(ontology.objects(concept, SKOS.broader))
        homes = [ontology.value(parent, SKOS.inScheme) for parent in broader]
        if (tops, homes) not in (([scheme], []), ([], [scheme])):
            wrong.append(concept)
    assert wrong == []


def test_every_concept_and_scheme_has_one_preferred_label(ontology: Graph) -> None:
    things = [*members(ontology, SKOS.ConceptScheme), *members(ontology, SKOS.Concept)]
    assert [thing for thing in things if not single(ontology, thing, SKOS.prefLabel)] == []


def test_no_two_concepts_of_a_scheme_share_a_label(ontology: Graph) -> None:
    for scheme in members(ontology, SKOS.ConceptScheme):
        concepts = list(ontology.subjects(SKOS.inScheme, scheme))
        assert concepts
        assert repeated([str(ontology.value(concept, SKOS.prefLabel)) for concept in concepts]) == []


def test_every_concept_that_is_named_is_defined(published: Graph) -> None:
    named = {value for value in published.objects() if re.match(rf"{BASE}def/[a-z-]+(/[a-z-]+)?$", str(value))}
    assert len(named) > 20
    assert sorted(str(value) for value in named if (value, RDF.type, None) not in published) == []


def test_there_are_the_five_themes(ontology: Graph) -> None:
    found = {
        theme.removeprefix(f"{BASE}def/theme/"): str(ontology.value(theme, SKOS.prefLabel))
        for theme in members(ontology, LEP.Theme)
    }
    assert found == THEMES


def test_only_the_first_theme_has_a_number_for_no_other_was_read(ontology: Graph) -> None:
    numbers = {
        theme.removeprefix(f"{BASE}def/theme/"): str(number)
        for theme in members(ontology, LEP.Theme)
        for number in ontology.objects(theme, SKOS.notation)
    }
    assert numbers == {"responsible-business": "1"}
