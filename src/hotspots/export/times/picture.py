"""A grid of times as a picture for slides and reports: PNG, SVG or PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from hotspots.base.classes import TIMES, StyleClass
from hotspots.export.picture.parts import GREY, Pen
from hotspots.export.picture.saving import steady
from hotspots.export.times.grid import DOWN, UP, TimeGrid

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SLIDE, PAGE = 40 / 3, 7.4  # inches
_ROW, _MARGIN = 0.42, 0.35


@steady()
def draw_times(grid: TimeGrid, *, on: Literal["slide", "page"] = "slide", attribution: str = "") -> Figure:
    """Draw a grid of times: a box with a number for each cell, words above and the legend below.

    Parameters
    ----------
    grid : TimeGrid
        What is drawn.
    on : {'slide', 'page'}, default 'slide'
        A slide has title and words above the grid; a page has them in its own text, and is narrower.
    attribution : str
        The line at the foot.

    Returns
    -------
    matplotlib.figure.Figure
        Independent of pyplot; see `hotspots.write_picture`.
    """
    from hotspots.export.picture.figure import MapFigure

    width, margin = (SLIDE, _MARGIN) if on == "slide" else (PAGE, 0.06)
    lines = Pen(MapFigure(figsize=(width, 1.0)), 1.0)
    lead = (
        [line for text in grid.lead for line in lines.wrap(text, width - 2 * margin, 14)]
        if on == "slide"
        else []
    )
    top = margin + (0.5 + lines.line(14) * len(lead) + 0.15 if on == "slide" else 0.0)
    row = _ROW if on == "slide" else 0.27
    foot = lines.line(8) + 0.1 if attribution else 0.0
    size = 10.0 if on == "slide" else 7.5
    height = (
        top
        + row * (len(grid.rows) + 1)
        + 0.15
        + _legend_height(lines, width, margin, size)
        + foot
        + margin / 2
    )
    pen = Pen(MapFigure(figsize=(width, height), facecolor="#ffffff"), 1.0)
    if on == "slide":
        pen.write(margin, margin - 0.05, grid.title, 22, bold=True)
        for place, line in enumerate(lead):
            pen.write(margin, margin + 0.5 + place * pen.line(14), line, 14)
    _cells(pen, grid, top, row, margin=margin, size=size)
    _legend(pen, top + row * (len(grid.rows) + 1) + 0.15, margin=margin, size=size)
    if attribution:
        pen.write(margin, height - foot - 0.05, attribution, 8, colour=GREY)
    return pen.figure


def _cells(pen: Pen, grid: TimeGrid, top: float, row: float, *, margin: float, size: float) -> None:
    left = margin + max(pen.measure(name, size, bold=True) for name in grid.rows) + 0.1
    wide = (pen.width - margin - left) / len(grid.columns)
    longest = max(pen.measure(name, size, bold=True) for name in (f"0.0{UP}", *grid.columns))
    letters = min(size, size * (wide - 0.04) / longest)

    def middle(y: float, of: float) -> float:
        return y + (row - of / 72) / 2

    for place, name in enumerate(grid.columns):
        x = left + (place + 0.5) * wide
        pen.write(x, middle(top, letters), name, letters, bold=name == "All", align="center")
    for number, (name, cells) in enumerate(zip(grid.rows, grid.cells, strict=True)):
        y = top + row * (number + 1)
        pen.write(margin, middle(y, size), name, size, bold=name == "All")
        for place, cell in enumerate(cells):
            fill = "#ffffff" if cell.look is None else cell.look.colour
            pen.box(left + place * wide, y, wide, row, facecolor=fill, edgecolor="#b5b5b5", linewidth=0.6)
            x = left + (place + 0.5) * wide
            pen.write(
                x,
                middle(y, letters),
                cell.text,
                letters,
                bold=bool(cell.mark),
                colour=cell.ink,
                align="center",
            )


def _legend_lines(pen: Pen, width: float, margin: float, size: float) -> list[list[StyleClass]]:
    """Return the classes in lines that are no wider than the picture."""
    lines: list[list[StyleClass]] = [[]]
    x = margin
    for entry in TIMES:
        room = _entry_width(pen, entry, size)
        if lines[-1] and x + room > width - margin:
            lines.append([])
            x = margin
        lines[-1].append(entry)
        x += room
    return lines


def _entry_width(pen: Pen, entry: StyleClass, size: float) -> float:
    return 0.05 * size + pen.measure(entry.label, size)


def _legend_height(pen: Pen, width: float, margin: float, size: float) -> float:
    return 1.25 * pen.line(size) * (len(_legend_lines(pen, width, margin, size)) + 1)


def _legend(pen: Pen, y: float, *, margin: float, size: float) -> None:
    """Write the classes in lines below the grid, and what the marks mean."""
    for entries in _legend_lines(pen, pen.width, margin, size):
        x = margin
        for entry in entries:
            box = 0.017 * size
            pen.box(x, y, 1.5 * box, box, facecolor=entry.colour, edgecolor="#8a8a8a", linewidth=0.6)
            pen.write(x + 2 * box, y + 0.01, entry.label, size)
            x += _entry_width(pen, entry, size)
        y += 1.25 * pen.line(size)
    words = f"Times the mean rate per hour; bold with {UP} or {DOWN}: above or below it beyond chance"
    pen.write(margin, y, words, size, colour=GREY)
