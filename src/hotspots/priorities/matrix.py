"""Priorities by locality: from incidents counted in areas to themes ticked for partnerships."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.areas.gate import as_areas, with_all_columns
from hotspots.base.errors import DataError
from hotspots.counting.counts import rate
from hotspots.counting.tally import Tally
from hotspots.priorities.groups import category_groups, unavailable_themes
from hotspots.priorities.indicators import Indicator, make_indicators
from hotspots.priorities.matrix_rules import TickRules, priority_matrix
from hotspots.priorities.scoring import standard_scores

log = logging.getLogger(__name__)

THEMES = ("asb", "violence", "public-place", "burglary", "vehicle", "drugs", "damage", "shoplifting")
"""The groups that stand in the table where none are asked for."""


@dataclass(frozen=True)
class LocalityMatrix:
    """Priorities by locality and the figures behind them.

    Attributes
    ----------
    matrix : DataFrame
        From `hotspots.priorities.matrix_rules.priority_matrix`.
    rates : DataFrame of float64
        Incidents per 1,000 people a year, themes by partnerships, and ``all``.
    flagged : DataFrame of int
        Areas significantly above the mean of all areas, themes by partnerships.
    notes : tuple of str
        The rules, what each theme cannot tell, and what police.uk categories cannot give.
    """

    matrix: pd.DataFrame
    rates: pd.DataFrame
    flagged: pd.DataFrame
    notes: tuple[str, ...]


def locality_matrix(
    areas: gpd.GeoDataFrame,
    counted: Tally,
    themes: Sequence[Indicator],
    *,
    rules: TickRules | None = None,
    min_population: float = 100,
    noun: str = "area",
) -> LocalityMatrix:
    """Tick the themes that are a priority of each district, by its rate and by its flagged areas.

    Parameters
    ----------
    areas : GeoDataFrame
        The areas table; its districts are the partnerships.
    counted : Tally
        Incidents in the areas; all its periods count together.
    themes : sequence of Indicator
        Groups or categories of incidents.
    rules : TickRules, optional
        By default `TickRules()`.
    min_population : float, default 100
        Areas with fewer people have no rate and are not flagged.
    noun : str, default "area"
        What an area is called.

    Returns
    -------
    LocalityMatrix

    Raises
    ------
    DataError
        When there is only one district, a population is unknown, or no incident is of a theme.
    """
    areas = with_all_columns(as_areas(areas))
    rules = rules or TickRules()
    district = areas["district"]
    if district[district != ""].nunique() < 2:
        raise DataError(
            "the areas are of one district or none, but the table compares districts",
            hint="name their column with 'district', or give areas of several districts",
        )
    if (district == "").any():
        log.info("%d areas without a district are left out", int((district == "").sum()))
    made = make_indicators(themes, areas, counted=counted, min_population=min_population)
    names = [entry.name for entry in made.entries]
    counts = made.counts.T.groupby(level="indicator", sort=False).sum().T
    months = float(sum(counted.months))
    by_area = pd.DataFrame(
        {
            name: rate(counts[name], areas["population"], months=months, min_population=min_population)
            for name in names
        }
    )
    above = pd.DataFrame(
        standard_scores(by_area.to_numpy(dtype=float), 1) > 2, index=areas.index, columns=by_area.columns
    )
    kept = district != ""
    sums = counts[kept].groupby(district[kept]).sum()
    flagged = above[kept].groupby(district[kept]).sum().astype(np.int64)
    people = areas["population"][kept].groupby(district[kept]).sum(min_count=1)
    rates = (sums.div(people, axis=0) * 12_000 / months).T
    rates["all"] = sums.sum() / people.sum() * 12_000 / months
    matrix = priority_matrix(sums, people, flagged, rules=rules)
    return LocalityMatrix(
        matrix, rates.loc[matrix.index], flagged.T.loc[matrix.index], _notes(made.entries, rules, noun)
    )


def _notes(entries: Sequence[Indicator], rules: TickRules, noun: str) -> tuple[str, ...]:
    groups = category_groups()
    told = [
        f"{entry.name}: {groups[entry.group.casefold()].note}"
        for entry in entries
        if entry.group is not None
        and entry.group.casefold() in groups
        and groups[entry.group.casefold()].note
    ]
    lacking = ", ".join(key.replace("-", " ") for key in unavailable_themes())
    return (
        *rules.sentences(noun=noun),
        *told,
        f"Not in the table, because police.uk categories cannot tell: {lacking}.",
    )
