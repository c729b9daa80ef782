"""Contiguity: each tool from areas to the pairs that share a border or a corner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from benchmarks.suite import Inputs, Suite


def load_neighbours(settings: dict[str, Any], folder: Path) -> Inputs:
    """Return areas with their codes."""
    areas = gpd.read_parquet(folder / f"{settings['areas']}.parquet")
    areas.index = areas.index.astype(str)
    return {"areas": areas}


def by_hotspots(given: Inputs) -> Any:
    """Count each area's neighbours by shared vertices, and by geometry where borders do not match."""
    from hotspots.areas.neighbours import make_neighbours

    return np.diff(make_neighbours(given["areas"]).matrix.indptr)


def by_libpysal(given: Inputs) -> Any:
    """Count each area's neighbours by shared vertices."""
    from libpysal.graph import Graph

    return Graph.build_contiguity(given["areas"], rook=False).cardinalities.to_numpy()


def by_pygeoda(given: Inputs) -> Any:
    """Count each area's neighbours by shared vertices."""
    import pygeoda

    opened = given.setdefault("pygeoda", pygeoda.open(given["areas"].reset_index(drop=True)))
    weights = pygeoda.queen_weights(opened)
    return np.array([len(weights.get_neighbors(k)) for k in range(len(given["areas"]))])


def check_neighbours(given: Inputs, counts: Any) -> tuple[bool, str]:
    """Compare with the polygons that touch; ones within a decimetre may count as touching."""
    shapes = given["areas"].geometry.to_numpy()
    fewest, most = (_near(shapes, distance) for distance in (1e-6, 0.1))
    wrong = int(np.count_nonzero((counts < fewest) | (counts > most)))
    return wrong == 0, f"{wrong:,} of {len(shapes):,} areas wrong" if wrong else "exact"


def _near(shapes: Any, distance: float) -> Any:
    """Return how many others lie within a distance of each polygon."""
    here, there = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=distance)
    return np.bincount(here[here != there], minlength=len(shapes))


NEIGHBOURS = Suite(
    "Contiguity", "areas",
    {"700 areas": (700, {"areas": "700"}), "35,000 areas": (35_000, {"areas": "35000"})},
    ("700 areas", "35,000 areas"),
    load_neighbours,
    {"hotspots": by_hotspots, "libpysal": by_libpysal, "pygeoda": by_pygeoda},
    check_neighbours, {},
)  # fmt: skip
