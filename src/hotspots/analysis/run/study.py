"""What all themes of a run share: places, incidents, where each incident is, and the time they cover."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.analysis.changes import Comparison, find_comparison
from hotspots.analysis.emerging import find_steps
from hotspots.analysis.keys import make_keys
from hotspots.analysis.people import Grouping, read_groupings
from hotspots.analysis.recipe.tables import CELLS, Areas, Emerging, GiStar, Grid, Outliers, Recipe
from hotspots.analysis.run.parts import Apart, Part
from hotspots.analysis.run.place import Held, Place
from hotspots.analysis.sources import of_source
from hotspots.analysis.steps.counted import locate, monthly_counts
from hotspots.analysis.steps.covered import Covering, judge_covering
from hotspots.areas.grid import make_grid
from hotspots.areas.neighbours import Neighbours, make_neighbours
from hotspots.areas.overlap import largest_overlap
from hotspots.areas.reading import read_areas
from hotspots.counting.belonging import assign_areas
from hotspots.counting.counts import count_incidents
from hotspots.counting.coverage.areas import find_coverage
from hotspots.counting.coverage.words import warn_uncovered
from hotspots.counting.period import Period
from hotspots.counting.steps import TimeSteps
from hotspots.incidents.quality import QualityReport

log = logging.getLogger(__name__)

LOCALITIES = "localities"
_WARD = r"[EW]05\d{6}$"  # as the ONS codes wards
TAKEN = (CELLS, LOCALITIES, "contours")  # keys of layers that no areas of the recipe can have


@dataclass(frozen=True, eq=False)
class Study:
    """What all themes share: places, what is counted in each, where incidents are, and the time they cover.

    Attributes
    ----------
    held : dict of str to Held
        What is counted, by the key of the place.
    spots : DataFrame
        Incidents with their coordinates, or their sums by place and category.
    apart : Apart
        The areas that lack a month, which are in no place, and what the first ones lack.
    """

    held: dict[str, Held]
    spots: pd.DataFrame
    places: list[Place]
    neighbours: dict[str, Neighbours]  # of [gistar]
    beside: dict[str, Neighbours]  # of [outliers]
    around: dict[str, Neighbours]  # of [emerging]
    steps: TimeSteps | None  # of [emerging]
    calendar: tuple[pd.Period, ...]
    months: float
    comparison: Comparison | None
    apart: Apart
    groupings: tuple[Grouping, ...] = ()

    @property
    def parts(self) -> dict[str, Part]:
        """The areas that lack a month, by the key of their place."""
        return self.apart.parts

    @property
    def incidents(self) -> pd.DataFrame:
        """What is counted in the first areas, of the reporting period."""
        return self.held[self.places[0].key].incidents

    @property
    def before(self) -> pd.DataFrame:
        """What is counted in the first areas, of the comparison alone."""
        return self.held[self.places[0].key].before

    @property
    def before_in(self) -> pd.Series[Any]:
        """The area of each of these."""
        return self.held[self.places[0].key].before_in

    @property
    def assigned(self) -> dict[str, pd.Series[Any]]:
        """The area of each incident of the reporting period, by the key of the place."""
        return {key: one.assigned for key, one in self.held.items()}


def read_places(recipe: Recipe) -> list[Place]:
    """Return the areas of a recipe as places, in its order."""
    keys = make_keys([entry.label for entry in recipe.areas], fallback="areas", taken=TAKEN)
    places = []
    for entry, key in zip(recipe.areas, keys, strict=True):
        table = recipe.path(entry.population_table) if entry.population_table else None
        areas = read_areas(
            recipe.path(entry.source),
            layer=entry.layer,
            code=entry.code,
            name=entry.name,
            district=entry.district,
            population=entry.population,
            population_table=table,
            only=entry.only or None,
            areas_crs=entry.areas_crs,
            keep=_kept(recipe, entry),
            crs=recipe.crs,
        )
        lookup = tuple(recipe.path(name) for name in entry.lookup)
        places.append(Place(key, "areas", entry.label, areas, entry.by, lookup))
    first, *others = places
    if not first.areas.index.str.match(_WARD).all():
        return places
    return [first, *(replace(place, areas=_in_wards(place.areas, first.areas)) for place in others)]


def _kept(recipe: Recipe, entry: Areas) -> tuple[str, ...]:
    """Return the areas' own columns to keep: of a folder for publication those alone that it names again."""
    if recipe.publish is None or not entry.keep:
        return entry.keep
    shown = tuple(name for name in entry.keep if name in recipe.publish.keep)
    if len(shown) < len(entry.keep):
        left = ", ".join(f"'{name}'" for name in entry.keep if name not in shown)
        log.info(
            "%s: columns of their own are not published (%s); name with 'keep' in [publish] what may be",
            entry.label,
            left,
        )
    return shown


def _in_wards(areas: gpd.GeoDataFrame, wards: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return areas with the ward that the largest part of each lies in, and its district where they have none."""
    codes = largest_overlap(areas, wards)
    named = areas.copy()
    found = wards[["name", "district"]].reindex(codes).set_axis(areas.index).fillna("").astype("str")
    named["district"] = named["district"].where(named["district"] != "", found["district"])
    named.insert(list(named.columns).index("district") + 1, "ward", found["name"])
    return named


def locate_all(incidents: pd.DataFrame, before: pd.DataFrame, places: list[Place]) -> dict[str, Held]:
    """Return the incidents, those of the comparison alone, and the area of each, by the key of the place."""
    return {
        place.key: Held(incidents, _locate(incidents, place), before, locate_before(before, place))
        for place in places
    }


def _locate(incidents: pd.DataFrame, place: Place, *, label: str | None = None) -> pd.Series[Any]:
    return locate(
        incidents, place.areas, by=place.by, lookup=place.lookup or None, label=label or place.label
    )


def keep_covered(
    recipe: Recipe,
    places: list[Place],
    held: dict[str, Held],
    quality: QualityReport,
) -> tuple[list[Place], dict[str, Held], dict[str, gpd.GeoDataFrame], Covering]:
    """Return the places, and the areas of incidents, without the areas that the files do not cover; these; and more.

    The first areas say of the districts of all others which are covered. One warning names what is not.

    Parameters
    ----------
    recipe, places : Recipe, list of Place
        What is asked for; places of areas.
    held : dict of str to Held
        What is counted in each, by its key. Incidents that are only compared with cover areas too.
    quality : QualityReport
        The account of the rows.

    Returns
    -------
    places, held : list of Place, dict of str to Held
        Of covered areas alone.
    uncovered : dict of str to GeoDataFrame
        The others, by the key of the place; empty where all is covered.
    found : Covering
        What the files cover of the first areas, in which months, and what of several sources each does not.
    """
    whole, sources = not quality.filtered_category, quality.sources
    kept, located = [], {}
    missing: dict[str, gpd.GeoDataFrame] = {}
    told: dict[str, bool] = {}
    found = Covering(pd.Series(dtype=bool), pd.Series(dtype=bool), pd.Series(dtype=object), {}, {})
    for entry, place in zip(recipe.areas, places, strict=True):
        n, monthly = _counted(held[place.key], place)
        if place is places[0]:
            found = judge_covering(
                place.areas,
                n,
                monthly,
                quality,
                by_source=_by_source(recipe, held[place.key], place),
                covered=entry.covered,
                not_covered=entry.not_covered,
                label=place.label,
                stacklevel=3,
            )
            covered = found.covered
            by_district = covered.groupby(place.areas["district"]).any()
            told = {str(name): bool(held) for name, held in by_district.items() if name}
        else:
            known = set(place.areas["district"])
            said = {
                word: tuple(name for name in told if told[name] is word and name in known)
                for word in (True, False)
            }
            covered = find_coverage(
                place.areas, n, whole=whole,
                covered=entry.covered or said[True], not_covered=entry.not_covered or said[False],
            )  # fmt: skip
            if not missing:
                warn_uncovered(
                    place.areas, place.areas[~covered], sources=sources, label=place.label, stacklevel=3
                )
        if not covered.all():
            missing[place.key] = place.areas[~covered]
        kept.append(replace(place, areas=place.areas[covered]))
        located[place.key] = held[place.key].within(kept[-1].areas)
    return kept, located, missing, found


def _by_source(recipe: Recipe, held: Held, place: Place) -> dict[str, pd.Series[Any]]:
    """Return the incidents of each of several sources by area; nothing where there is one."""
    if len(recipe.incidents) == 1:
        return {}
    counts = {}
    for entry in recipe.incidents:
        own, earlier = of_source(held.incidents, entry.name), of_source(held.before, entry.name)
        mine = Held(own, held.assigned.loc[own.index], earlier, held.before_in.loc[earlier.index])
        counts[entry.name] = _counted(mine, place)[0]
    return counts


def _counted(held: Held, place: Place) -> tuple[pd.Series[Any], pd.DataFrame | None]:
    """Return all incidents in areas, those only compared with too: in all, and by month."""
    incidents, assigned, before, earlier = held
    n = count_incidents(incidents, place.areas, assigned=assigned)
    monthly = monthly_counts(incidents, place.areas, assigned=assigned)
    if before.empty:
        return n, monthly
    n = n + count_incidents(before, place.areas, assigned=earlier)
    months = count_incidents(before, place.areas, per="month", assigned=earlier)
    return n, months if monthly is None else pd.concat([months, monthly], axis=1).T.groupby(level=0).sum().T


def begin_study(
    recipe: Recipe,
    held: dict[str, Held],
    spots: pd.DataFrame,
    places: list[Place],
    period: Period,
    apart: Apart,
    partial: str | None = None,
) -> Study:
    """Return what all themes share, with the neighbours, periods and classes that the recipe asks for."""
    incidents = held[places[0].key].incidents
    named = [(place.key, place.label, place.areas) for place in places if place.kind == "areas"]
    emerging = recipe.emerging
    return Study(
        held,
        spots,
        places,
        find_neighbours(recipe.gistar, places),
        find_neighbours(recipe.outliers, places),
        find_neighbours(emerging, places),
        None
        if emerging is None
        else find_steps(incidents, period.months, step=emerging.step, partial=partial),
        period.months,
        period.length,
        find_comparison(recipe.periods, period.months),
        apart,
        read_groupings(recipe, named, taken=(*TAKEN, *held)),
    )


def locate_before(before: pd.DataFrame, place: Place) -> pd.Series[Any]:
    """Return the area of each incident of the comparison alone, by the first areas."""
    if before.empty:
        return pd.Series(dtype=object)
    return _locate(before, place, label=f"{place.label}, comparison")


def say_comparison(study: Study) -> None:
    """Say what is compared where the recipe leaves it to the files."""
    compared = study.comparison
    if compared is not None and not compared.asked:
        log.info(
            "Every table is of all %d months; the change compares %s with %s (report on one period alone with "
            "'period' in [incidents] and 'before' in [change])",
            len(study.calendar), _ends(compared.after), _ends(compared.before),
        )  # fmt: skip


def _ends(months: tuple[pd.Period, ...]) -> str:
    return "..".join(dict.fromkeys([str(months[0]), str(months[-1])]))


def make_cells(step: Grid, areas: gpd.GeoDataFrame, incidents: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the cells over the areas; where asked, only those in which any incident of any theme lies."""
    cells = make_grid(areas, cell_size=step.cell_size, shape=step.shape)
    if step.keep == "all":
        return cells
    used = cells.index.isin(assign_areas(incidents, cells).dropna().unique())
    log.info(
        "Cells: %s of %s hold an incident of any kind and are the study area",
        f"{int(used.sum()):,}", f"{len(cells):,}",
    )  # fmt: skip
    return cells[used]


def with_cells(
    recipe: Recipe, places: list[Place], spots: pd.DataFrame, held: dict[str, Held]
) -> tuple[list[Place], dict[str, Held]]:
    """Return the places, and what is counted in each, with the cells over the first where the recipe has a grid."""
    if recipe.grid is None:
        return places, held
    cells = make_cells(recipe.grid, places[0].areas, spots)
    made = Place(CELLS, "cells", CELLS.capitalize(), cells, "polygon")
    return [*places, made], held | locate_all(spots, spots.iloc[:0], [made])


def is_named(place: Place, layers: tuple[str, ...]) -> bool:
    """Return whether a step names a place among its layers; the grid's cells have one name for all recipes."""
    return (CELLS if place.kind == "cells" else place.label) in layers


def find_neighbours(step: GiStar | Outliers | Emerging | None, places: list[Place]) -> dict[str, Neighbours]:
    """Return the neighbours in each place that a step is of: those it names, else the first areas and the cells."""
    if step is None:
        return {}
    return {
        place.key: make_neighbours(
            place.areas, method=step.neighbours, distance=step.distance, nearest=step.nearest
        )
        for position, place in enumerate(places)
        if (is_named(place, step.layers) if step.layers else position == 0 or place.kind == "cells")
    }
