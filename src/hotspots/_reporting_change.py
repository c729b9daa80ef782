"""The report's section on change: the latest year against the same months of the year before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from hotspots._reporting_names import plural
from hotspots.analysis import Analysis, ThemeResult
from hotspots.export.report import Block, Paragraphs, Part, Section, Table
from hotspots.methods.change import change

SHOWN = 12  # areas with a clear change in a theme's table, the largest changes first


@dataclass(frozen=True)
class Compared:
    """The months that are compared, and every year that has them all.

    Attributes
    ----------
    before, after : tuple of Period
        The same months of two years that follow one another.
    years : tuple of int
        All years in the data with those months, the earliest first.
    words : str
        The months in words, such as ``"January to December"``.
    """

    before: tuple[pd.Period, ...]
    after: tuple[pd.Period, ...]
    years: tuple[int, ...]
    words: str

    @property
    def span(self) -> str:
        """Both periods in words."""
        return f"{self.words} {self.before[0].year} and {self.after[0].year}"


def compared_months(analysis: Analysis) -> Compared | None:
    """Return the latest year's months with those of the year before, or None where the data lack one of them."""
    monthly = [result.monthly for result in analysis.themes]
    if any(table is None for table in monthly) or monthly[0] is None:
        return None
    months: list[Any] = list(monthly[0].columns)
    latest = months[-1].year
    after = tuple(month for month in months if month.year == latest)
    before = tuple(month - 12 for month in after)
    there = set(months)
    if not set(before) <= there:
        return None
    years = sorted({month.year for month in months})
    whole = tuple(year for year in years if all(month - 12 * (latest - year) in there for month in after))
    return Compared(before, after, whole, _words(after))


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
    """Return the section, or None where there is nothing to compare."""
    compared = compared_months(analysis)
    if compared is None:
        return None
    parts = [_areas_part(analysis, result, compared) for result in analysis.themes]
    return Section("Change since the year before", [_by_year(analysis, compared), _caveat()], parts)


def _by_year(analysis: Analysis, compared: Compared) -> Table:
    rows = []
    for result in analysis.themes:
        assert result.monthly is not None  # noqa: S101 - as above
        latest = compared.after[0].year
        counts = [
            int(result.monthly[[month - 12 * (latest - year) for month in compared.after]].to_numpy().sum())
            for year in compared.years
        ]
        found = total_change(result, compared)
        words = [found["ch_text"].split(" (")[0], _limits(found)]
        rows.append([result.theme.name, *(f"{count:,}" for count in counts), *words])
    headings = [
        "Theme",
        *(str(year) for year in compared.years),
        f"Change, {compared.before[0].year} to {compared.after[0].year}",
        "95% limits of the change",
    ]
    caption = f"Incidents inside the areas in {compared.words} of each year"
    return Table(caption, headings, rows, numbers=frozenset(range(1, len(headings))))


def _caveat() -> Paragraphs:
    return Paragraphs(
        [
            "'Up' and 'down' are said only where chance alone would not explain the change: the 95% limits of the "
            "ratio of the two counts (exact for Poisson counts) leave out 1. They know nothing of changes in "
            "recording. Of many areas in which nothing changed, up to one in twenty would be called up or down "
            "all the same."
        ],
        small=True,
    )


def _areas_part(analysis: Analysis, result: ThemeResult, compared: Compared) -> Part:
    assert result.monthly is not None  # noqa: S101 - as above
    label = analysis.recipe.areas[0].label
    months = len(compared.after)
    found = change(
        result.monthly[list(compared.before)].sum(axis=1),
        result.monthly[list(compared.after)].sum(axis=1),
        months_before=months,
        months_after=months,
    )
    flags = found["ch_flag"].astype(str)
    up, down = int((flags == "up").sum()), int((flags == "down").sum())
    sentence = (
        f"Of {len(found):,} {plural(label)}, {up:,} went up and {down:,} went down; "
        "in the others chance alone could explain the change."
    )
    clear = found[flags.isin(["up", "down"])]
    order = (clear["n_after"] - clear["n_before"]).abs().sort_values(ascending=False, kind="stable").index
    blocks: list[Block] = [Paragraphs([sentence])]
    if len(clear):
        blocks.append(_areas_table(analysis, clear.loc[order[:SHOWN]], compared, label, len(clear)))
    return Part(result.theme.name, blocks)


def _areas_table(
    analysis: Analysis, clear: pd.DataFrame, compared: Compared, label: str, count: int
) -> Table:
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
    years = [f"{compared.words} {part[0].year}" for part in (compared.before, compared.after)]
    headings = ["Name", *(["Partnership area"] if known else []), *years, "Change", "95% limits"]
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


def _words(months: tuple[pd.Period, ...]) -> str:
    first, last = months[0], months[-1]
    if len(months) == 1:
        return str(first.strftime("%B"))
    if last.month - first.month + 1 == len(months):
        return f"{first.strftime('%B')} to {last.strftime('%B')}"
    return ", ".join(month.strftime("%B") for month in months)
