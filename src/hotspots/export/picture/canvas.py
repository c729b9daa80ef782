"""The sheet that a picture is drawn on: a map, its legend beside it, insets on free ground, lines of text around."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.areas.borders import closed
from hotspots.areas.outline import outline_of
from hotspots.base.crs import reproject
from hotspots.base.surface import Surface
from hotspots.base.text import area_name
from hotspots.export.picture.context import draw_lines, draw_towns
from hotspots.export.picture.insets import find_windows, free_ground, windows_around
from hotspots.export.picture.outlines import drawn_outlines, line_width
from hotspots.export.picture.parts import (
    FONT,
    INK,
    LEGEND_SIZE,
    UNSURE_HATCH,
    LegendBox,
    Names,
    Pen,
    centre_of,
    draw_legend,
    draw_north,
    draw_scale,
    polygon_path,
)
from hotspots.export.picture.sheet import COLUMN, Words, lay_out, legend_size, write_lines
from hotspots.export.sizes import BORDERED, HATCHED, is_shown
from hotspots.export.style import MISSING_CLASS, Style, StyleClass
from hotspots.export.unsure import TOO_SMALL, ink_on, unsure_class

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

Shapes = npt.NDArray[np.object_]
Bounds = tuple[float, float, float, float]
Size = tuple[float, float]

SLIDE: Size = (40 / 3, 7.5)  # inches; 16:9
BORDER = "#8f8f8f"
_LINE = 1.1  # points, around districts
_MANY = 2_000  # coloured areas, of which insets would show a few
_SMALLEST = 0.12  # inches; a coloured area under it has an inset, whatever the size of the sheet
_INSET = 1.3  # inches, likewise; but of a narrow sheet at most three tenths
_UPRIGHT = 0.88  # height of an inset in its widths
_MARKED = 0.3  # inches; a marked area under it has one too, or its number would cover it
_ZOOM = 3.5  # of an inset
_LEAST = 1.6  # zoom of an inset on marked areas that lie apart
_SHRINKS = (1.0, 1.15, 1.3, 1.5)  # how far the map makes room for insets where it leaves none
_SYMBOL = 8.5  # points of a class's mark
_SYMBOL_ROOM = 2.2  # letters across that an area has where it bears one
_HEAT_PIXELS = 1_400  # a heat-map is sampled to about this many columns,
_HEAT_DENSITY = 320  # or to so many to an inch where that is fewer: more than print can show


class Canvas:
    """A figure with a map on the left, its column of legend on the right, and lines of text around both."""

    def __init__(
        self,
        size: Size,
        extent: Bounds,
        *,
        words: Words,
        legend: LegendBox | None,
        letters: float | None,
    ) -> None:
        from hotspots.export.picture.figure import MapFigure

        self.figure = MapFigure(figsize=size, facecolor="#ffffff")
        self.unit = size[0] / SLIDE[0] if letters is None else letters / LEGEND_SIZE
        self.pen = Pen(self.figure, self.unit)
        self.words, self.legend = words, legend
        self.sheet = lay_out(self.pen, extent, words, legend)
        self.extent = extent
        self.axes, self.scale = self._map(extent)
        self.labels = Names(self.pen, self.axes, metres_per_inch=self.scale)
        self.insets: list[tuple[Axes, Names]] = []

    def _map(self, extent: Bounds) -> tuple[Axes, float]:
        """Return axes in which a metre is as long across as up, and the metres in an inch."""
        sheet, pen = self.sheet, self.pen
        width, height = sheet.right - sheet.left, sheet.bottom - sheet.top
        west, south, east, north = extent
        scale = sheet.metres(extent)
        middle = (west + east) / 2, (south + north) / 2
        place = (
            sheet.left / pen.width,
            1 - sheet.bottom / pen.height,
            width / pen.width,
            height / pen.height,
        )
        axes = self.figure.add_axes(place)
        axes.set_axis_off()
        axes.set_xlim(middle[0] - scale * width / 2, middle[0] + scale * width / 2)
        axes.set_ylim(middle[1] - scale * height / 2, middle[1] + scale * height / 2)
        return axes, scale

    def add_insets(self, coloured: Shapes, ground: Any, *, most: int, marked: Shapes | None = None) -> None:
        """Add insets on the areas that are too small to see, each on the nearest free ground.

        Those are the marked ones, or else the coloured ones. No inset stands on the ground, on another inset, or
        looks at what another does. The map moves to the left and, where there is no room for the insets otherwise,
        becomes smaller.
        """
        if (marked is None or not len(marked)) and len(coloured) > _MANY:
            return  # an inset would show a few of them
        west, south, east, north = self.extent
        (left, right), (low, high) = self.axes.get_xlim(), self.axes.get_ylim()
        inset = min(_INSET, 0.3 * self.pen.width)
        for shrink in _SHRINKS:
            scale = self.scale * shrink
            wide, tall = (right - left) * shrink, (high - low) * shrink
            edge = min(west - 0.01 * wide, (west + east - wide) / 2)
            sheet = (edge, (south + north - tall) / 2, edge + wide, (south + north + tall) / 2)
            box = inset * scale, _UPRIGHT * inset * scale
            sizes: dict[str, Any] = {"size": (box[0] / _ZOOM, box[1] / _ZOOM), "most": most}
            if marked is None or not len(marked):
                windows = find_windows(coloured, smallest=_SMALLEST * scale, **sizes)
            else:
                widest = _ZOOM / _LEAST
                windows = windows_around(marked, smallest=_MARKED * scale, widest=widest, **sizes)
            if not windows:
                return
            taken: list[Bounds] = []
            spots = []
            for window in windows:
                middle = (window[0] + window[2]) / 2, (window[1] + window[3]) / 2
                spot = free_ground(box, sheet, ground=ground, taken=taken, near=middle)
                if spot is not None:
                    taken.append(spot)
                    spots.append((window, spot))
            if len(spots) == len(windows):
                break
        if not spots:
            return
        self.scale = scale
        self.axes.set_xlim(sheet[0], sheet[2])
        self.axes.set_ylim(sheet[1], sheet[3])
        self.labels = Names(self.pen, self.axes, metres_per_inch=scale)
        self.labels.taken += [*taken, *(window for window, _ in spots)]
        for window, spot in spots:
            self._inset(window, spot)

    def _inset(self, window: Bounds, spot: Bounds) -> None:
        """Add the axes of one inset, the frame of its window on the map, and a line between the two."""
        place = self.axes.get_position()
        (left, right), (low, high) = self.axes.get_xlim(), self.axes.get_ylim()
        across, up = place.width / (right - left), place.height / (high - low)
        corner = place.x0 + (spot[0] - left) * across, place.y0 + (spot[1] - low) * up
        axes = self.figure.add_axes((*corner, (spot[2] - spot[0]) * across, (spot[3] - spot[1]) * up))
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_xlim(window[0], window[2])
        axes.set_ylim(window[1], window[3])
        for spine in axes.spines.values():
            spine.set(edgecolor=INK, linewidth=0.8 * self.unit)
        near = shapely.shortest_line(shapely.box(*window), shapely.box(*spot))
        frame: dict[str, Any] = {"color": INK, "linewidth": 0.8 * self.unit, "zorder": 4}
        for line in (shapely.get_coordinates(shapely.box(*window)), shapely.get_coordinates(near)):
            self.axes.plot(line[:, 0], line[:, 1], **frame)
        self.axes.set_xlim(left, right)
        self.axes.set_ylim(low, high)
        zoom = (spot[2] - spot[0]) / (window[2] - window[0])
        names = Names(self.pen, axes, metres_per_inch=self.scale / zoom)
        self.insets.append((axes, names))

    def _views(self) -> Iterator[tuple[Axes, Names]]:
        """Yield the map and its insets."""
        yield self.axes, self.labels
        yield from self.insets

    def areas(self, shapes: Shapes, style: Style, found: npt.NDArray[np.int16]) -> None:
        """Fill the areas of each class; borders of small areas take the fill's colour, or they would hide it."""
        small = not is_shown(shapes, BORDERED, metres_per_inch=self.scale)
        looks: list[tuple[int, StyleClass]] = [(-1, style.missing), *enumerate(style.classes)]
        for place, entry in looks:
            chosen = shapes[found == place]
            if len(chosen):
                edge = entry.colour if small else BORDER
                self._patch(chosen, facecolor=entry.colour, edgecolor=edge, linewidth=0.35 * self.unit)

    def hatch(self, shapes: Shapes, style: Style, found: npt.NDArray[np.int16]) -> None:
        """Hatch areas that rest on little over the colours of their classes, where they are large enough for it.

        Where rates are not hatched the legend says so; a class that is hatched has nothing else to be told by.
        """
        import matplotlib

        line = unsure_class(style)
        if line is not None and not is_shown(shapes, HATCHED, metres_per_inch=self.scale):
            self._say_too_small(style, line)
            return
        with matplotlib.rc_context({"hatch.linewidth": 0.6 * self.unit}):
            for place in np.unique(found[found >= 0]):
                look = {
                    "edgecolor": ink_on(style.classes[place].colour),
                    "linewidth": 0,
                    "hatch": UNSURE_HATCH,
                }
                self._patch(shapes[found == place], facecolor="none", alpha=0.75, **look)

    def _say_too_small(self, style: Style, line: StyleClass) -> None:
        self.figure.hatched = False
        instead = unsure_class(style, lead=TOO_SMALL)
        if self.legend is None or instead is None:
            return
        entries = [replace(row, entry=instead) if row.entry == line else row for row in self.legend.entries]
        self.legend = replace(self.legend, entries=entries)

    def symbols(self, shapes: Shapes, style: Style, found: npt.NDArray[np.int16]) -> None:
        """Write the marks of classes, on each area that has room, else once on those that lie together."""
        for place, entry in enumerate(style.classes):
            chosen = shapes[found == place]
            if not entry.mark or not len(chosen):
                continue
            for axes, names in self._views():
                letter = _SYMBOL * self.unit / 72 * names.scale
                roomy = shapely.area(chosen) >= (_SYMBOL_ROOM * letter) ** 2
                rest = shapely.get_parts(shapely.union_all(chosen[~roomy]))
                pieces = [*chosen[roomy], *rest[shapely.area(rest) >= (_SYMBOL_ROOM * letter) ** 2]]
                for x, y in filter(partial(_within, axes), map(centre_of, pieces)):
                    half = 0.7 * letter
                    names.taken.append((x - half, y - half, x + half, y + half))
                    look: dict[str, Any] = {"color": ink_on(entry.colour), "zorder": 3}
                    look |= {"fontsize": _SYMBOL * self.unit, "fontweight": "bold", "family": FONT}
                    axes.text(x, y, entry.mark, ha="center", va="center_baseline", **look)

    def uncovered(self, areas: gpd.GeoDataFrame | None, crs: Any) -> None:
        """Draw the ground that the files do not cover, hatched."""
        if areas is None or areas.empty:
            return
        placed = reproject(areas, crs)
        # Of those of a country, a page on one partnership shows few.
        seen = placed[shapely.intersects(placed.geometry.to_numpy(), _limits(self.axes))]
        if seen.empty:
            return
        joined = outline_of(seen).geometry.to_numpy()
        look: dict[str, Any] = {"edgecolor": "#8a94a0", "linewidth": 0.5 * self.unit, "hatch": "////"}
        self._patch(joined, facecolor=MISSING_CLASS.colour, **look)

    def lines(self, context: gpd.GeoDataFrame | None) -> None:
        """Draw roads and water, see `hotspots.export.picture.context`."""
        if context is not None:
            for axes, _ in self._views():
                draw_lines(axes, context, unit=self.unit)

    def towns(self, context: gpd.GeoDataFrame | None) -> None:
        """Write the towns that all other names leave room for."""
        if context is not None:
            draw_towns(self.labels, context)

    def borders(self, shapes: Shapes) -> None:
        """Draw the borders of areas as thin grey lines."""
        self._patch(shapes, facecolor="none", edgecolor=BORDER, linewidth=0.35 * self.unit)

    def surface(self, surface: Surface, style: Style, outline: gpd.GeoDataFrame | None) -> None:
        """Fill the map with the classes of a surface, cut off at the outline where there is one.

        Cells without a value inside the outline, as gaps between areas leave them, take that of the nearest cell.
        """
        from matplotlib.patches import PathPatch

        west, south, east, north = surface.bounds
        columns = min(_HEAT_PIXELS, _HEAT_DENSITY * (self.sheet.right - self.sheet.left))
        found = _finer(surface if outline is None else _without_gaps(surface), style, columns)
        colours = np.zeros(
            (len(style.classes) + 1, 4), dtype=np.uint8
        )  # the last, read by -1, is transparent
        for place, entry in enumerate(style.classes):
            colours[place] = (*bytes.fromhex(entry.colour.lstrip("#")), 255 if entry.opacity else 0)
        edge = None if outline is None else polygon_path(_filled(outline, surface.cell_size))
        for axes, _ in self._views():
            limits = axes.get_xlim(), axes.get_ylim()
            image = axes.imshow(
                colours[found],
                extent=(west, east, south, north),
                interpolation="none",
                origin="upper",
                aspect="auto",
            )
            if edge is not None:
                image.set_clip_path(PathPatch(edge, transform=axes.transData))
            axes.set_xlim(*limits[0])
            axes.set_ylim(*limits[1])

    def outline(self, outline: gpd.GeoDataFrame, *, avoid: Shapes | None = None) -> None:
        """Draw districts as dark lines and write their names, off the shapes to avoid where there is room."""
        shapes = np.asarray(shapely.force_2d(outline.geometry.to_numpy()))
        line = line_width(shapes, widest=_LINE * self.unit * self.scale / 72)
        look: dict[str, Any] = {
            "facecolor": "none",
            "edgecolor": INK,
            "linewidth": line / self.scale * 72,
        }
        for axes, labels in self._views():
            # An inset has room for creeks that the map has none for.
            wide = line * labels.scale / self.scale
            _draw(axes, drawn_outlines(self._seen(axes, shapes), line=wide), look)
        names = [str(name) for name in outline.get("name", outline.index)]
        if len(names) > 1:
            points = [centre_of(shape) for shape in shapes]
            letters: dict[str, Any] = {"size": 10, "bold": True, "colour": "#3a3a3a"}
            self.labels.place(names, points, within=shapes, avoid=avoid, **letters)

    def keep_clear(self, shapes: Shapes, first: npt.NDArray[np.bool_]) -> None:
        """Let names cover under a quarter of each coloured area, and nothing of the first in rank."""
        for _, labels in self._views():
            labels.keep_clear(shapes, first)

    def names(self, layer: gpd.GeoDataFrame, codes: Sequence[str]) -> None:
        """Write the names of some areas, with their districts in the second line where there are several."""
        chosen = layer.loc[list(codes)]
        points = [centre_of(shape) for shape in chosen.geometry]
        names = [str(name) for name in chosen["name"]] if len(chosen) else []
        if len(chosen) and "district" in layer and layer["district"].nunique() > 1:
            names = [
                f"{name}\n({district})"
                if isinstance(district, str) and area_name(name, district) == f"{name} ({district})"
                else name
                for name, district in zip(names, chosen["district"], strict=True)
            ]
        for axes, labels in self._views():
            seen = [place for place, point in enumerate(points) if _within(axes, point)]
            labels.place(
                [names[i] for i in seen],
                [points[i] for i in seen],
                size=9,
                bold=False,
                colour="#000000",
                beside=[chosen.geometry.iloc[i] for i in seen],
            )

    def marks(self, layer: gpd.GeoDataFrame, codes: Sequence[str]) -> None:
        """Write the numbers 1, 2, 3 and so on at some areas: in an inset that shows them, else on the map.

        No name stands on them that is written later.
        """
        for number, shape in enumerate(layer.loc[list(codes)].geometry, start=1):
            x, y = centre_of(shape)
            views = [view for view in self.insets if _within(view[0], (x, y))]
            axes, names = views[0] if views else (self.axes, self.labels)
            half = 0.9 * 9 * self.unit / 72 * names.scale
            names.taken.append((x - half, y - half, x + half, y + half))
            axes.text(
                x,
                y,
                f"{number}",
                fontsize=9 * self.unit,
                fontweight="bold",
                family=FONT,
                ha="center",
                va="center",
                zorder=5,
                bbox={
                    "boxstyle": "circle,pad=0.2",
                    "facecolor": "#ffffff",
                    "edgecolor": INK,
                    "linewidth": 0.8 * self.unit,
                },
            )

    def furniture(self, ground: Any) -> None:
        """Draw the lines around the map, and the legend with scale bar and north arrow below it.

        Without a legend the scale bar stands on ground that is free.
        """
        write_lines(self.pen, self.sheet, self.words)
        if self.legend is None:
            self._scale_alone(ground)
            return
        sheet, unit = self.sheet, self.unit
        pen = Pen(self.figure, unit * legend_size(self.pen, sheet, self.legend))
        draw_legend(pen, sheet.side, sheet.legend, sheet.column, self.legend)
        foot, width = sheet.scale + 0.4 * unit, min(sheet.column, COLUMN * unit)
        draw_scale(self.pen, sheet.side + 0.1 * unit, foot, 0.62 * width, metres_per_inch=self.scale)
        draw_north(self.pen, sheet.side + sheet.column - 0.2 * unit, foot - 0.35 * unit)

    def _scale_alone(self, ground: Any) -> None:
        """Draw the scale bar without a legend: on free ground near the map's bottom left, else at that corner."""
        (left, right), (low, high) = self.axes.get_xlim(), self.axes.get_ylim()
        room, tall = 1.5 * self.unit, 0.45 * self.unit
        size = (room + 0.3 * self.unit) * self.scale, tall * self.scale
        spot = free_ground(
            size, (left, low, right, high), ground=ground, taken=self.labels.taken, near=(left, low)
        )
        west, south = (left, low) if spot is None else spot[:2]
        x = self.sheet.left + (west - left) / self.scale + 0.1 * self.unit
        y = self.sheet.bottom - (south - low) / self.scale - tall + 0.08 * self.unit
        draw_scale(self.pen, x, y, room, metres_per_inch=self.scale)

    def _patch(self, shapes: Shapes, **look: Any) -> None:
        for axes, _ in self._views():
            _draw(axes, self._seen(axes, shapes), look)

    def _seen(self, axes: Axes, shapes: Shapes) -> Shapes:
        """Return what a view shows: in each inset all areas would be most of a report's bytes."""
        return shapes if axes is self.axes else shapes[shapely.intersects(shapes, _limits(axes))]


def _draw(axes: Axes, shapes: Shapes, look: dict[str, Any]) -> None:
    """Draw polygons as an artist, since a patch would have matplotlib search all its edges for limits that are set."""
    from matplotlib.patches import PathPatch

    if len(shapes):
        axes.add_artist(PathPatch(polygon_path(shapes), joinstyle="round", **look))


def _limits(axes: Axes) -> Any:
    """Return the ground that a map shows."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    return shapely.box(west, south, east, north)


def _within(axes: Axes, point: tuple[float, float]) -> bool:
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    return bool(west <= point[0] <= east and south <= point[1] <= north)


def _without_gaps(surface: Surface) -> Surface:
    """Return the surface with the value of the nearest cell that has one where there is none."""
    from scipy.ndimage import distance_transform_edt

    missing = np.isnan(surface.values)
    if not missing.any() or missing.all():
        return surface
    nearest = distance_transform_edt(missing, return_distances=False, return_indices=True)
    return replace(surface, values=surface.values[tuple(nearest)])


def _filled(outline: gpd.GeoDataFrame, cell: float) -> Shapes:
    """Return the ground of an outline without gaps narrower than a cell, and holes smaller than four."""
    whole = shapely.union_all(shapely.force_2d(outline.geometry.to_numpy()))
    parts = shapely.get_parts(closed(np.array([whole], dtype=object), sliver=cell))
    return np.array(
        [
            shapely.Polygon(part.exterior, [ring for ring in part.interiors if _area(ring) >= 4 * cell**2])
            for part in parts
            if part.geom_type == "Polygon"
        ],
        dtype=object,
    )


def _area(ring: Any) -> float:
    return float(shapely.area(shapely.Polygon(ring)))


def _finer(surface: Surface, style: Style, wanted: float) -> npt.NDArray[np.int16]:
    """Return the classes of a surface on a grid finer by a whole factor, interpolated; beside a gap, of the nearest.

    The grid has about as many columns as are wanted. Rows are taken some at a time, so that the numbers of a large
    picture are never all in memory.
    """
    from scipy.ndimage import map_coordinates

    rows, columns = surface.shape
    factor = int(np.clip(round(wanted / columns), 1, 6))
    down = np.clip((np.arange(rows * factor) + 0.5) / factor - 0.5, 0, rows - 1)
    across = np.clip((np.arange(columns * factor) + 0.5) / factor - 0.5, 0, columns - 1)
    found = np.empty((len(down), len(across)), np.int16)
    for first in range(0, rows, 16):
        band = slice(first * factor, (first + 16) * factor)
        places = np.meshgrid(down[band], across, indexing="ij")
        blended = map_coordinates(surface.values, places, order=1, prefilter=False, mode="nearest")
        nearest = np.repeat(np.repeat(surface.values[first : first + 16], factor, axis=0), factor, axis=1)
        smooth = np.where(np.isnan(blended) | np.isnan(nearest), nearest, blended)
        found[band] = style.classify(smooth.ravel()).reshape(smooth.shape)
    return found
