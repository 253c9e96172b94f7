"""Links to the registers of others: each made of an identifier that its source gives, and none for two things."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from registers import REGISTERS, Row, register, states

MATCHES = re.compile(r"http://www\.w3\.org/(?:2004/02/skos/core#(exact|close)Match|2000/01/rdf-schema#(see)Also)")
FAULTY = {"07988601", "1192366", "401326", "st.-helens"}
# Where a link leads, whether it is exact, and the sources that may give the identifier.
TARGETS = {
    "http://statistics.data.gov.uk/id/statistical-geography/{code}": ("exact", {
        "ons-code-history-2024", "gss-code-history-2023", "ons-ca-lookup-2025", "ons-skills-lookup-2023",
        "ons-region-names-2019", "ons-county-lookup-2018", "ons-county-lookup-2019", "ons-county-lookup-2020",
    }),
    "https://www.planning.data.gov.uk/entity/{entity}": ("exact", {"planning-register-2026"}),
    "{+open_data}": ("exact", {"planning-register-2026"}),
    "https://find-and-update.company-information.service.gov.uk/company/{company}": ("see", {"government-lep-register-2022"}),
    "http://www.wikidata.org/entity/{wikidata}": ("close", {"planning-register-2026", "government-lep-register-2022"}),
}  # fmt: skip


@dataclass(frozen=True)
class Link:
    """A link of one row: the thing, how it matches, the template and value of its target, and the source."""

    thing: str
    match: str
    template: str
    value: str
    source: str


def filled(template: str, row: Row) -> str:
    return re.sub(r"\{\+?(\w+)\}", lambda name: row[name[1]], template)


def links() -> Iterator[Link]:
    for path in sorted(REGISTERS.glob("*.csv-metadata.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))["tableSchema"]
        for column in schema["columns"]:
            match = MATCHES.fullmatch(column.get("propertyUrl", ""))
            if match and match[2] and column["valueUrl"].startswith("{+"):
                continue  # a page that is written out in the register is no identifier
            for row in register(path.name.removesuffix(".csv-metadata.json")) if match else ():
                names = re.findall(r"\{\+?(\w+)\}", column["valueUrl"])
                if match and any(row[name] for name in names):
                    thing = filled(column.get("aboutUrl", schema["aboutUrl"]), row)
                    yield Link(
                        thing, match[1] or match[2], column["valueUrl"], filled(column["valueUrl"], row), row["source"]
                    )


@pytest.fixture(scope="module")
def found() -> list[Link]:
    return list(links())


def test_a_link_is_made_of_an_identifier_of_its_row_from_a_source_that_gives_it(found: list[Link]) -> None:
    assert {link.template for link in found} == TARGETS.keys()
    for link in found:
        match, sources = TARGETS[link.template]
        assert link.match == match, link
        assert link.source in sources or (link.source == "lepgraph" and "{code}" in link.template), link


def test_no_target_stands_for_two_things(found: list[Link]) -> None:
    things: dict[str, set[str]] = {}
    for link in found:
        things.setdefault(link.value, set()).add(link.thing)
    assert {target: named for target, named in things.items() if len(named) > 1} == {}


def test_every_area_is_linked_to_official_statistics_and_every_council_to_the_planning_register(
    found: list[Link],
) -> None:
    areas = {link.thing.rpartition("/")[2] for link in found if "statistical-geography" in link.value}
    kinds = ("partnership", "combined-authority", "district", "county", "overlap", "skills")
    codes = {row["code"] for kind in kinds for row in register(f"{kind}-area")}
    assert areas == codes | {row["code"] for row in register("region")}
    councils = {
        link.thing for link in found if "planning.data.gov.uk" in link.value and "/local-authority/" in link.thing
    }
    assert len(councils) == 365


@pytest.mark.parametrize(
    ("part", "number"),
    [("opendatacommunities.org", 361), ("planning.data.gov.uk", 379), ("wikidata.org", 385)],
)
def test_there_are_as_many_links_as_the_sources_give(found: list[Link], part: str, number: int) -> None:
    assert len({link.value for link in found if part in link.value}) == number


def test_what_the_sources_give_wrongly_is_left_out() -> None:
    names = [path.stem for path in REGISTERS.glob("*-identifier.csv")]
    names += ["partnership-number", "combined-authority-number", "local-authority-number", "local-authority-code"]
    values = {value for name in names for row in register(name) for value in row.values()}
    assert values & FAULTY == set()


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("partnership-number", "thesaurus"),
        ("combined-authority-number", "thesaurus"),
        ("local-authority-number", "thesaurus"),
        ("local-authority-code", "register_code"),
        ("local-authority-code", "government_slug"),
    ],
)
def test_an_identifier_stands_for_one_organisation(name: str, column: str) -> None:
    values = [row[column] for row in register(name) if row[column]]
    assert len(values) == len(set(values)) > 0


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("partnership-number", {"partnership": "buckinghamshire", "thesaurus": "434468"}),
        ("combined-authority-number", {"authority": "south-yorkshire", "thesaurus": "403214"}),
        ("combined-authority-number", {"authority": "south-yorkshire", "thesaurus": "494227"}),
        (
            "local-authority-number",
            {"council": "hartlepool", "open_data": "http://opendatacommunities.org/id/unitary-authority/hartlepool"},
        ),
        ("local-authority-code", {"council": "hartlepool", "register_code": "HPL", "government_slug": "hartlepool"}),
    ],
)
def test_a_fact_is_stated(name: str, wanted: Row) -> None:
    assert states(name, wanted)
