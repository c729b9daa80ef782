"""In which months the files lack a district: only where its own months and the others' say that there would be many."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from hotspots.counting.coverage.months import months_lacking


def lacking(rows: dict[str, list[float]], **how: Any) -> dict[str, tuple[str, ...]]:
    """Return what is lacking of districts with these incidents in January, February, and so on, an area each."""
    shapes = [shapely.box(place, 0, place + 1, 1) for place in range(len(rows))]
    areas = gpd.GeoDataFrame({"district": list(rows)}, geometry=shapes, crs="EPSG:27700")
    areas.index = pd.Index([f"w{place}" for place in range(len(rows))])
    months = pd.period_range("2025-01", periods=len(next(iter(rows.values()))), freq="M")
    return months_lacking(areas, pd.DataFrame(list(rows.values()), index=areas.index, columns=months), **how)


def test_a_month_is_lacking_where_fifty_would_have_been() -> None:
    # B has 50 in each other month, A as many in March as before: 50 are expected, and 1 is 2 % of them.
    assert lacking({"A": [90, 90, 90], "B": [50, 50, 0]}) == {"B": ("2025-03",)}
    assert lacking({"A": [90, 90, 90], "B": [50, 50, 1]}) == {"B": ("2025-03",)}
    assert lacking({"A": [90, 90, 90], "B": [50, 50, 2]}) == {}
    assert lacking({"A": [90, 90, 90], "B": [49, 49, 0]}) == {}


def test_the_season_of_the_others_tells_how_many_would_have_been() -> None:
    # A has 45 in March, 0.6 of its mean of (90 + 90 + 45) / 3 = 75. So 60 are expected of B with its 100.
    assert lacking({"A": [90, 90, 45], "B": [100, 100, 0]}) == {"B": ("2025-03",)}
    # With 80 only 48 are, which tells nothing.
    assert lacking({"A": [90, 90, 45], "B": [80, 80, 0]}) == {}


def test_a_month_that_nobody_has_is_no_gap_of_a_district_nor_is_a_small_one() -> None:
    assert lacking({"A": [90, 90, 0], "B": [60, 60, 0]}) == {}
    assert lacking({"A": [900, 900, 900], "B": [3, 4, 0]}) == {}
    # A district that has nothing at all is judged as a whole, not by its months.
    assert lacking({"A": [90, 90, 90], "B": [0, 0, 0]}) == {}
    # Alone it has no others to tell of the month.
    assert lacking({"A": [90, 90, 0]}) == {}


def test_where_only_some_offences_were_read_it_takes_a_hundred_and_none() -> None:
    assert lacking({"A": [90, 90, 90], "B": [99, 99, 0]}, whole=False) == {}
    assert lacking({"A": [90, 90, 90], "B": [100, 100, 0]}, whole=False) == {"B": ("2025-03",)}
    assert lacking({"A": [90, 90, 90], "B": [100, 100, 1]}, whole=False) == {}


def test_districts_of_one_force_lack_months_together() -> None:
    # B and C lack two months; that they do, does not make the months look small.
    rows: dict[str, list[float]] = {"A": [90] * 4, "B": [80, 80, 0, 0], "C": [700, 700, 0, 0]}
    assert lacking(rows) == {"B": ("2025-03", "2025-04"), "C": ("2025-03", "2025-04")}
