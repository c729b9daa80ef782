"""How many areas can be taken: by number, by ground, or to hold a share of the incidents."""

from __future__ import annotations

import heapq
import logging
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.neighbours import Neighbours
from hotspots.base.errors import DataError, ParameterError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Order = Literal["score", "count"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Budget:
    """What a selection may cost, or must reach.

    Areas are taken in one order until the next would break a limit, so that a bigger budget only ever adds
    areas. It does not skip an area that does not fit for a smaller one that does.

    Attributes
    ----------
    max_areas : int, optional
        At most this many areas.
    max_km2 : float, optional
        At most this much ground, in km².
    min_share : float, optional
        At least this share of the incidents (or of the harm) in all areas, in (0, 1], in as few
        areas as `order` allows.
    order : {'score', 'count'}, optional
        What is taken first: the highest score, or the most incidents, which gives the smallest set that holds
        a share. By default the count where only `min_share` is set, else the score.
    contiguous : bool, default False
        Whether the areas taken must form one piece: from the first, always the first in order of the areas
        that touch the piece. It is grown, not searched: no smaller piece is ruled out.

    Raises
    ------
    ParameterError
        When a value is out of range or nothing is limited.
    """

    max_areas: int | None = None
    max_km2: float | None = None
    min_share: float | None = None
    order: Order | None = None
    contiguous: bool = False

    def __post_init__(self) -> None:
        if self.max_areas is None and self.max_km2 is None and self.min_share is None:
            raise ParameterError(
                "the budget limits nothing", hint="set 'max_areas', 'max_km2' or 'min_share'"
            )
        if self.max_areas is not None and self.max_areas < 1:
            raise ParameterError(
                f"'max_areas' is {self.max_areas}, which is smaller than one area",
                hint="set 'max_areas' to 1 or more",
            )
        if self.max_km2 is not None and not 0 < self.max_km2 < np.inf:
            raise ParameterError(
                f"'max_km2' is {self.max_km2:g}, but must be more than 0",
                hint="set 'max_km2' in square kilometres, such as 25",
            )
        if self.min_share is not None and not 0 < self.min_share <= 1:
            raise ParameterError(
                f"'min_share' is {self.min_share:g}, but a share lies between 0 and 1",
                hint="set 'min_share' to a share such as 0.25",
            )
        if self.order not in (None, "score", "count"):
            raise ParameterError(f"'order' is '{self.order}'", hint="use 'score' or 'count'")

    @property
    def takes(self) -> Order:
        """What is taken first."""
        only_share = self.max_areas is None and self.max_km2 is None
        return self.order or ("count" if only_share else "score")


def taking_order(
    ranked: Integers, budget: Budget, *, counts: Floats | None, neighbours: Neighbours | None
) -> Integers:
    """Return positions in the order in which the budget takes them; with contiguity, those that can be reached.

    Parameters
    ----------
    ranked : array of int
        Positions of the scored areas, the highest score first.
    budget : Budget
        Says which order, and whether in one piece.
    counts : array of float, optional
        Incidents of each area, for the order by count; equal ones are taken by score.
    neighbours : Neighbours, optional
        On the areas' order, for contiguity.
    """
    order = ranked
    if budget.takes == "count":
        if counts is None:
            raise ParameterError("a share or an order by count needs the areas' counts", hint="give 'counts'")
        order = ranked[np.argsort(-counts[ranked], kind="stable")]
    if not budget.contiguous:
        return order
    if neighbours is None:
        raise ParameterError(
            "a selection in one piece needs to know which areas touch",
            hint="give 'neighbours', made with make_neighbours(areas)",
        )
    return _grown(order, neighbours)


def _grown(order: Integers, neighbours: Neighbours) -> Integers:
    """Grow one piece from the first area, always by the first in order of those that touch it."""
    matrix = neighbours.matrix
    place = np.full(matrix.shape[0], -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    front, seen, taken = [0] if len(order) else [], {0}, []
    while front:
        here = int(order[heapq.heappop(front)])
        taken.append(here)
        for there in matrix.indices[matrix.indptr[here] : matrix.indptr[here + 1]]:
            next_place = int(place[there])
            if next_place >= 0 and next_place not in seen:
                seen.add(next_place)
                heapq.heappush(front, next_place)
    return np.array(taken, dtype=np.int64)


def how_many(
    order: Integers,
    budget: Budget,
    *,
    codes: pd.Index[Any],
    counts: Floats | None,
    km2: Floats | None,
    scored: int,
) -> int:
    """Return how many of the areas in order the budget takes.

    Parameters
    ----------
    order : array of int
        From `taking_order`.
    budget : Budget
        The limits.
    codes : Index
        The areas' codes, for messages.
    counts, km2 : arrays of float, optional
        Incidents and size of every area.
    scored : int
        Areas that have a score, reached or not.

    Raises
    ------
    ParameterError
        When what a limit is measured in is not given, the budget is smaller than one area, the share cannot
        be had in one piece, or two limits contradict each other.
    """
    limit = len(order)
    if budget.max_areas is not None:
        limit = min(limit, budget.max_areas)
    if budget.max_km2 is not None:
        limit = min(limit, _within_ground(order, budget.max_km2, codes, km2))
    if budget.min_share is None:
        return limit
    needed = _to_hold(order, budget, codes, counts, scored)
    if needed > limit:
        name = "max_areas" if budget.max_areas is not None and limit == budget.max_areas else "max_km2"
        raise ParameterError(
            f"{budget.min_share:.0%} of the incidents take {_counted(needed)}, but '{name}' allows {limit:,}",
            hint=f"raise '{name}', or lower 'min_share'",
        )
    return needed


def _within_ground(order: Integers, max_km2: float, codes: pd.Index[Any], km2: Floats | None) -> int:
    if km2 is None:
        raise ParameterError("'max_km2' needs the size of every area", hint="give 'km2'")
    ground = np.cumsum(km2[order])
    limit = int(np.searchsorted(ground, max_km2 * (1 + 1e-12), side="right"))
    if limit == 0 and len(order):
        raise ParameterError(
            f"'max_km2' is {max_km2:g}, but the first area alone, {codes[order[0]]}, is {ground[0]:.2f} km²",
            hint=f"set 'max_km2' to {np.ceil(ground[0] * 100) / 100:.2f} or more, or select smaller areas",
        )
    return limit


def _to_hold(
    order: Integers, budget: Budget, codes: pd.Index[Any], counts: Floats | None, scored: int
) -> int:
    assert budget.min_share is not None  # noqa: S101 - the caller checked; this tells the type checker
    if counts is None:
        raise ParameterError("'min_share' needs the areas' counts", hint="give 'counts'")
    total = float(np.nansum(counts))
    if total <= 0:
        raise DataError("there are no incidents to hold a share of", hint="select by 'max_areas' instead")
    held = np.cumsum(np.nan_to_num(counts[order])) / total
    needed = int(np.searchsorted(held, budget.min_share - 1e-12)) + 1
    if needed <= len(order):
        return needed
    reached = float(held[-1]) if len(held) else 0.0
    if len(order) < scored:
        raise ParameterError(
            f"the piece that grows from {codes[order[0]]} ends after {_counted(len(order))} with {reached:.0%} of the "
            f"incidents, but 'min_share' is {budget.min_share:.0%}",
            hint="leave 'contiguous' out, or lower 'min_share'",
        )
    asked = f"'min_share' is {budget.min_share:.0%}"
    raise ParameterError(
        f"all {scored:,} areas with a score hold {reached:.0%} of the incidents, but {asked}",
        hint="lower 'min_share', or complete the indicators of the other areas",
    )


@dataclass(frozen=True)
class Held:
    """What a selection holds of all areas, and what the next area in order would add.

    Attributes
    ----------
    areas, of_areas : int
        Selected, and all.
    incidents, population, ground : float
        Shares of all, in [0, 1]; NaN where not known.
    pai : float
        Share of incidents over share of ground; 1 is what chance gives. In sample: the areas were selected by
        these incidents, so it flatters; `hotspots evaluate` scores on later ones.
    next_code : str
        The area that one more would add; empty where all are taken.
    next_incidents, next_ground : float
        The shares that it would add.
    """

    areas: int
    of_areas: int
    incidents: float
    population: float
    ground: float
    pai: float
    next_code: str
    next_incidents: float
    next_ground: float

    def sentence(self, names: pd.Series[str] | None = None, *, noun: str = "area") -> str:
        """Return the same in words but for the PAI, the next area by its name where `names` are given."""
        if self.areas == 0:
            return f"No {noun} of {self.of_areas:,} is selected."
        hold = "holds" if self.areas == 1 else "hold"
        text = f"{self.areas:,} of {self.of_areas:,} {noun}s {hold} {self.incidents:.1%} of the incidents"
        if not np.isnan(self.population):
            text += f" and {self.population:.1%} of the people"
        text += f" on {self.ground:.1%} of the ground."
        if self.next_code:
            name = self.next_code if names is None else names[self.next_code]
            added = f"{self.next_incidents:.1%} of the incidents and {self.next_ground:.1%} of the ground"
            text += f" One more, {name}, would add {added}."
        return text


def held_by(
    selection: pd.DataFrame,
    *,
    counts: pd.Series[Any],
    km2: pd.Series[Any],
    population: pd.Series[Any] | None = None,
) -> Held:
    """Return what a selection holds, as shares of all areas.

    Parameters
    ----------
    selection : DataFrame
        From `select_areas`: its columns ``selected`` and ``turn`` are read.
    counts, km2 : Series of float
        Incidents (or harm) and size of every area, on the selection's index in any order.
    population : Series of float, optional
        People; unknown ones count as none.

    Returns
    -------
    Held

    Raises
    ------
    DataError
        When a series lacks an area.

    References
    ----------
    Chainey, S., Tompson, L. and Uhlig, S. (2008) The utility of hotspot mapping for predicting spatial
    patterns of crime. Security Journal 21(1-2), 4-28. https://doi.org/10.1057/palgrave.sj.8350066

    Examples
    --------
    >>> import pandas as pd
    >>> chosen = pd.DataFrame({"selected": [True, False], "turn": [1, 2]}, index=["a", "b"])
    >>> one, ground = pd.Series({"a": 30, "b": 10}), pd.Series({"a": 1.0, "b": 4.0})
    >>> held_by(chosen, counts=one, km2=ground).sentence()
    '1 of 2 areas holds 75.0% of the incidents on 20.0% of the ground. One more, b, would add 25.0% of the
    incidents and 80.0% of the ground.'
    """
    n, ground = (
        on_index(values, selection.index, name) for values, name in ((counts, "counts"), (km2, "km2"))
    )
    picked = selection["selected"].to_numpy(dtype=bool)
    share_n, share_ground = _share(n, picked), _share(ground, picked)
    people = (
        np.nan if population is None else _share(on_index(population, selection.index, "population"), picked)
    )
    waiting = selection["turn"][~picked].dropna()
    following = str(waiting.astype(float).idxmin()) if len(waiting) else ""
    there = selection.index == following
    return Held(
        int(picked.sum()),
        len(picked),
        share_n,
        people,
        share_ground,
        share_n / share_ground if share_ground > 0 else np.nan,
        following,
        _share(n, there),
        _share(ground, there),
    )


def on_index(values: pd.Series[Any], index: pd.Index[Any], name: str) -> Floats:
    """Return a series as floats in the order of the areas, or say which areas it lacks."""
    place = values.index.get_indexer(index)
    if (place < 0).any():
        raise DataError(
            f"'{name}' lacks {(place < 0).sum():,} of {len(index):,} areas, such as '{index[place < 0][0]}'",
            hint=f"give '{name}' for every area of the indicators",
        )
    found: Floats = values.to_numpy(dtype=float, na_value=np.nan)[place]
    return found


def _counted(areas: int) -> str:
    return "1 area" if areas == 1 else f"{areas:,} areas"


def _share(values: Floats, picked: npt.NDArray[np.bool_]) -> float:
    total = float(np.nansum(values))
    return float(np.nansum(values[picked])) / total if total > 0 else float("nan")
