"""Slow drifts: the NIST handbook's EWMA, a Poisson CUSUM worked by hand, and how long it goes by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hotspots.base.errors import ParameterError
from hotspots.methods.time.drift import cusum_run_length, cusum_threshold, ewma_chart, poisson_cusum

NIST = [52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4,
        53.6, 52.1]  # fmt: skip


def test_the_nist_handbooks_ewma() -> None:
    chart = ewma_chart(pd.Series(NIST), centre=50, deviation=2.0539, weight=0.3)
    assert chart["ewma"].round(2).tolist()[:8] == [50.6, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85]
    assert chart["ewma"].iloc[-1] == pytest.approx(51.99, abs=0.005)
    assert chart["exp_hi"].iloc[0] == pytest.approx(51.84851, abs=1e-5)
    assert chart[["exp_lo", "exp_hi"]].iloc[-1].tolist() == pytest.approx([47.411568, 52.588432], abs=1e-4)


def test_an_ewma_of_weight_one_is_the_values_themselves() -> None:
    chart = ewma_chart(pd.Series(NIST), centre=50, deviation=2, weight=1)
    assert chart["ewma"].tolist() == NIST
    assert chart["exp_hi"].tolist() == [56] * 20


def test_a_poisson_cusum_by_hand() -> None:
    # k = 3 / ln 1.75 = 5.360821: the fourth count, 6, is the first to leave anything, 0.639179.
    counts = pd.DataFrame([[3, 5, 4, 6, 9, 8, 2, 10, 7, 4]])
    assert poisson_cusum(counts, 4, times=7 / 4).iloc[0].tolist() == pytest.approx(
        [0, 0, 0, 0.639179, 4.278358, 6.917537, 3.556716, 8.195896, 9.835075, 8.474254], abs=1e-6
    )


def test_dispersed_counts_gather_as_fewer_would() -> None:
    counts = pd.DataFrame([[6, 10, 8, 12]])
    whole = poisson_cusum(counts / 2, 4, times=1.75)
    assert poisson_cusum(counts, 8, times=1.75, dispersion=2).to_numpy() == pytest.approx(whole.to_numpy())


@pytest.mark.parametrize(("threshold", "quiet", "loud"), [(6, 164, 4.5), (8, 514, 5.7), (10, 1580, 6.9)])
def test_run_lengths(threshold: float, quiet: float, loud: float) -> None:
    assert cusum_run_length(4, threshold, times=7 / 4) == pytest.approx(quiet, rel=0.01)
    assert cusum_run_length(4, threshold, times=7 / 4, actual=7 / 4) == pytest.approx(loud, abs=0.05)


def test_a_run_length_is_that_of_the_walk_itself() -> None:
    random = np.random.default_rng(5)
    held, waited, alive = np.zeros(4000), np.zeros(4000), np.ones(4000, dtype=bool)
    while alive.any():
        held = np.maximum(0, held + random.poisson(2, 4000) - 2 * 0.5 / np.log(1.5))
        waited += alive
        alive &= held < 5
    assert cusum_run_length(2, 5) == pytest.approx(waited.mean(), rel=0.05)


def test_a_threshold_goes_as_long_as_asked_and_no_longer() -> None:
    found = cusum_threshold(3, months=600)
    assert cusum_run_length(3, found) >= 600 > cusum_run_length(3, found - 0.05)


def test_what_is_out_of_range_is_refused() -> None:
    with pytest.raises(
        ParameterError, match=r"^'times' is 1\nHint: use a multiple over 1, such as 'times' = 1.5"
    ):
        poisson_cusum(pd.DataFrame([[1]]), 1, times=1)
    with pytest.raises(ParameterError, match=r"^'weight' is 0"):
        ewma_chart(pd.Series(NIST), centre=50, deviation=2, weight=0)
    with pytest.raises(ParameterError, match=r"^'deviation' is 0"):
        ewma_chart(pd.Series(NIST), centre=50, deviation=0)
    with pytest.raises(ParameterError, match=r"^'mean' is 0"):
        cusum_run_length(0, 5)
    with pytest.raises(ParameterError, match=r"^'months' is 1"):
        cusum_threshold(3, months=1)
    with pytest.raises(ParameterError, match=r"^'dispersion' is 0.5"):
        poisson_cusum(pd.DataFrame([[1]]), 1, dispersion=0.5)
