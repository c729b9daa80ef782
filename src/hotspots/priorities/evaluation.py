"""Which way of choosing areas would have found later incidents: five methods on equal ground."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.gate import as_areas, code_order, with_all_columns
from hotspots.areas.locate.index import AreaIndex
from hotspots.areas.neighbours import make_neighbours
from hotspots.base.errors import DataError, HotspotsWarning, InferenceWarning, ParameterError
from hotspots.base.surface import Surface
from hotspots.counting.belonging import assign_areas
from hotspots.counting.rates import rate
from hotspots.counting.tally import Tally, period_label, tally
from hotspots.incidents import coordinates
from hotspots.incidents.gate import as_incidents
from hotspots.methods.accuracy import accuracy_at
from hotspots.methods.concentration import Concentration, concentration
from hotspots.methods.getisord.statistic import gi_star
from hotspots.methods.kde.bandwidth import Rule
from hotspots.methods.kde.density import kernel_density
from hotspots.methods.meansd import flag_mean_sd
from hotspots.methods.risk.measure import FEWEST, risk
from hotspots.priorities.blocks import FOLDS, Folds, across, warn_of_empty
from hotspots.priorities.indicators import make_indicators
from hotspots.priorities.plan import Plan
from hotspots.priorities.selection import select_areas
from hotspots.priorities.spreading import Scoring, Spread, looks_snapped

Floats = npt.NDArray[np.float64]
Predictions = dict[str, tuple["pd.Series[Any]", bool]]

# Below it, the scores of incidents on map points flatter.
LEAST_WIDTH = 500.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How five ways of choosing areas did.

    Attributes
    ----------
    table : DataFrame
        One row per method and share of ground: ``method``, ``ground``, ``km2``, ``n``, ``hit_rate``, ``pai``,
        ``ppai``, ``pei``, ``recovery``, ``recapture``, ``jaccard``, ``ser`` (see `accuracy_at`) and ``sample`` ("out"
        or "in"); with blocks also ``folds``, ``hit_mean``, ``hit_se``, ``pai_mean``, ``pai_se`` and each fold's
        ``hit_1``, ``pai_1`` and so on (see `hotspots.priorities.blocks.across`).
    selected_by, scored_on : str
        The periods that the choice rests on, and those that it is scored on, in words.
    concentration : Concentration
        Of the incidents that it is scored on.
    noun : str
        What an area is called.
    """

    table: pd.DataFrame
    selected_by: str
    scored_on: str
    concentration: Concentration
    noun: str

    def lines(self) -> list[str]:
        """Return the outcome in words."""
        honest = "" if (self.table["sample"] == "out").all() else ": the same data, so all figures flatter"
        lines = [f"Selected by {self.selected_by}, scored on {self.scored_on}{honest}"]
        lines.append(self.concentration.sentence(noun=self.noun))
        for ground, rows in self.table.groupby("ground"):
            best = rows.sort_values(["pai", "method"], ascending=[False, True], kind="stable")
            shown = ", ".join(f"{row.method} {row.pai:.2f}" for row in best.itertuples())
            lines.append(f"PAI on {ground:.1%} of the ground: {shown}")
            if "pai_mean" in rows:
                best = rows.sort_values(["pai_mean", "method"], ascending=[False, True], kind="stable")
                shown = ", ".join(
                    f"{method} {mean:.2f}" + ("" if np.isnan(error) else f" ± {error:.2f}")
                    for method, mean, error in zip(
                        best["method"], best["pai_mean"], best["pai_se"], strict=True
                    )
                )
                lines.append(
                    f"PAI in {rows['folds'].iloc[0]} folds of blocks, mean ± standard error: {shown}"
                )
        return lines


def evaluate(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    plan: Plan,
    *,
    grounds: Sequence[float] = (0.01, 0.05, 0.1),
    in_sample: bool = False,
    bandwidth: float | Rule = "likelihood",
    scoring: Scoring = "snapped",
    blocks: float | None = None,
    folds: int = FOLDS,
    seed: int = 0,
    noun: str = "area",
    assigned: pd.Series | None = None,
) -> Evaluation:
    """Compare count, kernel density, Gi*, mean + SD and composite score on the same ground.

    All periods but the last choose areas, and the incidents of the last score the choice. Each method ranks
    the areas: "count" by incidents per km²; "density" by the mean kernel density over the area, per km² too;
    "gi_star" by the z score of Gi* of the count over queen neighbours; "mean_sd" by the SDs of the rate (of the
    count, where no population is known); "risk" by the rate with chance taken out (see `hotspots.risk`; only where
    populations are known of ten areas); "composite" by the score of `select_areas`. Areas are then taken in
    that order until the share of ground is used up, the last one in part.

    With `blocks` each choice is scored once more in separate parts of the ground. Areas belong to the square block
    that their representative point lies in, and blocks are dealt into folds by a seeded shuffle. In each fold the
    share of that fold's own ground is taken, and scored by its own later incidents, so a town centre counts in one
    fold alone. Methods see the earlier incidents of all the ground: nothing is fitted to what scores them, and it is
    the period that is held out, not the place. Folds are equal parts of one force, not a sample of forces: the
    standard error says how far a score depends on the part.

    Parameters
    ----------
    incidents, areas : DataFrame, GeoDataFrame
        The two tables.
    plan : Plan
        The indicators of the composite score, and the periods.
    grounds : sequence of float, default (0.01, 0.05, 0.1)
        Shares of the ground, in (0, 1].
    in_sample : bool, default False
        Whether to choose and score by all periods alike, which flatters.
    bandwidth : float or str, default 'likelihood'
        Of the density; see `kernel_density`.
    scoring : {'snapped', 'unsnapped'}, default 'snapped'
        Whether a later incident counts where it stands, or is spread over the ground nearest to its map point, up
        to 250 m off. Where incidents were moved to map points, small areas score by finding the points again.
    blocks : float, optional
        Side of a block in metres: larger than a town centre, and small enough for several blocks a fold.
    folds : int, default 5
        How many folds the blocks are dealt into.
    seed : int, default 0
        Of the shuffle.
    noun : str, default "area"
        What an area is called.
    assigned : Series, optional
        The area of each incident, from `hotspots.assign_areas`; by polygon without it. The density is of points all
        the same.

    Returns
    -------
    Evaluation

    Warns
    -----
    HotspotsWarning
        When incidents on map points are scored in areas that are mostly under 500 m wide, or a fold has no later
        incident.

    Raises
    ------
    ParameterError
        When there is only one period and `in_sample` is false, a share is out of range, or there are fewer blocks
        than folds.
    DataError
        When the last period has no incidents in the areas.

    References
    ----------
    Chainey, S., Tompson, L. and Uhlig, S. (2008) The utility of hotspot mapping for predicting spatial
    patterns of crime. Security Journal 21(1-2), 4-28. https://doi.org/10.1057/palgrave.sj.8350066
    """
    areas = with_all_columns(as_areas(areas, crs="metres"))
    incidents = as_incidents(incidents)
    assigned = assign_areas(incidents, areas) if assigned is None else assigned
    whole = tally(incidents, areas, every=plan.periods, assigned=assigned)
    if len(whole.periods) < 2 and not in_sample:
        raise ParameterError(
            f"there is only one period, {whole.periods[0]}, so nothing later to score on",
            hint="divide the incidents with 'periods' quarter or month, or score on the same data with 'in_sample'",
        )
    used, last = (slice(None), slice(None)) if in_sample else (slice(0, -1), slice(-1, None))
    earlier, later = _part(whole, used), _part(whole, last)
    observed = pd.Series(later.counts.sum(axis=(1, 2)), index=areas.index, name="n")
    if not observed.sum():
        raise DataError(
            f"no incident of {_span(later)} lies in the areas", hint="leave out the last months with 'period'"
        )
    if scoring == "unsnapped":
        observed = _unsnapped(incidents, areas, plan, later)
    else:
        _warn_of_points(incidents, areas)
    number, months = pd.factorize(incidents["month"], sort=True)
    wanted = np.array([period_label(month, plan.periods) in earlier.periods for month in months] + [False])
    chosen = incidents[wanted[number]]
    km2 = areas.geometry.area / 1e6
    n = pd.Series(earlier.counts.sum(axis=(1, 2)), index=areas.index)
    parts = None if blocks is None else _folds(areas, observed, blocks=blocks, folds=folds, seed=seed)
    rows = []
    for method, (score, per_km2) in _predict(chosen, areas, earlier, plan, bandwidth, km2, later).items():
        for ground in grounds:
            found = accuracy_at(score, observed, km2, ground=ground, per_km2=per_km2, earlier=n)
            row: dict[Any, Any] = {
                "method": method,
                **found.to_dict(),
                "sample": "in" if in_sample else "out",
            }
            if parts is not None:
                row |= _across(parts, score, observed, km2, ground=ground, per_km2=per_km2)
            rows.append(row)
    table = pd.DataFrame(rows)
    # A score in standard deviations predicts an order, not a number.
    table.loc[table["method"].isin(["gi_star", "mean_sd", "risk", "composite"]), "recovery"] = np.nan
    return Evaluation(table, _span(earlier), _span(later), concentration(observed), noun)


def _folds(
    areas: gpd.GeoDataFrame, observed: pd.Series[Any], *, blocks: float, folds: int, seed: int
) -> Folds:
    points = areas.geometry.representative_point()
    parts = Folds.dealt(points.x.to_numpy(), points.y.to_numpy(), blocks=blocks, folds=folds, seed=seed)
    later = np.bincount(parts.of, weights=observed.to_numpy(dtype=float), minlength=folds)
    warn_of_empty(later.astype(np.float64))
    return parts


def _across(
    parts: Folds,
    score: pd.Series[Any],
    observed: pd.Series[Any],
    km2: pd.Series[float],
    *,
    ground: float,
    per_km2: bool,
) -> dict[str, float]:
    """Return the same choice's scores in each fold by itself."""
    hit_rates = np.full(parts.number, np.nan)
    for fold in range(parts.number):
        here = parts.of == fold
        if observed[here].sum():
            found = accuracy_at(score[here], observed[here], km2[here], ground=ground, per_km2=per_km2)
            hit_rates[fold] = found["hit_rate"]
    return across(hit_rates, ground)


def _unsnapped(
    incidents: pd.DataFrame, areas: gpd.GeoDataFrame, plan: Plan, later: Tally
) -> pd.Series[float]:
    """Return the later incidents in each area, each spread over the ground of its map point."""
    x, y = coordinates(incidents, areas.crs)
    spread = Spread.over(x, y)
    number, months = pd.factorize(incidents["month"], sort=True)
    wanted = np.array([period_label(month, plan.periods) in later.periods for month in months] + [False])
    weights = spread.weights(x[wanted[number]], y[wanted[number]])
    place = AreaIndex(areas.geometry.to_numpy(), points=spread.x.size).locate(spread.x, spread.y)
    inside = place >= 0
    held = np.bincount(place[inside], weights=weights[inside], minlength=len(areas))
    return pd.Series(held, index=areas.index, name="n")


def _warn_of_points(incidents: pd.DataFrame, areas: gpd.GeoDataFrame) -> None:
    width = float(np.sqrt(areas.geometry.area.median()))
    if width < LEAST_WIDTH and looks_snapped(*coordinates(incidents, areas.crs)):
        warnings.warn(
            f"the incidents stand on map points, and areas about {width:,.0f} m wide score by finding the same points "
            f"again: give areas of {LEAST_WIDTH:g} m or more, or 'scoring' unsnapped",
            HotspotsWarning,
            stacklevel=3,
        )


def _part(whole: Tally, which: slice) -> Tally:
    return replace(
        whole, periods=whole.periods[which], months=whole.months[which], counts=whole.counts[:, :, which]
    )


def _span(part: Tally) -> str:
    return part.periods[0] if len(part.periods) == 1 else f"{part.periods[0]} to {part.periods[-1]}"


def _predict(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    earlier: Tally,
    plan: Plan,
    bandwidth: float | Rule,
    km2: pd.Series[float],
    later: Tally,
) -> Predictions:
    """Return each method's prediction, and whether it is a number of incidents."""
    n = pd.Series(earlier.counts.sum(axis=(1, 2)), index=areas.index, name="n")
    months = float(sum(earlier.months))
    length = float(sum(later.months))
    known = bool(areas["population"].notna().any())
    value = rate(n, areas["population"], months=months, min_population=plan.min_population) if known else n
    surface = kernel_density(incidents, areas, bandwidth=bandwidth, months=months)
    methods: dict[str, Callable[[], tuple[pd.Series[Any], bool]]] = {
        "count": lambda: (n * length / months, True),
        "density": lambda: (mean_over(surface, areas) * km2 * length / 12, True),
        "gi_star": lambda: (_gi_z(n, areas), False),
        "mean_sd": lambda: (flag_mean_sd(value)["sd_score"], False),
        "composite": lambda: (_composite(areas, earlier, plan, known=known), False),
    }
    if known and value.notna().sum() >= FEWEST:
        found = risk(n, areas["population"], months=months, min_population=plan.min_population)
        methods["risk"] = lambda: (found["rk_rate"], False)
    return {name: predict() for name, predict in methods.items()}


def _gi_z(n: pd.Series[Any], areas: gpd.GeoDataFrame) -> pd.Series[Any]:
    with warnings.catch_warnings():
        # Only the order of the z scores counts here: whether p can be trusted does not matter.
        warnings.simplefilter("ignore", InferenceWarning)
        return gi_star(n, make_neighbours(areas))["gi_z"]


def _composite(areas: gpd.GeoDataFrame, earlier: Tally, plan: Plan, *, known: bool) -> pd.Series[Any]:
    entries = plan.indicator
    if not known:
        log.info("No population is known, so the composite score is of counts")
        entries = tuple(replace(entry, measure="n") for entry in entries)
    made = make_indicators(
        entries, areas, counted=earlier, min_population=plan.min_population, resolve=plan.path
    )
    weights = {period: weight for period, weight in plan.period_weights.items() if period in earlier.periods}
    selection = select_areas(
        made.table,
        weights=made.weights,
        period_weights=weights,
        bad=made.bad,
        rules=plan.rules,
        scale=made.scales(plan.scale),
    )
    return selection["score"]


def mean_over(surface: Surface, areas: gpd.GeoDataFrame) -> pd.Series[float]:
    """Return the mean of a surface over the cells whose centres lie in each area.

    Parameters
    ----------
    surface : Surface
        In the areas' CRS.
    areas : GeoDataFrame
        The areas table.

    Returns
    -------
    Series of float64
        On the areas' index. An area too small to hold a centre has the value of the cell that its
        representative point lies in.
    """
    columns, rows = surface.centres()
    x, y = (grid.ravel() for grid in np.meshgrid(columns, rows))
    values = surface.values.ravel()  # noqa: PD011 - a surface's grid, not a frame's values
    known = ~np.isnan(values)
    areas = as_areas(areas, crs="metres")
    order = code_order(areas.index)
    place = AreaIndex(areas.geometry.to_numpy(), points=int(known.sum()), order=order).locate(
        x[known], y[known]
    )
    inside = place >= 0
    total = np.bincount(place[inside], weights=values[known][inside], minlength=len(areas))
    cells = np.bincount(place[inside], minlength=len(areas))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean: Floats = total / cells
    small = np.flatnonzero(cells == 0)
    points = areas.geometry.iloc[small].representative_point()
    column = ((points.x.to_numpy() - surface.west) // surface.cell_size).astype(int)
    row = ((surface.north - points.y.to_numpy()) // surface.cell_size).astype(int)
    height, width = surface.shape
    grid = values.reshape(surface.shape)
    mean[small] = grid[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]
    return pd.Series(np.nan_to_num(mean), index=areas.index)
