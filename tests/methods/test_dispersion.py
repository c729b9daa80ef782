"""Dispersion of counts: by hand, by the distribution that made them, and on real half-years."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hotspots.areas.reading import read_areas
from hotspots.base.errors import DataError
from hotspots.counting.tally import tally
from hotspots.incidents import read_incidents
from hotspots.methods.dispersion import dispersion, long_periods


def test_by_hand() -> None:
    # Expected 5 and 15 in each period: (2² / 5 + 2² / 15) twice is 2.1333, over (2 - 1)(2 - 1).
    assert dispersion([[7, 3], [13, 17]]) == pytest.approx(2 * (4 / 5 + 4 / 15))
    # Half as far off: a quarter of it, under 1, so 1.
    assert dispersion([[6, 4], [14, 16]]) == 1.0


def test_areas_and_periods_without_incidents_say_nothing() -> None:
    table = pd.DataFrame([[7, 0, 3], [0, 0, 0], [13, 0, 17]])
    assert dispersion(table) == pytest.approx(2 * (4 / 5 + 4 / 15))


@pytest.mark.parametrize("made", [1.5, 2.0, 3.0])
def test_the_dispersion_that_made_the_counts_is_found(made: float) -> None:
    random = np.random.default_rng(5)
    mean = random.uniform(10, 60, (2000, 1)) * np.ones(4)
    # A negative binomial of size m / (φ - 1) and probability 1 / φ has mean m and variance φ m.
    counts = random.negative_binomial(mean / (made - 1), 1 / made)
    assert dispersion(counts) == pytest.approx(made, rel=0.05)
    assert dispersion(random.poisson(mean)) == pytest.approx(1, abs=0.05)


def test_one_period_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        dispersion([[3], [4]])
    assert caught.value.message == (
        "the dispersion cannot be told from 2 by 1 areas and periods with incidents"
    )
    assert caught.value.hint == "give counts of two areas or more in two periods or more"


@pytest.mark.shared
def test_half_years_of_staffordshire(shared_data: Path) -> None:
    """All crime in 697 LSOAs, by the formula written out.

    An independent program found 1.9211 where rows that repeat an ID alone are dropped; these 66 are counted here.
    """
    areas = read_areas(shared_data / "staffordshire" / "boundaries" / "lsoa_2021.gpkg")
    incidents, _ = read_incidents(shared_data / "staffordshire" / "incidents")
    counted = tally(incidents, areas, every="half")
    n = counted.counts.sum(axis=1).astype(float)
    n = n[n.sum(axis=1) > 0]
    expected = np.outer(n.sum(axis=1), n.sum(axis=0)) / n.sum()
    by_formula = ((n - expected) ** 2 / expected).sum() / (len(n) - 1)
    assert by_formula == pytest.approx(1.9180322309193472, rel=1e-12)
    assert dispersion(counted.counts.sum(axis=1)) == pytest.approx(by_formula, rel=1e-12)


@pytest.mark.parametrize(
    ("months", "sums"),
    [(12, [6, 6]), (24, [12, 12]), (36, [12, 12, 12]), (18, [9, 9]), (3, [2, 1]), (2, [1, 1]), (1, [1])],
)
def test_months_are_put_together_into_years_or_halves(months: int, sums: list[int]) -> None:
    columns = pd.period_range("2024-01", periods=months, freq="M")
    made = long_periods(pd.DataFrame(np.ones((3, months), dtype=int), columns=columns))
    assert made.iloc[0].tolist() == sums
    assert made.sum(axis=1).tolist() == [months] * 3


def test_periods_are_called_by_their_first_and_last_months() -> None:
    columns = pd.period_range("2023-07", periods=12, freq="M")
    made = long_periods(pd.DataFrame([range(12)], columns=columns))
    assert made.columns.tolist() == ["2023-07..2023-12", "2024-01..2024-06"]
