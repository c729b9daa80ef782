"""Shapes of history: whether an area was steady, rose or fell, stepped in a month or follows a season of its own."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.poisson import dispersion_of
from hotspots.methods.time.calendar import as_counts, as_months, days_of, ordinals
from hotspots.methods.time.slopes import trend
from hotspots.methods.time.steps import change_points

Floats = npt.NDArray[np.float64]

SHAPES = ("falling", "step down", "steady", "seasonal", "step up", "rising")
"""The shapes of history that have names."""
FEWEST_SEASONS = 24
"""A season of an area's own takes so many months."""
MUCH = 100
"""Per cent a year from which a rise is told in times: 759% a year says less than 8.6 times as many."""


def histories(
    counts: pd.DataFrame,
    *,
    against: Literal["all", "days"] = "all",
    level: float = 0.95,
    draws: int = 9_999,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the shape of each area's history, one of six names, with its evidence.

    Three questions are asked of each area: has it a trend (`hotspots.trend`), a step (`hotspots.change_points`),
    and, from 24 months on, a season of its own (the sum over the twelve months of (n - E)² / (φ E), beside a χ²
    distribution)? φ is that of all areas (`hotspots.dispersion`). The
    least of their p, times their number, is the area's; q corrects it for the number of areas (Benjamini and Hochberg).
    An area is anything but steady only where its q is at most 1 - `level`, and is then called by the question with the
    least p: a trend and a step are often both possible, and the name says no more than which fits better.

    Parameters
    ----------
    counts : DataFrame of numbers
        Areas by months, ascending; 5 or more.
    against : {'all', 'days'}, default 'all'
        ``'all'``: beside the counts of all areas, so that steady means "as all areas", and the season and trend of the
        force are no area's own. ``'days'``: by itself, which takes the force's season for a trend or a step within
        one year.
    level, draws, seed
        See `hotspots.trend` and `hotspots.change_points`.

    Returns
    -------
    DataFrame
        On the index of `counts`: ``hi_shape``, an ordered categorical of `SHAPES`, missing where an area has under 10
        incidents; ``hi_p`` and ``hi_q``; ``hi_text``, the shape with its evidence in words; and the columns of `trend`
        and `change_points` but their q and flags. ``attrs["dispersion"]`` is φ.

    Raises
    ------
    HotspotsError
        As `hotspots.trend` and `hotspots.change_points` do.

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.period_range("2025-01", periods=12, freq="M")
    >>> n = pd.DataFrame([6 * [8] + 6 * [24]] + 15 * [12 * [20]], columns=months)
    >>> histories(n)["hi_text"].iloc[:2].tolist()
    ['step up in July 2025, against all areas: from 8.2 to 23.4 a month', 'steady, as all areas']
    """
    months = as_months(counts.columns)
    n = as_counts(counts, what="the areas")
    exposure = n.sum(axis=0) if against == "all" else days_of(months)
    used = exposure > 0
    table = counts.loc[:, used]
    told = dispersion_of(n)
    phi = 1.0 if np.isnan(told) else told
    lines = trend(table, against=against, dispersion=phi, level=level)
    steps = change_points(
        table, exposure=exposure[used].tolist(), dispersion=phi, draws=draws, seed=seed, level=level
    )
    asked = [lines["tr_p"].to_numpy(), steps["st_p"].to_numpy()]
    if used.sum() >= FEWEST_SEASONS:
        asked.append(_season_p(n[:, used], exposure[used], ordinals(months)[used] % 12, phi))
    p = np.column_stack(asked)
    known = ~np.isnan(p).any(axis=1)
    least, q = np.full(len(n), np.nan), np.full(len(n), np.nan)
    least[known] = np.minimum(1.0, p.shape[1] * p[known].min(axis=1))
    q[known] = benjamini_hochberg(least[known])
    which = np.argmin(np.where(np.isnan(p), np.inf, p), axis=1)
    up = np.where(which == 0, lines["tr_pct"] > 0, steps["st_now"] > steps["st_before"])
    names = np.select(
        [~(q <= 1 - level), which == 2, which == 1], ["steady", "seasonal", np.where(up, "step up", "step down")],
        np.where(up, "rising", "falling"),
    )  # fmt: skip
    shape = pd.Series(names, index=counts.index, dtype=object).where(known)
    found = pd.DataFrame(
        {
            "hi_shape": pd.Categorical(shape, categories=list(SHAPES), ordered=True),
            "hi_p": least,
            "hi_q": q,
        },
        index=counts.index,
    )
    found = found.join(lines.drop(columns=["tr_q", "tr_flag"])).join(steps.drop(columns=["st_q", "st_flag"]))
    follows = dict(zip(table.columns[:-1], table.columns[1:], strict=True))
    found.insert(1, "hi_text", [_words(row, follows, against) for row in found.to_dict("records")])
    found.attrs = {"dispersion": phi}
    return found


def _season_p(n: Floats, exposure: Floats, of_year: npt.NDArray[np.int64], phi: float) -> Floats:
    """Return the chance of months of the year so unlike one another, if an area had no season of its own."""
    from scipy import stats

    same = (of_year[:, None] == np.unique(of_year)[None, :]).astype(float)
    held, weight = n @ same, exposure @ same
    expected = n.sum(axis=1, keepdims=True) * weight / weight.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        chi = ((held - expected) ** 2 / expected).sum(axis=1) / phi
    p: Floats = stats.chi2.sf(chi, same.shape[1] - 1)
    return p


def _words(row: dict[Any, Any], follows: dict[Any, Any], against: str) -> str:
    """Return the shape with its evidence."""
    shape = row["hi_shape"]
    if not isinstance(shape, str):
        return "under 10 incidents: no shape can be told"
    beside = ", against all areas" if against == "all" else ""
    if shape == "steady":
        return "steady, as all areas" if against == "all" else "steady"
    if shape == "seasonal":
        return f"a season of its own{beside}"
    if shape.startswith("step"):
        month = follows[row["st_after"]].strftime("%B %Y")
        return f"{shape} in {month}{beside}: from {row['st_before']:,.1f} to {row['st_now']:,.1f} a month"
    if row["tr_pct"] > MUCH:
        times, low, high = (1 + row[name] / 100 for name in ("tr_pct", "tr_lo", "tr_hi"))
        return f"{shape}{beside}: {times:,.1f} times as many each year (95% limits {low:,.1f} to {high:,.1f} times)"
    reach = f"95% limits {row['tr_lo']:+,.0f}% to {row['tr_hi']:+,.0f}%"
    return f"{shape}{beside}: by {abs(row['tr_pct']):,.0f}% a year ({reach})"
