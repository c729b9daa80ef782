"""Blocks of ground dealt into folds, and the mean of what folds score."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.base.crs import Floats
from hotspots.base.errors import HotspotsWarning, ParameterError
from hotspots.priorities.blocks import Folds, across, warn_of_empty


def test_places_of_one_block_share_a_fold() -> None:
    # Blocks of 1 km: (0, 0) holds the first two, (1, 0) begins at 1,000 exactly, (-1, 0) ends short of 0.
    x, y = np.array([0.0, 999.9, 1000.0, -0.1]), np.array([0.0, 999.9, 0.0, 0.0])
    dealt = Folds.dealt(x, y, blocks=1000, folds=3)
    assert dealt.number == 3
    assert dealt.of[0] == dealt.of[1]
    assert sorted(dealt.of[1:].tolist()) == [0, 1, 2]


@given(st.integers(5, 40), st.integers(1, 5), st.integers(0, 99))
def test_folds_differ_by_a_block_at_most_whatever_the_order_of_places(
    blocks: int, folds: int, seed: int
) -> None:
    x: Floats = np.arange(blocks, dtype=np.float64) * 100 + 50
    y = np.zeros(blocks)
    dealt = Folds.dealt(x, y, blocks=100, folds=folds, seed=seed).of
    held = np.bincount(dealt, minlength=folds)
    assert held.max() - held.min() <= 1
    assert Folds.dealt(x[::-1], y, blocks=100, folds=folds, seed=seed).of[::-1].tolist() == dealt.tolist()


def test_the_seed_deals() -> None:
    x: Floats = np.linspace(0.0, 1900.0, 20)
    first, again, other = (Folds.dealt(x, x, blocks=100, seed=seed).of.tolist() for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_mean_and_error_by_hand() -> None:
    # 0.1, 0.2 and 0.6: mean 0.3, squares 0.04 + 0.01 + 0.09 = 0.14, over 2 is 0.07, and √(0.07 / 3) = 0.15275. A fold
    # without incidents is no zero. On a twentieth of the ground a PAI is twenty times the hit rate.
    found = across(np.array([0.1, np.nan, 0.2, 0.6]), 0.05)
    assert found["folds"] == 3
    assert found["hit_mean"] == pytest.approx(0.3)
    assert found["hit_se"] == pytest.approx(0.152753, abs=1e-6)
    assert found["pai_mean"] == pytest.approx(6)
    assert found["pai_se"] == pytest.approx(3.05505, abs=1e-5)
    assert [found[f"pai_{fold}"] for fold in (1, 3, 4)] == pytest.approx([2, 4, 12])
    assert np.isnan(found["hit_2"])
    assert np.isnan(across(np.array([0.5]), 0.1)["hit_se"])
    assert np.isnan(across(np.array([np.nan]), 0.1)["hit_mean"])


def test_what_cannot_be_dealt() -> None:
    place = np.array([0.0, 5000.0])
    with pytest.raises(ParameterError) as caught:
        Folds.dealt(place, place, blocks=4000)
    assert caught.value.message == "the ground has only 2 of the blocks of 4,000 m, too few for 5 folds"
    assert caught.value.hint == "set 'blocks' to fewer metres, such as 2000"
    for side in (0.0, -5.0, np.nan, np.inf):
        with pytest.raises(ParameterError, match=r"but the side of a block is over 0\n"):
            Folds.dealt(place, place, blocks=side)
    with pytest.raises(ParameterError, match=r"^'folds' is 0, but one is the fewest\n"):
        Folds.dealt(place, place, blocks=100, folds=0)


def test_empty_folds_are_said() -> None:
    with pytest.warns(
        HotspotsWarning, match=r"^1 of 3 folds have no later incident, and are left out of the mean"
    ):
        warn_of_empty(np.array([3.0, 0.0, 1.0]))
    warn_of_empty(np.array([3.0, 1.0]))
