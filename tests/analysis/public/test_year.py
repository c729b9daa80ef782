"""The year so far of a public folder: the total that is published of it, and not the sum of rounded months."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from hotspots.analysis.charts import ALL
from hotspots.analysis.public.protect import _adding_up, _charts
from hotspots.analysis.public.shown import Shown
from hotspots.analysis.results import Analysis
from hotspots.disclosure.rules import profile


def test_months_of_a_published_period_add_up_to_its_total() -> None:
    # 14, 15 and 14 are shown as 10, 20 and 10, which add up to 40; 43 is shown as 40, but 45 of 14, 17 and 14 as 50.
    # The month with the most takes up the difference.
    months = pd.period_range("2025-01", periods=3, freq="M")
    table = pd.DataFrame([[10, 20, 10]], index=[ALL], columns=months)
    made = _adding_up(table, list(months), {tuple(months): 50.0})
    assert made.to_numpy().tolist() == [[10, 30, 10]]
    # Of a period without a published total nothing is known but its months.
    assert _adding_up(table, list(months), {tuple(months[:2]): 50.0}).to_numpy().tolist() == [[10, 20, 10]]


def test_charts_tell_the_published_total_of_the_year(exact: Analysis) -> None:
    themes = [replace(theme, n=theme.n + 30) for theme in exact.themes]
    charts = _charts(exact, themes, Shown(profile("documents")))
    assert charts is not None
    assert [charts.years.loc[(theme.name, ALL), "ytd"] for theme in themes] == [theme.n for theme in themes]
