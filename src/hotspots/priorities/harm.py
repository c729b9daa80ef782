"""Harm: counts weighted by how severe each category is. The toolkit ships no weights of its own."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np
import pandas as pd

from hotspots.base.errors import DataError, HotspotsWarning


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
    some = [bool(counts.iloc[:, place].any()) for place in range(counts.shape[1])]
    bare = [
        name
        for name, key, there in zip(counts.columns, keys, some, strict=True)
        if key not in given.index and there
    ]
    if bare:
        raise DataError(
            f"no harm weight is given for {', '.join(repr(str(name)) for name in bare)}",
            hint="add a row for each to the table of weights; 0 says that a category does no harm",
        )
    factors = given.reindex(keys).fillna(0.0).to_numpy(dtype=float)
    return pd.Series(counts.to_numpy(dtype=float) @ factors, index=counts.index, name="harm")


def category_weights(weights: pd.Series[Any], offences: pd.DataFrame) -> pd.Series[float]:
    """Return the harm weight of each category from those of the offences in it, as often as each is recorded.

    The weight of category c is ``sum(n_o w_o) / sum(n_o)`` over its offences o that have a weight: what an incident
    of the category weighs on average where offences are mixed as in the table. The mix of a small area may
    be another.

    Parameters
    ----------
    weights : Series of float, by offence
        0 or more, such as the list of weights of the ONS Crime Severity Score. Case, blanks and punctuation in the
        offences' names do not matter.
    offences : DataFrame
        ``offence``, ``category`` and ``n``: how many of each offence were recorded, in a force or a country.

    Returns
    -------
    Series of float64
        By category. Categories of which no recorded offence has a weight are not in it.

    Raises
    ------
    DataError
        When no offence of the table has a weight, or a weight cannot be meant.

    Warns
    -----
    HotspotsWarning
        When under 90 % of a category's recorded offences have a weight.

    Examples
    --------
    >>> import pandas as pd
    >>> offences = pd.DataFrame({
    ...     "offence": ["Burglary - residential", "Burglary - business"], "category": "Burglary", "n": [300, 100]})
    >>> category_weights(pd.Series({"Burglary, Residential": 400.0, "burglary business": 200.0}), offences).to_dict()
    {'Burglary': 350.0}
    """
    given = checked_weights(weights)
    by_name = dict(zip(map(_bare, given.index), given, strict=True))
    known = offences.assign(weight=[by_name.get(_bare(name), np.nan) for name in offences["offence"]])
    found = known[known["weight"].notna() & (known["n"] > 0)]
    if found.empty:
        raise DataError(
            f"none of the {len(offences):,} offences recorded has a harm weight, such as "
            f"'{offences['offence'].iloc[0]}'",
            hint="give weights and counts by the same names of offences",
        )
    recorded = known.groupby("category")["n"].sum()
    held = found.groupby("category")["n"].sum()
    for category, share in (held / recorded[held.index]).items():
        if share < _WEIGHED:
            bare = known[(known["category"] == category) & known["weight"].isna()].nlargest(1, "n")
            warnings.warn(
                f"{1 - share:.0%} of the offences recorded as '{category}' have no harm weight, such as "
                f"'{bare['offence'].iloc[0]}': its weight is that of the others",
                HotspotsWarning,
                stacklevel=2,
            )
    return (found["weight"] * found["n"]).groupby(found["category"]).sum() / held


_WEIGHED = 0.9  # a category of which less has a weight may weigh anything


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", str(name).casefold()).strip()


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
