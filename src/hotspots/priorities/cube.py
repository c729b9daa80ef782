"""Indicators by area and period as a checked cube of numbers, with the weights of its sides."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, HotspotsWarning, ParameterError, did_you_mean
from hotspots.priorities.scoring import FEWEST_AREAS, standard_scores

STATIC = "all"
"""The period of an indicator that was measured once and stands for every period, such as deprivation."""

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Bad = Literal["high", "low"]
Scale = Literal["log", "capped", "plain"]
"""How values are scaled before they are put in standard deviations; see `select_areas`."""
SCALES: tuple[Scale, ...] = ("log", "capped", "plain")
CAP = 0.95
"""Capped: the worse end of the values is cut at this share of the areas."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Scored:
    """The cube of standard scores and what weights it: all that repeated runs need.

    Attributes
    ----------
    codes : Index
        The areas.
    names, periods : tuple of str
        The indicators in the table's order, the periods in ascending order.
    cube : ndarray, shape (areas, indicators, periods)
        The indicators' values; a static one stands in every period.
    sign : ndarray, shape (indicators,)
        1 where high values are bad, -1 where low ones are.
    weights, period_weights : ndarray
        As given, not yet scaled.
    scales : tuple of {'log', 'capped', 'plain'}
        How each indicator's values are scaled.
    groups : ndarray of int or None
        Each area's district by number, -1 for none or for one of under six areas.
    """

    codes: pd.Index[Any]
    names: tuple[str, ...]
    periods: tuple[str, ...]
    cube: Floats
    sign: Floats
    weights: Floats
    period_weights: Floats
    scales: tuple[Scale, ...]
    groups: Integers | None

    def z(self, cube: Floats | None = None, *, ddof: int) -> Floats:
        """Return the standard scores of the scaled values, or of others of the same shape; bad is positive."""
        values = self.cube if cube is None else cube
        if set(self.scales) != {"plain"}:
            sides = zip(self.scales, self.sign, strict=True)
            scaled = [_scaled(values[:, i], scale, sign) for i, (scale, sign) in enumerate(sides)]
            values = np.stack(scaled, axis=1)
        scores: Floats = standard_scores(values, ddof) * self.sign[:, None]
        return scores


def _scaled(values: Floats, scale: Scale, sign: float) -> Floats:
    """Scale one indicator's values, areas by periods, within each period."""
    if scale == "plain" or np.isnan(values).all():
        return values
    if scale == "log":
        known = ~np.isnan(values)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.where(known, values, 0.0).sum(axis=0) / known.sum(axis=0)
            logs: Floats = np.where(mean > 0, np.log1p(values / mean), values)
        return logs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a period without a value has no cap, and needs none
        cap = np.nanquantile(sign * values, CAP, axis=0)
    capped: Floats = sign * np.minimum(sign * values, cap)
    return capped


def score_cube(
    indicators: pd.DataFrame,
    *,
    weights: Mapping[str, float] | None = None,
    period_weights: Mapping[Any, float] | None = None,
    bad: Mapping[str, Bad] | None = None,
    districts: pd.Series[Any] | None = None,
    scale: Scale | Mapping[str, Scale] = "log",
) -> Scored:
    """Check a table of indicators and lay it out as a cube; see `select_areas` for the parameters."""
    table = _checked(indicators)
    labels = [(str(pair[0]), str(pair[1])) for pair in table.columns.to_list()]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise DataError(
            f"the indicator '{twice[0]}' has two columns for the period '{twice[1]}'",
            hint="leave one of them out",
        )
    names = tuple(dict.fromkeys(name for name, _ in labels))
    periods = tuple(sorted({period for _, period in labels if period != STATIC})) or (STATIC,)
    values = np.full((len(table), len(names), len(periods)), np.nan)
    for column, (name, period) in enumerate(labels):
        where = slice(None) if period == STATIC else [periods.index(period)]
        values[:, names.index(name), where] = table.iloc[:, column].to_numpy(dtype=float, na_value=np.nan)[
            :, None
        ]
    for name, end in (bad or {}).items():
        _known(name, names, "bad")
        if end not in ("high", "low"):
            raise ParameterError(f"'bad' is '{end}' for '{name}'", hint="use 'high' or 'low'")
    sign = np.array([-1.0 if (bad or {}).get(name) == "low" else 1.0 for name in names])
    given = {str(period): weight for period, weight in (period_weights or {}).items()}
    return Scored(
        indicators.index,
        names,
        periods,
        values,
        sign,
        _weights(weights or {}, names, "weights"),
        _weights(given, periods, "period_weights"),
        _scales(scale, names, values),
        None if districts is None else _district_groups(districts, indicators.index),
    )


def _scales(given: Scale | Mapping[str, Scale], names: tuple[str, ...], values: Floats) -> tuple[Scale, ...]:
    named: Mapping[str, Scale] = {} if isinstance(given, str) else given
    for name in named:
        _known(name, names, "scale")
    scales = tuple(given if isinstance(given, str) else named.get(name, "log") for name in names)
    for i, (name, scale) in enumerate(zip(names, scales, strict=True)):
        if scale not in SCALES:
            raise ParameterError(f"'scale' is '{scale}' for '{name}'", hint="use 'log', 'capped' or 'plain'")
        if scale == "log" and (values[:, i] < 0).any():
            raise DataError(
                f"the indicator '{name}' is below 0 somewhere, where no logarithm can be had",
                hint="set its 'scale' to 'capped' or 'plain'",
            )
    return scales


def _checked(indicators: pd.DataFrame) -> pd.DataFrame:
    if indicators.shape[0] == 0 or indicators.shape[1] == 0:
        raise DataError("the table of indicators is empty", hint="give at least one indicator for every area")
    if not indicators.index.is_unique:
        code = indicators.index[indicators.index.duplicated()][0]
        raise DataError(f"the code '{code}' has two rows of indicators", hint="give each area one row")
    if len(indicators) < FEWEST_AREAS:
        raise DataError(
            f"there are {len(indicators)} areas, but at least {FEWEST_AREAS} are needed to stand out by 2 SD",
            hint="use smaller areas, or more districts",
        )
    table = indicators.copy(deep=False)
    if table.columns.nlevels == 1:
        table.columns = pd.MultiIndex.from_tuples([(name, STATIC) for name in table.columns])
    if table.columns.nlevels != 2:
        raise DataError(
            f"the indicators' columns have {table.columns.nlevels} levels, but pairs (indicator, period) are needed",
            hint="name each column by its indicator and its period",
        )
    for column in table.columns:
        kind = table[column].dtype
        if not pd.api.types.is_numeric_dtype(kind):
            raise DataError(
                f"the indicator '{column[0]}' does not hold numbers", hint="choose a column of numbers"
            )
        if np.isinf(table[column].to_numpy(dtype=float, na_value=np.nan)).any():
            raise DataError(
                f"the indicator '{column[0]}' is infinite somewhere", hint="leave unknown values blank"
            )
    return table


def require_weight(name: str, weight: float) -> float:
    """Return the weight of an indicator or a period.

    Raises
    ------
    ParameterError
        When it is not 0 or more.
    """
    if not 0 <= weight < np.inf:
        raise ParameterError(
            f"the weight of '{name}' is {weight:g}, but must be 0 or more",
            hint="give 0 or more; an indicator is turned round with 'bad' = \"low\"",
        )
    return weight


def _weights(given: Mapping[str, float], names: tuple[str, ...], option: str) -> Floats:
    for name, weight in given.items():
        _known(name, names, option)
        require_weight(name, weight)
    weights = np.array([float(given.get(name, 1.0)) for name in names])
    if not weights.any():
        raise ParameterError(f"all '{option}' are 0", hint="give at least one a weight over 0")
    return weights


def _known(name: str, names: tuple[str, ...], option: str) -> None:
    if name not in names:
        raise ParameterError(
            f"'{option}' names '{name}', which is not in the table", hint=did_you_mean(name, names)
        )


def _district_groups(districts: pd.Series[Any], index: pd.Index[Any]) -> Integers:
    place = districts.index.get_indexer(index)
    if (place < 0).any():
        raise DataError(
            f"'districts' lacks {(place < 0).sum():,} of {len(index):,} areas, such as '{index[place < 0][0]}'",
            hint="give the district of every area, blank where unknown",
        )
    labels = districts.iloc[place].astype(object)
    labels = labels.where(labels.notna() & (labels != ""), None)
    groups, names = pd.factorize(labels, sort=True)
    groups = groups.astype(np.int64)
    sizes = np.bincount(groups[groups >= 0], minlength=len(names))
    for number in np.flatnonzero(sizes < FEWEST_AREAS):
        groups[groups == number] = -1
    return groups


def report_small_districts(districts: pd.Series[Any], index: pd.Index[Any]) -> None:
    """Say which districts have too few areas for one to stand out."""
    sizes = districts.reindex(index).replace("", np.nan).value_counts()
    small = sizes[sizes < FEWEST_AREAS].sort_index()
    if len(small):
        shown = ", ".join(str(name) for name in small.index[:5]) + (", ..." if len(small) > 5 else "")
        _log.info("No local priorities in districts of under %d areas: %s", FEWEST_AREAS, shown)


def report_unscored(scored: Scored, z: Floats) -> None:
    """Warn of indicators that cannot be scored in a period, and list the areas that miss some."""
    given = ~np.isnan(scored.cube)
    for i, name in enumerate(scored.names):
        lost = [
            period
            for t, period in enumerate(scored.periods)
            if given[:, i, t].any() and np.isnan(z[:, i, t]).all()
        ]
        if lost:
            where = "" if len(lost) == len(scored.periods) else f" in {', '.join(lost)}"
            warnings.warn(
                f"'{name}' is left out{where}: all its values are equal, or known for under {FEWEST_AREAS} areas",
                HotspotsWarning,
                stacklevel=3,
            )
        partly = given[:, i, :].any(axis=0) & ~given[:, i, :].all(axis=0)
        missing = scored.codes[np.flatnonzero((~given[:, i, :][:, partly]).any(axis=1))]
        if len(missing):
            shown = ", ".join(str(code) for code in missing[:5]) + (", ..." if len(missing) > 5 else "")
            warnings.warn(
                f"'{name}' is missing for {len(missing):,} of {len(scored.codes):,} areas ({shown}): their score is "
                "the mean over what is known, which favours them where the unknown is their worst",
                HotspotsWarning,
                stacklevel=3,
            )
