"""Gi and Gi*: by hand, against esda, against every subset, and by what must not change."""

from __future__ import annotations

import itertools
import logging
import warnings
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import false_discovery_control

from hotspots.areas.neighbours import Neighbours, from_graph
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError
from hotspots.base.subset_sums import neighbourhood_tails
from hotspots.methods.getisord.statistic import GI_CLASSES, gi, gi_star

pytestmark = pytest.mark.filterwarnings("ignore:Gi. of .* values. with fewer than 30")

STATISTICS = (gi, gi_star)


def by_matrix(dense: Any) -> Neighbours:
    matrix = sparse.csr_array(np.asarray(dense, dtype=float))
    return Neighbours(
        pd.Index([f"a{i:05}" for i in range(matrix.shape[0])], name="code"), matrix, "graph", "by hand"
    )


def random_links(rng: np.random.Generator, n: int, mean: float) -> Neighbours:
    """Symmetric binary links without islands: a ring with random chords."""
    dense = rng.random((n, n)) < mean / n
    ring = np.arange(n)
    dense[ring, (ring + 1) % n] = True
    dense |= dense.T
    np.fill_diagonal(dense, False)
    return by_matrix(dense)


def series(neighbours: Neighbours, values: Any) -> pd.Series[Any]:
    return pd.Series(np.asarray(values, dtype=float), index=neighbours.index)


def ring(n: int) -> Neighbours:
    return by_matrix(np.roll(np.eye(n), 1, axis=1) + np.roll(np.eye(n), -1, axis=1))


def test_hand_worked_gi_star() -> None:
    # Values 1 2 3 6 on a ring: mean 3, s2 = (1 + 4 + 9 + 36) / 4 - 9 = 3.5; W = 3, S1 = 3, so the variance of
    # a sum is 3.5 (4 * 3 - 9) / 3 = 3.5. Sums with both neighbours: 9, 6, 11, 10; expected 9; so z = 0, -3,
    # 2, 1 over sqrt(3.5).
    links = ring(4)
    result = gi_star(series(links, [1, 2, 3, 6]), links, inference="analytic")
    assert result["gi_z"].to_numpy() == pytest.approx(np.array([0, -3, 2, 1]) / 3.5**0.5, abs=1e-14)
    assert result["gi_p"].iloc[0] == pytest.approx(1, abs=1e-13)
    # 3 / sqrt(3.5) = 1.6036: two-sided p 0.1088 from tables
    assert result["gi_p"].iloc[1] == pytest.approx(0.1088, abs=5e-5)


def test_hand_worked_gi() -> None:
    # Area 0 of the same ring: the others are 2 3 6, mean 11/3, s2 = 49/3 - 121/9 = 26/9; W = S1 = 2, so the
    # variance is 26/9 (3 * 2 - 4) / 2 = 26/9. Its neighbours add up to 8, expected 22/3: z = (2/3) /
    # (sqrt(26) / 3).
    links = ring(4)
    result = gi(series(links, [1, 2, 3, 6]), links)
    assert result["gi_z"].iloc[0] == pytest.approx(2 / 26**0.5, abs=1e-14)


def test_columns_types_and_order() -> None:
    links = ring(40)
    values = series(links, np.arange(40)).iloc[::-1]
    kept = values.copy()
    result = gi_star(values, links)
    assert list(result) == ["gi_z", "gi_p", "gi_q", "gi_class", "gi_note"]
    assert result.index.equals(values.index)
    assert list(result["gi_class"].cat.categories) == list(GI_CLASSES)
    assert (result["gi_note"] == "").all()
    pd.testing.assert_series_equal(values, kept)
    pd.testing.assert_frame_equal(result.sort_index(), gi_star(values.sort_index(), links))
    permuted = gi_star(values, links, inference="permutation", permutations=199)
    assert list(permuted) == ["gi_z", "gi_p", "gi_se", "gi_q", "gi_class", "gi_note"]
    pd.testing.assert_series_equal(permuted["gi_z"], result["gi_z"])


@pytest.mark.parametrize("star", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_esda_agrees_on_binary_weights(seed: int, star: bool) -> None:
    from esda.getisord import G_Local

    rng = np.random.default_rng(seed)
    links = random_links(rng, 200, 5)
    values = series(links, rng.poisson(rng.gamma(1, 20, 200)))
    with warnings.catch_warnings(action="ignore"):
        theirs = G_Local(values.to_numpy(), links.to_graph().to_W(), transform="B", star=star, permutations=0)
    ours = (gi_star if star else gi)(values, links, inference="analytic")
    assert ours["gi_z"].to_numpy() == pytest.approx(theirs.Zs, abs=1e-11)
    assert ours["gi_p"].to_numpy() == pytest.approx(2 * theirs.p_norm, abs=1e-11)  # theirs is one-sided


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(4, 9), st.booleans())
def test_z_has_the_mean_and_variance_of_all_arrangements(seed: int, n: int, star: bool) -> None:
    # Under random arrangement the weighted sum over k of the values has the moments of the formula: check
    # them against every arrangement of up to 9 values on the neighbours of one area, with unequal weights.
    rng = np.random.default_rng(seed)
    values, weights = rng.normal(size=n), rng.uniform(0.1, 2, n)
    k = int(rng.integers(1, min(n - 1, 4)))
    neighbours = rng.choice(np.arange(1, n), k, replace=False)
    dense = np.zeros((n, n))
    dense[0, neighbours] = weights[neighbours]
    dense[1:, 0] = 1
    links = by_matrix(dense)
    own = weights[neighbours].max()
    row = np.concatenate([weights[neighbours], [own]]) if star else weights[neighbours]
    pool = values if star else values[1:]
    sums = np.array([np.dot(row, some) for some in itertools.permutations(pool, len(row))])
    observed = dense[0] @ values + (own * values[0] if star else 0)
    statistic = gi_star if star else gi
    z = statistic(series(links, values), links, inference="analytic")["gi_z"].iloc[0]
    assert z == pytest.approx((observed - sums.mean()) / sums.std(), rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("statistic", STATISTICS)
def test_row_standardised_weights_change_nothing(statistic: Any) -> None:
    rng = np.random.default_rng(7)
    links = random_links(rng, 120, 4)
    values = series(links, rng.normal(size=120))
    standardised = from_graph(links.to_graph().transform("r"))
    for options in ({}, {"inference": "permutation", "permutations": 999}):
        first, second = (statistic(values, each, **options) for each in (links, standardised))
        np.testing.assert_allclose(first["gi_z"], second["gi_z"], atol=1e-12)
        np.testing.assert_allclose(first["gi_p"], second["gi_p"], atol=1e-12)


def test_the_diagonal_is_the_weight_of_an_areas_own_value() -> None:
    # As in the hand-worked ring, but with own weight 2 for area 0: sum 2 * 1 + 2 + 6 = 10, W = 4, S1 = 4 + 2
    # = 6, variance 3.5 (4 * 6 - 16) / 3 = 28 / 3; expected 3 * 4 = 12.
    dense = ring(4).matrix.toarray()
    dense[0, 0] = 2
    links = by_matrix(dense)
    values = series(links, [1, 2, 3, 6])
    z = gi_star(values, links, inference="analytic")["gi_z"]
    assert z.iloc[0] == pytest.approx(-2 / (28 / 3) ** 0.5, abs=1e-14)
    assert z.iloc[1] == pytest.approx(-3 / 3.5**0.5, abs=1e-14)
    pd.testing.assert_frame_equal(gi(values, links), gi(values, ring(4)))


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("inference", ["analytic", "permutation"])
@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1))
def test_scale_and_origin_of_the_values_change_nothing(statistic: Any, inference: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    links = random_links(rng, 50, 4)
    values = series(links, rng.poisson(5, 50))
    first = statistic(values, links, inference=inference, permutations=199)
    second = statistic(values * 12.5 + 4096, links, inference=inference, permutations=199)
    np.testing.assert_allclose(first["gi_z"], second["gi_z"], atol=1e-9)
    np.testing.assert_allclose(first["gi_p"], second["gi_p"], atol=1e-9)
    mirrored = statistic(-values, links, inference=inference, permutations=199)
    np.testing.assert_allclose(first["gi_z"], -mirrored["gi_z"], atol=1e-9)
    np.testing.assert_allclose(first["gi_p"], mirrored["gi_p"], atol=1e-9)


# Undefined


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("inference", ["exact", "analytic", "permutation"])
def test_an_island_is_undefined_and_never_a_hotspot(statistic: Any, inference: Any) -> None:
    dense = np.zeros((41, 41))
    dense[:40, :40] = ring(40).matrix.toarray()
    links = by_matrix(dense)
    values = np.sin(np.arange(41.0))
    values[40] = 1000
    result = statistic(series(links, values), links, inference=inference, permutations=199)
    island = result.iloc[40]
    assert np.isnan(island["gi_z"])
    assert np.isnan(island["gi_p"])
    assert np.isnan(island["gi_q"])
    assert (island["gi_class"], island["gi_note"]) == ("undefined", "no neighbours")
    assert (result["gi_note"].iloc[:40] == "").all()


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("constant", [0.0, 7.0, -2.5])
def test_equal_values_are_undefined_everywhere(statistic: Any, constant: float) -> None:
    links = ring(12)
    with pytest.warns(HotspotsWarning) as caught:
        result = statistic(series(links, np.full(12, constant)), links)
    assert str(caught[0].message) == "Gi* is undefined everywhere: all 12 values are equal"
    assert caught[0].filename == __file__
    assert result[["gi_z", "gi_p", "gi_q"]].isna().all(axis=None)
    assert (result["gi_class"] == "undefined").all()
    assert (result["gi_note"] == "all values are equal").all()


def test_values_that_differ_by_rounding_are_equal() -> None:
    links = ring(3)
    with pytest.warns(HotspotsWarning, match="all 3 values are equal"):
        gi_star(series(links, [0.1 + 0.2, 0.3, 0.3]), links)


@pytest.mark.parametrize("inference", ["exact", "analytic", "permutation"])
def test_a_neighbourhood_of_all_areas_is_undefined(inference: Any) -> None:
    # Area 0 is everyone's neighbour; the rest have two more each.
    dense = ring(9).matrix.toarray()
    dense[0, 1:] = dense[1:, 0] = 1
    links = by_matrix(dense)
    for statistic in STATISTICS:
        result = statistic(series(links, np.arange(9) ** 2), links, inference=inference, permutations=199)
        assert result["gi_note"].iloc[0] == "its neighbourhood covers every area"
        assert result["gi_class"].iloc[0] == "undefined"
        assert result["gi_z"].iloc[1:].notna().all()


def test_all_neighbours_with_unequal_weights_is_defined() -> None:
    dense = ring(9).matrix.toarray()
    dense[0, 1:] = np.arange(1, 9)
    links = by_matrix(dense)
    for inference in ("analytic", "permutation"):
        kind: Literal["analytic", "permutation"] = "analytic" if inference == "analytic" else "permutation"
        result = gi_star(series(links, np.arange(9) ** 2), links, inference=kind, permutations=199)
        assert result[["gi_z", "gi_p"]].notna().all(axis=None)


def test_a_sum_that_no_permutation_changes_has_p_1() -> None:
    # All others are neighbours, equally weighted, but the own value weighs more: z exists, the sum never
    # moves.
    dense = ring(9).matrix.toarray()
    dense[0, 1:] = 1
    dense[0, 0] = 3
    links = by_matrix(dense)
    result = gi_star(series(links, np.arange(9) ** 2), links, inference="permutation", permutations=199)
    assert np.isfinite(result["gi_z"].iloc[0])
    assert (result["gi_p"].iloc[0], result["gi_se"].iloc[0]) == (1, 0)


def test_gi_of_the_one_value_that_differs_is_undefined() -> None:
    links = ring(8)
    result = gi(series(links, [0, 0, 0, 5, 0, 0, 0, 0]), links)
    assert result["gi_note"].tolist() == ["", "", "", "all other values are equal", "", "", "", ""]
    assert np.isfinite(gi_star(series(links, [0, 0, 0, 5, 0, 0, 0, 0]), links)["gi_z"]).all()


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("inference", ["exact", "analytic", "permutation"])
def test_an_area_without_a_value_is_left_out_altogether(statistic: Any, inference: Any) -> None:
    rng = np.random.default_rng(1)
    links = random_links(rng, 60, 4)
    values = series(links, rng.poisson(6, 60))
    gone = [3, 17, 40]
    with_gaps = values.copy()
    with_gaps.iloc[gone] = np.nan
    stay = np.setdiff1d(np.arange(60), gone)
    fewer = Neighbours(links.index[stay], links.matrix[stay][:, stay], "graph", "fewer")
    result = statistic(with_gaps, links, inference=inference, permutations=299)
    expected = statistic(values.iloc[stay], fewer, inference=inference, permutations=299)
    pd.testing.assert_frame_equal(result.iloc[stay], expected)
    assert (result["gi_note"].iloc[gone] == "no value").all()
    assert (result["gi_class"].iloc[gone] == "undefined").all()
    assert result["gi_z"].iloc[gone].isna().all()


def test_no_values_at_all() -> None:
    links = ring(5)
    result = gi_star(series(links, np.full(5, np.nan)), links)
    assert (result["gi_note"] == "no value").all()


def test_losing_its_neighbours_values_makes_an_island() -> None:
    links = ring(6)
    result = gi_star(series(links, [1, 2, np.nan, 4, np.nan, 6]), links)
    assert result["gi_note"].tolist() == ["", "", "no value", "no neighbours", "no value", ""]


def test_nullable_integers_are_numbers() -> None:
    links = ring(6)
    values = pd.Series([1, 2, None, 4, 5, 6], index=links.index, dtype="Int64")
    assert gi_star(values, links)["gi_note"].tolist() == ["", "", "no value", "", "", ""]


# Inference


def test_few_values_are_warned_of() -> None:
    links = ring(29)
    with pytest.warns(HotspotsWarning) as caught:
        gi_star(series(links, np.arange(29)), links, inference="analytic")
    assert str(caught[0].message) == (
        "Gi* of 29 values: with fewer than 30 the normal distribution may be a poor guide to p; "
        "consider 'inference' set to 'exact'"
    )
    assert caught[0].filename == __file__
    links = ring(30)
    with warnings.catch_warnings(action="error"):
        gi_star(series(links, np.arange(30)), links, inference="analytic")
    with warnings.catch_warnings(action="error"):
        gi_star(series(ring(5), np.arange(5)), ring(5))  # exact p is right for any number


def test_classes_follow_q_and_sign() -> None:
    n = 300
    links = by_matrix(sum(np.roll(np.eye(n), step, axis=1) for step in (-4, -3, -2, -1, 1, 2, 3, 4)))
    smooth = np.sin(np.arange(n) / 15) + np.random.default_rng(2).normal(0, 0.5, n)
    result = gi_star(series(links, smooth), links, inference="analytic")
    z, q = result["gi_z"].to_numpy(), result["gi_q"].to_numpy()
    level = np.select([q <= 0.01, q <= 0.05, q <= 0.10], ["99", "95", "90"], "")
    expected = [("hot" if zi > 0 else "cold") + li if li else "none" for zi, li in zip(z, level, strict=True)]
    assert result["gi_class"].tolist() == expected
    assert set(expected) >= {"hot99", "cold99", "none", "hot95"}
    np.testing.assert_allclose(q, false_discovery_control(result["gi_p"], method="bh"), rtol=1e-13)


def exact_two_sided(values: Any, links: Neighbours, i: int) -> tuple[float, float]:
    """Shares of all arrangements of the others with a sum at least, and at most, as large as i's."""
    row = links.matrix[[i]].toarray()[0]
    weights = row[row > 0]
    others = np.delete(values, i)
    sums = np.array([np.dot(weights, some) for some in itertools.permutations(others, len(weights))])
    observed = row @ values
    return float((sums >= observed - 1e-9).mean()), float((sums <= observed + 1e-9).mean())


@pytest.mark.parametrize("weighted", [False, True])
def test_permutation_p_matches_every_arrangement(weighted: bool) -> None:
    # Seven areas, two to five neighbours: all arrangements of the other six can be listed, and with few
    # distinct values many sums tie. 99,999 draws have a standard error of at most 0.0016 for each tail; p is
    # twice the tail, so 5 standard errors are 0.016.
    rng = np.random.default_rng(5)
    dense = ring(7).matrix.toarray()
    for i, j in ((0, 2), (0, 3), (0, 4), (1, 5)):
        dense[i, j] = dense[j, i] = 1
    if weighted:
        dense *= rng.uniform(0.2, 3, dense.shape)
    links = by_matrix(dense)
    values = np.array([3.0, 1, 4, 1, 5, 9, 1])
    result = gi_star(series(links, values), links, inference="permutation", seed=1)
    for i in range(7):
        at_least, at_most = exact_two_sided(values, links, i)
        assert result["gi_p"].iloc[i] == pytest.approx(min(1, 2 * min(at_least, at_most)), abs=0.016)


@pytest.mark.parametrize("weighted", [False, True])
def test_permutation_p_agrees_with_permuting_for_each_area(weighted: bool) -> None:
    # 60 areas, each with its own 20,000 draws. A tail's two estimates differ by a standard error of at most
    # sqrt(0.25 / 20,000 + 0.25 / 50,000) = 0.0042; p is twice that; 5 standard errors are 0.042. On average
    # over the areas the difference stays under half a standard error of p times the usual sqrt(2 / pi).
    rng = np.random.default_rng(11)
    links = random_links(rng, 60, 5)
    if weighted:
        links = by_matrix(links.matrix.toarray() * rng.uniform(0.2, 2, (60, 60)))
    values = rng.poisson(rng.gamma(1, 5, 60)).astype(float)
    result = gi_star(series(links, values), links, inference="permutation", permutations=50_000, seed=3)
    direct = np.empty(60)
    for i in range(60):
        row = links.matrix[[i]].toarray()[0]
        chosen = np.flatnonzero(row)
        others = np.delete(values, i)
        drawn = np.argpartition(rng.random((20_000, 59)), len(chosen), axis=1)[:, : len(chosen)]
        drawn = rng.permuted(drawn, axis=1)
        sums = others[drawn] @ row[chosen]
        g, at_most = (sums >= row @ values - 1e-9).sum(), (sums <= row @ values + 1e-9).sum()
        direct[i] = min(1, 2 * (min(g, at_most) + 1) / 20_001)
    difference = np.abs(result["gi_p"].to_numpy() - direct)
    assert difference.max() < 0.042
    assert difference.mean() < 0.0084


def test_many_neighbours_are_compared_by_those_left_out() -> None:
    # 9 areas of which each leaves out one: 8 sums are possible, one per area left out, and the draws must
    # show that.
    n = 9
    left_out = np.roll(np.arange(n), 1)
    dense = np.ones((n, n)) - np.eye(n)
    dense[np.arange(n), left_out] = 0
    links = by_matrix(dense)
    values = np.array([2.0, 7, 1, 8, 3, 9, 4, 6, 5])
    result = gi(series(links, values), links, inference="permutation", permutations=50_000)
    for i in range(n):
        others = np.delete(values, i)
        at_least = (others <= values[left_out[i]]).mean()  # the less is left out, the larger the sum
        at_most = (others >= values[left_out[i]]).mean()
        assert result["gi_p"].iloc[i] == pytest.approx(min(1, 2 * min(at_least, at_most)), abs=0.025)


def test_the_seed_decides_and_the_number_of_cores_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    links = random_links(rng, 80, 5)
    half = by_matrix(links.matrix.toarray() * np.where(np.arange(80) < 40, 1, rng.uniform(0.5, 1, (80, 80))))
    values = series(half, rng.normal(size=80))
    first = gi_star(values, half, inference="permutation", permutations=20_000, seed=9)
    monkeypatch.setenv("HOTSPOTS_THREADS", "1")
    pd.testing.assert_frame_equal(
        first, gi_star(values, half, inference="permutation", permutations=20_000, seed=9)
    )
    other = gi_star(values, half, inference="permutation", permutations=20_000, seed=10)
    assert not np.array_equal(first["gi_p"], other["gi_p"])


def test_the_floor_and_the_standard_error(caplog: pytest.LogCaptureFixture) -> None:
    # A spike of two on a long line: no other pair of neighbours adds up to as much, so p is at the floor
    # 2 / (draws + 1), with 999 draws and a few more or less for those left out.
    links = ring(400)
    values = np.zeros(400)
    values[100:103] = 50
    with caplog.at_level(logging.INFO, logger="hotspots"):
        result = gi_star(series(links, values), links, inference="permutation", permutations=999)
    assert result["gi_p"].min() == pytest.approx(2 / 1000, rel=0.02)
    p = result["gi_p"].to_numpy()
    np.testing.assert_allclose(result["gi_se"], np.sqrt(p * (2 - p) / 999), rtol=0.02)
    # 0.002 * 400 / 0.05 = 16
    assert caplog.messages == [
        "999 permutations, seed 0: the least p is 0.002; q reaches 0.05 when at least 16 of 400 areas have it"
    ]


# Refusals


def refusal(kind: type[Exception], *positional: Any, **options: Any) -> tuple[str, str]:
    with pytest.raises(kind) as error:
        gi_star(*positional, **options)
    caught: Any = error.value
    return caught.message, caught.hint


def test_values_that_cannot_be_used() -> None:
    links = ring(4)
    values = series(links, [1, 2, 3, 6])
    assert refusal(DataError, values.astype(str), links) == (
        "the values are str, but numbers are needed",
        "choose a column of numbers",
    )
    assert refusal(DataError, values.iloc[[0, 1, 2, 2]], links) == (
        "the code 'a00002' has more than one value",
        "give one value per area",
    )
    assert refusal(DataError, values.rename({"a00001": "b"}), links) == (
        "1 of 4 values stand on codes that the neighbours do not know, such as 'b'",
        "make the neighbours from the same areas as the values",
    )
    assert refusal(DataError, values.iloc[1:3], links) == (
        "2 of 4 areas have no row among the values, such as 'a00000'",
        "give every area a row: 0 where nothing was counted, NaN where nothing is known",
    )
    assert refusal(DataError, values.replace(3, np.inf), links) == (
        "the value of 'a00002' is infinite",
        "make it NaN where nothing is known",
    )


def test_options_that_make_no_sense() -> None:
    links = ring(4)
    values = series(links, [1, 2, 3, 6])
    assert refusal(ParameterError, values, links, inference="permutations") == (
        "'inference' is 'permutations', which is not one of its choices",
        "did you mean 'permutation'?",
    )
    assert refusal(ParameterError, values, links, permutations=9) == (
        "'permutations' is 9, too few to tell anything from chance",
        "set 'permutations' to a number such as 9999",
    )
    assert refusal(ParameterError, values, links, permutations=10**23) == (
        "'permutations' is 100000000000000000000000, but more than 9,999,999 tell nothing further",
        "set 'permutations' to a number such as 9999",
    )
    for cap, shown in ((0.4, "0.4"), (1.01, "1.01")):
        assert refusal(ParameterError, values, links, cap=cap) == (
            f"'cap' is {shown}, but must be a share from 0.5 to 1",
            "set 'cap' to 0.95, or to 1 for no cap",
        )
    assert refusal(ParameterError, values, links, seed=-1) == (
        "'seed' is -1, but must be 0 or more",
        "set 'seed' to a whole number such as 0",
    )


def test_what_the_normal_distribution_is_worth_is_said(caplog: pytest.LogCaptureFixture) -> None:
    links = ring(40)
    with caplog.at_level(logging.INFO):
        gi_star(series(links, [10, 11, 2, 1] * 10), links, inference="analytic")
        gi_star(series(links, [10, 11, 2, 1] * 10), links)
    assert caplog.messages == [
        "Gi* by the normal distribution finds hotspots by chance where a few areas hold many incidents: "
        "on shuffled cells of crime 3 to 53 for every 100 on the real ones ('inference' = 'exact': none)"
    ]


# Exact inference; its probabilities have tests of their own in tests/base/test_subset_sums.py


def test_exact_p_is_that_of_the_less_likely_side() -> None:
    # A ring of nine; of the 84 sums of three, the shares at least and at most as large (test_subset_sums.py has the
    # former): 1 1 100 -> 28 of 84 above; 1 1 2 -> the lowest sum there is, which 2 of 84 have (1 1 2 twice).
    links = ring(9)
    result = gi_star(series(links, [1, 1, 2, 2, 3, 3, 4, 4, 100]), links, cap=1)
    assert result["gi_p"].iloc[[0, 1, 7]].to_numpy() == pytest.approx([28 / 84, 2 / 84, 1 / 84])
    assert (result["gi_q"] >= result["gi_p"]).all()
    # With the largest capped to 4, the sum of the eighth (4 + 4 + 4) is still the largest, but the first has but 6.
    capped = gi_star(series(links, [1, 1, 2, 2, 3, 3, 4, 4, 100]), links, cap=0.8)
    assert capped["gi_p"].iloc[7] == pytest.approx(1 / 84)
    assert capped["gi_p"].iloc[0] > 0.2
    pd.testing.assert_series_equal(capped["gi_z"], result["gi_z"])


def test_hot_and_cold_are_two_families() -> None:
    # A third of a long line is busy, a third quiet: each side is corrected by itself, as if the other were not.
    n = 300
    links = by_matrix(sum(np.roll(np.eye(n), step, axis=1) for step in (-3, -2, -1, 1, 2, 3)))
    values = np.random.default_rng(3).poisson(np.repeat([2, 6, 12], 100))
    result = gi_star(series(links, values), links)
    upper, lower = neighbourhood_tails(values.astype(float), links.matrix, own="moved")
    expected = np.where(
        upper <= lower, *(false_discovery_control(tail, method="bh") for tail in (upper, lower))
    )
    np.testing.assert_allclose(result["gi_q"], expected, rtol=1e-12)
    marked = result["gi_class"].astype(str)
    assert marked.iloc[110:190].eq("none").mean() > 0.5
    assert marked.iloc[210:290].str.startswith("hot").mean() > 0.9
    assert marked.iloc[10:90].str.startswith("cold").mean() > 0.9
    assert ((result["gi_q"] <= 0.05) == marked.str.endswith(("95", "99"))).all()


def test_a_lone_peak_lights_up_its_neighbours_by_the_normal_distribution_only() -> None:
    links = by_matrix(sum(np.roll(np.eye(400), step, axis=1) for step in (-4, -3, -2, -1, 1, 2, 3, 4)))
    values = np.random.default_rng(0).poisson(2, 400)
    values[200] = 974
    marked = {
        inference: int((gi_star(series(links, values), links, inference=inference)["gi_q"] <= 0.05).sum())
        for inference in ("exact", "analytic")
    }
    assert marked == {"exact": 0, "analytic": 9}


def test_gi_holds_the_own_value() -> None:
    # Conditional, two-sided: the reference of tests/base/test_subset_sums.py, halved.
    links = ring(9)
    result = gi(series(links, [1, 1, 2, 2, 3, 3, 4, 4, 100]), links, cap=1)
    assert result["gi_p"].iloc[[0, 1, 7]].to_numpy() == pytest.approx([0.25, 0.0714285, 0.0357145], abs=1e-6)


def test_unequal_weights_have_no_exact_distribution() -> None:
    dense = ring(9).matrix.toarray()
    dense[3] *= 0.5  # equal within the row
    values = series(ring(9), np.arange(9) ** 2)
    expected = gi_star(values, ring(9))
    pd.testing.assert_frame_equal(gi_star(values, by_matrix(dense)), expected)
    dense[3, 4] = 2
    assert refusal(ParameterError, values, by_matrix(dense)) == (
        "the weights of 'a00003' and its neighbours differ, but 'inference' = 'exact' needs equal ones",
        "set 'inference' to 'permutation'",
    )


def test_the_promise_on_a_heavy_tail_without_clusters() -> None:
    # 60 maps of 400 cells with lognormal risk (CV 1.3) laid out at random: by chance at most 5 in 100 maps should
    # have any hotspot, which 60 maps exceed 7 times with probability 0.02; the normal distribution fails most.
    side = 20
    place = np.arange(side**2).reshape(side, side)
    dense = np.zeros((side**2, side**2))
    for dx, dy in itertools.product((-1, 0, 1), repeat=2):
        dense[place.ravel(), np.roll(place, (dx, dy), (0, 1)).ravel()] = 1
    np.fill_diagonal(dense, 0)
    links, rng = by_matrix(dense), np.random.default_rng(1)
    found = {"exact": 0, "analytic": 0}
    for _ in range(60):
        values = series(links, rng.poisson(3 * rng.lognormal(0, 1, side**2)))
        for inference in ("exact", "analytic"):
            found[inference] += int((gi_star(values, links, inference=inference)["gi_q"] <= 0.05).any())
    assert found["exact"] <= 7
    assert found["analytic"] > 30
