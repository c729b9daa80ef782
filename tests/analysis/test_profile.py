"""The profile of partnerships: by hand, against the rest of the force, and refused in a sentence."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.profile import FORCE, TOTAL, make_profile
from hotspots.base.errors import DataError, HotspotsWarning
from hotspots.methods.compare import compare_rate


def areas(district: list[str], people: list[float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"district": district, "population": people},
        index=pd.Index([f"E0500000{i}" for i in range(len(district))], name="code"),
        geometry=[box(i, 0, i + 1, 1) for i in range(len(district))],
        crs="EPSG:27700",
    )


WARDS = areas(["Vale", "Town", "Vale"], [1000.0, 2000.0, 1000.0])
COUNTS = pd.DataFrame(
    {"Anti-social behaviour": [10, 80, 10], "Burglary": [5, 90, 5], "Drugs": [0, 30, 10]}, index=WARDS.index
)


def profiled(counts: pd.DataFrame, wards: gpd.GeoDataFrame, **options: Any) -> Any:
    return make_profile(counts, wards, months=12, **options)


def made(**options: Any) -> Any:
    return profiled(COUNTS, WARDS, **options)


def test_counts_rates_and_shares_of_what_is_in_each_district() -> None:
    profile = made()
    assert profile.names == ("Town", "Vale")
    assert profile.offences == (TOTAL, "Burglary", "Drugs", "Anti-social behaviour")
    vale = profile.districts.loc["Vale"]
    assert vale["n"].tolist() == [20, 10, 10, 20]
    assert vale["rate"].tolist() == [10, 5, 5, 10]
    assert vale["share"].tolist()[:3] == [1, 0.5, 0.5]
    assert np.isnan(vale.loc["Anti-social behaviour", "share"])
    assert profile.force["n"].tolist() == [140, 100, 40, 100]
    assert profile.force["rate"].tolist() == [35, 25, 10, 25]
    assert profile.counts().loc[FORCE].tolist() == [140, 100, 40, 100]
    assert profile.rates().loc["Town", "Burglary"] == 45


def test_a_district_is_flagged_against_the_rest_and_shown_beside_the_force() -> None:
    row = made().against.loc[("Town", "Burglary", FORCE)]
    alone = compare_rate(pd.Series([90]), pd.Series([2000.0]), months=12, comparator=(10, 2000)).iloc[0]
    assert row["cmp_rate"] == 25
    assert row["cmp_diff"] == 20
    assert [row["cmp_lo"], row["cmp_flag"]] == [alone["cmp_lo"], "above"]


def test_a_nation_beside_district_and_force() -> None:
    rates = pd.DataFrame({"England": [25.0, 24.0]}, index=["burglary", "Anti-social behaviour"])
    with pytest.warns(HotspotsWarning, match="'England' says nothing of 'Total Recorded Crime', 'Drugs'"):
        against = made(comparators=rates).against.xs("England", level="comparator")
    assert against["cmp_flag"].xs("Burglary", level="offence").to_dict() == {
        "Town": "above",
        "Vale": "below",
        FORCE: "similar",
    }
    assert against.loc[("Vale", "Burglary"), "cmp_diff"] == -20
    assert against.loc[("Vale", "Drugs")].isna().all()


def test_a_partnership_of_one_ward_has_no_force_to_stand_beside() -> None:
    profile = profiled(COUNTS[:1], WARDS[:1])
    assert profile.comparators == ()
    assert profile.wide().index.get_level_values("district").unique().tolist() == ["Vale"]
    assert profile.counts().index.tolist() == ["Vale"]


def test_areas_without_people_or_district_are_told_apart() -> None:
    wards = areas(["Vale", "", "Vale"], [1000.0, 2000.0, np.nan])
    profile = profiled(COUNTS, wards)
    # Five burglaries are where no population is known: they count, but are in no rate.
    assert profile.districts.loc[("Vale", "Burglary"), ["n", "rate"]].tolist() == [10, 5]
    assert profile.force.loc["Burglary", ["n", "rate"]].tolist() == [100, pytest.approx(95 / 3)]
    bare = profiled(COUNTS, areas(["Vale"] * 3, [np.nan] * 3))
    assert bare.districts["rate"].isna().all()
    with pytest.raises(DataError) as error:
        profiled(COUNTS, areas([""] * 3, [1.0] * 3))
    assert error.value.message == "no area has a district, and partnerships are told by them"
    with pytest.raises(DataError) as error:
        profiled(COUNTS * 0, WARDS)
    assert error.value.message == "no incident with a category lies in an area"


def test_change_of_each_offence_by_district() -> None:
    before = COUNTS.assign(Burglary=[20, 90, 20], Drugs=0)
    profile = made(before=before, after=COUNTS)
    vale = profile.districts.loc[("Vale", "Burglary")]
    assert [vale["n_before"], vale["n_after"], vale["ch_pct"]] == [40, 10, -75]
    assert np.isnan(profile.districts.loc[("Vale", "Drugs"), "ch_pct"])
    assert profile.force.loc["Burglary", "n_before"] == 130


def test_one_wide_table_of_all() -> None:
    rates = pd.DataFrame({"England": [25.0] * 4}, index=[TOTAL, "Burglary", "Drugs", "Anti-social behaviour"])
    table = made(comparators=rates).wide()
    assert len(table) == 3 * 4
    assert table.loc[("Town", "Burglary"), ["Force: rate", "England: difference", "England: against"]].tolist() == [
        25, 20, "above",
    ]  # fmt: skip
    assert pd.isna(table.loc[(FORCE, "Burglary"), "Force: rate"])
