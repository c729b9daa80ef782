"""What a recipe came to: layers, themes and the selection of areas, each with a key, a label and a kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from hotspots.analysis.against import Against
from hotspots.analysis.breakdowns import Breakdown
from hotspots.analysis.changes import Comparison, ThemeChange
from hotspots.analysis.charts import MonthCharts
from hotspots.analysis.facts import AreaFacts
from hotspots.analysis.origins import Origin
from hotspots.analysis.profile import Profile
from hotspots.analysis.recipe.tables import Recipe, Theme
from hotspots.analysis.repeats import Repeats
from hotspots.analysis.shares import Share
from hotspots.analysis.since import Since
from hotspots.analysis.standings import Standings
from hotspots.analysis.times.grid import HotTimes
from hotspots.areas.neighbours import Neighbours
from hotspots.areas.outline import outline_of
from hotspots.areas.uncovered import not_covered
from hotspots.base.surface import Floats, Surface
from hotspots.counting.coverage.lapses import Lapses, lapse_words, within_lapses
from hotspots.counting.tally import Tally
from hotspots.disclosure.rules import Profile as Rules
from hotspots.incidents.quality import QualityReport
from hotspots.priorities.matrix import DistrictMatrix
from hotspots.priorities.plan import Plan
from hotspots.priorities.prioritise import Priorities

Kind = Literal["areas", "cells", "localities", "classes"]


@dataclass(frozen=True, eq=False)
class Layer:
    """A table of areas with results.

    Attributes
    ----------
    key : str
        What files, tables and links call it; no other layer of its group has it.
    kind : {'areas', 'cells', 'localities', 'classes'}
        What its rows are: areas of the recipe, cells of its grid, selected areas joined, or classes of areas joined.
    label : str
        What a reader calls it, as the recipe says: ``"Wards"``.
    table : GeoDataFrame
        One row per area, with the columns of results.
    members : Series or None
        Of classes, the class of each area of the layer that they are made of; None of others.
    """

    key: str
    kind: Kind
    label: str
    table: gpd.GeoDataFrame
    members: pd.Series[Any] | None = None

    @property
    def whole(self) -> gpd.GeoDataFrame:
        """Its areas that the files cover in every month: those that are compared with one another."""
        lacking = not_covered(self.table)
        return self.table[~lacking] if lacking.any() else self.table

    def __repr__(self) -> str:
        return f"<Layer '{self.key}': {len(self.table):,} {self.kind}, '{self.label}'>"


@dataclass(frozen=True, eq=False)
class Group:
    """Layers that are shown together under one name.

    Attributes
    ----------
    key : str
        What files and links call it; no other group of the analysis has it.
    name : str
        What a reader calls it.
    layers : tuple of Layer
        In the order in which they are shown.
    surface : Surface or None
        A density over the same ground.
    contours : GeoDataFrame or None
        Its contour polygons.
    """

    key: str
    name: str
    layers: tuple[Layer, ...]
    surface: Surface | None = None
    contours: gpd.GeoDataFrame | None = None

    def __repr__(self) -> str:
        held = ", ".join(layer.key for layer in self.layers) + (", a surface" if self.surface else "")
        return f"<{type(self).__name__} '{self.key}': {held}>"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ThemeResult(Group):
    """What one theme of the recipe came to.

    Attributes
    ----------
    theme : Theme
        The recipe's entry.
    n : int or float
        Incidents inside the areas of the first layer, the sum of their weights.
    rate : float or None
        Rate of all areas of the first layer that have one, taken together; None where no population is known.
    monthly : DataFrame or None
        Incidents in each area of the first layer by month of the analysis, missing where the files do not cover the
        area in the month; None where no month is known.
    earlier : DataFrame or None
        Those of the months that are read for a comparison alone; None where there are none.
    change : ThemeChange or None
        How it changed, where the analysis has two periods to compare.
    breakdowns, shares : tuple of Breakdown, tuple of Share
        Those that the recipe asks for of this theme.
    repeats : Repeats or None
        Repeat locations and targets, where the recipe asks for them.
    times : HotTimes or None
        At what hours its incidents are, where the recipe asks for it.
    bears : ndarray or None
        How many incidents bear on each cell of the surface, where it is to be published; see
        `hotspots.analysis.public.density.bearing`.
    pieces : Series or None
        Its incidents by the area of each layer of areas at once, where there are several and they are to be published;
        see `hotspots.analysis.public.pieces.count_pieces`.
    """

    theme: Theme
    n: float
    rate: float | None = None
    monthly: pd.DataFrame | None = None
    earlier: pd.DataFrame | None = None
    change: ThemeChange | None = None
    breakdowns: tuple[Breakdown, ...] = ()
    shares: tuple[Share, ...] = ()
    repeats: Repeats | None = None
    times: HotTimes | None = None
    bears: Floats | None = None
    pieces: pd.Series[Any] | None = None

    @property
    def first(self) -> gpd.GeoDataFrame:
        """The table of the recipe's first areas."""
        return self.layers[0].table


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Selection(Group):
    """The priority areas, and by what they were selected.

    Attributes
    ----------
    plan : Plan
        What makes an area a priority.
    priorities : Priorities
        What the plan came to; `layers` are its areas and its localities.
    tally : Tally
        The incidents that they were selected by.
    matrix : DistrictMatrix or None
        Which themes weigh in which district; None where districts cannot be compared.
    """

    plan: Plan
    priorities: Priorities
    tally: Tally
    matrix: DistrictMatrix | None = None


@dataclass(frozen=True)
class Published:
    """By what rules an analysis may be published, and what had to be left out.

    Attributes
    ----------
    profile : Profile
        The rules.
    left_out : tuple of str
        What is not in it that the recipe asks for, in sentences.
    """

    profile: Rules
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Analysis:
    """What a recipe came to, before anything is written.

    Attributes
    ----------
    recipe : Recipe
        What was asked for.
    quality : QualityReport
        What became of every row.
    calendar : tuple of Period
        The months that incidents have, ascending; none where no month is known.
    months : float
        Length of the period in months.
    areas : GeoDataFrame
        The recipe's first areas: the study area.
    themes : tuple of ThemeResult
        In the recipe's order.
    neighbours : dict of str to Neighbours
        What counted as neighbours, by the key of the layer.
    selection : Selection or None
        The priority areas, where the recipe asks for them.
    comparison : Comparison or None
        The periods that are compared, where there are two.
    standings : Standings or None
        The places at greatest risk, where the recipe asks for them.
    assessment : DataFrame or None
        Themes as people scored them, from `hotspots.assess_themes`, where the recipe asks for it.
    profile : Profile or None
        Each partnership by offence, of the first source; None where areas tell of no district, or incidents of no
        category.
    accounts : mapping of str to QualityReport
        The account of each source by its name, where the recipe has several; `quality` is their sum.
    others : mapping of str to QualityReport
        The account of the street files of each other force that the recipe compares with, by its name.
    classes : mapping of str to Series
        The class of each of the first areas, by the name of the recipe's lookup.
    rows_by_month : mapping of str to int
        Rows used by month, those of the comparison with them: ``{"2025-01": 8412}``.
    since : Since or None
        What changed since an earlier edition, where one was named.
    origin : Origin
        Whose data they are, and under what licence.
    charts : MonthCharts or None
        What is unusual in the last month and how areas' months go, where the recipe asks for it.
    against : mapping of str to Against
        By the key of a theme: its rate beside those of the comparators, and its districts among themselves.
    facts : AreaFacts or None
        What the card of an area tells beside its layers' columns.
    comparators : DataFrame or None
        What the force is compared with, from `hotspots.analysis.partnerships.find_comparators`.
    published : Published or None
        By what rules it may be published; None of an analysis with exact figures, which is not for publication.
    uncovered : mapping of str to GeoDataFrame
        The areas that the files do not cover, by the key of their layers; they are in no table and no figure.
    gaps : str
        The months that the files lack of some districts, in words; their counts are too low by them.
    lacking : str
        The areas that one of several sources does not cover and another does, in words.
    parts : mapping of str to GeoDataFrame
        The areas that the files cover in a part of the reporting period's months, by the key of their layers: they have
        their count, and are in nothing that is compared.
    lapses : Series
        The months that first areas lack, those only compared with among them; see `hotspots.counting.coverage.lapses`.
    context : GeoDataFrame or None
        Towns, roads and water that maps show for orientation, from `hotspots.areas.context.read_context`.
    """

    recipe: Recipe
    quality: QualityReport
    calendar: tuple[pd.Period, ...]
    months: float
    areas: gpd.GeoDataFrame
    themes: tuple[ThemeResult, ...]
    neighbours: dict[str, Neighbours]
    selection: Selection | None = None
    comparison: Comparison | None = None
    standings: Standings | None = None
    assessment: pd.DataFrame | None = None
    profile: Profile | None = None
    accounts: Mapping[str, QualityReport] = field(default_factory=dict)
    others: Mapping[str, QualityReport] = field(default_factory=dict)
    classes: Mapping[str, pd.Series[Any]] = field(default_factory=dict)
    rows_by_month: Mapping[str, int] = field(default_factory=dict)
    since: Since | None = None
    origin: Origin = field(default_factory=lambda: Origin("", ""))
    charts: MonthCharts | None = None
    against: Mapping[str, Against] = field(default_factory=dict)
    facts: AreaFacts | None = None
    comparators: pd.DataFrame | None = None
    published: Published | None = None
    uncovered: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    gaps: str = ""
    lacking: str = ""
    parts: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    lapses: Lapses = field(default_factory=lambda: pd.Series(dtype=object))
    context: gpd.GeoDataFrame | None = None

    @property
    def partly(self) -> dict[Any, str]:
        """What is said of each first area that lacks a month: ``"not covered in June 2025 (11 of 12 months)"``."""
        return {code: lapse_words(gone, self.calendar) for code, gone in self.lapses.items()}

    @property
    def all_lacking(self) -> bool:
        """Whether every first area lacks a month of the reporting period, so that none is set apart."""
        return not self.parts and not within_lapses(self.lapses, self.calendar).empty

    @property
    def whole(self) -> gpd.GeoDataFrame:
        """The first areas that the files cover in every month: those that are compared with one another."""
        return self.areas[~self.areas.index.isin(self.lacking_months.index)]

    @property
    def lacking_months(self) -> gpd.GeoDataFrame:
        """The first areas that lack a month of the reporting period, with ``coverage``; none where all are whole."""
        part = self.parts.get(self.themes[0].layers[0].key) if self.themes else None
        return self.areas.iloc[:0].assign(coverage="") if part is None else part

    @cached_property
    def outline(self) -> gpd.GeoDataFrame:
        """The outlines of the districts, see `hotspots.areas.outline.outline_of`; every picture draws them."""
        return outline_of(self.areas)

    @property
    def groups(self) -> tuple[Group, ...]:
        """All that is shown: the selection first, then the themes."""
        return self.themes if self.selection is None else (self.selection, *self.themes)

    def __repr__(self) -> str:
        themes = ", ".join(theme.key for theme in self.themes)
        counted = f"{self.quality.used:,} incidents, {self.months:g} months"
        return f"<Analysis '{self.recipe.title}': {counted}, themes {themes}>"
