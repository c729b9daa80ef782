"""What the scores of a funnel say of counts, where its limits tell how the scores were made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.audit.claims import Claim, people_of
from hotspots.analysis.audit.context import Context, period_key
from hotspots.analysis.audit.shown import Shown
from hotspots.base.poisson import funnel_limits

Floats = npt.NDArray[np.float64]

_AT_95 = 1.959963984540054
"""The limit of 95 % lies so many standard errors from the rate of all."""
_AGREE = 1e-4
NEEDED = ("fn_z", "fn_expect", "fn_hi95")


def funnel_claims(shown: Shown, context: Context, people: pd.Series[Any]) -> Iterator[Claim]:
    """Yield what scores say of the counts behind them: count = people x months / 12,000 x (rate of all + z x error).

    The standard error is chance's where the limits are the exact ones of chance, and that of chance with one spread
    besides where it is so for all areas. Where limits are predicted from fitted risks there is no such formula, and
    nothing is yielded.
    """
    held, number = shown.numbers, people_of(shown, people)
    if not set(NEEDED) <= set(held) or not context.months:
        return
    made = Claim(
        shown.file, shown.where, "fn_z", shown.theme, period_key(context.months), shown.rows.index, number, number
    )  # fmt: skip
    found = _scored(made, held, number * len(context.months) / 12_000)
    if found is not None:
        yield found


def _scored(made: Claim, held: Mapping[str, Any], scale: Floats) -> Claim | None:
    (z, z_half, _), (rate, rate_half, _), (upper, upper_half, _) = (held[name] for name in NEEDED)
    known = np.isfinite(z) & np.isfinite(rate) & np.isfinite(upper) & (scale > 0)
    if not known.any():
        return None
    chance = rate / scale
    error, room = np.sqrt(chance), np.zeros(len(z))
    exact = np.full(len(z), np.nan)
    exact[known] = funnel_limits((rate * scale)[known], level=0.95)[1] / scale[known]
    near = upper_half + _AGREE * (1 + np.abs(upper)) + rate_half * 2
    if not (np.abs(upper - exact) <= near)[known].all():
        error = (upper - rate) / _AT_95
        room = (upper_half + rate_half) / _AT_95
        spread = (error**2 - chance)[known]
        off = (2 * error * (room + _AGREE) + rate_half / scale)[known]
        if (spread - off).max() > (spread + off).min() or (spread + off).min() < 0:
            return None
    ends = np.array([(z + a * z_half) * (error + b * room) for a in (-1, 1) for b in (-1, 1)])
    low, high = (rate - rate_half + ends.min(axis=0)) * scale, (rate + rate_half + ends.max(axis=0)) * scale
    slack = 1e-9 * (1 + np.abs(high))
    return replace(
        made,
        low=np.where(known, np.maximum(low - slack, 0), np.nan),
        high=np.where(known, high + slack, np.nan),
    )
