"""The report's section on months: what is unusual in the last one, the year so far, and how areas' months go."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd

from hotspots.analysis.charts import ALL, Charts, MonthCharts, range_words
from hotspots.analysis.results import Analysis
from hotspots.base.columns import format_value
from hotspots.export.document import Block, Grid, Legend, Paragraphs, Picture, Section, Table
from hotspots.export.picture.months import BAND, COLOURS, draw_months
from hotspots.export.picture.saving import picture_bytes
from hotspots.publish.report.plates import HALF, LETTERS, Kinds
from hotspots.publish.words.charts import (
    chart_names,
    charts_sentences,
    unusual_line,
    year_headings,
    year_title,
    year_words,
)
from hotspots.publish.words.names import plural, singular

LISTED = 12  # areas in the table of the last month, those that are unusual and the least likely of the others
DRAWN = 4  # areas whose months are drawn
HEIGHT = 1.35  # inches of a chart
_FEW_A_MONTH = (
    "Told by all months together. Where an area has under 10 incidents a month, a month or two more or less would "
    "move its step or trend: look at its months before anything is made of it."
)


def charts_section(analysis: Analysis, kinds: Kinds) -> Section | None:
    """Return what is unusual in the last month, in words, tables and small charts; None where none was asked for."""
    found = analysis.charts
    if found is None:
        return None
    names = chart_names(analysis.areas)
    if found.month is None:
        return Section("Unusual this month", [Paragraphs(list(found.notes))])
    title = f"Unusual in {found.month.strftime('%B %Y')}"
    blocks: list[Block] = [Paragraphs(charts_sentences(found, names))]
    if found.areas is not None:
        blocks += [_list(analysis, _counted(found.areas.month()), names), _meaning(analysis, found.areas)]
    blocks += _whole_grids(found, kinds)
    if found.areas is not None:
        blocks += _area_grid(found, found.areas, names, kinds)
    if len(found.years):
        blocks.append(_years(found.years))
    blocks += _histories(found, names, analysis.recipe.areas[0].label)
    return Section(title, blocks)


def _list(analysis: Analysis, table: pd.DataFrame, names: dict[Any, str]) -> Table:
    """Return the areas and themes of the last month, the least to be expected first."""
    area = singular(analysis.recipe.areas[0].label)
    rows = [
        [
            names[code],
            str(row["theme"]),
            f"{row['n']:,.0f}",
            range_words(dict(row)),
            format_value("un_p", row["un_p"]),
            "" if row["un_flag"] == "as expected" else str(row["un_flag"]),
        ]
        for code, row in table.head(LISTED).iterrows()
    ]
    return Table(
        f"The {min(LISTED, len(table))} months that were least to be expected, of {len(table):,}",
        [area[:1].upper() + area[1:], "Theme", "Incidents", "Expected", "p", "Unusual"],
        rows,
        numbers=frozenset({2, 3, 4}),
    )


def _counted(table: pd.DataFrame) -> pd.DataFrame:
    """Return the areas of a month that the files cover in it."""
    return table[table["n"].notna()]


def _meaning(analysis: Analysis, charts: Charts) -> Paragraphs:
    areas = plural(analysis.recipe.areas[0].label)
    season = {
        "all": f"the season of all {areas} together",
        "own": "its own season",
        "none": "its own mean a day",
    }[charts.season]
    rule = (
        f"Of so many {areas} and themes some lie outside their range every month by chance; unusual are only those "
        "that chance would not explain, so that of all that are called so at most 5 in 100 are expected to be chance."
        if charts.flagged_by == "q"
        else "Every month outside its range is called unusual, so that about 3 in 1,000 are by chance alone."
    )
    return Paragraphs(
        [
            f"An area is expected to follow {season}. The range holds 997 in 1,000 ordinary months, and allows for "
            f"counts that vary more than chance. {rule}"
        ],
        small=True,
    )


def _chart(table: pd.DataFrame, caption: str, kinds: Kinds) -> Picture:
    figure = draw_months(table, size=(HALF, HEIGHT), letters=LETTERS)
    marked = table[table["un_flag"] != "as expected"]
    said = [
        f"{month.strftime('%B %Y')} {flag}"
        for month, flag in zip(pd.PeriodIndex(marked.index), marked["un_flag"], strict=True)
    ]
    alt = f"{caption}, by month. {'; '.join(said) if said else 'No month is unusual'}."
    png = picture_bytes(figure, "png") if "png" in kinds else b""
    return Picture(picture_bytes(figure, "svg"), alt, caption, png)


def _legend() -> Legend:
    return Legend(
        "Incidents a month",
        [(BAND, "Ordinary months"), *((colour, flag.capitalize()) for flag, colour in COLOURS.items())],
    )


def _whole_grids(found: MonthCharts, kinds: Kinds) -> list[Block]:
    """Return the charts of all areas together, four to a grid."""
    if found.whole is None:
        return []
    charts = [_chart(found.whole.one(theme, ALL), theme or ALL, kinds) for theme in found.whole.themes]
    if len(charts) == 1:
        return [*charts]
    grids = -(-len(charts) // 4)
    ends = [round(len(charts) * place / grids) for place in range(grids + 1)]
    return [Grid(charts[start:end], f"{ALL} together, by month.", _legend()) for start, end in pairwise(ends)]


def _area_grid(found: MonthCharts, charts: Charts, names: dict[Any, str], kinds: Kinds) -> list[Block]:
    """Return the charts of the areas that are unusual or, where none is, of those least to be expected."""
    table = _counted(charts.month())
    marked = int((table["un_flag"] != "as expected").sum())
    shown = table.head(min(DRAWN, marked) if marked > 1 else DRAWN)
    pictures = [
        _chart(charts.one(str(row["theme"]), code), unusual_line(dict(row), names[code], found.month), kinds)
        for code, row in shown.iterrows()
    ]
    if len(pictures) < 2:
        return []
    words = "The areas that are unusual" if marked > 1 else "The months least to be expected"
    return [Grid(pictures, f"{words}, the least likely first.", _legend())]


def _years(years: pd.DataFrame) -> Table:
    whole = years[years.index.get_level_values("place") == ALL]
    so_far, projected = year_headings(years)
    beside = bool(whole["ytd_before"].notna().all())
    rows = []
    for row in whole.reset_index().to_dict("records"):
        cells = [str(row["theme"]) or "Incidents", f"{row['ytd']:,.0f}"]
        if beside:
            change = f"{row['ytd_pct']:+,.0f}% ({row['ytd_lo']:+,.0f}% to {row['ytd_hi']:+,.0f}%)"
            cells += [f"{row['ytd_before']:,.0f}", change]
        if projected:
            cells.append(f"{row['year_lo']:,.0f} to {row['year_hi']:,.0f}")
        rows.append(cells)
    headings = ["Theme", so_far]
    headings += (
        ["Same days before" if years.attrs["cut"] else "Same months before", "Change (95% limits)"]
        if beside
        else []
    )
    headings += [projected] if projected else []
    by = "by days, without a season"
    if years.attrs["projected_by"] != "days":
        by = "by the season of the years before"
    note = year_words(years) if beside else ""
    if projected:
        note += f" The whole year is projected {by}; its range holds if nothing changes but by chance."
    return Table(
        year_title(years), headings, rows, numbers=frozenset(range(1, len(headings))), note=note.strip()
    )


def _histories(found: MonthCharts, names: dict[Any, str], label: str) -> list[Block]:
    """Return the areas whose months were anything but steady, by theme."""
    rows = [
        [names[code], theme, str(row["hi_text"])]
        for theme, table in found.histories.items()
        for code, row in table.sort_values("hi_q", kind="stable").iterrows()
        if isinstance(row["hi_shape"], str) and row["hi_shape"] != "steady"
    ]
    if not found.histories:
        return []
    if not rows:
        known = [int(table["hi_shape"].notna().sum()) for table in found.histories.values()]
        whole = min(known) == len(next(iter(found.histories.values())))
        which = f"all {plural(label)}" if whole else f"those {plural(label)} of which it can be told"
        return [
            Paragraphs([f"Over the months charted the history of {which} was steady, beside that of all."])
        ]
    more = f", the first {LISTED} of {len(rows):,}" if len(rows) > LISTED else ""
    area = singular(label)
    return [
        Table(
            f"{label} whose months were not steady{more}",
            [area[:1].upper() + area[1:], "Theme", "History"],
            rows[:LISTED],
            prose=frozenset({2}),
            note=_FEW_A_MONTH,
        )
    ]


def charts_tables(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Return the tables of the charts by file name: the last month, every month, the year so far."""
    found = analysis.charts
    if found is None or found.areas is None or found.month is None:
        return {}
    names = chart_names(analysis.areas)
    months = found.areas.months
    every = {str(month): found.areas.month(month) for month in months}
    by_month = pd.concat(every, names=["month"]).reset_index(level="month").rename_axis("code")
    tables = {
        "unusual": _named(every[str(found.month)].rename_axis("code"), names),
        "months": _named(by_month, names),
    }
    if len(found.years):
        tables["year"] = found.years.reset_index().rename(columns={"place": "name"})
    return tables


def charts_sheets(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Return the sheets of the charts."""
    tables = charts_tables(analysis)
    titles = {"unusual": "Unusual this month"}
    if analysis.charts is not None and "year" in tables:
        titles["year"] = year_title(analysis.charts.years)
    return {title: tables[name] for name, title in titles.items() if name in tables}


def _named(table: pd.DataFrame, names: dict[Any, str]) -> pd.DataFrame:
    held = table.copy()
    held.insert(0, "name", [names[code] for code in held.index])
    return held
