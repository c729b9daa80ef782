"""Counts that are to be published beside an earlier edition, and what more of them is hidden for it."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hotspots.analysis.audit.beside import hidden_beside
from hotspots.analysis.audit.claims import Claim
from hotspots.analysis.audit.context import Context, Theme, period_key
from hotspots.analysis.audit.links import Cell
from hotspots.analysis.audit.shown import ALL, theme_key
from hotspots.analysis.charts import ALL as EVERYWHERE
from hotspots.analysis.profile import FORCE
from hotspots.analysis.public.months import Months
from hotspots.analysis.public.shown import Name, Shown
from hotspots.analysis.results import Analysis, ThemeResult

log = logging.getLogger(__name__)

_MONTH = "month"
"""How the name of a month of single areas begins, which no table of its own shows."""


@dataclass(frozen=True, eq=False)
class _Counts:
    """Counts of one table: what they are called, of which theme and months, by area as an audit names them."""

    name: Name
    theme: str
    months: frozenset[str]
    areas: list[str]
    shown: pd.Series[Any]

    @property
    def cells(self) -> list[Cell]:
        """What an audit calls each of them."""
        return [(self.theme, area, period_key(self.months)) for area in self.areas]


def hide_since(
    analysis: Analysis, shown: Shown, months: Months, earlier: str | os.PathLike[str]
) -> tuple[Shown, Months, str]:
    """Return how counts are shown where more are hidden, so that beside an earlier edition they give nothing back.

    Parameters
    ----------
    analysis : Analysis
        With exact figures.
    shown, months : Shown, Months
        How counts would be shown if there were no earlier edition.
    earlier : path
        The folder of that edition.

    Returns
    -------
    (Shown, Months, str)
        And a sentence on how many more are hidden.
    """
    counts = list(_counts(analysis, shown, months))
    claims = [
        Claim(
            "this edition",
            "",
            "n",
            one.theme,
            period_key(one.months),
            pd.Index(one.areas),
            values,
            values,
            True,
        )
        for one in counts
        for values in (one.shown.to_numpy(dtype=float, na_value=np.nan),)
    ]
    dark = hidden_beside(earlier, claims, _context(analysis), rules=shown.profile)
    seen = {cell for one in counts for cell, there in zip(one.cells, one.shown.notna(), strict=True) if there}
    sentence = (
        f"Of {len(seen):,} counts that could be shown {len(dark & seen):,} are hidden because of what the earlier "
        "edition shows."
    )
    return *_hidden(shown, months, counts, dark), sentence


def _hidden(
    shown: Shown, months: Months, counts: list[_Counts], dark: Collection[Cell]
) -> tuple[Shown, Months]:
    """Return how counts are shown where these are hidden as well."""
    hidden = dict(shown.hidden)
    monthly = {key: table.astype(float) for key, table in months.counts.items()}
    for one in counts:
        also = pd.Series([cell in dark for cell in one.cells], index=one.shown.index)
        if not also.any():
            continue
        if one.name[0] == _MONTH:
            theme, month = one.name[1:]
            column = next(name for name in monthly[theme] if str(name) == month)
            monthly[theme][column] = monthly[theme][column].mask(also)
        else:
            held = hidden.get(one.name, pd.Series(dtype=bool))
            index = held.index.union(also.index)
            hidden[one.name] = also.reindex(index, fill_value=False) | held.reindex(index, fill_value=False)
    return replace(shown, hidden=hidden), replace(months, counts=monthly)


def _context(analysis: Analysis) -> Context:
    """Return what an audit of the new folder would read in its record."""
    held = analysis.comparison
    return Context(
        months=_texts(analysis.calendar),
        before=frozenset() if held is None else _texts(held.before),
        after=frozenset() if held is None else _texts(held.after),
        themes={
            theme_key(theme.name): Theme(frozenset(theme.theme.category), frozenset(theme.theme.exclude))
            for theme in analysis.themes
        },
        rules=None,
    )


def _texts(months: Collection[Any]) -> frozenset[str]:
    return frozenset(map(str, months))


def _counts(analysis: Analysis, shown: Shown, months: Months) -> Iterator[_Counts]:
    """Yield every table of counts of areas as it would be shown, under each name that it has."""
    whole = _texts(analysis.calendar)
    for theme in analysis.themes:
        key = theme_key(theme.name)
        for layer in theme.layers:
            if layer.key in shown.layers:
                counts = shown.counts((theme.key, layer.key), layer.table["n"])
                yield _Counts(
                    (theme.key, layer.key),
                    key,
                    whole,
                    list(map(str, counts.index)),
                    counts,
                )
        total = pd.Series([theme.n], index=["all"])
        yield _Counts(
            (theme.key, "all"),
            key,
            whole,
            [ALL],
            shown.counts((theme.key, "all"), total),
        )
        yield from _of_change(analysis, theme, shown)
        for month, column in months.counts.get(theme.key, pd.DataFrame()).items():
            areas = list(map(str, column.index))
            yield _Counts(
                (_MONTH, theme.key, str(month)),
                key,
                frozenset({str(month)}),
                areas,
                column,
            )
        yield from _of_all(analysis, theme, shown, key)
    yield from _of_profile(analysis, shown, whole)


def _of_change(analysis: Analysis, theme: ThemeResult, shown: Shown) -> Iterator[_Counts]:
    """Yield the counts of the periods compared, of areas, districts and all together."""
    held, comparison = theme.change, analysis.comparison
    if held is None or comparison is None:
        return
    key = theme_key(theme.name)
    own = tuple(comparison.after) == tuple(analysis.calendar)
    for column, period, at in (
        ("n_before", comparison.before, -2),
        ("n_after", comparison.after, -1),
    ):
        named = () if own and at == -1 else tuple(map(str, period))
        tables = {
            theme.layers[0].key: held.areas[column],
            "all": pd.Series([held.counts[at]], index=["all"]),
        }
        if held.districts is not None:
            tables["districts"] = held.districts[column]
        for what, exact in tables.items():
            areas = [
                ALL if what == "all" else f"district {name}" if what == "districts" else str(name)
                for name in exact.index
            ]
            name = (theme.key, what, *named)
            yield _Counts(name, key, _texts(period), areas, shown.counts(name, exact))


def _of_all(analysis: Analysis, theme: ThemeResult, shown: Shown, key: str) -> Iterator[_Counts]:
    """Yield the months of all areas together that charts show."""
    held = analysis.charts
    if held is None or held.whole is None or theme.name not in held.whole.themes:
        return
    name = ("months", theme.name)
    exact = pd.Series(held.whole.one(theme.name, EVERYWHERE)["n"].to_numpy(), index=held.whole.months)
    for month, count in shown.counts(name, exact).items():
        one = pd.Series([count], index=[month])
        yield _Counts(name, key, frozenset({str(month)}), [ALL], one)


def _of_profile(analysis: Analysis, shown: Shown, whole: frozenset[str]) -> Iterator[_Counts]:
    """Yield the counts of partnerships by offence and period."""
    held, comparison = analysis.profile, analysis.comparison
    if held is None:
        return
    columns = {"n": ("n", whole)}
    if "n_before" in held.districts and comparison is not None:
        columns |= {
            "before": ("n_before", _texts(comparison.before)),
            "after": ("n_after", _texts(comparison.after)),
        }
    for what, (column, months) in columns.items():
        for offence in held.offences:
            exact = held.districts[column].xs(offence, level="offence").astype(float)
            exact.loc[FORCE] = held.force[column][offence]
            name = ("profile", what, offence)
            areas = [ALL if one == FORCE else f"district {one}" for one in exact.index]
            yield _Counts(
                name,
                theme_key(offence),
                months,
                areas,
                shown.counts(name, exact.round()),
            )
