"""The probability of a multiple of the rate of all: against another program's values, by property, by simulation."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats

from hotspots.areas.neighbours import Neighbours
from hotspots.base.errors import DataError, ParameterError
from hotspots.base.gamma_poisson import fit_gamma_poisson
from hotspots.methods.risk.measure import risk


def series(values: Any) -> pd.Series[Any]:
    return pd.Series(list(values), index=[f"E01{i:06d}" for i in range(len(values))], dtype="float64")


def line(n: int) -> Neighbours:
    matrix = sparse.csr_array(np.eye(n, k=1) + np.eye(n, k=-1))
    return Neighbours(series(range(n)).index, matrix, "graph", "a line")


def made_up(n: int = 60, seed: int = 1, mean: float = 8) -> tuple[pd.Series[Any], pd.Series[Any]]:
    random = np.random.default_rng(seed)
    people = random.lognormal(7.3, 0.2, n)
    return series(random.poisson(mean * people / people.mean() * random.lognormal(-0.32, 0.8, n))), series(
        people
    )


def test_the_gamma_model_is_its_closed_formulas() -> None:
    n, people = made_up()
    found = risk(n, people, months=6, model="gamma", times=1.5)
    e = (people * n.sum() / people.sum()).to_numpy()
    fit = fit_gamma_poisson(n, e)
    shape, rate = fit.shape + n, fit.rate + e
    of_all = 2000 * n.sum() / people.sum()
    np.testing.assert_allclose(found["rk_times"], shape / rate)
    np.testing.assert_allclose(found["rk_rate"], of_all * shape / rate)
    np.testing.assert_allclose(found["rk_p"], stats.gamma.sf(1.5, shape, scale=1 / rate))
    np.testing.assert_allclose(found["rk_lo"], of_all * stats.gamma.ppf(0.025, shape, scale=1 / rate))
    np.testing.assert_allclose(found["rk_hi"], of_all * stats.gamma.ppf(0.975, shape, scale=1 / rate))


@pytest.mark.parametrize("model", ["lognormal", "gamma", "bym2"])
def test_classes_limits_and_means_agree(model: Any) -> None:
    n, people = made_up()
    found = risk(n, people, months=12, model=model, neighbours=line(60) if model == "bym2" else None)
    p = found["rk_p"]
    assert found.index.equals(n.index)
    assert ((found["rk_class"] == "clear") == (p >= 0.95)).all()
    assert ((found["rk_class"] == "likely") == ((p >= 0.80) & (p < 0.95))).all()
    assert (found["rk_lo"] < found["rk_rate"]).all()
    assert (found["rk_rate"] < found["rk_hi"]).all()
    # The lower limit of a rate that is clearly over has at least as much above it.
    of_all = 1000 * n.sum() / people.sum()
    assert ((found["rk_lo"] > 2 * of_all) <= (p > 0.975)).all()
    higher = risk(
        n, people, months=12, model=model, times=3, neighbours=line(60) if model == "bym2" else None
    )
    assert (higher["rk_p"] <= p).all()
    assert found.attrs["risk"]["model"] == model


def test_the_fewer_people_the_nearer_to_the_middle() -> None:
    n, people = made_up(mean=20)
    one, two = n.index[:2]
    people[one], people[two] = 100, 10_000
    n[one], n[two] = 5, 500  # fifty per 1,000 in both
    found = risk(n, people, months=12)["rk_rate"]
    middle = risk(n, people, months=12)["rk_rate"].median()
    assert middle < found[one] < found[two] < 50.5
    assert found[two] == pytest.approx(50, rel=0.03)


def test_a_dispersion_is_less_sure() -> None:
    n, people = made_up(mean=40)
    one, two = (risk(n, people, months=12, dispersion=phi) for phi in (1, 3))
    assert ((two["rk_hi"] - two["rk_lo"]) > (one["rk_hi"] - one["rk_lo"])).mean() > 0.9


@pytest.mark.parametrize(("mean", "phi"), [(3, 1.0), (3, 2.0), (50, 1.0), (50, 2.0)])
def test_limits_hold_the_true_rate_as_often_as_they_promise(mean: float, phi: float) -> None:
    """95 % of 30 maps of 200 areas: a standard error of 0.3 points, more where maps differ as wholes."""
    random = np.random.default_rng(9)
    covered, clear = [], []
    for _ in range(30):
        people = random.lognormal(7.3, 0.2, 200)
        true = random.lognormal(-0.32, 0.8, 200)
        means = mean * people / people.mean() * true
        drawn = means if phi == 1 else random.gamma(means / (phi - 1), phi - 1)
        n = series(random.poisson(drawn))
        found = risk(n, series(people), months=12, dispersion=phi)
        own = 1000 * means / people
        covered.append(((found["rk_lo"] <= own) & (own <= found["rk_hi"])).mean())
        chosen = (found["rk_class"] == "clear").to_numpy()
        clear += (own / (1000 * means.sum() / people.sum()) > 2)[chosen].tolist()
    assert 0.935 < np.mean(covered) < 0.965
    if clear:
        assert np.mean(clear) > 0.93


def test_areas_without_a_rate_are_missing_and_tell_nothing(caplog: pytest.LogCaptureFixture) -> None:
    n, people = made_up()
    with caplog.at_level(logging.INFO, logger="hotspots"):
        plain = risk(n, people, months=12)
    assert caplog.messages[0].startswith("Risk: rate of all ")
    assert "sigma " in caplog.messages[0]
    more_n, more_people = series([*n, 900, 4]), series([*people, 50, np.nan])
    found = risk(more_n, more_people, months=12, min_population=100)
    assert found.iloc[60:].isna().all(axis=None)
    np.testing.assert_allclose(found["rk_p"].iloc[:60], plain["rk_p"])
    spatial = risk(more_n, more_people, months=12, min_population=100, model="bym2", neighbours=line(62))
    assert spatial.iloc[60:].isna().all(axis=None)


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ({"model": "normal"}, "'model' is 'normal'", "use 'lognormal', 'gamma' or 'bym2'"),
        ({"times": 0}, "'times' is 0", "use a multiple over 0, such as 'times' = 2"),
        (
            {"model": "bym2"},
            "the model 'bym2' needs neighbours",
            "make them with make_neighbours, for 'model' = 'bym2' only",
        ),
        (
            {"neighbours": line(60)},
            "the model 'lognormal' knows no neighbours",
            "make them with make_neighbours, for 'model' = 'bym2' only",
        ),
        (
            {"model": "bym2", "neighbours": line(61)},
            "the neighbours are not of the same areas in the same order",
            "make them from the areas whose counts these are",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any], message: str, hint: str) -> None:
    n, people = made_up()
    with pytest.raises((DataError, ParameterError)) as caught:
        risk(n, people, months=12, **options)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_too_few_areas_or_no_incident() -> None:
    with pytest.raises(DataError) as caught:
        risk(series([1] * 9), series([100] * 9), months=12)
    assert caught.value.message == "9 areas have a rate, but the spread of risks cannot be told from under 10"
    with pytest.raises(DataError) as caught:
        risk(series([0] * 12), series([100] * 12), months=12)
    assert caught.value.message == "no area has an incident, so there is no risk"


@pytest.mark.parametrize("model", ["lognormal", "gamma", "bym2"])
def test_a_risk_of_rounded_counts_is_that_of_the_least_they_stand_for(model: Any) -> None:
    n, people = made_up(40, mean=30)
    shown = np.floor((2 * n + 10) / 20) * 10
    near = line(40) if model == "bym2" else None
    options: dict[str, Any] = {"months": 12, "model": model, "neighbours": near, "times": 1.5}
    plain, found = risk(shown, people, **options), risk(shown, people, rounded=10, **options)
    assert found["rk_rate"].equals(plain["rk_rate"])
    assert (found["rk_p"] <= plain["rk_p"]).all()
    assert (found["rk_lo"] < plain["rk_lo"]).all()
    assert (found["rk_hi"] > plain["rk_hi"]).all()
    assert (plain["rk_class"] != "not clear").sum() > (found["rk_class"] != "not clear").sum() > 0


def test_the_least_of_one_area_among_the_most_of_the_others_by_hand() -> None:
    # Twelve areas of 1,000 people, 10 in each but 60 in the last: it may be 55, the others 14 each, 209 in all.
    n, people = series([10] * 11 + [60]), series([1000] * 12)
    found = risk(n, people, months=12, model="gamma", rounded=10).iloc[-1]
    fit = fit_gamma_poisson(n, np.full(12, 170 / 12))
    assert found["rk_p"] == pytest.approx(stats.gamma.sf(2, fit.shape + 55, scale=1 / (fit.rate + 209 / 12)))
    # The most that it may be is 64, the others 5 each, 119 in all.
    high = stats.gamma.ppf(0.975, fit.shape + 64, scale=1 / (fit.rate + 119 / 12))
    assert found["rk_hi"] == pytest.approx(high * 170 / 12)
