"""Areas by the number of incidents and by their harm, where a plan weighs them by harm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hotspots.priorities.indicators import Indicators


def numbers_and_harm(made: Indicators) -> dict[str, pd.DataFrame]:
    """Return, for each indicator that is weighed by harm, the incidents and their harm in each area, over all periods.

    Few severe incidents can outweigh hundreds of others, so that a ranking by harm is to be read beside one by number.

    Parameters
    ----------
    made : Indicators
        From `hotspots.priorities.indicators.make_indicators`.

    Returns
    -------
    dict of str to DataFrame
        By the indicator's name: ``n`` and ``harm`` on the areas' index, the harm in the unit of its weights and
        missing where the plan's ``at_least`` asks for more incidents.
    """
    found = {}
    for entry in made.entries:
        if entry.harm is None or made.tally is None:
            continue
        mask = made.tally.mask(entry.category, entry.exclude, source=entry.incidents)
        n = np.asarray(made.tally.counts.sum(axis=2) @ mask, dtype=np.float64)
        counts: Any = made.counts
        weighed = counts[entry.name].sum(axis=1)
        table = pd.DataFrame({"n": n}, index=made.tally.index).reindex(weighed.index)
        found[str(entry.name)] = table.assign(harm=weighed.where(table["n"] >= (entry.at_least or 0)))
    return found
