"""What a number in a file says of the count behind it: the least and the most that it can have been."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.audit.context import Context, Counted, Months, period_key
from hotspots.analysis.audit.shown import WHOLE, Shown, least_hidden, measure_of, numbers_of
from hotspots.base.poisson import count_limits

Floats = npt.NDArray[np.float64]

COUNTS = ("n", "n_before", "n_after", "ytd")
# Doubles that went through a formula agree to about this.
_TINY = 1e-9
# A dispersion is recorded to six decimals.
_ROUGH = 2e-6
_MOST = 2**18
# Limits say nothing closely of greater counts.
_COUNTS = 2**16
_RANGE = re.compile(r"(?:(under|over|to) )?([\d,]+(?:\.\d+)?)(?:,? to ([\d,]+(?:\.\d+)?))?")


@dataclass(frozen=True, eq=False)
class Claim:
    """What one column of one table says of counts.

    Attributes
    ----------
    file, where, column : str
        Where it stands.
    theme, period : str
        What the counts are of.
    areas : Index of str
    low, high : ndarray
        The least and the most that the count it was made from can have been; NaN where the column says nothing.
    is_count : bool
        Whether the column shows counts themselves. Others were made from counts, from the exact or from the shown.
    folder : str
        What tells its folder from others that are put together with it; empty of a single one.
    """

    file: str
    where: str
    column: str
    theme: str
    period: str
    areas: pd.Index[Any]
    low: Floats
    high: Floats
    is_count: bool = False
    folder: str = ""


@dataclass(frozen=True, eq=False)
class Ratio:
    """What one column says of two counts.

    ``n[over] - least * n[under] >= low`` and ``n[over] - most * n[under] <= high``: of a ratio `low` and `high` are 0,
    and of a difference `least` and `most` are one.
    """

    file: str
    where: str
    column: str
    theme: str
    over: str
    under: str
    areas: pd.Index[Any]
    least: Floats
    most: Floats
    low: Floats
    high: Floats


def claims_of(shown: Shown, context: Context, people: pd.Series[Any]) -> Iterator[Claim]:
    """Yield what each column of a table says, for those of which a reader can work the count out.

    Parameters
    ----------
    shown : Shown
    context : Context
    people : Series
        Population by area, from the folder or from anywhere: it is public.
    """
    held, number = shown.numbers, people_of(shown, people)
    for name, (values, half, words) in held.items():
        if name in context.indicators:
            yield _indicator(shown, name, (values, half), context.indicators[name], number)
            continue
        measure, period = measure_of(name)
        months = _months(measure, period, context)
        key = period_key(months) or period
        made = Claim(shown.file, shown.where, name, shown.theme, key, shown.rows.index, values, values)
        if measure in COUNTS:
            yield _count(made, values, half, words)
            continue
        scale = number * len(months) / 12_000 if months else np.full(len(number), np.nan)
        half = (
            half or 0.55
        )  # what is written without decimals was rounded all the same, often to one decimal before
        if measure == "rate":
            yield _between(made, (values - half) * scale, (values + half) * scale)
        elif measure in ("rate_lo", "rate_hi"):
            phi = context.dispersion.get((shown.theme, shown.level), 1.0)
            yield _limit(made, values, half, scale, phi, upper=measure == "rate_hi")
        elif name.startswith("class of "):
            yield from _classes(made, words, name.removeprefix("class of "), context, number)
    if "rate_lo" in held and "rate_hi" in held:
        yield _limits_alone(shown, held, context)
    yield from _spread(shown, held, context, number)


def people_of(shown: Shown, people: pd.Series[Any]) -> Floats:
    """Return the population of each row: the table's own, or else what is known from elsewhere."""
    known = people.reindex(shown.rows.index).to_numpy(dtype=float)
    if "population" not in shown.numbers:
        return known
    own = shown.numbers["population"][0]
    return np.where(np.isnan(own), known, own)


def _indicator(shown: Shown, name: str, of: tuple[Floats, float], what: Counted, number: Floats) -> Claim:
    """Return what the latest value of an indicator says: per 1,000 people a year, or a number a year."""
    values, half = of[0], of[1] or 0.55
    made = Claim(
        shown.file, shown.where, name, what.theme, period_key(what.months), shown.rows.index, values, values
    )
    scale = len(what.months) / 12 * (number / 1_000 if what.measure == "rate" else np.ones(len(number)))
    return _between(made, (values - half) * scale, (values + half) * scale)


def _months(measure: str, period: str, context: Context) -> Months:
    if measure == "n_before":
        return context.before
    if measure == "n_after":
        return context.after
    return context.months_of(period)


def _count(made: Claim, values: Floats, half: float, words: npt.NDArray[np.object_]) -> Claim:
    if not (values[np.isfinite(values)] % 1).any():
        half = 0.0  # whole counts, though a gap in the column made them "10.0"
    low, high = values - half, values + half
    for place in np.flatnonzero(words != ""):
        hidden = least_hidden(str(words[place]))
        if hidden is not None:
            low[place], high[place] = hidden
    return replace(made, low=low, high=high, is_count=True)


def _between(made: Claim, low: Floats, high: Floats) -> Claim:
    """Return a claim, a little wider than doubles can be wrong."""
    room = _TINY * (1 + np.abs(high))
    return replace(made, low=np.maximum(low - room, 0), high=high + room)


def _limit(made: Claim, values: Floats, half: float, scale: Floats, phi: float, *, upper: bool) -> Claim:
    """Return which whole counts have a confidence limit that is written so."""
    with np.errstate(invalid="ignore"):
        least, most = (values - half) * scale, (values + half) * scale
    table = _limits_table(most, phi)[1 if upper else 0]
    return _inverse(made, least, most, table, _TINY if phi == 1 else _ROUGH)


def _limits_table(most: Floats, phi: float) -> tuple[Floats, Floats]:
    top = float(np.nanmax(most, initial=0.0))
    # A power of two, so that columns of much the same size share one table.
    return _limits_of(min(2 ** int(np.ceil(np.log2(top * 1.5 + 60))), _MOST), phi)


@lru_cache(maxsize=64)
def _limits_of(count: int, phi: float) -> tuple[Floats, Floats]:
    """Return the limits of the counts from 0."""
    return count_limits(np.arange(count, dtype=float), dispersion=phi)


def _inverse(made: Claim, least: Floats, most: Floats, table: Floats, tiny: float) -> Claim:
    """Return the places of a rising table between two values; none of them where the formula was another."""
    unknown = ~np.isfinite(least) | ~np.isfinite(most)
    room = tiny * (1 + np.abs(np.where(unknown, 0, most)))
    low = np.searchsorted(table, np.where(unknown, 0, least) - room, side="left").astype(float)
    high = np.searchsorted(table, np.where(unknown, 0, most) + room, side="right").astype(float) - 1
    low[unknown] = high[unknown] = np.nan
    return replace(made, low=low, high=high)


def _limits_alone(shown: Shown, held: dict[str, Any], context: Context) -> Claim:
    """Return what the two limits say without the population: their ratio depends on the count alone."""
    (lower, half_lower, _), (upper, half_upper, _) = held["rate_lo"], held["rate_hi"]
    phi = context.dispersion.get((shown.theme, shown.level), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        least = (upper - half_upper) / (lower + half_lower)
        most = np.where(lower > half_lower, (upper + half_upper) / (lower - half_lower), np.inf)
    low, high = _limits_of(_COUNTS, phi)
    falling = (high[1:] / low[1:])[::-1]
    made = Claim(
        shown.file, shown.where, "rate_hi / rate_lo", shown.theme, period_key(context.months) or WHOLE,
        shown.rows.index, least, most,
    )  # fmt: skip
    found = _inverse(
        made, least, np.where(np.isinf(most), 1e12, most), falling, _TINY if phi == 1 else _ROUGH
    )
    count = len(falling)
    beyond = least < falling[0]
    found = replace(found, low=np.where(beyond, np.nan, found.low), high=np.where(beyond, np.nan, found.high))
    zero = (lower == 0) & (half_lower < 1e-6) & np.isfinite(upper)
    return replace(
        made,
        low=np.where(zero, 0, np.where(np.isinf(most) & ~zero, 0, count - found.high)),
        high=np.where(zero, 0, count - found.low),
    )


def _spread(shown: Shown, held: dict[str, Any], context: Context, number: Floats) -> Iterator[Claim]:
    """Yield what standard scores and margins say, which the thresholds beside them turn back into values."""
    if not {"sd_mean", "sd_above"} <= held.keys():
        return
    (mean, mean_half, _), (above, above_half, _) = held["sd_mean"], held["sd_above"]
    scale = number * len(context.months) / 12_000 if context.flagged == "rate" else np.ones(len(number))
    made = Claim(
        shown.file, shown.where, "", shown.theme, period_key(context.months) or WHOLE, shown.rows.index, mean, mean
    )  # fmt: skip
    if "sd_score" in held:
        score, half, _ = held["sd_score"]
        spread, room = above - mean, above_half + mean_half
        ends = np.array([(score + a * half) * (spread + b * room) for a in (-1, 1) for b in (-1, 1)])
        low, high = mean - mean_half + ends.min(axis=0), mean + mean_half + ends.max(axis=0)
        yield replace(_between(made, low * scale, high * scale), column="sd_score")
    if {"sd_margin", "sd_flag"} <= held.keys():
        yield _margin(made, shown, held, scale)
    if "sd_flag" in held and "sd_signif" in held:
        words = shown.rows["sd_flag"].astype(str).str.casefold().to_numpy()
        signif, half, _ = held["sd_signif"]
        low = np.where(
            words == "significantly above", signif - half, np.where(words == "above", above - above_half, 0)
        )
        high = np.where(
            words == "significantly above",
            np.inf,
            np.where(words == "above", signif + half, above + above_half),
        )
        told = np.isin(words, ["significantly above", "above", "average", "below", "significantly below"])
        low, high = np.where(told, low, np.nan), np.where(told, high, np.nan)
        yield replace(_between(made, low * scale, high * scale), column="sd_flag")


def _margin(made: Claim, shown: Shown, held: dict[str, Any], scale: Floats) -> Claim:
    """Return what the distances from the nearest threshold say: the flag and the side tell which one that is."""
    (margin, half, _), (mean, mean_half, _) = held["sd_margin"], held["sd_mean"]
    above, above_half, _ = held["sd_above"]
    spread, room = above - mean, half + 2 * (mean_half + above_half)
    words, over = shown.rows["sd_flag"].astype(str).str.casefold().to_numpy(), margin >= 0
    steps = np.select(
        [
            words == "significantly above",
            words == "above",
            words == "average",
            words == "below",
            words == "significantly below",
        ],
        [
            np.full(len(over), 2.0),
            np.where(over, 1, 2),
            np.where(over, -1, 1),
            np.where(over, -2, -1),
            np.full(len(over), -2.0),
        ],
        np.nan,
    )
    value = mean + steps * spread + margin
    return replace(_between(made, (value - room) * scale, (value + room) * scale), column="sd_margin")


def _classes(
    made: Claim, words: npt.NDArray[np.object_], measure: str, context: Context, number: Floats
) -> Iterator[Claim]:
    """Yield what the class says in which a map draws an area, where its label gives the limits of it."""
    base, period = measure_of(measure)
    value = context.flagged if base == "sd_flag" else base
    months = context.months_of(period)
    if value not in ("n", "rate") or not months:
        return
    ends = {label: class_limits(str(label)) for label in set(words.tolist())}
    low = np.array([ends[word][0] for word in words])
    high = np.array([ends[word][1] for word in words])
    scale = number * len(months) / 12_000 if value == "rate" else np.ones(len(number))
    yield replace(
        _between(made, low * scale, high * scale), column=f"class of {measure}", period=period_key(months)
    )


def class_limits(label: str) -> tuple[float, float]:
    """Return the limits of a class from its label, as wide as they are written; NaN for a label without any.

    Examples
    --------
    >>> class_limits("Above (over 204.4, to 276.2)"), class_limits("180.1 to 503.3"), class_limits("Never hot")
    ((204.35, 276.25), (180.05, 503.35), (nan, nan))
    """
    inside = label.rpartition("(")[2].rstrip(")") if "(" in label else label
    match = _RANGE.search(inside)
    if match is None or "cannot" in inside:
        return float("nan"), float("nan")
    values, half, _ = numbers_of([match[2], match[3] or ""])
    ends = sorted(values[: 2 if match[3] else 1])  # "under 5.5, to 0.4" begins at its upper end
    first, last = round(float(ends[0]) - half, 9), round(float(ends[-1]) + half, 9)
    if match[3]:
        return first, last
    return (0.0, last) if match[1] in ("under", "to") else (first, float("inf"))


def ratios_of(shown: Shown, context: Context) -> Iterator[Ratio]:
    """Yield what the columns of a change between two periods say of the two counts."""
    if not context.before or not context.after:
        return
    share = len(context.after) / len(context.before)
    for name, part, base in (("ch_ratio", 1.0, 0.0), ("ch_pct", 0.01, 1.0), ("ch_diff", 0.0, 0.0)):
        if name not in shown.rows:
            continue
        values, half, _ = shown.numbers[name]
        if not np.isfinite(values).any():
            continue
        least, most = values - half, values + half
        if name == "ch_diff":  # of incidents a year
            factors = (least * 0 + share, least * 0 + share)
            ends = (least * len(context.after) / 12, most * len(context.after) / 12)
        else:
            factors = ((base + part * least) * share, (base + part * most) * share)
            ends = (least * 0, least * 0)
        room = _TINY * (1 + np.abs(most)) * len(context.after)
        yield Ratio(
            shown.file, shown.where, name, shown.theme, period_key(context.after), period_key(context.before),
            shown.rows.index, factors[0] - _TINY, factors[1] + _TINY, ends[0] - room, ends[1] + room,
        )  # fmt: skip
