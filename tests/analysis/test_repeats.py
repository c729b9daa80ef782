from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.repeats import find_repeats
from hotspots.base.errors import HotspotsError
from hotspots.publish.words.classes import repeats_sentences

AREAS = gpd.GeoDataFrame(
    {"name": ["Town"], "district": ["South"]},
    geometry=[box(0, 0, 1000, 1000)],
    index=pd.Index(["a"], name="code"),
    crs="EPSG:27700",
)


@pytest.fixture
def incidents() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "x": [100.0] * 4 + [200.0] * 2 + [300.0, np.nan],
            "y": [100.0] * 6 + [300.0, np.nan],
            "category": ["Theft", "Theft", "Drugs", "Theft", "Drugs", "Drugs", "Theft", "Theft"],
            "month": pd.PeriodIndex(["2024-01", "2024-01", "2024-02", "2025-06"] * 2, freq="M"),
            "Location": ["On or near =Mill Lane"] * 7 + [None],
            "victim": ["v", "v", "w", "u", "u", None, None, None],
        }
    )


def inside(incidents: pd.DataFrame) -> pd.Series:
    return pd.Series("a", index=incidents.index, dtype="category")


def test_locations_by_hand(incidents: pd.DataFrame) -> None:
    made = find_repeats(
        incidents, AREAS, assigned=inside(incidents), place_column="Location", places=10, fewest=1
    )
    assert (made.n, made.seen, made.places) == (7, 3, 10)
    first = made.top.loc[1]
    assert (first["n"], first["share_n"], first["months_n"]) == (4, 4 / 7, 3)
    assert (first["spot"], first["area"], first["district"]) == ("On or near =Mill Lane", "Town", "South")
    assert first["kinds"] == "Theft 3, Drugs 1"
    assert made.top["n"].tolist() == [4, 2, 1]
    assert made.spread["share_n"].tolist() == [6 / 7]
    # A mean of 7 / 10: 1 - exp(-0.7).
    assert made.spread["by_chance"].tolist() == pytest.approx([1 - np.exp(-0.7)])


def test_the_places_there_are_are_told_from_all_incidents(incidents: pd.DataFrame) -> None:
    few = incidents[incidents["category"] == "Drugs"]
    alone = find_repeats(few, AREAS, assigned=inside(incidents))
    among = find_repeats(few, AREAS, every=incidents, assigned=inside(incidents))
    assert alone.places != among.places
    assert among.places >= 3


def test_targets_are_counted_and_never_named(incidents: pd.DataFrame) -> None:
    made = find_repeats(
        incidents, AREAS, assigned=inside(incidents), identifiers=["victim"], follow_up=6, fewest=1
    )
    found = made.targets["victim"]
    # v twice in January 2024, w once in February, u in June 2025 and January 2024; all is covered to June 2025.
    assert (found.targets, found.repeated, found.events) == (3, 2, 5)
    assert (found.followed, found.again) == (3, 1)
    assert "victim" not in made.top


def test_of_equal_numbers_the_western_comes_first(incidents: pd.DataFrame) -> None:
    made = find_repeats(incidents.iloc[[6, 4, 0]], AREAS, assigned=inside(incidents), places=10, top=2)
    assert made.top["x"].tolist() == [100, 200]


def test_small_counts_of_locations_and_people_are_hidden(incidents: pd.DataFrame) -> None:
    made = find_repeats(incidents, AREAS, assigned=inside(incidents), identifiers=["victim"], follow_up=6)
    assert made.top["hidden"].all()
    assert made.top[["n", "share_n", "months_n"]].isna().all(axis=None)
    assert (made.top["kinds"] == "").all()
    # At two or more are 6, which leaves 1 of all 7.
    assert made.spread.empty
    found = made.targets["victim"]
    assert (found.targets, found.events, found.repeated, found.again, found.reached) == (
        3,
        None,
        None,
        None,
        None,
    )
    said = repeats_sentences(made)
    assert "victim: of 3 either fewer than 5 were met more than once, or fewer than 5 only once." in said
    assert "Fewer than 5 had 3 or more within 6 months." in said


def test_a_location_that_would_tell_of_a_small_one_is_hidden_with_it() -> None:
    many = pd.DataFrame(
        {
            "x": [100.0] * 9 + [200.0] * 6 + [300.0] * 2,
            "y": 100.0,
            "category": ["Theft"] * 9 + ["Theft"] * 3 + ["Drugs"] * 3 + ["Theft"] * 2,
        }
    )
    made = find_repeats(many, AREAS, assigned=inside(many), places=10)
    assert made.top["n"].tolist()[:1] == [9]
    # 17 less 9 and 6 is 2. Of the 6, 3 are of each kind: their names stand without numbers.
    assert made.top["hidden"].tolist() == [False, True, True]
    # All are at two or more; those at five or more are 15, and 2 less than all.
    assert made.spread["at_least"].tolist() == [2]
    # In no list, the 2 hide in the rest, which nobody is shown.
    made = find_repeats(many, AREAS, assigned=inside(many), places=10, top=2)
    assert made.top["kinds"].tolist() == ["Theft 9", "Theft, Drugs"]


def test_what_cannot_be_is_refused(incidents: pd.DataFrame) -> None:
    with pytest.raises(HotspotsError) as caught:
        find_repeats(incidents, AREAS, assigned=inside(incidents), identifiers=["victm"])
    assert str(caught.value) == "the incidents have no column 'victm'\nHint: did you mean 'victim'?"
    with pytest.raises(HotspotsError, match="'top' is 0"):
        find_repeats(incidents, AREAS, assigned=inside(incidents), top=0)
