"""The compiled kernels that nearly every run needs, with the types that it calls them with."""

from __future__ import annotations

from typing import Any

from hotspots.analysis.recipe.tables import Recipe
from hotspots.areas.locate.direct import total_bounds
from hotspots.areas.locate.kernels import lay_band, locate_block
from hotspots.base.rings import find_rings
from hotspots.base.subset_sums import spread_sums
from hotspots.export.geojson.kernels import write_polygons
from hotspots.methods.kde.kernels import add_compact, between_centres, centres_inside, collapse

_PLACES = "float64[::1], float64[::1]"
_LOCATE = [
    (find_rings, "float64[:,::1], int64[::1], int64[:,::1], int64[::1]"),
    (total_bounds, "float64[:,::1]"),
    (
        lay_band,
        "float64[:,::1], int64[:,::1], int64[::1], float64[:,::1], UniTuple(float64, 5), int64, int32[:,::1]",
    ),
    (
        locate_block,
        f"{_PLACES}, int32[::1], UniTuple(float64, 4), float64, int64, int32[::1], int32[:,::1], int32[::1], "
        "float64[:,::1]",
    ),
]
_GISTAR = [(spread_sums, "int64[::1], int64[::1], int64, int64, float64[::1]")]
_DENSITY = [
    (centres_inside, f"{_PLACES}, int64[::1], boolean[::1], int64, int64"),
    (collapse, f"{_PLACES}, float64[::1], float64, float64, int64, int64"),
    (
        add_compact,
        f"{_PLACES}, float64[::1], int64[::1], UniTuple(float64, 2), float64, float64, int64, int64, int64[:,::1], "
        "int64, float64[:,::1]",
    ),
    (between_centres, "float64[:,::1], float64[::1], float64[::1]"),
]
_LAYERS = [(write_polygons, "int64[:,::1], int64[:,::1], int64[::1], int64[::1], boolean[::1]")]


def kernels_of(recipe: Recipe) -> list[tuple[Any, str]]:
    """Return the kernels of a run with the types that each will be called with, in the order of their need.

    What few runs need, or where the types are not known before, is not among them.
    """
    found = [*_LOCATE]
    if recipe.gistar is not None and recipe.gistar.inference == "exact":
        found += _GISTAR
    if recipe.kde is not None and recipe.kde.kernel != "gaussian":
        found += _DENSITY
    return found + _LAYERS
