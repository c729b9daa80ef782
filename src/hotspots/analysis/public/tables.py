"""The tables of counts of an analysis as they belong together, and which of their counts must be hidden."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hotspots.analysis.against import offence_of
from hotspots.analysis.comparators import DISORDER
from hotspots.analysis.profile import FORCE, TOTAL
from hotspots.analysis.public.pieces import Pieces, called, find_pieces
from hotspots.analysis.public.shown import Name
from hotspots.analysis.results import Analysis, Layer, ThemeResult
from hotspots.base.errors import DataError
from hotspots.base.text import list_words
from hotspots.disclosure.counts import published, small
from hotspots.disclosure.protect import Protection, protect
from hotspots.disclosure.rules import Profile as Rules
from hotspots.disclosure.tables import Tables, make_tables

log = logging.getLogger(__name__)

Bools = np.ndarray[Any, np.dtype[np.bool_]]
REPORT = "report"
ALL, _REST, _CLASS = "all of them", "the rest", "class "
"""What no area, theme or period is called, or begins with."""


@dataclass(frozen=True, eq=False)
class Hidden:
    """Which counts are hidden, by the name of their table, and how each group of tables was protected.

    Attributes
    ----------
    counts : mapping
        By the name of a table, which of its counts are hidden.
    protections : mapping of str to Protection
        By what each group of tables is called.
    layers : frozenset of str
        The keys of the layers of areas that were protected.
    """

    counts: Mapping[Name, pd.Series[bool]]
    protections: Mapping[str, Protection]
    layers: frozenset[str]

    def sentences(self) -> tuple[str, ...]:
        """Return how many counts of which tables are hidden."""
        return tuple(f"{label}: {made.sentence()}" for label, made in self.protections.items())


def find_hidden(analysis: Analysis, rules: Rules) -> Hidden:
    """Return which counts of an analysis are hidden: the small ones, and what would give them back.

    Partnerships by offence and period are protected first, then the first areas by theme and period with their
    districts, in which what is shown of a partnership is shown too. Further layers of areas come last, by theme: all of
    them together with the first, by the pieces of ground that areas of every layer are made of. Where that cannot be,
    as of sums of weights, each is protected by itself where counts are rounded, and left out where they are hidden.

    Parameters
    ----------
    analysis : Analysis
        With exact figures.
    rules : Profile
        What is kept from readers.

    Raises
    ------
    DataError
        When the rules cannot be met, or ask who makes up most of a count and incidents are weighted.
    """
    if rules.dominance is not None and analysis.quality.weight is not None:
        raise DataError(
            f"the profile '{rules.name}' asks who makes up most of a count, which sums of weights do not tell",
            hint="use another profile, or leave out 'weight_column'",
        )
    found: dict[Name, pd.Series[bool]] = {}
    made: dict[str, Protection] = {}
    held = analysis.profile
    districts: pd.DataFrame | None = None
    if held is not None:
        tables, periods = _of_partnerships(analysis)
        tables = replace(tables, published=tables.published & ~_of_one_area(analysis, tables, rules))
        made["Partnerships"] = protected(tables, rules, _of_themes(analysis, tables, rules))
        shown = made["Partnerships"].table["shown"]
        districts = pd.DataFrame({period: shown.xs(period, level="period") for period in periods})
        for period, what in periods.items():
            for offence in held.offences:
                rows = districts[period].xs(offence, level="offence").rename({ALL: FORCE})
                found["profile", what, offence] = rows.isna()
                if what == "n" and "after" not in periods.values():  # the later period is the report's
                    found["profile", "after", offence] = rows.isna()
    first = analysis.themes[0].layers[0]
    areas = _protected_areas(analysis, rules, districts)
    layers = [first]
    for label, further, protection in _protected_further(analysis, rules, areas):
        areas, made[label] = _hidden_besides(analysis, areas, protection), protection
        layers += further
        dark = protection.table["shown"].isna()
        for theme, layer in itertools.product(analysis.themes, further):
            found |= _names_of_further(theme, layer, dark.xs(theme.key, level="theme"))
    made[first.label] = areas
    found |= _names_of_areas(analysis, areas)
    return Hidden(found, made, frozenset(layer.key for layer in layers))


def protected(tables: Tables, rules: Rules, known: pd.Series[bool] | None = None) -> Protection:
    """Protect tables; of incidents that each count one, the largest contributors to a count are any of them."""
    few = rules.dominance
    return protect(
        tables, rules, known=known, largest=None if few is None else tables.counts.clip(upper=few[0])
    )


def _whole(counts: Any) -> pd.Series[Any]:
    return pd.Series(counts).astype(float).round()


def _periods(analysis: Analysis) -> dict[str, tuple[str, ...]]:
    """Return the periods of the tables, and the months by which the names of their counts tell them."""
    held = analysis.comparison
    if held is None or any(theme.change is None for theme in analysis.themes):
        return {REPORT: ()}
    before = tuple(str(month) for month in held.before)
    if tuple(held.after) == tuple(analysis.calendar):
        return {REPORT: (), "before": before}
    return {REPORT: (), "after": tuple(str(month) for month in held.after), "before": before}


def _of_partnerships(analysis: Analysis) -> tuple[Tables, dict[str, str]]:
    """Return the counts of partnerships by offence and period, and what their names call the periods."""
    held = analysis.profile
    assert held is not None  # noqa: S101 - the caller checked; this tells the type checker
    columns = {REPORT: "n"}
    if "n_before" in held.districts and analysis.comparison is not None:
        columns |= {"after": "n_after", "before": "n_before"}
    own = "after" in columns and held.districts["n"].equals(held.districts["n_after"])
    apart = {DISORDER.casefold(), *(name.casefold() for name in held.beside), TOTAL.casefold()}
    crimes = [name for name in held.offences if name.casefold() not in apart]
    parts = []
    for period, column in columns.items():
        if own and period == "after":
            continue
        cells = _whole(held.districts[column]).drop(TOTAL, level="offence")
        force = _whole(held.force[column]).drop(TOTAL)
        outside = (force - cells.groupby(level="offence").sum()).clip(lower=0)
        outside.index = pd.MultiIndex.from_product([[_REST], outside.index], names=["district", "offence"])
        parts.append(pd.concat({period: pd.concat([cells, outside])}, names=["period"]))
    counts = pd.concat(parts)
    nowhere = counts.index.get_level_values("district") == _REST
    apart_of_all = bool(counts[nowhere].any())  # incidents in areas of no district
    counts = (
        (counts if apart_of_all else counts[~nowhere])
        .reorder_levels(["district", "offence", "period"])
        .astype(np.int64)
    )
    within: dict[str, dict[str, Sequence[str]]] = {
        "district": {ALL: [*held.names, *([_REST] if apart_of_all else [])]},
        "offence": {TOTAL: crimes},
    }
    counts = _parted(counts, within)
    tables = make_tables(counts, within=within)
    seen = [_REST not in (district, period) for district, _, period in tables.counts.index]
    names = {REPORT: "n", "before": "before"} | ({} if own else {"after": "after"})
    names = {period: what for period, what in names.items() if period in columns}
    return replace(tables, published=np.asarray(seen)), names


def _parted(counts: pd.Series[Any], within: dict[str, dict[str, Sequence[str]]]) -> pd.Series[Any]:
    """Return counts with the report's period as the sum of the later one and of the rest, where it holds that one."""
    period = counts.index.get_level_values("period")
    if not {REPORT, "after"} <= set(period):
        return counts
    rest = counts.xs(REPORT, level="period") - counts.xs("after", level="period")
    if (rest < 0).any():
        return counts
    within["period"] = {REPORT: ["after", _REST]}
    order = [str(name) for name in counts.index.names]
    named: Any = pd.concat({_REST: rest}, names=["period"])
    found: pd.Series[Any] = pd.concat([counts[period != REPORT], named.reorder_levels(order)])
    return found


def _of_themes(analysis: Analysis, tables: Tables, rules: Rules) -> pd.Series[bool]:
    """Return which counts of partnerships are a theme's too: the sums of its areas tell them, so they stay shown."""
    assert analysis.profile is not None  # noqa: S101 - the caller checked; this tells the type checker
    offences = {offence_of(analysis.recipe, theme.theme, analysis.profile) for theme in analysis.themes}
    index = tables.counts.index
    ours = index.isin(offences, level="offence") & tables.published & ~small(tables.counts, rules)
    return pd.Series(ours, index=index)


def _of_one_area(analysis: Analysis, tables: Tables, rules: Rules) -> Bools:
    """Return which counts of partnerships are too little for one of their areas to be as much as its rules promise."""
    close = pd.Series(False, index=tables.counts.index)
    if rules.hide != "suppress" or analysis.profile is None or "district" not in analysis.areas:
        return np.asarray(close)
    most = published(tables.counts, rules)["upper"]
    district = analysis.areas["district"].astype(str)
    for theme in analysis.themes:
        offence = offence_of(analysis.recipe, theme.theme, analysis.profile)
        for period, counts in _counts_of(analysis, theme).items():
            hidden = counts[small(counts, rules)]
            for name, count in hidden.groupby(district[hidden.index]).max().items():
                cell: Any = (name, offence, period)
                if cell in close.index:
                    close[cell] |= bool(most[cell] < count + rules.threshold - 1)
    return np.asarray(close)


def _protected_areas(analysis: Analysis, rules: Rules, districts: pd.DataFrame | None) -> Protection:
    """Protect the first areas by theme and period, with their districts; what partnerships show stays shown."""
    tables = _of_areas(analysis)
    index = tables.counts.index
    seen: Bools = np.asarray(
        [
            not (theme.startswith(_REST) or period.startswith(_REST))
            and (period == REPORT or not area.startswith(_CLASS))
            for area, theme, period in index
        ],
        dtype=bool,
    )
    known = pd.Series(False, index=index)
    if districts is not None and analysis.profile is not None:
        for theme in analysis.themes:
            offence = offence_of(analysis.recipe, theme.theme, analysis.profile)
            if offence is None:
                continue
            for period in districts.columns.intersection(index.unique("period")):
                for name, shown in districts[period].xs(offence, level="offence").items():
                    cell = (ALL if name == ALL else _district(str(name)), theme.key, period)
                    if cell in known.index:
                        known[cell] = not np.isnan(shown)
                        seen[index.get_loc(cell)] &= not np.isnan(shown)
    return protected(replace(tables, published=seen), rules, known)


def _district(name: str) -> str:
    return f"district {name}"


def _of_areas(analysis: Analysis) -> Tables:
    """Return the counts of the first areas by theme and period, with districts, themes made of themes, and totals."""
    themes, wholes = parted_themes(
        analysis, {theme.key: _counts_of(analysis, theme) for theme in analysis.themes}
    )
    within: dict[str, dict[str, Sequence[str]]] = {"area": areas_within(analysis), "theme": wholes}
    columns: dict[tuple[str, str], pd.Series[Any]] = {
        (key, str(period)): counts for key, table in themes.items() for period, counts in table.items()
    }
    counts = pd.concat(columns, names=["theme", "period", "area"]).astype(np.int64)
    counts = counts.reorder_levels(["area", "theme", "period"])
    return make_tables(_parted(counts, within), within=within)


def _counts_of(analysis: Analysis, theme: ThemeResult) -> pd.DataFrame:
    """Return the exact counts of a theme's first areas, by period."""
    found = {REPORT: _whole(theme.first["n"])}
    names = _periods(analysis)
    if theme.change is not None:
        columns = {"after": "n_after", "before": "n_before"}
        found |= {
            period: _whole(theme.change.areas[column])
            for period, column in columns.items()
            if period in names
        }
    return pd.DataFrame(found)


def areas_within(analysis: Analysis) -> dict[str, Sequence[str]]:
    """Return the districts and all areas as sums."""
    codes = [str(code) for code in analysis.areas.index]
    district = analysis.areas["district"].astype(str)
    named = sorted(set(district) - {""})
    classes = _classes_within(analysis, analysis.themes[0].layers[0])
    if len(named) < 2:
        return classes | {ALL: codes}
    sums: dict[str, Sequence[str]] = {
        _district(name): [str(code) for code in district.index[district == name]] for name in named
    }
    return classes | sums | {ALL: [*sums, *(str(code) for code in district.index[district == ""])]}


def _classes_within(analysis: Analysis, layer: Layer) -> dict[str, Sequence[str]]:
    """Return the classes that the areas of a layer are in as sums."""
    return {
        _class(one, name): [str(code) for code in codes]
        for one in classes_of_layer(analysis.themes[0], layer)
        if one.members is not None
        for name, codes in one.members.groupby(one.members, observed=True).groups.items()
    }


def classes_of_layer(theme: ThemeResult, layer: Layer) -> list[Layer]:
    """Return the layers of classes that the areas of a layer are in."""
    return [
        one for one in theme.layers if one.members is not None and one.members.index.equals(layer.table.index)
    ]


def _class(layer: Layer, name: object) -> str:
    return f"{_CLASS}{layer.key}: {name}"


def _names_of_classes(theme: ThemeResult, layer: Layer, dark: pd.Series[bool]) -> dict[Name, pd.Series[bool]]:
    """Return which counts of the classes of a layer's areas are hidden, of one theme and all periods at once."""
    return {
        (theme.key, one.key): pd.Series(
            [bool(dark[_class(one, name)]) for name in one.table.index], index=one.table.index
        )
        for one in classes_of_layer(theme, layer)
    }


def parted_themes(
    analysis: Analysis, themes: Mapping[str, pd.DataFrame]
) -> tuple[dict[str, pd.DataFrame], dict[str, Sequence[str]]]:
    """Return counts by theme with what others leave of a theme in its place, and the themes that are sums of these."""
    parts, wholes = dict(themes), dict[str, Sequence[str]]()
    for whole, inside in _made_of(analysis):
        rest = themes[whole] - sum(themes[part] for part in inside)
        if (rest < 0).any(axis=None):
            continue
        wholes[whole] = inside
        # Who knows that nothing is left knows more of the others: they are protected from that reader.
        if rest.any(axis=None):
            name = f"{_REST} of {whole}"
            wholes[whole] = [*inside, name]
            parts[name] = rest
        del parts[whole]
    return parts, wholes


def _made_of(analysis: Analysis) -> Iterator[tuple[str, list[str]]]:
    """Yield each theme that holds others whole, the smallest first, with the largest ones that it is made of."""
    themes = sorted(analysis.themes, key=lambda theme: theme.n)
    taken: set[str] = set()
    for place, whole in enumerate(themes):
        parts: list[ThemeResult] = []
        for part in reversed(themes[:place]):
            apart = all(not _kinds(part) & _kinds(other) for other in parts)
            if part.key not in taken and apart and _holds(whole, part):
                parts.append(part)
        if parts:
            taken |= {part.key for part in parts}
            yield whole.key, [part.key for part in parts]


def _kinds(theme: ThemeResult) -> set[str]:
    return {name.casefold() for name in theme.theme.category}


def _holds(whole: ThemeResult, part: ThemeResult) -> bool:
    """Return whether all incidents of a theme are among those of another."""
    mine, theirs = whole.theme, part.theme
    if (mine.flag, mine.hours, mine.incidents) != (None, None, theirs.incidents) or not _kinds(part):
        return False
    within, without = _kinds(whole), {name.casefold() for name in mine.exclude}
    return (not within or _kinds(part) <= within) and not _kinds(part) & without


def _names_of_areas(analysis: Analysis, made: Protection) -> dict[Name, pd.Series[bool]]:
    """Return which counts are hidden by the names that the themes' tables call them by."""
    dark = made.table["shown"].isna()
    found: dict[Name, pd.Series[bool]] = {}
    named = [name for name in dark.index.unique("area") if str(name).startswith(_district(""))]
    for theme in analysis.themes:
        layer = theme.layers[0]
        for period, months in _periods(analysis).items():
            one = dark.xs((theme.key, period), level=("theme", "period"))
            found[theme.key, layer.key, *months] = one.reindex(layer.table.index)
            found[theme.key, "all", *months] = pd.Series([bool(one[ALL])], index=["all"])
            if not months:
                found |= _names_of_classes(theme, layer, one)
            if named:
                rows = one[named].rename(lambda name: str(name).removeprefix(_district("")))
                found[theme.key, "districts", *months] = rows
    return found


def _names_of_further(theme: ThemeResult, layer: Layer, dark: pd.Series[bool]) -> dict[Name, pd.Series[bool]]:
    """Return which counts of a further layer and of its classes are hidden, of one theme."""
    codes = layer.table.index
    own = dark.reindex([called(layer.key, code) for code in codes]).set_axis(codes)
    return {(theme.key, layer.key): own} | _names_of_classes(theme, layer, dark)


def _protected_further(
    analysis: Analysis, rules: Rules, first: Protection
) -> list[tuple[str, list[Layer], Protection]]:
    """Protect further layers of areas: together with what is shown of the first, or where counts are rounded alone.

    Returns
    -------
    list of (str, list of Layer, Protection)
        What is protected together, with what it is called.
    """
    whole, *layers = [layer for layer in analysis.themes[0].layers if layer.kind == "areas"]
    pieces = _pieces_of(analysis) if layers else None
    if pieces is not None:
        try:
            made = _protected_pieces(analysis, rules, first, pieces)
        except DataError as error:
            log.info("Areas of several layers cannot be published together: %s", error.message)
            return []
        return [(f"{list_words([layer.label for layer in layers])}, with {whole.label}", layers, made)]
    if rules.hide == "suppress":
        return []
    return [(layer.label, [layer], protected(_of_layer(analysis, layer), rules)) for layer in layers]


def _pieces_of(analysis: Analysis) -> Pieces | None:
    """Return the pieces of all layers of areas; None where their counts are not sums of pieces."""
    layers = [layer for layer in analysis.themes[0].layers if layer.kind == "areas"]
    counted = [theme.pieces for theme in analysis.themes if theme.pieces is not None]
    if len(counted) < len(analysis.themes):
        return None
    for theme, table in zip(analysis.themes, counted, strict=True):
        held = [layer.table["n"] for layer in theme.layers if layer.kind == "areas"]
        for level, n in enumerate(held):
            added = table.groupby(level=level).sum().reindex(n.index, fill_value=0)
            if not np.array_equal(added.to_numpy(dtype=float), n.to_numpy(dtype=float)):
                return None
    return find_pieces({layer.key: layer.table for layer in layers}, counted)


def _protected_pieces(analysis: Analysis, rules: Rules, first: Protection, pieces: Pieces) -> Protection:
    """Protect further layers by theme with the first areas; what is hidden of these stays hidden."""
    names, layers = pieces.names, [one for one in analysis.themes[0].layers if one.kind == "areas"]
    themes, wholes = parted_themes(
        analysis, {theme.key: _by_piece(theme, names) for theme in analysis.themes}
    )
    areas: dict[str, Sequence[str]] = {**pieces.within, **areas_within(analysis)}
    further = {called(layer.key, code) for layer in layers[1:] for code in layer.table.index}
    for layer in layers[1:]:
        classes = {
            name: [called(layer.key, code) for code in codes]
            for name, codes in _classes_within(analysis, layer).items()
        }
        areas |= classes
        further |= set(classes)
    counts = pd.concat({key: table["n"] for key, table in themes.items()}, names=["theme", "area"])
    tables = make_tables(
        counts.astype(np.int64).reorder_levels(["area", "theme"]), within={"area": areas, "theme": wholes}
    )
    index = tables.counts.index
    shown = first.table["shown"].xs(REPORT, level="period").reindex(index).notna()
    known = shown & ~index.get_level_values("area").isin(analysis.areas.index)
    own = {theme.key for theme in analysis.themes}
    ours = np.array([area in further and theme in own for area, theme in index])
    return protected(replace(tables, published=shown.to_numpy() | ours), rules, known)


def _hidden_besides(analysis: Analysis, first: Protection, further: Protection) -> Protection:
    """Return the protection of the first areas with what had to be hidden of them to protect further layers."""
    dark = further.table["shown"].isna()
    dark = dark[dark & dark.index.isin(analysis.areas.index, level="area")]
    table = first.table.copy()
    gone = table.index.isin([(area, theme, REPORT) for area, theme in dark.index]) & table["shown"].notna()
    table.loc[gone, ["shown", "lower", "upper"]] = [np.nan, 0, np.inf]
    table.loc[gone, "why"] = "secondary"
    return replace(first, table=table)


def _by_piece(theme: ThemeResult, names: pd.Series[str]) -> pd.DataFrame:
    """Return the exact counts of a theme by piece."""
    assert theme.pieces is not None  # noqa: S101 - the caller checked; this tells the type checker
    n = theme.pieces.reindex(names.index, fill_value=0).astype(float)
    return pd.DataFrame({"n": n.to_numpy()}, index=pd.Index(names.to_numpy()))


def _of_layer(analysis: Analysis, layer: Layer) -> Tables:
    """Return the counts of a further layer by theme, with their totals."""
    columns = {}
    for theme in analysis.themes:
        own = next(one for one in theme.layers if one.key == layer.key)
        columns[theme.key] = _whole(own.table["n"]).rename(lambda code: called(layer.key, code))
    codes = [called(layer.key, code) for code in layer.table.index]
    classes: dict[str, Sequence[str]] = {
        name: [called(layer.key, code) for code in inside]
        for name, inside in _classes_within(analysis, layer).items()
    }
    within: dict[str, dict[str, Sequence[str]]] = {"area": classes | {ALL: codes}}
    counts = pd.concat(columns, names=["theme", "area"]).astype(np.int64)
    tables = make_tables(counts.reorder_levels(["area", "theme"]), within=within)
    index = tables.counts.index
    same = {theme.key: float(columns[theme.key].sum()) == round(theme.n) for theme in analysis.themes}
    whole = index.get_level_values("area") == ALL
    seen = ~whole | index.get_level_values("theme").map(same).to_numpy(dtype=bool)
    return replace(tables, published=np.asarray(seen))


def exact_counts(analysis: Analysis) -> dict[Name, pd.Series[Any]]:
    """Return the exact counts of the themes' first areas, by the names of their tables."""
    return {
        (theme.key, theme.layers[0].key): theme.first["n"].astype(float).round() for theme in analysis.themes
    }
