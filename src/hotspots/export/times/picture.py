"""A grid of times as a picture for slides and reports: PNG, SVG or PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotspots.base.classes import TIMES
from hotspots.export.picture.draw import steady
from hotspots.export.picture.parts import GREY, Pen
from hotspots.export.times.grid import DOWN, UP, TimeGrid

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 40 / 3  # inches, a slide's
_ROW, _MARGIN = 0.42, 0.35


@steady()
def draw_times(grid: TimeGrid, *, heading: bool = True, attribution: str = "") -> Figure:
    """Draw a grid of times: a box with a number for each cell, words above and the legend below.

    Parameters
    ----------
    grid : TimeGrid
        What is drawn.
    heading : bool
        Whether title and words stand above it; a page may have them in its own text.
    attribution : str
        The line at the foot.

    Returns
    -------
    matplotlib.figure.Figure
        Independent of pyplot; see `hotspots.write_picture`.
    """
    from hotspots.export.picture.figure import MapFigure

    lines = Pen(MapFigure(figsize=(WIDTH, 1.0)), 1.0)
    lead = (
        [line for text in grid.lead for line in lines.wrap(text, WIDTH - 2 * _MARGIN, 14)] if heading else []
    )
    top = _MARGIN + (0.5 + lines.line(14) * len(lead) + 0.15 if heading else 0.0)
    foot = lines.line(8) + 0.1 if attribution else 0.0
    height = top + _ROW * (len(grid.rows) + 1) + 0.75 + foot + 0.2
    pen = Pen(MapFigure(figsize=(WIDTH, height), facecolor="#ffffff"), 1.0)
    if heading:
        pen.write(_MARGIN, _MARGIN - 0.05, grid.title, 22, bold=True)
        for place, line in enumerate(lead):
            pen.write(_MARGIN, _MARGIN + 0.5 + place * pen.line(14), line, 14)
    _cells(pen, grid, top)
    below = top + _ROW * (len(grid.rows) + 1) + 0.15
    _legend(pen, below)
    if attribution:
        pen.write(_MARGIN, height - foot - 0.05, attribution, 8, colour=GREY)
    return pen.figure


def _cells(pen: Pen, grid: TimeGrid, top: float) -> None:
    left = _MARGIN + max(pen.measure(name, 10, bold=True) for name in grid.rows) + 0.15
    wide = (pen.width - _MARGIN - left) / len(grid.columns)
    size = min(
        10.0,
        10.0 * (wide - 0.08) / max(pen.measure(f"0.0{UP}", 10), *(pen.measure(n, 10) for n in grid.columns)),
    )
    for place, name in enumerate(grid.columns):
        pen.write(left + (place + 0.5) * wide, top + 0.16, name, size, bold=name == "All", align="center")
    for number, (name, cells) in enumerate(zip(grid.rows, grid.cells, strict=True)):
        y = top + _ROW * (number + 1)
        pen.write(_MARGIN, y + 0.12, name, 10, bold=name == "All")
        for place, cell in enumerate(cells):
            fill = "#ffffff" if cell.look is None else cell.look.colour
            pen.box(left + place * wide, y, wide, _ROW, facecolor=fill, edgecolor="#b5b5b5", linewidth=0.6)
            middle = left + (place + 0.5) * wide
            pen.write(
                middle, y + 0.13, cell.text, size, bold=bool(cell.mark), colour=cell.ink, align="center"
            )


def _legend(pen: Pen, y: float) -> None:
    """Write the classes in lines below the grid, and what the marks mean."""
    x = _MARGIN
    for entry in TIMES:
        room = 0.35 + pen.measure(entry.label, 9.5) + 0.25
        pen.box(x, y, 0.26, 0.17, facecolor=entry.colour, edgecolor="#8a8a8a", linewidth=0.6)
        pen.write(x + 0.34, y + 0.01, entry.label, 9.5)
        x += room
    words = f"Times the mean rate per hour; bold with {UP} or {DOWN}: above or below it beyond chance"
    pen.write(_MARGIN, y + 0.3, words, 9.5, colour=GREY)
