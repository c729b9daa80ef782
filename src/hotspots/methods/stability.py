"""What stays, comes and goes from period to period: flags, hotspots and selections over time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError
from hotspots.base.text import list_words

STABILITY = ("always", "kept", "new", "returned", "dropped", "never")
"""What an area's flags over the periods come to."""

_FLAGS = ("significantly below", "below", "average", "above", "significantly above")
_LATEST = {
    "average": "now in line with the average",
    "below": "now below the average",
    "significantly below": "now below the average",
}

Bools = npt.NDArray[np.bool_]


def changes_over_time(flags: pd.DataFrame) -> pd.DataFrame:
    """Return how many areas each period keeps, adds and drops of the one before.

    Parameters
    ----------
    flags : DataFrame, areas by periods
        Whether each area is flagged (or hot, or selected) in each period, as booleans, or its ``sd_flag``, of
        which "above" and "significantly above" count as flagged; the columns in time order. Missing values
        are not flagged.

    Returns
    -------
    DataFrame
        One row per period but the first, on the periods: ``before`` and ``after`` (flagged in the one before
        and in this one), ``kept``, ``new``, ``dropped``, and ``jaccard``: kept over flagged in either, in
        [0, 1]; missing where none is.

    Raises
    ------
    DataError
        When there are fewer than two periods.

    References
    ----------
    Jaccard, P. (1912) The distribution of the flora in the alpine zone. New Phytologist 11(2), 37-50.
    https://doi.org/10.1111/j.1469-8137.1912.tb05611.x

    Examples
    --------
    >>> import pandas as pd
    >>> flags = pd.DataFrame({"2024": [True, True, False], "2025": [True, False, True]}, index=["a", "b", "c"])
    >>> changes_over_time(flags).loc["2025", ["kept", "new", "dropped"]].tolist()
    [1, 1, 1]
    """
    held = _checked(flags)
    before, after = held[:, :-1], held[:, 1:]
    kept, either = (before & after).sum(axis=0), (before | after).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        jaccard = np.where(either > 0, kept / either, np.nan)
    return pd.DataFrame(
        {
            "before": before.sum(axis=0),
            "after": after.sum(axis=0),
            "kept": kept,
            "new": (~before & after).sum(axis=0),
            "dropped": (before & ~after).sum(axis=0),
            "jaccard": jaccard,
        },
        index=flags.columns[1:],
    )


def stability(flags: pd.DataFrame) -> pd.DataFrame:
    """Say of each area how steadily it is flagged.

    Parameters
    ----------
    flags : DataFrame, areas by periods
        As for `changes_over_time`.

    Returns
    -------
    DataFrame
        On the index of `flags`:

        - ``st_class``: categorical of `STABILITY`: "always" in every period; "kept" in the latest and the one
          before; "new" in the latest for the first time; "returned" in the latest after a break; "dropped"
          earlier and not in the latest; "never".
        - ``st_share``: share of periods in which it is flagged, in [0, 1].
        - ``st_run``: periods without a break up to the latest; 0 where it is not flagged now.
        - ``st_longest``: the longest run of periods.
        - ``st_text``: the same in words. Only from an ``sd_flag`` is it known, and said, that what was
          previously flagged is now in line with the average, or below it.

    Raises
    ------
    DataError
        When there are fewer than two periods.

    Examples
    --------
    >>> import pandas as pd
    >>> flags = pd.DataFrame(
    ...     {"2016": ["above", "average"], "2017": ["above", "above"], "2018": ["average", "above"]}, index=["a", "b"])
    >>> stability(flags)["st_text"].tolist()
    ['previously flagged (2016 and 2017), now in line with the average', 'flagged in 2017 and 2018']
    """
    held = _checked(flags)
    runs = np.zeros(held.shape, dtype=np.int64)
    run = np.zeros(len(held), dtype=np.int64)
    for period in range(held.shape[1]):
        run = np.where(held[:, period], run + 1, 0)
        runs[:, period] = run
    ever, now, times = held.any(axis=1), held[:, -1], held.sum(axis=1)
    kinds = [held.all(axis=1), now & held[:, -2], now & (times == 1), now, ever]
    code = np.select(kinds, [0, 1, 2, 3, 4], default=5)
    periods = [str(period) for period in flags.columns]
    latest = [_LATEST.get(str(flag), "no longer") for flag in flags.iloc[:, -1]]
    text = [_words(row, periods, state) for row, state in zip(held, latest, strict=True)]
    return pd.DataFrame(
        {
            "st_class": pd.Categorical.from_codes(code, categories=pd.Index(STABILITY)),
            "st_share": times / held.shape[1],
            "st_run": runs[:, -1],
            "st_longest": runs.max(axis=1),
            "st_text": text,
        },
        index=flags.index,
    )


def _words(row: Bools, periods: list[str], latest: str) -> str:
    when = [period for period, flagged in zip(periods, row, strict=True) if flagged]
    if not when:
        return "never flagged"
    if len(when) == len(periods):
        return f"flagged in all {len(periods)} periods"
    listed = list_words(when)
    return f"flagged in {listed}" if row[-1] else f"previously flagged ({listed}), {latest}"


def _checked(flags: pd.DataFrame) -> Bools:
    if flags.shape[1] < 2:
        raise DataError(
            f"there is {flags.shape[1]} period, but stability is between two or more",
            hint="divide the incidents into more periods, such as 'periods' = \"quarter\"",
        )
    held = np.zeros(flags.shape, dtype=np.bool_)
    for position, column in enumerate(flags.columns):
        values: Any = flags[column]
        if pd.api.types.is_bool_dtype(values.dtype):
            held[:, position] = values.fillna(False).to_numpy(dtype=bool)
            continue
        strange = values.dropna()[~values.dropna().astype(str).isin(_FLAGS)]
        if len(strange):
            raise DataError(
                f"the flag of '{strange.index[0]}' in {column} is '{strange.iloc[0]}'",
                hint="give true and false, or the column 'sd_flag'",
            )
        held[:, position] = values.astype(object).isin(["above", "significantly above"]).to_numpy(dtype=bool)
    return held
