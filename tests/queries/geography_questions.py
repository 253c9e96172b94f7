"""Questions on areas, overlaps and boundaries, with the rows that each must give, worked out from the source files."""

from __future__ import annotations

from registers import register


def in_force(kind: str, day: str) -> set[str]:
    """The codes of a kind of area that were in force on a day."""
    rows = register(f"{kind}-area")
    return {row["code"] for row in rows if row["begin"] and row["begin"] <= day and not "" < row["end"] < day}


def areas_of_both_kinds(day: str) -> list[tuple[str, ...]]:
    """The code and the kind of every area on a map of both kinds, in the order of kind and code."""
    kinds = [("local enterprise partnership", "partnership"), ("combined authority", "combined-authority")]
    return [(code, words) for words, kind in kinds for code in sorted(in_force(kind, day))]


LARGEST_FIRST = """
E37000016 E37000052 E37000056 E37000058 E37000025 E37000060 E37000007 E37000036 E37000045 E37000057
E37000046 E37000005 E37000033 E37000059 E37000019 E37000044 E37000032 E37000011 E37000009 E37000053
E37000061 E37000003 E37000021 E37000006 E37000062 E37000012 E37000038 E37000048 E37000051 E37000043
E37000054 E37000055 E37000037 E37000015 E37000035 E37000034 E37000022 E37000001
"""
AREAS_OF_2014 = """
E37000001 E37000002 E37000003 E37000004 E37000005 E37000006 E37000007 E37000008 E37000009 E37000010
E37000011 E37000012 E37000013 E37000014 E37000015 E37000016 E37000017 E37000018 E37000019 E37000020
E37000021 E37000022 E37000023 E37000024 E37000025 E37000026 E37000027 E37000029 E37000030 E37000031
E37000032 E37000033 E37000034 E37000035 E37000036 E37000037 E37000038 E37000039 E37000040
"""
CASES: list[tuple[str, dict[str, str], tuple[str, ...], list[tuple[str, ...]]]] = [
    (
        "districts-gained-and-lost-by-a-partnership",
        {"partnership": "coast-to-capital"},
        ("from", "to", "earlier", "later", "change", "code"),
        [
            ("2017-04", "2021-05", "E37000004", "E37000044", "lost", "E07000063"),
            ("2017-04", "2021-05", "E37000004", "E37000044", "lost", "E09000008"),
        ],
    ),
    (
        "districts-gained-and-lost-by-a-partnership",
        {"partnership": "south-east-midlands"},
        ("from", "to", "earlier", "later", "change", "code"),
        [
            ("2014-12", "2017-04", "E37000031", "E37000041", "gained", "E07000152"),
            ("2014-12", "2017-04", "E37000031", "E37000041", "gained", "E07000156"),
            ("2017-04", "2021-05", "E37000041", "E37000057", "lost", "E06000060"),
            ("2017-04", "2021-05", "E37000041", "E37000057", "lost", "E07000177"),
        ],
    ),
    (
        "districts-gained-and-lost-by-a-partnership",
        {"partnership": "leeds-city-region"},
        ("from", "to", "earlier", "later", "change", "code"),
        [
            ("2017-04", "2021-05", "E37000020", "E37000062", "lost", "E06000014"),
            ("2017-04", "2021-05", "E37000020", "E37000062", "lost", "E07000163"),
            ("2017-04", "2021-05", "E37000020", "E37000062", "lost", "E07000165"),
            ("2017-04", "2021-05", "E37000020", "E37000062", "lost", "E07000169"),
            ("2017-04", "2021-05", "E37000020", "E37000062", "lost", "E08000016"),
        ],
    ),
    (
        "districts-split-between-partnerships",
        {"vintage": "2017-04"},
        ("name", "code", "smallAreas", "of", "share"),
        [
            ("East Hampshire", "E37000010", "58", "72", "80.6"),
            ("East Hampshire", "E37000029", "14", "72", "19.4"),
            ("New Forest", "E37000010", "68", "114", "59.6"),
            ("New Forest", "E37000029", "46", "114", "40.4"),
            ("Test Valley", "E37000010", "45", "71", "63.4"),
            ("Test Valley", "E37000029", "26", "71", "36.6"),
            ("Winchester", "E37000010", "48", "70", "68.6"),
            ("Winchester", "E37000029", "22", "70", "31.4"),
        ],
    ),
    ("districts-split-between-partnerships", {"vintage": "2021-05"}, ("name",), []),
    (
        "overlap-areas-on-a-date",
        {"date": "2017-06-01"},
        ("code", "districtCode"),
        [
            ("E52000001", "E07000004"),
            ("E52000002", "E09000008"),
            ("E52000003", "E07000063"),
            ("E52000004", "E07000033"),
            ("E52000004", "E07000034"),
            ("E52000004", "E07000035"),
            ("E52000004", "E07000038"),
            ("E52000004", "E07000171"),
            ("E52000005", "E07000192"),
            ("E52000005", "E07000193"),
            ("E52000005", "E07000194"),
            ("E52000005", "E07000199"),
            ("E52000006", "E07000234"),
            ("E52000006", "E07000236"),
            ("E52000006", "E07000239"),
            ("E52000007", "E07000099"),
            ("E52000008", "E07000146"),
            ("E52000008", "E07000201"),
            ("E52000008", "E07000204"),
            ("E52000009", "E07000077"),
            ("E52000010", "E06000012"),
            ("E52000010", "E06000013"),
            ("E52000011", "E06000011"),
            ("E52000012", "E06000014"),
            ("E52000012", "E07000163"),
            ("E52000012", "E07000165"),
            ("E52000012", "E07000169"),
            ("E52000013", "E08000016"),
            ("E52000015", "E07000177"),
            ("E52000016", "E07000140"),
            ("E52000016", "E07000141"),
        ],
    ),
    (
        "overlap-areas-on-a-date",
        {"date": "2022-01-01"},
        ("code", "district"),
        [
            ("E52000005", "Cannock Chase"),
            ("E52000005", "East Staffordshire"),
            ("E52000005", "Lichfield"),
            ("E52000005", "Tamworth"),
            ("E52000006", "Bromsgrove"),
            ("E52000006", "Redditch"),
            ("E52000006", "Wyre Forest"),
        ],
    ),
    (
        "number-of-districts-in-two-partnerships-by-edition",
        {},
        ("vintage", "districts", "inTwo", "memberships"),
        [
            ("2014-12", "326", "34", "364"),
            ("2017-04", "326", "31", "361"),
            ("2020-04", "314", "15", "329"),
            ("2021-05", "309", "7", "316"),
        ],
    ),
    (
        "relations-of-partnerships-to-combined-authorities",
        {"vintage": "2021-12"},
        ("partnership", "authority", "kind", "shared", "ofPartnership", "ofAuthority"),
        [
            ("Black Country", "West Midlands", "partnership inside authority", "4", "4", "7"),
            ("Coventry and Warwickshire", "West Midlands", "partial overlap", "1", "6", "7"),
            ("Greater Birmingham and Solihull", "West Midlands", "partial overlap", "2", "9", "7"),
            (
                "Greater Cambridge and Greater Peterborough",
                "Cambridgeshire and Peterborough",
                "same districts",
                "6",
                "6",
                "6",
            ),
            ("Greater Manchester", "Greater Manchester", "same districts", "10", "10", "10"),
            ("Leeds City Region", "West Yorkshire", "same districts", "5", "5", "5"),
            ("Liverpool City Region", "Liverpool City Region", "same districts", "6", "6", "6"),
            ("North East", "North East", "authority inside partnership", "4", "7", "4"),
            ("North East", "North of Tyne", "authority inside partnership", "3", "7", "3"),
            ("Sheffield City Region", "South Yorkshire", "same districts", "4", "4", "4"),
            ("Tees Valley", "Tees Valley", "same districts", "5", "5", "5"),
            ("West of England", "West of England", "authority inside partnership", "3", "4", "3"),
        ],
    ),
    (
        "relations-of-partnerships-to-combined-authorities",
        {"vintage": "2025-05", "relation": "partial-overlap"},
        ("partnership", "authority", "shared"),
        [
            ("Coventry and Warwickshire", "West Midlands", "1"),
            ("Greater Birmingham and Solihull", "West Midlands", "2"),
        ],
    ),
    (
        "partnerships-with-the-area-of-a-combined-authority",
        {},
        ("authorityEdition", "code", "authorityCode"),
        [
            ("2017-03", "E37000015", "E47000001"),
            ("2017-03", "E37000022", "E47000004"),
            ("2017-03", "E37000025", "E47000005"),
            ("2017-03", "E37000034", "E47000006"),
            ("2021-12", "E37000059", "E47000008"),
            ("2021-12", "E37000015", "E47000001"),
            ("2021-12", "E37000062", "E47000003"),
            ("2021-12", "E37000022", "E47000004"),
            ("2021-12", "E37000054", "E47000002"),
            ("2021-12", "E37000034", "E47000006"),
            ("2025-05", "E37000045", "E47000013"),
            ("2025-05", "E37000059", "E47000008"),
            ("2025-05", "E37000015", "E47000001"),
            ("2025-05", "E37000061", "E47000016"),
            ("2025-05", "E37000019", "E47000018"),
            ("2025-05", "E37000062", "E47000003"),
            ("2025-05", "E37000022", "E47000004"),
            ("2025-05", "E37000025", "E47000014"),
            ("2025-05", "E37000054", "E47000002"),
            ("2025-05", "E37000034", "E47000006"),
            ("2025-05", "E37000058", "E47000012"),
        ],
    ),
    (
        "districts-of-a-partnership-outside-combined-authorities",
        {"partnership": "west-of-england", "vintage": "2021-12"},
        ("districtName", "district"),
        [("North Somerset", "E06000024")],
    ),
    (
        "districts-of-a-partnership-outside-combined-authorities",
        {"partnership": "sheffield-city-region", "vintage": "2025-05"},
        ("districtName", "district"),
        [],
    ),
    (
        "districts-of-a-partnership-outside-combined-authorities",
        {"partnership": "cumbria", "vintage": "2025-05"},
        ("districtName", "district"),
        [
            ("Allerdale", "E07000026"),
            ("Barrow-in-Furness", "E07000027"),
            ("Carlisle", "E07000028"),
            ("Copeland", "E07000029"),
            ("Eden", "E07000030"),
            ("South Lakeland", "E07000031"),
        ],
    ),
    (
        "skills-areas-sharing-districts-with-a-partnership",
        {"partnership": "heart-of-the-south-west"},
        ("code", "shared", "districts"),
        [("E69000015", "11", "11")],
    ),
    (
        "skills-areas-sharing-districts-with-a-partnership",
        {"partnership": "south-east"},
        ("code", "shared", "districts"),
        [("E69000010", "14", "14"), ("E69000018", "13", "13"), ("E69000001", "5", "13")],
    ),
    ("largest-partnership-areas", {"vintage": "2021-05"}, ("code",), [(code,) for code in LARGEST_FIRST.split()]),
    (
        "partnership-and-authority-areas-on-a-day",
        {"date": "2018-06-01"},
        ("code", "kind"),
        areas_of_both_kinds("2018-06-01"),
    ),
    (
        "partnership-and-authority-areas-on-a-day",
        {"date": "2024-04-01"},
        ("code", "kind"),
        areas_of_both_kinds("2024-04-01"),
    ),
    ("map-of-partnership-areas", {"vintage": "2014-12"}, ("code",), [(code,) for code in AREAS_OF_2014.split()]),
    (
        "partnership-areas-near-a-point",
        {"longitude": "-0.1276", "latitude": "51.5072", "vintage": "2021-05"},
        ("code",),
        [("E37000051",), ("E37000056",)],
    ),
    (
        "partnership-areas-near-a-point",
        {"longitude": "-1.4701", "latitude": "53.3811", "vintage": "2021-05"},
        ("code",),
        [("E37000054",), ("E37000045",)],
    ),
]
