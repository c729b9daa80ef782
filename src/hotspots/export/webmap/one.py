"""The page of one area: the map's document, opened on that area's card, without what chooses others."""

from __future__ import annotations

import json
import re
from typing import Any

from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.export.webmap.data import to_script

_DATA = re.compile(r'(<script type="application/json" id="hotspots-data">)(.*?)(</script>)', re.DOTALL)


def page_of_area(document: str, area: str) -> str:
    """Return a map's document as the page of one area: its place, its card, the legend, and no other controls.

    The card is the one that the map opens for the area, word for word; it prints on one sheet of A4. Heat-maps and
    other weights are left out.

    Parameters
    ----------
    document : str
        The text of a page that `hotspots.export.webmap.make.write_map` wrote.
    area : str
        The area's code; case does not matter.

    Raises
    ------
    DataError
        When the document is no such page.
    ParameterError
        When no area of the map has that code.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from hotspots.export.webmap.make import AreaView, make_map
    >>> square = shapely.box(400_000, 300_000, 401_000, 301_000)
    >>> wards = gpd.GeoDataFrame({"n": [3]}, geometry=[square], index=["E05000001"], crs="EPSG:27700")
    >>> made = make_map([AreaView("Incidents", wards, "n", noun="wards")], title="Burglary").get_root().render()
    >>> '"page":"E05000001"' in page_of_area(made, "e05000001")
    True
    """
    found = _DATA.search(document)
    data = _read(found[2]) if found else None
    if found is None or data is None:
        raise DataError(
            "this is no map of the toolkit, and holds no areas",
            hint="give the folder of a run, its map.html, or a layer",
        )
    codes = _codes(data)
    same = next((code for code in codes if code.casefold() == area.strip().casefold()), None)
    if same is None:
        raise ParameterError(f"the map has no area '{area}'", hint=did_you_mean(area, codes))
    told = to_script(data | {"page": same, "surfaces": [], "whatif": None})
    return document[: found.start()] + found[1] + told + found[3] + document[found.end() :]


def _read(text: str) -> dict[str, Any] | None:
    """Return the data of a page; None where it is not what a map of this version holds."""
    try:
        data = json.loads(text)
        _codes(data)
    except (ValueError, TypeError, KeyError, IndexError, StopIteration):
        return None
    return data if isinstance(data, dict) else None


def _codes(data: dict[str, Any]) -> list[str]:
    """Return the codes of all areas of a map, those of its first theme first."""
    codes: dict[str, None] = {}
    for theme in data["themes"]:
        columns = [data["columns"][place] for place in data["tables"][theme["table"]]]
        codes |= dict.fromkeys(
            str(code) for code in next(c for c in columns if c["name"] == "code")["values"]
        )
    return list(codes)
