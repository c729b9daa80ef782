"""The funnel plot: rates against population with the limits around the rate of all, as one SVG file."""

from __future__ import annotations

import math
import os
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.classes import FUNNEL
from hotspots.base.errors import DataError
from hotspots.base.files import replacing

WIDTH, HEIGHT = 900, 560
LEFT, RIGHT, TOP, BOTTOM = 70, 30, 60, 60
LABELLED = 12
"""At most this many areas beyond the 99.8 % limits are named, the most unusual first."""

COLOURS = {str(entry.value): "#8c8c8c" if entry.neutral else entry.colour for entry in FUNNEL}
_TICKS = 6
_LINE = 13  # pixels between the baselines of two labels

Floats = npt.NDArray[np.float64]


class _Scale:
    """From values to pixels along one axis, from 0 to the highest, with round numbers marked."""

    def __init__(self, highest: float, start: float, end: float) -> None:
        raw = highest / _TICKS
        power = 10.0 ** math.floor(math.log10(raw))
        self.step = next(power * size for size in (1, 2, 2.5, 5, 10) if power * size >= raw * (1 - 1e-9))
        self.top = highest
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        return self.start + (self.end - self.start) * value / self.top

    def ticks(self) -> list[float]:
        return [self.step * place for place in range(math.floor(self.top / self.step + 1e-9) + 1)]


def write_funnel_plot(
    areas: pd.DataFrame,
    curves: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    expected: float,
    title: str = "Funnel plot",
    overwrite: bool = False,
) -> None:
    """Draw areas by population and rate, with the limits, and name those beyond the 99.8 % limits.

    Parameters
    ----------
    areas : DataFrame
        Columns ``name``, ``population``, ``rate``, ``fn_flag`` and ``fn_z``; areas without a rate or flag are
        not drawn.
    curves : DataFrame
        The limits: ``population`` (ascending), ``lo95``, ``hi95``, ``lo998`` and ``hi998``.
    path : path
        The SVG file.
    expected : float
        The rate of all areas together.
    title : str, default 'Funnel plot'
        The heading.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Raises
    ------
    DataError
        When no area has a rate and a flag.
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    text = funnel_svg(areas, curves, expected=expected, title=title)
    with replacing(path, overwrite=overwrite) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def funnel_svg(areas: pd.DataFrame, curves: pd.DataFrame, *, expected: float, title: str) -> str:
    """Return the funnel plot as the text of an SVG file; see `write_funnel_plot`."""
    drawn = areas[areas["rate"].notna() & areas["fn_flag"].notna()]
    if drawn.empty:
        raise DataError(
            "no area has a rate and a flag, so there is no funnel to draw", hint="supply populations"
        )
    x = _Scale(float(drawn["population"].max()) * 1.02, LEFT, WIDTH - RIGHT)
    y = _Scale(float(drawn["rate"].max()) * 1.05, HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="Arial, Helvetica, sans-serif" font-size="12" fill="#222">',
        f"<title>{escape(title)}</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{LEFT}" y="24" font-size="16" font-weight="bold">{escape(title)}</text>',
        *_axes(x, y),
        *_curves(curves, x, y),
        _line([(0, expected), (x.top, expected)], x, y, 'stroke="#222"'),
        *_points(drawn, x, y),
        *_labels(drawn, x, y),
        *_legend(drawn),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axes(x: _Scale, y: _Scale) -> list[str]:
    below = HEIGHT - BOTTOM + 18
    parts = [
        f'<text x="{x(value):.1f}" y="{below}" text-anchor="middle">{value:,.0f}</text>'
        for value in x.ticks()
    ]
    for value in y.ticks():
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="#e4e4e4"/>'
        )
        parts.append(f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:,.5g}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle:.0f}" y="{HEIGHT - 18}" text-anchor="middle">Population</text>')
    centre = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(
        f'<text x="18" y="{centre:.0f}" text-anchor="middle" transform="rotate(-90 18 {centre:.0f})">'
        "Rate per 1,000 people a year</text>"
    )
    return parts


def _curves(curves: pd.DataFrame, x: _Scale, y: _Scale) -> list[str]:
    parts = ['<g fill="none" stroke="#444">']
    people = curves["population"].to_numpy(dtype=float)
    for column, dash in (("lo95", "5 4"), ("hi95", "5 4"), ("lo998", "none"), ("hi998", "none")):
        limit = curves[column].to_numpy(dtype=float)
        shown = (limit <= y.top) & (people <= x.top)
        style = f'stroke-dasharray="{dash}"'
        parts.append(_line(list(zip(people[shown], limit[shown], strict=True)), x, y, style))
    return [*parts, "</g>"]


def _line(points: list[tuple[float, float]], x: _Scale, y: _Scale, style: str) -> str:
    path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in points)
    return f'<polyline points="{path}" fill="none" {style}/>'


def _points(drawn: pd.DataFrame, x: _Scale, y: _Scale) -> list[str]:
    parts = []
    for row in _rows(drawn):
        tip = (
            f"{row['name']}: {row['rate']:,.1f} per 1,000, {row['population']:,.0f} people, {row['fn_flag']}"
        )
        parts.append(
            f'<circle cx="{x(row["population"]):.1f}" cy="{y(row["rate"]):.1f}" r="4" fill="{COLOURS[row["fn_flag"]]}" '
            f'fill-opacity="0.85" stroke="#4a5664" stroke-width="0.7"><title>{escape(tip)}</title></circle>'
        )
    return parts


def _labels(drawn: pd.DataFrame, x: _Scale, y: _Scale) -> list[str]:
    """Return the names of the most unusual areas, each moved down past those already placed beside it."""
    far = drawn[drawn["fn_flag"].isin(["above 99.8% limit", "below 99.8% limit"])]
    order = far["fn_z"].abs().sort_values(ascending=False, kind="stable").index[:LABELLED]
    placed: list[tuple[float, float, float]] = []
    parts = []
    for row in sorted(_rows(far.loc[order]), key=lambda row: -row["rate"]):
        across, name = x(row["population"]), str(row["name"])
        width = 6.6 * len(name)
        left = across + 8 if across + 8 + width < WIDTH else across - 8 - width
        down = y(row["rate"]) + 4
        while any(
            left < end and start < left + width and abs(down - line) < _LINE for start, end, line in placed
        ):
            down += _LINE
        placed.append((left, left + width, down))
        parts.append(f'<text x="{left:.1f}" y="{down:.1f}">{escape(name)}</text>')
    return parts


def _legend(drawn: pd.DataFrame) -> list[str]:
    parts, left = [], float(LEFT)
    present = set(drawn["fn_flag"].astype(str))
    for flag, colour in COLOURS.items():
        if flag in present:
            label = flag[:1].upper() + flag[1:]
            parts.append(
                f'<circle cx="{left + 5:.0f}" cy="42" r="4" fill="{colour}" stroke="#4a5664" stroke-width="0.7"/>'
            )
            parts.append(f'<text x="{left + 14:.0f}" y="46">{label}</text>')
            left += 30 + 6.6 * len(label)
    parts.append(f'<text x="{WIDTH - RIGHT}" y="46" text-anchor="end">Limits: dashed 95%, solid 99.8%</text>')
    return parts


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    chosen = frame[["name", "population", "rate", "fn_flag", "fn_z"]].astype({"fn_flag": str})
    return [dict(zip(chosen.columns, row, strict=True)) for row in chosen.itertuples(index=False)]
