"""Sums that a reader takes for granted, and those that do not hold."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hotspots.analysis.audit.audit import narrowed
from hotspots.analysis.audit.links import Cells, Setting, link
from hotspots.analysis.audit.settle import level_of, partial_levels
from hotspots.analysis.audit.shown import ALL, Shown
from hotspots.analysis.audit.system import narrow, sum_row
from hotspots.analysis.audit.weigh import Known


def classes(members: list[int]) -> tuple[list[Shown], Cells]:
    """Sixteen areas, two kinds of them, and a total of 40 of which one kind shows 30."""
    areas = pd.DataFrame({"n": 0}, index=[f"E{place:02d}" for place in range(16)])
    kinds = pd.DataFrame({"n": [30, None], "members": members}, index=["Town", "Country"])
    cells = Cells()
    for area in (ALL, "Town", "Country"):
        cells.place(("burglary", area, "2025"))
    files = {"areas": areas, "kinds": kinds}
    return [Shown(f"{name}.csv", "", "burglary", name, rows) for name, rows in files.items()], cells


def other_kind(members: list[int]) -> tuple[float, float]:
    """What the total leaves of the kind that is hidden."""
    tables, cells = classes(members)
    levels = level_of(tables)
    setting = Setting(
        {}, {}, {}, {"kinds": levels["kinds"]}, pd.Series(dtype=object), partial_levels(tables, levels)
    )
    low, high = narrow(np.array([40.0, 30, 0]), np.array([40, 30, np.inf]), link(cells, setting))
    return float(low[2]), float(high[2])


def test_classes_of_all_areas_make_their_total() -> None:
    assert other_kind([10, 6]) == (10, 10)


def test_classes_that_leave_areas_out_are_a_part_of_the_total() -> None:
    # Three areas are of no class: what is left of 40 may be theirs.
    assert other_kind([10, 3]) == (0, 10)


def test_what_an_earlier_edition_leaves_of_a_period_is_the_month_that_stands_beside_it() -> None:
    # Three months and their sum, and the first two together as an edition before had them: March is 9 - 7.
    cells = Cells()
    months = ["2025-01", "2025-02", "2025-03"]
    for period in [*months, "2025-01..2025-03", "2025-01..2025-02"]:
        cells.place(("burglary", "E01", period))
    periods = {month: frozenset({month}) for month in months}
    periods |= {"2025-01..2025-03": frozenset(months), "2025-01..2025-02": frozenset(months[:2])}
    rows = link(cells, Setting({}, periods, {}, {}, pd.Series(dtype=object)))
    assert len(cells.places) == 5  # nothing is formed that has a name
    low, high = narrow(np.array([0.0, 0, 0, 9, 7]), np.array([np.inf, np.inf, np.inf, 9, 7]), rows)
    assert (low[2], high[2]) == (2, 2)


def test_only_the_sum_that_others_belie_is_left_out() -> None:
    # A ward of LSOAs with 3 and 4, in a district of 17 with another ward of 9: 7 by the first, 8 by the second. The
    # other ward's LSOAs are not in doubt: 9 less 7 is 2.
    low = np.array([0.0, 3, 4, 9, 0, 7, 17])
    high = np.array([np.inf, 3, 4, 9, np.inf, 7, 17])
    rows = [
        sum_row(0, [1, 2], "wards less their lsoas", areal=True),
        sum_row(3, [4, 5], "wards less their lsoas", areal=True),
        sum_row(6, [0, 3], "districts and their wards", areal=True),
    ]
    known = Known(low.tolist(), high.tolist())
    least, most, kept = narrowed(known, (low, high), rows)
    assert kept == rows[:2]
    assert (least[4], most[4]) == (2, 2)
    assert not known.disagree


def test_sums_that_do_not_rest_on_borders_are_never_left_out() -> None:
    low = high = np.array([9.0, 3, 4])
    known = Known(low.tolist(), high.tolist())
    *_, kept = narrowed(known, (low, high), [sum_row(0, [1, 2], "a period and its months")])
    assert kept == []
    assert known.disagree == [
        "what is published cannot all be true: no counts agree with a period and its months and the rest"
    ]
