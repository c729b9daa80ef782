"""Where map and words stand on the sheet of a picture: the title above both, or beside a map as high as the sheet."""

from __future__ import annotations

from dataclasses import dataclass

from hotspots.export.picture.parts import GREY, LegendBox, Pen, draw_legend

Extent = tuple[float, float, float, float]

_MARGIN = 0.35  # inches on a slide, as all lengths below
_BARE = 0.14  # the margin where no line stands around the map
_GAP = 0.3
COLUMN = 3.5  # the column of legend, scale and north
_WIDEST = 5.0  # which takes the room that a map as high as the sheet leaves, up to this
_INSETS = 1.6  # of which so much is kept for insets
_SCALE = 0.95  # the height of scale and north
_TITLE, _SUBTITLE, _FOOT = (22.0, 14.0, 8.0)  # points
_SMALLER = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)  # of the legend's letters, where it would be too long


@dataclass(frozen=True)
class Words:
    """The lines around a map: title and subtitle, and whose data it shows."""

    title: str = ""
    subtitle: str = ""
    foot: str = ""

    def __bool__(self) -> bool:
        return bool(self.title or self.foot)


@dataclass(frozen=True)
class Sheet:
    """Places on a sheet, in inches from its top left corner.

    Attributes
    ----------
    left, top, right, bottom : float
        Of the map.
    side, column : float
        Left edge and width of the column with the legend; the width is 0 where there is none.
    words, width : float
        Left edge and width of title, subtitle and last lines.
    head, foot : float
        Where the title begins, and where the last lines do.
    legend, scale : float
        Where the legend begins, and where it must end, as scale and north do.
    """

    left: float
    top: float
    right: float
    bottom: float
    side: float
    column: float
    words: float
    width: float
    head: float
    foot: float
    legend: float
    scale: float

    def metres(self, extent: Extent) -> float:
        """Return the metres in an inch of a map of some ground."""
        west, south, east, north = extent
        return 1.02 * max(
            (east - west) / (self.right - self.left), (north - south) / (self.bottom - self.top)
        )


def lay_out(pen: Pen, extent: Extent, words: Words, legend: LegendBox | None) -> Sheet:
    """Return the sheet on which the map of some ground is larger.

    Beside the map the words need as much height as they have, and the legend its letters at four fifths at least.
    """
    above = _above(pen, words, column=COLUMN if legend else 0.0)
    if legend is None or not words.title:
        return above
    beside = _beside(pen, extent, words)
    larger = beside.metres(extent) < 0.97 * above.metres(extent)
    return beside if larger and legend_size(pen, beside, legend) >= 0.8 else above


def _above(pen: Pen, words: Words, *, column: float) -> Sheet:
    unit = pen.unit
    margin = (_MARGIN if words else _BARE) * unit
    headed = bool(words.title), bool(words.subtitle)
    top = margin + (0.5 * headed[0] + 0.35 * headed[1] + 0.1 * any(headed)) * unit
    bottom = pen.height - (0.75 * unit if words.foot else margin)
    side = pen.width - margin - column * unit
    right = side - (_GAP * unit if column else 0.0)
    return Sheet(
        left=margin,
        top=top,
        right=right,
        bottom=bottom,
        side=side,
        column=column * unit,
        words=margin,
        width=pen.width - 2 * margin,
        head=margin - 0.05 * unit,
        foot=bottom + 0.22 * unit,
        legend=top,
        scale=bottom - 0.75 * unit,
    )


def _beside(pen: Pen, extent: Extent, words: Words) -> Sheet:
    """Return the sheet whose map is as high as it, and whose column has what the map leaves."""
    unit = pen.unit
    margin = _MARGIN * unit
    west, south, east, north = extent
    tall = pen.height - 2 * margin
    free = pen.width - 2 * margin - _GAP * unit - (east - west) / max(north - south, 1e-9) * tall
    column = min(max(free - _INSETS * unit, COLUMN * unit), _WIDEST * unit)
    side = pen.width - margin - column
    lines = len(pen.wrap(words.title, column, _TITLE, bold=True)) * pen.line(_TITLE)
    if words.subtitle:
        lines += 0.06 * unit + len(pen.wrap(words.subtitle, column, _SUBTITLE)) * pen.line(_SUBTITLE)
    foot = len(pen.wrap(words.foot, column, _FOOT)) * pen.line(_FOOT) if words.foot else 0.0
    below = pen.height - margin - foot
    return Sheet(
        left=margin,
        top=margin,
        right=side - _GAP * unit,
        bottom=pen.height - margin,
        side=side,
        column=column,
        words=side,
        width=column,
        head=margin - 0.05 * unit,
        foot=below,
        legend=margin + lines + 0.2 * unit,
        scale=below - _SCALE * unit,
    )


def legend_size(pen: Pen, sheet: Sheet, legend: LegendBox) -> float:
    """Return the size of a legend's letters, as a share of the usual one, at which it ends above the scale."""
    from matplotlib.figure import Figure

    for size in _SMALLER:
        dry = Pen(Figure(figsize=(pen.width, pen.height)), pen.unit * size)
        if draw_legend(dry, 0.0, sheet.legend, sheet.column, legend) <= sheet.scale:
            return size
    return _SMALLER[-1]


def write_lines(pen: Pen, sheet: Sheet, words: Words) -> None:
    """Write title and subtitle, and the last lines."""
    left, width, y = sheet.words, sheet.width, sheet.head
    if left == sheet.side:
        y = pen.paragraph(left, y, words.title, _TITLE, width=width, bold=True) + 0.06 * pen.unit
        if words.subtitle:
            pen.paragraph(left, y, words.subtitle, _SUBTITLE, width=width, colour=GREY)
    else:
        if words.title:
            size = min(_TITLE, _TITLE * width / max(width, pen.measure(words.title, _TITLE, bold=True)))
            pen.write(left, y, words.title, size, bold=True)
            y += 0.5 * pen.unit
        if words.subtitle:
            pen.write(left, y, words.subtitle, _SUBTITLE, colour=GREY)
    if words.foot:
        pen.paragraph(left, sheet.foot, words.foot, _FOOT, width=width, colour=GREY)
