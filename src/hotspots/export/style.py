"""Classes, labels and colours of every mapped column: the one source for web map, QGIS and pictures.

Colours are ColorBrewer's RdBu (flags and hotspots: two directions around a neutral middle), YlGnBu (counts
and rates) and YlOrRd (density), all of which keep their order under the common colour-vision deficiencies.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.hidden import FEW, HIDDEN, gap_word, zero_word
from hotspots.areas.uncovered import coverage_label, not_covered
from hotspots.base.classes import AVERAGE, NEUTRAL, StyleClass, hotspot_classes
from hotspots.base.columns import COLUMNS, column_label
from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.base.surface import Surface

__all__ = ["NEUTRAL", "Style", "StyleClass", "layer_style", "style_for"]

NO_DATA = "#dcdcdc"
# Fifths, and the colour of the highest twentieth. Each is a CIEDE2000 of 10 from the next in full colour, to
# colour-blind readers and in grey, as are densities where they lie on the land.
QUANTITY_RAMP = ("#cbd080", "#6eb194", "#488d9b", "#2d6b92", "#004a7d")
HIGHEST = "#002449"
DENSITY_RAMP = ("#e4b935", "#bf8100", "#b7431a", "#9b0f0a", "#430003")
DENSITY_OPACITY = 0.8
# What is drawn for orientation over the colours, as on the web map.
WATER, ROAD, TOWN = "#2a6ea6", "#6b5a4c", "#4a4038"
MULTIPLES = (1.0, 2.0, 3.0, 4.0, 5.0)

# Below this share of zeros they are left in the lowest quantile; above it they get a class of their own.
_COMMON_ZERO = 0.1
# Beyond it one rounds to nothing that can be told apart, and far beyond it to infinity.
_LARGEST = 1e15
# A rounded limit may move at most this share of the areas away from an exact fifth.
_FAIR_SHARE = 0.13
ZERO = "0"
"""The label of the class of areas without any."""
# Of fewer values a twentieth is a handful at most.
_ENOUGH = 60


MISSING_CLASS = StyleClass("No data", NO_DATA)


@dataclass(frozen=True)
class Style:
    """How one column is drawn.

    Attributes
    ----------
    column : str
        The column's name.
    title : str
        The legend's heading, with the unit.
    classes : tuple of StyleClass
        From the highest to the lowest, as a legend lists them.
    missing : StyleClass
        For areas without a value; never one of `classes`.
    """

    column: str
    title: str
    classes: tuple[StyleClass, ...]
    missing: StyleClass = MISSING_CLASS

    def classify(self, values: pd.Series[Any] | npt.NDArray[Any]) -> npt.NDArray[np.int16]:
        """Return the position in `classes` of each value, and -1 for a missing one.

        Raises
        ------
        DataError
            When a value is in none of the classes.
        """
        series = pd.Series(values)
        missing = series.isna().to_numpy()
        found = np.full(len(series), -1, dtype=np.int16)
        if any(entry.value is not None for entry in self.classes):
            words = series.astype(object).where(~missing, "").astype(str).to_numpy()
            for position, entry in enumerate(self.classes):
                found[(words == entry.value) & ~missing] = position
        else:
            numbers = series.astype(float).to_numpy()
            for position, entry in enumerate(self.classes):
                lower = -math.inf if entry.lower is None else entry.lower
                upper = math.inf if entry.upper is None else entry.upper
                found[(numbers >= lower) & ((numbers < upper) | (upper == math.inf))] = position
        strays = series[(found < 0) & ~missing]
        if len(strays):
            raise DataError(
                f"column '{self.column}' holds '{strays.iloc[0]}', which is in none of its classes",
                hint="draw it with classes that cover its values: "
                + ", ".join(f"'{c.label}'" for c in self.classes),
            )
        return found


def style_for(
    column: str,
    values: pd.Series[Any] | npt.NDArray[Any] | None = None,
    *,
    thresholds: tuple[float, float] | None = None,
    multiples: Sequence[float] = MULTIPLES,
) -> Style:
    """Return the style of a column, with its limits in words.

    Parameters
    ----------
    column : str
        Columns of named classes, such as ``sd_flag`` and ``gi_class``, have those of `hotspots.base.columns`.
        ``density`` and ``multiple`` are classed by multiples of the mean over cells above zero, ``dens_share``
        by the shares that it holds. Any other column
        of numbers gets five classes of about equal size with rounded limits, and a class of its own for zero
        where a tenth or more of the values are zero.
    values : Series or array, optional
        The values to be drawn; needed for everything but columns with fixed classes. Missing ones are
        skipped.
    thresholds : (float, float), optional
        Mean and standard deviation behind ``sd_flag``, when they are the same for all areas; its labels then
        name the limits.
    multiples : sequence of float, default (1, 2, 3, 4, 5)
        Lower limits of the density classes, as multiples of the mean.

    Raises
    ------
    ParameterError
        When the values are needed but not given, or are not numbers.
    DataError
        When a number is beyond ±10¹⁵, from which on decimals cannot be told apart.

    Examples
    --------
    >>> [c.label for c in style_for("sd_flag", thresholds=(80.0, 20.0)).classes][:2]
    ['Significantly above (over 120.0)', 'Above (over 100.0, to 120.0)']
    >>> [c.label for c in style_for("n", np.arange(1, 101)).classes]
    ['81 to 100', '61 to 80', '41 to 60', '21 to 40', '1 to 20']
    """
    if column == "sd_flag":
        return Style(column, column_label(column), _flag_classes(thresholds))
    if column in COLUMNS and COLUMNS[column].classes:
        return Style(column, column_label(column), COLUMNS[column].classes)
    if values is None:
        raise ParameterError(
            f"the classes of '{column}' depend on its values, and none are given",
            hint=f"pass them, as in style_for('{column}', layer['{column}'])",
        )
    numbers = _numbers(column, pd.Series(values))
    if column == "density":
        return _density_style(numbers, multiples)
    if column == "multiple":
        return _multiple_style(numbers, {})
    if column == "dens_share":
        return _share_style(dict.fromkeys(np.unique(numbers).tolist()))
    known = COLUMNS.get(column)
    said_already = known is not None and known.unit == known.label.casefold()
    title = known.label if known is not None and said_already else column_label(column)
    return Style(column, title, _quantity_classes(column, numbers))


def _numbers(column: str, values: pd.Series[Any]) -> npt.NDArray[np.float64]:
    try:
        numbers = np.asarray(values.astype(float), dtype=np.float64)
    except (TypeError, ValueError):
        words = str(values.dropna().iloc[0])
        raise ParameterError(
            f"'{column}' cannot be coloured: it holds neither numbers nor named classes, but '{words[:40]}'",
            hint="choose a column of numbers or of classes, such as rate, n or sd_flag",
        ) from None
    numbers = numbers[np.isfinite(numbers)]
    vast = numbers[np.abs(numbers) > _LARGEST]
    if vast.size:
        raise DataError(
            f"'{column}' cannot be coloured: it holds {vast[0]:g}, which no count or rate is",
            hint="mend that value in the layer, or draw another column",
        )
    return numbers


def layer_style(layer: pd.DataFrame, column: str) -> Style:
    """Return the style of one column of a layer, taking its limits from the columns beside it.

    ``sd_flag`` reads ``sd_mean`` and ``sd_above``, and names limits when all areas share them; ``multiple`` and
    ``dens_share`` read ``dens_lo`` and ``dens_hi``. Of ``priority``, the classes that stand out of all areas are
    those that occur: force-wide or overall ones; of ``em_class``, all that occur. ``gi_class`` says what its q is worth
    where ``attrs["gistar"]``, or the step of that name in ``attrs["provenance"]``, holds the ``"inference"`` that was
    used. Where ``coverage`` says so, areas without a value are "Not covered".

    Raises
    ------
    ParameterError
        When the layer has no such column, or it holds neither numbers nor named classes.
    """
    if column not in layer.columns:
        raise ParameterError(
            f"the layer has no column '{column}'",
            hint=did_you_mean(column, [str(name) for name in layer.columns if name != "geometry"]),
        )
    style = replace(_style_of(layer, column), missing=_missing_of(layer, column))
    word = zero_word(column, int(layer.attrs.get(FEW, 0)))
    if not word:
        return style
    classes = [replace(one, label=word) if one.label == ZERO else one for one in style.classes]
    return replace(style, classes=tuple(classes))


def _missing_of(layer: pd.DataFrame, column: str) -> StyleClass:
    """Return the class of areas without a value, which says where these are hidden, or the files do not cover them."""
    word = gap_word(layer, column)
    label = word.replace(HIDDEN, f"hidden ({layer.attrs[HIDDEN]})", 1) if word else "no data"
    if "coverage" not in layer:
        return replace(MISSING_CLASS, label=label[:1].upper() + label[1:])
    out, missing = not_covered(layer), layer[column].isna().to_numpy()
    if (missing & out).any():
        told = coverage_label(layer[missing & out])
        label = f"{told}, or {label}" if (missing & ~out).any() else told
    return replace(MISSING_CLASS, label=label[:1].upper() + label[1:])


def _style_of(layer: pd.DataFrame, column: str) -> Style:
    if column == "sd_flag":
        return style_for(column, thresholds=_shared_thresholds(layer))
    if column == "gi_class":
        return Style(column, column_label(column), hotspot_classes(_inference(layer)))
    if column == "multiple" and {"dens_lo", "dens_hi"} <= set(layer.columns):
        limits = layer.groupby("multiple")[["dens_lo", "dens_hi"]].first()
        bands = {float(k): (float(lo), float(hi)) for k, lo, hi in limits.itertuples()}
        return _multiple_style(np.asarray(layer[column], dtype=np.float64), bands)
    if column == "dens_share" and {"dens_lo", "dens_hi"} <= set(layer.columns):
        limits = layer.groupby("dens_share")[["dens_lo", "dens_hi"]].first()
        return _share_style({float(share): (float(lo), float(hi)) for share, lo, hi in limits.itertuples()})
    style = style_for(column, layer[column])
    if column == "priority":
        return replace(style, classes=_said_priorities(style.classes, layer[column]))
    if column == "em_class":
        found = set(layer[column].dropna().astype(str))
        return replace(style, classes=tuple(c for c in style.classes if c.neutral or c.value in found))
    return style


def _said_priorities(classes: tuple[StyleClass, ...], values: pd.Series[Any]) -> tuple[StyleClass, ...]:
    """Return the classes of priorities without what stands out of all areas by another name than theirs.

    Areas of a whole force have force-wide priorities, those of a part of it overall ones; no area is either in a
    layer where none stands out of all.
    """
    found = set(values.dropna().astype(str).str.removeprefix("borderline "))
    others = {"force-wide", "overall"} - found
    return tuple(entry for entry in classes if str(entry.value).removeprefix("borderline ") not in others)


def surface_style(surface: Surface) -> Style:
    """Return the style of a density surface, by the way in which it is classed.

    By the share of the incidents on the densest ground (`Surface.share_limits`), the highest density named; or
    by multiples of its mean over cells above zero. What lies below the lowest limit is not drawn.

    Examples
    --------
    >>> surface = Surface(np.array([[1.0, 3.0], [np.nan, 8.0]]), 0, 200, 100, "EPSG:27700", "", {})
    >>> said = {"share_limits": [[0.1, 7], [0.25, 5], [0.5, 2.5], [0.75, 1.5]]}
    >>> [c.label for c in surface_style(replace(surface, parameters=said)).classes][:2]
    ['Densest ground, up to 10% of incidents (7.00 to 8.00, the highest)', 'Next, up to 25% (5.00 to 7.00)']
    """
    values = surface.values.ravel()  # noqa: PD011 - a surface's grid, not a frame's values
    limits = surface.share_limits()
    if surface.classes == "mean" or not limits:
        return style_for("density", values)
    rising = sorted(limits.items(), key=lambda pair: (pair[1], -pair[0]))
    highest = float(np.nanmax(values))
    bands = {
        share: (limit, rising[k + 1][1] if k + 1 < len(rising) else highest)
        for k, (share, limit) in enumerate(rising)
    }
    style = _share_style(bands, column="density")
    largest, lowest = rising[0]
    under = StyleClass(
        f"The other {1 - largest:.0%} (under {_short(lowest)})", NEUTRAL, 0.0, upper=lowest, neutral=True
    )
    return replace(style, classes=(*style.classes, under))


def _inference(layer: pd.DataFrame) -> str | None:
    steps = (layer.attrs.get("provenance") or {}).get("steps") or {}
    step = layer.attrs.get("gistar") or steps.get("gistar") or {}
    return step.get("inference")


def _shared_thresholds(layer: pd.DataFrame) -> tuple[float, float] | None:
    if not {"sd_mean", "sd_above"} <= set(layer.columns):
        return None
    limits = layer[["sd_mean", "sd_above"]].dropna().drop_duplicates()
    if len(limits) != 1:
        return None
    mean, above = (float(limit) for limit in limits.iloc[0])
    return mean, above - mean


def _flag_classes(thresholds: tuple[float, float] | None) -> tuple[StyleClass, ...]:
    return tuple(
        replace(entry, label=entry.label + _flag_limits(str(entry.value), thresholds)) for entry in AVERAGE
    )


def _flag_limits(value: str, thresholds: tuple[float, float] | None) -> str:
    if thresholds is None:
        return ""
    mean, deviation = thresholds
    lowest, low, high, highest = (f"{mean + k * deviation:,.1f}" for k in (-2, -1, 1, 2))
    never = " (cannot occur: limit under 0)"
    return {
        "significantly above": f" (over {highest})",
        "above": f" (over {high}, to {highest})",
        "average": f" ({low} to {high})" if mean >= deviation else f" (up to {high})",
        "below": (f" (under {low}, to {lowest})" if mean >= 2 * deviation else f" (under {low})")
        if mean > deviation
        else never,
        "significantly below": f" (under {lowest})" if mean > 2 * deviation else never,
    }[value]


def _density_style(numbers: npt.NDArray[np.float64], multiples: Sequence[float]) -> Style:
    above_zero = numbers[numbers > 0]
    title = column_label("density")
    if not len(above_zero):
        return Style("density", title, (StyleClass("0", NEUTRAL, 0.0, neutral=True),))
    mean = float(above_zero.mean())
    limits = sorted(float(multiple) for multiple in multiples)
    classes = [
        StyleClass(
            f"Under {_times(limits[0])} (under {_short(limits[0] * mean)})",
            NEUTRAL,
            0.0,
            upper=limits[0] * mean,
            neutral=True,
        )
    ]
    for position, limit in enumerate(limits):
        following = limits[position + 1] if position + 1 < len(limits) else None
        upper = None if following is None else following * mean
        label = _band_label(limit, following, (limit * mean, upper))
        classes.append(
            StyleClass(
                label,
                _ramp(DENSITY_RAMP, position, len(limits)),
                DENSITY_OPACITY,
                lower=limit * mean,
                upper=upper,
            )
        )
    return Style("density", title, tuple(reversed(classes)))


def _multiple_style(numbers: npt.NDArray[np.float64], bands: Mapping[float, tuple[float, float]]) -> Style:
    limits = [float(limit) for limit in np.unique(numbers[np.isfinite(numbers)])]
    classes = []
    for position, limit in enumerate(limits):
        following = limits[position + 1] if position + 1 < len(limits) else None
        low, high = bands.get(limit, (None, None))
        label = _band_label(limit, following, (low, high if following is not None else None))
        classes.append(
            StyleClass(
                label,
                _ramp(DENSITY_RAMP, position, len(limits)),
                DENSITY_OPACITY,
                lower=limit,
                upper=following,
            )
        )
    title = "Density as a multiple of the mean"
    if bands:
        title += f" ({COLUMNS['density'].unit})"
    return Style("multiple", title, tuple(reversed(classes)))


def _share_style(
    bands: Mapping[float, tuple[float, float] | None], column: Literal["density", "dens_share"] = "dens_share"
) -> Style:
    """Return the classes of shares with their limits in words: by density on a surface, by share on contours."""
    shares = sorted(bands)
    classes = []
    for position, share in enumerate(shares):
        words = (
            f"Densest ground, up to {share:.0%} of incidents" if position == 0 else f"Next, up to {share:.0%}"
        )
        lower = None if position == 0 else (shares[position - 1] + share) / 2
        upper = None if position + 1 == len(shares) else (share + shares[position + 1]) / 2
        band = bands[share]
        if band is not None:
            low, high = band
            if math.isnan(high):
                words += f" ({_short(low)} or more)"
            elif high <= low:
                words += " (none: one place holds more)"
            else:
                highest = ", the highest" if position == 0 else ""
                words += f" ({_short(low)} to {_short(high)}{highest})"
            if column == "density":
                lower, upper = low, None if position == 0 else high
        colour = _ramp(DENSITY_RAMP, len(shares) - 1 - position, len(shares))
        classes.append(StyleClass(words, colour, DENSITY_OPACITY, lower=lower, upper=upper))
    title = column_label("density")
    return Style(column, title, tuple(classes))


def _band_label(limit: float, following: float | None, values: tuple[float | None, float | None]) -> str:
    words = f"{_times(limit)} or more" if following is None else f"{limit:g} to {_times(following)}"
    low, high = values
    if low is None:
        return words
    return words + (f" ({_short(low)} or more)" if high is None else f" ({_short(low)} to {_short(high)})")


def _times(multiple: float) -> str:
    return "the mean" if multiple == 1 else f"{multiple:g} × the mean"


def _short(number: float) -> str:
    """Return a number with three significant digits, at most three decimals and no exponent."""
    if number == 0:
        return "0"
    decimals = min(3, max(0, 2 - math.floor(math.log10(abs(number)))))
    return f"{number:,.{decimals}f}"


def _ramp(ramp: Sequence[str], position: int, count: int) -> str:
    """Return the colour of one of `count` classes, spread over the ramp with its dark end on the last."""
    if count > len(ramp):
        return ramp[round(position * (len(ramp) - 1) / (count - 1))]
    return ramp[-1] if count == 1 else ramp[len(ramp) - count + position]


def _quantity_classes(column: str, numbers: npt.NDArray[np.float64]) -> tuple[StyleClass, ...]:
    if not len(numbers):
        return ()
    known = COLUMNS.get(column)
    whole = bool(np.all(numbers == np.round(numbers)))
    decimals = known.decimals if known else 0 if whole else 2
    step = 10.0**-decimals
    shown = np.round(numbers, decimals)
    zero_apart = bool(np.min(shown) == 0 and np.mean(shown == 0) >= _COMMON_ZERO)
    rest = shown[shown > 0] if zero_apart else shown
    classes = [StyleClass(ZERO, NEUTRAL, upper=step / 2, neutral=True)] if zero_apart else []
    if len(rest):
        limits = _readable_quintiles(rest, step)
        top = _highest_twentieth(rest, limits, step)
        colours = [_ramp(QUANTITY_RAMP, place, len(limits) + 1) for place in range(len(limits) + 1)]
        edges = [float(rest.min()) - step, *limits, *top, float(rest.max())]
        colours += [HIGHEST] * len(top)
        for position, (low, high) in enumerate(itertools.pairwise(edges)):
            first = position == 0 and not zero_apart
            last = position == len(edges) - 2
            start, end = f"{low + step:,.{decimals}f}", f"{high:,.{decimals}f}"
            lower = step / 2 if position == 0 else low + step / 2
            classes.append(
                StyleClass(
                    start if start == end else f"{start} to {end}",
                    colours[position],
                    lower=None if first else lower,
                    upper=None if last else high + step / 2,
                )
            )
    return tuple(reversed(classes))


def _readable_quintiles(shown: npt.NDArray[np.float64], step: float) -> list[float]:
    """Return up to four limits: the roundest that still split the values into nearly equal fifths."""
    exact = np.quantile(shown, [0.2, 0.4, 0.6, 0.8], method="inverted_cdf")
    largest = float(np.max(np.abs(shown)))
    power = math.floor(math.log10(largest)) if largest > 0 else 0
    lowest = round(math.log10(step))
    for exponent in range(power, lowest - 1, -1):
        for factor in (5, 2, 1):
            rounded = np.unique(
                np.round(np.round(exact / (factor * 10.0**exponent)) * factor * 10.0**exponent, 10)
            )
            rounded = rounded[(rounded >= shown.min()) & (rounded < shown.max())]
            if len(rounded) == 4 and _shares(shown, rounded).min() >= _FAIR_SHARE:
                return [float(limit) for limit in rounded]
    return [float(limit) for limit in np.unique(exact) if limit < shown.max()]


def _highest_twentieth(shown: npt.NDArray[np.float64], limits: Sequence[float], step: float) -> list[float]:
    """Return the roundest limit above which about a twentieth of the values lies, 3% to 7%.

    The highest fifth of skewed numbers such as rates is otherwise one colour from the unremarkable to the extreme.
    There is none of under sixty values, or where the highest is under twice the limit of that fifth.
    """
    if len(shown) < _ENOUGH or len(limits) < 4 or shown.max() < 2 * limits[-1]:
        return []
    exact = float(np.quantile(shown, 0.95, method="inverted_cdf"))
    for exponent in range(math.floor(math.log10(max(exact, step))), round(math.log10(step)) - 1, -1):
        for factor in (5, 2, 1):
            width = factor * 10.0**exponent
            limit = round(round(exact / width) * width, 10)
            if limits[-1] < limit < shown.max() and 0.03 <= float(np.mean(shown > limit)) <= 0.07:
                return [limit]
    return []


def _shares(shown: npt.NDArray[np.float64], limits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    counts = np.bincount(np.searchsorted(limits, shown, side="left"), minlength=len(limits) + 1)
    return np.asarray(counts / len(shown), dtype=float)
