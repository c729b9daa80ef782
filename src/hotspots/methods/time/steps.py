"""Change points: the month after which an area's counts are of another level, and whether chance would explain it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.draws import MOST_SLOW, require_draws, require_seed
from hotspots.base.errors import DataError, ParameterError
from hotspots.base.poisson import FEW, dispersion_of, require_dispersion
from hotspots.methods.time.calendar import as_counts

Floats = npt.NDArray[np.float64]

STEPS = ("step down", "no clear step", "step up")
"""The flags, from the lowest to the highest."""
FEWEST_VALUES = 5
_TAIL = 100  # draws beyond which the chance is told by counting them, and under which by the form of the tail
_GRID = 1.1  # counts over 50 are drawn on a grid of this ratio


def change_points(
    counts: pd.DataFrame,
    *,
    exposure: Sequence[float] | None = None,
    dispersion: float | None = None,
    draws: int = 9_999,
    seed: int = 0,
    level: float = 0.95,
) -> pd.DataFrame:
    r"""Return, for each area, after which month its level is most likely to have changed.

    For every k, twice the gain in log-likelihood of two levels over one: with n_t Poisson of mean θ w_t, A and W_A the
    sums of counts and exposures up to k, B and W_B those after it, and N and W all,
    ``LR_k = 2 (A ln(A / W_A) + B ln(B / W_B) - N ln(N / W))``. The change point is the k of the largest, LR; it has
    been looked for, so its chance is not that of a χ² (which would find a change in 28 of 100 series without one): p is
    the share of random series of the same N, each incident falling in month t with the probability w_t / W, whose
    largest LR is as large as LR / φ. Where fewer than 100 draws are, the rest of the tail is taken to fall as that
    of χ² with one degree of freedom does.

    Parameters
    ----------
    counts : DataFrame of numbers
        Areas by months (or years, or weeks), in order.
    exposure : sequence of float, optional
        w_t, over 0: the days of each month, or the counts of all areas, so that a change is one against all of them.
        Equal without it.
    dispersion : float, optional
        φ, 1 or more; told from all areas without it, 1 where they are too few.
    draws : int, default 9999
        Random series for each number of incidents.
    seed : int, default 0
        Of the draws.
    level : float, default 0.95
        1 - `level` is the false discovery rate of the flags.

    Returns
    -------
    DataFrame
        On the index of `counts`: ``st_after``, the label of the last column before the step; ``st_before`` and
        ``st_now``, the counts before and after it for each column of average exposure; ``st_lr``, LR; ``st_p``;
        ``st_q``, corrected for the number of areas; ``st_flag``, an ordered categorical of `STEPS`, by q. Missing, and
        "no clear step", where an area has under 10 incidents. ``attrs["dispersion"]`` is φ.

    Raises
    ------
    ParameterError
        When `dispersion` is under 1, `draws` under 99, or exposures are not one over 0 for each column.
    DataError
        When there are fewer than 5 columns, or a count is missing or negative.

    References
    ----------
    Worsley, K. J. (1986) Confidence regions and tests for a change-point in a sequence of exponential family random
    variables. Biometrika 73(1), 91-104. https://doi.org/10.1093/biomet/73.1.91

    Examples
    --------
    >>> import pandas as pd
    >>> n = pd.DataFrame([[12, 15, 11, 14, 13, 12, 22, 25, 19, 24, 21, 23]], columns=range(1, 13))
    >>> change_points(n)[["st_after", "st_before", "st_now", "st_lr", "st_flag"]].round(2).to_dict("list")
    {'st_after': [6], 'st_before': [12.83], 'st_now': [22.33], 'st_lr': [15.59], 'st_flag': ['step up']}
    """
    n = as_counts(counts, what="the areas")
    w = _exposure(exposure, n.shape[1])
    require_draws(draws, most=MOST_SLOW)
    require_seed(seed)
    if n.shape[1] < FEWEST_VALUES:
        raise DataError(
            f"no step in {n.shape[1]} months could be told from chance", hint="give 5 months or more"
        )
    told = dispersion_of(n) if dispersion is None else require_dispersion(dispersion)
    phi = 1.0 if np.isnan(told) else told
    ratios = _ratios(n, w)
    place = ratios.argmax(axis=1)
    largest = np.take_along_axis(ratios, place[:, None], axis=1)[:, 0]
    enough = n.sum(axis=1) >= FEW
    p = np.full(len(n), np.nan)
    p[enough] = _chances(largest[enough] / phi, n[enough].sum(axis=1) / phi, w, draws, seed)
    q = p.copy()
    q[enough] = benjamini_hochberg(p[enough])
    before, now = _levels(n, w, place)
    flag = np.where(enough & (q <= 1 - level), np.where(now > before, 2, 0), 1)
    blank = np.where(enough, 0.0, np.nan)
    found = pd.DataFrame(
        {
            "st_after": pd.Series(counts.columns[place], index=counts.index).where(enough),
            "st_before": before + blank,
            "st_now": now + blank,
            "st_lr": largest + blank,
            "st_p": p,
            "st_q": q,
            "st_flag": pd.Categorical.from_codes(flag, categories=pd.Index(STEPS), ordered=True),
        },
        index=counts.index,
    )
    found.attrs["dispersion"] = phi
    return found


def _exposure(given: Sequence[float] | None, columns: int) -> Floats:
    w = np.ones(columns) if given is None else np.asarray(given, dtype=np.float64)
    if w.shape != (columns,) or not (w > 0).all():
        raise ParameterError(
            f"'exposure' is {len(w)} numbers for {columns} columns", hint="give one over 0 for each column"
        )
    shares: Floats = w / w.mean()
    return shares


def _ratios(n: Floats, w: Floats) -> Floats:
    """Return LR_k of each row for each k but the last column."""
    from scipy import special

    a, wa = n.cumsum(axis=1), w.cumsum()
    total = a[:, -1:]
    b, wb = total - a[:, :-1], wa[-1] - wa[:-1]
    a, wa_ = a[:, :-1], wa[:-1]
    gain = special.xlogy(a, a / wa_) + special.xlogy(b, b / wb)
    found: Floats = np.maximum(0.0, 2 * (gain - special.xlogy(total, total / wa[-1])))
    return found


def _levels(n: Floats, w: Floats, place: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return the counts per average exposure up to each row's change point and after it."""
    a, wa = n.cumsum(axis=1), w.cumsum()
    first = np.take_along_axis(a, place[:, None], axis=1)[:, 0]
    return first / wa[place], (a[:, -1] - first) / (wa[-1] - wa[place])


def _chances(ratio: Floats, total: Floats, w: Floats, draws: int, seed: int) -> Floats:
    """Return the chance of a largest LR so large, each row among random series of about as many incidents."""
    from scipy import stats

    size = np.where(total < 50, np.maximum(total.round(), 1), 50)
    over = total >= 50
    size[over] = np.floor(50 * _GRID ** np.floor(np.log(total[over] / 50) / np.log(_GRID)))
    p = np.empty(len(ratio))
    kept = min(_TAIL, draws // 10)
    for many in np.unique(size):
        random = np.random.default_rng([seed, int(many)])
        drawn = random.multinomial(int(many), w / w.sum(), size=draws).astype(np.float64)
        largest = np.sort(_ratios(drawn, w).max(axis=1))
        rows = size == many
        beyond = draws - np.searchsorted(largest, ratio[rows] - 1e-9, side="left")
        counted = (1 + beyond) / (draws + 1)
        start = largest[draws - kept]
        tail = stats.chi2.sf(ratio[rows], 1) / stats.chi2.sf(start, 1) * (kept / draws)
        p[rows] = np.where(beyond < kept, np.minimum(counted, np.maximum(tail, 1e-300)), counted)
    return p
