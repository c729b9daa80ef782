"""Mean + SD flags: which areas stand above or below the average of the areas they are compared with."""

from __future__ import annotations

import logging
import warnings
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, HotspotsWarning, ParameterError

SD_FLAGS = ("significantly below", "below", "average", "above", "significantly above")
"""The flags, from the lowest to the highest."""

FEWEST_AREAS = 6
"""With fewer, no value can exceed the mean by 2 SD, whatever it is."""

_EQUAL = 1e-12
"""Relative spread under which values are all equal: rounding alone makes that much."""
_MULTIPLES = (-2.0, -1.0, 1.0, 2.0)

Floats = npt.NDArray[np.float64]

_log = logging.getLogger(__name__)


def flag_mean_sd(
    values: pd.Series[Any],
    *,
    within: pd.Series[Any] | None = None,
    ddof: Literal[0, 1] = 1,
    near: float = 0.1,
) -> pd.DataFrame:
    r"""Flag areas by where their value stands against mean ± 1 and 2 standard deviations of all areas.

    With m the unweighted mean and s the standard deviation of the areas' values, an area is "above" when its
    value is more than m + s, and "significantly above" when it is more than m + 2s; "below" when it is less
    than m - s, and "significantly below" when it is less than m - 2s. A value equal to a threshold belongs to
    the class nearer the average. This is the rule of strategic assessments; it is a description, not a
    significance test: it does not know how many people or incidents stand behind a value, and one extreme
    area raises s and can hide others.

    Parameters
    ----------
    values : Series of numbers, n rows
        One value per area, such as a rate. Missing values (NaN) count neither in the mean nor in the SD and
        get no flag.
    within : Series of labels, n rows, optional
        The group whose mean and SD each area is compared with, on the index of `values` in any order: a
        district, or a peer group such as town centres. By default all areas are one group. An area without a
        label gets no flag.
    ddof : {0, 1}, default 1
        1: sample SD (division by n - 1); 0: population SD (division by n).
    near : float, default 0.1
        How close to a threshold counts as near, in SDs.

    Returns
    -------
    DataFrame
        On the index of `values`, in its order:

        - ``sd_flag``: ordered categorical of `SD_FLAGS`; NA where there is no value, no label, or all values
          of the group are equal.
        - ``sd_score``: (value - m) / s, in SDs.
        - ``sd_mean``, ``sd_above``, ``sd_signif``: m, m + s and m + 2s, in the unit of the values, for every
          area of a group.
        - ``sd_margin``: value minus the nearest of m - 2s, m - s, m + s and m + 2s, in the unit of the
          values: positive above that threshold, negative below it; of two equally near, the higher.
        - ``sd_near``: whether the margin is at most `near` SDs, either way; nullable boolean.

    Raises
    ------
    DataError
        When values are not numbers or are infinite, or `within` has other areas than `values`.
    ParameterError
        When a group has fewer than 6 areas with values, or an option is out of range.

    Warns
    -----
    HotspotsWarning
        When all values of a group are equal: nothing stands out, and no flag is given.

    Notes
    -----
    Among n values the largest possible score is (n - 1) / sqrt(n) with ``ddof=1`` and sqrt(n - 1) with
    ``ddof=0`` (Samuelson's inequality): 1.79 and 2.00 for 5 areas, so "significantly above" cannot happen,
    and 2.04 and 2.24 for 6.

    References
    ----------
    Samuelson, P. A. (1968) How deviant can you be? Journal of the American Statistical Association 63(324),
    1522-1525. https://doi.org/10.1080/01621459.1968.10480944

    Examples
    --------
    >>> import pandas as pd
    >>> rates = pd.Series([10.0, 11, 12, 13, 14, 15, 16, 61], index=list("abcdefgh"))
    >>> flags = flag_mean_sd(rates)
    >>> flags["sd_flag"].tolist()[-2:]
    ['average', 'significantly above']
    >>> float(round(flags.loc["h", "sd_score"], 2))
    2.46
    """
    if ddof not in (0, 1):
        raise ParameterError(
            f"'ddof' is {ddof}, but only 0 and 1 are defined", hint="set 'ddof' to 1, the sample SD"
        )
    if not 0 <= near < np.inf:
        raise ParameterError(
            f"'near' is {near:g} SD, but must be 0 or more", hint="set 'near' in SDs, such as 0.1"
        )
    x = _numbers(values)
    mean, sd = (np.full(len(x), np.nan) for _ in range(2))
    for label, members in _groups(values, within):
        mean[members], sd[members] = _mean_and_sd(x[members], label, ddof)
    return _flags(x, mean, sd, near, values.index)


def _numbers(values: pd.Series[Any]) -> Floats:
    if not (pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype)):
        raise DataError(
            f"the values are {values.dtype}, but numbers are needed", hint="choose a column of numbers"
        )
    x: Floats = values.to_numpy(dtype=float, na_value=np.nan)
    if np.isinf(x).any():
        code = values.index[np.isinf(x)][0]
        raise DataError(f"the value of '{code}' is infinite", hint="make it NaN where nothing is known")
    return x


def _groups(
    values: pd.Series[Any], within: pd.Series[Any] | None
) -> list[tuple[str | None, npt.NDArray[np.int64]]]:
    """Return each group's label and the positions of its areas."""
    if within is None:
        return [(None, np.arange(len(values)))]
    if not within.index.is_unique:
        code = within.index[within.index.duplicated()][0]
        raise DataError(
            f"the code '{code}' has more than one label in 'within'", hint="give one label per area"
        )
    place = within.index.get_indexer(values.index)
    if (place < 0).any():
        lost = values.index[place < 0]
        raise DataError(
            f"{len(lost):,} of {len(values):,} areas have no row in 'within', such as '{lost[0]}'",
            hint="give every area a label: its district, or its peer group",
        )
    labels = within.iloc[place]
    codes, names = pd.factorize(labels, sort=True)
    return [(str(name), np.flatnonzero(codes == number)) for number, name in enumerate(names)]


def _mean_and_sd(x: Floats, label: str | None, ddof: int) -> tuple[float, float]:
    """Return a group's mean and SD; the SD is NaN where all values are equal."""
    known = x[~np.isnan(x)]
    n, where = len(known), "" if label is None else f" in '{label}'"
    if n < FEWEST_AREAS:
        bound = "" if n < 2 else f": among {n} the largest possible score is {_largest_score(n, ddof):.2f} SD"
        raise ParameterError(
            f"{n} area{'' if n == 1 else 's'} with a value{where}, but at least {FEWEST_AREAS} are needed "
            f"for a value to exceed the mean by 2 SD{bound}",
            hint="compare with all areas, or put small groups together in 'within'",
        )
    mean = float(known.mean())
    if np.ptp(known) <= _EQUAL * np.abs(known).max():
        warnings.warn(
            f"all {n:,} values{where} are equal, so none is above or below the average",
            HotspotsWarning,
            stacklevel=3,
        )
        return mean, np.nan
    sd = float(known.std(ddof=ddof))
    _log.info(
        "Mean %.4g, %s SD %.4g (ddof %d) of %s areas%s: above from %.4g, significantly above from %.4g",
        mean, "sample" if ddof else "population", sd, ddof, f"{n:,}", where, mean + sd, mean + 2 * sd,
    )  # fmt: skip
    return mean, sd


def _largest_score(n: int, ddof: int) -> float:
    return float((n - 1) / np.sqrt(n) if ddof else np.sqrt(n - 1))


def _flags(x: Floats, mean: Floats, sd: Floats, near: float, index: pd.Index[Any]) -> pd.DataFrame:
    thresholds = mean[:, None] + sd[:, None] * np.array(_MULTIPLES)
    scored = ~np.isnan(x) & ~np.isnan(sd)
    level = np.full(len(x), 2, dtype=np.int64)
    level[x > thresholds[:, 2]] = 3
    level[x > thresholds[:, 3]] = 4
    level[x < thresholds[:, 1]] = 1
    level[x < thresholds[:, 0]] = 0
    level[~scored] = -1  # how pandas codes a missing category
    distance = x[:, None] - thresholds
    closest = 3 - np.argmin(np.abs(distance[:, ::-1]), axis=1)
    margin = distance[np.arange(len(x)), closest]
    is_near = pd.array(np.abs(margin) <= near * sd, dtype="boolean")
    is_near[~scored] = pd.NA
    return pd.DataFrame(
        {
            "sd_flag": pd.Categorical.from_codes(level, categories=pd.Index(SD_FLAGS), ordered=True),
            "sd_score": (x - mean) / sd,
            "sd_mean": mean,
            "sd_above": thresholds[:, 2],
            "sd_signif": thresholds[:, 3],
            "sd_margin": margin,
            "sd_near": is_near,
        },
        index=index,
    )
