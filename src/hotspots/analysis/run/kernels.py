"""The compiled kernels that nearly every run needs, with the types that it calls them with."""

from __future__ import annotations

from hotspots.analysis.recipe.tables import Recipe

_PLACES = "float64[::1], float64[::1]"
_LOCATE = {
    "hotspots.base.rings:_find_rings": "float64[:,::1], int64[::1], int64[:,::1], int64[::1]",
    "hotspots.areas.locate.direct:total_bounds": "float64[:,::1]",
    "hotspots.areas.locate.kernels:lay_band": (
        "float64[:,::1], int64[:,::1], int64[::1], float64[:,::1], UniTuple(float64, 5), int64, int32[:,::1]"
    ),
    "hotspots.areas.locate.kernels:locate_block": (
        f"{_PLACES}, int32[::1], UniTuple(float64, 4), float64, int64, int32[::1], int32[:,::1], int32[::1], "
        "float64[:,::1]"
    ),
}
_GISTAR = {"hotspots.base.subset_sums:spread_sums": "int64[::1], int64[::1], int64, int64, float64[::1]"}
_DENSITY = {
    "hotspots.methods.kde.kernels:centres_inside": f"{_PLACES}, int64[::1], boolean[::1], int64, int64",
    "hotspots.methods.kde.kernels:collapse": f"{_PLACES}, float64[::1], float64, float64, int64, int64",
    "hotspots.methods.kde.kernels:add_compact": (
        f"{_PLACES}, float64[::1], int64[::1], UniTuple(float64, 2), float64, float64, int64, int64, int64[:,::1], "
        "int64, float64[:,::1]"
    ),
    "hotspots.methods.kde.kernels:between_centres": "float64[:,::1], float64[::1], float64[::1]",
}
_LAYERS = {
    "hotspots.export.geojson.kernels:write_polygons": (
        "int64[:,::1], int64[:,::1], int64[::1], int64[::1], boolean[::1]"
    )
}


def kernels_of(recipe: Recipe) -> dict[str, str]:
    """Return the types that each kernel of a run will be called with, by its name, in the order of their need.

    What few runs need, or where the types are not known before, is not among them.
    """
    found = dict(_LOCATE)
    if recipe.gistar is not None and recipe.gistar.inference == "exact":
        found |= _GISTAR
    if recipe.kde is not None and recipe.kde.kernel != "gaussian":
        found |= _DENSITY
    return found | _LAYERS
