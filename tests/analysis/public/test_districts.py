"""Totals of partnerships that one of their wards nearly makes up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from hotspots.analysis.public import tables as public_tables
from hotspots.disclosure.rules import profile
from hotspots.disclosure.tables import make_tables


@pytest.mark.parametrize(("rules", "hidden"), [("10-5", ["North"]), ("documents", [])])
def test_a_total_that_leaves_no_room_for_a_ward_is_hidden(
    rules: str, hidden: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # North has 4 and 7, and 11 in all, shown as 10, which is 12 at most: the 7 could not be 7 + 9. South has 3 and 30,
    # and 33 in all, shown as 35: the 3 can be 12. Where counts are rounded and not hidden, nothing is asked beyond 9.
    wards = pd.DataFrame({"report": [4.0, 7, 3, 30]}, index=["W1", "W2", "W3", "W4"])
    areas = pd.DataFrame({"district": ["North", "North", "South", "South"]}, index=wards.index)
    names = pd.MultiIndex.from_tuples(
        [("North", "Theft", "report"), ("South", "Theft", "report")], names=["district", "offence", "period"]
    )
    made = make_tables(pd.Series([11, 33], index=names), within={"district": {"All": ["North", "South"]}})
    monkeypatch.setattr(public_tables, "offence_of", lambda *_: "Theft")
    monkeypatch.setattr(public_tables, "_counts_of", lambda *_: wards)
    analysis: Any = SimpleNamespace(
        profile=object(), areas=areas, recipe=None, themes=[SimpleNamespace(theme=None)]
    )
    close = public_tables._of_one_area(analysis, made, profile(rules))
    assert made.counts.index[close].get_level_values("district").tolist() == hidden
