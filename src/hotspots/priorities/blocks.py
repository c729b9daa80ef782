"""Spatial blocks dealt into folds, so that one town centre does not carry a score."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.base.crs import Floats
from hotspots.base.draws import require_seed
from hotspots.base.errors import HotspotsWarning, ParameterError

Integers = npt.NDArray[np.int64]

FOLDS = 5


@dataclass(frozen=True)
class Folds:
    """Which fold each place belongs to.

    Attributes
    ----------
    of : ndarray of int64
        The fold of each place, from 0.
    number : int
        How many folds there are, each with a place at least.
    """

    of: Integers
    number: int

    @classmethod
    def dealt(cls, x: Floats, y: Floats, *, blocks: float, folds: int = FOLDS, seed: int = 0) -> Folds:
        """Cut the ground into square blocks, and deal those that hold a place into folds, like cards.

        Blocks are anchored to the origin of the CRS, shuffled by the seed and dealt in turn, so that folds differ
        by one block at most. The seed and the places decide: their order does not.

        Parameters
        ----------
        x, y : ndarray of float64
            Places in metres.
        blocks : float
            Side of a block in metres, over 0.
        folds : int, default 5
            At least 1.
        seed : int, default 0
            Of the shuffle.

        Raises
        ------
        ParameterError
            When `blocks` is not over 0, `folds` not 1 or more, or there are fewer blocks than folds.
        """
        if not (math.isfinite(blocks) and blocks > 0):
            raise ParameterError(
                f"'blocks' is {blocks:g}, but the side of a block is over 0",
                hint="set 'blocks' to metres such as 5000",
            )
        if folds < 1:
            raise ParameterError(f"'folds' is {folds}, but one is the fewest", hint=f"set 'folds' to {FOLDS}")
        require_seed(seed)
        corners = np.floor(np.column_stack((x, y)) / blocks)
        held, block = np.unique(corners, axis=0, return_inverse=True)
        if len(held) < folds:
            raise ParameterError(
                f"the ground has only {len(held)} of the blocks of {blocks:,g} m, too few for {folds} folds",
                hint=f"set 'blocks' to fewer metres, such as {blocks / 2:g}",
            )
        fold = np.empty(len(held), dtype=np.int64)
        fold[np.random.default_rng(seed).permutation(len(held))] = np.arange(len(held)) % folds
        return cls(fold[block.ravel()], folds)


def across(hit_rates: Floats, ground: float) -> dict[str, float]:
    """Return hit rate and PAI of each fold, their mean and its standard error.

    The mean gives each fold the same weight, however many incidents it has. Its standard error is the standard
    deviation of the folds (n − 1) over the root of their number; missing for one fold. Folds without a later
    incident are missing, and left out of both.

    Parameters
    ----------
    hit_rates : ndarray of float64
        Of each fold, in [0, 1]; NaN where it has no later incident.
    ground : float
        The share of each fold's ground that was taken, in (0, 1].

    Returns
    -------
    dict of str to float
        ``folds`` (that count), ``hit_mean``, ``hit_se``, ``pai_mean``, ``pai_se``, then ``hit_1``, ``pai_1``,
        ``hit_2`` and so on.

    Examples
    --------
    >>> found = across(np.array([0.2, 0.4]), 0.1)
    >>> [round(found[name], 3) for name in ("hit_mean", "hit_se", "pai_mean", "pai_se")]
    [0.3, 0.1, 3.0, 1.0]
    """
    known = hit_rates[~np.isnan(hit_rates)]
    mean = float(known.mean()) if known.size else math.nan
    error = float(known.std(ddof=1)) / math.sqrt(known.size) if known.size > 1 else math.nan
    found = {
        "folds": known.size,
        "hit_mean": mean,
        "hit_se": error,
        "pai_mean": mean / ground,
        "pai_se": error / ground,
    }
    for number, rate in enumerate(hit_rates.tolist(), start=1):
        found |= {f"hit_{number}": rate, f"pai_{number}": rate / ground}
    return found


def warn_of_empty(later: Floats) -> None:
    """Say how many folds have no later incident, given the later incidents of each."""
    empty = int((later == 0).sum())
    if empty:
        warnings.warn(
            f"{empty} of {later.size} folds have no later incident, and are left out of the mean; smaller 'blocks' "
            "mix the ground better",
            HotspotsWarning,
            stacklevel=3,
        )
