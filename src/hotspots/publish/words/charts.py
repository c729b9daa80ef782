"""What charts of months say in words: the whole, the year so far, and what is unusual in the last month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from hotspots.analysis.charts import ALL, Charts, MonthCharts, month_text
from hotspots.base.text import area_name

LISTED = 20
EARLIER = 5


def chart_names(areas: pd.DataFrame) -> dict[Any, str]:
    """Return each area's name with its district, by code."""
    districts = areas["district"].astype(str) if "district" in areas else pd.Series("", index=areas.index)
    return {
        code: area_name(str(name), str(district))
        for code, name, district in zip(areas.index, areas["name"], districts, strict=True)
    }


def charts_sentences(found: MonthCharts, names: Mapping[Any, str], *, listed: int = LISTED) -> list[str]:
    """Return the last month in sentences: all areas together, districts, the areas that are unusual, and the notes."""
    said = []
    if found.whole is not None:
        said += whole_sentences(found)
    if found.districts is not None:
        said += _unusual(found, "districts", {}, listed)
    if found.areas is not None:
        said += _unusual(found, "areas", names, listed)
    return said + list(found.notes)


def whole_sentences(found: MonthCharts) -> list[str]:
    """Return what is unusual in all areas together."""
    if found.whole is None or found.month is None:
        return []
    table = found.whole.month()
    high = table[table["un_flag"] != "as expected"]
    if high.empty:
        return [f"{ALL}: no theme is outside its range of ordinary months in {_month(found.month)}."]
    return [
        f"{ALL}: {row['theme'] or 'incidents'}: {month_text(row, found.month)}."
        for row in high.to_dict("records")
    ]


def _unusual(found: MonthCharts, kind: str, names: Mapping[Any, str], listed: int) -> list[str]:
    charts = getattr(found, kind)
    table = charts.month()
    marked = table[table["un_flag"] != "as expected"]
    said = [
        unusual_line(row, names.get(code, str(code)), found.month) + "." for code, row in marked.iterrows()
    ]
    looked = (
        f"{len(charts.areas):,} {kind} in {len(charts.themes)} theme{'' if len(charts.themes) == 1 else 's'}"
    )
    promise = (
        "of those called so, at most 5 in 100 are expected to be chance"
        if charts.flagged_by == "q"
        else f"by chance alone about {0.0027 * len(table):,.1f} would be"
    )
    count = f"{len(marked):,} {'is' if len(marked) == 1 else 'are'}" if len(marked) else "none is"
    head = f"Of {looked}, {count} unusual in {_month(found.month)}: {promise}."
    more = [f"And {len(said) - listed:,} more."] if len(said) > listed else []
    return [head, *said[:listed], *more, *_earlier(charts, names, found.month)]


def _earlier(charts: Charts, names: Mapping[Any, str], month: pd.Period | None) -> list[str]:
    """Return what was unusual in the months before, the latest first."""
    table = charts.unusual()
    table = table[table["month"] != month]
    if table.empty:
        return []
    lines = [
        unusual_line(row, names.get(row["code"], str(row["code"])), row["month"])
        for row in table.to_dict("records")
    ]
    more = f"; and {len(lines) - EARLIER:,} more" if len(lines) > EARLIER else ""
    return [f"In the months before: {'; '.join(lines[:EARLIER])}{more}."]


def unusual_line(row: Mapping[Any, Any], name: str, month: pd.Period | None) -> str:
    """Return one line of the list: ``"Burglary in Castle (Stafford): 14 in March 2025, 4 to 9 expected"``."""
    assert month is not None  # noqa: S101 - a chart has a month
    theme = row["theme"] or "Incidents"
    return f"{theme} in {name}: {month_text(row, month)}"


def year_sentence(row: Mapping[Any, Any], years: pd.DataFrame) -> str:
    """Return the year so far in words, beside which days or months, and where it leads."""
    months, until = years.attrs["months"], years.attrs["until"]
    if years.attrs["cut"]:
        first = months[0].start_time
        said = f"{row['ytd']:,.0f} incidents from {first.day} {first:%B %Y} to {until.day} {until:%B %Y}"
        same = "from the same day to the same day"
    else:
        span = _month(months[0]) if len(months) == 1 else f"{_month(months[0])} to {_month(months[-1])}"
        said, same = f"{row['ytd']:,.0f} incidents in {span}", "in the same months, all whole,"
    if pd.notna(row["ytd_before"]):
        said += f", {row['ytd_before']:,.0f} {same} a year before{_leap_words(years)}"
    if pd.notna(row["ytd_pct"]) and row["ytd_before"] >= 10:
        said += f" ({row['ytd_pct']:+,.0f}%, limits {row['ytd_lo']:+,.0f}% to {row['ytd_hi']:+,.0f}%)"
    if years.attrs["left"]:
        by = "" if years.attrs["projected_by"] == "days" else ", by the season of the years before"
        said += f"; if it goes on so, {row['year_lo']:,.0f} to {row['year_hi']:,.0f} in the whole year{by}"
    return said + "."


def _leap_words(years: pd.DataFrame) -> str:
    """Return that one of the two years has a day more, where one has a 29 February."""
    now, before = years.attrs["days"]
    if now == before:
        return ""
    return ", which had a 29 February besides" if before > now else ", which had no 29 February"


def year_words(years: pd.DataFrame) -> str:
    """Return what the year so far is compared with: days where incidents have dates, or else whole months."""
    until = years.attrs["until"]
    leap = _leap_words(years).replace(", which", " The year before")
    said = "Whole months are compared with whole months."
    if years.attrs["cut"]:
        said = f"Both years count up to {until.day} {until:%B}, the last day that the files have."
    return f"{said}{leap}." if leap else said


def year_title(years: pd.DataFrame) -> str:
    """Return what the year's table and sentence are called: it is no longer "so far" at its end."""
    return "The year so far" if years.attrs["left"] else "The year"


def year_headings(years: pd.DataFrame) -> tuple[str, str]:
    """Return what the year so far and the whole year are called at the head of a table; the latter empty at its end."""
    months = years.attrs["months"]
    span = months[0].strftime("%b %Y")
    if len(months) > 1:
        first = "%b" if months[0].year == months[-1].year else "%b %Y"
        span = f"{months[0].strftime(first)} to {months[-1].strftime('%b %Y')}"
    if years.attrs["cut"]:
        until = years.attrs["until"]
        span = f"1 {months[0].strftime('%b' if months[0].year == until.year else '%b %Y')} to {until.day} {until:%b %Y}"
    return span, "Whole year, 95% range" if years.attrs["left"] else ""


def _month(month: pd.Period | None) -> str:
    return "" if month is None else month.strftime("%B %Y")
