"""Near repeats of a file's incidents: those whose places and days can be trusted for it."""

from __future__ import annotations

import warnings
from typing import Any

import pandas as pd

from hotspots.base.errors import HotspotsWarning
from hotspots.incidents import coordinates
from hotspots.incidents.gate import system_of
from hotspots.methods.time.near_repeat.knox import NearRepeats, near_repeat
from hotspots.priorities.spreading import looks_snapped

__all__ = ["NearRepeats", "find_near_repeats"]

# A loss above this share is worth a warning.
_LOST = 0.02


def find_near_repeats(incidents: pd.DataFrame, **settings: Any) -> NearRepeats:
    """Test for near repeats, and warn of what the places or days do not bear.

    Parameters
    ----------
    incidents : DataFrame
        From `hotspots.read_incidents`.
    **settings
        See `hotspots.near_repeat`.

    Warns
    -----
    HotspotsWarning
        When incidents stand on few places, as those moved to map points do; when most of the nearest pairs are on
        one day, as several rows of one incident are; or when over 2 % have no place or no day.
    """
    found = near_repeat(incidents, **settings)
    x, y = coordinates(incidents, system_of(incidents))
    if looks_snapped(x, y):
        warnings.warn(
            "the incidents stand on few places, two or more on each: if they were moved to map points, what is "
            "near is not known, and the row of one place is of points and not of addresses",
            HotspotsWarning,
            stacklevel=2,
        )
    nearest = found.boxes[(found.boxes["m_over"] == 0) & (found.boxes["days_over"] < 0)]["pairs"].sum()
    if 2 * found.same_day > nearest >= 10:
        warnings.warn(
            f"{found.same_day:,} of the {nearest:,} nearest pairs are on one day: rows of one incident look so; give "
            "each incident one row",
            HotspotsWarning,
            stacklevel=2,
        )
    for number, what in ((found.unplaced, "coordinates"), (found.undated, "day")):
        if number > _LOST * len(incidents):
            warnings.warn(
                f"{number:,} of {len(incidents):,} incidents have no {what} and are left out of near repeats",
                HotspotsWarning,
                stacklevel=2,
            )
    return found
