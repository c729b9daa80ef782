"""Where each area stands in each theme against all areas, and which places of each district are at greatest risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

STANDINGS = ("significantly above", "above", "near", "previously")
"""Where an area can stand in a theme, from the highest; the empty text is none of them."""

FLAGGED = ("significantly above", "above")
LISTS = ("greatest risk", "narrowly below", "no longer above")
"""The lists that an area can be on, from the highest; the empty text is none of them."""

_COUNTED = dict(zip(("th_signif", "th_above", "th_near", "th_left"), STANDINGS, strict=True))


@dataclass(frozen=True, eq=False)
class Standings:
    """Areas by themes, and the places of each district in order.

    Attributes
    ----------
    grid : DataFrame of str
        One of `STANDINGS`, or empty, for each area and theme; themes by name, in the recipe's order.
    counts : DataFrame of numbers
        The incidents behind them.
    places : DataFrame
        On the areas' index: ``name``, ``district``, ``place`` (in its district, 1 the highest; NA without any
        value), ``listed`` (one of `LISTS`, or empty), the numbers of themes ``th_signif``, ``th_above``,
        ``th_near`` and ``th_left``, and ``th_score``, the mean of its SDs from the mean over the themes.
    top : int
        How many of each district are always listed.
    few : int
        What a count of 0 stands for fewer than, where counts are rounded; 0 where it is a 0.
    """

    grid: pd.DataFrame
    counts: pd.DataFrame
    places: pd.DataFrame
    top: int
    few: int = 0

    def of_district(self, district: str) -> pd.DataFrame:
        """Return the areas of one district that have a place, in order."""
        own = self.places[(self.places["district"] == district) & self.places["place"].notna()]
        return own.sort_values("place", kind="stable")

    @property
    def districts(self) -> tuple[str, ...]:
        """The districts by name; one empty text where none is known."""
        return tuple(sorted(set(self.places["district"])))

    def __repr__(self) -> str:
        listed = int((self.places["listed"] == LISTS[0]).sum())
        return (
            f"<Standings: {listed:,} of {len(self.grid):,} areas above in one of {self.grid.shape[1]} themes>"
        )


def find_standings(
    areas: gpd.GeoDataFrame | pd.DataFrame,
    flags: Mapping[str, pd.DataFrame],
    counts: pd.DataFrame,
    *,
    before: Mapping[str, pd.Series[Any]] | None = None,
    top: int = 5,
) -> Standings:
    """Return where each area stands in each theme, and the order of the places in each district.

    An area stands "significantly above" or "above" as flagged against all areas (not against its own district);
    "near" where it is average and close below the threshold of "above"; "previously" where it was flagged in
    the comparison period and is neither flagged nor near now. It is on the list of greatest risk where it is
    flagged in any theme, narrowly below where it is near in any and flagged in none, and no longer above where
    it was flagged in any and is neither now.

    Places are ordered within each district by the number of themes significantly above, then above, then near;
    of equals, by the mean over the themes of their standard deviations from the mean; of these, by code.

    Parameters
    ----------
    areas : GeoDataFrame
        With ``name`` and ``district``.
    flags : mapping of str to DataFrame
        For each theme by name, on the areas' index, ``sd_flag``, ``sd_score`` and ``sd_near`` of
        `hotspots.flag_mean_sd`, made over all areas.
    counts : DataFrame
        Incidents, areas by the same themes.
    before : mapping of str to Series, optional
        ``sd_flag`` of the comparison period, by theme; without it nothing stands "previously".
    top : int, default 5
        How many places of each district are always listed.

    Returns
    -------
    Standings

    Examples
    --------
    >>> areas = pd.DataFrame({"name": ["Town", "Vale"], "district": "Stafford"}, index=["E1", "E2"])
    >>> asb = pd.DataFrame({"sd_flag": ["above", "average"], "sd_score": [1.4, 0.95], "sd_near": [False, True]},
    ...                    index=areas.index)
    >>> found = find_standings(areas, {"ASB": asb}, pd.DataFrame({"ASB": [90, 60]}, index=areas.index))
    >>> found.grid["ASB"].tolist(), found.places["listed"].tolist()
    (['above', 'near'], ['greatest risk', 'narrowly below'])
    """
    earlier = before or {}
    grid = pd.DataFrame(
        {theme: _standing(found, earlier.get(theme)) for theme, found in flags.items()}, index=areas.index
    )
    scores = pd.DataFrame({theme: found["sd_score"] for theme, found in flags.items()}, index=areas.index)
    places = pd.DataFrame(areas[["name", "district"]]).astype(str)
    places = places.assign(
        place=pd.array([pd.NA] * len(places), dtype="Int64"),
        listed=_listed(grid),
        **{column: (grid == standing).sum(axis=1) for column, standing in _COUNTED.items()},
        th_score=scores.mean(axis=1),
    )
    by = [*list(_COUNTED)[:3], "th_score"]
    known = places[places["th_score"].notna()].sort_index(kind="stable")
    ordered = known.sort_values(by, ascending=False, kind="stable")
    places.loc[ordered.index, "place"] = ordered.groupby("district", sort=False).cumcount() + 1
    return Standings(grid, counts.reindex(areas.index)[list(flags)], places, top)


def _standing(found: pd.DataFrame, before: pd.Series[Any] | None) -> pd.Series[Any]:
    flag = found["sd_flag"].astype(object)
    now = flag.isin(FLAGGED)
    close = found["sd_near"].astype("boolean").fillna(value=False).astype(bool)
    near = (flag == "average") & close & (found["sd_score"] > 0)
    standing = flag.where(now, "").mask(near, "near")
    if before is not None:
        was = before.reindex(found.index).astype(object).isin(FLAGGED)
        # What cannot be told now has not left.
        standing = standing.mask(was & flag.notna() & ~now & ~near, "previously")
    return standing.astype(str)


def _listed(grid: pd.DataFrame) -> pd.Series[Any]:
    steps: Sequence[tuple[str, pd.Series[Any]]] = [
        ("no longer above", (grid == "previously").any(axis=1)),
        ("narrowly below", (grid == "near").any(axis=1)),
        ("greatest risk", grid.isin(list(FLAGGED)).any(axis=1)),
    ]
    listed = pd.Series("", index=grid.index, dtype=object)
    for name, here in steps:
        listed = listed.mask(here, name)
    return listed.astype(str)
