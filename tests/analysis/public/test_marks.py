"""Marks of a public folder: none says more than all counts that the published ones stand for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hotspots.analysis.public.protect import protect
from hotspots.analysis.recipe.tables import Risk
from hotspots.analysis.results import Analysis
from hotspots.base.poisson import ratio_limits
from hotspots.disclosure.rules import profile


@pytest.fixture(scope="module")
def public(exact: Analysis) -> Analysis:
    """The county under the documents' profile, with risks."""
    return protect(replace(exact, recipe=replace(exact.recipe, risk=Risk())), profile("documents"))


def test_a_class_is_above_the_rest_only_where_its_least_is(public: Analysis) -> None:
    for theme in public.themes:
        (layer,) = [layer for layer in theme.layers if layer.kind == "classes"]
        table = layer.table
        n, people = table["n"], table["population"]
        phi = max(1.0, round(float(theme.first.attrs["dispersion"]), 1))
        own, other = np.maximum(n - 5, 0), (n + 4)[::-1].to_numpy()  # two classes: the rest is the other one
        low = ratio_limits(own, people, other, people[::-1].to_numpy(), dispersion=phi)[1]
        assert table["cmp_lo"].to_numpy() == pytest.approx(low)
        assert ((table["cmp_flag"] == "above") == (low > 1)).all()


def test_a_partnership_differs_from_the_rest_only_where_all_its_counts_do(
    exact: Analysis, public: Analysis
) -> None:
    made, held = public.profile, exact.profile
    assert made is not None
    assert held is not None
    flags, plain = made.against["cmp_flag"], held.against["cmp_flag"].reindex(made.against.index)
    marked = flags.isin(["above", "below"])
    assert marked.any()
    assert (flags[marked].astype(str) == plain[marked].astype(str)).all()
    # North's crime: the force may have 5 fewer or 4 more, and so may North, so that the rest is off by 9 at most.
    n, people = made.counts()["Total Recorded Crime"], made.people
    rest = n["Force"] - n["North"]
    low = ratio_limits(
        n["North"] - 5, people["North"], rest + 9, people.drop("North").sum(),
        dispersion=made.dispersion["Total Recorded Crime"],
    )[1]  # fmt: skip
    lows: dict[object, float] = made.against["cmp_lo"].to_dict()
    assert lows["North", "Total Recorded Crime", "Force"] == pytest.approx(float(low))


def test_risks_are_those_of_the_least_that_counts_stand_for(public: Analysis) -> None:
    from hotspots.methods.risk.measure import risk

    table = public.themes[1].first
    phi = max(1.0, round(float(table.attrs["dispersion"]), 1))
    again = risk(table["n"], table["population"], months=12, dispersion=phi, rounded=10)
    pd.testing.assert_series_equal(table["rk_class"], again["rk_class"], check_names=False)
    assert (table["rk_p"] < risk(table["n"], table["population"], months=12, dispersion=phi)["rk_p"]).all()
