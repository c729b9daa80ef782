"""Control charts of many areas and themes by month: what is unusual, with false alarms that are stated and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.base.negative_binomial import count_tails, mean_limits
from hotspots.base.poisson import FEWEST_COMPARISONS, require_dispersion, require_level
from hotspots.base.threads import thread_count
from hotspots.methods.time.calendar import as_counts, as_months, days_of, ordinals
from hotspots.methods.time.limits import individual_limits, laney_scores, require_series

Chart = Literal["expected", "laney", "xmr"]
Season = Literal["all", "own", "none"]
FlaggedBy = Literal["q", "limits"]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Signs = npt.NDArray[np.int8]

THREE_SIGMA = 0.9973002039367398
"""Probability that a normal value lies within three standard deviations of its mean."""
FALSE = 0.05
"""Of the months called unusual, at most this share is expected to be chance."""
UNUSUAL = ("unusually low", "as expected", "unusually high")
"""The flags, from the lowest to the highest."""
FEWEST_YEARS = 3
"""An area's own season takes so many years: the same month so often."""
FEWEST_SHARED = 3
"""Areas beside one another take so many months."""


@dataclass(frozen=True, eq=False)
class Charts:
    """What was expected of each theme, area and month, and what is unusual.

    Attributes
    ----------
    themes : tuple of str
        In the order given.
    areas : Index
        The areas' codes.
    months : PeriodIndex
        Ascending; months without a file are not among them.
    n, expected, lower, upper : ndarray of float32, shape (themes, areas, months)
        Counts, what was expected, and the range of ordinary months; NaN where an area lacks the month.
    p, q : ndarray of float32, same shape
        Two-sided probability of a month so far from what was expected, by itself and corrected for the number of
        areas and themes of its month; p is 1 and q missing where nothing was expected.
    signal : ndarray of int8, same shape
        1 unusually high, -1 unusually low, else 0.
    run : ndarray of int8, same shape
        1 or -1 where a month ends so many in a row above or below what was expected, as `runs` asks for; else 0.
    dispersion : tuple of float
        Variance of the counts over their mean, by theme; NaN where a chart does not use one.
    chart, season, flagged_by : str
        As asked for.
    """

    themes: tuple[str, ...]
    areas: pd.Index[Any]
    months: pd.PeriodIndex
    n: Singles
    expected: Singles
    lower: Singles
    upper: Singles
    p: Singles
    q: Singles
    signal: Signs
    run: Signs
    dispersion: tuple[float, ...]
    chart: Chart
    season: Season
    flagged_by: FlaggedBy

    def __repr__(self) -> str:
        shape = f"{len(self.themes)} themes, {len(self.areas):,} areas, {len(self.months)} months"
        return f"<Charts: {shape}; {int((self.signal != 0).sum()):,} unusual>"

    def one(self, theme: str, area: Any) -> pd.DataFrame:
        """Return the chart of one theme and area, a row for each month.

        Raises
        ------
        ParameterError
            When there is no such theme or area.
        """
        if theme not in self.themes:
            raise ParameterError(f"there is no chart of '{theme}'", hint=did_you_mean(theme, self.themes))
        if area not in self.areas:
            raise ParameterError(
                f"there is no chart of the area '{area}'", hint="give the code of one of the areas"
            )
        where = self.themes.index(theme), self.areas.get_loc(area)
        return self._table(self.months.rename("month"), lambda values: values[where])

    def month(self, month: pd.Period | str | None = None) -> pd.DataFrame:
        """Return all themes and areas of one month, the last one without it: the least to be expected first.

        Columns ``theme``, ``n``, ``expected``, ``exp_lo``, ``exp_hi``, ``un_p``, ``un_q`` and ``un_flag`` on the
        areas' codes. What is unusual stands first, then by p; of equal ones the theme, then the area that is first.

        Raises
        ------
        ParameterError
            When the month is not among them.
        """
        place = len(self.months) - 1
        if month is not None:
            asked = pd.Period(month, freq="M")
            if asked not in self.months:
                raise ParameterError(
                    f"there is no chart of {asked}",
                    hint=f"months run from {self.months[0]} to {self.months[-1]}",
                )
            place = list(self.months).index(asked)
        index = pd.Index(np.tile(self.areas.to_numpy(), len(self.themes)), name=self.areas.name)
        table = self._table(index, lambda values: values[:, :, place].ravel())
        table.insert(0, "theme", np.repeat(np.asarray(self.themes, dtype=object), len(self.areas)))
        order = np.lexsort([table["un_p"].to_numpy(), table["un_flag"].to_numpy() == UNUSUAL[1]])
        return table.iloc[order]

    def unusual(self) -> pd.DataFrame:
        """Return all that is unusual, the last month first: ``theme``, ``code``, ``month``, then as `month` does."""
        held = np.nonzero(self.signal)
        table = self._table(None, lambda values: values[held])
        table.insert(0, "theme", np.asarray(self.themes, dtype=object)[held[0]])
        table.insert(1, "code", self.areas.to_numpy()[held[1]])
        table.insert(2, "month", self.months[held[2]])
        order = np.lexsort([table["un_p"].to_numpy(), -held[2]])
        return table.iloc[order].reset_index(drop=True)

    def _table(self, index: pd.Index[Any] | None, of: Any) -> pd.DataFrame:
        flags = pd.Categorical.from_codes(of(self.signal) + 1, categories=pd.Index(UNUSUAL), ordered=True)
        named = {
            "n": self.n, "expected": self.expected, "exp_lo": self.lower, "exp_hi": self.upper,
            "un_p": self.p, "un_q": self.q,
        }  # fmt: skip
        columns: dict[str, Any] = {name: of(values).astype(np.float64) for name, values in named.items()}
        columns["expected"] = columns["expected"].round(4)  # no digits that single precision made up
        return pd.DataFrame(columns | {"un_flag": flags}, index=index)


@dataclass(frozen=True, eq=False)
class _Asked:
    """How the months of every theme are judged."""

    chart: Chart
    season: Season
    dispersion: float | None
    level: float
    days: Floats
    position: npt.NDArray[np.int64]
    parts: tuple[slice, ...]


def unusual_months(
    counts: pd.DataFrame | Mapping[str, pd.DataFrame],
    *,
    chart: Chart = "expected",
    season: Season = "all",
    dispersion: float | None = None,
    level: float = THREE_SIGMA,
    flagged_by: FlaggedBy = "q",
    rebase: Sequence[str] = (),
    runs: int | None = None,
    days: Sequence[float] | None = None,
) -> Charts:
    r"""Return which months are unusual, by theme and area.

    ``chart="expected"``: with n_it incidents in area i and month t, an area that follows the season of all areas
    is expected to have ``E_it = n_i. n_.t / n_..``. Its counts are taken as negative binomial with mean E_it and
    variance φ E_it, where φ ≥ 1 is the dispersion that all areas and months of the theme tell,
    ``Σ (n - E)² / E / ((I - 1)(T - 1))``. The range of ordinary months holds a count with the probability `level`,
    and p is twice the smaller tail. So a month in which the whole force was high is unusual in no area: look at the
    chart of all areas for that.

    Every month looks at areas x themes; of 3,000, chance alone puts about four to eight outside their ranges. So a
    month is unusual only where, besides lying outside its range, its q is at most 0.05: p corrected for the areas
    and themes of that month (Benjamini and Hochberg). Of the months called so at most 5 in 100 are expected to be
    chance. docs/methods.md has what each rule flags on shuffled months.

    Parameters
    ----------
    counts : DataFrame, or mapping of str to DataFrame
        Incidents in each area by month (see `hotspots.count_incidents`, ``per="month"``), or such a table for each
        theme, on one index with the same months. A month without a file has no column; one without incidents is 0. A
        month that an area alone lacks is missing, with chart ``'expected'``: nothing is expected of it, and the season,
        n_.t / n_.., and φ are those of the areas that have every month, so that the others' charts stand.
    chart : {'expected', 'laney', 'xmr'}, default 'expected'
        ``'laney'`` and ``'xmr'`` hold each area to its own mean (see `hotspots.laney_chart`, `hotspots.xmr_chart`),
        with p from the normal distribution: for a force, not for small counts.
    season : {'all', 'own', 'none'}, default 'all'
        Of the chart of expected counts: the season of all areas together; each area's own, the mean of the same
        month a day, from 36 months; or the area's mean a day.
    dispersion : float, optional
        φ, 1 or more, for all themes; estimated without it, and 1 where areas and months are too few to tell.
    level : float, default 0.9973
        Probability of the range of ordinary months: by default that of three standard deviations.
    flagged_by : {'q', 'limits'}, default 'q'
        ``'limits'`` calls every month outside its range unusual, however many are looked at.
    rebase : sequence of str, default none
        Months, such as ``"2025-07"``, from which on what is expected begins anew, because something is known to
        have changed: recording, a boundary, a scheme.
    runs : int, optional
        Also mark the end of so many months in a row on one side of what is expected; 8 is usual. It adds false
        alarms that nothing corrects for.
    days : sequence of float, optional
        Days of each month; those of the calendar without it.

    Returns
    -------
    Charts

    Raises
    ------
    ParameterError
        When an option is unknown, `rebase` names a month that is not there, or leaves a part too short.
    DataError
        When the tables differ in areas or months, a count is missing (with chart ``'expected'``: when one is in each
        area) or negative, there are under 3 months (6 with
        another chart than ``'expected'``, 36 with ``season="own"``), or one area alone is to follow the season of all.

    References
    ----------
    Laney, D. B. (2002) Improved control charts for attributes. Quality Engineering 14(4), 531-537.
    https://doi.org/10.1081/QEN-120003555

    Benjamini, Y. and Hochberg, Y. (1995) Controlling the false discovery rate. Journal of the Royal
    Statistical Society B 57(1), 289-300. https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> months = pd.period_range("2025-01", periods=12, freq="M")
    >>> n = pd.DataFrame(5, index=[f"E{k:02}" for k in range(20)], columns=months)
    >>> n.loc["E07", "2025-12"] = 25
    >>> charts = unusual_months(n)
    >>> charts.month()[["n", "expected", "exp_lo", "exp_hi", "un_flag"]].head(1).round(1)
            n  expected  exp_lo  exp_hi         un_flag
    E07  25.0       7.9     1.0    17.0  unusually high
    """
    tables = dict(counts) if isinstance(counts, Mapping) else {"": counts}
    index, months = _same(tables)
    _require_options(chart, season, flagged_by, runs)
    require_level(level)
    position = ordinals(months)
    asked = _Asked(
        chart,
        season,
        None if dispersion is None else require_dispersion(dispersion),
        level,
        days_of(months, days),
        position,
        _parts(months, rebase, fewest=_fewest(chart, season)),
    )
    if chart == "expected" and season == "all" and len(index) < 2:
        raise DataError(
            "one area alone cannot be held to the season of all areas",
            hint="use chart = 'laney', or season = 'own' with 36 months or more",
        )
    shape = (len(tables), len(index), len(months))
    held = {name: np.empty(shape, dtype=np.float32) for name in ("n", "expected", "lower", "upper", "p", "q")}

    def judge(place: int) -> float:
        n = as_counts(list(tables.values())[place], what=f"'{list(tables)[place]}'", gaps=chart == "expected")
        *found, phi = _judge(n, asked)
        for name, values in zip(("n", "expected", "lower", "upper", "p"), (n, *found), strict=True):
            held[name][place] = values
        return phi

    with ThreadPoolExecutor(thread_count()) as threads:
        phi = tuple(threads.map(judge, range(len(tables))))
    _correct(held["p"], held["expected"], held["q"])
    return Charts(
        tuple(tables),
        index,
        months,
        **held,
        signal=_signals(held, flagged_by),
        run=_run_signals(held["n"], held["expected"], runs, asked.parts),
        dispersion=phi,
        chart=chart,
        season=season,
        flagged_by=flagged_by,
    )


def _same(tables: Mapping[str, pd.DataFrame]) -> tuple[pd.Index[Any], pd.PeriodIndex]:
    """Return the areas and months that all tables have."""
    if not tables:
        raise DataError("there is no theme to chart", hint="give counts by month of one theme or more")
    first = next(iter(tables.values()))
    for name, table in tables.items():
        if not (table.index.equals(first.index) and table.columns.equals(first.columns)):
            raise DataError(
                f"the counts of '{name}' are not of the same areas and months as those of '{next(iter(tables))}'",
                hint="count every theme in the same areas, over the same months",
            )
    return first.index, as_months(first.columns)


def _require_options(chart: str, season: str, flagged_by: str, runs: int | None) -> None:
    for name, value, known in (
        ("chart", chart, ("expected", "laney", "xmr")),
        ("season", season, ("all", "own", "none")),
        ("flagged_by", flagged_by, ("q", "limits")),
    ):
        if value not in known:
            raise ParameterError(f"'{name}' is '{value}'", hint=did_you_mean(value, known))
    if runs is not None and runs < 2:
        raise ParameterError(f"'runs' is {runs}", hint="8 months in a row are usual: 'runs' = 8")


def _fewest(chart: Chart, season: Season) -> int:
    if chart == "expected" and season == "own":
        return 12 * FEWEST_YEARS
    return FEWEST_SHARED if chart == "expected" else 0


def _parts(months: pd.PeriodIndex, rebase: Sequence[str], *, fewest: int) -> tuple[slice, ...]:
    """Return the parts of the months that have an expectation each."""
    starts = [0]
    for text in rebase:
        try:
            month = pd.Period(text, freq="M")
        except ValueError as error:
            raise ParameterError(f"'rebase' is '{text}'", hint="name a month, such as '2025-07'") from error
        if month not in months:
            raise ParameterError(
                f"'rebase' is '{text}', which is not among the months {months[0]} to {months[-1]}",
                hint="name the first month of the new base",
            )
        starts.append(list(months).index(month))
    ends = [*sorted(set(starts))[1:], len(months)]
    parts = tuple(slice(start, end) for start, end in zip(sorted(set(starts)), ends, strict=True))
    for part in parts:
        held = part.stop - part.start
        if fewest == 0:
            require_series(held)
        elif held < fewest:
            raise DataError(
                f"{held} month{'' if held == 1 else 's'} cannot tell what is usual"
                + (" in each area's own season" if fewest > FEWEST_SHARED else ""),
                hint=f"give {fewest} months or more" + (" to each base" if len(parts) > 1 else ""),
            )
    return parts


def _judge(n: Floats, asked: _Asked) -> tuple[Floats, Floats, Floats, Floats, float]:
    """Return expected counts, the range of ordinary months, p and the dispersion of one theme."""
    if asked.chart != "expected":
        return (*_judge_alone(n, asked), float("nan"))
    expected = np.zeros_like(n)
    chi, freedom = 0.0, 0
    whole: npt.NDArray[np.bool_] = np.asarray(~np.isnan(n).any(axis=1))
    if len(n) and not whole.any():
        raise DataError(
            "there is no area without a missing month, so no season can be told",
            hint="leave out the months that some areas lack",
        )
    for part in asked.parts:
        expected[:, part], free = _expect(n[:, part], whole, asked, part)
        some = (expected[:, part] > 0) & whole[:, None]
        chi += float(((n[:, part] - expected[:, part])[some] ** 2 / expected[:, part][some]).sum())
        freedom += free
    phi = asked.dispersion
    if phi is None:
        phi = max(1.0, chi / freedom) if freedom >= FEWEST_COMPARISONS else 1.0
    lower, upper = mean_limits(expected, dispersion=phi, level=asked.level)
    few, many = count_tails(n, expected, dispersion=phi)
    return expected, lower, upper, np.minimum(2 * np.minimum(few, many), 1.0), phi


def _expect(n: Floats, whole: npt.NDArray[np.bool_], asked: _Asked, part: slice) -> tuple[Floats, int]:
    """Return what was expected of one part of the months, and the degrees of freedom that whole areas leave."""
    known, days = ~np.isnan(n), asked.days[part]
    held = np.where(known, n, 0.0)
    areas = held.sum(axis=1, keepdims=True)
    some = int((areas[whole] > 0).sum())
    if asked.season == "none":
        exposed = np.broadcast_to(days, n.shape)
        free = some * (n.shape[1] - 1)
    elif asked.season == "own":
        of_year = asked.position[part] % 12
        same = (of_year[:, None] == of_year[None, :]).astype(float)
        with np.errstate(
            invalid="ignore", divide="ignore"
        ):  # of a month of the year that an area lacks in every year
            expected = (held @ same) / ((known * days) @ same) * days
        return np.where(known, expected, np.nan), some * (n.shape[1] - len(set(of_year.tolist())))
    else:
        exposed = np.broadcast_to(held[whole].sum(axis=0), n.shape)
        free = max(some - 1, 0) * max(int((exposed[0] > 0).sum()) - 1, 0)
    total = np.where(known, exposed, 0.0).sum(axis=1, keepdims=True)
    # All that is expected of an area is what it has in the months that it has.
    return np.where(known, areas * exposed / np.where(total > 0, total, 1.0), np.nan), free


def _judge_alone(n: Floats, asked: _Asked) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the mean, the limits and p of areas that are each held to their own mean."""
    from scipy import special

    sigmas = -special.ndtri((1 - asked.level) / 2)
    expected, z, spread = np.empty_like(n), np.empty_like(n), np.empty_like(n)
    for part in asked.parts:
        held, position = n[:, part], asked.position[part]
        if asked.chart == "laney":
            z[:, part], sigma_z, expected[:, part] = laney_scores(held, asked.days[part], position)
            spread[:, part] = np.sqrt(expected[:, part]) * np.maximum(sigma_z, 1.0)[:, None]
        else:
            mean, sigma, _ = individual_limits(held, position)
            expected[:, part], spread[:, part] = mean[:, None], sigma[:, None]
            away = held - mean[:, None]
            with np.errstate(divide="ignore", invalid="ignore"):
                z[:, part] = np.where(away == 0, 0.0, away / sigma[:, None])
    p = 2 * special.ndtr(-np.abs(z))
    return expected, np.maximum(expected - sigmas * spread, 0.0), expected + sigmas * spread, p


def _correct(p: Singles, expected: Singles, q: Singles) -> None:
    """Fill q: p corrected, month by month, over the areas and themes in which anything was expected."""
    q.fill(np.nan)

    def correct(month: int) -> None:
        tested = expected[:, :, month] > 0
        if tested.any():
            q[:, :, month][tested] = benjamini_hochberg(p[:, :, month][tested])

    with ThreadPoolExecutor(thread_count()) as threads:
        list(threads.map(correct, range(p.shape[2])))


def _signals(held: Mapping[str, Singles], flagged_by: FlaggedBy) -> Signs:
    n, tested = held["n"], held["expected"] > 0
    clear = tested if flagged_by == "limits" else tested & (held["q"] <= FALSE)
    above, below = (n > held["upper"]) & clear, (n < held["lower"]) & clear
    return above.astype(np.int8) - below.astype(np.int8)


def _run_signals(n: Singles, expected: Singles, runs: int | None, parts: tuple[slice, ...]) -> Signs:
    """Return 1 or -1 where a month ends `runs` or more in a row on one side of what was expected."""
    found = np.zeros(n.shape, dtype=np.int8)
    if runs is None:
        return found
    for part in parts:
        length = np.zeros(n.shape[:2], dtype=np.int16)
        for month in range(part.start, part.stop):
            side = np.nan_to_num(np.sign(n[:, :, month] - expected[:, :, month])).astype(np.int16)
            length = np.where(side == 0, 0, np.where(np.sign(length) == side, length + side, side))
            found[:, :, month] = np.where(np.abs(length) >= runs, side, 0)
    return found
