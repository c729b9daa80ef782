"""Several sources in one score: counted apart, drawn apart, and named where one is meant."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from hotspots.base.errors import ParameterError
from hotspots.counting.tally import Tally, tally
from hotspots.priorities.draws import posterior
from hotspots.priorities.indicators import Indicator, make_indicators
from hotspots.priorities.overlap import overlaps

SOURCES = ["Street", "Fire service"]


@pytest.fixture
def wards() -> Any:
    codes = [f"E0500000{i}" for i in range(1, 4)]
    return gpd.GeoDataFrame(
        {"name": codes, "district": "", "population": [1000.0, 2000, 4000]},
        index=pd.Index(codes, name="code"),
        geometry=[box(i, 0, i + 1, 1) for i in range(3)],
        crs="EPSG:27700",
    )


@pytest.fixture
def counted(wards: Any) -> Tally:
    """Arson is a category of both sources: 3 and 2 in ward 1; 4 burglaries; 5 dwelling fires in ward 2."""
    rows = [
        (1, "Street", "Arson", 3),
        (1, "Fire service", "Arson", 2),
        (2, "Street", "Burglary", 4),
        (2, "Fire service", "Dwelling", 5),
    ]
    table = [(ward - 0.5, source, category) for ward, source, category, n in rows for _ in range(n)]
    frame = pd.DataFrame(table, columns=["x", "source", "category"]).assign(y=0.5)
    frame["month"] = pd.PeriodIndex(["2025-01"] * len(frame), freq="M")
    frame.attrs["crs"] = "EPSG:27700"
    sources = pd.Series(pd.Categorical(frame.pop("source"), categories=SOURCES), index=frame.index)
    return tally(frame, wards, sources=sources)


def test_categories_of_one_name_are_counted_apart(counted: Tally) -> None:
    assert counted.sources == ("Street", "Street", "Fire service", "Fire service")
    assert counted.categories == ("Arson", "Burglary", "Arson", "Dwelling")
    assert counted.labels == (
        "Street: Arson",
        "Street: Burglary",
        "Fire service: Arson",
        "Fire service: Dwelling",
    )
    assert counted.counts[:, :, 0].tolist() == [[3, 0, 2, 0], [0, 4, 0, 5], [0, 0, 0, 0]]
    assert counted.mask(["arson"]).tolist() == [1, 0, 1, 0]
    assert counted.mask(["arson"], source="Fire service").tolist() == [0, 0, 1, 0]
    assert counted.mask(exclude=["Arson"], source="Street").tolist() == [0, 1, 0, 0]


def test_an_indicator_counts_its_own_source(wards: Any, counted: Tally) -> None:
    made = make_indicators(
        [
            Indicator(group="crime", incidents="Street", measure="n"),
            Indicator(incidents="Fire service", measure="n"),
            Indicator(name="Arson at fires", category=("Arson",), incidents="Fire service"),
        ],
        wards,
        counted=counted,
    )
    # One month is a twelfth of a year; ward 1 has 2 arsons among 1,000 people.
    assert made.table["Overall crime", "2025"].tolist() == [36, 48, 0]
    assert made.table["Fire service", "2025"].tolist() == [24, 60, 0]
    assert made.table["Arson at fires", "2025"].tolist() == pytest.approx([24, 0, 0])
    assert made.columns == {
        "Overall crime": "i_crime",
        "Fire service": "i_fire_ser",
        "Arson at fires": "i_arson_at",
    }
    # Sources share no incident: only what the fire service counts twice overlaps, 2 of 2 arsons.
    assert overlaps(made) == [("Fire service", "Arson at fires", 1.0)]


def test_at_least_looks_at_the_indicators_own_source(wards: Any, counted: Tally, tmp_path: Any) -> None:
    (tmp_path / "harm.csv").write_text("category,weight\nArson,10\n", encoding="utf-8")
    entry = Indicator(
        name="Harm of arson",
        category=("Arson",),
        incidents="Fire service",
        harm="harm.csv",
        at_least=3,
        measure="n",
    )
    made = make_indicators([entry], wards, counted=counted, resolve=lambda name: tmp_path / name)
    # The fire service has 2 arsons in ward 1, under 3; with the street's they would be 5.
    assert made.table["Harm of arson", "2025"].isna().tolist() == [True, True, True]
    other = Indicator(
        name="Harm", category=("Arson",), incidents="Street", harm="harm.csv", at_least=3, measure="n"
    )
    made = make_indicators([other], wards, counted=counted, resolve=lambda name: tmp_path / name)
    assert made.table["Harm", "2025"].tolist()[0] == 3 * 10 * 12


@pytest.mark.parametrize(
    ("tallied", "hint"),
    [
        (True, "did you mean 'Fire service'?"),
        (False, "leave 'incidents' out: there is one source, without a name"),
    ],
)
def test_an_unknown_source_is_said(wards: Any, counted: Tally, tallied: bool, hint: str) -> None:
    held = counted if tallied else Tally(wards.index, ("Arson",), ("2025",), (1,), np.ones((3, 1, 1)))
    with pytest.raises(ParameterError) as caught:
        make_indicators([Indicator(incidents="Fire servce")], wards, counted=held)
    assert caught.value.message == (
        "the indicator 'Fire servce' counts the incidents 'Fire servce', which are not there"
    )
    assert caught.value.hint == hint


def test_each_source_is_drawn_with_a_dispersion_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    """One category in two sources, of equal totals: the one that swings between periods is the less sure."""
    codes = pd.Index([f"E05{i:06d}" for i in range(30)], name="code")
    areas = gpd.GeoDataFrame(
        {"name": codes, "district": "", "population": 1000.0},
        index=codes,
        geometry=[box(i, 0, i + 1, 1) for i in range(30)],
        crs="EPSG:27700",
    )
    steady = np.repeat(np.arange(20, 170, 5)[:, None], 2, axis=1)
    swinging = steady + np.array([9, -9]) * np.where(np.arange(30) % 2, 1, -1)[:, None]
    counts = np.stack([steady, swinging], axis=1)
    held = Tally(codes, ("Arson", "Arson"), ("2024", "2025"), (12, 12), counts, None, ("Street", "Fire"))
    made = make_indicators(
        [Indicator(incidents=name, measure="n") for name in ("Street", "Fire")], areas, counted=held
    )
    with caplog.at_level("INFO", logger="hotspots"):
        draw = posterior(made)
    assert draw is not None
    (said,) = caplog.messages
    assert said.startswith("Dispersion of the counts, over that of chance: Fire: Arson ")
    assert said.endswith(", Street: Arson 1.00")
    random = np.random.default_rng(1)
    spread = np.stack([draw(random).sum(axis=2) for _ in range(400)]).std(axis=0).mean(axis=0)
    assert spread[1] > 1.3 * spread[0]
