"""Similar to, above or below a comparator, by an interval: for areas, and for a whole force."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, ParameterError
from hotspots.base.poisson import Limits, count_limits, ratio_limits
from hotspots.counting.rates import rate

COMPARISONS = ("below", "similar", "above")
"""The flags, from the lowest to the highest."""

Floats = npt.NDArray[np.float64]
Comparator = float | tuple[float, float] | Literal["rest"]


def compare_rate(
    n: pd.Series[Any],
    population: pd.Series[Any],
    *,
    months: float,
    comparator: Comparator,
    margin: float = 0,
    min_population: float = 0,
    level: float = 0.95,
    dispersion: float = 1.0,
    limits: Limits = "exact",
    ends: tuple[pd.Series[Any], pd.Series[Any]] | None = None,
    off_by: float = 0,
) -> pd.DataFrame:
    """Return whether each rate is similar to, above or below that of a comparator.

    A rate is "above" where the lower limit of its ratio to the comparator's is over 1, "below" where the
    upper limit is under 1, and "similar" where the limits include 1. With a comparator whose count is not
    known the limits are those of the area's own rate over the comparator's, which is taken as exact; with a
    count they are the exact limits of the ratio of two rates.
    A large area can differ clearly and by next to nothing: `margin` says how much a difference must be to be
    called one.

    Parameters
    ----------
    n, population : Series of numbers
        Incidents and people of each area, on one index.
    months : float
        Length of the period in months.
    comparator : float, pair of numbers, or 'rest'
        A rate per 1,000 people a year; the incidents (in as many months) and the people of the comparator,
        which must not include the area; or ``'rest'``, for each area all the others together.
    margin : float, default 0
        The share by which a rate must also differ to be above or below, such as 0.05.
    min_population : float, default 0
        See `hotspots.rate`.
    level : float, default 0.95
        Confidence of the limits, between 0 and 1.
    dispersion : float, default 1
        Variance of the counts over their mean; see `hotspots.dispersion`. With 1 the limits rest on Poisson
        counts, and are the narrowest that can be defended.
    limits : {'exact', 'byar'}, default 'exact'
        How the limits of an area's own count are made; see `hotspots.base.poisson.count_limits`.
    ends : pair of Series, optional
        The least and the most that each count may have been, where counts are rounded: limits and flags then hold
        for all counts between them, an area's own at one end and those of the rest at the other.
    off_by : float, default 0
        By how much the comparator's own count may be more or less than it says, where that is made of rounded counts.

    Returns
    -------
    DataFrame
        On the index of `n`:

        - ``cmp_rate``: the comparator's rate per 1,000 people a year.
        - ``cmp_ratio``, ``cmp_lo``, ``cmp_hi``: the rate over it, from 0 up, and the limits of that ratio;
          missing where there is no rate, or where infinite.
        - ``cmp_flag``: ordered categorical of `COMPARISONS`; missing where there is no rate.

    Raises
    ------
    ParameterError
        When `months` or a comparator's rate or population is not over 0, or `margin`, `level` or `dispersion`
        out of range.
    DataError
        As `hotspots.rate`.

    References
    ----------
    Przyborowski, J. and Wilenski, H. (1940) Homogeneity of results in testing samples from Poisson series.
    Biometrika 31(3/4), 313-323. https://doi.org/10.1093/biomet/31.3-4.313

    Examples
    --------
    >>> import pandas as pd
    >>> n, population = pd.Series([30, 50, 80]), pd.Series([1000.0, 1000.0, 1000.0])
    >>> compare_rate(n, population, months=12, comparator=50.0)["cmp_flag"].tolist()
    ['below', 'similar', 'above']

    Of counts rounded to ten the third may have been 75, and the limits of that are taken:

    >>> found = compare_rate(n, population, months=12, comparator=60.0, ends=(n - 5, n + 4))
    >>> found["cmp_flag"].tolist(), compare_rate(n, population, months=12, comparator=60.0)["cmp_flag"].tolist()
    (['below', 'similar', 'similar'], ['below', 'similar', 'above'])
    """
    if not 0 <= margin < 1:
        raise ParameterError(f"'margin' is {margin}", hint="use a share from 0, such as 'margin' = 0.05")
    own = rate(n, population, months=months, min_population=min_population)
    x, people = n.to_numpy(dtype=float), population.where(own.notna()).to_numpy(dtype=float)
    known = own.notna().to_numpy()
    least, most = (x, x) if ends is None else (np.maximum(end.to_numpy(dtype=float), 0) for end in ends)
    base: Any
    if isinstance(comparator, int | float):
        base = _fixed_rate(float(comparator))
        per = 12_000 / months / people / base
        ratio, lowest, highest = x * per, least * per, most * per
        around = partial(count_limits, level=level, dispersion=dispersion, limits=limits)
        lower, upper = around(least)[0] * per, around(most)[1] * per
    else:
        others, exposure = _other_counts(comparator, x, people)
        fewer, more = np.maximum(others - off_by, 0), others + off_by
        if isinstance(comparator, str):
            fewer, more = (np.where(known, end, 0.0).sum() - end for end in (least, most))
        base = others * 12_000 / months / exposure
        ratios = partial(ratio_limits, level=level, dispersion=dispersion)
        ratio = ratios(x, people, others, exposure)[0]
        lowest, lower, _ = ratios(least, people, more, exposure)
        highest, _, upper = ratios(most, people, fewer, exposure)
    clear_above, clear_below = (lower > 1) & (lowest > 1 + margin), (upper < 1) & (highest < 1 - margin)
    position = np.where(clear_above, 2, np.where(clear_below, 0, 1))
    position[~known] = -1  # how pandas codes a missing category
    return pd.DataFrame(
        {
            "cmp_rate": np.broadcast_to(base, x.shape).astype(float),
            "cmp_ratio": _finite(ratio),
            "cmp_lo": _finite(lower),
            "cmp_hi": _finite(upper),
            "cmp_flag": pd.Categorical.from_codes(position, categories=pd.Index(COMPARISONS), ordered=True),
        },
        index=n.index,
    )


def _fixed_rate(comparator: float) -> float:
    if not 0 < comparator < np.inf:
        raise ParameterError(
            f"the comparator's rate is {comparator:g}",
            hint="give a rate per 1,000 people a year, such as 89.5",
        )
    return comparator


def _other_counts(comparator: Any, x: Floats, people: Floats) -> tuple[Any, Any]:
    """Return the incidents and people to compare with: one pair for all areas, or one for each."""
    if isinstance(comparator, str):
        if comparator != "rest":
            raise ParameterError(
                f"the comparator is '{comparator}'",
                hint="give a rate, a pair of counts, or 'rest'",
            )
        known = ~np.isnan(people)
        if known.sum() < 2:
            raise DataError("fewer than 2 areas have a rate: there is no rest", hint="compare with a rate")
        counted = np.where(known, x, 0.0)
        return counted.sum() - counted, np.nansum(people) - people
    incidents, residents = (float(value) for value in comparator)
    if not (incidents >= 0 and residents > 0):
        raise ParameterError(
            f"the comparator has {incidents:g} incidents among {residents:g} people",
            hint="give a count of 0 or more and a population over 0",
        )
    return incidents, residents


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)


def compare_categories(
    n: pd.Series[Any],
    population: float,
    *,
    months: float,
    comparators: pd.DataFrame,
    name: str = "Force",
    margin: float = 0,
    level: float = 0.95,
    dispersion: pd.Series[float] | None = None,
    limits: Limits = "exact",
) -> pd.DataFrame:
    """Return the table of rates of a strategic assessment: a force beside its comparators, by offence.

    Parameters
    ----------
    n : Series of int
        Incidents of the force, by offence type; these are the rows.
    population : float
        People of the force.
    months : float
        Length of the period in months.
    comparators : DataFrame
        On an index of offence types, whose case does not matter: for each comparator a column of rates per
        1,000 people a year, or two columns ``<comparator> n`` and ``<comparator> population`` of counts and
        people. Counts are of as many months, or of those that a column ``<comparator> months`` says. Blank
        where not published.
    name : str, default 'Force'
        The heading of the force's column.
    margin : float, default 0
        See `compare_rate`.
    level : float, default 0.95
        See `compare_rate`.
    dispersion : Series of float, optional
        The dispersion of each offence type, on the index of `n`; see `hotspots.dispersion`. 1 without it, and
        where it is missing.
    limits : {'exact', 'byar'}, default 'exact'
        See `compare_rate`.

    Returns
    -------
    DataFrame
        On the index of `n`, named ``Offence Type``: the rate of the force under its `name`, then the rate of
        each comparator, then for each ``Against <comparator>``: 'above', 'similar' or 'below'. Missing where
        a comparator has no value.

    Raises
    ------
    DataError
        When no offence type is among the comparators', or a type is there twice.
    ParameterError
        As `compare_rate`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = compare_categories(
    ...     pd.Series({"Burglary": 5200, "Robbery": 900}), 1_000_000, months=12, name="Abbeyshire",
    ...     comparators=pd.DataFrame({"England & Wales": [7.2, 0.9]}, index=["Burglary", "Robbery"]))
    >>> table["Against England & Wales"].to_dict()
    {'Burglary': 'below', 'Robbery': 'similar'}
    """
    values = comparator_values(comparators, n.index, months=months)
    people = pd.Series(float(population), index=n.index)
    spread = pd.Series(1.0, index=n.index) if dispersion is None else dispersion.reindex(n.index).fillna(1.0)
    rates: dict[str, Any] = {name: rate(n, people, months=months)}
    against: dict[str, Any] = {}
    for label, chosen in values.items():
        found = [
            compare_rate(
                n[[kind]],
                people[[kind]],
                months=months,
                comparator=one,
                margin=margin,
                level=level,
                dispersion=float(spread[kind]),
                limits=limits,
            )
            if one is not None
            else pd.DataFrame({"cmp_rate": [np.nan], "cmp_flag": [None]}, index=[kind])
            for kind, one in zip(n.index, chosen, strict=True)
        ]
        rates[label] = [float(one["cmp_rate"].iloc[0]) for one in found]
        against[f"Against {label}"] = [one["cmp_flag"].iloc[0] for one in found]
    table = pd.DataFrame(rates | against, index=n.index)
    return table.rename_axis("Offence Type")


def comparator_values(
    comparators: pd.DataFrame, kinds: pd.Index[Any], *, months: float
) -> dict[str, list[Comparator | None]]:
    """Return what each comparator says of each type of offence, in the form that `compare_rate` takes.

    Parameters
    ----------
    comparators : DataFrame
        See `compare_categories`.
    kinds : Index
        The types of offence.
    months : float
        The period of the counts that are compared, over 0. A comparator's people are scaled to it, so that its
        rate stays its own: 24 incidents in 12 months among 1,000 people are as good as 24 in one among 12,000.

    Returns
    -------
    dict of str to list
        By the comparator's name, in the order of `kinds`: a rate, a pair of incidents and people, or None.

    Raises
    ------
    DataError
        When no type of offence is among the comparators', or one is there twice.
    """
    lowered = comparators.set_axis(comparators.index.astype(str).str.strip().str.casefold())
    if not lowered.index.is_unique:
        twice = lowered.index[lowered.index.duplicated()][0]
        raise DataError(f"the comparators hold '{twice}' twice", hint="give one row for each offence type")
    wanted = kinds.astype(str).str.strip().str.casefold()
    if not wanted.isin(lowered.index).any():
        raise DataError(
            f"no offence type is among the comparators' ('{kinds[0]}' and '{comparators.index[0]}')",
            hint="name the offence types alike in both",
        )
    aligned = lowered.reindex(wanted).astype(float)
    values: dict[str, list[Comparator | None]] = {}
    for label, columns in comparator_columns(comparators).items():
        if "rate" in columns:
            values[label] = [None if np.isnan(one) else float(one) for one in aligned[columns["rate"]]]
            continue
        counted, people = aligned[columns["n"]], aligned[columns["population"]]
        if "months" in columns:
            people = people * aligned[columns["months"]].fillna(months) / months
        known = zip(counted, people, strict=True)
        values[label] = [None if np.isnan(a) or np.isnan(b) else (float(a), float(b)) for a, b in known]
    return values


def comparator_columns(comparators: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return the columns of each comparator by its name: of ``rate``, or of ``n``, ``population`` and ``months``.

    Examples
    --------
    >>> comparator_columns(pd.DataFrame(columns=["England & Wales", "Kent n", "Kent population"]))
    {'England & Wales': {'rate': 'England & Wales'}, 'Kent': {'n': 'Kent n', 'population': 'Kent population'}}
    """
    columns = [str(column) for column in comparators.columns]
    counted = [
        column.removesuffix(" n")
        for column in columns
        if column.endswith(" n") and f"{column.removesuffix(' n')} population" in columns
    ]
    parts = {f"{label} {part}": (label, part) for label in counted for part in ("n", "population", "months")}
    found: dict[str, dict[str, str]] = {}
    for column in columns:
        label, part = parts.get(column, (column, "rate"))
        found.setdefault(label, {})[part] = column
    return found
