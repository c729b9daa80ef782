"""The hours of the week that stand out most: one unbroken run of them, and whether chance would make one as great."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.base.draws import MOST_SLOW, require_draws, require_seed

LONGEST = 12
DRAWS = 999

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Peak:
    """A run of cells of a cycle.

    Attributes
    ----------
    start, length : int
        Its first cell, and how many there are; the cycle's last cell is followed by its first.
    n : float
        Incidents in it.
    ratio : float
        Times the mean rate per hour.
    p : float
        How often the greatest run of chance is as great: the share of the draws, this one counted.
    """

    start: int
    length: int
    n: float
    ratio: float
    p: float


def find_peak(
    n: npt.ArrayLike,
    hours: npt.ArrayLike,
    *,
    longest: int = LONGEST,
    dispersion: float = 1.0,
    draws: int = DRAWS,
    seed: int = 0,
) -> Peak:
    """Return the run of cells whose excess of incidents is least like chance, of all that are no longer than `longest`.

    The excess is measured by the likelihood ratio of Kulldorff's scan statistic, ``c ln(c / e) + (N - c) ln((N - c) /
    (N - e))`` with c incidents where the run's share of the hours expects e < c of N. Its p value is that of the
    greatest among all runs, from draws of N / `dispersion` incidents over the cells by their hours, so that looking
    at many runs is allowed for. Of equals the shorter is taken, then the earlier.

    Parameters
    ----------
    n, hours : arrays of numbers
        Incidents and hours of each cell of a cycle, such as the 168 hours of the week.
    longest : int, default 12
        Most cells of a run; of a short cycle at most half of it.
    dispersion : float, default 1
        Variance of the counts over their mean.
    draws, seed : int
        Draws of the p value, whose least is 1 / (draws + 1).

    References
    ----------
    Kulldorff, M. (1997) A spatial scan statistic. Communications in Statistics: Theory and Methods 26(6), 1481-1496.
    https://doi.org/10.1080/03610929708831995

    Examples
    --------
    >>> peak = find_peak([10, 10, 40, 40, 10, 10], [5, 5, 5, 5, 5, 5])
    >>> peak.start, peak.length, peak.ratio, peak.p
    (2, 2, 2.0, 0.001)
    """
    require_draws(draws, usual=DRAWS, most=MOST_SLOW)
    require_seed(seed)
    counts, exposure = np.asarray(n, dtype=float), np.asarray(hours, dtype=float)
    most = max(1, min(longest, len(counts) // 2))
    share = exposure / exposure.sum()
    expected = _runs(share[None, :], most)[0]
    found = _runs(counts[None, :] / counts.sum(), most)[0]
    gain = _gain(found, expected)
    length, start = np.unravel_index(int(np.argmax(gain > gain.max() - 1e-12)), gain.shape)
    held = float(found[length, start])
    size = round(float(counts.sum()) / dispersion)
    rng = np.random.default_rng(seed)
    chance = rng.multinomial(size, share, size=draws) / max(size, 1)
    greatest = np.concatenate(
        [
            _gain(_runs(some, most), expected).max(axis=(1, 2))
            for some in np.array_split(chance, max(1, draws // 50))
        ]
    )
    p = (1 + int(np.count_nonzero(greatest >= gain.max() - 1e-12))) / (draws + 1)
    return Peak(
        int(start), int(length) + 1, held * float(counts.sum()), held / float(expected[length, start]), p
    )


def _runs(shares: Floats, most: int) -> Floats:
    """Return the sums of runs of 1 to `most` cells of cycles: rows by length by first cell."""
    cells = shares.shape[1]
    sums = np.concatenate([np.zeros((len(shares), 1)), np.cumsum(np.tile(shares, 2), axis=1)], axis=1)
    return np.stack([sums[:, size : size + cells] - sums[:, :cells] for size in range(1, most + 1)], axis=1)


def _gain(found: Floats, expected: Floats) -> Floats:
    """Return the likelihood ratio of each run for each incident of all; 0 where it has no excess."""
    gain = np.zeros(found.shape)
    more = found > expected * (1 + 1e-12)
    c, e = found[more], np.broadcast_to(expected, found.shape)[more]
    rest = np.maximum(1 - c, 1e-300)  # where all lie in the run the second term is 0
    gain[more] = c * np.log(c / e) + rest * np.log(rest / (1 - e))
    return gain
