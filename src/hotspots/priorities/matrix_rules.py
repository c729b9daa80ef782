"""Priorities by partnership: which themes are a priority for which partnership, by stated rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, ParameterError
from hotspots.base.poisson import ratio_limits
from hotspots.base.text import counted

TICK, BRACKETED = "✓", "(✓)"

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class TickRules:
    """When a theme is a priority of a partnership.

    Attributes
    ----------
    rule : {'limits', 'counted'}, default 'limits'
        "limits": each partnership against the rest of them, by limits that allow for chance and favour none for
        its size. "counted": as version 0.1.0 had it, against all together with itself among them, and by a
        number of areas, which large partnerships reach by their size.
    tick_ratio : float, default 1.1
        Ticked: the partnership's rate is at least this many times that of the rest, and clearly over it (the
        limits of the ratio, at `level`, leave out 1).
    level : float, default 0.95
        Of the limits; and 1 less this is how likely chance may put as many of the areas that stand out into the
        partnership for a tick in brackets.
    prevalent : float, default 0.5
        A theme is most prevalent when it is ticked, without brackets, in more than this share of the
        partnerships.
    tick_areas, bracket_areas : int, default 2 and 1
        By the rule "counted": how many significantly high areas make a tick, and one in brackets.
    bracket_ratio : float, default 1
        By the rule "counted": over how many times the rate of all there is a tick in brackets.

    Raises
    ------
    ParameterError
        When the rule in brackets is the stricter, or a value is out of range.
    """

    rule: Literal["limits", "counted"] = "limits"
    tick_ratio: float = 1.1
    level: float = 0.95
    prevalent: float = 0.5
    tick_areas: int = 2
    bracket_ratio: float = 1.0
    bracket_areas: int = 1

    def __post_init__(self) -> None:
        if self.rule not in ("limits", "counted"):
            raise ParameterError(f"'rule' is '{self.rule}'", hint="use 'limits' or 'counted'")
        if not (0 < self.bracket_ratio <= self.tick_ratio and 1 <= self.bracket_areas <= self.tick_areas):
            raise ParameterError(
                "a tick in brackets asks for more than a tick",
                hint="keep 'bracket_ratio' at most 'tick_ratio', and 'bracket_areas' at most 'tick_areas'",
            )
        for name in ("prevalent", "level"):
            value = getattr(self, name)
            if not 0 <= value < 1:
                raise ParameterError(
                    f"'{name}' is {value:g}, but a share lies between 0 and 1",
                    hint=f"set '{name}' to a share such as {TickRules.__dataclass_fields__[name].default:g}",
                )

    def sentences(self, *, noun: str = "area", against: str = "the rest together") -> tuple[str, ...]:
        """Return the rules in words, for the foot of the table."""
        prevalent = (
            f"Most prevalent: ticked without brackets in more than {self.prevalent:.0%} of the partnerships."
        )
        if self.rule == "counted":
            ticked, bracketed = _areas(self.tick_areas, noun), _areas(self.bracket_areas, noun)
            return (
                f"{TICK}: the rate is at least {_times(self.tick_ratio)} of all partnerships together, and clearly "
                f"over it (95% limits), or at least {ticked} significantly above the {noun} average.",
                f"{BRACKETED}: not that, but the rate is over {_times(self.bracket_ratio)} of all together, or at "
                f"least {bracketed} significantly above.",
                prevalent,
            )
        return (
            f"{TICK}: the rate is at least {_times(self.tick_ratio)} of {against}, and clearly over it "
            f"({self.level:.0%} limits, with the dispersion of the counts).",
            f"{BRACKETED}: not that, but clearly over it all the same, or more of its {noun}s are significantly above "
            f"the {noun} average than chance would put there in {1 - self.level:.0%} of cases.",
            prevalent,
        )


def _areas(number: int, noun: str) -> str:
    return f"{counted(number, noun)} {'is' if number == 1 else 'are'}"


def _times(ratio: float) -> str:
    return "that" if ratio == 1 else f"{ratio:g} times that"


@dataclass(frozen=True, eq=False)
class Ticked:
    """Priorities by partnership, and how many ticks chance alone would give.

    Attributes
    ----------
    matrix : DataFrame of str, themes by partnerships
        ``TICK``, ``BRACKETED`` or empty, with two more columns at the end: ``ticks``, the number of ticks
        without brackets, and ``prevalence``, "most prevalent" or "less prevalent". Themes stand by number of
        ticks, then of ticks in brackets, then by name; partnerships in the order given.
    by_chance, in_brackets_by_chance : float
        How many ticks, and ticks in brackets, are expected where no partnership differs from the others and the
        areas that stand out lie anywhere; NaN by the rule "counted".
    """

    matrix: pd.DataFrame
    by_chance: float
    in_brackets_by_chance: float

    def sentence(self) -> str:
        """Return how far the ticks can be chance, in words; empty by the rule "counted"."""
        if np.isnan(self.by_chance):
            return ""
        marks = self.matrix.drop(columns=["ticks", "prevalence"]).to_numpy()
        ticks, brackets = int((marks == TICK).sum()), int((marks == BRACKETED).sum())
        return (
            f"Of {marks.size:,} boxes, {ticks:,} are ticked, where {self.by_chance:.1f} would be by chance if no "
            f"partnership differed from the others; {brackets:,} in brackets, where {self.in_brackets_by_chance:.1f} "
            "would be."
        )


def priority_matrix(
    counts: pd.DataFrame,
    population: pd.Series[Any],
    flagged: pd.DataFrame,
    *,
    rules: TickRules | None = None,
    members: pd.Series[Any] | None = None,
    dispersion: Mapping[str, float] | None = None,
    comparator: pd.DataFrame | None = None,
) -> Ticked:
    """Tick the themes that are a priority of each partnership, the most prevalent first.

    By the rule "limits" a partnership's rate is compared with that of the others together, which it is no part
    of, by the exact limits of the ratio of two rates with the theme's dispersion. Areas that stand out count
    where there are more of them in the partnership than chance would put there: of all areas that stand out, a
    hypergeometric number, which asks as much of a partnership of 40 wards as of one of 10.

    Parameters
    ----------
    counts : DataFrame of numbers, partnerships by themes
        Incidents of each theme in each partnership over the whole period.
    population : Series of float
        People of each partnership, over 0, on the same index.
    flagged : DataFrame of int, partnerships by themes
        How many of the partnership's areas are significantly above the mean of all areas.
    rules : TickRules, optional
        By default `TickRules()`.
    members : Series of int, optional
        How many areas each partnership has; without it, areas that stand out make no tick in brackets.
    dispersion : mapping of str to float, optional
        Variance of each theme's counts over their mean; 1 where not named. See `hotspots.dispersion`.
    comparator : DataFrame, optional
        Instead of the rest: for each theme the columns ``n``, incidents over as long a period, and
        ``population``, people. A theme whose ``n`` is missing is compared with the rest all the same.

    Returns
    -------
    Ticked

    Raises
    ------
    DataError
        When the tables are not of the same partnerships and themes, or a population is unknown or 0.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934) The use of confidence or fiducial limits illustrated in the case
    of the binomial. Biometrika 26(4), 404-413. https://doi.org/10.1093/biomet/26.4.404

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({"ASB": [300, 100], "Burglary": [50, 55]}, index=["Town", "Vale"])
    >>> flags = pd.DataFrame({"ASB": [3, 0], "Burglary": [0, 1]}, index=["Town", "Vale"])
    >>> made = priority_matrix(counts, pd.Series({"Town": 10_000, "Vale": 10_000}), flags)
    >>> made.matrix.loc["ASB", ["Town", "Vale"]].tolist(), made.matrix.loc["Burglary", ["Town", "Vale"]].tolist()
    (['✓', ''], ['', ''])
    >>> round(made.by_chance, 2)
    0.1
    """
    rules = rules or TickRules()
    people = _checked(counts, population, flagged)
    n, areas = counts.to_numpy(dtype=float), flagged.to_numpy(dtype=float)
    if rules.rule == "counted":
        tick, bracketed = _counted(n, people, areas, rules)
        by_chance = in_brackets = np.nan
    else:
        others, theirs = _others(counts, n, people, comparator)
        phi = np.array([(dispersion or {}).get(str(theme), 1.0) for theme in counts.columns])
        over, clear = _over(n, people, others, theirs, phi, rules)
        held = None if members is None else members.reindex(counts.index).to_numpy(dtype=float)
        many, chance = _concentrated(areas, held, 1 - rules.level)
        tick = over & clear
        bracketed = ~tick & (clear | many)
        ticked, cleared = _chances(n, people, others, theirs, phi, rules)
        by_chance = float(ticked.sum())
        # A box is in brackets where it is clearly over but not far, or where its areas are many, and not ticked.
        in_brackets = float(((1 - ticked) * (1 - (1 - (cleared - ticked)) * (1 - chance))).sum())
    marks = np.select([tick, bracketed], [TICK, BRACKETED], default="")
    made = pd.DataFrame(marks.T, index=counts.columns, columns=counts.index)
    made.index.name = "theme"
    made["ticks"] = tick.sum(axis=0)
    made["prevalence"] = np.where(tick.mean(axis=0) > rules.prevalent, "most prevalent", "less prevalent")
    order = np.lexsort((counts.columns.astype(str), -bracketed.sum(axis=0), -tick.sum(axis=0)))
    return Ticked(made.iloc[order], by_chance, in_brackets)


def _checked(counts: pd.DataFrame, population: pd.Series[Any], flagged: pd.DataFrame) -> Floats:
    """Return the people of each partnership as a column, or say what does not fit."""
    if not (counts.index.equals(flagged.index) and counts.columns.equals(flagged.columns)):
        raise DataError(
            "counts and flags are not of the same partnerships and themes",
            hint="make both from the same areas",
        )
    people = population.reindex(counts.index)
    if not (people > 0).all():
        raise DataError(
            f"the population of '{people.index[~(people > 0)][0]}' is unknown or 0",
            hint="name a 'population_table' for the areas, complete for every partnership",
        )
    return people.to_numpy(dtype=float)[:, None]


def _counted(n: Floats, people: Floats, areas: Floats, rules: TickRules) -> tuple[Bools, Bools]:
    """Return ticks, and ticks in brackets, by the rule of version 0.1.0."""
    ratio, lower, _ = ratio_limits(n, people, n.sum(axis=0)[None, :], float(people.sum()))
    tick: Bools = ((ratio >= rules.tick_ratio) & (lower > 1)) | (areas >= rules.tick_areas)
    return tick, ~tick & ((ratio > rules.bracket_ratio) | (areas >= rules.bracket_areas))


def _others(
    counts: pd.DataFrame, n: Floats, people: Floats, comparator: pd.DataFrame | None
) -> tuple[Floats, Floats]:
    """Return the incidents and the people that each box is compared with."""
    rest, theirs = n.sum(axis=0) - n, np.broadcast_to(people.sum() - people, n.shape)
    if comparator is None:
        return rest, theirs
    lacking = [theme for theme in counts.columns if theme not in comparator.index]
    if lacking:
        raise DataError(
            f"the comparator lacks the theme '{lacking[0]}'",
            hint="give it a row for every theme of the table",
        )
    of_theme = comparator.loc[list(counts.columns)].astype(float)
    known = of_theme["n"].notna().to_numpy()
    return (
        np.where(known, of_theme["n"].to_numpy(), rest),
        np.where(known, of_theme["population"].to_numpy(), theirs),
    )


def _over(
    n: Floats, people: Floats, others: Floats, theirs: Floats, phi: Floats, rules: TickRules
) -> tuple[Bools, Bools]:
    """Return whether each rate is as many times the others' as makes a tick, and whether it is clearly over."""
    over, clear = np.zeros(n.shape, dtype=bool), np.zeros(n.shape, dtype=bool)
    for theme, dispersion in enumerate(phi):
        ratio, lower, _ = ratio_limits(
            n[:, theme], people[:, 0], others[:, theme], theirs[:, theme],
            level=rules.level, dispersion=float(dispersion),
        )  # fmt: skip
        over[:, theme], clear[:, theme] = ratio >= rules.tick_ratio, lower > 1
    return over, clear


def _concentrated(areas: Floats, members: Floats | None, level: float) -> tuple[Bools, Floats]:
    """Return where more of the areas that stand out lie than chance puts there, and how likely chance does."""
    from scipy import stats

    many, chance = np.zeros(areas.shape, dtype=bool), np.zeros(areas.shape)
    if members is None:
        return many, chance
    total = int(members.sum())
    for theme in range(areas.shape[1]):
        standing_out = int(areas[:, theme].sum())
        for place, held in enumerate(members):
            numbers = np.arange(int(min(held, standing_out)) + 1)
            tail = stats.hypergeom.sf(numbers - 1, total, standing_out, int(held))
            rare = tail <= level
            many[place, theme] = bool(rare[int(areas[place, theme])])
            chance[place, theme] = float(tail[rare].max(initial=0.0))
    return many, chance


def _chances(
    n: Floats, people: Floats, others: Floats, theirs: Floats, phi: Floats, rules: TickRules
) -> tuple[Floats, Floats]:
    """Return how likely each box is ticked, and clearly over, where its rate is that of the others.

    Given the sum of the two counts, the partnership's is binomial with its share of the people, its variance
    times the dispersion; by the normal approximation, the smallest count that is ticked is reached so often.
    """
    from scipy import special

    together = n + others
    share = people / (people + theirs)
    spread = np.sqrt(np.maximum(phi * together * share * (1 - share), 1e-12))
    clearly = np.full(n.shape, float(-special.ndtri((1 - rules.level) / 2)))
    # The count at which the ratio of the rates is just the one of a tick.
    least = together * rules.tick_ratio * share / (1 - share + rules.tick_ratio * share)
    far = np.maximum(clearly, (least - together * share) / spread)
    some = together > 0
    return np.where(some, special.ndtr(-far), 0.0), np.where(some, special.ndtr(-clearly), 0.0)
