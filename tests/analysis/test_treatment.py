"""Did it work: the counts behind each figure, what is said of them, and what is left out where it cannot be told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hotspots.analysis.treatment import CAUTION, treatment_effect

CODES = [f"E{i:02}" for i in range(40)]


def by_month() -> pd.DataFrame:
    """Forty areas of 10 a month over four months of 2024 and two of 2025; the first falls to 5 a month."""
    months = [
        *pd.period_range("2024-01", "2024-04", freq="M"),
        *pd.period_range("2025-01", "2025-02", freq="M"),
    ]
    counts = np.full((40, 6), 10)
    counts[0, 4:] = 5
    counts[0, 2:4] = 8
    return pd.DataFrame(counts, index=CODES, columns=pd.Index(months))


def test_every_figure_is_of_the_right_counts() -> None:
    # Treated: 36 in four months, 10 in two; control: 40 and 20. (10/36)/(20/40) = .5556.
    # Halves of the first period: 20 and 16 beside 20 and 20, .8. Incidents of two months: (10 - 18) - (20 - 20).
    found = treatment_effect(
        by_month(), before="2024-01..2024-04", after="2025-01..2025-02", treated=["E00"], control=["E01"],
        dispersion=1,
    )  # fmt: skip
    assert found.relative.ratio == pytest.approx(10 / 36 / (20 / 40))
    assert found.absolute.total == pytest.approx(-8)
    assert found.trend is not None
    assert found.trend.ratio == pytest.approx(0.8)
    assert found.around is None
    # 39 placebos of 40 and 20, periods of four and two months.
    assert found.placebos.placebos == 39
    assert found.placebos.middle == 1
    assert found.placebos.effect == pytest.approx(10 / 36 * 2)
    assert found.sentences() == (
        "No clear difference from the control areas: -8 (95% limits -22 to 6).",
        "0.56 times as many incidents as the control areas would suggest (95% limits 0.23 to 1.34).",
        "Before anything was done, between the halves of the first period: 0.80 times as many incidents as the "
        "control areas would suggest (95% limits 0.32 to 1.97).",
        "Areas with as many incidents before, where nothing was done, came to 1.00 times as many (95% of them 1.00 "
        "to 1.00); the treated ones to 0.56 (p 0.05, from 39 placebos).",
        CAUTION,
    )
    assert found.record()["relative"]["ratio"] == found.relative.ratio


def test_surroundings_are_told_and_are_no_placebos_and_a_single_month_has_no_trend() -> None:
    found = treatment_effect(
        by_month(), before="2024-04", after="2025-01", treated=["E00"], control=["E01"],
        displacement_treated=["E02"], displacement_control=["E03"], dispersion=2,
    )  # fmt: skip
    assert found.around is not None
    assert found.around.ratio == pytest.approx(1)
    assert found.around.dispersion == 2
    assert found.trend is None
    assert found.placebos.placebos == 37
    assert found.sentences()[2].startswith("Around them: 1.00 times as many")
