"""Standing: which areas are newly, still or no longer above the average, and which narrowly miss it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hotspots.base.errors import DataError

STANDINGS = ("not above", "no longer above", "narrowly below", "still above", "newly above")
"""What an area's flags in two periods come to."""

_ABOVE = ("above", "significantly above")


def standing(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Say of each area whether it is newly, still or no longer above the average, from the flags of two periods.

    Above is "above" or "significantly above": over the mean of the areas plus one standard deviation, each period
    by its own mean and SD. An area that stood above in neither period, but now lies within the band `near` of
    `hotspots.flag_mean_sd` under that threshold, is narrowly below. This describes; a flag can come and go by a few
    incidents, which is what the test of `hotspots.change` is for.

    Parameters
    ----------
    before, after : DataFrame
        Results of `hotspots.flag_mean_sd` with the same options, on one index.

    Returns
    -------
    DataFrame
        On that index:

        - ``sd_before``, ``sd_after``: the flag in each period.
        - ``sd_since``: categorical of `STANDINGS`; missing where an area has no flag in one of the periods.

    Raises
    ------
    DataError
        When the two indexes differ.

    Examples
    --------
    >>> import pandas as pd
    >>> from hotspots import flag_mean_sd
    >>> was = flag_mean_sd(pd.Series([60, 11, 12, 13, 14, 15, 16, 10], index=list("abcdefgh")))
    >>> now = flag_mean_sd(pd.Series([60, 61, 12, 13, 14, 15, 16, 10], index=list("abcdefgh")))
    >>> standing(was, now)["sd_since"].tolist()[:3]
    ['still above', 'newly above', 'not above']
    """
    if not before.index.equals(after.index):
        raise DataError(
            "the flags before and after are not of the same areas in the same order",
            hint="flag both periods with the same areas",
        )
    was, now = (flags["sd_flag"].isin(_ABOVE).to_numpy() for flags in (before, after))
    # Over the mean, the nearest threshold is the one of "above".
    near = after["sd_near"].fillna(False).to_numpy(dtype=bool) & (after["sd_score"] > 0).to_numpy()
    code = np.select([now & ~was, now, was, near], [4, 3, 1, 2], default=0)
    code[(before["sd_flag"].isna() | after["sd_flag"].isna()).to_numpy()] = -1
    return pd.DataFrame(
        {
            "sd_before": before["sd_flag"],
            "sd_after": after["sd_flag"],
            "sd_since": pd.Categorical.from_codes(code, categories=pd.Index(STANDINGS)),
        },
        index=after.index,
    )
