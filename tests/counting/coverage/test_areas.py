"""Which areas the files cover: large ground without an incident is not covered, a small empty area is."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from hotspots.base.errors import ParameterError
from hotspots.counting.coverage.areas import find_coverage


def squares(districts: list[str], people: list[float] | None = None) -> gpd.GeoDataFrame:
    """Return squares in a row, w0, w1, and so on."""
    held: dict[str, Any] = {"name": [f"Ward {k}" for k in range(len(districts))], "district": districts}
    if people is not None:
        held["population"] = people
    shapes = [shapely.box(1000 * k, 0, 1000 * k + 1000, 1000) for k in range(len(districts))]
    index = pd.Index([f"w{k:02d}" for k in range(len(districts))], name="code")
    return gpd.GeoDataFrame(held, geometry=shapes, index=index, crs="EPSG:27700")


def cover(areas: gpd.GeoDataFrame, n: list[float], **how: Any) -> list[bool]:
    return find_coverage(areas, pd.Series(n, index=areas.index), **how).tolist()


def test_district_without_incident_is_not_covered_where_its_people_would_have_had_fifty() -> None:
    # A has 1,000 incidents among 10,000 people, so 0.1 each: 500 people of B would have had 50, 499 would not.
    assert cover(squares(["A", "A", "B"], [6_000, 4_000, 500]), [700, 300, 0]) == [True, True, False]
    assert cover(squares(["A", "A", "B"], [6_000, 4_000, 499]), [700, 300, 0]) == [True, True, True]


def test_empty_ward_of_a_covered_district_is_covered() -> None:
    # The second ward would have had 400; but its district has 700.
    assert cover(squares(["A", "A", "B"], [6_000, 4_000, 9_000]), [700, 0, 900]) == [True, True, True]


def test_few_points_over_the_border_do_not_cover_a_district() -> None:
    # At A's rate, 0.1, B would have had 500: 10 are 2 %, 11 are more.
    assert cover(squares(["A", "B"], [10_000, 5_000]), [1_000, 10]) == [True, False]
    assert cover(squares(["A", "B"], [10_000, 5_000]), [1_000, 11]) == [True, True]


def test_large_empty_ground_does_not_hide_itself_by_lowering_the_rate() -> None:
    # With B's 100,000 people and its one stray the rate is 51 / 101,000, at which C would have had 0.5; without B it is
    # 50 / 1,000, and C's 1,000 would have had 50.
    areas = squares(["A", "B", "C"], [1_000, 100_000, 1_000])
    assert cover(areas, [50, 1, 0]) == [True, False, False]


def test_where_only_some_offences_were_read_a_district_needs_more_to_tell_and_strays_are_incidents() -> None:
    areas = squares(["A", "B"], [10_000, 1_000])
    # B would have had 99, then 100.
    assert cover(areas, [990, 0], whole=False) == [True, True]
    assert cover(areas, [1_000, 0], whole=False) == [True, False]
    assert cover(areas, [1_000, 1], whole=False) == [True, True]


def test_without_population_areas_count_alike() -> None:
    # 60 an area: one area of B would have had 60; at 40 it tells nothing.
    assert cover(squares(["A", "A", "B"]), [60, 60, 0]) == [True, True, False]
    assert cover(squares(["A", "A", "B"]), [40, 40, 0]) == [True, True, True]


def test_without_districts_only_large_connected_ground_without_incident_is_not_covered() -> None:
    # 100 an area; w0 and w1 together would have had 200, but are two areas. Five are enough.
    assert cover(squares([""] * 8), [0, 0, 100, 100, 100, 100, 100, 100]) == [True] * 8
    assert cover(squares([""] * 8), [0, 0, 0, 0, 0, 100, 100, 100]) == [False] * 5 + [True] * 3
    # The same five, but apart: an empty area beside two with incidents is an empty area.
    assert cover(squares([""] * 8), [0, 0, 0, 100, 0, 0, 100, 100]) == [True] * 8
    assert cover(squares([""] * 8), [0, 0, 0, 0, 0, 100, 100, 100], whole=False) == [True] * 8


def test_without_districts_twenty_thousand_people_are_a_large_area() -> None:
    areas = squares([""] * 3, [20_000, 10_000, 10_000])
    assert cover(areas, [0, 500, 500]) == [False, True, True]
    assert cover(squares([""] * 3, [19_999, 10_000, 10_000]), [0, 500, 500]) == [True] * 3


def test_what_is_said_outright_stands() -> None:
    areas = squares(["A", "A", "B"], [6_000, 4_000, 5_000])
    assert cover(areas, [700, 300, 0], covered=["b"]) == [True, True, True]
    assert cover(areas, [700, 300, 400], not_covered=["B"]) == [True, True, False]
    assert cover(areas, [700, 300, 400], not_covered=["w01"]) == [True, False, True]


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"not_covered": ["Bb"]}, "no area has the district or the code 'Bb', which coverage is said of"),
        ({"covered": ["A"], "not_covered": ["w01"]}, "'w01' is both in 'covered' and in 'not_covered'"),
        ({"not_covered": ["A", "B"]}, "no area is left that is covered"),
    ],
)
def test_names_that_cannot_be(how: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        cover(squares(["A", "A", "B"]), [1, 1, 1], **how)
    assert caught.value.message == message


def test_files_without_incidents_tell_nothing() -> None:
    assert cover(squares(["A", "B"], [1e6, 1e6]), [0, 0]) == [True, True]
