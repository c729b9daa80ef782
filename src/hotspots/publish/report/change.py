"""The report's section on change: between the recipe's two periods, else since the year before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from hotspots.analysis.run import Analysis, ThemeResult
from hotspots.analysis.steps import period_months
from hotspots.export.pages.report import Block, Paragraphs, Part, Section, Table
from hotspots.incidents.filters import month_range
from hotspots.methods.change import change
from hotspots.publish.names import plural

SHOWN = 12  # areas with a clear change in a theme's table, the largest changes first


@dataclass(frozen=True)
class Compared:
    """Years of the same months, the latest last; the last two are compared.

    Attributes
    ----------
    years : tuple of tuple of Period
        The months of each year, all of them in the data. A year need not begin in January.
    """

    years: tuple[tuple[pd.Period, ...], ...]

    @property
    def before(self) -> tuple[pd.Period, ...]:
        """The months of the year before the latest."""
        return self.years[-2]

    @property
    def after(self) -> tuple[pd.Period, ...]:
        """The months of the latest year."""
        return self.years[-1]

    @property
    def words(self) -> str:
        """The months in words, such as ``"January to December"``."""
        first, last = self.after[0], self.after[-1]
        if len(self.after) == 1:
            return str(first.strftime("%B"))
        if last.ordinal - first.ordinal + 1 == len(self.after):
            return f"{first.strftime('%B')} to {last.strftime('%B')}"
        return ", ".join(month.strftime("%B") for month in self.after)

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of each year: ``"2025"``, or ``"2024/25"`` where it begins in one and ends in the next."""
        return tuple(
            str(months[0].year)
            if months[0].year == months[-1].year
            else f"{months[0].year}/{months[-1].year % 100:02d}"
            for months in self.years
        )


def compared_months(analysis: Analysis) -> Compared | None:
    """Return the latest year's months with those of the years before, or None where there is no such year.

    The latest year is the twelve months up to the last one, where the data have the same months of the year
    before; else the calendar year so far.
    """
    monthly = [result.monthly for result in analysis.counted_themes]
    if any(table is None for table in monthly) or monthly[0] is None:
        return None
    months: list[Any] = list(monthly[0].columns)
    there, last = set(months), months[-1]
    for latest in (
        [month for month in months if month > last - 12],
        [month for month in months if month.year == last.year],
    ):
        span = (last.ordinal - months[0].ordinal) // 12
        years = [tuple(month - 12 * back for month in latest) for back in range(span, -1, -1)]
        whole = tuple(year for year in years if there.issuperset(year))
        if len(whole) > 1 and there.issuperset(month - 12 for month in latest):
            return Compared(whole)
    return None


def total_change(result: ThemeResult, compared: Compared) -> dict[str, Any]:
    """Return the change of a theme over all areas together; the columns of `hotspots.change`."""
    assert result.monthly is not None  # noqa: S101 - there are months to compare; this tells the type checker
    counts = [
        pd.Series([int(result.monthly[list(part)].to_numpy().sum())])
        for part in (compared.before, compared.after)
    ]
    months = len(compared.after)
    found = change(*counts, months_before=months, months_after=months).iloc[0]
    return {str(name): value for name, value in found.items()}


def change_section(analysis: Analysis) -> Section | None:
    """Return the change between the recipe's two periods or, where it has none, since the year before.

    None where there is nothing to compare.
    """
    label = analysis.recipe.areas[0].label
    asked = analysis.recipe.change
    if asked is not None:
        before, after = period_words(asked.before), period_words(asked.after)
        parts = [
            _areas_part(analysis, result.theme.name, result.layers[label], (before, after))
            for result in analysis.counted_themes
        ]
        blocks: list[Block] = [_by_period(analysis, before, after), _caveat(analysis)]
        return Section(f"Change from {before} to {after}", blocks, parts)
    compared = compared_months(analysis)
    if compared is None:
        return None
    first, second = (f"{compared.words} {name}" for name in compared.labels[-2:])
    parts = [
        _areas_part(analysis, result.theme.name, _since_year_before(result, compared), (first, second))
        for result in analysis.counted_themes
    ]
    return Section("Change since the year before", [_by_year(analysis, compared), _caveat(analysis)], parts)


def period_words(period: str) -> str:
    """Return a range of months in words.

    Examples
    --------
    >>> period_words("2025-01..2025-06"), period_words("2024-07..2025-06"), period_words("2025-07")
    ('January to June 2025', 'July 2024 to June 2025', 'July 2025')
    """
    begins, ends = _ends(period)
    if begins == ends:
        return str(ends.strftime("%B %Y"))
    return f"{begins.strftime('%B' if begins.year == ends.year else '%B %Y')} to {ends.strftime('%B %Y')}"


def _by_period(analysis: Analysis, before: str, after: str) -> Table:
    """Return the change of each theme over all areas together, between the recipe's two periods."""
    asked = analysis.recipe.change
    assert asked is not None  # noqa: S101 - the caller checked; this tells the type checker
    months = period_months(asked.before), period_months(asked.after)
    rows = []
    for result in analysis.counted_themes:
        layer = result.layers[analysis.recipe.areas[0].label]
        counts = [pd.Series([int(layer[name].sum())]) for name in ("n_before", "n_after")]
        found = change(*counts, months_before=months[0], months_after=months[1]).iloc[0]
        told = [f"{int(found[name]):,}" for name in ("n_before", "n_after")]
        rows.append([result.theme.name, *told, str(found["ch_text"]).split(" (")[0], _limits(found)])
    headings = ["Theme", before, after, "Change", "95% limits of the change"]
    notes = []
    if months[0] != months[1]:
        notes.append("The periods differ in length; the change is that of rates a year.")
    if _calendar_months(asked.before) != _calendar_months(asked.after):
        notes.append("They are not the same months of the year, so the seasons are in the change.")
    caption = "Incidents inside the areas in the two periods"
    return Table(caption, headings, rows, numbers=frozenset({1, 2, 3, 4}), note=" ".join(notes))


def _calendar_months(period: str) -> set[int]:
    first, last = _ends(period)
    return {month.month for month in pd.period_range(first, last, freq="M")}


def _ends(period: str) -> tuple[pd.Period, pd.Period]:
    first, last = month_range(period) or (0, 0)
    return pd.Period(ordinal=first, freq="M"), pd.Period(ordinal=last, freq="M")


def _since_year_before(result: ThemeResult, compared: Compared) -> pd.DataFrame:
    """Return the change of each area from the year before to the latest; the columns of `hotspots.change`."""
    assert result.monthly is not None  # noqa: S101 - there are months to compare; this tells the type checker
    months = len(compared.after)
    return change(
        result.monthly[list(compared.before)].sum(axis=1),
        result.monthly[list(compared.after)].sum(axis=1),
        months_before=months,
        months_after=months,
    )


def _by_year(analysis: Analysis, compared: Compared) -> Table:
    rows = []
    for result in analysis.counted_themes:
        assert result.monthly is not None  # noqa: S101 - as above
        counts = [int(result.monthly[list(year)].to_numpy().sum()) for year in compared.years]
        found = total_change(result, compared)
        words = [found["ch_text"].split(" (")[0], _limits(found)]
        rows.append([result.theme.name, *(f"{count:,}" for count in counts), *words])
    labels = compared.labels
    headings = ["Theme", *labels, f"Change, {labels[-2]} to {labels[-1]}", "95% limits of the change"]
    caption = f"Incidents inside the areas in {compared.words} of each year"
    return Table(caption, headings, rows, numbers=frozenset(range(1, len(headings))))


def _caveat(analysis: Analysis) -> Paragraphs:
    texts = [
        "'Up' and 'down' are said only where chance alone would not explain the change: the 95% limits of the "
        "ratio of the two counts (exact for Poisson counts) leave out 1. They know nothing of changes in "
        "recording. Of many areas in which nothing changed, up to one in twenty would be called up or down "
        "all the same."
    ]
    partial = analysis.quality.partial_month
    if partial is not None:
        texts.append(f"The last month, {partial}, looks incomplete; where it is, the change is understated.")
    return Paragraphs(texts, small=True)


def _areas_part(analysis: Analysis, theme: str, found: pd.DataFrame, periods: tuple[str, str]) -> Part:
    label = analysis.recipe.areas[0].label
    flags = found["ch_flag"].astype(str)
    up, down = int((flags == "up").sum()), int((flags == "down").sum())
    sentence = (
        f"Of {len(found):,} {plural(label)}, {up:,} went up and {down:,} went down; "
        "in the others chance alone could explain the change."
    )
    clear = found[flags.isin(["up", "down"])]
    order = clear["ch_diff"].abs().sort_values(ascending=False, kind="stable").index
    blocks: list[Block] = [Paragraphs([sentence])]
    if len(clear):
        blocks.append(_areas_table(analysis, clear.loc[order[:SHOWN]], periods, len(clear)))
    return Part(theme, blocks)


def _areas_table(analysis: Analysis, clear: pd.DataFrame, periods: tuple[str, str], count: int) -> Table:
    label = analysis.recipe.areas[0].label
    names = analysis.outline["name"].astype(str)
    district = analysis.outline["district"].astype(str)
    known = bool((district != "").any())
    rows = [
        [
            names[code],
            *([district[code]] if known else []),
            f"{int(row['n_before']):,}",
            f"{int(row['n_after']):,}",
            row["ch_text"].split(" (")[0],
            _limits(row),
        ]
        for code, row in clear.iterrows()
    ]
    headings = ["Name", *(["Partnership area"] if known else []), *periods, "Change", "95% limits"]
    first = len(headings) - 4
    which = f", the {SHOWN} largest of {count:,}" if count > SHOWN else ""
    return Table(
        f"{label} with a clear change{which}", headings, rows, numbers=frozenset(range(first, len(headings)))
    )


def _limits(row: Any) -> str:
    """Return the limits of a change in percent; nothing where one of them is infinite."""
    low, high = row["ch_lo"], row["ch_hi"]
    if pd.isna(low) or pd.isna(high):
        return ""
    return f"{_signed(low)} to {_signed(high)}"


def _signed(ratio: float) -> str:
    return f"{100 * (ratio - 1):+,.0f}%".replace("-", "\u2212")
