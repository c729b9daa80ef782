"""Placebo areas: the same comparison made where nothing was done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.draws import require_seed
from hotspots.base.errors import DataError, ParameterError, did_you_mean

FEWEST = 19
"""Placebos below which no p value is given: it could not be under 0.1."""
ALIKE = 2.0
"""A placebo area has at least the incidents before of the treated one over this, and at most this times them."""


@dataclass(frozen=True)
class Placebos:
    """What became of areas like the treated ones where nothing was done; see `placebo_effects`.

    Attributes
    ----------
    effect : float
        Incidents of the treated areas after over those before, periods taken as of equal length.
    middle : float
        The median of the same in the placebos; NaN where there are under 19.
    lower, upper : float
        Between which 95% of the placebos lie; NaN where there are under 19.
    p : float
        How often areas picked alike changed as much, in the direction in which the treated ones differ, doubled;
        NaN where there are under 19.
    placebos : int
        How many there were.
    areas : int
        How many areas they are made of.
    """

    effect: float
    middle: float
    lower: float
    upper: float
    p: float
    placebos: int
    areas: int

    def sentence(self) -> str:
        """Return the result in words."""
        if math.isnan(self.p):
            return (
                f"Areas with as many incidents before: {self.placebos}, too few to say how often such a change "
                "comes by itself."
            )
        return (
            f"Areas with as many incidents before, where nothing was done, came to {self.middle:.2f} times as many "
            f"(95% of them {self.lower:.2f} to {self.upper:.2f}); the treated ones to {self.effect:.2f} "
            f"(p {self.p:.2g}, from {self.placebos:,} placebos)."
        )


def placebo_effects(
    n_before: pd.Series[Any],
    n_after: pd.Series[Any],
    *,
    treated: Sequence[str],
    leave_out: Sequence[str] = (),
    months_before: float = 1,
    months_after: float = 1,
    runs: int = 999,
    seed: int = 0,
) -> Placebos:
    """Return how often areas like the treated ones changed as they did, though nothing was done there.

    Each treated area is replaced by another, not treated, with between half and twice its incidents before,
    and the change of the replacements is taken as that of the treated areas was: their incidents after over
    those before. If nothing was achieved, the treated areas are one such choice among many, and

    p = min(1, 2 (min(g, l) + 1) / (R + 1)),

    with g and l the numbers of R placebos with changes at least and at most as large. Areas picked because they
    had many incidents fall back by themselves; so do the placebos, which had about as many, though less than the
    highest of all. p rests on no distribution, and so on no dispersion either. What it takes is that areas change
    by themselves, one as any other: where treated areas lie together and share their fortunes, p is too small.

    Parameters
    ----------
    n_before, n_after : Series of numbers
        Incidents of each area in the two periods, on one index.
    treated : sequence of str
        Codes of the areas where something was done.
    leave_out : sequence of str, optional
        Codes of further areas that are no placebos, such as those around the treated ones.
    months_before, months_after : float, default 1
        Lengths of the periods in one unit.
    runs : int, default 999
        How many placebos are drawn; of one treated area each other that is alike is taken once instead.
    seed : int, default 0
        Same seed, same placebos.

    Returns
    -------
    Placebos
        Without p where under 19 placebos can be made.

    Raises
    ------
    DataError
        When no area has a code, or the treated areas had no incident before.
    ParameterError
        When no area is treated, or `runs` is under 19.

    References
    ----------
    Phipson, B. and Smyth, G. K. (2010) Permutation P-values should never be zero. Statistical Applications in
    Genetics and Molecular Biology 9(1), 39. https://doi.org/10.2202/1544-6115.1585

    Examples
    --------
    One treated area of 40, and 39 others that had as many and have 31 to 69 now:

    >>> import pandas as pd
    >>> codes = [f"E{i:02}" for i in range(40)]
    >>> before, after = pd.Series([50] * 40, index=codes), pd.Series([20, *range(31, 70)], index=codes)
    >>> found = placebo_effects(before, after, treated=["E00"])
    >>> found.p, found.placebos  # 2 · (0 + 1) / (39 + 1)
    (0.05, 39)
    """
    for code in (*treated, *leave_out):
        if code not in n_before.index:
            raise DataError(f"no area has the code '{code}'", hint=did_you_mean(code, n_before.index))
    if not treated:
        raise ParameterError("no area is treated", hint="name those where something was done with 'treated'")
    if runs < FEWEST:
        raise ParameterError(
            f"'runs' is {runs}, too few for a p value", hint=f"set 'runs' to {FEWEST} or more"
        )
    require_seed(seed)
    before, after = (each.reindex(n_before.index).to_numpy(dtype=float) for each in (n_before, n_after))
    was = n_before.index.get_indexer(pd.Index(treated))
    if not before[was].sum() > 0:
        raise DataError("the treated areas had no incident before", hint="choose another first period")
    others = ~n_before.index.isin([*treated, *leave_out]) & (before > 0) & ~np.isnan(after)
    alike = [
        np.flatnonzero(others & (before >= before[i] / ALIKE) & (before <= before[i] * ALIKE)) for i in was
    ]
    chosen = _choose(alike, runs, np.random.default_rng(seed))
    scale = months_before / months_after
    effect = float(after[was].sum() / before[was].sum() * scale)
    areas = len(np.unique(np.concatenate(alike)))
    if len(chosen) < FEWEST:
        nan = float("nan")
        return Placebos(effect, nan, nan, nan, nan, len(chosen), areas)
    made = after[chosen].sum(axis=1) / before[chosen].sum(axis=1) * scale
    fewer = min(int((made <= effect).sum()), int((made >= effect).sum()))
    lower, middle, upper = (float(each) for each in np.quantile(made, [0.025, 0.5, 0.975]))
    p = min(1.0, 2 * (fewer + 1) / (len(made) + 1))
    return Placebos(effect, middle, lower, upper, p, len(made), areas)


def _choose(
    alike: list[npt.NDArray[np.intp]], runs: int, random: np.random.Generator
) -> npt.NDArray[np.intp]:
    """Return choices of one area for each treated one, none twice in a choice; a row each."""
    if len(alike) == 1:
        return alike[0][:, None]
    none = np.empty((0, len(alike)), dtype=np.intp)
    # Fewer areas than could make the choices differ: what they say is one and the same thing again and again.
    if min(map(len, alike)) == 0 or len(np.unique(np.concatenate(alike))) < max(FEWEST, 2 * len(alike)):
        return none
    rows = []
    for _ in range(runs):
        taken: list[np.intp] = []
        for each in alike:
            free = each[~np.isin(each, taken)]
            if not len(free):
                break
            taken.append(random.choice(free))
        else:
            rows.append(taken)
    return np.array(rows, dtype=np.intp).reshape(-1, len(alike))
