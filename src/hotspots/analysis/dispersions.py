"""The dispersion that every result of a run allowed for, by theme, by measure and by period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from hotspots.analysis.results import Analysis, ThemeResult

Row = dict[str, Any]


def dispersion_record(analysis: Analysis) -> list[Row]:
    """Return a row for each dispersion that limits, tests and probabilities of an analysis rest on.

    Returns
    -------
    list of dict
        Each with ``of``, the theme or offence; ``layer``, the key of its layer, empty where it is of none; ``measure``,
        what allows for it; ``months``, of what; and ``dispersion``, the variance of the counts over their mean, from 1.
    """
    report = months_text(analysis.calendar)
    change = (
        ""
        if analysis.comparison is None
        else f"{months_text(analysis.comparison.before)} to {months_text(analysis.comparison.after)}"
    )
    found: list[Row] = []
    for theme in analysis.themes:
        found += _of_layers(theme, report, change)
        found += [
            _row(theme.key, "", f"share: {made.name}", report, made.dispersion) for made in theme.shares
        ]
        found += [
            _row(theme.key, "", f"breakdown: {made.name}", report, made.dispersion)
            for made in theme.breakdowns
        ]
        if theme.times is not None:
            found.append(_row(theme.key, "", "times", report, theme.times.dispersion))
    if analysis.selection is not None and analysis.selection.matrix is not None:
        told = analysis.selection.matrix.dispersion
        found += [_row(name, "", "matrix", report, value) for name, value in told.items()]
    if analysis.profile is not None:
        told = {str(kind): float(value) for kind, value in analysis.profile.dispersion.items()}
        found += [_row(name, "", "profile", change or report, value) for name, value in told.items()]
    return found


def _of_layers(theme: ThemeResult, report: str, change: str) -> Iterator[Row]:
    for layer in theme.layers:
        held = layer.table.attrs
        for measure, months, value in (
            ("rate", report, held.get("dispersion")),
            ("change", change, held.get("change_dispersion")),
            ("risk", report, held.get("risk", {}).get("dispersion")),
        ):
            if value is not None:
                yield _row(theme.key, layer.key, measure, months, value)


def _row(of: str, layer: str, measure: str, months: str, dispersion: float) -> Row:
    return {
        "of": of,
        "layer": layer,
        "measure": measure,
        "months": months,
        "dispersion": round(float(dispersion), 6),
    }


def months_text(months: Sequence[pd.Period]) -> str:
    """Return months as a record writes them: a range where they follow one another, else each.

    Examples
    --------
    >>> year = pd.period_range("2018-01", "2018-12", freq="M")
    >>> months_text(year), months_text(year[:1]), months_text([year[0], year[6]])
    ('2018-01..2018-12', '2018-01', '2018-01, 2018-07')
    """
    if len(months) > 1 and months[-1].ordinal - months[0].ordinal + 1 == len(months):
        return f"{months[0]}..{months[-1]}"
    return ", ".join(str(month) for month in months)
