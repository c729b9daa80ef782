"""Words that every page shares: names with districts, numbers with their nouns, no percentage of next to nothing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.analysis.changes import Comparison
from hotspots.analysis.results import Group, Layer
from hotspots.publish.words.change import change_words, limits_words
from hotspots.publish.words.headline import _group_lines
from hotspots.publish.words.names import full_name, times_words

SQUARES = [shapely.box(1000 * i, 0, 1000 * (i + 1), 1000) for i in range(2)]


def group(**columns: object) -> Group:
    table = gpd.GeoDataFrame(
        {"name": "Town", "district": ["Stafford", "Newcastle-under-Lyme"], **columns},
        geometry=SQUARES,
        index=["E1", "E2"],
        crs="EPSG:27700",
    )
    return Group("crime", "All crime", (Layer("wards", "areas", "Wards", table),))


def test_two_wards_of_one_name_are_told_apart_by_their_districts() -> None:
    assert _group_lines(group(sd_flag="significantly above", rate=[343.8, 341.0])) == [
        "All crime",
        "  Wards: 2 significantly above the average: Town (Stafford, 343.8), Town (Newcastle-under-Lyme, 341.0)",
    ]
    assert full_name(pd.Series({"name": "Town", "district": "Stafford"})) == "Town (Stafford)"
    assert full_name(pd.Series({"name": "Town"})) == "Town"
    # A locality's name may hold its district, or not; it is said once.
    for name in ("Town and Hill", "Town and Hill (Stafford)"):
        assert full_name(pd.Series({"name": name, "district": "Stafford"})) == "Town and Hill (Stafford)"


def test_one_priority_is_no_priorities() -> None:
    chosen = group(
        priority=["force-wide", ""],
        reason="r",
        score=[2.0, 0.0],
        selected=[True, False],
        rank=[1, 2],
        borderline=False,
    )
    assert _group_lines(chosen)[1] == "  Wards: 1 priority: Town (Stafford, force-wide)"


def test_a_change_from_under_ten_is_said_in_counts() -> None:
    few = pd.Series(
        {"ch_flag": "up", "ch_pct": np.nan, "ch_lo": 1.42, "ch_hi": 433.98, "n_before": 1, "n_after": 434}
    )
    assert change_words(few) == "up from 1 to 434"
    assert limits_words(few) == ""
    many = pd.Series(
        {"ch_flag": "up", "ch_pct": 50.0, "ch_lo": 1.1, "ch_hi": 2.0, "n_before": 100, "n_after": 150}
    )
    assert (change_words(many), limits_words(many)) == ("up 50%", "+10% to +100%")


@pytest.mark.parametrize(("times", "said"), [(1.0, "that"), (2.0, "2 times that"), (1.1, "1.1 times that")])
def test_one_time_is_not_said(times: float, said: str) -> None:
    assert times_words(times) == said


def test_a_change_names_the_periods_that_it_is_between() -> None:
    july = [tuple(pd.period_range(f"{year}-07", periods=1, freq="M")) for year in (2017, 2018)]
    changed = group(ch_flag=["up", "no clear change"])
    assert _group_lines(changed, Comparison(tuple(july), asked=True))[1] == (
        "  Wards: 1 up and 0 down between July 2017 and July 2018"
    )
