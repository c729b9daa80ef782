"""Charts of months as pictures: the range behind, the counts before it, what is unusual marked, gaps left open."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hotspots.base.errors import DataError
from hotspots.export.picture.months import COLOURS, draw_months
from hotspots.export.picture.saving import picture_bytes


def table(months: list[str]) -> pd.DataFrame:
    flags = ["as expected"] * (len(months) - 1) + ["unusually high"]
    columns = {
        "n": [4.0] * (len(months) - 1) + [14.0],
        "expected": 5.0,
        "exp_lo": 1.0,
        "exp_hi": 9.0,
        "un_flag": flags,
    }
    return pd.DataFrame(columns, index=pd.PeriodIndex(months, freq="M"))


def test_what_is_unusual_is_marked_where_it_lies() -> None:
    axes = draw_months(table(["2025-01", "2025-02", "2025-03"]), size=(3, 1.3)).axes[0]
    (mark,) = [line for line in axes.lines if line.get_color() == COLOURS["unusually high"]]
    assert np.asarray(mark.get_ydata()).tolist() == [14]
    assert axes.get_ylim()[0] == 0
    assert axes.get_ylim()[1] > 14


def test_a_gap_in_the_months_is_left_open() -> None:
    whole = draw_months(table(["2025-01", "2025-02", "2025-03", "2025-04"]), size=(3, 1.3)).axes[0]
    parted = draw_months(table(["2025-01", "2025-02", "2025-06", "2025-07"]), size=(3, 1.3)).axes[0]
    assert (len(whole.collections), len(parted.collections)) == (1, 2)


def test_the_last_month_is_named_on_the_axis() -> None:
    axes = draw_months(
        table([str(m) for m in pd.period_range("2023-01", "2025-03", freq="M")]), size=(3, 1.3)
    ).axes[0]
    assert axes.get_xticklabels()[-1].get_text() == "Mar 2025"
    assert len(axes.get_xticks()) <= 5


def test_the_same_chart_is_the_same_bytes() -> None:
    one, two = (
        picture_bytes(draw_months(table(["2025-01", "2025-02"]), size=(3, 1.3)), "svg") for _ in range(2)
    )
    assert one == two


def test_no_month_is_refused() -> None:
    with pytest.raises(DataError, match=r"^there is no month to draw\nHint: chart three months or more"):
        draw_months(table(["2025-01"]).iloc[:0], size=(3, 1.3))
