"""Priorities by locality: which themes are a priority for which partnership, by stated rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hotspots.base.errors import DataError, ParameterError
from hotspots.base.poisson import ratio_limits

TICK, BRACKETED = "✓", "(✓)"


@dataclass(frozen=True)
class TickRules:
    """When a theme is a priority of a partnership.

    Attributes
    ----------
    tick_ratio : float, default 1.1
        Ticked: the partnership's rate is at least this many times that of all together, and clearly over it
        (the exact 95 % limits of the ratio leave out 1).
    tick_areas : int, default 2
        Ticked as well: at least this many of its areas are significantly above the mean of all areas.
    bracket_ratio : float, default 1
        Ticked in brackets: the rate is over this many times that of all together, but not ticked.
    bracket_areas : int, default 1
        Ticked in brackets as well: at least this many of its areas are significantly above.
    prevalent : float, default 0.5
        A theme is most prevalent when it is ticked, without brackets, in more than this share of the
        partnerships.

    Raises
    ------
    ParameterError
        When the rule in brackets is the stricter, or a value is out of range.
    """

    tick_ratio: float = 1.1
    tick_areas: int = 2
    bracket_ratio: float = 1.0
    bracket_areas: int = 1
    prevalent: float = 0.5

    def __post_init__(self) -> None:
        if not (0 < self.bracket_ratio <= self.tick_ratio and 1 <= self.bracket_areas <= self.tick_areas):
            raise ParameterError(
                "a tick in brackets asks for more than a tick",
                hint="keep 'bracket_ratio' at most 'tick_ratio', and 'bracket_areas' at most 'tick_areas'",
            )
        if not 0 <= self.prevalent < 1:
            raise ParameterError(
                f"'prevalent' is {self.prevalent:g}, but a share lies between 0 and 1",
                hint="set 'prevalent' to a share such as 0.5",
            )

    def sentences(self, *, noun: str = "area") -> tuple[str, ...]:
        """Return the rules in words, for the foot of the table."""
        return (
            f"{TICK}: the rate is at least {self.tick_ratio:g} times that of all partnerships together, and clearly "
            f"over it (95% limits), or at least {self.tick_areas} {noun}s are significantly above the {noun} average.",
            f"{BRACKETED}: not that, but the rate is over {self.bracket_ratio:g} times that of all together, or at "
            f"least {self.bracket_areas} {noun} is significantly above.",
            f"Most prevalent: ticked without brackets in more than {self.prevalent:.0%} of the partnerships.",
        )


def priority_matrix(
    counts: pd.DataFrame, population: pd.Series[Any], flagged: pd.DataFrame, *, rules: TickRules | None = None
) -> pd.DataFrame:
    """Tick the themes that are a priority of each partnership, the most prevalent first.

    Parameters
    ----------
    counts : DataFrame of numbers, partnerships by themes
        Incidents of each theme in each partnership over the whole period.
    population : Series of float
        People of each partnership, over 0, on the same index.
    flagged : DataFrame of int, partnerships by themes
        How many of the partnership's areas are significantly above the mean of all areas.
    rules : TickRules, optional
        By default `TickRules()`.

    Returns
    -------
    DataFrame of str, themes by partnerships
        ``TICK``, ``BRACKETED`` or empty, with two more columns at the end: ``ticks``, the number of ticks
        without brackets, and ``prevalence``, "most prevalent" or "less prevalent". Themes stand by number of
        ticks, then of ticks in brackets, then by name; partnerships in the order given.

    Raises
    ------
    DataError
        When the tables are not of the same partnerships and themes, or a population is unknown or 0.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({"ASB": [300, 100], "Burglary": [50, 55]}, index=["Town", "Vale"])
    >>> flags = pd.DataFrame({"ASB": [3, 0], "Burglary": [0, 1]}, index=["Town", "Vale"])
    >>> ticks = priority_matrix(counts, pd.Series({"Town": 10_000, "Vale": 10_000}), flags)
    >>> ticks.loc["ASB", ["Town", "Vale"]].tolist(), ticks.loc["Burglary", ["Town", "Vale"]].tolist()
    (['✓', ''], ['', '(✓)'])
    """
    rules = rules or TickRules()
    if not (counts.index.equals(flagged.index) and counts.columns.equals(flagged.columns)):
        raise DataError(
            "counts and flags are not of the same partnerships and themes",
            hint="make both from the same areas",
        )
    people = population.reindex(counts.index)
    if not (people > 0).all():
        raise DataError(
            f"the population of '{people.index[~(people > 0)][0]}' is unknown or 0",
            hint="name a 'population_table' for the areas, complete for every partnership",
        )
    total = counts.sum()
    ratio, lower, _ = ratio_limits(
        counts.to_numpy(dtype=float),
        people.to_numpy(dtype=float)[:, None],
        total.to_numpy(dtype=float)[None, :],
        float(people.sum()),
    )
    areas = flagged.to_numpy(dtype=float)
    tick = ((ratio >= rules.tick_ratio) & (lower > 1)) | (areas >= rules.tick_areas)
    bracketed = ~tick & ((ratio > rules.bracket_ratio) | (areas >= rules.bracket_areas))
    marks = np.select([tick, bracketed], [TICK, BRACKETED], default="")
    made = pd.DataFrame(marks.T, index=counts.columns, columns=counts.index)
    made.index.name = "theme"
    made["ticks"] = tick.sum(axis=0)
    share = tick.mean(axis=0)
    made["prevalence"] = np.where(share > rules.prevalent, "most prevalent", "less prevalent")
    order = np.lexsort((counts.columns.astype(str), -bracketed.sum(axis=0), -tick.sum(axis=0)))
    return made.iloc[order]
