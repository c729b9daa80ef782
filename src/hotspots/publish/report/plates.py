"""The report's pictures: maps that fill their frame, with legend, period and source in text, and words for where."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.analysis.results import Analysis, Group, Layer
from hotspots.areas.uncovered import coverage_label, with_coverage
from hotspots.base.columns import theme_words
from hotspots.base.surface import Surface
from hotspots.base.text import area_name
from hotspots.export.document import Grid, Legend, Picture
from hotspots.export.picture.draw import draw_heatmap, draw_map
from hotspots.export.picture.saving import picture_bytes
from hotspots.export.style import MISSING_CLASS, Style, StyleClass, layer_style, surface_style
from hotspots.export.unsure import TOO_SMALL, unsure_areas, unsure_class
from hotspots.publish.views import drawing
from hotspots.publish.words.change import calendar_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PictureKind = Literal["svg", "png"]
Kinds = tuple[PictureKind, ...]

WIDTH = 6.85  # inches: the width of the text on an A4 page
HALF = 3.34  # two side by side
LETTERS = 7.6  # points
NAMED = 3  # places in the words for who cannot see a picture
FLAT = (
    0.75  # of a study area no higher than this in its widths, four pictures leave room for the text of a page
)
_HEIGHTS = {"four": (1.0, 1.6), "two": (2.2, 2.75)}  # inches, the lowest and the highest
_INSETS = 3
_PLAIN = {
    "hot99": "Hotspot, the surest",
    "hot95": "Hotspot",
    "hot90": "Possible hotspot",
    "cold90": "Possible coldspot",
    "cold95": "Coldspot",
    "cold99": "Coldspot, the surest",
    "clear": "Clearly over",
    "likely": "Likely over",
    "borderline force-wide": "Force-wide, less sure",
    "borderline local": "Local, less sure",
    "watch": "To be watched",
}


def origin_words(analysis: Analysis) -> str:
    """Return the period and the source, as every caption ends."""
    source = analysis.origin.source
    return f"{calendar_words(analysis.calendar)}{f'; source: {source}' if source else ''}."


def area_plate(
    analysis: Analysis,
    layer: Layer,
    column: str,
    *,
    size: tuple[float, float],
    kinds: Kinds,
    caption: str = "",
    marked: tuple[str, ...] = (),
    insets: int = _INSETS,
    letters: float = LETTERS,
) -> Picture:
    """Return the map of one column of a layer, its legend in words and where it is highest.

    Parameters
    ----------
    analysis, layer, column
        What is drawn.
    size : (float, float)
        Inches.
    kinds : tuple of {'svg', 'png'}
        How it is drawn; SVG always.
    caption : str
        The line below; without one, the layer and what the column tells.
    marked : tuple of str
        Codes of areas that bear numbers.
    insets : int
        At most so many.
    letters : float
        Points of the letters beside the map; those on it are in proportion.
    """
    table, draw = layer.table, drawing(layer.table, layer.kind)
    figure = draw_map(
        table,
        column,
        outline=analysis.outline,
        uncovered=missing_areas(analysis),
        context=analysis.context,
        draw=draw,
        named=(),
        marked=marked,
        legend="none",
        insets=insets,
        size=size,
        letters=letters,
    )
    words = caption or f"{layer.label}: {theme_words(column)}"
    style = layer_style(table, column)
    legend = _legend(style, table, neutral=draw == "all", hatched=figure.hatched)
    legend = replace(legend, entries=[*legend.entries, *_blank_entry(missing_areas(analysis))])
    return _as_picture(
        figure, f"{words.rstrip('.')}. {_where(analysis, layer, column, style)}", words, kinds, legend
    )


def heat_plate(
    analysis: Analysis,
    surface: Surface,
    *,
    size: tuple[float, float],
    kinds: Kinds,
    caption: str = "Heat-map",
    insets: int = _INSETS,
) -> Picture:
    """Return a heat-map, its legend in words and the areas on the densest ground; see `area_plate`."""
    areas = analysis.areas
    figure = draw_heatmap(
        surface,
        areas=areas,
        outline=analysis.outline,
        uncovered=bare_ground(analysis),
        context=analysis.context,
        legend="none",
        insets=insets,
        size=size,
        letters=LETTERS,
    )
    style = surface_style(surface)
    entries = [(entry.colour, _plain(entry.label)) for entry in style.classes if entry.opacity]
    entries += [*_blank_entry(missing_areas(analysis)), *_blank_entry(analysis.lacking_months)]
    peaks = _named(analysis, _densest_places(surface))
    alt = f"{caption}. The densest ground is in {peaks}." if peaks else f"{caption}."
    return _as_picture(figure, alt, caption, kinds, Legend("Density", entries))


def missing_areas(analysis: Analysis) -> gpd.GeoDataFrame | None:
    """Return the areas that the files do not cover, of the first layer that has such; None where all are covered."""
    return next(iter(analysis.uncovered.values()), None)


def bare_ground(analysis: Analysis) -> gpd.GeoDataFrame | None:
    """Return the ground that is in no density, for want of all files or of those of some months; None for none."""
    missing, lacking = missing_areas(analysis), analysis.lacking_months
    if missing is None or lacking.empty:
        return missing if lacking.empty else lacking
    return with_coverage(lacking, missing)


def _blank_entry(areas: gpd.GeoDataFrame | None) -> list[tuple[str, str]]:
    """Return the line of the legend for ground that is left blank, where there is any."""
    if areas is None or areas.empty:
        return []
    return [(MISSING_CLASS.colour, f"{coverage_label(areas)} ({len(areas):,})")]


def group_plates(analysis: Analysis, group: Group, columns: list[tuple[Layer, str]], kinds: Kinds) -> Grid:
    """Return the heat-map of a group, where it has one, and maps of its layers side by side."""
    size = pair_size(analysis.areas)
    pictures = [
        area_plate(analysis, layer, column, size=size, kinds=kinds, insets=1) for layer, column in columns
    ]
    if group.surface is not None:
        pictures.insert(1, heat_plate(analysis, group.surface, size=size, kinds=kinds, insets=1))
    return Grid(pictures, f"{group.name}: {origin_words(analysis)}")


def pair_size(areas: gpd.GeoDataFrame) -> tuple[float, float]:
    """Return the size of pictures that stand two to a row: as high as the study area is in its width."""
    west, south, east, north = areas.total_bounds
    limits = _HEIGHTS["four" if is_flat(areas) else "two"]
    return HALF, float(np.clip(HALF * (north - south) / (east - west), *limits))


def is_flat(areas: gpd.GeoDataFrame) -> bool:
    """Return whether four pictures of a study area, and not two, leave room for the text of a page."""
    west, south, east, north = areas.total_bounds
    return bool((north - south) / (east - west) <= FLAT)


def _legend(style: Style, table: pd.DataFrame, *, neutral: bool, hatched: bool) -> Legend:
    found = style.classify(table[style.column])
    entries = [
        (entry.colour, f"{_words(entry)} ({(found == place).sum():,})")
        for place, entry in enumerate(style.classes)
        if (found == place).any() and (neutral or not entry.neutral)
    ]
    line = unsure_class(style) if hatched else unsure_class(style, lead=TOO_SMALL)
    if line is not None and (few := int(unsure_areas(table, style).sum())):
        entries.append((line.colour, f"{line.label} ({few:,})"))
    if neutral and (found < 0).any():
        entries.append((style.missing.colour, f"{style.missing.label} ({(found < 0).sum():,})"))
    return Legend(_plain(style.title), entries)


def _words(entry: StyleClass) -> str:
    """Return a class's words after its mark, without its limits, and that it is hatched where it is."""
    words = _PLAIN.get(str(entry.value), _plain(entry.label))
    marked = f"{entry.mark} {words}" if entry.mark else words
    return f"{marked}, hatched" if entry.unsure else marked


def _plain(label: str) -> str:
    """Return a class's words without its limits, which stand in the appendix."""
    return re.sub(r"( \(.*\)|:.*)$", "", label)


def _where(analysis: Analysis, layer: Layer, column: str, style: Style) -> str:
    """Return in which areas the highest class lies: ``"Significantly above in Burton (East Staffordshire)."``."""
    found = style.classify(layer.table[column])
    held = [
        place for place, entry in enumerate(style.classes) if not entry.neutral and (found == place).any()
    ]
    if not held:
        return "None stands out."
    entry = style.classes[held[0]]
    rows = layer.table[found == held[0]]
    order = next((name for name in ("rank", "rate", "n") if name in rows), None)
    if order is not None:
        rows = rows.sort_values(order, ascending=order == "rank", kind="stable")
    if layer.kind == "areas":
        names = [area_name(str(row["name"]), str(row["district"])) for _, row in rows.head(NAMED).iterrows()]
        said = ", ".join(names) + (f" and {len(rows) - NAMED:,} more" if len(rows) > NAMED else "")
    else:
        said = _named(analysis, np.asarray(rows.geometry.representative_point()))
    words = _PLAIN.get(str(entry.value), _plain(entry.label)) if entry.value else "Highest"
    return f"{words} in {said}." if said else f"{words}: {len(rows):,}."


def _densest_places(surface: Surface) -> np.ndarray:
    """Return the middles of the cells that hold the highest class, the densest first."""
    import shapely

    style = surface_style(surface)
    flat = np.ravel(surface.values)
    found = style.classify(flat)
    drawn = [place for place, entry in enumerate(style.classes) if entry.opacity]
    # The highest class is empty where one place holds more incidents than its share.
    top = np.flatnonzero(found == next((place for place in drawn if (found == place).any()), -2))
    top = top[np.argsort(-flat[top], kind="stable")]
    rows, columns = np.unravel_index(top, surface.shape)
    west, _, _, north = surface.bounds
    step = surface.cell_size
    return np.asarray(shapely.points(west + (columns + 0.5) * step, north - (rows + 0.5) * step))


def _named(analysis: Analysis, points: np.ndarray) -> str:
    """Return the areas that hold most of some points."""
    areas = analysis.areas
    if not len(points):
        return ""
    _, held = areas.sindex.query(points, predicate="intersects")
    order = pd.Series(held).value_counts(sort=True)
    rows = areas.iloc[order.index[:NAMED]]
    return ", ".join(area_name(str(row["name"]), str(row["district"])) for _, row in rows.iterrows())


def _as_picture(figure: Figure, alt: str, caption: str, kinds: Kinds, legend: Legend) -> Picture:
    png = picture_bytes(figure, "png") if "png" in kinds else b""
    svg = picture_bytes(figure, "svg")
    # Its parts hold each other, and would be in memory until Python looks for such.
    figure.clear()
    return Picture(svg, alt, caption, png, legend)
