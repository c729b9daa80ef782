"""What stands around and upon the map of a picture: legend, scale bar, north arrow, names, lines of text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.export.unsure import ink_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hotspots.export.style import StyleClass

FONT = "DejaVu Sans"  # comes with matplotlib, so that a picture is the same on every machine
INK = "#1f1f1f"
GREY = "#5c5c5c"
UNSURE_HATCH = "\\\\\\\\"  # of what rests on little; ground that is not covered is hatched the other way
LEGEND_SIZE = 11.5  # points, on a slide
LINE = 1.3  # height of a line of text, in letter sizes
_POINTS = 72.0  # in an inch
COVERED_AT_MOST = 0.25  # of a coloured area, by names
_SMALLER = (1.0, 0.85, 0.75)  # of the letters' size, where a name has no room in its shape
_SPREAD = 25  # places tried across and up a shape for its name
_AT_ONCE = 125  # of these tried together
_SHARES = {"left": 0.0, "center": 0.5, "right": 1.0}  # of a name's width, that lies left of its place
# Where a name may stand beside its place, in letter sizes: on it, right, left, above, below.
_OFFSETS = (
    (0.0, 0.0, "center"),
    (0.7, 0.0, "left"),
    (-0.7, 0.0, "right"),
    (0, 1.4, "center"),
    (0, -1.4, "center"),
)


@dataclass(frozen=True)
class LegendEntry:
    """One line of a legend: its class, and how many areas it holds (None where nothing is counted)."""

    entry: StyleClass
    count: int | None = None


@dataclass(frozen=True)
class LegendBox:
    """A legend: its heading, its lines, what an area is called, and a sentence below."""

    title: str
    entries: Sequence[LegendEntry]
    noun: str = ""
    note: str = ""


class Pen:
    """Writes and measures plain text on a figure whose positions are inches from the top left corner.

    Parameters
    ----------
    figure : Figure
        What is drawn on.
    unit : float
        Size of the figure against a slide of 13.33 inches; letter sizes and distances shrink with it.
    """

    def __init__(self, figure: Figure, unit: float) -> None:
        self.figure, self.unit = figure, unit
        self.width, self.height = (float(side) for side in figure.get_size_inches())

    def measure(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return the width of a line of text in inches."""
        return _text_width(text, size * self.unit, bold)

    def wrap(self, text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
        """Return the text as lines no wider than `width` inches; a longer word has a line of its own."""
        lines: list[str] = []
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.measure(longer, size, bold=bold) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def write(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        align: str = "left",
    ) -> None:
        """Write one line, its top at `y` inches below the top of the figure."""
        self.figure.text(
            x / self.width,
            1 - (y + 0.8 * size * self.unit / _POINTS) / self.height,
            text,
            fontsize=size * self.unit,
            fontweight="bold" if bold else "normal",
            family=FONT,
            color=colour,
            ha=align,
            va="baseline",
            parse_math=False,
        )

    def paragraph(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        width: float,
        bold: bool = False,
        colour: str = INK,
    ) -> float:
        """Write wrapped lines and return where the next one would begin."""
        for line in self.wrap(text, width, size, bold=bold):
            self.write(x, y, line, size, bold=bold, colour=colour)
            y += self.line(size)
        return y

    def line(self, size: float) -> float:
        """Return the height of a line of text in inches."""
        return LINE * size * self.unit / _POINTS

    def box(self, x: float, y: float, width: float, height: float, **look: Any) -> None:
        """Draw a rectangle; its place is that of its top left corner."""
        from matplotlib.patches import Rectangle

        corner = (x / self.width, 1 - (y + height) / self.height)
        size = (width / self.width, height / self.height)
        self.figure.add_artist(Rectangle(corner, *size, transform=self.figure.transFigure, **look))


@lru_cache(maxsize=20_000)  # a country's districts, each in three sizes
def _text_width(text: str, size: float, bold: bool) -> float:
    """Return the width of a line of text in inches; the same names stand on every map of a report."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    face = FontProperties(family=FONT, size=size, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(text, face, ismath=False)
    return float(width) / _POINTS


def draw_legend(pen: Pen, x: float, y: float, width: float, legend: LegendBox) -> float:
    """Draw a legend and return the y where it ends."""
    unit, entries = pen.unit, legend.entries
    swatch, gap, size = 0.34 * unit, 0.14 * unit, LEGEND_SIZE
    counted = any(entry.count is not None for entry in entries)
    numbers = max(
        (pen.measure(f"{entry.count:,}", size) for entry in entries if entry.count is not None), default=0
    )
    y = pen.paragraph(x, y, legend.title, 12.5, width=width, bold=True) + 0.08 * unit
    if counted:
        pen.write(x + width, y, legend.noun, 9.5, colour=GREY, align="right")
        y += pen.line(9.5)
    for line in entries:
        _draw_swatch(pen, x, y, swatch, line.entry)
        if line.count is not None:
            pen.write(x + width, y, f"{line.count:,}", size, align="right")
        room = width - swatch - gap - (numbers + gap if counted else 0)
        y = pen.paragraph(x + swatch + gap, y, line.entry.label, size, width=room) + 0.07 * unit
    if legend.note:
        y = pen.paragraph(x, y + 0.1 * unit, legend.note, 9.5, width=width, colour=GREY)
    return y


def _draw_swatch(pen: Pen, x: float, y: float, width: float, entry: StyleClass) -> None:
    """Draw the colour of a class with its hatch and its mark."""
    import matplotlib

    unit, fill = pen.unit, entry.colour if entry.opacity else "#ffffff"
    pen.box(x, y, width, 0.2 * unit, facecolor=fill, edgecolor="#8a8a8a", linewidth=0.6 * unit)
    if entry.unsure:
        with matplotlib.rc_context({"hatch.linewidth": 0.6 * unit}):
            look = {"edgecolor": ink_on(fill), "linewidth": 0, "hatch": UNSURE_HATCH}
            pen.box(x, y, width, 0.2 * unit, facecolor="none", **look)
    if entry.mark:
        colour = ink_on(fill)
        pen.write(x + width / 2, y + 0.03 * unit, entry.mark, 9, bold=True, colour=colour, align="center")


def round_length(longest: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten that is not over `longest`.

    Examples
    --------
    >>> round_length(7300.0), round_length(1999.0)
    (5000.0, 1000.0)
    """
    power = 10.0 ** math.floor(math.log10(longest))
    return next(power * size for size in (5, 2, 1) if power * size <= longest)


def draw_scale(pen: Pen, x: float, y: float, width: float, *, metres_per_inch: float) -> None:
    """Draw a scale bar of at most `width` inches, half of it black, its bottom text line at `y`."""
    length = round_length(width * metres_per_inch)
    wide, high = length / metres_per_inch, 0.07 * pen.unit
    look = {"edgecolor": INK, "linewidth": 0.7 * pen.unit}
    pen.box(x, y, wide / 2, high, facecolor=INK, **look)
    pen.box(x + wide / 2, y, wide / 2, high, facecolor="#ffffff", **look)
    unit, name = (1000.0, "km") if length >= 1000 else (1.0, "m")
    below = y + high + 0.05 * pen.unit
    pen.write(x, below, "0", 9.5, align="center")
    pen.write(x + wide / 2, below, f"{length / 2 / unit:g}", 9.5, align="center")
    pen.write(x + wide, below, f"{length / unit:g} {name}", 9.5, align="center")


def draw_north(pen: Pen, x: float, y: float) -> None:
    """Draw an arrow that points to the top of the map, which is the north of its grid."""
    from matplotlib.patches import Polygon

    half, high = 0.13 * pen.unit, 0.4 * pen.unit
    pen.write(x, y, "N", 11.5, bold=True, align="center")
    top = y + pen.line(11.5)
    for side, colour in ((-1, INK), (1, "#ffffff")):
        corners = [(x, top), (x + side * half, top + high), (x, top + 0.78 * high)]
        shape = [(across / pen.width, 1 - down / pen.height) for across, down in corners]
        pen.figure.add_artist(
            Polygon(
                shape,
                closed=True,
                facecolor=colour,
                edgecolor=INK,
                linewidth=0.7 * pen.unit,
                transform=pen.figure.transFigure,
            )
        )


def centre_of(shape: Any) -> tuple[float, float]:
    """Return the middle of the largest circle inside a polygon: where its name has most room."""
    parts = shapely.get_parts(shape)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    west, south, east, north = shapely.bounds(largest)
    radius = shapely.maximum_inscribed_circle(largest, max(east - west, north - south) / 200)
    x, y = shapely.get_coordinates(radius)[0]
    return float(x), float(y)


class Names:
    """Writes names on a map, each only where it covers no other and stays on the map."""

    def __init__(self, pen: Pen, axes: Axes, *, metres_per_inch: float) -> None:
        self.pen, self.axes, self.scale = pen, axes, metres_per_inch
        self.taken: list[tuple[float, float, float, float]] = []
        self._kept: tuple[npt.NDArray[np.object_], npt.NDArray[np.float64], shapely.STRtree] | None = None
        self._written: list[Any] = []

    def keep_clear(self, shapes: npt.NDArray[np.object_], first: npt.NDArray[np.bool_]) -> None:
        """Let names cover under a quarter of each of these shapes, and nothing of the first among them."""
        if len(shapes):
            self._kept = shapes, np.where(first, 1e-9, COVERED_AT_MOST), shapely.STRtree(shapes)

    def _spares(self, box: tuple[float, float, float, float]) -> bool:
        """Return whether a name there, with those that are written, leaves enough of every shape to be seen."""
        if self._kept is None:
            return True
        shapes, most, tree = self._kept
        frame = shapely.box(*box)
        hit = tree.query(frame, predicate="intersects")
        ground = shapely.union_all([frame, *self._written])
        covered = shapely.area(shapely.intersection(shapes[hit], ground))
        return bool((covered < most[hit] * shapely.area(shapes[hit])).all())

    def place(
        self,
        names: Iterable[str],
        points: Iterable[tuple[float, float]],
        *,
        size: float,
        bold: bool,
        colour: str,
        within: npt.NDArray[np.object_] | None = None,
        avoid: npt.NDArray[np.object_] | None = None,
        beside: Sequence[Any] = (),
        offsets: Literal["on", "beside"] = "on",
    ) -> list[int]:
        """Write the names in their order; one that finds no room at its point is left out. Return which are written.

        Where the shapes are given that they are `within`, a name stands inside its shape or not at all: at the first
        place that covers nothing of what to `avoid`, else at the first that covers little enough of it. Names of the
        shapes that they may stand `beside` have places there too, and are written without their second line where both
        have no room. With ``offsets="beside"`` no name stands on its point, where a dot is.
        """
        written = []
        tree = None if avoid is None or not len(avoid) else shapely.STRtree(avoid)
        for number, (name, point) in enumerate(zip(names, points, strict=True)):
            spots = [(point, offset) for offset in _OFFSETS[offsets == "beside" :]]
            spots += _around(beside[number]) if len(beside) else []
            # What has no room with its second line is written without it.
            shape, looks = None, [(words, size) for words in dict.fromkeys((name, name.split("\n")[0]))]
            if within is not None:
                shape = within[number]
                spots += [(spot, _OFFSETS[0]) for spot in _spots(shape, point)]
                # Rather on two lines, and rather in smaller letters, than beyond the border.
                looks = [
                    (words, part * size)
                    for part in _SMALLER
                    for words in dict.fromkeys((name, _folded(name)))
                ]
            tries = [(*look, tree) for look in looks] if within is not None and tree is not None else []
            for words, letters, off in [*tries, *((*look, None) for look in looks)]:
                found = self._room(words, spots, letters, bold=bold, avoid=off, within=shape)
                if found is not None:
                    self._write(words, found, letters, bold=bold, colour=colour)
                    written.append(number)
                    break
        return written

    def _room(
        self,
        name: str,
        spots: Iterable[tuple[tuple[float, float], tuple[float, float, str]]],
        size: float,
        *,
        bold: bool,
        avoid: shapely.STRtree | None = None,
        within: Any = None,
    ) -> tuple[float, float, str] | None:
        letter = size * self.pen.unit / _POINTS * self.scale
        lines = name.split("\n")
        wide = max(self.pen.measure(line, size, bold=bold) for line in lines) * self.scale + 0.4 * letter
        half = (0.65 + 0.6 * (len(lines) - 1)) * letter
        if within is not None:
            west, south, east, north = shapely.bounds(within)
            if wide > east - west or 2 * half > north - south:
                return None
        tried = list(spots)
        for start in range(0, len(tried), _AT_ONCE):
            some = tried[start : start + _AT_ONCE]
            places = [(x + a * letter, y + b * letter, align) for (x, y), (a, b, align) in some]
            boxes = np.array(
                [
                    (left := x - _SHARES[align] * wide, y - half, left + wide, y + half)
                    for x, y, align in places
                ]
            )
            for number in self._free(boxes, avoid, within):
                box = tuple(boxes[number].tolist())
                if self._spares(box):
                    self.taken.append(box)
                    self._written.append(shapely.box(*box))
                    return places[number]
        return None

    def _free(self, boxes: npt.NDArray[np.float64], avoid: shapely.STRtree | None, within: Any) -> list[int]:
        """Return which boxes lie on the map and in a shape, and on nothing that is taken or to be avoided."""
        (west, east), (south, north) = self.axes.get_xlim(), self.axes.get_ylim()
        free = ((boxes[:, :2] >= (west, south)) & (boxes[:, 2:] <= (east, north))).all(axis=1)
        for other in self.taken:
            free &= ~((boxes[:, :2] < other[2:]) & (boxes[:, 2:] > other[:2])).all(axis=1)
        left = np.flatnonzero(free)
        if within is not None:
            shapely.prepare(within)
            left = left[shapely.contains(within, shapely.box(*boxes[left].T))]
        if avoid is not None:
            left = np.delete(
                left, np.unique(avoid.query(shapely.box(*boxes[left].T), predicate="intersects")[0])
            )
        found: list[int] = left.tolist()
        return found

    def _write(
        self, name: str, spot: tuple[float, float, str], size: float, *, bold: bool, colour: str
    ) -> None:
        from matplotlib.patheffects import withStroke

        x, y, align = spot
        self.axes.text(
            x,
            y,
            name,
            fontsize=size * self.pen.unit,
            fontweight="bold" if bold else "normal",
            family=FONT,
            color=colour,
            ha=align,
            va="center" if "\n" in name else "center_baseline",
            linespacing=1.1,
            multialignment="center",
            parse_math=False,
            path_effects=[withStroke(linewidth=2.4 * self.pen.unit, foreground="#ffffff", alpha=0.85)],
        )


def _folded(name: str) -> str:
    r"""Return a name on two lines, parted at the blank or hyphen nearest its middle; the name itself without one.

    Examples
    --------
    >>> _folded("Newcastle-under-Lyme"), _folded("Stafford")
    ('Newcastle-\nunder-Lyme', 'Stafford')
    """
    places = [place for place, letter in enumerate(name) if letter in " -"]
    if not places:
        return name
    middle = min(places, key=lambda place: abs(place - len(name) / 2))
    return f"{name[: middle + 1].rstrip()}\n{name[middle + 1 :]}"


def _around(shape: Any) -> list[tuple[tuple[float, float], tuple[float, float, str]]]:
    """Return the places right and left of a shape, above and below it, with where a name stands at each."""
    (x, y), (west, south, east, north) = centre_of(shape), shapely.bounds(shape).tolist()
    return [
        ((east, y), (0.5, 0.0, "left")),
        ((west, y), (-0.5, 0.0, "right")),
        ((x, north), (0.0, 1.0, "center")),
        ((x, south), (0.0, -1.0, "center")),
    ]


def _spots(shape: Any, near: tuple[float, float]) -> list[tuple[float, float]]:
    """Return places spread evenly inside a shape, those near a point first."""
    west, south, east, north = shapely.bounds(shape)
    x, y = (
        places.ravel()
        for places in np.meshgrid(np.linspace(west, east, _SPREAD), np.linspace(south, north, _SPREAD))
    )
    inside = shapely.contains_xy(shape, x, y)
    order = np.argsort(np.hypot(x[inside] - near[0], y[inside] - near[1]), kind="stable")
    return list(zip(x[inside][order].tolist(), y[inside][order].tolist(), strict=True))


def polygon_path(shapes: npt.NDArray[np.object_]) -> Any:
    """Return polygons as one path, holes running the other way, so that they stay empty."""
    from matplotlib.path import Path

    parts = shapely.orient_polygons(shapely.get_parts(shapes))
    rings = shapely.get_rings(parts)
    points, owner = shapely.get_coordinates(rings, return_index=True)
    codes = np.full(len(points), Path.LINETO, dtype=Path.code_type)
    if len(points):
        first = np.r_[True, owner[1:] != owner[:-1]]
        codes[first] = Path.MOVETO
        codes[np.r_[first[1:], True]] = Path.CLOSEPOLY
    return Path(points, codes)
