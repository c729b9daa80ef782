"""Where a layer came from: version, inputs, what was dropped, and the settings of every step.

The record holds no time of day and no folder of a machine, so that same inputs give same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hotspots._version import __version__
from hotspots.analysis.origins import Origin, files_origin
from hotspots.areas.population import Populations
from hotspots.base.crs import crs_text
from hotspots.base.database.address import is_address, parse_address
from hotspots.counting.period import From
from hotspots.incidents.quality import QualityReport

if TYPE_CHECKING:
    import geopandas as gpd

METHODS = f"Formulas, limits and sources: docs/methods.md of hotspots {__version__}."


def make_provenance(
    *,
    crs: Any,
    quality: QualityReport,
    months: float | None,
    steps: Mapping[str, Mapping[str, Any]],
    months_from: From | None = None,
    areas: gpd.GeoDataFrame | None = None,
    origin: Origin | None = None,
) -> dict[str, Any]:
    """Return the record that travels with a layer.

    Parameters
    ----------
    crs : anything that pyproj takes
        The system in which everything was computed.
    quality : QualityReport
        The account of every row read.
    months : float or None
        Length of the period that rates and densities were annualised from.
    steps : mapping of str to mapping
        The settings of each step, by its name on the command line.
    months_from : {'given', 'asked', 'files'}, optional
        What `months` rests on; see `hotspots.counting.period`.
    areas : GeoDataFrame, optional
        The areas, for which population it is that rates are per head of.
    origin : Origin, optional
        Whose data they are; what the files tell without it.

    Returns
    -------
    dict
        Ready for JSON, with the keys ``made_with``, ``methods``, ``crs``, ``months``, ``months_from``, ``steps``,
        ``source``, ``attribution``, ``incidents`` and, where it is known, ``population``: its source, column and year.
    """
    held = None if areas is None else areas.attrs.get("populations")
    known: dict[str, Any] = {"population": held.to_dict()} if isinstance(held, Populations) else {}
    if origin is None:
        origin = files_origin(quality, areas=areas)
    known |= {"source": origin.source, "attribution": origin.attribution}
    return {
        "made_with": f"hotspots {__version__}",
        "methods": METHODS,
        "crs": crs_text(crs),
        "months": months,
        "months_from": months_from,
        "steps": {name: dict(settings) for name, settings in steps.items()},
        **known,
        "incidents": quality.unquoted().to_dict(),
    }


_FILES = ("source", "population_table", "lookup", "plan", "sheet", "table", "harm", "offences", "context")
"""Keys of a recipe and a plan under which a file may stand; at the head of a recipe, ``source`` is a sentence."""


def names_only(held: Any, *, key: str = "", head: bool = True) -> Any:
    """Return the tables of a recipe with the names of files alone, not of the folders of a machine.

    Examples
    --------
    >>> names_only({"source": "police.uk, 2025", "areas": [{"source": "/home/ann/wards.gpkg", "label": "Wards"}]})
    {'source': 'police.uk, 2025', 'areas': [{'source': 'wards.gpkg', 'label': 'Wards'}]}
    """
    if isinstance(held, Mapping):
        return {
            name: value if head and name == "source" else names_only(value, key=str(name), head=False)
            for name, value in held.items()
        }
    if isinstance(held, list | tuple):
        return [names_only(one, key=key, head=False) for one in held]
    if not isinstance(held, str):
        return held
    if is_address(held):
        return parse_address(held).label
    last = re.split(r"[/\\]", held.rstrip("/\\"))[-1]
    # A population is the table of a breakdown, or a column of areas.
    return last if key in _FILES or (key == "population" and "." in last) else held


def rests_on(given: float | None, asked: str | None) -> From:
    """Return what the length of a period rests on, given a length and the months asked for, where they are."""
    return "given" if given is not None else "files" if asked is None else "asked"


def extend_provenance(
    provenance: Mapping[str, Any] | None, *, crs: Any, step: str, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the record of a layer to which one more step was applied; a layer of unknown origin starts one."""
    record = dict(provenance or {})
    record["made_with"] = f"hotspots {__version__}"
    record["crs"] = crs_text(crs)
    record["steps"] = {**record.get("steps", {}), step: dict(settings)}
    return record
