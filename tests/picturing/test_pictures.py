"""Pictures of answers: what is drawn, where, and what is left out in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from rdflib import XSD, Literal, URIRef
from rdflib.term import Node

from lepgraph import picturing
from lepgraph.errors import ContentFault
from lepgraph.picturing import Chart, HeatMap, Lineage, Map, Table, Timeline, drawn, fitting, tabled
from lepgraph.picturing.maps import geojson
from lepgraph.picturing.times import moment, ticks
from lepgraph.querying import PICTURES, Shows, read
from lepgraph.site import Site

WKT = URIRef("http://www.opengis.net/ont/geosparql#wktLiteral")
SQUARE = "POLYGON((0 50, 1 50, 1 51, 0 51, 0 50))"
FAR = URIRef("https://lights.example/id/lighthouse/far-point")


def none(geometries: Iterable[str]) -> Mapping[str, object]:
    return {}


def day(text: str) -> Literal:
    return Literal(text, datatype=XSD.date)


def year(text: str) -> Literal:
    return Literal(text, datatype=XSD.gYear)


def table(site: Site, *rows: Mapping[str, Node]) -> Table:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return tabled(columns, rows, site.describer)


@pytest.mark.parametrize(
    ("term", "last", "expected"),
    [
        (day("2010-01-01"), False, 2010.0),
        (day("2010-12-31"), True, pytest.approx(2011, abs=0.01)),
        (Literal("2010-07", datatype=XSD.gYearMonth), False, 2010.5),
        (year("2010"), False, 2010.0),
        (year("2010"), True, 2011.0),
        (day("2010-02-30"), False, None),
        (Literal("2010-13", datatype=XSD.gYearMonth), False, None),
        (Literal("soon"), False, None),
        (FAR, False, None),
        (None, False, None),
    ],
)
def test_a_date_of_any_precision_has_a_place(term: Node | None, last: bool, expected: float | None) -> None:
    assert moment(term, last=last) == expected


def test_ticks_are_round_years_and_few() -> None:
    assert list(ticks(2010, 2016)) == [2010, 2011, 2012, 2013, 2014, 2015, 2016]
    assert list(ticks(1871.3, 2026)) == [1880, 1900, 1920, 1940, 1960, 1980, 2000, 2020]


def test_a_map_draws_each_geometry_once_and_says_what_has_none(lights_site: Site) -> None:
    rows = table(
        lights_site,
        {"place": FAR, "shape": Literal(SQUARE, datatype=WKT), "kind": Literal("own")},
        {"place": Literal("Back"), "shape": Literal("POINT(0.5 50.5)", datatype=WKT), "kind": Literal("behind")},
        {"place": Literal("Nowhere"), "kind": Literal("own")},
        {"place": Literal("Broken"), "shape": Literal("POLYGON((0 50, 1", datatype=WKT), "kind": Literal("own")},
    )
    shows = Shows("map", {"geometry": "shape", "label": "place", "layer": "kind"}, "Lights", ("behind",))
    (picture,) = drawn(rows, (shows,), none)
    assert isinstance(picture, Map)
    assert [(outline.name, outline.href, outline.layer) for outline in picture.outlines] == [
        ("Back", "", 0),
        ("Far Point", "/doc/lighthouse/far-point", 1),
    ]
    assert picture.layers == ((1, "own"), (0, "behind"))
    assert picture.unplaced == 2
    assert picture.summary == "A map of Far Point, with 1 in the background. 2 more without an outline that can be had."
    # a square degree at 50 degrees north is higher than wide, and all of it lies within the drawing
    assert picture.height > picture.width
    start = picture.outlines[1].path.split("l")[0].removeprefix("M").split(" ")
    assert 0 < int(start[0]) < picture.width
    assert 0 < int(start[1]) < picture.height
    collection = geojson(rows, shows, none)
    assert [feature["geometry"]["type"] for feature in collection["features"]] == ["Polygon", "Point"]
    assert json.loads(json.dumps(collection))["features"][0]["properties"]["name"] == "Far Point"


def test_a_layer_has_the_colour_that_the_legend_says_even_if_its_first_rows_have_no_outline(lights_site: Site) -> None:
    rows = table(
        lights_site,
        {"kind": Literal("first")},
        {"shape": Literal(SQUARE, datatype=WKT), "kind": Literal("second")},
        {"shape": Literal(SQUARE, datatype=WKT), "kind": Literal("first")},
    )
    (picture,) = drawn(rows, (Shows("map", {"geometry": "shape", "layer": "kind"}),), none)
    assert isinstance(picture, Map)
    assert picture.layers == ((1, "first"), (2, "second"))
    assert [outline.layer for outline in picture.outlines] == [1, 2]


def test_a_column_that_the_table_leaves_out_is_drawn_all_the_same(lights_site: Site) -> None:
    counted = [{"name": Literal(name), "n": Literal(number)} for name, number in [("a", 3), ("b", 1)]]
    rows = tabled(("name", "n"), counted, lights_site.describer, hidden=frozenset({"name", "n"}))
    assert rows.shown == ()
    (picture,) = drawn(rows, (Shows("chart", {"category": "name", "number": "n"}),), none)
    assert isinstance(picture, Chart)
    assert [(bar.label.text, bar.text) for bar in picture.panels[0].bars] == [("a", "3"), ("b", "1")]


def test_a_geometry_that_would_exhaust_the_reader_is_not_drawn(lights_site: Site) -> None:
    deep = "GEOMETRYCOLLECTION(" * 3000 + "POINT(0 0)" + ")" * 3000
    rows = table(lights_site, {"shape": Literal(deep, datatype=WKT)}, {"shape": Literal("POINT(999 0)", datatype=WKT)})
    assert drawn(rows, (Shows("map", {"geometry": "shape"}),), none) == ()


def test_bars_begin_at_zero_and_negative_ones_lie_on_the_other_side(lights_site: Site) -> None:
    rows = table(
        lights_site,
        *({"name": Literal(name), "n": Literal(number)} for name, number in [("a", 30), ("b", -10), ("c", 0)]),
    )
    (picture,) = drawn(rows, (Shows("chart", {"category": "name", "number": "n"}),), none)
    assert isinstance(picture, Chart)
    assert [(bar.begin, bar.length) for bar in picture.panels[0].bars] == [(25.0, 75.0), (0.0, 25.0), (25.0, 0.0)]
    assert picture.summary == "3 figures: the largest is 30 (a), the smallest −10 (b)."


def test_a_line_is_broken_where_a_year_is_missing_and_each_series_has_its_panel(lights_site: Site) -> None:
    rows = table(
        lights_site,
        *(
            {"year": year(when), "n": Literal(number), "of": Literal(series), "half": Literal(2)}
            for when, number, series in [("2001", 10, "x"), ("2002", 20, "x"), ("2004", 30, "x"), ("2001", 5, "y")]
        ),
    )
    shows = Shows("chart", {"year": "year", "number": "n", "series": "of", "interval": "half"})
    (picture,) = drawn(rows, (shows,), none)
    assert isinstance(picture, Chart)
    first, second = picture.panels
    assert (first.title, second.title) == ("x", "y")
    assert len(first.lines) == 1
    assert len(first.lines[0].split()) == 2
    assert [dot.text for dot in first.dots] == ["2001: 10", "2002: 20", "2004: 30"]
    assert first.dots[0].low is not None
    assert first.up[0][1] == "0"
    assert second.bars[0].text == "5"


@pytest.mark.parametrize(
    "number", [Literal("NaN", datatype=XSD.double), Literal("INF", datatype=XSD.double), Literal("x"), FAR]
)
def test_what_is_no_finite_number_is_not_charted(lights_site: Site, number: Node) -> None:
    rows = table(lights_site, {"name": Literal("a"), "n": number}, {"name": Literal("b"), "n": Literal(1)})
    assert drawn(rows, (Shows("chart", {"category": "name", "number": "n"}),), none) == ()


def test_a_timeline_knows_moments_periods_and_what_has_no_end(lights_site: Site) -> None:
    rows = table(
        lights_site,
        {"what": Literal("lit"), "begin": day("2000-01-01"), "end": day("2000-01-01"), "lane": Literal("Events")},
        {"what": Literal("kept"), "begin": year("2000"), "end": year("2004"), "lane": Literal("Keepers")},
        {"what": Literal("stands"), "begin": year("2002"), "lane": Literal("Keepers")},
        {"what": Literal("no date"), "lane": Literal("Keepers")},
    )
    (picture,) = drawn(
        rows, (Shows("timeline", {"label": "what", "begin": "begin", "end": "end", "lane": "lane"}),), none
    )
    assert isinstance(picture, Timeline)
    (events, keepers) = picture.lanes
    assert events[0] == "Events"
    assert events[1][0].point
    kept, stands = keepers[1]
    assert (kept.words, kept.open, kept.begin) == ("2000 to 2004", False, 0.0)
    assert (stands.words, stands.open) == ("from 2002", True)
    assert stands.begin + stands.length == pytest.approx(100, abs=0.1)


def test_three_or_more_of_one_period_are_one_row_of_a_timeline(lights_site: Site) -> None:
    names = ("a", "b", "c", "d")
    rows = table(
        lights_site,
        *(
            {"what": Literal(name), "begin": year("2001" if name == "b" else "2000"), "end": year("2004")}
            for name in names
        ),
        *({"what": Literal(name), "begin": day("2002-01-01"), "end": day("2002-01-01")} for name in names),
    )
    (picture,) = drawn(rows, (Shows("timeline", {"label": "what", "begin": "begin", "end": "end"}),), none)
    assert isinstance(picture, Timeline)
    ((_, spans),) = picture.lanes
    assert [[value.text for value in span.labels] for span in spans[:2]] == [["a", "c", "d"], ["b"]]
    assert [[value.text for value in span.labels] for span in spans[2:]] == [["a"], ["b"], ["c"], ["d"]]


def test_a_table_knows_its_columns_of_dates_and_those_in_which_nothing_stands(lights_site: Site) -> None:
    rows = [{"who": FAR, "begin": day("2010-01-01")}, {"who": FAR, "begin": year("2011")}]
    found = tabled(["who", "begin", "end"], rows, lights_site.describer)
    assert found.dated == {1}
    assert found.filled().shown == (0, 1)
    assert found.shown == (0, 1, 2)
    assert tabled(["who"], [], lights_site.describer).dated == frozenset()


def test_rows_of_one_event_are_one_step_of_a_lineage(lights_site: Site) -> None:
    rows = table(
        lights_site,
        {"event": Literal("merger"), "before": Literal("a"), "after": Literal("c"), "day": day("2001-04-01")},
        {"event": Literal("merger"), "before": Literal("b"), "after": Literal("c"), "day": day("2001-04-01")},
    )
    (picture,) = drawn(
        rows, (Shows("lineage", {"event": "event", "before": "before", "after": "after", "date": "day"}),), none
    )
    assert isinstance(picture, Lineage)
    (step,) = picture.steps
    assert [value.text for value in step.before] == ["a", "b"]
    assert [value.text for value in step.after] == ["c"]
    assert step.date == "1 April 2001"


def test_a_heat_map_shows_its_gaps(lights_site: Site) -> None:
    rows = table(
        lights_site,
        {"who": Literal("a"), "theme": Literal("x"), "n": Literal(4)},
        {"who": Literal("a"), "theme": Literal("y"), "n": Literal(1)},
        {"who": Literal("b"), "theme": Literal("x"), "n": Literal(0)},
        {"who": Literal("c")},
    )
    (picture,) = drawn(rows, (Shows("heat-map", {"row": "who", "column": "theme", "number": "n"}),), none)
    assert isinstance(picture, HeatMap)
    assert [cells for _, cells, _ in picture.rows] == [
        (("4", 4), ("1", 1)),
        (("", 0), ("", 0)),
        (("", 0), ("", 0)),
    ]
    assert picture.gaps == 4


def test_an_answer_of_which_no_header_speaks_is_shown_as_what_its_columns_make(lights_site: Site) -> None:
    mapped = table(lights_site, {"x": FAR, "g": Literal(SQUARE, datatype=WKT)})
    assert [shows.kind for shows in fitting(mapped)] == ["map"]
    named = {"code": Literal("E1"), "name": Literal("One", lang="en"), "g": Literal(SQUARE, datatype=WKT)}
    assert [shows.columns for shows in fitting(table(lights_site, named))] == [{"geometry": "g", "label": "name"}]
    counted = table(lights_site, {"x": FAR, "n": Literal(2)}, {"x": FAR, "n": Literal(3)})
    (chart,) = fitting(counted)
    assert (chart.columns["category"], chart.columns["number"]) == ("x", "n")
    yearly = table(lights_site, {"year": Literal(2015), "n": Literal(2)}, {"year": Literal(2016), "n": Literal(3)})
    (chart,) = fitting(yearly)
    assert chart.columns["year"] == "year"
    assert yearly.cells[0][0] is not None
    assert yearly.cells[0][0].text == "2015"
    assert fitting(table(lights_site, {"x": FAR})) == ()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("{as: mosaic}", "there is no picture 'mosaic'"),
        ("{as: map, label: name}", "a map needs a column for geometry"),
        ("{as: chart, number: n, colour: c}", "a chart has no part colour"),
    ],
)
def test_a_header_that_promises_what_cannot_be_drawn_is_refused(tmp_path: Path, said: str, reason: str) -> None:
    path = tmp_path / "question.rq"
    path.write_text(f"#+ summary: What?\n#+ shows: {said}\n\nSELECT ?n {{ ?n ?p ?o }}\n", encoding="utf-8")
    with pytest.raises(ContentFault, match=reason.replace("'", ".")):
        read(path, "question.rq")


def test_the_kinds_that_a_header_may_name_can_all_be_drawn() -> None:
    assert set(PICTURES) - set(picturing._DRAWN) == {"map", "table", "dates", "sentence"}
