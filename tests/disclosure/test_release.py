"""Hiding more so that others can be more: what is said where nothing helps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from hotspots.base.errors import DataError
from hotspots.disclosure.release import Release
from hotspots.disclosure.statements import System


def test_a_count_that_an_earlier_edition_tells_is_named_in_words() -> None:
    # A total of 3 of which one part is 3 whatever is hidden: it cannot be 12, nor less than none.
    three = np.array([3.0, 3.0])
    system = System(
        cells=pd.Index([("burglary", "E05000001", "2025-11"), ("burglary", "all", "2025-11")]),
        lower=three,
        upper=three,
        matrix=sparse.csr_array([[1.0, -1.0]]),
        least=np.zeros(1),
        most=np.zeros(1),
    )
    release = Release(system, np.zeros(2, dtype=bool), three, three, np.ones(2))
    with pytest.raises(DataError) as caught:
        release.choose(np.array([0]), np.array([12.0]), np.array([-6.0]))
    assert str(caught.value) == (
        "what is published already tells too much of the count of burglary, E05000001, 2025-11: "
        "hiding more does not help\n"
        "Hint: publish larger areas or longer periods, or leave the earlier edition's months out"
    )


def test_a_count_is_released_by_others_that_only_a_wide_total_ties_it_to() -> None:
    # A total of 200 that stays, of a count that is shown as 20 and of 70 that are hidden: hiding the count lets it be
    # 31, where the others are as much less. The total is of so many that they are not near.
    parts = 71
    lower, upper = np.zeros(1 + parts), np.full(1 + parts, np.inf)
    free = lower.copy(), upper.copy()
    for ends, held in ((lower, 18), (upper, 22)):
        ends[1] = held
    for ends in (lower, upper, *free):
        ends[0] = 200
    system = System(
        cells=pd.RangeIndex(1 + parts),
        lower=lower,
        upper=upper,
        matrix=sparse.csr_array([[1.0, *[-1.0] * parts]]),
        least=np.zeros(1),
        most=np.zeros(1),
    )
    may = np.arange(1 + parts) == 1
    release = Release(system, may, *free, np.ones(1 + parts))
    assert release.choose(np.array([1]), np.array([31.0]), np.array([-5.0])).tolist() == may.tolist()
