"""Standard scores within groups: hand-worked, and those of each group by itself."""

from __future__ import annotations

import numpy as np
import pytest

from hotspots.priorities.scoring import grouped_scores, standard_scores

NAN = float("nan")


def test_a_group_is_scored_by_its_marked_rows_alone() -> None:
    # The last is not marked: mean 3.5 and SD 1.870829 are those of 1 to 6, and it is 6.5 over that mean.
    values = np.array([1.0, 2, 3, 4, 5, 6, 10])
    marked = np.array([True] * 6 + [False])
    scored = grouped_scores(values, np.zeros(7, dtype=np.int64), 1, marked)
    assert scored.tolist() == pytest.approx([(value - 3.5) / 1.8708286933869707 for value in values])


@pytest.mark.parametrize(
    "values",
    [[1.0, 2, 3, 4, 5, NAN], [2.0] * 6, [0.1 + 0.2, 0.3, 0.3, 0.3, 0.3, 0.3]],
    ids=["five known", "all equal", "equal but for rounding"],
)
def test_a_group_of_which_nothing_can_be_told_has_no_scores(values: list[float]) -> None:
    other = [1.0, 2, 3, 4, 5, 6]
    groups = np.repeat([0, 1], 6)
    scored = grouped_scores(np.array(values + other), groups, 1, np.ones(12, dtype=bool))
    assert np.isnan(scored[:6]).all()
    assert scored[6:].tolist() == pytest.approx(standard_scores(np.array(other), 1).tolist())


def test_groups_in_any_order_have_the_scores_of_each_by_itself() -> None:
    random = np.random.default_rng(3)
    values = random.gamma(2.0, 3.0, (400, 3, 2))
    values[random.random(values.shape) < 0.05] = NAN
    groups, marked = random.integers(-1, 20, 400), random.random(400) > 0.1
    scored = grouped_scores(values, groups, 0, marked)
    assert np.isnan(scored[groups == -1]).all()
    for group in range(20):
        mine, base = values[groups == group], values[(groups == group) & marked]
        expected = (mine - np.nanmean(base, axis=0)) / np.nanstd(base, axis=0)
        np.testing.assert_allclose(scored[groups == group], expected, rtol=0, atol=1e-12)


def test_no_groups_at_all_have_no_scores() -> None:
    nowhere = np.full(4, -1)
    assert np.isnan(grouped_scores(np.arange(4.0), nowhere, 1, np.ones(4, dtype=bool))).all()
