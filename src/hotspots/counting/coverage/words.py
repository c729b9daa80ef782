"""The one warning of what the files do not cover: which areas, in which months, and what they are of."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from hotspots.areas.outline import districts_of
from hotspots.areas.uncovered import NAMED, uncovered_words
from hotspots.base.errors import HotspotsWarning
from hotspots.base.text import counted, list_words
from hotspots.counting.coverage.forces import forces_of, forces_with_gaps, forces_without
from hotspots.incidents.quality import SourceReport, month_spans

if TYPE_CHECKING:
    import geopandas as gpd

Gaps = Mapping[str, tuple[str, ...]]
"""The months that the files lack, by district; see `hotspots.counting.coverage.months_lacking`."""


def warn_uncovered(
    areas: gpd.GeoDataFrame,
    missing: gpd.GeoDataFrame,
    *,
    gaps: Gaps | None = None,
    left_out: bool = False,
    lacking: Mapping[str, gpd.GeoDataFrame] | None = None,
    sources: Iterable[SourceReport] = (),
    label: str = "areas",
    stacklevel: int = 2,
) -> None:
    """Warn of what the files do not cover, once, with the forces that they are of; nothing where they cover all.

    Parameters
    ----------
    areas, missing : GeoDataFrame
        All areas, and those of which nothing is known.
    gaps : mapping of str to tuple of str, optional
        The months that the files lack of other districts.
    left_out : bool, default False
        Whether these districts are left out of what is measured.
    lacking : mapping of str to GeoDataFrame, optional
        The areas that one of several sources does not cover, by its name.
    sources : iterable of SourceReport
        The files that were read.
    label, stacklevel
        What the areas are called; how far up the caller is.
    """
    forces = forces_of(sources)
    told = []
    if not missing.empty:
        of = f", which are of {list_words(list(forces))}," if 0 < len(forces) <= NAMED else ""
        told.append(
            f"not covered by the files{of} and left out of every figure: {uncovered_words(missing)} "
            "(where this is wrong, name them with 'covered')"
        )
    if gaps:
        what = (
            "so that they are in no rate, average, rank or comparison"
            if left_out
            else "so that their counts are too low"
        )
        hint = "add the files, choose months that all files hold, or, where this is wrong, name them with 'covered'"
        told.append(f"covered in a part of the months, {what}: {gaps_words(areas, gaps, forces)} ({hint})")
    if lacking:
        told.append(
            f"{sources_words(lacking)}, which another source covers: its themes are not covered there (where they are, "
            "name them with 'covered')"
        )
    if told:
        warnings.warn(f"{label}: {'; '.join(told)}", HotspotsWarning, stacklevel=stacklevel + 1)


def warn_forces(sources: Iterable[SourceReport], *, stacklevel: int = 2) -> None:
    """Warn of months that a force's files lack, where incidents are counted in no areas; nothing where there are none.

    Parameters
    ----------
    sources : iterable of SourceReport
        The files that were read.
    stacklevel : int
        How far up the caller is.
    """
    gaps = forces_with_gaps(forces_of(sources))
    if gaps:
        told = [f"no file of {force} holds {month_spans(months)}" for force, months in gaps.items()]
        shown = told if len(told) <= NAMED else [*told[:NAMED], f"{len(told) - NAMED} more forces lack some"]
        warnings.warn(
            f"not covered in every month: {'; '.join(shown)}, so that counts are too low there (add the files, or "
            "choose months that all files hold)",
            HotspotsWarning,
            stacklevel=stacklevel + 1,
        )


def sources_words(lacking: Mapping[str, gpd.GeoDataFrame]) -> str:
    """Return which areas each of several sources does not cover, in words; empty where each covers all.

    Parameters
    ----------
    lacking : mapping of str to GeoDataFrame
        The areas that a source does not cover and another does, by the source's name.
    """
    return "; ".join(f"'{name}' holds none of {uncovered_words(areas)}" for name, areas in lacking.items())


def gaps_words(areas: gpd.GeoDataFrame, gaps: Gaps, forces: Mapping[str, tuple[str, ...]]) -> str:
    """Return which districts lack which months, and whose files do, in words.

    Parameters
    ----------
    areas : GeoDataFrame
        With ``district``.
    gaps : mapping of str to tuple of str
        The months that districts lack.
    forces : mapping of str to tuple of str
        The months of each force's files.
    """
    district = districts_of(areas)
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, months in gaps.items():
        alike.setdefault(months, []).append(name)
    told = []
    for months, names in alike.items():
        shown = names if len(names) <= NAMED else [*names[:NAMED], f"{len(names) - NAMED} more"]
        number = counted(int(district.isin(names).sum()), "area")
        absent = forces_without(forces, months)
        whose = f" (no file of {list_words(absent)})" if 0 < len(absent) <= NAMED else ""
        told.append(f"{list_words(shown)} ({number}) without {month_spans(months)}{whose}")
    return "; ".join(told)
