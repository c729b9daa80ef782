"""The profile of each partnership: its offences, how they compare with the force and others, and how they changed."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.comparators import DISORDER, check_comparators
from hotspots.areas.gate import as_areas, with_all_columns
from hotspots.base.errors import DataError
from hotspots.base.poisson import FEW, dispersion_of
from hotspots.base.rounded import least_and_most
from hotspots.counting.rates import rate, rate_limits
from hotspots.methods.change import change
from hotspots.methods.compare import COMPARISONS, comparator_values, compare_rate

TOTAL = "Total Recorded Crime"
"""The row of everything but anti-social behaviour, which is not recorded as crime."""

FORCE = "Force"
"""What all districts together are called."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Profile:
    """Each partnership by offence, beside the others.

    Attributes
    ----------
    districts : DataFrame
        On (``district``, ``offence``): ``n``, ``rate``, ``rate_lo``, ``rate_hi`` per 1,000 people a year,
        ``share`` of the district's crime (none of anti-social behaviour), and, where the analysis compares two
        periods, the columns of `hotspots.change`.
    force : DataFrame
        On ``offence``: the same columns of all districts together.
    against : DataFrame
        On (``district``, ``offence``, ``comparator``): the columns ``cmp_*`` of `hotspots.compare_rate` and
        ``cmp_diff``, the rate less the comparator's. The comparator `FORCE` has the rate of the whole force, but
        its ratio, limits and flag are those against the rest of it. The district `FORCE` is the force itself.
    people : Series of float
        Residents by district.
    periods : dict of str to str
        The period of each comparator in words; empty where it is not known.
    months : float
        Length of the period in months.
    dispersion : Series of float
        By offence: by how much counts vary beyond chance, which limits allow for.
    street : frozenset of str
        The comparators that were counted from street files, as the districts were.
    beside : tuple of str
        Those of the offences that are none, but what other sources count.
    """

    districts: pd.DataFrame
    force: pd.DataFrame
    against: pd.DataFrame
    people: pd.Series[Any]
    periods: Mapping[str, str]
    months: float
    dispersion: pd.Series[float]
    street: frozenset[str] = frozenset()
    beside: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The districts, in alphabetical order."""
        return tuple(dict.fromkeys(self.districts.index.get_level_values("district")))

    @property
    def offences(self) -> tuple[str, ...]:
        """`TOTAL`, the offences by name, anti-social behaviour, and what other sources count."""
        return tuple(str(kind) for kind in self.force.index)

    @property
    def comparators(self) -> tuple[str, ...]:
        """What districts are compared with, the force first where there are several districts."""
        return tuple(dict.fromkeys(self.against.index.get_level_values("comparator")))

    def wide(self) -> pd.DataFrame:
        """Return the whole profile as one table: a row for each district and offence, the force at the end."""
        whole = self.force.set_axis(
            pd.MultiIndex.from_product([[FORCE], self.force.index], names=["district", "offence"])
        )
        several = len(self.names) > 1
        table = pd.concat([self.districts, whole]) if several else self.districts
        for label in self.comparators:
            one = self.against.xs(label, level="comparator").reindex(table.index)
            for column, what in (("cmp_rate", "rate"), ("cmp_diff", "difference"), ("cmp_flag", "against")):
                values = one[column]
                table[f"{label}: {what}"] = values.astype(object) if column == "cmp_flag" else values
        return table

    def counts(self) -> pd.DataFrame:
        """Return the incidents by district and offence, the force last."""
        return self._crossed("n")

    def rates(self) -> pd.DataFrame:
        """Return the rates per 1,000 people a year by district and offence, the force last."""
        return self._crossed("rate")

    def _crossed(self, column: str) -> pd.DataFrame:
        held = self.districts[column]
        table = pd.DataFrame({kind: held.xs(kind, level="offence") for kind in self.offences})
        if len(self.names) > 1:
            table.loc[FORCE] = self.force[column]
        return table


def make_profile(
    counts: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    months: float,
    comparators: pd.DataFrame | None = None,
    periods: pd.DataFrame | None = None,
    before: pd.DataFrame | None = None,
    after: pd.DataFrame | None = None,
    months_before: float = 12,
    months_after: float = 12,
    margin: float = 0,
    beside: Sequence[str] = (),
) -> Profile:
    """Return the profile of each district of the areas, from incidents counted by area and offence.

    A district's figures are those of the incidents in its areas. Rates are of its areas whose population is known.

    Parameters
    ----------
    counts : DataFrame of numbers, areas by offences
        Incidents of the reporting period, on the index of `areas`.
    areas : GeoDataFrame
        The areas table; those without a district are in the force, but in no partnership.
    months : float
        Length of that period.
    comparators : DataFrame, optional
        From `hotspots.analysis.comparators.choose_comparators`.
    periods : DataFrame, optional
        The same counts by (offence, period), in periods as long as can be, to tell their dispersion from.
    before, after : DataFrame, optional
        Counts of two periods to compare, in the form of `counts`.
    months_before, months_after : float
        Their lengths.
    margin : float, default 0
        See `hotspots.compare_rate`.
    beside : sequence of str
        Columns of `counts` that are no offences, such as fires: they stand below the offences in this order, in no
        total and with no share of crime, and comparators say nothing of them.

    Returns
    -------
    Profile

    Raises
    ------
    DataError
        When no area has a district or no incident an offence, or comparators share no offence with the data or
        are in other units.
    """
    areas = with_all_columns(as_areas(areas))
    district = areas["district"].astype(str).str.strip()
    if not (district != "").any():
        raise DataError(
            "no area has a district, and partnerships are told by them",
            hint="name their column with 'district'",
        )
    if not counts.drop(columns=list(beside), errors="ignore").to_numpy().any():
        raise DataError(
            "no incident with a category lies in an area", hint="name its column with 'category_column'"
        )
    if (district == "").any():
        log.info("%d areas without a district are in no partnership", int((district == "").sum()))
    counts = with_total(counts, beside=beside)
    phi = _dispersions(periods, before, after, counts.columns, beside)
    n, people = _by_district(counts, district), _by_district(areas["population"], district)
    # Incidents and people of the areas that have a population: what rates are made of.
    rated = _by_district(counts.where(areas["population"].notna(), 0), district)
    changed: dict[str, Any] = {}
    if before is not None and after is not None:
        was, now = (_by_district(with_total(held, beside=beside), district) for held in (before, after))
        changed = {"was": was, "now": now, "months_before": months_before, "months_after": months_after}
    return profile_of(
        n, rated, people, phi, months=months, comparators=comparators, margin=margin, beside=beside, **changed
    )


def profile_of(
    n: pd.DataFrame,
    rated: pd.DataFrame,
    people: pd.Series[Any],
    dispersion: pd.Series[float],
    *,
    months: float,
    comparators: pd.DataFrame | None = None,
    margin: float = 0,
    beside: Sequence[str] = (),
    was: pd.DataFrame | None = None,
    now: pd.DataFrame | None = None,
    months_before: float = 12,
    months_after: float = 12,
    rounded: int = 1,
) -> Profile:
    """Return the profile of districts of which the incidents are counted already.

    Parameters
    ----------
    n : DataFrame
        Incidents, districts by offences, with `FORCE` the last row and `TOTAL` the first column.
    rated : DataFrame
        Those of the areas whose population is known, of the same shape.
    people : Series of float
        Residents by district, and of the force.
    dispersion : Series of float
        By offence.
    months, comparators, margin, beside, months_before, months_after
        See `make_profile`.
    was, now : DataFrame, optional
        Incidents of two periods to compare, in the form of `n`.
    rounded : int, default 1
        What all these counts were rounded to, each on its own; 1 where they are exact. Limits of comparisons and of
        change, and their flags, then hold for all counts that the rounded ones stand for.
    """
    values: dict[str, list[Any]] = {}
    if comparators is not None:
        values = comparator_values(comparators, n.columns, months=months)
    phi = dispersion
    figures = {
        name: _figures(n.loc[name], rated.loc[name], people[name], months, phi, beside) for name in n.index
    }
    if values:
        _check(values, figures[FORCE], months, beside)
    against = _against(rated, people, figures[FORCE]["rate"], values, months, phi, margin, rounded)
    if was is not None and now is not None:
        lengths = {"months_before": months_before, "months_after": months_after}
        changes = _changes(was, now, phi, rounded=rounded, **lengths)
        figures = {name: frame.join(changes[name]) for name, frame in figures.items()}
    whole = figures.pop(FORCE)
    return Profile(
        pd.concat(figures, names=["district", "offence"]),
        whole.rename_axis("offence"),
        _stacked(against, {**figures, FORCE: whole}),
        people.drop(FORCE),
        {} if comparators is None else dict(comparators.attrs.get("periods", {})),
        months,
        phi,
        frozenset() if comparators is None else frozenset(comparators.attrs.get("street", [])),
        tuple(beside),
    )


def _against(
    rated: pd.DataFrame,
    people: pd.Series[Any],
    whole: pd.Series[Any],
    values: dict[str, list[Any]],
    months: float,
    phi: pd.Series[float],
    margin: float,
    rounded: int,
) -> dict[tuple[Any, str], pd.DataFrame]:
    """Return each district against the rest of the force, where there are several, and all against each comparator."""
    several = len(rated.index) > 2  # the force, and more than one district
    against = {}
    for name in rated.index if several else rated.index.drop(FORCE):
        if several and name != FORCE and people[FORCE] > people[name] > 0:
            others = rated.loc[FORCE] - rated.loc[name]
            pairs = [(float(other), float(people[FORCE] - people[name])) for other in others]
            # The rest is the force less the district, of which each may be off by up to half of what it was rounded to.
            found = _compared(
                rated.loc[name], people[name], pairs, months, phi, margin, rounded, off_by=rounded - 1
            )
            against[name, FORCE] = found.assign(cmp_rate=whole)
        for label, chosen in values.items():
            against[name, label] = _compared(
                rated.loc[name], people[name], chosen, months, phi, margin, rounded
            )
    return against


def with_total(counts: pd.DataFrame, *, beside: Sequence[str] = ()) -> pd.DataFrame:
    """Return counts by offence with `TOTAL` before the offences by name, and anti-social behaviour after them.

    What stands `beside` the offences comes last, in its order, and is in no total.

    Examples
    --------
    >>> with_total(pd.DataFrame({"Anti-social behaviour": [5], "Robbery": [1], "Drugs": [2]})).iloc[0].to_dict()
    {'Total Recorded Crime': 3, 'Drugs': 2, 'Robbery': 1, 'Anti-social behaviour': 5}
    """
    names = [str(name) for name in counts.columns]
    plain = counts.set_axis(pd.Index(names), axis=1)
    disorder = [name for name in names if name.casefold() == DISORDER.casefold()]
    others = [name for name in beside if name in names]
    crimes = sorted(set(names) - set(disorder) - set(others))
    total = plain[crimes].sum(axis=1).rename(TOTAL)
    return pd.concat([total, plain[crimes], plain[disorder], plain[others]], axis=1)


def _no_crime(names: pd.Index[Any], beside: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return which names are in no total of crime."""
    found: npt.NDArray[np.bool_] = (names.str.casefold() == DISORDER.casefold()) | names.isin(list(beside))
    return found


def _by_district(values: Any, district: pd.Series[Any]) -> Any:
    """Return sums by district in alphabetical order, and over all areas as `FORCE`."""
    named = values[district != ""].groupby(district[district != ""]).sum()
    named.loc[FORCE] = values.sum()
    return named


def _dispersions(
    periods: pd.DataFrame | None,
    before: pd.DataFrame | None,
    after: pd.DataFrame | None,
    offences: pd.Index[Any],
    beside: Sequence[str],
) -> pd.Series[float]:
    """Return the dispersion of each offence over the areas: between the two periods, else within the one."""
    found = dict.fromkeys(offences, 1.0)
    for kind in offences:
        told = np.nan
        if before is not None and after is not None:
            parts = [with_total(part, beside=beside) for part in (before, after)]
            held = [part.get(kind, pd.Series(0, index=part.index)) for part in parts]
            told = dispersion_of(np.column_stack(held))
        elif periods is not None:
            names = periods.columns.get_level_values(0).astype(str)
            own = periods.loc[:, ~_no_crime(names, beside) if kind == TOTAL else names == kind]
            told = dispersion_of(own.T.groupby(level=1, sort=False).sum().T.to_numpy())
        if not np.isnan(told):
            found[str(kind)] = told
    phi = pd.Series(found, dtype=float)
    log.info(
        "Profile: dispersion of the counts %.2f to %.2f by offence; limits allow for it", phi.min(), phi.max()
    )
    return phi


def _figures(
    n: pd.Series[Any],
    rated: pd.Series[Any],
    people: float,
    months: float,
    phi: pd.Series[float],
    beside: Sequence[str],
) -> pd.DataFrame:
    """Return the counts, rates and shares of one place by offence."""
    population = pd.Series(people if people > 0 else np.nan, index=n.index)
    limits = [
        rate_limits(rated[[kind]], population[[kind]], months=months, dispersion=phi[kind])
        for kind in n.index
    ]
    share = n / n[TOTAL] if n[TOTAL] else pd.Series(np.nan, index=n.index)
    return pd.DataFrame(
        {
            "n": n,
            "share": share.mask(_no_crime(n.index, beside)),
            "rate": rate(rated, population, months=months),
        }
    ).join(pd.concat(limits))


def _compared(
    rated: pd.Series[Any],
    people: float,
    comparators: Sequence[Any],
    months: float,
    phi: pd.Series[float],
    margin: float,
    rounded: int,
    *,
    off_by: float = 0,
) -> pd.DataFrame:
    """Return how the rate of each offence in one place compares; empty where there is nothing to compare with."""
    population = pd.Series(people if people > 0 else np.nan, index=rated.index)
    rows = []
    for kind, one in zip(rated.index, comparators, strict=True):
        if one is None or one == 0 or (isinstance(one, tuple) and not (one[0] >= 0 and one[1] > 0)):
            rows.append(pd.DataFrame(index=pd.Index([kind])))
            continue
        options: dict[str, Any] = {"months": months, "comparator": one, "margin": margin, "off_by": off_by}
        low, high = (pd.Series(end, index=[kind]) for end in least_and_most(rated[[kind]], rounded))
        found = compare_rate(
            rated[[kind]], population[[kind]], dispersion=float(phi[kind]), ends=(low, high), **options
        )
        rows.append(found.astype({"cmp_flag": object}))
    columns = ["cmp_rate", "cmp_ratio", "cmp_lo", "cmp_hi", "cmp_flag"]
    return pd.concat(rows).reindex(columns=columns)


def _check(
    values: Mapping[str, Sequence[Any]], force: pd.DataFrame, months: float, beside: Sequence[str]
) -> None:
    rates = {
        label: [
            np.nan if one is None else one if isinstance(one, float) else one[0] * 12_000 / months / one[1]
            for one in chosen
        ]
        for label, chosen in values.items()
    }
    table, own = pd.DataFrame(rates, index=force.index), force["rate"].where(force["n"] >= FEW)
    crimes = ~force.index.isin(list(beside))
    check_comparators(table[crimes], own[crimes])


def _changes(
    before: pd.DataFrame, after: pd.DataFrame, phi: pd.Series[float], **options: Any
) -> dict[str, pd.DataFrame]:
    """Return the change of each offence by district, and of the force, on its own."""
    rows = []
    for kind in phi.index:
        was, now = (part.get(kind, pd.Series(0, index=part.index)) for part in (before, after))
        for names in (before.index.drop(FORCE), pd.Index([FORCE])):
            found = change(was[names], now[names], dispersion=float(phi[kind]), **options)
            rows.append(found.assign(offence=kind).set_index("offence", append=True))
    table: Any = pd.concat(rows)
    return {str(name): table.xs(name, level=0).loc[list(phi.index)] for name in before.index}


def _stacked(
    against: Mapping[tuple[str, str], pd.DataFrame], figures: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return all comparisons as one table, with the difference of the rates in points."""
    levels = ["district", "comparator", "offence"]
    if not against:
        columns = ["cmp_rate", "cmp_ratio", "cmp_lo", "cmp_hi", "cmp_flag", "cmp_diff"]
        empty = pd.MultiIndex.from_arrays([[], [], []], names=["district", "offence", "comparator"])
        return pd.DataFrame(columns=columns, index=empty)
    parts = {
        key: table.assign(cmp_diff=figures[key[0]]["rate"] - table["cmp_rate"])
        for key, table in against.items()
    }
    stacked = pd.concat(parts, names=levels)
    flags = pd.Categorical(stacked["cmp_flag"], categories=list(COMPARISONS), ordered=True)
    return stacked.assign(cmp_flag=flags).reorder_levels(["district", "offence", "comparator"])
