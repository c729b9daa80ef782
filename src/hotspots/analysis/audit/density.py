"""What a published density gives away: its values add up to incidents, patch by patch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hotspots.base.surface import Surface
from hotspots.export.raster import read_geotiff

# Classes are few; values are many.
_MOST_CLASSES = 12


@dataclass(frozen=True)
class Patch:
    """Ground with density and none around it.

    Attributes
    ----------
    incidents : float
        What its values add up to.
    x, y : float
        Their centre, in metres: the place itself where they rest on a single incident.
    """

    incidents: float
    x: float
    y: float


def holds_classes(surface: Surface) -> bool:
    """Return whether a surface holds a few classes and not values.

    Examples
    --------
    >>> holds_classes(Surface(np.array([[0.0, 1.0], [2.0, np.nan]]), 0, 200, 100, "EPSG:27700", ""))
    True
    """
    values = np.unique(surface.values[np.isfinite(surface.values)])
    return len(values) <= _MOST_CLASSES


def find_patches(surface: Surface, *, months: int, fewest: int) -> list[Patch]:
    """Return the patches of a density that rest on fewer than so many incidents, from the fewest on.

    The quartic kernel and its like are 0 beyond the bandwidth, so that what is at least two bandwidths from all else
    is a patch of its own, whose values add up to its incidents.

    Parameters
    ----------
    surface : Surface
        In incidents per km² a year.
    months : int
        Of the period.
    fewest : int
        As many as a patch must rest on.

    Examples
    --------
    One incident in six months, spread over four cells of 500 m:

    >>> surface = Surface(np.pad(np.full((2, 2), 2.0), 1), 0, 2000, 500, "EPSG:27700", "incidents per km² a year")
    >>> [(patch.incidents, patch.x, patch.y) for patch in find_patches(surface, months=6, fewest=5)]
    [(1.0, 1000.0, 1000.0)]
    """
    from scipy import ndimage

    values = np.nan_to_num(surface.values)
    labels, count = ndimage.label(values > 0, structure=np.ones((3, 3)))
    if count == 0:
        return []
    weights = values * (surface.cell_size / 1000) ** 2 * months / 12
    places = np.arange(1, count + 1)
    sums = np.atleast_1d(ndimage.sum(weights, labels, places))
    centres = ndimage.center_of_mass(weights, labels, places)
    found = [
        Patch(
            round(float(total), 3),
            round(float(surface.west + (column + 0.5) * surface.cell_size), 1),
            round(float(surface.north - (row + 0.5) * surface.cell_size), 1),
        )
        for total, (row, column) in zip(sums, centres, strict=True)
        # Half an incident is what the edge of the ground cut off.
        if 0.5 <= total < fewest - 0.5
    ]
    return sorted(found, key=lambda patch: (patch.incidents, patch.x, patch.y))


def density_troubles(path: Path, file: str, *, months: int, fewest: int) -> list[str]:
    """Return what is wrong with publishing a raster."""
    surface = read_geotiff(path)
    if holds_classes(surface):
        return []
    told = [f"{file} holds the values of a density, not classes: they add up to incidents"]
    patches = find_patches(surface, months=months, fewest=fewest) if months else []
    if patches:
        first = patches[0]
        told.append(
            f"{file}: {len(patches):,} {'patch rests' if len(patches) == 1 else 'patches rest'} on fewer than {fewest} "
            f"incidents, the first on {first.incidents:g}, whose centre is {first.x:.0f}, {first.y:.0f}"
        )
    return told
