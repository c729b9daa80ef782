"""The incidents of a recipe's sources as one table, and the incidents of each theme in it.

Each source is read by itself, so that its columns, dates and repeats are its own; the months of all are checked
before any is counted. A source's name stands in the column `SOURCE`, each of its flags in a column of yes and no.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import union_categoricals

from hotspots.analysis.hours import band_of, clock_of
from hotspots.analysis.people import asks_of, kept_columns
from hotspots.analysis.recipe.months import check_months
from hotspots.analysis.recipe.tables import Incidents, Recipe, Theme
from hotspots.analysis.steps.counted import account
from hotspots.analysis.times.themes import clock_of_source
from hotspots.base.errors import DataError, HotspotsError
from hotspots.base.text import plain_text
from hotspots.incidents.columns import SETTINGS
from hotspots.incidents.doubts import warn_of
from hotspots.incidents.filters import category_mask, month_range, range_text
from hotspots.incidents.gate import row_numbers
from hotspots.incidents.quality import QualityReport, add_reports
from hotspots.incidents.reading import Reading, read_everything

log = logging.getLogger(__name__)

Mask = npt.NDArray[np.bool_]

SOURCE = "source"
"""The column with the name of an incident's source, where a recipe has several."""
_YES = frozenset({"y", "yes", "true", "1"})
_NO = frozenset({"n", "no", "false", "0", ""})


@dataclass(frozen=True, eq=False)
class Sources:
    """What was read of all sources.

    Attributes
    ----------
    incidents, before : DataFrame
        Those of the reporting period, and those of the comparison alone.
    quality : QualityReport
        The account of all rows.
    accounts : dict of str to QualityReport
        The account of each source by its name, where there are several.
    """

    incidents: pd.DataFrame
    before: pd.DataFrame
    quality: QualityReport
    accounts: dict[str, QualityReport]


def read_sources(recipe: Recipe) -> Sources:
    """Read the incidents of all sources of a recipe.

    Raises
    ------
    RecipeError
        When the files of a source lack months that are asked for.
    DataError
        When a flag holds something else than yes and no; and see `hotspots.read_incidents`.
    """
    readings = []
    for asked in recipe.incidents:
        with named(recipe, asked):
            readings.append(_read(recipe, asked))
    check_months(recipe, [reading.months for reading in readings])
    periods, several = recipe.periods, len(readings) > 1
    tables: list[tuple[pd.DataFrame, pd.DataFrame]] = []
    reports: dict[str, QualityReport] = {}
    for asked, reading in zip(recipe.incidents, readings, strict=True):
        if several:
            log.info("Incidents: %s", asked.name)
        with named(recipe, asked):
            for name in asked.flags:
                reading.everything[_flag(name)] = _yes_or_no(reading.everything[name], name)
            chosen = reading.choose(
                category=asked.category or None,
                exclude=asked.exclude or None,
                period=None if periods.report is None else range_text(periods.report),
                compared=[range_text(one) for one in periods.before],
            )
        warn_of(chosen.report, stacklevel=3)
        covered_too(chosen.incidents, asked)
        tables.append((chosen.incidents, chosen.before))
        reports[asked.name] = chosen.report
    if not several:
        return Sources(*tables[0], next(iter(reports.values())), {})
    starts = np.cumsum([0, *(report.rows_read for report in reports.values())]).tolist()
    incidents, before = (
        join_sources([pair[place] for pair in tables], list(reports), starts) for place in (0, 1)
    )
    return Sources(incidents, before, add_reports(reports, incidents), reports)


def covered_too(incidents: pd.DataFrame, asked: Incidents) -> None:
    """Let a table of a source know of the months that its files are said to cover."""
    covered = month_range(asked.covers)
    if covered is not None:
        said = {str(pd.Period(ordinal=month, freq="M")) for month in range(covered[0], covered[1] + 1)}
        incidents.attrs["months"] = sorted({*incidents.attrs["months"], *said})


@contextmanager
def named(recipe: Recipe, asked: Incidents) -> Iterator[None]:
    """Put the source's name before what is refused of it, where there are several."""
    try:
        yield
    except HotspotsError as error:
        if len(recipe.incidents) == 1:
            raise
        raise type(error)(f"{asked.name}: {error.message}", hint=error.hint) from error


def said_columns(asked: Incidents) -> dict[str, Any]:
    """Return what a recipe says of a source's columns, as whatever reads incidents takes it."""
    return {name: getattr(asked, name) for name in SETTINGS}


def _read(recipe: Recipe, asked: Incidents) -> Reading:
    timed = any(one.hours and recipe.source_of(one.incidents) is asked for one in recipe.theme)
    repeats = recipe.repeats
    return read_everything(
        [recipe.path(name) for name in asked.source],
        crs=recipe.crs,
        **said_columns(asked),
        keep=[
            *kept_columns(recipe, asked),
            *asked.flags,
            *([asked.time_column] if timed and asked.time_column else []),
        ],
        clock=clock_of_source(recipe, asked),
        identifiers=repeats.identifiers if repeats and asks_of(recipe, repeats.theme, asked) else (),
    )


def _flag(name: str) -> str:
    return f"flag {name}"


def _yes_or_no(values: pd.Series[Any], name: str) -> Mask:
    """Return which values of a column say yes; raise where one says neither yes nor no."""
    texts = values.astype(object).where(values.notna(), "").astype(str)
    plain = texts.map({text: plain_text(text).casefold() for text in texts.unique()})
    odd = ~plain.isin(_YES | _NO)
    if odd.any():
        raise DataError(
            f"the flag '{name}' holds '{texts[odd].iloc[0]}', which is neither yes nor no",
            hint="write Y, N, yes, no, true, false, 1, 0, or leave it blank for no; or count it as a category",
        )
    return plain.isin(_YES).to_numpy()


def join_sources(tables: Sequence[pd.DataFrame], names: Sequence[str], starts: Sequence[int]) -> pd.DataFrame:
    """Return tables one below the other, each row under a number of its own; blank where one has no such column."""
    shifted = []
    for table, name, start in zip(tables, names, starts, strict=False):
        own = table.assign(**{SOURCE: pd.Categorical([name] * len(table), categories=list(names))})
        own.index = own.index + int(start)
        own.attrs = {}
        shifted.append(own)
    index = pd.Index(np.concatenate([own.index for own in shifted]), dtype="int64")
    columns = list(dict.fromkeys(column for own in shifted for column in own.columns))
    made = pd.DataFrame({column: _column(shifted, column, index) for column in columns}, index=index)
    first = tables[0].attrs
    months = sorted({month for table in tables for month in table.attrs.get("months", [])})
    made.attrs = first | ({"months": months} if "months" in first else {})
    return made


def _column(tables: Sequence[pd.DataFrame], column: str, index: pd.Index[int]) -> pd.Series[Any]:
    like = next(table[column] for table in tables if column in table)
    # Another source's incidents have no yes of a flag that they do not have; any other column is blank.
    blank: dict[str, Any] = {"data": False} if like.dtype == bool else {}
    parts = [
        table[column] if column in table else pd.Series(**blank, index=table.index, dtype=like.dtype)
        for table in tables
    ]
    if isinstance(like.dtype, pd.CategoricalDtype):
        return pd.Series(union_categoricals([part.astype("category") for part in parts]), index=index)
    joined: pd.Series[Any] = pd.concat(parts)
    return joined


def account_each(read: Sources, assigned: pd.Series[Any], *, label: str) -> dict[str, QualityReport]:
    """Return the account of each source, its incidents divided into inside the areas and outside them.

    Raises
    ------
    DataError
        When no incident of a source lies in an area: it would be on no map, and 0 in every table.
    """
    accounts = {}
    for name, report in read.accounts.items():
        own = of_source(read.incidents, name)
        placed = assigned.loc[own.index]
        if not placed.notna().any():
            raise DataError(
                f"no incident of '{name}' lies in the areas '{label}'",
                hint='check that both are of the same place; with by = "code" each source needs area codes',
            )
        accounts[name] = account(report, own, placed)
        rows = row_numbers(own)
        log.info(
            "%s: %s of %s incidents lie in %s",
            name, f"{int(rows[placed.notna().to_numpy()].sum()):,}", f"{int(rows.sum()):,}", label,
        )  # fmt: skip
    return accounts


def of_source(incidents: pd.DataFrame, name: str | None) -> pd.DataFrame:
    """Return the incidents of one source; all where there is only one."""
    if name is None or SOURCE not in incidents:
        return incidents
    return _without_unused(incidents.loc[incidents[SOURCE] == name])


def of_sources(incidents: pd.DataFrame, names: Collection[str | None]) -> pd.DataFrame:
    """Return the incidents of some sources; all where there is only one, or none are named."""
    named = [name for name in names if name is not None]
    if not named or SOURCE not in incidents:
        return incidents
    return _without_unused(incidents.loc[incidents[SOURCE].isin(named)])


def sources_of(*tables: pd.DataFrame) -> pd.Series[Any] | None:
    """Return the source of each incident of one table or several, in the recipe's order; None where there is one."""
    held = [table[SOURCE] for table in tables if SOURCE in table]
    if not held:
        return None
    index = pd.Index(np.concatenate([one.index for one in held]), dtype="int64")
    return pd.Series(union_categoricals(held), index=index)


def of_theme(recipe: Recipe, theme: Theme, incidents: pd.DataFrame, *, before: bool = False) -> pd.DataFrame:
    """Return the incidents of a theme, in the same order and on the same index.

    Parameters
    ----------
    recipe, theme : Recipe, Theme
        What is asked for.
    incidents : DataFrame
        From `read_sources`.
    before : bool
        Whether they are those of the comparison alone, of which a theme need have none.

    Raises
    ------
    DataError
        When no incident of the reporting period is of the theme, or none that is has a time of day.
    """
    own = of_source(incidents, theme.incidents)
    if before:
        kept = _of_categories(own, theme)
    else:
        kept = (
            category_mask(own, theme.category or None, theme.exclude or None)
            if len(own)
            else np.zeros(0, bool)
        )
    if theme.flag is not None:
        kept = kept & own[_flag(theme.flag)].to_numpy(dtype=bool)
    if theme.hours is not None:
        kept = kept & _in_hours(recipe, theme, own, kept, before=before)
    if not before and not kept.any():
        raise DataError(
            f"no incident of the reporting period is of the theme '{theme.name}'",
            hint="leave the theme out, or loosen its 'category', 'exclude', 'flag' or 'hours'",
        )
    return _without_unused(own.loc[kept])


def _without_unused(incidents: pd.DataFrame) -> pd.DataFrame:
    kept = incidents.copy()
    for name in kept.columns:
        if isinstance(kept[name].dtype, pd.CategoricalDtype):
            kept[name] = kept[name].cat.remove_unused_categories()
    return kept


def _of_categories(incidents: pd.DataFrame, theme: Theme) -> Mask:
    """Return which incidents have a theme's categories; one that none has is no error here."""
    held = incidents["category"].astype("category")
    wanted, left = ({plain_text(name).casefold() for name in one} for one in (theme.category, theme.exclude))
    # No category, code -1, is the last.
    names = [*(str(name).casefold() for name in held.cat.categories), ""]
    passed = np.array([(not wanted or name in wanted) and name not in left for name in names])
    kept: Mask = passed[held.cat.codes.to_numpy()]
    return kept


def _in_hours(recipe: Recipe, theme: Theme, incidents: pd.DataFrame, kept: Mask, *, before: bool) -> Mask:
    """Return which incidents are in a theme's hours; those without a time are none of them, and are said."""
    column = recipe.source_of(theme.incidents).time_column
    texts, clock = clock_of(incidents[column])
    known = clock[0].notna().to_numpy()
    if not before and kept.any() and not (known & kept).any():
        raise DataError(
            f"the theme '{theme.name}' chooses hours, but '{column}' holds no time of day, such as "
            f"'{texts[kept].iloc[0]}'",
            hint="name a column of times such as 21:35 with 'time_column', or leave out 'hours'",
        )
    words, hours = band_of(str(theme.hours))
    log.info(
        "%s%s: %s, by '%s'; %s of %s incidents have no time and are left out",
        theme.name, ", comparison" if before else "", words, column,
        f"{int((kept & ~known).sum()):,}", f"{int(kept.sum()):,}",
    )  # fmt: skip
    return pd.to_numeric(clock[0]).isin(hours).to_numpy()


def rows_by_month(*read: pd.DataFrame) -> dict[str, int]:
    """Return how many rows of incidents there are of each month, ascending; those without a month are left out."""
    held = [one for one in read if len(one)]
    rows = pd.Series(np.concatenate([row_numbers(one) for one in held]))
    months = pd.concat([one["month"] for one in held], ignore_index=True)
    return {str(month): int(number) for month, number in rows.groupby(months).sum().items()}
