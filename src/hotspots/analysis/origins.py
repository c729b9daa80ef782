"""Whose data a result is made of, and under what licence: as a person named it, or as the files themselves tell."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd

from hotspots.analysis.recipe.tables import Recipe
from hotspots.base.errors import HotspotsWarning
from hotspots.base.text import list_words
from hotspots.incidents.quality import QualityReport

POLICE_UK = "police.uk street-level crime"
OGL = "Contains public sector information licensed under the Open Government Licence v3.0."
NOT_STATED = "Source and licence not stated."
NAME_THEM = "name them with 'source' and 'attribution' at the head of the recipe"
# As data.police.uk names its files: 2025-01-staffordshire-street.csv, in a folder or an archive.
_STREET = re.compile(r"(?:^|[/\\])\d{4}-\d{2}-[a-z-]+-street\.csv$", re.IGNORECASE)


@dataclass(frozen=True)
class Origin:
    """Source and licence of what a result is made of, in words.

    Attributes
    ----------
    source : str
        Where the data are from; empty where nobody says so.
    attribution : str
        The words of the licences, or that none is stated.
    unstated : bool
        Whether the licence of some incidents is not stated.
    """

    source: str
    attribution: str
    unstated: bool = False

    @property
    def words(self) -> str:
        """Source and licence as one line at the foot of a page."""
        return f"Source: {self.source}. {self.attribution}" if self.source else self.attribution

    def warn(self, how: str) -> None:
        """Warn where a licence is not stated; `how` says where to name it."""
        if self.unstated:
            warnings.warn(
                f"{self.attribution.split('. ')[0].rstrip('.')}: {how}", HotspotsWarning, stacklevel=3
            )


def files_origin(
    report: QualityReport, *, areas: gpd.GeoDataFrame | None = None, source: str = "", attribution: str = ""
) -> Origin:
    """Return the origin of incidents and areas: what is given, else what the files tell.

    Files of data.police.uk are known by their names, and are under the Open Government Licence; layers that come
    with hotspots carry their own. Nothing else is assumed.

    Parameters
    ----------
    report : QualityReport
        Of the incidents, with the names of their files.
    areas : GeoDataFrame, optional
        The areas, as `read_areas` returns them.
    source, attribution : str, optional
        What a person says of all the data.
    """
    known = is_police_uk(report)
    said = source or (POLICE_UK if known else "")
    if attribution:
        return Origin(said, attribution)
    own = OGL if known else "Licence not stated." if source else NOT_STATED
    return Origin(said, _together([own, attribution_of(areas)]), unstated=not known)


def recipe_origin(
    recipe: Recipe, reports: Mapping[str, QualityReport], areas: Sequence[gpd.GeoDataFrame]
) -> Origin:
    """Return the origin of a recipe's data: what it names, else what its files tell; see `files_origin`.

    Parameters
    ----------
    recipe : Recipe
        Whose `attribution` stands for all data, and that of each source of incidents for its own.
    reports : mapping of str to QualityReport
        The account of each source of incidents, by its name.
    areas : sequence of GeoDataFrame
        The areas.
    """
    recognised = {one.name: is_police_uk(reports[one.name]) for one in recipe.incidents}
    source = recipe.source or (POLICE_UK if all(recognised.values()) else "")
    named = [one.attribution for one in recipe.incidents if one.attribution]
    if recipe.attribution:
        return Origin(source, _together([recipe.attribution, *named]))
    bare = [one.name for one in recipe.incidents if not one.attribution and not recognised[one.name]]
    told = [OGL] if any(recognised[one.name] and not one.attribution for one in recipe.incidents) else []
    if bare and (len(recipe.incidents) == 1 or len(bare) == len(recipe.incidents)):
        told.insert(0, "Licence not stated." if source else NOT_STATED)
    elif bare:
        told.insert(0, f"Licence of {list_words(bare)} not stated.")
    theirs = [attribution_of(table) for table in areas]
    return Origin(source, _together([*told, *named, *theirs]), unstated=bool(bare))


def is_police_uk(report: QualityReport) -> bool:
    """Return whether all files of incidents are named as data.police.uk names its files."""
    return bool(report.sources) and all(_STREET.search(one.name) for one in report.sources)


def months_words(report: QualityReport) -> str:
    """Return the months that incidents were asked for, or else those that they have: ``"2025-01 to 2025-12"``."""
    if report.period:
        return report.period.replace("..", " to ")
    ends = dict.fromkeys([*report.months[:1], *report.months[-1:]])
    return " to ".join(ends)


def attribution_of(areas: gpd.GeoDataFrame | None) -> str:
    """Return the words that a layer of areas must carry, where it came with hotspots; else none."""
    return "" if areas is None else str(areas.attrs.get("attribution", ""))


def _together(texts: Sequence[str]) -> str:
    """Return licences one after the other, each sentence of theirs once."""
    sentences = [part for text in texts for part in re.split(r"(?<=\.)\s+(?=[A-Z])", text.strip()) if part]
    return " ".join(dict.fromkeys(sentences))
