"""What an audit found protected, folded into a row for each theme and kind of area, in the words of the recipe."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from hotspots.base.months import span_words
from hotspots.base.text import counted, list_words

_KINDS = {
    "all areas": "All areas together",
    "districts": "Districts",
    "bands": "People and times",
    "rest": "What finer areas leave of a coarser one",
    "": "Other areas",
}
_ORDER = ("all areas", "districts")
_LAST = ("bands", "rest", "")
_NAMED = 40  # areas that are named one by one


def protected_rows(
    cells: pd.DataFrame, names: Mapping[str, str]
) -> list[tuple[str, str, str, str, str, str]]:
    """Return a row for each theme and kind of area of which a count may be small, over all periods at once.

    Parameters
    ----------
    cells : DataFrame
        As `hotspots.analysis.audit.audit.Audit.cells`.
    names : mapping of str to str
        What the recipe calls themes and layers, by key, in its order; others are called by their keys as words.

    Returns
    -------
    list of tuple
        Theme, kind of area, number of periods, of counts and of those that may be small, and the fewest values that
        one of these may have.
    """
    rows = []
    order = {key: place for place, key in enumerate(names)}
    held = cells.assign(
        one=[order.get(theme, len(order)) for theme in cells["theme"]],
        two=[_turn(level, order) for level in cells["level"]],
    )
    for (_, theme, _, level), part in held.groupby(["one", "theme", "two", "level"], sort=True):
        small = part[part["state"] == "protected"]
        if small.empty:
            continue
        widths = small["high"] - small["low"] + 1
        finite = widths[np.isfinite(widths)]
        rows.append(
            (
                name_words(str(theme), names),
                _KINDS.get(str(level)) or name_words(str(level), names),
                f"{small['period'].nunique():,}",
                f"{len(part):,}",
                f"{len(small):,}",
                f"{finite.min():,.0f}" if len(finite) else "no limit",
            )
        )
    return rows


def withheld_rows(areas: pd.DataFrame, names: Mapping[str, str]) -> list[tuple[str, str, str, str, str]]:
    """Return a row for all areas of a layer of which the files lack the same.

    Parameters
    ----------
    areas : DataFrame
        As `hotspots.analysis.audit.audit.Audit.withheld`.
    names : mapping of str to str
        What the recipe calls layers, by key.

    Returns
    -------
    list of tuple
        Layer, districts, number of areas, what is lacking and the names of the areas, as many as can be read.

    Examples
    --------
    >>> areas = pd.DataFrame({"level": "wards", "name": ["Amington", "Belgrave"], "district": "Tamworth",
    ...                       "coverage": "not covered in June 2025 (11 of 12 months)"}, index=["E1", "E2"])
    >>> withheld_rows(areas, {"wards": "Wards"})
    [('Wards', 'Tamworth', '2', 'Not covered in June 2025 (11 of 12 months)', 'Amington and Belgrave')]
    """
    if areas.empty:
        return []
    rows = []
    order = {key: place for place, key in enumerate(names)}
    held = areas.assign(turn=[_turn(level, order) for level in areas["level"]])
    for (_, level, said), part in held.groupby(["turn", "level", "coverage"]):
        districts = sorted(set(part["district"]) - {""})
        called = [str(name or code) for code, name in part["name"].items()]
        lacks = str(said)
        more = [f"{len(called) - _NAMED:,} more"] if len(called) > _NAMED else []
        rows.append(
            (
                name_words(str(level), names) if level else _KINDS[""],
                list_words(districts),
                f"{len(part):,}",
                f"{lacks[:1].upper()}{lacks[1:]}",
                list_words([*called[:_NAMED], *more]),
            )
        )
    return rows


def _turn(level: str, order: Mapping[str, int]) -> int:
    if level in _ORDER:
        return _ORDER.index(level)
    if level in _LAST:
        return len(_ORDER) + len(order) + 1 + _LAST.index(level)
    return len(_ORDER) + order.get(level, len(order))


def name_words(key: str, names: Mapping[str, str]) -> str:
    """Return the name of a theme or of a layer: the recipe's, or else its key as words.

    Examples
    --------
    >>> name_words("asb", {"asb": "Anti-social behaviour"}), name_words("bicycle-theft", {})
    ('Anti-social behaviour', 'Bicycle theft')
    """
    plain = re.sub(r"[-_]+", " ", key).strip()
    return names.get(key) or plain[:1].upper() + plain[1:] or "All incidents"


def periods_words(periods: Iterable[str]) -> str:
    """Return the periods that counts are of, in a sentence, single months folded into their number.

    Parameters
    ----------
    periods : iterable of str
        As `hotspots.analysis.audit.context.period_key` writes them.

    Examples
    --------
    >>> periods_words(["2025-01..2025-12", "2025-01", "2025-02", "2024-11..2025-01+2025-03"])
    'The counts are of January to December 2025, November 2024 to January 2025 and March 2025, and 2 single months.'
    """
    runs, months = list[str](), 0
    for period in dict.fromkeys(periods):
        parts = [part for part in period.split("+") if part]
        if len(parts) == 1 and re.fullmatch(r"\d{4}-\d\d", parts[0]):
            months += 1
        elif parts:
            runs.append(list_words([_run_words(part) for part in parts]))
    said = [*runs, *([counted(months, "single month")] if months else [])]
    if not said:
        return ""
    *first, last = said
    return f"The counts are of {', '.join(first)}{', and ' if first else ''}{last}."


def _run_words(run: str) -> str:
    first, _, last = run.partition("..")
    try:
        return span_words([pd.Period(first, freq="M"), pd.Period(last or first, freq="M")])
    except ValueError:
        return run


_FILES = {
    "CSV": "Tables (CSV)",
    "XLSX": "Workbook (Excel)",
    "GEOJSON": "Layers (GeoJSON)",
    "GPKG": "Layers (GeoPackage)",
    "HTML": "Map, report and other pages",
    "DOCX": "Word file",
    "PPTX": "Slides",
    "SVG": "Pictures (SVG)",
    "PDF": "PDF",
    "JSON": "Record of the run",
    "TXT": "Record of the run",
}


def files_words(suffix: str) -> str:
    """Return what files of a kind are called."""
    return _FILES.get(suffix.upper(), suffix.upper())


def columns_words(columns: Sequence[str], label: Mapping[str, str]) -> str:
    """Return the columns that were read in words, those of single months and of a map's classes once.

    Examples
    --------
    >>> columns_words(["n", "n_2025_01", "n_2025_02", "class of rate"], {"n": "Incidents", "rate": "Rate"})
    'Incidents; Incidents by month; classes of colour: Rate'
    """
    plain, classes = list[str](), list[str]()
    for column in columns:
        measure = column.removeprefix("class of ")
        dated = re.fullmatch(r"([a-z][a-z_]*?)_\d{4}(?:[-_]\d\d)?", measure)
        words = f"{label.get(dated[1], dated[1])} by month" if dated else label.get(measure, measure)
        (classes if measure != column else plain).append(words)
    told = list(dict.fromkeys(plain))
    if classes:
        told.append(f"classes of colour: {', '.join(dict.fromkeys(classes))}")
    return "; ".join(told)
