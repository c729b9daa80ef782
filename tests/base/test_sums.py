"""Sums of weights by place."""

from __future__ import annotations

import numpy as np
import pytest

from hotspots.base.errors import DataError
from hotspots.base.sums import add_up


@pytest.mark.parametrize("weights", [[1e308, 1e308], [5e12, 5e12], [9.1e12, 0.0]])
def test_weights_past_whole_numbers_are_refused(weights: list[float]) -> None:
    with pytest.raises(
        DataError, match=r"^the weights add up to (inf|1e\+13|9\.1e\+12), and the largest is "
    ) as caught:
        add_up(np.array([0, 1]), 2, np.array(weights))
    assert caught.value.hint == "mend the column of weights, or give them in a larger unit"


def test_large_weights_are_added_to_the_last_unit() -> None:
    assert add_up(np.array([0, 0]), 1, np.array([8e12, 1e6])).tolist() == [8_000_001_000_000]
