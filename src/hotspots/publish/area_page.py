"""The page of one area, from the folder of a run, from a map or from a layer."""

from __future__ import annotations

from pathlib import Path

from hotspots.areas.outline import outline_of
from hotspots.base.errors import FileError
from hotspots.export.webmap.make import make_map
from hotspots.export.webmap.one import page_of_area
from hotspots.publish.pictures import layer_origin
from hotspots.publish.views import file_views, origin_told


def area_page(
    path: str, area: str, *, title: str = "", period: str = "", source: str = "", attribution: str = ""
) -> str:
    """Return the page of one area as HTML.

    Parameters
    ----------
    path : str
        The folder of a run, whose map is read; a map; or a layer.
    area : str
        The area's code.
    title, period, source, attribution : str
        What the page of a layer says where the layer does not; a map has its own.

    Raises
    ------
    FileError
        When the folder has no map, or the file cannot be read.
    HotspotsError
        As `hotspots.export.webmap.one.page_of_area` and `hotspots.publish.views.file_views`.
    """
    place = Path(path)
    if place.is_dir():
        place = place / "map.html"
        if not place.is_file():
            raise FileError(
                f"'{path}' has no map.html, from which the page of an area is made",
                hint="add [map] to the recipe and run it again, or give a layer of the folder",
            )
    if place.suffix.casefold() == ".html":
        try:
            return page_of_area(place.read_text(encoding="utf-8"), area)
        except (OSError, UnicodeDecodeError) as error:
            raise FileError(f"cannot read '{place}'", hint="check the name, and that it is a map") from error
    views, outline = file_views((path,))
    told = origin_told(views[0], path)
    origin = layer_origin(told, source, attribution)
    made = make_map(
        views,
        boundary=None if outline is None else outline_of(outline),
        title=title or str(told.get("title", "")) or "Hotspots",
        period=period or str(told.get("period", "")),
        source=origin.source,
        attribution=origin.attribution,
    )
    return page_of_area(made.get_root().render(), area)
