"""Charts of months of a whole force, its partnerships and its areas: what is unusual, and where the year leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.areas.uncovered import NOT_COVERED
from hotspots.base.errors import DataError
from hotspots.base.text import counted, list_words
from hotspots.counting.counts import count_incidents
from hotspots.counting.coverage.lapses import lapse_words
from hotspots.incidents.filters import month_range
from hotspots.methods.time.charts import Charts, Season, unusual_months
from hotspots.methods.time.history import histories
from hotspots.methods.time.limits import FEWEST_MONTHS, laney_chart
from hotspots.methods.time.year import year_to_date

__all__ = [
    "ALL",
    "Charts",
    "LastDay",
    "MonthCharts",
    "chart_columns",
    "files_months",
    "find_charts",
    "last_day",
    "month_text",
    "range_words",
    "up_to_day",
]

ALL = "All areas"
"""What the whole is called among the areas that have charts."""
MONTHS_ALONE = (
    "the charts show the last month as it stands, even if it ends early: sums know months, and no days"
)
"""What is said of charts of incidents that were read in batches, and have days."""
OWN_SEASON = 36
"""Months from which on the whole is held to its own season."""


@dataclass(frozen=True, eq=False)
class MonthCharts:
    """Charts of months, of all themes together.

    Attributes
    ----------
    month : Period or None
        The last month, which the lists are about; None where no month can be judged.
    areas, districts, whole : Charts or None
        Of each area, of each district where there are two or more, and of all areas together; None where they cannot be
        told, and then `notes` says why.
    histories : mapping of str to DataFrame
        The shapes of each theme's areas, from `hotspots.histories`; none where there are under five months.
    years : DataFrame
        The year so far, from `hotspots.year_to_date`, by theme and place, all areas together first.
    notes : tuple of str
        What was left out and what could not be told, in sentences.
    """

    month: pd.Period | None = None
    areas: Charts | None = None
    districts: Charts | None = None
    whole: Charts | None = None
    histories: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    years: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class LastDay:
    """Where incidents end within a month, for the year so far.

    Attributes
    ----------
    month : Period
        The last month that they have.
    day : int
        Its last day that they have.
    counts : mapping of str to DataFrame
        Incidents of each theme in each area, up to that day of the month, in the last month and in the same month of
        years before.
    """

    month: pd.Period
    day: int
    counts: Mapping[str, pd.DataFrame]


def last_day(incidents: pd.DataFrame) -> tuple[pd.Period, int] | None:
    """Return the last month that incidents have, and its last day; None where it is whole, or days are not known.

    Days are known where each incident of that month, in any year, has a date, and these are of more than one day: a
    month written as its first day is no date.
    """
    if "date" not in incidents or not len(incidents) or incidents["month"].isna().all():
        return None
    last = incidents["month"].max()
    dates = incidents.loc[incidents["month"].dt.month == last.month, "date"]
    if dates.isna().any() or dates.dt.day.nunique() < 2:
        return None
    day = int(dates[dates.dt.year == last.year].dt.day.max())
    return None if day == last.days_in_month else (last, day)


def up_to_day(
    incidents: pd.DataFrame, areas: gpd.GeoDataFrame, assigned: pd.Series[Any], *, month: pd.Period, day: int
) -> pd.DataFrame:
    """Return the incidents in each area up to a day of a month, of every year, by month."""
    early = incidents[(incidents["date"].dt.month == month.month) & (incidents["date"].dt.day <= day)]
    return count_incidents(early, areas, per="month", assigned=assigned.reindex(early.index))


def find_charts(
    monthly: Mapping[str, pd.DataFrame],
    *,
    districts: pd.Series[Any] | None = None,
    partial: str | None = None,
    season: Season = "all",
    dispersion: float | None = None,
    flagged_by: Literal["q", "limits"] = "q",
    rebase: Sequence[str] = (),
    runs: int | None = None,
    starts: int = 1,
    earlier: Mapping[str, pd.DataFrame] | None = None,
    cut: LastDay | None = None,
) -> MonthCharts:
    """Return the charts of counts by month, as far as the months allow; what they do not allow is said, not raised.

    Parameters
    ----------
    monthly : mapping of str to DataFrame
        Incidents in each area by month, for each theme: all of the same areas and months. A month without a file has
        no column; one that some areas lack is missing there. Such areas have charts with a gap, and are not among all
        areas together. Where every area lacks one, only the months are charted that none lacks.
    districts : Series, optional
        The district of each area; blank where there is none.
    partial : str, optional
        A last month that looks incomplete: it is left out.
    season, dispersion, flagged_by, rebase, runs
        See `hotspots.unusual_months`; of areas and districts. The whole is held to its own mean a day (see
        `hotspots.laney_chart`) and, from 36 months on, to its own season.
    starts : int, default 1
        The month in which a year starts.
    earlier : mapping of str to DataFrame, optional
        Months before those charted, for the year so far alone.
    cut : LastDay, optional
        Where the last month ends, for the year so far alone: it counts up to that day, and so does the year before.

    Raises
    ------
    HotspotsError
        When an option is wrong.
    """
    notes: list[str] = []
    tables = {theme: whole_months(table, partial) for theme, table in monthly.items()}
    months = (
        pd.PeriodIndex(next(iter(tables.values())).columns, freq="M")
        if tables
        else pd.PeriodIndex([], freq="M")
    )
    if partial is not None and tables and len(months) < next(iter(monthly.values())).shape[1]:
        notes.append(
            f"{_named(partial)} looks incomplete: it has under half the usual rows, and is left out."
        )
    if not len(months):
        return MonthCharts(notes=(*notes, "No month is whole, so there is nothing to chart."))
    tables, lacking = _comparable(tables)
    months = pd.PeriodIndex(next(iter(tables.values())).columns, freq="M")
    if not len(months):
        return MonthCharts(
            notes=(*notes, "Every month is lacking in some area, so there is nothing to chart.")
        )
    notes += _gaps(months)
    for theme, gone in lacking.items():
        notes += _left_out(gone, districts, theme if tables[theme][gone].isna().all(axis=1).any() else "")
    if cut is not None and cut.month != next(iter(monthly.values())).columns[-1]:
        cut = None  # months without incidents follow it, which are said to be covered
    whole = {theme: table[~lacking[theme]].sum(axis=0).to_frame(ALL).T for theme, table in tables.items()}
    groups = None if districts is None else _by_district(tables, districts)
    asked: dict[str, Any] = {
        "season": season,
        "dispersion": dispersion,
        "flagged_by": flagged_by,
        "rebase": rebase,
        "runs": runs,
    }
    return MonthCharts(
        months[-1],
        _charts(tables, asked, notes, "areas"),
        None if groups is None else _charts(groups, asked, notes, "districts"),
        _whole(whole, rebase, runs, notes),
        _histories(tables, lacking, notes),
        _years_so_far(monthly if cut else tables, earlier, cut, districts, starts, notes),
        tuple(dict.fromkeys(notes)),
    )


def files_months(monthly: pd.DataFrame, incidents: pd.DataFrame, covers: str | None = None) -> pd.DataFrame:
    """Return counts by month without those months that no file holds, unless they are said to be covered.

    A month of the files without an incident of the theme is 0; one that no file holds is unknown, and has no column.
    """
    held = {pd.Period(month, freq="M").ordinal for month in incidents.attrs.get("months", ())}
    held |= {month.ordinal for month in incidents["month"].dropna().unique()}
    if (said := month_range(covers)) is not None:
        held |= set(range(said[0], said[1] + 1))
    there = [pd.Period(month, freq="M").ordinal in held for month in monthly.columns]
    return monthly.iloc[:, [place for place, known in enumerate(there) if known]]


def whole_months(table: pd.DataFrame, partial: str | None) -> pd.DataFrame:
    """Return counts by month without the last month, where that is the one that looks incomplete."""
    if partial is None or not table.shape[1] or table.columns[-1] != pd.Period(partial, freq="M"):
        return table
    return table.iloc[:, :-1]


def _comparable(
    tables: Mapping[str, pd.DataFrame],
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.Series[bool]]]:
    """Return the counts, and which areas lack a month, by theme; where all do, of the months that no area lacks."""
    held = dict(tables)
    if any(table.isna().any(axis=1).all() for table in tables.values()):
        blank = [table.isna().any(axis=0) for table in tables.values()]
        kept = ~pd.concat(blank, axis=1).any(axis=1)
        held = {theme: table.loc[:, kept] for theme, table in tables.items()}
    return held, {theme: table.isna().any(axis=1) for theme, table in held.items()}


def _left_out(lacking: pd.Series[bool], districts: pd.Series[Any] | None, theme: str) -> list[str]:
    """Return a sentence on the areas that are not among all areas together, of one theme where it is named."""
    if not lacking.any():
        return []
    names = [] if districts is None else sorted({str(name) for name in districts[lacking] if name})
    whose = f" of {list_words(names)}" if 0 < len(names) <= 6 else ""
    number, head = int(lacking.sum()), f"{theme}: " if theme else ""
    return [
        f"{head}{ALL} together are without {counted(number, 'area')}{whose}, which the files do not cover in every "
        f"month: "
        f"{'its' if number == 1 else 'their'} charts have a gap there, their other months are judged as any, and "
        "they have no history."
    ]


def _named(month: Any) -> str:
    return pd.Period(month, freq="M").strftime("%B %Y")


def _gaps(months: pd.PeriodIndex) -> list[str]:
    """Return a sentence on months that no file holds, between the first and the last."""
    every = pd.period_range(months[0], months[-1], freq="M")
    gone = [month for month in every if month not in months]
    if not gone:
        return []
    names = list_words([_named(month) for month in gone[:6]])
    more = f" and {len(gone) - 6} more" if len(gone) > 6 else ""
    return [f"No file holds {names}{more}: they are left out, not taken as months without incidents."]


def _by_district(
    tables: Mapping[str, pd.DataFrame], districts: pd.Series[Any]
) -> dict[str, pd.DataFrame] | None:
    """Return the counts of each district, in alphabetical order; None where there are not two."""
    named = districts.astype(object).where(districts.notna() & (districts.astype(str) != ""))
    if named.nunique() < 2:
        return None
    # Missing in a month that one of its areas lacks.
    return {
        theme: table.groupby(named.reindex(table.index)).sum(skipna=False) for theme, table in tables.items()
    }


def _charts(
    tables: Mapping[str, pd.DataFrame], asked: Mapping[str, Any], notes: list[str], what: str
) -> Charts | None:
    """Return charts beside all areas; None, and why, where there are too few months or areas."""
    try:
        return unusual_months(tables, **asked)
    except DataError as error:
        notes.append(f"There are no charts of {what}: {error.message}.")
        return None


def _whole(
    tables: Mapping[str, pd.DataFrame], rebase: Sequence[str], runs: int | None, notes: list[str]
) -> Charts | None:
    """Return charts of all areas together, by their own season where there are three years, else by days."""
    held = next(iter(tables.values())).shape[1]
    options: dict[str, Any] = {"flagged_by": "limits", "rebase": rebase, "runs": runs}
    try:
        if held >= OWN_SEASON and not rebase:
            return unusual_months(tables, season="own", **options)
        made = unusual_months(tables, chart="laney", **options)
    except DataError as error:
        notes.append(f"There is no chart of all areas together: {error.message}.")
        return None
    if held < OWN_SEASON:
        notes.append(
            f"All areas together are held to their mean a day, which knows no season: that takes {OWN_SEASON} months."
        )
    return made


def _histories(
    tables: Mapping[str, pd.DataFrame], lacking: Mapping[str, pd.Series[bool]], notes: list[str]
) -> dict[str, pd.DataFrame]:
    found = {}
    for theme, table in tables.items():
        try:
            gone = lacking[theme]
            held = histories(table[~gone])
            found[theme] = held.reindex(table.index) if gone.any() else held
            for code, row in table[gone].iterrows():
                months = [str(month) for month in row.index[row.isna()]]
                found[theme].loc[code, "hi_text"] = NOT_COVERED if row.isna().all() else lapse_words(months)
        except DataError as error:
            notes.append(f"No history has a shape: {error.message}.")
    return found


def _with_earlier(
    tables: Mapping[str, pd.DataFrame], earlier: Mapping[str, pd.DataFrame] | None
) -> dict[str, pd.DataFrame]:
    """Return counts with the months before those charted in front."""
    found = {}
    for theme, table in tables.items():
        first = None if earlier is None else earlier.get(theme)
        new = None if first is None else first.loc[:, [month < table.columns[0] for month in first.columns]]
        found[theme] = table if new is None else pd.concat([new, table], axis=1)
    return found


def _years_so_far(
    tables: Mapping[str, pd.DataFrame],
    earlier: Mapping[str, pd.DataFrame] | None,
    cut: LastDay | None,
    districts: pd.Series[Any] | None,
    starts: int,
    notes: list[str],
) -> pd.DataFrame:
    """Return the year so far of all areas together and of each district, by theme and place.

    Each is given the dispersion that its own months have, season and all: the square of Laney's σ_z.
    """
    months = _with_earlier(tables, earlier)
    rows: dict[tuple[str, str], pd.Series[Any]] = {}
    attrs: dict[Any, Any] = {}
    for theme, table in months.items():
        early, lacking = None, table.isna().any(axis=1)
        if cut is not None:
            held = pd.PeriodIndex(table.columns, freq="M")
            same = held[held.month == cut.month.month]
            early = _places(cut.counts[theme].reindex(columns=same, fill_value=0), districts, lacking)
        for place, row in _places(table, districts, lacking).groupby(level=0, sort=False):
            if row.isna().any(axis=None):
                continue  # its year so far lacks a month, or the years before do
            whole = row.iloc[0] if cut is None else row.iloc[0, :-1]
            ended: dict[str, Any] = (
                {} if early is None or cut is None else {"day": cut.day, "cut": early.loc[[place]]}
            )
            try:
                made = year_to_date(row, starts=starts, dispersion=_own_dispersion(whole), **ended)
            except DataError as error:
                notes.append(f"There is no year so far: {error.message}.")
                return pd.DataFrame()
            rows[theme, str(place)], attrs = made.iloc[0], made.attrs
    if not rows:
        return pd.DataFrame()
    found = pd.DataFrame(rows).T.rename_axis(["theme", "place"])
    found.attrs = {name: attrs[name] for name in ("months", "left", "until", "days", "projected_by")}
    found.attrs["cut"] = cut is not None
    return found


def _places(table: pd.DataFrame, districts: pd.Series[Any] | None, lacking: pd.Series[bool]) -> pd.DataFrame:
    """Return the counts of all areas together that have every month, and of each district where there are two."""
    whole = (table if lacking.all() else table[~lacking]).sum(axis=0, skipna=False).to_frame(ALL).T
    groups = None if districts is None else _by_district({"": table}, districts)
    return whole if groups is None else pd.concat([whole, groups[""]])


def _own_dispersion(counts: pd.Series[Any]) -> float | None:
    if len(counts) < FEWEST_MONTHS:
        return None
    return max(1.0, float(laney_chart(counts).attrs["sigma_z"]) ** 2)


def chart_columns(found: MonthCharts, theme: str) -> pd.DataFrame | None:
    """Return what a layer of areas says of the last month and of the history; None where nothing can be said."""
    parts = []
    if found.areas is not None and found.month is not None:
        table = found.areas.month()
        table = table[table["theme"] == theme].drop(columns="theme").reindex(found.areas.areas)
        phi = found.areas.dispersion[found.areas.themes.index(theme)]
        spread = np.sqrt(phi * table["expected"].to_numpy())
        away = table["n"].to_numpy() - table["expected"].to_numpy()
        with np.errstate(invalid="ignore", divide="ignore"):
            score = np.where(spread > 0, away / spread, 0.0)
        texts = [month_text(row, found.month) for row in table.to_dict("records")]
        parts.append(
            pd.DataFrame(
                {"un_flag": table["un_flag"], "un_score": score, "un_text": texts}, index=table.index
            )
        )
    if theme in found.histories:
        parts.append(found.histories[theme][["hi_shape", "hi_text", "tr_pct"]])
    return pd.concat(parts, axis=1) if parts else None


def month_text(row: Mapping[Any, Any], month: pd.Period) -> str:
    """Return the count of a month and what was expected: ``"14 in March 2025, 4 to 9 expected"``."""
    if pd.isna(row["n"]):
        return lapse_words([str(month)])
    return f"{row['n']:,.0f} in {month.strftime('%B %Y')}, {range_words(row)} expected"


def range_words(row: Mapping[Any, Any]) -> str:
    """Return the range of ordinary months in whole incidents: ``"4 to 9"``."""
    low, high = np.ceil(row["exp_lo"] - 1e-9) + 0.0, np.floor(row["exp_hi"] + 1e-9)
    return f"{low:,.0f} to {high:,.0f}"
