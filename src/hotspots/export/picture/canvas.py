"""The sheet that a picture is drawn on: a map on the left, its legend on the right, lines of text around both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.base.surface import Surface
from hotspots.export.picture.parts import (
    GREY,
    INK,
    LEGEND_SIZE,
    LegendEntry,
    Names,
    Pen,
    centre_of,
    draw_legend,
    draw_north,
    draw_scale,
    polygon_path,
)
from hotspots.export.style import Style, StyleClass

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

Shapes = npt.NDArray[np.object_]
Bounds = tuple[float, float, float, float]
Size = tuple[float, float]

SLIDE: Size = (40 / 3, 7.5)  # inches; 16:9
BORDER = "#8f8f8f"
_MANY = 2_000  # areas; so many borders would hide what they enclose
_MARGIN = 0.35  # inches on a slide, as all lengths below
_COLUMN = 3.5  # the column of legend, scale and north
_HEAT_PIXELS = 1_400  # a heat-map is sampled to at least about this many columns


class Canvas:
    """A figure with a map on the left, its column of legend on the right, and lines of text around both."""

    def __init__(
        self, size: Size, extent: Bounds, *, title: bool, subtitle: bool, foot: bool, letters: float | None
    ) -> None:
        from hotspots.export.picture.figure import MapFigure

        self.figure = MapFigure(figsize=size, facecolor="#ffffff")
        self.unit = size[0] / SLIDE[0] if letters is None else letters / LEGEND_SIZE
        self.pen = Pen(self.figure, self.unit)
        self.margin = _MARGIN * self.unit if title or foot else 0.14 * self.unit
        self.top = self.margin + (0.5 * title + 0.35 * subtitle + 0.1 * (title or subtitle)) * self.unit
        self.bottom = size[1] - (0.75 * self.unit if foot else self.margin)
        self.side = size[0] - self.margin - _COLUMN * self.unit
        self.axes, self.scale = self._map(extent)
        self.labels = Names(self.pen, self.axes, metres_per_inch=self.scale)

    def _map(self, extent: Bounds) -> tuple[Axes, float]:
        """Return axes in which a metre is as long across as up, and the metres in an inch."""
        width, height = self.side - self.margin - 0.3 * self.unit, self.bottom - self.top
        west, south, east, north = extent
        scale = 1.02 * max((east - west) / width, (north - south) / height)
        middle = (west + east) / 2, (south + north) / 2
        pen = self.pen
        place = (
            self.margin / pen.width,
            1 - self.bottom / pen.height,
            width / pen.width,
            height / pen.height,
        )
        axes = self.figure.add_axes(place)
        axes.set_axis_off()
        axes.set_xlim(middle[0] - scale * width / 2, middle[0] + scale * width / 2)
        axes.set_ylim(middle[1] - scale * height / 2, middle[1] + scale * height / 2)
        return axes, scale

    def areas(self, shapes: Shapes, style: Style, found: npt.NDArray[np.int16]) -> None:
        """Fill the areas of each class; of many areas the borders take the fill's colour, or they would hide it."""
        many = len(shapes) > _MANY
        looks: list[tuple[int, StyleClass]] = [(-1, style.missing), *enumerate(style.classes)]
        for place, entry in looks:
            chosen = shapes[found == place]
            if len(chosen):
                edge = entry.colour if many else BORDER
                self._patch(chosen, facecolor=entry.colour, edgecolor=edge, linewidth=0.35 * self.unit)

    def borders(self, shapes: Shapes) -> None:
        """Draw the borders of areas as thin grey lines."""
        self._patch(shapes, facecolor="none", edgecolor=BORDER, linewidth=0.35 * self.unit)

    def surface(self, surface: Surface, style: Style) -> None:
        """Fill the map with the classes of a surface."""
        west, south, east, north = surface.bounds
        values = _finer(surface)
        found = style.classify(values.ravel()).reshape(values.shape)
        colours = np.zeros(
            (len(style.classes) + 1, 4), dtype=np.uint8
        )  # the last, read by -1, is transparent
        for place, entry in enumerate(style.classes):
            colours[place] = (*bytes.fromhex(entry.colour.lstrip("#")), 255 if entry.opacity else 0)
        limits = self.axes.get_xlim(), self.axes.get_ylim()
        self.axes.imshow(
            colours[found],
            extent=(west, east, south, north),
            interpolation="none",
            origin="upper",
            aspect="auto",
        )
        self.axes.set_xlim(*limits[0])
        self.axes.set_ylim(*limits[1])

    def outline(self, outline: gpd.GeoDataFrame) -> None:
        """Draw districts as dark lines and write their names."""
        shapes = np.asarray(shapely.force_2d(outline.geometry.to_numpy()))
        self._patch(shapes, facecolor="none", edgecolor=INK, linewidth=1.1 * self.unit)
        names = [str(name) for name in outline.get("name", outline.index)]
        if len(names) > 1:
            points = [centre_of(shape) for shape in shapes]
            self.labels.place(names, points, size=10, bold=True, colour="#3a3a3a")

    def names(self, layer: gpd.GeoDataFrame, codes: Sequence[str]) -> None:
        """Write the names of some areas."""
        chosen = layer.loc[list(codes)]
        points = [centre_of(shape) for shape in chosen.geometry]
        names = [str(name) for name in chosen["name"]] if len(chosen) else []
        self.labels.place(names, points, size=9, bold=False, colour="#000000")

    def furniture(self, title: str, entries: Sequence[LegendEntry], *, noun: str, note: str) -> None:
        """Draw the legend, and the scale bar and north arrow below it."""
        width = _COLUMN * self.unit
        draw_legend(self.pen, self.side, self.top, width, title=title, entries=entries, noun=noun, note=note)
        foot = self.bottom - 0.35 * self.unit
        draw_scale(self.pen, self.side + 0.1 * self.unit, foot, 0.62 * width, metres_per_inch=self.scale)
        draw_north(self.pen, self.side + width - 0.2 * self.unit, foot - 0.35 * self.unit)

    def lines(self, title: str, subtitle: str, source: str, attribution: str) -> None:
        """Write title and subtitle above the map, source and attribution below."""
        pen, width = self.pen, self.pen.width - 2 * self.margin
        y = self.margin - 0.05 * self.unit
        if title:
            size = min(22.0, 22.0 * width / max(width, pen.measure(title, 22, bold=True)))
            pen.write(self.margin, y, title, size, bold=True)
            y += 0.5 * self.unit
        if subtitle:
            pen.write(self.margin, y, subtitle, 14, colour=GREY)
        words = " · ".join(part for part in (f"Source: {source}" if source else "", attribution) if part)
        if words:
            pen.paragraph(self.margin, self.bottom + 0.22 * self.unit, words, 8, width=width, colour=GREY)

    def _patch(self, shapes: Shapes, **look: Any) -> None:
        from matplotlib.patches import PathPatch

        # As an artist, since a patch would have matplotlib search all its edges for limits that are set already.
        self.axes.add_artist(PathPatch(polygon_path(shapes), joinstyle="round", **look))


def _finer(surface: Surface) -> npt.NDArray[np.float64]:
    """Return the surface on a grid finer by a whole factor, interpolated; where a neighbour is missing, the nearest."""
    from scipy.ndimage import map_coordinates

    rows, columns = surface.shape
    factor = int(np.clip(round(_HEAT_PIXELS / columns), 1, 6))
    down = np.clip((np.arange(rows * factor) + 0.5) / factor - 0.5, 0, rows - 1)
    across = np.clip((np.arange(columns * factor) + 0.5) / factor - 0.5, 0, columns - 1)
    places = np.meshgrid(down, across, indexing="ij")
    blended = map_coordinates(surface.values, places, order=1, prefilter=False, mode="nearest")
    nearest = np.repeat(np.repeat(surface.values, factor, axis=0), factor, axis=1)
    smooth: npt.NDArray[np.float64] = np.where(np.isnan(blended) | np.isnan(nearest), nearest, blended)
    return smooth
