"""What more to hide of counts that are to be published, so that beside an earlier edition they give nothing back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.audit.audit import (
    Read,
    agreeing_rows,
    claims_of_read,
    narrowed,
    read_folder,
    setting_of,
    shapes_of,
)
from hotspots.analysis.audit.claims import Claim
from hotspots.analysis.audit.context import Context
from hotspots.analysis.audit.links import Cell, Cells
from hotspots.analysis.audit.shown import Page
from hotspots.analysis.audit.system import make_rows_system, solve
from hotspots.analysis.audit.weigh import as_arrays, judge, weigh
from hotspots.base.errors import DataError
from hotspots.disclosure.release import Release
from hotspots.disclosure.rules import Profile

Floats = npt.NDArray[np.float64]

ROUNDS = 20
"""So often more is hidden, until nothing is given back."""


def hidden_beside(
    folder: str | os.PathLike[str],
    claims: Sequence[Claim],
    context: Context,
    *,
    rules: Profile,
) -> set[Cell]:
    """Return which counts of a new edition to hide, besides those hidden already.

    The earlier edition is read back from its files as `hotspots.analysis.audit.audit.audit_folders` does, and put
    together with the counts that are to be published. Where this gives a small count back, the counts that cost least
    are hidden so that it no longer does, until nothing is given back.

    Parameters
    ----------
    folder : path
        The earlier edition.
    claims : sequence of Claim
        The counts that are to be published.
    context : Context
        The months, periods and themes of the new edition.
    rules : Profile
        What both are held to.

    Returns
    -------
    set of (theme, area, period)

    Raises
    ------
    DataError
        When the earlier edition gives counts back whatever is hidden now, or the two cannot both be true.
    """
    old = read_folder(Path(folder), fewest=rules.threshold)
    new = Read(Path("this edition"), context, Page())
    cells = Cells()
    earlier, curves, ratios = claims_of_read(old)
    claims = [replace(claim, folder="this edition") for claim in claims]
    before = weigh(earlier, cells, rules, rules, curves=curves)
    known = weigh([*earlier, *claims], cells, rules, rules, curves=curves)
    rows, _ = agreeing_rows(setting_of([old, new], cells, shapes_of([old])), cells, known, ratios)
    for one in (before, known):
        one.grow(len(cells.places))
    told, start = as_arrays(before), as_arrays(known)
    may = np.zeros(len(cells.places), dtype=bool)
    for claim in claims:
        shown = np.isfinite(claim.low)
        may[[cells.places[claim.theme, str(area), claim.period] for area in claim.areas[shown]]] = True
    dark = np.zeros(len(may), dtype=bool)
    for _ in range(ROUNDS):
        limits = np.where(dark, told[0], start[0]), np.where(dark, told[1], start[1])
        low, high, held = narrowed(known, limits, [row for row in rows if row.agrees(*limits)])
        state = judge(low, high, rules)
        low, high, _ = solve(
            low,
            high,
            held,
            state == "protected",
            enough=lambda _, least, most: judge(least, most, rules) == "protected",
        )
        back = np.flatnonzero(judge(low, high, rules) == "given back")
        if not len(back):
            names = list(cells.places)
            return {names[place] for place in np.flatnonzero(dark)}
        release = Release(
            replace(make_rows_system(*limits, held), cells=pd.Index(cells.places)),
            may & ~dark,
            *told,
            np.where(np.isfinite(start[0]), start[0], 0) + 1.0,
        )
        width = rules.threshold - 1.0
        dark |= release.choose(back, low[back] + width, high[back] - width)
    raise DataError(
        f"this edition beside '{old.path.name}' still gives {len(back):,} small counts back when more is hidden",
        hint="publish larger areas or longer periods, or let more time go by between editions",
    )
