"""Classes and corrections: mapclassify, and false-discovery rules of peers that are wrong."""

from __future__ import annotations

import geopandas as gpd
import mapclassify
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from hotspots.areas.reading import read_areas
from hotspots.base.discovery import benjamini_hochberg
from hotspots.counting.counts import count_incidents
from hotspots.counting.rates import rate
from hotspots.incidents import read_incidents
from hotspots.methods.meansd import flag_mean_sd

TEN = [0.012, 0.013, 0.014, 0.015, 0.2, 0.3, 0.4, 0.5, 0.6, 0.9]


@pytest.fixture(scope="module")
def wards() -> gpd.GeoDataFrame:
    return read_areas("west-yorkshire-wards")


@pytest.fixture(scope="module")
def lsoas() -> gpd.GeoDataFrame:
    return read_areas("west-yorkshire-lsoa-2011")


@pytest.fixture(scope="module")
def incidents() -> pd.DataFrame:
    return read_incidents(["west-yorkshire-incidents"])[0]


# -------------------------------------------------------------------------------------------- mean and SD


def test_mapclassifys_own_example() -> None:
    cal = mapclassify.load_example()
    result = flag_mean_sd(cal)
    assert result["sd_mean"].iloc[0] == pytest.approx(125.928103, abs=5e-7)
    assert result["sd_above"].iloc[0] - result["sd_mean"].iloc[0] == pytest.approx(546.645229, abs=5e-7)
    assert result["sd_above"].iloc[0] == pytest.approx(672.573332, abs=5e-7)
    assert result["sd_signif"].iloc[0] == pytest.approx(1219.218561, abs=5e-7)
    below = 2 * result["sd_mean"].iloc[0] - result[["sd_signif", "sd_above"]].iloc[0].to_numpy()
    assert below == pytest.approx([-967.362354, -420.717125], abs=5e-7)
    assert result["sd_flag"].cat.codes.value_counts().reindex(range(5), fill_value=0).tolist() == [
        0,
        0,
        56,
        1,
        1,
    ]


@pytest.mark.parametrize("layer", ["wards", "lsoas"])
@pytest.mark.parametrize("category", ["Burglary", "Anti-social behaviour", "Robbery"])
def test_real_rates_have_mapclassifys_classes(
    request: pytest.FixtureRequest, incidents: pd.DataFrame, layer: str, category: str
) -> None:
    areas = request.getfixturevalue(layer)
    chosen = incidents[incidents["category"] == category]
    rates = rate(count_incidents(chosen, areas), areas["population"], months=3)
    result, theirs = flag_mean_sd(rates), mapclassify.StdMean(rates.to_numpy())
    assert theirs.bins[2:4] == pytest.approx(result[["sd_above", "sd_signif"]].iloc[0].to_numpy(), rel=1e-12)
    assert result["sd_flag"].cat.codes.tolist() == theirs.yb.tolist()


@pytest.mark.parametrize(
    ("n", "sample", "population"),
    [(6, 2.04, 2.24), (8, 2.47, 2.65), (10, 2.85, 3.00), (20, 4.25, 4.36)],
)
def test_the_largest_score_that_n_areas_allow(n: int, sample: float, population: float) -> None:
    one_apart = pd.Series([1e6] + [0.0] * (n - 1))
    assert flag_mean_sd(one_apart)["sd_score"].iloc[0] == pytest.approx(sample, abs=5e-3)
    assert flag_mean_sd(one_apart, ddof=0)["sd_score"].iloc[0] == pytest.approx(population, abs=5e-3)


# ------------------------------------------------------------------------------------ false discovery rate


def rejected_by_definition(p: npt.ArrayLike, level: float) -> int:
    """How many the step-up rule rejects: the largest k whose k-th smallest p is at most k·level/n, tried one by one."""
    ordered = np.sort(np.asarray(p, dtype=float))
    passing = [k for k in range(1, len(ordered) + 1) if ordered[k - 1] <= k * level / len(ordered)]
    return max(passing, default=0)


def rejected_when_leaving_at_the_first_failure(p: npt.ArrayLike, level: float) -> int:
    ordered = np.sort(np.asarray(p, dtype=float))
    passes = ordered <= np.arange(1, len(ordered) + 1) * level / len(ordered)
    return len(ordered) if passes.all() else int(np.argmin(passes))


def test_leaving_at_the_first_failing_rank_is_not_the_rule() -> None:
    # libgeoda's GetFDR does so. The smallest p, 0.012, fails 1 · 0.05/10, but the fourth passes 4 · 0.05/10.
    assert rejected_when_leaving_at_the_first_failure(TEN, 0.05) == 0
    assert rejected_by_definition(TEN, 0.05) == 4
    assert int((benjamini_hochberg(TEN) <= 0.05).sum()) == 4


def test_geodas_threshold_on_real_wards_and_lsoas(
    incidents: pd.DataFrame, wards: gpd.GeoDataFrame, lsoas: gpd.GeoDataFrame
) -> None:
    pygeoda = pytest.importorskip("pygeoda", reason="GeoDa's library has no wheel for this Python")
    burglaries = incidents[incidents["category"] == "Burglary"]
    found = {}
    for name, areas in (("wards", wards), ("lsoas", lsoas)):
        layer = pygeoda.open(areas[["geometry"]].reset_index())
        counts = count_incidents(burglaries, areas).astype(float).tolist()
        local = pygeoda.local_gstar(pygeoda.queen_weights(layer), counts, permutations=9999, seed=1)
        p = np.array(local.lisa_pvalues())
        ours = int((benjamini_hochberg(p) <= 0.05).sum())
        assert ours == rejected_by_definition(p, 0.05)
        assert ours == int((false_discovery_control(p) <= 0.05).sum())
        found[name] = (int((p <= local.lisa_fdr(0.05)).sum()), ours, float(local.lisa_fdr(0.05)) * len(areas))
    # Right where the smallest p passes the first rank ...
    assert found["wards"][0] == found["wards"][1] > 0
    # ... but of 1,388 LSOAs even p = 1/10,000 fails 0.05/1,388, so that GeoDa's threshold falls back to
    # Bonferroni's and finds nothing, where the rule rejects some.
    assert found["lsoas"][0] == 0 < found["lsoas"][1]
    assert found["lsoas"][2] == pytest.approx(0.05)


def test_esdas_threshold_leaves_out_what_lies_on_it() -> None:
    from esda import fdr

    # p = 0.05 everywhere: the tenth of ten passes 10 · 0.05/10, so all are rejected.
    level = np.full(10, 0.05)
    assert rejected_by_definition(level, 0.05) == 10
    assert int((benjamini_hochberg(level) <= 0.05).sum()) == 10
    assert int((level <= fdr(level, 0.05)).sum()) == 0  # it compares with < and returns 0.05/10
    assert fdr(np.array(TEN), 0.05) == pytest.approx(0.02)


@pytest.mark.parametrize("seed", range(5))
def test_the_rule_on_random_p_values_is_the_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p = np.round(np.concatenate([rng.uniform(0, 0.01, 40), rng.uniform(size=400)]), 3)  # with ties
    for level in (0.01, 0.05, 0.1, 0.2):
        assert int((benjamini_hochberg(p) <= level * (1 + 1e-12)).sum()) == rejected_by_definition(
            p, level * (1 + 1e-12)
        )
