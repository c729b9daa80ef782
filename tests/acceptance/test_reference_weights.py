"""Neighbours and what is summed over them: libpysal and GeoDa on real layers, and peers wrong by brute force."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from hotspots.areas.neighbours import Neighbours, from_graph, make_neighbours
from hotspots.areas.reading import read_areas
from hotspots.counting.counts import count_incidents
from hotspots.incidents import read_incidents
from hotspots.methods.getisord.statistic import gi, gi_star

pytestmark = pytest.mark.filterwarnings("ignore:Gi. of .* values. with fewer than 30")

LAYERS = ("west-yorkshire-wards", "west-yorkshire-lsoa-2011")


@pytest.fixture(scope="module")
def layers() -> dict[str, gpd.GeoDataFrame]:
    return {name: read_areas(name) for name in LAYERS}


@pytest.fixture(scope="module")
def incidents() -> pd.DataFrame:
    return read_incidents(["west-yorkshire-incidents"])[0]


@pytest.fixture(scope="module")
def pygeoda() -> Any:
    return pytest.importorskip("pygeoda", reason="GeoDa's library has no wheel for this Python")


@pytest.fixture
def plain_esda(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run esda's permutations as the Python that they are written in: compiling them takes half a minute."""
    import esda.crand
    import esda.getisord

    for module in (esda.crand, esda.getisord):
        for name, function in vars(module).items():
            if hasattr(function, "py_func"):
                monkeypatch.setattr(module, name, function.py_func)
    monkeypatch.setattr(esda.crand, "boolean", np.bool_)


def geoda_links(weights: Any, n: int) -> set[tuple[int, int]]:
    return {(i, int(j)) for i in range(n) for j in weights.get_neighbors(i)}


def links(neighbours: Neighbours) -> set[tuple[int, int]]:
    here, there = neighbours.matrix.nonzero()
    return set(zip(here.tolist(), there.tolist(), strict=True))


# ------------------------------------------------------------------------------------------------- weights


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("method", ["queen", "rook"])
def test_contiguity_is_that_of_libpysal_and_geoda(
    layers: dict[str, gpd.GeoDataFrame], pygeoda: Any, name: str, method: Any
) -> None:
    from libpysal.graph import Graph

    areas = layers[name]
    ours = make_neighbours(areas, method=method)
    theirs = Graph.build_contiguity(areas, rook=method == "rook")
    assert (ours.matrix != theirs.sparse).nnz == 0
    layer = pygeoda.open(areas[["geometry"]].reset_index())
    build = pygeoda.queen_weights if method == "queen" else pygeoda.rook_weights
    assert links(ours) == geoda_links(build(layer), len(areas))


@pytest.mark.parametrize("k", [4, 6, 8])
def test_nearest_are_those_of_geoda(layers: dict[str, gpd.GeoDataFrame], pygeoda: Any, k: int) -> None:
    areas = layers["west-yorkshire-wards"]
    layer = pygeoda.open(areas[["geometry"]].reset_index())
    assert links(make_neighbours(areas, method="nearest", nearest=k)) == geoda_links(
        pygeoda.knn_weights(layer, k), len(areas)
    )


def test_the_least_distance_that_leaves_no_area_alone_is_geodas(
    layers: dict[str, gpd.GeoDataFrame], pygeoda: Any
) -> None:
    areas = layers["west-yorkshire-wards"]
    layer = pygeoda.open(areas[["geometry"]].reset_index())
    least = pygeoda.min_distthreshold(layer)
    ours = make_neighbours(areas, method="distance")
    assert ours.description.startswith(f"centroids within {least:,.0f} m, ")
    assert links(ours) == geoda_links(pygeoda.distance_weights(layer, least * (1 + 1e-9)), len(areas))
    assert len(ours.islands) == 0


# ----------------------------------------------------------------------------------- Gi* on a real layer


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("category", ["Burglary", "Anti-social behaviour"])
def test_gi_star_is_esdas_on_real_layers(
    layers: dict[str, gpd.GeoDataFrame], incidents: pd.DataFrame, name: str, category: str
) -> None:
    from esda.getisord import G_Local

    areas = layers[name]
    counts = count_incidents(incidents[incidents["category"] == category], areas).astype(float)
    queen = make_neighbours(areas)
    with warnings.catch_warnings(action="ignore"):
        weights = queen.to_graph().to_W()
        theirs = G_Local(counts.to_numpy(), weights, transform="B", star=True, permutations=0)
    np.testing.assert_allclose(gi_star(counts, queen)["gi_z"], theirs.Zs, atol=1e-10)


def test_the_sum_behind_z_is_geodas(
    layers: dict[str, gpd.GeoDataFrame], incidents: pd.DataFrame, pygeoda: Any
) -> None:
    # GeoDa's G* is the mean over the area and its neighbours, over the sum of all; z is that, standardised:
    # G* = (z sqrt(s² (n W - W²) / (n - 1)) + x̄ W) / (W Σx), with W = k + 1 ones.
    areas = layers["west-yorkshire-lsoa-2011"]
    counts = count_incidents(incidents[incidents["category"] == "Burglary"], areas).astype(float)
    queen = make_neighbours(areas)
    layer = pygeoda.open(areas[["geometry"]].reset_index())
    theirs = pygeoda.local_gstar(pygeoda.queen_weights(layer), counts.tolist(), permutations=99)
    n, w = len(areas), queen.counts.to_numpy() + 1
    z = gi_star(counts, queen)["gi_z"].to_numpy()
    sums = z * counts.std(ddof=0) * np.sqrt((n * w - w**2) / (n - 1)) + counts.mean() * w
    np.testing.assert_allclose(sums / w / counts.sum(), theirs.lisa_values(), atol=1e-15)


def test_permutation_p_against_geodas_and_geodas_low_tail_without_its_ties(
    layers: dict[str, gpd.GeoDataFrame], incidents: pd.DataFrame, pygeoda: Any
) -> None:
    # GeoDa's p is the share of the nearer tail, one-sided. On the high side it counts sums as large as the
    # observed; on the low side only smaller ones, which brute force shows to be too few where sums tie.
    areas = layers["west-yorkshire-lsoa-2011"]
    counts = count_incidents(incidents[incidents["category"] == "Burglary"], areas).astype(float)
    queen = make_neighbours(areas)
    layer = pygeoda.open(areas[["geometry"]].reset_index())
    local = pygeoda.local_gstar(pygeoda.queen_weights(layer), counts.tolist(), permutations=9999, seed=1)
    theirs = np.array(local.lisa_pvalues())
    ours = gi_star(counts, queen, inference="permutation")["gi_p"].to_numpy()
    # Where the sum is high, twice theirs is ours: the standard error of twice a share from 9,999 draws is at
    # most 0.01, and the largest of some hundred differences stays under 5 of them.
    high = (ours < 0.6) & (gi_star(counts, queen)["gi_z"].to_numpy() > 0.5)
    assert high.sum() > 100
    np.testing.assert_allclose(2 * theirs[high], ours[high], atol=0.05)
    # LSOA with one neighbour, which counts 2: by every one of the other 1,387.
    i = 1089
    (j,) = queen.matrix[[i]].nonzero()[1]
    others = np.delete(counts.to_numpy(), i)
    at_most, less = (others <= counts.iloc[j]).mean(), (others < counts.iloc[j]).mean()
    assert theirs[i] == pytest.approx(less, abs=0.02)
    assert ours[i] == pytest.approx(2 * at_most, abs=0.02)
    assert at_most - less > 0.1


# --------------------------------------------------------------------------------- wrong by every arrangement


@pytest.mark.parametrize("star", [False, True])
def test_esdas_default_weights_give_another_z_than_every_arrangement(star: bool) -> None:
    # Seven areas, two to four neighbours. Under random arrangement, weights that are all halved, or divided
    # by their sum, change a sum, its mean and its SD alike: z is one number. esda's default (transform 'R')
    # uses W (n - W) for the variance, which is right for ones only.
    from esda.getisord import G_Local
    from libpysal.graph import Graph

    values = np.array([3.0, 1, 4, 1, 5, 9, 2])
    pairs = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 0), (0, 3), (1, 4), (0, 4)]
    here = [a for a, b in pairs] + [b for a, b in pairs]
    there = [b for a, b in pairs] + [a for a, b in pairs]
    graph = Graph.from_arrays(here, there, np.ones(len(here)))
    near = from_graph(graph.transform("r"))
    dense = graph.sparse.toarray()
    exact = np.empty(7)
    for i in range(7):
        mask = dense[i] > 0
        if star:
            mask[i] = True
        pool, take = (values, mask) if star else (np.delete(values, i), np.delete(mask, i))
        sums = np.array([np.mean(np.array(order)[take]) for order in itertools.permutations(pool)])
        exact[i] = (values[mask].mean() - sums.mean()) / sums.std()
    series = pd.Series(values, index=near.index)
    ours = (gi_star if star else gi)(series, near)["gi_z"].to_numpy()
    np.testing.assert_allclose(ours, exact, atol=1e-10)
    with warnings.catch_warnings(action="ignore"):
        default, binary = (
            G_Local(values, graph.to_W(), transform=transform, star=star, permutations=0).Zs
            for transform in ("R", "B")
        )
    np.testing.assert_allclose(binary, exact, atol=1e-10)
    # Nearer to 0, so that hotspots are missed (an area with six others or none to choose from has z = 0).
    defined = np.abs(exact) > 1e-9
    assert np.abs(default[defined] / exact[defined]).max() < 0.75


@pytest.mark.usefixtures("plain_esda")
def test_esda_calls_an_island_as_significant_as_can_be() -> None:
    # An island's sum is its own value, which permuting the others cannot change: every arrangement gives a
    # sum as large and as small, so p is 1, and Gi* says nothing of neighbours that are not there.
    from esda.getisord import G_Local
    from libpysal.graph import Graph

    n = 40
    ring = np.arange(n - 1)
    here, there = np.r_[ring, ring], np.r_[np.roll(ring, 1), np.roll(ring, -1)]
    graph = Graph.from_arrays(np.r_[here, n - 1], np.r_[there, n - 1], np.r_[np.ones(len(here)), 0.0])
    values = np.r_[np.random.default_rng(0).normal(10, 1, n - 1), 10.0]  # the island is average itself
    with warnings.catch_warnings(action="ignore"):
        theirs = G_Local(values, graph.to_W(), transform="B", star=True, permutations=999, seed=1, n_jobs=1)
    assert theirs.p_sim[n - 1] == pytest.approx(1 / 1000)
    assert abs(theirs.Zs[n - 1]) < 0.5
    near = from_graph(graph)
    result = gi_star(pd.Series(values, index=near.index), near, inference="permutation", permutations=999)
    assert result["gi_note"].iloc[n - 1] == "no neighbours"
    assert np.isnan(result["gi_p"].iloc[n - 1])
    # Had it been given p, the sums of all arrangements would be one number: at least and at most, always.
    sums = np.full(999, values[n - 1])
    assert min(1.0, 2 * (min((sums >= values[n - 1]).sum(), (sums <= values[n - 1]).sum()) + 1) / 1000) == 1


@pytest.mark.usefixtures("plain_esda")
def test_esdas_pseudo_p_is_one_sided() -> None:
    # Its default doubles nothing: twice its p is the two-sided p (where it is under a half).
    from esda.getisord import G_Local

    areas = read_areas("west-yorkshire-wards")
    queen = make_neighbours(areas)
    values = pd.Series(np.random.default_rng(3).gamma(2, 10, len(areas)), index=areas.index)
    with warnings.catch_warnings(action="ignore"):
        theirs = G_Local(
            values.to_numpy(),
            queen.to_graph().to_W(),
            transform="B",
            star=True,
            permutations=9999,
            seed=1,
            n_jobs=1,
        )
    ours = gi_star(values, queen, inference="permutation")["gi_p"].to_numpy()
    np.testing.assert_allclose(np.minimum(1, 2 * theirs.p_sim), ours, atol=0.05)
    assert np.median(theirs.p_sim / ours) == pytest.approx(0.5, abs=0.02)
