"""One address of each kind of page that the service has, by what the kind is called."""

from __future__ import annotations

from urllib.parse import urlencode

_IRI = "https://w3id.org/lepgraph/"
_COUNT = "SELECT ?class (COUNT(*) AS ?number) { ?s a ?class } GROUP BY ?class ORDER BY DESC(?number) ?class LIMIT 8"
_OUTLINES = (
    "PREFIX geo: <http://www.opengis.net/ont/geosparql#>\nPREFIX lep: <https://w3id.org/lepgraph/def/lep#>\n"
    "SELECT ?area ?outline { ?area a lep:CombinedAuthorityArea ; geo:hasGeometry/geo:asWKT ?outline } ORDER BY ?area ?outline LIMIT 4"
)

THINGS = {
    "partnership": "/doc/partnership/leeds-city-region",
    "partnership on a day": "/doc/partnership/greater-birmingham-and-solihull?date=2015-05-01",
    "combined authority": "/doc/combined-authority/greater-manchester",
    "council": "/doc/local-authority/lichfield",
    "area of a partnership": "/doc/area/E37000050",
    "area of a combined authority": "/doc/area/E47000001",
    "district": "/doc/area/E07000194",
    "county": "/doc/area/E10000028",
    "region": "/doc/area/E12000003",
    "overlap area": "/doc/area/E52000001",
    "skills area": "/doc/area/E69000001",
    "retired code": "/doc/area/E37000001",
    "theme": "/def/theme/responsible-business",
    "practice": "/doc/practice/agri-tech-west-alliance",
    "outcome": "/doc/outcome/buckinghamshire-careers-hub-1",
    "report": "/doc/report/building-economic-resilience",
    "recommendation": "/doc/recommendation/economic-resilience-principles",
    "document": "/doc/document/business-plan-cheshire-warrington-2012",
    "event": "/doc/event/black-country-into-west-midlands",
    "source": "/doc/source/action-hampshire-partnerships",
    "graph": "/graph/account/cles-2014",
    "data set": "/data/district-active-enterprises",
    "observation": "/doc/observation/district-active-enterprises-E06000001-2021",
    "geometry": "/doc/geometry/E06000001-2024-12",
    "membership": "/doc/membership/cambridgeshire-and-peterborough-cambridge",
    "funding": "/doc/funding/black-country-european-structural-and-investment-funds",
    "period": "/doc/period/--2018-12",
}
"""Things of each class that has a page of a form of its own."""

LISTS = {
    "lists": "/id",
    "list": "/id/partnership",
    "long list": "/id/area",
    "list narrowed": "/id/practice?name=skills&sort=-begin",
    "list with nothing in it": "/id/partnership?name=zzzz&date=2015-05-01",
    "list on a map": "/id/area?kind=PartnershipArea&date=2015-05-01&view=map",
    "comparison": "/compare?thing=partnership/humber&thing=partnership/dorset",
    "comparison not begun": "/compare",
    "search": "/search?q=Litchfield",
    "search without results": "/search?q=zzzzqqqq",
    "search not begun": "/search",
    "links to a thing": "/links?" + urlencode({"to": f"{_IRI}id/area/E12000003", "by": f"{_IRI}def/lep#inRegion"}),
    "things of a class": "/class?" + urlencode({"iri": f"{_IRI}def/lep#Claim"}),
}

QUESTIONS = {
    "questions": "/queries",
    "questions with a word": "/queries?q=council",
    "question not asked": "/queries/partnerships-covering-a-council-on-a-date",
    "question with a table": "/queries/milestones-of-national-policy?limit=5&offset=5",
    "question with a map": "/queries/map-of-partnership-areas?vintage=2021-05",
    "question with a chart": "/queries/figures-of-a-partnership?partnership=leeds-city-region",
    "question with a timeline": "/queries/timeline-of-a-partnership?partnership=leeds-city-region",
    "question with a lineage": "/queries/lineage-of-a-partnership?partnership=leeds-city-region",
    "question with a heat-map": "/queries/practices-by-partnership-and-theme",
    "workbench": "/sparql",
    "workbench with a chart": "/sparql?" + urlencode({"query": _COUNT}),
    "workbench with a map": "/sparql?" + urlencode({"query": _OUTLINES}),
    "workbench without rows": "/sparql?" + urlencode({"query": "SELECT ?s { ?s a <urn:none> }"}),
    "workbench with a graph": "/sparql?" + urlencode({"query": f"DESCRIBE <{_IRI}id/claim/advice-on-plans>"}),
}

OTHERS = {
    "home": "/",
    "home on a day": "/?date=2015-05-01",
    "vocabulary": "/def/lep",
    "concept scheme": "/def/partnership-status",
    "what is known": "/quality",
    "what is known of a kind": "/quality/partnership",
    "what is lacking": "/quality/partnership?lacking=legal-form",
    "what is known of a thing": f"/quality/partnership?thing={_IRI}id/partnership/humber",
    "check a record": "/validate",
    "check files": "/validate?way=upload",
    "check a record of a kind": "/validate?template=practice",
    "check a thing": f"/validate?thing={_IRI}id/partnership/humber",
    "shapes": "/shape",
    "shape": "/shape/LocalEnterprisePartnership",
    "catalogue": "/catalog",
    "dataset": "/data/areas",
    "versions": "/version",
    "version": "/version/2026-11-25",
    "changes": "/version/2026-11-25/changes?kind=partnership",
    "page of a version": "/version/2026-11-24/doc/partnership/leeds-city-region",
    "versions of a page": "/timemap/doc/partnership/leeds-city-region",
    "API": "/api",
    "kind of problem": "/problem/not-found",
}

KINDS = THINGS | LISTS | QUESTIONS | OTHERS

PROBLEMS = {
    "not found": ("/doc/partnership/litchfield", 404),
    "no such page": ("/nothing/here", 404),
    "not acceptable": ("/doc/partnership/humber?format=pdf", 406),
    "day that is none": ("/doc/partnership/humber?date=2015-02-30", 400),
    "filter that is none": ("/id/practice?colour=red", 400),
    "query with a fault": ("/sparql?" + urlencode({"query": "SELECT ?s\nWHERE { ?s a }"}), 400),
    "question with faults": (
        "/queries/partnerships-covering-a-council-on-a-date?council=litchfield&date=2015-02-30",
        400,
    ),
    "form for what is none": ("/validate?thing=x", 400),
    "result that is none": ("/validate/results/none", 404),
    "short link that is none": ("/q/abcdefgh", 404),
}
"""Pages that say why there is none, with their status."""
