"""How well a prediction found later incidents: hit rate, PAI and its kin, recovery, recapture, Jaccard, SER."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, ParameterError

Floats = npt.NDArray[np.float64]
# Between 0, which gives the hit rate, and 1, which gives the PAI.
PENALTY = 0.5

Integers = npt.NDArray[np.int64]


def accuracy(
    predicted: pd.Series[Any], observed: pd.Series[Any], km2: pd.Series[Any], *, per_km2: bool = True
) -> pd.DataFrame:
    r"""Return, for the best areas taken one after another, how many later incidents they would have held.

    Areas are taken by what was predicted, per km² of ground, the highest first; of equal ones the one with
    fewer observed incidents, so that ties never flatter. With n of N later incidents on a of A km²:

    - hit rate: n / N, in [0, 1];
    - PAI, predictive accuracy index: (n / N) / (a / A), from 0 up; 1 is what chance gives;
    - PEI, predictive efficiency index: PAI over the highest PAI that any choice of the same ground could have
      had, in [0, 1]; with areas of unequal size the last of that choice may count in part;
    - PPAI, penalised PAI: (n / N) / (a / A)^½, between the hit rate (power 0) and the PAI (power 1), which tiny
      areas win by their size alone;
    - recovery rate index: sum predicted / sum observed in the areas taken; over 1 predicts too many;
    - SER, search efficiency rate: n / a, incidents per km².

    They are honest only out of sample: what is predicted must come from earlier incidents than those observed.

    Parameters
    ----------
    predicted : Series of float
        What each area was predicted to have, in incidents for the recovery to mean anything; missing ones come last.
    observed : Series of int
        Later incidents, whole or in part, on the same index in any order.
    km2 : Series of float
        Size of each area, over 0, on the same index in any order.
    per_km2 : bool, default True
        Whether areas are taken by what was predicted per km², or by the prediction as it is, such as a z score.

    Returns
    -------
    DataFrame
        On the areas' index, in the order in which they are taken: ``ground`` (a / A), ``n``, ``hit_rate``,
        ``pai``, ``ppai``, ``pei``, ``recovery``, ``ser``. Recovery is missing where nothing was observed yet.

    Raises
    ------
    DataError
        When an index lacks an area, a size is not over 0, or nothing was observed.

    References
    ----------
    Chainey, S., Tompson, L. and Uhlig, S. (2008) The utility of hotspot mapping for predicting spatial
    patterns of crime. Security Journal 21(1-2), 4-28. https://doi.org/10.1057/palgrave.sj.8350066

    Hunt, J. M. (2016) Do crime hot spots move? Exploring the effects of the modifiable areal unit problem and
    modifiable temporal unit problem on crime hot spot stability. PhD thesis, American University.

    Joshi, C., Curtis-Ham, S., D'Ath, C. and Searle, D. (2021) Considerations for developing predictive spatial
    models of crime and new methods for measuring their accuracy. ISPRS International Journal of
    Geo-Information 10(9), 597 (PPAI). https://doi.org/10.3390/ijgi10090597

    Levine, N. (2008) The "hottest" part of a hotspot: comments on "The utility of hotspot mapping for
    predicting spatial patterns of crime". Security Journal 21(4), 295-302.
    https://doi.org/10.1057/sj.2008.5

    Examples
    --------
    >>> import pandas as pd
    >>> one = pd.Series(1.0, index=list("abc"))
    >>> found = accuracy(pd.Series([3, 2, 1], index=one.index), pd.Series([6, 3, 0], index=one.index), one)
    >>> found["pai"].tolist(), found["pei"].tolist()
    ([2.0, 1.5, 1.0], [1.0, 1.0, 1.0])
    """
    index = predicted.index
    n, ground = _aligned(observed, index, "observed"), _aligned(km2, index, "km2")
    if not (ground > 0).all():
        code = index[np.flatnonzero(~(ground > 0))[0]]
        raise DataError(f"the area '{code}' has no size", hint="give 'km2', over 0, for every area")
    if np.isnan(n).any() or not n.sum() > 0:
        raise DataError(
            "nothing was observed, so there is nothing to score",
            hint="choose a period or a category with incidents",
        )
    guess = predicted.to_numpy(dtype=float, na_value=np.nan)
    order = taking(guess / ground if per_km2 else guess, n)
    taken, area = np.cumsum(n[order]), np.cumsum(ground[order])
    share = area / ground.sum()
    hit = taken / n.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        recovery = np.where(taken > 0, np.cumsum(np.nan_to_num(guess[order])) / taken, np.nan)
    return pd.DataFrame(
        {
            "ground": share,
            "n": taken,
            "hit_rate": hit,
            "pai": hit / share,
            "ppai": hit / share**PENALTY,
            "pei": taken / best_possible(n, ground, area),
            "recovery": recovery,
            "ser": taken / area,
        },
        index=index[order],
    )


def accuracy_at(
    predicted: pd.Series[Any],
    observed: pd.Series[Any],
    km2: pd.Series[Any],
    *,
    ground: float,
    per_km2: bool = True,
    earlier: pd.Series[Any] | None = None,
) -> pd.Series[float]:
    """Return the same measures on exactly one share of the ground, so that methods are compared on equal terms.

    The area that the share ends in counts in part, as if its incidents and what was predicted were spread
    evenly over it.

    Two more need a share of the ground: Jaccard's index, the ground that was both taken and in truth the densest
    over the ground that was either, in [0, 1]; and the recapture rate index, the PAI over that of the earlier
    incidents on the same areas, where 1 is as concentrated as before.

    Parameters
    ----------
    predicted, observed, km2, per_km2
        As for `accuracy`.
    earlier : Series of int, optional
        The incidents that the prediction rests on; without them recapture is missing.
    ground : float
        Share of the ground, in (0, 1].

    Returns
    -------
    Series of float64
        ``ground``, ``km2``, ``n``, ``hit_rate``, ``pai``, ``ppai``, ``pei``, ``recovery``, ``recapture``,
        ``jaccard``, ``ser``.

    Raises
    ------
    ParameterError
        When `ground` is not in (0, 1].
    DataError
        As `accuracy`.
    """
    if not 0 < ground <= 1:
        raise ParameterError(
            f"'ground' is {ground:g}, but a share lies between 0 and 1",
            hint="set 'ground' to a share such as 0.05",
        )
    curve = accuracy(predicted, observed, km2, per_km2=per_km2)
    n, size = _aligned(observed, predicted.index, "observed"), _aligned(km2, predicted.index, "km2")
    total, here = n.sum(), ground * size.sum()
    along = np.concatenate([[0.0], curve["ground"].to_numpy(dtype=float)])
    taken = float(np.interp(ground, along, np.concatenate([[0.0], curve["n"].to_numpy(dtype=float)])))
    guess = predicted.reindex(curve.index).fillna(0.0).to_numpy(dtype=float)
    foreseen = float(np.interp(ground, along, np.concatenate([[0.0], np.cumsum(guess)])))
    best = float(best_possible(n, size, np.array([here]))[0])
    guessed = predicted.to_numpy(dtype=float, na_value=np.nan)
    part = _parts(taking(guessed / size if per_km2 else guessed, n), size, here)
    truth = _parts(np.argsort(-n / size, kind="stable"), size, here)
    prior = np.zeros(n.size) if earlier is None else _aligned(earlier, predicted.index, "earlier")
    before = float(part @ prior / prior.sum()) if prior.sum() else 0.0
    return pd.Series(
        {
            "ground": ground,
            "km2": here,
            "n": taken,
            "hit_rate": taken / total,
            "pai": taken / total / ground,
            "ppai": taken / total / ground**PENALTY,
            "pei": taken / best,
            "recovery": foreseen / taken if taken > 0 else np.nan,
            "recapture": taken / total / before if before else np.nan,
            "jaccard": float(np.minimum(part, truth) @ size / (np.maximum(part, truth) @ size)),
            "ser": taken / here,
        }
    )


def _parts(order: Integers, km2: Floats, ground: float) -> Floats:
    """Return how much of each area is taken when so much ground is, in this order, the last area in part."""
    part = np.empty(order.size)
    before = np.cumsum(km2[order]) - km2[order]
    part[order] = np.clip((ground - before) / km2[order], 0.0, 1.0)
    return part


def taking(score: Floats, observed: Floats) -> Integers:
    """Return positions by score, the highest first; of equal ones the fewer observed, then the first."""
    known = np.where(np.isnan(score), -np.inf, score)
    order: Integers = np.lexsort((observed, -known)).astype(np.int64)
    return order


def best_possible(observed: Floats, km2: Floats, ground: Floats) -> Floats:
    """Return the most incidents that any choice of so much ground could hold, its last area in part."""
    order = np.argsort(-observed / km2, kind="stable")
    area = np.concatenate([[0.0], np.cumsum(km2[order])])
    best: Floats = np.interp(ground, area, np.concatenate([[0.0], np.cumsum(observed[order])]))
    return best


def _aligned(values: pd.Series[Any], index: pd.Index[Any], name: str) -> Floats:
    place = values.index.get_indexer(index)
    if (place < 0).any():
        code = index[np.flatnonzero(place < 0)[0]]
        raise DataError(f"'{name}' lacks the area '{code}'", hint=f"give '{name}' for every area predicted")
    found: Floats = values.to_numpy(dtype=float, na_value=np.nan)[place]
    return found
