"""Counts in sentences: "12 incidents", "(90 to 111)", in titles, notes, reasons and alternative texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from hotspots.analysis.audit.claims import Claim
from hotspots.analysis.audit.context import Context, period_key
from hotspots.analysis.audit.shown import ALL, WHOLE, Page, Said, theme_key
from hotspots.analysis.editions import RECORD
from hotspots.disclosure.rounding import stands_for
from hotspots.disclosure.rules import Profile

_COUNT = re.compile(r"(\d[\d,]*) incidents?\b")
# A count stands behind the name of its area, at most so many letters on.
_NEAR = 90
_FROM_TO = re.compile(r"\((under )?(\d[\d,]*) to (under )?(\d[\d,]*)\)")


def text_claims(page: Page, context: Context) -> Iterator[Claim]:
    """Yield the counts that the texts of a page tie to an area by name or by code."""
    names = _names(page)
    tied = re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or r"(?!)")
    themes = {theme_key(name): name for name in (table.theme for table in page.tables)}
    whole = period_key(context.months) or WHOLE
    held: dict[tuple[str, str, str, str], dict[str, float]] = {}
    for said in page.texts:
        if "|" in said.where:
            for key, area, number in _of_row(said, context):
                held.setdefault(key, {})[area] = number
            continue
        theme = _theme(said, themes)
        for match in _COUNT.finditer(said.text) if theme else ():
            before = list(tied.finditer(said.text[max(0, match.start() - _NEAR) : match.start()]))
            if before:
                held.setdefault((said.file, "text", theme, whole), {})[names[before[-1][0]]] = _number(
                    match[1]
                )
    for (file, column, of, period), numbers in held.items():
        values = np.array(list(numbers.values()))
        yield Claim(file, "", column, of, period, pd.Index(list(numbers)), values, values, is_count=True)


def record_claims(context: Context, rules: Profile | None) -> Iterator[Claim]:
    """Yield what the record says of the total of each theme: rows with coordinates, less those in no area.

    The record of a published folder has rounded each category by itself, and leaves out the rarest.
    """
    whole = period_key(context.months) or WHOLE
    base = 1 if rules is None else rules.rows_rounded_to
    for theme, what in context.themes.items():
        located = [number for category, number in context.located.items() if what.takes(category)]
        if located and context.outside is not None:
            low, high = stands_for(np.array([*located, context.outside], dtype=float), base)
            least = np.maximum(np.array([low[:-1].sum() - high[-1]]), 0)
            most = np.array([high[:-1].sum() + base - 1])
            yield Claim(
                RECORD, "", "incidents by category", theme, whole, pd.Index([ALL]), least, most, is_count=True
            )


def _of_row(said: Said, context: Context) -> Iterator[tuple[tuple[str, str, str, str], str, float]]:
    """Yield the counts of the two periods in the words of a change, which stand in the row of an area."""
    area, theme, column = said.where.split("|", 2)
    match = _FROM_TO.search(said.text) if column == "ch_text" else None
    if match:
        told = ((context.before, match[1], match[2]), (context.after, match[3], match[4]))
        for months, under, number in told:
            if months and not under:  # what stands for several says no more than the count beside it
                yield (said.file, column, theme, period_key(months)), area, _number(number)


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _theme(said: Said, themes: dict[str, str]) -> str:
    """Return the theme of a text: the one it names, or that its file is named after."""
    stem = said.file.rpartition("/")[2].partition(".")[0]
    words = theme_key(said.text[:200])
    held = [
        key
        for key in themes
        if key and (stem == key or stem.startswith(f"{key}_") or f"-{key}-" in f"-{words}-")
    ]
    return max(held, key=len) if held else ""


def _names(page: Page) -> dict[str, str]:
    """Return the codes that names, and codes themselves, lead to; names that several areas have lead nowhere."""
    held: dict[str, set[str]] = {}
    for table in page.tables:
        codes = [str(code) for code in table.rows.index]
        for code in codes:
            held.setdefault(code, set()).add(code)
        if "name" in table.rows:
            for code, name in zip(codes, table.rows["name"], strict=True):
                held.setdefault(str(name), set()).add(code)
    return {name: next(iter(codes)) for name, codes in held.items() if len(codes) == 1 and len(name) > 3}
