"""So many of so many: in how many incidents of a theme a column of one's own says yes, by area, district and class."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.analysis.steps.counted import choose_dispersion, monthly_counts
from hotspots.base.binomial import FEW, share_limits
from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.base.text import plain_text
from hotspots.counting.counts import count_incidents
from hotspots.methods.hiding.cells import FEWEST
from hotspots.methods.hiding.parts import hidden_parts
from hotspots.methods.share import share_of

log = logging.getLogger(__name__)

YES = frozenset({"yes", "y", "true", "t", "1", "ie"})
NO = frozenset({"no", "n", "false", "f", "0", "na"})
DISTRICT = "\n"  # no lookup of classes has that name


@dataclass(frozen=True, eq=False)
class Share:
    """How often incidents are of another kind too.

    Attributes
    ----------
    name, column : str
        What a reader calls it, and the column that tells.
    n, of : float
        Incidents in the areas that are of both kinds, and all of which it is known; missing where hidden.
    share, share_lo, share_hi : float
        The share and its exact 95 % limits; missing of under 10, and where hidden.
    unrecorded : int
        Rows in which it is not known.
    areas, districts : DataFrame
        ``name``, ``district`` and the columns of `hotspots.methods.share.share_of`, by area and by district, and
        ``hidden``. What is hidden has neither counts nor share.
    classes : dict of str to DataFrame
        The same by class, for each lookup of classes.
    fewest : int
        The smallest count, of a yes or of a no, that is shown.
    dispersion : float
        What the limits and the comparison with the rest allow for.
    """

    name: str
    column: str
    n: float
    of: float
    share: float
    share_lo: float
    share_hi: float
    unrecorded: int
    areas: pd.DataFrame
    districts: pd.DataFrame
    classes: dict[str, pd.DataFrame]
    fewest: int
    dispersion: float


def share_in_areas(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    column: str,
    *,
    assigned: pd.Series[Any],
    value: Sequence[str] = (),
    name: str = "",
    classes: Mapping[str, pd.Series[Any]] | None = None,
    fewest: int = FEWEST,
    dispersion: float | None = None,
) -> Share:
    """Return the share of incidents in whose column one of some values stands, by area; see `share_of`.

    Where the column says no anywhere ("no", "false", 0), a blank is not known and left out; else it is a no.

    Parameters
    ----------
    incidents : DataFrame
        With the column, as `read_incidents` keeps it.
    areas : GeoDataFrame
        The areas table.
    column : str
        The column.
    assigned : Series
        The area of each incident.
    value : sequence of str, optional
        What it must hold, whatever the case; a yes in any form without it.
    name : str, optional
        What a reader calls it; the column where not given.
    classes : mapping of str to Series, optional
        Classes of the areas, by the name of their lookup.
    fewest : int, default 5
        An area, district or class with fewer that say yes, or fewer that say no, is hidden, and others with it; see
        `hidden_parts`. 1 hides none.
    dispersion : float, optional
        Variance of the counts over their mean; without it estimated from those that say yes, by area over the months.

    Raises
    ------
    ParameterError
        When there is no such column, it holds none of the values, or `fewest` or `dispersion` is under 1.
    DataError
        When no incident lies in the areas.
    """
    if column not in incidents:
        raise ParameterError(
            f"the incidents have no column '{column}' to take a share by",
            hint=did_you_mean(column, map(str, incidents.columns)),
        )
    hit, known = _told(incidents[column], value, name=name or column)
    n = count_incidents(incidents[hit & known], areas, assigned=assigned)
    of = count_incidents(incidents[known], areas, assigned=assigned)
    if not of.sum() > 0:
        raise DataError(f"no incident in the areas has '{column}' filled", hint="name another column")
    monthly = monthly_counts(incidents[hit & known], areas, assigned=assigned)
    phi = choose_dispersion(monthly, dispersion, label=name or column)
    groups = dict(classes or {})
    if "district" in areas and (areas["district"].astype(str) != "").any():
        groups[DISTRICT] = areas["district"].where(areas["district"].astype(str) != "")
    dark = hidden_parts(pd.DataFrame({"yes": n, "no": of - n}), groups, fewest=fewest)
    tables = {key: _grouped(n, of, one, dark.groups[key], phi) for key, one in groups.items()}
    label = areas.drop(columns=[areas.geometry.name, "population"], errors="ignore")
    shown = _without(share_of(n, of, dispersion=phi), dark.parts)
    districts = tables.pop(DISTRICT, pd.DataFrame())
    whole = share_of_all(float(n.sum()), float(of.sum()), phi, dark=dark.whole)
    unrecorded, areas_told = int((~known).sum()), pd.DataFrame(label).join(shown)
    return Share(name or column, column, *whole, unrecorded, areas_told, districts, tables, fewest, phi)


def _told(
    column: pd.Series[Any], value: Sequence[str], *, name: str
) -> tuple[pd.Series[bool], pd.Series[bool]]:
    """Return which incidents say yes, and of which it is known whether they do."""
    texts = column.astype("object").map(lambda one: plain_text(str(one)).casefold(), na_action="ignore")
    wanted = {plain_text(one).casefold() for one in value} or YES
    met = set(texts.dropna())
    if not wanted & met:
        shown = f"'{value[0]}'" if value else "a yes"
        raise ParameterError(
            f"'{column.name}' of the incidents never holds {shown}",
            hint=did_you_mean(value[0] if value else "yes", sorted(met)),
        )
    known = texts.notna() if value or NO & met else pd.Series(True, index=texts.index)
    if not known.all():
        log.info("%s: %s rows are blank and left out", name, f"{int((~known).sum()):,}")
    return texts.isin(wanted), known


def share_of_all(
    n: float, of: float, phi: float, *, dark: bool = False
) -> tuple[float, float, float, float, float]:
    """Return both counts of all areas together, their share and its limits; what is hidden or too few is missing."""
    none = float("nan")
    if dark or of < FEW:
        return (none, none, none, none, none) if dark else (n, of, none, none, none)
    lower, upper = share_limits([n], [of], dispersion=phi)
    return n, of, n / of, float(lower[0]), float(upper[0])


def _grouped(
    n: pd.Series[Any], of: pd.Series[Any], groups: pd.Series[Any], dark: pd.Series[bool], phi: float
) -> pd.DataFrame:
    """Return the shares of groups of areas, each against the others together."""
    sums = pd.DataFrame({"n": n, "of": of}).groupby(groups, observed=True).sum()
    found = _without(share_of(sums["n"], sums["of"], dispersion=phi), dark.reindex(sums.index))
    found.index = found.index.astype(str)
    found.index.name = "name"
    return found


def _without(table: pd.DataFrame, dark: pd.Series[bool]) -> pd.DataFrame:
    """Return a table of shares with what is hidden left blank, and told to be hidden."""
    return table.mask(dark).assign(hidden=np.asarray(dark, dtype=bool))
