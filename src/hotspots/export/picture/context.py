"""Towns, roads and water on a picture: thin lines over the colours, and small names where the map has room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from hotspots.base.crs import reproject
from hotspots.export.style import ROAD, TOWN, WATER

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

    from hotspots.export.picture.parts import Names

# Width in points, colour and opacity, the pale line below first, so that each shows on every colour.
LINES = {
    "water": ((1.6, "#ffffff", 0.55), (0.8, WATER, 0.9)),
    "road": ((1.7, "#ffffff", 0.6), (0.7, ROAD, 0.9)),
}
_LETTERS = 7.5
_DOT = 2.2  # points across
_TOWNS = 0.6  # names to a square inch of a slide


def draw_lines(axes: Axes, context: gpd.GeoDataFrame, *, unit: float) -> None:
    """Draw roads and water over the colours of a map.

    Parameters
    ----------
    axes : Axes
        Of a map in metres.
    context : GeoDataFrame
        From `hotspots.areas.context.read_context`, in the map's system.
    unit : float
        The size of the figure against a slide.
    """
    from matplotlib.collections import LineCollection

    for kind, looks in LINES.items():
        parts = shapely.get_parts(context.geometry[(context["kind"] == kind).to_numpy()].to_numpy())
        segments = [shapely.get_coordinates(part) for part in parts]
        for width, colour, opacity in looks:
            look: dict[str, Any] = {"linewidths": width * unit, "colors": colour, "alpha": opacity}
            lines = LineCollection(segments, capstyle="round", joinstyle="round", zorder=1.5, **look)
            axes.add_collection(lines, autolim=False)


def draw_towns(names: Names, context: gpd.GeoDataFrame) -> None:
    """Write the largest towns that a map has room for, each at a dot.

    Parameters
    ----------
    names : Names
        Of the map, with all names that matter more.
    context : GeoDataFrame
        As for `draw_lines`; its towns stand in the order of their size.
    """
    axes, pen = names.axes, names.pen
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    towns = context[(context["kind"] == "town").to_numpy()]
    points = shapely.get_coordinates(towns.geometry.to_numpy())
    inside = ((points > (west, south)) & (points < (east, north))).all(axis=1)
    inches = (east - west) * (north - south) / (names.scale * pen.unit) ** 2
    most = max(1, round(_TOWNS * inches))
    places = [(float(x), float(y)) for x, y in points[inside][:most]]
    written = names.place(
        towns["name"].to_numpy()[inside][:most].tolist(),
        places,
        size=_LETTERS,
        bold=False,
        colour=TOWN,
        offsets="beside",
    )
    dots = [places[number] for number in written]
    if dots:
        look: dict[str, Any] = {"markersize": _DOT * pen.unit, "color": TOWN, "markeredgecolor": "#ffffff"}
        look |= {"markeredgewidth": 0.4 * pen.unit, "linestyle": "none", "scalex": False, "scaley": False}
        axes.plot([x for x, _ in dots], [y for _, y in dots], marker="o", zorder=3, **look)


def in_system(context: gpd.GeoDataFrame | None, crs: Any) -> gpd.GeoDataFrame | None:
    """Return the towns and lines in a map's system; None where there are none."""
    return None if context is None or context.empty else reproject(context, crs)
