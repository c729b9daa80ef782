"""Priorities by partnership: from incidents counted in areas to themes ticked for partnerships."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.gate import as_areas, with_all_columns
from hotspots.base.errors import DataError
from hotspots.base.poisson import dispersion_of
from hotspots.counting.rates import rate
from hotspots.counting.tally import Tally
from hotspots.priorities.groups import category_groups, unavailable_themes
from hotspots.priorities.indicators import Indicator, Indicators, make_indicators
from hotspots.priorities.matrix_rules import TickRules, priority_matrix
from hotspots.priorities.scoring import standard_scores

log = logging.getLogger(__name__)

THEMES = ("asb", "violence", "public-place", "burglary", "vehicle", "drugs", "damage", "shoplifting")
"""The groups that stand in the table where none are asked for."""


@dataclass(frozen=True, eq=False)
class DistrictMatrix:
    """Priorities by partnership and the figures behind them.

    Attributes
    ----------
    matrix : DataFrame
        From `hotspots.priorities.matrix_rules.priority_matrix`.
    rates : DataFrame of float64
        Incidents per 1,000 people a year, themes by partnerships, and ``all``.
    flagged : DataFrame of int
        Areas significantly above the mean of all areas, themes by partnerships.
    by_chance : float
        How many ticks chance alone would give; NaN by the rule "counted".
    notes : tuple of str
        The rules, how many ticks are expected by chance, the dispersions, what each theme cannot tell, and what
        police.uk categories cannot give.
    dispersion : mapping of str to float
        By theme: the variance of its counts over their mean.
    """

    matrix: pd.DataFrame
    rates: pd.DataFrame
    flagged: pd.DataFrame
    by_chance: float
    notes: tuple[str, ...]
    dispersion: Mapping[str, float]


def district_matrix(
    areas: gpd.GeoDataFrame,
    counted: Tally,
    themes: Sequence[Indicator],
    *,
    rules: TickRules | None = None,
    min_population: float = 100,
    noun: str = "area",
    comparator: pd.DataFrame | None = None,
    compared_with: str = "the comparator",
    districts: pd.DataFrame | None = None,
) -> DistrictMatrix:
    """Tick the themes that are a priority of each district, by its rate and by its flagged areas.

    The dispersion of a theme is the larger of that of its counts in areas and that of its counts in districts,
    over the tally's periods: districts change as wholes, too, with the force's recording or a gang's trips.

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
    comparator : DataFrame, optional
        See `priority_matrix`: what each district is compared with instead of the other districts.
    compared_with : str, default "the comparator"
        What it is called in the notes.
    districts : DataFrame, optional
        The incidents of each district and, in a row "all", of all areas, by theme, where they are not the sums of
        areas: as published, rounded on their own. A missing one is unknown, and that theme is not ticked there.

    Returns
    -------
    DistrictMatrix

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
    counts = made.counts.T.groupby(level="indicator", sort=False).sum().T
    months = float(sum(counted.months))
    above = _above(counts, areas["population"], months=months, min_population=min_population)
    kept = district != ""
    sums = counts[kept].groupby(district[kept]).sum()
    whole = sums.sum()
    if districts is not None:
        sums, whole = districts.reindex(sums.index)[sums.columns], districts.loc["all", sums.columns]
    flagged = above[kept].groupby(district[kept]).sum().astype(np.int64)
    people = areas["population"][kept].groupby(district[kept]).sum(min_count=1)
    rates = (sums.div(people, axis=0) * 12_000 / months).T
    rates["all"] = whole / people.sum() * 12_000 / months
    dispersion = _dispersions(made, counted, district.to_numpy())
    ticked = priority_matrix(
        sums,
        people,
        flagged,
        rules=rules,
        members=district[kept].groupby(district[kept]).size(),
        dispersion=dispersion,
        comparator=comparator,
    )
    order = ticked.matrix.index
    told = [*rules.sentences(noun=noun, against="the rest together" if comparator is None else compared_with)]
    if rules.rule == "limits":
        shown = ", ".join(f"{name} {value:.2f}" for name, value in dispersion.items())
        told += [ticked.sentence(), f"Dispersion of the counts, over that of chance: {shown}."]
        log.info("%s", ticked.sentence().removesuffix("."))
    told += _lacking(comparator, list(dispersion), compared_with)
    notes = (*told, *_notes(made.entries))
    return DistrictMatrix(
        ticked.matrix, rates.loc[order], flagged.T.loc[order], ticked.by_chance, notes, dispersion
    )


def _above(
    counts: pd.DataFrame, population: pd.Series, *, months: float, min_population: float
) -> pd.DataFrame:
    """Return which areas are significantly above the mean of all areas, by theme."""
    rates = {
        name: rate(counts[name], population, months=months, min_population=min_population)
        for name in counts.columns
    }
    by_area = pd.DataFrame(rates)
    scores = standard_scores(by_area.to_numpy(dtype=float), 1)
    return pd.DataFrame(scores > 2, index=by_area.index, columns=by_area.columns)


def _lacking(comparator: pd.DataFrame | None, names: list[str], compared_with: str) -> list[str]:
    """Return, in a sentence, the themes of which a comparator has no figure; none where it has all."""
    lacking = [] if comparator is None else [name for name in names if pd.isna(comparator["n"].get(name))]
    if not lacking:
        return []
    told = f"Compared with the other partnerships, as {compared_with} has no figure: {', '.join(lacking)}."
    log.info("%s", told.removesuffix("."))
    return [told]


def _dispersions(made: Indicators, counted: Tally, district: npt.NDArray[np.object_]) -> dict[str, float]:
    """Return the dispersion of each theme, in areas or in districts, whichever is larger; 1 where none can be told."""
    by_period = counted.counts if counted.halves is None else counted.halves
    groups, names = pd.factorize(pd.Series(district, dtype=object).replace("", None))
    found = {}
    for entry, factor in zip(made.entries, made.factors.T, strict=True):
        n = np.einsum("nct,c->nt", by_period, factor)
        places = np.stack([n[groups == place].sum(axis=0) for place in range(len(names))])
        found[entry.name] = float(np.nanmax([1.0, dispersion_of(n), dispersion_of(places)]))
    return found


def _notes(entries: Sequence[Indicator]) -> tuple[str, ...]:
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
        *told,
        f"Not in the table, because police.uk categories cannot tell: {lacking}.",
    )
