"""Local Moran's I: by hand, against esda, and where esda's own p goes wrong."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from hotspots.areas.neighbours import Neighbours
from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError
from hotspots.base.subset_sums import neighbourhood_tails
from hotspots.methods.outliers import LM_CLASSES, local_moran


def by_matrix(dense: Any) -> Neighbours:
    matrix = sparse.csr_array(np.asarray(dense, dtype=float))
    codes = pd.Index([f"a{i:05}" for i in range(matrix.shape[0])], name="code")
    return Neighbours(codes, matrix, "graph", "by hand")


def ring(n: int, steps: tuple[int, ...] = (1, -1)) -> Neighbours:
    return by_matrix(sum(np.roll(np.eye(n), step, axis=1) for step in steps))


def board(side: int) -> Neighbours:
    """Cells on a ball, each with eight neighbours."""
    place, dense = np.arange(side**2).reshape(side, side), np.zeros((side**2, side**2))
    for step in ((0, 1), (1, 0), (1, 1), (1, -1)):
        other = np.roll(place, step, (0, 1)).ravel()
        dense[place.ravel(), other] = dense[other, place.ravel()] = 1
    return by_matrix(dense)


def series(neighbours: Neighbours, values: Any) -> pd.Series[Any]:
    return pd.Series(np.asarray(values, dtype=float), index=neighbours.index)


def test_hand_worked() -> None:
    # 1 2 3 6 in a ring: mean 3, variance 3.5; deviations -2 -1 0 3; the neighbours' means 1 (-1 and 3), -1, 1, -1;
    # I = (3/4) · deviation · mean / 3.5: -2, 1, 0, -3 times 3/14.
    links = ring(4)
    found = local_moran(series(links, [1, 2, 3, 6]), links)
    assert found["lm_i"].to_numpy() == pytest.approx(np.array([-2, 1, 0, -3]) * 3 / 14, abs=1e-12)
    # Area 3 has neighbours 3 and 1 of the others 1 2 3, whose pairs add up to 3, 4, 5: 4 is the middle one, so 2 of 3.
    assert found["lm_p"].iloc[3] == pytest.approx(2 / 3)


def test_columns_order_and_inputs_left_alone() -> None:
    links = ring(40)
    values = series(links, np.arange(40)).iloc[::-1]
    kept = values.copy()
    found = local_moran(values, links)
    assert list(found) == ["lm_i", "lm_p", "lm_q", "lm_class", "lm_note"]
    assert list(found["lm_class"].cat.categories) == list(LM_CLASSES)
    pd.testing.assert_series_equal(values, kept)
    pd.testing.assert_frame_equal(found.sort_index(), local_moran(values.sort_index(), links))


@pytest.mark.parametrize("weighted", [False, True])
def test_p_is_that_of_all_arrangements_and_q_goes_side_by_side(weighted: bool) -> None:
    # Rows times any number are the same rows. What the tails are is tested in tests/base/test_subset_sums.py.
    links = board(9)
    values = series(links, np.random.default_rng(2).poisson(np.random.default_rng(1).gamma(0.5, 3, 81)))
    if weighted:
        links = by_matrix(links.matrix.toarray() / 3)
    upper, lower = neighbourhood_tails(values.to_numpy(), links.matrix, own="held", cap=1)
    found = local_moran(values, links, cap=1)
    np.testing.assert_allclose(found["lm_p"], np.minimum(upper, lower), atol=1e-12)
    expected = np.where(upper <= lower, benjamini_hochberg(upper), benjamini_hochberg(lower))
    np.testing.assert_allclose(found["lm_q"], expected, rtol=1e-9)


def test_p_agrees_with_permuting_the_others() -> None:
    # 4,000 arrangements: a tail has a standard error of at most .008, and .04 is five of them. Counts tie often.
    links, random = board(8), np.random.default_rng(3)
    values = np.random.default_rng(2).poisson(np.random.default_rng(1).gamma(0.5, 3, 64)).astype(float)
    found = local_moran(series(links, values), links, cap=1)["lm_p"].to_numpy()
    for i in range(0, 64, 9):
        others = random.permuted(np.tile(np.delete(values, i), (4_000, 1)), axis=1)[:, :8].sum(axis=1)
        own = (links.matrix @ values)[i]
        assert found[i] == pytest.approx(min((others >= own).mean(), (others <= own).mean()), abs=0.04)


def test_unequal_weights_are_refused() -> None:
    dense = ring(5).matrix.toarray()
    dense[0, 1] = 3
    links = by_matrix(dense)
    with pytest.raises(ParameterError) as caught:
        local_moran(series(links, [2.0, 7, 1, 4, 5]), links)
    assert (
        caught.value.message
        == "the weights of 'a00000' differ, but local Moran's I is tested with equal ones"
    )
    assert caught.value.hint == "make the neighbours with 'make_neighbours', which weighs them alike"


def test_a_busy_cell_among_empty_ones_is_common_where_most_are_empty() -> None:
    # A cell of one or more incidents with eight empty neighbours: where nine cells in ten are empty, as many as 4 in 10
    # have such neighbours. esda's p gives each of them the least p there is, for it leaves ties of the low side out.
    from esda.moran import Moran_Local

    links = board(30)
    values = series(links, np.random.default_rng(5).random(900) < 0.1)
    alone = ((values > 0) & (links.matrix @ values.to_numpy() == 0)).to_numpy()
    assert alone.sum() > 20
    with warnings.catch_warnings(action="ignore"):
        theirs = Moran_Local(values.to_numpy(), links.to_graph(), permutations=999, seed=1).p_sim
    assert (theirs[alone] == 0.001).all()
    found = local_moran(values, links)
    assert found["lm_p"][alone].min() > 0.3
    assert (found["lm_class"][alone] == "none").all()


def test_clusters_and_outliers_have_their_names() -> None:
    # The left half is busy, the right one quiet; one quiet cell in the middle of the busy half and the other way round.
    links, side = board(20), 20
    busy = np.zeros((side, side))
    busy[:, :10] = 20
    values = np.random.default_rng(0).poisson(busy + 4).reshape(side, side)
    values[10, 5], values[10, 15] = 0, 40
    found = local_moran(series(links, values.ravel()), links)["lm_class"].to_numpy().reshape(side, side)
    assert (found[10, 5], found[10, 15]) == ("low-high", "high-low")
    assert (found[5, 4], found[5, 14]) == ("high-high", "low-low")
    # The same turned upside down.
    turned = local_moran(series(links, 60 - values.ravel()), links)["lm_class"].to_numpy().reshape(side, side)
    assert (turned[10, 5], turned[10, 15]) == ("high-low", "low-high")


def test_the_promise_on_a_heavy_tail_without_clusters() -> None:
    # 60 maps, each side by a chance of at most 5 in 100: 10 or more maps with anything marked has probability 0.08.
    links, rng = board(20), np.random.default_rng(1)
    marked = [
        (local_moran(series(links, rng.poisson(3 * rng.lognormal(0, 1, 400))), links)["lm_q"] <= 0.05).any()
        for _ in range(60)
    ]
    assert sum(marked) <= 9


def test_the_cap_matters() -> None:
    links = ring(60)
    values = np.random.default_rng(6).poisson(4, 60)
    values[20] = 500
    found = {cap: local_moran(series(links, values), links, cap=cap) for cap in (0.95, 1.0)}
    assert found[1.0]["lm_p"].iloc[21] < 0.04 < found[0.95]["lm_p"].iloc[21]
    pd.testing.assert_series_equal(found[1.0]["lm_i"], found[0.95]["lm_i"])


def test_what_has_no_value_or_no_neighbours_is_undefined() -> None:
    dense = ring(30).matrix.toarray()
    dense[7, :] = dense[:, 7] = 0
    links = by_matrix(dense)
    values = series(links, np.random.default_rng(3).poisson(5, 30))
    values.iloc[12] = np.nan
    found = local_moran(values, links)
    assert found["lm_note"].iloc[[7, 12]].tolist() == ["no neighbours", "no value"]
    assert (found["lm_class"].iloc[[7, 12]] == "undefined").all()
    assert found[["lm_i", "lm_p", "lm_q"]].iloc[[7, 12]].isna().all(axis=None)
    rest = np.setdiff1d(np.arange(30), [7, 12])
    assert found[["lm_i", "lm_p", "lm_q"]].iloc[rest].notna().all(axis=None)
    assert (found["lm_note"].iloc[rest] == "").all()


def test_equal_values_are_undefined() -> None:
    links = ring(12)
    with pytest.warns(HotspotsWarning) as caught:
        found = local_moran(series(links, np.full(12, 3)), links)
    assert str(caught[0].message) == "Local Moran's I is undefined everywhere: all 12 values are equal"
    assert caught[0].filename == __file__
    assert (found["lm_class"] == "undefined").all()


def test_filters_of_warnings_are_left_as_they_were() -> None:
    links = ring(12)
    before = list(warnings.filters)
    local_moran(series(links, np.arange(12)), links)
    assert list(warnings.filters) == before


def test_what_cannot_be_used() -> None:
    links = ring(6)
    with pytest.raises(ParameterError) as caught:
        local_moran(series(links, np.arange(6)), links, cap=0)
    assert caught.value.message == "'cap' is 0, but must be a share from 0.5 to 1"
    assert caught.value.hint == "set 'cap' to 0.95, or to 1 for no cap"
    with pytest.raises(DataError):
        local_moran(series(links, np.arange(6)).iloc[:4], links)
