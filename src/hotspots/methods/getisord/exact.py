"""Exact inference for Gi and Gi*: hot and cold apart, each with its own false-discovery correction."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.subset_sums import neighbourhood_tails
from hotspots.methods.getisord.sums import Sums

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def exact_p(x: Floats, sums: Sums, defined: Flags, star: bool, cap: float) -> tuple[Floats, Floats, Floats]:
    """Return p of the less likely side, its q, and that side: 1 is high and -1 low; NaN where undefined.

    Crime is so skewed that low sums can hardly be unlikely: a two-sided p would spend half of its chance on a side
    that nothing reaches. Each side has a family of its own, so that q of hotspots depends on hotspots only.
    """
    upper, lower = neighbourhood_tails(x, sums.rows, own="moved" if star else "held", cap=cap)
    high = upper <= lower
    p = np.where(defined, np.where(high, upper, lower), np.nan)
    q = np.full(len(x), np.nan)
    q[defined] = np.where(high, *(_corrected(tail, defined) for tail in (upper, lower)))[defined]
    return p, q, np.where(defined, np.where(high, 1.0, -1.0), np.nan)


def _corrected(p: Floats, defined: Flags) -> Floats:
    q = np.ones(len(p))
    q[defined] = benjamini_hochberg(p[defined])
    return q
