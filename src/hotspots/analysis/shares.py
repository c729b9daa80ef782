"""So many of so many: in how many incidents of a theme a column of one's own says yes, by area, district and class."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.base.binomial import FEW, share_limits
from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.base.text import plain_text
from hotspots.counting.counts import count_incidents
from hotspots.methods.share import share_of

log = logging.getLogger(__name__)

YES = frozenset({"yes", "y", "true", "t", "1", "ie"})
NO = frozenset({"no", "n", "false", "f", "0", "na"})


@dataclass(frozen=True, eq=False)
class Share:
    """How often incidents are of another kind too.

    Attributes
    ----------
    name, column : str
        What a reader calls it, and the column that tells.
    n, of : float
        Incidents in the areas that are of both kinds, and all of which it is known.
    share, share_lo, share_hi : float
        The share and its exact 95 % limits; missing of under 10.
    unrecorded : int
        Rows in which it is not known.
    areas, districts : DataFrame
        ``name``, ``district`` and the columns of `hotspots.methods.share.share_of`, by area and by district.
    classes : dict of str to DataFrame
        The same by class, for each lookup of classes.
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


def share_in_areas(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    column: str,
    *,
    assigned: pd.Series[Any],
    value: Sequence[str] = (),
    name: str = "",
    classes: Mapping[str, pd.Series[Any]] | None = None,
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

    Raises
    ------
    ParameterError
        When there is no such column, or it holds none of the values.
    DataError
        When no incident lies in the areas.
    """
    if column not in incidents:
        raise ParameterError(
            f"the incidents have no column '{column}' to take a share by",
            hint=did_you_mean(column, map(str, incidents.columns)),
        )
    texts = (
        incidents[column]
        .astype("object")
        .map(lambda one: plain_text(str(one)).casefold(), na_action="ignore")
    )
    wanted = {plain_text(one).casefold() for one in value} or YES
    met = set(texts.dropna())
    if not wanted & met:
        shown = f"'{value[0]}'" if value else "a yes"
        raise ParameterError(
            f"'{column}' of the incidents never holds {shown}",
            hint=did_you_mean(value[0] if value else "yes", sorted(met)),
        )
    hit = texts.isin(wanted)
    known = texts.notna() if value or NO & met else pd.Series(True, index=texts.index)
    if not known.all():
        log.info("%s: %s rows are blank and left out", name or column, f"{int((~known).sum()):,}")
    n = count_incidents(incidents[hit & known], areas, assigned=assigned)
    of = count_incidents(incidents[known], areas, assigned=assigned)
    if not of.sum() > 0:
        raise DataError(f"no incident in the areas has '{column}' filled", hint="name another column")
    whole = (float(n.sum()), float(of.sum()))
    lower, upper = share_limits([whole[0]], [whole[1]])
    enough = whole[1] >= FEW
    label = areas[["name", "district"]] if {"name", "district"} <= set(areas.columns) else areas[[]]
    held = {key: _grouped(n, of, groups) for key, groups in (classes or {}).items()}
    districts = areas["district"].where(areas["district"].astype(str) != "") if "district" in areas else None
    return Share(
        name or column,
        column,
        *whole,
        whole[0] / whole[1] if enough else float("nan"),
        float(lower[0]) if enough else float("nan"),
        float(upper[0]) if enough else float("nan"),
        int((~known).sum()),
        pd.DataFrame(label).join(share_of(n, of)),
        pd.DataFrame() if districts is None or districts.isna().all() else _grouped(n, of, districts),
        held,
    )


def _grouped(n: pd.Series[Any], of: pd.Series[Any], groups: pd.Series[Any]) -> pd.DataFrame:
    """Return the shares of groups of areas, each against the others together."""
    sums = pd.DataFrame({"n": n, "of": of}).groupby(groups, observed=True).sum()
    sums.index = sums.index.astype(str)
    found = share_of(sums["n"], sums["of"])
    found.index.name = "name"
    return found
