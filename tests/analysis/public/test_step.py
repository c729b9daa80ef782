"""Single steps for publication: counts beside their parts."""

from __future__ import annotations

import logging

import pandas as pd
import pytest

from hotspots.analysis.public.step import public_counts
from hotspots.disclosure.rules import profile


def test_a_category_of_few_is_not_named_and_a_month_of_few_is(caplog: pytest.LogCaptureFixture) -> None:
    n = pd.Series([27, 12], index=["E1", "E2"])
    split = pd.DataFrame({"Kidnap of Jane Roe": [1, 0], "Burglary": [26, 12]}, index=n.index)
    with caplog.at_level(logging.INFO, "hotspots"):
        shown, parts = public_counts(n, split, profile("documents"))
    assert parts is not None
    assert shown.tolist() == [30, 10]
    assert parts.to_dict("list") == {"Burglary": [30, 10]}
    assert caplog.messages == [
        "For publication: Left out: 1 category with fewer than 5 incidents in all, whose names alone would tell of them"
    ]
    months = split.set_axis([pd.Period("2025-01", "M"), pd.Period("2025-02", "M")], axis=1)
    told = public_counts(n, months, profile("documents"))[1]
    assert told is not None
    assert told.to_numpy().tolist() == [[0, 30], [0, 10]]
