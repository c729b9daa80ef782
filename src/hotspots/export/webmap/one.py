"""The page of one area: the map's document, opened on that area's card, without what chooses others."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.export.webmap.data import to_script
from hotspots.export.webmap.shapes import decode_integers

_LISTED = re.compile(r'(<div class="hotspots-still">.*?)<h2>.*?</h2>\s*<ol>.*?</ol>(\s*</div>)', re.DOTALL)
_DATA = re.compile(r'(<script type="application/json" id="hotspots-data">)(.*?)(</script>)', re.DOTALL)


def page_of_area(document: str, area: str) -> str:
    """Return a map's document as the page of one area: its place, its card, the legend, and no other controls.

    The card is the one that the map opens for the area, word for word; it prints on one sheet of A4. Heat-maps and
    other weights are left out. Where no script runs, the page shows the map's drawing and all that its first
    layer tells of the area.

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
    facts = _facts(data, same)
    before, after = document[: found.start()], document[found.end() :]
    still = _LISTED.sub(lambda listed: listed[1] + facts + listed[2], before, count=1)
    return still + found[1] + told + found[3] + after


def _read(text: str) -> dict[str, Any] | None:
    """Return the data of a page; None where it is not what a map of this version holds."""
    try:
        data = json.loads(text)
        _codes(data)
    except (ValueError, TypeError, KeyError, IndexError, StopIteration):
        return None
    return data if isinstance(data, dict) else None


def _facts(data: dict[str, Any], area: str) -> str:
    """Return an area's name and its columns in words, as HTML, from the first theme that draws it."""
    for theme in data["themes"]:
        columns = [data["columns"][place] for place in data["tables"][theme["table"]]]
        codes = next(column for column in columns if column["name"] == "code")["values"]
        if area in codes:
            break
    place = [str(code) for code in codes].index(area)
    cells = {column["name"]: _cell(column, place) for column in columns}
    rows = [
        f"<dt>{escape(' '.join(part for part in (column['label'], column['unit']) if part))}</dt>"
        f"<dd>{escape(cells[column['name']])}</dd>"
        for column in columns
        if column["name"] != "name" and cells[column["name"]]
    ]
    return f"<h2>{escape(cells.get('name') or area)}</h2>\n<dl>{''.join(rows)}</dl>"


def _cell(column: dict[str, Any], place: int) -> str:
    """Return one cell as the page's script shows it; empty where there is no value."""
    value: Any = column["values"][place] if "values" in column else _number(column, place)
    if value is None:
        return ""
    if "words" in column:
        return str(column["words"][int(value)])
    if column.get("flag"):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if value == 0 and "smallest" in column:
        return f"under {column['smallest']}"
    decimals = column.get("decimals")
    return f"{value:,.{(0 if float(value).is_integer() else 3) if decimals is None else decimals}f}"


def _number(column: dict[str, Any], place: int) -> float | None:
    value = int(decode_integers(column["packed"])[place])
    return None if value == 0 else (value - 1 if value > 0 else value) / column["scale"]


def _codes(data: dict[str, Any]) -> list[str]:
    """Return the codes of all areas of a map, those of its first theme first."""
    codes: dict[str, None] = {}
    for theme in data["themes"]:
        columns = [data["columns"][place] for place in data["tables"][theme["table"]]]
        codes |= dict.fromkeys(
            str(code) for code in next(c for c in columns if c["name"] == "code")["values"]
        )
    return list(codes)
