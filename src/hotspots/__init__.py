"""Crime and anti-social-behaviour hotspots: exact counts, rates, flags, density, Gi* and their maps.

Names are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

from hotspots._version import __version__

_HOMES = {
    "hotspots.areas.reading": ("read_areas", "read_layer"),
    "hotspots.counting.counts": ("assign_areas", "count_incidents", "rate", "rate_limits"),
    "hotspots.areas.grid": ("make_grid",),
    "hotspots.incidents": ("read_incidents", "select_incidents", "to_points"),
    "hotspots.areas.neighbours": ("make_neighbours",),
    "hotspots.base.surface": ("Surface",),
    "hotspots.analysis.force": ("compare_force", "read_comparators"),
    "hotspots.methods.change": ("change",),
    "hotspots.methods.compare": ("compare_categories", "compare_rate"),
    "hotspots.methods.displacement": (
        "combine_displacements",
        "displacement_of_areas",
        "weighted_displacement",
    ),
    "hotspots.methods.funnel": ("fit_funnel", "funnel"),
    "hotspots.methods.kde.density": ("kernel_density",),
    "hotspots.methods.contours": ("make_contours",),
    "hotspots.methods.getisord.statistic": ("gi_star",),
    "hotspots.methods.meansd": ("flag_mean_sd",),
    "hotspots.methods.pattern": ("global_pattern",),
    "hotspots.methods.sensitivity.runs": ("sensitivity",),
    "hotspots.methods.smooth": ("smooth_rates",),
    "hotspots.publish.notebook": ("explore",),
    "hotspots.export.geojson.write": ("write_geojson",),
    "hotspots.export.geopackage": ("write_geopackage",),
    "hotspots.export.picture.draw": ("draw_heatmap", "draw_map", "write_picture"),
    "hotspots.export.raster": ("write_geotiff",),
    "hotspots.export.webmap.make": ("make_map", "write_map"),
    "hotspots.export.tables.workbook": ("write_workbook",),
    "hotspots.analysis.recipe": ("read_recipe",),
    "hotspots.analysis.run": ("analyse",),
    "hotspots.publish.folder": ("run_recipe",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = ["__version__", *sorted(_HOME_OF)]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'hotspots' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
