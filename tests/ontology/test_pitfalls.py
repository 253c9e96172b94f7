"""The ontology has no critical or important pitfall of OOPS! that can be computed; docs/ontology-quality.md has the rest.

The numbers are those of the catalogue of OOPS!, the OntOlogy Pitfall Scanner.
"""

import re
from collections import defaultdict
from itertools import combinations
from typing import Final

import pytest
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store
from pyoxigraph import Literal as Value
from rdflib import BNode, Graph, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, GEO, ORG, OWL, PROV, QB, RDF, RDFS, SDO, SKOS, TIME, VANN, XSD
from rdflib.term import Node

from lepgraph.site import Site

HEADER: Final = URIRef("https://w3id.org/lepgraph/def/lep")
LEP: Final = Namespace(f"{HEADER}#")
PROPERTIES: Final = (OWL.ObjectProperty, OWL.DatatypeProperty)
KINDS: Final = (OWL.Class, *PROPERTIES, OWL.AnnotationProperty)
TO_CLASSES: Final = (RDF.type, RDFS.subClassOf, RDFS.domain, RDFS.range, OWL.disjointWith, SDO.domainIncludes)
BUILT_IN: Final = (str(RDF), str(RDFS), str(OWL), str(XSD))
PUBLISHED: Final = (DCTERMS, FOAF, GEO, ORG, PROV, QB, SDO, SKOS, TIME, VANN)
"""Vocabularies of which rdflib knows every term."""
ELSEWHERE: Final = {
    "http://purl.org/linked-data/sdmx/2009/attribute#obsStatus",
    "http://purl.org/linked-data/sdmx/2009/attribute#unitMeasure",
    "http://purl.org/linked-data/sdmx/2009/dimension#refArea",
    "http://purl.org/linked-data/sdmx/2009/dimension#refPeriod",
    "http://purl.org/linked-data/sdmx/2009/measure#obsValue",
    "http://purl.org/ontology/bibo/status",
    "http://www.w3.org/2008/05/skos-xl#Label",
}
"""Terms of other vocabularies, looked up there."""


def ours(graph: Graph, *kinds: Node) -> list[URIRef]:
    """Our terms of the kinds, in the order of their names."""
    found = {term for kind in kinds for term in graph.subjects(RDF.type, kind) if str(term).startswith(LEP)}
    return sorted(URIRef(str(term)) for term in found)


def wider(graph: Graph, cls: Node) -> set[str]:
    """A class and all above it."""
    return {str(above) for above in graph.transitive_objects(cls, RDFS.subClassOf) if above is not None}


def apart(graph: Graph) -> set[frozenset[str]]:
    """The pairs of classes that are disjoint."""
    return {frozenset((str(one), str(other))) for one, other in graph.subject_objects(OWL.disjointWith)}


def foreign(terms: set[Node]) -> set[URIRef]:
    """Those terms that are neither ours nor of RDF, RDF Schema, OWL or XML Schema."""
    at_home = ("https://w3id.org/lepgraph/", *BUILT_IN)
    return {term for term in terms if isinstance(term, URIRef) and not str(term).startswith(at_home)}


@pytest.fixture(scope="module")
def built(site: Site) -> Store:
    """The graph as it is published."""
    store = Store()
    store.bulk_load(path=str(site.version.snapshot), format=RdfFormat.N_QUADS)
    return store


@pytest.fixture(scope="module")
def types(built: Store, ontology: Graph) -> dict[str, set[str]]:
    """The classes of each thing: those that are stated and those above them."""
    above: dict[str, set[str]] = {}
    found: dict[str, set[str]] = defaultdict(set)
    for quad in built.quads_for_pattern(None, NamedNode(str(RDF.type)), None, DefaultGraph()):
        kind = str(getattr(quad.object, "value", ""))
        found[str(quad.subject)] |= above.setdefault(kind, wider(ontology, URIRef(kind)))
    return found


### Hierarchies: P06, P17, P24


@pytest.mark.parametrize("link", [RDFS.subClassOf, RDFS.subPropertyOf])
def test_no_term_is_narrower_than_itself(ontology: Graph, link: URIRef) -> None:
    above = {term: set(ontology.objects(term, link)) for term in ours(ontology, *KINDS)}
    assert [
        term for term, wide in above.items() for one in wide if term in ontology.transitive_objects(one, link)
    ] == []


def test_no_term_is_used_in_its_own_definition(ontology: Graph) -> None:
    links = (*TO_CLASSES, RDFS.subPropertyOf)
    assert [term for term in ours(ontology, *KINDS) for link in links if (term, link, term) in ontology] == []


def test_every_narrowest_class_has_things(types: dict[str, set[str]], ontology: Graph) -> None:
    """P17: what has none should be a concept of a code list."""
    had = set().union(*types.values())
    assert [cls for cls in ours(ontology, OWL.Class) if str(cls) not in had] == []


### Disjointness: P10


def test_no_two_kinds_of_areas_or_of_organisations_have_a_thing_in_common(ontology: Graph) -> None:
    areas = sorted(str(cls) for cls in ontology.subjects(RDFS.subClassOf, LEP.Area))
    bodies = [str(LEP[name]) for name in ("CombinedAuthority", "LocalAuthority", "LocalEnterprisePartnership")]
    assert len(areas) == 7
    pairs = [frozenset(pair) for kinds in (areas, bodies) for pair in combinations(kinds, 2)]
    assert [sorted(pair) for pair in pairs if pair not in apart(ontology)] == []


def test_no_class_is_below_two_that_have_nothing_in_common(ontology: Graph) -> None:
    below = {cls: wider(ontology, cls) for cls in ours(ontology, OWL.Class)}
    assert [cls for cls, above in below.items() for pair in apart(ontology) if pair <= above] == []


def test_nothing_is_of_two_classes_that_have_nothing_in_common(types: dict[str, set[str]], ontology: Graph) -> None:
    found = {frozenset(kinds) for kinds in types.values()}
    assert [sorted(kinds) for kinds in found for pair in apart(ontology) if pair <= kinds] == []


### Domains and ranges: P11, P18, P19


@pytest.mark.parametrize("end", [RDFS.domain, RDFS.range])
def test_every_property_has_one_domain_and_one_range(ontology: Graph, end: URIRef) -> None:
    ends = {prop: list(ontology.objects(prop, end)) for prop in ours(ontology, *PROPERTIES)}
    assert len(ends) > 70
    assert [prop for prop, values in ends.items() if len(values) != 1] == []


def test_a_range_is_of_the_kind_of_its_property(ontology: Graph) -> None:
    literal = (RDFS.Literal, RDF.langString)
    for prop in ours(ontology, *PROPERTIES):
        kind = ontology.value(prop, RDFS.range)
        values = kind in literal or str(kind).startswith(str(XSD))
        assert values == ((prop, RDF.type, OWL.DatatypeProperty) in ontology), prop


def test_domains_and_ranges_say_of_nothing_that_it_is_what_it_is_not_said_to_be(
    built: Store, types: dict[str, set[str]], ontology: Graph
) -> None:
    wrong = set()
    for prop in ours(ontology, *PROPERTIES):
        domain, kind = str(ontology.value(prop, RDFS.domain)), str(ontology.value(prop, RDFS.range))
        for quad in built.quads_for_pattern(None, NamedNode(str(prop)), None, DefaultGraph()):
            if domain not in {str(OWL.Thing), *types[str(quad.subject)]}:
                wrong.add((str(prop), "domain", str(quad.subject)))
            if isinstance(quad.object, Value):
                fits = kind in (str(RDFS.Literal), quad.object.datatype.value)
            else:
                fits = kind in {str(OWL.Thing), *types[str(quad.object)]}
            if not fits:
                wrong.add((str(prop), "range", str(quad.object)))
    assert sorted(wrong)[:10] == []


def test_what_belongs_to_several_classes_names_them_within_its_domain(ontology: Graph) -> None:
    for prop, cls in ontology.subject_objects(SDO.domainIncludes):
        domain = str(ontology.value(prop, RDFS.domain))
        assert domain in {str(OWL.Thing), *wider(ontology, cls)}, (prop, cls)


### What a reasoner could get wrong is not there at all: P05, P14 to P16, P25 to P29, P31, P33


def test_no_construct_is_used_that_can_be_used_wrongly(ontology: Graph) -> None:
    meant = [triple for triple in ontology if triple[1] not in (RDFS.label, LEP.inverseLabel)]
    used = {str(term).removeprefix(str(OWL)) for triple in meant for term in triple if str(term).startswith(str(OWL))}
    assert used - {*(str(kind).removeprefix(str(OWL)) for kind in KINDS), "Ontology", "Thing", "disjointWith"} <= {
        "versionIRI", "versionInfo", "priorVersion", "backwardCompatibleWith", "incompatibleWith", "deprecated",
    }  # fmt: skip
    assert not [node for node in ontology.all_nodes() if isinstance(node, BNode)]


### Names: P03, P07, P12, P21, P30


def test_no_name_is_the_verb_to_be_a_catch_all_or_two_in_one(ontology: Graph) -> None:
    names = [term.removeprefix(LEP) for term in ours(ontology, *KINDS)]
    assert [name for name in names if re.search(r"^(is|isA|be)$|Other|Misc|Various|[a-z](And|Or)(?=[A-Z])", name)] == []


def test_no_term_of_ours_doubles_one_on_which_the_ontology_rests(ontology: Graph) -> None:
    kinds = (OWL.Class, *PROPERTIES)
    others = foreign({term for kind in kinds for term in ontology.subjects(RDF.type, kind)})
    names = {re.split(r"[/#]", term)[-1] for term in others}
    assert [term for term in ours(ontology, *kinds) if term.removeprefix(LEP) in names] == []


### Terms of others: P34, P35, P40


def rested_on(graph: Graph) -> tuple[set[URIRef], set[URIRef]]:
    """The classes and the properties of others that a graph uses to say something of terms."""
    to_properties = (RDFS.subPropertyOf, QB.attribute, QB.dimension, QB.measure)
    properties = {*graph.predicates(), *(prop for link in to_properties for prop in graph.objects(None, link))}
    return foreign({cls for link in TO_CLASSES for cls in graph.objects(None, link)}), foreign(properties)


def test_every_class_and_property_of_others_says_what_it_is_and_where_it_is_defined(ontology: Graph) -> None:
    classes, properties = rested_on(ontology)
    assert len(classes) > 10
    assert len(properties) > 30
    for term in classes | properties:
        kinds = set(ontology.objects(term, RDF.type))
        assert len(kinds) == 1, term
        assert (OWL.Class in kinds) == (term in classes), term
        home = str(ontology.value(term, RDFS.isDefinedBy))
        assert home.split("/")[2] == term.split("/")[2], term
        assert (term, RDFS.label, None) in ontology, term


def test_no_property_of_others_is_an_attribute_here_and_leads_to_things(ontology: Graph) -> None:
    attributes = set(ontology.subjects(RDF.type, OWL.DatatypeProperty))
    assert [str(prop) for _, prop, value in ontology if prop in attributes and isinstance(value, URIRef)] == []


def test_a_property_is_of_the_kind_of_those_above_it(ontology: Graph) -> None:
    for prop, above in ontology.subject_objects(RDFS.subPropertyOf):
        assert set(ontology.objects(prop, RDF.type)) & set(PROPERTIES) == set(ontology.objects(above, RDF.type)), prop


def test_every_term_of_others_exists_in_its_vocabulary(ontology: Graph) -> None:
    classes, properties = rested_on(ontology)
    unknown = {str(term) for term in classes | properties if not any(term in known for known in PUBLISHED)}
    assert unknown == ELSEWHERE
