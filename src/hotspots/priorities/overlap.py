"""Which indicators say the same thing twice: incidents that two of them count, and how closely they go together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hotspots.priorities.indicators import Indicators

CLOSE = 0.8
"""From this rank correlation on, two indicators hardly tell areas apart by two things."""


def correlations(made: Indicators) -> pd.DataFrame:
    """Return Spearman's rank correlation between the indicators over the areas, each turned so that high is bad.

    An indicator of several periods is averaged over them; an area counts where both are known.

    Returns
    -------
    DataFrame
        Indicators by indicators, in [-1, 1]; NaN where one is equal everywhere.
    """
    mean = made.table.T.groupby(level="indicator", sort=False).mean().T
    turned = mean * pd.Series({entry.name: -1.0 if entry.bad == "low" else 1.0 for entry in made.entries})
    found: pd.DataFrame = turned[[entry.name for entry in made.entries]].rank().corr()
    return found


def overlaps(made: Indicators) -> list[tuple[str, str, float]]:
    """Return the pairs of indicators that count some of the same incidents.

    Returns
    -------
    list of (str, str, float)
        The two names, the one with the more incidents first, and which share of the second's incidents the first
        counts too, in (0, 1].
    """
    counted = [entry.name for entry in made.entries if entry.counted]
    if made.tally is None or len(counted) < 2:
        return []
    n = made.tally.counts.sum(axis=(0, 2)).astype(float)
    takes = made.factors > 0
    pairs = []
    for i in range(len(counted)):
        for j in range(i + 1, len(counted)):
            more, less = (i, j) if n[takes[:, i]].sum() >= n[takes[:, j]].sum() else (j, i)
            shared = n[takes[:, i] & takes[:, j]].sum()
            if shared > 0:
                pairs.append((counted[more], counted[less], float(shared / n[takes[:, less]].sum())))
    return pairs


def together(made: Indicators) -> list[str]:
    """Return the two in sentences: what is counted twice, and all correlations; none for a single indicator."""
    said = []
    for more, less, share in overlaps(made):
        part = "All" if share == 1 else f"{share:.0%}"
        said.append(f"{part} of the incidents of {less} count in {more} too, so they weigh twice.")
    names = [entry.name for entry in made.entries]
    table = correlations(made).to_numpy(dtype=float)
    pairs = [(table[i, j], names[i], names[j]) for i in range(len(names)) for j in range(i + 1, len(names))]
    known = sorted((pair for pair in pairs if not np.isnan(pair[0])), key=lambda pair: -pair[0])
    if known:
        listed = "; ".join(f"{one} and {other} {value:.2f}" for value, one, other in known)
        said.append(f"Rank correlation of the indicators over the areas: {listed}.")
        close = sum(value >= CLOSE for value, _, _ in known)
        if close:
            said.append(
                f"{close} pair{' is' if close == 1 else 's are'} at {CLOSE:g} or more: such indicators put areas in "
                "nearly one order, and weigh as one counted twice."
            )
    return said
