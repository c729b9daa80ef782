"""The Benjamini-Hochberg correction, against scipy's."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from hotspots.base.discovery import benjamini_hochberg


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1), max_size=40))
def test_benjamini_hochberg_is_scipys(p: list[float]) -> None:
    adjusted = benjamini_hochberg(p)
    expected = false_discovery_control(p, method="bh") if p else np.zeros(0)
    np.testing.assert_allclose(adjusted, expected, rtol=1e-12, atol=1e-300)
    assert (adjusted >= np.asarray(p) * (1 - 1e-12)).all()
