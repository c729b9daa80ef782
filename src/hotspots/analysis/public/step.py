"""One step for publication: counts, their change and a density, as the commands write them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.analysis.public.account import public_account
from hotspots.analysis.public.density import measured_anew, public_density
from hotspots.analysis.public.shown import Shown
from hotspots.analysis.public.theme import coarse
from hotspots.analysis.steps.columns import add_columns
from hotspots.analysis.steps.counted import choose_dispersion
from hotspots.base.errors import DataError, ParameterError
from hotspots.base.surface import Surface
from hotspots.base.text import counted
from hotspots.disclosure.rules import Profile
from hotspots.incidents.quality import QualityReport
from hotspots.methods.change import FlaggedBy, change

log = logging.getLogger(__name__)


def public_counts(
    n: pd.Series[Any], split: pd.DataFrame | None, profile: Profile
) -> tuple[pd.Series[Any], pd.DataFrame | None]:
    """Return counts of areas, and their parts, as a layer of them alone may be published.

    Categories with fewer incidents in all than may be shown are left out, since the name of each, which is a heading,
    alone tells that there is one.

    Raises
    ------
    ParameterError
        When a profile hides counts and they stand beside their parts, which would give hidden ones back.
    """
    if split is not None and profile.hide == "suppress":
        raise ParameterError(
            f"the profile '{profile.name}' hides counts, and counts beside their sum would give hidden ones back",
            hint="leave out 'per', use the profile documents, or run a recipe with --public",
        )
    shown = Shown(profile)
    return shown.counts(("n",), n).rename("n"), None if split is None else shown.table(
        ("n",), _named(split, profile)
    )


def _named(split: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Return the columns of months, and those of categories that may be named."""
    kept = [
        isinstance(name, pd.Period) or number >= profile.threshold
        for name, number in zip(split.columns, split.sum(), strict=True)
    ]
    if not all(kept):
        log.info(
            "For publication: Left out: %s with fewer than %d incidents in all, whose names alone would tell of them",
            counted(kept.count(False), "category", "categories"), profile.threshold,
        )  # fmt: skip
    return split.loc[:, kept]


def public_dispersion(monthly: pd.DataFrame | None, dispersion: float | None) -> float:
    """Return the dispersion of counts to one decimal, since all its digits would tell which of some counts are true.

    Parameters
    ----------
    monthly, dispersion
        See `hotspots.analysis.steps.counted.choose_dispersion`.
    """
    return coarse(choose_dispersion(monthly, dispersion))


def public_change(
    layer: gpd.GeoDataFrame, *, months: tuple[int, int], level: float, flagged_by: FlaggedBy, profile: Profile
) -> gpd.GeoDataFrame:
    """Return a layer of change made of published counts; see `hotspots.analysis.steps.changed.change_layer`."""
    shown = Shown(profile)
    before, after = (shown.counts((name,), layer[name]) for name in ("n_before", "n_after"))
    used = coarse(layer.attrs["change_dispersion"])
    made = change(
        before,
        after,
        months_before=months[0],
        months_after=months[1],
        level=level,
        dispersion=used,
        flagged_by=flagged_by,
        rounded=profile.rounded_to,
    )
    result = add_columns(layer, made)
    result.attrs["change_dispersion"] = used
    return result


def density_for_public(
    incidents: pd.DataFrame, areas: gpd.GeoDataFrame, surface: Surface, profile: Profile
) -> Surface:
    """Return a density as it may be published: wide enough, in classes, blank where few incidents bear on it.

    Raises
    ------
    DataError
        When too few incidents bear on any cell.
    """
    found = public_density(*measured_anew(incidents, areas, surface, profile), profile)
    if found is None:
        raise DataError(
            "the density rests on too few incidents to be published",
            hint="take more months or categories, or leave out --public",
        )
    return found


def public_records(record: Mapping[str, Any], quality: QualityReport, profile: Profile) -> dict[str, Any]:
    """Return a record of provenance with the account of the rows as it may be published."""
    return {**record, "incidents": public_account(quality, profile).to_dict()}
