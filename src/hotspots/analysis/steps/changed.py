"""A layer of counts of two periods, and what changed between them."""

from __future__ import annotations

import logging
import warnings

import geopandas as gpd
import pandas as pd

from hotspots.analysis.steps.columns import add_columns
from hotspots.base.errors import HotspotsWarning, ParameterError
from hotspots.counting.counts import count_incidents
from hotspots.incidents import select_incidents
from hotspots.incidents.filters import month_range
from hotspots.methods.change import FlaggedBy, change

log = logging.getLogger(__name__)


def period_months(period: str) -> int:
    """Return how many months a range such as ``"2024-01..2024-12"`` has, both ends included."""
    first, last = month_range(period) or (0, 0)
    return last - first + 1


def spread_words(changed: pd.DataFrame) -> str:
    """Return the dispersion that a change allowed for, and the greatest of any area where its own months vary more.

    Examples
    --------
    >>> found = pd.DataFrame({"ch_phi": [2.0, 4.9]})
    >>> found.attrs["dispersion"] = 2.0
    >>> spread_words(found), spread_words(found[:1])
    ("2.00 and, where an area's own months vary more, up to 4.90", '2.00')
    """
    common, most = changed.attrs["dispersion"], changed["ch_phi"].max()
    if most > common:
        return f"{common:.2f} and, where an area's own months vary more, up to {most:.2f}"
    return f"{common:.2f}"


def change_layer(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    assigned: pd.Series,
    before: str,
    after: str,
    level: float = 0.95,
    dispersion: float | None = None,
    flagged_by: FlaggedBy = "q",
    label: str = "areas",
) -> gpd.GeoDataFrame:
    """Return the areas with the change from one range of months to another; see `hotspots.change`.

    Parameters
    ----------
    incidents, areas : DataFrame, GeoDataFrame
        The two tables.
    assigned : Series
        The area of each incident; see `hotspots.assign_areas`.
    before, after : str
        Ranges of months such as ``"2024-01..2024-12"``, both ends included. Their lengths may differ.
    level : float, default 0.95
        Confidence of the limits.
    dispersion, flagged_by
        See `hotspots.change`. What was used is left in the layer's ``attrs["change_dispersion"]``.
    label : str, default 'areas'
        What the areas are called in notes.

    Raises
    ------
    ParameterError
        When a range is not one, or the second does not begin after the first ends.
    DataError
        When a period has no incident.

    Warns
    -----
    HotspotsWarning
        When a month of a period has no incident at all.
    """
    (_, before_ends), (after_begins, _) = (month_range(period) or (0, 0) for period in (before, after))
    if after_begins <= before_ends:
        raise ParameterError(
            f"the second period, {after}, does not begin after the first, {before}, ends",
            hint="give 'before' and 'after' as ranges that do not overlap",
        )
    monthly = []
    for period in (before, after):
        chosen = select_incidents(incidents, period=period)
        length = period_months(period)
        empty = length - chosen["month"].nunique()
        if empty:
            warnings.warn(
                f"{empty} of the {length} months of {period} have no incident: "
                "where their files are missing, the change is wrong",
                HotspotsWarning,
                stacklevel=2,
            )
        monthly.append(count_incidents(chosen, areas, per="month", assigned=assigned))
    changed = change(
        monthly[0].sum(axis=1),
        monthly[1].sum(axis=1),
        months_before=period_months(before),
        months_after=period_months(after),
        level=level,
        dispersion=dispersion,
        monthly=(monthly[0], monthly[1]),
        flagged_by=flagged_by,
    )
    if changed.attrs["dispersion_from"] == "Poisson":
        log.info(
            "%s, change: too few areas to tell the dispersion of the counts, so p and limits rest on Poisson counts, "
            "the narrowest that can be defended (set it with 'dispersion')",
            label,
        )
    elif dispersion is None:
        log.info(
            "%s, change: dispersion %s: the variance of the counts over their mean in the two periods; p, q and "
            "limits allow for it (set it with 'dispersion')",
            label,
            spread_words(changed),
        )
    result = add_columns(areas, changed)
    result.attrs["change_dispersion"] = changed.attrs["dispersion"]
    return result
