"""Emerging hotspots: what kind of hotspot a place is over the steps of time, from new to historical."""

from __future__ import annotations

import warnings
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.neighbours import Neighbours
from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.draws import MOST_SLOW, require_draws, require_seed
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError, did_you_mean
from hotspots.base.limits import allowed, raising
from hotspots.base.subset_sums import cap_values, code_values, subset_tails
from hotspots.methods.time.trend import FEWEST, mann_kendall, rises

Comparison = Literal["step", "neighbourhood", "cube"]
Trend = Literal["steps", "sums"]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

KINDS = (
    "new", "intensifying", "persistent", "diminishing", "consecutive", "sporadic", "oscillating", "historical",
)  # fmt: skip
"""The kinds of hotspot, in the order in which they are tried: the first that fits is it."""
EM_CLASSES = (
    *(f"{kind} hotspot" for kind in KINDS),
    "none",
    *(f"{kind} coldspot" for kind in KINDS),
    "undefined",
)
"""The classes of ``em_class``."""
EM_TRENDS = ("up", "no clear trend", "down")
"""The classes of ``em_trend``."""
LEAST_STEPS = 10
"""Steps that it takes: of fewer, nine in ten is all of them."""

_COMPARISONS = ("step", "neighbourhood", "cube")
_LEVEL = 0.05
_SAME = 1e-12  # relative spread under which all values are equal


def emerging_hotspots(
    counts: pd.DataFrame,
    neighbours: Neighbours,
    *,
    comparison: Comparison = "step",
    previous: int | None = None,
    cap: float = 0.95,
    trend: Trend = "steps",
    draws: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    """Tell what kind of hotspot, or coldspot, each area is over the steps of time.

    In each step the sum over an area and its neighbours is compared with what chance would give (Getis-Ord Gi*, by
    its exact distribution when all values, the largest capped, change places). Areas are then classed by the steps
    in which they are hot or cold, in this order; the first kind that fits is it:

    ============  ====================================================================================
    new           hot in the last step and never before
    intensifying  hot in 90% of the steps or more, the last among them, with a trend upwards
    persistent    the same, without a clear trend
    diminishing   the same, with a trend downwards
    consecutive   hot in one unbroken run of two steps or more up to the last, and never before
    sporadic      hot in the last step and on and off before, and never cold
    oscillating   hot in the last step and on and off before, and cold in some step
    historical    hot in 90% of the steps or more, but not in the last
    ============  ====================================================================================

    Coldspots mirror them. An area is hot or cold where q is at most 0.05 after the Benjamini-Hochberg correction over
    all areas and steps: of all steps of areas that are marked hot, at most 5 in 100 are expected to be chance.

    Parameters
    ----------
    counts : DataFrame of numbers, areas by steps
        Incidents in each area, a column for each of ten steps or more, in the order of time; on the codes of
        `neighbours` in any order. Steps without a file are left out, steps without an incident are 0.
    neighbours : Neighbours
        From `make_neighbours` or `from_graph`; the weights are not looked at.
    comparison : {'step', 'neighbourhood', 'cube'}, default 'step'
        What the sum is compared with. ``"step"``: the same step in all areas, so that no season and no change in
        recording makes a hotspot. ``"neighbourhood"``: sums over the step and the `previous` ones, with all areas
        over those steps; more power, but one busy step makes several hot ones. ``"cube"``: the same sums with those
        of all steps, so that a busy season is hot and a quiet one cold.
    previous : int, optional
        How many steps before are added to each: 0 for ``"step"``, where it can be nothing else, else 1 without it.
        The first steps add those that there are, and are compared with sums over as many.
    cap : float, default 0.95
        Values above this quantile of those over 0 count as much as it; at 1 no value is capped.
    trend : {'steps', 'sums'}, default 'steps'
        Of what the trend is. ``"steps"``: the z scores of single steps, by the exact test. ``"sums"``: those of the
        sums over the step and the `previous` ones, as they are classed; such sums share steps, so that p is the share
        of random orders of whole steps, the same for all areas, whose sums rise or fall as much.
    draws : int, default 999
        Random orders, for ``"sums"``.
    seed : int, default 0
        Of these.

    Returns
    -------
    DataFrame
        On the index of `counts`, in its order:

        - ``em_class``: categorical of `EM_CLASSES`: ``"new hotspot"`` and so on, ``"new coldspot"``, ``"none"``, or
          ``"undefined"``.
        - ``em_hot``, ``em_cold``: in how many steps it is hot, and cold; an integer.
        - ``em_last``: the last step in which it is hot, by its column; ``""`` where there is none.
        - ``em_trend``: categorical of `EM_TRENDS`: where ``em_p`` is at most 0.05, the direction; missing in areas
          that are never hot or cold.
        - ``em_p``: two-sided p value of Mann-Kendall, each area looked at alone (see `mann_kendall`); NaN in areas
          that are never hot or cold: where nothing happens, z goes up and down with all other areas.
        - ``em_steps``: a letter for each step: ``"H"`` hot, ``"C"`` cold, ``"."`` neither.
        - ``em_note``: why it is undefined: ``"no neighbours"`` or ``"its neighbourhood covers every area"``; else
          ``""``.

    Raises
    ------
    DataError
        When there are fewer than ten steps, a count is missing, negative or no number, or the areas are others than
        those of the neighbours.
    ParameterError
        When an option is unknown or out of range.

    Warns
    -----
    HotspotsWarning
        When in some steps all areas have equal counts, so that nothing can be told of them.

    Notes
    -----
    p keeps an area's steps together: areas change places with all that happened in them. Were every step of every
    area to change places by itself, as the statistic's authors have it for windows of several steps, then what is
    busy every month would count as several findings: of real counts laid out at random, 28 to 90 of 100 maps then
    show hotspots, all of them chance, where here about 5 do at most. For ``"cube"``, p is the mean of that probability
    over all steps.

    The trend is that of the area's z score of each step alone, against the mean and standard deviation of the step;
    for ``"cube"`` against those of all steps. Windows of several steps share counts, and Mann-Kendall at 5% on them
    finds trends in 13 to 15 of 100 areas by chance.

    References
    ----------
    Ord, J. K. and Getis, A. (1995) Local spatial autocorrelation statistics. Geographical Analysis 27(4), 286-306.
    https://doi.org/10.1111/j.1538-4632.1995.tb00912.x

    Mann, H. B. (1945) Nonparametric tests against trend. Econometrica 13(3), 245-259.
    https://doi.org/10.2307/1907187

    Examples
    --------
    Twenty areas in a ring over ten months. One incident in each, but nine in three of them from July on:

    >>> from libpysal.graph import Graph
    >>> from hotspots.areas.neighbours import from_graph
    >>> codes = [f"E{i:02}" for i in range(20)]
    >>> after = codes[1:] + codes[:1]
    >>> ring = from_graph(Graph.from_arrays(codes + after, after + codes, [1.0] * 40))
    >>> counts = pd.DataFrame(1, index=codes, columns=[f"2025-{m:02}" for m in range(1, 11)])
    >>> counts.iloc[::2, :6] = 2
    >>> counts.iloc[4:7, 6:] = 9
    >>> found = emerging_hotspots(counts, ring)
    >>> found.loc["E05", ["em_class", "em_last", "em_steps"]].tolist()
    ['consecutive hotspot', '2025-10', '......HHHH']
    """
    window = _window(comparison, previous, cap)
    _require_trend(trend, draws, seed)
    n, place = _aligned(counts, neighbours)
    most = allowed("histories")
    if n.size > most:
        raise DataError(
            f"{n.shape[0]:,} areas over {n.shape[1]:,} steps are {n.size:,} numbers, more than {most:,}",
            hint=f"take larger areas or cells, longer steps or fewer months, {raising('histories', n.size)}",
        )
    links = _links(neighbours)
    size = np.diff(links.indptr).astype(np.int64)  # the area and its neighbours
    notes = np.where(
        size == 1, "no neighbours", np.where(size == len(n), "its neighbourhood covers every area", "")
    )
    defined = notes == ""
    varied = np.ptp(n, axis=0) > _SAME * n.max(axis=0)
    _warn_of_equal(counts.columns[~varied], counts.shape[1])
    hot, cold = np.zeros(n.shape, dtype=bool), np.zeros(n.shape, dtype=bool)
    if defined.any() and varied.any():
        tested = np.ix_(defined, varied)
        for found, tail in zip((hot, cold), _tails(n, links, size, window, comparison, cap), strict=True):
            found[tested] = (benjamini_hochberg(tail[tested].ravel()) <= _LEVEL).reshape(tail[tested].shape)
    marked = np.asarray((hot | cold).any(axis=1))
    if trend == "steps":
        direction, p = _trend(n, links, size, marked, varied, comparison)
    else:
        direction, p = _trend_of_sums(n[:, varied], links, size, marked, window, comparison, draws, seed)
    last = np.where(hot.any(axis=1), n.shape[1] - 1 - hot[:, ::-1].argmax(axis=1), -1)
    names = np.append(counts.columns.astype(str).to_numpy(dtype=object), "")
    classes = np.where(defined, classify_steps(hot, cold, direction), "undefined")
    table = {
        "em_class": pd.Categorical(classes[place], categories=list(EM_CLASSES)),
        "em_hot": hot.sum(axis=1)[place],
        "em_cold": cold.sum(axis=1)[place],
        "em_last": pd.array(names[last][place], dtype="str"),
        "em_trend": pd.Categorical.from_codes(
            np.where(np.isnan(p), -1, 1 - direction)[place], categories=pd.Index(EM_TRENDS)
        ),
        "em_p": p[place],
        "em_steps": pd.array(np.array(_letters(hot, cold), dtype=object)[place], dtype="str"),
        "em_note": pd.array(notes.astype(object)[place], dtype="str"),
    }
    return pd.DataFrame(table, index=counts.index)


def classify_steps(hot: Flags, cold: Flags, direction: Integers) -> npt.NDArray[np.object_]:
    """Return the kind of hotspot or coldspot that each row of steps makes; see `emerging_hotspots`.

    Parameters
    ----------
    hot, cold : ndarray of bool, shape (areas, steps)
        In which steps each area is hot, and cold.
    direction : ndarray of int, shape (areas,)
        1 where the trend is clearly upwards, -1 where it is clearly downwards, else 0.

    Returns
    -------
    ndarray of object, shape (areas,)
        Of `EM_CLASSES`.

    Examples
    --------
    >>> hot = np.array([[0, 0, 0, 1], [0, 0, 1, 1], [1, 1, 1, 1], [1, 0, 0, 1], [1, 0, 0, 0]], dtype=bool)
    >>> classify_steps(hot, ~hot & False, np.zeros(5, dtype=int)).tolist()
    ['new hotspot', 'consecutive hotspot', 'persistent hotspot', 'sporadic hotspot', 'none']
    """
    hotspots, coldspots = _kinds(hot, cold, direction), _kinds(cold, hot, -direction)
    named = np.array(["none", *EM_CLASSES], dtype=object)
    # Hot nine times in ten and cold in the last step: a historical hotspot before it is an oscillating coldspot.
    position = np.where(hotspots > 0, hotspots, np.where(coldspots > 0, coldspots + len(KINDS) + 1, 0))
    found: npt.NDArray[np.object_] = named[position]
    return found


def _kinds(hot: Flags, cold: Flags, direction: Integers) -> Integers:
    """Return the position in `KINDS`, from 1, of the first that fits; 0 where none does."""
    steps, number = hot.shape[1], hot.sum(axis=1)
    last = hot[:, -1]
    often = 10 * number >= 9 * steps
    run = np.logical_and.accumulate(hot[:, ::-1], axis=1).sum(axis=1)  # of hot steps up to the last
    fits = [
        last & (number == 1),
        last & often & (direction > 0),
        last & often & (direction == 0),
        last & often & (direction < 0),
        last & (run == number),
        last & ~cold.any(axis=1),
        last,
        often & ~last,
    ]
    return np.select(fits, range(1, len(KINDS) + 1), default=0)


def _window(comparison: str, previous: int | None, cap: float) -> int:
    """Return how many steps are added up, the step itself among them."""
    if comparison not in _COMPARISONS:
        raise ParameterError(
            f"'comparison' is '{comparison}', which is not one of its choices",
            hint=did_you_mean(comparison, _COMPARISONS),
        )
    if not 0.5 <= cap <= 1:
        raise ParameterError(
            f"'cap' is {cap:g}, but must be a share from 0.5 to 1",
            hint="set 'cap' to 0.95, or to 1 for no cap",
        )
    if previous is None:
        return 1 if comparison == "step" else 2
    if previous < 0:
        raise ParameterError(
            f"'previous' is {previous}, but must be 0 or more",
            hint="set 'previous' to a number of steps such as 1",
        )
    if comparison == "step" and previous:
        raise ParameterError(
            f"'previous' is {previous}, but 'comparison' = 'step' looks at each step alone",
            hint="set 'comparison' to 'neighbourhood' to add up steps, or leave 'previous' out",
        )
    return previous + 1


def _require_trend(trend: str, draws: int, seed: int) -> None:
    if trend not in ("steps", "sums"):
        raise ParameterError(f"'trend' is '{trend}'", hint=did_you_mean(trend, ("steps", "sums")))
    require_draws(draws, usual=999, most=MOST_SLOW)
    require_seed(seed)


def _aligned(counts: pd.DataFrame, neighbours: Neighbours) -> tuple[Floats, Integers]:
    """Return the counts in the order of the areas, and where each of the caller's rows stands in it."""
    if counts.shape[1] < LEAST_STEPS:
        raise DataError(
            f"there are {counts.shape[1]} steps of time, but emerging hotspots need {LEAST_STEPS} or more to tell a "
            "pattern from chance",
            hint="give incidents of more months, or shorter steps",
        )
    columns, place = [], np.zeros(0, dtype=np.int64)
    for name in counts.columns:
        x, place = neighbours.align(counts[name])
        if np.isnan(x).any() or (x < 0).any():
            raise DataError(
                f"a count in {name} is missing or negative",
                hint="leave steps without a file out; steps without an incident are 0",
            )
        columns.append(x)
    return np.column_stack(columns), place


def _warn_of_equal(equal: pd.Index[Any], steps: int) -> None:
    if len(equal):
        warnings.warn(
            f"in {len(equal)} of {steps} steps, such as {equal[0]}, all areas have equal counts, so that none is hot",
            HotspotsWarning,
            stacklevel=3,
        )


def _links(neighbours: Neighbours) -> Any:
    """Return who is added up for each area, itself among them, as a matrix of ones."""
    from scipy import sparse

    links = sparse.csr_array(neighbours.matrix + sparse.eye_array(len(neighbours.index), format="csr"))
    return sparse.csr_array((np.ones(links.nnz), links.indices, links.indptr), shape=links.shape)


def _tails(
    n: Floats, links: Any, size: Integers, window: int, comparison: str, cap: float
) -> tuple[Floats, Floats]:
    """Return how likely chance makes each area's sum in each step so large, and so small."""
    upper, lower = np.ones(n.shape), np.ones(n.shape)
    longest = int(size.max()) - 1
    for length in range(1, window + 1):
        sums = np.lib.stride_tricks.sliding_window_view(n, length, axis=1).sum(
            axis=2
        )  # up to step length - 1, ...
        mine = range(sums.shape[1]) if length == window else range(1)
        if comparison == "cube":
            against = code_values(cap_values(sums.ravel(), cap), longest).reshape(sums.shape)
            seen = _seen(links, against)[:, list(mine)]
            tails = [subset_tails(one, np.repeat(size, len(mine)), seen.ravel()) for one in against.T]
            found = np.mean(tails, axis=0).reshape(2, *seen.shape)
        else:
            coded = [code_values(cap_values(sums[:, step], cap), longest) for step in mine]
            found = np.stack([subset_tails(one, size, _seen(links, one)) for one in coded], axis=2)
        at = slice(length - 1, length - 1 + len(mine))
        upper[:, at], lower[:, at] = found
    return upper, lower


def _seen(links: Any, coded: Integers) -> Integers:
    seen: Integers = np.rint(links @ coded.astype(float)).astype(np.int64)
    return seen


def _trend(
    n: Floats, links: Any, size: Integers, marked: Flags, varied: Flags, comparison: str
) -> tuple[Integers, Floats]:
    """Return the direction of each marked area's z score of single steps (1, 0 or -1), and p."""
    direction, p = np.zeros(len(n), dtype=np.int64), np.full(len(n), np.nan)
    if varied.sum() < FEWEST or not marked.any():
        return direction, p
    held = n[:, varied]
    z = (
        links @ held
    )  # but for a factor of each area, and for "cube" a constant of it, which no order depends on
    if comparison != "cube":
        z = (z - size[:, None] * held.mean(axis=0)) / held.std(axis=0)
    found = mann_kendall(z[marked])
    p[marked] = found["p"]
    direction[marked] = np.where(found["p"] <= _LEVEL, np.sign(found["s"]), 0)
    return direction, p


def _trend_of_sums(
    n: Floats,
    links: Any,
    size: Integers,
    marked: Flags,
    window: int,
    comparison: str,
    draws: int,
    seed: int,
) -> tuple[Integers, Floats]:
    """Return the direction of each marked area's z score of sums over steps, and p by random orders of whole steps."""
    direction, p = np.zeros(len(n), dtype=np.int64), np.full(len(n), np.nan)
    if n.shape[1] < FEWEST or not marked.any():
        return direction, p
    around = (links @ n)[marked]
    many = size[marked, None]

    def slope(order: Integers) -> Floats:
        sums, every = _rolled(around[:, order], window), _rolled(n[:, order], window)
        if comparison != "cube":
            spread = every.std(axis=0)
            sums = (sums - many * every.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        return rises(sums)

    found = slope(np.arange(n.shape[1]))
    random = np.random.default_rng(seed)
    beyond = np.zeros(len(found))
    for _ in range(draws):
        beyond += np.abs(slope(random.permutation(n.shape[1]))) >= np.abs(found)
    p[marked] = (1 + beyond) / (draws + 1)
    direction[marked] = np.where(p[marked] <= _LEVEL, np.sign(found), 0)
    return direction, p


def _rolled(values: Floats, window: int) -> Floats:
    """Return the mean of each step and those before it, as many as the window has or there are."""
    total = values.cumsum(axis=1)
    steps = np.minimum(np.arange(1, values.shape[1] + 1), window)
    total[:, window:] = total[:, window:] - total[:, :-window]
    found: Floats = total / steps
    return found


def _letters(hot: Flags, cold: Flags) -> list[str]:
    letters = np.where(hot, "H", np.where(cold, "C", "."))
    return ["".join(row) for row in letters]
