"""Questions on practices, documents and funding, with the rows that each must give, checked by hand against the sources."""

from __future__ import annotations

from collections import Counter

from registers import register

BASE = "https://w3id.org/lepgraph/"
THEMES = (
    "engagement-and-accountability",
    "environmental-sustainability",
    "integration-and-responsive-public-sector",
    "investment-and-local-resource-flows",
    "responsible-business",
)


def practices_by_partnership_and_theme() -> list[tuple[str, ...]]:
    """Every partnership with every theme in the order of their names, and the number of practices in the registers."""
    theme = {row["practice"]: row["theme"] for row in register("practice-theme")}
    pairs = {(row["practice"], row["partnership"]) for row in register("practice-partnership")}
    found = Counter((partnership, theme[practice]) for practice, partnership in pairs)
    names = sorted((row["name"], row["partnership"]) for row in register("partnership"))
    return [
        (f"{BASE}id/partnership/{key}", f"{BASE}def/theme/{name}", str(found[key, name]))
        for _, key in names
        for name in THEMES
    ]


CASES: list[tuple[str, dict[str, str], tuple[str, ...], list[tuple[str, ...]]]] = [
    (
        "practices-by-partnership-and-theme",
        {},
        ("partnership", "theme", "practices"),
        practices_by_partnership_and_theme(),
    ),
    (
        "practices-of-a-theme",
        {"theme": "environmental-sustainability", "partnership": "oxfordshire"},
        ("name", "kind", "rank"),
        [
            ("Greater South East Energy Hub", "service", "main"),
            ("Natural capital in four industrial strategies", "plan", "main"),
            ("Oxfordshire Energy Strategy", "plan", "main"),
        ],
    ),
    (
        "practices-of-a-theme",
        {"theme": "integration-and-responsive-public-sector", "partnership": "lancashire"},
        ("name", "rank"),
        [
            ("Lancashire Enterprise Adviser Network", "secondary"),
            ("Lancashire joint scrutiny committee", "secondary"),
            ("Local Energy North West Hub", "secondary"),
        ],
    ),
    (
        "themes-of-practices-by-partnership",
        {},
        ("name", "business", "investment", "integration", "engagement", "environment"),
        [
            ("Black Country", "1", "1", "2", "0", "1"),
            ("Buckinghamshire", "0", "1", "1", "1", "1"),
            ("Cheshire and Warrington", "1", "1", "1", "1", "2"),
            ("Coast to Capital", "0", "0", "0", "2", "1"),
            ("Cornwall and Isles of Scilly", "1", "1", "0", "2", "2"),
            ("Coventry and Warwickshire", "1", "1", "3", "0", "1"),
            ("Cumbria", "0", "0", "1", "1", "1"),
            ("D2N2", "0", "2", "1", "2", "3"),
            ("Dorset", "0", "1", "1", "0", "2"),
            ("Enterprise M3", "0", "1", "0", "1", "2"),
            ("Gloucestershire", "0", "0", "1", "1", "1"),
            ("Greater Birmingham and Solihull", "1", "2", "1", "1", "1"),
            ("Greater Cambridge and Greater Peterborough", "0", "2", "0", "0", "2"),
            ("Greater Lincolnshire", "0", "1", "0", "0", "2"),
            ("Greater Manchester", "2", "0", "1", "0", "1"),
            ("Heart of the South West", "0", "2", "1", "2", "3"),
            ("Hertfordshire", "0", "0", "2", "0", "1"),
            ("Hull and East Yorkshire", "1", "1", "0", "0", "1"),
            ("Humber", "0", "0", "2", "3", "0"),
            ("Lancashire", "3", "1", "0", "1", "1"),
            ("Leeds City Region", "6", "3", "1", "1", "2"),
            ("Leicester and Leicestershire", "1", "1", "1", "1", "2"),
            ("Liverpool City Region", "2", "1", "0", "0", "1"),
            ("London", "1", "1", "0", "1", "1"),
            ("New Anglia", "1", "2", "0", "0", "2"),
            ("North East", "1", "2", "4", "1", "0"),
            ("Northamptonshire", "0", "1", "0", "1", "0"),
            ("Oxfordshire", "2", "0", "1", "0", "3"),
            ("Sheffield City Region", "0", "2", "2", "0", "0"),
            ("Solent", "1", "1", "3", "1", "0"),
            ("South East", "0", "2", "0", "2", "2"),
            ("South East Midlands", "0", "1", "2", "1", "1"),
            ("Stoke-on-Trent and Staffordshire", "0", "2", "2", "0", "4"),
            ("Swindon and Wiltshire", "0", "0", "1", "1", "2"),
            ("Tees Valley", "0", "0", "1", "1", "1"),
            ("Thames Valley Berkshire", "1", "1", "1", "0", "0"),
            ("The Marches", "0", "1", "0", "0", "2"),
            ("West of England", "2", "2", "0", "0", "1"),
            ("Worcestershire", "0", "1", "0", "0", "3"),
            ("York and North Yorkshire", "1", "0", "1", "0", "2"),
        ],
    ),
    (
        "partnerships-without-a-practice-of-a-theme",
        {"theme": "environmental-sustainability"},
        ("name",),
        [
            ("Humber",),
            ("North East",),
            ("Northamptonshire",),
            ("Sheffield City Region",),
            ("Solent",),
            ("Thames Valley Berkshire",),
        ],
    ),
    (
        "partnerships-without-a-practice-of-a-theme",
        {"theme": "investment-and-local-resource-flows"},
        ("partnership",),
        [
            (f"{BASE}id/partnership/{key}",)
            for key in (
                "coast-to-capital",
                "cumbria",
                "gloucestershire",
                "greater-manchester",
                "hertfordshire",
                "humber",
                "oxfordshire",
                "swindon-and-wiltshire",
                "tees-valley",
                "york-and-north-yorkshire",
            )
        ],
    ),
    (
        "practices-near-a-council",
        {"council": "carlisle"},
        ("name", "partnership"),
        [
            ("Future Leaders board", "Cumbria"),
            ("Local Energy North West Hub", "Cumbria"),
            ("Rural Growth Network pilots", "Cumbria"),
        ],
    ),
    (
        "measured-results-of-practices",
        {"partnership": "humber"},
        ("name", "result", "date"),
        [
            ("Humber Gold Standard", "more than 350 members of the network for skills in 2016/17", "2017"),
            (
                "Humber Gold Standard",
                "standard reached by 18 places of learning and sought by 50 more in 2016/17",
                "2017",
            ),
            (
                "Money pledged by the founders",
                "£2,500 pledged by each of 16 businesses and each other partner",
                "2011",
            ),
            (
                "Single Conversation Group",
                "coordinated the replacement of a pipeline of 4.5 miles to a refinery in 2015/16",
                "2016",
            ),
            ("Yearly statement on governance", "over 260 views of the annual meeting held online", "2020-11-13"),
        ],
    ),
    ("measured-results-of-practices", {"partnership": "northamptonshire"}, ("result",), []),
    (
        "practices-not-run-by-the-partnership",
        {"partnership": "leeds-city-region"},
        ("name", "kind", "organisation"),
        [
            ("Anchor institutions programme", "combined authorities", "West Yorkshire Combined Authority"),
            ("Better Homes Yorkshire", "local authorities", ""),
            ("West Yorkshire Fair Work Charter", "combined authorities", "West Yorkshire Combined Authority"),
        ],
    ),
    (
        "practices-not-run-by-the-partnership",
        {"partnership": "north-east"},
        ("name", "organisation"),
        [("Good Work Pledge", "North of Tyne Combined Authority")],
    ),
    ("practices-not-run-by-the-partnership", {"partnership": "hertfordshire"}, ("name",), []),
    (
        "practices-run-by-a-combined-authority",
        {"authority": "greater-manchester"},
        ("name", "theme"),
        [
            ("Greater Manchester Good Employment Charter", "Responsible business"),
            ("Living Wage City-Region action group", "Responsible business"),
            ("Working Well", "Integration and a responsive public sector"),
        ],
    ),
    (
        "practices-with-thin-evidence",
        {},
        ("practice",),
        [
            (f"{BASE}id/practice/{key}",)
            for key in (
                "agri-tech-west-alliance",
                "berkshire-responsible-economic-growth",
                "cheshire-warrington-independent-scrutiny",
                "d2n2-voluntary-sector-and-inclusion-board-member",
                "gbslep-director-for-young-people",
                "humber-industrial-cluster-plan",
                "leicester-leicestershire-natural-capital-assessment",
                "new-anglia-clean-growth-taskforce",
                "northamptonshire-joint-growth-investment",
                "solent-community-grants",
                "solent-women-in-stem",
                "south-east-social-enterprise-working-group",
                "south-east-three-lep-energy-strategy-em3",
                "south-east-tri-lep-energy-strategy",
                "staffordshire-climate-commission",
                "swindon-wiltshire-joint-scrutiny",
                "tees-valley-circular-economy-demonstration-region",
            )
        ],
    ),
    (
        "who-says-what-about-a-practice",
        {"practice": "new-anglia-capital"},
        ("property", "source"),
        [
            (property, f"{BASE}id/source/{source}")
            for property, source in (
                ("http://purl.org/dc/terms/description", "new-anglia-lasting-legacy-2024"),
                ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "new-anglia-lasting-legacy-2024"),
                ("http://www.w3.org/2000/01/rdf-schema#label", "new-anglia-lasting-legacy-2024"),
                (f"{BASE}def/lep#classifiedBy", "lepgraph"),
                (f"{BASE}def/lep#confidence", "new-anglia-lasting-legacy-2024"),
                (f"{BASE}def/lep#evidence", "new-anglia-lasting-legacy-2024"),
                (f"{BASE}def/lep#outcome", "new-anglia-lasting-legacy-2024"),
                (f"{BASE}def/lep#partnership", "new-anglia-lasting-legacy-2024"),
                (f"{BASE}def/lep#practiceKind", "new-anglia-lasting-legacy-2024"),
                (f"{BASE}def/lep#reportedIn", "new-anglia-lasting-legacy-2024"),
                (f"{BASE}def/lep#runBy", "new-anglia-lasting-legacy-2024"),
                (f"{BASE}def/lep#runnerKind", "new-anglia-lasting-legacy-2024"),
                (f"{BASE}def/lep#theme", "lepgraph"),
            )
        ],
    ),
    (
        "documents-of-a-partnership",
        {"partnership": "hertfordshire"},
        ("title", "kind", "date"),
        [
            ("Hertfordshire Growth Deal", "growth deal", ""),
            ("Hertfordshire LEP Annual Report 2017", "annual report", "2017"),
            (
                "Perfectly Placed for Business: the refreshed Strategic Economic Plan 2017-2030",
                "strategic economic plan",
                "2017-07",
            ),
            ("Unlocking Hertfordshire: Hertfordshire's Recovery Plan", "recovery plan", "2020-08-28"),
            ("Towards Net Zero: A Strategy for Clean Growth in Hertfordshire", "clean growth strategy", "2022-03-03"),
        ],
    ),
    (
        "documents-of-a-kind",
        {"kind": "recovery-plan"},
        ("partnership", "date"),
        [("Thames Valley Berkshire", ""), ("Hertfordshire", "2020-08-28")],
    ),
    (
        "funding-of-a-partnership",
        {"partnership": "gloucestershire"},
        ("programme", "kind", "amount", "date"),
        [
            ("Growth Deal 1", "allocation", "62.5", "2014-07-07"),
            ("Growth Deal 2", "allocation", "15", "2015-01-29"),
            ("Growth Deal 3", "allocation", "29.13", "2017-02-23"),
            ("Growth Deals 1 and 2", "allocation", "77.5", "2015-01-29"),
            ("Growth Deals, all rounds", "total", "101.69", ""),
            ("Growth Deals, all rounds", "total", "106.63", ""),
        ],
    ),
    (
        "amounts-that-contradict-each-other",
        {},
        ("partnership", "programme", "lower", "higher"),
        [
            (f"{BASE}id/partnership/{key}", programme, lower, higher)
            for key, programme, lower, higher in (
                ("cheshire-and-warrington", "Growth Deal 1", "142", "142.7"),
                ("d2n2", "Growth Deal 3", "62.9", "63"),
                ("gloucestershire", "Growth Deals, all rounds", "101.69", "106.63"),
                ("greater-lincolnshire", "Growth Deal 1", "67.5", "111.2"),
                ("greater-manchester", "Growth Deal 1", "476.6", "476.7"),
                ("liverpool-city-region", "Growth Deal 1", "232", "232.5"),
                ("liverpool-city-region", "Growth Deal 2", "30.2", "31.6"),
                ("sheffield-city-region", "Growth Deal 1", "295.2", "320"),
                ("sheffield-city-region", "Growth Deal 1", "295.2", "325"),
                ("sheffield-city-region", "Growth Deal 1", "320", "325"),
                ("stoke-on-trent-and-staffordshire", "Growth Deal 1", "82.2", "82.3"),
                ("west-of-england", "Growth Deals, all rounds", "202.1", "283.5"),
            )
        ],
    ),
    (
        "partnerships-by-funding",
        {"programme": "getting-building-fund"},
        ("name", "amount"),
        [
            ("South East", "85"),
            ("Leeds City Region", "52.6"),
            ("Heart of the South West", "35.4"),
            ("New Anglia", "32.1"),
            ("London", "22.1"),
            ("Leicester and Leicestershire", "20"),
            ("Coast to Capital", "19.2"),
            ("West of England", "13.7"),
            ("Humber", "13.4"),
            ("Thames Valley Berkshire", "7.5"),
        ],
    ),
    (
        "totals-of-a-funding-programme",
        {"programme": "growth-deal-3"},
        ("scope", "amount"),
        [
            ("all partnerships", "1800"),
            ("North of England", "556"),
            ("London and the South East", "492"),
            ("Midlands", "392"),
            ("South West", "191"),
            ("East of England", "151"),
        ],
    ),
]
