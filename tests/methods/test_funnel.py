"""Funnel limits: by hand, against exact Poisson tails, and the overdispersion formula by simulation."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.funnel import FUNNEL_FLAGS, Funnel, fit_funnel, funnel, place_in_funnel


def series(values: Any) -> pd.Series[Any]:
    return pd.Series(list(values), index=[f"E05{i:06d}" for i in range(len(values))], dtype="float64")


def test_the_formula_by_hand() -> None:
    # 40, 60 and 110 of 1,000 people each: θ = 70; s² = 70 (1,000 people, per 1,000), so w = 1/70 each.
    # z² = 900/70, 100/70, 1600/70: I·φ = 2600/70. τ² = (2600/70 - 2) / (3/70 - 1/70) = 2460/2 = 1230.
    fitted = fit_funnel(
        series([40, 60, 110]), series([1000] * 3), months=12, winsorise=0, overdispersion="spiegelhalter"
    )
    assert fitted.rate == pytest.approx(70)
    assert fitted.phi == pytest.approx(2600 / 210)
    assert fitted.tau == pytest.approx(1230**0.5)
    lower, upper = fitted.limits([1000.0], level=0.95)
    assert upper[0] == pytest.approx(70 + 1.959964 * 1300**0.5)
    assert lower[0] == 0
    # Six months of data: rates double, chance's variance per person too.
    half = fit_funnel(
        series([40, 60, 110]), series([1000] * 3), months=6, winsorise=0, overdispersion="spiegelhalter"
    )
    assert half.rate == pytest.approx(140)
    assert half.tau == pytest.approx(2 * 1230**0.5)


def test_the_spread_is_dersimonian_and_lairds() -> None:
    random = np.random.default_rng(3)
    people = random.integers(500, 20_000, 80).astype(float)
    n = random.poisson(people * random.gamma(9, 0.07 / 9, 80))
    y = 1000 * n / people
    v = 1000 * (n.sum() / people.sum() * 1000) / people  # 1000 · θ / population, θ per 1,000
    w = 1 / v
    q = (w * (y - (w * y).sum() / w.sum()) ** 2).sum()
    expected = (q - 79) / (w.sum() - (w**2).sum() / w.sum())
    assert fit_funnel(
        series(n), series(people), months=12, winsorise=0, overdispersion="spiegelhalter"
    ).tau ** 2 == pytest.approx(expected)


def test_the_spread_is_recovered_without_bias_and_winsorising_lowers_it() -> None:
    random = np.random.default_rng(11)
    people = random.lognormal(8.6, 0.5, (150, 150))
    rates = np.clip(random.normal(80, 20, people.shape), 1, None)  # per 1,000: τ = 20
    counts = random.poisson(people * rates / 1000)
    found = {
        share: [
            fit_funnel(series(n), series(p), months=12, winsorise=share, overdispersion="spiegelhalter").tau
            ** 2
            for n, p in zip(counts, people, strict=True)
        ]
        for share in (0.0, 0.1)
    }
    assert np.mean(found[0.0]) == pytest.approx(400, rel=0.03)
    assert 0.5 < np.mean(found[0.1]) / 400 < 0.7


@pytest.mark.parametrize(
    ("overdispersion", "winsorise", "spread", "outside", "far"),
    [
        ("none", 0.1, 0, (0.03, 0.05), (0.0005, 0.003)),
        ("spiegelhalter", 0.1, 0, (0.03, 0.05), (0.0005, 0.003)),
        ("spiegelhalter", 0.0, 25, (0.04, 0.06), (0.0005, 0.004)),
        ("spiegelhalter", 0.1, 25, (0.10, 0.14), (0.01, 0.02)),
    ],
)
def test_the_share_of_flags_is_as_documented(
    overdispersion: Any,
    winsorise: float,
    spread: float,
    outside: tuple[float, float],
    far: tuple[float, float],
) -> None:
    random = np.random.default_rng(5)
    flagged = []
    for _ in range(80):
        people = random.lognormal(8.6, 0.5, 200)
        rates = np.clip(random.normal(80, spread, 200), 1, None)
        n = series(random.poisson(people * rates / 1000))
        options = {"overdispersion": overdispersion, "winsorise": winsorise}
        flagged.append(funnel(n, series(people), months=12, **options)["fn_flag"])
    flags = pd.concat(flagged)
    assert outside[0] < (flags != "within limits").mean() < outside[1]
    assert far[0] < flags.isin(FUNNEL_FLAGS[::4]).mean() < far[1]


@pytest.mark.parametrize("sigma", [0.5, 0.9])
def test_predicted_limits_keep_their_promise_where_risks_are_lognormal(sigma: float) -> None:
    """Nothing but ordinary spread: 200 wards, 40 maps; 2.5 % and 0.1 % should lie above the two upper limits."""
    random = np.random.default_rng(5)
    shares: dict[str, list[pd.Series[Any]]] = {"lognormal": [], "spiegelhalter": []}
    for _ in range(40):
        people = random.lognormal(8.6, 0.5, 200)
        n = series(random.poisson(people * 0.04 * random.lognormal(-(sigma**2) / 2, sigma, 200)))
        for name, flags in shares.items():
            flags.append(funnel(n, series(people), months=12, overdispersion=name)["fn_flag"])  # type: ignore[arg-type]
    predicted, additive = (pd.concat(flags) for flags in shares.values())
    assert (predicted == "above 99.8% limit").mean() < 0.003
    assert 0.015 < predicted.isin(["above 95% limit", "above 99.8% limit"]).mean() < 0.035
    assert 0.01 < predicted.isin(["below 95% limit", "below 99.8% limit"]).mean() < 0.035
    assert (additive == "above 99.8% limit").mean() > 0.02  # twenty times its promise


@pytest.mark.parametrize("overdispersion", ["lognormal", "gamma"])
def test_predicted_flags_are_what_the_tails_say(overdispersion: Any) -> None:
    random = np.random.default_rng(7)
    people = random.lognormal(8.6, 0.5, 120)
    n = series(random.poisson(people * 0.04 * random.lognormal(-0.3, 0.8, 120)))
    n.iloc[0] = 20 * n.mean()
    fitted = fit_funnel(n, series(people), months=12, overdispersion=overdispersion, dispersion=1.5)
    result = funnel(n, series(people), months=12, overdispersion=overdispersion, dispersion=1.5)
    assert fitted.spread is not None
    expected = people * n.sum() / people.sum() / 1.5
    above = fitted.spread.at_least(n / 1.5, expected)
    assert ((above < 0.025) == result["fn_flag"].isin(["above 95% limit", "above 99.8% limit"])).all()
    assert ((above < 0.001) == (result["fn_flag"] == "above 99.8% limit")).all()
    assert result["fn_flag"].iloc[0] == "above 99.8% limit"
    # The score orders as the tails do, and is near 0 in the middle.
    assert (np.diff(result["fn_z"].to_numpy()[np.argsort(above)]) < 0.2).all()
    assert abs(result["fn_z"].median()) < 0.3
    narrow = funnel(n, series(people), months=12, overdispersion=overdispersion)
    assert not narrow["fn_hi95"].equals(result["fn_hi95"])


@settings(max_examples=50)
@given(counts=st.lists(st.integers(0, 300), min_size=3, max_size=20).filter(any))
def test_without_overdispersion_the_flag_is_the_exact_poisson_tail(counts: list[int]) -> None:
    n, people = series(counts), series(np.linspace(500, 3000, len(counts)))
    result = funnel(n, people, months=12, overdispersion="none")
    expected = (n.sum() / people.sum() * people).to_numpy()
    above, below = stats.poisson.sf(n - 1, expected), stats.poisson.cdf(n, expected)
    clear = np.abs(np.stack([above, below]) - 0.025).min(axis=0) > 1e-9
    flagged_above = result["fn_flag"].isin(["above 95% limit", "above 99.8% limit"]).to_numpy()
    flagged_below = result["fn_flag"].isin(["below 95% limit", "below 99.8% limit"]).to_numpy()
    assert (flagged_above == (above < 0.025))[clear].all()
    assert (flagged_below == (below < 0.025))[clear].all()


def test_limits_narrow_with_population_and_nest() -> None:
    for tau in (0.0, 25.0):
        made = Funnel(rate=76.1, tau=tau, phi=1.0, months=12)
        people = np.geomspace(10, 1e6, 60)
        lower, upper = made.limits(people, level=0.95)
        far_lower, far_upper = made.limits(people, level=0.998)
        assert (np.diff(upper) < 0).all()
        assert (np.diff(lower) >= 0).all()
        assert ((far_lower <= lower) & (lower <= 76.1) & (upper >= 76.1) & (upper <= far_upper)).all()


def test_a_ward_of_staffordshire_is_far_outside_a_funnel_of_chance_alone() -> None:
    # 76.1 per 1,000 among 6,484 people: 493.4 expected; 99.8 % limits of 66 to 87 per 1,000.
    lower, upper = Funnel(rate=76.1, tau=0.0, phi=1.0, months=12).limits([6484.0], level=0.998)
    assert (round(float(lower[0])), round(float(upper[0]))) == (66, 87)


def test_areas_without_a_rate_are_left_out(caplog: pytest.LogCaptureFixture) -> None:
    n, people = series([40, 60, 110, 5, 900]), series([1000, 1000, 1000, np.nan, 50])
    with caplog.at_level(logging.INFO, logger="hotspots"):
        result = funnel(n, people, months=12, winsorise=0, min_population=100, overdispersion="spiegelhalter")
    assert result.iloc[3:].isna().all(axis=None)
    assert result["fn_expect"].iloc[0] == pytest.approx(70)
    assert caplog.messages == [
        "Funnel: rate of all 70, spread of rates beyond chance 35.07 (SD) "
        "('overdispersion' spiegelhalter, phi 12.4)"
    ]


@pytest.mark.parametrize(
    ("counts", "options", "message", "hint"),
    [
        (
            [1, 2],
            {},
            "2 areas have a rate, but a funnel needs at least 3",
            "supply populations, or lower 'min_population'",
        ),
        ([0] * 3, {}, "no area has an incident, so there is no rate to compare with", "check the selection"),
        (
            [1, 2, 3],
            {"overdispersion": "yes"},
            "'overdispersion' is 'yes'",
            "use 'lognormal', 'gamma', 'spiegelhalter' or 'none'",
        ),
        (
            [1, 2, 3],
            {"winsorise": 0.5},
            "'winsorise' is 0.5",
            "use a share from 0 to under 0.5, such as 'winsorise' = 0.1",
        ),
    ],
)
def test_what_makes_no_funnel_is_refused(
    counts: list[int], options: dict[str, Any], message: str, hint: str
) -> None:
    with pytest.raises((DataError, ParameterError)) as caught:
        funnel(series(counts), series([1000] * len(counts)), months=12, **options)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_an_area_of_rounded_counts_is_outside_where_all_that_it_stands_for_is() -> None:
    # 50 expected: the exact limits are 36.1 and 64.8, and 29.2 and 73.7 at 99.8 %. 80 may be 70, and 20 at most 29.
    fitted = fit_funnel(series([50] * 3), series([1000] * 3), months=12, overdispersion="none")
    n, people = series([20, 40, 80, 100]), series([1000] * 4)
    plain = place_in_funnel(fitted, n, people)["fn_flag"].tolist()
    found = place_in_funnel(fitted, n, people, rounded=20)["fn_flag"].tolist()
    assert plain == ["below 99.8% limit", "within limits", "above 99.8% limit", "above 99.8% limit"]
    assert found == ["below 99.8% limit", "within limits", "above 95% limit", "above 99.8% limit"]
