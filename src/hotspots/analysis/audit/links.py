"""The sums that hold between the counts of a folder: areas in areas, months in years, themes in themes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hotspots.analysis.audit.context import Months, Theme, period_key
from hotspots.analysis.audit.nests import Nests, Pieces
from hotspots.analysis.audit.shown import ALL, BAND, BETWEEN, OF_BANDS
from hotspots.analysis.audit.system import Row, sum_row
from hotspots.areas.overlap import OUTSIDE

Cell = tuple[str, str, str]  # theme, area, period


@dataclass(eq=False)
class Cells:
    """Counts by theme, area and period, each with a number; differences that a reader can form are among them."""

    places: dict[Cell, int] = field(default_factory=dict)
    formed: set[int] = field(default_factory=set)

    def place(self, cell: Cell, *, formed: bool = False) -> int:
        """Return the number of a cell, a new one for a cell that is not known."""
        if cell not in self.places:
            self.places[cell] = len(self.places)
            if formed:
                self.formed.add(self.places[cell])
        return self.places[cell]


@dataclass(frozen=True, eq=False)
class Setting:
    """What is known of how the cells of a folder hang together.

    Attributes
    ----------
    themes : mapping of str to Theme
    periods : mapping of str to frozenset of str
        The months of each period.
    nests : mapping of (str, str) to Nests or Pieces
        By the keys of the coarser layer and of the finer.
    levels : mapping of str to Index
        The codes of each layer.
    districts : Series of str
        The district of each area.
    partial : frozenset of str
        Layers that leave areas out, such as classes of some of them: their sum is a part of the total.
    """

    themes: Mapping[str, Theme]
    periods: Mapping[str, Months]
    nests: Mapping[tuple[str, str], Nests | Pieces]
    levels: Mapping[str, pd.Index[str]]
    districts: pd.Series[str]
    partial: frozenset[str] = frozenset()


def link(cells: Cells, setting: Setting) -> list[Row]:
    """Return every sum and difference that a reader can form, adding to the cells those that are left over."""
    there = pd.DataFrame(list(cells.places), columns=["theme", "area", "period"])
    there["place"] = list(cells.places.values())
    rows = list(_of_areas(cells, there, setting))
    rows += _of_periods(cells, there, setting.periods)
    rows += _of_themes(there, setting.themes)
    rows += _of_bands(there[there["area"].str.startswith(BAND)])
    return rows


def _of_bands(there: pd.DataFrame) -> Iterator[Row]:
    """Yield the totals of tables without areas and the bands that they are made of."""
    for _, held in there.groupby(["theme", "period"], sort=False):
        known = {
            tuple(area.removeprefix(BAND).split(BETWEEN)): place
            for area, place in zip(held["area"], held["place"], strict=True)
        }
        for parts, place in known.items():
            for at in (at for at, part in enumerate(parts) if part == OF_BANDS):
                inside = [
                    other
                    for names, other in known.items()
                    if names[at] != OF_BANDS and names[:at] + names[at + 1 :] == parts[:at] + parts[at + 1 :]
                ]
                if inside:
                    yield sum_row(place, inside, "bands and their total")


def _of_areas(cells: Cells, there: pd.DataFrame, setting: Setting) -> Iterator[Row]:
    """Yield wards and their LSOAs, districts and their areas, all areas together."""
    for (theme, period), held in there.groupby(["theme", "period"], sort=False):
        known = dict(zip(held["area"], held["place"], strict=True))
        for layers, nests in setting.nests.items():
            of = (str(theme), str(period))
            if isinstance(nests, Nests):
                yield from _of_nests(cells, known, nests, of, layers)
            else:
                yield from _of_pieces(cells, known, nests, of, layers)
        for level, codes in setting.levels.items():
            yield from _of_totals(known, level, codes, setting)


def _of_nests(
    cells: Cells, known: Mapping[str, int], nests: Nests, of: tuple[str, str], layers: tuple[str, str]
) -> Iterator[Row]:
    """Yield areas and the finer ones that they are made of; of others what the finer ones inside them leave."""
    outer, inner = layers
    for code, parts in nests.parts.items():
        if code not in known or not all(part in known for part in parts):
            continue
        inside = [known[part] for part in parts]
        if code in nests.whole:
            yield sum_row(known[code], inside, f"{outer} less their {inner}", areal=True)
        else:
            rest = cells.place((of[0], f"rest of {code}", of[1]), formed=True)
            yield sum_row(known[code], [*inside, rest], f"{outer} less the {inner} inside them", areal=True)
    for code, touched in nests.touched.items():
        if code in known and code not in nests.whole and all(part in known for part in touched):
            parts_of = [known[part] for part in touched]
            yield _at_least(parts_of, known[code], f"{outer} and the {inner} that they touch")


def _of_pieces(
    cells: Cells, known: Mapping[str, int], pieces: Pieces, of: tuple[str, str], layers: tuple[str, str]
) -> Iterator[Row]:
    """Yield areas of both layers as sums of the pieces that they are cut into by each other."""
    whole = {inner for inner, held in pieces.inner.items() if len(held) == 1 and inner in known}
    for side, others in ((0, pieces.outer), (1, pieces.inner)):
        for code, held in others.items():
            if (
                code not in known
                or code in whole
                or not all(one[1 - side] in known for one in held if one[1 - side] != OUTSIDE)
            ):
                continue
            inside = [
                known[one[1]]
                if one[1] in whole
                else cells.place((of[0], f"{one[0]} and {one[1]}", of[1]), formed=True)
                for one in held
            ]
            nested = all(one[1] in whole for one in held)
            words = "less their {}" if nested else "and {} that cut each other"
            why = f"{layers[0]} {words.format(layers[1])}"
            yield sum_row(known[code], inside, why, areal=True)


def _of_totals(known: Mapping[str, int], level: str, codes: pd.Index[str], setting: Setting) -> Iterator[Row]:
    """Yield the areas of a layer and their totals, of all and by district."""
    inside = [known[code] for code in codes if code in known]
    if len(inside) != len(codes) or not inside:
        return
    if ALL in known:
        some = level in setting.partial
        yield sum_row(known[ALL], inside, f"all {level} and their total", slack=some, areal=True)
    held = setting.districts.reindex(codes).dropna()
    for name, group in held.groupby(held):
        if f"district {name}" in known:
            parts = [known[code] for code in group.index]
            yield sum_row(known[f"district {name}"], parts, f"districts and their {level}", areal=True)


def _at_least(parts: list[int], whole: int, why: str) -> Row:
    cells = np.array([*parts, whole], dtype=np.intp)
    return Row(cells, np.array([*[1.0] * len(parts), -1.0]), 0.0, np.inf, why, areal=True)


def _of_periods(cells: Cells, there: pd.DataFrame, periods: Mapping[str, Months]) -> Iterator[Row]:
    """Yield periods and the shorter ones inside them: their sum, or what is left."""
    for (theme, area), held in there.groupby(["theme", "area"], sort=False):
        known = {
            str(period): place
            for period, place in zip(held["period"], held["place"], strict=True)
            if periods.get(str(period))
        }
        if len(known) < 2:
            continue
        months = {name for name in known if len(periods[name]) == 1}
        for name, place in known.items():
            whole = periods[name]
            single = [month for month in months if periods[month] <= whole and month != name]
            complete = len(whole) > 1 and len(single) == len(whole)
            if complete:
                yield sum_row(place, [known[month] for month in sorted(single)], "a period and its months")
            for other in known:
                if other == name or not periods[other] < whole or other in months:
                    continue
                # Where all months are known, nothing is formed that their sums do not tell; but what an earlier edition
                # leaves of this one is often a month, and then told at once.
                if not complete or period_key(whole - periods[other]) in known:
                    yield _left(cells, str(theme), str(area), known, name, [other], periods)
            if single and not complete:
                yield _left(cells, str(theme), str(area), known, name, sorted(single), periods)


def _left(
    cells: Cells,
    theme: str,
    area: str,
    known: Mapping[str, int],
    whole: str,
    parts: list[str],
    periods: Mapping[str, Months],
) -> Row:
    rest = period_key(periods[whole] - frozenset().union(*(periods[part] for part in parts)))
    left = cells.place((theme, area, rest), formed=True)
    return sum_row(known[whole], [*(known[part] for part in parts), left], "a period less a shorter one")


def _of_themes(there: pd.DataFrame, themes: Mapping[str, Theme]) -> Iterator[Row]:
    """Yield themes that hold others: they have at least as many incidents as those that do not overlap together."""
    inside = {
        outer: [
            name
            for name in themes
            if themes[outer].holds(themes[name]) and not themes[name].holds(themes[outer])
        ]
        for outer in themes
    }
    apart = {
        outer: [
            name
            for name in held
            if not any(_overlap(themes[name], themes[one]) for one in held if one != name)
        ]
        for outer, held in inside.items()
    }
    for _, held in there[there["theme"].isin(list(themes))].groupby(["area", "period"], sort=False):
        known = dict(zip(held["theme"], held["place"], strict=True))
        for outer, place in known.items():
            for name in inside[outer]:
                if name in known and name not in apart[outer]:
                    yield sum_row(place, [known[name]], "a theme and one inside it", slack=True)
            parts = [known[name] for name in apart[outer] if name in known]
            if parts:
                yield sum_row(place, parts, "a theme and those inside it", slack=True)


def _overlap(one: Theme, other: Theme) -> bool:
    if one.category and other.category:
        return bool((one.category - one.exclude) & (other.category - other.exclude))
    return True
