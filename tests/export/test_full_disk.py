"""Every format on a disk that takes no more: what stood there stays, and a sentence says why."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from shapely import box

from hotspots.base.errors import FileError
from hotspots.base.surface import Surface
from hotspots.export.formats.flatgeobuf import write_flatgeobuf
from hotspots.export.formats.geoparquet import write_geoparquet
from hotspots.export.formats.shapefile import write_shapefile
from hotspots.export.formats.topojson import write_topojson
from hotspots.export.geojson.write import write_geojson
from hotspots.export.geopackage import write_geopackage
from hotspots.export.picture.saving import write_picture
from hotspots.export.raster import write_geotiff
from hotspots.export.tables.csv import write_csv

if sys.platform == "win32":
    pytest.skip("a limit of the size of files is known to other systems alone", allow_module_level=True)

import resource


@pytest.fixture(scope="module")
def layer() -> gpd.GeoDataFrame:
    shapes = [box(400000 + 100 * i, 300000, 400100 + 100 * i, 300100) for i in range(300)]
    names = [f"Ward {i}" for i in range(300)]
    codes = [f"E{i:08d}" for i in range(300)]
    return gpd.GeoDataFrame({"name": names, "n": range(300)}, index=codes, geometry=shapes, crs=27700)


def _picture(layer: gpd.GeoDataFrame, path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots().plot(layer["n"])
    write_picture(figure, path, overwrite=True)


def _surface(layer: gpd.GeoDataFrame, path: Path) -> None:
    values = np.random.default_rng(1).random((300, len(layer)))
    write_geotiff(Surface(values, 400000, 300000, 100, "EPSG:27700", "n"), path, overwrite=True)


WRITERS: dict[str, Callable[[gpd.GeoDataFrame, Path], Any]] = {
    "a.csv": lambda layer, path: write_csv(layer, path, overwrite=True),
    "a.fgb": lambda layer, path: write_flatgeobuf(layer, path, overwrite=True),
    "a.geojson": lambda layer, path: write_geojson(layer, path, overwrite=True),
    "a.gpkg": lambda layer, path: write_geopackage({"a": layer}, path, overwrite=True),
    "a.parquet": lambda layer, path: write_geoparquet(layer, path, overwrite=True),
    "a.pdf": _picture,
    "a.shp": lambda layer, path: write_shapefile(layer, path, overwrite=True),
    "a.shp.zip": lambda layer, path: write_shapefile(layer, path, overwrite=True),
    "a.tif": _surface,
    "a.topojson": lambda layer, path: write_topojson(layer, path, overwrite=True),
}


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # GDAL's own, of the same
@pytest.mark.parametrize("name", WRITERS)
def test_a_disk_that_takes_no_more_leaves_what_was_there(
    tmp_path: Path, layer: gpd.GeoDataFrame, name: str
) -> None:
    WRITERS[name](layer, tmp_path / name)
    held = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    whole = max(map(len, held.values()))
    # The last is one byte too few, which GDAL meets as it closes the file, and does not say.
    for limit in (0, whole // 2, whole - 1):
        with files_up_to(limit), pytest.raises(FileError) as caught:
            WRITERS[name](layer, tmp_path / name)
        assert caught.value.message == f"cannot write '{tmp_path / name}' (File too large)"
        assert caught.value.hint == (
            "files may not be larger here: choose another disk with -o, or ask who limits them (ulimit -f)"
        )
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == held
