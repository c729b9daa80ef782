"""Months in runs, and runs of months in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd


def month_runs(months: Iterable[str | pd.Period]) -> list[list[pd.Period]]:
    """Return ascending months as runs of those that follow one another.

    Examples
    --------
    >>> [[str(month) for month in run] for run in month_runs(["2024-12", "2025-01", "2025-03"])]
    [['2024-12', '2025-01'], ['2025-03']]
    """
    runs: list[list[pd.Period]] = []
    for month in (pd.Period(one, freq="M") for one in months):
        if runs and runs[-1][-1] + 1 == month:
            runs[-1].append(month)
        else:
            runs.append([month])
    return runs


def span_words(months: Sequence[pd.Period], *, year: bool = True) -> str:
    """Return the span from the first month to the last in words; without the year of the last where it is told later.

    Examples
    --------
    >>> half = pd.period_range("2025-01", "2025-06", freq="M")
    >>> span_words(half), span_words(half - 6), span_words(half[:1]), span_words(half, year=False)
    ('January to June 2025', 'July to December 2024', 'January 2025', 'January to June')
    """
    first, last = months[0], months[-1]
    end = str(last.strftime("%B %Y" if year else "%B"))
    if first == last:
        return end
    return f"{first.strftime('%B' if first.year == last.year else '%B %Y')} to {end}"
