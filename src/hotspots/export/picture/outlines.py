"""The outlines of districts as a line on paper can show them: no wider than they bear, no blot where a creek is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.areas.borders import closed, edge_matched

Shapes = npt.NDArray[np.object_]

_LINES_ACROSS = 12.0  # a district that is smaller than so many lines would be little but lines
_SMALL = 0.1  # the share of districts that may be smaller
_ISLAND = 3.0  # lines across, below which a part would be all line
_TOLERANCE = 0.25  # of the line's width, by which it is simplified


def line_width(shapes: Shapes, *, widest: float) -> float:
    """Return how wide the lines around some districts may be, in metres on the ground.

    Parameters
    ----------
    shapes : array of Polygon or MultiPolygon
        In metres.
    widest : float
        The width of the line where the districts are large enough for it.

    Examples
    --------
    >>> counties = shapely.box([0, 30_000], 0, [30_000, 60_000], 30_000)
    >>> line_width(counties, widest=1_500.0), line_width(counties, widest=4_000.0)
    (1500.0, 2500.0)
    """
    sizes = np.sqrt(shapely.area(shapes))
    sizes = sizes[sizes > 0]
    if not len(sizes):
        return widest
    return min(widest, float(np.quantile(sizes, _SMALL)) / _LINES_ACROSS)


def drawn_outlines(shapes: Shapes, *, line: float) -> Shapes:
    """Return outlines without what a line of some width in metres would make a blot of.

    Creeks, slits and gaps narrower than the line are closed, and islands under three lines across have none.

    Parameters
    ----------
    shapes : array of Polygon or MultiPolygon
        Districts, in metres.
    line : float
        The width of the line, in metres.

    Returns
    -------
    array of Polygon or MultiPolygon, in the same order
        Empty where nothing of a district is large enough.

    Examples
    --------
    >>> coast = shapely.box(0, 0, 9_000, 9_000) - shapely.box(4_000, 3_000, 4_050, 9_000)
    >>> drawn_outlines(np.array([coast]), line=100.0)[0].area / 9_000**2
    1.0
    """
    fits = shapely.coverage_is_valid(shapes[~shapely.is_empty(shapes)])
    simple = shapely.coverage_simplify(shapes, _TOLERANCE * line) if fits else shapes
    whole = edge_matched(closed(np.asarray(simple, dtype=object), sliver=line), sliver=line)
    parts, owner = shapely.get_parts(whole, return_index=True)
    kept = shapely.area(parts) >= (_ISLAND * line) ** 2
    found = np.full(len(shapes), shapely.MultiPolygon(), dtype=object)
    shapely.multipolygons(parts[kept], indices=owner[kept], out=found)
    return found
