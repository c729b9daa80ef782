"""Harm: counts weighted by how severe each category is. The toolkit ships no weights of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hotspots.base.errors import DataError


def harm(counts: pd.DataFrame, weights: pd.Series[Any]) -> pd.Series[float]:
    """Return the harm in each area: the sum over categories of count times weight, from 0 up.

    The unit is that of the weights: days of imprisonment for the Cambridge Crime Harm Index, points for the
    ONS Crime Severity Score. Neither table is published by police.uk category, and how offences map to its 14
    categories is a judgement, so the weights are yours to give. One severe offence can outweigh hundreds of
    others: show the ranking by count beside that by harm.

    Parameters
    ----------
    counts : DataFrame of numbers, areas by categories
        Such as ``count_incidents(incidents, areas, per="category")``.
    weights : Series of float, by category
        0 or more; case and blanks around names do not matter. Weights of other categories are ignored.

    Returns
    -------
    Series of float64
        ``harm``, on the index of `counts`.

    Raises
    ------
    DataError
        When a category with incidents has no weight (it is never taken as harmless), a weight is missing,
        negative or infinite, or a category has two.

    References
    ----------
    Sherman, L., Neyroud, P. W. and Neyroud, E. (2016) The Cambridge Crime Harm Index: measuring total harm
    from crime based on sentencing guidelines. Policing 10(3), 171-183. https://doi.org/10.1093/police/paw003

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({"Burglary": [2, 0], "Robbery": [1, 3]}, index=["E05000001", "E05000002"])
    >>> harm(counts, pd.Series({"burglary": 20.0, "robbery": 365.0})).tolist()
    [405.0, 1095.0]
    """
    given = checked_weights(weights)
    keys = [str(name).strip().casefold() for name in counts.columns]
    bare = [
        name
        for name, key in zip(counts.columns, keys, strict=True)
        if key not in given.index and counts[name].any()
    ]
    if bare:
        raise DataError(
            f"no harm weight is given for {', '.join(repr(str(name)) for name in bare)}",
            hint="add a row for each to the table of weights; 0 says that a category does no harm",
        )
    factors = given.reindex(keys).fillna(0.0).to_numpy(dtype=float)
    return pd.Series(counts.to_numpy(dtype=float) @ factors, index=counts.index, name="harm")


def checked_weights(weights: pd.Series[Any]) -> pd.Series[float]:
    """Return harm weights by category in lower case, refusing what cannot be meant."""
    keys = pd.Index([str(name).strip().casefold() for name in weights.index])
    if keys.has_duplicates:
        raise DataError(
            f"'{keys[keys.duplicated()][0]}' has two harm weights", hint="leave one row for each category"
        )
    values = weights.to_numpy(dtype=float, na_value=np.nan)
    wrong = ~np.isfinite(values) | (values < 0)
    if wrong.any():
        raise DataError(
            f"the harm weight of '{weights.index[wrong][0]}' is {values[wrong][0]:g}, but must be 0 or more",
            hint="correct the table of weights",
        )
    return pd.Series(values, index=keys)
