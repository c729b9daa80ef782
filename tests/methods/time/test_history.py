"""Shapes of history: each is found where it is planted, and none where nothing is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hotspots.methods.time.history import histories


def table(rows: Sequence[Sequence[int]], months: int = 12, others: int = 25) -> pd.DataFrame:
    random = np.random.default_rng(2)
    values = [np.asarray(row, dtype=int) for row in rows] + list(random.poisson(20, (others, months)))
    return pd.DataFrame(values, columns=pd.period_range("2024-01", periods=months, freq="M"))


def test_steps_and_trends_are_told_apart() -> None:
    ramp = np.round(20 * 1.25 ** np.arange(12)).tolist()
    found = histories(table([[10] * 6 + [40] * 6, [40] * 6 + [5] * 6, ramp, ramp[::-1]]))
    assert found["hi_shape"].tolist()[:4] == ["step up", "step down", "rising", "falling"]
    assert found["hi_text"].iloc[0].startswith("step up in July 2024, against all areas: from ")
    row = found.iloc[2]
    times, low, high = (1 + row[name] / 100 for name in ("tr_pct", "tr_lo", "tr_hi"))
    assert row["hi_text"] == (
        f"rising, against all areas: {times:.1f} times as many each year (95% limits {low:.1f} to {high:.1f} times)"
    )
    assert found["hi_text"].iloc[3].startswith("falling, against all areas: by ")
    assert set(found["hi_text"].iloc[4:]) == {"steady, as all areas"}


def test_a_rise_of_up_to_a_hundred_per_cent_is_told_in_per_cent() -> None:
    row = histories(table([np.round(60 * 1.03 ** np.arange(24)).tolist()], months=24)).iloc[0]
    reach = f"95% limits {row['tr_lo']:+.0f}% to {row['tr_hi']:+.0f}%"
    assert row["hi_text"] == f"rising, against all areas: by {row['tr_pct']:.0f}% a year ({reach})"
    assert 30 < row["tr_pct"] < 60


def test_a_season_of_its_own_takes_two_years() -> None:
    season = ([60] * 3 + [10] * 9) * 2
    assert (
        histories(table([season], months=24))["hi_text"].iloc[0] == "a season of its own, against all areas"
    )
    assert histories(table([season[:23]], months=23))["hi_shape"].iloc[0] != "seasonal"


def test_by_days_an_area_stands_by_itself() -> None:
    n = table([[10] * 6 + [40] * 6])
    assert histories(n, against="days")["hi_text"].iloc[0].startswith("step up in July 2024: from ")
    assert histories(n, against="days")["hi_text"].iloc[1] == "steady"


def test_few_incidents_have_no_shape() -> None:
    found = histories(table([[0] * 12]))
    assert found["hi_shape"].isna().tolist()[:2] == [True, False]
    assert found["hi_text"].iloc[0] == "under 10 incidents: no shape can be told"


def test_chance_alone_is_steady() -> None:
    random = np.random.default_rng(8)
    months = pd.period_range("2024-01", periods=12, freq="M")
    shapes = [
        histories(pd.DataFrame(random.poisson(15, (40, 12)), columns=months), draws=999)["hi_shape"]
        for _ in range(25)
    ]
    assert np.mean([(shape != "steady").any() for shape in shapes]) <= 0.12
