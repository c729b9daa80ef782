"""A theme against others: its rate beside those of the comparators, and its districts among themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from hotspots.analysis.comparators import DISORDER, theme_comparator
from hotspots.analysis.profile import FORCE, TOTAL, Profile
from hotspots.analysis.recipe.tables import Recipe, Theme
from hotspots.base.rounded import least_and_most
from hotspots.counting.rates import rate
from hotspots.methods.compare import comparator_columns, compare_rate

COLUMNS = ["cmp_rate", "cmp_ratio", "cmp_lo", "cmp_hi", "cmp_flag"]


@dataclass(frozen=True, eq=False)
class Against:
    """A theme against others.

    Attributes
    ----------
    comparators : DataFrame
        On the comparators' names: the columns of `hotspots.compare_rate`, of all areas together; no row of one
        that does not know the theme.
    districts : DataFrame
        On the districts' names: the same columns and ``rate``, of each district against all others together;
        empty where there are fewer than two.
    periods : mapping of str to str
        The period of each comparator in words, where it is known.
    """

    comparators: pd.DataFrame
    districts: pd.DataFrame
    periods: Mapping[str, str] = field(default_factory=dict)


def theme_against(
    recipe: Recipe,
    theme: Theme,
    table: pd.DataFrame,
    profile: Profile | None,
    comparators: pd.DataFrame | None,
    *,
    months: float,
    rounded: int = 1,
) -> Against:
    """Return how the rate of a theme stands beside the comparators', and its districts' beside each other's.

    A theme that is one offence of the profile, or all crime, has the profile's own figures, so that a report says one
    thing. Of others the comparator's offences are added up. A theme by flag, by hours or of another source than
    the first has no comparator, since these are of recorded offences.

    Parameters
    ----------
    recipe : Recipe
        Which offences the theme and its source take.
    theme : Theme
        The theme.
    table : DataFrame
        Its first layer: counts, rates and people.
    profile : Profile, optional
        Each partnership by offence.
    comparators : DataFrame, optional
        From `hotspots.analysis.comparators.choose_comparators`.
    months : float
        Length of the period in months.
    rounded : int, default 1
        What the counts of `table` were rounded to; 1 where they are exact. Limits and flags hold for all counts that
        the rounded ones stand for.

    Returns
    -------
    Against
    """
    periods = {} if comparators is None else dict(comparators.attrs.get("periods", {}))
    offence = None if profile is None else offence_of(recipe, theme, profile)
    if profile is not None and offence is not None:
        return Against(
            _of_profile(profile, offence), _districts_of_profile(profile, offence), profile.periods or periods
        )
    rated = table[table["rate"].notna()] if "rate" in table else table[:0]
    low, high = least_and_most(rated["n"], rounded)
    rated = rated.assign(least=low, most=high)
    options: dict[str, Any] = {
        "months": months,
        "dispersion": float(table.attrs.get("dispersion") or 1.0),
        "margin": recipe.comparators.margin if recipe.comparators else 0,
    }
    kinds = theme.category or recipe.incidents[0].category or _kinds(profile)
    found = pd.DataFrame(columns=COLUMNS)
    if comparators is not None and kinds and len(rated) and _plain(recipe, theme):
        found = _summed(recipe, theme, rated, comparators, kinds, options)
    return Against(found, _districts(rated, options), periods)


def _plain(recipe: Recipe, theme: Theme) -> bool:
    """Return whether a theme takes recorded offences of the first source and nothing narrower."""
    return not theme.flag and not theme.hours and theme.incidents in (None, recipe.incidents[0].name)


def offence_of(recipe: Recipe, theme: Theme, profile: Profile) -> str | None:
    """Return the profile's row that counts what a theme counts; None where it has none."""
    if not _plain(recipe, theme):
        return None
    known = {name.casefold(): name for name in profile.offences}
    wanted = {name.casefold() for name in theme.category}
    left = {name.casefold() for name in (*theme.exclude, *recipe.incidents[0].exclude)}
    if len(wanted) == 1 and not wanted & left:
        return known.get(next(iter(wanted)))
    crimes = set(known) - {TOTAL.casefold(), DISORDER.casefold()}
    all_crime = not wanted and (DISORDER.casefold() not in known or DISORDER.casefold() in left)
    return TOTAL if all_crime and not crimes & left else None


def _kinds(profile: Profile | None) -> tuple[str, ...]:
    return () if profile is None else tuple(name for name in profile.offences if name != TOTAL)


def _of_profile(profile: Profile, offence: str) -> pd.DataFrame:
    """Return the comparisons of all districts together, or of the one there is."""
    whole = FORCE if len(profile.names) > 1 else profile.names[0]
    held = profile.against.reset_index()
    rows = held[(held["district"] == whole) & (held["offence"] == offence) & (held["comparator"] != FORCE)]
    found: pd.DataFrame = rows.set_index("comparator")[COLUMNS]
    return found[found["cmp_flag"].notna()]


def _districts_of_profile(profile: Profile, offence: str) -> pd.DataFrame:
    held = profile.against.reset_index()
    rows = held[(held["offence"] == offence) & (held["comparator"] == FORCE)].set_index("district")
    own: Any = profile.districts["rate"].xs(offence, level="offence")
    found: pd.DataFrame = rows[COLUMNS].assign(rate=own)
    return found[found["cmp_flag"].notna()]


def _summed(
    recipe: Recipe,
    theme: Theme,
    rated: pd.DataFrame,
    comparators: pd.DataFrame,
    kinds: Sequence[str],
    options: dict[str, Any],
) -> pd.DataFrame:
    """Return the comparisons of all areas with a rate together, a comparator's offences added up."""
    rows = {}
    asked = recipe.incidents[0]
    whole = rated[["n", "population", "least", "most"]].sum().to_frame().T
    taken = {theme.name: (theme.category or asked.category, (*theme.exclude, *asked.exclude))}
    for label in comparator_columns(comparators):
        known = theme_comparator(comparators, label, taken, months=options["months"], kinds=kinds)
        n, people = (float(known[column].iloc[0]) for column in ("n", "population"))
        if n > 0 and people > 0:
            rows[label] = _compared(whole, comparator=(n, people), **options)
    return pd.concat(rows).droplevel(1) if rows else pd.DataFrame(columns=COLUMNS)


def _districts(rated: pd.DataFrame, options: dict[str, Any]) -> pd.DataFrame:
    """Return each district beside all others together."""
    if "district" not in rated or not len(rated):
        return pd.DataFrame(columns=[*COLUMNS, "rate"])
    columns = ["n", "population", "least", "most"]
    sums = rated.groupby(rated["district"].astype(str))[columns].sum().drop("", errors="ignore")
    if len(sums) < 2:
        return pd.DataFrame(columns=[*COLUMNS, "rate"])
    return _compared(sums, comparator="rest", **options).assign(
        rate=rate(sums["n"], sums["population"], months=options["months"])
    )


def _compared(sums: pd.DataFrame, **options: Any) -> pd.DataFrame:
    """Return how sums of areas compare, whatever the rounded counts of the areas stand for."""
    return compare_rate(sums["n"], sums["population"], ends=(sums["least"], sums["most"]), **options)
