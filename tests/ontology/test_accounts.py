"""What the accounts of the two reports say, and what they leave unsaid."""

from pathlib import Path

from rdflib import DCTERMS, PROV, RDF, RDFS, SDO, Graph, Literal, Namespace, URIRef

BASE = "https://w3id.org/lepgraph/"
LEP = Namespace(f"{BASE}def/lep#")
SECOND_REPORT = URIRef(f"{BASE}id/report/developing-resilient-local-economies")


def test_everything_told_of_has_one_english_label(reports: Graph) -> None:
    things = set(reports.subjects())
    assert len(things) == 20
    for thing in things:
        found = list(reports.objects(thing, RDFS.label))
        assert len(found) == 1, thing
        assert isinstance(found[0], Literal), thing
        assert found[0].language == "en", thing


def test_each_theme_has_one_case_study(reports: Graph, ontology: Graph) -> None:
    themes = [reports.value(study, LEP.theme) for study in reports.subjects(RDF.type, LEP.CaseStudy)]
    assert len(themes) == 5
    assert set(themes) == set(ontology.subjects(RDF.type, LEP.Theme))


def test_of_a_case_study_only_theme_and_report_are_said(reports: Graph) -> None:
    for study in reports.subjects(RDF.type, LEP.CaseStudy):
        assert set(reports.predicates(study)) == {RDF.type, RDFS.label, LEP.theme, LEP.reportedIn}
        assert list(reports.objects(study, LEP.reportedIn)) == [SECOND_REPORT]


def test_the_recommendations_are_counted_from_one_to_five(reports: Graph) -> None:
    recommendations = list(reports.subjects(RDF.type, LEP.Recommendation))
    numbers = [reports.value(recommendation, LEP.number) for recommendation in recommendations]
    assert sorted(str(number) for number in numbers) == ["1", "2", "3", "4", "5"]


def test_a_recommendation_asks_kinds_of_bodies_and_concerns_subjects(reports: Graph) -> None:
    for recommendation in reports.subjects(RDF.type, LEP.Recommendation):
        for predicate, scheme in ((LEP.addressee, "body-kind"), (LEP.concerns, "subject")):
            values = list(reports.objects(recommendation, predicate))
            assert values, recommendation
            assert [value for value in values if not str(value).startswith(f"{BASE}def/{scheme}/")] == []
        assert (recommendation, DCTERMS.description, None) in reports
        assert (recommendation, LEP.theme, None) not in reports


def test_a_claim_is_attributed_and_reported(reports: Graph) -> None:
    claims = list(reports.subjects(RDF.type, LEP.Claim))
    assert len(claims) == 5
    for claim in claims:
        publisher = reports.value(reports.value(claim, LEP.reportedIn), DCTERMS.publisher)
        assert publisher is not None
        assert list(reports.objects(claim, PROV.wasAttributedTo)) == [publisher]


def test_only_the_first_report_names_its_funder(reports: Graph) -> None:
    foundation = URIRef(f"{BASE}id/organisation/friends-provident-foundation")
    first = URIRef(f"{BASE}id/report/building-economic-resilience")
    assert list(reports.subject_objects(SDO.funder)) == [(first, foundation)]


def test_a_recommendation_says_what_it_covers(reports: Graph) -> None:
    scopes = {str(reports.value(thing, LEP.number)): str(scope) for thing, scope in reports.subject_objects(LEP.scope)}
    assert sorted(scopes) == ["1", "2", "3", "4", "5"]
    assert scopes["1"] == "areas that have no combined authority"


def test_two_press_articles_give_the_same_findings(root: Path) -> None:
    articles = [
        Graph().parse(root / "data" / "accounts" / f"{name}.ttl", format="turtle")
        for name in ("ippr-2014-press", "kent-business-tv-2014")
    ]
    assert set(articles[0]) == set(articles[1])
