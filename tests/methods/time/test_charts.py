"""Charts of many areas and themes: what is expected, what is called unusual, and how rarely nothing is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.errors import DataError, HotspotsError, ParameterError
from hotspots.methods.time.charts import THREE_SIGMA, unusual_months


def table(values: Any, start: str = "2025-01") -> pd.DataFrame:
    values = np.asarray(values)
    months = pd.period_range(start, periods=values.shape[1], freq="M")
    return pd.DataFrame(values, index=[f"E{k:02}" for k in range(len(values))], columns=months)


def ordinary(areas: int = 60, months: int = 12, mean: float = 8, seed: int = 1) -> pd.DataFrame:
    return table(np.random.default_rng(seed).poisson(mean, (areas, months)))


def test_what_is_expected_follows_the_season_of_all() -> None:
    # Sums 30 and 60 of the areas, 30, 15 and 45 of the months, 90 of all: 10, 5, 15 and 20, 10, 30.
    charts = unusual_months(table([[11, 4, 15], [19, 11, 30]]))
    assert charts.expected[0].tolist() == [[10, 5, 15], [20, 10, 30]]
    assert charts.dispersion == (1.0,)  # two degrees of freedom are too few to tell


def test_the_dispersion_is_the_mean_square_over_what_is_expected() -> None:
    n = ordinary()
    e = n.sum(axis=1).to_numpy()[:, None] * n.sum(axis=0).to_numpy() / n.to_numpy().sum()
    phi = ((n.to_numpy() - e) ** 2 / e).sum() / (59 * 11)
    assert unusual_months(n).dispersion[0] == pytest.approx(max(1, phi))
    assert unusual_months(n, dispersion=3).dispersion == (3.0,)


def test_ranges_and_p_are_those_of_the_negative_binomial() -> None:
    charts = unusual_months(ordinary(), dispersion=2)
    mean = float(charts.expected[0, 3, 5])
    known, n, tail = stats.nbinom(mean, 0.5), float(charts.n[0, 3, 5]), (1 - THREE_SIGMA) / 2
    assert charts.lower[0, 3, 5] == known.ppf(tail)
    assert charts.upper[0, 3, 5] == known.ppf(1 - tail)
    assert charts.p[0, 3, 5] == pytest.approx(min(1, 2 * min(known.cdf(n), known.sf(n - 1))), rel=1e-5)


def test_q_is_corrected_over_areas_and_themes_of_one_month() -> None:
    themes = {"Burglary": ordinary(), "Robbery": ordinary(mean=2, seed=2)}
    charts = unusual_months(themes)
    assert charts.q[:, :, 4].ravel() == pytest.approx(benjamini_hochberg(charts.p[:, :, 4].ravel()), rel=1e-5)


def test_a_planted_spike_is_found_and_stands_first() -> None:
    n = ordinary()
    n.loc["E07", "2025-12"] = 45
    charts = unusual_months({"Burglary": n, "Robbery": ordinary(seed=3)})
    first = charts.month().iloc[0]
    assert (first["theme"], first.name, first["n"], first["un_flag"]) == (
        "Burglary",
        "E07",
        45,
        "unusually high",
    )
    assert first["n"] > first["exp_hi"]
    assert charts.unusual()[["theme", "code", "month"]].astype(str).to_numpy().tolist() == [
        ["Burglary", "E07", "2025-12"]
    ]


def test_an_emptied_area_is_unusually_low() -> None:
    n = ordinary(mean=40)
    n.loc["E07", "2025-06"] = 0
    charts = unusual_months(n)
    assert charts.one("", "E07").loc["2025-06", "un_flag"] == "unusually low"


def test_a_month_in_which_all_were_high_is_unusual_in_none() -> None:
    n = ordinary()
    n["2025-08"] *= 3
    assert not unusual_months(n).signal.any()


def test_chance_alone_is_rarely_called_unusual() -> None:
    # 40 years of 60 areas: at most 5 in 100 months may have a false alarm, by limits most years do.
    alarms = [unusual_months(ordinary(seed=seed)).signal.any(axis=(0, 1)).mean() for seed in range(40)]
    assert np.mean(alarms) < 0.05
    years = [unusual_months(ordinary(seed=seed), flagged_by="limits").signal.any() for seed in range(40)]
    assert np.mean(years) > 0.3


def test_by_limits_everything_outside_its_range_is_unusual() -> None:
    charts = unusual_months(ordinary(areas=300), flagged_by="limits", level=0.95)
    outside = (charts.n > charts.upper) | (charts.n < charts.lower)
    assert ((charts.signal != 0) == outside).all()
    assert outside.sum() > 20


def test_a_signal_is_always_outside_its_range() -> None:
    n = ordinary(areas=20, mean=30)
    n.iloc[:10, 11] = 60
    n.iloc[10:, 11] = 0
    charts = unusual_months(n, dispersion=1)
    high = charts.signal[0] > 0
    assert high.any()
    assert (charts.n[0][high] > charts.upper[0][high]).all()


def test_a_new_base_forgets_what_was_before() -> None:
    n = ordinary(mean=20)
    n.loc["E07"] = [5] * 6 + [60] * 6
    whole, anew = unusual_months(n), unusual_months(n, rebase=["2025-07"])
    assert whole.one("", "E07")["un_flag"].iloc[0] == "unusually low"
    assert (anew.one("", "E07")["un_flag"] == "as expected").all()
    assert anew.one("", "E07")["expected"].iloc[-1] > 55


def test_an_areas_own_season_takes_three_years() -> None:
    # January is twice as busy in E00 and half as busy in E01: unlike the season of all, and yet ordinary.
    n = table(np.full((12, 36), 30))
    january = pd.PeriodIndex(n.columns).month == 1
    n.loc["E00", january], n.loc["E01", january] = 90, 2
    assert unusual_months(n, dispersion=1).signal.any()
    own = unusual_months(n, season="own", dispersion=1)
    assert not own.signal.any()
    assert own.one("", "E00")["expected"].iloc[[0, 12]].tolist() == [90, 90]
    with pytest.raises(DataError) as caught:
        unusual_months(n.iloc[:, :35], season="own")
    assert caught.value.message == "35 months cannot tell what is usual in each area's own season"
    assert caught.value.hint == "give 36 months or more"


def test_without_a_season_days_alone_tell_months_apart() -> None:
    charts = unusual_months(table([[10] * 12]), season="none")
    assert charts.expected[0, 0, :2].tolist() == pytest.approx([120 * 31 / 365, 120 * 28 / 365])


def test_other_charts_hold_an_area_to_its_own_mean() -> None:
    values = table([[12, 15, 11, 14, 13, 30, 12, 16, 14, 10, 13, 15]])
    xmr = unusual_months(values, chart="xmr", flagged_by="limits")
    assert xmr.upper[0, 0, 0] == pytest.approx(29.326927)
    assert xmr.signal[0, 0].tolist() == [0] * 5 + [1] + [0] * 6
    laney = unusual_months(values, chart="laney", flagged_by="limits")
    assert laney.upper[0, 0, [1, 5]].tolist() == pytest.approx([1.024696 * 28, 1.006208 * 30], abs=1e-4)


def test_runs_are_marked_on_request_only() -> None:
    n = ordinary(mean=20)
    n.loc["E07"] = [26] * 9 + [2, 2, 2]
    assert not unusual_months(n).run.any()
    marked = unusual_months(n, runs=8).run[0, 7]
    assert marked.tolist() == [0] * 7 + [1, 1, 0, 0, 0]


def test_areas_without_incidents_are_outside_the_correction() -> None:
    n = ordinary()
    n.loc["E00"] = 0
    charts = unusual_months(n)
    assert np.isnan(charts.q[0, 0]).all()
    assert (charts.p[0, 0] == 1).all()


def test_the_order_of_areas_changes_nothing() -> None:
    n = ordinary()
    turned = unusual_months(n.iloc[::-1])
    assert (turned.p[:, ::-1] == unusual_months(n).p).all()


def test_the_input_stays_as_it_was() -> None:
    n = ordinary()
    before = n.copy()
    unusual_months(n, rebase=["2025-06"], runs=8)
    pd.testing.assert_frame_equal(n, before)


@pytest.mark.parametrize(
    ("counts", "options", "kind", "message", "hint"),
    [
        (ordinary(months=1), {}, DataError, "1 month cannot tell what is usual", "give 3 months or more"),
        (ordinary(months=5), {"chart": "xmr"}, DataError, "5 months cannot tell what is usual in one series",
         "give 6 months or more"),
        (ordinary(), {"rebase": ["2025-11"]}, DataError, "2 months cannot tell what is usual",
         "give 3 months or more to each base"),
        (ordinary(), {"rebase": ["2024-11"]}, ParameterError,
         "'rebase' is '2024-11', which is not among the months 2025-01 to 2025-12",
         "name the first month of the new base"),
        (ordinary(), {"rebase": ["soon"]}, ParameterError, "'rebase' is 'soon'", "name a month, such as '2025-07'"),
        (ordinary(areas=1), {}, DataError, "one area alone cannot be held to the season of all areas",
         "use chart = 'laney', or season = 'own' with 36 months or more"),
        (ordinary(), {"chart": "lany"}, ParameterError, "'chart' is 'lany'", "did you mean 'laney'?"),
        (ordinary(), {"runs": 1}, ParameterError, "'runs' is 1", "8 months in a row are usual: 'runs' = 8"),
        ({"A": ordinary(), "B": ordinary(areas=5)}, {}, DataError,
         "the counts of 'B' are not of the same areas and months as those of 'A'",
         "count every theme in the same areas, over the same months"),
        ({}, {}, DataError, "there is no theme to chart", "give counts by month of one theme or more"),
        (-ordinary(), {}, DataError, "a count of '' is negative", "give counts of 0 or more"),
    ],
)  # fmt: skip
def test_what_cannot_be_charted_is_refused(
    counts: Any, options: dict[str, Any], kind: type[HotspotsError], message: str, hint: str
) -> None:
    with pytest.raises(kind) as caught:
        unusual_months(counts, **options)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_a_chart_that_is_not_there_is_refused() -> None:
    n = ordinary()
    n.iloc[0, 0] = 40
    charts = unusual_months({"Burglary": n})
    with pytest.raises(ParameterError, match=r"^there is no chart of 'Burglry'"):
        charts.one("Burglry", "E00")
    with pytest.raises(ParameterError, match=r"^there is no chart of the area 'X'"):
        charts.one("Burglary", "X")
    with pytest.raises(
        ParameterError, match=r"^there is no chart of 2026-01\nHint: months run from 2025-01 to 2025-12"
    ):
        charts.month("2026-01")
    assert repr(charts) == "<Charts: 1 themes, 60 areas, 12 months; 2 unusual>"
