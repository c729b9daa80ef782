"""Density surfaces as GeoTIFF, written and read."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from hotspots.base.crs import crs_text, parse_crs
from hotspots.base.errors import CRSError, DataError, FileError
from hotspots.base.files import replacing
from hotspots.base.foreign import reading
from hotspots.base.surface import Surface

# The file's own room for this project's tags, apart from those that GDAL defines.
NAMESPACE = "HOTSPOTS"
DRIVER = "GTiff"
"""Named in reading too: GDAL would follow a file that points elsewhere, whatever it is called."""
BLOCK = 256
# Wider or higher than this, a viewer that zooms out is glad of smaller copies.
OVERVIEWS_ABOVE = 1024


ORIGIN = ("title", "period", "source", "attribution")
_LEAST_CELL, _FARTHEST = 0.001, 1e8
"""Metres: the smallest cell that is one, and the farthest that coordinates of any system reach."""


def write_geotiff(
    surface: Surface,
    path: str | os.PathLike[str],
    *,
    origin: Mapping[str, str] | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a surface as a GeoTIFF that QGIS and ArcGIS place, name and read without questions.

    One band of 32-bit floats in tiles of 256 cells, compressed without loss (DEFLATE), NaN as the no-data
    value. The band carries the surface's unit, and the tags of the domain ``HOTSPOTS`` the parameters that
    made it. Larger surfaces carry averaged overviews inside the file. The same surface gives the same bytes.

    Parameters
    ----------
    surface : Surface
        What to write.
    path : path
        The file to write, usually named ``*.tif``.
    origin : mapping of str to str, optional
        ``title``, ``period``, ``source`` and ``attribution`` in words, as far as known: tags of the domain HOTSPOTS,
        and the description and copyright that other programs show.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    FileError
        When the file exists and `overwrite` is false, or the folder cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> surface = Surface(np.ones((2, 3)), 400000, 300200, 100, "EPSG:27700", "incidents per km² a year")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = read_geotiff(write_geotiff(surface, f"{folder}/density.tif"))
    >>> again.bounds
    (400000.0, 300000.0, 400300.0, 300200.0)
    """
    import rasterio
    from rasterio.enums import Resampling

    rows, columns = surface.shape
    profile: dict[str, Any] = {
        "driver": DRIVER,
        "height": rows,
        "width": columns,
        "count": 1,
        "dtype": "float32",
        "crs": surface.crs,
        "transform": rasterio.Affine(*surface.transform),
        "nodata": np.nan,
        "tiled": True,
        "blockxsize": BLOCK,
        "blockysize": BLOCK,
        "compress": "deflate",
        "predictor": 3,
        "bigtiff": "if_safer",
    }
    target = Path(path)
    with replacing(target, overwrite=overwrite) as draft, rasterio.open(draft, "w", **profile) as file:
        file.write(surface.values.astype(np.float32), 1)
        file.set_band_description(1, surface.unit)
        file.set_band_unit(1, surface.unit)
        told = {name: text for name in ORIGIN if (text := (origin or {}).get(name, ""))}
        file.update_tags(AREA_OR_POINT="Area", **_shown(told))
        file.update_tags(ns=NAMESPACE, parameters=_to_text(surface), **told)
        if max(rows, columns) > OVERVIEWS_ABOVE:
            file.build_overviews(_factors(max(rows, columns)), Resampling.average)
    return target


def _shown(told: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that every viewer of images knows."""
    words = [
        told.get("title", ""),
        told.get("period", ""),
        f"Source: {told['source']}" if "source" in told else "",
    ]
    shown = {
        "TIFFTAG_IMAGEDESCRIPTION": "; ".join(word for word in words if word),
        "TIFFTAG_COPYRIGHT": told.get("attribution", ""),
    }
    return {name: text for name, text in shown.items() if text}


def read_origin(path: str | os.PathLike[str]) -> dict[str, str]:
    """Return the ``title``, ``period``, ``source`` and ``attribution`` that `write_geotiff` left in a file, if any."""
    import rasterio

    with _reading_raster(path), rasterio.open(path, driver=DRIVER) as file:
        tags = file.tags(ns=NAMESPACE)
    return {name: str(tags[name]) for name in ORIGIN if name in tags}


@contextmanager
def _reading_raster(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn what is raised at a raster into one error.

    Where rasterio's own handler of GDAL's messages fails, at one that is not UTF-8, Python would print how.
    """
    before = sys.unraisablehook, sys.excepthook
    sys.unraisablehook, sys.excepthook = lambda _: None, lambda *_: None
    try:
        with reading(
            f"'{path}' cannot be read as a raster", hint="give a GeoTIFF, such as one from hotspots kde"
        ):
            yield
    finally:
        sys.unraisablehook, sys.excepthook = before


def _to_text(surface: Surface) -> str:
    return json.dumps(dict(surface.parameters), ensure_ascii=False, sort_keys=True)


def _factors(longest: int) -> list[int]:
    factors, factor = [], 2
    while longest / factor > BLOCK:
        factors.append(factor)
        factor *= 2
    return factors


def read_geotiff(path: str | os.PathLike[str]) -> Surface:
    """Read the first band of a GeoTIFF as a surface, with the unit and parameters that `write_geotiff` kept.

    Parameters
    ----------
    path : path
        A north-up raster of square cells; any program may have written it.

    Returns
    -------
    Surface
        Values as float64, NaN where the file has no data. The unit is the band's own, or empty.

    Raises
    ------
    FileError
        When the file is missing or is not a raster.
    DataError
        When its cells are not square and north-up, it lies nowhere on Earth, or it has no CRS.
    """
    import rasterio

    if not Path(path).is_file():
        raise FileError(f"'{path}' does not exist", hint="check the path")
    with _reading_raster(path), rasterio.open(path, driver=DRIVER) as file:
        values = file.read(1, masked=True)
        place, crs, unit = file.transform, file.crs, file.units[0]
        parameters = json.loads(file.tags(ns=NAMESPACE).get("parameters", "{}"))
    if crs is None:
        raise DataError(
            f"'{path}' has no coordinate reference system",
            hint="set it, for example with: gdal_edit.py -a_srs EPSG:27700 FILE",
        )
    parsed = parse_crs(crs.to_wkt())
    if not parsed.is_projected or parsed.axis_info[0].unit_name != "metre":
        raise CRSError(
            f"'{path}' is in {parsed.name} ({parsed.axis_info[0].unit_name}s), but surfaces are in metres",
            hint="reproject it, for example with: gdalwarp -t_srs EPSG:27700 FILE NEW",
        )
    if place.b or place.d or place.a <= 0 or not np.isclose(place.a, -place.e, rtol=1e-9):
        raise DataError(
            f"'{path}' has cells of {place.a:g} x {-place.e:g}, but square, north-up cells are needed",
            hint="resample it, for example with: gdalwarp -tr 100 100 FILE NEW",
        )
    ends = (place.c, place.f, place.c + place.a * values.shape[1], place.f + place.e * values.shape[0])
    if place.a < _LEAST_CELL or not all(abs(end) <= _FARTHEST for end in ends):
        raise DataError(
            f"'{path}' has cells of {place.a:g} m from {place.c:g} east, {place.f:g} north: it lies nowhere on Earth",
            hint="export it again, or set where it lies with: gdal_edit.py -a_ullr",
        )
    filled = np.ma.filled(values.astype(np.float64), np.nan)
    return Surface(filled, place.c, place.f, place.a, crs_text(parsed), unit or "", parameters)
