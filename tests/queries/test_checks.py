"""A check that cannot fail is no check: each is shown data that breaks it."""

from __future__ import annotations

import pyoxigraph
import pytest

from lepgraph.site import Site
from lepgraph.store import Query
from lepgraph.store.embedded import Embedded

PREFIXES = """
@prefix : <https://w3id.org/lepgraph/id/> . @prefix lep: <https://w3id.org/lepgraph/def/lep#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix org: <http://www.w3.org/ns/org#> . @prefix schema: <https://schema.org/> .
@prefix qb: <http://purl.org/linked-data/cube#> . @prefix sdmx-attribute: <http://purl.org/linked-data/sdmx/2009/attribute#> .
lep:PartnershipArea rdfs:subClassOf lep:Area ; rdfs:isDefinedBy <https://w3id.org/lepgraph/def/lep> .
"""
BROKEN = {
    "area-changes-unlike-the-memberships": """<urn:c> lep:laterArea <urn:a> ; lep:toVintage "2021-05"^^xsd:gYearMonth ;
        lep:gainsArea <urn:d> .""",
    "areas-in-use-without-a-boundary": """<urn:a> a lep:Region ; geo:hasGeometry <urn:g> . <urn:g> lep:vintage "2021-05"^^xsd:gYearMonth .
        <urn:b> a lep:Region ; lep:during <urn:p> . <urn:p> dcat:startDate "2011-01-01"^^xsd:date ; dcat:endDate "2021-05-31"^^xsd:date .""",
    "areas-replaced-before-their-end": """<urn:a> dct:isReplacedBy <urn:b> ; lep:lastDay "2020-03-31"^^xsd:date .
        <urn:b> lep:during <urn:p> . <urn:p> dcat:startDate "2020-03-31"^^xsd:date .""",
    "areas-that-replace-themselves": "<urn:a> dct:isReplacedBy <urn:b> . <urn:b> dct:isReplacedBy <urn:a> .",
    "areas-unlike-the-sum-of-their-members": """<urn:a> geo:hasGeometry <urn:g> .
        <urn:g> lep:vintage "2021-05"^^xsd:gYearMonth ; lep:squareKilometres 100.0 . <urn:b> geo:hasDefaultGeometry <urn:h> . <urn:h> lep:squareKilometres 94.9 .
        <urn:i> a lep:AreaMembership ; lep:containingArea <urn:a> ; lep:memberArea <urn:b> ; lep:vintage "2021-05"^^xsd:gYearMonth ;
        lep:extent <https://w3id.org/lepgraph/def/extent/whole> .""",
    "boundaries-that-lack-something": "<urn:g> a geo:Geometry .",
    "codes-of-the-wrong-series": "<urn:a> a lep:CountyArea ; skos:notation 'E12000001' .",
    "codes-used-twice": "<urn:a> a lep:PartnershipArea ; skos:notation 'X' . <urn:b> a lep:PartnershipArea ; skos:notation 'X' .",
    "data-sets-without-one-structure-and-unit": """<urn:o> qb:dataSet <urn:d> . <urn:d> a qb:DataSet ; qb:structure <urn:s> .
        <urn:s> a qb:DataStructureDefinition .""",
    "dates-out-of-order": """<urn:e> org:resultingOrganization <urn:a> ; dct:date "2016-03"^^xsd:gYearMonth .
        <urn:a> schema:foundingDate "2016-04-01"^^xsd:date .""",
    "districts-in-two-areas-without-an-overlap": """<urn:a> a lep:PartnershipArea . <urn:b> a lep:PartnershipArea .
        <urn:i> lep:extent <https://w3id.org/lepgraph/def/extent/whole> ; lep:memberArea <urn:d> ; lep:containingArea <urn:a> ; lep:vintage "2021-05" .
        <urn:j> lep:memberArea <urn:d> ; lep:containingArea <urn:b> ; lep:vintage "2021-05" .""",
    "districts-outside-every-partnership": """<urn:a> a lep:PartnershipArea .
        <urn:i> lep:containingArea <urn:a> ; lep:memberArea <urn:c> ; lep:vintage "2021-05"^^xsd:gYearMonth .
        <urn:d> a lep:DistrictArea ; lep:during <urn:p> . <urn:p> dcat:startDate "2021-04-01"^^xsd:date .""",
    "derived-figures-shown-as-published": """<urn:d> a qb:DataSet ; lep:basis <https://w3id.org/lepgraph/def/basis/published> ;
        dct:source <https://w3id.org/lepgraph/id/source/lepgraph> .""",
    "figures-of-areas-not-in-use": """<urn:o> qb:dataSet <urn:d> ; lep:referenceArea <urn:a> . <urn:d> lep:vintage "2021-05"^^xsd:gYearMonth .
        <urn:a> lep:during <urn:p> . <urn:p> dcat:startDate "2010-01-01"^^xsd:date ; dcat:endDate "2021-04-30"^^xsd:date .""",
    "figures-stated-twice": """<urn:o> qb:dataSet <urn:d> ; lep:referenceArea <urn:a> ; lep:referenceYear "2020"^^xsd:gYear .
        <urn:q> qb:dataSet <urn:d> ; lep:referenceArea <urn:a> ; lep:referenceYear "2020"^^xsd:gYear .""",
    "figures-without-one-data-set-area-year-and-value": "<urn:o> a qb:Observation ; qb:dataSet <urn:d> ; lep:referenceArea <urn:a> .",
    "links-to-nothing": "<urn:a> lep:hasArea <https://w3id.org/lepgraph/id/area/nothing> .",
    "members-of-the-wrong-kind": """<urn:i> a lep:AreaMembership ; lep:containingArea <urn:a> ; lep:memberArea <urn:b> .
        <urn:a> a lep:PartnershipArea . <urn:b> a lep:CountyArea .""",
    "members-outside-the-life-of-the-code": """<urn:i> a lep:AreaMembership ; lep:during <urn:p> ; lep:memberArea <urn:a> .
        <urn:a> lep:during <urn:q> . <urn:p> dcat:startDate "2010-01-01"^^xsd:date . <urn:q> dcat:startDate "2011-01-01"^^xsd:date .""",
    "members-outside-the-vintage": """<urn:i> a lep:AreaMembership ; lep:vintage "2014-12"^^xsd:gYearMonth ; lep:memberArea <urn:a> .
        <urn:a> lep:during <urn:p> . <urn:p> dcat:startDate "2015-01-01"^^xsd:date .""",
    "names-outside-the-life-of-the-code": """<urn:a> lep:during <urn:p> ; lep:hasName <urn:n> . <urn:n> lep:during <urn:q> .
        <urn:p> dcat:startDate "2011-01-01"^^xsd:date ; dcat:endDate "2020-03-31"^^xsd:date . <urn:q> dcat:startDate "2011-01-01"^^xsd:date .""",
    "names-that-two-things-share": "<urn:a> a lep:Source ; dct:title 'A page' . <urn:b> a lep:Source ; dct:title 'A page' .",
    "overlaps-shown-from-one-side": """<urn:i> lep:overlapsWith <urn:b> ; lep:containingArea <urn:a> ; lep:memberArea <urn:d> ;
        lep:vintage "2021-05"^^xsd:gYearMonth . <urn:j> lep:containingArea <urn:b> ; lep:memberArea <urn:d> ; lep:vintage "2021-05"^^xsd:gYearMonth .""",
    "partnership-areas-in-force-without-districts": """<urn:a> a lep:PartnershipArea . <urn:b> a lep:PartnershipArea ;
        lep:during <urn:p> . <urn:p> dcat:startDate "2020-04-01"^^xsd:date . <urn:i> lep:containingArea <urn:a> ; lep:vintage "2020-04"^^xsd:gYearMonth .""",
    "partnership-areas-without-exactly-one-partnership": "<urn:a> a lep:PartnershipArea .",
    "periods-that-end-before-they-begin": """<urn:p> dcat:startDate "2010-02-02"^^xsd:date ; dcat:endDate "2010-01"^^xsd:gYearMonth .""",
    "practices-ascribed-to-the-reports": """<urn:p> a lep:Practice ;
        lep:reportedIn <https://w3id.org/lepgraph/id/report/developing-resilient-local-economies> .""",
    "register-entries-of-two-things": "<urn:a> lep:companyNumber '07988601' . <urn:b> lep:companyNumber '07988601' .",
    "split-districts-that-do-not-add-up": """<urn:i> lep:extent <https://w3id.org/lepgraph/def/extent/part> ; lep:memberArea <urn:d> ;
        lep:vintage "2017-04"^^xsd:gYearMonth ; lep:smallAreas 68 ; lep:smallAreasOfMember 114 .""",
    "statements-without-a-source": "<urn:g> { <urn:a> <urn:b> <urn:c> }",
    "things-that-nothing-is-tied-to": "<https://w3id.org/lepgraph/id/practice/a> a lep:Practice ; lep:theme <urn:t> .",
    "things-without-a-name": "<urn:a> a lep:PartnershipArea .",
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_check_finds_what_it_is_for(site: Site, name: str) -> None:
    store = pyoxigraph.Store()
    store.load((PREFIXES + BROKEN[name]).encode(), pyoxigraph.RdfFormat.TRIG)
    assert Embedded(store).solutions(Query(site.library.checks[name].text))


def test_every_check_is_shown_to_fail(site: Site) -> None:
    assert set(site.library.checks) == set(BROKEN)
