"""Indicators: areas by indicator and period, from counts of incidents and from tables by area code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.gate import as_areas, with_all_columns
from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.base.tables import Source
from hotspots.counting.rates import rate
from hotspots.counting.tally import Tally
from hotspots.methods.risk.measure import risk
from hotspots.priorities.cube import STATIC, Scale, require_weight, score_cube
from hotspots.priorities.groups import find_group
from hotspots.priorities.harm import harm
from hotspots.priorities.values import read_area_values, read_harm_weights

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Indicator:
    """One indicator: what is counted, or where its values stand.

    Attributes
    ----------
    name : str
        What a reader sees; the group's name where left out.
    group : str, optional
        A group of police.uk categories; see `hotspots.priorities.groups`.
    category, exclude : tuple of str
        Categories of one's own instead of a group.
    incidents : str, optional
        The source that it counts, where a recipe has several; alone, all incidents of that source.
    harm : str, optional
        A table with the columns ``category`` and ``weight``: incidents then count by their harm.
    offences : str, optional
        With `harm` by offence instead of by category: how many of each offence were recorded, see
        `hotspots.priorities.values.read_harm_weights`.
    at_least : int, default 0
        Areas with fewer incidents of these categories, over all periods, have no value of harm: one homicide is no
        pattern.
    source : str, optional
        A table by area code instead of incidents, with `column`, `period_column`, `lookup` and `lookup_weight`
        as in `hotspots.priorities.values.read_area_values`.
    measure : {'rate', 'n', 'risk'}, default 'rate'
        Incidents per 1,000 people a year, incidents a year, or the rate with chance taken out, see `hotspots.risk`.
    weight : float, default 1
        Its weight in the score.
    bad : {'high', 'low'}, default 'high'
        Which end is the worse.
    unit : str
        The unit of a table's values, for sentences.
    scale : {'log', 'capped', 'plain'}, optional
        How its values are scaled before they are scored; see `select_areas`.
    """

    name: str = ""
    group: str | None = None
    category: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    incidents: str | None = None
    harm: str | None = None
    offences: str | None = None
    at_least: int = 0
    source: str | None = None
    column: str | None = None
    period_column: str | None = None
    lookup: str | None = None
    lookup_weight: str | None = None
    measure: Literal["rate", "n", "risk"] = "rate"
    weight: float = 1.0
    bad: Literal["high", "low"] = "high"
    unit: str = ""
    scale: Scale | None = None

    @property
    def counted(self) -> bool:
        """Whether it is a count of incidents."""
        return self.source is None


@dataclass(frozen=True, eq=False)
class Indicators:
    """The table of indicators and what it was made from.

    Attributes
    ----------
    table : DataFrame of float64
        Areas by (indicator, period), as `select_areas` takes it.
    entries : tuple of Indicator
        In the table's order, each with its name.
    counts : DataFrame of float64
        Incidents (or harm) behind the indicators of counts, with the same columns.
    units : dict of str to str
        What a value of each indicator is, such as ``"per 1,000"``.
    months : dict of str to int
        Length of each period.
    tally : Tally or None
        The incidents that were counted.
    population, min_population : Series, float
        People of each area, and how few are too few for a rate.
    """

    table: pd.DataFrame
    entries: tuple[Indicator, ...]
    counts: pd.DataFrame
    units: dict[str, str]
    months: dict[str, int]
    tally: Tally | None
    population: pd.Series[Any]
    min_population: float
    _factors: tuple[Floats | None, ...] = ()

    @property
    def weights(self) -> dict[str, float]:
        """Weight of each indicator."""
        return {entry.name: entry.weight for entry in self.entries}

    @property
    def bad(self) -> dict[str, Literal["high", "low"]]:
        """Which end of each indicator is the worse."""
        return {entry.name: entry.bad for entry in self.entries}

    def scales(self, wanted: Scale | None = None) -> dict[str, Scale]:
        """Return how each indicator is scaled: as its entry says, or as is wanted of all the others.

        Without either, "log" for incidents and "capped" for tables, whose values may be of any kind.
        """
        return {
            entry.name: entry.scale or wanted or ("log" if entry.counted else "capped")
            for entry in self.entries
        }

    def of_incidents(self) -> Callable[[Floats], Floats] | None:
        """Return a function from incidents, shaped as the tally's counts, to the cube of values.

        The cube has the shape (areas, indicators, periods), with the indicators in the table's order. Tables by
        area code stay as they are. None where no indicator counts incidents.
        """
        counted = [i for i, entry in enumerate(self.entries) if entry.counted]
        found = self.tally
        if found is None or not counted:
            return None
        base = score_cube(self.table, scale="plain")
        place = [base.periods.index(period) for period in found.periods]
        factors = self.factors
        one = pd.DataFrame(1.0, index=found.index, columns=pd.Index(found.periods))
        # What one incident adds to the value of an area: the values are sums of incidents.
        unit = [
            # Drawn counts have no chance to take out, so that the measure 'risk' is their plain rate.
            _measure(
                replace(self.entries[i], measure="n" if self.entries[i].measure == "n" else "rate"),
                one,
                self.months,
                self.population,
                self.min_population,
            )
            for i in counted
        ]
        scale = np.stack([frame.to_numpy(dtype=float) for frame in unit], axis=1)

        def values_of(incidents: Floats) -> Floats:
            values = base.cube.copy()
            values[:, np.array(counted)[:, None], place] = (
                np.einsum("nct,ck->nkt", incidents, factors, optimize=True) * scale
            )
            return values

        return values_of

    @property
    def factors(self) -> Floats:
        """What each category counts for in each indicator of incidents: categories by those indicators."""
        return np.column_stack([factor for factor in self._factors if factor is not None])

    def plain_counts(self) -> pd.DataFrame:
        """Return the counts of indicators in which each incident counts one, for changes between periods."""
        plain = [entry.name for entry in self.entries if entry.counted and entry.harm is None]
        return self.counts.loc[:, [pair for pair in self.counts.columns.to_list() if pair[0] in plain]]

    @property
    def columns(self) -> dict[str, str]:
        """A column name for each indicator that survives a Shapefile: ``i_`` and at most eight characters."""
        return indicator_columns(self.entries)

    @property
    def headings(self) -> dict[str, str]:
        """What a reader calls each column of `latest`: ``"Overall crime in 2025 (per 1,000)"``."""
        said = {}
        for name, column in self.columns.items():
            latest = max(str(pair[1]) for pair in self.table.columns.to_list() if pair[0] == name)
            when = "" if latest == STATIC else f" in {latest}"
            unit = self.units.get(name, "")
            said[column] = f"{name}{when}{f' ({unit})' if unit else ''}"
        return said

    def latest(self) -> pd.DataFrame:
        """Return each indicator's value in its latest period, under its short column name."""
        values = {}
        for name, column in self.columns.items():
            periods = sorted(str(pair[1]) for pair in self.table.columns.to_list() if pair[0] == name)
            values[column] = self.table[(name, periods[-1])]
        return pd.DataFrame(values, index=self.table.index)

    def missing(self) -> pd.Series[str]:
        """Return, for each area that lacks values, which it lacks, in words."""
        lacking = {}
        for code, row in self.table.isna().iterrows():
            if row.any():
                names = dict.fromkeys(str(pair[0]) for pair, gap in row.items() if gap)  # type: ignore[index]
                lacking[code] = ", ".join(names)
        return pd.Series(lacking, dtype="str", name="missing")


def make_indicators(
    entries: Sequence[Indicator],
    areas: gpd.GeoDataFrame,
    *,
    counted: Tally | None = None,
    min_population: float = 100,
    resolve: Callable[[str], Source] = lambda name: name,
) -> Indicators:
    """Assemble indicators of areas by period.

    A count becomes a rate per 1,000 people a year, or a number a year, with the length of each period in
    months. A rate is missing where the population is unknown, zero or under `min_population`; a table's value
    is missing where the table has none. Missing is never zero.

    Parameters
    ----------
    entries : sequence of Indicator
        What is wanted.
    areas : GeoDataFrame
        The areas table.
    counted : Tally, optional
        The incidents counted; needed by indicators of incidents. See `hotspots.counting.tally.tally`.
    min_population : float, default 100
        No rate for smaller areas.
    resolve : callable, optional
        Turns the file names in `entries` into paths.

    Returns
    -------
    Indicators

    Raises
    ------
    ParameterError
        When an entry is incomplete or contradicts itself, two have one name, or a group is unknown.
    DataError
        When rates are wanted and no population is known, or no incident is of an entry's categories.
    """
    areas = with_all_columns(as_areas(areas))
    if not entries:
        raise ParameterError("there are no indicators", hint="give at least one, such as 'group' = \"crime\"")
    named = tuple(named_indicator(entry) for entry in entries)
    names = [entry.name for entry in named]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ParameterError(f"two indicators are called '{twice}'", hint="give one of them another 'name'")
    months = dict(zip(counted.periods, counted.months, strict=True)) if counted is not None else {}
    tables, counts, factors = {}, {}, []
    for entry in named:
        factor = None
        if entry.counted:
            factor = _factor(entry, counted, resolve)
            assert counted is not None  # noqa: S101 - _factor refused; this tells the type checker
            counts[entry.name] = counted.of(factor)
            tables[entry.name] = _measure(
                entry, counts[entry.name], months, areas["population"], min_population
            )
            if entry.at_least:
                own = counted.mask(entry.category, entry.exclude, source=entry.incidents)
                tables[entry.name][counted.of(own).sum(axis=1) < entry.at_least] = np.nan
        else:
            tables[entry.name] = _tabled(entry, areas.index, resolve)
        factors.append(factor)
    return Indicators(
        _side_by_side(tables, areas.index),
        named,
        _side_by_side(counts, areas.index),
        {entry.name: _unit(entry) for entry in named},
        months,
        counted,
        areas["population"],
        min_population,
        tuple(factors),
    )


def indicator_columns(entries: Sequence[Indicator]) -> dict[str, str]:
    """Return the column of each named entry: ``i_`` and at most eight characters.

    Examples
    --------
    >>> entries = [Indicator(name="Burglary", category=("Burglary",)), Indicator(name="Crime", group="crime")]
    >>> indicator_columns(entries)
    {'Burglary': 'i_burglary', 'Crime': 'i_crime'}
    """
    taken: dict[str, str] = {}
    for entry in entries:
        word = re.sub(r"[^a-z0-9]+", "_", (entry.group or entry.name).casefold()).strip("_")
        column, number = f"i_{word[:8]}", 2
        while column in taken.values():
            column, number = f"i_{word[:7]}{number}", number + 1
        taken[entry.name] = column
    return taken


def named_indicator(entry: Indicator) -> Indicator:
    """Return the entry with its name, after checking that it says one thing only.

    Raises
    ------
    ParameterError
        When it is incomplete or contradicts itself, or its group is unknown.
    """
    own = bool(entry.category or entry.exclude)
    if entry.incidents is not None and entry.group is None:
        own = True
    ways = [entry.group is not None, own, entry.source is not None]
    label = entry.name or entry.group or entry.source or entry.incidents or "one"
    if entry.harm is None and (entry.offences is not None or entry.at_least):
        raise ParameterError(
            f"the indicator '{label}' has 'offences' or 'at_least', but no 'harm'",
            hint="name the table of weights with 'harm'",
        )
    if sum(ways) != 1:
        what = "says nothing of what it is" if not any(ways) else "is described in two ways"
        raise ParameterError(
            f"the indicator '{label}' {what}",
            hint="give it one of 'group', 'category' (or 'exclude') and 'source'",
        )
    if entry.source is not None and entry.column is None:
        raise ParameterError(
            f"the indicator '{label}' names no column of '{entry.source}'", hint="add 'column'"
        )
    if entry.source is None and (entry.column or entry.lookup or entry.period_column):
        raise ParameterError(
            f"the indicator '{label}' has 'column' or 'lookup', but no table",
            hint="name the table with 'source'",
        )
    require_weight(label, entry.weight)
    if entry.group is not None:
        group = find_group(entry.group)
        return replace(entry, name=entry.name or group.name, category=group.category, exclude=group.exclude)
    plain = ", ".join(entry.category) or entry.column or entry.incidents or "All incidents"
    return replace(entry, name=entry.name or plain)


def _factor(entry: Indicator, counted: Tally | None, resolve: Callable[[str], Source]) -> Floats:
    """Return what each category of the tally counts for."""
    if counted is None:
        raise ParameterError(
            f"the indicator '{entry.name}' counts incidents, but there are none", hint="give incidents"
        )
    if entry.incidents is not None and entry.incidents not in counted.sources:
        raise ParameterError(
            f"the indicator '{entry.name}' counts the incidents '{entry.incidents}', which are not there",
            hint=did_you_mean(entry.incidents, tuple(dict.fromkeys(counted.sources)))
            if counted.sources
            else "leave 'incidents' out: there is one source, without a name",
        )
    mask = counted.mask(entry.category, entry.exclude, source=entry.incidents)
    if not mask.any():
        asked = ", ".join(f"'{name}'" for name in entry.category)
        raise DataError(
            f"no incident is of the indicator '{entry.name}' ({asked})",
            hint=did_you_mean(entry.category[0] if entry.category else "", counted.categories),
        )
    if entry.harm is None:
        return mask
    offences = None if entry.offences is None else resolve(entry.offences)
    weights = read_harm_weights(resolve(entry.harm), offences=offences)
    present = pd.DataFrame(np.diag(mask), columns=list(counted.categories))
    return np.asarray(harm(present, weights), dtype=np.float64)


def require_people(entries: Iterable[Indicator], population: pd.Series[Any]) -> None:
    """Refuse rates of areas of which no population is known; nothing has to be counted to know.

    Raises
    ------
    DataError
        When an entry that is counted is one, and all of `population` is missing.
    """
    if population.notna().any():
        return
    for entry in entries:
        if entry.counted and entry.measure != "n":
            name = entry.name or named_indicator(entry).name
            raise DataError(
                f"the indicator '{name}' is a rate, but the areas have no population",
                hint="name a 'population_table' for them, or compare counts with 'measure' = \"n\"",
            )


def _measure(
    entry: Indicator,
    n: pd.DataFrame,
    months: dict[str, int],
    population: pd.Series[Any],
    min_population: float,
) -> pd.DataFrame:
    if entry.measure == "n":
        return n * pd.Series({period: 12 / months[period] for period in n.columns})
    require_people([entry], population)
    if entry.measure == "risk" and entry.harm:
        raise ParameterError(
            f"the indicator '{entry.name}' weighs incidents by harm, so their chance is not that of counts",
            hint="leave out 'harm', or measure it with 'measure' = \"rate\"",
        )
    if entry.measure == "risk":
        shrunken = {}
        for period in n.columns:
            found = risk(n[period], population, months=months[period], min_population=min_population)
            shrunken[period] = found["rk_rate"]
        return pd.DataFrame(shrunken, index=n.index)
    rates = {
        period: rate(n[period], population, months=months[period], min_population=min_population)
        for period in n.columns
    }
    return pd.DataFrame(rates, index=n.index)


def _tabled(entry: Indicator, codes: pd.Index[Any], resolve: Callable[[str], Source]) -> pd.DataFrame:
    assert entry.source is not None  # noqa: S101 - named_indicator checked; this tells the type checker
    assert entry.column is not None  # noqa: S101 - the same
    return read_area_values(
        resolve(entry.source),
        codes,
        column=entry.column,
        period_column=entry.period_column,
        lookup=None if entry.lookup is None else resolve(entry.lookup),
        lookup_weight=entry.lookup_weight,
    )


def _unit(entry: Indicator) -> str:
    if not entry.counted:
        return entry.unit
    what = "harm " if entry.harm else ""
    return f"{what}per 1,000" if entry.measure != "n" else f"{what}a year"


def _side_by_side(tables: dict[str, pd.DataFrame], index: pd.Index[Any]) -> pd.DataFrame:
    if not tables:
        return pd.DataFrame(
            index=index, columns=pd.MultiIndex.from_arrays([[], []], names=["indicator", "period"])
        )
    joined = pd.concat(tables, axis=1)
    joined.columns = joined.columns.set_names(["indicator", "period"])
    return joined.astype("float64")
