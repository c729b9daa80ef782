"""What a legend says below its classes: what areas are measured against, and of when the figures are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from hotspots.analysis.results import Analysis, Layer
from hotspots.base.errors import ParameterError
from hotspots.base.months import span_words
from hotspots.incidents.filters import month_range
from hotspots.publish.words.change import calendar_words, compared_words
from hotspots.publish.words.coverage import legend_sentence
from hotspots.publish.words.reference import all_areas

# What each column is measured against; {all} are all areas of the layer, {other} is the comparator.
_AGAINST = {
    "sd_flag": "against the mean of {all}",
    "sd_since": "against the mean of {all} in each period",
    "fn_flag": "against the rate of {all} together",
    "rk_class": "against the rate of {all} together",
    "rk_rate": "drawn towards the rate of {all}",
    "rate_eb": "drawn towards the rate of {all}",
    "gi_class": "each with its neighbours, against {all}",
    "lm_class": "each with its neighbours, against {all}",
    "em_class": "each with its neighbours, against {all} in each step",
    "priority": "against {all}, and against its own district",
    "cmp_flag": "against {other}",
}
_OWN = {"sd_flag": "against the mean of its own district"}
_COMPARED = ("ch_flag", "sd_since")
_LAST = "un_flag"


def legend_words(analysis: Analysis, layer: Layer, column: str) -> str:
    """Return the sentence below the legend of one column of an analysis: its period, and what it is measured against.

    Parameters
    ----------
    analysis : Analysis
    layer : Layer
        One of its layers.
    column : str
        The column that is drawn.

    Returns
    -------
    str
        Such as ``"January to December 2025, against the mean of all 201 wards of 9 districts."``, and which areas are
        not covered in every month.
    """
    flag, charts = analysis.recipe.flag, analysis.charts
    period = calendar_words(analysis.calendar)
    if column in _COMPARED and analysis.comparison is not None:
        before, after = compared_words(analysis.comparison)
        period = f"{after} against {before}"
    if column == _LAST and charts is not None and charts.month is not None:
        period = f"{charts.month.strftime('%B %Y')} against what the months before it led to expect"
    # Localities and classes are made of the first areas.
    whole = layer if layer.kind in ("areas", "cells") else analysis.groups[0].layers[0]
    noun = "cells" if layer.kind == "cells" else whole.label
    own = flag is not None and flag.within == "district"
    said = _sentence(column, period, all_areas(whole.whole, noun), own=own)
    return " ".join(part for part in (said, legend_sentence(analysis, column, layer.key)) if part)


def told_words(layer: pd.DataFrame, column: str, *, noun: str = "Areas", period: str = "") -> str:
    """Return the same sentence for a layer that was read from a file, as far as its provenance tells it.

    Parameters
    ----------
    layer : DataFrame
        With ``attrs["provenance"]`` where it has one.
    column : str
        The column that is drawn.
    noun : str
        What its areas are called.
    period : str
        Of when the figures are; by default as the layer says.

    Examples
    --------
    >>> wards = pd.DataFrame({"ch_flag": ["up"], "district": [""]})
    >>> wards.attrs["provenance"] = {"steps": {"change": {"before": "2024-01..2024-12", "after": "2025-01..2025-12"}}}
    >>> told_words(wards, "ch_flag", noun="Wards")
    'January to December 2025 against January to December 2024.'
    """
    told: Mapping[str, Any] = layer.attrs.get("provenance") or {}
    steps: Mapping[str, Any] = told.get("steps") or {}
    said = period or str(told.get("period") or "")
    change = steps.get("change") or {}
    if column in _COMPARED and (before := _months(change.get("before"))):
        after = _months(change.get("after")) or said
        said = f"{after} against {before}" if after else f"against {before}"
    own = (steps.get("flag") or {}).get("within") == "district"
    other = _comparator((steps.get("compare") or {}).get("comparator"))
    return _sentence(column, said, all_areas(layer, noun), own=own, other=other)


def _sentence(column: str, period: str, reference: str, *, own: bool = False, other: str = "") -> str:
    against = (_OWN if own and column in _OWN else _AGAINST).get(column, "")
    if column == "cmp_flag" and not other:
        against = ""
    parts = [period, against.format(all=reference, other=other)]
    words = ", ".join(part for part in parts if part)
    return f"{words[0].upper()}{words[1:]}." if words else ""


def _comparator(told: Any) -> str:
    """Return what a record compares with in words; empty where it tells of nothing."""
    if told == "rest":
        return "all others together"
    return f"a rate of {told:g}" if isinstance(told, int | float) else str(told or "")


def _months(told: Any) -> str:
    """Return the months of a record, such as ``"2024-01..2024-12"``, in words; empty where it tells none."""
    named = told if isinstance(told, list) else [told or ""]
    try:
        # Of several periods before, the last one is compared.
        ends = month_range(str(named[-1])) if named else None
    except ParameterError:
        return ""
    return "" if ends is None else span_words([pd.Period(ordinal=end, freq="M") for end in ends])
